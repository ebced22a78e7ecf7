//! How many of a month's entries have to come to something, such as patients who were discharged and are to be spoken to.

use crate::names::{FieldName, StateName};
use serde::{Deserialize, Serialize};

/// How many entries of a unit and a month are owed, and which count as done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    /// The date an entry belongs to a month by.
    pub month_of: FieldName,
    /// Units: percent of the entries, rounded up.
    pub share: u8,
    /// So many at least; where there are fewer, all of them.
    pub least: u64,
    /// States in which an entry counts as done.
    pub counts: Vec<StateName>,
}

impl Quota {
    /// How many of so many entries of one unit and month are owed.
    pub fn owed(&self, entries: u64) -> u64 {
        let share = (u128::from(entries) * u128::from(self.share)).div_ceil(100);
        // A share is at most a hundred, so it never exceeds what it is of.
        u64::try_from(share).unwrap_or(entries).max(self.least).min(entries)
    }
}
