import { beforeEach, describe, expect, it } from "vitest";
import type { MessageActions } from "../src/message";
import { textIn } from "../src/strings";
import type { Talk } from "../src/talk";
import { answerable, Transcript } from "../src/transcript";
import { itemFrom, type Item } from "../src/types";

const item = (id: string, from: "user" | "assistant", more: object = {}): Item => ({ ...itemFrom({ id, from, text: id, buttons: [{ title: "Yes", payload: "/y" }] }), ...more });
const open = (...items: Item[]): string[] => [...answerable(items)].sort();

describe("what can still be answered", () => {
  it("is the last reply, all of its messages", () => {
    expect(open(item("a", "assistant"), item("b", "user"), item("c", "assistant"), item("d", "assistant"))).toEqual(["c", "d"]);
  });

  it("is nothing while a message waits for its reply", () => {
    expect(open(item("a", "assistant"), item("b", "user", { status: "sending" }))).toEqual([]);
  });

  it("is the question again if the answer was refused", () => {
    expect(open(item("a", "assistant"), item("b", "user", { status: "refused" }))).toEqual(["a"]);
  });
});

describe("number keys", () => {
  const chosen: string[] = [];
  const actions: MessageActions = { choose: (button) => chosen.push(button.payload), retry: () => undefined, copy: () => undefined, print: () => undefined, download: () => undefined };
  let transcript: Transcript;
  const key = (init: KeyboardEventInit, now: number): void => transcript.pressNumber(new KeyboardEvent("keydown", { key: "1", ...init }), now);

  beforeEach(() => {
    chosen.length = 0;
    transcript = new Transcript(textIn("en"), actions);
    document.body.replaceChildren(transcript.list);
    transcript.sync({ items: [item("a", "assistant")] } as Talk);
  });

  it("press the choice with that number once in half a second", () => {
    key({}, 1000);
    key({}, 1400);
    key({}, 2000);
    expect(chosen).toEqual(["/y", "/y"]);
  });

  it("do nothing when held, with another key, or without such a choice", () => {
    key({ repeat: true }, 1000);
    key({ ctrlKey: true }, 2000);
    key({ key: "7" }, 3000);
    key({ key: "0" }, 4000);
    expect(chosen).toEqual([]);
  });
});
