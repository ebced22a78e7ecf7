//! The tables, described once: layouts for both databases, bulk inserts and copies are made from this.

mod layout;
mod tables;

pub(crate) use layout::{create, index, layout_of, update};
pub(crate) use tables::TABLES;

use crate::db::Dialect;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Compared byte by byte in both databases.
    Text,
    Int,
    Real,
    Bytes,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    pub name: &'static str,
    pub kind: Kind,
    pub required: bool,
}

/// An index: unique or not, over columns, perhaps over only the rows where a condition holds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Index {
    pub unique: bool,
    pub columns: &'static [&'static str],
    pub only: Option<&'static str>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Table {
    pub name: &'static str,
    pub columns: &'static [Column],
    pub key: &'static [&'static str],
    pub indexes: &'static [Index],
    /// Can be computed from the events.
    pub cache: bool,
    /// Small rows that SQLite keeps in the key's own tree.
    pub narrow: bool,
}

impl Table {
    pub(crate) fn named(name: &str) -> &'static Table {
        TABLES
            .iter()
            .find(|table| table.name == name)
            .expect("tables are named by literals of this crate, all of which the tests insert into")
    }

    /// The columns, separated by commas.
    pub(crate) fn list(&self) -> String {
        self.columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ")
    }

    fn ddl(&self, dialect: Dialect) -> String {
        let mut lines: Vec<String> = self
            .columns
            .iter()
            .map(|column| {
                let kind = match (column.kind, dialect) {
                    (Kind::Text, Dialect::Sqlite) => "TEXT",
                    (Kind::Text, Dialect::Postgres) => "TEXT COLLATE \"C\"",
                    // Exactly this word makes a single-column key SQLite's own row number.
                    (Kind::Int, Dialect::Sqlite) => "INTEGER",
                    (Kind::Int, Dialect::Postgres) => "BIGINT",
                    (Kind::Real, Dialect::Sqlite) => "REAL",
                    (Kind::Real, Dialect::Postgres) => "DOUBLE PRECISION",
                    (Kind::Bytes, Dialect::Sqlite) => "BLOB",
                    (Kind::Bytes, Dialect::Postgres) => "BYTEA",
                };
                format!("{} {kind}{}", column.name, if column.required { " NOT NULL" } else { "" })
            })
            .collect();
        lines.push(format!("PRIMARY KEY ({})", self.key.join(", ")));
        let tail = if self.narrow && dialect == Dialect::Sqlite { " WITHOUT ROWID" } else { "" };
        format!("CREATE TABLE IF NOT EXISTS {} (\n  {}\n){tail};\n", self.name, lines.join(",\n  "))
    }

    /// Makes every index that is not there yet.
    fn indexes(&self) -> String {
        let mut sql = String::new();
        for (at, index) in self.indexes.iter().enumerate() {
            let unique = if index.unique { "UNIQUE " } else { "" };
            let only = index.only.map(|condition| format!(" WHERE {condition}")).unwrap_or_default();
            sql.push_str(&format!(
                "CREATE {unique}INDEX IF NOT EXISTS {0}_{at} ON {0} ({1}){only};\n",
                self.name,
                index.columns.join(", ")
            ));
        }
        sql
    }
}
