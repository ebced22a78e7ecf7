//! Tables as text: encodings, separators, row numbers, ragged rows, files that stop.

use std::io::{Cursor, Read, Seek, SeekFrom};

use encoding_rs::{GB18030, UTF_16BE, UTF_16LE};
use office::read::{Book, Encoding, FlawKind, Limits, Pick};

use super::{cells, check_error, read, read_with};

const TABLE: &str = "工号,姓名,身份号\r\n007,张三丰,110000190001011234\r\n0123,欧阳𠮷,\r\n";
const ROWS: [[&str; 3]; 2] = [["007", "张三丰", "110000190001011234"], ["0123", "欧阳𠮷", ""]];

fn check_encoding(bytes: &[u8], expected: Encoding) {
    let mut book = Book::open(Cursor::new(bytes), Limits::default()).unwrap();
    assert_eq!(book.encoding(), Some(expected));
    let table = book.table(&Pick::default()).unwrap();
    assert_eq!(table.head, ["工号", "姓名", "身份号"], "{expected:?}");
    let rows: Vec<_> = table.rows.map(Result::unwrap).collect();
    assert_eq!(cells(&rows), ROWS, "{expected:?}");
    assert!(rows.iter().all(|row| row.flaws.is_empty()));
}

fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    std::iter::once('\u{feff}').chain(text.chars()).collect::<String>().encode_utf16().flat_map(unit).collect()
}

#[test]
fn every_encoding_is_recognised_and_named() {
    check_encoding(TABLE.as_bytes(), Encoding::Utf8);
    check_encoding(format!("\u{feff}{TABLE}").as_bytes(), Encoding::Utf8Bom);
    check_encoding(&GB18030.encode(TABLE).0, Encoding::Gb18030);
    check_encoding(&utf16(TABLE, u16::to_le_bytes), Encoding::Utf16Le);
    check_encoding(&utf16(TABLE, u16::to_be_bytes), Encoding::Utf16Be);
    assert_eq!((UTF_16LE.name(), UTF_16BE.name()), (Encoding::Utf16Le.name(), Encoding::Utf16Be.name()));
}

#[test]
fn a_character_split_between_two_reads_is_whole() {
    // The reader works in pieces of 64 KiB; a column of three-byte characters is split at each of them.
    let long: String = (0..60_000).map(|n| format!("药{n}\n")).collect();
    let text = format!("名称\n{long}");
    for bytes in [text.as_bytes().to_vec(), GB18030.encode(&text).0.into_owned()] {
        let (_, rows) = read(&bytes).unwrap();
        assert_eq!(rows.len(), 60_000);
        assert_eq!(rows[59_999].cells, ["药59999"]);
        assert_eq!(rows[59_999].number, 60_001);
    }
}

#[test]
fn the_separator_is_the_one_the_head_uses() {
    for separator in [',', '\t', ';'] {
        let text = format!("a{separator}b\n1{separator}2.5\n");
        let (head, rows) = read(text.as_bytes()).unwrap();
        assert_eq!((head, cells(&rows)), (vec!["a".into(), "b".into()], vec![vec!["1", "2.5"]]));
    }
}

#[test]
fn row_numbers_are_those_of_a_spreadsheet() {
    // A blank line counts, a line end inside quotation marks does not.
    let (_, rows) = read("名,注\n\n甲,\"一\r\n二\"\r乙,三\n\n\n丙,四".as_bytes()).unwrap();
    assert_eq!(cells(&rows), [["甲", "一\n二"], ["乙", "三"], ["丙", "四"]]);
    assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [3, 4, 7]);
    assert_eq!(rows[2].place(1), "B7");
}

#[test]
fn a_ragged_row_is_kept_with_its_flaw() {
    let (_, rows) = read("a,b,c\n1,2\n1,2,3\n1,2,3,4\n1,2,3,,\n".as_bytes()).unwrap();
    let flaws: Vec<_> = rows.iter().map(|row| row.flaws.first().map(|flaw| flaw.kind)).collect();
    assert_eq!(
        flaws,
        [
            Some(FlawKind::Ragged { found: 2, expected: 3 }),
            None,
            Some(FlawKind::Ragged { found: 4, expected: 3 }),
            None, // separators without anything behind them are how Excel fills a short row
        ]
    );
    assert_eq!(rows[0].cells, ["1", "2"], "what was read is kept for the file of failed rows");
    assert!(rows[2].flaws[0].zh().contains("第 4 行有 4 格"), "{}", rows[2].flaws[0].zh());
    assert!(rows[2].flaws[0].en().contains("row 4 has 4 cells"), "{}", rows[2].flaws[0].en());
}

