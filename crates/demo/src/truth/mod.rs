//! What was planted, what only looks like it, and how well findings meet it.

mod ranking;
mod score;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::hospital::Error;
use crate::month::Month;

pub use ranking::{Level, Rank, equality, ranking};
pub use score::{Finding, Score, score};

/// The truth about a generated hospital, kept beside its files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Truth {
    pub seed: u64,
    pub lines: u64,
    pub today: Date,
    /// First and last month of lines.
    pub from: Month,
    pub to: Month,
    pub planted: Vec<Planted>,
    pub near: Vec<NearMiss>,
}

/// One anomaly put in on purpose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Planted {
    pub rule: String,
    pub kind: String,
    pub month: Month,
    /// `department`, `item`, `prescriber` by their codes.
    pub keys: BTreeMap<String, String>,
    /// How many times the usual, for surges.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lift: Option<f64>,
    pub why: String,
}

/// Something that happens in any hospital and that a rule should not call a finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NearMiss {
    pub rule: String,
    pub kind: String,
    /// The month it begins.
    pub month: Month,
    pub keys: BTreeMap<String, String>,
    pub why: String,
}

impl Truth {
    pub(crate) fn new(seed: u64, lines: u64, today: Date, months: &[Month], planted: Vec<Planted>, near: Vec<NearMiss>) -> Truth {
        let of_today = Month::of(today);
        let (from, to) = (months.first().copied().unwrap_or(of_today), months.last().copied().unwrap_or(of_today));
        Truth { seed, lines, today, from, to, planted, near }
    }

    /// *Errors*: what the disk says.
    pub fn save(&self, path: &Path) -> Result<(), Error> {
        let text = serde_json::to_string_pretty(self).map_err(|source| Error::Truth { path: path.to_owned(), source })?;
        fs::write(path, text).map_err(|source| Error::Io { path: path.to_owned(), source })
    }

    /// *Errors*: what the disk says, or that the file is no truth.
    pub fn load(path: &Path) -> Result<Truth, Error> {
        let text = fs::read(path).map_err(|source| Error::Io { path: path.to_owned(), source })?;
        serde_json::from_slice(&text).map_err(|source| Error::Truth { path: path.to_owned(), source })
    }
}
