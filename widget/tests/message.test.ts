import { describe, expect, it } from "vitest";
import { choices, labelOf, messageElement, spoken, type MessageActions } from "../src/message";
import { textIn } from "../src/strings";
import { itemFrom, highest, type Item } from "../src/types";

const text = textIn("en");
const chosen: string[] = [];
const actions: MessageActions = { choose: (button) => chosen.push(button.payload), retry: () => undefined, copy: () => undefined, print: () => undefined, download: () => undefined };
const item = (more: object): Item => itemFrom({ id: "1", text: "Hello", ...more });

const card = item({
  text: "Call 911 now.\nYou told me about a fever.\nSay this.\nDo not drive.",
  meta: { kind: "emergency", level: "emergency", parts: ["action", "why", "say", "do_not"], actions: [{ kind: "call", label: "Call 911", tel: "911" }] },
});

describe("a card", () => {
  it("says what to do first, then offers the call, then the rest under headings", () => {
    const element = messageElement(card, text, actions);
    const order = [...element.querySelectorAll("h3, p, a, h4, li")].map((part) => part.textContent);
    expect(order).toEqual(["Emergency", "Call 911 now.", "Call 911", "You told me about a fever.", "What to tell them", "Say this.", "What not to do", "Do not drive."]);
  });

  it("shows every line if it does not know what they are", () => {
    const plain = item({ ...card, meta: { ...card.meta, parts: ["action"] } });
    const element = messageElement(plain, text, actions);
    for (const line of plain.text.split("\n")) expect(element.textContent).toContain(line);
    expect(element.querySelector("h4")).toBeNull();
  });
});

describe("labels", () => {
  it.each([
    ["emergency", "Emergency"],
    ["urgent", "Urgent: call today"],
    ["soon", "Call in the next day or two"],
  ])("say the level %s in words", (level, label) => {
    expect(labelOf(item({ meta: { kind: "outcome", level } }), text)).toBe(label);
  });

  it("say how far the checklist is", () => {
    expect(labelOf(item({ meta: { kind: "question", level: "none", step: { item: "x", n: 3, of: 15 } } }), text)).toBe("Question 3 of 15");
  });
});

describe("text of the server", () => {
  it("is never read as markup", () => {
    const element = messageElement(item({ text: "<img src=x onerror=alert(1)>\n<b>bold</b>" }), text, actions);
    expect(element.querySelector("img, b")).toBeNull();
    expect(element.textContent).toContain("<b>bold</b>");
  });

  it("makes only links to call", () => {
    const bad = [{ kind: "call", label: "Evil", tel: "javascript:alert(1)" }, { kind: "link", label: "x", href: "https://x.example" }];
    expect(messageElement(item({ meta: { kind: "answer", level: "info", actions: bad } }), text, actions).querySelector("a")).toBeNull();
  });

  it("may be malformed without harm", () => {
    for (const raw of [null, 3, {}, { text: 5, buttons: "x", meta: { level: "deadly", actions: "x" } }]) {
      expect(itemFrom(raw)).toMatchObject({ text: "", buttons: [], from: "assistant" });
      expect(itemFrom(raw).meta.level).toBe("none");
    }
  });

  it("tells its language for a first line in another one", () => {
    const element = messageElement(item({ text: "Hola\nHello", meta: { kind: "fallback", level: "none", language: "es" } }), text, actions);
    expect([...element.querySelectorAll("p")].map((line) => line.lang)).toEqual(["es", "en"]);
  });

  it("is marked as English in all its parts, whatever the widget speaks", () => {
    const summary = item({ text: "Summary\nA fever: Yes", meta: { kind: "outcome", level: "info", summary: true } });
    for (const one of [card, summary, item({ buttons: [{ title: "Yes", payload: "/yes" }] })]) {
      const element = messageElement(one, text, actions);
      element.append(choices(one, actions) ?? "");
      for (const part of element.querySelectorAll(".action, .why, ul, .summary, .answers")) expect(part.getAttribute("lang")).toBe("en");
    }
  });
});

describe("choices", () => {
  const two = item({ buttons: [{ title: "Yes", payload: "/yes" }, { title: "Back", payload: "/go_back" }] });

  it("are buttons whose name is what they show, with a number as a key", () => {
    const buttons = [...choices(two, actions)!.querySelectorAll("button")];
    expect(buttons.map((button) => [button.textContent, button.dataset["number"]])).toEqual([["Yes", "1"], ["Back", "2"]]);
    expect(buttons.map((button) => button.getAttribute("aria-label"))).toEqual([null, null]);
  });

  it("send their payload", () => {
    choices(two, actions)!.querySelector("button")!.click();
    expect(chosen).toEqual(["/yes"]);
  });

  it("are spoken with the message", () => {
    expect(spoken(two, text)).toBe("Assistant: Hello Choices: Yes, Back.");
  });
});

it("takes the highest level of a reply", () => {
  const levels = ["info", "urgent", "none"].map((level) => item({ meta: { kind: "answer", level } }));
  expect([highest(levels), highest([])]).toEqual(["urgent", "none"]);
});
