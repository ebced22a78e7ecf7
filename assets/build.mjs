// Builds assets/dist: style sheets, islands, htmx, and a manifest of content hashes.
// The budgets are promises of the pages (a public page is ≤60 KB in all), so breaking one breaks the build.
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import path from "node:path";
import { context } from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const dist = path.join(here, "dist");

/** Largest size in bytes each file may have. */
const budget = {
  "app.css": 34_816,
  "public.css": 16_384,
  "poster.css": 4_096,
  "app.js": 16_384,
  "public.js": 4_096,
  "puzzle.js": 8_192,
  // The cryptography; no first page has it, and it comes compressed.
  "seal.js": 86_016,
  "htmx.min.js": 40_960,
  "icon.svg": 1_024,
};

const browsers = ["chrome109", "edge109", "firefox115", "safari16.4"];

/** Puts a token that never changes (a space, a measure) in place of its name wherever that is shorter. */
function inlineConstants(css) {
  let out = css.replace(/(--[\w-]+): /g, "$1:");
  const set = [...out.matchAll(/(--[\w-]+):([^;{}]+)(?=[;}])/g)];
  const times = (name) => set.filter(([, other]) => other === name).length;
  for (const [, name, value] of set) {
    const use = `var(${name})`;
    if (times(name) > 1 || value.includes("var(") || value.length >= use.length) continue;
    out = out.replaceAll(use, value).replace(new RegExp(`${name}:[^;}]+;?`), "");
  }
  return out;
}

async function manifest() {
  await copyFile(path.join(here, "node_modules/htmx.org/dist/htmx.min.js"), path.join(dist, "htmx.min.js"));
  await copyFile(path.join(here, "icon.svg"), path.join(dist, "icon.svg"));
  const files = {};
  const over = [];
  for (const [name, most] of Object.entries(budget)) {
    const bytes = await readFile(path.join(dist, name));
    const digest = createHash("sha256").update(bytes).digest();
    files[name] = {
      hash: digest.toString("hex").slice(0, 16),
      integrity: `sha256-${digest.toString("base64")}`,
      bytes: bytes.length,
    };
    if (bytes.length > most) over.push(`${name} is ${bytes.length} bytes, over its ${most}`);
    console.log(`${name.padEnd(12)} ${String(bytes.length).padStart(6)} bytes`);
  }
  await writeFile(path.join(dist, "manifest.json"), `${JSON.stringify(files, null, 2)}\n`);
  if (over.length) throw new Error(over.join("\n"));
}

/** The age library knows keys of other kinds as well; ours are X25519, and these halves of it would double the island. */
const unused = {
  name: "unused",
  setup(build) {
    build.onResolve({ filter: /^@noble\/(post-quantum\/hybrid|curves\/nist|hashes\/scrypt)\.js$/ }, ({ path }) => ({ path, namespace: "unused" }));
    const none = "const none = () => { throw new Error('not built in'); };\nexport { none as MLKEM768P256, none as MLKEM768X25519, none as p256, none as scrypt };";
    build.onLoad({ filter: /.*/, namespace: "unused" }, () => ({ contents: none }));
  },
};

const settings = {
  absWorkingDir: here,
  entryPoints: {
    app: "ts/app.ts",
    public: "ts/public.ts",
    puzzle: "ts/puzzle.ts",
    seal: "ts/seal.ts",
    "app-style": "css/bundle-app.css",
    "public-style": "css/bundle-public.css",
    poster: "css/bundle-poster.css",
  },
  outdir: dist,
  bundle: true,
  minify: true,
  format: "iife",
  target: browsers,
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
  plugins: [
    unused,
    {
      name: "manifest",
      setup(build) {
        build.onEnd(async (result) => {
          if (result.errors.length) return;
          // esbuild names an output after its entry point, and a script and a sheet may not share one.
          for (const name of ["app", "public"]) {
            const css = await readFile(path.join(dist, `${name}-style.css`), "utf8");
            await writeFile(path.join(dist, `${name}.css`), inlineConstants(css));
            await rm(path.join(dist, `${name}-style.css`));
          }
          await manifest();
        });
      },
    },
  ],
};

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
const builder = await context(settings);
if (process.argv.includes("--watch")) {
  await builder.watch();
} else {
  try {
    await builder.rebuild();
  } catch (error) {
    console.error(String(error.message ?? error));
    process.exitCode = 1;
  }
  await builder.dispose();
}
