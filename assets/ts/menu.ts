/** Menus are <details>; Escape, a click elsewhere or the next menu closes them. */
export function menu(): void {
  const open = () => document.querySelectorAll<HTMLDetailsElement>("details.menu[open]");
  document.addEventListener("click", (event) => {
    for (const one of open()) if (!one.contains(event.target as Node)) one.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const one of open()) {
      one.open = false;
      one.querySelector<HTMLElement>("summary")?.focus();
      event.preventDefault();
    }
  });
}
