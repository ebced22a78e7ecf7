//! A list as CSV: comma, `\r\n`, UTF-8 with a byte order mark.

use std::io::Write;

use csv::{Terminator, Writer, WriterBuilder};

use super::{Cell, List, Rows, check_shape};
use crate::Error;
use crate::text::{looks_like_formula, yuan};

pub(super) struct Lines<W: Write> {
    out: Writer<W>,
    columns: usize,
    rows: u64,
}

impl<W: Write> Lines<W> {
    pub(super) fn begin(list: &List, mut to: W) -> Result<Lines<W>, Error> {
        to.write_all("\u{feff}".as_bytes())?;
        let mut out = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(to);
        out.write_record(list.columns.iter().map(|column| harmless(&column.name))).map_err(io)?;
        Ok(Lines { out, columns: list.columns.len(), rows: 0 })
    }
}

impl<W: Write> Rows for Lines<W> {
    fn row(&mut self, cells: &[Cell]) -> Result<(), Error> {
        check_shape(self.rows + 1, cells, self.columns)?;
        self.out.write_record(cells.iter().map(shown)).map_err(io)?;
        self.rows += 1;
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<u64, Error> {
        self.out.flush()?;
        Ok(self.rows)
    }
}

fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Blank => String::new(),
        Cell::Text(text) => harmless(text),
        Cell::Integer(number) => number.to_string(),
        Cell::Fen(fen) => yuan(*fen),
        Cell::Date(date) => date.to_string(),
        Cell::DateTime(moment) => moment.strftime("%Y-%m-%d %H:%M").to_string(),
    }
}

/// CSV has no types, so a text that could start a formula gets the apostrophe by which spreadsheets mark text.
fn harmless(text: &str) -> String {
    if looks_like_formula(text) { format!("'{text}") } else { text.to_owned() }
}

fn io(fault: csv::Error) -> Error {
    match fault.into_kind() {
        csv::ErrorKind::Io(fault) => Error::Io(fault),
        other => Error::Io(std::io::Error::other(format!("{other:?}"))),
    }
}
