//! Entries by state: `parts/board.html`.

use super::act::Act;
use super::mark::Clock;
use serde::Serialize;

#[derive(Debug, Clone, Serialize)]
pub struct Column {
    pub title: String,
    pub count: String,
    /// Said when the column is empty.
    pub none: String,
    pub cards: Vec<Card>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Card {
    pub number: String,
    pub href: String,
    pub title: String,
    pub clock: Option<Clock>,
    pub moves: Vec<Act>,
}
