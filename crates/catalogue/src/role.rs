//! Roles: kinds of duty a person may hold.

use crate::field::Sensitivity;
use crate::names::RoleName;
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// A role of `roles.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Role {
    pub name: RoleName,
    pub title: Text,
    /// The highest sensitivity any register may give it.
    pub ceiling: Sensitivity,
    /// Roles one person may not hold together with this one.
    pub apart: Vec<RoleName>,
    /// Held by people who do not work here: they are not staff.
    pub outside: bool,
    /// Shown no name of any person, wherever it stands; such a role only reads, and is held together with no other.
    #[serde(default)]
    pub nameless: bool,
    /// Keeps accounts: opens, resets and stops them.
    #[serde(default)]
    pub accounts: bool,
    /// Confirms a new password for somebody who can open what is sealed.
    #[serde(default)]
    pub vouches: bool,
    /// Reads the event log, without content, and who looked.
    #[serde(default)]
    pub audits: bool,
    /// Never holds a share of the recovery key.
    #[serde(default)]
    pub keyless: bool,
    /// Runs the screening rules.
    #[serde(default)]
    pub screens: bool,
    /// Whether its holders sign in with a code beside the password.
    #[serde(default)]
    pub factor: Factor,
    pub basis: String,
    /// What its holder can do here, said on a desk where nothing waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk: Option<Text>,
    /// The page that sentence leads to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leads: Option<String>,
}

/// The second factor of a role's holders. The later, the stricter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Factor {
    /// Up to each.
    #[default]
    Open,
    /// Recommended on the desk.
    Offered,
    /// Nothing opens before it is set up.
    Required,
}

impl Factor {
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        match word {
            "open" => Some(Factor::Open),
            "offered" => Some(Factor::Offered),
            "required" => Some(Factor::Required),
            _ => None,
        }
    }
}

/// Held by everybody with an account.
pub const STAFF: &str = "staff";
/// The list of all roles, made from `roles.toml`.
pub const ROLES: &str = "roles";
/// Stands for a person without an account.
pub const PUBLIC: &str = "public";

/// The roles as a list, so that a person's roles are chosen like anything else.
pub(crate) fn as_list(roles: &indexmap::IndexMap<RoleName, Role>) -> crate::list::List {
    let items = roles
        .values()
        .map(|role| {
            let item = crate::list::Item { label: role.title.clone(), from: None, until: None, group: None, maps: None };
            (crate::names::ItemName::new(role.name.as_str()), item)
        })
        .collect();
    crate::list::List { name: crate::names::ListName::new(ROLES), title: Text::new("角色", "Roles"), basis: String::new(), items }
}
