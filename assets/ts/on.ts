/** Listens on the document for events inside anything that matches, so that content htmx brings in later works too. */
export function on<K extends keyof DocumentEventMap>(
  type: K,
  selector: string,
  act: (hit: HTMLElement, event: DocumentEventMap[K]) => void,
  capture = false,
): void {
  document.addEventListener(
    type,
    (event) => {
      const hit = event.target instanceof Element ? event.target.closest<HTMLElement>(selector) : null;
      if (hit) act(hit, event);
    },
    capture,
  );
}

/** A plain left click: with a modifier the browser opens a tab, and that stays its business. */
export function plain(event: MouseEvent): boolean {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey && !event.defaultPrevented;
}
