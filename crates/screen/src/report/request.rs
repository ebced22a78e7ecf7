//! What is asked for when a table is made.

use super::campaign::Campaign;
use super::layout::Layout;
use crate::error::{Error, Result};
use crate::rule::{Params, bind_params};
use catalogue::Text;
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
    pub copy: Copy,
}

/// Which copy of a table is made; printed with it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Copy {
    /// Over every entry, in nobody's name: the machine's own command line.
    #[default]
    Whole,
    /// Over what whoever makes it may read.
    Working,
    /// Over every entry, asked for by one and made by another.
    Issued { number: String, on: Date },
    /// The issued one for readers who are told no small numbers.
    Excerpt { number: String, on: Date },
}

impl Copy {
    /// Printed under the table.
    pub fn sentence(&self) -> Text {
        match self {
            Copy::Whole => Text::new(
                "本稿按全部条目统计，未经核发；对外报送以核发件为准。",
                "Counted over all entries and not issued; what is handed in is the issued table.",
            ),
            Copy::Working => Text::new(
                "工作稿：按制表人可以查阅的条目统计；对外报送以核发件为准。",
                "Working copy: counted over the entries its maker may read; what is handed in is the issued table.",
            ),
            Copy::Issued { number, on } => Text::new(
                format!("核发件 {number}，{on} 核发，按全部条目统计。"),
                format!("Issued table {number} of {on}, counted over all entries."),
            ),
            Copy::Excerpt { number, on } => Text::new(
                format!("节录自 {on} 核发的 {number}：1 至 4 写作“少于5”，“—”处不单列，以免推算出个人。"),
                format!(
                    "Excerpt of {number}, issued on {on}: 1 to 4 are written “少于5”; “—” is not told, so that nobody can be worked out."
                ),
            ),
        }
    }
}

/// Opens sealed fields for one entitled person.
pub trait Unlock: Sync {
    /// The text of a sealed field; nothing where this person holds no key.
    fn open(&self, entry: EntryId, field: &str) -> Option<String>;
}

impl<'a> Request<'a> {
    /// Over every entry, in nobody's name, by the counting rules as they come.
    pub fn whole(institution: &'a str, from: Option<Date>, to: Date, made_at: DateTime) -> Self {
        Self {
            institution,
            campaign: None,
            from,
            to,
            params: Params::new(),
            preparer: None,
            phone: None,
            reviewer: None,
            made_at,
            chain_head: None,
            copy: Copy::Whole,
        }
    }

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
