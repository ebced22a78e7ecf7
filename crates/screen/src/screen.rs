//! The screen: the rules of the catalogue over one hospital's lake and registers.

use crate::error::{Error, Result};
use crate::findings::{self, Finding, Findings, Whitelist};
use crate::query::{Limits, Query, Reads};
use crate::rule::{Lacking, Params, Rule};
use crate::sources;
use crate::tables::Tables;
use arrow::array::RecordBatch;
use catalogue::{Catalogue, RegisterName, Service};
use datafusion::scalar::ScalarValue;
use lake::{Lake, Marts, Month};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// Rules ready to run over data as it was when opened.
pub struct Screen {
    catalogue: Arc<Catalogue>,
    rules: Vec<Rule>,
    marts: Marts,
    registers: Tables,
    limits: Limits,
}

/// What became of a rule.
#[derive(Debug, Clone, PartialEq)]
pub enum Ran {
    Found(Findings),
    /// It did not run for want of data.
    Lacking(Lacking),
}

/// The registers the rules read, and that of accepted reasons.
///
/// *Errors*: faults in rules.
pub fn registers_read(catalogue: &Catalogue) -> Result<BTreeSet<RegisterName>> {
    let rules = Rule::load_all(catalogue).map_err(Error::Faults)?;
    // Sub-row tables are made with their register.
    let tables = rules.iter().flat_map(|rule| rule.head.reads.keys()).map(|table| table.split("__").next().unwrap_or(table));
    let registers = tables.filter_map(|name| catalogue.register(name)).chain(catalogue.serving(Service::Reasons));
    Ok(registers.map(|register| register.name.clone()).collect())
}

impl Screen {
    /// Opens a lake, refreshes its marts, and reads the rules of the catalogue.
    ///
    /// `registers` are those of [`registers_read`]; lists of the catalogue are added.
    ///
    /// *Errors*: faults in rules; a lake that cannot be read or is being written to.
    pub fn open(lake: &Path, catalogue: Arc<Catalogue>, mut registers: Tables) -> Result<Self> {
        let rules = Rule::load_all(&catalogue).map_err(Error::Faults)?;
        let (marts, refreshed) = Marts::refresh(Arc::new(Lake::open(lake)?))?;
        tracing::debug!(folded = refreshed.folded.len(), kept = refreshed.kept, "marts are fresh");
        registers.add_lists(&catalogue)?;
        registers.add_missing_registers(&catalogue)?;
        Ok(Self { catalogue, rules, marts, registers, limits: Limits::default() })
    }

    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// By id, whatever its case.
    pub fn rule(&self, id: &str) -> Result<&Rule> {
        self.rules.iter().find(|rule| rule.head.id.eq_ignore_ascii_case(id)).ok_or_else(|| Error::NoRule(id.to_owned()))
    }

    /// Months with order lines, ascending.
    pub fn months(&self) -> Vec<Month> {
        self.marts.months()
    }

    pub fn marts(&self) -> &Marts {
        &self.marts
    }

    /// Runs a rule for the months from `first` to `last`.
    ///
    /// *Errors*: parameters that do not fit; a query that failed, took too long or needed too much.
    pub async fn run(&self, id: &str, first: Month, last: Month, params: &Params) -> Result<Ran> {
        let rule = self.rule(id)?;
        let bound = rule.bind(params)?;
        let lake = self.marts.lake();
        if let Some(lacking) = rule.lacking(&bound.said, lake, &self.catalogue) {
            return Ok(Ran::Lacking(lacking));
        }
        let history = i32::from(rule.head.history_months);
        let months: Vec<Month> = self.months().into_iter().filter(|month| (first.plus(-history)..=last).contains(month)).collect();
        let tables = sources::gather(rule, &months, &self.marts, &self.registers, &self.catalogue)?;
        let reads: Reads = rule.head.reads.iter().map(|(table, columns)| (table.clone(), columns.clone())).collect();
        let mut values = bound.values.clone();
        values.insert("from".to_owned(), ScalarValue::Date32(Some(first.first_day())));
        values.insert("to".to_owned(), ScalarValue::Date32(Some(last.first_day())));
        let query = Query { what: &rule.head.id, sql: &rule.sql, reads: &reads, params: values, limits: self.limits };
        let batches = query.run(&tables).await?;
        let mut found = findings::read(rule, &bound, (first, last), rule.without(lake), &batches)?;
        let whitelist = Whitelist::of(&self.registers);
        for row in &mut found.rows {
            row.accepted = whitelist.covers(row);
        }
        Ok(Ran::Found(found))
    }

    /// The lines behind a finding, at most `limit`.
    pub fn lines(&self, finding: &Finding, limit: usize) -> Result<RecordBatch> {
        let equal: Vec<(&str, &str)> = finding.lines.equal.iter().map(|(column, code)| (column.as_str(), code.as_str())).collect();
        Ok(self.marts.lake().find(&finding.lines.dataset, &[finding.month], &equal, limit)?)
    }
}
