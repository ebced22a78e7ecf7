//! Real orders of the MIMIC-III demo through the committed mapping; the data itself is not in the repository, so without it a
//! committed file of the same columns goes the same way.

use crate::qinglian;
use crate::testdata::testdata;
use std::path::{Path, PathBuf};

/// The file, and how many rows it has.
fn orders() -> (PathBuf, u64) {
    match testdata("mimic3demo/PRESCRIPTIONS.csv.gz") {
        Some(real) => (real, 10_398),
        None => (Path::new(env!("CARGO_MANIFEST_DIR")).join("../screen/tests/data/mimic_prescriptions.csv"), 40),
    }
}

#[test]
fn real_orders_come_in_with_every_row_accounted_for() {
    let (file, rows) = orders();
    let dir = tempfile::tempdir().expect("a folder");
    let line = "intake --data {} --dataset order_line --mapping mimic3_prescriptions --json {}";
    let receipts = qinglian(line, &[dir.path(), &file]).ends(0).json();
    let receipt = &receipts[0];
    assert_eq!(receipt["rows"], rows, "{receipt}");
    let count = |key: &str| match &receipt[key] {
        serde_json::Value::Object(map) => map.values().filter_map(serde_json::Value::as_u64).sum(),
        other => other.as_u64().unwrap_or(0),
    };
    assert_eq!(count("accepted") + count("skipped") + count("rejected"), rows, "{receipt}");
    assert!(count("accepted") > rows * 9 / 10, "{receipt}");
    let again = qinglian(line, &[dir.path(), &file]).ends(0).json();
    assert_eq!(again[0]["outcome"], "already_there");
    // No prescriber, no price: the ranking of items runs by quantity, and what cannot run says which column is missing.
    let ran = qinglian("screen --data {} --rule U01 --rule C01", &[dir.path()]).ends(0);
    assert!(ran.err.contains("没有运行") && ran.err.contains("formulary"), "C01 needs a formulary: {}", ran.err);
}
