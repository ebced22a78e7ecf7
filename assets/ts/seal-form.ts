/** The public form as it stands in the page: one view a step, kept whole while another is shown, so that nothing typed goes anywhere. */

export interface Field {
  kind: "text" | "choice" | "choices" | "flag" | "date" | "files";
  long: boolean;
  label: string;
  sealed: boolean;
  kept: boolean;
  required: boolean;
  missing: string;
  max: number | null;
  if: string | null;
}

export interface Form {
  at: number;
  lang: string;
  house: string;
  place: string | null;
  steps: string[][];
  fields: Record<string, Field>;
  most: { files: number; bytes: number };
  words: Record<string, string>;
}

export interface Fault {
  field: string;
  text: string;
}

export class Answers {
  constructor(
    private readonly form: Form,
    /** Where each step stands now: in the page, or beside it. */
    private readonly root: (step: number) => ParentNode,
  ) {}

  /** Whether a field is asked as far as answered; an answer to what is not asked counts for nothing. */
  isAsked(name: string): boolean {
    const [other = "", items = ""] = (this.form.fields[name]?.if ?? "").split("=");
    if (!other) return true;
    return this.isAsked(other) && this.typed(other).some((said) => items.split("|").includes(said));
  }

  asked(step: number): string[] {
    return (this.form.steps[step] ?? []).filter((name) => this.isAsked(name));
  }

  /** Places of the steps that ask anything. */
  steps(): number[] {
    return this.form.steps.map((_, step) => step).filter((step) => this.asked(step).length > 0);
  }

  all(): string[] {
    return this.steps().flatMap((step) => this.asked(step));
  }

  stepOf(name: string): number {
    return Math.max(0, this.form.steps.findIndex((step) => step.includes(name)));
  }

  /** What was typed or chosen, without what is blank. */
  typed(name: string): string[] {
    const form = this.formOf(name);
    const values = form ? new FormData(form).getAll(name) : [];
    return values.filter((value) => typeof value === "string").map((value) => value.replaceAll("\r\n", "\n").trim()).filter(Boolean);
  }

  files(name: string): File[] {
    return [...(this.formOf(name)?.querySelector<HTMLInputElement>(`input[type=file][name="${name}"]`)?.files ?? [])];
  }

  isEmpty(name: string): boolean {
    return this.form.fields[name]?.kind === "files" ? this.files(name).length === 0 : this.typed(name).length === 0;
  }

  /** The value of a field as the house writes it; `null`: empty, or a file. */
  value(name: string): object | null {
    const typed = this.typed(name);
    const [first] = typed;
    if (first === undefined) return null;
    switch (this.form.fields[name]?.kind) {
      case "choice":
        return { choice: first };
      case "choices":
        return { choices: typed };
      case "flag":
        return { flag: first === "yes" };
      case "date":
        return { date: first };
      case "text":
        return { text: first };
      default:
        return null;
    }
  }

  /** An answer in the words of the page. */
  said(name: string): string {
    const { words } = this.form;
    const shown = this.form.fields[name]?.kind === "files" ? this.files(name).map((file) => file.name) : this.typed(name).map((value) => this.label(name, value));
    return shown.length ? shown.join(words.comma ?? ", ") : (words.empty ?? "");
  }

  /** What has to be put right in a step. */
  faults(step: number): Fault[] {
    return this.asked(step).flatMap((name) => {
      const text = this.fault(name);
      return text ? [{ field: name, text }] : [];
    });
  }

  private fault(name: string): string | null {
    const field = this.form.fields[name];
    const { words, most } = this.form;
    if (!field) return null;
    if (this.isEmpty(name)) return field.required ? field.missing : null;
    if (field.kind === "files") {
      const input = this.formOf(name)?.querySelector<HTMLInputElement>(`input[type=file][name="${name}"]`);
      const files = this.files(name);
      const big = files.find((file) => file.size > Number(input?.dataset.max ?? Infinity));
      if (big) return (input?.dataset.tooBig ?? "").replace("{name}", big.name);
      if (files.length > most.files) return words.too_many ?? "";
      return files.reduce((sum, file) => sum + file.size, 0) > most.bytes ? (words.too_large ?? "") : null;
    }
    const length = Math.max(...this.typed(name).map((text) => [...text].length));
    if (field.kind !== "text" || field.max === null || length <= field.max) return null;
    return (words.too_long ?? "").replace("{max}", String(field.max)).replace("{n}", String(length));
  }

  private label(name: string, value: string): string {
    const control = this.formOf(name)?.querySelector(`[name="${name}"][value="${CSS.escape(value)}"]`);
    const option = this.formOf(name)?.querySelector(`select[name="${name}"] option[value="${CSS.escape(value)}"]`);
    const label = control instanceof HTMLInputElement && (control.type === "radio" || control.type === "checkbox") ? control.closest("label") : null;
    return (label?.querySelector("b, span") ?? label ?? option)?.textContent?.trim() ?? value;
  }

  private formOf(name: string): HTMLFormElement | null {
    return this.root(this.stepOf(name)).querySelector("form");
  }
}

/** Names what is wrong above the form and beside each field, as the server does. Takes away what was named before. */
export function tell(root: ParentNode & Node, faults: Fault[], form: Form): void {
  root.querySelector("[data-faults]")?.remove();
  for (const told of root.querySelectorAll(".field.bad")) {
    told.classList.remove("bad");
    told.querySelector(".fault:not([data-file-note])")?.remove();
    for (const control of told.querySelectorAll("[aria-invalid]")) {
      control.removeAttribute("aria-invalid");
      refer(control, `${control.id}-e`, false);
    }
  }
  if (faults.length === 0) return;
  const box = document.createElement("div");
  box.className = "faults";
  box.dataset.faults = "";
  box.setAttribute("role", "alert");
  box.tabIndex = -1;
  const head = document.createElement("h2");
  head.textContent = faults.length === 1 ? (form.words.one_fault ?? "") : (form.words.faults ?? "").replace("{n}", String(faults.length));
  const list = document.createElement("ul");
  for (const fault of faults) {
    const link = document.createElement("a");
    link.href = `#f-${fault.field}`;
    link.textContent = fault.text;
    const item = document.createElement("li");
    item.append(link);
    list.append(item);
    mark(root, fault);
  }
  box.append(head, list);
  root.insertBefore(box, root.firstChild);
  box.focus();
  box.scrollIntoView({ block: "nearest" });
}

function mark(root: ParentNode, fault: Fault): void {
  const control = root.querySelector(`#f-${CSS.escape(fault.field)}`);
  const field = control?.closest(".field");
  if (!control || !field) return;
  field.classList.add("bad");
  control.setAttribute("aria-invalid", "true");
  refer(control, `${control.id}-e`, true);
  const said = document.createElement("span");
  said.className = "fault";
  said.id = `${control.id}-e`;
  said.textContent = fault.text;
  const before = field.querySelector(":scope > .hint:last-of-type") ?? field.querySelector(":scope > label, :scope > legend");
  if (before) before.after(said);
  else field.prepend(said);
}

function refer(control: Element, id: string, on: boolean): void {
  const ids = (control.getAttribute("aria-describedby") ?? "").split(" ").filter((one) => one && one !== id);
  if (on) ids.push(id);
  if (ids.length) control.setAttribute("aria-describedby", ids.join(" "));
  else control.removeAttribute("aria-describedby");
}
