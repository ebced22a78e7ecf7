//! How the cells of a head cover its columns, as HTML lays them out.

use super::{HeadCell, Paper};

/// Columns a table of Word may have.
const MOST_COLUMNS: usize = 63;

/// A cell of the head at its place. Rows and columns count from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed<'a> {
    pub row: usize,
    pub column: usize,
    pub rowspan: usize,
    pub colspan: usize,
    pub text: &'a str,
}

/// A paper whose parts do not fit each other.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PaperFault {
    #[error("the form has {found} columns; it must have 1 to {MOST_COLUMNS}, each wider than nothing")]
    Columns { found: usize },
    #[error("row {row} of the head does not cover the {columns} columns exactly once; check colspan and rowspan")]
    Head { row: usize, columns: usize },
    #[error("row {row} has {found} cells; the form has {columns} columns")]
    Row { row: usize, found: usize, columns: usize },
    #[error("the sum covers {found} columns; the form has {columns}")]
    Sum { found: usize, columns: usize },
}

impl PaperFault {
    /// A stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            PaperFault::Columns { .. } => "paper_columns",
            PaperFault::Head { .. } => "paper_head",
            PaperFault::Row { .. } => "paper_row",
            PaperFault::Sum { .. } => "paper_sum",
        }
    }

    /// The message in Chinese.
    pub fn zh(&self) -> String {
        match self {
            PaperFault::Columns { found } => {
                format!("表格有 {found} 栏；应为 1 至 {MOST_COLUMNS} 栏，且各栏宽度大于零")
            }
            PaperFault::Head { row, columns } => {
                format!("表头第 {row} 行没有恰好覆盖 {columns} 栏；请检查跨列与跨行")
            }
            PaperFault::Row { row, found, columns } => format!("第 {row} 行有 {found} 格，表格有 {columns} 栏"),
            PaperFault::Sum { found, columns } => {
                format!("合计行覆盖 {found} 栏，表格有 {columns} 栏")
            }
        }
    }
}

pub(super) fn check(paper: &Paper) -> Result<(), PaperFault> {
    let columns = paper.columns.len();
    if !(1..=MOST_COLUMNS).contains(&columns) || paper.columns.iter().any(|column| column.width == 0) {
        return Err(PaperFault::Columns { found: columns });
    }
    place(&paper.head, columns)?;
    for (index, row) in paper.rows.iter().enumerate() {
        if row.cells.len() != columns {
            return Err(PaperFault::Row { row: index + 1, found: row.cells.len(), columns });
        }
    }
    match &paper.sum {
        Some(sum) if sum.span == 0 || sum.span + sum.cells.len() != columns => {
            Err(PaperFault::Sum { found: sum.span + sum.cells.len(), columns })
        }
        _ => Ok(()),
    }
}

/// Puts each cell into the first free column of its row, and insists that the cells tile the head.
pub(super) fn place(head: &[Vec<HeadCell>], columns: usize) -> Result<Vec<Placed<'_>>, PaperFault> {
    let mut taken = vec![vec![false; columns]; head.len()];
    let mut placed = Vec::new();
    for (row, cells) in head.iter().enumerate() {
        let fault = PaperFault::Head { row: row + 1, columns };
        for cell in cells {
            let column = taken[row].iter().position(|taken| !taken).ok_or_else(|| fault.clone())?;
            let fits = cell.colspan > 0 && cell.rowspan > 0 && cell.colspan <= columns - column && cell.rowspan <= head.len() - row;
            if !fits {
                return Err(fault);
            }
            for below in &mut taken[row..row + cell.rowspan] {
                let span = &mut below[column..column + cell.colspan];
                if span.contains(&true) {
                    return Err(fault);
                }
                span.fill(true);
            }
            let (rowspan, colspan) = (cell.rowspan, cell.colspan);
            placed.push(Placed { row, column, rowspan, colspan, text: &cell.text });
        }
        if taken[row].contains(&false) {
            return Err(fault);
        }
    }
    Ok(placed)
}
