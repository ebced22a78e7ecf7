//! Handing content out to an authority outside the house: who chooses, who agrees, when.

use crate::names::{FieldName, RoleName, StateName};
use serde::{Deserialize, Serialize};

/// Who may hand an entry's content out, in a signed package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handing {
    /// Who chooses what goes, makes the package and takes the code that confirms it. They hold a key.
    pub by: Vec<RoleName>,
    /// Who agrees; never the one who chose. Empty: nobody else is asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approve: Vec<RoleName>,
    /// States in which it may be asked for; empty: in any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub states: Vec<StateName>,
    /// The text field that says what was confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<FieldName>,
}
