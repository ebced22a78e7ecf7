// Journey 20: somebody whose key is new is let back in by two who hold shares of the recovery key, on pages alone.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DESK, PHONE } from "../harness/browser.mjs";
import { picture } from "../harness/pictures.mjs";

export function rescue({ people }) {
  describe("20 · two holders of shares let somebody back in", () => {
    it("is agreed to on a phone by somebody who sees nothing sealed, and told to the person", () => agreed(people));
  });
}

/** The demo's second inspector has asked, and one holder has agreed. */
async function agreed(people) {
  const inspector = await people.as("inspector2", { width: DESK });
  await inspector.goto("/me/rescue");
  assert.match(await inspector.main(), /密码重置以后/, "what was asked stands there");
  const holder = await people.as("custodian2", { width: PHONE, js: false });
  await holder.goto("/");
  const link = holder.locator("main a[href^='/escrow/']").first();
  const request = await link.getAttribute("href");
  await holder.follow(() => holder.press(link));
  assert.match(await holder.main(), /已在办公室当面核实/, "and why the first holder agreed");
  await picture(holder, "rescue-answer");
  await holder.follow(() => holder.locator("main button.main").tap(), 422);
  assert.match(await holder.main(), /请选择同意或不同意/);
  await holder.locator("input[name='answer'][value='yes']").check();
  await holder.locator("textarea[name='reason']").fill("电话里核对过工号和科室。");
  await holder.follow(() => holder.locator("main button.main").tap());
  assert.match(await holder.heading(), /恢复密钥的份额/);
  assert.match(await holder.main(), /没有等待同意的申请/);
  await holder.goto(request, 404);
  await holder.close();

  await inspector.goto("/notices");
  assert.match(await inspector.main(), /用份额恢复了一个账号的密钥/);
  await inspector.goto("/me/rescue");
  assert.ok(!(await inspector.main()).includes("有效期至"), "it is over");
  await picture(inspector, "rescue");
  await inspector.close();
}
