// A whole report as a browser seals it: what crates/vault/src/submission.rs asks for, with the npm package age-encryption
// 0.3 and WebCrypto. Made submission.json once (`npm i age-encryption@0.3 && node submission.mjs > submission.json`); the
// Rust side opens every part of it.
import { Encrypter, identityToRecipient } from "age-encryption";
import { bech32 } from "@scure/base";

const utf8 = new TextEncoder();
const base64 = (bytes) => Buffer.from(bytes).toString("base64").replace(/=+$/, "");
const join = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
const random = (length) => crypto.getRandomValues(new Uint8Array(length));
const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

function prefixed(text) {
  const bytes = utf8.encode(text);
  const head = new DataView(new ArrayBuffer(4));
  head.setUint32(0, bytes.length);
  return join(new Uint8Array(head.buffer), bytes);
}

const contextDigest = (place, purpose) =>
  sha256(join(utf8.encode("qinglian/context/1"), ...[place.institution, place.register, place.entry, purpose].map(prefixed)));

const identityOf = (secret) => bech32.encode("age-secret-key-", bech32.toWords(secret)).toUpperCase();
const recipientOf = (secret) => identityToRecipient(identityOf(secret));

async function ageTo(recipients, inside) {
  const age = new Encrypter();
  recipients.forEach((recipient) => age.addRecipient(recipient));
  return age.encrypt(inside);
}

// Contents, cards, identities (QLE1) and messages (QLM1).
const envelopeLength = (length) => [256, 1024, 4096].find((step) => length <= step) ?? Math.ceil(length / 16384) * 16384;

async function envelope(magic, recipients, place, purpose, content) {
  const head = 44;
  const inside = new Uint8Array(envelopeLength(head + content.length));
  inside.set(utf8.encode(magic));
  inside.set(await contextDigest(place, purpose), 4);
  new DataView(inside.buffer).setBigUint64(36, BigInt(content.length));
  inside.set(content, head);
  return ageTo(recipients, inside);
}

// Attachments (QLF1).
function fileLength(length) {
  const wanted = Math.max(length, 16384);
  const exponent = Math.floor(Math.log2(wanted));
  const step = 2 ** (exponent - (Math.floor(Math.log2(exponent)) + 1));
  return Math.ceil(wanted / step) * step;
}

async function attachment(recipient, place, bytes) {
  const inside = new Uint8Array(fileLength(36 + bytes.length + 1));
  inside.set(utf8.encode("QLF1"));
  inside.set(await contextDigest(place, "file"), 4);
  inside.set(bytes, 36);
  inside[36 + bytes.length] = 0x80;
  return ageTo([recipient], inside);
}

const wrap = async (secret, recipient, place) =>
  base64(await ageTo([recipient], join(utf8.encode("QLW1"), await contextDigest(place, "key"), secret)));

async function codeIdentity(symbols, salt) {
  const input = await crypto.subtle.importKey("raw", utf8.encode(symbols), "HKDF", false, ["deriveBits"]);
  const info = utf8.encode("qinglian/receipt/identity/1");
  return new Uint8Array(await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info }, input, 256));
}

// Any two of the custodians: a pad to one of each pair, the key under the pad to the other.
async function deal(secret, custodians, place) {
  const id = hex(random(16));
  const recipient = await recipientOf(secret);
  const round = await sha256(join(utf8.encode("qinglian/dealing/1"), ...["identity", id, recipient].map(prefixed)));
  const values = custodians.map(() => []);
  for (let first = 0; first < custodians.length; first += 1) {
    for (let second = first + 1; second < custodians.length; second += 1) {
      const pad = random(32);
      values[first][second] = pad;
      values[second][first] = pad.map((byte, at) => byte ^ secret[at]);
    }
  }
  const digest = await contextDigest(place, "identity");
  const shares = await Promise.all(
    custodians.map(async (custodian, at) => ({
      custodian,
      sealed: base64(
        await ageTo([custodian], join(utf8.encode("QLS1"), digest, round, [at, custodians.length], ...values[at].filter((value) => value))),
      ),
    })),
  );
  return { id, public: recipient, shares };
}

// What the page would have given. The secret keys behind it are 32 equal bytes each, known to the Rust test.
const place = { institution: "h1", register: "report", entry: "entry-1" };
const salt = new Uint8Array(32).fill(7);
const readers = await Promise.all([11, 12].map((byte) => recipientOf(new Uint8Array(32).fill(byte))));
const custodians = await Promise.all([21, 22, 23].map((byte) => recipientOf(new Uint8Array(32).fill(byte))));

// In a browser: twenty random bytes modulo 32. Here the code the Rust test knows.
const code = await codeIdentity("0123456789ABCDEFGHJK", salt);
const codeRecipient = await recipientOf(code);
const secret = random(32);
const recipient = await recipientOf(secret);
const identitySecret = random(32);

const file = new Uint8Array(20_000).map((_, at) => at % 251);
const card = { name: "收据照片.jpg", size: file.length, sha256: hex(await sha256(file)) };
const sealed = async (purpose, text, to = recipient) => base64(await envelope("QLE1", [to], place, purpose, utf8.encode(text)));

const submission = {
  recipient,
  content: await sealed("content", JSON.stringify({ alleged: "科室收受礼品", where: "门诊楼三层" })),
  wraps: await Promise.all(readers.map(async (to) => ({ to, wrap: await wrap(secret, to, place) }))),
  code: { recipient: codeRecipient, wrap: await wrap(secret, codeRecipient, place) },
  cards: [await sealed("card:1", JSON.stringify(card))],
  identity: {
    content: await sealed("identity", JSON.stringify({ name: "赵某某" }), await recipientOf(identitySecret)),
    dealing: await deal(identitySecret, custodians, place),
  },
};
const message = base64(await envelope("QLM1", [recipient, codeRecipient], place, "message:1", utf8.encode("R补充一点情况")));
console.log(JSON.stringify({ submission, attachment: base64(await attachment(recipient, place, file)), message }, null, 1));
