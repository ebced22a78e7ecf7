// The house under test: `qinglian demo` on a folder of its own, begun once and ended with the tests. A journey that needs another
// house, such as one with limits of its own, opens an empty one beside it.
// E2E_DATA=<folder> E2E_URL=<address> try a house that is already served, while working on a test.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import path from "node:path";

const binary = process.env.QINGLIAN_BINARY ?? fileURLToPath(new URL("../../target/debug/qinglian", import.meta.url));
const LINES = "50000";
export const TODAY = "2026-06-11";
const SEED = "7";
/** A demo of this size is made within a minute on two busy cores; a busier machine takes longer. Units: ms. */
const LONGEST_START_MS = 600_000;

/** Makes or finds the house. Answers once its first page is served. */
export async function openHouse() {
  if (process.env.E2E_URL) return new House(process.env.E2E_URL, await accountsOf(process.env.E2E_DATA), () => [], () => {});
  const data = await folder();
  const begun = Date.now();
  const { address, complaints, end } = await serve(data, ["demo", "--data", data, "--addr", "127.0.0.1:0", "--lines", LINES, "--today", TODAY, "--seed", SEED]);
  console.log(`# a demo of ${LINES} lines was ready after ${((Date.now() - begun) / 1000).toFixed(1)} s`);
  return new House(address, await accountsOf(data), complaints, end);
}

/** A new house in which nobody works yet, reached by every address of this machine. `flood`: its limits against floods, as TOML. */
export async function openEmptyHouse({ flood }) {
  const data = path.join(await folder(), "data");
  execFileSync(binary, ["init", "--data", data, "--admin", "root", "--house", "无人医院", "--institution", "empty"]);
  const file = path.join(data, "qinglian.toml");
  await writeFile(file, (await readFile(file, "utf8")).replace("[flood]\n", `[flood]\n${flood}\n`));
  const { address, complaints, end } = await serve(path.dirname(data), ["serve", "--data", data, "--addr", "0.0.0.0:0"]);
  return new House(address.replace("0.0.0.0", "127.0.0.1"), [], complaints, end);
}

function folder() {
  if (!existsSync(binary)) throw new Error(`${binary} is missing: cargo build -p qinglian`);
  return mkdtemp(path.join(tmpdir(), "qinglian-e2e-"));
}

/** Runs the program until its first page is served. `end` removes the folder. */
async function serve(folder, line) {
  const child = spawn(binary, line, { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  const complained = [];
  let ending = false;
  const end = () => {
    ending = true;
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  };
  process.once("exit", end);
  const address = await new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no page after ${LONGEST_START_MS / 1000} s\n${said}`)), LONGEST_START_MS);
    const listen = (text) => {
      said = (said + text).slice(-8000);
      complained.push(...String(text).split("\n").filter((line) => / panicked at |a fault of the program|"level":"ERROR"/.test(line)));
      const found = /http:\/\/[\d.]+:\d+/.exec(said);
      if (found) resolve(found[0]);
      if (found) clearTimeout(late);
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.once("exit", (code, signal) => {
      reject(new Error(`qinglian ${line[0]} ended with ${code ?? signal}\n${said}`));
      // A house that falls while it is visited says why before every later journey finds its door shut.
      if (!ending) console.error(`# qinglian ${line[0]} ended with ${code ?? signal}\n${said}`);
    });
  });
  await answers(address);
  return { address, complaints: () => complained, end };
}

/** The address is printed a moment before it answers. */
async function answers(address) {
  for (let tries = 0; tries < 600; tries += 1) {
    const answer = await fetch(`${address}/health`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${address} was printed but does not answer`);
}

async function accountsOf(data) {
  return JSON.parse(await readFile(path.join(data, "accounts.json"), "utf8"));
}

/** A served house with an account for each kind of duty: [ { role, account, password, name, unit, … } ]. */
class House {
  constructor(address, accounts, complaints, end) {
    Object.assign(this, { address, accounts, end });
    /** Panics and errors the house logged so far. */
    this.complaints = complaints;
  }

  account(login) {
    const found = this.accounts.find((one) => one.account === login);
    if (!found) throw new Error(`accounts.json holds no ${login}: ${this.accounts.map((one) => one.account).join(" ")}`);
    return found;
  }
}
