//! One connection: the writer's, or a snapshot's.

use super::{Arg, Dialect, Row, Sql, arg, sqlite_writer_options};
use crate::error::{Error, Result};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use std::path::Path;

pub(crate) enum Conn {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Conn {
    pub(super) async fn sqlite(file: &Path, create: bool, durable: bool) -> Result<Self> {
        if !create && !file.exists() {
            return Err(Error::NoStore(file.display().to_string()));
        }
        Ok(Conn::Sqlite(sqlite_writer_options(file, create, durable).connect().await?))
    }

    pub(super) async fn postgres(options: &PgConnectOptions) -> Result<Self> {
        Ok(Conn::Postgres(options.connect().await?))
    }

    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Conn::Sqlite(_) => Dialect::Sqlite,
            Conn::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Runs one statement; answers how many rows it changed.
    pub(crate) async fn run(&mut self, sql: impl Into<Sql>, given: Vec<Arg>) -> Result<u64> {
        let sql = AssertSqlSafe(sql.into());
        Ok(match self {
            Conn::Sqlite(conn) => sqlx::query_with(sql, arg::sqlite(given)?).execute(conn).await?.rows_affected(),
            Conn::Postgres(conn) => sqlx::query_with(sql, arg::postgres(given)?).execute(conn).await?.rows_affected(),
        })
    }

    /// Runs several statements without parameters, such as a layout.
    pub(crate) async fn script(&mut self, sql: String) -> Result<()> {
        match self {
            Conn::Sqlite(conn) => sqlx::raw_sql(AssertSqlSafe(sql)).execute(conn).await.map(|_| ())?,
            Conn::Postgres(conn) => sqlx::raw_sql(AssertSqlSafe(sql)).execute(conn).await.map(|_| ())?,
        }
        Ok(())
    }

    pub(crate) async fn fetch(&mut self, sql: impl Into<Sql>, given: Vec<Arg>) -> Result<Vec<Row>> {
        let sql = AssertSqlSafe(sql.into());
        Ok(match self {
            Conn::Sqlite(conn) => {
                let rows = sqlx::query_with(sql, arg::sqlite(given)?).fetch_all(conn).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Conn::Postgres(conn) => {
                let rows = sqlx::query_with(sql, arg::postgres(given)?).fetch_all(conn).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    pub(crate) async fn fetch_one(&mut self, sql: impl Into<Sql>, given: Vec<Arg>) -> Result<Option<Row>> {
        Ok(self.fetch(sql, given).await?.into_iter().next())
    }

    /// Begins a writing transaction. SQLite takes the write lock at once, so that it cannot be refused half-way.
    pub(crate) async fn begin(&mut self) -> Result<()> {
        let sql = match self.dialect() {
            Dialect::Sqlite => "BEGIN IMMEDIATE",
            Dialect::Postgres => "BEGIN",
        };
        self.run(sql, Vec::new()).await.map(|_| ())
    }

    pub(crate) async fn commit(&mut self) -> Result<()> {
        self.run("COMMIT", Vec::new()).await.map(|_| ())
    }

    pub(crate) async fn rollback(&mut self) -> Result<()> {
        self.run("ROLLBACK", Vec::new()).await.map(|_| ())
    }

    pub(crate) async fn close(self) {
        // A connection that cannot say good-bye is closed all the same.
        let closed = match self {
            Conn::Sqlite(conn) => conn.close().await,
            Conn::Postgres(conn) => conn.close().await,
        };
        if let Err(error) = closed {
            tracing::debug!(%error, "the database connection did not close in good order");
        }
    }
}
