//! Records of comma-separated values that may run over lines.

use super::source::{LONGEST, Source};
use crate::encoding::text;
use std::io;

/// A record: its first line, its fields, or nothing when its quotes never close.
pub(super) struct Read {
    pub line: u64,
    pub fields: Option<Vec<String>>,
}

/// The next record. One whose quotes do not close within the longest record is given up, and reading goes on at its second line.
pub(super) fn next(source: &mut Source, separator: u8) -> io::Result<Option<Read>> {
    let Some((line, first)) = source.line()? else { return Ok(None) };
    let mut splitter = Splitter { separator, ..Splitter::default() };
    splitter.feed(&first);
    let mut rest = Vec::new();
    let mut size = first.len();
    while splitter.quoted {
        let more = if size > LONGEST { None } else { source.line()? };
        let Some((number, bytes)) = more else {
            source.give_back(rest);
            return Ok(Some(Read { line, fields: None }));
        };
        size += bytes.len();
        splitter.field.push(b'\n');
        splitter.feed(&bytes);
        rest.push((number, bytes));
    }
    Ok(Some(Read { line, fields: Some(splitter.finish()) }))
}

/// Fields of one line of text.
pub(super) fn split(line: &str) -> Vec<String> {
    let mut splitter = Splitter { separator: b',', ..Splitter::default() };
    splitter.feed(line.as_bytes());
    splitter.finish()
}

#[derive(Default)]
struct Splitter {
    separator: u8,
    fields: Vec<String>,
    field: Vec<u8>,
    quoted: bool,
}

impl Splitter {
    fn feed(&mut self, line: &[u8]) {
        let mut at = 0;
        while at < line.len() {
            let byte = line[at];
            if self.quoted {
                if byte == b'"' && line.get(at + 1) == Some(&b'"') {
                    self.field.push(b'"');
                    at += 1;
                } else if byte == b'"' {
                    self.quoted = false;
                } else {
                    self.field.push(byte);
                }
            } else if byte == b'"' && self.field.is_empty() {
                self.quoted = true;
            } else if byte == self.separator {
                self.end();
            } else {
                self.field.push(byte);
            }
            at += 1;
        }
    }

    fn end(&mut self) {
        let field = std::mem::take(&mut self.field);
        self.fields.push(text(&field).into_owned());
    }

    fn finish(mut self) -> Vec<String> {
        self.end();
        self.fields
    }
}
