//! Who keeps what custodians keep, who may ask for it, and how long a consent serves.

use super::Within;
use crate::names::RoleName;
use serde::{Deserialize, Serialize};

/// Fields that say `custody` are sealed to a key of their own, which is dealt to custodians: any two of them open it to whoever asked,
/// none alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Custody {
    /// Who may ask to see it.
    pub by: Vec<RoleName>,
    /// The custodians: they hold the key between them and read nothing of the entry.
    pub approve: Vec<RoleName>,
    /// How long a request may be agreed to and used.
    pub within: Within,
}
