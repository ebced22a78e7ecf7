//! What house and reporter wrote to each other: `parts/talk.html`.

use serde::Serialize;

#[derive(Debug, Clone, Serialize)]
pub struct Letter {
    /// Written by whoever reads the page.
    pub mine: bool,
    /// A message, as against an answer that closes.
    pub asks: bool,
    pub by: String,
    pub when: String,
    pub text: String,
    pub files: Vec<Enclosed>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Enclosed {
    pub name: String,
    pub size: String,
    pub href: Option<String>,
}
