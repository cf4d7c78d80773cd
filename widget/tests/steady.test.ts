import { beforeEach, describe, expect, it } from "vitest";
import { ignoreRepeats } from "../src/steady";

let time: number;
let pressed: string[];

beforeEach(() => {
  time = 10_000;
  pressed = [];
  document.body.innerHTML = "<div id=root><button id=yes>Yes</button><button id=no>No</button><a id=call href='tel:911'>Call</a>" +
    "<label id=label>I have read this <input id=box type=checkbox></label></div>";
  for (const element of document.querySelectorAll("button, a")) element.addEventListener("click", () => pressed.push(element.id));
  ignoreRepeats(document.getElementById("root")!, () => time);
});

function click(id: string, after: number, detail = 1): void {
  time += after;
  document.getElementById(id)!.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, composed: true, detail }));
}

describe("clicks", () => {
  it("within half a second count once", () => {
    click("yes", 0);
    click("yes", 300);
    expect(pressed).toEqual(["yes"]);
  });

  it("on what appears under the finger within half a second do not count", () => {
    click("yes", 0);
    click("no", 499);
    expect(pressed).toEqual(["yes"]);
  });

  it("of one long burst count once", () => {
    for (let times = 0; times < 6; times++) click("yes", 200);
    expect(pressed).toEqual(["yes"]);
  });

  it("count again after half a second", () => {
    click("yes", 0);
    click("no", 500);
    expect(pressed).toEqual(["yes", "no"]);
  });

  it("on a call always count", () => {
    click("yes", 0);
    click("call", 50);
    click("call", 50);
    expect(pressed).toEqual(["yes", "call", "call"]);
  });
});

describe("a box with a label", () => {
  const isTicked = (): boolean => document.querySelector<HTMLInputElement>("#box")!.checked;

  it("is ticked by a click on the label, and by a trembling one too", () => {
    click("label", 0);
    expect(isTicked()).toBe(true);
    click("label", 200);
    expect(isTicked()).toBe(true);
  });

  it("is ticked by a trembling click on the box itself", () => {
    click("box", 0);
    click("box", 200);
    expect(isTicked()).toBe(true);
  });
});

describe("the keyboard", () => {
  it("is held back on the same control only", () => {
    click("yes", 0, 0);
    click("yes", 100, 0);
    click("no", 100, 0);
    expect(pressed).toEqual(["yes", "no"]);
  });
});
