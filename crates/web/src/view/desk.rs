//! My desk: `parts/desk.html`.

use super::act::Act;
use super::mark::Clock;
use serde::Serialize;

#[derive(Debug, Clone, Serialize)]
pub struct Day {
    pub name: String,
    pub day: String,
    pub text: String,
    pub off: bool,
}

/// What is due or waits.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    pub clock: Option<Clock>,
    pub title: String,
    pub href: String,
    pub small: String,
    pub act: Option<Act>,
}

/// What changed.
#[derive(Debug, Clone, Serialize)]
pub struct News {
    pub at: String,
    pub when: String,
    pub title: String,
    pub href: String,
    pub small: String,
}

/// An entry behind a figure. Without an address it is not shown to this person, and counted all the same.
#[derive(Debug, Clone, Serialize)]
pub struct Source {
    pub number: String,
    pub href: Option<String>,
    pub small: String,
    pub when: String,
}
