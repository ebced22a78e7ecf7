//! What can go wrong with the world while storing, and the two ways a wish can fail.

use engine::Refusal;
use std::io;

/// The world broke. Nothing was half-written: a group of commands is stored whole or not at all.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the disk is full: nothing was stored; free some space and try again")]
    DiskFull,
    #[error("the data folder {folder} is in use by another process{holder}; one process writes at a time")]
    InUse { folder: String, holder: String },
    #[error("the database is being read all the time, so its files could not be cleared; trying again later")]
    Busy,
    #[error("another process took over writing the chain {chain}; this one writes no more")]
    Fenced { chain: String },
    #[error("this store was opened for reading only")]
    ReadOnly,
    #[error("the store is shutting down; nothing was stored")]
    Closed,
    #[error("the database at {place} cannot be used: {why}; is it running, and are address, name and password right?")]
    NoDatabase { place: String, why: String },
    #[error("there is no store in {0}; `qinglian init` makes one")]
    NoStore(String),
    #[error("the database has layout {found}, this program knows up to {known}: use a newer program")]
    Newer { found: i64, known: i64 },
    #[error("the key file {file} is missing or is not the one this store was made with; put it back from its safe-keeping")]
    WrongKey { file: String },
    #[error("the database answered: {0}")]
    Sql(sqlx::Error),
    #[error("{what}: {source}")]
    File { what: String, source: io::Error },
    #[error("{what} could not be read: {why}")]
    Damaged { what: String, why: String },
    #[error("field {0} is kept for reading only and cannot be filtered or sorted by")]
    NotIndexed(String),
    #[error("no register is called {0}")]
    NoRegister(String),
    #[error("no file {0} is stored")]
    NoFile(String),
    #[error("the sealed part did not open: {0}")]
    Sealed(#[from] vault::OpenError),
    #[error("the sealed file did not open: {0}")]
    SealedFile(#[from] vault::FileError),
    #[error("the password could not be checked: {0}")]
    SignIn(vault::SignInError),
    #[error("the target is not empty: {0}")]
    NotEmpty(String),
    /// What befell the group a command was stored with.
    #[error("the database failed while storing, nothing was stored: {0}")]
    NotStored(String),
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a wish was not fulfilled.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The person may not; told kindly, no fault of the house.
    #[error("{0}")]
    Refusal(Box<Refusal>),
    #[error(transparent)]
    Error(#[from] Error),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Failure::Refusal(Box::new(refusal))
    }
}

impl Failure {
    /// The refusal, when it is one.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Failure::Refusal(refusal) => Some(refusal),
            Failure::Error(_) => None,
        }
    }
}

/// SQLite's result codes that mean there was no room (SQLITE_FULL), and those of a failing write.
const SQLITE_FULL: &str = "13";
/// PostgreSQL: disk_full.
const PG_DISK_FULL: &str = "53100";

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let full = match &error {
            sqlx::Error::Database(inner) => inner.code().is_some_and(|code| code == SQLITE_FULL || code == PG_DISK_FULL),
            sqlx::Error::Io(inner) => inner.kind() == io::ErrorKind::StorageFull,
            _ => false,
        };
        if full { Error::DiskFull } else { Error::Sql(error) }
    }
}

impl Error {
    /// A file operation that failed, with what was being done.
    pub(crate) fn file(what: impl Into<String>, source: io::Error) -> Self {
        if matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
            return Error::DiskFull;
        }
        Error::File { what: what.into(), source }
    }

    pub(crate) fn damaged(what: impl Into<String>, why: impl std::fmt::Display) -> Self {
        Error::Damaged { what: what.into(), why: why.to_string() }
    }

    /// The same misfortune, told to everybody it befell.
    pub(crate) fn again(&self) -> Self {
        match self {
            Error::DiskFull => Error::DiskFull,
            Error::Fenced { chain } => Error::Fenced { chain: chain.clone() },
            other => Error::NotStored(other.to_string()),
        }
    }

    /// What is stored of one thing cannot be used; others may be as they should.
    pub fn is_damage(&self) -> bool {
        let misread = |error: &sqlx::Error| matches!(error, sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_));
        match self {
            Error::Damaged { .. } | Error::Sealed(_) | Error::NoRegister(_) => true,
            Error::Sql(error) => misread(error),
            _ => false,
        }
    }

    /// The row broke a uniqueness rule.
    pub(crate) fn is_duplicate(&self) -> bool {
        matches!(self, Error::Sql(sqlx::Error::Database(inner)) if inner.is_unique_violation())
    }
}
