// An entry: its state, its moves, its timeline.
import assert from "node:assert/strict";
import { sendForm } from "./form.mjs";

export class Entry {
  constructor(tab, register, number) {
    Object.assign(this, { tab, register, number });
    this.path = `/r/${register}/${encodeURIComponent(number)}`;
  }

  /** The entry whose page the tab shows. */
  static here(tab) {
    const [, , register, number] = new URL(tab.page.url()).pathname.split("/");
    return new Entry(tab, register, decodeURIComponent(number));
  }

  /** The same entry before somebody else's eyes. */
  before(tab) {
    return new Entry(tab, this.register, this.number);
  }

  open(status = 200) {
    return this.tab.goto(this.path, status);
  }

  async state() {
    return (await this.tab.locator("main .top .state").first().innerText()).trim();
  }

  /** The one next move, filled; empty when none is open to this person. */
  async next() {
    return (await this.tab.locator("main .top .btn.main").allInnerTexts()).map((text) => text.trim()).join();
  }

  /** What stands under 更多, with the reason of what is closed. */
  async more() {
    const menu = this.tab.locator("main .top details.menu");
    if ((await menu.count()) === 0) return [];
    return (await menu.locator("li").allTextContents()).map((text) => text.trim());
  }

  /** Makes a move: through its dialog where there is room and JavaScript, else on its own page. */
  async move(name, values = {}, { keys = false } = {}) {
    const { tab } = this;
    const link = tab.locator(`main .top a[href$='/move/${name}']`);
    const inMenu = tab.locator(`main .top details.menu a[href$='/move/${name}']`);
    if ((await inMenu.count()) > 0) await tab.press(tab.locator("main .top details.menu > summary"));
    assert.equal(await link.count(), 1, `${name} is offered on ${this.number} in ${await this.state()}`);
    if (keys) {
      await link.focus();
      await tab.page.keyboard.press("Enter");
    } else {
      await tab.press(link);
    }
    const form = tab.locator(`form[action$='/move/${name}']`);
    await form.waitFor();
    if (await tab.locator("dialog#box[open]").count()) await tab.keeps(`the dialog of ${name}`);
    else await tab.arrived();
    await sendForm(tab, form, values, { keys });
    return this.state();
  }

  /** Asks for a move's page directly, as somebody who knows the address would. */
  force(name, status = 403) {
    return this.tab.goto(`${this.path}/move/${name}`, status);
  }

  /** 谁 做了什么, newest first. */
  async trail() {
    return (await this.tab.locator(".trail > li").allInnerTexts()).map((text) => text.replaceAll(/\s+/g, " "));
  }

  /** Facts as read: label → text. */
  facts() {
    return this.tab.page.evaluate(() => Object.fromEntries([...document.querySelectorAll("main .read dl.facts > div")].map((one) => [one.querySelector("dt").textContent.trim(), one.querySelector("dd").textContent.replaceAll(/\s+/g, " ").trim()])));
  }

  /** Numbers of entries that refer to this one. */
  linked() {
    return this.tab.locator("main .read .src a.no").allInnerTexts();
  }
}
