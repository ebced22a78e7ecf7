// How a browser seals: the layout of crates/vault/src/envelope.rs with the npm package age-encryption 0.3.
// Made envelope.age.b64 once (`npm i age-encryption@0.3 && node seal.mjs > envelope.age.b64`); the Rust side opens it.
import { Encrypter } from "age-encryption";

const utf8 = new TextEncoder();

function lengthPrefixed(text) {
  const bytes = utf8.encode(text);
  const head = new DataView(new ArrayBuffer(4));
  head.setUint32(0, bytes.length);
  return [...new Uint8Array(head.buffer), ...bytes];
}

async function contextDigest(context) {
  const parts = [context.institution, context.register, context.entry, context.purpose];
  const bytes = [...utf8.encode("qinglian/context/1"), ...parts.flatMap(lengthPrefixed)];
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes)));
}

function paddedLength(length) {
  return [256, 1024, 4096].find((step) => length <= step) ?? Math.ceil(length / 16384) * 16384;
}

export async function seal(recipient, context, content) {
  const head = 4 + 32 + 8;
  const inside = new Uint8Array(paddedLength(head + content.length));
  inside.set(utf8.encode("QLE1"));
  inside.set(await contextDigest(context), 4);
  new DataView(inside.buffer).setBigUint64(36, BigInt(content.length));
  inside.set(content, head);
  const age = new Encrypter();
  age.addRecipient(recipient);
  return age.encrypt(inside);
}

const context = { institution: "h1", register: "report", entry: "entry-1", purpose: "content" };
// The public half of the secret key of 32 bytes 0x09.
const recipient = "age12ld5kdvlywh9u9rwfcj3ypt8q3ez2p353s2sc9r485xfx0gy6sss5uskuv";
const sealed = await seal(recipient, context, utf8.encode("在浏览器里密封的一句话"));
console.log(Buffer.from(sealed).toString("base64").replace(/=+$/, ""));
