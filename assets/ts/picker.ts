import { load } from "./load";
import { on } from "./on";

const PAUSE_MS = 250;
const waiting = new WeakMap<HTMLElement, number>();

/** Typing in a picker asks the server; what was chosen stays chosen when the answers change. */
export function picker(): void {
  on("input", "[data-find]", (box, event) => {
    if ((event as InputEvent).isComposing) return;
    clearTimeout(waiting.get(box));
    waiting.set(box, window.setTimeout(() => void ask(box as HTMLInputElement), PAUSE_MS));
  });
  on("compositionend", "[data-find]", (box) => void ask(box as HTMLInputElement));
}

async function ask(input: HTMLInputElement): Promise<void> {
  const picker = input.closest("[data-picker]");
  const found = picker?.querySelector(".found");
  if (!picker || !found) return;
  keepChosen(picker, found);
  const words = input.value.trim();
  if (!words) {
    found.replaceChildren();
    return;
  }
  const path = new URL(input.dataset.find ?? "", location.href);
  path.searchParams.set("q", words);
  path.searchParams.set("name", input.dataset.name ?? "");
  if (several(picker)) path.searchParams.set("many", "1");
  await load(path.pathname + path.search, found);
}

function keepChosen(picker: Element, found: Element): void {
  const chosen = [...found.querySelectorAll("input:checked")].flatMap((box) => box.closest("label") ?? []);
  const picked = picker.querySelector(".picked");
  if (chosen.length === 0 || !picked) return;
  if (several(picker)) picked.append(...chosen);
  else picked.replaceChildren(...chosen);
}

function several(picker: Element): boolean {
  return (picker as HTMLElement).dataset.many !== undefined;
}
