// Signing in.
import assert from "node:assert/strict";

export async function signIn(tab, account, to = "/") {
  await tab.goto(`/enter?to=${encodeURIComponent(to)}`);
  await tab.locator("#f-account").fill(account.account);
  await tab.locator("#f-password").fill(account.password);
  await tab.follow(() => tab.page.keyboard.press("Enter"));
  assert.equal(new URL(tab.page.url()).pathname, to, `${account.account} is let in`);
}

export async function signOut(tab) {
  await tab.locator("details.me > summary").click();
  await tab.follow(() => tab.locator("details.me form[action='/leave'] button").click());
  assert.equal(new URL(tab.page.url()).pathname, "/enter");
}
