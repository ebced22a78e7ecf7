// Journey 14: codes at sign-in are set up and asked for, a spare code stands in for the phone; somebody stands in for who is away.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { describe, it } from "node:test";
import { DESK, PHONE } from "../harness/browser.mjs";
import { TODAY } from "../harness/house.mjs";
import { signOut } from "../pages/door.mjs";

const STEP_MS = 30_000;

export function codes({ people }) {
  describe("14 · codes at sign-in, and a deputy", () => {
    it("a custodian sets codes up on the phone and signs in with them, then with a spare code", () => enrol(people));
    it("an inspector who is away names a deputy; the director confirms; the deputy reads and the look is theirs", () => standIn(people));
  });
}

/** What an app shows: RFC 6238, computed here and not by the house. Units of `at`: ms since 1970. */
function shown(secret, at) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret.replaceAll(" ", "")].map((symbol) => alphabet.indexOf(symbol).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / STEP_MS)));
  const digest = createHmac("sha1", key).update(counter).digest();
  const number = digest.readUInt32BE(digest[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

async function type(tab, field, value, status = 200) {
  await tab.locator(`#f-${field}`).fill(value);
  await tab.follow(() => tab.page.keyboard.press("Enter"), status);
}

async function password(tab, account) {
  await tab.goto("/enter");
  await tab.locator("#f-account").fill(account.account);
  await type(tab, "password", account.password);
  assert.equal(new URL(tab.page.url()).pathname, "/enter/code", "the password alone lets nobody in any more");
}

async function enrol(people) {
  const account = people.house.account("custodian");
  const tab = await people.as("custodian", { width: PHONE });
  await tab.goto("/");
  assert.match(await tab.locator("main").innerText(), /建议开启动态码登录/);
  await tab.follow(() => tab.locator("main a[href='/me/factor']").click());
  await type(tab, "password", account.password);
  const secret = await tab.locator("#secret").innerText();
  // The demo's day is a given one and goes on as the real one does.
  const ahead = Date.parse(`${await tab.locator("main time").getAttribute("datetime")}+08:00`) - Date.now();
  const now = () => Date.now() + ahead;
  assert.equal(await tab.locator(".qr svg[role=img]").count(), 1);
  await type(tab, "code", shown(secret, now()));
  const spares = await tab.locator("#spares li").allInnerTexts();
  assert.equal(spares.length, 10);
  await tab.follow(() => tab.locator("main a[href^='/me?']").click());
  await tab.goto("/");
  await signOut(tab);

  await password(tab, account);
  await type(tab, "code", "000000", 422);
  assert.match(await tab.locator("main").innerText(), /动态码不对或已经用过/);
  await type(tab, "code", spares[0]);
  assert.equal(new URL(tab.page.url()).pathname, "/");
  await signOut(tab);
  await password(tab, account);
  // A code of the step it was set up in is used: the next one is within what clocks may differ by.
  await type(tab, "code", shown(secret, now() + STEP_MS));
  assert.equal(new URL(tab.page.url()).pathname, "/");
  await tab.goto("/notices");
  assert.match(await tab.locator("main").innerText(), /备用码被使用/);

  // The demo stands open to everybody else as before.
  await tab.goto("/me/factor");
  await type(tab, "off", spares[1]);
  assert.match(await tab.locator("main").innerText(), /没有开启/);
  await tab.close();
  // That session ended with the signing out; the next journey signs in anew.
  people.states.delete("custodian");
}

async function standIn(people) {
  const day = TODAY;
  const inspector = await people.as("inspector", { width: DESK });
  await inspector.goto("/me/deputy");
  const deputy = people.house.account("conduct");
  const option = inspector.locator("#f-to option", { hasText: deputy.name });
  await inspector.locator("#f-to").selectOption(await option.first().getAttribute("value"));
  await inspector.locator("#f-from").fill(day);
  await inspector.locator("#f-until").fill(day);
  await inspector.locator("#f-reason").fill("外出培训一天");
  await inspector.follow(() => inspector.locator("main form[action='/me/deputy'] button.main").click());
  assert.match(await inspector.locator("main").innerText(), /等待确认/);

  const director = await people.as("director", { width: DESK });
  await director.goto("/notices");
  await director.follow(() => director.locator("main a", { hasText: "外出代理等待您确认" }).first().click());
  await director.follow(() => director.locator("form[action$='/deputy-confirm'] button").click());

  const conduct = await people.as("conduct", { width: DESK });
  await conduct.goto("/me");
  assert.match(await conduct.locator("main").innerText(), /正在代理/);
  await conduct.goto("/r/report");
  assert.ok((await conduct.locator("table tbody tr").count()) > 0, "the deputy sees the reports");
  await conduct.close();

  await inspector.goto("/me/deputy");
  await inspector.follow(() => inspector.locator("form[action='/me/deputy/end'] button").click());
  assert.match(await inspector.locator("body").innerText(), /代理已结束/);
  await inspector.close();
  await director.close();
}
