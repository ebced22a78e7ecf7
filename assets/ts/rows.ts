import { on } from "./on";

/** Sub-rows are added and dropped in place; without a blank row the buttons send the form, as they do without JavaScript. */
export function rows(): void {
  on("click", "[data-add]", (button, event) => {
    const box = button.closest<HTMLElement>("[data-rows]");
    const blank = box?.querySelector("template");
    const body = box?.querySelector("tbody");
    if (!box || !blank || !body) return;
    event.preventDefault();
    const added = fresh(blank, nextIndex(body));
    if (!added) return;
    body.append(added);
    settle(box);
    added.querySelector<HTMLElement>("input, select, textarea")?.focus();
  });
  on("click", "[data-drop]", (button, event) => {
    const box = button.closest<HTMLElement>("[data-rows]");
    const row = button.closest("tr");
    if (!box?.querySelector("template") || !row) return;
    event.preventDefault();
    const near = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    settle(box);
    (near ?? box).querySelector<HTMLElement>("input, select, textarea, [data-add]")?.focus();
  });
  on("input", "[data-rows]", (box) => total(box as HTMLElement));
  for (const box of document.querySelectorAll<HTMLElement>("[data-rows]")) limit(box);
}

/** What the rows come to; the server adds them up again. */
function total(box: HTMLElement): void {
  const sum = box.querySelector<HTMLElement>("[data-sum]");
  if (!sum) return;
  const cells = [...box.querySelectorAll<HTMLInputElement>(`tbody [name$=".${sum.dataset.sum}"]`)];
  const amount = cells.reduce((all, cell) => all + (Number(cell.value.replace(/[,，\s]/g, "")) || 0), 0);
  const decimals = sum.textContent?.includes(".") ? 2 : 0;
  sum.textContent = amount.toLocaleString("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals || 4 });
}

function fresh(blank: HTMLTemplateElement, index: number): HTMLTableRowElement | null {
  const copy = document.createElement("template");
  copy.innerHTML = blank.innerHTML.replaceAll("__n__", String(index));
  return copy.content.querySelector("tr");
}

/** Indexes only grow, so that a dropped row's names are never taken by another. */
function nextIndex(body: Element): number {
  const used = [...body.querySelectorAll<HTMLElement>("tr[data-index]")].map((row) => Number(row.dataset.index));
  const last = Number((body as HTMLElement).dataset.last ?? -1);
  const next = Math.max(last, ...used) + 1;
  (body as HTMLElement).dataset.last = String(next);
  return next;
}

function settle(box: HTMLElement): void {
  limit(box);
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

function limit(box: HTMLElement): void {
  const add = box.querySelector<HTMLButtonElement>("[data-add]");
  if (add) add.disabled = box.querySelectorAll("tbody tr").length >= Number(box.dataset.most ?? Infinity);
}
