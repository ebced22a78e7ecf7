//! What a database keeps, cell by cell, and the words of its search index: long values lie in pieces on the disk, and an index cuts words.

use super::search::Search;
use futures::TryStreamExt;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Row};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What was found in a database.
pub struct Kept {
    /// Where words of the search stand.
    pub found: Vec<String>,
    /// Rows of each table.
    pub rows: BTreeMap<String, u64>,
    /// The words of the search index.
    pub index: BTreeSet<String>,
}

/// Reads every cell of every table of `qinglian.db` in a folder, also while it is served.
pub fn kept(folder: &Path, search: &Search) -> Kept {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(read(folder, search)).expect("the database reads")
}

async fn read(folder: &Path, search: &Search) -> sqlx::Result<Kept> {
    let mut db = SqliteConnectOptions::new().filename(folder.join("qinglian.db")).read_only(true).connect().await?;
    let tables = words(&mut db, "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'").await?;
    let (mut found, mut rows) = (Vec::new(), BTreeMap::new());
    for table in tables {
        let columns = words(&mut db, &format!("SELECT name FROM pragma_table_info('{table}')")).await?;
        let cells: Vec<String> = columns.iter().map(|column| format!("CAST(\"{column}\" AS BLOB)")).collect();
        let sql = format!("SELECT {} FROM \"{table}\"", cells.join(", "));
        let mut all = sqlx::query(AssertSqlSafe(sql)).fetch(&mut db);
        let mut count = 0;
        while let Some(row) = all.try_next().await? {
            count += 1;
            for (at, column) in columns.iter().enumerate() {
                let cell: Option<Vec<u8>> = row.try_get(at)?;
                found.extend(cell.iter().flat_map(|cell| search.bytes(&format!("{table}.{column}"), cell)));
            }
        }
        drop(all);
        rows.insert(table, count);
    }
    sqlx::query("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab('main', 'search', 'row')").execute(&mut db).await?;
    let index = words(&mut db, "SELECT term FROM temp.vocabulary").await?.into_iter().collect();
    Ok(Kept { found, rows, index })
}

async fn words(db: &mut SqliteConnection, sql: &str) -> sqlx::Result<Vec<String>> {
    let rows = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_all(db).await?;
    rows.iter().map(|row| row.try_get(0)).collect()
}

/// What a search index would keep of a word: pairs of symbols where a script writes without spaces, else the word in small letters.
pub fn terms(word: &str) -> Vec<String> {
    if word.is_ascii() {
        return vec![word.to_lowercase()];
    }
    let symbols: Vec<char> = word.chars().collect();
    symbols.windows(2).map(|pair| pair.iter().collect()).collect()
}
