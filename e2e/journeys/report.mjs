// Journey 1: a patient scans a code, answers four groups of questions, gets a code and asks later. Without an account.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DESK, PHONE } from "../harness/browser.mjs";
import { picture } from "../harness/pictures.mjs";
import { Entry } from "../pages/entry.mjs";
import { List, countOf } from "../pages/list.mjs";
import { ask, codeOf, isCode, leave, messages, typedBadly, write } from "../pages/receipt.mjs";
import { PublicReport } from "../pages/report.mjs";

const PAGES_BYTES = 60_000;
const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
const picture1 = { name: "窗口照片.png", mimeType: "image/png", buffer: png };
const paper = { name: "经过.txt", mimeType: "text/plain", buffer: Buffer.from("五月二十日上午，缴费窗口。") };
const disguised = { name: "假照片.png", mimeType: "image/png", buffer: Buffer.concat([Buffer.from("MZ\x90\x00\x03", "latin1"), Buffer.alloc(600)]) };

export function report({ people }) {
  describe("1 · a patient reports and asks later", () => {
    for (const width of [PHONE, DESK]) {
      for (const js of [true, false]) {
        const how = `at ${width} px ${js ? "with" : "without"} JavaScript`;
        it(`reports ${how}`, () => walk(people, { width, js }));
        it(`keeps a code shown once and asks later ${how}`, () => codes(people, { width, js }));
      }
    }
    it("costs no more than 60 KB from the first page to the receipt, the script that seals included", () => weigh(people));
    it("leaves at once, and going back shows nothing", () => exit(people));
    it("answers unknown and malformed codes alike, in words and in time", () => unknown(people));
    it("is read by the inspector only on a page opened with a key, which says that the look is recorded", () => opened(people));
  });
}

async function walk(people, look) {
  const inspector = await people.as("inspector", { width: DESK });
  const before = await countOf(inspector, "report");
  const tab = await people.anybody(look);
  const form = new PublicReport(tab);
  const matter = `有人暗示多付费用可以提前检查（${look.width}${look.js ? "" : "，无脚本"}）`;

  await form.begin();
  const first = await tab.main();
  for (const notice of ["严格保密", "捏造、诬告", "回执码"]) assert.ok(first.includes(notice), `${notice} is said before writing`);
  if (look.js) await picture(tab, look.width === PHONE ? "report-360" : "report");
  await form.choose("identity", "anonymous");
  await form.choose("route", "department");
  await form.next();

  await faultTakesFocus(form, look);
  await form.next();
  assert.equal(await form.at(), "3");
  await form.fill("unit_text", "检查科");
  await form.fill("persons", "不清楚");
  await form.next();
  await attachments(form, matter);
  await form.next();

  assert.equal(await form.at(), "check", "who stays anonymous is not asked for a name");
  await checkAndChange(form, matter);
  await nameAndBack(form, matter);

  assert.deepEqual(await tab.context.cookies(), [], "no cookie before submission");
  const send = tab.locator("main button.main[name='_send']");
  await tab.follow(() => send.dblclick());
  assert.match(await tab.heading(), /已收到/);
  assert.equal(await countOf(inspector, "report"), before + 1, "two presses are one report");
  await tab.close();
  await inspector.close();
}

async function codes(people, look) {
  const tab = await people.anybody(look);
  const form = new PublicReport(tab);
  await form.fillAll({ matter: "凭回执码再来问" });
  await tab.follow(() => tab.locator("main button.main[name='_send']").dblclick());
  const code = await codeOf(tab);
  isCode(code);
  if (look.js) await picture(tab, look.width === PHONE ? "receipt-360" : "receipt");
  await shownOnce(tab, code);
  await tab.close();
  await askLater(people, look, code);
}

