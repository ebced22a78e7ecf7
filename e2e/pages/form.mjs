// A form on an entry: fields by name, filled by hand or by keyboard alone.
import assert from "node:assert/strict";

/**
 * Fills `values` in order: { name: value }. A picker takes { find: "…" }, a file field [ { name, mimeType, buffer } ],
 * a table { row: { column: value } } for one row more or { drop: text } for the row that says so.
 * With `keys` nothing but the keyboard is used; dates are typed whole, since their parts come in the browser's own order.
 */
export async function fillForm(tab, form, values, { keys = false } = {}) {
  for (const [name, value] of Object.entries(values)) await fillField(tab, form, name, value, keys);
}

async function fillField(tab, form, name, value, keys) {
  const control = form.locator(`[name='${name}']`);
  if (value.row || value.drop || typeof value.find === "string") await unfold(form.locator(`[name='${name}.q'], [data-rows='${name}']`).first(), keys);
  if (value.row) return addRow(tab, form, name, value.row);
  if (value.drop) return form.locator(`[data-rows='${name}'] tbody tr`, { has: tab.locator(`option:checked:text-is('${value.drop}')`) }).locator("[data-drop]").click();
  if (typeof value.find === "string") return pick(tab, form, name, value.find, keys);
  await unfold(control.first(), keys);
  const [tag, type] = await control.first().evaluate((one) => [one.tagName.toLowerCase(), one.getAttribute("type")]);
  if (keys) await tab.tabTo(`form [name='${name}']`);
  if (tag === "select") return keys ? typeOption(tab, control, value) : control.selectOption(value);
  if (type === "radio") return keys ? arrowTo(tab, name, value) : form.locator(`[name='${name}'][value='${value}']`).check();
  if (type === "checkbox") return form.locator(`[name='${name}'][value='${value}']`).check();
  if (type === "file") return control.setInputFiles(value);
  if (keys && !type?.startsWith("date")) return tab.page.keyboard.type(value);
  return control.fill(value);
}

/** What a long form asks of few is behind a title: pressed like anything else. */
async function unfold(control, keys) {
  const title = control.locator("xpath=ancestor::details[not(@open)]/summary");
  if ((await title.count()) === 0) return;
  await (keys ? title.press("Enter") : title.click());
}

async function addRow(tab, form, name, values) {
  const rows = form.locator(`[data-rows='${name}'] tbody tr`);
  const before = await rows.count();
  await form.locator(`button[name='_add'][value='${name}']`).click();
  const row = rows.nth(before);
  await row.waitFor();
  for (const [column, value] of Object.entries(values)) {
    const control = row.locator(`[name$='.${column}']`);
    if ((await control.evaluate((one) => one.tagName)) === "SELECT") await control.selectOption(value);
    else await control.fill(value);
  }
}

/** A closed select takes the first letters of an option; arrows do for any script. */
async function typeOption(tab, control, value) {
  for (let presses = 0; presses < 60; presses += 1) {
    if ((await control.inputValue()) === value) return;
    await tab.page.keyboard.press("ArrowDown");
  }
  assert.fail(`the select has no option ${value}`);
}

/** Radios of one name are one stop; arrows choose. */
async function arrowTo(tab, name, value) {
  const chosen = () => tab.page.evaluate((group) => document.querySelector(`form [name='${group}']:checked`)?.value, name);
  await tab.page.keyboard.press("Space");
  for (let presses = 0; presses < 20; presses += 1) {
    if ((await chosen()) === value) return;
    await tab.page.keyboard.press("ArrowDown");
  }
  assert.fail(`no radio ${name}=${value}`);
}

/** Searches in a picker and chooses the only answer. */
async function pick(tab, form, name, words, keys) {
  const box = form.locator(`[name='${name}.q']`);
  if (keys) await tab.tabTo(`form [name='${name}.q']`);
  if (tab.look.js) {
    await (keys ? tab.page.keyboard.type(words) : box.pressSequentially(words));
    const found = form.locator(`#f-${name}-found input[name='${name}']`);
    await found.first().waitFor();
    assert.equal(await found.count(), 1, `${words} finds one answer for ${name}`);
    await found.check();
  } else {
    await box.fill(words);
    await tab.follow(() => form.locator(`button[name='_find'][value='${name}']`).click());
    await form.locator(`#f-${name}-found input[name='${name}']`).check();
  }
}

/** Fills and sends. `status`: what the answer is expected to be. */
export async function sendForm(tab, form, values, { keys = false, status = 200 } = {}) {
  await fillForm(tab, form, values, { keys });
  const send = form.locator("button.main[type='submit']");
  if (keys) await send.focus();
  await tab.follow(() => (keys ? tab.page.keyboard.press("Enter") : tab.press(send)), status);
}
