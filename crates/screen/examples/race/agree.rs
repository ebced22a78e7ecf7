//! Whether two systems found the same: texts and counts exactly, other numbers to a thousand millionth.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

const NEAR: f64 = 1e-9;

/// How many findings of each rule are the same, or where the first difference is.
pub(crate) fn compare(own: &Path, other: &Path) -> Result<BTreeMap<String, Result<usize, String>>> {
    let (own, mut other) = (read(own)?, read(other)?);
    let compared = own.into_iter().map(|(rule, own)| {
        let same = compare_rows(own, other.remove(&rule).unwrap_or_default());
        (rule, same)
    });
    Ok(compared.collect())
}

/// By name, so that both systems' columns come in one order.
type Row = BTreeMap<String, Value>;

fn read(path: &Path) -> Result<BTreeMap<String, Vec<Row>>> {
    let mut rules: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for line in std::fs::read_to_string(path)?.lines() {
        let mut row: Row = serde_json::from_str(line)?;
        // What is empty is not there.
        row.retain(|_, value| !value.is_null());
        let rule = row.remove("rule").context("a line says its rule")?;
        rules.entry(rule.as_str().unwrap_or_default().to_owned()).or_default().push(row);
    }
    Ok(rules)
}

fn compare_rows(mut own: Vec<Row>, mut other: Vec<Row>) -> Result<usize, String> {
    if own.len() != other.len() {
        let (mine, theirs) = (own.iter().map(key), other.iter().map(key));
        let theirs: std::collections::BTreeSet<String> = theirs.collect();
        let only = mine.filter(|key| !theirs.contains(key)).take(2).collect::<Vec<_>>();
        return Err(format!("{} findings here, {} there; only here: {only:?}", own.len(), other.len()));
    }
    own.sort_by(order);
    other.sort_by(order);
    match own.iter().zip(&other).find(|(own, other)| !same(own, other)) {
        Some((own, other)) => Err(format!("{own:?} here is {other:?} there")),
        None => Ok(own.len()),
    }
}

/// All texts of a row: what it is about.
fn key(row: &Row) -> String {
    row.iter().filter_map(|(name, value)| Some(format!("{name}={} ", value.as_str()?))).collect()
}

fn order(a: &Row, b: &Row) -> Ordering {
    let numbers = |row: &Row| row.values().filter_map(Value::as_f64).collect::<Vec<_>>();
    let by_number = |a: &Row, b: &Row| {
        let pairs = numbers(a).into_iter().zip(numbers(b));
        pairs
            .map(|(a, b)| if near(a, b) { Ordering::Equal } else { a.total_cmp(&b) })
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    };
    key(a).cmp(&key(b)).then_with(|| by_number(a, b))
}

fn same(a: &Row, b: &Row) -> bool {
    let alike = |(name, value): (&String, &Value)| match (value, b.get(name)) {
        (Value::Number(a), Some(Value::Number(b))) => match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => near(a, b),
            _ => false,
        },
        (value, Some(other)) => value == other,
        (_, None) => false,
    };
    a.len() == b.len() && a.iter().all(alike)
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= NEAR * a.abs().max(b.abs()).max(1.0)
}
