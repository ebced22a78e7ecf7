/**
 * The public form without the server between its steps: with this script what is typed stays in the page until it is sealed here, and
 * only then is sent. The steps are the server's own templates; without the script the same form goes step by step through the server.
 */
import { reveal } from "./reveal";
import { inForce } from "./sealing";
import { Answers, type Fault, type Form, tell } from "./seal-form";
import { receipt } from "./seal-receipt";
import { Refusal, Sending } from "./seal-send";

function island(main: HTMLElement, offer: HTMLElement): void {
  const form = JSON.parse(offer.dataset.form ?? "{}") as Form;
  offer.remove();
  const walk = new Walk(main, form, offer);
  document.addEventListener("submit", (event) => walk.pressed(event), true);
  document.addEventListener("leave-at-once", () => walk.over());
  document.addEventListener("input", () => walk.touched());
  window.addEventListener("popstate", (event) => walk.turned(event.state as { step?: number } | null));
  window.addEventListener("beforeunload", (event) => walk.isOpen && event.preventDefault());
  walk.mark();
}

class Walk {
  isOpen = false;
  /** A step, or one past the last: the page to check. */
  private at: number;
  private readonly views: DocumentFragment[];
  private readonly answers: Answers;
  private readonly sending: Sending;
  private eyes: string | null;
  private isSent = false;
  private isBusy = false;

  constructor(
    private readonly main: HTMLElement,
    private readonly form: Form,
    private readonly offer: HTMLElement,
  ) {
    this.at = form.at;
    const templates = [...offer.querySelectorAll<HTMLTemplateElement>("template[data-step]")];
    this.views = templates.map((template) => document.importNode(template.content, true));
    // The page's own step stays where it is: somebody may be writing in it.
    this.views[this.at] = document.createDocumentFragment();
    this.answers = new Answers(form, (step) => (step === this.at ? main : (this.views[step] ?? main)));
    this.sending = new Sending(form, this.answers);
    this.eyes = main.querySelector("[data-eyes]")?.textContent ?? null;
    history.replaceState({ step: this.at }, "");
    inForce("on");
  }

  /** How often the page has turned: for whoever watches it from outside. */
  mark(): void {
    this.main.dataset.sealed = String(Number(this.main.dataset.sealed ?? 0) + 1);
  }

  over(): void {
    this.isOpen = false;
  }

  touched(): void {
    if (!this.isSent) this.isOpen = true;
  }

  pressed(event: SubmitEvent): void {
    if (this.isSent || !(event.target instanceof HTMLFormElement) || event.target.id !== "step") return;
    event.preventDefault();
    const button = event.submitter instanceof HTMLButtonElement ? event.submitter : null;
    if (this.isBusy) return;
    if (button?.name === "_to") return this.show(Number(button.value));
    if (button?.name === "_back") return this.show(this.answers.steps().filter((step) => step < this.at).at(-1) ?? this.at);
    void this.busy(() => (this.at === this.last ? this.send() : this.next()));
  }

  /** The browser's own way back and forth. */
  turned(state: { step?: number } | null): void {
    if (this.isSent || state?.step === undefined) return;
    this.put(state.step);
  }

  private get last(): number {
    return this.form.steps.length;
  }

  private async busy(work: () => Promise<void>): Promise<void> {
    this.isBusy = true;
    try {
      await work();
    } catch (error) {
      if (error instanceof Refusal) this.refused(error.refused.fields ?? [], error.message);
      else this.say(this.form.words.failed ?? "");
    } finally {
      this.isBusy = false;
    }
  }

  private async next(): Promise<void> {
    const faults = this.answers.faults(this.at);
    tell(this.main, faults, this.form);
    if (faults.length) return this.mark();
    // Who reads depends on plain answers; the house is asked again when one of them was on this step.
    if (this.answers.asked(this.at).some((name) => !this.form.fields[name]?.sealed)) this.eyes = (await this.sending.keys()).eyes;
    this.show(this.answers.steps().find((step) => step > this.at) ?? this.last);
  }

  private show(step: number): void {
    this.put(step);
    history.pushState({ step }, "");
  }

