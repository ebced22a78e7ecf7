// Journey 12: what concerns a leader goes up: chosen by one inspector, agreed to by another, sealed to the authority's key, opened there
// with the same program, and confirmed by the code told back.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, it } from "node:test";
import { promisify } from "node:util";
import { DESK, PHONE } from "../harness/browser.mjs";
import { picture } from "../harness/pictures.mjs";
import { Entry } from "../pages/entry.mjs";
import { List } from "../pages/list.mjs";

const binary = process.env.QINGLIAN_BINARY ?? fileURLToPath(new URL("../../target/debug/qinglian", import.meta.url));
const run = promisify(execFile);
const AUTHORITY = "示例市公安局";

export function handing({ people }) {
  describe("12 · a leader's report goes up, and the authority confirms", () => {
    it("is chosen, agreed to, packed, opened by the authority and confirmed", () => goesUp(people));
  });
}

async function goesUp(people) {
  const folder = await mkdtemp(path.join(tmpdir(), "qinglian-authority-"));
  try {
    await walk(people, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function walk(people, folder) {
  const key = path.join(folder, "own.key");
  const made = JSON.parse((await run(binary, ["package", "key", "--out", key, "--json"])).stdout);
  const inspector = await people.as("inspector", { width: DESK });
  const other = await people.as("inspector2", { width: PHONE, js: false });
  await keyOf(inspector, other, made);

  const reports = new List(inspector, "report");
  await reports.open("?route=leader");
  const [number] = await reports.numbers();
  assert.ok(number, "the demo has a report about a leader");
  const entry = new Entry(inspector, "report", number);
  const hand = `${entry.path}/hand`;
  await inspector.goto(hand);
  await inspector.follow(() => inspector.locator("main form.act button").click());
  await inspector.locator("main label", { hasText: AUTHORITY }).click();
  await inspector.locator("main label", { has: inspector.locator("input[name='fields'][value='matter']") }).click();
  await inspector.locator("select[name='left_why']").selectOption("unrelated");
  await inspector.locator("textarea[name='why']").fill("属上级管辖");
  await picture(inspector, "hand");
  await inspector.follow(() => inspector.locator("main form:not(.act) .foot button.main").click());
  assert.match(await inspector.main(), /等另一人同意/);

  await other.goto(hand);
  assert.match(await other.main(), new RegExp(AUTHORITY));
  await other.follow(() => other.locator("main .note form.act button").tap());
  assert.match(await other.main(), /将移送/);
  await picture(other, "hand-preview-360");
  await other.follow(() => other.locator("main .foot form.act button.main").tap());
  await other.close();

  await inspector.goto(hand);
  const [download] = await Promise.all([inspector.page.waitForEvent("download"), inspector.locator("main .foot form.act button.main").click()]);
  const file = path.join(folder, "package.zip.age");
  await download.saveAs(file);
  const code = await atTheAuthority(inspector, { folder, file, key, hand });

  await inspector.goto(hand);
  await inspector.locator("#f-code").fill(code);
  await inspector.follow(() => inspector.locator("main form:not(.act) .foot button.main").click());
  assert.match(await inspector.main(), /对方已回告/);
  await picture(inspector, "handed");
  await entry.open();
  assert.match(await inspector.main(), /已回告/, "the receipt stands on the entry");
  await inspector.close();
}

/** The authority's key is entered by one and compared by another. */
async function keyOf(inspector, other, made) {
  await inspector.goto("/r/authority");
  const row = inspector.locator("table.ledger [data-row]", { hasText: AUTHORITY });
  const number = (await row.locator("th a").innerText()).trim();
  const authority = new Entry(inspector, "authority", number);
  await authority.open();
  await authority.move("give_key", { key: made.recipient });
  const checks = authority.before(other);
  await checks.open();
  assert.ok((await other.main()).includes(made.fingerprint), "the fingerprint is read where it is compared");
  const today = await other.page.evaluate(() => document.querySelector("time")?.getAttribute("datetime")?.slice(0, 10));
  await other.goto(`${checks.path}/move/check_key`);
  await other.locator("[name='checked_on']").fill(await dayOf(other, today));
  await other.locator("[name='checked_with']").fill("值班室");
  await other.follow(() => other.locator("main form .foot button.main").tap());
}

/** The latest day the form takes: the house's own today. */
async function dayOf(tab, fallback) {
  return (await tab.locator("[name='checked_on']").getAttribute("max")) ?? fallback;
}

/** What the authority does with the file, its own key and the house's published one. */
async function atTheAuthority(tab, { folder, file, key, hand }) {
  const published = await (await tab.context.request.get(`${tab.house.address}/house-key`)).text();
  const house = /ed25519:\S+/.exec(published)[0];
  const opened = path.join(folder, "opened");
  const told = JSON.parse((await run(binary, ["package", "open", file, "--key", key, "--house", house, "--to", opened, "--json"])).stdout);
  assert.equal(told.heading.authority, AUTHORITY);
  const names = await readdir(opened);
  assert.ok(names.includes("00-移送材料.html"), names.join());
  assert.match(await readFile(path.join(opened, "00-移送材料.html"), "utf8"), /属上级管辖/);
  await tab.goto(hand);
  const link = await tab.locator("main section dd a").first().getAttribute("href");
  const receipt = path.join(folder, "receipt.json");
  await writeFile(receipt, await (await tab.context.request.get(tab.house.address + link)).body());
  const verified = JSON.parse((await run(binary, ["package", "verify", file, "--receipt", receipt, "--house", house, "--json"])).stdout);
  assert.equal(verified.sound, true);
  return told.code;
}
