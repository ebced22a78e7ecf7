/** The work of a puzzle: a number that gives SHA-256("key:number") enough leading zeros. A worker would need a file of its own; short turns do. */
import { sha256 } from "@noble/hashes/sha2.js";

const form = document.querySelector<HTMLFormElement>("form[data-puzzle]");
if (form) work(form);

function work(form: HTMLFormElement): void {
  const { puzzle = "", bits = "0" } = form.dataset;
  const nonce = form.querySelector<HTMLInputElement>("input[name=_nonce]");
  const byHand = form.querySelector<HTMLElement>("[data-by-hand]");
  const working = form.querySelector<HTMLElement>("[data-working]");
  if (!nonce || !byHand || !working) return;
  byHand.hidden = true;
  working.hidden = false;
  const button = form.querySelector<HTMLButtonElement>("button[type=submit]");
  button?.setAttribute("disabled", "");
  const encoder = new TextEncoder();
  let number = 0;
  const turn = (): void => {
    const until = performance.now() + 40;
    while (performance.now() < until) {
      for (let many = 0; many < 64; many++, number++) {
        if (zeros(sha256(encoder.encode(`${puzzle}:${number}`))) >= Number(bits)) return done();
      }
    }
    setTimeout(turn);
  };
  const done = (): void => {
    nonce.value = String(number);
    working.hidden = true;
    form.querySelector<HTMLElement>("[data-worked]")?.removeAttribute("hidden");
    button?.removeAttribute("disabled");
    button?.focus();
  };
  setTimeout(turn);
}

function zeros(digest: Uint8Array): number {
  let count = 0;
  for (const byte of digest) {
    if (byte) return count + Math.clz32(byte) - 24;
    count += 8;
  }
  return count;
}
