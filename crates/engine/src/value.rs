//! Values of fields, as they are stored in events and entries.

use crate::ids::{EntryId, PersonId, UnitId};
use crate::time::Moment;
use catalogue::{FieldName, ItemName};
use indexmap::IndexMap;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Values by field, in the order they were given.
pub type Values = IndexMap<FieldName, Value>;

/// One value that is not sealed. Empty fields are absent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    Text(String),
    Number(f64),
    /// Money in fen.
    Fen(i64),
    Date(Date),
    Moment(Moment),
    Flag(bool),
    Choice(ItemName),
    Choices(Vec<ItemName>),
    Person(PersonId),
    People(Vec<PersonId>),
    Unit(UnitId),
    Units(Vec<UnitId>),
    /// An entry of the register `supplier`.
    Supplier(EntryId),
    Link(EntryId),
    Files(Vec<FileRef>),
    Rows(Vec<Values>),
}

/// A file by its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRef {
    /// SHA-256 of the stored bytes, hex.
    pub hash: String,
    pub name: String,
    pub size: u64,
    /// When the evidence came to be, if that is known apart from its upload.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub happened: Option<Moment>,
}

impl Value {
    pub fn people(&self) -> &[PersonId] {
        match self {
            Value::Person(one) => std::slice::from_ref(one),
            Value::People(all) => all,
            _ => &[],
        }
    }

    pub fn units(&self) -> &[UnitId] {
        match self {
            Value::Unit(one) => std::slice::from_ref(one),
            Value::Units(all) => all,
            _ => &[],
        }
    }

    pub fn items(&self) -> &[ItemName] {
        match self {
            Value::Choice(one) => std::slice::from_ref(one),
            Value::Choices(all) => all,
            _ => &[],
        }
    }

    pub fn files(&self) -> &[FileRef] {
        match self {
            Value::Files(all) => all,
            _ => &[],
        }
    }

    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn as_link(&self) -> Option<EntryId> {
        match self {
            Value::Link(id) | Value::Supplier(id) => Some(*id),
            _ => None,
        }
    }
}
