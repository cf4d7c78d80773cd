import { h } from "./dom";
import { choices, messageElement, statusElement, type MessageActions } from "./message";
import type { Text } from "./strings";
import type { Talk } from "./talk";
import type { Item } from "./types";

const BURST = 500;

/** The messages of a reply that can still be answered: those after the last message of the person's own that was taken. */
export function answerable(items: Item[]): Set<string> {
  const open = new Set<string>();
  for (const item of [...items].reverse()) {
    if (item.from === "user" && item.status !== "refused") break;
    if (item.from === "assistant") open.add(item.id);
  }
  return open;
}

/** The list of messages. Not a live region: what is new is told by the announcer. */
export class Transcript {
  readonly #text: Text;
  readonly #actions: MessageActions;
  readonly list = h("ol", { class: "talk" });
  readonly #made = new Map<string, HTMLElement>();
  readonly #states = new Map<string, string>();
  #lastKey = -Infinity;

  constructor(
    text: Text,
    actions: MessageActions,
  ) {
    this.#text = text;
    this.#actions = actions;
  }

  /** Brings the list in line with the talk. */
  sync(talk: Talk): void {
    const open = answerable(talk.items);
    talk.items.forEach((item, place) => {
      const element = this.#made.get(item.id) ?? this.#make(item);
      if (this.list.children[place] !== element) this.list.insertBefore(element, this.list.children[place] ?? null);
      this.#syncStatus(item, element);
      if (open.has(item.id) && item.buttons.length && !element.querySelector(".answers")) element.append(choices(item, this.#actions)!);
    });
    const wanted = new Set(talk.items.map((item) => item.id));
    for (const [id, element] of this.#made) {
      if (!wanted.has(id)) {
        element.remove();
        this.#made.delete(id);
        this.#states.delete(id);
      } else if (!open.has(id)) this.#removeAnswers(element, talk.items);
    }
  }

  /** Choices that are used up go; the focus goes to what was answered first, never to nowhere. */
  #removeAnswers(element: HTMLElement, items: Item[]): void {
    const answers = element.querySelector(".answers");
    if (answers?.contains((element.getRootNode() as ShadowRoot).activeElement)) {
      this.element(items.findLast((item) => item.from === "user")?.id)?.focus({ preventScroll: true });
    }
    answers?.remove();
  }

  element(id: string | undefined): HTMLElement | undefined {
    return this.#made.get(id ?? "");
  }

  #make(item: Item): HTMLElement {
    const element = messageElement(item, this.#text, this.#actions);
    this.#made.set(item.id, element);
    return element;
  }

  #syncStatus(item: Item, element: HTMLElement): void {
    const state = `${item.status ?? ""} ${item.error ?? ""}`;
    if (this.#states.get(item.id) === state) return;
    this.#states.set(item.id, state);
    const old = element.querySelector(".status");
    const root = element.getRootNode() as Document | ShadowRoot;
    if (old?.contains(root.activeElement)) element.focus({ preventScroll: true });
    old?.remove();
    const made = statusElement(item, this.#text, this.#actions);
    if (made) element.append(made);
  }

  /** A number key presses the choice with that number, while the focus is in the talk: one key, no aiming. */
  pressNumber(event: KeyboardEvent, now = performance.now()): void {
    if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || !/^[1-9]$/.test(event.key)) return;
    const isBurst = now - this.#lastKey < BURST;
    this.#lastKey = now;
    if (isBurst) return;
    const groups = [...this.list.querySelectorAll<HTMLElement>(".answers")];
    const group = groups.find((one) => one.parentElement?.contains(event.target as Node)) ?? groups.at(-1);
    group?.querySelector<HTMLButtonElement>(`[data-number="${event.key}"]`)?.click();
  }
}
