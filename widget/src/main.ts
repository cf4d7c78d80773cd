import { define, setScriptBase } from "./element";

/** The script tag's `data-…` attributes become the element's options. */
function elementFrom(script: HTMLScriptElement): HTMLElement {
  const element = document.createElement("baclofen-chat");
  element.id = "baclofen-chat"; // where a skip link leads
  for (const { name, value } of Array.from(script.attributes)) {
    if (name.startsWith("data-") && name !== "data-mount") element.setAttribute(name.slice(5), value);
  }
  return element;
}

function mount(script: HTMLScriptElement): void {
  const element = elementFrom(script);
  const key = element.getAttribute("storage-key") ?? "";
  const isThere = [...document.querySelectorAll("baclofen-chat:not([layout])")].some((other) => (other.getAttribute("storage-key") ?? "") === key);
  if (isThere) return; // the tag stands twice on the page
  document.body.append(element);
}

const script = document.currentScript;
if (script instanceof HTMLScriptElement) {
  setScriptBase(script.src);
  define();
  if (script.dataset["mount"] !== "none") {
    if (document.body) mount(script);
    else addEventListener("DOMContentLoaded", () => mount(script));
  }
}
