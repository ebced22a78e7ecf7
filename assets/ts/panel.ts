import { load } from "./load";
import { on, plain } from "./on";

const room = matchMedia("(min-width: 1101px)");
let opener: HTMLAnchorElement | null = null;

/** A row opens beside its list where there is room; on a narrow screen the link goes to the entry's own page. */
export function panel(): void {
  on("click", "a[data-panel]", (link, event) => {
    if (!plain(event) || !pane() || !room.matches) return;
    event.preventDefault();
    void showRow(link as HTMLAnchorElement, true);
  });
  on("click", "[data-panel-close]", (_, event) => {
    if (!plain(event) || !pane()) return;
    event.preventDefault();
    close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (panelIsOpen()) close();
  });
}

export function panelIsOpen(): boolean {
  return room.matches && document.querySelector(".split.open") !== null;
}

/** Shows a row's entry; `enter` moves the focus into the panel, else it stays in the list. */
export async function showRow(link: HTMLAnchorElement, enter: boolean): Promise<void> {
  const target = pane();
  const path = link.dataset.panel;
  if (!target || !path) return;
  opener = link;
  if (!(await load(path, target))) {
    if (opener === link) location.assign(link.href);
    return;
  }
  if (opener !== link) return;
  target.closest(".split")?.classList.add("open");
  mark(link.closest("[data-row]"));
  const head = target.querySelector<HTMLElement>("[data-panel-head]");
  if (head) target.setAttribute("aria-label", head.textContent ?? "");
  if (enter) head?.focus();
  link.scrollIntoView({ block: "nearest" });
}

function close(): void {
  pane()?.closest(".split")?.classList.remove("open");
  mark(null);
  const back = opener?.isConnected ? opener : document.querySelector<HTMLElement>("[data-list] [data-open]");
  back?.focus();
}

function mark(row: Element | null): void {
  for (const one of document.querySelectorAll("[data-row].on")) {
    one.classList.remove("on");
    one.removeAttribute("aria-current");
  }
  row?.classList.add("on");
  row?.setAttribute("aria-current", "true");
}

function pane(): HTMLElement | null {
  return document.querySelector<HTMLElement>(".split > #panel");
}
