// Tries each island in the browser on the gallery's pages: npm run try.
import assert from "node:assert/strict";
import { chromium as engine } from "playwright-core";
import { chromium, serve } from "./serve.mjs";

const server = await serve();
const browser = await engine.launch(chromium);
let failed = 0;

async function check(what, page, act, { expects, ...options } = {}) {
  const frame = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const tab = await frame.newPage();
  const errors = [];
  tab.on("pageerror", (error) => errors.push(error.message));
  tab.on("console", (message) => message.type() === "error" && !expects?.test(message.text()) && errors.push(message.text()));
  try {
    await tab.goto(`${server.address}/zh-CN/${page}.html`);
    await tab.waitForLoadState("networkidle");
    await act(tab, frame);
    assert.deepEqual(errors, []);
    console.log(`ok   ${what}`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL ${what}\n     ${String(error.message).split("\n").slice(0, 6).join("\n     ")}`);
  }
  await frame.close();
}

const focused = (tab) => tab.evaluate(() => document.activeElement?.id || document.activeElement?.textContent?.trim() || document.activeElement?.tagName);

await check("/ focuses search and typing there presses no keys", "list", async (tab) => {
  await tab.keyboard.press("/");
  assert.equal(await focused(tab), "q");
  await tab.keyboard.type("jk?");
  assert.equal(await tab.inputValue("#q"), "jk?");
  assert.equal(await tab.locator("dialog[open]").count(), 0);
});
await check("j and k walk the rows, with the open panel following", "list", async (tab) => {
  await tab.keyboard.press("j");
  assert.equal(await focused(tab), "XS-T3NE", "from the row open in the panel");
  await tab.waitForFunction(() => document.querySelector("tr.on a")?.textContent === "XS-T3NE");
  await tab.keyboard.press("k");
  await tab.keyboard.press("k");
  assert.equal(await focused(tab), "XS-2M9D");
});
await check("Enter opens the panel and takes the focus there, Escape gives it back", "list", async (tab) => {
  await tab.keyboard.press("Escape");
  assert.equal(await tab.locator(".split.open").count(), 0);
  await tab.locator("a", { hasText: "XS-K7Q4" }).focus();
  await tab.keyboard.press("Enter");
  await tab.waitForSelector(".split.open");
  assert.equal(await focused(tab), "XS-8VHB", "the sample panel's head");
  await tab.keyboard.press("Escape");
  assert.equal(await focused(tab), "XS-K7Q4");
});
await check("on a narrow screen a row goes to its page", "list", async (tab) => {
  await tab.locator("a", { hasText: "XS-K7Q4" }).click();
  await tab.waitForURL(/entry\.html/);
}, { viewport: { width: 900, height: 800 } });
await check("a panel that cannot be loaded leads to the entry's page", "list", async (tab) => {
  await tab.locator("a[data-panel]").first().evaluate((link) => link.setAttribute("data-panel", "nowhere.html"));
  await tab.locator("a[data-panel]").first().click();
  await tab.waitForURL(/entry\.html/);
}, { expects: /404/ });
await check("e edits, x picks, and the bar counts what is picked", "list", async (tab) => {
  assert.equal(await tab.locator("#bulk").isVisible(), false);
  await tab.keyboard.press("j");
  await tab.keyboard.press("x");
  assert.equal(await tab.locator("[data-picked]").textContent(), "已选 1 件");
  await tab.locator("[data-pick-all]").check();
  assert.equal(await tab.locator("[data-picked]").textContent(), "已选 14 件");
  await tab.locator("tbody a").first().focus();
  await tab.keyboard.press("e");
  await tab.waitForURL(/form\.html/);
});
await check("? shows help, whose switch turns single keys off and is remembered", "list", async (tab) => {
  await tab.keyboard.press("?");
  await tab.waitForSelector("dialog#keys[open]");
  await tab.locator("[data-keys-on]").uncheck();
  await tab.keyboard.press("Escape");
  await tab.reload();
  await tab.keyboard.press("/");
  assert.notEqual(await focused(tab), "q");
});
await check("theme and rail are set and kept in cookies", "desk", async (tab, frame) => {
  await tab.locator(".me summary").click();
  await tab.locator("[data-theme-set=dark]").click();
  assert.equal(await tab.getAttribute("html", "data-theme"), "dark");
  await tab.keyboard.press("Escape");
  await tab.locator("[data-fold]").click();
  assert.equal(await tab.locator("body.narrow").count(), 1);
  const kept = Object.fromEntries((await frame.cookies()).map((c) => [c.name, c.value]));
  assert.deepEqual(kept, { theme: "dark", rail: "narrow" });
});
await check("a menu closes on Escape, giving the focus back", "entry", async (tab) => {
  await tab.locator(".top summary").click();
  await tab.keyboard.press("Escape");
  assert.equal(await tab.locator("details[open]").count(), 0);
  assert.equal(await focused(tab), "更多");
});
await check("a move that asks is not sent until said yes", "entry", async (tab) => {
  let sent = 0;
  await tab.route("**/*", (route) => (route.request().method() === "POST" ? ((sent += 1), route.fulfill({ status: 204 })) : route.continue()));
  await tab.locator(".top summary").click();
  await tab.locator(".top button", { hasText: "转为线索" }).click();
  await tab.waitForSelector("dialog#ask[open]");
  await tab.locator("dialog#ask button[value=no]").click();
  await tab.waitForTimeout(100);
  assert.equal(sent, 0);
  if (!(await tab.locator(".top details[open]").count())) await tab.locator(".top summary").click();
  await tab.locator(".top button", { hasText: "转为线索" }).click();
  await tab.locator("dialog#ask button[value=yes]").click();
  await tab.waitForTimeout(200);
  assert.equal(sent, 1);
});
await check("a linked form opens in a dialog", "entry", async (tab) => {
  await tab.locator("a[data-dialog]").first().click();
  await tab.waitForSelector("dialog#box[open] form");
  assert.match(await tab.getAttribute("dialog#box", "aria-label"), /登记红包礼品|需要更正/);
});
await check("the toast leaves after ten seconds, not while it is pointed at", "entry", async (tab) => {
  await tab.clock.install();
  await tab.reload();
  await tab.locator("[data-toast]").hover();
  await tab.clock.runFor(15_000);
  assert.equal(await tab.locator("[data-toast]").count(), 1);
  await tab.mouse.move(5, 5);
  await tab.clock.runFor(10_500);
  assert.equal(await tab.locator("[data-toast]").count(), 0);
});
await check("the summary of faults has the focus and leads to the field", "form", async (tab) => {
  assert.match(await focused(tab), /有 2 处需要更正/);
  await tab.locator("[data-faults] a").first().click();
  assert.equal(await focused(tab), "f-value");
});
await check("rows are added with fresh names up to the limit, and dropped", "form", async (tab) => {
  await tab.locator("[data-add]").click();
  await tab.locator("[data-add]").click();
  const names = await tab.locator(".rows tbody select").evaluateAll((all) => all.map((one) => one.name));
  assert.deepEqual(names, ["goods.0.form", "goods.1.form", "goods.2.form", "goods.3.form"]);
  assert.equal(await tab.locator("[data-add]").isDisabled(), true);
  await tab.locator("[data-drop]").nth(3).click();
  await tab.locator("[data-add]").click();
  assert.equal(await tab.locator(".rows tbody select").last().getAttribute("name"), "goods.4.form");
});
await check("the picker asks while typing and keeps what was chosen", "form", async (tab) => {
  await tab.locator("[name='witness'][value='u3']").check();
  await tab.locator("[name='witness.q']").fill("会计");
  await tab.waitForFunction(() => document.querySelectorAll("#f-witness-found input").length === 1);
  assert.equal(await tab.locator(".picked input:checked").first().getAttribute("value"), "u3");
});
await check("a file over the limit is named before it is sent", "form", async (tab) => {
  await tab.locator("[data-files]").evaluate((input) => input.setAttribute("data-max", "10"));
  await tab.setInputFiles("[data-files]", { name: "大.jpg", mimeType: "image/jpeg", buffer: Buffer.alloc(2048) });
  assert.match(await tab.locator("[data-file-note]").textContent(), /大\.jpg 超过 20 MB/);
});
await check("a form sent twice goes once", "answers", async (tab) => {
  let sent = 0;
  await tab.route("**/receipt.html", async (route) => {
    sent += 1;
    await new Promise((resolve) => setTimeout(resolve, 400));
    await route.fulfill({ status: 204 });
  });
  await tab.locator(".btn.main").evaluate((button) => { button.click(); button.click(); button.click(); });
  await tab.waitForTimeout(700);
  assert.equal(sent, 1);
});
await check("leaving with something unsent asks", "report-faults", async (tab) => {
  await tab.locator("#f-place").fill("二楼");
  let asked = false;
  tab.on("dialog", (dialog) => { asked = dialog.type() === "beforeunload"; void dialog.accept(); });
  await tab.close({ runBeforeUnload: true });
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(asked, true);
});
await check("quick exit replaces the page, asking nothing", "report-faults", async (tab) => {
  await tab.route("https://www.example.org/", (route) => route.fulfill({ contentType: "text/html", body: "<title>elsewhere</title>" }));
  await tab.locator("#f-place").fill("二楼");
  const before = await tab.evaluate(() => history.length);
  await tab.locator("[data-exit]").click();
  await tab.waitForURL("https://www.example.org/");
  assert.equal(await tab.evaluate(() => history.length), before);
});
await check("the code is copied without its spaces, and nothing is stored", "receipt", async (tab, frame) => {
  await frame.grantPermissions(["clipboard-read", "clipboard-write"]);
  await tab.locator("[data-copy]").click();
  await tab.waitForFunction(() => document.querySelector("[data-copy]").textContent === "已复制");
  assert.equal(await tab.evaluate(() => navigator.clipboard.readText()), "7K3MQ9TD2XHV8RWE4NPB");
  assert.deepEqual(await frame.cookies(), []);
  assert.equal(await tab.evaluate(() => localStorage.length + sessionStorage.length), 0);
});
await check("without JavaScript nothing that needs it shows", "list", async (tab) => {
  for (const hidden of ["[data-fold]", ".keys", ".find kbd"]) assert.equal(await tab.locator(hidden).isVisible(), false);
  assert.equal(await tab.locator("#bulk").isVisible(), true);
  await tab.locator(".head summary").click();
  assert.equal(await tab.locator(".head .menu li").first().isVisible(), true);
}, { javaScriptEnabled: false });

await browser.close();
server.close();
process.exitCode = failed ? 1 : 0;
