// Journey 7: screening raises a question, the doctor explains first, medical affairs decides.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DESK, PHONE } from "../harness/browser.mjs";
import { picture } from "../harness/pictures.mjs";
import { Entry } from "../pages/entry.mjs";
import { List } from "../pages/list.mjs";

const WHY = "本月收治重症增多，按诊疗指南用药，附病例说明。";

export function alert({ people }) {
  describe("7 · a finding is explained before anything is decided", () => {
    for (const width of [PHONE, DESK]) {
      it(`a reason accepted at ${width} px stands on the list of reasons with its date`, () => accepted(people, { width }));
      it(`a reason not accepted at ${width} px opens a talk`, () => talked(people, { width }));
    }
    it("the person concerned does not decide, and nothing is decided before they spoke", () => ownCase(people));
  });
}

/** The next finding that waits for this doctor. */
async function waiting(tab) {
  const list = new List(tab, "alert");
  await list.open("?tab=open");
  const numbers = await list.numbers();
  assert.ok(numbers.length > 0, "a finding waits for the doctor");
  const entry = new Entry(tab, "alert", numbers[0]);
  await entry.open();
  return entry;
}

async function explain(people, look) {
  const keys = look.width === DESK;
  const doctor = await people.as("doctor", look);
  const entry = await waiting(doctor);
  assert.ok(!(await doctor.main()).includes("违规"), "a finding is a question, not a verdict");
  if (keys) await picture(doctor, "alert");
  assert.equal(await entry.move("explain", { reason: "patient_mix", explanation: WHY }, { keys }), "待研判");
  await doctor.close();
  return entry;
}

async function accepted(people, look) {
  const entry = await explain(people, look);
  const medical = await people.as("medical", look);
  const decided = entry.before(medical);
  await decided.open();
  assert.ok((await medical.main()).includes(WHY), "the reason is read before the decision");
  assert.equal(await decided.move("accept", { opinion: "核对病案，理由成立。", whitelist_until: "2026-12-31" }, { keys: look.width === DESK }), "理由成立");
  const [reason] = await decided.linked();
  assert.match(reason, /^BM-2026-\d{4}$/);
  const quiet = new Entry(medical, "whitelist", reason);
  await quiet.open();
  assert.equal(await quiet.state(), "有效");
  assert.match((await quiet.facts())["止"], /12月31日/);
  await medical.close();
}

async function talked(people, look) {
  const entry = await explain(people, look);
  const medical = await people.as("medical", look);
  const decided = entry.before(medical);
  await decided.open();
  assert.equal(await decided.move("talk", { opinion: "说明不足以解释增幅，约谈了解。" }), "已转谈话");
  const [talk] = await decided.linked();
  assert.match(talk, /^TH-2026-\d{4}$/);
  const planned = new Entry(medical, "talk", talk);
  await planned.open();
  assert.equal(await planned.state(), "待谈话");
  await medical.close();
}

async function ownCase(people) {
  const doctor = await people.as("doctor", { width: DESK });
  const entry = await waiting(doctor);
  await entry.force("accept");
  const medical = await people.as("medical", { width: DESK });
  const early = entry.before(medical);
  await early.open();
  assert.equal(await early.next(), "", "no decision is offered before the explanation");
  await early.force("accept", 409);
  await medical.close();
  await doctor.close();
}
