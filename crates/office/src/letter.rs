//! Notices, replies and receipts as a document of Word, on A4 in the form of an official letter.

use std::io::Write;

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::word::body::{id, line};
use crate::word::{self, Page};

/// A letter. *Source*: GB/T 9704-2012, 7.1 to 7.3.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    pub title: String,
    /// The number with its year in hexagonal brackets, such as 示院纪函〔2026〕7号.
    #[serde(default)]
    pub number: Option<String>,
    /// To whom it goes; the colon is part of it.
    #[serde(default)]
    pub addressee: Option<String>,
    pub paragraphs: Vec<String>,
    /// Who signs and when, a line each, at the right.
    #[serde(default)]
    pub signed: Vec<String>,
    /// Where the letter comes from, printed small at the end.
    #[serde(default)]
    pub stamp: Vec<String>,
}

/// A4 with the margins of official papers.
const PAGE: Page = Page { width: 11_906, height: 16_838, top: 2_098, right: 1_474, bottom: 1_984, left: 1_588 };

/// Writes the letter as DOCX. `made_at` is the local time put into the properties of the file; the same letter and
/// time give the same bytes.
pub fn write_docx<W: Write>(letter: &Letter, made_at: DateTime, to: W) -> Result<(), Error> {
    word::write(to, &letter.title, made_at, PAGE, 12.0, |xml| {
        line(xml, id::TITLE, &letter.title);
        if let Some(number) = &letter.number {
            line(xml, id::NUMBER, number);
        }
        if let Some(addressee) = &letter.addressee {
            line(xml, id::ADDRESSEE, addressee);
        }
        for paragraph in &letter.paragraphs {
            line(xml, id::TEXT, paragraph);
        }
        if !letter.signed.is_empty() {
            line(xml, id::TEXT, "");
        }
        for signed in &letter.signed {
            line(xml, id::SIGNED, signed);
        }
        for stamp in &letter.stamp {
            line(xml, id::STAMP, stamp);
        }
    })
}
