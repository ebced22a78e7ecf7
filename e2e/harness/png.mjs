// Reads what the browser photographs: a PNG of 8 bits a channel, not interlaced, with or without alpha.
import { inflateSync } from "node:zlib";

/** Answers { width, height, pixels } with four bytes a pixel. */
export function decode(png) {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const channels = { 2: 3, 6: 4 }[png[25]];
  if (png[24] !== 8 || !channels || png[28] !== 0) throw new Error("a PNG of another kind than the browser writes");
  const parts = [];
  for (let at = 8; at < png.length; ) {
    const size = png.readUInt32BE(at);
    if (png.toString("latin1", at + 4, at + 8) === "IDAT") parts.push(png.subarray(at + 8, at + 8 + size));
    at += size + 12;
  }
  const rows = unfiltered(inflateSync(Buffer.concat(parts)), width * channels, height, channels);
  const pixels = Buffer.alloc(width * height * 4, 255);
  for (let at = 0; at < width * height; at += 1) rows.copy(pixels, at * 4, at * channels, at * channels + channels);
  return { width, height, pixels };
}

function unfiltered(raw, length, height, step) {
  const rows = Buffer.alloc(length * height);
  for (let row = 0; row < height; row += 1) {
    const kind = raw[row * (length + 1)];
    const [from, to] = [row * (length + 1) + 1, row * length];
    for (let at = 0; at < length; at += 1) {
      const left = at >= step ? rows[to + at - step] : 0;
      const above = row > 0 ? rows[to + at - length] : 0;
      const corner = at >= step && row > 0 ? rows[to + at - length - step] : 0;
      rows[to + at] = raw[from + at] + [0, left, above, (left + above) >> 1, paeth(left, above, corner)][kind];
    }
  }
  return rows;
}

function paeth(left, above, corner) {
  const guess = left + above - corner;
  const [toLeft, toAbove, toCorner] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)];
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? 0xedb88320 ^ (sum >>> 1) : sum >>> 1;
  return sum;
});

/** The checksum of a chunk. */
export function crc32(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = table[(sum ^ byte) & 255] ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}
