//! How long content is kept, and who may destroy it.

use crate::field::{Field, Kind, Sensitivity};
use crate::names::{FieldName, RoleName, StateName};
use serde::{Deserialize, Serialize};

/// When an entry's content may be erased, by whom, and what outlives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// Who asks.
    pub by: Vec<RoleName>,
    /// Who agrees; never the one who asked.
    pub approve: Vec<RoleName>,
    /// End states in which it may be erased as soon as it is there, such as that of what was handed up.
    pub at_once: Vec<StateName>,
    /// In the others: so many years after one of `after` was entered.
    pub years: Option<u8>,
    pub after: Vec<StateName>,
    /// Fields that statistics count: they stay.
    pub keeps: Vec<FieldName>,
}

impl Retention {
    /// Whether a field may outlive its entry: it counts something and names nobody. A unit is no person, and official tables count
    /// units; where even the unit would tell who, its field is sealed and does not stay.
    pub fn may_keep(field: &Field) -> bool {
        let counts =
            matches!(field.kind, Kind::Choice { .. } | Kind::Date | Kind::YesNo | Kind::Number { .. } | Kind::Money | Kind::Unit { .. });
        counts && field.sensitivity < Sensitivity::Sealed
    }
}
