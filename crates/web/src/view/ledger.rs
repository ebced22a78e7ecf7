//! The table of a register: `parts/ledger.html`.

use super::cell::Cell;
use serde::Serialize;

#[derive(Debug, Clone, Serialize)]
pub struct Ledger {
    pub label: String,
    pub caption: String,
    pub pick: bool,
    pub tight: bool,
    pub keys: bool,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    pub total: Option<Vec<Cell>>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Column {
    pub label: String,
    pub num: bool,
    pub wrap: bool,
    pub sort: Option<Sort>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Sort {
    pub href: String,
    /// `none`, `ascending` or `descending`.
    pub dir: &'static str,
}

#[derive(Debug, Clone, Serialize)]
pub struct Row {
    pub id: String,
    pub on: bool,
    pub href: Option<String>,
    pub panel: Option<String>,
    pub edit: Option<String>,
    /// The first is the row's head.
    pub cells: Vec<Cell>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Pager {
    pub first: String,
    pub last: String,
    pub total: String,
    pub filtered: bool,
    pub prev: Option<String>,
    pub next: Option<String>,
}

impl Ledger {
    /// A plain table of data, without links to sort or pick.
    pub fn tight(label: impl Into<String>, columns: Vec<Column>, rows: Vec<Vec<Cell>>) -> Self {
        let label = label.into();
        let row = |cells| Row { id: String::new(), on: false, href: None, panel: None, edit: None, cells };
        Self {
            caption: label.clone(),
            label,
            pick: false,
            tight: true,
            keys: false,
            columns,
            rows: rows.into_iter().map(row).collect(),
            total: None,
        }
    }
}

impl Column {
    pub fn plain(label: impl Into<String>) -> Self {
        Self { label: label.into(), num: false, wrap: false, sort: None }
    }

    pub fn num(label: impl Into<String>) -> Self {
        Self { num: true, ..Self::plain(label) }
    }

    pub fn wrap(label: impl Into<String>) -> Self {
        Self { wrap: true, ..Self::plain(label) }
    }
}
