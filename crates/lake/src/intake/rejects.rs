//! The file of rows that were not taken, for the person who exported them.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use office::sheet::{Cell, Column, Format, Kind, List, Rows};
use serde::Serialize;

use crate::error::{Error, Label, Result};
use crate::layout::{Layout, publish};
use crate::reason::Reason;

/// A row that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rejected {
    /// The row's number as a spreadsheet shows it.
    pub row: u64,
    /// The source column.
    pub column: String,
    pub value: String,
    pub reason: Reason,
}

/// Rejected rows kept for the receipt itself.
const EXAMPLES: usize = 50;
const LONGEST_VALUE: usize = 200;

pub(crate) struct Rejects {
    layout: Layout,
    name: String,
    open: Option<(PathBuf, Box<dyn Rows>)>,
    pub(crate) examples: Vec<Rejected>,
}

impl Rejects {
    pub(crate) fn new(layout: &Layout, name: &str) -> Rejects {
        Rejects { layout: layout.clone(), name: name.to_owned(), open: None, examples: Vec::new() }
    }

    pub(crate) fn push(&mut self, mut rejected: Rejected) -> Result<()> {
        if let Some((end, _)) = rejected.value.char_indices().nth(LONGEST_VALUE) {
            rejected.value.truncate(end);
        }
        let Label { zh, en } = rejected.reason.label();
        let cells = [
            Cell::Integer(rejected.row as i64),
            Cell::Text(rejected.column.clone()),
            Cell::Text(rejected.value.clone()),
            Cell::Text(rejected.reason.code().into()),
            Cell::Text(zh),
            Cell::Text(en),
        ];
        let name = self.name.clone();
        self.file()?.row(&cells).map_err(|source| Error::Table { name, source })?;
        if self.examples.len() < EXAMPLES {
            self.examples.push(rejected);
        }
        Ok(())
    }

    /// Puts the file under its name, if any row was rejected.
    pub(crate) fn publish(&mut self, path: &Path) -> Result<Option<PathBuf>> {
        let Some((draft, rows)) = self.open.take() else { return Ok(None) };
        rows.finish().map_err(|source| Error::Table { name: self.name.clone(), source })?;
        publish(&draft, path)?;
        Ok(Some(path.to_owned()))
    }

    fn file(&mut self) -> Result<&mut Box<dyn Rows>> {
        if self.open.is_none() {
            let draft = self.layout.draft()?;
            let file = File::create(&draft).map_err(Error::io(&draft))?;
            let rows = office::sheet::begin(Format::Csv, &list(), BufWriter::new(file));
            let rows = rows.map_err(|source| Error::Table { name: self.name.clone(), source })?;
            self.open = Some((draft, rows));
        }
        let (_, rows) = self.open.as_mut().expect("it was opened just above");
        Ok(rows)
    }
}

fn list() -> List {
    let text = |name: &str| Column::new(name, Kind::Text);
    List {
        title: "退回行 Rejected rows".into(),
        columns: vec![
            Column::new("行号 row", Kind::Integer),
            text("列 column"),
            text("值 value"),
            text("代码 code"),
            text("原因"),
            text("reason"),
        ],
        about_title: String::new(),
        about: Vec::new(),
        // A CSV file carries no date of its own.
        made_at: jiff::civil::DateTime::default(),
    }
}
