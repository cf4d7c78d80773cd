import { ApiError, type Api, type Failure } from "./api";
import { markOf, type Keeper, type Kept } from "./keeper";
import { usableCalls } from "./options";
import type { News, TellTabs } from "./tabs";
import { newId, type Body, type Call, type Item } from "./types";

export type Phase = "notice" | "starting" | "talking" | "ended";

export interface Problem {
  failure: Failure;
  shown: string;
  /** What to try again, if it is not the sending of messages. */
  again?: () => void;
}

/** What the talk tells its surroundings. No text is in it but in `said`. */
export interface Listener {
  changed(): void;
  /** New messages of the assistant, in answer to something; not those of a reload. */
  replied(items: Item[]): void;
  failed(failure: Failure): void;
  ended(cleared: boolean): void;
}

/** A talk with the assistant: what was said, what waits to be sent, and what went wrong. Knows no page. */
export class Talk {
  readonly #api: Api;
  readonly #keeper: Keeper;
  readonly #tellTabs: TellTabs;
  #signIn: string | null;
  readonly #listener: Listener;
  phase: Phase = "notice";
  items: Item[] = [];
  problem: Problem | null = null;
  waiting = false;
  expired = false;
  /** How it ended: cleared everywhere, on this device only, or in another window. */
  ending: "cleared" | "device" | "elsewhere" = "cleared";
  calls: Call[] | null = null;
  #kept: Kept | null = null;
  #toForget: string | null = null;
  #round = 0;
  /** Work that goes on: it must not be started twice. */
  #opening: Promise<void> | null = null;

  constructor(
    api: Api,
    keeper: Keeper,
    tellTabs: TellTabs,
    signIn: string | null,
    listener: Listener,
  ) {
    this.#api = api;
    this.#keeper = keeper;
    this.#tellTabs = tellTabs;
    this.#signIn = signIn;
    this.#listener = listener;
  }

  get token(): string | null {
    return this.#kept?.token ?? null;
  }

