// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Api, ApiError } from "../src/api";
import type { Item } from "../src/types";
import { json, message, TestServer } from "./server";

let server: TestServer;
let api: Api;

beforeEach(async () => {
  server = await new TestServer().start();
  api = new Api(server.url);
});
afterEach(() => {
  server.stop();
  vi.useRealTimers();
});

const failureOf = (work: Promise<unknown>): Promise<ApiError> => work.then(() => Promise.reject(new Error("it worked")), (error) => error);

describe("a session", () => {
  it("is opened without a word about the person", async () => {
    server.answer = (_, response) => json(response, 201, { token: "t", expires_in: 60, messages: [message("w", "Hello")], clinic: {} });
    const session = await api.session(null);
    expect(session).toMatchObject({ token: "t", seconds: 60, resumed: false });
    expect(server.asked[0]!.body).toEqual({});
  });

  it("sends the portal's token in the body", async () => {
    server.answer = (_, response) => json(response, 201, { token: "t", resumed: true });
    expect((await api.session("a.b.c")).resumed).toBe(true);
    expect(server.asked[0]!.body).toEqual({ sign_in: "a.b.c" });
  });

  it("tells a refused sign-in from a session that is over", async () => {
    server.answer = (_, response) => json(response, 401, { error: { code: "sign_in_refused", message: "Sign in again." } });
    expect(await failureOf(api.session("a.b.c"))).toMatchObject({ failure: "signIn", shown: "Sign in again." });
  });
});

describe("a message", () => {
  it("hands over each line as a message, however the network cuts it", async () => {
    const bytes = Buffer.from(`${JSON.stringify(message("1", "39 °C"))}\n${JSON.stringify(message("2", "second"))}`);
    const cut = bytes.indexOf("°") + 1; // in the middle of a letter
    server.answer = (_, response) => {
      response.writeHead(200, { "Content-Type": "application/x-ndjson" });
      response.write(bytes.subarray(0, cut));
      setTimeout(() => response.end(bytes.subarray(cut)), 20);
    };
    const items: Item[] = [];
    await api.message("t", "id-000001", { text: "hot" }, (item) => items.push(item));
    expect(items.map((item) => item.text)).toEqual(["39 °C", "second"]);
    expect(server.asked[0]).toMatchObject({ path: "message", token: "Bearer t", body: { id: "id-000001", text: "hot" } });
  });

  it("answered well by a page that is no message is the server's fault", async () => {
    server.answer = (_, response) => void response.writeHead(200).end("<html>Log in to the network</html>");
    expect(await failureOf(api.message("t", "id-000001", { text: "x" }, () => undefined))).toMatchObject({ failure: "server" });
  });

  it.each([
    [400, "refused"],
    [401, "expired"],
    [413, "refused"],
    [429, "server"],
    [503, "server"],
  ])("answered with %i is %s, with the server's words", async (status, failure) => {
    server.answer = (_, response) => json(response, status, { error: { code: "x", message: "in words", messages: [message("1", "card")] } });
    const error = await failureOf(api.message("t", "id-000001", { text: "x" }, () => undefined));
    expect(error).toMatchObject({ failure, shown: "in words" });
    expect(error.items.map((item) => item.text)).toEqual(["card"]);
  });

  it("answered by a proxy's page is the server's fault", async () => {
    server.answer = (_, response) => void response.writeHead(502).end("<html>Bad gateway</html>");
    expect(await failureOf(api.message("t", "id-000001", { text: "x" }, () => undefined))).toMatchObject({ failure: "server", shown: "" });
  });

  it("that finds no server is offline", async () => {
    server.stop();
    expect(await failureOf(api.history("t"))).toMatchObject({ failure: "offline" });
  });

  it("without an answer in time is given up", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    server.answer = () => undefined;
    const work = failureOf(api.history("t"));
    await vi.advanceTimersByTimeAsync(21_000);
    expect(await work).toMatchObject({ failure: "timeout" });
  });
});

it("notices another version of the interface", async () => {
  server.answer = (_, response) => json(response, 200, {}, { "Assistant-Interface": "2" });
  expect(await failureOf(api.history("t"))).toMatchObject({ failure: "version" });
});
