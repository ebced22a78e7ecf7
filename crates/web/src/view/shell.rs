//! What the layouts take: `layout/app.html`, `layout/public.html`, `layout/door.html`, `layout/print.html`.

use super::act::{Act, Give};
use super::top::Link;
use serde::Serialize;

/// The staff shell.
#[derive(Debug, Clone, Serialize)]
pub struct Shell {
    pub lang: &'static str,
    pub theme: &'static str,
    pub narrow: bool,
    pub title: String,
    pub house: String,
    pub today: String,
    pub csrf: String,
    pub me: Me,
    pub sign_out: &'static str,
    pub home: &'static str,
    pub search: &'static str,
    pub query: String,
    pub other: Other,
    pub areas: Vec<Area>,
    /// The way back to the guide of a demo.
    pub tour: Option<&'static str>,
    pub toast: Option<Toast>,
    pub printed: Printed,
    /// Said in print.
    pub filters: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Me {
    pub name: String,
    pub acts: Vec<Act>,
}

/// The same page in the other language.
#[derive(Debug, Clone, Serialize)]
pub struct Other {
    pub lang: &'static str,
    pub name: &'static str,
    pub href: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct Area {
    pub icon: String,
    pub label: String,
    pub short: String,
    pub href: String,
    pub on: bool,
    pub count: Option<String>,
    pub pinned: bool,
}

/// What was just done and, for ten seconds, its undoing.
#[derive(Debug, Clone, Serialize)]
pub struct Toast {
    pub text: String,
    pub undo: Option<Undo>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Undo {
    pub post: String,
    pub give: Vec<Give>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Printed {
    pub by: String,
    pub at: String,
}

/// Pages without an account, and the door.
#[derive(Debug, Clone, Serialize)]
pub struct Door {
    pub lang: &'static str,
    pub title: String,
    pub house: String,
    pub other: Other,
    pub exit: String,
}

/// A paper to print.
#[derive(Debug, Clone, Serialize)]
pub struct Paper {
    pub lang: &'static str,
    pub title: String,
    pub house: String,
    pub back: Link,
    pub printed: Printed,
    /// Head of the chain.
    pub chain: Option<String>,
}
