import { on } from "./on";

/** A table keeps at least one column: the last one ticked cannot be taken away. */
export function columns(): void {
  on("change", "[data-columns] input", (box) => {
    const all = [...(box.closest("[data-columns]")?.querySelectorAll<HTMLInputElement>("input[name=col]") ?? [])];
    const left = all.filter((one) => one.checked);
    if (left.length === 0) (box as HTMLInputElement).checked = true;
  });
}
