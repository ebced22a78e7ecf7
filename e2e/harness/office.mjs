// Reads back what was exported, without the program that wrote it: an xlsx or docx is a zip of XML.
import { inflateRawSync } from "node:zlib";

/** A file of the zip as text. */
export function entryOf(bytes, name) {
  const end = bytes.lastIndexOf(Buffer.from("PK\x05\x06", "latin1"));
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [size, nameLength, extraLength, noteLength] = [bytes.readUInt32LE(at + 20), bytes.readUInt16LE(at + 28), bytes.readUInt16LE(at + 30), bytes.readUInt16LE(at + 32)];
    if (bytes.toString("utf8", at + 46, at + 46 + nameLength) === name) return unpack(bytes, bytes.readUInt32LE(at + 42), size);
    at += 46 + nameLength + extraLength + noteLength;
  }
  throw new Error(`the file holds no ${name}`);
}

function unpack(bytes, at, size) {
  const start = at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28);
  const packed = bytes.subarray(start, start + size);
  return (bytes.readUInt16LE(at + 8) === 0 ? packed : inflateRawSync(packed)).toString("utf8");
}

/** Cells of the first sheet: [ { row, column, rows, columns, text } ], counted from 0, merged ones once. */
export function cellsOfXlsx(bytes) {
  const sheet = entryOf(bytes, "xl/worksheets/sheet1.xml");
  const shared = sheet.includes('t="s"') ? [...entryOf(bytes, "xl/sharedStrings.xml").matchAll(/<si\b[^>]*>(.*?)<\/si>/gs)].map(([, text]) => words(text)) : [];
  const merged = new Map();
  const covered = new Set();
  for (const [, first, last] of sheet.matchAll(/<mergeCell ref="([A-Z]+\d+):([A-Z]+\d+)"/g)) {
    const [from, to] = [placeOf(first), placeOf(last)];
    merged.set(first, { rows: to.row - from.row + 1, columns: to.column - from.column + 1 });
    for (let row = from.row; row <= to.row; row += 1) for (let column = from.column; column <= to.column; column += 1) covered.add(`${row},${column}`);
    covered.delete(`${from.row},${from.column}`);
  }
  const cells = [];
  for (const [, attributes, inner = ""] of sheet.matchAll(/<c\b([^>]*?)(?:\/>|>(.*?)<\/c>)/gs)) {
    const reference = /\br="([A-Z]+\d+)"/.exec(attributes)[1];
    const place = placeOf(reference);
    if (covered.has(`${place.row},${place.column}`)) continue;
    const value = /<v>(.*?)<\/v>/s.exec(inner)?.[1] ?? "";
    const text = /\bt="s"/.test(attributes) ? (shared[Number(value)] ?? "") : /\bt="inlineStr"/.test(attributes) ? words(inner) : plain(value);
    cells.push({ ...place, ...(merged.get(reference) ?? { rows: 1, columns: 1 }), text });
  }
  return cells;
}

function placeOf(reference) {
  const [, letters, digits] = /^([A-Z]+)(\d+)$/.exec(reference);
  const column = [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
  return { row: Number(digits) - 1, column };
}

/** Cells of the first table of a document, as of a sheet. */
export function cellsOfDocx(bytes) {
  const table = /<w:tbl>(.*?)<\/w:tbl>/s.exec(entryOf(bytes, "word/document.xml"))?.[1] ?? "";
  const cells = [];
  const above = new Map();
  [...table.matchAll(/<w:tr\b.*?<\/w:tr>/gs)].forEach(([line], row) => {
    let column = 0;
    for (const [cell] of line.matchAll(/<w:tc\b.*?<\/w:tc>/gs)) {
      const columns = Number(/<w:gridSpan w:val="(\d+)"/.exec(cell)?.[1] ?? 1);
      const merge = /<w:vMerge(?: w:val="(\w+)")?/.exec(cell);
      if (merge && merge[1] !== "restart") {
        const first = above.get(column);
        if (first) first.rows += 1;
      } else {
        const placed = { row, column, rows: 1, columns, text: [...cell.matchAll(/<w:p\b.*?<\/w:p>/gs)].map(([one]) => words(one)).join("") };
        cells.push(placed);
        above.set(column, placed);
      }
      column += columns;
    }
  });
  return cells;
}

/** Everything a document says, in order. */
export function wordsOfDocx(bytes) {
  return words(entryOf(bytes, "word/document.xml"));
}

/** The text of a piece of XML. */
function words(xml) {
  return [...xml.matchAll(/<(?:w:)?t(?:\s[^>]*)?>(.*?)<\/(?:w:)?t>/gs)].map(([, text]) => plain(text)).join("");
}

function plain(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&apos;", "'").replaceAll(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code))).replaceAll("&amp;", "&");
}

/** A head as the form has it: texts without spaces, with what each covers; row 0 is where `first` stands. */
export function headOf(cells, first, rows) {
  const bare = (text) => text.replaceAll(/\s/g, "");
  const start = cells.find((cell) => bare(cell.text) === first);
  if (!start) throw new Error(`no cell says ${first}`);
  const inside = cells.filter((cell) => cell.row >= start.row && cell.row < start.row + rows);
  return inside.map((cell) => `${bare(cell.text)} @${cell.row - start.row},${cell.column - start.column} ${cell.rows}×${cell.columns}`).sort();
}
