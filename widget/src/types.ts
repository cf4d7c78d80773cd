/** The parts of the web interface that the widget reads (docs/interface.md). Unknown parts are ignored. */
export type Level = "emergency" | "urgent" | "soon" | "info" | "none";

export interface Call {
  label: string;
  tel: string;
}

export interface Button {
  title: string;
  payload: string;
}

export interface Meta {
  kind: string;
  level: Level;
  topic?: string;
  language?: string;
  summary?: boolean;
  parts?: string[];
  actions?: (Call & { kind: string })[];
  step?: { item: string; n: number; of: number };
}

export type Body = { text: string } | { payload: string };

/** One message of the talk, the person's own or the assistant's. */
export interface Item {
  id: string;
  from: "user" | "assistant";
  text: string;
  buttons: Button[];
  meta: Meta;
  /** What to send, for the person's own messages of this page. */
  body?: Body;
  status?: "sending" | "failed" | "refused";
  /** Why it was not sent, in words. */
  error?: string;
}

const LEVELS: Level[] = ["none", "info", "soon", "urgent", "emergency"];

export const highest = (items: Item[]): Level => LEVELS[Math.max(0, ...items.map((item) => LEVELS.indexOf(item.meta.level)))]!;

const textOr = (value: unknown, other: string): string => (typeof value === "string" ? value : other);
const listOf = <T>(value: unknown): T[] => (Array.isArray(value) ? value : []);

/** Takes a message as the server sent it; whatever is missing or malformed gets a harmless value. */
export function itemFrom(raw: unknown): Item {
  const given = (raw ?? {}) as Partial<Item>;
  const meta = (given.meta ?? {}) as Partial<Meta>;
  const level = meta.level as Level;
  return {
    id: textOr(given.id, newId()),
    from: given.from === "user" ? "user" : "assistant",
    text: textOr(given.text, ""),
    buttons: listOf<Button>(given.buttons).filter((button) => typeof button?.title === "string" && typeof button.payload === "string"),
    meta: { ...meta, kind: textOr(meta.kind, "answer"), level: LEVELS.includes(level) ? level : "none" },
  };
}

/** A random id; `crypto.randomUUID` exists only on secure pages. */
export function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
