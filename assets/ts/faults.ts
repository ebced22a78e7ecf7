import { on } from "./on";

/** The summary of faults takes the focus, and its links put the cursor into the field. */
export function faults(): void {
  document.querySelector<HTMLElement>("[data-faults]")?.focus();
  on("click", "[data-faults] a", (link, event) => {
    const field = document.getElementById(link.getAttribute("href")?.slice(1) ?? "");
    if (!field) return;
    event.preventDefault();
    field.focus({ preventScroll: true });
    (field.closest(".field") ?? field).scrollIntoView({ block: "start" });
  });
}
