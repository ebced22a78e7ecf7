// Every main page keeps the laws in both widths and both looks, and its picture is taken.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DESK, PHONE } from "../harness/browser.mjs";
import { picture } from "../harness/pictures.mjs";
import { Entry } from "../pages/entry.mjs";
import { List } from "../pages/list.mjs";

// Who sees which pages; a picture's name where the documentation shows it.
const PAGES = {
  inspector: [
    ["/", "desk"],
    ["/notices"],
    ["/area/clue"],
    ["/r/clue", "list"],
    ["/r/clue/board"],
    ["/r/clue?tab=overdue"],
    ["/r/gift/import"],
    ["/r/gift/views"],
    ["/reports"],
    ["/search?q=科"],
    ["/search?q=没有这样的词"],
    ["/me/password"],
  ],
  doctor: [["/", null], ["/r/gift/new", "form"], ["/area/gift"]],
  medical: [["/r/alert", "alerts"], ["/rules"], ["/area/care"]],
  admin: [["/accounts"], ["/mail"], ["/"]],
};

export function screens({ people }) {
  describe("every main page", () => {
    for (const [role, pages] of Object.entries(PAGES)) {
      it(`of the ${role} keeps the laws at ${DESK} and ${PHONE} px`, () => look(people, role, pages));
    }
    it("keeps them in the dark", () => dark(people));
    it("keeps them in English", () => english(people));
    it("is walked by keys alone: skip link, j, Enter, Escape, ?, /", () => keys(people));
    it("at the door says what was wrong and lets nobody in", () => door(people));
  });
}

async function look(people, role, pages) {
  for (const width of [DESK, PHONE]) {
    const tab = await people.as(role, { width });
    for (const [path, name] of pages) {
      await tab.goto(path);
      if (name) await picture(tab, width === PHONE ? `${name}-360` : name);
    }
    await tab.close();
  }
}

async function dark(people) {
  const tab = await people.as("inspector", { width: DESK, scheme: "dark" });
  for (const path of ["/", "/r/clue", "/reports/s003_annex4", "/r/clue/board"]) {
    await tab.goto(path);
    if (path === "/r/clue") await picture(tab, "list-dark");
  }
  const list = new List(tab, "clue");
  await list.open();
  await new Entry(tab, "clue", (await list.numbers())[0]).open();
  await tab.close();
}

async function english(people) {
  const tab = await people.as("inspector", { width: DESK });
  await tab.goto("/");
  await tab.follow(() => tab.locator("header > a.lang").click());
  for (const path of ["/", "/r/clue", "/r/gift", "/reports/s003_annex4", "/r/gift/new"]) {
    await tab.goto(path);
    assert.equal(await tab.locator("html").getAttribute("lang"), "en");
  }
  await tab.close();
}

async function keys(people) {
  const tab = await people.as("inspector", { width: DESK });
  const { keyboard } = tab.page;
  await tab.goto("/r/clue");
  await keyboard.press("Tab");
  await keyboard.press("Enter");
  assert.equal(await tab.focused(), "main", "the skip link leads past the rail");
  await keyboard.press("j");
  const first = await tab.page.evaluate(() => document.activeElement.textContent.trim());
  await keyboard.press("Enter");
  await tab.locator(".split.open").waitFor();
  await tab.keeps("a list with its panel open");
  assert.equal(await tab.locator("#panel [data-panel-head]").innerText(), first);
  await keyboard.press("Escape");
  assert.equal(await tab.locator(".split.open").count(), 0);
  await keyboard.press("?");
  await tab.locator("dialog#keys[open]").waitFor();
  await tab.keeps("the help on keys");
  await keyboard.press("Escape");
  await keyboard.press("/");
  assert.equal(await tab.focused(), "q");
  await tab.close();
}

async function door(people) {
  for (const width of [DESK, PHONE]) {
    const tab = await people.anybody({ width });
    await tab.goto("/r/clue");
    assert.equal(new URL(tab.page.url()).pathname, "/enter", "who is not signed in comes to the door");
    await picture(tab, width === PHONE ? "login-360" : "login");
    await tab.locator("#f-account").fill("nobody");
    await tab.locator("#f-password").fill("not the password");
    await tab.follow(() => tab.press(tab.locator("main button.main")), 422);
    assert.ok(await tab.page.evaluate(() => document.activeElement.matches("[data-faults]")), "the refusal takes the focus");
    await tab.close();
  }
}
