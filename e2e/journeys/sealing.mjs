// The public report sealed in the browser: what leaves it is looked at on the wire, byte by byte, and a handler opens all of it.
import assert from "node:assert/strict";
import http from "node:http";
import os from "node:os";
import { describe, it } from "node:test";
import { DESK, PHONE, frame } from "../harness/browser.mjs";
import { picture } from "../harness/pictures.mjs";
import { Tab } from "../harness/tab.mjs";
import { Entry } from "../pages/entry.mjs";
import { List } from "../pages/list.mjs";
import { ask, codeOf, isCode, leave } from "../pages/receipt.mjs";
import { PublicReport } from "../pages/report.mjs";

const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==", "base64");
const planted = { when_text: "植入的时间甲", where_text: "植入的地点乙", unit_text: "植入的科室丙", persons: "植入的人员丁", matter: "植入的经过戊" };
const paper = { name: "植入的文件名己.txt", mimeType: "text/plain", buffer: Buffer.from("植入的附件内容庚") };
const disguised = { name: "假照片.png", mimeType: "image/png", buffer: Buffer.concat([Buffer.from("MZ\x90\x00\x03", "latin1"), Buffer.alloc(600)]) };
const photo = { name: "窗口照片.png", mimeType: "image/png", buffer: png };
const words = [...Object.values(planted), "植入的文件名己", "植入的附件内容庚"];

export function sealing({ people }) {
  describe("sealing in the browser", () => {
    for (const width of [PHONE, DESK]) it(`lets no word out of the browser at ${width} px, and a handler reads all of it`, () => sealed(people, width));
    it("sends the same words through the server without JavaScript, and says so", () => plain(people));
    it("is off without HTTPS, and says so", () => insecure(people));
    it("keeps the words when the network fails, and the code when it is sent again", () => failing(people));
    it("goes from the first page to the receipt by keyboard alone", () => keyboard(people));
  });
}

/** Stands between browser and house and keeps what the browser sent: addresses, headers and bodies. */
async function wire(house, host = "127.0.0.1") {
  const sent = [];
  const state = { down: false, lost: false, answersLost: 0 };
  const to = new URL(house.address);
  const server = http.createServer((request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      const body = Buffer.concat(parts);
      sent.push(Buffer.concat([Buffer.from(decodeURIComponent(request.url) + JSON.stringify(request.headers)), body]));
      if (state.down && request.url.startsWith("/report/sealed")) return response.destroy();
      const onward = http.request({ host: to.hostname, port: to.port, path: request.url, method: request.method, headers: request.headers }, (answer) => {
        response.writeHead(answer.statusCode, answer.headers);
        if (state.lost && request.url.startsWith("/report/sealed")) return answer.resume().on("end", () => {
          state.answersLost += 1;
          response.destroy();
        });
        answer.pipe(response);
      });
      onward.on("error", () => response.destroy());
      onward.end(body);
    });
  });
  await new Promise((resolve) => server.listen(0, host, resolve));
  // A journey that fails before it ends its line must not keep the whole run from ending.
  server.unref();
  const has = (word) => sent.some((one) => one.includes(word) || one.includes(encodeURIComponent(word)));
  return { house: { ...house, address: `http://${host}:${server.address().port}` }, sent, has, state, end: () => server.close() };
}

async function fill(form, { files, identity = "anonymous" } = {}) {
  await form.begin();
  await form.choose("identity", identity);
  await form.choose("route", "department");
  await form.next();
  for (const [name, text] of Object.entries(planted)) {
    if (name === "unit_text" || name === "matter") await form.next();
    await form.fill(name, text);
  }
  if (files) await form.attach(files);
  await form.next();
  assert.equal(await form.at(), "check");
}

const inForce = (tab) => tab.locator("[data-sealing] > span:visible").innerText();

async function sealed(people, width) {
  const line = await wire(people.house);
  const tab = await Tab.open(line.house, people.browser, { width });
  const form = new PublicReport(tab);
  await fill(form, { files: [photo, paper, disguised] });
  assert.match(await inForce(tab), /在您的浏览器里密封/);
  if (width === DESK) await picture(tab, "report-sealed");
  const answers = await form.answers();
  assert.equal(answers["发生了什么"], planted.matter);
  assert.ok(answers["照片、录音或文件"].includes(paper.name));
  await tab.page.goBack();
  assert.equal(await form.value("matter"), planted.matter, "the browser's own way back keeps the words");
  await tab.page.goForward();
  assert.equal(await form.at(), "check");
  await form.next();
  assert.match(await tab.heading(), /已收到/);
  const code = await codeOf(tab);
  isCode(code);
  assert.ok(await tab.locator(".qr svg[aria-label='回执码二维码']").count(), "the code as a picture");
  const kept = await tab.page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie]);
  assert.deepEqual(kept, [0, 0, ""], "nothing stays in the browser");
  for (const word of [...words, code, code.replaceAll("-", "")]) assert.equal(line.has(word), false, `“${word}” left the browser`);
  assert.ok(!line.sent.some((one) => one.includes(png)), "nor did a picture");
  assert.ok(line.sent.length > 5 && line.has("age-encryption.org"), "what was sent was looked at");
  await leave(tab);
  assert.equal(line.has(code.slice(-4)) && line.has(code), false, "leaving tells nothing of the code");
  await tab.close();
  line.end();
  await read(people, { names: [photo.name, paper.name, disguised.name] });
  const later = await people.anybody({ width });
  await ask(later, code);
  assert.match(await later.heading(), /您的举报/);
  await later.close();
}

