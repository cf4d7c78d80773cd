// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Api } from "../src/api";
import { Keeper } from "../src/keeper";
import { Talk, type Listener } from "../src/talk";
import { json, lines, message, TestServer } from "./server";

let server: TestServer;
let talk: Talk;
let told: string[];
const news: string[] = [];

const SESSION = { token: "t1", expires_in: 3600, messages: [message("w", "Welcome")], clinic: { emergency: { calls: [{ label: "Call 999", tel: "999" }] } } };

function make(signIn: string | null = null): Talk {
  const listener: Listener = {
    changed: () => undefined,
    replied: (items) => told.push(...items.map((item) => item.text)),
    failed: (failure) => told.push(`! ${failure}`),
    ended: (cleared) => told.push(`ended ${cleared}`),
  };
  const keeper = new Keeper({ storage: "none", storageKey: "k", keepHours: 1 });
  return new Talk(new Api(server.url), keeper, (_, what) => news.push(what), signIn, listener);
}

/** Answers as the assistant does; a test replaces single paths. */
function answering(replace: Record<string, TestServer["answer"]> = {}): void {
  server.answer = (asked, response) => {
    const own = replace[asked.path];
    if (own) return own(asked, response);
    if (asked.path === "session") return json(response, 201, SESSION);
    if (asked.path === "message") return lines(response, message(`${asked.body["id"]}-1`, `re: ${asked.body["text"]}`));
    return json(response, 200, asked.path === "history" ? { messages: [] } : { forgotten: true });
  };
}

const settled = async (): Promise<void> => {
  for (let times = 0; times < 100 && (talk.waiting || talk.phase === "starting"); times++) await new Promise((done) => setTimeout(done, 10));
};
const shown = (): string[] => talk.items.map((item) => `${item.from === "user" ? "> " : ""}${item.text}${item.status ? ` [${item.status}]` : ""}`);
const messagesAsked = () => server.asked.filter((asked) => asked.path === "message");

beforeEach(async () => {
  server = await new TestServer().start();
  told = [];
  news.length = 0;
  talk = make();
  answering();
});
afterEach(() => server.stop());

describe("a talk", () => {
  it("asks the server for nothing before the notice is accepted", async () => {
    await talk.restore();
    talk.say({ text: "too early" }, "too early");
    expect(server.asked).toEqual([]);
  });

  it("opens with the greeting and the clinic's numbers", async () => {
    await talk.begin();
    expect(shown()).toEqual(["Welcome"]);
    expect(talk.calls).toEqual([{ label: "Call 999", tel: "999" }]);
  });

  it("opens once even if it is asked to twice", async () => {
    await Promise.all([talk.begin(), talk.begin()]);
    expect(server.asked.length).toBe(1);
  });

  it("shows what was said and the reply, and tells other tabs only that it changed", async () => {
    await talk.begin();
    talk.say({ text: "hello" }, "hello");
    await settled();
    expect(shown()).toEqual(["Welcome", "> hello", "re: hello"]);
    expect(news).toEqual(["changed"]);
  });

  it("sends one after the other, and puts each reply after what it answers", async () => {
    await talk.begin();
    talk.say({ text: "one" }, "one");
    talk.say({ text: "two" }, "two");
    await settled();
    expect(shown()).toEqual(["Welcome", "> one", "re: one", "> two", "re: two"]);
  });
});

describe("a lost reply", () => {
  it("keeps the message, and tries again with the same id", async () => {
    await talk.begin();
    answering({ message: (_, response) => void response.destroy() });
    talk.say({ text: "seizure" }, "seizure");
    await settled();
    expect(shown()).toEqual(["Welcome", "> seizure [failed]"]);
    expect(talk.problem?.failure).toBe("offline");
    answering();
    talk.retry();
    await settled();
    expect(shown()).toEqual(["Welcome", "> seizure", "re: seizure"]);
    expect(new Set(messagesAsked().map((asked) => asked.body["id"])).size).toBe(1);
    expect(talk.problem).toBeNull();
  });

  it("is tried again in order when something else is said", async () => {
    await talk.begin();
    answering({ message: (_, response) => void response.destroy() });
    talk.say({ text: "one" }, "one");
    await settled();
    answering();
    talk.say({ text: "two" }, "two");
    await settled();
    expect(shown()).toEqual(["Welcome", "> one", "re: one", "> two", "re: two"]);
  });

  it("in the middle of the lines shows no message twice", async () => {
    await talk.begin();
    let times = 0;
    answering({
      message: (asked, response) => {
        response.writeHead(200, { "Content-Type": "application/x-ndjson" });
        response.write(`${JSON.stringify(message(`${asked.body["id"]}-1`, "first"))}\n`);
        if (times++) response.end(`${JSON.stringify(message(`${asked.body["id"]}-2`, "second"))}\n`);
        else setTimeout(() => response.destroy(), 30);
      },
    });
    talk.say({ text: "x" }, "x");
    await settled();
    expect(shown()).toEqual(["Welcome", "> x [failed]", "first"]);
    talk.retry();
    await settled();
    expect(shown()).toEqual(["Welcome", "> x", "first", "second"]);
  });
});

