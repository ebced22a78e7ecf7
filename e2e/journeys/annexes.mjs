// Journey 6: the inspector exports annexes 2 to 4. Heads as issued, figures that open, sealed cells that stay sealed.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DESK, PHONE } from "../harness/browser.mjs";
import { headOf, wordsOfDocx } from "../harness/office.mjs";
import { picture } from "../harness/pictures.mjs";
import { Entry } from "../pages/entry.mjs";
import { Official } from "../pages/official.mjs";

// As issued with seed 003: text @row,column rows×columns.
const flat = (...texts) => texts.map((text, column) => `${text} @0,${column} 1×1`).sort();
const HEADS = {
  s003_annex2: { rows: 1, first: "序号", cells: flat("序号", "科室名称", "主动说明问题（情况）人数", "主动说明问题（情况）个数", "主动上交钱款（金额，单位：万元）／财物（数量）") },
  s003_annex3: { rows: 1, first: "序号", cells: flat("序号", "姓名", "职务", "线索摘要", "线索来源", "受理时间", "处置方式及结果") },
  s003_annex4: {
    rows: 2,
    first: "整治工作项目",
    cells: [
      "整治工作项目 @0,0 2×1",
      "科室类别（个数） @0,1 1×4",
      "处理人员（人数） @0,5 1×3",
      "四种形态运用（人数） @0,8 1×5",
      "行政处罚（人数） @0,13 2×1",
      "通报问题（个数） @0,14 2×1",
      "完善制度（个数） @0,15 2×1",
      ...["职能科室", "临床科室", "医技科室", "合计", "中层人员", "其他", "合计", "第一种形态", "第二种形态", "第三种形态", "第四种形态", "合计"].map((text, at) => `${text} @1,${at + 1} 1×1`),
    ].sort(),
  },
};
const SEALED = "〔密〕";

export function annexes({ people }) {
  describe("6 · the inspector exports annexes 2 to 4", () => {
    for (const width of [PHONE, DESK]) {
      for (const [id, head] of Object.entries(HEADS)) {
        it(`${id} at ${width} px has the head as issued, on the page, in Excel and in Word`, () => heads(people, { width }, id, head));
      }
      it(`a figure of annex 4 opens the entries behind it at ${width} px`, () => drill(people, { width }));
    }
    it("every total of annex 2 opens its entries, and every column is explained by its own rule", () => totals(people));
    it("sealed cells say 〔密〕 until one entitled opens them, and in every file", () => sealed(people));
    it("a doctor is shown no official table", () => closed(people));
    it(`what leaves the house is asked for by one and issued by another at ${PHONE} px; whoever prepares sees working copies`, () => issued(people, { width: PHONE }));
    it("the commission reads every number of what was issued, the conduct office none that is small", () => outside(people));
  });
}

async function heads(people, look, id, head) {
  const tab = await people.as("inspector", look);
  await tab.goto("/reports");
  await tab.follow(() => tab.press(tab.locator(`a[href='/reports/${id}']`)));
  const table = new Official(tab, id);
  if (look.width === DESK && id === "s003_annex4") await picture(tab, "annex4");
  for (const [where, cells] of [["page", await table.cells()], ["xlsx", (await table.xlsx()).cells], ["docx", (await table.docx()).cells]]) {
    assert.deepEqual(headOf(cells, head.first, head.rows), head.cells, where);
  }
  const bare = (cells) => cells.map((cell) => cell.text.replaceAll(/\s/g, "")).filter(Boolean);
  const body = (cells, from) => bare(cells.filter((cell) => cell.row >= from));
  const page = await table.cells();
  const word = (await table.docx()).cells;
  assert.deepEqual(body(page, head.rows), body(word, head.rows), "page and paper say the same");
  await tab.close();
}

async function drill(people, look) {
  const tab = await people.as("inspector", look);
  const table = new Official(tab, "s003_annex4");
  await table.open();
  const figures = await table.figures();
  assert.ok(figures.length > 0, "the demo's year has figures that are not zero");
  for (const figure of figures) assert.ok(figure.full.endsWith(figure.text), `“${figure.full}” says the row, the column and the figure`);
  const persons = figures.find((one) => /处理人员.*合计/.test(one.full)) ?? figures[0];
  await tab.goto(persons.href);
  const behind = await table.behind();
  assert.ok(behind.lines.length >= 1, "at least one entry stands behind it");
  assert.equal(await tab.locator("table.form td.on").innerText(), persons.text, "the figure is marked");
  const open = behind.lines.find((line) => line.href);
  assert.ok(open, "an inspector may open at least one of them");
  await tab.follow(() => tab.press(tab.locator(`.panel .src a[href='${open.href}']`)));
  assert.ok(tab.page.url().includes("/r/"), "it leads to the entry");
  await tab.close();
}

