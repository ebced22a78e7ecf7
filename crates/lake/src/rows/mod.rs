//! One row after another, whatever the file is: CSV or a workbook (through `office`), either of them gzipped, or Parquet.

mod book;
mod columnar;
mod unpack;

use std::fs::File;
use std::io::Seek;
use std::path::Path;
use std::time::SystemTime;

use arrow::array::StringArray;
use office::read::Pick;

use crate::error::{Error, Result};
use crate::files;
use crate::layout::Layout;
use crate::reason::Reason;

/// The rows of a table below its head.
pub(crate) trait Rows {
    fn head(&self) -> &[String];
    fn next_row(&mut self) -> Result<Option<Row<'_>>>;
}

pub(crate) struct Row<'a> {
    /// The number in the margin of a spreadsheet that shows the file, from 1; for Parquet the row itself, from 1.
    pub(crate) number: u64,
    /// Why the row cannot be taken whatever it says, and in which column.
    pub(crate) flaw: Option<(Reason, Option<usize>)>,
    cells: Cells<'a>,
}

enum Cells<'a> {
    Text(&'a [String]),
    Columns(&'a [StringArray], usize),
}

impl Row<'_> {
    /// The text of a cell, trimmed; empty where the row has none.
    pub(crate) fn cell(&self, column: usize) -> &str {
        let text = match &self.cells {
            Cells::Text(cells) => cells.get(column).map_or("", String::as_str),
            // An empty cell of a text array is an empty slice.
            Cells::Columns(columns, row) => columns.get(column).map_or("", |c| c.value(*row)),
        };
        text.trim()
    }
}

/// A file to be taken in.
pub(crate) struct Input {
    name: String,
    table: Opened,
    /// SHA-256 of the bytes as they were handed in.
    pub(crate) hash: String,
    original: File,
    seen: (u64, Option<SystemTime>),
}

enum Opened {
    Book(Box<office::read::Book<File>>),
    Parquet(File),
}

impl Input {
    /// Recognises the file by its bytes. A gzipped one is unpacked into the lake's folder of drafts.
    pub(crate) fn open(path: &Path, name: &str, layout: &Layout) -> Result<Input> {
        let mut original = File::open(path).map_err(Error::io(path))?;
        let seen = state(&original, path)?;
        let hash = files::hash(&mut original).and_then(|hash| original.rewind().map(|()| hash)).map_err(Error::io(path))?;
        let file = match unpack::unpack(&original, path, name, layout)? {
            Some(unpacked) => unpacked,
            None => original.try_clone().map_err(Error::io(path))?,
        };
        let table = if columnar::is_parquet(&file, path, name)? {
            Opened::Parquet(file)
        } else {
            let limits = office::read::Limits { rows: u64::from(u32::MAX), ..Default::default() };
            let book = office::read::Book::open(file, limits).map_err(|source| Error::Table { name: name.to_owned(), source })?;
            Opened::Book(Box::new(book))
        };
        Ok(Input { name: name.to_owned(), table, hash, original, seen })
    }

    /// Such as `GB18030`; a workbook and Parquet have none of their own.
    pub(crate) fn encoding(&self) -> &'static str {
        match &self.table {
            Opened::Book(book) => book.encoding().map_or("XLSX", |encoding| encoding.name()),
            Opened::Parquet(_) => "Parquet",
        }
    }

    pub(crate) fn rows(&mut self, sheet: Option<&str>, head_row: Option<u64>) -> Result<Box<dyn Rows + '_>> {
        match &mut self.table {
            Opened::Book(book) => {
                let pick = Pick { sheet: sheet.map(str::to_owned), head_row };
                Ok(Box::new(book::BookRows::open(&self.name, book, &pick)?))
            }
            Opened::Parquet(file) => Ok(Box::new(columnar::ParquetRows::open(&self.name, file)?)),
        }
    }

    /// A file that somebody is still copying has another length or time by now.
    pub(crate) fn check_unchanged(&self, path: &Path) -> Result<()> {
        match state(&self.original, path)? == self.seen {
            true => Ok(()),
            false => Err(Error::Changed { name: self.name.clone() }),
        }
    }
}

fn state(file: &File, path: &Path) -> Result<(u64, Option<SystemTime>)> {
    let facts = file.metadata().map_err(Error::io(path))?;
    Ok((facts.len(), facts.modified().ok()))
}
