// Journey 15: house and reporter write to each other, and neither gives away who they are.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DESK, PHONE } from "../harness/browser.mjs";
import { picture } from "../harness/pictures.mjs";
import { Entry } from "../pages/entry.mjs";
import { List } from "../pages/list.mjs";
import { ask, codeOf, leaveByGroup, messages, proofOf, write } from "../pages/receipt.mjs";
import { PublicReport } from "../pages/report.mjs";

const QUESTION = "请问大约是几点钟？当时旁边有没有别人？";
const REPLY = "下午三点左右，旁边有两位在排队。";
const JOT = "先看五月二十日的排班";
const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

export function talk({ people }) {
  describe("15 · house and reporter write to each other", () => {
    it("asks, is answered with a picture, and keeps its own notes to itself", () => exchange(people));
  });
}

async function exchange(people) {
  const outside = await people.anybody({ width: PHONE, js: false });
  const form = new PublicReport(outside);
  await form.fillAll({ matter: "五月二十日缴费窗口的事" });
  await form.next();
  const code = await codeOf(outside);
  const line = await proofOf(outside);
  await leaveByGroup(outside, "0000", 422);
  assert.equal(await codeOf(outside), code, "a wrong last group shows the code again");
  await leaveByGroup(outside, code.slice(-4).toLowerCase());

  const inspector = await people.as("inspector", { width: DESK });
  const list = new List(inspector, "report");
  await list.open("?sort=-created");
  const entry = new Entry(inspector, "report", (await list.numbers())[0]);
  await entry.open();
  const level = inspector.locator("#talk .level");
  assert.equal(await level.innerText(), "举报人可见");
  await inspector.locator("#f-_message").fill(QUESTION);
  await inspector.follow(() => inspector.locator("form[action$='/message'] button").click());
  await jot(inspector, entry);

  await ask(outside, code);
  assert.match(await outside.main(), /医院有 1 条新留言/);
  assert.deepEqual(await messages(outside), [QUESTION]);
  assert.ok(!(await outside.main()).includes(JOT));
  await outside.locator("#f-files").setInputFiles([{ name: "缴费单据.png", mimeType: "image/png", buffer: png }]);
  await write(outside, REPLY);
  assert.match(await outside.main(), /缴费单据\.png/);

  await list.open("?sort=-created");
  assert.match(await inspector.main(), /有新留言/, "the list says that the reporter wrote");
  await entry.open();
  assert.ok(!(await inspector.main()).includes(REPLY), "sealed until it is opened");
  await inspector.follow(() => inspector.locator("form[action$='/open'] button").click());
  assert.deepEqual(await inspector.locator("#talk .long").allInnerTexts(), [QUESTION, REPLY]);
  assert.match(await inspector.locator("#talk").innerText(), /缴费单据\.png/);
  await picture(inspector, "talk");
  await colleague(people, entry);

  await outside.goto("/receipt/check");
  await outside.locator("#f-line").fill(line);
  await outside.follow(() => outside.press(outside.locator("main button.main")));
  assert.match(await outside.main(), /本院的链上有这一条/);
  await outside.close();
  await inspector.close();
}

/** A note to oneself stands in one's own timeline, with its level in words and a shape of its own. */
async function jot(inspector, entry) {
  await inspector.goto(`${entry.path}/note`);
  await inspector.locator("input[name='level'][value='own']").check();
  await inspector.locator("#f-_note").fill(JOT);
  await inspector.follow(() => inspector.locator("main form button[type='submit']").last().click());
  assert.match(await inspector.main(), new RegExp(`仅自己可见.*${JOT}`));
  assert.equal(await inspector.locator(".trail .level.own").count(), 1);
}

async function colleague(people, entry) {
  const other = await people.as("inspector2", { width: DESK });
  await entry.before(other).open();
  const seen = await other.main();
  assert.ok(!seen.includes(JOT) && !seen.includes("仅自己可见"), "a colleague does not see that it exists");
  await other.close();
}
