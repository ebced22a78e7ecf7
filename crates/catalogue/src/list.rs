//! Shared lists: the words a choice may take, with the dates they are in force.

use crate::names::{ItemName, ListName};
use crate::text::Text;
use indexmap::IndexMap;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A named list of items in the order they are offered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct List {
    pub name: ListName,
    pub title: Text,
    pub basis: String,
    pub items: IndexMap<ItemName, Item>,
}

/// One item. Dates limit new use; an entry keeps what it holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    pub label: Text,
    pub from: Option<Date>,
    pub until: Option<Date>,
    /// A word that groups items, such as the class of a unit.
    pub group: Option<String>,
    /// The item of a newer list that takes this one's place.
    pub maps: Option<String>,
}

impl Item {
    /// In force on a day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
}
