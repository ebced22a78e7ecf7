//! Making the tables, and bringing an older layout up to date.

use super::tables;
use crate::db::{Conn, Dialect, args};
use crate::error::{Error, Result};

/// The layout this program writes.
const KNOWN: i64 = 3;

/// Makes all tables in an empty database, in one transaction.
pub(crate) async fn create(conn: &mut Conn) -> Result<()> {
    let dialect = conn.dialect();
    let mut sql: String = tables::TABLES.iter().map(|table| table.ddl(dialect)).collect();
    sql.push_str(match dialect {
        // Bigrams come ready-made, separated by spaces; the text itself is not kept twice.
        Dialect::Sqlite => "CREATE VIRTUAL TABLE search USING fts5(open, guarded, content='', contentless_delete=1, tokenize=\"unicode61 remove_diacritics 0\");\n",
        Dialect::Postgres => {
            "CREATE TABLE search (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);\n\
             CREATE INDEX search_words ON search USING GIN (words);\n"
        }
    });
    conn.begin().await?;
    conn.script(sql).await?;
    conn.run("INSERT INTO settings (name, value) VALUES ('layout', $1)", args![KNOWN.to_string()]).await?;
    conn.run("INSERT INTO counters (name, value) VALUES ('#nr', $1)", args![0i64]).await?;
    conn.commit().await
}

/// Brings an older layout up to this one, in one transaction. From 1: points of integrity had a table that no event stood behind.
/// From 2: the step a code of a second factor was last taken of. Tables this program knows beyond it are made by [`index`].
pub(crate) async fn update(conn: &mut Conn, found: i64) -> Result<()> {
    if found >= KNOWN {
        return Ok(());
    }
    conn.begin().await?;
    if found < 2 {
        conn.script("DROP TABLE IF EXISTS scores;".to_owned()).await?;
    }
    conn.script("ALTER TABLE accounts ADD COLUMN step BIGINT;".to_owned()).await?;
    conn.run("UPDATE settings SET value = $1 WHERE name = 'layout'", args![KNOWN.to_string()]).await?;
    conn.commit().await
}

/// Makes the tables and indexes that are not there yet: the indexes of a new database, and in an older one whatever this program knows
/// beyond it.
pub(crate) async fn index(conn: &mut Conn) -> Result<()> {
    let dialect = conn.dialect();
    conn.script(tables::TABLES.iter().map(|table| table.ddl(dialect) + &table.indexes()).collect()).await
}

/// The layout of a database: `None` when it is empty.
///
/// Errors: a newer layout than this program knows.
pub(crate) async fn layout_of(conn: &mut Conn) -> Result<Option<i64>> {
    let sql = match conn.dialect() {
        Dialect::Sqlite => "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'settings'",
        Dialect::Postgres => {
            "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = 'settings'"
        }
    };
    let there = conn.fetch_one(sql, Vec::new()).await?.map(|row| row.int(0)).transpose()?.unwrap_or(0);
    if there == 0 {
        return Ok(None);
    }
    let row = conn.fetch_one("SELECT value FROM settings WHERE name = 'layout'", Vec::new()).await?;
    let text = row.map(|row| row.text(0)).transpose()?.unwrap_or_default();
    let found: i64 = text.parse().map_err(|_| Error::damaged("the layout number", format!("`{text}` is none")))?;
    if found > KNOWN {
        return Err(Error::Newer { found, known: KNOWN });
    }
    Ok(Some(found))
}
