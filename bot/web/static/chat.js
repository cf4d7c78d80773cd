"use strict";
// The hosted page: a plain client of the interface. Text from the server is only ever set as text.
const api = (path) => `${location.pathname.replace(/\/$/, "")}/${path}`;
const byId = (id) => document.getElementById(id);
const LEVEL_LABELS = { emergency: "Emergency", urgent: "Urgent: call today", soon: "Call in the next day or two" };
const KEY = "baclofen-assistant-token";
const CALLS_KEY = "baclofen-assistant-calls";
let token = sessionStorage.getItem(KEY);
let busy = false;
let unanswered = null; // the last message while it has no reply: it is sent again with its id, so that it is not handled twice

function element(tag, text, className) {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}

async function request(method, path, body) {
  const headers = { "Content-Type": "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  const response = await fetch(api(path), { method, headers, body: body ? JSON.stringify(body) : undefined });
  const data = await response.json();
  if (!response.ok) throw Object.assign(new Error(data.error.message), { status: response.status, shown: data.error.messages });
  return data;
}

function callLink(action) {
  const link = element("a", action.label, "call");
  link.href = `tel:${action.tel}`;
  return link;
}

function show(message) {
  const item = element("li");
  const mine = message.from === "user";
  item.className = mine ? "user" : `assistant ${message.meta.level}-level`;
  const step = message.meta?.step;
  const label = mine ? "You" : step ? `Question ${step.n} of ${step.of}` : LEVEL_LABELS[message.meta.level] ?? "Assistant";
  item.append(element("span", label, "label"));
  item.tabIndex = -1;
  const calls = element("div", "", "choices");
  for (const action of message.meta?.actions ?? []) calls.append(callLink(action));
  // An alarm says what to do first, then offers the call; everything else can wait until after it.
  const [order, ...rest] = message.text.split("\n");
  if (!mine && message.meta.level === "emergency" && calls.children.length) {
    item.append(element("strong", order), calls, document.createTextNode(rest.join("\n")));
  } else {
    item.append(document.createTextNode(message.text));
    if (calls.children.length) item.append(calls);
  }
  const choices = element("div", "", "choices");
  for (const button of message.buttons ?? []) {
    const made = element("button", button.title);
    made.type = "button";
    made.addEventListener("click", () => send({ payload: button.payload }, button.title));
    choices.append(made);
  }
  if (choices.children.length) item.append(choices);
  byId("talk").append(item);
  return item;
}

function showAll(messages) {
  const lastOwn = messages.findLastIndex((message) => message.from === "user");
  const shown = messages.map((message, place) => show(place < lastOwn ? { ...message, buttons: [] } : message));
  byId("announcer").textContent = messages.slice(lastOwn + 1).map((message) => message.text).join(" ");
  document.documentElement.style.scrollPaddingBlockStart = `${document.querySelector("header").offsetHeight + 8}px`;
  shown[lastOwn + 1]?.scrollIntoView({ block: "start" });
}

function showCalls(calls) {
  byId("emergency-calls").replaceChildren(...calls.flatMap((call) => {
    const link = element("a", call.label);
    link.href = `tel:${call.tel}`;
    return [link, document.createTextNode(" ")];
  }));
}

async function start() {
  try {
    if (token) {
      try {
        showAll((await request("GET", "history")).messages);
        const calls = JSON.parse(sessionStorage.getItem(CALLS_KEY));
        if (calls) showCalls(calls);
        return;
      } catch (error) {
        if (error.status !== 401) throw error;
        token = null;
      }
    }
    const session = await request("POST", "session");
    token = session.token;
    sessionStorage.setItem(KEY, token);
    sessionStorage.setItem(CALLS_KEY, JSON.stringify(session.clinic.emergency.calls));
    showCalls(session.clinic.emergency.calls);
    showAll(session.messages);
  } catch (error) {
    problem(error);
  }
}

function problem(error) {
  const known = error.status ? error.message : "The assistant cannot be reached.";
  byId("problem").textContent = `${known} In an emergency use the numbers at the top of this page.`;
  if (error.shown) showAll(error.shown);
}

async function send(body, spoken) {
  if (busy) return;
  busy = true;
  byId("problem").textContent = "";
  byId("typing").hidden = false;
  byId("text").focus();
  const choices = document.querySelectorAll("#talk button");
  for (const choice of choices) choice.hidden = true;
  if (unanswered?.spoken !== spoken) {
    show({ from: "user", text: spoken });
    unanswered = { id: crypto.randomUUID(), spoken };
  }
  try {
    const reply = await request("POST", "message", { id: unanswered.id, ...body });
    unanswered = null;
    for (const choice of choices) choice.remove();
    showAll(reply.messages);
    byId("text").value = "";
  } catch (error) {
    for (const choice of choices) choice.hidden = false;
    problem(error);
  } finally {
    byId("typing").hidden = true;
    busy = false;
  }
}

byId("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = byId("text").value.trim();
  if (text) send({ text }, text);
});
byId("print").addEventListener("click", () => print());
byId("end").addEventListener("click", async () => {
  if (!confirm("End this talk and delete what was said?")) return;
  try {
    if (token) await request("POST", "end");
  } catch (error) {
    if (error.status !== 401) {
      problem(error);
      return;
    }
  }
  sessionStorage.clear();
  unanswered = null;
  byId("problem").textContent = "";
  token = null;
  byId("talk").replaceChildren();
  start();
});
start();
