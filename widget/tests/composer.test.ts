import { beforeEach, describe, expect, it } from "vitest";
import { Composer } from "../src/composer";
import { textIn } from "../src/strings";

let sent: string[];
let composer: Composer;

function press(init: KeyboardEventInit): boolean {
  const event = new KeyboardEvent("keydown", { key: "Enter", cancelable: true, bubbles: true, ...init });
  composer.box.dispatchEvent(event);
  return event.defaultPrevented;
}

beforeEach(() => {
  sent = [];
  composer = new Composer(textIn("en"), (typed) => sent.push(typed));
  document.body.replaceChildren(composer.form);
  composer.box.value = "  hello  ";
});

describe("Enter", () => {
  it("sends what was typed, without the spaces around it, and empties the box", () => {
    expect(press({})).toBe(true);
    expect(sent).toEqual(["hello"]);
    expect(composer.box.value).toBe("");
  });

  it.each([
    ["Shift is held", { shiftKey: true }],
    ["an input method composes a letter", { isComposing: true }],
    ["the key is held down", { repeat: true }],
  ])("sends nothing while %s", (_, init) => {
    press(init);
    expect(sent).toEqual([]);
  });

  it("sends nothing when there is nothing", () => {
    composer.box.value = "   ";
    press({});
    expect(sent).toEqual([]);
  });
});

it("counts the characters only when few are left", () => {
  const count = (length: number): string => {
    composer.box.value = "a".repeat(length);
    composer.box.dispatchEvent(new Event("input"));
    return composer.form.querySelector(".count")!.textContent!;
  };
  expect([count(1799), count(1999)]).toEqual(["", "1 characters left"]);
});
