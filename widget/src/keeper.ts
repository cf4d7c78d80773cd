import type { Options } from "./options";
import type { Call } from "./types";

/** What the browser keeps of a talk. Never what was said. */
export interface Kept {
  token: string;
  /** Names the talk for other tabs; says nothing about it. */
  talk: string;
  /** Milliseconds since 1970 after which it is forgotten. */
  until: number;
  calls: Call[];
  /** A mark of the portal's user, so that the next one never gets this talk. */
  who: string;
  open: boolean;
  percent: number;
}

/** A mark of the user that a portal's token names: enough to tell two apart, not to find out who it is. */
export function markOf(signIn: string | null): string {
  if (!signIn) return "";
  let subject = signIn;
  try {
    subject = String(JSON.parse(atob((signIn.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/"))).sub ?? signIn);
  } catch {
    // An unreadable token marks itself.
  }
  const hash = [...subject].reduce((sofar, letter) => Math.imul(sofar ^ letter.codePointAt(0)!, 0x01000193), 0x811c9dc5);
  return (hash >>> 0).toString(36);
}

/** Keeps a talk's token in the browser's storage, for a limited time. */
export class Keeper {
  readonly #options: Pick<Options, "storage" | "storageKey" | "keepHours">;
  #memory: Kept | null = null;

  constructor(options: Pick<Options, "storage" | "storageKey" | "keepHours">) {
    this.#options = options;
  }

  /** The kept talk, unless its time is over or it belongs to another user. */
  load(who: string, now = Date.now()): Kept | null {
    const kept = this.#memory ?? this.#read();
    if (kept && kept.until > now && kept.who === who) return kept;
    if (kept) this.clear();
    return null;
  }

  /** Keeps a new talk. */
  start(talk: Omit<Kept, "until" | "talk">, name: string, seconds: number, now = Date.now()): Kept {
    const milliseconds = Math.min(this.#options.keepHours * 3600, seconds || Infinity) * 1000;
    return this.#save({ ...talk, talk: name, until: now + milliseconds });
  }

  /** Keeps changes of a kept talk. */
  change(changes: Partial<Kept>): void {
    const kept = this.#memory ?? this.#read();
    if (kept) this.#save({ ...kept, ...changes });
  }

  clear(): void {
    this.#memory = null;
    this.#storage()?.removeItem(this.#options.storageKey);
  }

  #save(kept: Kept): Kept {
    this.#memory = kept;
    try {
      this.#storage()?.setItem(this.#options.storageKey, JSON.stringify(kept));
    } catch {
      // A full or forbidden storage: the talk lives as long as the page.
    }
    return kept;
  }

  #read(): Kept | null {
    try {
      const kept = JSON.parse(this.#storage()?.getItem(this.#options.storageKey) ?? "null");
      return typeof kept?.token === "string" && typeof kept.until === "number" ? kept : null;
    } catch {
      return null;
    }
  }

  #storage(): Storage | null {
    try {
      return { session: sessionStorage, local: localStorage, none: null }[this.#options.storage];
    } catch {
      return null; // pages without an origin have none
    }
  }
}
