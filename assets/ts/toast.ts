const SECONDS = 10;

/** What was just done can be undone for ten seconds; the count waits while the toast is pointed at or focused. */
export function toast(): void {
  for (const one of document.querySelectorAll<HTMLElement>("[data-toast]")) countDown(one);
}

function countDown(box: HTMLElement): void {
  const slot = box.querySelector<HTMLElement>("[data-left]");
  const words = slot?.textContent ?? "";
  let left = SECONDS;
  let held = false;
  const hold = (on: boolean) => () => {
    held = on;
  };
  box.addEventListener("pointerenter", hold(true));
  box.addEventListener("pointerleave", hold(false));
  box.addEventListener("focusin", hold(true));
  box.addEventListener("focusout", hold(false));
  if (slot) slot.hidden = false;
  const clock = setInterval(() => {
    if (held || document.hidden) return;
    left -= 1;
    if (slot) slot.textContent = words.replace(String(SECONDS), String(left));
    if (left > 0) return;
    clearInterval(clock);
    box.remove();
  }, 1000);
}
