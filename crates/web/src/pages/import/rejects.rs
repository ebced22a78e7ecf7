//! Rows that were not taken, written back as they came, each with its reasons.

use super::check::{Checked, Fault, Ready};
use crate::clerk::Clerk;
use crate::failure::{Answer, Failure};
use catalogue::Text;
use office::sheet::{self, Cell, Column, Format, Kind, List};

/// Faulty rows of a table.
#[derive(Debug, Clone, Default)]
pub struct Rejects {
    pub(crate) head: Vec<String>,
    pub(crate) rows: Vec<Row>,
}

/// A faulty row as it came.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub number: u64,
    pub cells: Vec<String>,
    pub faults: Vec<Fault>,
}

/// A row that can be stored.
pub(crate) struct Good {
    pub number: u64,
    pub cells: Vec<String>,
    pub ready: Ready,
}

impl Row {
    /// A good row that the store refused, such as one whose number is taken.
    pub(crate) fn refused(number: u64, cells: Vec<String>, why: Text) -> Self {
        let fault = Fault { place: number.to_string(), column: String::new(), value: String::new(), why };
        Self { number, cells, faults: vec![fault] }
    }
}

impl Rejects {
    /// Parts what can be stored from what cannot.
    pub(crate) fn of(head: Vec<String>, checked: Vec<Checked>) -> (Self, Vec<Good>) {
        let (mut rows, mut good) = (Vec::new(), Vec::new());
        for Checked { number, cells, outcome } in checked {
            match outcome {
                Ok(ready) => good.push(Good { number, cells, ready }),
                Err(faults) => rows.push(Row { number, cells, faults }),
            }
        }
        (Self { head, rows }, good)
    }

    pub(crate) fn add(&mut self, refused: Vec<Row>) {
        self.rows.extend(refused);
        self.rows.sort_by_key(|row| row.number);
    }

    /// How many rows.
    pub fn count(&self) -> usize {
        self.rows.len()
    }

    /// Every fault of every row, in the table's order.
    pub fn faults(&self) -> impl Iterator<Item = &Fault> {
        self.rows.iter().flat_map(|row| &row.faults)
    }
}

pub(crate) fn file(clerk: &Clerk, rejects: &Rejects, format: Format) -> Answer<Vec<u8>> {
    let (visit, width) = (&clerk.visit, rejects.head.len());
    let columns = rejects.head.iter().cloned().chain([visit.say("import-flaw")]).map(|name| Column::new(name, Kind::Text));
    let list = List {
        title: clerk.title(),
        columns: columns.collect(),
        about_title: visit.say("export-about"),
        about: Vec::new(),
        made_at: visit.now.local(),
    };
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut sheet = sheet::begin(format, &list, &mut bytes).map_err(Failure::broken)?;
    for row in &rejects.rows {
        let why = row.faults.iter().map(|fault| format!("{} {}", fault.place, fault.why.get(visit.lang))).collect::<Vec<_>>().join("；");
        let mut cells: Vec<Cell> = row.cells.iter().take(width).cloned().map(Cell::Text).collect();
        cells.resize(width, Cell::Blank);
        cells.push(Cell::Text(why));
        sheet.row(&cells).map_err(Failure::broken)?;
    }
    sheet.finish().map_err(Failure::broken)?;
    Ok(bytes.into_inner())
}
