const BURST = 500;

/**
 * Makes pressing forgiving for hands that shake: repeated clicks within half a second count once.
 *
 * A burst ends when half a second has passed without a click. A click of the keyboard (`detail` 0) is only held back on the
 * control that was pressed just before. Calls are never held back.
 */
export function ignoreRepeats(root: EventTarget, now = () => performance.now()): void {
  let last = -Infinity;
  let pressed: Element | null = null;
  root.addEventListener(
    "click",
    (event) => {
      const click = event as MouseEvent;
      const target = click.composedPath()[0] as Element;
      // A click on a label comes a second time, on its box.
      if (target.closest("a[href^='tel:']") || (target !== pressed && pressed?.closest("label")?.contains(target))) return;
      const isBurst = now() - last < BURST && (click.detail > 0 || target === pressed);
      last = now();
      pressed = target;
      if (isBurst) {
        click.preventDefault();
        click.stopImmediatePropagation();
      }
    },
    true,
  );
}