describe("a message that the server refuses", () => {
  it("stays with the reason, and the emergency card that came with it is shown", async () => {
    await talk.begin();
    const error = { code: "too_long", message: "Too long.", messages: [message("c-1", "Call now")] };
    answering({ message: (_, response) => json(response, 413, { error }) });
    talk.say({ text: "long" }, "long");
    await settled();
    expect(shown()).toEqual(["Welcome", "> long [refused]", "Call now"]);
    expect(told).toContain("Call now");
  });
});

describe("a session that is over", () => {
  it("is replaced, and what was typed is heard all the same", async () => {
    await talk.begin();
    let isFirst = true;
    answering({
      session: (_, response) => json(response, 201, { ...SESSION, token: "t2", messages: [message("w2", "Welcome again")] }),
      message: (asked, response) => {
        if (isFirst) json(response, 401, { error: { code: "unauthorized", message: "over" } });
        else lines(response, message(`${asked.body["id"]}-1`, "heard"));
        isFirst = false;
      },
    });
    talk.say({ text: "he has a seizure" }, "he has a seizure");
    await settled();
    expect(shown()).toEqual(["Welcome again", "> he has a seizure", "heard"]);
    expect(talk.expired).toBe(true);
    expect(messagesAsked().map((asked) => asked.token)).toEqual(["Bearer t1", "Bearer t2"]);
  });
});

describe("the end", () => {
  it("clears the device and the server, and tells other tabs", async () => {
    await talk.begin();
    await talk.end();
    expect([talk.phase, talk.ending, talk.items.length, talk.token]).toEqual(["ended", "cleared", 0, null]);
    expect(server.asked.at(-1)).toMatchObject({ path: "end", token: "Bearer t1" });
    expect(news).toEqual(["ended"]);
    expect(told.at(-1)).toBe("ended true");
  });

  it("clears the device when the server cannot be reached, says so, and can be tried again", async () => {
    await talk.begin();
    answering({ end: (_, response) => void response.destroy() });
    await talk.end();
    expect([talk.ending, talk.items.length]).toEqual(["device", 0]);
    answering();
    talk.retry();
    await settled();
    expect(talk.ending).toBe("cleared");
  });

  it("lets no late reply come back", async () => {
    await talk.begin();
    answering({ message: (_, response) => void setTimeout(() => lines(response, message("late-1", "late")), 80) });
    talk.say({ text: "x" }, "x");
    await talk.end();
    await new Promise((done) => setTimeout(done, 120));
    expect(shown()).toEqual([]);
  });
});

describe("the download of the talk", () => {
  it("is what the server keeps, asked for with the token in a header", async () => {
    await talk.begin();
    answering({ export: (_, response) => json(response, 200, { version: 1 }) });
    let all: object | null = null;
    await talk.export((kept) => (all = kept));
    expect(all).toEqual({ version: 1 });
    expect(server.asked.at(-1)).toMatchObject({ path: "export", token: "Bearer t1" });
  });

  it("that fails is said, and trying again downloads it", async () => {
    await talk.begin();
    answering({ export: (_, response) => void response.destroy() });
    let times = 0;
    await talk.export(() => times++);
    expect(talk.problem?.failure).toBe("offline");
    answering({ export: (_, response) => json(response, 200, { version: 1 }) });
    talk.retry();
    for (let tries = 0; tries < 100 && !times; tries++) await new Promise((done) => setTimeout(done, 10));
    expect([times, talk.problem]).toEqual([1, null]);
  });
});

describe("a portal's user", () => {
  const token = (sub: string): string => `x.${btoa(JSON.stringify({ sub }))}.y`;

  it("comes back to an earlier talk", async () => {
    talk = make(token("alice"));
    answering({
      session: (_, response) => json(response, 201, { ...SESSION, resumed: true }),
      history: (_, response) => json(response, 200, { messages: [message("w", "Welcome"), { ...message("m", "yesterday"), from: "user" }] }),
    });
    await talk.begin();
    expect(shown()).toEqual(["Welcome", "> yesterday"]);
  });

  it("does not see the talk of the one before", async () => {
    talk = make(token("alice"));
    await talk.begin();
    await talk.setSignIn(token("bob"));
    expect([talk.phase, talk.items.length, talk.token]).toEqual(["notice", 0, null]);
  });

  it("keeps the talk when the portal only renews the token", async () => {
    talk = make(token("alice"));
    await talk.begin();
    await talk.setSignIn(`new.${btoa(JSON.stringify({ sub: "alice" }))}.y`);
    expect([talk.phase, talk.token]).toEqual(["talking", "t1"]);
  });

  it("whose token is refused is told so, and a new token opens the talk", async () => {
    talk = make(token("alice"));
    answering({ session: (_, response) => json(response, 401, { error: { code: "sign_in_refused", message: "Sign in again." } }) });
    await talk.begin();
    expect(talk.problem).toMatchObject({ failure: "signIn", shown: "Sign in again." });
    answering();
    await talk.setSignIn(token("alice"));
    expect(talk.phase).toBe("talking");
  });
});
