// Reporting without an account, a group of questions a page.
import assert from "node:assert/strict";

export class PublicReport {
  constructor(tab) {
    this.tab = tab;
  }

  begin() {
    return this.tab.goto("/report");
  }

  /** 第 n 步 or 核对. */
  async at() {
    const text = await this.tab.locator(".step").innerText();
    return /第\s*(\d)\s*步/.exec(text)?.[1] ?? "check";
  }

  choose(name, value) {
    return this.tab.locator(`input[name='${name}'][value='${value}']`).check();
  }

  fill(name, text) {
    return this.tab.locator(`#f-${name}`).fill(text);
  }

  value(name) {
    return this.tab.locator(`#f-${name}`).inputValue();
  }

  next(status = 200) {
    return this.tab.follow(() => this.tab.press(this.tab.locator("main button.main")), status);
  }

  back() {
    return this.tab.follow(() => this.tab.press(this.tab.locator("button[name='_back']")));
  }

  /** From the page that shows all answers to one step. */
  change(step) {
    return this.tab.follow(() => this.tab.press(this.tab.locator(`button[name='_to'][value='${step - 1}']`)));
  }

  attach(files) {
    return this.tab.locator("#f-evidence").setInputFiles(files);
  }

  /** What the last page says will be sent: label → text. */
  answers() {
    return this.tab.page.evaluate(() => Object.fromEntries([...document.querySelectorAll("main dl.answers > div")].map((one) => [one.querySelector("dt").textContent, one.querySelector("dd").textContent])));
  }

  /** Walks all steps to the page that shows the answers. */
  async fillAll({ matter, named }) {
    await this.begin();
    await this.choose("identity", named ? "named" : "anonymous");
    await this.choose("route", "department");
    await this.next();
    await this.fill("when_text", "2026年5月");
    await this.fill("where_text", "门诊二楼");
    await this.next();
    await this.fill("unit_text", "不清楚");
    await this.fill("persons", "不清楚");
    await this.next();
    await this.fill("matter", matter);
    await this.next();
    if (named) {
      await this.fill("reporter", named.name);
      await this.fill("contact", named.contact);
      await this.next();
    }
    assert.equal(await this.at(), "check");
  }
}
