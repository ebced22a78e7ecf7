// A browser tab that watches itself: every page it comes to must keep the laws, or the test that led there fails.
import assert from "node:assert/strict";
import { frame } from "./browser.mjs";
import { broken } from "./laws.mjs";

/** What does not come within this does not come, however busy the machine is. */
const LONGEST_MS = 60_000;

export class Tab {
  /** `state`: cookies of somebody signed in; `js`: false for a browser without JavaScript. */
  static async open(house, browser, { width, js = true, scheme = "light", state } = {}) {
    const context = await browser.newContext(frame(width, { js, scheme, state }));
    context.setDefaultTimeout(LONGEST_MS);
    const tab = new Tab(house, browser, context, await context.newPage(), { width, js, scheme });
    await tab.listen();
    return tab;
  }

  constructor(house, browser, context, page, look) {
    Object.assign(this, { house, browser, context, page, look });
    this.status = 0;
    this.bytes = 0;
    this.errors = [];
    this.elsewhere = [];
    this.allowed = new Set();
  }

  async listen() {
    const { page, context, house } = this;
    page.on("console", (message) => message.type() === "error" && this.errors.push(message.text()));
    page.on("pageerror", (error) => this.errors.push(error.message));
    page.on("dialog", (box) => box.accept());
    page.on("response", (response) => {
      if (response.request().isNavigationRequest() && response.frame() === page.mainFrame()) this.status = response.status();
    });
    context.on("request", (request) => {
      const { origin, protocol } = new URL(request.url());
      if (protocol.startsWith("http") && origin !== house.address && !this.allowed.has(origin)) this.elsewhere.push(request.url());
    });
    const devtools = await context.newCDPSession(page);
    await devtools.send("Network.enable");
    devtools.on("Network.loadingFinished", ({ encodedDataLength }) => {
      this.bytes += encodedDataLength;
    });
  }

  async goto(path, status = 200) {
    await this.page.goto(this.house.address + path);
    await this.arrived(status);
  }

  /** Does what leads to another page, and looks at that page. */
  async follow(act, status = 200) {
    const turns = await this.turns();
    if (turns === null) {
      await Promise.all([this.page.waitForEvent("load"), act()]);
    } else {
      const loads = this.page.waitForEvent("load").then(() => true);
      const turned = this.page.waitForFunction((before) => (document.querySelector("main")?.dataset.sealed ?? before) !== before, turns);
      await act();
      const loaded = await Promise.any([loads, turned.then(() => false)]).catch(async () => assert.fail(`no page follows on “${(await this.main()).slice(-300)}”`));
      if (!loaded) this.status = status;
    }
    await this.arrived(status);
  }

  /** How often a public form that seals in the browser has turned its page; `null`: this page goes through the server. */
  async turns() {
    if (!this.look.js) return null;
    if (await this.page.locator("[data-seal]").count()) await this.page.waitForSelector("main[data-sealed]");
    return this.page.evaluate(() => document.querySelector("main")?.dataset.sealed ?? null);
  }

  /** `status`: what the page was expected to come with. A refusal that was expected is no console error. */
  async arrived(status = 200) {
    await this.page.waitForLoadState("load");
    const where = `${new URL(this.page.url()).pathname} at ${this.look.width} px${this.look.js ? "" : " without JavaScript"}`;
    assert.equal(this.status, status, `status of ${where}: “${(await this.main()).slice(0, 300)}”`);
    if (status >= 400) this.errors = this.errors.filter((text) => !text.includes(`status of ${status}`));
    await this.keeps(where);
  }

  /** Looks at the page as it stands now, for instance with a dialog open. */
  async keeps(where = this.page.url()) {
    const faults = [...this.errors.map((text) => `console: ${text}`), ...this.elsewhere.map((url) => `asked elsewhere: ${url}`)];
    faults.push(...(await broken(this.page, { ...this.look, browser: this.browser })));
    assert.deepEqual(faults, [], where);
  }

  locator(selector, options) {
    return this.page.locator(selector, options);
  }

  async main() {
    return (await this.page.locator("main").innerText()).replaceAll(/\s+/g, " ");
  }

  heading() {
    return this.page.locator("h1").innerText();
  }

  /** What has the focus: its id, else its tag. */
  focused() {
    return this.page.evaluate(() => document.activeElement?.id || document.activeElement?.tagName.toLowerCase());
  }

  /** Presses Tab until what matches has the focus. */
  async tabTo(selector, most = 80) {
    const reached = (wanted) => document.activeElement?.matches(wanted) ?? false;
    for (let presses = 0; presses <= most; presses += 1) {
      if (await this.page.evaluate(reached, selector)) return;
      await this.page.keyboard.press("Tab");
    }
    assert.fail(`${selector} cannot be reached with Tab on ${this.page.url()}`);
  }

  /** Clicks, or taps with a finger on a phone. */
  press(locator) {
    return this.look.width < 600 ? locator.tap() : locator.click();
  }

  async close() {
    await this.context.close();
    assert.deepEqual(this.errors, [], "console errors after the last page");
    assert.deepEqual(this.elsewhere, [], "requests to other hosts");
  }
}
