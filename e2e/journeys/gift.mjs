// Journey 3: a doctor is handed cash, registers it on the phone, and two other people sign for it.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DESK, PHONE } from "../harness/browser.mjs";
import { picture } from "../harness/pictures.mjs";
import { Entry } from "../pages/entry.mjs";
import { sendForm } from "../pages/form.mjs";

const SECONDS = 30;
const GIVER = "患者家属甲";
const gift = {
  received_at: "2026-06-10T20:00",
  place: "病区走廊",
  stage: "surgery",
  manner: "unrefusable",
  awareness: "at_once",
  giver_kind: "family",
  giver: GIVER,
  "goods.0.form": "cash",
  "goods.0.count": "10",
  "goods.0.amount": "1000",
};

export function giftJourney({ people }) {
  describe("3 · a doctor hands in cash", () => {
    for (const width of [PHONE, DESK]) {
      it(`registers it at ${width} px and two others sign, up to the patient's confirmation`, () => walk(people, { width }));
    }
    it("is not signed twice by one person holding both roles", () => fourEyes(people));
  });
}

async function register(tab, { keys }) {
  await tab.goto("/");
  const begin = tab.locator("main a[href='/r/gift/new']");
  await tab.follow(() => (keys ? begin.press("Enter") : tab.press(begin)));
  await sendForm(tab, tab.locator("form[data-guard]"), gift, { keys });
  return Entry.here(tab);
}

async function walk(people, look) {
  const keys = look.width === DESK;
  const doctor = await people.as("doctor", look);
  const begun = performance.now();
  const entry = await register(doctor, { keys });
  assert.match(entry.number, /^LP-2026-\d{4}$/);
  assert.equal(await entry.state(), "待核验");
  assert.ok(performance.now() - begun <= SECONDS * 1000, `registered within ${SECONDS} s`);
  await receipt(doctor, entry, look);

  const inspector = await people.as("inspector", look);
  const signed = entry.before(inspector);
  await signed.open();
  assert.equal(await signed.move("accept", { counted_value: "1000", seal_no: "FC-001" }, { keys }), "待财务会签");
  assert.equal(await signed.next(), "", "who took it in is offered no second signature");
  await signed.force("countersign");

  const finance = await people.as("finance", look);
  const money = entry.before(finance);
  await money.open();
  assert.equal(await money.move("countersign", { receipt_no: "SJ-000001" }, { keys }), "已入库");
  assert.equal(await money.move("refund", { disposal: "account", disposed_on: "2026-06-11", disposal_no: "TK-000001" }, { keys }), "待患方确认");
  await finance.close();

  await signed.open();
  assert.equal(await signed.move("confirm", { confirmed_on: "2026-06-11" }, { keys }), "已处置");
  if (keys) await picture(inspector, "entry");
  const trail = await signed.trail();
  for (const step of ["登记红包礼品", "核验并入库", "财务会签", "登记退还患者", "患方已确认"]) assert.ok(trail.some((line) => line.includes(step)), `${step} stands in the timeline`);
  await inspector.close();
  await doctor.close();
}

/** The slip protects the doctor: it says what is registered and when, not yet that it was taken in, and does not name the giver. */
async function receipt(tab, entry, look) {
  await entry.open();
  await tab.press(tab.locator("main .top details.menu > summary"));
  await tab.follow(() => tab.press(tab.locator("main .top a[href$='/print']")));
  const paper = await tab.main();
  for (const words of ["红包礼品登记回执", entry.number, "1,000.00", "登记人：____", "不能作为上缴凭证"]) assert.ok(paper.includes(words), `${words} stands on the slip`);
  assert.ok(!paper.includes(GIVER), "the giver is not named");
  if (look.width === DESK) await picture(tab, "print");
  await tab.page.emulateMedia({ media: "print" });
  assert.equal(await tab.locator(".printed > header a").isVisible(), false, "print hides what leads elsewhere");
  const pdf = await tab.page.pdf({ format: "A4" });
  assert.equal(pdf.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length, 1, "one sheet of paper");
  await tab.page.emulateMedia({ media: "screen" });
}

async function fourEyes(people) {
  const personnel = await people.as("hr", { width: DESK });
  const person = await personOf(personnel, people.house.account("finance"));
  // Personnel propose, a leader confirms: one person gives nobody a role.
  const leader = await people.as("director", { width: DESK });
  const confirm = async () => {
    const seen = person.before(leader);
    await seen.open();
    await seen.move("appoint", {});
  };
  await person.move("propose_roles", { proposed: { row: { role: "inspector", from: "2026-06-01" } }, _note: "代班一周" });
  await confirm();
  const doctor = await people.as("doctor", { width: DESK });
  const entry = await register(doctor, { keys: false });
  await doctor.close();

  const both = await people.as("finance", { width: DESK });
  const own = entry.before(both);
  await own.open();
  assert.equal(await own.move("accept", { counted_value: "1000" }), "待财务会签");
  assert.equal(await own.next(), "");
  const closed = (await own.more()).find((line) => line.startsWith("财务会签："));
  assert.ok(closed, "the second signature is named among what is closed, with the reason");
  await own.force("countersign");
  await both.close();
  await person.open();
  await person.move("propose_roles", { proposed: { drop: "纪检监察" }, _note: "代班结束" });
  await confirm();
  await leader.close();
  await personnel.close();
}

async function personOf(tab, account) {
  await tab.goto(`/search?q=${encodeURIComponent(account.name)}`);
  await tab.follow(() => tab.locator("a[href^='/r/person/']").first().click());
  return Entry.here(tab);
}
