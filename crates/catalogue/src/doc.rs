//! A TOML document with the place of every key and value, so that faults can point and overlays can be merged.

use crate::fault::{Faults, Place};
use indexmap::IndexMap;
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub place: Place,
    pub value: Value,
}

impl Node {
    /// Whether this is a table with the key.
    pub fn holds(&self, key: &str) -> bool {
        matches!(&self.value, Value::Table(table) if table.entries.contains_key(key))
    }

    /// Where a path of keys stands: the deepest of them that is written here.
    pub fn place_of(&self, path: &[&str]) -> Place {
        let mut here = self;
        for key in path {
            match &here.value {
                Value::Table(table) => match table.entries.get(*key) {
                    Some(next) => here = next,
                    None => break,
                },
                _ => break,
            }
        }
        here.place.clone()
    }
}

#[derive(Debug, Clone)]
pub(crate) enum Value {
    Str(String),
    Int(i64),
    Float(f64),
    Bool(bool),
    Date(jiff::civil::Date),
    List(Vec<Node>),
    Table(Table),
}

/// A table in the file's own order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    pub entries: IndexMap<String, Node>,
}

/// Reads a document; syntax faults are collected and the rest is read as far as possible.
pub(crate) fn parse(file: &str, text: &str, faults: &mut Faults) -> Node {
    let lines = Lines::new(file, text);
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let at = lines.place(error.span().map_or(0, |span| span.start));
        faults.add(&at, format!("TOML 语法不对：{}", error.message()), format!("TOML syntax: {}", error.message()));
    }
    let place = lines.place(0);
    Node { place, value: Value::Table(table(root.get_ref(), &lines, faults)) }
}

fn table(from: &DeTable<'_>, lines: &Lines, faults: &mut Faults) -> Table {
    let mut entries = IndexMap::with_capacity(from.len());
    for (key, value) in from {
        let mut read = node(value, lines, faults);
        // A fault about `key = value` reads best when it points at the key.
        read.place = lines.place(key.span().start);
        entries.insert(key.get_ref().to_string(), read);
    }
    Table { entries }
}

fn node(from: &Spanned<DeValue<'_>>, lines: &Lines, faults: &mut Faults) -> Node {
    let place = lines.place(from.span().start);
    let value = match from.get_ref() {
        DeValue::String(text) => Value::Str(text.to_string()),
        DeValue::Boolean(truth) => Value::Bool(*truth),
        DeValue::Integer(digits) => match i64::from_str_radix(digits.as_str(), digits.radix()) {
            Ok(number) => Value::Int(number),
            Err(_) => {
                faults.add(&place, "整数太大", "this integer does not fit 64 bits");
                Value::Int(0)
            }
        },
        DeValue::Float(digits) => Value::Float(digits.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Datetime(when) => match when.to_string().parse() {
            Ok(date) => Value::Date(date),
            Err(_) => {
                faults.add(&place, "只能写日期，例如 2021-08-30", "only a date is meant here, such as 2021-08-30");
                Value::Bool(false)
            }
        },
        DeValue::Array(items) => Value::List(items.iter().map(|item| node(item, lines, faults)).collect()),
        DeValue::Table(inner) => Value::Table(table(inner, lines, faults)),
    };
    Node { place, value }
}

/// Byte offsets to lines and columns.
struct Lines {
    file: Arc<str>,
    starts: Vec<usize>,
}

impl Lines {
    fn new(file: &str, text: &str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { file: Arc::from(file), starts }
    }

    fn place(&self, offset: usize) -> Place {
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let column = offset - self.starts[line - 1] + 1;
        Place { file: self.file.clone(), line: line as u32, column: column as u32 }
    }
}

impl Value {
    /// What kind of value this is, for a fault: (zh, en).
    pub fn kind(&self) -> (&'static str, &'static str) {
        match self {
            Value::Str(_) => ("文字", "a string"),
            Value::Int(_) => ("整数", "an integer"),
            Value::Float(_) => ("小数", "a decimal"),
            Value::Bool(_) => ("真假值", "true or false"),
            Value::Date(_) => ("日期", "a date"),
            Value::List(_) => ("列表", "a list"),
            Value::Table(_) => ("表", "a table"),
        }
    }
}
