//! Rows of answers, read by position.

use crate::error::{Error, Result};
use engine::{EntryId, Moment, PersonId};
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;

pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

macro_rules! get {
    ($($name:ident -> $type:ty),* $(,)?) => {$(
        pub(crate) fn $name(&self, at: usize) -> Result<$type> {
            match self {
                Row::Sqlite(row) => Ok(row.try_get(at)?),
                Row::Postgres(row) => Ok(row.try_get(at)?),
            }
        }
    )*};
}

impl Row {
    get! {
        text -> String,
        text_or_none -> Option<String>,
        int -> i64,
        int_or_none -> Option<i64>,
        real_or_none -> Option<f64>,
        bytes -> Vec<u8>,
        bytes_or_none -> Option<Vec<u8>>,
    }

    pub(crate) fn flag(&self, at: usize) -> Result<bool> {
        Ok(self.int(at)? != 0)
    }

    pub(crate) fn count(&self, at: usize) -> Result<u64> {
        Ok(u64::try_from(self.int(at)?).unwrap_or(0))
    }

    pub(crate) fn moment(&self, at: usize) -> Result<Moment> {
        Ok(Moment(self.int(at)?))
    }

    pub(crate) fn moment_or_none(&self, at: usize) -> Result<Option<Moment>> {
        Ok(self.int_or_none(at)?.map(Moment))
    }

    pub(crate) fn entry(&self, at: usize) -> Result<EntryId> {
        let text = self.text(at)?;
        EntryId::parse(&text).ok_or_else(|| not_an_id(&text))
    }

    pub(crate) fn person(&self, at: usize) -> Result<PersonId> {
        let text = self.text(at)?;
        PersonId::parse(&text).ok_or_else(|| not_an_id(&text))
    }

    pub(crate) fn person_or_none(&self, at: usize) -> Result<Option<PersonId>> {
        self.text_or_none(at)?.map(|text| PersonId::parse(&text).ok_or_else(|| not_an_id(&text))).transpose()
    }
}

fn not_an_id(text: &str) -> Error {
    Error::damaged("an id in the database", format!("`{text}` is not one"))
}
