//! Findings against the truth.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Planted, Truth};
use crate::month::Month;

/// What a rule pointed out, by the codes of the hospital's files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    pub rule: String,
    pub month: Month,
    /// Any of `department`, `item`, `prescriber`.
    pub keys: BTreeMap<String, String>,
}

/// A row of `qinglian demo --truth`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    pub rule: String,
    pub planted: usize,
    /// Planted anomalies that a finding met.
    pub found: usize,
    /// Findings of the rule.
    pub findings: usize,
    /// Found among planted; 1 when nothing was planted.
    pub recall: f64,
    /// Findings that met an anomaly, among findings; 1 when there are none.
    pub precision: f64,
}

/// One row a planted rule, in the order of its id. Only months that the rule looked at count: `months` says which.
pub fn score(truth: &Truth, findings: &[Finding], months: impl Fn(Month) -> bool) -> Vec<Score> {
    let mut rules: Vec<&str> = truth.planted.iter().map(|planted| planted.rule.as_str()).collect();
    rules.sort_unstable();
    rules.dedup();
    rules.into_iter().map(|rule| of_rule(rule, truth, findings, &months)).collect()
}

fn of_rule(rule: &str, truth: &Truth, findings: &[Finding], months: &impl Fn(Month) -> bool) -> Score {
    let planted: Vec<&Planted> = truth.planted.iter().filter(|planted| planted.rule == rule && months(planted.month)).collect();
    let findings: Vec<&Finding> = findings.iter().filter(|finding| finding.rule == rule && months(finding.month)).collect();
    // By month and item, which every finding of these rules names.
    let mut by_item: BTreeMap<(Month, &str), Vec<usize>> = BTreeMap::new();
    for (at, planted) in planted.iter().enumerate() {
        by_item.entry((planted.month, item(&planted.keys))).or_default().push(at);
    }
    let mut met = vec![false; planted.len()];
    let mut hits = 0;
    for finding in &findings {
        let candidates = by_item.get(&(finding.month, item(&finding.keys))).map_or(&[][..], Vec::as_slice);
        let fitting: Vec<usize> = candidates.iter().copied().filter(|at| agrees(&planted[*at].keys, &finding.keys)).collect();
        hits += usize::from(!fitting.is_empty());
        fitting.into_iter().for_each(|at| met[at] = true);
    }
    let found = met.iter().filter(|met| **met).count();
    Score::new(rule, planted.len(), found, findings.len(), hits)
}

impl Score {
    /// `hits` are findings that met something planted.
    pub(super) fn new(rule: &str, planted: usize, found: usize, findings: usize, hits: usize) -> Score {
        let part = |of: usize, all: usize| if all == 0 { 1.0 } else { of as f64 / all as f64 };
        Score { rule: rule.to_owned(), planted, found, findings, recall: part(found, planted), precision: part(hits, findings) }
    }
}

fn item(keys: &BTreeMap<String, String>) -> &str {
    keys.get("item").map_or("", String::as_str)
}

/// A finding need not name everything, but what it names must be so.
fn agrees(planted: &BTreeMap<String, String>, found: &BTreeMap<String, String>) -> bool {
    found.iter().all(|(key, value)| planted.get(key).is_none_or(|planted| planted == value))
}
