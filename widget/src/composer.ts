import { h } from "./dom";
import type { Text } from "./strings";

const MOST = 2000;
const COUNT_FROM = 200;

/** The box to type in. Enter sends, Shift and Enter begins a line; nothing is sent while an input method composes. */
export class Composer {
  readonly #text: Text;
  readonly #send: (typed: string) => void;
  readonly box = h("textarea", { id: "text", rows: 1, maxlength: MOST, autocomplete: "off", enterkeyhint: "send", "aria-describedby": "count" });
  readonly #count = h("p", { class: "count", id: "count" });
  readonly form: HTMLFormElement;

  constructor(
    text: Text,
    send: (typed: string) => void,
  ) {
    this.#text = text;
    this.#send = send;
    this.form = h(
      "form",
      { class: "composer", onsubmit: (event: Event) => this.#submit(event) },
      h("label", { for: "text" }, text("yourMessage")),
      h("div", { class: "row" }, this.box, h("button", { type: "submit", class: "primary" }, text("send"))),
      this.#count,
    );
    this.box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.repeat) return;
      this.#submit(event);
    });
    this.box.addEventListener("input", () => this.#showCount());
  }

  #submit(event: Event): void {
    event.preventDefault();
    const typed = this.box.value.trim();
    if (!typed) return this.box.focus();
    this.box.value = "";
    this.#showCount();
    this.#send(typed);
  }

  #showCount(): void {
    const left = MOST - this.box.value.length;
    this.#count.textContent = left <= COUNT_FROM ? this.#text("charactersLeft", { count: left }) : "";
  }
}
