import { remember } from "./cookie";
import { on } from "./on";

/** Light, dark or as the system: marked on <html>, kept in a cookie for the server. */
export function theme(): void {
  on("click", "[data-theme-set]", (button) => {
    const wish = button.dataset.themeSet ?? "auto";
    if (wish === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = wish;
    remember("theme", wish);
    for (const other of document.querySelectorAll<HTMLElement>("[data-theme-set]")) {
      other.setAttribute("aria-pressed", String(other.dataset.themeSet === wish));
    }
  });
}
