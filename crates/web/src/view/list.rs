//! What stands above a table: `parts/list.html`.

use super::act::{Act, Give};
use super::field::Field;
use serde::Serialize;

#[derive(Debug, Clone, Serialize)]
pub struct Tab {
    pub label: String,
    pub count: Option<String>,
    pub href: String,
    pub on: bool,
}

#[derive(Debug, Clone, Serialize)]
pub struct Chip {
    pub label: String,
    pub value: String,
    /// The list without this filter.
    pub drop: String,
}

/// A GET form of filters.
#[derive(Debug, Clone, Serialize)]
pub struct Filter {
    pub action: String,
    pub keep: Vec<Give>,
    pub fields: Vec<Field>,
}

/// The choice of columns.
#[derive(Debug, Clone, Serialize)]
pub struct Columns {
    pub action: String,
    pub keep: Vec<Give>,
    pub options: Vec<ColumnOption>,
}

#[derive(Debug, Clone, Serialize)]
pub struct ColumnOption {
    pub value: String,
    pub label: String,
    pub on: bool,
    pub fixed: bool,
}

/// Nothing to show: no data and no match differ in words and in the next step.
#[derive(Debug, Clone, Serialize)]
pub struct Empty {
    pub title: String,
    pub text: String,
    pub act: Option<Act>,
}
