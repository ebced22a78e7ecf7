// Pictures of the main pages for the documentation, by the same run: PICTURES=1 npm test.
import assert from "node:assert/strict";
import { mkdir, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import path from "node:path";

const folder = fileURLToPath(new URL("../../docs/pictures", import.meta.url));
const LARGEST_BYTES = 150_000;

/** Writes docs/pictures/<name>.png as the window shows it. */
export async function picture(tab, name) {
  if (process.env.PICTURES !== "1") return;
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, `${name}.png`);
  await tab.page.evaluate(() => {
    document.querySelector("[data-toast]")?.remove();
    window.scrollTo(0, 0);
  });
  await tab.page.screenshot({ path: file, animations: "disabled" });
  const { size } = await stat(file);
  assert.ok(size < LARGEST_BYTES, `${name}.png has ${size} bytes`);
}
