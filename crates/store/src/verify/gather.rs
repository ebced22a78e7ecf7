//! The small rows of an entry as one text for each table. An entry has ten of them, and handing a row over from the database
//! costs more than reading it there.
//!
//! Words stand behind their length, so that no content can pass for other rows.

use crate::cache::{ClockRow, Datum, ValueRow};
use crate::db::{Conn, Dialect, args};
use crate::error::Result;
use engine::Tag;
use std::collections::HashMap;

/// Rows of one entry in one table, a line each, in the order of the key.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Gathered {
    pub lines: String,
    /// Written differently by each database, so they are compared as numbers.
    pub fractions: Vec<f64>,
}

impl Gathered {
    /// How many rows.
    pub(super) fn count(&self) -> usize {
        if self.lines.is_empty() { 0 } else { self.lines.split('\n').count() }
    }

    /// What differs first, if anything does: how many rows there are, or the row by the first word of its key.
    pub(super) fn differs(&self, expected: &Gathered) -> Option<String> {
        if self == expected {
            return None;
        }
        if self.count() != expected.count() {
            return Some(format!("{} rows instead of {}", self.count(), expected.count()));
        }
        let pair = self.lines.split('\n').zip(expected.lines.split('\n')).find(|(found, expected)| found != expected);
        Some(pair.map_or_else(|| "a fraction".to_owned(), |(_, expected)| expected.split('|').next().unwrap_or_default().to_owned()))
    }
}

pub(super) fn values(rows: &[ValueRow]) -> Gathered {
    let mut fractions = Vec::new();
    let line = |row: &ValueRow| {
        let (word, whole, is_fraction) = match &row.datum {
            Datum::Word(word) => (format!("{}:{word}", word.chars().count()), String::new(), ""),
            Datum::Whole(whole) => (String::new(), whole.to_string(), ""),
            Datum::Fraction(fraction) => {
                fractions.push(*fraction);
                (String::new(), String::new(), "f")
            }
        };
        format!("{}|{}|{word}|{whole}|{is_fraction}", row.field, row.place)
    };
    let lines = rows.iter().map(line).collect::<Vec<_>>().join("\n");
    Gathered { lines, fractions }
}

pub(super) fn clocks(rows: &[ClockRow]) -> Gathered {
    let or_none = |moment: Option<i64>| moment.map_or_else(|| "-".to_owned(), |moment| moment.to_string());
    let line = |row: &ClockRow| {
        format!("{}|{}|{}|{}|{}|{}|{}", row.deadline, row.start, row.due, row.soon, or_none(row.met), or_none(row.held), or_none(row.next))
    };
    Gathered { lines: rows.iter().map(line).collect::<Vec<_>>().join("\n"), fractions: Vec::new() }
}

pub(super) fn barred(tags: &[Tag]) -> Gathered {
    let mut lines: Vec<String> = tags.iter().map(ToString::to_string).collect();
    lines.sort_unstable();
    Gathered { lines: lines.join("\n"), fractions: Vec::new() }
}

/// What the cache has in one table of the entries after one row number up to another.
pub(super) async fn by_row(conn: &mut Conn, table: &str, after: i64, last: i64) -> Result<HashMap<i64, Gathered>> {
    let text = |column: &str| format!("COALESCE(CAST({column} AS TEXT), '-')");
    let fraction = match conn.dialect() {
        Dialect::Sqlite => "PRINTF('%!.17g', fraction)",
        Dialect::Postgres => "CAST(fraction AS TEXT)",
    };
    let (line, order, fractions) = match table {
        "entry_values" => (
            "field || '|' || place || '|' || COALESCE(LENGTH(word) || ':' || word, '') || '|' || COALESCE(CAST(whole AS TEXT), '') || '|' || CASE WHEN fraction IS NULL THEN '' ELSE 'f' END".to_owned(),
            "field, place",
            format!("STRING_AGG(CASE WHEN fraction IS NOT NULL THEN {fraction} END, ',' ORDER BY field, place)"),
        ),
        "entry_clocks" => {
            let moments = ["start", "due", "soon", "met", "held", "next"].map(text).join(" || '|' || ");
            (format!("deadline || '|' || {moments}"), "deadline", "NULL".to_owned())
        }
        _ => ("tag".to_owned(), "tag", "NULL".to_owned()),
    };
    let newline = "'\n'";
    let sql = format!(
        "SELECT nr, STRING_AGG({line}, {newline} ORDER BY {order}), CAST({fractions} AS TEXT) FROM {table} WHERE nr > $1 AND nr <= $2 GROUP BY nr"
    );
    let mut found = HashMap::new();
    for row in conn.fetch(sql, args![after, last]).await? {
        let fractions = row.text_or_none(2)?.unwrap_or_default();
        let fractions = fractions.split(',').filter_map(|fraction| fraction.parse().ok()).collect();
        found.insert(row.int(0)?, Gathered { lines: row.text(1)?, fractions });
    }
    Ok(found)
}