#[test]
fn a_head_may_stand_below_a_title() {
    let text = "门诊处方明细\n编号,药品\n1,甲\n".as_bytes();
    let pick = Pick { head_row: Some(2), ..Pick::default() };
    let (head, rows) = read_with(text, Limits::default(), &pick).unwrap();
    assert_eq!((head, cells(&rows)), (vec!["编号".into(), "药品".into()], vec![vec!["1", "甲"]]));
    let beyond = Pick { head_row: Some(9), ..Pick::default() };
    check_error(read_with(text, Limits::default(), &beyond), "no_head", &[]);
}

#[test]
fn a_head_must_be_there_and_name_each_column_once() {
    check_error(read(b""), "no_head", &[]);
    check_error(read("\n,,\n".as_bytes()), "no_head", &[]);
    check_error(read("科室,药品,科室 \n".as_bytes()), "duplicate_head", &["A", "C"]);
}

#[test]
fn a_file_that_stops_inside_a_row_says_where() {
    check_error(read("a,b\n1,2\n3,\"four\nfive,6\n".as_bytes()), "cut_off", &["3"]);
    // The same cells with the quotation mark closed are a table.
    assert_eq!(read("a,b\n1,2\n3,\"four\nfive,6\"\n".as_bytes()).unwrap().1.len(), 2);
    // Half a character at the end.
    let text = TABLE.as_bytes();
    check_error(read(&text[..text.len() - 5]), "cut_off", &["3"]);
}

#[test]
fn a_broken_encoding_says_where() {
    let mut utf8 = format!("科室,说明\n内科,正常\n外科,{}\n", "说明文字".repeat(4)).into_bytes();
    utf8.push(0xff);
    check_error(read(&utf8), "undecodable", &["4", "UTF-8"]);
    // 0xFF is no character of GB18030 either.
    let mut gb = GB18030.encode("科室\n内科\n").0.into_owned();
    gb.extend([0xff, b'\n']);
    check_error(read(&gb), "undecodable", &["GB18030"]);
    let mut odd = utf16(TABLE, u16::to_le_bytes);
    odd.pop();
    check_error(read(&odd), "undecodable", &["UTF-16LE"]);
}

#[test]
fn what_is_no_table_is_named() {
    check_error(read(b"<html><table><tr><td>1</td></tr></table></html>"), "not_a_table", &["HTML"]);
    check_error(read(b"\xef\xbb\xbf<?xml version=\"1.0\"?><Workbook/>"), "not_a_table", &["XML"]);
    check_error(read(b"%PDF-1.7 ..."), "not_a_table", &["PDF"]);
    check_error(read(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "not_a_table", &["binary"]);
    check_error(read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "old_or_locked", &[".xls"]);
}

#[test]
fn limits_of_text_are_kept() {
    let small = Limits { rows: 3, columns: 2, row_bytes: 4096, ..Limits::default() };
    let check = |text: &str, code, words: &[&str]| {
        check_error(read_with(text.as_bytes(), small.clone(), &Pick::default()), code, words);
    };
    check("a\n1\n2\n3\n", "too_many_rows", &["3"]);
    check("a,b\n1,2,3\n", "too_many_columns", &["2"]);
    check(&format!("a\n{}\n", "x,".repeat(500)), "too_many_columns", &["2"]);
    // An opening quotation mark must not swallow a large file into memory.
    check(&format!("a\n\"{}", "word\n".repeat(4000)), "row_too_long", &["2", "4096"]);
    assert!(read_with(b"a,b\n1,2\n3,4\n", small, &Pick::default()).is_ok());
}

/// A file of a million rows that exists only as far as it is read.
struct Endless {
    at: u64,
    rows: u64,
    piece: Vec<u8>,
}

impl Read for Endless {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        if self.piece.is_empty() && self.at < self.rows {
            self.piece =
                if self.at == 0 { b"line,item,quantity\n".to_vec() } else { format!("{:07},A{},2\n", self.at, self.at % 50).into_bytes() };
            self.at += 1;
        }
        let count = self.piece.len().min(into.len());
        into[..count].copy_from_slice(&self.piece[..count]);
        self.piece.drain(..count);
        Ok(count)
    }
}

impl Seek for Endless {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        assert_eq!(to, SeekFrom::Start(0), "the reader only ever starts again");
        (self.at, self.piece) = (0, Vec::new());
        Ok(0)
    }
}

#[test]
fn a_million_rows_are_streamed() {
    let file = Endless { at: 0, rows: 1_000_001, piece: Vec::new() };
    let mut book = Book::open(file, Limits::default()).unwrap();
    let table = book.table(&Pick::default()).unwrap();
    let mut count = 0;
    for (row, expected) in table.rows.zip(1u64..) {
        let row = row.unwrap();
        assert_eq!(row.number, expected + 1);
        assert_eq!(row.cells[0].parse::<u64>().unwrap(), expected);
        count += 1;
    }
    assert_eq!(count, 1_000_000);
}
