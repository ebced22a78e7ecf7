//! Rows of text files and workbooks.

use std::fs::File;

use office::read::{Book, FlawKind, Pick};

use super::{Cells, Row, Rows};
use crate::error::{Error, Result};
use crate::reason::Reason;

pub(super) struct BookRows<'a> {
    name: String,
    head: Vec<String>,
    rows: office::read::Rows<'a, File>,
    row: office::read::Row,
}

impl<'a> BookRows<'a> {
    pub(super) fn open(name: &str, book: &'a mut Book<File>, pick: &Pick) -> Result<BookRows<'a>> {
        let table = book.table(pick).map_err(|source| Error::Table { name: name.to_owned(), source })?;
        let row = office::read::Row { number: 0, cells: Vec::new(), flaws: Vec::new() };
        Ok(BookRows { name: name.to_owned(), head: table.head, rows: table.rows, row })
    }
}

impl Rows for BookRows<'_> {
    fn head(&self) -> &[String] {
        &self.head
    }

    fn next_row(&mut self) -> Result<Option<Row<'_>>> {
        self.row = match self.rows.next() {
            None => return Ok(None),
            Some(Ok(row)) => row,
            Some(Err(source)) => return Err(Error::Table { name: self.name.clone(), source }),
        };
        let flaw = self.row.flaws.first().map(|flaw| (reason(flaw.kind), flaw.column));
        Ok(Some(Row { number: self.row.number, flaw, cells: Cells::Text(&self.row.cells) }))
    }
}

fn reason(kind: FlawKind) -> Reason {
    match kind {
        FlawKind::Ragged { .. } => Reason::Ragged,
        FlawKind::BeyondHead => Reason::BeyondHead,
        FlawKind::LostDigits => Reason::LostDigits,
        FlawKind::ErrorCell | FlawKind::BadDate => Reason::ErrorCell,
    }
}