async function totals(people) {
  const tab = await people.as("inspector", { width: DESK });
  await tab.goto("/reports/s003_annex2");
  const links = await tab.locator("table.form tbody tr:last-child td a").evaluateAll((all) => all.map((one) => one.getAttribute("href")));
  const rules = ["人数：", "个数：", "钱款、财物："];
  assert.equal(links.length, rules.length, "each of the three totals is a link");
  for (const [at, href] of links.entries()) {
    await tab.goto(href);
    assert.ok((await tab.locator(".panel").innerText()).includes(rules[at]), `${href} says ${rules[at]}`);
  }
  await tab.close();
}

async function sealed(people) {
  const tab = await people.as("inspector", { width: DESK });
  const table = new Official(tab, "s003_annex3");
  await table.open();
  const cells = async () => (await table.cells()).filter((cell) => cell.row > 0 && cell.text.includes(SEALED)).length;
  assert.ok((await cells()) > 0, "names are sealed on the page");
  assert.ok((await table.xlsx()).cells.some((cell) => cell.text.includes(SEALED)), "and in Excel");
  assert.ok(wordsOfDocx((await table.docx()).bytes).includes(SEALED), "and in Word");
  await tab.follow(() => tab.locator("form[action$='/s003_annex3/open'] button").click());
  assert.equal(await cells(), 0, "opened with the inspector's key");
  await table.open();
  assert.ok((await cells()) > 0, "no address leads to the opened table");
  await tab.close();
}

async function closed(people) {
  const tab = await people.as("doctor", { width: PHONE });
  await tab.goto("/reports/s003_annex4", 404);
  await tab.close();
}

const ONLY_ISSUER = "核发件只给核发人";

async function issued(people, look) {
  const tab = await people.as("inspector", look);
  const table = new Official(tab, "s003_annex4");
  await table.open();
  assert.ok((await tab.main()).includes("工作稿：按制表人可以查阅的条目统计"), "every working copy says so");
  await tab.follow(() => tab.press(tab.locator("form[action$='/s003_annex4/ask'] button")));
  const ask = Entry.here(tab);
  assert.equal(await ask.state(), "待核发");
  const desks = await Promise.all(["director", "secretary"].map((login) => people.as(login, look)));
  const seen = [];
  for (const desk of desks) {
    await desk.goto("/r/issue");
    if ((await desk.main()).includes(ask.number)) seen.push(desk);
  }
  assert.equal(seen.length, 1, "one of those who may is asked, and no other knows of it");
  const issuing = ask.before(seen[0]);
  await issuing.open();
  assert.equal(await issuing.move("issue"), "已核发");
  await seen[0].goto(`${table.path}?issued=${ask.number}`);
  const shown = await seen[0].main();
  assert.ok(shown.includes("按全部条目统计") && !shown.includes("工作稿"), shown);
  assert.equal((await new Official(seen[0], "s003_annex4").figures()).length, 0, "no figure of it opens anything");
  await tab.goto(`${table.path}?issued=${ask.number}`, 409);
  assert.ok((await tab.main()).includes(ONLY_ISSUER), "whoever prepares is told so, whoever they are");
  for (const one of [tab, ...desks]) await one.close();
}

async function outside(people) {
  const small = (cells) => cells.filter((cell) => cell.row > 1 && /^[1-4]$/.test(cell.text.trim()));
  const commission = await people.as("commission", { width: DESK });
  const exact = new Official(commission, "s003_annex4");
  await exact.open();
  assert.ok((await commission.main()).includes("核发件"), "the latest issued one");
  assert.ok(small(await exact.cells()).length > 0, "the demo's year has small numbers, and the form owes them");
  const conduct = await people.as("conduct", { width: DESK });
  const few = new Official(conduct, "s003_annex4");
  await few.open();
  const cells = await few.cells();
  assert.ok(cells.some((cell) => cell.text.includes("少于5")), "small numbers are written so");
  // Problems in notices and rules count neither people nor units.
  assert.deepEqual(small(cells).filter((cell) => cell.column < 14), [], "and none is told");
  assert.ok((await few.xlsx()).cells.some((cell) => cell.text.includes("少于5")), "nor in the file");
  await conduct.goto("/reports/s003_annex3", 409);
  assert.ok((await conduct.main()).includes("逐件列出"), "a ledger is not for them");
  for (const one of [commission, conduct]) await one.close();
}
