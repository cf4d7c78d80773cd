import { expect, it, vi } from "vitest";
import { Announcer } from "../src/announcer";

it("says each message once and whole, and takes it away again", () => {
  vi.useFakeTimers();
  const announcer = new Announcer();
  announcer.say("Assistant: Hello");
  announcer.say("");
  expect([...announcer.region.children].map((line) => line.textContent)).toEqual(["Assistant: Hello"]);
  vi.advanceTimersByTime(11_000);
  expect(announcer.region.children.length).toBe(0);
  vi.useRealTimers();
});
