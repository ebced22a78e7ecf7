//! Real orders of the MIMIC-III demo through the committed mapping; the data itself is not in the repository.

use crate::qinglian;
use std::path::PathBuf;

fn testdata() -> Option<PathBuf> {
    let root = std::env::var_os("QINGLIAN_TESTDATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let path = root.join("mimic3demo/PRESCRIPTIONS.csv.gz");
    if !path.exists() {
        eprintln!("SKIP: {} is not there; set QINGLIAN_TESTDATA", path.display());
        return None;
    }
    Some(path)
}

#[test]
fn real_orders_come_in_with_every_row_accounted_for() {
    let Some(file) = testdata() else { return };
    let dir = tempfile::tempdir().expect("a folder");
    let line = "intake --data {} --dataset order_line --mapping mimic3_prescriptions --json {}";
    let receipts = qinglian(line, &[dir.path(), &file]).ends(0).json();
    let receipt = &receipts[0];
    assert_eq!(receipt["rows"], 10_398, "{receipt}");
    let count = |key: &str| match &receipt[key] {
        serde_json::Value::Object(map) => map.values().filter_map(serde_json::Value::as_u64).sum(),
        other => other.as_u64().unwrap_or(0),
    };
    assert_eq!(count("accepted") + count("skipped") + count("rejected"), 10_398, "{receipt}");
    assert!(count("accepted") > 10_000, "{receipt}");
    let again = qinglian(line, &[dir.path(), &file]).ends(0).json();
    assert_eq!(again[0]["outcome"], "already_there");
    // No prescriber, no price: the ranking of items runs by quantity, and what cannot run says which column is missing.
    let ran = qinglian("screen --data {} --rule U01 --rule C01", &[dir.path()]).ends(0);
    assert!(ran.err.contains("没有运行") && ran.err.contains("formulary"), "C01 needs a formulary: {}", ran.err);
}
