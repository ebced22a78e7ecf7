// Pictures of the main pages for the documentation, by the same run: PICTURES=1 npm test.
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import path from "node:path";
import { withPalette } from "./palette.mjs";

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
  const png = withPalette(await tab.page.screenshot({ animations: "disabled" }));
  assert.ok(png.length < LARGEST_BYTES, `${name}.png has ${png.length} bytes`);
  await writeFile(file, png);
}
