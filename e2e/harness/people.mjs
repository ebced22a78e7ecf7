// Who acts: each signs in once through the door and keeps the session.
import { Tab } from "./tab.mjs";
import { signIn } from "../pages/door.mjs";

export class People {
  constructor(house, browser) {
    this.house = house;
    this.browser = browser;
    this.states = new Map();
  }

  /** A tab of somebody, by the demo's login, signed in. */
  async as(login, look) {
    if (!this.states.has(login)) {
      const tab = await Tab.open(this.house, this.browser, look);
      await signIn(tab, this.house.account(login));
      this.states.set(login, await tab.context.storageState());
      await tab.close();
    }
    return Tab.open(this.house, this.browser, { ...look, state: this.states.get(login) });
  }

  /** A tab of somebody without an account. */
  anybody(look) {
    return Tab.open(this.house, this.browser, look);
  }
}
