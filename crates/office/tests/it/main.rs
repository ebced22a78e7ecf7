//! Everything a stranger may hand in, and everything another program must be able to open.

#![allow(clippy::unwrap_used)]

mod forms;
mod hostile;
mod lists;
mod opened_elsewhere;
mod papers;
mod tables;
mod workbooks;

use std::io::{Cursor, Write};

use office::Error;
use office::read::{Book, Limits, Pick, Row};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The head and rows of the first table of a file.
fn read(bytes: &[u8]) -> Result<(Vec<String>, Vec<Row>), Error> {
    read_with(bytes, Limits::default(), &Pick::default())
}

fn read_with(bytes: &[u8], limits: Limits, pick: &Pick) -> Result<(Vec<String>, Vec<Row>), Error> {
    let mut book = Book::open(Cursor::new(bytes), limits)?;
    let table = book.table(pick)?;
    let head = table.head.clone();
    Ok((head, table.rows.collect::<Result<_, _>>()?))
}

/// The cells of the rows, without numbers and flaws.
fn cells(rows: &[Row]) -> Vec<Vec<&str>> {
    rows.iter().map(|row| row.cells.iter().map(String::as_str).collect()).collect()
}

/// A fault of reading must have this code, and messages in both languages that hold these words.
fn check_error(result: Result<(Vec<String>, Vec<Row>), Error>, code: &str, words: &[&str]) {
    let error = result.expect_err("the file must be refused");
    assert_eq!(error.code(), code, "{error}");
    for word in words {
        assert!(error.en().contains(word), "no {word:?} in {}", error.en());
        assert!(error.zh().contains(word), "no {word:?} in {}", error.zh());
    }
}

/// A ZIP file of these parts.
fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A workbook of one sheet written by hand: the rows inside `sheetData`, the shared texts, and cell formats.
fn workbook(rows: &str, texts: &str, formats: &str) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let packages = "http://schemas.openxmlformats.org/package/2006/relationships";
    zipped(&[
        (
            "_rels/.rels",
            format!(r#"<Relationships xmlns="{packages}"><Relationship Id="r1" Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#).as_bytes(),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(r#"<Relationships xmlns="{packages}"><Relationship Id="r1" Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#).as_bytes(),
        ),
        (
            "xl/workbook.xml",
            format!(r#"<workbook xmlns="{main}" xmlns:r="{relations}"><sheets><sheet name="表" sheetId="1" r:id="r1"/></sheets></workbook>"#).as_bytes(),
        ),
        ("xl/styles.xml", format!(r#"<styleSheet xmlns="{main}">{formats}</styleSheet>"#).as_bytes()),
        ("xl/sharedStrings.xml", texts.as_bytes()),
        (
            "xl/worksheets/sheet1.xml",
            format!(r#"<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>"#).as_bytes(),
        ),
    ])
}

/// Shared texts as the part that holds them.
fn texts(of: &[&str]) -> String {
    let items: String = of.iter().map(|text| format!("<si><t>{text}</t></si>")).collect();
    format!(r#"<sst uniqueCount="{}">{items}</sst>"#, of.len())
}
