// Journey 10: a head of department checks the own house, mends what is found, and somebody else strikes it off.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DESK, PHONE } from "../harness/browser.mjs";
import { picture } from "../harness/pictures.mjs";
import { Entry } from "../pages/entry.mjs";
import { sendForm } from "../pages/form.mjs";

const evidence = [{ name: "公示照片.txt", mimeType: "text/plain", buffer: Buffer.from("收费公示已张贴") }];
const found = {
  kind: "over_examination",
  found_on: "2026-06-10",
  description: "自查发现复查间隔短于规范。",
  due_on: "2026-07-10",
};

export function problem({ people }) {
  describe("10 · a problem found by oneself is struck off by another", () => {
    for (const width of [PHONE, DESK]) {
      it(`at ${width} px: self-check, measure, evidence, verification`, () => walk(people, { width }));
    }
    it("the owner cannot strike off their own, even with a verifier's role", () => ownItem(people));
  });
}

async function create(tab, values, { keys = false } = {}) {
  await tab.goto("/r/problem/new");
  await sendForm(tab, tab.locator("form[data-guard]"), values, { keys });
  return Entry.here(tab);
}

async function walk(people, look) {
  const keys = look.width === DESK;
  const head = await people.as("head", look);
  const entry = await create(head, found, { keys });
  assert.match(entry.number, /^ZG-2026-\d{4}$/);
  assert.equal(await entry.state(), "待认领");
  assert.equal(await entry.move("plan", { measure: "按规范重排复查间隔，组织学习。" }, { keys }), "整改中");
  assert.equal(await entry.move("submit", { done: "间隔已按规范设置，抽查十例符合。", evidence }, { keys }), "待验收");
  assert.equal(await entry.next(), "", "the owner is offered no verification");
  await entry.force("verify");
  await head.close();

  const conduct = await people.as("conduct", look);
  const verified = entry.before(conduct);
  await verified.open();
  assert.ok((await conduct.main()).includes(evidence[0].name), "the verifier sees the evidence");
  const [file] = await Promise.all([conduct.page.waitForEvent("download"), conduct.press(conduct.locator("main .read dd a[href*='/file/']"))]);
  assert.equal(file.suggestedFilename(), evidence[0].name);
  assert.equal(await verified.move("verify", { verified: "现场核对，符合。" }, { keys }), "已销号");
  await conduct.close();
}

async function ownItem(people) {
  const { name } = people.house.account("conduct");
  const head = await people.as("head", { width: DESK });
  const entry = await create(head, { ...found, description: "行风台账抽查记录不全。", responsible: { find: name } });
  await head.close();

  const conduct = await people.as("conduct", { width: DESK });
  const own = entry.before(conduct);
  await own.open();
  assert.equal(await own.move("plan", { measure: "补齐记录，按月核对。" }), "整改中");
  assert.equal(await own.move("submit", { done: "记录已补齐。", evidence }), "待验收");
  assert.equal(await own.next(), "");
  assert.ok((await own.more()).some((line) => line.startsWith("验收销号：")), "the closed move is named with its reason");
  await own.force("verify");
  await conduct.goto("/r/problem/board");
  await picture(conduct, "board");
  await conduct.close();

  const inspector = await people.as("inspector", { width: PHONE });
  const other = entry.before(inspector);
  await other.open();
  assert.equal(await other.move("verify", { verified: "核对台账，齐全。" }), "已销号");
  await inspector.close();
}
