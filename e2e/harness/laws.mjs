// What every page keeps, whoever looks at it: one h1, a language, a skip link, room on 320 px, and nothing axe objects to.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { frame } from "./browser.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const NARROWEST = 320;

/** Pages already looked at, so that the same page in the same state is looked at once. */
const seen = new Set();

/** Answers what is wrong with the page as it stands, one sentence each. */
export async function broken(page, { js, width, scheme, browser }) {
  const what = await page.evaluate(inspect);
  const faults = [...what.faults];
  const known = [what.kind, width, scheme, js].join(" | ");
  if (seen.has(known)) return faults;
  seen.add(known);
  faults.push(...(await tooWide(page)));
  faults.push(...(js ? await objections(page) : await objectionsWithoutScript(page, browser, width, scheme)));
  return faults;
}

/** Runs in the page. `kind`: pages of one kind differ by numbers only. */
function inspect() {
  const faults = [];
  const shown = (element) => element.checkVisibility() && !element.closest("dialog:not([open])");
  const heads = [...document.querySelectorAll("h1")].filter(shown).filter((head) => !head.closest("dialog"));
  if (heads.length !== 1) faults.push(`${heads.length} h1`);
  if (!["zh-CN", "en"].includes(document.documentElement.lang)) faults.push(`lang is “${document.documentElement.lang}”`);
  if (!document.title.trim()) faults.push("no title");
  const skip = document.querySelector("a, button, input, select, textarea, summary");
  if (!skip?.matches(".skip") || !document.querySelector(skip.getAttribute("href"))) faults.push("the first thing focused is no skip link");
  const plain = (text) => text.replaceAll(/[0-9A-Z]{2,}(-[0-9A-Z]+)*|\d+/g, "*");
  const state = [...document.querySelectorAll("[data-faults] li, .note, .toast, dialog[open] h1, .panel h2, details[open] > summary")].map((one) => one.textContent.slice(0, 20));
  const kind = [document.documentElement.lang, plain(location.pathname), plain(heads[0]?.textContent ?? ""), document.querySelectorAll("main *").length, ...state.map(plain)].join(" ");
  return { faults, kind };
}

async function tooWide(page) {
  const before = page.viewportSize();
  await page.setViewportSize({ width: NARROWEST, height: 640 });
  const over = await page.evaluate(() => {
    const room = document.documentElement.clientWidth;
    const { scrollWidth } = document.documentElement;
    if (scrollWidth <= room) return null;
    const past = (element) => element.getBoundingClientRect().right > room + 0.5 && !element.closest(".scroll, .board, .paper, .plot, table, .sr, .skip");
    const guilty = [...document.body.querySelectorAll("*")].filter(past).slice(0, 3);
    return `${scrollWidth - room} px, by ${guilty.map((one) => one.tagName.toLowerCase() + (one.className ? `.${one.className}` : "")).join(" ")}`;
  });
  await page.setViewportSize(before);
  return over ? [`scrolls sideways on ${NARROWEST} px by ${over}`] : [];
}

/** In a world of its own: axe is no part of the page, so the page's strict policy stays in force. */
async function objections(page) {
  const devtools = await page.context().newCDPSession(page);
  try {
    const { frameTree } = await devtools.send("Page.getFrameTree");
    const { executionContextId: contextId } = await devtools.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id, worldName: "axe" });
    await devtools.send("Runtime.evaluate", { expression: axe, contextId });
    const options = { runOnly: { type: "tag", values: TAGS }, resultTypes: ["violations"], preload: false };
    const expression = `axe.run(document, ${JSON.stringify(options)}).then((found) => JSON.stringify(found.violations.map((one) => "axe " + one.id + ": " + one.nodes.slice(0, 3).map((node) => node.target.join(" ") + " (" + (node.any[0] || node.all[0] || node.none[0] || { message: "" }).message + ")").join("; "))))`;
    const { result, exceptionDetails } = await devtools.send("Runtime.evaluate", { expression, contextId, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(`axe did not run: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
    return JSON.parse(result.value);
  } finally {
    await devtools.detach();
  }
}

/** One frame a width, shown again and again. */
const twins = new Map();

/** axe needs a clock, which a page without JavaScript has not: the same markup is shown again beside it, without its scripts. */
async function objectionsWithoutScript(page, browser, width, scheme) {
  const markup = (await page.content()).replaceAll(/<script\b[^>]*><\/script>/g, "");
  const key = `${width} ${scheme}`;
  if (!twins.has(key)) twins.set(key, await (await browser.newContext(frame(width, { scheme }))).newPage());
  const twin = twins.get(key);
  await twin.route(page.url(), (route) => route.fulfill({ contentType: "text/html; charset=utf-8", body: markup }), { times: 1 });
  await twin.goto(page.url());
  return objections(twin);
}
