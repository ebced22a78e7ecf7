// What faces the public beside the form for reports: staff take a call down and hand over its code, posters, the notice, ratings by link,
// calls after discharge.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { DESK, PHONE } from "../harness/browser.mjs";
import { picture } from "../harness/pictures.mjs";
import { countOf } from "../pages/list.mjs";
import { ask, codeOf, isCode } from "../pages/receipt.mjs";

export function outward({ people }) {
  describe("8 · staff hand over codes, patients rate and are called", () => {
    it("takes a call down, hands its code over once, and reads it no more", () => handsOver(people));
    it("prints posters, an A4 sheet each, whose code leads to the form", () => posters(people));
    for (const js of [true, false]) it(`shows notice and channels ${js ? "with" : "without"} JavaScript`, () => notice(people, js));
    it("rates by a one-time link once; a yes opens a clue", () => rates(people));
    it("works the call list by keyboard", () => calls(people));
  });
}

async function handsOver(people) {
  const desk = await people.as("conduct", { width: DESK });
  await desk.goto("/r/report/new");
  await desk.locator("#f-channel").selectOption("phone");
  for (const [name, value] of [["route", "department"], ["identity", "anonymous"]]) {
    const box = desk.locator(`[name='${name}'][value='${value}']`);
    if (await box.count()) await box.check();
    else await desk.locator(`#f-${name}`).selectOption(value);
  }
  const told = { when_text: "上个月", where_text: "缴费窗口旁", unit_text: "不清楚", persons: "不清楚", matter: "来电人说有人另要现金" };
  for (const [name, text] of Object.entries(told)) await desk.locator(`#f-${name}`).fill(text);
  await desk.follow(() => desk.locator("main form[action='/r/report/new'] button.main").click());
  assert.match(await desk.heading(), /把回执码交给举报人/);
  const code = await codeOf(desk);
  isCode(code);
  const page = await desk.main();
  assert.ok(!page.includes(told.matter) && !/JB-/.test(page), "neither content nor number");
  await picture(desk, "handover");
  const caller = await people.anybody({ width: PHONE });
  await ask(caller, code);
  assert.match(await caller.main(), /您的举报/);
  await caller.close();
  await desk.locator("#kept").check();
  await desk.follow(() => desk.locator("main form button.main").click());
  assert.equal(await countOf(desk, "report"), 0, "whoever took it down reads none");
  await desk.close();
}

async function posters(people) {
  const tab = await people.as("inspector", { width: DESK });
  await tab.goto("/places");
  const places = await tab.locator("input[name='at']").count();
  assert.ok(places >= 5, `${places} places in the demo`);
  await tab.follow(() => tab.locator("main form button.main").click());
  assert.equal(await tab.locator(".sheet").count(), places);
  await tab.goto("/places/posters?at=A1-01");
  await picture(tab, "poster");
  const pdf = (await tab.page.pdf({ preferCSSPageSize: true })).toString("latin1");
  assert.equal((pdf.match(/\/Type\s*\/Page\b/g) ?? []).length, 1, "one page");
  const box = /\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)/.exec(pdf);
  assert.ok(Math.abs(Number(box?.[1]) - 595.3) < 2 && Math.abs(Number(box?.[2]) - 841.9) < 2, `A4, not ${box?.[0]}`);
  await tab.close();
  const anybody = await people.anybody({ width: PHONE, js: false });
  await anybody.goto("/report?at=A1-01");
  assert.equal(await anybody.locator("input[name='_place']").getAttribute("value"), "A1-01");
  await anybody.goto("/report?at=%3Cb%3E");
  assert.equal(await anybody.locator("input[name='_place']").count(), 0);
  await anybody.close();
}

async function notice(people, js) {
  const tab = await people.anybody({ width: PHONE, js });
  await tab.goto("/report");
  await tab.follow(() => tab.press(tab.locator("main a[href='/notice']")));
  const said = await tab.main();
  for (const words of ["8:00–12:00", "专项整治公告", "受理范围", "打击报复"]) assert.ok(said.includes(words), `${words}: ${said}`);
  assert.ok(!said.includes("待审核"), "what is drafted is nobody's");
  assert.ok(tab.bytes <= 60_000, `${tab.bytes} bytes with the page before it`);
  if (js) await picture(tab, "notice-360");
  await tab.close();
}

async function rates(people) {
  const desk = await people.as("inspector", { width: DESK });
  const clues = await countOf(desk, "clue");
  await desk.goto("/ratings");
  assert.match(await desk.main(), /＜5/);
  await picture(desk, "ratings");
  await desk.locator("#f-unit").selectOption({ index: 1 });
  await desk.locator("input[name='stage'][value='discharge']").check();
  await desk.locator("#f-count").fill("2");
  const [file] = await Promise.all([desk.page.waitForEvent("download"), desk.locator("form[action='/ratings/links'] button.main").click()]);
  const rows = (await readFile(await file.path(), "utf8")).trim().split("\r\n").slice(1);
  assert.equal(rows.length, 2);
  const path = new URL(rows[0].split(",")[0]).pathname;
  assert.ok(path.length <= 25, path);
  const patient = await people.anybody({ width: PHONE, js: false });
  await patient.goto(path);
  await picture(patient, "rate-360");
  for (const [name, value] of [["score", "s2"], ["asked_for", "yes"], ["sent_out", "no"]]) await patient.locator(`input[name='${name}'][value='${value}']`).check();
  await patient.follow(() => patient.press(patient.locator("main button.main")));
  assert.match(await patient.main(), /已转给纪检监察核查/);
  await patient.goto(path);
  assert.match(await patient.main(), /只能用一次/);
  assert.deepEqual(await patient.context.cookies(), []);
  await patient.close();
  assert.equal(await countOf(desk, "clue"), clues + 1);
  await desk.close();
}

async function calls(people) {
  const tab = await people.as("nursing", { width: DESK });
  await tab.goto("/calls");
  await picture(tab, "calls");
  const waiting = async () => Number(/\d+/.exec(await tab.locator("h1 small").innerText())[0]);
  const called = async () => (await tab.locator("table.ledger td:nth-child(6)").allInnerTexts()).reduce((sum, cell) => sum + Number(cell), 0);
  const [before, done] = [await waiting(), await called()];
  const keys = tab.page.keyboard;
  await tab.tabTo("input[name='asked_for']");
  await keys.press("Space");
  await tab.tabTo("input[name='sent_out']");
  await keys.press("Space");
  await tab.tabTo("main button.main");
  await tab.follow(() => keys.press("Enter"));
  assert.equal(await waiting(), before - 1);
  assert.equal(await called(), done + 1, "the ward owes one less");
  const next = await tab.locator("section h2 a").innerText();
  await tab.tabTo("input[name='make'][value='miss'] ~ button");
  await tab.follow(() => keys.press("Enter"));
  assert.equal(await waiting(), before - 1, "who was not reached still waits");
  assert.notEqual(await tab.locator("section h2 a").innerText(), next, "and comes later");
  await tab.close();
}
