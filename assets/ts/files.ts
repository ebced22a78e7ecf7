import { on } from "./on";

/** Says each chosen file's size beside the box, and names one over the limit before it is sent. The server checks again. */
export function files(): void {
  on("change", "input[data-files]", (hit) => {
    const input = hit as HTMLInputElement;
    const most = Number(input.dataset.max ?? Infinity);
    const chosen = [...(input.files ?? [])];
    const big = chosen.find((file) => file.size > most);
    const note = noteBeside(input);
    note.className = big ? "fault" : "hint";
    note.textContent = big
      ? (input.dataset.tooBig ?? "").replace("{name}", big.name)
      : chosen.map((file) => `${file.name} ${size(file.size)}`).join(" · ");
    input.setCustomValidity(big ? note.textContent : "");
    input.setAttribute("aria-invalid", String(big !== undefined));
  });
}

function noteBeside(input: HTMLElement): HTMLElement {
  const next = input.nextElementSibling;
  if (next instanceof HTMLElement && next.matches("[data-file-note]")) return next;
  const note = document.createElement("span");
  note.dataset.fileNote = "";
  note.setAttribute("role", "status");
  input.after(note);
  return note;
}

function size(bytes: number): string {
  return bytes < 1_048_576 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1_048_576).toFixed(1)} MB`;
}
