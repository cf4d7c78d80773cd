import { httpsHref, telHref } from "./links";
import { attributeOf, textIn, type Text } from "./strings";
import type { Call } from "./types";

export interface Options {
  server: string;
  lang: string;
  dir: "ltr" | "rtl";
  layout: "launcher" | "inline" | "page";
  storage: "session" | "local" | "none";
  storageKey: string;
  keepHours: number;
  calls: Call[];
  retentionDays: string | null;
  privacyUrl: string | null;
  needsTick: boolean;
  confirmAnswers: boolean;
  shareText: boolean;
  text: Text;
}

/** The common numbers, for a page that names none: no country is known. */
const COMMON_CALLS = "Call 911 (US, Canada)=911, Call 999 (UK)=999, Call 112 (Europe)=112, Call 000 (Australia)=000";
const DEFAULT_HOURS = 12;
const RTL = /^(ar|fa|he|ps|sd|ug|ur|yi)\b/;

/** Reads `Call 999=999, Call 112=112`; what is no number is left out. */
export function callsFrom(value: string | null): Call[] {
  const calls = (value ?? "").split(/,(?![^(]*\))/).map((part) => {
    const [label = "", tel = ""] = part.split("=").map((side) => side.trim());
    return { label, tel };
  });
  return calls.filter(({ label, tel }) => label && telHref(tel));
}

/** Only the calls with a usable number. */
export const usableCalls = (calls: unknown): Call[] =>
  Array.isArray(calls) ? calls.filter((call) => typeof call?.label === "string" && telHref(call.tel)) : [];

function oneOf<T extends string>(value: string | null, allowed: readonly [T, ...T[]]): T {
  return allowed.find((option) => option === value) ?? allowed[0];
}

/** The server's address without a slash at the end; only http and https. */
function serverFrom(value: string | null, fallback: string): string {
  const url = new URL(value ?? fallback, document.baseURI);
  if (!/^https?:$/.test(url.protocol)) throw new Error("baclofen-chat: `server` must be an http or https address.");
  return url.href.replace(/\/+$/, "");
}

/**
 * Reads the options of an element from its attributes.
 *
 * @param element The element.
 * @param server Where the script came from: the default for `server`.
 */
export function readOptions(element: HTMLElement, server: string): Options {
  const get = (name: string): string | null => element.getAttribute(name);
  const lang = element.lang || element.closest("[lang]")?.getAttribute("lang") || "en";
  const text = textIn(lang, (key) => get(attributeOf(key)));
  const dir = get("dir") ?? (element.lang ? null : getComputedStyle(element).direction);
  const calls = callsFrom(get("emergency"));
  const hours = Number(get("keep-hours"));
  return {
    server: serverFrom(get("server"), server),
    lang: text("lang"),
    dir: dir === "rtl" || (!dir && RTL.test(lang)) ? "rtl" : "ltr",
    layout: oneOf(get("layout"), ["launcher", "inline", "page"]),
    storage: oneOf(get("storage"), ["session", "local", "none"]),
    storageKey: get("storage-key") ?? "baclofen-chat",
    keepHours: hours > 0 ? hours : DEFAULT_HOURS,
    calls: calls.length ? calls : callsFrom(COMMON_CALLS),
    retentionDays: get("retention-days"),
    privacyUrl: httpsHref(get("privacy-url")),
    needsTick: get("notice") === "tick",
    confirmAnswers: element.hasAttribute("confirm-answers"),
    shareText: element.hasAttribute("share-text"),
    text,
  };
}
