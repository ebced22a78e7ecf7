//! Lists written for people to open elsewhere: XLSX with typed cells, or CSV. Rows are written as they come, so
//! that the length of a list does not cost memory, and no text can turn into a formula.
//!
//! ```
//! use office::sheet::{Cell, Column, Format, Kind, List};
//! let list = List {
//!     title: "礼品登记".into(),
//!     columns: vec![Column::new("编号", Kind::Text), Column::new("估值（元）", Kind::Money)],
//!     about_title: "说明".into(),
//!     about: vec![("导出人".into(), "李干事".into())],
//!     made_at: jiff::civil::date(2026, 6, 11).at(9, 45, 0, 0),
//! };
//! let mut out = Vec::new();
//! let mut rows = office::sheet::begin(Format::Csv, &list, &mut out)?;
//! rows.row(&[Cell::Text("LP-2026-0001".into()), Cell::Fen(52_000)])?;
//! assert_eq!(rows.finish()?, 1);
//! assert_eq!(String::from_utf8_lossy(&out), "\u{feff}编号,估值（元）\r\nLP-2026-0001,520.00\r\n");
//! # Ok::<(), office::Error>(())
//! ```

mod csv;
mod xlsx;

use std::io::Write;

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use crate::Error;

/// A list apart from its rows.
#[derive(Debug, Clone)]
pub struct List {
    pub title: String,
    pub columns: Vec<Column>,
    /// Name of the sheet that holds `about`, such as 说明.
    pub about_title: String,
    /// What the reader must know about the list: filters, who printed it and when, the state of the data.
    /// XLSX has it on a second sheet and at the foot of each printed page; CSV leaves it out.
    pub about: Vec<(String, String)>,
    /// Local time put into the properties of the file. The clock is the caller's.
    pub made_at: DateTime,
}

/// A column of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    pub name: String,
    pub kind: Kind,
    /// Width in Latin characters; by default it follows from the name and the kind.
    #[serde(default)]
    pub width: Option<u16>,
}

impl Column {
    pub fn new(name: impl Into<String>, kind: Kind) -> Column {
        Column { name: name.into(), kind, width: None }
    }
}

/// What most cells of a column are. A cell may still be something else, such as 〔密〕 in a column of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Text,
    Integer,
    Money,
    Date,
    DateTime,
}

/// A cell of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Blank,
    Text(String),
    Integer(i64),
    /// Money in fen, shown in yuan with two decimals.
    Fen(i64),
    Date(Date),
    /// Local time, shown to the minute.
    DateTime(DateTime),
}

/// What kind of file a list becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Xlsx,
    /// UTF-8 with a byte order mark, so that Excel takes it for UTF-8.
    Csv,
}

/// Rows a sheet of Excel holds below the head.
pub const XLSX_ROWS: u64 = 1_048_575;

/// A list being written.
pub trait Rows {
    /// Adds a row.
    ///
    /// *Shape*: a cell for each column. *Errors*: `list_shape`; `list_too_long` after [`XLSX_ROWS`] rows of XLSX.
    fn row(&mut self, cells: &[Cell]) -> Result<(), Error>;

    /// Writes what is still held back and answers how many rows there were. Without it the file is incomplete.
    fn finish(self: Box<Self>) -> Result<u64, Error>;
}

/// Starts a list with its head row.
pub fn begin<'w, W: Write + Send + 'w>(format: Format, list: &List, to: W) -> Result<Box<dyn Rows + 'w>, Error> {
    Ok(match format {
        Format::Xlsx => Box::new(xlsx::Workbook::begin(list, to)?),
        Format::Csv => Box::new(csv::Lines::begin(list, to)?),
    })
}

fn check_shape(row: u64, cells: &[Cell], expected: usize) -> Result<(), Error> {
    if cells.len() == expected {
        return Ok(());
    }
    Err(Error::ListShape { row, found: cells.len(), expected })
}
