/** Controls that only work with JavaScript are written hidden; this shows them. */
export function reveal(root: ParentNode = document): void {
  for (const one of root.querySelectorAll<HTMLElement>("[data-js], [data-copy], [data-print]")) one.hidden = false;
}