/** The inspector opens the newest report and reads every field and every attachment. */
async function read(people, { names }) {
  const inspector = await people.as("inspector", { width: DESK });
  const list = new List(inspector, "report");
  await list.open("?sort=-created");
  const entry = new Entry(inspector, "report", (await list.numbers())[0]);
  await entry.open();
  for (const word of Object.values(planted)) assert.ok(!(await inspector.main()).includes(word), "sealed until it is opened");
  await inspector.follow(() => inspector.locator("form[action$='/open'] button").click());
  const shown = await inspector.main();
  for (const word of [...Object.values(planted), ...names]) assert.ok(shown.includes(word), `${word} in “${shown.slice(0, 900)}”`);
  const href = await inspector.locator("a", { hasText: paper.name }).first().getAttribute("href");
  const file = await inspector.context.request.get(new URL(href, inspector.house.address).href);
  assert.deepEqual(await file.body(), paper.buffer, "the attachment as it was");
  if (names.includes(disguised.name)) {
    assert.match(shown, /“假照片\.png”的内容和名称不符/, "what is not what its name says is marked");
    assert.ok(!shown.includes(`“${photo.name}”的内容`));
    await picture(inspector, "report-opened-doubt");
  }
  await inspector.close();
}

async function plain(people) {
  const line = await wire(people.house);
  const tab = await Tab.open(line.house, people.browser, { width: PHONE, js: false });
  const form = new PublicReport(tab);
  await fill(form, { files: [photo, paper] });
  assert.match(await inForce(tab), /不在浏览器里密封/);
  await form.next();
  isCode(await codeOf(tab));
  for (const word of Object.values(planted)) assert.ok(line.has(word), "the same look at the wire sees words that go in the clear");
  await leave(tab);
  await tab.close();
  line.end();
  await read(people, { names: [photo.name, paper.name] });
}

/** Another address of this machine is no secure place for a browser. */
async function insecure(people) {
  const own = Object.values(os.networkInterfaces()).flat().find((one) => one.family === "IPv4" && !one.internal);
  if (!own) return console.log("# SKIP: this machine has no address but its own");
  const line = await wire(people.house, own.address);
  const context = await people.browser.newContext(frame(PHONE));
  const page = await context.newPage();
  const said = () => page.locator("[data-sealing] > span:visible").innerText();
  await page.goto(`${line.house.address}/report`);
  assert.match(await said(), /没有开启.*HTTPS/);
  await page.locator("input[name='identity'][value='anonymous']").check();
  await page.locator("input[name='route'][value='department']").check();
  await page.locator("main button.main").tap();
  await page.waitForSelector("#f-when_text");
  assert.match(await said(), /没有开启.*HTTPS/);
  assert.equal(await page.locator("main[data-sealed]").count(), 0);
  assert.ok(!line.sent.some((one) => one.includes("seal.js")), "and the script is not asked for");
  await context.close();
  line.end();
}

async function failing(people) {
  const line = await wire(people.house);
  const tab = await Tab.open(line.house, people.browser, { width: DESK });
  const form = new PublicReport(tab);
  await fill(form);
  line.state.down = true;
  await tab.locator("main button.main").click();
  await tab.page.locator("[data-said]", { hasText: "没有送达" }).waitFor();
  assert.equal(await form.at(), "check", "everything is still there");
  line.state.down = false;
  // The report arrives, its answer does not: the same report is sent once more.
  line.state.lost = true;
  await tab.locator("main button.main").click();
  for (let tries = 0; line.state.answersLost === 0; tries += 1) {
    assert.ok(tries < 600, "the house answers");
    await tab.page.waitForTimeout(100);
  }
  await tab.page.locator("[data-said]", { hasText: "没有送达" }).waitFor();
  line.state.lost = false;
  tab.errors.length = 0;
  await form.next();
  const code = await codeOf(tab);
  const later = await people.anybody({ width: DESK });
  await ask(later, code);
  assert.match(await later.heading(), /您的举报/, "the code of the first try opens it");
  await later.close();
  await leave(tab);
  await tab.close();
  line.end();
}

async function keyboard(people) {
  const tab = await people.anybody({ width: DESK });
  const { keyboard: keys } = tab.page;
  await tab.goto("/report");
  for (const name of ["identity", "route"]) {
    await tab.tabTo(`input[name='${name}']`);
    await keys.press("Space");
  }
  await tab.follow(() => keys.press("Enter"));
  await tab.turns();
  for (const step of [["when_text", "where_text"], ["unit_text", "persons"], ["matter"]]) {
    for (const name of step) {
      await tab.tabTo(`#f-${name}`);
      await keys.type(planted[name]);
    }
    await tab.tabTo("main button.main");
    await tab.follow(() => keys.press("Enter"));
  }
  await tab.tabTo("main button.main");
  await tab.follow(() => keys.press("Enter"));
  assert.match(await tab.heading(), /已收到/);
  isCode(await codeOf(tab));
  await tab.tabTo("#kept");
  await keys.press("Space");
  await tab.follow(() => keys.press("Enter"));
  await tab.close();
}
