//! An official table: `parts/paper.html`.

use serde::Serialize;

#[derive(Debug, Clone, Serialize)]
pub struct Paper {
    pub annex: Option<String>,
    pub title: String,
    pub caption: String,
    pub label: String,
    /// `w`, `k`, `m` or empty.
    pub cols: Vec<&'static str>,
    pub head: Vec<Vec<Head>>,
    pub rows: Vec<Row>,
    pub signs: Vec<String>,
    pub notes: Vec<String>,
    pub foot: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Head {
    pub text: String,
    pub cols: usize,
    pub rows: usize,
}

#[derive(Debug, Clone, Serialize)]
pub struct Row {
    pub head: Option<String>,
    pub cells: Vec<Cell>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Cell {
    pub text: String,
    pub href: Option<String>,
    pub full: Option<String>,
    /// Empty, `sum`, `nil` or `text`.
    pub look: &'static str,
    pub on: bool,
    /// Columns the cell spans.
    pub cols: usize,
}
