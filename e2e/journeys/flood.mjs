// Journey 19, the last that reports: very many report at once. Above the house's rate a report costs a puzzle: a sum in words, or work a script does; nobody is turned away.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { DESK, PHONE } from "../harness/browser.mjs";
import { openEmptyHouse } from "../harness/house.mjs";
import { Tab } from "../harness/tab.mjs";
import { ask, codeOf, isCode } from "../pages/receipt.mjs";
import { PublicReport } from "../pages/report.mjs";

/** A script answers within this on a busy machine. Units: ms. */
const MOST_WORK_MS = 300_000;
/** Reports sent beyond the first that costs a puzzle: so long the next one costs one too, on a machine that takes its time. */
const BEYOND = 40;

export function flood({ people }) {
  describe("19 · a puzzle while very many report at once", () => {
    let house;
    const by = (look) => Tab.open(house, people.browser, look);
    before(async () => {
      house = await openEmptyHouse({ flood: "each = 1\nall = 1" });
      await free(await by({ width: PHONE, js: false }));
    });
    after(() => house.end());
    for (const width of [PHONE, DESK]) {
      it(`asks for a sum in words without JavaScript at ${width} px, and takes the report as it was typed`, async () => sum(await by({ width, js: false })));
      it(`lets the page's script do the work at ${width} px, and the person press the button`, async () => work(await by({ width })));
    }
    it("asks nobody who seals in the browser for anything", () => sealed(people));
    it("and meanwhile the house logged no panic and no error", () => assert.deepEqual(house.complaints(), []));
  });
}

/** Within the rate nobody is asked. */
async function free(tab) {
  const form = new PublicReport(tab);
  await form.fillAll({ matter: "第一件，不出题" });
  await form.next();
  isCode(await codeOf(tab));
  await tab.close();
}

/** 十一 to 九十九. */
function number(words) {
  const digit = (text) => "零一二三四五六七八九".indexOf(text);
  if (!words.includes("十")) return digit(words);
  const [tens, ones] = words.split("十");
  return (tens ? digit(tens) : 1) * 10 + (ones ? digit(ones) : 0);
}

async function answer(tab) {
  const [, one, other] = /([一二三四五六七八九十]+)加([一二三四五六七八九十]+)，等于多少/.exec(await tab.main());
  return number(one) + number(other);
}

async function sum(tab) {
  const form = new PublicReport(tab);
  await form.fillAll({ matter: `人多的时候写的，一字不少（${tab.look.width}）` });
  await form.next(429);
  assert.match(await tab.heading(), /还差一步/);
  assert.match(await tab.main(), /不会丢/);
  await tab.locator("#f-_sum").fill("1");
  await form.next(429);
  assert.match(await tab.locator("[data-faults]").innerText(), /答案不对/);
  assert.equal(await tab.locator("#f-_sum").getAttribute("aria-invalid"), "true");
  // By keyboard, and in the digits of a Chinese keyboard.
  await tab.tabTo("#f-_sum");
  await tab.page.keyboard.insertText(String(await answer(tab)).replaceAll(/\d/g, (digit) => String.fromCodePoint(digit.charCodeAt(0) + 0xfee0)));
  await tab.follow(() => tab.page.keyboard.press("Enter"));
  await receipt(tab);
}

/** Nobody keeps names in this house yet, so nothing is sealed in the browser and the page itself is answered with the puzzle. */
async function work(tab) {
  const { page } = tab;
  const form = new PublicReport(tab);
  await form.fillAll({ matter: "由浏览器代答" });
  await form.next(429);
  await page.locator("[data-worked]").waitFor({ timeout: MOST_WORK_MS });
  await tab.keeps();
  assert.match(await tab.main(), /已代答完毕，请点“提交”/);
  assert.equal(await page.locator("#f-_sum").isVisible(), false, "nothing is left to type");
  assert.ok(await page.locator("main button[type=submit]").evaluate((button) => button === document.activeElement), "the button has the focus");
  await tab.follow(() => page.keyboard.press("Enter"));
  await receipt(tab);
}

/** In the demo, which keeps to the limits a house comes with: one address sends more than they allow within a minute. */
async function sealed(people) {
  const many = await people.anybody({ width: DESK, js: false });
  await new PublicReport(many).fillAll({ matter: "一再提交的同一件" });
  const form = await many.locator("main form").first().evaluate((form) => Object.fromEntries(new FormData(form)));
  // A form serves one report: each asks for one of its own.
  const send = async () => {
    const blank = await (await many.context.request.get(`${many.house.address}/report`)).text();
    const [, token] = /name="_draft"[^>]*value="([^"]+)"/.exec(blank);
    return many.context.request.post(`${many.house.address}/report`, { form: { ...form, _draft: token, _send: "1" } });
  };
  const tab = await people.anybody({ width: PHONE });
  const asked = [];
  tab.page.on("response", (response) => new URL(response.url()).pathname === "/report/sealed" && asked.push(response.status()));
  const report = new PublicReport(tab);
  await report.fillAll({ matter: "在浏览器里密封的" });
  for (let sent = 0, beyond = 0; beyond < BEYOND; sent += 1) {
    assert.ok(sent < 600, "the house asks in the end");
    if ((await send()).status() === 429) beyond += 1;
  }
  await many.close();
  // The house asks on the way, and the script answers it.
  await report.next(429);
  assert.deepEqual(asked, [429, 200]);
  await receipt(tab);
}

/** The report is there, and its code opens it. */
async function receipt(tab) {
  assert.match(await tab.heading(), /已收到/);
  const code = await codeOf(tab);
  isCode(code);
  await ask(tab, code);
  assert.match(await tab.heading(), /您的举报/);
  assert.deepEqual(await tab.context.cookies(), [], "no cookie, for a puzzle either");
  await tab.close();
}
