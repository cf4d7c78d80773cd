/** Takes everything beside the widget off the paper. */
const ALONE = "@media print { body :not([printing]):not(:has([printing])) { display: none !important; } }";

/**
 * Prints the talk without the page around it, and puts everything back afterwards.
 *
 * @param host The custom element.
 * @param only One message, or null for the whole talk.
 */
export function printTalk(host: HTMLElement, only: HTMLElement | null): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(ALONE);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  host.setAttribute("printing", only ? "message" : "talk");
  only?.classList.add("printing");
  const undo = (): void => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
    host.removeAttribute("printing");
    only?.classList.remove("printing");
  };
  addEventListener("afterprint", undo, { once: true });
  print();
}

/** Copies a text; where the clipboard is not to be had (pages without TLS, old browsers) by a selection. */
export async function copyText(text: string, within: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement("textarea");
    const focused = (within.getRootNode() as ShadowRoot).activeElement as HTMLElement | null;
    field.className = "unseen";
    field.value = text;
    within.append(field);
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    focused?.focus({ preventScroll: true });
    return copied;
  }
}

/** Offers a text as a file. */
export function downloadText(text: string, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
