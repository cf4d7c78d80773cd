// src/lines.ts
async function e(e, t) {
	let n = e.body.getReader(), r = new TextDecoder();
	for (let e = "", i = !1; !i;) {
		let a = await n.read();
		i = a.done;
		let o = (e + r.decode(a.value, { stream: !i }) + (i ? "\n" : "")).split("\n");
		e = o.pop();
		for (let e of o) e.trim() && t(JSON.parse(e));
	}
}
// src/types.ts
var t = [
	"none",
	"info",
	"soon",
	"urgent",
	"emergency"
], n = (e) => t[Math.max(0, ...e.map((e) => t.indexOf(e.meta.level)))], r = (e, t) => typeof e == "string" ? e : t, i = (e) => Array.isArray(e) ? e : [];
function a(e) {
	let n = e ?? {}, a = n.meta ?? {}, s = a.level;
	return {
		id: r(n.id, o()),
		from: n.from === "user" ? "user" : "assistant",
		text: r(n.text, ""),
		buttons: i(n.buttons).filter((e) => typeof e?.title == "string" && typeof e.payload == "string"),
		meta: {
			...a,
			kind: r(a.kind, "answer"),
			level: t.includes(s) ? s : "none"
		}
	};
}
function o() {
	return Array.from(crypto.getRandomValues(/* @__PURE__ */ new Uint8Array(16)), (e) => e.toString(16).padStart(2, "0")).join("");
}
var s = 20, c = class extends Error {
	constructor(e, t = "", n = []) {
		super(e), this.failure = e, this.shown = t, this.items = n;
	}
};
function ee(e, t) {
	return e === 401 ? t === "sign_in_refused" ? "signIn" : "expired" : e === 400 || e === 413 ? "refused" : "server";
}
var l = class {
	constructor(e) {
		this.server = e;
	}
	async session(e) {
		let t = await this.#e("POST", "session", null, e ? { sign_in: e } : {});
		if (typeof t.token != "string") throw new c("server");
		return {
			token: t.token,
			seconds: Number(t.expires_in) || 0,
			items: (t.messages ?? []).map(a),
			calls: t.clinic?.emergency?.calls ?? [],
			resumed: t.resumed === !0
		};
	}
	message(t, n, r, i) {
		return this.#t("POST", "message", t, {
			id: n,
			...r
		}, (t) => e(t, (e) => i(a(e))));
	}
	async history(e) {
		return ((await this.#e("GET", "history", e)).messages ?? []).map(a);
	}
	export(e) {
		return this.#e("GET", "export", e);
	}
	async end(e) {
		await this.#e("POST", "end", e);
	}
	#e(e, t, n, r) {
		return this.#t(e, t, n, r, (e) => e.json());
	}
	async #t(e, t, n, r, i) {
		let a = new AbortController(), o = setTimeout(() => a.abort(), s * 1e3);
		try {
			let o = await fetch(`${this.server}/${t}`, {
				method: e,
				headers: {
					...r && { "Content-Type": "application/json" },
					...t === "message" && { Accept: "application/x-ndjson" },
					...n && { Authorization: `Bearer ${n}` }
				},
				...r && { body: JSON.stringify(r) },
				credentials: "omit",
				cache: "no-store",
				referrerPolicy: "no-referrer",
				signal: a.signal
			}), s = o.headers.get("Assistant-Interface");
			if (s && s !== "1") throw new c("version");
			if (!o.ok) throw await this.#n(o);
			return await i(o);
		} catch (e) {
			throw e instanceof c ? e : a.signal.aborted ? new c("timeout") : new c(e instanceof SyntaxError ? "server" : "offline");
		} finally {
			clearTimeout(o);
		}
	}
	async #n(e) {
		let { error: t } = await e.json().catch(() => ({})), n = typeof t?.message == "string" ? t.message : "";
		return new c(ee(e.status, t?.code), n, (t?.messages ?? []).map(a));
	}
};
// src/dom.ts
function u(e, t = {}, ...n) {
	let r = document.createElement(e);
	r instanceof HTMLButtonElement && (r.type = "button");
	for (let [e, n] of Object.entries(t)) typeof n == "function" ? r.addEventListener(e.slice(2), n) : n !== !1 && n != null && r.setAttribute(e, n === !0 ? "" : String(n));
	return r.append(...n.filter((e) => e != null && e !== !1)), r;
}
var d = (e, t, n = {}) => u("button", {
	class: "quiet",
	onclick: t,
	...n
}, e), f = "http://www.w3.org/2000/svg", p = {
	chat: "M4 5h16v11H9l-5 4z",
	emergency: "M8 3h8l5 5v8l-5 5H8l-5-5V8zM12 7v6M12 16v1",
	urgent: "M12 3l10 18H2zM12 10v5M12 17.5v.5",
	soon: "M12 3a9 9 0 1 1 0 18a9 9 0 1 1 0-18M12 7v5l4 2",
	info: "M12 3a9 9 0 1 1 0 18a9 9 0 1 1 0-18M12 11v6M12 7v.5",
	phone: "M6 3h4l2 5l-3 2a11 11 0 0 0 5 5l2-3l5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 4 5a2 2 0 0 1 2-2"
};
function m(e) {
	let t = document.createElementNS(f, "svg");
	t.setAttribute("viewBox", "0 0 24 24"), t.setAttribute("aria-hidden", "true");
	let n = document.createElementNS(f, "path");
	return n.setAttribute("d", p[e]), t.append(n), t;
}
// src/events.ts
var h = "baclofen-chat:";
// src/keeper.ts
function g(e) {
	if (!e) return "";
	let t = e;
	try {
		t = String(JSON.parse(atob((e.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/"))).sub ?? e);
	} catch {}
	return ([...t].reduce((e, t) => Math.imul(e ^ t.codePointAt(0), 16777619), 2166136261) >>> 0).toString(36);
}
var _ = class {
	#e;
	#t = null;
	constructor(e) {
		this.#e = e;
	}
	load(e, t = Date.now()) {
		let n = this.#t ?? this.#r();
		return n && n.until > t && n.who === e ? n : (n && this.clear(), null);
	}
	start(e, t, n, r = Date.now()) {
		let i = Math.min(this.#e.keepHours * 3600, n || Infinity) * 1e3;
		return this.#n({
			...e,
			talk: t,
			until: r + i
		});
	}
	change(e) {
		let t = this.#t ?? this.#r();
		t && this.#n({
			...t,
			...e
		});
	}
	clear() {
		this.#t = null, this.#i()?.removeItem(this.#e.storageKey);
	}
	#n(e) {
		this.#t = e;
		try {
			this.#i()?.setItem(this.#e.storageKey, JSON.stringify(e));
		} catch {}
		return e;
	}
	#r() {
		try {
			let e = JSON.parse(this.#i()?.getItem(this.#e.storageKey) ?? "null");
			return typeof e?.token == "string" && typeof e.until == "number" ? e : null;
		} catch {
			return null;
		}
	}
	#i() {
		try {
			return {
				session: sessionStorage,
				local: localStorage,
				none: null
			}[this.#e.storage];
		} catch {
			return null;
		}
	}
}, v = /^\+?\d{2,15}$/, y = (e) => typeof e == "string" && v.test(e) ? `tel:${e}` : null;
function b(e) {
	try {
		let t = new URL(e ?? "");
		return t.protocol === "https:" ? t.href : null;
	} catch {
		return null;
	}
}
var x = {
	lang: "en",
	title: "Baclofen assistant",
	subtitle: "Automated. Not a clinician.",
	launcher: "Baclofen assistant",
	launcherUnread: "Baclofen assistant: {count} new",
	close: "Close",
	options: "Options",
	emergencyTitle: "Emergency? Call now:",
	conversation: "Conversation",
	you: "You",
	assistant: "Assistant",
	level_emergency: "Emergency",
	level_urgent: "Urgent: call today",
	level_soon: "Call in the next day or two",
	outcome: "Information",
	progress: "Question {n} of {of}",
	part_say: "What to tell them",
	part_bring: "What to have ready",
	part_do_not: "What not to do",
	part_while_waiting: "While you wait",
	choices: "Choices: {titles}.",
	noticeTitle: "Before you start",
	noticeAutomated: "This is a computer program. It is not a clinician, and nobody watches this chat.",
	noticeEmergency: "It is not for emergencies. If you think it is one, call with the buttons above, now.",
	noticeAdvice: "It gives set answers about baclofen. It does not examine you and does not change a dose.",
	noticePrivate: "You do not need to give a name or a date of birth. Please leave them out.",
	noticeKept: "What you type is kept on the clinic's server, so that the chat can go on. You can delete it at any time.",
	noticeDays: "After {days} days it is deleted.",
	noticeNothingYet: "Nothing is sent or stored before you start.",
	noticePolicy: "Privacy policy",
	noticeTick: "I have read this",
	start: "Start the chat",
	starting: "Starting the chat …",
	yourMessage: "Your message",
	send: "Send",
	charactersLeft: "{count} characters left",
	typing: "The assistant is answering …",
	stillWorking: "The answer is taking a little longer.",
	notSent: "Not sent.",
	notAccepted: "Not accepted.",
	tryAgain: "Try again",
	problem_offline: "The assistant cannot be reached. Your message is kept here. In an emergency call with the buttons at the top.",
	problem_timeout: "No answer came in time. Your message is kept here. In an emergency call with the buttons at the top.",
	problem_server: "Something went wrong at the assistant. In an emergency call with the buttons at the top.",
	problem_version: "The chat was updated. Please reload the page: your chat is kept. In an emergency call with the buttons at the top.",
	problem_signIn: "The sign-in from the portal was not accepted. Sign in there again, or go on without it. In an emergency call with the buttons at the top.",
	reload: "Reload the page",
	goOnWithout: "Go on without signing in",
	expired: "Your earlier chat has ended. This is a new one.",
	smaller: "Smaller text",
	larger: "Larger text",
	textSize: "Text size {percent} %",
	printChat: "Print the chat",
	downloadChat: "Download the chat",
	chatFile: "baclofen-chat.json",
	endChat: "End chat and clear",
	endTitle: "End chat and clear?",
	endText: "All that was said is deleted on this device and on the server. This cannot be undone.",
	endYes: "Yes, end and clear",
	endNo: "No, keep the chat",
	endedTitle: "The chat has ended",
	ended_cleared: "It is cleared on this device and on the server.",
	ended_device: "It is cleared on this device. The server could not be reached: it still has the chat.",
	ended_elsewhere: "It was ended in another window, and is cleared.",
	endedShared: "If others use this device too, close this window as well.",
	deleteOnServer: "Try again to delete it on the server",
	startNew: "Start a new chat",
	confirmTitle: "Send this answer?",
	confirmYes: "Yes, send it",
	confirmNo: "No, go back",
	copy: "Copy",
	copied: "Copied.",
	copyFailed: "It could not be copied. Please print or download it.",
	print: "Print",
	download: "Download",
	summaryFile: "summary.txt"
}, S = {};
for (let [e, t] of Object.entries(/* #__PURE__ */ Object.assign({ "./strings/en.json": x }))) S[e.replace(/^.*\/|\.json$/g, "")] = t;
var te = (e) => `text-${e.replace(/[A-Z]/g, (e) => `-${e.toLowerCase()}`).replaceAll("_", "-")}`;
function ne(e, t = () => null) {
	let n = [
		S[e],
		S[e.split("-")[0] ?? ""],
		x
	];
	return (e, r = {}) => (t(e) ?? n.find((t) => t?.[e])?.[e] ?? "").replace(/\{(\w+)\}/g, (e, t) => String(r[t] ?? e));
}
// src/options.ts
var re = "Call 911 (US, Canada)=911, Call 999 (UK)=999, Call 112 (Europe)=112, Call 000 (Australia)=000", ie = 12, ae = /^(ar|fa|he|ps|sd|ug|ur|yi)\b/;
function C(e) {
	return (e ?? "").split(/,(?![^(]*\))/).map((e) => {
		let [t = "", n = ""] = e.split("=").map((e) => e.trim());
		return {
			label: t,
			tel: n
		};
	}).filter(({ label: e, tel: t }) => e && y(t));
}
var w = (e) => Array.isArray(e) ? e.filter((e) => typeof e?.label == "string" && y(e.tel)) : [];
function T(e, t) {
	return t.find((t) => t === e) ?? t[0];
}
function E(e, t) {
	let n = new URL(e ?? t, document.baseURI);
	if (!/^https?:$/.test(n.protocol)) throw Error("baclofen-chat: the attribute `server` must be an http or https address.");
	return n.href.replace(/\/+$/, "");
}
function D(e, t) {
	let n = (t) => e.getAttribute(t), r = e.lang || e.closest("[lang]")?.getAttribute("lang") || "en", i = ne(r, (e) => n(te(e))), a = n("dir") ?? (e.lang ? null : getComputedStyle(e).direction), o = C(n("emergency")), s = Number(n("keep-hours"));
	return {
		server: E(n("server"), t),
		lang: i("lang"),
		dir: a === "rtl" || !a && ae.test(r) ? "rtl" : "ltr",
		layout: T(n("layout"), [
			"launcher",
			"inline",
			"page"
		]),
		storage: T(n("storage"), [
			"session",
			"local",
			"none"
		]),
		storageKey: n("storage-key") ?? "baclofen-chat",
		keepHours: s > 0 ? s : ie,
		calls: o.length ? o : C(re),
		retentionDays: n("retention-days"),
		privacyUrl: b(n("privacy-url")),
		needsTick: n("notice") === "tick",
		confirmAnswers: e.hasAttribute("confirm-answers"),
		shareText: e.hasAttribute("share-text"),
		text: i
	};
}
// src/style.css?inline
var O = ":host{--accent:var(--baclofen-chat-accent,light-dark(#005f79,#84d2ea));--on-accent:var(--baclofen-chat-on-accent,light-dark(#fff,#05222c));--back:var(--baclofen-chat-background,light-dark(#f2f6f8,#10191e));--surface:var(--baclofen-chat-surface,light-dark(#fff,#1a262d));--text:var(--baclofen-chat-text,light-dark(#14252e,#e9f0f3));--muted:var(--baclofen-chat-muted,light-dark(#44565f,#b4c2c9));--line:var(--baclofen-chat-line,light-dark(#748791,#7d909a));--hair:light-dark(#d3dde2,#33434c);--own:var(--baclofen-chat-own,light-dark(#dcedf4,#17394a));--radius:var(--baclofen-chat-radius,.75em);--alarm:light-dark(#a8001c,#ff9c9c);--alarm-band:light-dark(#a8001c,#a3152d);--alarm-soft:light-dark(#fdf0f1,#35181c);color-scheme:light dark;filter:none!important;opacity:1!important;display:block!important;transform:none!important}:host([theme=light]){color-scheme:light}:host([theme=dark]){color-scheme:dark}:host([hidden]),[hidden]{display:none!important}:host([layout=inline]){block-size:var(--baclofen-chat-height,max(40rem, 640px))}:host([layout=page]){position:fixed;inset:0}*,:before,:after{box-sizing:border-box}.root{all:initial;direction:inherit;color-scheme:inherit;font:400 calc(max(16px, 1rem) * var(--scale,1)) / 1.5 var(--baclofen-chat-font,system-ui, sans-serif);color:var(--text);text-align:start;display:contents}.root[dir=rtl]{direction:rtl}[dir=rtl] *{unicode-bidi:plaintext}h1,h2,h3,h4,p,ul,ol{font-size:1em;font-weight:inherit;margin:0;padding:0}ol,ul{list-style:none}svg{fill:none;stroke:currentColor;stroke-width:2px;stroke-linecap:round;stroke-linejoin:round;flex:none;block-size:1.35em;inline-size:1.35em}.unseen{clip-path:inset(50%);white-space:nowrap;block-size:1px;inline-size:1px;position:absolute;overflow:hidden}button,.call,.tick,textarea,.sheet a{min-block-size:max(3rem,48px);min-inline-size:max(3rem,48px)}button,.call,.tick,.label,.typing,.sheet a{align-items:center;gap:.6em;display:flex}button,.call{border:2px solid var(--accent);border-radius:var(--radius);background:var(--surface);color:var(--accent);font:inherit;text-align:start;overflow-wrap:anywhere;cursor:pointer;touch-action:manipulation;padding:.5em 1em;font-weight:600;text-decoration:none}button.primary{background:var(--accent);color:var(--on-accent)}button.quiet{border:1px solid var(--line);color:var(--text);font-weight:500}.call{border-color:var(--alarm-band);background:var(--alarm-band);color:#fff}:focus{outline:none}:focus-visible{outline:3px solid var(--text);outline-offset:1px;box-shadow:0 0 0 6px var(--surface)}@media (hover:hover){button:hover,.call:hover{text-decoration:underline}}.launcher,.panel{inset:auto;z-index:var(--baclofen-chat-z-index,2147480000);position:fixed;inset-block-end:var(--baclofen-chat-offset,16px);inset-inline-end:var(--baclofen-chat-offset,16px);box-shadow:0 4px 24px #001e2d47}.launcher{background:var(--accent);min-block-size:3.5em;color:var(--on-accent);border-radius:2em;padding-inline:1.1em 1.35em}.panel{inline-size:min(var(--baclofen-chat-width,max(27rem, 432px)), calc(100vw - 32px));block-size:min(var(--baclofen-chat-height,max(46rem, 736px)), calc(100dvh - 32px));max-block-size:none;max-inline-size:none;padding:0 0 calc(var(--scale,1) * 1px);border:1px solid var(--line);background:var(--back);color:var(--text);border-radius:16px;margin:0;overflow:hidden;container-type:size}.inside{flex-direction:column;block-size:100%;display:flex}.layout-inline .panel,.layout-page .panel{block-size:100%;inline-size:100%;box-shadow:none;position:static}.layout-page .panel{border:0;border-radius:0}.layout-page .inside>*{padding-inline:max(12px,50% - 23em)}.top,.strip,.options,.message,.sheet,.composer{background:var(--surface)}.top,.buttons,.tools,.row{flex-wrap:wrap;align-items:center;gap:8px;display:flex}.talk,.choices,.sheet,.sheet ul,.problem{flex-direction:column;gap:8px;display:flex}.top{padding:8px 12px}.top button,.options button{padding-inline:.6em}.names{flex:9em}.title{font-size:1.1em;line-height:1.25}.subtitle{color:var(--muted);font-size:.875em}.strip{border-block-end:1px solid var(--hair);padding:4px 12px 10px}.where{font-size:.875em;font-weight:400;display:block}.strip p{color:var(--alarm);font-size:.9375em}.strip ul{grid-template-columns:repeat(auto-fit,minmax(min(8.5em,100%),1fr));gap:8px;margin-block-start:4px;display:grid}.strip .call{background:var(--alarm-soft);inline-size:100%;color:var(--alarm);border:1px solid var(--alarm);padding:.2em .6em;font-size:.9375em;line-height:1.2}.options{border-block-end:1px solid var(--hair);grid-template-columns:repeat(auto-fit,minmax(min(10em,100%),1fr));gap:8px;padding:10px 12px;display:grid}.middle{overscroll-behavior:contain;flex:auto;min-block-size:0;padding:12px;position:relative;overflow-y:auto}.middle:focus-visible{outline-offset:-3px;box-shadow:none}.talk{gap:12px}.message{border:1px solid var(--hair);border-radius:var(--radius);overflow-wrap:anywhere;align-self:start;max-inline-size:94%;padding:10px 14px}.message.user{background:var(--own);border-color:#0000;align-self:end;max-inline-size:86%}.message:has(.choices,.tools){inline-size:94%}.own{white-space:pre-line}.label{color:var(--muted);font-size:.875em}.message>*+p,.message>h4,.message>ul,.choices{margin-block-start:8px}.label+p{margin-block-start:2px}.title,.action,.label,h3,h4,.strip p{font-weight:700}.message ul{flex-direction:column;gap:3px;padding-inline-start:1.15em;list-style:outside;display:flex}.message ul.do_not{list-style:\"✕  \"}.action{font-size:1.2em;line-height:1.35}.honest{color:var(--muted);font-size:.9375em}.level-emergency,.level-urgent,.level-soon{border-width:2px;inline-size:94%}.level-emergency{border-color:var(--alarm);--band:var(--alarm-band)}.level-urgent{--band:light-dark(#874900,#7c4300);border-color:light-dark(#874900,#ffc270)}.level-soon{--band:light-dark(#1c4f86,#1f4d7d);border-color:light-dark(#1c4f86,#9cc7f5)}:is(.level-emergency,.level-urgent,.level-soon)>.label{background:var(--band);color:#fff;border-start-start-radius:calc(var(--radius) - 2px);border-start-end-radius:calc(var(--radius) - 2px);margin:-10px -14px 8px;padding:8px 14px;font-size:1em}:is(.level-urgent,.level-soon) .call{background:var(--surface);color:var(--accent);border-color:var(--accent)}.bar{border:1px solid var(--line);border-radius:16px;block-size:8px;margin-block:6px;overflow:hidden}.bar i{background:var(--accent);block-size:100%;display:block}.choices>*{inline-size:100%}.answers{margin-block-start:12px}.choice[data-number]:before{content:attr(data-number);content:attr(data-number) / \"\";border:1px solid var(--line);min-inline-size:1.6em;color:var(--muted);text-align:center;border-radius:.35em;flex:none;padding-inline:.3em;font-size:.8125em;font-weight:500}.tools{margin-block-start:10px}.status p{color:var(--alarm);font-weight:600}.status button{margin-block-start:6px}.typing{color:var(--muted);padding-block:10px}.typing i{background:var(--muted);border-radius:50%;block-size:.75em;inline-size:.75em}@media (prefers-reduced-motion:no-preference){.typing i{animation:1.4s infinite breathe}.panel[open]{animation:.16s ease-out rise}}@keyframes breathe{50%{opacity:.25}}@keyframes rise{0%{opacity:0;transform:translateY(8px)}}.sheet{border:1px solid var(--hair);border-radius:var(--radius);padding:14px}.sheet h3{font-size:1.15em}.sheet ul{padding-inline-start:1.15em;list-style:outside}.sheet a{color:var(--accent)}.sheet button{justify-content:center}.tick input{block-size:1.75em;inline-size:1.75em;accent-color:var(--accent);flex:none;margin:0}.problem{background:var(--alarm-soft);border-block-start:2px solid var(--alarm);color:var(--text);padding:10px 12px}.problem:has(>p:empty){border:0;padding:0}.tools:empty{display:none}.composer{border-block-start:1px solid var(--hair);padding:8px 12px 12px}.composer label{color:var(--muted);margin-block-end:6px;font-size:.875em;font-weight:600;display:block}textarea{field-sizing:content;border:2px solid var(--line);border-radius:var(--radius);background:var(--surface);max-block-size:8.5em;color:var(--text);font:inherit;resize:none;flex:9em;padding:.6em .75em}.count{color:var(--muted);font-size:.875em}@media (width<=40rem),(height<=30rem){.layout-launcher .panel{border:0;border-radius:0;block-size:100dvh;inline-size:100%;inset:0}}@container (height<=44em){.strip ul{grid-template-columns:repeat(auto-fit,minmax(4em,1fr))}.strip .call{text-align:center;justify-content:center;padding:2px}.strip svg{display:none}.where{clip-path:inset(50%);position:absolute;inset-inline-start:0}}@container (height<=34em){.inside{scroll-padding-block-start:7em;display:block;overflow-y:auto}.middle{overflow:visible}.strip{z-index:1;position:sticky;inset-block-start:0}.strip p{display:none}}@container (width<=14em){.choice[data-number]:before{content:none}button{padding-inline:.5em}}@media (prefers-contrast:more){:host{--line:currentColor;--hair:currentColor;--muted:var(--text)}.message,.sheet{border-width:2px}.message.user{border-color:currentColor}}@media (forced-colors:active){:focus-visible{outline-color:highlight}.message,.sheet,.message.user,.call,button,.strip .call{border:2px solid}.level-emergency,.level-urgent{border-width:5px}.bar i{forced-color-adjust:none;background:canvastext}}@media print{:host{color-scheme:light!important;display:none!important}:host([printing]),:host([layout=page]){block-size:auto;position:static;display:block!important}.panel,.layout-page .panel{block-size:auto;inline-size:100%;box-shadow:none;border:0;animation:none;position:static;overflow:visible;container-type:normal}.inside{display:block}.middle{overflow:visible}.launcher,.buttons,.options,.answers,.tools,.composer,.problem,.status,.typing,.bar{display:none!important}.message{break-inside:avoid;margin-block-end:.75rem;inline-size:auto!important;max-inline-size:none!important}.talk{display:block}:is(.level-emergency,.level-urgent,.level-soon)>.label{color:#000;background:0 0;border-block-end:2px solid}:host([printing=message]) .message:not(.printing),:host([printing=message]) .strip{display:none}}";
// src/tabs.ts
function k(e, t, n) {
	try {
		let r = new BroadcastChannel(`baclofen-chat:${e}`);
		return r.onmessage = ({ data: e }) => n(e.talk, e.news), t.addEventListener("abort", () => r.close()), (e, t) => r.postMessage({
			talk: e,
			news: t
		});
	} catch {
		return () => void 0;
	}
}
// src/talk.ts
var A = class {
	#e;
	#t;
	#n;
	#r;
	#i;
	#a;
	#o;
	#s;
	#c;
	constructor(e, t, n, r, i) {
		this.phase = "notice", this.items = [], this.problem = null, this.waiting = !1, this.expired = !1, this.ending = "cleared", this.calls = null, this.#a = null, this.#o = null, this.#s = 0, this.#c = null, this.percent = 100, this.#e = e, this.#t = t, this.#n = n, this.#r = r, this.#i = i;
	}
	get token() {
		return this.#a?.token ?? null;
	}
	async restore() {
		return this.#a = this.#t.load(g(this.#r)), this.#a ? (this.calls = w(this.#a.calls), this.phase = "talking", this.#i.changed(), await this.#d(), this.#a) : null;
	}
	begin() {
		return this.phase = "starting", this.problem = null, this.#i.changed(), this.#c ??= this.#l().finally(() => this.#c = null), this.#c;
	}
	async #l() {
		let e = this.#s;
		try {
			let t = await this.#u();
			if (e !== this.#s) return;
			this.phase = "talking", this.items = t, this.#i.changed(), this.#i.replied(t.filter((e) => e.from === "assistant"));
		} catch (t) {
			e === this.#s && this.#g(t);
		}
	}
	async #u() {
		let e = this.#s, t = await this.#e.session(this.#r);
		if (e !== this.#s) return [];
		this.calls = w(t.calls);
		let n = {
			token: t.token,
			calls: this.calls,
			who: g(this.#r),
			open: !0,
			percent: this.percent
		};
		return this.#a = this.#t.start(n, o(), t.seconds), t.resumed ? this.#e.history(t.token).catch(() => t.items) : t.items;
	}
	keep(e) {
		this.percent = e.percent ?? this.percent, this.#a && this.#t.change(e);
	}
	async #d() {
		let e = this.#s;
		try {
			let t = await this.#e.history(this.token);
			if (e !== this.#s) return;
			let n = new Set(t.map((e) => e.id));
			this.items = [...t, ...this.items.filter((e) => e.status && !n.has(e.id))], this.problem = null;
		} catch (t) {
			if (e !== this.#s) return;
			if (t instanceof c && t.failure === "expired") return this.#v("notice", !0);
			this.#g(t);
		}
		this.#i.changed();
	}
	say(e, t) {
		this.phase === "talking" && (this.items.push({
			id: o(),
			from: "user",
			text: t,
			buttons: [],
			meta: {
				kind: "answer",
				level: "none"
			},
			body: e,
			status: "sending"
		}), this.#p());
	}
	retry() {
		let e = this.problem?.again;
		this.problem = null, e ? e() : this.phase === "starting" ? this.begin() : this.phase === "ended" ? this.#_() : this.phase === "talking" && !this.#f.length ? this.#d() : this.#p();
	}
	get #f() {
		return this.items.filter((e) => e.status === "sending" || e.status === "failed");
	}
	async #p() {
		for (let e of this.#f) e.status = "sending";
		if (this.problem = null, this.#i.changed(), this.waiting) return;
		this.waiting = !0;
		let e = this.#s;
		for (let t = this.#f[0]; t && e === this.#s && (this.#i.changed(), await this.#m(t, e)); t = this.#f[0]);
		e === this.#s && (this.waiting = !1, this.#i.changed());
	}
	async #m(e, t, n = !1) {
		let r = [], i = (n) => {
			if (t !== this.#s || this.items.some(({ id: e }) => e === n.id)) return;
			r.push(n);
			let i = this.items.indexOf(e) + 1;
			for (; this.items[i]?.from === "assistant";) i++;
			this.items.splice(i, 0, n), this.#i.changed();
		};
		try {
			return await this.#e.message(this.token, e.id, e.body, i), t === this.#s && (delete e.status, delete e.error, this.#n(this.#a.talk, "changed"), this.#i.replied(r), !0);
		} catch (a) {
			if (t !== this.#s) return !1;
			let o = a instanceof c ? a : new c("server");
			if (o.failure === "expired" && !n) return this.#h(e, t);
			if (e.status = o.failure === "refused" ? "refused" : "failed", e.error = o.shown, o.items.forEach(i), this.#i.replied(r), e.status === "failed") {
				for (let e of this.#f) e.status = "failed";
				this.problem = {
					failure: o.failure,
					shown: o.shown
				};
			}
			return this.#i.failed(o.failure), e.status === "refused";
		}
	}
	async #h(e, t) {
		try {
			let n = await this.#u();
			return t === this.#s && (this.expired = !0, this.items = [...n, ...this.#f], this.#i.changed(), await this.#m(e, t, !0));
		} catch (e) {
			if (t !== this.#s) return !1;
			for (let e of this.#f) e.status = "failed";
			return this.#g(e), !1;
		}
	}
	async export(e) {
		let t = this.#s;
		try {
			e(await this.#e.export(this.token)), this.#i.changed();
		} catch (n) {
			t === this.#s && this.#g(n, () => void this.export(e));
		}
	}
	#g(e, t) {
		let { failure: n, shown: r } = e instanceof c ? e : new c("server");
		this.problem = {
			failure: n,
			shown: r,
			again: t
		}, this.#i.changed(), this.#i.failed(n);
	}
	async end() {
		this.#o = this.token;
		let e = this.#a?.talk;
		this.#v("ended"), e && this.#n(e, "ended"), await this.#_();
	}
	async #_() {
		let e = this.#s, t = this.#o;
		this.waiting = t !== null, this.#i.changed();
		let n = !0;
		t && (n = await this.#e.end(t).then(() => !0, (e) => e instanceof c && e.failure === "expired")), e === this.#s && (this.waiting = !1, n && (this.#o = null), this.ending = n ? "cleared" : "device", this.#i.changed(), this.#i.ended(n));
	}
	startOver() {
		this.#v("notice");
	}
	async setSignIn(e) {
		let t = g(e) !== g(this.#r);
		this.#r = e, t && this.phase !== "notice" && this.#v("notice"), this.phase === "starting" && this.problem ? await this.begin() : t && await this.restore();
	}
	#v(e, t = !1) {
		this.#s++, this.#c = null, this.#a = null, this.#t.clear(), this.items = [], this.problem = null, this.waiting = !1, this.expired = t, this.phase = e, this.#i.changed();
	}
	hear(e, t) {
		this.#a && this.#a.talk === e && (t === "changed" ? this.waiting || this.#d() : (this.ending = "elsewhere", this.#v("ended"), this.#i.ended(!0)));
	}
}, j = 10, M = class {
	constructor() {
		this.region = u("div", {
			class: "unseen",
			role: "status",
			"aria-live": "polite"
		});
	}
	say(e, t) {
		if (!e) return;
		let n = u("p", { lang: t }, e);
		this.region.append(n), setTimeout(() => n.remove(), j * 1e3);
	}
}, N = 2e3, P = 200, F = class {
	#e;
	#t;
	#n;
	constructor(e, t) {
		this.box = u("textarea", {
			id: "text",
			rows: 1,
			maxlength: N,
			autocomplete: "off",
			enterkeyhint: "send",
			"aria-describedby": "count"
		}), this.#n = u("p", {
			class: "count",
			id: "count"
		}), this.#e = e, this.#t = t, this.form = u("form", {
			class: "composer",
			onsubmit: (e) => this.#r(e)
		}, u("label", { for: "text" }, e("yourMessage")), u("div", { class: "row" }, this.box, u("button", {
			type: "submit",
			class: "primary"
		}, e("send"))), this.#n), this.box.addEventListener("keydown", (e) => {
			e.key !== "Enter" || e.shiftKey || e.isComposing || e.repeat || this.#r(e);
		}), this.box.addEventListener("input", () => this.#i());
	}
	#r(e) {
		e.preventDefault();
		let t = this.box.value.trim();
		if (!t) return this.box.focus();
		this.box.value = "", this.#i(), this.#t(t);
	}
	#i() {
		let e = N - this.box.value.length;
		this.#n.textContent = e <= P ? this.#e("charactersLeft", { count: e }) : "";
	}
}, I = /^\/(explain|go_back|stop|confirm_start)/;
function L(e, t) {
	if (e.from === "user") return t("you");
	let { step: n, level: r, kind: i } = e.meta;
	return t(`level_${r}`) || (n ? t("progress", {
		n: n.n,
		of: n.of
	}) : t(i === "outcome" ? "outcome" : "assistant"));
}
function R(e, t) {
	let n = e.buttons.map((e) => e.title).join(", ");
	return [
		`${L(e, t)}:`,
		e.text.replaceAll("\n", " "),
		n && t("choices", { titles: n })
	].filter(Boolean).join(" ");
}
var z = (e, t = {}) => u("p", {
	dir: "auto",
	lang: "en",
	...t
}, e);
function B(e) {
	let t = (e.meta.actions ?? []).flatMap(({ label: e, tel: t }) => {
		let n = y(t);
		return n && typeof e == "string" ? [u("a", {
			class: "call",
			href: n
		}, m("phone"), e)] : [];
	});
	return t.length ? u("div", { class: "choices" }, ...t) : null;
}
function V(e, t, n) {
	let r = e.meta.parts?.length === t.length ? e.meta.parts : t.map((e, t) => t ? "why" : "action"), i = [], a = null;
	return t.forEach((t, o) => {
		let s = r[o], c = n(`part_${s}`);
		if (c) a?.part !== s && (a = {
			part: s,
			element: u("ul", {
				class: s,
				lang: "en"
			})
		}, i.push(u("h4", {}, c), a.element)), a.element.append(u("li", { dir: "auto" }, t));
		else {
			a = null, i.push(z(t, { class: s }));
			let n = s === "action" && B(e);
			n && i.push(n);
		}
	}), i;
}
function H(e, t, n, r) {
	let [i = "", ...a] = e, o = u("p");
	return [
		u("h4", {
			dir: "auto",
			lang: "en"
		}, i),
		u("ul", { lang: "en" }, ...a.map((e) => u("li", { dir: "auto" }, e))),
		u("div", { class: "tools" }, d(n("copy"), () => r.copy(t, o)), d(n("print"), (e) => r.print(e.currentTarget.closest("li.message"))), d(n("download"), () => r.download(t)), o)
	];
}
function U(e, t, n) {
	let r = e.text.split("\n").filter((e) => e.trim());
	return e.from === "user" ? [u("p", {
		class: "own",
		dir: "auto"
	}, e.text)] : e.meta.summary ? H(r, e.text, t, n) : t(`level_${e.meta.level}`) && r.length > 1 ? V(e, r, t) : [...r.map((t, n) => z(t, { lang: !n && e.meta.language || "en" })), B(e)];
}
function oe(e) {
	let { step: t } = e.meta;
	if (!t || !(t.of > 0)) return null;
	let n = u("i");
	return n.style.inlineSize = `${100 * t.n / t.of}%`, u("div", {
		class: "bar",
		"aria-hidden": "true"
	}, n);
}
function W(e, t) {
	return e.buttons.length ? u("div", {
		class: "choices answers",
		lang: "en"
	}, ...e.buttons.map((e, n) => u("button", {
		class: I.test(e.payload) ? "choice quiet" : "choice",
		"data-number": n < 9 && n + 1,
		"aria-keyshortcuts": n < 9 && String(n + 1),
		onclick: () => t.choose(e)
	}, e.title))) : null;
}
function G(e, t, n) {
	let r = e.meta.level, i = t(`level_${r}`) ? r : e.meta.kind === "outcome" && "info", a = u("h3", { class: "label" }, i && m(i), L(e, t));
	return u("li", {
		class: `message ${e.from} level-${r}`,
		tabindex: -1
	}, a, oe(e), ...U(e, t, n));
}
function K(e, t, n) {
	return e.status === "failed" ? u("div", { class: "status" }, u("p", {}, t("notSent")), u("button", {
		class: "retry",
		onclick: () => n.retry()
	}, t("tryAgain"))) : e.status === "refused" ? u("div", { class: "status" }, u("p", {}, `${t("notAccepted")} ${e.error ?? ""}`)) : null;
}
// src/printing.ts
var q = "@media print { body :not([printing]):not(:has([printing])) { display: none !important; } }";
function se(e, t) {
	let n = new CSSStyleSheet();
	n.replaceSync(q), document.adoptedStyleSheets = [...document.adoptedStyleSheets, n], e.setAttribute("printing", t ? "message" : "talk"), t?.classList.add("printing"), addEventListener("afterprint", () => {
		document.adoptedStyleSheets = document.adoptedStyleSheets.filter((e) => e !== n), e.removeAttribute("printing"), t?.classList.remove("printing");
	}, { once: !0 }), print();
}
async function ce(e, t) {
	try {
		return await navigator.clipboard.writeText(e), !0;
	} catch {
		let n = document.createElement("textarea"), r = t.getRootNode().activeElement;
		n.className = "unseen", n.value = e, t.append(n), n.select();
		let i = document.execCommand("copy");
		return n.remove(), r?.focus({ preventScroll: !0 }), i;
	}
}
function J(e, t) {
	let n = document.createElement("a");
	n.href = URL.createObjectURL(new Blob([e], { type: "text/plain" })), n.download = t, n.click(), setTimeout(() => URL.revokeObjectURL(n.href), 6e4);
}
// src/sheets.ts
function le(e, t, n) {
	let { text: r } = e, i = u("input", {
		type: "checkbox",
		required: e.needsTick
	}), a = () => {
		i.reportValidity() && n();
	}, o = e.retentionDays, s = [
		r("noticeAutomated"),
		r("noticeEmergency"),
		r("noticeAdvice"),
		`${r("noticeKept")} ${o ? r("noticeDays", { days: o }) : ""}`,
		`${r("noticePrivate")} ${r("noticeNothingYet")}`
	];
	return u("section", { class: "sheet" }, t.expired && u("p", {}, r("expired")), u("h3", { tabindex: -1 }, r("noticeTitle")), u("ul", {}, ...s.map((e) => u("li", {}, e))), e.privacyUrl && u("a", {
		href: e.privacyUrl,
		target: "_blank",
		rel: "noopener noreferrer"
	}, r("noticePolicy")), e.needsTick && u("label", { class: "tick" }, i, r("noticeTick")), u("button", {
		class: "primary",
		onclick: a
	}, r("start")));
}
function ue(e) {
	return u("section", { class: "sheet" }, u("h3", { tabindex: -1 }, e.title), u("p", {}, e.words), u("button", {
		class: "primary",
		onclick: () => e.act()
	}, e.yes), u("button", { onclick: () => e.cancel() }, e.no));
}
function de(e, t) {
	let { text: n } = e, r = t.ending === "device";
	return u("section", { class: "sheet" }, u("h3", { tabindex: -1 }, n("endedTitle")), u("p", { role: "status" }, t.waiting ? "…" : n(`ended_${t.ending}`)), u("p", {}, n("endedShared")), r && !t.waiting && u("button", { onclick: () => t.retry() }, n("deleteOnServer")), u("button", {
		class: "primary",
		onclick: () => t.startOver()
	}, n("startNew")));
}
// src/steady.ts
var fe = 500;
function pe(e, t = () => performance.now()) {
	let n = -Infinity, r = null;
	e.addEventListener("click", (e) => {
		let i = e, a = i.composedPath()[0];
		if (a.closest("a[href^='tel:']") || a !== r && r?.closest("label")?.contains(a)) return;
		let o = t() - n < fe && (i.detail > 0 || a === r);
		n = t(), r = a, o && (i.preventDefault(), i.stopImmediatePropagation());
	}, !0);
}
// src/transcript.ts
var me = 500;
function he(e) {
	let t = /* @__PURE__ */ new Set();
	for (let n of [...e].reverse()) {
		if (n.from === "user" && n.status !== "refused") break;
		n.from === "assistant" && t.add(n.id);
	}
	return t;
}
var ge = class {
	#e;
	#t;
	#n;
	#r;
	#i;
	constructor(e, t) {
		this.list = u("ol", { class: "talk" }), this.#n = /* @__PURE__ */ new Map(), this.#r = /* @__PURE__ */ new Map(), this.#i = -Infinity, this.#e = e, this.#t = t;
	}
	sync(e) {
		let t = he(e.items);
		e.items.forEach((e, n) => {
			let r = this.#n.get(e.id) ?? this.#o(e);
			this.list.children[n] !== r && this.list.insertBefore(r, this.list.children[n] ?? null), this.#s(e, r), t.has(e.id) && e.buttons.length && !r.querySelector(".answers") && r.append(W(e, this.#t));
		});
		let n = new Set(e.items.map((e) => e.id));
		for (let [r, i] of this.#n) n.has(r) ? t.has(r) || this.#a(i, e.items) : (i.remove(), this.#n.delete(r), this.#r.delete(r));
	}
	#a(e, t) {
		let n = e.querySelector(".answers");
		n?.contains(e.getRootNode().activeElement) && this.element(t.findLast((e) => e.from === "user")?.id)?.focus({ preventScroll: !0 }), n?.remove();
	}
	element(e) {
		return this.#n.get(e ?? "");
	}
	#o(e) {
		let t = G(e, this.#e, this.#t);
		return this.#n.set(e.id, t), t;
	}
	#s(e, t) {
		let n = `${e.status ?? ""} ${e.error ?? ""}`;
		if (this.#r.get(e.id) === n) return;
		this.#r.set(e.id, n);
		let r = t.querySelector(".status"), i = t.getRootNode();
		r?.contains(i.activeElement) && t.focus({ preventScroll: !0 }), r?.remove();
		let a = K(e, this.#e, this.#t);
		a && t.append(a);
	}
	pressNumber(e, t = performance.now()) {
		if (e.repeat || e.ctrlKey || e.altKey || e.metaKey || !/^[1-9]$/.test(e.key)) return;
		let n = t - this.#i < me;
		if (this.#i = t, n) return;
		let r = [...this.list.querySelectorAll(".answers")];
		(r.find((t) => t.parentElement?.contains(e.target)) ?? r.at(-1))?.querySelector(`[data-number="${e.key}"]`)?.click();
	}
}, _e = 3e3, Y = class {
	#e;
	#t;
	#n;
	#r;
	#i;
	#a;
	#o;
	#s;
	#c;
	#l;
	#u;
	#d;
	#f;
	#p;
	#m;
	#h;
	#g;
	#_;
	#v;
	#y;
	#b;
	#x;
	#S;
	constructor(e, t, n, r, i) {
		this.announcer = new M(), this.#o = u("ul"), this.#f = u("div"), this.#m = u("p", { role: "alert" }), this.#h = u("div", { class: "tools" }), this.#v = null, this.#y = "", this.#b = "", this.#x = "", this.#S = 0, this.#e = e, this.#t = t, this.#n = n, this.#r = r, this.#i = i;
		let { text: a, layout: o } = n, s = o === "page";
		this.#a = u(s ? "h1" : "h2", {
			class: "title",
			id: "title",
			tabindex: -1
		}, a("title")), this.#c = this.#C("options", () => this.#E(this.#s.hidden === !0), { "aria-controls": "options" }), this.#l = [
			this.#C("printChat", () => this.#O(null)),
			this.#C("downloadChat", () => void r.export((e) => J(JSON.stringify(e, null, 1), a("chatFile")))),
			this.#C("endChat", () => this.#k())
		], this.#s = this.#T(), this.#g = new ge(a, this.#D()), this.#_ = new F(a, (e) => this.#w({ text: e }, e)), this.#p = u("p", {
			class: "typing",
			hidden: !0
		}, u("i"), a("typing")), this.#d = u("div", {
			class: "middle",
			id: "middle",
			role: "region",
			"aria-label": a("conversation"),
			tabindex: 0
		}, s && u("h2", { class: "unseen" }, a("conversation")), this.#f, this.#g.list, this.#p), this.#d.addEventListener("keydown", (e) => this.#g.pressNumber(e)), this.#u = u("div", { class: "inside" }, u("header", {
			class: "top",
			role: "presentation"
		}, u("div", { class: "names" }, this.#a, u("p", { class: "subtitle" }, a("subtitle"))), u("div", { class: "buttons" }, this.#c, o === "launcher" || s && parent !== window ? this.#C("close", () => i.close()) : null)), u("div", {
			class: "strip",
			part: "emergency",
			role: "group",
			"aria-labelledby": "strip"
		}, u("p", { id: "strip" }, a("emergencyTitle")), this.#o), this.#s, this.#d, u("div", { class: "problem" }, this.#m, this.#h), this.#_.form, this.announcer.region);
		let c = {
			class: "panel",
			part: "panel",
			id: "panel",
			"aria-labelledby": "title"
		};
		this.panel = u(o === "launcher" ? "dialog" : s ? "main" : "section", c, this.#u), this.#E(!1), pe(t), this.setPercent(100);
	}
	#C(e, t, n = {}) {
		return d(this.#n.text(e), t, n);
	}
	#w(e, t) {
		this.#E(!1), this.#r.say(e, t);
	}
	#T() {
		let e = (e) => {
			let t = Math.max(100, Math.min(200, this.#r.percent + e));
			this.#r.keep({ percent: t }), this.setPercent(t), this.announcer.say(this.#n.text("textSize", { percent: t }));
		};
		return u("div", {
			class: "options",
			id: "options"
		}, this.#C("smaller", () => e(-25)), this.#C("larger", () => e(25)), ...this.#l);
	}
	setPercent(e) {
		this.#t.style.setProperty("--scale", String(e / 100));
	}
	#E(e) {
		this.#s.hidden = !e, this.#c.setAttribute("aria-expanded", String(e));
	}
	#D() {
		let { text: e, confirmAnswers: t } = this.#n, n = ({ payload: e, title: t }) => this.#w({ payload: e }, t);
		return {
			choose: (r) => t ? this.#A(e("confirmTitle"), r.title, "confirm", () => n(r)) : n(r),
			retry: () => this.#r.retry(),
			copy: (t, n) => void ce(t, this.#t).then((t) => {
				n.textContent = e(t ? "copied" : "copyFailed"), this.announcer.say(n.textContent);
			}),
			print: (e) => this.#O(e),
			download: (t) => J(t, e("summaryFile"))
		};
	}
	#O(e) {
		let t = this.panel instanceof HTMLDialogElement && this.panel.matches(":modal") ? this.panel : null, n = this.#j;
		t && (t.close(), t.open = !0, addEventListener("afterprint", () => (t.close(), t.showModal(), n?.focus()), { once: !0 })), se(this.#e, e);
	}
	#k() {
		let { text: e } = this.#n;
		this.#A(e("endTitle"), e("endText"), "end", () => {
			this.#E(!1), this.#r.end();
		});
	}
	#A(e, t, n, r) {
		let { text: i } = this.#n, a = this.#j, o = (e) => {
			this.#v = null, e(), this.sync();
		};
		this.#v = {
			title: e,
			words: t,
			yes: i(`${n}Yes`),
			no: i(`${n}No`),
			act: () => o(r),
			cancel: () => (o(() => void 0), a?.focus())
		}, this.#E(n === "end" && !this.#s.hidden), this.sync();
	}
	takeBack() {
		return this.#v ? (this.#v.cancel(), !0) : !this.#s.hidden && this.#s.contains(this.#j) ? (this.#E(!1), this.#c.focus(), !0) : !1;
	}
	get #j() {
		return this.#t.getRootNode().activeElement;
	}
	focusTitle() {
		this.#a.focus();
	}
	sync() {
		let e = this.#j, t = this.#r;
		this.#N(t.calls?.length ? t.calls : this.#n.calls), this.#P();
		let n = t.phase === "talking" && !this.#v;
		this.#g.list.hidden = !n;
		for (let e of this.#l) e.hidden = t.phase !== "talking";
		this.#_.form.hidden = !n || t.problem?.failure === "version", this.#g.sync(t), this.#F(), this.#I();
		let r = t.items.at(-1);
		r?.from === "user" && this.#L(this.#g.element(r.id)), this.#M(e);
	}
	#M(e) {
		let t = this.#j;
		!e || t && !t.closest("[hidden]") || (this.#f.querySelector("h3") ?? this.#d).focus({ preventScroll: !0 });
	}
	#N(e) {
		let t = JSON.stringify(e);
		if (t === this.#b) return;
		this.#b = t;
		let n = e.map(({ label: e, tel: t }) => {
			let [n, r] = e.split(/(?= \()/);
			return u("li", {}, u("a", {
				class: "call",
				href: y(t)
			}, m("phone"), u("span", {}, n, r && u("span", { class: "where" }, r))));
		});
		this.#o.replaceChildren(...n);
	}
	#P() {
		let e = this.#r, t = this.#n, n = {
			notice: () => le(t, e, () => void e.begin()),
			starting: () => e.problem ? null : u("p", {
				class: "sheet",
				role: "status"
			}, t.text("starting")),
			talking: () => e.expired ? u("p", { class: "sheet" }, t.text("expired")) : null,
			ended: () => de(t, e)
		}, r = this.#v ? `? ${this.#v.title}${this.#v.words}` : [
			e.phase,
			!!e.problem,
			e.expired,
			e.ending,
			e.waiting && e.phase === "ended"
		].join();
		if (r === this.#y) return;
		this.#y = r;
		let i = this.#v ? ue(this.#v) : n[e.phase](), a = this.#f.contains(this.#j) || this.#v;
		this.#f.replaceChildren(...i ? [i] : []), a && (i?.querySelector("h3") ?? this.#d).focus({ preventScroll: !0 }), i?.matches("section") && (this.#d.scrollTop = 0);
	}
	#F() {
		let e = this.#r, { text: t } = this.#n, { problem: n } = e, r = e.items.some((e) => e.status === "failed"), i = n && !this.#v ? `${n.failure} ${n.shown} ${r}` : "";
		if (i === this.#x) return;
		if (this.#x = i, !i || !n) {
			this.#m.textContent = "", this.#h.replaceChildren();
			return;
		}
		this.#m.textContent = n.shown || t(`problem_${n.failure}`) || t("problem_server");
		let a = [];
		n.failure === "version" ? a.push(this.#C("reload", () => location.reload())) : r || a.push(this.#C("tryAgain", () => e.retry())), n.failure === "signIn" && a.push(this.#C("goOnWithout", () => this.#i.withoutSignIn())), this.#h.replaceChildren(...a);
	}
	#I() {
		let e = this.#r.waiting && this.#r.phase === "talking";
		e !== !this.#p.hidden && (this.#p.hidden = !e, clearTimeout(this.#S), e && (this.#S = window.setTimeout(() => this.announcer.say(this.#n.text("stillWorking")), _e)));
	}
	showReply(e) {
		for (let t of e) this.announcer.say(R(t, this.#n.text), "en");
		this.#L(this.#g.element(e[0]?.id));
	}
	showLast() {
		let { items: e } = this.#r, t = e.findLastIndex((e) => e.from === "user");
		this.#L(this.#g.element((e[t + 1] ?? e.at(-1))?.id));
	}
	#L(e) {
		if (!e) return;
		let t = getComputedStyle(this.#d).overflowY === "auto", n = t ? this.#d : this.#u, r = t ? 0 : this.#o.parentElement?.offsetHeight ?? 0;
		n.scrollTop += e.getBoundingClientRect().top - n.getBoundingClientRect().top - r - 8;
	}
}, X = "(max-width: 40rem), (max-height: 30rem)", Z = null;
function ve() {
	return Z || (Z = new CSSStyleSheet(), Z.replaceSync(O)), Z;
}
var Q = "", ye = (e) => void (Q = new URL(".", e).href), $ = class extends HTMLElement {
	#e;
	#t = null;
	#n;
	#r = null;
	#i = 0;
	#a = null;
	#o = null;
	#s = new AbortController();
	connectedCallback() {
		if (this.#t) return;
		this.#s = new AbortController(), this.#e = D(this, Q || document.baseURI), this.#o ??= this.getAttribute("sign-in");
		let e = this.#d(), t = new _(this.#e), n = k(this.#e.storageKey, this.#s.signal, (e, t) => this.#t?.hear(e, t));
		this.#t = new A(new l(this.#e.server), t, n, this.#o, {
			changed: () => this.#b(),
			replied: (e) => this.#x(e),
			failed: (e) => this.#S(e),
			ended: (e) => this.#C("ended", { cleared: e })
		}), this.#n = new Y(this, e, this.#e, this.#t, {
			close: () => this.close(),
			withoutSignIn: () => void this.#c()
		}), this.#e.layout === "launcher" && this.#f(e), e.append(this.#n.panel), this.#h(), this.#n.sync(), this.#t.restore().then((e) => {
			e && this.#y(e.open, e.percent), this.#C("ready"), this.#v();
		});
	}
	disconnectedCallback() {
		this.#s.abort(), this.#t = null;
	}
	open() {
		this.#t && (this.#u || this.#m(), this.#n.focusTitle(), this.#i = 0, this.#t.keep({ open: !0 }), this.#p(), this.#C("opened"));
	}
	close() {
		this.#t && (this.#r && this.#u && (this.#l.close(), this.#t.keep({ open: !1 }), this.#p(), this.#r.focus()), this.#C("closed"));
	}
	send(e) {
		this.#t && e.trim() && (this.#u || this.open(), this.#t.phase === "talking" ? this.#t.say({ text: e.trim() }, e.trim()) : this.#a = e.trim());
	}
	async end() {
		await this.#t?.end();
	}
	async reset() {
		await this.#t?.end(), this.#t?.startOver();
	}
	setToken(e) {
		this.#o = e, this.#t?.setSignIn(e);
	}
	async #c() {
		this.#o = null, await this.#t?.setSignIn(null), await this.#t?.begin();
	}
	get #l() {
		return this.#n.panel;
	}
	get #u() {
		return !this.#r || this.#l.open;
	}
	#d() {
		let e = this.shadowRoot ?? this.attachShadow({ mode: "open" });
		e.adoptedStyleSheets = [ve()];
		let { lang: t, dir: n, layout: r } = this.#e, i = u("div", {
			class: `root layout-${r}`,
			lang: t,
			dir: n
		});
		return e.replaceChildren(i), i;
	}
	#f(e) {
		let t = u("span", {}, this.#e.text("launcher")), n = {
			class: "launcher",
			part: "launcher",
			"aria-expanded": "false",
			"aria-controls": "panel",
			"aria-haspopup": "dialog"
		};
		this.#r = u("button", {
			...n,
			onclick: () => this.open()
		}, m("chat"), t);
		let r = u("div", {
			class: "unseen",
			role: "status",
			id: "unread"
		});
		e.append(this.#r, r);
	}
	#p() {
		if (!this.#r) return;
		let { text: e } = this.#e;
		this.#r.setAttribute("aria-expanded", String(this.#u)), this.#r.hidden = this.#u;
		let t = this.#i ? e("launcherUnread", { count: this.#i }) : e("launcher");
		this.#r.lastElementChild.textContent = t, this.shadowRoot.getElementById("unread").textContent = this.#i ? t : "";
	}
	#m() {
		if (!this.#r) return;
		let e = matchMedia(X).matches;
		this.#l.setAttribute("aria-modal", String(e)), e ? this.#l.showModal() : this.#l.show();
	}
	#h() {
		let e = (e, t, n) => e.addEventListener(t, n, { signal: this.#s.signal });
		e(this.#n.panel, "keydown", (e) => e.key === "Escape" && this.#g(e)), e(this.#n.panel, "cancel", (e) => e.preventDefault()), e(window, "online", () => this.#t?.problem && this.#t.retry()), this.#r && e(matchMedia(X), "change", () => this.#_()), e(window, "hashchange", () => this.#v());
	}
	#g(e) {
		e.preventDefault(), !this.#n.takeBack() && this.#r && this.close();
	}
	#_() {
		if (!this.#u) return;
		let e = this.shadowRoot.activeElement;
		this.#l.close(), this.#m(), e?.focus();
	}
	#v() {
		location.hash === "#baclofen-chat" && this.open();
	}
	#y(e, t) {
		this.#t.percent = t, this.#n.setPercent(t), e && this.#r && !matchMedia(X).matches && (this.#l.setAttribute("aria-modal", "false"), this.#l.open = !0, this.#p()), this.#n.showLast();
	}
	#b() {
		if (this.#n.sync(), this.#t.phase === "talking" && this.#a) {
			let e = this.#a;
			this.#a = null, this.#t.say({ text: e }, e);
		}
	}
	#x(e) {
		if (this.#n.showReply(e), this.#u || (this.#i += e.length, this.#p(), this.#C("unread", { count: this.#i })), !e.length) return;
		let t = n(e);
		if (this.#C("level", {
			level: t,
			kind: e[0].meta.kind,
			topic: e[0].meta.topic ?? null
		}), e.some((e) => e.meta.kind === "outcome") && this.#C("outcome", { level: t }), this.#e.shareText) for (let { from: t, text: n } of e) this.#C("message", {
			from: t,
			text: n
		});
	}
	#S(e) {
		this.#C("error", { code: e });
	}
	#C(e, t = {}) {
		this.dispatchEvent(new CustomEvent(h + e, {
			detail: t,
			bubbles: !0,
			composed: !0
		}));
	}
};
function be() {
	customElements.get("baclofen-chat") || customElements.define("baclofen-chat", $);
}
ye(import.meta.url), be();
export { $ as BaclofenChat };
