// What follows a clue: nobody who was wrongly reported is left with silence, and nothing is sat upon unnoticed.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DESK, PHONE } from "../harness/browser.mjs";
import { Entry } from "../pages/entry.mjs";
import { sendForm } from "../pages/form.mjs";
import { List } from "../pages/list.mjs";

const STATEMENT = "您此前被反映的问题，经核查没有证据证明，现予澄清。";

export function clearing({ people }) {
  describe("18 · a name is cleared, and what stands still is seen", () => {
    it(`a clue closed as unfounded: offered, approved, agreed and confirmed at ${PHONE} px`, () => cleared(people, { width: PHONE }));
    it("an alarm about what stands still reaches the director, who settles it", () => alarmed(people, { width: DESK }));
  });
}

async function cleared(people, look) {
  const { name } = people.house.account("staff");
  const inspector = await people.as("inspector", look);
  await inspector.goto("/r/clue/new");
  const about = { subject: name, post: "医师", summary: "反映收受礼品，未附材料。", parties: "named", concerned: { find: name } };
  await sendForm(inspector, inspector.locator("form[data-guard]"), { source: "accusation", ...about });
  const clue = Entry.here(inspector);
  assert.equal(await clue.move("propose", { mode: "close", way: "own" }), "待审批");

  const director = await people.as("director", look);
  const above = clue.before(director);
  await above.open();
  assert.equal(await above.move("approve_close", { result: "unsubstantiated" }), "待了结");
  assert.equal(await above.move("clear", { clearing_scope: "person", cleared_on: "2026-06-11", disposition: "查无实据。" }), "已澄清");
  assert.equal(await above.move("offer_clearing", { cleared_person: { find: name } }), "已澄清");
  const [number] = (await above.linked()).filter((one) => one.startsWith("CQ-"));
  assert.ok(number, "the clearing is linked with its clue");

  const begun = new Entry(inspector, "clearing", number);
  await begun.open();
  assert.equal(await begun.move("submit", { scope: "person", form: "talk", statement: STATEMENT }), "待审批");
  const staff = await people.as("staff", look);
  const theirs = begun.before(staff);
  await theirs.open(404);
  await clue.before(staff).open(404);
  const approving = begun.before(director);
  await approving.open();
  assert.equal(await approving.move("approve"), "待本人同意");
  await theirs.open();
  assert.ok((await staff.main()).includes(STATEMENT), "the person reads the conclusion");
  assert.equal(await theirs.move("agree"), "待实施");
  await begun.open();
  assert.equal(await begun.move("carry_out", { done_on: "2026-06-11", done_how: "当面说明。" }), "待本人确认");
  await theirs.open();
  assert.equal(await theirs.move("confirm", { reply: "谢谢。" }), "已正名");
  for (const tab of [staff, director, inspector]) await tab.close();
}

async function alarmed(people, look) {
  const director = await people.as("director", look);
  const list = new List(director, "stall");
  await list.open("?tab=standstill");
  const [number] = await list.numbers();
  assert.ok(number, "something in the demo's year stands still");
  const alarm = new Entry(director, "stall", number);
  await alarm.open();
  assert.equal(await alarm.move("supervise", { order: "本周内提出办理意见。", order_due: "2026-06-18" }), "督办中");
  assert.equal(await alarm.move("settle", { outcome: "resumed", _note: "已恢复办理。" }), "已处置");
  await director.close();
}
