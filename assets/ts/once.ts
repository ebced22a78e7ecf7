/** A second press of the same button sends nothing: the form is on its way. The server's once-key says the same. */
export function once(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    event.submitter?.setAttribute("aria-disabled", "true");
    // A form answered by a download stays in the page, so it opens again.
    setTimeout(() => release(form), 10_000);
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sent]")) release(form);
  });
}

function release(form: HTMLFormElement): void {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("button[type=submit][aria-disabled]")) button.removeAttribute("aria-disabled");
}
