//! What must be put right, and a stale edit's two versions: `parts/faults.html`.

use super::act::Give;
use super::field::Field;
use serde::Serialize;

#[derive(Debug, Clone, Serialize)]
pub struct Fault {
    pub href: String,
    pub text: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct Stale {
    pub text: String,
    pub changes: Vec<Change>,
    pub post: String,
    pub give: Vec<Give>,
    pub reason: Option<Field>,
    pub theirs: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct Change {
    pub label: String,
    pub mine: String,
    pub theirs: String,
}
