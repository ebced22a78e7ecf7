//! What heads an entry: `parts/top.html`.

use super::act::Act;
use super::mark::{Clock, State};
use serde::Serialize;

#[derive(Debug, Clone, Serialize)]
pub struct Link {
    pub label: String,
    pub href: String,
}

impl Link {
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into() }
    }
}

#[derive(Debug, Clone, Serialize)]
pub struct Top {
    pub state: State,
    pub clock: Option<Clock>,
    pub people: Vec<Person>,
    pub acts: Vec<Act>,
    pub more: Vec<Act>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Person {
    pub role: String,
    pub name: String,
    pub unit: Option<String>,
}
