import { on } from "./on";

/** Fields asked under one answer only are hidden under the others. Without this they stand there with their hint; the server drops what is not asked. */
export function asked(): void {
  on("change", "form", (form) => settle(form));
  settle(document);
}

export function settle(root: ParentNode): void {
  for (const box of root.querySelectorAll<HTMLElement>("[data-if]")) {
    const [name = "", items = ""] = (box.dataset.if ?? "").split("=");
    const form = box.closest("form");
    if (!form?.elements.namedItem(name)) continue;
    const said = new FormData(form).getAll(name);
    box.hidden = !items.split("|").some((item) => said.includes(item));
  }
}
