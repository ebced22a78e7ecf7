// The receipt of a report, and asking later with its code.
import assert from "node:assert/strict";

/** The code the page shows: five groups of four, or none. */
export async function codeOf(tab) {
  const groups = await tab.locator("#code > span").allInnerTexts();
  return groups.length ? groups.join("-") : null;
}

export async function leave(tab) {
  await tab.locator("#kept").check();
  await tab.follow(() => tab.press(tab.locator("button[name='_done']")));
}

/** Leaves by typing the code's last group instead of affirming that it was kept. */
export async function leaveByGroup(tab, group, status = 200) {
  await tab.locator("#f-last").fill(group);
  await tab.follow(() => tab.press(tab.locator("button[name='_done']")), status);
}

/** The line of the proof of receipt. */
export function proofOf(tab) {
  return tab.locator("main .line").innerText();
}

export async function ask(tab, typed, status = 200) {
  await tab.goto("/receipt");
  const box = tab.locator("#f-code");
  await box.focus();
  // As pasted, not key by key.
  await tab.page.keyboard.insertText(typed);
  await tab.follow(() => tab.press(tab.locator("main button.main")), status);
}

export async function write(tab, text) {
  await tab.locator("#f-text").fill(text);
  await tab.follow(() => tab.press(tab.locator("button[name='_write']")));
}

/** What was said in both directions. */
export async function messages(tab) {
  return tab.locator("main ul.talk .long").allInnerTexts();
}

export function isCode(text) {
  assert.match(text ?? "", /^([0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}$/, "five groups of four Crockford characters");
}

/** As somebody copies it badly from paper: lower case, spaces, digits of a Chinese keyboard. */
export function typedBadly(code) {
  return ` ${code.toLowerCase().replaceAll("-", "  ")} `.replaceAll(/\d/g, (digit) => String.fromCodePoint(digit.charCodeAt(0) + 0xfee0));
}
