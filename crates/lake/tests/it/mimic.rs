//! Real orders through the committed mapping, and a synthetic file of the same columns where they are not at hand.

use std::path::{Path, PathBuf};

use lake::{Lake, Reason, Receipt, View};

use crate::lab::{Lab, contract, mapping, rows};
use crate::testdata::testdata;

fn take_in(lab: &Lab, path: &Path) -> (Receipt, Receipt) {
    let orders = lab.hand(&contract("order_line"), &mapping("mimic3_prescriptions"), path).expect("orders are taken in");
    let items = lab.hand(&contract("item"), &mapping("mimic3_items"), path).expect("items are taken in");
    (orders, items)
}

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/mimic_prescriptions.csv")
}

fn named(lake: &Lake, dataset: &str) -> usize {
    lake.table(dataset, &[], View::Named).expect("a table").iter().map(|batch| batch.num_rows()).sum()
}

#[test]
fn a_synthetic_file_of_the_same_columns() {
    let lab = Lab::new();
    let (orders, items) = take_in(&lab, &sample());
    assert_eq!((orders.rows, orders.accepted, orders.rejected_total()), (5, 5, 0), "{:?}", orders.examples);
    let blanked: Vec<_> = orders.blanked.iter().map(|b| (b.column.as_str(), b.reason, b.cells)).collect();
    assert_eq!(blanked, [("dose_val_rx", Reason::NotANumber, 1), ("startdate", Reason::EndsBeforeStart, 1)]);
    assert_eq!(
        lab.dump("order_line", &["line_id", "time", "encounter", "item", "quantity", "unit", "dose", "dose_unit", "days_supply"]),
        [
            "900001|2150-03-04T00:00:00|700001|EXAM5|2.0|TAB|10.0|mg|3.0",
            "900002|2150-03-04T00:00:00|700001|SAL500|500.0|ml|500.0|mL|1.0",
            "900003|2150-03-05T00:00:00|700001|EXAM5|2.0|TAB|10.0|mg|",
            "900004|2188-12-31T00:00:00|700002|SAMP25I|1000.0|VIAL|25000.0|UNIT|2.0",
            "900005|2189-01-01T00:00:00|700002|Nocodine|0.5|TAB||g|",
        ]
    );
    assert_eq!((items.accepted, items.skipped["repeated"]), (4, 1));
}

#[test]
fn real_orders_of_the_mimic_demo_are_all_accounted_for() {
    let Some(path) = testdata("mimic3demo/PRESCRIPTIONS.csv.gz") else { return };
    let lab = Lab::new();
    let (orders, items) = take_in(&lab, &path);
    assert_eq!((orders.rows, orders.accepted, orders.rejected_total()), (10_398, 10_398, 0), "{:?}", orders.examples);
    // 39 orders end before they start, and one dose is written 1-2mg.
    let blanked: Vec<_> = orders.blanked.iter().map(|b| (b.column.as_str(), b.reason, b.cells)).collect();
    assert_eq!(blanked, [("dose_val_rx", Reason::NotANumber, 1), ("startdate", Reason::EndsBeforeStart, 39)]);
    let lake = lab.lake();
    assert_eq!(named(&lake, "order_line"), 10_398);
    let filled = lake.filled("order_line");
    assert_eq!((filled.get("prescriber"), filled.get("amount_fen"), filled.get("department")), (None, None, None));
    assert_eq!(filled["days_supply"], 10_398 - 39 - 1);
    assert_eq!(lake.months("order_line").len(), 136);
    assert_eq!((items.accepted + items.skipped["repeated"], items.accepted as usize), (10_398, named(&lake, "item")));
    let furosemide = lake.find("order_line", &lake.months("order_line"), &[("item", "FURO40I")], 1_000).expect("found");
    assert_eq!(furosemide.num_rows(), 244);
    let first = lake.find("order_line", &lake.months("order_line"), &[("line_id", "32600")], 2).expect("found");
    let line = rows(&first.project(&[0, 1, 2, 3]).expect("the first columns"));
    assert_eq!(line, ["32600|2146-07-21T00:00:00|159647|42458"]);
}
