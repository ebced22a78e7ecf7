import { remember, remembered } from "./cookie";
import { on } from "./on";
import { panelIsOpen, showRow } from "./panel";

/** j k Enter e x in lists, / for search, ? for help. One switch turns the single keys off (WCAG 2.1.4). */
export function keys(): void {
  const help = document.querySelector<HTMLDialogElement>("dialog#keys");
  const lamp = help?.querySelector<HTMLInputElement>("[data-keys-on]");
  if (lamp) {
    lamp.checked = remembered("keys") !== "off";
    lamp.addEventListener("change", () => remember("keys", lamp.checked ? "on" : "off"));
  }
  on("click", "[data-keys]", (button) => {
    button.closest("details")?.removeAttribute("open");
    help?.showModal();
  });
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (busy(event.target) || (lamp && !lamp.checked)) return;
    if (press(event.key, help)) event.preventDefault();
  });
}

function press(key: string, help: HTMLDialogElement | null): boolean {
  switch (key) {
    case "/": {
      const find = document.querySelector<HTMLInputElement>("#q");
      find?.focus();
      find?.select();
      return find !== null;
    }
    case "?":
      help?.showModal();
      return help !== null;
    case "j":
      return step(1);
    case "k":
      return step(-1);
    case "e":
      return follow(current()?.dataset.edit ?? document.querySelector<HTMLAnchorElement>("a[data-edit-page]")?.href);
    case "x": {
      const box = current()?.querySelector<HTMLInputElement>("input[name=pick]");
      box?.click();
      return box != null;
    }
    case "Enter": {
      if (document.activeElement !== document.body) return false;
      const link = current()?.querySelector<HTMLAnchorElement>("[data-open]");
      link?.click();
      return link != null;
    }
    default:
      return false;
  }
}

function rows(): HTMLElement[] {
  const near = document.activeElement?.closest("[data-list]") ?? document.querySelector("main [data-list]");
  // On the desk two lists follow each other; the keys walk through both.
  const lists = near?.classList.contains("lines") ? document.querySelectorAll("main .lines[data-list]") : near ? [near] : [];
  return [...lists].flatMap((list) => [...list.querySelectorAll<HTMLElement>("[data-row]")]);
}

function current(): HTMLElement | null {
  return document.activeElement?.closest<HTMLElement>("[data-row]") ?? document.querySelector<HTMLElement>("[data-row].at") ?? document.querySelector<HTMLElement>("[data-row].on");
}

function step(by: 1 | -1): boolean {
  const all = rows();
  if (all.length === 0) return false;
  const here = current();
  const at = here ? all.indexOf(here) : -1;
  const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by))];
  if (!next) return false;
  for (const row of all) row.classList.toggle("at", row === next);
  const link = next.querySelector<HTMLAnchorElement>("[data-open]");
  link?.focus();
  next.scrollIntoView({ block: "nearest" });
  if (link?.dataset.panel && panelIsOpen()) void showRow(link, false);
  return true;
}

function follow(url: string | undefined): boolean {
  if (!url) return false;
  location.assign(url);
  return true;
}

/** Someone is writing or answering a dialog: keys are letters then. */
function busy(target: EventTarget | null): boolean {
  if (document.querySelector("dialog[open]")) return true;
  return target instanceof HTMLElement && target.matches("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]");
}
