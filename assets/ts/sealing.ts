/**
 * Says which kind of sealing is in force, and fetches the island where a page offers it: only with HTTPS or on this machine, because
 * browsers have no cryptography elsewhere. Until it is there nothing is sent; should it not come, the form goes the server's way, as the
 * page says all along.
 */
export function sealing(): void {
  const offer = document.querySelector<HTMLElement>("[data-seal]");
  if (!window.isSecureContext || !window.crypto?.subtle) return inForce("plain");
  if (!offer) return inForce("on");
  let waiting: SubmitEvent | null = null;
  const hold = (event: SubmitEvent): void => {
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting = event;
  };
  const go = (): void => {
    document.removeEventListener("submit", hold, true);
    if (waiting) (waiting.target as HTMLFormElement).requestSubmit(waiting.submitter);
  };
  document.addEventListener("submit", hold, true);
  const script = document.createElement("script");
  script.src = offer.dataset.seal ?? "";
  script.onload = script.onerror = go;
  document.head.append(script);
}

/** Shows one of the sentences, where the page has it. */
export function inForce(which: "on" | "plain", root: ParentNode = document): void {
  for (const said of root.querySelectorAll<HTMLElement>("[data-sealing]")) {
    const shown = said.querySelector<HTMLElement>(`[data-${which}]`);
    if (!shown) continue;
    for (const other of said.querySelectorAll<HTMLElement>("span")) other.hidden = other !== shown;
  }
}
