import { beforeEach, describe, expect, it, vi } from "vitest";
import { connect } from "../src/page";

const PORTAL = "https://portal.example";
const outside = { postMessage: vi.fn() };
let chat: HTMLElement & Record<string, ReturnType<typeof vi.fn>>;

function hear(data: unknown, origin = PORTAL, source: unknown = outside): void {
  const event = new MessageEvent("message", { data });
  Object.defineProperties(event, { origin: { value: origin }, source: { value: source } });
  window.dispatchEvent(event);
}

beforeEach(() => {
  outside.postMessage.mockClear();
  vi.stubGlobal("ResizeObserver", class { observe() {} disconnect() {} });
  chat = Object.assign(document.createElement("div"), { open: vi.fn(), close: vi.fn(), end: vi.fn(), send: vi.fn(), setToken: vi.fn() }) as never;
  const inside = Object.assign(document.createElement("div"), { className: "inside" });
  inside.append(Object.assign(document.createElement("div"), { className: "middle" }));
  chat.attachShadow({ mode: "open" }).append(inside);
  return connect(chat as never, [PORTAL], outside as never);
});

describe("a page around the hosted page", () => {
  it("is answered at exactly its own origin once it says hello", () => {
    hear({ to: "baclofen-chat", type: "hello" });
    expect(outside.postMessage).toHaveBeenCalledWith({ from: "baclofen-chat", version: 1, type: "ready" }, PORTAL);
  });

  it("can open, close, end, send and hand over a token", () => {
    for (const [type, value] of [["open"], ["close"], ["end"], ["send", "hello"], ["setToken", "a.b.c"]]) hear({ to: "baclofen-chat", type, value });
    expect(chat["open"]).toHaveBeenCalledOnce();
    expect(chat["close"]).toHaveBeenCalledOnce();
    expect(chat["end"]).toHaveBeenCalledOnce();
    expect(chat["send"]).toHaveBeenCalledWith("hello");
    expect(chat["setToken"]).toHaveBeenCalledWith("a.b.c");
  });

  it.each(["https://evil.example", "http://portal.example", "https://portal.example.evil.example", "null"])("at %s is not heard", (origin) => {
    hear({ to: "baclofen-chat", type: "end" }, origin);
    hear({ to: "baclofen-chat", type: "hello" }, origin);
    expect(chat["end"]).not.toHaveBeenCalled();
    expect(outside.postMessage).not.toHaveBeenCalled();
  });

  it("must be the parent: another window of the same origin is not heard", () => {
    hear({ to: "baclofen-chat", type: "end" }, PORTAL, { postMessage: vi.fn() });
    expect(chat["end"]).not.toHaveBeenCalled();
  });

  it("cannot call anything else", () => {
    for (const type of ["constructor", "toString", "remove", 5]) hear({ to: "baclofen-chat", type });
    hear({ to: "baclofen-chat", type: "send", value: { text: "x" } });
    expect(chat["send"]).not.toHaveBeenCalled();
  });

  it("is told nothing before it said hello, unless the browser names it", () => {
    chat.dispatchEvent(new CustomEvent("baclofen-chat:level", { detail: { level: "info" } }));
    expect(outside.postMessage).not.toHaveBeenCalled();
  });

  it("is told what happens", () => {
    hear({ to: "baclofen-chat", type: "hello" });
    chat.dispatchEvent(new CustomEvent("baclofen-chat:level", { detail: { level: "urgent" } }));
    expect(outside.postMessage).toHaveBeenLastCalledWith({ from: "baclofen-chat", version: 1, type: "level", level: "urgent" }, PORTAL);
  });
});
