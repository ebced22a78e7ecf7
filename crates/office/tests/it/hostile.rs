//! Workbooks made to hurt: claims, bombs, halves, impossible places.

use std::io::{Cursor, Write};
use std::time::{Duration, Instant};

use office::read::{Limits, Pick};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{check_error, read, read_with, texts, workbook, zipped};

const ROWS: &str = r#"<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2"><v>7</v></c></row>"#;

/// Overwrites the unpacked size that the directory at the end of a ZIP file claims for a part.
fn claim(zip: &mut [u8], part: &str, bytes: u32) {
    let name = part.as_bytes();
    let entry = (0..zip.len() - 46)
        .find(|&at| zip[at..].starts_with(b"PK\x01\x02") && zip[at + 46..].starts_with(name))
        .expect("the part is in the directory");
    zip[entry + 24..entry + 28].copy_from_slice(&bytes.to_le_bytes());
}

#[test]
fn a_claim_of_two_gigabytes_in_a_tiny_workbook_is_refused_at_once() {
    let mut bytes = workbook(ROWS, &texts(&["a"]), "");
    assert!(read(&bytes).is_ok(), "without the claim it is a table");
    claim(&mut bytes, "xl/worksheets/sheet1.xml", 2 << 30);
    let start = Instant::now();
    check_error(read(&bytes), "inflated", &["xl/worksheets/sheet1.xml", "2147483648"]);
    // Writing two gigabytes takes longer than looking at what a workbook claims.
    assert!(start.elapsed() < Duration::from_secs(10));
}

/// A part of so many MiB of zeros, packed a thousand times smaller, that claims to be small.
fn bomb(mebibytes: usize, honest: bool) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("xl/workbook.xml", SimpleFileOptions::default()).unwrap();
    zip.write_all(b"<workbook/>").unwrap();
    zip.start_file("xl/worksheets/sheet1.xml", SimpleFileOptions::default()).unwrap();
    let zeros = vec![b'0'; 1 << 20];
    for _ in 0..mebibytes {
        zip.write_all(&zeros).unwrap();
    }
    let mut bytes = zip.finish().unwrap().into_inner();
    if !honest {
        claim(&mut bytes, "xl/worksheets/sheet1.xml", 1000);
    }
    bytes
}

#[test]
fn a_bomb_is_refused_whatever_it_claims() {
    let limits = Limits { part_bytes: 8 << 20, ..Limits::default() };
    for (honest, code) in [(true, "inflated"), (false, "damaged_workbook")] {
        let bytes = bomb(24, honest);
        assert!(bytes.len() < 64 << 10, "the bomb is small: {}", bytes.len());
        let result = read_with(&bytes, limits.clone(), &Pick::default());
        check_error(result, code, &["xl/worksheets/sheet1.xml"]);
    }
    // Within the size limit, yet far better packed than any real sheet.
    check_error(read(&bomb(24, true)), "inflated", &["xl/worksheets/sheet1.xml"]);
}

#[test]
fn many_parts_within_the_limit_may_not_exceed_it_together() {
    let part = vec![b'x'; 3 << 20];
    let bytes = zipped(&[("xl/workbook.xml", &part), ("xl/a.xml", &part), ("xl/b.xml", &part)]);
    let limits = Limits { total_bytes: 8 << 20, ..Limits::default() };
    check_error(read_with(&bytes, limits, &Pick::default()), "inflated", &["8388608"]);
}

#[test]
fn a_claim_of_many_texts_is_refused_before_room_is_made_for_them() {
    for claimed in ["4000000000000000000", "99999999999999999999999", "2000001"] {
        let texts = format!(r#"<sst uniqueCount="{claimed}"><si><t>a</t></si></sst>"#);
        check_error(read(&workbook(ROWS, &texts, "")), "too_many_texts", &["2000000"]);
    }
}

#[test]
fn half_a_workbook_is_refused_wherever_it_stops() {
    let bytes = workbook(ROWS, &texts(&["a"]), "");
    for end in (4..bytes.len()).step_by(7) {
        check_error(read(&bytes[..end]), "half_workbook", &[]);
    }
}

#[test]
fn a_workbook_with_changed_bytes_is_read_or_refused_but_never_panics() {
    let bytes = workbook(ROWS, &texts(&["a"]), "");
    let (mut taken, mut refused) = (0, 0);
    for at in 0..bytes.len() {
        for change in [0x01, 0x80, 0xff] {
            let mut bytes = bytes.clone();
            bytes[at] ^= change;
            match read(&bytes) {
                Ok(_) => taken += 1,
                Err(_) => refused += 1,
            }
        }
    }
    assert!(refused > taken / 4, "{taken} taken, {refused} refused");
}

#[test]
fn impossible_places_are_damage_and_no_panic() {
    let check = |rows: &str| check_error(read(&workbook(rows, &texts(&["a"]), "")), "damaged_workbook", &["表"]);
    check(r#"<row r="1"><c r="A1" t="s"><v>0</v></c></row><row><c r="ABCDEFGHIJKLMNOP2"><v>1</v></c></row>"#);
    check(r#"<row r="1"><c r="A1" t="s"><v>0</v></c></row><row><c r="A99999999999999"><v>1</v></c></row>"#);
    check(r#"<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="1048577"><c><v>1</v></c></row>"#);
    check(r#"<row r="5"><c r="A5" t="s"><v>0</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>"#);
    check(r#"<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>1</v></c></row>"#);
    check(r#"<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="zz"><v>1</v></c></row>"#);
}

#[test]
fn a_message_never_repeats_what_a_cell_says() {
    let rows = r#"<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="b"><v>秘密</v></c></row>"#;
    let error = read(&workbook(rows, &texts(&["a"]), "")).unwrap_err();
    assert_eq!(error.code(), "damaged_workbook");
    assert!(!error.en().contains("秘密") && !error.zh().contains("秘密"), "{error}");
}

#[test]
fn another_archive_is_not_a_workbook() {
    check_error(read(&zipped(&[("word/document.xml", b"<w/>")])), "not_a_table", &["ZIP"]);
}

#[test]
fn entities_are_not_expanded() {
    let texts = r#"<!DOCTYPE sst [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><sst uniqueCount="1"><si><t>x&b;y</t></si></sst>"#;
    match read(&workbook(ROWS, texts, "")) {
        Ok((head, _)) => assert!(head[0].len() < 20, "{head:?}"),
        Err(error) => assert_eq!(error.code(), "damaged_workbook"),
    }
}
