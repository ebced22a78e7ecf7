// Renders gallery/pages with the product's own templates and words into gallery/out, in both languages.
// A missing key, an undefined value or unequal key sets fail it.
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import path from "node:path";
import { FluentBundle, FluentResource } from "@fluent/bundle";
import * as samples from "./samples.mjs";

// The same engine as the server's, compiled to WebAssembly: what renders here renders there.
const { Environment } = createRequire(import.meta.url)("minijinja-js");
const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.join(here, "../..");
const out = path.join(here, "out");

async function words(lang) {
  const bundle = new FluentBundle(lang, { useIsolating: false });
  const source = await readFile(path.join(root, "catalogue/locales", lang, "ui.ftl"), "utf8");
  const faults = bundle.addResource(new FluentResource(source));
  if (faults.length) throw new Error(`${lang}: ${faults.join(", ")}`);
  const keys = [...source.matchAll(/^([a-z][\w-]*) =/gm)].map((m) => m[1]);
  const used = new Set();
  const t = (key, given) => {
    used.add(key);
    const message = bundle.getMessage(key);
    if (!message?.value) throw new Error(`${lang}: no words for ${key}`);
    const faults = [];
    const text = bundle.formatPattern(message.value, Object.fromEntries(given ?? []), faults);
    if (faults.length) throw new Error(`${lang}: ${key}: ${faults.join(", ")}`);
    return text;
  };
  return { t, keys, used };
}

async function load(environment, folder, prefix) {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith(".html")) continue;
    const file = path.join(entry.parentPath, entry.name);
    environment.addTemplate(prefix + path.relative(folder, file), await readFile(file, "utf8"));
  }
}

await rm(out, { recursive: true, force: true });
const locales = { "zh-CN": await words("zh-CN"), en: await words("en") };
const [zh, en] = [locales["zh-CN"].keys, locales.en.keys];
const lonely = [...zh.filter((k) => !en.includes(k)), ...en.filter((k) => !zh.includes(k))];
if (lonely.length) throw new Error(`in one locale only: ${lonely.join(", ")}`);

const pages = (await readdir(path.join(here, "pages"))).filter((name) => !name.startsWith("_"));
for (const [lang, { t }] of Object.entries(locales)) {
  const environment = new Environment();
  environment.debug = true;
  environment.undefinedBehavior = "strict";
  environment.trimBlocks = true;
  environment.lstripBlocks = true;
  environment.addGlobal("t", t);
  environment.addGlobal("asset", (name) => `/dist/${name}`);
  await load(environment, path.join(root, "crates/web/templates"), "");
  await load(environment, path.join(here, "pages"), "pages/");
  await mkdir(path.join(out, lang), { recursive: true });
  for (const page of pages) {
    const html = environment.renderTemplate(`pages/${page}`, samples.context(lang, page.replace(".html", "")));
    await writeFile(path.join(out, lang, page), html);
  }
}
console.log(`${pages.length} pages in ${Object.keys(locales).length} languages`);
const idle = zh.filter((key) => !locales["zh-CN"].used.has(key));
if (idle.length) console.log(`no gallery page says: ${idle.join(", ")}`);
