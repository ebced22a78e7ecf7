// Journey 17: who reported by name is kept by custodians: an inspector asks, two of them agree, it opens once.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DESK, PHONE } from "../harness/browser.mjs";
import { picture } from "../harness/pictures.mjs";

const NAME = "示例举报人";

export function identity({ people }) {
  describe("17 · who reported by name opens when two custodians agree", () => {
    it("is answered on a phone by somebody who sees nothing else, and opened once", () => agreed(people));
  });
}

/** The demo's inspector has asked, and one custodian has agreed. */
async function agreed(people) {
  const inspector = await people.as("inspector", { width: DESK });
  const custodian = await people.as("custodian2", { width: PHONE, js: false });
  await custodian.goto("/");
  const link = custodian.locator("a[href^='/identity/']").first();
  const request = await link.getAttribute("href");
  await custodian.follow(() => custodian.press(link));
  const told = await custodian.main();
  assert.match(told, /需要联系举报人核对/, "the reason is said");
  assert.match(told, /看不到举报内容/);
  assert.ok(!told.includes(NAME), "a custodian sees no name");
  await picture(custodian, "identity-answer");
  await custodian.follow(() => custodian.locator("main button.main").tap(), 422);
  assert.equal(await custodian.locator("#f-answer").count() > 0 || (await custodian.main()).includes("请选择同意或不同意"), true);
  await custodian.locator("input[name='answer'][value='yes']").check();
  await custodian.follow(() => custodian.locator("main button.main").tap());
  assert.match(await custodian.heading(), /身份保管/);
  await custodian.goto(request);
  assert.match(await custodian.main(), /您已经答复/);
  await custodian.close();

  await inspector.goto("/");
  const granted = inspector.locator("main a[href$='/identity']").first();
  const path = await granted.getAttribute("href");
  await inspector.follow(() => granted.click());
  assert.ok(!(await inspector.main()).includes(NAME), "not before it is opened");
  await inspector.locator("main form.act button.main").click();
  await inspector.follow(() => inspector.locator("dialog[open] button.main, dialog[open] [value='ok']").first().click());
  assert.match(await inspector.main(), new RegExp(NAME));
  await picture(inspector, "identity");
  await inspector.goto(path);
  assert.ok(!(await inspector.main()).includes(NAME), "two consents serve once");
  await inspector.goto(path.replace(/\/identity$/, "?only=looks"));
  assert.match(await inspector.main(), /经两名保密员同意看过/);
  await inspector.close();
}
