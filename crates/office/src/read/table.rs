//! A table: its head, and its rows one by one, each checked against the head.

use std::io::{Read, Seek};

use super::flaw::{Flaw, FlawKind};
use super::lines::Lines;
use super::workbook::Sheet;
use crate::Error;
use crate::place::{cell_place, column_letters};

/// A table whose head has been read.
pub struct Table<'a, R: Read + Seek> {
    /// Names of the columns, trimmed; a column may have none.
    pub head: Vec<String>,
    /// Number of the row the head was found in.
    pub head_row: u64,
    pub rows: Rows<'a, R>,
}

/// A row of a table.
///
/// *Shape*: as many cells as the head has names; a row with the flaw `ragged` or `beyond_head` may have more or fewer.
/// Cells are text as written: dates of a workbook as `2026-01-31`, `2026-01-31T08:30:00` or `08:30:00`, numbers
/// with all their digits, blank cells empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The number in the margin of a spreadsheet that shows the file, from 1.
    pub number: u64,
    pub cells: Vec<String>,
    /// Why the row should not be taken as it is.
    pub flaws: Vec<Flaw>,
}

impl Row {
    /// The name of a cell for messages, such as `B17`; `column` counts from 0.
    pub fn place(&self, column: usize) -> String {
        cell_place(column, self.number)
    }
}

/// The rows below the head. Blank rows are passed over. After an error there is nothing more.
pub struct Rows<'a, R: Read + Seek> {
    raw: Raw<'a, R>,
    columns: usize,
    over: bool,
}

pub(super) enum Raw<'a, R: Read + Seek> {
    Text(Lines<&'a mut R>),
    Sheet(Sheet<'a, R>),
}

impl<'a, R: Read + Seek> Table<'a, R> {
    pub(super) fn open(mut raw: Raw<'a, R>, head_row: Option<u64>) -> Result<Table<'a, R>, Error> {
        while let Some(row) = raw.next_row()? {
            if is_blank(&row.cells) || head_row.is_some_and(|wanted| row.number < wanted) {
                continue;
            }
            if head_row.is_some_and(|wanted| row.number > wanted) {
                break;
            }
            let head = head_names(row.cells)?;
            let rows = Rows { raw, columns: head.len(), over: false };
            return Ok(Table { head, head_row: row.number, rows });
        }
        Err(Error::NoHead)
    }
}

impl<R: Read + Seek> Iterator for Rows<'_, R> {
    type Item = Result<Row, Error>;

    fn next(&mut self) -> Option<Result<Row, Error>> {
        while !self.over {
            match self.raw.next_row() {
                Ok(Some(row)) if is_blank(&row.cells) => {}
                Ok(Some(row)) => return Some(Ok(self.shaped(row))),
                Ok(None) => self.over = true,
                Err(error) => {
                    self.over = true;
                    return Some(Err(error));
                }
            }
        }
        None
    }
}

impl<R: Read + Seek> Rows<'_, R> {
    /// Brings a row to the width of the head, or says that it has another.
    fn shaped(&self, mut row: Row) -> Row {
        let found = row.cells.len();
        let filled = row.cells.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |last| last + 1);
        match self.raw {
            // A spreadsheet leaves out cells that are empty, so a short row is only a row with blanks at its end.
            Raw::Sheet(_) if filled > self.columns => {
                row.flaws.push(Flaw { row: row.number, column: Some(filled - 1), kind: FlawKind::BeyondHead });
            }
            Raw::Text(_) if found < self.columns || filled > self.columns => {
                let kind = FlawKind::Ragged { found, expected: self.columns };
                row.flaws.push(Flaw { row: row.number, column: None, kind });
            }
            _ => row.cells.resize(self.columns, String::new()),
        }
        row
    }
}

impl<R: Read + Seek> Raw<'_, R> {
    fn next_row(&mut self) -> Result<Option<Row>, Error> {
        match self {
            Raw::Text(lines) => Ok(lines.next_row()?.map(|(number, cells)| Row { number, cells, flaws: Vec::new() })),
            Raw::Sheet(sheet) => sheet.next_row(),
        }
    }
}

fn is_blank(cells: &[String]) -> bool {
    cells.iter().all(|cell| cell.trim().is_empty())
}

fn head_names(cells: Vec<String>) -> Result<Vec<String>, Error> {
    let mut names: Vec<String> = cells.iter().map(|cell| cell.trim().to_owned()).collect();
    while names.last().is_some_and(String::is_empty) {
        names.pop();
    }
    for (second, name) in names.iter().enumerate() {
        let first = names[..second].iter().position(|earlier| earlier == name);
        if let (Some(first), false) = (first, name.is_empty()) {
            return Err(Error::DuplicateHead { first: column_letters(first), second: column_letters(second) });
        }
    }
    Ok(names)
}
