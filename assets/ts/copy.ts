import { on } from "./on";

/** <button data-copy="#code" data-done="已复制">: copies the text of an element, or its data-text. */
export function copy(): void {
  on("click", "[data-copy]", (button) => {
    const source = document.querySelector<HTMLElement>(button.dataset.copy ?? "");
    if (source) void put(source.dataset.text ?? source.innerText).then((done) => done && answer(button));
  });
}

/** A hospital's own network is often plain HTTP, where the clipboard interface is missing. */
async function put(text: string): Promise<boolean> {
  if (window.isSecureContext && navigator.clipboard) {
    return navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
  }
  const box = document.createElement("textarea");
  box.value = text;
  box.className = "sr";
  const back = document.activeElement;
  document.body.append(box);
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  if (back instanceof HTMLElement) back.focus();
  return done;
}

function answer(button: HTMLElement): void {
  const words = button.textContent;
  button.setAttribute("aria-live", "polite");
  button.textContent = button.dataset.done ?? words;
  setTimeout(() => {
    button.textContent = words;
  }, 2000);
}
