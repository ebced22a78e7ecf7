//! What is asked for when a table is made.

use super::campaign::Campaign;
use super::layout::Layout;
use crate::error::{Error, Result};
use crate::rule::{Params, bind_params};
use datafusion::scalar::ScalarValue;
use engine::{EntryId, day_number};
use jiff::civil::{Date, DateTime};
use std::collections::HashMap;

/// A table to be made. The clock and the chain are the caller's.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// Printed in the title.
    pub institution: &'a str,
    /// The campaign; the latest launched one of the report's plan if not said.
    pub campaign: Option<EntryId>,
    /// The campaign's launch if not said; any other day is marked 非累计口径.
    pub from: Option<Date>,
    /// The day of filling in, included.
    pub to: Date,
    /// Counting rules in place of the defaults.
    pub params: Params,
    /// Who fills in, the telephone, who reviews; from the campaign where not given.
    pub preparer: Option<String>,
    pub phone: Option<String>,
    pub reviewer: Option<String>,
    /// Local time.
    pub made_at: DateTime,
    /// Head of the chain the figures were read from.
    pub chain_head: Option<String>,
}

/// Opens sealed fields for one entitled person.
pub trait Unlock: Sync {
    /// The text of a sealed field; nothing where this person holds no key.
    fn open(&self, entry: EntryId, field: &str) -> Option<String>;
}

impl Request<'_> {
    pub(super) fn bound(&self, layout: &Layout, campaign: &Campaign, from: Date) -> Result<HashMap<String, ScalarValue>> {
        let mut values = bind_params(&layout.report, &layout.params, &self.params).map_err(Error::Parameters)?;
        values.insert("from".to_owned(), day(from));
        values.insert("to".to_owned(), day(self.to));
        values.insert("campaign".to_owned(), ScalarValue::Utf8(Some(campaign.id.to_string())));
        Ok(values)
    }
}

/// A day as SQL has it.
pub(super) fn day(day: Date) -> ScalarValue {
    ScalarValue::Date32(i32::try_from(day_number(day)).ok())
}
