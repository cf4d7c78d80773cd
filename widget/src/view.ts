import { Announcer } from "./announcer";
import { Composer } from "./composer";
import { h, icon, quiet } from "./dom";
import { telHref } from "./links";
import { LANGUAGE, spoken, type MessageActions } from "./message";
import type { Options } from "./options";
import { copyText, downloadText, printTalk } from "./printing";
import { endedSheet, noticeSheet, questionSheet, type Question } from "./sheets";
import { ignoreRepeats } from "./steady";
import type { Key } from "./strings";
import type { Phase, Talk } from "./talk";
import { Transcript } from "./transcript";
import type { Body, Button, Call, Item } from "./types";

const SLOW = 3000;

export interface ViewActions {
  close(): void;
  withoutSignIn(): void;
}

/** Everything that is seen inside the element, beside the launcher. Shows the talk; decides nothing about it. */
export class View {
  readonly #host: HTMLElement;
  readonly #root: HTMLElement;
  readonly #options: Options;
  readonly #talk: Talk;
  readonly #actions: ViewActions;
  readonly panel: HTMLElement;
  readonly announcer = new Announcer();
  readonly #title: HTMLElement;
  readonly #strip = h("ul");
  readonly #optionsBar: HTMLElement;
  readonly #optionsButton: HTMLButtonElement;
  /** What can only be done with a talk. */
  readonly #talkButtons: HTMLButtonElement[];
  readonly #inside: HTMLElement;
  readonly #middle: HTMLElement;
  readonly #sheetPlace = h("div");
  readonly #typing: HTMLElement;
  readonly #alert = h("p", { role: "alert" });
  readonly #alertButtons = h("div", { class: "tools" });
  readonly #transcript: Transcript;
  readonly #composer: Composer;
  #question: Question | null = null;
  #drawnSheet = "";
  #drawnCalls = "";
  #drawnProblem = "";
  #slowTimer = 0;

