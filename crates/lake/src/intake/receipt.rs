//! What became of a file that was handed in.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use super::rejects::Rejected;
use crate::error::Label;
use crate::month::Month;
use crate::reason::Reason;

/// `rows = accepted + skipped + rejected`, always.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Receipt {
    pub dataset: String,
    /// The hash of the content, the mapping and the contract; the name by which a batch is taken back.
    pub batch: String,
    /// The name of the file as it was handed in.
    pub source: String,
    pub encoding: String,
    pub outcome: Outcome,
    /// Rows below the head that are not blank.
    pub rows: u64,
    pub accepted: u64,
    /// Rows left out by a filter of the mapping, by filter.
    pub skipped: BTreeMap<String, u64>,
    pub rejected: BTreeMap<Reason, u64>,
    /// Cells left empty because they could not be read and their mapping says so, by source column and reason.
    pub blanked: Vec<Blank>,
    /// Lines that were there before and that a line of this file took the place of.
    pub replaced: u64,
    /// Of these, how many say the same as before.
    pub unchanged: u64,
    /// Months whose lines are not what they were.
    pub months: Vec<Month>,
    /// The file of rejected rows.
    pub rejected_file: Option<PathBuf>,
    /// The first of them.
    pub examples: Vec<Rejected>,
    /// The last row is too short: the file may have been cut.
    pub maybe_cut: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Imported,
    /// The same content was imported before: nothing changed.
    AlreadyThere,
    /// Not one row could be taken: nothing changed.
    NothingAccepted,
    /// Only tried: nothing changed.
    Tried,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Blank {
    pub column: String,
    pub reason: Reason,
    pub cells: u64,
}

impl Receipt {
    pub fn rejected_total(&self) -> u64 {
        self.rejected.values().sum()
    }

    pub fn skipped_total(&self) -> u64 {
        self.skipped.values().sum()
    }

    pub fn sentence(&self) -> Label {
        let (rows, accepted) = (self.rows, self.accepted);
        let (skipped, rejected) = (self.skipped_total(), self.rejected_total());
        let counts = Label {
            zh: format!("共 {rows} 行：接收 {accepted}，按映射略过 {skipped}，退回 {rejected}"),
            en: format!("{rows} rows: {accepted} accepted, {skipped} skipped by the mapping, {rejected} rejected"),
        };
        let Label { zh, en } = counts;
        match self.outcome {
            Outcome::Imported => Label {
                zh: format!("已导入。{zh}；更新原有 {} 行，涉及 {} 个月", self.replaced, self.months.len()),
                en: format!("imported; {en}; {} earlier lines updated, {} months touched", self.replaced, self.months.len()),
            },
            Outcome::AlreadyThere => {
                Label::new("内容与已导入的批次相同，数据没有变化", "the same content is already there; nothing changed")
            }
            Outcome::NothingAccepted => Label {
                zh: format!("没有一行可以接收，数据没有变化。{zh}"),
                en: format!("no row could be taken, nothing changed; {en}"),
            },
            Outcome::Tried => Label { zh: format!("试导入，数据没有变化。{zh}"), en: format!("tried, nothing changed; {en}") },
        }
    }
}
