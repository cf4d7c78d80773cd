type Child = Node | string | null | undefined | false;
type Props = Record<string, string | number | boolean | null | undefined | ((event: never) => void)>;

/**
 * Makes an element. Text is only ever set as text, and there is no way to give it a style or markup.
 *
 * @param props Attributes; a function under a name like `onclick` is a listener; false and null are left out.
 */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (made instanceof HTMLButtonElement) made.type = "button";
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") made.addEventListener(name.slice(2), value as EventListener);
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.filter((child): child is Node | string => child !== null && child !== undefined && child !== false));
  return made;
}

/** A button that stands back behind the choices of the talk. */
export const quiet = (name: string, act: (event: Event) => void, props: Props = {}): HTMLButtonElement =>
  h("button", { class: "quiet", onclick: act, ...props }, name);

const SVG = "http://www.w3.org/2000/svg";
const PATHS = {
  chat: "M4 5h16v11H9l-5 4z",
  emergency: "M8 3h8l5 5v8l-5 5H8l-5-5V8zM12 7v6M12 16v1",
  urgent: "M12 3l10 18H2zM12 10v5M12 17.5v.5",
  soon: "M12 3a9 9 0 1 1 0 18a9 9 0 1 1 0-18M12 7v5l4 2",
  info: "M12 3a9 9 0 1 1 0 18a9 9 0 1 1 0-18M12 11v6M12 7v.5",
  phone: "M6 3h4l2 5l-3 2a11 11 0 0 0 5 5l2-3l5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 4 5a2 2 0 0 1 2-2",
};

/** A drawing beside words; it says nothing that the words do not. */
export function icon(name: keyof typeof PATHS): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