  /** Takes up a kept talk, if there is one. */
  async restore(): Promise<Kept | null> {
    this.#kept = this.#keeper.load(markOf(this.#signIn));
    if (!this.#kept) return null;
    this.calls = usableCalls(this.#kept.calls);
    this.phase = "talking";
    this.#listener.changed();
    await this.#reload();
    return this.#kept;
  }

  /** The person agreed to the notice: only from here on anything is sent or stored. */
  begin(): Promise<void> {
    this.phase = "starting";
    this.problem = null;
    this.#listener.changed();
    this.#opening ??= this.#open().finally(() => (this.#opening = null));
    return this.#opening;
  }

  async #open(): Promise<void> {
    const round = this.#round;
    try {
      const items = await this.#openSession();
      if (round !== this.#round) return;
      this.phase = "talking";
      this.items = items;
      this.#listener.changed();
      this.#listener.replied(items.filter((item) => item.from === "assistant"));
    } catch (error) {
      if (round === this.#round) this.#fail(error);
    }
  }

  async #openSession(): Promise<Item[]> {
    const round = this.#round;
    const session = await this.#api.session(this.#signIn);
    if (round !== this.#round) return [];
    this.calls = usableCalls(session.calls);
    const about = { token: session.token, calls: this.calls, who: markOf(this.#signIn), open: true, percent: this.percent };
    this.#kept = this.#keeper.start(about, newId(), session.seconds);
    return session.resumed ? this.#api.history(session.token).catch(() => session.items) : session.items;
  }

  percent = 100;

  /** Keeps what the person chose about the widget itself, once anything may be kept. */
  keep(changes: Partial<Pick<Kept, "open" | "percent">>): void {
    this.percent = changes.percent ?? this.percent;
    if (this.#kept) this.#keeper.change(changes);
  }

  async #reload(): Promise<void> {
    const round = this.#round;
    try {
      const items = await this.#api.history(this.token!);
      if (round !== this.#round) return;
      const known = new Set(items.map((item) => item.id));
      this.items = [...items, ...this.items.filter((item) => item.status && !known.has(item.id))];
      this.problem = null;
    } catch (error) {
      if (round !== this.#round) return;
      if (error instanceof ApiError && error.failure === "expired") return this.#leave("notice", true);
      this.#fail(error);
    }
    this.#listener.changed();
  }

  /** Sends what a person typed or pressed; it is shown at once and stays until it has a reply. */
  say(body: Body, text: string): void {
    if (this.phase !== "talking") return;
    const meta = { kind: "answer", level: "none" as const };
    this.items.push({ id: newId(), from: "user", text, buttons: [], meta, body, status: "sending" });
    void this.#flush();
  }

  /** Tries again whatever failed, with the same ids: the server handles none of them twice. */
  retry(): void {
    const again = this.problem?.again;
    this.problem = null;
    if (again) again();
    else if (this.phase === "starting") void this.begin();
    else if (this.phase === "ended") void this.#forget();
    else if (this.phase === "talking" && !this.#unsent.length) void this.#reload();
    else void this.#flush();
  }

  get #unsent(): Item[] {
    return this.items.filter((item) => item.status === "sending" || item.status === "failed");
  }

  async #flush(): Promise<void> {
    for (const item of this.#unsent) item.status = "sending";
    this.problem = null;
    this.#listener.changed();
    if (this.waiting) return;
    this.waiting = true;
    const round = this.#round;
    for (let next = this.#unsent[0]; next && round === this.#round; next = this.#unsent[0]) {
      this.#listener.changed();
      if (!(await this.#send(next, round))) break;
    }
    if (round !== this.#round) return;
    this.waiting = false;
    this.#listener.changed();
  }

  /** Sends one message; returns whether the next may follow. */
  async #send(item: Item, round: number, isSecondTry = false): Promise<boolean> {
    const reply: Item[] = [];
    const take = (message: Item): void => {
      if (round !== this.#round || this.items.some(({ id }) => id === message.id)) return;
      reply.push(message);
      // The reply stands after what it answers, before anything that still waits.
      let place = this.items.indexOf(item) + 1;
      while (this.items[place]?.from === "assistant") place++;
      this.items.splice(place, 0, message);
      this.#listener.changed();
    };
    try {
      await this.#api.message(this.token!, item.id, item.body!, take);
      if (round !== this.#round) return false;
      delete item.status;
      delete item.error;
      this.#tellTabs(this.#kept!.talk, "changed");
      this.#listener.replied(reply);
      return true;
    } catch (error) {
      if (round !== this.#round) return false;
      const known = error instanceof ApiError ? error : new ApiError("server");
      if (known.failure === "expired" && !isSecondTry) return this.#sendInNewSession(item, round);
      item.status = known.failure === "refused" ? "refused" : "failed";
      item.error = known.shown;
      known.items.forEach(take);
      this.#listener.replied(reply);
      if (item.status === "failed") {
        for (const other of this.#unsent) other.status = "failed";
        this.problem = { failure: known.failure, shown: known.shown };
      }
      this.#listener.failed(known.failure);
      return item.status === "refused";
    }
  }

  /** The session is over, but what was typed must still be heard. */
  async #sendInNewSession(item: Item, round: number): Promise<boolean> {
    try {
      const items = await this.#openSession();
      if (round !== this.#round) return false;
      this.expired = true;
      this.items = [...items, ...this.#unsent];
      this.#listener.changed();
      return await this.#send(item, round, true);
    } catch (error) {
      if (round !== this.#round) return false;
      for (const other of this.#unsent) other.status = "failed";
      this.#fail(error);
      return false;
    }
  }

  /** Gets all that the server keeps of the talk, for the person to have. */
  async export(save: (all: object) => void): Promise<void> {
    const round = this.#round;
    try {
      save(await this.#api.export(this.token!));
      this.#listener.changed();
    } catch (error) {
      if (round === this.#round) this.#fail(error, () => void this.export(save));
    }
  }

  #fail(error: unknown, again?: () => void): void {
    const { failure, shown } = error instanceof ApiError ? error : new ApiError("server");
    this.problem = { failure, shown, again };
    this.#listener.changed();
    this.#listener.failed(failure);
  }

  /** Ends the talk: clears this device at once, then asks the server to forget. */
  async end(): Promise<void> {
    this.#toForget = this.token;
    const talk = this.#kept?.talk;
    this.#leave("ended");
    if (talk) this.#tellTabs(talk, "ended");
    await this.#forget();
  }

  async #forget(): Promise<void> {
    const round = this.#round;
    const token = this.#toForget;
    this.waiting = token !== null;
    this.#listener.changed();
    let cleared = true;
    if (token) {
      cleared = await this.#api.end(token).then(
        () => true,
        (error) => error instanceof ApiError && error.failure === "expired",
      );
    }
    if (round !== this.#round) return;
    this.waiting = false;
    if (cleared) this.#toForget = null;
    this.ending = cleared ? "cleared" : "device";
    this.#listener.changed();
    this.#listener.ended(cleared);
  }

  /** Back to the notice, with nothing kept. */
  startOver(): void {
    this.#leave("notice");
  }

  /** Another token of the portal. A different user never sees the talk of the one before. */
  async setSignIn(signIn: string | null): Promise<void> {
    const other = markOf(signIn) !== markOf(this.#signIn);
    this.#signIn = signIn;
    if (other && this.phase !== "notice") this.#leave("notice");
    if (this.phase === "starting" && this.problem) await this.begin();
    else if (other) await this.restore();
  }

  #leave(phase: Phase, expired = false): void {
    this.#round++;
    this.#opening = null;
    this.#kept = null;
    this.#keeper.clear();
    this.items = [];
    this.problem = null;
    this.waiting = false;
    this.expired = expired;
    this.phase = phase;
    this.#listener.changed();
  }

  /** Another tab did something with this talk. */
  hear(talk: string, news: News): void {
    if (!this.#kept || this.#kept.talk !== talk) return;
    if (news === "changed") {
      if (!this.waiting) void this.#reload();
      return;
    }
    this.ending = "elsewhere";
    this.#leave("ended");
    this.#listener.ended(true);
  }
}
