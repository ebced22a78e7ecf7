/** The two requests of a sealed report: for the keys, with the plain answers alone, and the report, sealed. */
import { sha256 } from "@noble/hashes/sha2.js";
import { type Addressees, Box, Code } from "./seal-box";
import type { Answers, Fault, Form } from "./seal-form";

interface Keys extends Addressees {
  ticket: string;
  eyes: string | null;
}

interface Refused {
  code: string;
  text: string;
  fields?: Fault[];
  puzzle?: { key: string; bits: number };
}

/** The house said no, in words of its own. */
export class Refusal extends Error {
  constructor(readonly refused: Refused) {
    super(refused.text);
  }
}

export class Sending {
  /** Made once: a report sent again is the same report, with the same code. */
  readonly code = new Code();
  private ticket: string | null = null;

  constructor(
    private readonly form: Form,
    private readonly answers: Answers,
  ) {}

  /** Asks for the keys; what is typed into plain fields goes with it, nothing else. */
  async keys(): Promise<Keys> {
    const answer = await post(this.form, "keys", JSON.stringify({ values: this.plain(), ticket: this.ticket }), "application/json");
    const keys = (await answer.json()) as Keys;
    this.ticket = keys.ticket;
    return keys;
  }

  /** Seals and sends. Answers the page of the receipt, which has room for the code. */
  async send(): Promise<string> {
    let puzzle: object | null = null;
    for (let tries = 0; ; tries++) {
      try {
        return await (await post(this.form, "sealed", await this.sealed(puzzle))).text();
      } catch (error) {
        if (!(error instanceof Refusal) || tries === 3) throw error;
        const { code, puzzle: asked } = error.refused;
        if (code === "puzzle" && asked) puzzle = await solved(asked);
        // Keys changed while somebody was writing: sealed anew, to those who read now.
        else if (code !== "stale") throw error;
      }
    }
  }

  private plain(): Record<string, object> {
    const { fields } = this.form;
    return this.written((name) => !fields[name]?.sealed);
  }

  private written(which: (name: string) => boolean): Record<string, object> {
    const found: Record<string, object> = {};
    for (const name of this.answers.all().filter(which)) {
      const value = this.answers.value(name);
      if (value) found[name] = value;
    }
    return found;
  }

  private async sealed(puzzle: object | null): Promise<FormData> {
    const { fields, place } = this.form;
    const keys = await this.keys();
    const box = await Box.for(keys);
    const content = this.written((name) => Boolean(fields[name]?.sealed && !fields[name].kept));
    const kept = this.written((name) => Boolean(fields[name]?.kept));
    const cards: object[] = [];
    const files: Blob[] = [];
    for (const name of this.answers.all().filter((name) => fields[name]?.kind === "files" && !this.answers.isEmpty(name))) {
      const numbers: number[] = [];
      for (const file of this.answers.files(name)) {
        const { card, sealed } = await box.attachment(file);
        numbers.push(cards.push(card));
        files.push(sealed);
      }
      content[name] = { cards: numbers };
    }
    const names = Object.keys(kept);
    const submission = await box.submission(JSON.stringify(content), cards, names.length ? JSON.stringify(kept) : null, this.code);
    const report = { ticket: keys.ticket, values: this.plain(), covers: [...Object.keys(content), ...names], submission, place, puzzle };
    const body = new FormData();
    body.append("report", JSON.stringify(report));
    for (const file of files) body.append("file", file, "sealed");
    return body;
  }
}

async function post(form: Form, what: string, body: BodyInit, type?: string): Promise<Response> {
  const headers = new Headers({ Accept: "text/html, application/json" });
  if (type) headers.set("Content-Type", type);
  const query = form.lang === "en" ? "?lang=en" : "";
  const answer = await fetch(`/report/${what}${query}`, { method: "POST", body, headers, credentials: "omit", cache: "no-store" });
  if (answer.ok) return answer;
  const isOurs = answer.headers.get("content-type")?.startsWith("application/json");
  if (!isOurs) throw new Error(`status ${answer.status}`);
  throw new Refusal((await answer.json()) as Refused);
}

/** Work asked while very many reports come at once: a number that gives SHA-256("key:number") enough leading zeros. */
async function solved({ key, bits }: { key: string; bits: number }): Promise<object> {
  const encoder = new TextEncoder();
  for (let number = 0; ; number++) {
    if (number % 4_096 === 0) await new Promise((resolve) => setTimeout(resolve));
    const digest = new DataView(sha256(encoder.encode(`${key}:${number}`)).buffer);
    if (Math.clz32(digest.getUint32(0)) >= Math.min(bits, 32)) return { key, nonce: String(number) };
  }
}
