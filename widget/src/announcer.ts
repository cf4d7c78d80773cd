import { h } from "./dom";

const SECONDS_KEPT = 10;

/** Tells screen readers what is new: each message whole and once, in a region of its own. The talk itself is not live. */
export class Announcer {
  readonly region = h("div", { class: "unseen", role: "status", "aria-live": "polite" });

  say(text: string, lang?: string): void {
    if (!text) return;
    const line = h("p", { lang }, text);
    this.region.append(line);
    setTimeout(() => line.remove(), SECONDS_KEPT * 1000);
  }
}
