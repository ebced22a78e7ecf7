//! What is wrong with one row. The file is read on; whoever imports it rejects the row and says why.

use crate::place::cell_place;

/// A fault in one row and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// Number of the row, as the margin of a spreadsheet shows it.
    pub row: u64,
    /// Column from 0, where the fault is in one cell.
    pub column: Option<usize>,
    pub kind: FlawKind,
}

/// What can be wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlawKind {
    /// The row of a text file has more or fewer cells than the head.
    Ragged { found: usize, expected: usize },
    /// Something stands to the right of the last named column.
    BeyondHead,
    /// A number of sixteen or more digits: Excel keeps fifteen, so the last ones are not to be trusted.
    LostDigits,
    /// A formula failed and left an error such as `#REF!`.
    ErrorCell,
    /// The cell is formatted as a date and its value is none.
    BadDate,
}

impl Flaw {
    /// `B17`, or the row alone.
    pub fn place(&self) -> String {
        match self.column {
            Some(column) => cell_place(column, self.row),
            None => self.row.to_string(),
        }
    }

    /// A stable word for programs, such as `lost_digits`.
    pub fn code(&self) -> &'static str {
        match self.kind {
            FlawKind::Ragged { .. } => "ragged",
            FlawKind::BeyondHead => "beyond_head",
            FlawKind::LostDigits => "lost_digits",
            FlawKind::ErrorCell => "error_cell",
            FlawKind::BadDate => "bad_date",
        }
    }

    /// Place, fault and remedy in English.
    pub fn en(&self) -> String {
        let place = self.place();
        match self.kind {
            FlawKind::Ragged { found, expected } => format!(
                "row {place} has {found} cells and the head has {expected}; a separator is missing, or too many, or not inside quotation marks"
            ),
            FlawKind::BeyondHead => {
                format!("{place} is to the right of the last named column; name the column or empty the cell")
            }
            FlawKind::LostDigits => format!(
                "{place} is a number of more than 15 digits, of which Excel loses the last ones; format the column as text and enter it again"
            ),
            FlawKind::ErrorCell => {
                format!("the formula in {place} has failed; correct it or replace it by its value")
            }
            FlawKind::BadDate => {
                format!("{place} is formatted as a date and holds none; enter it as 2026-01-31")
            }
        }
    }

    /// Place, fault and remedy in Chinese.
    pub fn zh(&self) -> String {
        let place = self.place();
        match self.kind {
            FlawKind::Ragged { found, expected } => {
                format!("第 {place} 行有 {found} 格，表头有 {expected} 列；分隔符缺少、多余，或没有放进引号")
            }
            FlawKind::BeyondHead => {
                format!("{place} 在最后一个有名称的列之外；请给该列写上表头，或清空此格")
            }
            FlawKind::LostDigits => {
                format!("{place} 是超过 15 位的数字，Excel 会丢失末几位；请把该列设为文本格式后重新录入")
            }
            FlawKind::ErrorCell => format!("{place} 的公式出错；请改正公式，或换成数值"),
            FlawKind::BadDate => {
                format!("{place} 设为日期格式，但内容不是日期；请按 2026-01-31 的样式填写")
            }
        }
    }
}