/** A fault: the summary comes first and takes the focus, its link leads into the field, what was right stays. */
async function faultTakesFocus(form, { js }) {
  const { tab } = form;
  assert.equal(await form.at(), "2");
  await form.fill("when_text", "　 ");
  await form.fill("where_text", "门诊二楼");
  await form.next(422);
  assert.equal(await form.at(), "2");
  assert.equal(await tab.locator("main > :first-child").getAttribute("role"), "alert", "the summary stands first");
  if (js) assert.ok(await tab.page.evaluate(() => document.activeElement.matches("[data-faults]")), "the summary takes the focus");
  assert.equal(await tab.locator("#f-when_text").getAttribute("aria-invalid"), "true");
  await tab.press(tab.locator("[data-faults] a"));
  if (js) assert.equal(await tab.focused(), "f-when_text");
  else assert.equal(new URL(tab.page.url()).hash, "#f-when_text");
  assert.equal(await form.value("where_text"), "门诊二楼", "what was right stays");
  await form.fill("when_text", "2026年5月");
}

/** A file that is not what it says is refused by name; the others and the words stay. */
async function attachments(form, matter) {
  const { tab } = form;
  assert.equal(await form.at(), "4");
  assert.match(await tab.main(), /每个不超过 20 MB/, "the limit is said beforehand");
  await form.fill("matter", matter);
  // What is sealed in the browser is looked into when it is opened: see sealing.mjs.
  if (tab.look.js) return form.attach([picture1, paper]);
  await form.attach([picture1, disguised]);
  await form.next(422);
  assert.ok((await tab.locator("[data-faults]").innerText()).includes(disguised.name), "the fault names the file");
  assert.equal(await form.value("matter"), matter, "words survive the refusal");
  assert.ok((await tab.locator(".files").innerText()).includes(picture1.name), "the good file is kept");
  await form.attach([paper]);
}

/** A real name brings a fifth step; going back to anonymous takes it away, with what was typed there. */
async function nameAndBack(form, matter) {
  const { tab } = form;
  const total = async () => /共\s*(\d)\s*步/.exec(await tab.locator(".step").innerText())?.[1];
  await form.change(1);
  await form.choose("identity", "named");
  await form.next();
  assert.equal(await total(), "5");
  while ((await form.at()) !== "5") await form.next();
  await form.fill("reporter", "示例姓名");
  await form.fill("contact", "000-0000");
  await form.back();
  assert.equal(await form.at(), "4");
  assert.equal(await form.value("matter"), matter, "one step back keeps the words");
  assert.ok((await tab.main()).includes(picture1.name), "and the files");
  await form.next();
  assert.equal(await form.value("reporter"), "示例姓名", "forth again they are still there");
  await form.next();
  assert.equal((await form.answers())["您的姓名"], "示例姓名");
  await form.change(1);
  await form.choose("identity", "anonymous");
  await form.next();
  assert.equal(await total(), "4");
  while ((await form.at()) !== "check") await form.next();
  assert.ok(!(await tab.page.content()).includes("示例姓名"), "nothing of the name travels on");
}

async function checkAndChange(form, matter) {
  let answers = await form.answers();
  assert.equal(answers["发生了什么"], matter);
  assert.equal(answers["在哪里"], "门诊二楼");
  assert.ok(answers["照片、录音或文件"].includes(picture1.name) && answers["照片、录音或文件"].includes(paper.name), "both files stand there");
  await form.change(2);
  assert.equal(await form.at(), "2");
  await form.fill("where_text", "门诊三楼");
  while ((await form.at()) !== "check") await form.next();
  answers = await form.answers();
  assert.equal(answers["在哪里"], "门诊三楼");
  assert.equal(answers["发生了什么"], matter, "a change elsewhere keeps the rest");
}

/** After leaving, nothing on the way back shows the code. */
async function shownOnce(tab, code) {
  await leave(tab);
  const shows = async () => (await settled(tab)).includes(code.slice(0, 4));
  assert.equal(await shows(), false, "the page after it no longer shows it");
  assert.deepEqual(await tab.context.cookies(), [], "and no cookie keeps it");
  await tab.page.goBack().catch(() => {});
  assert.equal(await shows(), false, "nor does the page before");
  tab.errors.length = 0;
}

/** Going back to the answer of a form ends on the browser's own page, which comes in two steps. */
async function settled({ page }) {
  for (let tries = 0; tries < 20; tries += 1) {
    await page.waitForLoadState("load").catch(() => {});
    const content = await page.content().catch(() => null);
    if (content !== null) return content;
    await page.waitForTimeout(100);
  }
  throw new Error("the page never settled");
}

