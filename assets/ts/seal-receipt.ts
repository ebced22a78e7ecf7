/** The page of the receipt: the server draws it without the code, which only this page knows. */
import { encode } from "uqr";
import type { Code } from "./seal-box";
import { type Form, tell } from "./seal-form";

/** Light modules around a QR code, as its standard wants. */
const QUIET = 4;

export function receipt(main: HTMLElement, page: string, code: Code, form: Form): void {
  const answer = new DOMParser().parseFromString(page, "text/html").querySelector("main");
  main.replaceChildren(...(answer ? document.adoptNode(answer).childNodes : []));
  const shown = main.querySelector<HTMLElement>("#code");
  if (shown) {
    shown.dataset.text = code.spoken;
    shown.setAttribute("aria-label", (form.words.code ?? "").replace("{code}", code.spoken));
    shown.append(...code.groups.map((group) => Object.assign(document.createElement("span"), { textContent: group })));
  }
  main.querySelector(".qr")?.prepend(qr(code.spoken, form.words.qr ?? ""));
  const leave = main.querySelector<HTMLFormElement>("form[data-guard]");
  if (leave) guard(leave, main, code, form);
}

/** The last group is compared here and goes nowhere; until then leaving asks. */
function guard(leave: HTMLFormElement, main: HTMLElement, code: Code, form: Form): void {
  let isOpen = true;
  const last = leave.querySelector<HTMLInputElement>("input[name=last]");
  const kept = leave.querySelector<HTMLInputElement>("input[name=kept]");
  leave.addEventListener("submit", (event) => {
    const typed = plain(last?.value ?? "");
    if (kept?.checked || typed === code.groups.at(-1)) {
      isOpen = false;
      if (last) last.value = "";
      return;
    }
    event.preventDefault();
    tell(main, [{ field: "last", text: form.words.kept ?? "" }], form);
  });
  document.addEventListener("leave-at-once", () => (isOpen = false));
  window.addEventListener("beforeunload", (event) => isOpen && event.preventDefault());
}

/** As loosely as a code may be written. */
function plain(typed: string): string {
  const half = typed.normalize("NFKC").toUpperCase().replaceAll(/[^0-9A-Z]/g, "");
  return half.replaceAll("O", "0").replaceAll(/[IL]/g, "1");
}

function qr(text: string, label: string): SVGSVGElement {
  const { data, size } = encode(text, { ecc: "M", border: QUIET });
  let dark = "";
  for (const [row, line] of data.entries()) for (const [at, isDark] of line.entries()) if (isDark) dark += `M${at} ${row}h1v1h-1z`;
  const svg = element("svg", { viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": label }) as SVGSVGElement;
  svg.append(element("path", { d: `M0 0h${size}v${size}H0z`, fill: "#fff" }), element("path", { d: dark, fill: "#000" }));
  return svg;
}

function element(name: string, attributes: Record<string, string>): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
