//! Official tables: a query that says what counts where, a layout that says how it looks, and totals that must agree.
//!
//! The query of a report gives *marks*: entry E counts in cell C of row R as K. A cell's number is how many different
//! K it has, or the sum of its amounts, so every number knows the entries behind it. A total is counted over the marks
//! of its leaves together; if the leaves do not add up to it, the report is refused and says why.

mod build;
mod campaign;
mod few;
mod layout;
mod marks;
mod request;
mod sealed;

pub use layout::{ColumnLayout, Counting, Counts, Issue, Layout, Show};
pub use request::{Copy, Request, Unlock};

use crate::error::{Error, Result};
use crate::query::{Limits, Query};
use crate::tables::Tables;
use catalogue::{Catalogue, Fault, Text};
use engine::EntryId;
use jiff::civil::Date;
use office::paper::{self, Paper};
use serde::Serialize;
use std::collections::BTreeMap;

/// A report of the catalogue.
#[derive(Debug, Clone)]
pub struct Definition {
    pub layout: Layout,
    pub sql: String,
}

/// A finished table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    pub report: String,
    pub title: Text,
    /// The entry of the register `campaign` it is about.
    pub campaign: EntryId,
    pub from: Date,
    pub to: Date,
    /// From the campaign's launch on.
    pub cumulative: bool,
    /// The rows with what stands behind each cell, in the order of the paper's rows.
    pub rows: Vec<Row>,
    pub sum: Option<Vec<Cell>>,
    /// What the reader should know and that refuses nothing.
    pub mentions: Vec<Mention>,
    /// For print: the same numbers.
    pub paper: Paper,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// What the row is of: a unit, an item of a list, an entry.
    pub key: String,
    pub cells: Vec<Cell>,
}

/// A value and every entry it was made from, whoever may see them: filter before showing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cell {
    pub column: String,
    pub value: paper::Cell,
    pub entries: Vec<EntryId>,
    /// The same entries by what they count as, such as a unit's id.
    #[serde(skip)]
    pub counted: BTreeMap<String, Vec<EntryId>>,
}

/// A sentence about some entries, by their numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Mention {
    pub text: Text,
    pub numbers: Vec<String>,
    pub entries: Vec<EntryId>,
}

/// Why there is no table.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// No launched campaign has the report's rows.
    #[error("no campaign of plan {plan} was launched by {to}; launch one in the register of campaigns")]
    NoCampaign { plan: String, to: Date },
    #[error("the period from {from} to {to} is empty")]
    Period { from: Date, to: Date },
    /// Every total that does not reconcile, and what to mend.
    #[error("{}", .0.iter().map(|mention| mention.text.en.as_str()).collect::<Vec<_>>().join("; "))]
    Unreconciled(Vec<Mention>),
    #[error(transparent)]
    World(#[from] Error),
}

impl Mention {
    /// The sentence for the person at the screen.
    pub fn sentence(&self) -> Text {
        self.text.clone()
    }
}

impl ReportError {
    /// The sentence for the person at the screen.
    pub fn sentence(&self) -> Text {
        let en = self.to_string();
        let zh = match self {
            ReportError::NoCampaign { plan, to } => {
                format!("截至 {to} 没有已启动的、对应方案 {plan} 的专项行动；请先在“专项行动”登记并启动")
            }
            ReportError::Period { from, to } => format!("统计期 {from} 至 {to} 是空的"),
            ReportError::Unreconciled(reasons) => {
                format!("合计不能平衡，未出表：{}", reasons.iter().map(|reason| reason.text.zh.as_str()).collect::<Vec<_>>().join("；"))
            }
            ReportError::World(error) => return error.sentence(),
        };
        Text::new(zh, en)
    }
}

impl Definition {
    /// Every report of the catalogue in the order of ids.
    ///
    /// *Errors*: all faults.
    pub fn load_all(catalogue: &Catalogue) -> Result<Vec<Definition>, Vec<Fault>> {
        let mut found = Vec::new();
        let mut faults = Vec::new();
        for (stem, text) in catalogue.files_in("reports", "toml") {
            match layout::read(stem, text, catalogue) {
                Ok(definition) => found.push(definition),
                Err(more) => faults.extend(more),
            }
        }
        found.sort_by(|a: &Definition, b| a.layout.report.cmp(&b.layout.report));
        if faults.is_empty() { Ok(found) } else { Err(faults) }
    }

    /// Makes the table over the registers as they were at the end of the day `to`.
    ///
    /// *Errors*: no campaign, an empty period, totals that do not reconcile, a query that failed.
    pub async fn make(
        &self,
        tables: &Tables,
        request: &Request<'_>,
        unlock: Option<&dyn Unlock>,
        limits: Limits,
    ) -> Result<Report, ReportError> {
        let campaign = campaign::find(&self.layout, tables, request, limits).await?;
        let from = request.from.unwrap_or(campaign.launched_on);
        if from > request.to {
            return Err(ReportError::Period { from, to: request.to });
        }
        let query = Query {
            what: &self.layout.report,
            sql: &self.sql,
            reads: &self.layout.reads_sorted(),
            params: request.bound(&self.layout, &campaign, from)?,
            limits,
        };
        let marks = marks::read(&self.layout, &query.run(tables).await?)?;
        build::build(self, marks, &campaign, from, request, unlock)
    }
}
