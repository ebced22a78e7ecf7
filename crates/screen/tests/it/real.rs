//! Real orders: the MIMIC-III demo through the committed mappings. The data is not in the repository; without it a committed file
//! of the same columns goes the same way.

use crate::site;
use crate::testdata::testdata;
use catalogue::Catalogue;
use datafusion::arrow::array::AsArray;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type, TimestampSecondType};
use lake::{Contract, Handed, Mapping, Month, View};
use screen::{Params, Ran, Screen, Subject};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// The real file, or the committed one of the same columns where it is not at hand; and how many ranks it must come to at least.
fn orders() -> (PathBuf, usize) {
    match testdata("mimic3demo/PRESCRIPTIONS.csv.gz") {
        Some(real) => (real, 500),
        None => (Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/mimic_prescriptions.csv"), 24),
    }
}

fn take_in(catalogue: &Catalogue, lake: &Path, file: &Path, dataset: &str, mapping: &str) {
    let (contract, mapping) = (format!("datasets/{dataset}.toml"), format!("mappings/{mapping}.toml"));
    let contract: Contract = Catalogue::read_toml(&contract, &catalogue.files[&contract]).expect("a contract");
    let mapping: Mapping = Catalogue::read_toml(&mapping, &catalogue.files[&mapping]).expect("a mapping");
    let mut watch = |_| ControlFlow::Continue(());
    let handed = Handed { path: file, name: dataset, at_ms: 0, try_only: false, watch: &mut watch };
    let receipt = lake::intake(lake, &contract, &mapping, handed).expect("it is taken in");
    assert_eq!(receipt.rejected_total(), 0, "{:?}", receipt.examples);
}

/// Units of each item in each month, added up line by line in ten-thousandths.
fn sums(screen: &Screen) -> BTreeMap<Month, BTreeMap<String, i64>> {
    let mut sums: BTreeMap<Month, BTreeMap<String, i64>> = BTreeMap::new();
    for batch in screen.marts().lake().table("order_line", &["time", "item", "quantity"], View::Named).expect("lines") {
        let items = cast(batch.column(1), &DataType::Utf8).expect("names");
        let (times, quantities) = (batch.column(0).as_primitive::<TimestampSecondType>(), batch.column(2).as_primitive::<Float64Type>());
        for row in 0..batch.num_rows() {
            let month = Month::of_day(times.value(row).div_euclid(86_400) as i32);
            let quantity = (quantities.value(row) * 10_000.0).round() as i64;
            *sums.entry(month).or_default().entry(items.as_string::<i32>().value(row).to_owned()).or_default() += quantity;
        }
    }
    sums
}

/// No prescriber, no department, no price: items are ranked by quantity, and what cannot run says why.
#[tokio::test]
async fn items_of_real_orders_are_ranked_as_by_hand() {
    let (file, least) = orders();
    let catalogue = site::catalogue(&[]);
    let folder = tempfile::tempdir().expect("a folder");
    let lake = folder.path().join("lake");
    take_in(&catalogue, &lake, &file, "order_line", "mimic3_prescriptions");
    take_in(&catalogue, &lake, &file, "item", "mimic3_items");
    let screen = site::open(&folder, &catalogue);
    let months = screen.months();
    let (first, last) = (months[0], months[months.len() - 1]);
    let Ran::Found(found) = screen.run("U01", first, last, &Params::new()).await.expect("it runs") else { panic!("it has what it needs") };
    assert_eq!(
        found.without,
        ["order_line.department", "order_line.prescriber", "order_line.amount_fen"]
            .map(str::to_owned)
            .into_iter()
            .chain(["item.ddd_per_unit".to_owned()])
            .collect::<Vec<_>>()
    );
    let mut expected = Vec::new();
    for (month, items) in sums(&screen) {
        let mut places: Vec<(&String, i64)> = items.iter().filter(|(_, units)| **units > 0).map(|(item, units)| (item, *units)).collect();
        places.sort_by_key(|(item, units)| (-units, (*item).clone()));
        for (item, units) in &places {
            let rank = 1 + places.iter().filter(|(_, other)| other > units).count();
            if rank <= 10 {
                expected.push((month, rank, (*item).clone(), *units, places.len()));
            }
        }
    }
    let mut came: Vec<_> = found
        .rows
        .iter()
        .map(|row| {
            let number = |name: &str| row.number(name).expect("a number");
            let item = row.subject(Subject::Item).expect("an item").code.clone();
            (row.month, number("rank") as usize, item, (number("quantity") * 10_000.0).round() as i64, number("peers") as usize)
        })
        .collect();
    came.sort();
    expected.sort();
    assert!(expected.len() > least, "{} ranks of {}", expected.len(), file.display());
    assert_eq!(came, expected);
    for rule in ["U02", "C01"] {
        assert!(matches!(screen.run(rule, first, last, &Params::new()).await, Ok(Ran::Lacking(_))), "{rule} says what it lacks");
    }
}
