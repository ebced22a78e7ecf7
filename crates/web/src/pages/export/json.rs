//! A list as JSON: one object with what the list is, its columns, and its rows, written as they come.

use super::write::About;
use office::Error;
use office::sheet::{Cell, Kind, List, Rows};
use serde_json::{Map, Value, json};
use std::io::Write;

pub(super) struct Lines<'a, W: Write> {
    to: W,
    words: &'a [String],
    rows: u64,
}

impl<'a, W: Write> Lines<'a, W> {
    pub(super) fn begin(list: &List, about: &'a About, mut to: W) -> Result<Self, Error> {
        let columns: Vec<Value> = about
            .words
            .iter()
            .zip(&list.columns)
            .map(|(word, column)| json!({ "name": word, "label": column.name, "kind": kind(column.kind) }))
            .collect();
        let (title, made_at) = (&list.title, list.made_at.to_string());
        let said: Map<String, Value> = list.about.iter().map(|(name, said)| (name.clone(), said.as_str().into())).collect();
        let head = json!({ "register": about.register, "title": title, "made_at": made_at, "about": said, "columns": columns }).to_string();
        // The object stays open for its rows.
        write!(to, "{},\"rows\":[", head.strip_suffix('}').unwrap_or(&head))?;
        Ok(Self { to, words: &about.words, rows: 0 })
    }
}

impl<W: Write> Rows for Lines<'_, W> {
    fn row(&mut self, cells: &[Cell]) -> Result<(), Error> {
        let row: Map<String, Value> = self.words.iter().cloned().zip(cells.iter().map(value)).collect();
        let comma = if self.rows > 0 { "," } else { "" };
        write!(self.to, "{comma}\n{}", Value::Object(row))?;
        self.rows += 1;
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<u64, Error> {
        self.to.write_all(b"\n]}\n")?;
        Ok(self.rows)
    }
}

/// Units: money in fen.
fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Blank => Value::Null,
        Cell::Text(text) => text.as_str().into(),
        Cell::Integer(number) => (*number).into(),
        Cell::Fen(fen) => (*fen).into(),
        Cell::Date(day) => day.to_string().into(),
        Cell::DateTime(at) => at.strftime("%Y-%m-%dT%H:%M").to_string().into(),
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Integer => "integer",
        Kind::Money => "fen",
        Kind::Date => "date",
        Kind::DateTime => "datetime",
    }
}
