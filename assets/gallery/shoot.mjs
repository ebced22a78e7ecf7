// Photographs every gallery page at 1280, 360 and 320 px, light and dark, and fails on what no page may do:
// a console error (a CSP breach is one), a page that scrolls sideways, an axe finding, a public page over 60 KB.
// node gallery/shoot.mjs [page…] shoots only these.
import { mkdir, readFile, readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import path from "node:path";
import { chromium as engine } from "playwright-core";
import { chromium, serve } from "./serve.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const shots = path.join(here, "out/shots");
const axe = await readFile(path.join(here, "../node_modules/axe-core/axe.min.js"), "utf8");
const fragments = ["panel", "found"];
const outside = ["login", "report", "report-faults", "answers", "receipt"];
const only = process.argv.slice(2);
const pages = (await readdir(path.join(here, "out/zh-CN"))).map((name) => name.replace(".html", "")).filter((name) => !fragments.includes(name) && (only.length === 0 || only.includes(name)));
const looks = [
  { name: "", lang: "zh-CN", width: 1280, height: 900, scheme: "light", axe: true },
  { name: "-dark", lang: "zh-CN", width: 1280, height: 900, scheme: "dark", axe: true },
  { name: "-360", lang: "zh-CN", width: 360, height: 740, scheme: "light", axe: true },
  { name: "-320-dark", lang: "zh-CN", width: 320, height: 640, scheme: "dark", axe: false },
  { name: "-en", lang: "en", width: 1280, height: 900, scheme: "light", axe: false },
  { name: "-en-320", lang: "en", width: 320, height: 640, scheme: "light", axe: false },
];

const faults = [];
const server = await serve();
const browser = await engine.launch(chromium);
await mkdir(shots, { recursive: true });
for (const look of looks) {
  const frame = await browser.newContext({ viewport: { width: look.width, height: look.height }, colorScheme: look.scheme, bypassCSP: look.axe });
  for (const page of pages) await shoot(frame, look, page);
  await frame.close();
}
await browser.close();
server.close();
for (const fault of faults) console.error(fault);
console.log(`${pages.length * looks.length} pictures, ${faults.length} faults`);
process.exitCode = faults.length ? 1 : 0;

async function shoot(frame, look, page) {
  const tab = await frame.newPage();
  const where = `${page}${look.name}`;
  let bytes = 0;
  tab.on("console", (message) => message.type() === "error" && faults.push(`${where}: console: ${message.text()}`));
  tab.on("pageerror", (error) => faults.push(`${where}: ${error.message}`));
  tab.on("response", async (response) => (bytes += (await response.body().catch(() => "")).length));
  await tab.goto(`${server.address}/${look.lang}/${page}.html`);
  await tab.waitForLoadState("networkidle");
  await tab.screenshot({ path: path.join(shots, `${where}.png`), fullPage: look.width < 1000 && page !== "list" });
  const wide = await tab.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 0) faults.push(`${where}: scrolls sideways by ${wide} px`);
  if (outside.includes(page) && bytes > 60_000) faults.push(`${where}: ${bytes} bytes`);
  if (look.axe) {
    await tab.evaluate(axe);
    const result = await tab.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] }));
    for (const one of result.violations) faults.push(`${where}: axe ${one.id}: ${one.nodes.map((node) => node.target).slice(0, 3).join(" ")}`);
  }
  await tab.close();
}
