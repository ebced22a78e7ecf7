//! The panel beside a list: `parts/panel.html`.

use super::act::Act;
use super::cell::Fact;
use super::mark::{Clock, State};
use super::trail::Event;
use serde::Serialize;

#[derive(Debug, Clone, Serialize)]
pub struct Panel {
    pub number: String,
    pub title: Option<String>,
    pub href: String,
    pub close: String,
    pub state: State,
    pub clock: Option<Clock>,
    pub owner: Option<String>,
    pub summary: Option<String>,
    pub seen: Option<String>,
    pub facts: Vec<Fact>,
    pub events: Vec<Event>,
    pub acts: Vec<Act>,
}
