import { afterEach, describe, expect, it } from "vitest";
import { Keeper, markOf } from "../src/keeper";

const HOUR = 3_600_000;
const talk = (who = "") => ({ token: "secret-token", calls: [], who, open: true, percent: 100 });
const token = (sub: string): string => `x.${btoa(JSON.stringify({ sub }))}.y`;
const keeper = (storage: "session" | "local" | "none") => new Keeper({ storage, storageKey: "k", keepHours: 12 });

afterEach(() => {
  sessionStorage.clear();
  localStorage.clear();
});

describe("a kept talk", () => {
  it("is found again after a reload", () => {
    keeper("session").start(talk(), "name", 99_999_999);
    expect(keeper("session").load("")?.token).toBe("secret-token");
  });

  it("is forgotten when its time is over, on the device too", () => {
    keeper("session").start(talk(), "name", 99_999_999, 0);
    expect(keeper("session").load("", 12 * HOUR - 1)).not.toBeNull();
    expect(keeper("session").load("", 12 * HOUR)).toBeNull();
    expect(sessionStorage.length).toBe(0);
  });

  it("is kept no longer than the server keeps its token", () => {
    keeper("session").start(talk(), "name", 3600, 0);
    expect(keeper("session").load("", HOUR)).toBeNull();
  });

  it("is never given to another user, and then is gone", () => {
    keeper("session").start(talk(markOf(token("alice"))), "name", 60);
    expect(keeper("session").load(markOf(token("bob")))).toBeNull();
    expect(sessionStorage.length).toBe(0);
  });

  it("is kept between windows only if the page asks for it", () => {
    keeper("session").start(talk(), "name", 60);
    expect(localStorage.length).toBe(0);
    keeper("local").start(talk(), "name", 60);
    expect(localStorage.length).toBe(1);
  });

  it("is not kept at all with `none`, but goes on until the page is left", () => {
    const kept = keeper("none");
    kept.start(talk(), "name", 60);
    expect(kept.load("")?.token).toBe("secret-token");
    expect([sessionStorage.length, localStorage.length]).toEqual([0, 0]);
  });

  it("that is damaged counts as none", () => {
    sessionStorage.setItem("k", "{not json");
    expect(keeper("session").load("")).toBeNull();
  });
});

describe("the mark of a portal's user", () => {
  it("stays the same for a new token of the same user", () => {
    expect(markOf(token("alice"))).toBe(markOf(`other.${btoa(JSON.stringify({ sub: "alice", exp: 1 }))}.sig`));
  });

  it("differs between users and does not hold their id", () => {
    expect(markOf(token("alice"))).not.toBe(markOf(token("bob")));
    expect(markOf(token("alice"))).not.toContain("alice");
  });

  it("is empty for nobody and does not throw for nonsense", () => {
    expect(markOf(null)).toBe("");
    expect(markOf("nonsense")).not.toBe("");
  });
});
