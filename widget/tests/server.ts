import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Asked {
  path: string;
  token: string | undefined;
  body: Record<string, unknown>;
}

type Answer = (asked: Asked, response: ServerResponse) => void;

/** A real web server that answers as a test says, and remembers what it was asked. */
export class TestServer {
  readonly asked: Asked[] = [];
  answer: Answer = (_, response) => void response.end("{}");
  private server!: Server;

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/chat`;
  }

  async start(): Promise<this> {
    this.server = createServer((request, response) => void this.take(request, response));
    await new Promise<void>((done) => this.server.listen(0, "127.0.0.1", done));
    return this;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = "";
    for await (const part of request) text += part;
    const asked = { path: request.url!.replace("/chat/", ""), token: request.headers.authorization, body: text ? JSON.parse(text) : {} };
    this.asked.push(asked);
    this.answer(asked, response);
  }
}

export function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "Content-Type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

/** A reply to a message: one message a line. */
export function lines(response: ServerResponse, ...messages: object[]): void {
  response.writeHead(200, { "Content-Type": "application/x-ndjson" });
  response.end(messages.map((one) => JSON.stringify(one)).join("\n"));
}

export const message = (id: string, text: string, more: object = {}): object => ({ id, text, buttons: [], meta: { kind: "answer", level: "info" }, ...more });
