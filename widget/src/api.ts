import { readLines } from "./lines";
import { itemFrom, type Body, type Call, type Item } from "./types";

/** The version of the web interface that this widget talks. */
export const INTERFACE = "1";
const SECONDS = 20;
export type Failure = "offline" | "timeout" | "server" | "expired" | "refused" | "version" | "signIn";

/** A request that brought no reply. */
export class ApiError extends Error {
  /**
   * @param failure What kind it is.
   * @param shown The server's words for the person, if it sent any.
   * @param items Messages that came with the error, such as the emergency card for a text that was too long.
   */
  constructor(
    readonly failure: Failure,
    readonly shown = "",
    readonly items: Item[] = [],
  ) {
    super(failure);
  }
}

export interface Session {
  token: string;
  seconds: number;
  items: Item[];
  calls: Call[];
  /** Whether there was a talk before, on this or another device of the portal's user. */
  resumed: boolean;
}

interface Reply {
  messages?: unknown[];
  token?: string;
  expires_in?: number;
  resumed?: boolean;
  clinic?: { emergency?: { calls?: Call[] } };
  error?: { code?: string; message?: string; messages?: unknown[] };
}

function failureOf(status: number, code?: string): Failure {
  if (status === 401) return code === "sign_in_refused" ? "signIn" : "expired";
  return status === 400 || status === 413 ? "refused" : "server";
}

/** Talks the web interface with fetch. Nothing else in the widget uses the network. */
export class Api {
  constructor(private readonly server: string) {}

  /** Opens a session; with the portal's signed token it belongs to the portal's user. */
  async session(signIn: string | null): Promise<Session> {
    const reply = await this.#json("POST", "session", null, signIn ? { sign_in: signIn } : {});
    if (typeof reply.token !== "string") throw new ApiError("server");
    return {
      token: reply.token,
      seconds: Number(reply.expires_in) || 0,
      items: (reply.messages ?? []).map(itemFrom),
      calls: reply.clinic?.emergency?.calls ?? [],
      resumed: reply.resumed === true,
    };
  }

  /** Sends one message and hands over each message of the reply as soon as it is whole. */
  message(token: string, id: string, body: Body, take: (item: Item) => void): Promise<void> {
    return this.#request("POST", "message", token, { id, ...body }, (response) => readLines(response, (line) => take(itemFrom(line))));
  }

  /** All that was said so far. */
  async history(token: string): Promise<Item[]> {
    return ((await this.#json("GET", "history", token)).messages ?? []).map(itemFrom);
  }

  /** All that the server keeps of the talk. */
  export(token: string): Promise<object> {
    return this.#json("GET", "export", token);
  }

  /** Asks the server to forget the talk. */
  async end(token: string): Promise<void> {
    await this.#json("POST", "end", token);
  }

  #json(method: string, path: string, token: string | null, body?: object): Promise<Reply> {
    return this.#request(method, path, token, body, (response) => response.json() as Promise<Reply>);
  }

  async #request<T>(
    method: string,
    path: string,
    token: string | null,
    body: object | undefined,
    read: (response: Response) => Promise<T>,
  ): Promise<T> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), SECONDS * 1000);
    try {
      const response = await fetch(`${this.server}/${path}`, {
        method,
        headers: {
          ...(body && { "Content-Type": "application/json" }),
          ...(path === "message" && { Accept: "application/x-ndjson" }),
          ...(token && { Authorization: `Bearer ${token}` }),
        },
        ...(body && { body: JSON.stringify(body) }),
        credentials: "omit",
        cache: "no-store",
        referrerPolicy: "no-referrer",
        signal: abort.signal,
      });
      const version = response.headers.get("Assistant-Interface");
      if (version && version !== INTERFACE) throw new ApiError("version");
      if (!response.ok) throw await this.#errorOf(response);
      return await read(response);
    } catch (error) {
      if (error instanceof ApiError) throw error;
      if (abort.signal.aborted) throw new ApiError("timeout");
      throw new ApiError(error instanceof SyntaxError ? "server" : "offline");
    } finally {
      clearTimeout(timer);
    }
  }

  async #errorOf(response: Response): Promise<ApiError> {
    const { error } = (await response.json().catch(() => ({}))) as Reply;
    const shown = typeof error?.message === "string" ? error.message : "";
    return new ApiError(failureOf(response.status, error?.code), shown, (error?.messages ?? []).map(itemFrom));
  }
}
