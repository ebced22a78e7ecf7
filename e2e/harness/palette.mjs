// Screens have few colours: a picture with a palette is a third of one without, and looks the same.
import { crc32, decode } from "./png.mjs";
import { deflateSync } from "node:zlib";

const MOST = 256;

/** A PNG of at most 256 colours, the commonest; the others take the nearest of these. */
export function withPalette(png) {
  const { width, height, pixels } = decode(png);
  const counts = new Map();
  const colours = new Uint32Array(width * height);
  for (let at = 0; at < colours.length; at += 1) {
    const [red, green, blue] = pixels.subarray(at * 4, at * 4 + 3);
    const colour = (red << 16) | (green << 8) | blue;
    colours[at] = colour;
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const palette = [...counts].sort((one, other) => other[1] - one[1]).slice(0, MOST).map(([colour]) => colour);
  const index = new Map(palette.map((colour, at) => [colour, at]));
  const lines = Buffer.alloc((width + 1) * height);
  for (let at = 0; at < colours.length; at += 1) {
    const colour = colours[at];
    if (!index.has(colour)) index.set(colour, nearest(palette, colour));
    lines[Math.floor(at / width) * (width + 1) + 1 + (at % width)] = index.get(colour);
  }
  return encode(width, height, palette, lines);
}

function nearest(palette, colour) {
  const apart = (one) => ((one >> 16) - (colour >> 16)) ** 2 + (((one >> 8) & 255) - ((colour >> 8) & 255)) ** 2 + ((one & 255) - (colour & 255)) ** 2;
  let best = 0;
  for (let at = 1; at < palette.length; at += 1) if (apart(palette[at]) < apart(palette[best])) best = at;
  return best;
}

function encode(width, height, palette, lines) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  const colours = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  const start = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([start, chunk("IHDR", head), chunk("PLTE", colours), chunk("IDAT", deflateSync(lines, { level: 9 })), chunk("IEND", Buffer.alloc(0))]);
}

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(data.length, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), body.length + 4);
  return frame;
}
