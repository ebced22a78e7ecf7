//! One thing to read, in a table, a fact or a panel: `parts/value.html`. Texts arrive ready.

use super::mark::{Clock, State};
use serde::Serialize;

#[derive(Debug, Clone, Serialize)]
#[serde(tag = "is", rename_all = "lowercase")]
pub enum Cell {
    Text {
        text: String,
    },
    /// Line breaks kept.
    Long {
        text: String,
    },
    /// A figure; every one may drill down.
    Num {
        text: String,
        unit: Option<String>,
        href: Option<String>,
    },
    Link {
        text: String,
        href: String,
    },
    State {
        state: State,
    },
    Clock {
        clock: Clock,
    },
    Tag {
        text: String,
    },
    Sealed {
        text: String,
        open: Option<String>,
    },
    Files {
        files: Vec<File>,
    },
    /// A drawing with its words.
    Drawn {
        svg: String,
    },
    Rows {
        label: String,
        head: Vec<Head>,
        rows: Vec<Vec<Cell>>,
        total: Option<Vec<Cell>>,
    },
    None,
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Self {
        Cell::Text { text: text.into() }
    }

    pub fn num(text: impl Into<String>) -> Self {
        Cell::Num { text: text.into(), unit: None, href: None }
    }

    pub fn link(text: impl Into<String>, href: impl Into<String>) -> Self {
        Cell::Link { text: text.into(), href: href.into() }
    }
}

#[derive(Debug, Clone, Serialize)]
pub struct Head {
    pub label: String,
    pub num: bool,
}

#[derive(Debug, Clone, Serialize)]
pub struct File {
    pub name: String,
    pub href: String,
    /// The copy without what the file carries beside its content.
    pub clean: Option<String>,
    /// Why there is no such copy.
    pub unclean: Option<String>,
    pub size: String,
    pub note: Option<String>,
}

/// Something an entry says: `parts/facts.html`.
#[derive(Debug, Clone, Serialize)]
pub struct Fact {
    pub label: String,
    pub value: Cell,
    pub wide: bool,
    /// Tells the viewer that looking is recorded.
    pub seen: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Section {
    pub title: String,
    pub aside: Option<String>,
    /// Of [`Fact::seen`], where several facts of the section say the same.
    pub seen: Option<String>,
    pub facts: Vec<Fact>,
    /// Seldom read: shown when its title is pressed.
    pub fold: bool,
}
