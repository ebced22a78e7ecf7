/** What a browser seals: laid out as crates/vault/src/submission.rs asks, opened by the same Rust code as what the house seals. */
import { bech32 } from "@scure/base";
import { Encrypter, identityToRecipient } from "age-encryption";

export interface Addressees {
  institution: string;
  register: string;
  entry: string;
  salt: string;
  readers: string[];
  custodians: string[];
}

type Bytes = Uint8Array<ArrayBuffer>;

const utf8 = new TextEncoder();

/** Twenty symbols of a hundred bits: the reporter's way back. It leaves this page only by hand. */
export class Code {
  readonly symbols: string;

  constructor() {
    this.symbols = [...random(20)].map((byte) => "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[byte % 32]).join("");
  }

  get groups(): string[] {
    return this.symbols.match(/.{4}/g) ?? [];
  }

  get spoken(): string {
    return this.groups.join("-");
  }

  async secret(salt: string): Promise<Bytes> {
    const key = await crypto.subtle.importKey("raw", utf8.encode(this.symbols), "HKDF", false, ["deriveBits"]);
    const info = utf8.encode("qinglian/receipt/identity/1");
    return new Uint8Array(await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt: unhex(salt), info }, key, 256));
  }
}

/** Seals one report under a key of its own. */
export class Box {
  private constructor(
    private readonly to: Addressees,
    private readonly secret: Bytes,
    private readonly recipient: string,
  ) {}

  static async for(to: Addressees): Promise<Box> {
    const secret = random(32);
    return new Box(to, secret, await recipientOf(secret));
  }

  /** The whole submission. `identity`: JSON for the custodians, or none. */
  async submission(content: string, cards: object[], identity: string | null, code: Code): Promise<object> {
    const reporter = await recipientOf(await code.secret(this.to.salt));
    return {
      recipient: this.recipient,
      content: await this.envelope("content", content, this.recipient),
      wraps: await Promise.all(this.to.readers.map(async (to) => ({ to, wrap: await this.wrap(to) }))),
      code: { recipient: reporter, wrap: await this.wrap(reporter) },
      cards: await Promise.all(cards.map((card, at) => this.envelope(`card:${at + 1}`, JSON.stringify(card), this.recipient))),
      identity: identity === null ? null : await this.identity(identity),
    };
  }

  /** An attachment, and what its card says. */
  async attachment(file: File): Promise<{ card: object; sealed: Blob }> {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const inside = new Uint8Array(fileLength(36 + bytes.length + 1));
    inside.set(utf8.encode("QLF1"));
    inside.set(await this.digest("file"), 4);
    inside.set(bytes, 36);
    inside[36 + bytes.length] = 0x80;
    const card = { name: file.name, size: bytes.length, sha256: hex(await sha256(bytes)) };
    return { card, sealed: new Blob([await sealTo(this.recipient, inside)]) };
  }

  private async wrap(to: string): Promise<string> {
    return base64(await sealTo(to, join(utf8.encode("QLW1"), await this.digest("key"), this.secret)));
  }

  private async envelope(purpose: string, text: string, recipient: string): Promise<string> {
    const content = utf8.encode(text);
    const inside = new Uint8Array(envelopeLength(44 + content.length));
    inside.set(utf8.encode("QLE1"));
    inside.set(await this.digest(purpose), 4);
    new DataView(inside.buffer).setBigUint64(36, BigInt(content.length));
    inside.set(content, 44);
    return base64(await sealTo(recipient, inside));
  }

  private async identity(text: string): Promise<object> {
    const secret = random(32);
    const recipient = await recipientOf(secret);
    return { content: await this.envelope("identity", text, recipient), dealing: await this.deal(secret, recipient) };
  }

  /** Any two custodians: of each pair one gets a pad, the other the key under that pad. */
  private async deal(secret: Bytes, recipient: string): Promise<object> {
    const { custodians } = this.to;
    const id = hex(random(16));
    const round = await sha256(join(utf8.encode("qinglian/dealing/1"), ...["identity", id, recipient].map(prefixed)));
    const digest = await this.digest("identity");
    const held: Bytes[][] = custodians.map(() => []);
    for (let first = 0; first < custodians.length; first++) {
      for (let second = first + 1; second < custodians.length; second++) {
        const pad = random(32);
        // In the order of the others' places: all lower ones came before.
        held[first]?.push(pad);
        held[second]?.push(pad.map((byte, at) => byte ^ (secret[at] ?? 0)));
      }
    }
    const share = async (custodian: string, place: number): Promise<object> => {
      const head = join(utf8.encode("QLS1"), digest, round, Uint8Array.of(place, custodians.length));
      return { custodian, sealed: base64(await sealTo(custodian, join(head, ...(held[place] ?? [])))) };
    };
    return { id, public: recipient, shares: await Promise.all(custodians.map(share)) };
  }

  private digest(purpose: string): Promise<Bytes> {
    const { institution, register, entry } = this.to;
    return sha256(join(utf8.encode("qinglian/context/1"), ...[institution, register, entry, purpose].map(prefixed)));
  }
}

async function sealTo(recipient: string, inside: Bytes): Promise<Bytes> {
  const age = new Encrypter();
  age.addRecipient(recipient);
  return new Uint8Array(await age.encrypt(inside));
}

function recipientOf(secret: Bytes): Promise<string> {
  return identityToRecipient(bech32.encode("age-secret-key-", bech32.toWords(secret)).toUpperCase());
}

function envelopeLength(length: number): number {
  return [256, 1024, 4096].find((step) => length <= step) ?? Math.ceil(length / 16_384) * 16_384;
}

function fileLength(length: number): number {
  const wanted = Math.max(length, 16_384);
  const exponent = Math.floor(Math.log2(wanted));
  const step = 2 ** (exponent - (Math.floor(Math.log2(exponent)) + 1));
  return Math.ceil(wanted / step) * step;
}

function prefixed(text: string): Bytes {
  const bytes = utf8.encode(text);
  const head = new DataView(new ArrayBuffer(4));
  head.setUint32(0, bytes.length);
  return join(new Uint8Array(head.buffer), bytes);
}

function join(...parts: Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function random(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length));
}

async function sha256(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

function hex(bytes: Bytes): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function unhex(text: string): Bytes {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function base64(bytes: Bytes): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8_192) text += String.fromCharCode(...bytes.subarray(at, at + 8_192));
  return btoa(text).replace(/=+$/, "");
}
