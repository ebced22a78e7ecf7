//! Deadlines: when a clock starts, how long it runs, who may stop or stretch it.

use super::{Effect, Who};
use crate::expr::Expr;
use crate::names::{DeadlineName, FieldName, MoveName, StateName};
use crate::text::Text;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Deadline {
    pub name: DeadlineName,
    pub label: Text,
    pub after: After,
    pub within: Within,
    pub until: Vec<Until>,
    pub condition: Option<Expr>,
    pub soon: Within,
    pub late: Vec<Effect>,
    /// So long after expiry, these.
    pub escalate: Vec<(Within, Vec<Effect>)>,
    pub suspend: Option<Permit>,
    pub extend: Option<Permit>,
}

/// When a clock starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum After {
    Created,
    Field(FieldName),
    State(StateName),
    Move(MoveName),
    /// The last act of a person, anew with each. Such a clock watches for standstill: nobody's time runs out with it.
    Changed,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Until {
    State(StateName),
    Move(MoveName),
}

/// A span of time, or the day a field names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Within {
    Hours(u32),
    Days(u32),
    WorkingDays(u32),
    Months(u32),
    Field(FieldName),
}

impl Within {
    /// Roughly how many hours. A field has no length.
    pub fn about_hours(&self) -> Option<u64> {
        match self {
            Within::Hours(hours) => Some(u64::from(*hours)),
            Within::Days(days) => Some(u64::from(*days) * 24),
            Within::WorkingDays(days) => Some(u64::from(*days) * 24 * 7 / 5),
            Within::Months(months) => Some(u64::from(*months) * 24 * 30),
            Within::Field(_) => None,
        }
    }

    /// Whether the span may end later than another that starts with it. In one unit that is counting; across units the
    /// longest it can be (a long holiday, a long month) is held against the shortest the other can be.
    pub fn may_exceed(&self, other: &Within) -> bool {
        match (self, other) {
            (Within::Hours(a), Within::Hours(b))
            | (Within::Days(a), Within::Days(b))
            | (Within::WorkingDays(a), Within::WorkingDays(b))
            | (Within::Months(a), Within::Months(b)) => a > b,
            (Within::Field(a), Within::Field(b)) => a != b,
            _ => match (self.hours_at_most(), other.hours_at_least()) {
                (Some(most), Some(least)) => most > least,
                _ => true,
            },
        }
    }

    /// Spans in days run to the end of their last day, so a day started is up to one more.
    fn hours_at_most(&self) -> Option<u64> {
        match self {
            Within::Hours(hours) => Some(u64::from(*hours)),
            Within::Days(days) => Some(u64::from(*days) * 24 + 24),
            // Two free days a week, and the longest public holiday of nine days on top.
            Within::WorkingDays(days) => Some((u64::from(*days) * 7 / 5 + 11) * 24 + 24),
            Within::Months(months) => Some(u64::from(*months) * 31 * 24 + 24),
            Within::Field(_) => None,
        }
    }

    fn hours_at_least(&self) -> Option<u64> {
        match self {
            Within::Hours(hours) => Some(u64::from(*hours)),
            Within::Days(days) | Within::WorkingDays(days) => Some(u64::from(*days) * 24),
            Within::Months(months) => Some(u64::from(*months) * 28 * 24),
            Within::Field(_) => None,
        }
    }
}

/// Who may ask to stop or stretch a clock, and who grants it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permit {
    pub by: Vec<Who>,
    pub approve: Vec<Who>,
    pub most: Option<Within>,
    pub times: Option<u32>,
}
