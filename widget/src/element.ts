import { Api, type Failure } from "./api";
import { h, icon } from "./dom";
import { PREFIX } from "./events";
import { Keeper } from "./keeper";
import { readOptions, type Options } from "./options";
import css from "./style.css?inline";
import { listenToTabs } from "./tabs";
import { Talk } from "./talk";
import { highest, type Item } from "./types";
import { View } from "./view";


const FULL_SCREEN = "(max-width: 40rem), (max-height: 30rem)";

let sheet: CSSStyleSheet | null = null;

function styles(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
  }
  return sheet;
}

/** Where the script came from: the assistant's address unless the attribute `server` says another. */
let scriptBase = "";
export const setScriptBase = (address: string): void => void (scriptBase = new URL(".", address).href);

/** `<baclofen-chat>`: the chat with the baclofen assistant. Its attributes are its options (docs/embed-guide.md). */
export class BaclofenChat extends HTMLElement {
  #options!: Options;
  #talk: Talk | null = null;
  #view!: View;
  #launcher: HTMLButtonElement | null = null;
  #unread = 0;
  #queued: string | null = null;
  #signIn: string | null = null;
  #connected = new AbortController();

  connectedCallback(): void {
    if (this.#talk) return;
    this.#connected = new AbortController();
    this.#options = readOptions(this, scriptBase || document.baseURI);
    this.#signIn ??= this.getAttribute("sign-in");
    const root = this.#makeRoot();
    const keeper = new Keeper(this.#options);
    const tell = listenToTabs(this.#options.storageKey, this.#connected.signal, (talk, news) => this.#talk?.hear(talk, news));
    this.#talk = new Talk(new Api(this.#options.server), keeper, tell, this.#signIn, {
      changed: () => this.#changed(),
      replied: (items) => this.#replied(items),
      failed: (failure) => this.#failed(failure),
      ended: (cleared) => this.#tell("ended", { cleared }),
    });
    this.#view = new View(this, root, this.#options, this.#talk, {
      close: () => this.close(),
      withoutSignIn: () => void this.#goOnWithoutSignIn(),
    });
    if (this.#options.layout === "launcher") this.#makeLauncher(root);
    root.append(this.#view.panel);
    this.#listen();
    this.#view.sync();
    void this.#talk.restore().then((kept) => {
      if (kept) this.#takeUp(kept.open, kept.percent);
      this.#tell("ready");
      this.#openIfAsked();
    });
  }

  disconnectedCallback(): void {
    this.#connected.abort();
    this.#talk = null;
  }

  /** Opens the panel and moves the focus to its title. */
  open(): void {
    if (!this.#talk) return;
    if (!this.#isOpen) this.#show();
    this.#view.focusTitle();
    this.#unread = 0;
    this.#talk.keep({ open: true });
    this.#showLauncher();
    this.#tell("opened");
  }

  /** Closes the panel and gives the focus back to the launcher. The talk goes on. */
  close(): void {
    if (!this.#talk) return;
    if (this.#launcher && this.#isOpen) {
      this.#dialog.close();
      this.#talk.keep({ open: false });
      this.#showLauncher();
      this.#launcher.focus();
    }
    this.#tell("closed");
  }

  /** Says something for the person; waits until the notice is accepted. */
  send(text: string): void {
    if (!this.#talk || !text.trim()) return;
    if (!this.#isOpen) this.open();
    if (this.#talk.phase === "talking") this.#talk.say({ text: text.trim() }, text.trim());
    else this.#queued = text.trim();
  }

  /** Ends the talk and clears it, here and on the server. */
  async end(): Promise<void> {
    await this.#talk?.end();
  }

  /** Ends the talk and goes back to the notice. */
  async reset(): Promise<void> {
    await this.#talk?.end();
    this.#talk?.startOver();
  }

  /** Hands over the portal's signed sign-in token, at the start or when the portal has a new one. */
  setToken(token: string | null): void {
    this.#signIn = token;
    void this.#talk?.setSignIn(token);
  }

  async #goOnWithoutSignIn(): Promise<void> {
    this.#signIn = null;
    await this.#talk?.setSignIn(null);
    await this.#talk?.begin();
  }

  get #dialog(): HTMLDialogElement {
    return this.#view.panel as HTMLDialogElement;
  }

  get #isOpen(): boolean {
    return !this.#launcher || this.#dialog.open;
  }

  #makeRoot(): HTMLElement {
    const shadow = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = [styles()];
    const { lang, dir, layout } = this.#options;
    const root = h("div", { class: `root layout-${layout}`, lang, dir });
    shadow.replaceChildren(root);
    return root;
  }

  #makeLauncher(root: HTMLElement): void {
    const words = h("span", {}, this.#options.text("launcher"));
    const props = { class: "launcher", part: "launcher", "aria-expanded": "false", "aria-controls": "panel", "aria-haspopup": "dialog" };
    this.#launcher = h("button", { ...props, onclick: () => this.open() }, icon("chat"), words);
    const status = h("div", { class: "unseen", role: "status", id: "unread" });
    root.append(this.#launcher, status);
  }

  #showLauncher(): void {
    if (!this.#launcher) return;
    const { text } = this.#options;
    this.#launcher.setAttribute("aria-expanded", String(this.#isOpen));
    this.#launcher.hidden = this.#isOpen;
    const words = this.#unread ? text("launcherUnread", { count: this.#unread }) : text("launcher");
    this.#launcher.lastElementChild!.textContent = words;
    this.shadowRoot!.getElementById("unread")!.textContent = this.#unread ? words : "";
  }

  /** On a desktop the panel stands beside the page; on a phone it fills the screen, and the page behind it cannot be reached. */
  #show(): void {
    if (!this.#launcher) return;
    const isModal = matchMedia(FULL_SCREEN).matches;
    this.#dialog.setAttribute("aria-modal", String(isModal));
    if (isModal) this.#dialog.showModal();
    else this.#dialog.show();
  }

  #listen(): void {
    const on = (target: EventTarget, type: string, act: (event: never) => void): void =>
      target.addEventListener(type, act as EventListener, { signal: this.#connected.signal });
    on(this.#view.panel, "keydown", (event: KeyboardEvent) => event.key === "Escape" && this.#escape(event));
    on(this.#view.panel, "cancel", (event: Event) => event.preventDefault());
    on(window, "online", () => this.#talk?.problem && this.#talk.retry());
    if (this.#launcher) on(matchMedia(FULL_SCREEN), "change", () => this.#reopen());
    on(window, "hashchange", () => this.#openIfAsked());
  }

  #escape(event: KeyboardEvent): void {
    event.preventDefault();
    if (!this.#view.takeBack() && this.#launcher) this.close();
  }

  #reopen(): void {
    if (!this.#isOpen) return;
    const focused = this.shadowRoot!.activeElement as HTMLElement | null;
    this.#dialog.close();
    this.#show();
    focused?.focus();
  }

  /** A link to `#baclofen-chat`, such as a skip link of the page, opens the chat. */
  #openIfAsked(): void {
    if (location.hash === "#baclofen-chat") this.open();
  }

  #takeUp(wasOpen: boolean, percent: number): void {
    this.#talk!.percent = percent;
    this.#view.setPercent(percent);
    if (wasOpen && this.#launcher && !matchMedia(FULL_SCREEN).matches) {
      this.#dialog.setAttribute("aria-modal", "false");
      this.#dialog.open = true; // unlike show() this leaves the focus where the page has it
      this.#showLauncher();
    }
    this.#view.showLast();
  }

  #changed(): void {
    this.#view.sync();
    if (this.#talk!.phase === "talking" && this.#queued) {
      const text = this.#queued;
      this.#queued = null;
      this.#talk!.say({ text }, text);
    }
  }

  #replied(items: Item[]): void {
    this.#view.showReply(items);
    if (!this.#isOpen) {
      this.#unread += items.length;
      this.#showLauncher();
      this.#tell("unread", { count: this.#unread });
    }
    if (!items.length) return;
    const level = highest(items);
    this.#tell("level", { level, kind: items[0]!.meta.kind, topic: items[0]!.meta.topic ?? null });
    if (items.some((item) => item.meta.kind === "outcome")) this.#tell("outcome", { level });
    if (this.#options.shareText) for (const { from, text } of items) this.#tell("message", { from, text });
  }

  #failed(failure: Failure): void {
    this.#tell("error", { code: failure });
  }

  /** Tells the page. Never the text of a message, unless the site asked for it by `share-text`. */
  #tell(type: string, detail: object = {}): void {
    this.dispatchEvent(new CustomEvent(PREFIX + type, { detail, bubbles: true, composed: true }));
  }
}

/** Makes the element known; a second script on the same page changes nothing. */
export function define(): void {
  if (!customElements.get("baclofen-chat")) customElements.define("baclofen-chat", BaclofenChat);
}
