// Who acts: each role signs in once through the door and keeps its session.
import { Tab } from "./tab.mjs";
import { signIn } from "../pages/door.mjs";

export class People {
  constructor(house, browser) {
    this.house = house;
    this.browser = browser;
    this.states = new Map();
  }

  /** A tab of somebody with this role, signed in. */
  async as(role, look) {
    if (!this.states.has(role)) {
      const tab = await Tab.open(this.house, this.browser, look);
      await signIn(tab, this.house.account(role));
      this.states.set(role, await tab.context.storageState());
      await tab.close();
    }
    return Tab.open(this.house, this.browser, { ...look, state: this.states.get(role) });
  }

  /** A tab of somebody without an account. */
  anybody(look) {
    return Tab.open(this.house, this.browser, look);
  }
}