  private put(step: number): void {
    const kept = this.views[this.at];
    if (kept && this.at !== this.last) kept.append(...this.main.childNodes);
    this.at = step;
    const view = step === this.last ? this.check() : this.views[step];
    if (view) this.main.replaceChildren(view);
    if (step !== this.last) this.asked(step);
    tell(this.main, [], this.form);
    inForce("on", this.main);
    for (const said of this.main.querySelectorAll("[data-eyes]")) said.textContent = this.eyes ?? said.textContent;
    this.arrive();
  }

  /** Fields and the count of steps, as far as answered. */
  private asked(step: number): void {
    for (const field of this.main.querySelectorAll<HTMLElement>("[data-if]")) {
      const name = field.querySelector("[name]")?.getAttribute("name") ?? "";
      field.hidden = !this.answers.isAsked(name);
    }
    const steps = this.answers.steps();
    const count = this.main.querySelector(".step");
    const words = this.form.words.step ?? "";
    if (count) count.textContent = words.replace("{n}", String(steps.filter((one) => one <= step).length)).replace("{total}", String(steps.length));
  }

  private arrive(): void {
    const head = this.main.querySelector<HTMLElement>("h1");
    document.title = `${head?.textContent ?? ""} · ${this.form.house}`;
    if (head) head.tabIndex = -1;
    head?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
    this.mark();
  }

  private check(): DocumentFragment {
    const view = this.copy("check");
    const know = view.querySelector("form > h2");
    for (const step of this.answers.steps()) {
      const part = this.copy("part");
      const head = part.querySelector("h2");
      const title = this.views[step]?.querySelector("h1")?.textContent ?? "";
      if (head) head.textContent = title;
      const list = part.querySelector("dl");
      const blank = list?.querySelector("div");
      blank?.remove();
      for (const [at, name] of this.answers.asked(step).entries()) {
        const fact = blank?.cloneNode(true) as HTMLElement;
        const [label, said] = fact.querySelectorAll("dt, dd");
        if (label) label.textContent = this.form.fields[name]?.label ?? name;
        if (said) said.textContent = this.answers.said(name);
        const button = fact.querySelector("button");
        if (at > 0) button?.remove();
        else if (button) {
          button.value = String(step);
          const spoken = button.querySelector(".sr");
          if (spoken) spoken.textContent = ` ${title}`;
        }
        list?.append(fact);
      }
      know?.before(part);
    }
    return view;
  }

  private copy(which: "check" | "part"): DocumentFragment {
    const template = this.offer.querySelector<HTMLTemplateElement>(`template[data-${which}]`);
    return template ? document.importNode(template.content, true) : document.createDocumentFragment();
  }

  private async send(): Promise<void> {
    for (const step of this.answers.steps()) {
      const faults = this.answers.faults(step);
      if (faults.length) return this.refused(faults, "");
    }
    const button = this.main.querySelector("button.main");
    button?.setAttribute("aria-disabled", "true");
    this.say(this.form.words.sending ?? "");
    try {
      const page = await this.sending.send();
      this.isSent = true;
      this.isOpen = false;
      this.views.length = 0;
      receipt(this.main, page, this.sending.code, this.form);
      reveal();
      this.arrive();
    } finally {
      button?.removeAttribute("aria-disabled");
    }
  }

  /** Faults are told where they can be put right. */
  private refused(faults: Fault[], text: string): void {
    const [first] = faults;
    if (!first) return this.say(text);
    const step = this.answers.stepOf(first.field.split(".")[0] ?? "");
    if (step !== this.at) this.show(step);
    const here = faults.filter((fault) => this.answers.stepOf(fault.field.split(".")[0] ?? "") === step);
    tell(this.main, here, this.form);
    this.mark();
  }

  private say(text: string): void {
    let said = this.main.querySelector<HTMLElement>("[data-said]");
    if (!said) {
      said = document.createElement("p");
      said.dataset.said = "";
      said.setAttribute("role", "status");
      this.main.querySelector("button.main")?.closest("p")?.before(said);
    }
    said.textContent = text;
  }
}

const main = document.querySelector<HTMLElement>("main");
const offer = main?.querySelector<HTMLElement>("[data-seal]");
if (main && offer) island(main, offer);
