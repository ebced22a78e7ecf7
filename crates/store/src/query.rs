//! What a list asks for.

use catalogue::RegisterName;
use catalogue::expr::{Expr, Literal};
use catalogue::register::{Column, Verb};
use engine::{Entry, EntryId, Moment};
use indexmap::IndexMap;
use std::sync::Arc;

/// A list of one register.
#[derive(Debug, Clone)]
pub struct Query {
    pub register: RegisterName,
    /// A tab of the register's list, by its key.
    pub tab: Option<String>,
    pub condition: Option<Expr>,
    /// All must hold.
    pub filters: Vec<Filter>,
    /// Words to be found in the entry.
    pub text: Option<String>,
    /// `None`: as the definition sorts, else newest first.
    pub sort: Option<Sort>,
    pub page: Page,
    /// Which right the list stands on: `Read`, or `Export` for an export.
    pub verb: Verb,
}

impl Query {
    pub fn of(register: impl Into<RegisterName>) -> Self {
        Self {
            register: register.into(),
            tab: None,
            condition: None,
            filters: Vec::new(),
            text: None,
            sort: None,
            page: Page::default(),
            verb: Verb::Read,
        }
    }
}

/// A column and what it must be.
#[derive(Debug, Clone)]
pub struct Filter {
    pub column: Column,
    pub test: Test,
}

#[derive(Debug, Clone)]
pub enum Test {
    /// One of these words: items, states, ids of people, units, suppliers or linked entries.
    Among(Vec<String>),
    From(Literal),
    To(Literal),
    Empty,
    Filled,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Sort {
    pub column: Column,
    pub descending: bool,
}

/// Which part of the list.
#[derive(Debug, Clone, PartialEq)]
pub enum Page {
    At {
        offset: u64,
        limit: u64,
    },
    /// After the last row of the page before, in order of creation, newest first.
    Older {
        created: Moment,
        entry: EntryId,
        limit: u64,
    },
}

impl Default for Page {
    fn default() -> Self {
        Page::At { offset: 0, limit: 50 }
    }
}

/// An entry as it reads today, and the definition to read it by.
#[derive(Debug, Clone)]
pub struct Found {
    pub entry: Entry,
    pub register: Arc<catalogue::Register>,
}

/// How many there are, under the query's own filters.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Counts {
    /// Without any tab.
    pub total: u64,
    pub tabs: IndexMap<String, u64>,
}
