//! How long content is kept, and who may destroy it.

use crate::expr::Expr;
use crate::field::{Field, Kind, Sensitivity};
use crate::names::{FieldName, RoleName, StateName};
use serde::{Deserialize, Serialize};

/// When an entry's content may be erased, by whom, and what outlives it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Retention {
    /// Who asks.
    pub by: Vec<RoleName>,
    /// Who agrees; never the one who asked.
    pub approve: Vec<RoleName>,
    /// End states in which it may be erased as soon as it is there, such as that of what was handed up.
    pub at_once: Vec<StateName>,
    /// As soon as this holds, such as that the authority confirmed it has it; before that it is kept like those of `after`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_once_if: Option<Expr>,
    /// In the others: so many years after one of `after` was entered.
    pub years: Option<u8>,
    pub after: Vec<StateName>,
    /// Other years for some of them, by how they ended and what they say (such as the channel). The first that fits counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub terms: Vec<Term>,
    /// Fields that statistics count: they stay.
    pub keeps: Vec<FieldName>,
}

/// How long some entries are kept: those that ended so and for which the condition holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Term {
    /// Units: years.
    pub years: u8,
    /// End states it speaks of; empty: all of `after`.
    pub after: Vec<StateName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Expr>,
}

impl Retention {
    /// The shortest time anything is kept. Units: years.
    pub fn least_years(&self) -> Option<u8> {
        self.years.into_iter().chain(self.terms.iter().map(|term| term.years)).min()
    }

    /// The longest. Units: years.
    pub fn most_years(&self) -> Option<u8> {
        self.years.into_iter().chain(self.terms.iter().map(|term| term.years)).max()
    }

    /// Whether a field may outlive its entry: it counts something and names nobody. A unit is no person, and official tables count
    /// units; where even the unit would tell who, its field is sealed and does not stay.
    pub fn may_keep(field: &Field) -> bool {
        let counts =
            matches!(field.kind, Kind::Choice { .. } | Kind::Date | Kind::YesNo | Kind::Number { .. } | Kind::Money | Kind::Unit { .. });
        counts && field.sensitivity < Sensitivity::Sealed
    }
}
