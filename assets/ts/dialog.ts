import { load } from "./load";
import { on, plain } from "./on";

/** A form marked data-ask asks first; a link marked data-dialog shows its page's data-dialog-body in place. */
export function dialog(): void {
  document.addEventListener("submit", ask, true);
  on("click", "a[data-dialog]", (link, event) => {
    const box = document.querySelector<HTMLDialogElement>("dialog#box");
    if (!plain(event) || !box) return;
    event.preventDefault();
    void open(box, link as HTMLAnchorElement);
  });
}

function ask(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  const box = document.querySelector<HTMLDialogElement>("dialog#ask");
  if (form.dataset.ask === undefined || !box) return;
  if (form.dataset.said === "yes") {
    delete form.dataset.said;
    return;
  }
  event.preventDefault();
  fill(box, "#ask-h", form.dataset.askTitle);
  fill(box, "[data-text]", form.dataset.ask);
  fill(box, "button[value=yes]", form.dataset.askOk);
  const { submitter } = event;
  box.returnValue = "no";
  box.addEventListener(
    "close",
    () => {
      if (box.returnValue !== "yes") return;
      form.dataset.said = "yes";
      form.requestSubmit(submitter instanceof HTMLElement && form.contains(submitter) ? submitter : null);
    },
    { once: true },
  );
  box.showModal();
  box.querySelector<HTMLElement>("button[value=no]")?.focus();
}

function fill(box: HTMLElement, at: string, words: string | undefined): void {
  const slot = box.querySelector(at);
  if (slot) slot.textContent = words ?? "";
}

async function open(box: HTMLDialogElement, link: HTMLAnchorElement): Promise<void> {
  const body = box.querySelector("#box-body");
  if (!body || !(await load(link.href, body, "[data-dialog-body]")) || !body.firstElementChild) {
    location.assign(link.href);
    return;
  }
  const head = body.querySelector("h1, h2");
  if (head) box.setAttribute("aria-label", head.textContent ?? "");
  link.closest("details")?.removeAttribute("open");
  box.showModal();
}