async function askLater(people, look, code) {
  const tab = await people.anybody(look);
  await ask(tab, typedBadly(code));
  assert.match(await tab.heading(), /您的举报/);
  assert.match(await tab.main(), /预计 .+ 前：告知是否受理/, "it says what comes next, and when; the house's own alarms are no promise");
  await write(tab, "补充：五月二十日上午。");
  assert.deepEqual(await messages(tab), ["补充：五月二十日上午。"]);
  assert.deepEqual(await tab.context.cookies(), []);
  await tab.close();
}

/** The script that seals comes with the second page, compressed; nobody without JavaScript fetches it. */
async function weigh(people) {
  for (const js of [true, false]) {
    const tab = await people.anybody({ width: PHONE, js });
    const form = new PublicReport(tab);
    await form.fillAll({ matter: "收费单上有没做过的检查" });
    await form.next();
    assert.match(await tab.heading(), /已收到/);
    assert.ok(tab.bytes > 0);
    console.log(`# a whole report ${js ? "with" : "without"} JavaScript: ${tab.bytes} bytes`);
    assert.ok(tab.bytes <= PAGES_BYTES, `${tab.bytes} bytes`);
    await leave(tab);
    await tab.close();
  }
}

async function exit(people) {
  const tab = await people.anybody({ width: PHONE });
  const form = new PublicReport(tab);
  await form.begin();
  await form.choose("identity", "anonymous");
  await form.choose("route", "it");
  await form.next();
  await form.fill("when_text", "上星期三");
  const link = tab.locator("a[data-exit]");
  const { origin } = new URL(await link.getAttribute("href"));
  assert.notEqual(origin, tab.house.address);
  tab.allowed.add(origin);
  await tab.context.route(`${origin}/**`, (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html><title>天气</title>" }));
  await Promise.all([tab.page.waitForURL(`${origin}/**`), link.tap()]);
  await tab.page.goBack({ waitUntil: "load" }).catch(() => {});
  await tab.page.waitForLoadState("load");
  assert.ok(!(await tab.page.content()).includes("上星期三"), "going back shows nothing that was typed");
  tab.errors.length = 0;
  await tab.close();
}

async function unknown(people) {
  const tab = await people.anybody({ width: DESK });
  const typed = { unknown: "0000-1111-2222-3333-4444", malformed: "0000" };
  const said = {};
  for (const [kind, code] of Object.entries(typed)) {
    await ask(tab, code, 422);
    assert.equal(await tab.locator("#f-code").inputValue(), code, "what was typed stays, to be looked at again");
    said[kind] = await tab.main();
  }
  assert.equal(said.unknown, said.malformed);
  const took = { unknown: [], malformed: [] };
  for (let round = 0; round < 9; round += 1) {
    for (const [kind, code] of Object.entries(typed)) {
      const begun = performance.now();
      await tab.context.request.post(`${tab.house.address}/receipt`, { form: { code } });
      took[kind].push(performance.now() - begun);
    }
  }
  const median = (times) => times.sort((one, other) => one - other)[4];
  assert.ok(Math.abs(median(took.unknown) - median(took.malformed)) < 50, `medians ${median(took.unknown)} and ${median(took.malformed)} ms`);
  await tab.close();
}

async function opened(people) {
  const matter = "请求核查五月的检查收费";
  const outside = await people.anybody({ width: PHONE, js: false });
  const form = new PublicReport(outside);
  await form.fillAll({ matter, named: { name: "举报人甲", contact: "000-0000" } });
  await form.next();
  await leave(outside);
  await outside.close();

  const inspector = await people.as("inspector", { width: DESK });
  const list = new List(inspector, "report");
  await list.open("?sort=-created");
  const entry = new Entry(inspector, "report", (await list.numbers())[0]);
  await entry.open();
  assert.ok(!(await inspector.main()).includes(matter), "sealed until it is opened");
  await inspector.follow(() => inspector.locator("form[action$='/open'] button").click());
  assert.ok((await inspector.main()).includes(matter), "opened with the inspector's key");
  assert.match(await inspector.main(), /您于 .+ 的查看已记录/, "who opens it is told that the look is recorded");
  await entry.open();
  assert.ok(!(await inspector.main()).includes(matter), "no address leads to the opened page");
  await inspector.close();
}
