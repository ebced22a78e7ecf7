//! The rows of a file of text. The parsing is csv-core's; the bounds, the row numbers a spreadsheet would show and
//! the notice of a quotation mark that never closes are added here.

use std::io::{Read, Seek};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder, Terminator};

use super::Limits;
use super::encoding::{DecodeFault, Decoded, Encoding, newlines};
use crate::Error;

/// Fed to the parser after the text. Arriving as a row of its own it shows that the last row was complete;
/// swallowed by a row it shows an open quotation mark. (U+FDD0 is reserved for such internal use.)
const END_MARK: &[u8] = "\n\u{fdd0}\n".as_bytes();
const END_CELL: &str = "\u{fdd0}";

pub(super) struct Lines<R> {
    text: Decoded<R>,
    encoding: Encoding,
    parser: Reader,
    chunk: Vec<u8>,
    at: usize,
    stage: Stage,
    cells: Vec<u8>,
    ends: Vec<usize>,
    /// Line ends inside cells so far: they are lines of the file and not rows of the table.
    inner_lines: u64,
    row_bytes: usize,
    columns: usize,
    rows: u64,
}

#[derive(PartialEq)]
enum Stage {
    Text,
    Marked,
    Over,
}

impl<R: Read + Seek> Lines<R> {
    pub(super) fn open(source: R, encoding: Encoding, limits: &Limits) -> Result<Lines<R>, Error> {
        let mut lines = Lines {
            text: Decoded::open(source, encoding)?,
            encoding,
            parser: Reader::new(),
            chunk: Vec::new(),
            at: 0,
            stage: Stage::Text,
            cells: vec![0; 4096],
            ends: vec![0; 64],
            inner_lines: 0,
            row_bytes: limits.row_bytes as usize,
            columns: limits.columns as usize,
            rows: limits.rows,
        };
        lines.refill()?;
        lines.parser = ReaderBuilder::new().delimiter(separator(&lines.chunk)).terminator(Terminator::Any(b'\n')).build();
        Ok(lines)
    }

    /// The next row that is not an empty line, and its number.
    pub(super) fn next_row(&mut self) -> Result<Option<(u64, Vec<String>)>, Error> {
        if self.stage == Stage::Over {
            return Ok(None);
        }
        let (mut used, mut count) = (0, 0);
        loop {
            // To the parser nothing to read means the end, so it is only ever given nothing there.
            if self.at == self.chunk.len() && self.stage == Stage::Text {
                self.refill()?;
            }
            let (result, read, wrote, ended) =
                self.parser.read_record(&self.chunk[self.at..], &mut self.cells[used..], &mut self.ends[count..]);
            self.at += read;
            used += wrote;
            count += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if used < self.row_bytes => self.cells.resize(used * 2, 0),
                ReadRecordResult::OutputFull => {
                    return Err(Error::RowTooLong { row: self.open_row(used), limit: self.row_bytes as u64 });
                }
                ReadRecordResult::OutputEndsFull if count <= self.columns => self.ends.resize(count * 2, 0),
                ReadRecordResult::OutputEndsFull => {
                    return Err(Error::TooManyColumns { row: self.open_row(used), limit: self.columns as u64 });
                }
                ReadRecordResult::Record => return self.close_row(used, count),
                ReadRecordResult::End => {
                    self.stage = Stage::Over;
                    return Ok(None);
                }
            }
        }
    }

    /// Puts the next piece of text into `chunk`, and the mark behind the last one.
    fn refill(&mut self) -> Result<(), Error> {
        self.at = 0;
        self.text.next_into(&mut self.chunk).map_err(|fault| match fault {
            DecodeFault::Io(fault) => Error::Io(fault),
            DecodeFault::Malformed => Error::Undecodable { row: self.passed_rows() + 1, encoding: self.encoding.name() },
        })?;
        if self.chunk.is_empty() {
            self.chunk.extend_from_slice(END_MARK);
            self.stage = Stage::Marked;
        }
        Ok(())
    }

    fn close_row(&mut self, used: usize, count: usize) -> Result<Option<(u64, Vec<String>)>, Error> {
        let row = self.open_row(used);
        let cells = self.row_cells(count);
        let at_end = self.stage == Stage::Marked && self.at == self.chunk.len();
        if at_end {
            self.stage = Stage::Over;
            return match cells.as_slice() {
                [only] if only == END_CELL => Ok(None),
                _ => Err(Error::CutOff { row }),
            };
        }
        self.inner_lines += newlines(&self.cells[..used]);
        let row = self.passed_rows();
        if row > self.rows {
            return Err(Error::TooManyRows { limit: self.rows });
        }
        if count > self.columns && cells[self.columns..].iter().any(|cell| !cell.is_empty()) {
            return Err(Error::TooManyColumns { row, limit: self.columns as u64 });
        }
        Ok(Some((row, cells)))
    }

    fn row_cells(&self, count: usize) -> Vec<String> {
        let mut start = 0;
        self.ends[..count]
            .iter()
            .map(|&end| {
                let cell = &self.cells[start..end];
                start = end;
                // The text is UTF-8 and was split at ASCII characters, so nothing is ever replaced here.
                String::from_utf8_lossy(cell).into_owned()
            })
            .collect()
    }

    /// Rows whose line end has been read.
    fn passed_rows(&self) -> u64 {
        self.parser.line() - 1 - self.inner_lines
    }

    /// The row being read, when `used` bytes of its cells are known and its line end is not.
    fn open_row(&self, used: usize) -> u64 {
        self.passed_rows() + 1 - newlines(&self.cells[..used])
    }
}

/// The separator most frequent in the first line; a comma when in doubt.
fn separator(text: &[u8]) -> u8 {
    let line = text.split(|byte| *byte == b'\n').find(|line| !line.is_empty()).unwrap_or_default();
    let count = |wanted: u8| line.iter().filter(|byte| **byte == wanted).count();
    [b';', b'\t', b','].into_iter().max_by_key(|wanted| count(*wanted)).unwrap_or(b',')
}
