//! Values on their way into SQL. There is no way to make one of a sealed value: none of its types converts.

use super::wrong_argument;
use crate::error::Result;
use engine::{EntryId, Moment, PersonId, Tag, UnitId};
use sqlx::Arguments;
use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;

/// A bound value. Empty values keep their type, which PostgreSQL wants to know.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Arg {
    Text(Option<String>),
    Int(Option<i64>),
    Real(Option<f64>),
    Bytes(Option<Vec<u8>>),
    /// A list for [`super::Dialect::among`].
    Texts(Vec<String>),
    Rows(Vec<i64>),
}

macro_rules! from {
    ($($from:ty => $variant:ident($value:ident) $make:expr),* $(,)?) => {$(
        impl From<$from> for Arg {
            fn from($value: $from) -> Self {
                Arg::$variant(Some($make))
            }
        }
        impl From<Option<$from>> for Arg {
            fn from(value: Option<$from>) -> Self {
                Arg::$variant(value.map(|$value| $make))
            }
        }
    )*};
}

from! {
    String => Text(value) value,
    &str => Text(value) value.to_owned(),
    &String => Text(value) value.clone(),
    EntryId => Text(value) value.to_string(),
    PersonId => Text(value) value.to_string(),
    UnitId => Text(value) value.to_string(),
    Tag => Text(value) value.to_string(),
    i64 => Int(value) value,
    Moment => Int(value) value.0,
    bool => Int(value) i64::from(value),
    f64 => Real(value) value,
    Vec<u8> => Bytes(value) value,
    &[u8] => Bytes(value) value.to_vec(),
}

impl From<u64> for Arg {
    /// Counters and sizes stay far below 2⁶³.
    fn from(value: u64) -> Self {
        Arg::Int(Some(i64::try_from(value).unwrap_or(i64::MAX)))
    }
}

/// Makes a list of arguments of different types.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::db::Arg::from($value)),*] };
}
pub(crate) use args;

pub(super) fn sqlite(given: Vec<Arg>) -> Result<SqliteArguments> {
    let mut bound = SqliteArguments::default();
    bound.reserve(given.len(), 0);
    for arg in given {
        match arg {
            Arg::Text(value) => bound.add(value),
            Arg::Int(value) => bound.add(value),
            Arg::Real(value) => bound.add(value),
            Arg::Bytes(value) => bound.add(value),
            Arg::Texts(list) => bound.add(serde_json::Value::from(list).to_string()),
            Arg::Rows(list) => bound.add(serde_json::Value::from(list).to_string()),
        }
        .map_err(wrong_argument)?;
    }
    Ok(bound)
}

pub(super) fn postgres(given: Vec<Arg>) -> Result<PgArguments> {
    let mut bound = PgArguments::default();
    bound.reserve(given.len(), 0);
    for arg in given {
        match arg {
            Arg::Text(value) => bound.add(value),
            Arg::Int(value) => bound.add(value),
            Arg::Real(value) => bound.add(value),
            Arg::Bytes(value) => bound.add(value),
            Arg::Texts(list) => bound.add(list),
            Arg::Rows(list) => bound.add(list),
        }
        .map_err(wrong_argument)?;
    }
    Ok(bound)
}
