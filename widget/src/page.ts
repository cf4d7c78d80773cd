/**
 * The hosted page inside an iframe: what it and the page around it tell each other (docs/embed-guide.md).
 *
 * Only origins that the server named are heard or told anything. Uses nothing of the widget but its public calls and events.
 */
import type { BaclofenChat } from "./element";
import { PREFIX } from "./events";

const EVENTS = ["ready", "opened", "closed", "level", "outcome", "unread", "ended", "error", "message"];

/** The height in which all of it could be seen without scrolling. */
function heightOf(inside: Element, middle: Element): number {
  const height = (part: Element): number => part.getBoundingClientRect().height;
  const content = new Range();
  content.selectNodeContents(middle);
  const around = [...inside.children].filter((part) => part !== middle).map(height);
  const { paddingTop, paddingBottom } = getComputedStyle(middle);
  const own = content.getBoundingClientRect().height + parseFloat(paddingTop) + parseFloat(paddingBottom);
  return Math.ceil(around.reduce((sum, part) => sum + part, own));
}

/** Connects the hosted page's chat with the page around it; returns a function that lets go. */
export function connect(chat: BaclofenChat, origins: string[], outside: Window = parent): () => void {
  const known = location.ancestorOrigins?.[0] ?? (document.referrer && new URL(document.referrer).origin);
  let target = origins.includes(known) ? known : null;

  const tell = (type: string, detail: object = {}): void => {
    if (target) outside.postMessage({ from: "baclofen-chat", version: 1, type, ...detail }, target);
  };
  const obey: Record<string, (value: unknown) => void> = {
    hello: () => tell("ready"),
    open: () => chat.open(),
    close: () => chat.close(),
    end: () => void chat.end(),
    send: (value) => typeof value === "string" && chat.send(value),
    setToken: (value) => (typeof value === "string" || value === null) && chat.setToken(value),
  };
  const hear = (event: MessageEvent): void => {
    if (event.source !== outside || !origins.includes(event.origin) || event.data?.to !== "baclofen-chat") return;
    target = event.origin;
    if (Object.hasOwn(obey, event.data.type)) obey[event.data.type]!(event.data.value);
  };
  addEventListener("message", hear);

  const pass = (event: Event): void => tell(event.type.slice(PREFIX.length), (event as CustomEvent).detail);
  for (const type of EVENTS) chat.addEventListener(PREFIX + type, pass);

  const inside = chat.shadowRoot!.querySelector(".inside")!;
  const middle = inside.querySelector(".middle")!;
  const watcher = new ResizeObserver(() => tell("height", { height: heightOf(inside, middle) }));
  for (const part of [...inside.children, ...middle.children]) watcher.observe(part);

  return () => {
    removeEventListener("message", hear);
    for (const type of EVENTS) chat.removeEventListener(PREFIX + type, pass);
    watcher.disconnect();
  };
}