  constructor(
    host: HTMLElement,
    root: HTMLElement,
    options: Options,
    talk: Talk,
    actions: ViewActions,
  ) {
    this.#host = host;
    this.#root = root;
    this.#options = options;
    this.#talk = talk;
    this.#actions = actions;
    const { text, layout } = options;
    const isPage = layout === "page";
    this.#title = h(isPage ? "h1" : "h2", { class: "title", id: "title", tabindex: -1 }, text("title"));
    this.#optionsButton = this.#button("options", () => this.#showOptions(this.#optionsBar.hidden === true), { "aria-controls": "options" });
    this.#talkButtons = [
      this.#button("printChat", () => this.#print(null)),
      this.#button("downloadChat", () => void talk.export((all) => downloadText(JSON.stringify(all, null, 1), text("chatFile")))),
      this.#button("endChat", () => this.#askToEnd()),
    ];
    this.#optionsBar = this.#makeOptionsBar();
    this.#transcript = new Transcript(text, this.#messageActions());
    this.#composer = new Composer(text, (typed) => this.#say({ text: typed }, typed));
    this.#typing = h("p", { class: "typing", hidden: true }, h("i"), text("typing"));
    this.#middle = h(
      "div",
      { class: "middle", id: "middle", role: "region", "aria-label": text("conversation"), tabindex: 0 },
      isPage && h("h2", { class: "unseen" }, text("conversation")),
      this.#sheetPlace,
      this.#transcript.list,
      this.#typing,
    );
    this.#middle.addEventListener("keydown", (event) => this.#transcript.pressNumber(event));
    this.#inside = h(
      "div",
      { class: "inside" },
      h(
        "header",
        { class: "top", role: "presentation" },
        h("div", { class: "names" }, this.#title, h("p", { class: "subtitle" }, text("subtitle"))),
        h("div", { class: "buttons" }, this.#optionsButton, layout === "launcher" || isPage && parent !== window ? this.#button("close", () => actions.close()) : null),
      ),
      h("div", { class: "strip", part: "emergency", role: "group", "aria-labelledby": "strip" }, h("p", { id: "strip" }, text("emergencyTitle")), this.#strip),
      this.#optionsBar,
      this.#middle,
      h("div", { class: "problem" }, this.#alert, this.#alertButtons),
      this.#composer.form,
      this.announcer.region,
    );
    const props = { class: "panel", part: "panel", id: "panel", "aria-labelledby": "title" };
    this.panel = h(layout === "launcher" ? "dialog" : isPage ? "main" : "section", props, this.#inside);
    this.#showOptions(false);
    ignoreRepeats(root);
    this.setPercent(100);
  }

  #button(key: Key, act: () => void, props: Record<string, string> = {}): HTMLButtonElement {
    return quiet(this.#options.text(key), act, props);
  }

  #say(body: Body, shown: string): void {
    this.#showOptions(false);
    this.#talk.say(body, shown);
  }

  #makeOptionsBar(): HTMLElement {
    const size = (step: number): void => {
      const percent = Math.max(100, Math.min(200, this.#talk.percent + step));
      this.#talk.keep({ percent });
      this.setPercent(percent);
      this.announcer.say(this.#options.text("textSize", { percent }));
    };
    return h(
      "div",
      { class: "options", id: "options" },
      this.#button("smaller", () => size(-25)),
      this.#button("larger", () => size(25)),
      ...this.#talkButtons,
    );
  }

  setPercent(percent: number): void {
    this.#root.style.setProperty("--scale", String(percent / 100));
  }

  #showOptions(shown: boolean): void {
    this.#optionsBar.hidden = !shown;
    this.#optionsButton.setAttribute("aria-expanded", String(shown));
  }

  #messageActions(): MessageActions {
    const { text, confirmAnswers } = this.#options;
    const choose = ({ payload, title }: Button): void => this.#say({ payload }, title);
    return {
      choose: (button) => (confirmAnswers ? this.#ask(text("confirmTitle"), button.title, "confirm", () => choose(button)) : choose(button)),
      retry: () => this.#talk.retry(),
      copy: (words, note) =>
        void copyText(words, this.#root).then((done) => {
          note.textContent = text(done ? "copied" : "copyFailed");
          this.announcer.say(note.textContent);
        }),
      print: (item) => this.#print(item),
      download: (words) => downloadText(words, text("summaryFile")),
    };
  }

  #print(only: HTMLElement | null): void {
    const dialog = this.panel instanceof HTMLDialogElement && this.panel.matches(":modal") ? this.panel : null;
    const focused = this.#focused;
    if (dialog) {
      // Paper cuts off what lies in the browser's top layer.
      dialog.close();
      dialog.open = true;
      addEventListener("afterprint", () => (dialog.close(), dialog.showModal(), focused?.focus()), { once: true });
    }
    printTalk(this.#host, only);
  }

  #askToEnd(): void {
    const { text } = this.#options;
    this.#ask(text("endTitle"), text("endText"), "end", () => {
      this.#showOptions(false);
      void this.#talk.end();
    });
  }

  #ask(title: string, words: string, kind: "end" | "confirm", act: () => void): void {
    const { text } = this.#options;
    const opener = this.#focused;
    const done = (then: () => void): void => {
      this.#question = null;
      then();
      this.sync();
    };
    this.#question = {
      title,
      words,
      yes: text(`${kind}Yes`),
      no: text(`${kind}No`),
      act: () => done(act),
      cancel: () => (done(() => undefined), opener?.focus()),
    };
    this.#showOptions(kind === "end" && !this.#optionsBar.hidden);
    this.sync();
  }

  /** Escape: takes back an open question; returns whether there was one. */
  takeBack(): boolean {
    if (this.#question) {
      this.#question.cancel();
      return true;
    }
    if (!this.#optionsBar.hidden && this.#optionsBar.contains(this.#focused)) {
      this.#showOptions(false);
      this.#optionsButton.focus();
      return true;
    }
    return false;
  }

  get #focused(): HTMLElement | null {
    return (this.#root.getRootNode() as ShadowRoot).activeElement as HTMLElement | null;
  }

  focusTitle(): void {
    this.#title.focus();
  }

  /** Brings everything that is seen in line with the talk. */
  sync(): void {
    const before = this.#focused;
    const talk = this.#talk;
    this.#syncCalls(talk.calls?.length ? talk.calls : this.#options.calls);
    this.#syncSheet();
    const isTalking = talk.phase === "talking" && !this.#question;
    this.#transcript.list.hidden = !isTalking;
    for (const button of this.#talkButtons) button.hidden = talk.phase !== "talking";
    this.#composer.form.hidden = !isTalking || talk.problem?.failure === "version";
    this.#transcript.sync(talk);
    this.#syncProblem();
    this.#syncTyping();
    const own = talk.items.at(-1);
    if (own?.from === "user") this.#scrollTo(this.#transcript.element(own.id));
    this.#keepFocus(before);
  }

  /** The focus must never fall to the page's body because something that had it is gone. */
  #keepFocus(before: HTMLElement | null): void {
    const now = this.#focused;
    if (!before || (now && !now.closest("[hidden]"))) return;
    const sheetTitle = this.#sheetPlace.querySelector<HTMLElement>("h3");
    (sheetTitle ?? this.#middle).focus({ preventScroll: true });
  }

  #syncCalls(calls: Call[]): void {
    const key = JSON.stringify(calls);
    if (key === this.#drawnCalls) return;
    this.#drawnCalls = key;
    const links = calls.map(({ label, tel }) => {
      const [words, where] = label.split(/(?= \()/);
      return h("li", {}, h("a", { class: "call", href: telHref(tel) }, icon("phone"), h("span", {}, words, where && h("span", { class: "where" }, where))));
    });
    this.#strip.replaceChildren(...links);
  }

  #syncSheet(): void {
    const talk = this.#talk;
    const options = this.#options;
    const wanted: Record<Phase, () => HTMLElement | null> = {
      notice: () => noticeSheet(options, talk, () => void talk.begin()),
      starting: () => (talk.problem ? null : h("p", { class: "sheet", role: "status" }, options.text("starting"))),
      talking: () => (talk.expired ? h("p", { class: "sheet" }, options.text("expired")) : null),
      ended: () => endedSheet(options, talk),
    };
    const key = this.#question ? `? ${this.#question.title}${this.#question.words}` : [talk.phase, !!talk.problem, talk.expired, talk.ending, talk.waiting && talk.phase === "ended"].join();
    if (key === this.#drawnSheet) return;
    this.#drawnSheet = key;
    const sheet = this.#question ? questionSheet(this.#question) : wanted[talk.phase]();
    const hadFocus = this.#sheetPlace.contains(this.#focused) || this.#question;
    this.#sheetPlace.replaceChildren(...(sheet ? [sheet] : []));
    if (hadFocus) (sheet?.querySelector<HTMLElement>("h3") ?? this.#middle).focus({ preventScroll: true });
    if (sheet?.matches("section")) this.#middle.scrollTop = 0;
  }

  #syncProblem(): void {
    const talk = this.#talk;
    const { text } = this.#options;
    const { problem } = talk;
    const hasFailed = talk.items.some((item) => item.status === "failed");
    const key = problem && !this.#question ? `${problem.failure} ${problem.shown} ${hasFailed}` : "";
    if (key === this.#drawnProblem) return;
    this.#drawnProblem = key;
    if (!key || !problem) {
      this.#alert.textContent = "";
      this.#alertButtons.replaceChildren();
      return;
    }
    this.#alert.textContent = problem.shown || text(`problem_${problem.failure}`) || text("problem_server");
    const buttons: HTMLElement[] = [];
    if (problem.failure === "version") buttons.push(this.#button("reload", () => location.reload()));
    else if (!hasFailed) buttons.push(this.#button("tryAgain", () => talk.retry()));
    if (problem.failure === "signIn") buttons.push(this.#button("goOnWithout", () => this.#actions.withoutSignIn()));
    this.#alertButtons.replaceChildren(...buttons);
  }

  #syncTyping(): void {
    const isWaiting = this.#talk.waiting && this.#talk.phase === "talking";
    if (isWaiting === !this.#typing.hidden) return;
    this.#typing.hidden = !isWaiting;
    clearTimeout(this.#slowTimer);
    if (isWaiting) this.#slowTimer = window.setTimeout(() => this.announcer.say(this.#options.text("stillWorking")), SLOW);
  }

  /** Announces a reply and brings its first message to the top. */
  showReply(items: Item[]): void {
    for (const item of items) this.announcer.say(spoken(item, this.#options.text), LANGUAGE);
    this.#scrollTo(this.#transcript.element(items[0]?.id));
  }

  /** After a reload the last reply is what matters. */
  showLast(): void {
    const { items } = this.#talk;
    const own = items.findLastIndex((item) => item.from === "user");
    this.#scrollTo(this.#transcript.element((items[own + 1] ?? items.at(-1))?.id));
  }

  #scrollTo(element: HTMLElement | undefined): void {
    if (!element) return;
    const isOwn = getComputedStyle(this.#middle).overflowY === "auto";
    const scroller = isOwn ? this.#middle : this.#inside;
    const covered = isOwn ? 0 : (this.#strip.parentElement?.offsetHeight ?? 0);
    scroller.scrollTop += element.getBoundingClientRect().top - scroller.getBoundingClientRect().top - covered - 8;
  }
}
