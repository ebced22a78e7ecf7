// An official table: its head, its figures and what stands behind them.
import { readFile } from "node:fs/promises";
import { cellsOfDocx, cellsOfXlsx } from "../harness/office.mjs";

export class Official {
  constructor(tab, id) {
    this.tab = tab;
    this.path = `/reports/${id}`;
  }

  open() {
    return this.tab.goto(this.path);
  }

  /** Cells of the table on the page, merged ones once. */
  cells() {
    return this.tab.page.evaluate(() => {
      const taken = new Set();
      const cells = [];
      [...document.querySelectorAll("table.form tr")].forEach((line, row) => {
        let column = 0;
        for (const cell of line.cells) {
          while (taken.has(`${row},${column}`)) column += 1;
          for (let down = 0; down < cell.rowSpan; down += 1) for (let along = 0; along < cell.colSpan; along += 1) taken.add(`${row + down},${column + along}`);
          cells.push({ row, column, rows: cell.rowSpan, columns: cell.colSpan, text: cell.textContent });
        }
      });
      return cells;
    });
  }

  async xlsx() {
    const bytes = await this.save("xlsx");
    return { bytes, cells: cellsOfXlsx(bytes) };
  }

  async docx() {
    const bytes = await this.save("docx");
    return { bytes, cells: cellsOfDocx(bytes) };
  }

  async save(kind) {
    const [download] = await Promise.all([this.tab.page.waitForEvent("download", { timeout: 40_000 }), this.tab.press(this.tab.locator(`a[href*='/${kind}']`))]);
    return readFile(await download.path());
  }

  /** Figures that open what is behind them: [ { href, text } ]. */
  figures() {
    return this.tab.locator("table.form td a").evaluateAll((links) => links.map((link) => ({ href: link.getAttribute("href"), text: link.textContent.trim(), full: link.getAttribute("aria-label") })));
  }

  /** What the panel beside the table names: numbers of entries, with their addresses. */
  async behind() {
    const title = await this.tab.locator("[data-panel-head]").innerText();
    const lines = await this.tab.locator(".panel .src > li").evaluateAll((items) => items.map((item) => ({ href: item.querySelector("a")?.getAttribute("href") ?? null, text: item.textContent.trim() })));
    return { title, lines };
  }
}
