//! Many rows in one statement. The widths are few, so that every statement is prepared once and kept.

use crate::cache::Searchable;
use crate::db::{Arg, Conn, Dialect, args};
use crate::error::Result;
use crate::schema::Table;
use crate::words::vector;
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

/// What to do with a row that is already there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Conflict {
    Fail,
    Keep,
    Replace,
}

/// Rows per statement, widest first. SQLite takes at most 32,766 parameters.
const WIDTHS: [usize; 8] = [96, 48, 24, 12, 6, 3, 2, 1];

/// Inserts all rows, each with the table's columns in order.
pub(crate) async fn insert(conn: &mut Conn, table: &'static Table, conflict: Conflict, rows: Vec<Vec<Arg>>) -> Result<()> {
    let mut left = rows.len();
    let mut rows = rows.into_iter();
    while left > 0 {
        let width = WIDTHS.into_iter().find(|width| *width <= left).unwrap_or(1);
        let given: Vec<Arg> = rows.by_ref().take(width).flatten().collect();
        conn.run(statement(table, conn.dialect(), conflict, width), given).await?;
        left -= width;
    }
    Ok(())
}

/// Inserts into the full-text index: row number and words, as [`words_row`] makes them.
pub(crate) async fn insert_words(conn: &mut Conn, rows: Vec<Vec<Arg>>) -> Result<()> {
    let dialect = conn.dialect();
    let mut left = rows.len();
    let mut rows = rows.into_iter();
    while left > 0 {
        let width = WIDTHS.into_iter().find(|width| *width <= left).unwrap_or(1);
        let given: Vec<Arg> = rows.by_ref().take(width).flatten().collect();
        let sql = kept(("search", dialect, Conflict::Fail, width), || {
            let row = |at: usize| match dialect {
                Dialect::Sqlite => "(?, ?, ?)".to_owned(),
                Dialect::Postgres => format!("(${}, CAST(${} AS tsvector))", at * 2 + 1, at * 2 + 2),
            };
            let columns = if dialect == Dialect::Sqlite { "rowid, open, guarded" } else { "rowid, words" };
            format!("INSERT INTO search ({columns}) VALUES {}", (0..width).map(row).collect::<Vec<_>>().join(", "))
        });
        conn.run(sql, given).await?;
        left -= width;
    }
    Ok(())
}

/// One row of the full-text index.
pub(crate) fn words_row(dialect: Dialect, nr: i64, words: &Searchable) -> Vec<Arg> {
    match dialect {
        Dialect::Sqlite => args![nr, words.open.spaced(), words.guarded.spaced()],
        Dialect::Postgres => args![nr, vector(&words.open, &words.guarded)],
    }
}

fn statement(table: &'static Table, dialect: Dialect, conflict: Conflict, width: usize) -> &'static str {
    kept((table.name, dialect, conflict, width), || {
        let columns = table.columns.len();
        // SQLite looks a named parameter up among all the others: with a thousand of them that is most of the work.
        let place = |at: usize| if dialect == Dialect::Sqlite { "?".to_owned() } else { format!("${at}") };
        let row = |at: usize| format!("({})", (1..=columns).map(|column| place(at * columns + column)).collect::<Vec<_>>().join(", "));
        let rows: Vec<String> = (0..width).map(row).collect();
        let key = table.key.join(", ");
        let tail = match conflict {
            Conflict::Fail => String::new(),
            Conflict::Keep => format!(" ON CONFLICT ({key}) DO NOTHING"),
            Conflict::Replace => {
                let others = table.columns.iter().filter(|column| !table.key.contains(&column.name));
                let sets: Vec<String> = others.map(|column| format!("{0} = excluded.{0}", column.name)).collect();
                format!(" ON CONFLICT ({key}) DO UPDATE SET {}", sets.join(", "))
            }
        };
        format!("INSERT INTO {} ({}) VALUES {}{tail}", table.name, table.list(), rows.join(", "))
    })
}

type Key = (&'static str, Dialect, Conflict, usize);

/// Statements are as many as tables times widths; they live as long as the program, so they are given away for good.
fn kept(key: Key, make: impl FnOnce() -> String) -> &'static str {
    static MADE: LazyLock<Mutex<HashMap<Key, &'static str>>> = LazyLock::new(Mutex::default);
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    made.entry(key).or_insert_with(|| Box::leak(make().into_boxed_str()))
}
