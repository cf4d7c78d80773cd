import { h, icon, quiet } from "./dom";
import { telHref } from "./links";
import type { Text } from "./strings";
import type { Button, Item } from "./types";

/** Buttons that answer nothing: they stand back. */
const SIDE_STEPS = /^\/(explain|go_back|stop|confirm_start)/;

/** What the assistant's texts are in, whatever the widget speaks. */
export const LANGUAGE = "en";

export interface MessageActions {
  choose(button: Button): void;
  retry(): void;
  /** Copies a text and says in the note how it went. */
  copy(text: string, note: HTMLElement): void;
  print(item: HTMLElement): void;
  download(text: string): void;
}

/** What stands above a message, in words: a level is never shown by colour alone. */
export function labelOf(item: Item, text: Text): string {
  if (item.from === "user") return text("you");
  const { step, level, kind } = item.meta;
  return text(`level_${level}`) || (step ? text("progress", { n: step.n, of: step.of }) : text(kind === "outcome" ? "outcome" : "assistant"));
}

/** A message as one spoken text: label, words, choices. */
export function spoken(item: Item, text: Text): string {
  const titles = item.buttons.map((button) => button.title).join(", ");
  return [`${labelOf(item, text)}:`, item.text.replaceAll("\n", " "), titles && text("choices", { titles })].filter(Boolean).join(" ");
}

const paragraph = (line: string, props = {}): HTMLElement => h("p", { dir: "auto", lang: LANGUAGE, ...props }, line);

function calls(item: Item): HTMLElement | null {
  const links = (item.meta.actions ?? []).flatMap(({ label, tel }) => {
    const href = telHref(tel);
    return href && typeof label === "string" ? [h("a", { class: "call", href }, icon("phone"), label)] : [];
  });
  return links.length ? h("div", { class: "choices" }, ...links) : null;
}

/** A card in the care-card pattern: the action and the call first, then why, then lists under headings. */
function card(item: Item, lines: string[], text: Text): HTMLElement[] {
  const parts = item.meta.parts?.length === lines.length ? item.meta.parts : lines.map((_, place) => (place ? "why" : "action"));
  const made: HTMLElement[] = [];
  let list: { part: string; element: HTMLElement } | null = null;
  lines.forEach((line, place) => {
    const part = parts[place]!;
    const heading = text(`part_${part}`);
    if (!heading) {
      list = null;
      made.push(paragraph(line, { class: part }));
      const links = part === "action" && calls(item);
      if (links) made.push(links);
      return;
    }
    if (list?.part !== part) {
      list = { part, element: h("ul", { class: part, lang: LANGUAGE }) };
      made.push(h("h4", {}, heading), list.element);
    }
    list.element.append(h("li", { dir: "auto" }, line));
  });
  return made;
}

function summary(lines: string[], whole: string, text: Text, actions: MessageActions): HTMLElement[] {
  const [title = "", ...rest] = lines;
  const note = h("p");
  return [
    h("h4", { dir: "auto", lang: LANGUAGE }, title),
    h("ul", { lang: LANGUAGE }, ...rest.map((line) => h("li", { dir: "auto" }, line))),
    h(
      "div",
      { class: "tools" },
      quiet(text("copy"), () => actions.copy(whole, note)),
      quiet(text("print"), (event) => actions.print((event.currentTarget as Element).closest("li.message")!)),
      quiet(text("download"), () => actions.download(whole)),
      note,
    ),
  ];
}

function body(item: Item, text: Text, actions: MessageActions): (HTMLElement | null)[] {
  const lines = item.text.split("\n").filter((line) => line.trim());
  if (item.from === "user") return [h("p", { class: "own", dir: "auto" }, item.text)];
  if (item.meta.summary) return summary(lines, item.text, text, actions);
  if (text(`level_${item.meta.level}`) && lines.length > 1) return card(item, lines, text);
  return [...lines.map((line, place) => paragraph(line, { lang: (!place && item.meta.language) || LANGUAGE })), calls(item)];
}

function progress(item: Item): HTMLElement | null {
  const { step } = item.meta;
  if (!step || !(step.of > 0)) return null;
  // The words of the label say the same: the bar is for the eye only.
  const done = h("i");
  done.style.inlineSize = `${(100 * step.n) / step.of}%`;
  return h("div", { class: "bar", "aria-hidden": "true" }, done);
}

/** The choices under a message. The number shown beside each is a key that presses it; it is no part of the name. */
export function choices(item: Item, actions: MessageActions): HTMLElement | null {
  if (!item.buttons.length) return null;
  const made = item.buttons.map((button, place) =>
    h(
      "button",
      {
        class: SIDE_STEPS.test(button.payload) ? "choice quiet" : "choice",
        "data-number": place < 9 && place + 1,
        "aria-keyshortcuts": place < 9 && String(place + 1),
        onclick: () => actions.choose(button),
      },
      button.title,
    ),
  );
  return h("div", { class: "choices answers", lang: LANGUAGE }, ...made);
}

/** The element of a message, without its choices. */
export function messageElement(item: Item, text: Text, actions: MessageActions): HTMLElement {
  const level = item.meta.level;
  const drawn = text(`level_${level}`) ? level : item.meta.kind === "outcome" && "info";
  const label = h("h3", { class: "label" }, drawn && icon(drawn as "info"), labelOf(item, text));
  return h(
    "li",
    { class: `message ${item.from} level-${level}`, tabindex: -1 },
    label,
    progress(item),
    ...body(item, text, actions),
  );
}

/** How sending stands, under a message of the person's own. */
export function statusElement(item: Item, text: Text, actions: MessageActions): HTMLElement | null {
  if (item.status === "failed") {
    return h(
      "div",
      { class: "status" },
      h("p", {}, text("notSent")),
      h("button", { class: "retry", onclick: () => actions.retry() }, text("tryAgain")),
    );
  }
  if (item.status === "refused") return h("div", { class: "status" }, h("p", {}, `${text("notAccepted")} ${item.error ?? ""}`));
  return null;
}
