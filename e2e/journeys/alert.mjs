// Journey 7: screening raises a question, the doctor explains first, medical affairs decides.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DESK, PHONE } from "../harness/browser.mjs";
import { picture } from "../harness/pictures.mjs";
import { Entry } from "../pages/entry.mjs";
import { sendForm } from "../pages/form.mjs";
import { List } from "../pages/list.mjs";

const WHY = "本月收治重症增多，按诊疗指南用药，附病例说明。";

export function alert({ people }) {
  describe("7 · a finding is explained before anything is decided", () => {
    it(`screening's finding about a doctor is explained at ${PHONE} px, and the reason accepted until a date`, () => accepted(people, { width: PHONE }, { who: "doctor", find: screened }));
    it(`screening's finding about a department is explained by its head at ${DESK} px, and opens a talk`, () => talked(people, { width: DESK }, { who: "head", find: screened }));
    it(`a finding registered by hand takes the same way at ${DESK} px, up to a reason accepted`, () => accepted(people, { width: DESK }, { who: "doctor", find: registered }));
    it(`and at ${PHONE} px, up to a talk`, () => talked(people, { width: PHONE }, { who: "doctor", find: registered }));
    it("the person concerned does not decide, and nothing is decided before they spoke", () => ownCase(people));
  });
}

/** The finding of a rule that waits for this person. */
async function screened(people, tab) {
  const list = new List(tab, "alert");
  await list.open("?tab=open");
  const [number] = await list.numbers();
  assert.ok(number, "a finding of the demo's rules waits");
  const entry = new Entry(tab, "alert", number);
  await entry.open();
  assert.match((await entry.facts())["规则"], /^[A-Z]\d\d$/, "it names the rule that found it");
  return entry;
}

/** A finding that medical affairs registers about the doctor, who then sees it on the desk. */
async function registered(people, tab) {
  const { name, unit } = people.house.account("doctor");
  const medical = await people.as("medical", { width: DESK });
  await medical.goto("/r/alert/new");
  const values = { rule: "手工", month: "2026-05", doctor: { find: name }, figures: "点评发现三张处方超过常用量，同科中位数为一张。" };
  const form = medical.locator("form[data-guard]");
  const option = await form.locator("[name='unit'] option", { hasText: unit }).first().getAttribute("value");
  await sendForm(medical, form, { ...values, unit: option });
  const entry = Entry.here(medical);
  await medical.close();
  await tab.goto("/");
  await tab.follow(() => tab.press(tab.locator(`main a[href='${entry.path}']`).first()));
  return entry.before(tab);
}

async function explain(people, look, { who, find }) {
  const keys = look.width === DESK;
  const tab = await people.as(who, look);
  const entry = await find(people, tab);
  assert.ok(!(await tab.main()).includes("违规"), "a finding is a question, not a verdict");
  if (keys && find === screened) await picture(tab, "alert");
  assert.equal(await entry.move("explain", { reason: "patient_mix", explanation: WHY }, { keys }), "待研判");
  await tab.close();
  return entry;
}

async function accepted(people, look, about) {
  const entry = await explain(people, look, about);
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

async function talked(people, look, about) {
  const entry = await explain(people, look, about);
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
  const entry = await registered(people, doctor);
  const medical = await people.as("medical", { width: DESK });
  const early = entry.before(medical);
  await early.open();
  assert.equal(await early.next(), "", "no decision is offered before the explanation");
  await early.force("accept", 409);
  await medical.close();

  await entry.open();
  assert.equal(await entry.move("explain", { reason: "season", explanation: WHY }), "待研判");
  assert.equal(await entry.next(), "", "who explained does not decide");
  await entry.force("accept");
  await entry.force("dismiss");
  await doctor.close();
}
