//! An official form: a title, a table under merged heads, a sum, and what stands below it. The model belongs to no
//! file format; a web page, [`write_xlsx`] and [`write_docx`] show the same table with the same texts.

mod docx;
mod grid;
mod xlsx;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::text::{wan_yuan, yuan};
pub use docx::write as write_docx;
pub use grid::{PaperFault, Placed};
pub use xlsx::write as write_xlsx;

/// A form with its figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paper {
    /// Printed above the title at the left, such as 附件4.
    pub annex: Option<String>,
    pub title: String,
    pub orientation: Orientation,
    /// The leaf columns.
    pub columns: Vec<Column>,
    /// Rows of the head; its cells are laid as in HTML, a cell with `rowspan` keeps its place in the rows below.
    pub head: Vec<Vec<HeadCell>>,
    pub rows: Vec<Row>,
    #[serde(default)]
    pub sum: Option<Sum>,
    /// The line to be signed under the table: 填报人, 联系电话, 审核人. An empty value prints as a line to write on.
    #[serde(default)]
    pub footer: Vec<Signature>,
    /// The 说明 that belong to the form; numbered when there are several.
    #[serde(default)]
    pub notes: Vec<String>,
    /// Where the figures come from: head of the chain, when and by whom made, 口径. Printed small.
    #[serde(default)]
    pub stamp: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Orientation {
    Portrait,
    Landscape,
}

/// A leaf column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Share of the width of the page, relative to the other columns.
    pub width: u32,
    #[serde(default)]
    pub align: Align,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    Start,
    #[default]
    Centre,
    End,
}

/// A cell of the head. A line end in the text breaks the line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadCell {
    pub text: String,
    #[serde(default = "one")]
    pub colspan: usize,
    #[serde(default = "one")]
    pub rowspan: usize,
}

fn one() -> usize {
    1
}

impl HeadCell {
    /// A cell over one column in one row.
    pub fn new(text: impl Into<String>) -> HeadCell {
        HeadCell { text: text.into(), colspan: 1, rowspan: 1 }
    }

    /// The cell over so many columns.
    pub fn across(self, colspan: usize) -> HeadCell {
        HeadCell { colspan, ..self }
    }

    /// The cell over so many rows.
    pub fn down(self, rowspan: usize) -> HeadCell {
        HeadCell { rowspan, ..self }
    }
}

/// A row of figures. *Shape*: a cell for each column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub cells: Vec<Cell>,
}

/// The row of totals. *Shape*: the label spans the first `span` columns, `cells` are the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    pub label: String,
    pub span: usize,
    pub cells: Vec<Cell>,
}

/// A cell of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cell {
    Blank,
    Text(String),
    Count(i64),
    /// Money in fen, printed in yuan.
    Yuan(i64),
    /// Money in fen, printed in ten thousand yuan (万元).
    WanYuan(i64),
    Date(Date),
    /// Withheld from whoever printed the form; prints 〔密〕.
    Sealed,
}

impl Cell {
    /// The text of the cell on every medium.
    pub fn shown(&self) -> String {
        match self {
            Cell::Blank => String::new(),
            Cell::Text(text) => text.clone(),
            Cell::Count(number) => number.to_string(),
            Cell::Yuan(fen) => yuan(*fen),
            Cell::WanYuan(fen) => wan_yuan(*fen),
            Cell::Date(date) => date.to_string(),
            Cell::Sealed => "〔密〕".to_owned(),
        }
    }
}

/// A label under the table and who or what stands behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    pub label: String,
    pub value: String,
}

impl Signature {
    /// `填报人：李干事`, or a line to write on.
    pub fn shown(&self) -> String {
        let value = if self.value.is_empty() { "____________" } else { &self.value };
        format!("{}：{value}", self.label)
    }
}

impl Paper {
    /// The notes as printed: `说明：…`, numbered when there are several.
    pub fn note_lines(&self) -> Vec<String> {
        match self.notes.as_slice() {
            [only] => vec![format!("说明：{only}")],
            several => several
                .iter()
                .enumerate()
                .map(|(index, note)| {
                    let lead = if index == 0 { "说明：" } else { "　　　" };
                    format!("{lead}{}.{note}", index + 1)
                })
                .collect(),
        }
    }

    /// The head as a grid; fails when its cells do not cover every column of every row exactly once.
    pub fn head_grid(&self) -> Result<Vec<Placed<'_>>, PaperFault> {
        grid::place(&self.head, self.columns.len())
    }

    /// Checks that head, rows and sum have the same columns. The writers do it themselves.
    pub fn check(&self) -> Result<(), PaperFault> {
        grid::check(self)
    }

    /// Size of the text in the table, in points, so that its columns fit the page.
    fn table_points(&self) -> f64 {
        match self.columns.len() {
            0..=7 => 12.0,
            8..=12 => 10.5,
            13..=18 => 9.0,
            _ => 7.5,
        }
    }

    /// Width of each column so that together they are `whole` wide, whatever its unit.
    fn column_widths(&self, whole: u32) -> Vec<u32> {
        let shares: u64 = self.columns.iter().map(|column| u64::from(column.width)).sum();
        let (mut passed, mut edge) = (0, 0);
        self.columns
            .iter()
            .map(|column| {
                passed += u64::from(column.width);
                let next = (u64::from(whole) * passed / shares.max(1)) as u32;
                let width = next - edge;
                edge = next;
                width
            })
            .collect()
    }
}
