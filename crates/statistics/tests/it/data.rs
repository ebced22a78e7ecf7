//! Data of others.

use crate::testdata::testdata;
use flate2::read::GzDecoder;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;

/// A product and an event named together: how many reports name both, and how many would if the two had nothing to do with each other.
pub struct Pair {
    pub product: String,
    pub event: String,
    pub observed: f64,
    pub expected: f64,
}

/// Pairs that some report names, from the reports of `ebgm/caers.csv.gz`.
pub fn caers() -> Option<Vec<Pair>> {
    let path = testdata("ebgm/caers.csv.gz")?;
    let mut reader = csv::Reader::from_reader(GzDecoder::new(File::open(path).unwrap()));
    let (mut reports, mut products, mut events) = (BTreeSet::new(), BTreeMap::new(), BTreeMap::new());
    let mut pairs: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for row in reader.records() {
        let row = row.unwrap();
        let [id, product, event] = [0, 1, 2].map(|at| row[at].to_owned());
        reports.insert(id.clone());
        products.entry(product.clone()).or_insert_with(BTreeSet::new).insert(id.clone());
        events.entry(event.clone()).or_insert_with(BTreeSet::new).insert(id.clone());
        pairs.entry((product, event)).or_default().insert(id);
    }
    let pair = |((product, event), ids): ((String, String), BTreeSet<String>)| {
        let expected = products[&product].len() as f64 * events[&event].len() as f64 / reports.len() as f64;
        Pair { product, event, observed: ids.len() as f64, expected }
    };
    Some(pairs.into_iter().map(pair).collect())
}

/// Days of stay of 54 providers, observed and expected, from `funnel/medpar.csv`.
pub fn medpar() -> Option<Vec<(f64, f64)>> {
    let path = testdata("funnel/medpar.csv")?;
    let mut text = String::new();
    File::open(path).unwrap().read_to_string(&mut text).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let heads = reader.headers().unwrap().clone();
    let place = |name: &str| heads.iter().position(|head| head == name).unwrap();
    let (los, provider, expected) = (place("los"), place("provnum"), place("expected_los"));
    let mut sums: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    for row in reader.records() {
        let row = row.unwrap();
        let sum = sums.entry(row[provider].to_owned()).or_default();
        sum.0 += row[los].parse::<f64>().unwrap();
        sum.1 += row[expected].parse::<f64>().unwrap();
    }
    Some(sums.into_values().collect())
}
