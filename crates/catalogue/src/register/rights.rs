//! Rights: verb × scope, and what each role sees.

use crate::expr::Expr;
use crate::field::Sensitivity;
use crate::names::{RoleName, StateName};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Widest reach of a right. Ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    Own,
    Unit,
    Institution,
    All,
}

impl Scope {
    pub const ALL: [Scope; 4] = [Scope::Own, Scope::Unit, Scope::Institution, Scope::All];

    pub fn word(self) -> &'static str {
        match self {
            Scope::Own => "own",
            Scope::Unit => "unit",
            Scope::Institution => "institution",
            Scope::All => "all",
        }
    }
}

/// What a role may do with entries; moves have their own `by`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    Create,
    Read,
    Edit,
    Export,
    Import,
    Unseal,
    Recuse,
    Assign,
    /// Cover passages of what is sealed for readers without this right, and uncover them.
    Mask,
    /// Destroy passages of what is sealed, with another person who holds it too.
    Redact,
}

impl Verb {
    pub const ALL: [Verb; 10] = [
        Verb::Create,
        Verb::Read,
        Verb::Edit,
        Verb::Export,
        Verb::Import,
        Verb::Unseal,
        Verb::Recuse,
        Verb::Assign,
        Verb::Mask,
        Verb::Redact,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Verb::Create => "create",
            Verb::Read => "read",
            Verb::Edit => "edit",
            Verb::Export => "export",
            Verb::Import => "import",
            Verb::Unseal => "unseal",
            Verb::Recuse => "recuse",
            Verb::Assign => "assign",
            Verb::Mask => "mask",
            Verb::Redact => "redact",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Rights {
    pub verbs: BTreeMap<Verb, IndexMap<RoleName, Scope>>,
    /// Highest sensitivity each role reads here.
    pub sees: IndexMap<RoleName, Sensitivity>,
    /// States in which a role sees so much; in any other only what is internal. A role that is not named here sees it in all.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub sees_while: IndexMap<RoleName, Vec<StateName>>,
    /// A role's rights do not reach entries for which its condition holds: the discipline office does not receive what is about itself.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub unless: IndexMap<RoleName, Expr>,
    /// Whoever takes an entry from one person and gives it to another says why.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub assign_reason: bool,
    /// States in which an entry may be edited.
    pub edit_while: Vec<StateName>,
}

impl Rights {
    /// Whether a role sees what `sees` gives it of an entry in this state.
    pub fn sees_in(&self, role: &RoleName, state: &StateName) -> bool {
        self.sees_while.get(role).is_none_or(|states| states.contains(state))
    }

    pub fn scope(&self, verb: Verb, role: &str) -> Option<Scope> {
        self.verbs.get(&verb).and_then(|roles| roles.get(role)).copied()
    }
}
