/**
 * <form data-guard>: leaving with something written and not sent asks first.
 * <form data-guard="kept">: leaving asks until the form is sent (the receipt, whose code is shown once).
 */
export function unsaved(): void {
  const guarded = [...document.querySelectorAll<HTMLFormElement>("form[data-guard]")];
  if (guarded.length === 0) return;
  let open = guarded.some((form) => form.dataset.guard === "kept");
  for (const form of guarded) {
    form.addEventListener("input", () => {
      open = true;
    });
  }
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) open = false;
  });
  document.addEventListener("leave-at-once", () => {
    open = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (open) event.preventDefault();
  });
}
