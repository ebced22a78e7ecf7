//! Two databases behind one small layer: SQL is written once, with `$1`; what differs is named here.

mod arg;
mod conn;
mod row;

pub(crate) use arg::{Arg, args};
pub(crate) use conn::Conn;
pub(crate) use row::Row;

use crate::error::{Error, Result};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgPool, SqlitePool};
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

/// SQL text. Made in this crate only, from literals and checked names; values are always bound.
pub(crate) type Sql = Cow<'static, str>;

/// Where a store keeps its rows.
#[derive(Debug, Clone)]
pub(crate) enum Db {
    Sqlite { read: Readers<SqlitePool>, file: PathBuf, durable: bool },
    Postgres { read: Readers<PgPool>, options: Box<PgConnectOptions> },
}

/// Readers of the house, and those set apart for the public: who queues for these keeps nobody of the house waiting.
#[derive(Debug, Clone)]
pub(crate) struct Readers<P> {
    house: P,
    public: P,
}

impl<P> Readers<P> {
    /// Those of whoever asks.
    fn mine(&self) -> &P {
        if PUBLIC.try_with(|()| ()).is_ok() { &self.public } else { &self.house }
    }
}

tokio::task_local! {
    static PUBLIC: ();
}

/// What is read within, is read by the readers set apart for the public.
pub(crate) async fn apart<F: Future>(work: F) -> F::Output {
    PUBLIC.scope((), work).await
}

/// What the two databases say differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// `column IN (the list bound to a parameter)`; bind [`Arg::Texts`] or [`Arg::Rows`].
    pub(crate) fn among(self, column: &str, parameter: usize) -> String {
        match self {
            Dialect::Sqlite => format!("{column} IN (SELECT value FROM json_each(${parameter}))"),
            Dialect::Postgres => format!("{column} = ANY(${parameter})"),
        }
    }
}

/// Readers beside the writer; lists and pages share them.
const READERS: u32 = 4;
/// Those set apart for the public.
const PUBLIC_READERS: u32 = 2;

/// A database that says nothing for so long does not answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Asks once before the pool does, which would go on asking for half a minute.
async fn reach(options: &PgConnectOptions) -> Result<()> {
    let why = match tokio::time::timeout(PATIENCE, options.connect()).await {
        Ok(Ok(conn)) => return Ok(conn.close().await?),
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no answer within {} s", PATIENCE.as_secs()),
    };
    Err(Error::NoDatabase { place: format!("{}:{}", options.get_host(), options.get_port()), why })
}

impl Db {
    /// Opens an SQLite file; `create` makes it when it is not there.
    pub(crate) async fn sqlite(file: &Path, create: bool) -> Result<Self> {
        Self::sqlite_flushing(file, create, true).await
    }

    /// As [`Db::sqlite`]; when not `durable`, commits are answered before they reach the disk.
    pub(crate) async fn sqlite_flushing(file: &Path, create: bool, durable: bool) -> Result<Self> {
        if create && !file.exists() {
            let conn = Conn::sqlite(file, true, durable).await?;
            conn.close().await;
        }
        let options = sqlite_options(file).read_only(true).pragma("cache_size", "-8000");
        // Once open they stay: a connection works on a thread of its own, as urgent as whoever opened it.
        let pool = |most| SqlitePoolOptions::new().max_connections(most).min_connections(0).idle_timeout(None).max_lifetime(None);
        let house = pool(READERS).connect_with(options.clone()).await?;
        let read = Readers { house, public: pool(PUBLIC_READERS).connect_lazy_with(options) };
        Ok(Db::Sqlite { read, file: file.to_owned(), durable })
    }

    pub(crate) async fn postgres(url: &str) -> Result<Self> {
        let options = PgConnectOptions::from_str(url)?.disable_statement_logging();
        reach(&options).await?;
        let house = PgPoolOptions::new().max_connections(READERS).connect_with(options.clone()).await?;
        let read = Readers { house, public: PgPoolOptions::new().max_connections(PUBLIC_READERS).connect_lazy_with(options.clone()) };
        Ok(Db::Postgres { read, options: Box::new(options) })
    }

    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Db::Sqlite { .. } => Dialect::Sqlite,
            Db::Postgres { .. } => Dialect::Postgres,
        }
    }

    /// Opens every reader now: its thread is then as urgent as the caller's, whoever uses it later.
    pub(crate) async fn warm(&self) -> Result<()> {
        let mut held = Vec::new();
        for _ in 0..READERS {
            match self {
                Db::Sqlite { read, .. } => held.push(read.house.acquire().await?),
                // Its work is done by the server of the database.
                Db::Postgres { .. } => {}
            }
        }
        Ok(())
    }

    /// A connection that may write.
    pub(crate) async fn writer(&self) -> Result<Conn> {
        match self {
            Db::Sqlite { file, durable, .. } => Conn::sqlite(file, false, *durable).await,
            Db::Postgres { options, .. } => Conn::postgres(options).await,
        }
    }

    /// A connection of its own for a long read, so that all its pages see one moment.
    pub(crate) async fn snapshot(&self) -> Result<Conn> {
        let mut conn = self.writer().await?;
        match self {
            Db::Sqlite { .. } => {
                conn.run("PRAGMA query_only = 1", Vec::new()).await?;
                conn.run("BEGIN", Vec::new()).await?;
            }
            Db::Postgres { .. } => {
                conn.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", Vec::new()).await?;
            }
        }
        Ok(conn)
    }

    /// All rows of a query, read beside the writer.
    pub(crate) async fn fetch(&self, sql: impl Into<Sql>, given: Vec<Arg>) -> Result<Vec<Row>> {
        let sql = AssertSqlSafe(sql.into());
        match self {
            Db::Sqlite { read, .. } => {
                let rows = sqlx::query_with(sql, arg::sqlite(given)?).fetch_all(read.mine()).await?;
                Ok(rows.into_iter().map(Row::Sqlite).collect())
            }
            Db::Postgres { read, .. } => {
                let rows = sqlx::query_with(sql, arg::postgres(given)?).fetch_all(read.mine()).await?;
                Ok(rows.into_iter().map(Row::Postgres).collect())
            }
        }
    }

    pub(crate) async fn fetch_one(&self, sql: impl Into<Sql>, given: Vec<Arg>) -> Result<Option<Row>> {
        Ok(self.fetch(sql, given).await?.into_iter().next())
    }

    pub(crate) async fn close(&self) {
        match self {
            Db::Sqlite { read, .. } => {
                read.house.close().await;
                read.public.close().await;
            }
            Db::Postgres { read, .. } => {
                read.house.close().await;
                read.public.close().await;
            }
        }
    }
}

fn sqlite_options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .busy_timeout(Duration::from_secs(30))
        .foreign_keys(false)
        .statement_cache_capacity(400)
        // Rows come from SQLite's own thread: the more at a time, the less the two wait for each other.
        .row_buffer_size(512)
        .pragma("temp_store", "MEMORY")
        .disable_statement_logging()
}

/// The options of the one connection that writes: if `durable`, every commit reaches the disk before it is answered.
fn sqlite_writer_options(file: &Path, create: bool, durable: bool) -> SqliteConnectOptions {
    sqlite_options(file)
        .create_if_missing(create)
        .page_size(8192)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(if durable { SqliteSynchronous::Full } else { SqliteSynchronous::Off })
        .pragma("cache_size", "-32000")
        .pragma("wal_autocheckpoint", "4000")
        .pragma("journal_size_limit", "67108864")
}

fn wrong_argument(error: sqlx::error::BoxDynError) -> Error {
    Error::Sql(sqlx::Error::Encode(error))
}
