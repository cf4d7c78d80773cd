import { h } from "./dom";
import type { Options } from "./options";
import type { Talk } from "./talk";

/** A question that is put before something is done. */
export interface Question {
  title: string;
  words: string;
  yes: string;
  no: string;
  act(): void;
  cancel(): void;
}

/** What a person reads and agrees to before anything is sent or stored. */
export function noticeSheet(options: Options, talk: Talk, begin: () => void): HTMLElement {
  const { text } = options;
  const tick = h("input", { type: "checkbox", required: options.needsTick });
  const start = (): void => {
    // The browser itself says in the person's language what is missing.
    if (tick.reportValidity()) begin();
  };
  const days = options.retentionDays;
  const lines = [
    text("noticeAutomated"),
    text("noticeEmergency"),
    text("noticeAdvice"),
    `${text("noticeKept")} ${days ? text("noticeDays", { days }) : ""}`,
    `${text("noticePrivate")} ${text("noticeNothingYet")}`,
  ];
  return h(
    "section",
    { class: "sheet" },
    talk.expired && h("p", {}, text("expired")),
    h("h3", { tabindex: -1 }, text("noticeTitle")),
    h("ul", {}, ...lines.map((line) => h("li", {}, line))),
    options.privacyUrl && h("a", { href: options.privacyUrl, target: "_blank", rel: "noopener noreferrer" }, text("noticePolicy")),
    options.needsTick && h("label", { class: "tick" }, tick, text("noticeTick")),
    h("button", { class: "primary", onclick: start }, text("start")),
  );
}

export function questionSheet(question: Question): HTMLElement {
  return h(
    "section",
    { class: "sheet" },
    h("h3", { tabindex: -1 }, question.title),
    h("p", {}, question.words),
    h("button", { class: "primary", onclick: () => question.act() }, question.yes),
    h("button", { onclick: () => question.cancel() }, question.no),
  );
}

/** The end of a talk: what was cleared, and where not. */
export function endedSheet(options: Options, talk: Talk): HTMLElement {
  const { text } = options;
  const deviceOnly = talk.ending === "device";
  return h(
    "section",
    { class: "sheet" },
    h("h3", { tabindex: -1 }, text("endedTitle")),
    h("p", { role: "status" }, talk.waiting ? "…" : text(`ended_${talk.ending}`)),
    h("p", {}, text("endedShared")),
    deviceOnly && !talk.waiting && h("button", { onclick: () => talk.retry() }, text("deleteOnServer")),
    h("button", { class: "primary", onclick: () => talk.startOver() }, text("startNew")),
  );
}
