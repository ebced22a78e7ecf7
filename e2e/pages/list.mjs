// A register's list.

export class List {
  constructor(tab, register) {
    Object.assign(this, { tab, register });
  }

  open(query = "") {
    return this.tab.goto(`/r/${this.register}${query}`);
  }

  /** How many there are, as the head says. */
  async count() {
    return Number(/\d+/.exec((await this.tab.locator("h1 small").innerText()).replaceAll(",", ""))?.[0] ?? 0);
  }

  numbers() {
    return this.tab.locator("table.ledger [data-row] th a").allInnerTexts();
  }
}

/** How many entries of a register this person sees. */
export async function countOf(tab, register) {
  const list = new List(tab, register);
  await list.open();
  return list.count();
}
