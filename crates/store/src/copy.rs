//! Moving a store to another database, table by table, row by row, and the full-text index made anew.

use crate::db::{Arg, Conn, Db, Row};
use crate::definitions::Definitions;
use crate::error::{Error, Result};
use crate::insert::{Conflict, insert, insert_words, words_row};
use crate::schema::{self, Kind, TABLES, Table};
use crate::store::{Store, database_in};
use crate::{cache, directory};
use catalogue::Catalogue;
use std::path::Path;
use std::sync::Arc;

/// What was copied.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Copied {
    pub rows: u64,
    pub events: u64,
}

/// Rows carried at a time.
const PAGE: usize = 2_000;

impl Store {
    /// Copies all rows to an empty PostgreSQL database. Files and keys stay where they are: the same data folder serves both.
    /// Then open the store there and [`Store::verify`] it against this one's head.
    ///
    /// Errors: the target holds something already.
    pub async fn copy_to_postgres(&self, url: &str) -> Result<Copied> {
        copy_rows(&self.shared.db, &Db::postgres(url).await?, &self.shared.definitions).await
    }

    /// Copies all rows to a new SQLite file in a folder.
    pub async fn copy_to_folder(&self, folder: &Path) -> Result<Copied> {
        let file = database_in(folder);
        if file.exists() {
            return Err(Error::NotEmpty(file.display().to_string()));
        }
        copy_rows(&self.shared.db, &Db::sqlite(&file, true).await?, &self.shared.definitions).await
    }
}

async fn copy_rows(source: &Db, target: &Db, definitions: &Definitions) -> Result<Copied> {
    let mut from = source.snapshot().await?;
    let mut to = target.writer().await?;
    if schema::layout_of(&mut to).await?.is_some() {
        return Err(Error::NotEmpty("the database has a store in it".to_owned()));
    }
    schema::create(&mut to).await?;
    to.begin().await?;
    to.run("DELETE FROM settings", Vec::new()).await?;
    to.run("DELETE FROM counters", Vec::new()).await?;
    let mut copied = Copied::default();
    for table in TABLES {
        let rows = carry(&mut from, &mut to, table).await?;
        copied.rows += rows;
        if table.name == "events" {
            copied.events = rows;
        }
    }
    words(&mut to, definitions).await?;
    to.commit().await?;
    from.rollback().await?;
    from.close().await;
    to.close().await;
    target.close().await;
    Ok(copied)
}

async fn carry(from: &mut Conn, to: &mut Conn, table: &'static Table) -> Result<u64> {
    let (columns, key) = (table.list(), table.key.join(", "));
    let mut after: Option<Vec<Arg>> = None;
    let mut count = 0;
    loop {
        let (condition, given) = match &after {
            None => (String::new(), Vec::new()),
            Some(values) => {
                let places: Vec<String> = (1..=values.len()).map(|at| format!("${at}")).collect();
                (format!(" WHERE ({key}) > ({})", places.join(", ")), values.clone())
            }
        };
        let rows = from.fetch(format!("SELECT {columns} FROM {}{condition} ORDER BY {key} LIMIT {PAGE}", table.name), given).await?;
        let rows: Vec<Vec<Arg>> = rows.iter().map(|row| read(table, row)).collect::<Result<_>>()?;
        let Some(last) = rows.last() else { return Ok(count) };
        let at = |name: &&str| table.columns.iter().position(|column| column.name == *name);
        after = Some(table.key.iter().filter_map(at).map(|at| last[at].clone()).collect());
        count += rows.len() as u64;
        insert(to, table, Conflict::Fail, rows).await?;
    }
}

fn read(table: &Table, row: &Row) -> Result<Vec<Arg>> {
    let column = |(at, column): (usize, &schema::Column)| {
        Ok(match column.kind {
            Kind::Text => Arg::Text(row.text_or_none(at)?),
            Kind::Int => Arg::Int(row.int_or_none(at)?),
            Kind::Real => Arg::Real(row.real_or_none(at)?),
            Kind::Bytes => Arg::Bytes(row.bytes_or_none(at)?),
        })
    };
    table.columns.iter().enumerate().map(column).collect()
}

/// The full-text index is each database's own; its words come from the entries.
async fn words(to: &mut Conn, definitions: &Definitions) -> Result<()> {
    let mut after = 0i64;
    loop {
        let page =
            to.fetch(format!("SELECT nr, body FROM entry_bodies WHERE nr > $1 ORDER BY nr LIMIT {PAGE}"), vec![Arg::from(after)]).await?;
        if page.is_empty() {
            return Ok(());
        }
        let mut rows = Vec::with_capacity(page.len());
        for row in &page {
            after = row.int(0)?;
            let entry = directory::read_entry(&row.text(1)?)?;
            rows.push(words_row(to.dialect(), after, &cache::derive(definitions, &entry)?.words));
        }
        insert_words(to, rows).await?;
    }
}

/// Moves a backup's rows into PostgreSQL.
pub(crate) async fn into_postgres(backup: &Path, url: &str, catalogue: Arc<Catalogue>) -> Result<Copied> {
    let source = Db::sqlite(&database_in(backup), false).await?;
    let mut definitions = Definitions::new(catalogue);
    let mut conn = source.snapshot().await?;
    definitions.load(&mut conn).await?;
    conn.rollback().await?;
    conn.close().await;
    let copied = copy_rows(&source, &Db::postgres(url).await?, &definitions).await;
    source.close().await;
    copied
}
