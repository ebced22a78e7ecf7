//! The timeline: `parts/trail.html`.

use serde::Serialize;

#[derive(Debug, Clone, Serialize)]
pub struct Event {
    /// The permalink's anchor.
    pub id: String,
    pub now: bool,
    pub by: String,
    pub what: String,
    pub changes: Vec<Change>,
    pub note: Option<String>,
    /// Of a note: who reads it.
    pub level: Option<Level>,
    pub at: String,
    pub when: String,
    /// Chain verified, broken, or not looked at.
    pub held: Option<bool>,
    /// Somebody looked; nothing changed.
    pub look: bool,
}

/// Who reads a note, in words and a shape.
#[derive(Debug, Clone, Serialize)]
pub struct Level {
    /// `both`, `house` or `own`.
    pub shape: &'static str,
    pub text: String,
}

/// One way to cut the timeline.
#[derive(Debug, Clone, Serialize)]
pub struct Only {
    pub label: String,
    pub href: String,
    pub on: bool,
}

#[derive(Debug, Clone, Serialize)]
pub struct Change {
    pub label: String,
    pub old: Option<String>,
    pub new: Option<String>,
    pub unit: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Chain {
    pub text: String,
    pub head: String,
    pub when: String,
}
