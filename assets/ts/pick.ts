import { on } from "./on";

/** Picking rows: one box for the page, and how many are picked. */
export function pick(): void {
  on("change", "[data-pick-all]", (all) => {
    for (const box of boxes()) box.checked = (all as HTMLInputElement).checked;
    count();
  });
  on("change", "input[name=pick]", count);
  count();
}

function boxes(): HTMLInputElement[] {
  return [...document.querySelectorAll<HTMLInputElement>("input[name=pick]")];
}

function count(): void {
  const picked = boxes().filter((box) => box.checked).length;
  const all = document.querySelector<HTMLInputElement>("[data-pick-all]");
  if (all) {
    all.checked = picked > 0 && picked === boxes().length;
    all.indeterminate = picked > 0 && !all.checked;
  }
  const bar = document.querySelector<HTMLElement>("form#bulk");
  if (bar) bar.hidden = picked === 0;
  const slot = document.querySelector<HTMLElement>("[data-picked]");
  if (slot) slot.textContent = (slot.dataset.picked ?? "").replace("{n}", String(picked));
}
