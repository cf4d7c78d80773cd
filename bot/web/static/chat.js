"use strict";
// The hosted page: a plain client of the interface. Text from the server is only ever set as text.
const api = (path) => `${location.pathname.replace(/\/$/, "")}/${path}`;
const byId = (id) => document.getElementById(id);
const LEVEL_LABELS = { emergency: "Emergency", urgent: "Urgent: call today", soon: "Call in the next day or two" };
const KEY = "baclofen-assistant-token";
let token = sessionStorage.getItem(KEY);
let busy = false;

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
  item.append(element("span", label, "label"), document.createTextNode(message.text));
  item.tabIndex = -1;
  const choices = element("div", "", "choices");
  for (const action of message.meta?.actions ?? []) choices.append(callLink(action));
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

function removeOldButtons() {
  for (const old of document.querySelectorAll("#talk button")) old.remove();
}

function showAll(messages) {
  const shown = messages.map(show);
  byId("announcer").textContent = messages.filter((m) => m.from !== "user").map((m) => m.text).join(" ");
  shown[0]?.scrollIntoView({ block: "nearest" });
  return shown;
}

async function start() {
  try {
    if (token) {
      try {
        showAll((await request("GET", "history")).messages);
        return;
      } catch (error) {
        if (error.status !== 401) throw error;
        token = null;
      }
    }
    const session = await request("POST", "session");
    token = session.token;
    sessionStorage.setItem(KEY, token);
    byId("emergency-calls").replaceChildren(...session.clinic.emergency.calls.flatMap((call) => {
      const link = element("a", call.label);
      link.href = `tel:${call.tel}`;
      return [link, document.createTextNode(" ")];
    }));
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
  removeOldButtons();
  show({ from: "user", text: spoken });
  try {
    const reply = await request("POST", "message", { id: crypto.randomUUID(), ...body });
    showAll(reply.messages);
    byId("text").value = "";
  } catch (error) {
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
    problem(error);
    return;
  }
  sessionStorage.removeItem(KEY);
  token = null;
  byId("talk").replaceChildren();
  start();
});
start();
