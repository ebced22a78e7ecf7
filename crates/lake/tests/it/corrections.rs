//! The same lines again, corrected lines, lines that change months, and batches taken back.

use std::collections::BTreeMap;

use lake::{Error, Mapping, Outcome, Reason, Receipt, revert};
use proptest::prelude::*;

use crate::lab::{Lab, contract, months};

const HEAD: &str = "line_id,time,item,quantity,amount_fen\n";

fn orders(lab: &Lab, rows: &[&str]) -> Receipt {
    lab.orders(&format!("{HEAD}{}\n", rows.join("\n")))
}

fn ids(lab: &Lab) -> Vec<String> {
    lab.dump("order_line", &["line_id", "time", "quantity"])
}

#[test]
fn the_same_content_again_changes_nothing_and_says_so() {
    let lab = Lab::new();
    let rows = ["L1,2024-01-05,A,1,5", "L2,bad,A,1,5"];
    let first = orders(&lab, &rows);
    let hash = lab.lake().month_hash("order_line", months(&["2024-01"])[0]).map(str::to_owned);
    let again = orders(&lab, &rows);
    assert_eq!((again.outcome, again.batch.clone()), (Outcome::AlreadyThere, first.batch));
    assert_eq!((again.rows, again.accepted, again.rejected_total(), again.months.len()), (2, 1, 1, 0));
    let lake = lab.lake();
    assert_eq!(lake.month_hash("order_line", months(&["2024-01"])[0]).map(str::to_owned), hash);
    assert_eq!(lake.batches("order_line").len(), 1);
}

#[test]
fn the_same_content_under_another_mapping_is_another_import() {
    let lab = Lab::new();
    orders(&lab, &["L1,2024-01-05,A,1,5"]);
    let contract = contract("order_line");
    let mut mapping = Mapping::plain(&contract);
    mapping.columns["amount_fen"].unit = Some(lake::Unit::Yuan);
    let path = lab.file("orders.csv", format!("{HEAD}L1,2024-01-05,A,1,5\n"));
    let receipt = lab.hand(&contract, &mapping, &path).expect("taken in");
    assert_eq!((receipt.outcome, receipt.replaced, receipt.unchanged), (Outcome::Imported, 1, 0));
    assert_eq!(lab.orders_dump(), ["L1|2024-01-05T00:00:00|A|1.0|500"]);
}

#[test]
fn within_a_file_the_later_row_counts_and_the_earlier_is_named() {
    let lab = Lab::new();
    let receipt = orders(&lab, &["L1,2024-01-05,A,1,5", "L2,2024-01-05,A,1,5", "L1,2024-01-07,A,3,5"]);
    assert_eq!((receipt.rows, receipt.accepted, receipt.rejected[&Reason::Duplicate]), (3, 2, 1));
    assert_eq!((receipt.examples[0].row, receipt.examples[0].value.as_str()), (2, "L1"));
    assert_eq!(ids(&lab), ["L2|2024-01-05T00:00:00|1.0", "L1|2024-01-07T00:00:00|3.0"]);
}

#[test]
fn within_a_file_the_later_row_counts_even_in_another_month() {
    for (first, second, kept) in [("2024-03-07", "2024-01-05", "2024-01-05"), ("2024-01-05", "2024-03-07", "2024-03-07")] {
        let lab = Lab::new();
        let receipt = orders(&lab, &[&format!("L1,{first},A,1,5"), &format!("L1,{second},A,3,5")]);
        assert_eq!((receipt.accepted, receipt.rejected[&Reason::Duplicate], receipt.examples[0].row), (1, 1, 2));
        assert_eq!(ids(&lab), [format!("L1|{kept}T00:00:00|3.0")]);
    }
}

#[test]
fn an_item_list_may_repeat_its_items() {
    let lab = Lab::new();
    let contract = contract("item");
    let mapping = Mapping { repeats: true, ..Mapping::plain(&contract) };
    let path = lab.file("items.csv", "item,name\nA,甲\nB,乙\nA,甲二\n");
    let receipt = lab.hand(&contract, &mapping, &path).expect("taken in");
    assert_eq!((receipt.accepted, receipt.skipped["repeated"], receipt.rejected_total()), (2, 1, 0));
    assert_eq!(lab.dump("item", &["item", "name"]), ["A|甲二", "B|乙"]);
}

#[test]
fn a_corrected_line_takes_the_place_of_the_old_one_and_only_its_month_changes() {
    let lab = Lab::new();
    orders(&lab, &["L1,2024-01-05,A,1,5", "L2,2024-01-06,A,1,5", "L3,2024-02-01,A,1,5"]);
    let receipt = orders(&lab, &["L1,2024-01-09,A,7,5", "L2,2024-01-06,A,1,5"]);
    assert_eq!((receipt.replaced, receipt.unchanged), (2, 1));
    assert_eq!(receipt.months, months(&["2024-01"]));
    assert_eq!(ids(&lab), ["L2|2024-01-06T00:00:00|1.0", "L1|2024-01-09T00:00:00|7.0", "L3|2024-02-01T00:00:00|1.0"]);
}

#[test]
fn lines_handed_in_again_unchanged_touch_no_month() {
    let lab = Lab::new();
    orders(&lab, &["L1,2024-01-05,A,1,5", "L2,2024-01-06,A,1,5"]);
    let receipt = orders(&lab, &["L2,2024-01-06,A,1,5"]);
    assert_eq!((receipt.outcome, receipt.replaced, receipt.unchanged), (Outcome::Imported, 1, 1));
    assert_eq!(receipt.months, []);
}

#[test]
fn a_line_corrected_into_another_month_leaves_its_old_one() {
    let lab = Lab::new();
    orders(&lab, &["L1,2024-01-05,A,1,5", "L2,2024-01-06,A,1,5"]);
    let receipt = orders(&lab, &["L1,2024-03-05,A,1,5"]);
    assert_eq!((receipt.replaced, receipt.months), (1, months(&["2024-01", "2024-03"])));
    assert_eq!(ids(&lab), ["L2|2024-01-06T00:00:00|1.0", "L1|2024-03-05T00:00:00|1.0"]);
    let receipt = orders(&lab, &["L2,2024-03-05,A,1,5"]);
    assert_eq!(receipt.months, months(&["2024-01", "2024-03"]));
    assert_eq!(lab.lake().months("order_line"), months(&["2024-03"]), "an empty month is gone");
}

#[test]
fn a_batch_taken_back_leaves_what_was_before_and_can_be_handed_in_again() {
    let lab = Lab::new();
    orders(&lab, &["L1,2024-01-05,A,1,5", "L2,2024-01-06,A,1,5"]);
    let before = ids(&lab);
    let second = orders(&lab, &["L1,2024-01-05,A,9,5", "L3,2024-02-06,A,1,5"]);
    let after = ids(&lab);
    let reverted = revert(&lab.lake_dir(), "order_line", &second.batch).expect("taken back");
    assert_eq!(reverted.months, months(&["2024-01", "2024-02"]));
    assert_eq!(ids(&lab), before);
    let again = orders(&lab, &["L1,2024-01-05,A,9,5", "L3,2024-02-06,A,1,5"]);
    assert_eq!((again.outcome, again.batch), (Outcome::Imported, second.batch));
    assert_eq!(ids(&lab), after);
}

#[test]
fn only_an_imported_batch_can_be_taken_back() {
    let lab = Lab::new();
    let first = orders(&lab, &["L1,2024-01-05,A,1,5"]);
    let error = revert(&lab.lake_dir(), "order_line", "0000").expect_err("no such batch");
    assert!(matches!(error, Error::NotImported { .. }));
    revert(&lab.lake_dir(), "order_line", &first.batch).expect("taken back");
    assert!(revert(&lab.lake_dir(), "order_line", &first.batch).is_err());
    assert!(ids(&lab).is_empty());
}

#[test]
fn a_later_correction_outlives_the_batch_it_corrected() {
    let lab = Lab::new();
    let first = orders(&lab, &["L1,2024-01-05,A,1,5", "L2,2024-01-05,A,1,5"]);
    orders(&lab, &["L1,2024-01-05,A,9,5"]);
    revert(&lab.lake_dir(), "order_line", &first.batch).expect("taken back");
    assert_eq!(ids(&lab), ["L1|2024-01-05T00:00:00|9.0"]);
}

#[test]
fn a_line_that_moved_twice_is_never_in_two_months() {
    // January, then February, then March; whichever of the three batches is taken back, the latest that is left counts.
    for (back, expected) in [(0, "2024-03-05"), (1, "2024-03-05"), (2, "2024-02-05")] {
        let lab = Lab::new();
        let batches = ["2024-01-05", "2024-02-05", "2024-03-05"].map(|day| orders(&lab, &[&format!("L1,{day},A,1,5")]).batch);
        revert(&lab.lake_dir(), "order_line", &batches[back]).expect("taken back");
        assert_eq!(ids(&lab), [format!("L1|{expected}T00:00:00|1.0")], "without batch {back}");
    }
}

#[test]
fn a_line_that_moved_away_and_back_is_in_one_month() {
    for back in [0, 1] {
        let lab = Lab::new();
        let batches =
            [("2024-01-05", 1), ("2024-02-05", 2), ("2024-02-05", 3)].map(|(day, n)| orders(&lab, &[&format!("L1,{day},A,{n},5")]).batch);
        revert(&lab.lake_dir(), "order_line", &batches[back]).expect("taken back");
        assert_eq!(ids(&lab), ["L1|2024-02-05T00:00:00|3.0"], "without batch {back}");
    }
}

#[test]
fn a_key_of_two_columns_names_a_line() {
    let lab = Lab::new();
    lab.reference("bed_days", "department,day,days\n内科,2024-01-01,10\n外科,2024-01-01,20\n内科,2024-02-01,11\n");
    let receipt = lab.reference("bed_days", "department,day,days\n外科,2024-01-01,21.5\n");
    assert_eq!((receipt.replaced, receipt.months), (1, months(&["2024-01"])));
    assert_eq!(
        lab.dump("bed_days", &["department", "day", "days"]),
        ["内科|2024-01-01|10.0", "外科|2024-01-01|21.5", "内科|2024-02-01|11.0"]
    );
}

#[test]
fn datasets_share_their_dictionaries() {
    let lab = Lab::new();
    lab.orders("line_id,time,item,quantity\nL1,2024-01-05,A,1\n");
    lab.reference("item", "item,name\nB,乙\nA,甲\n");
    let lake = lab.lake();
    let dim = lake.dim("item").expect("the dictionary");
    assert_eq!(crate::lab::rows(&dim), ["0|A", "1|B"]);
    let items = lake.table("item", &["item"], lake::View::Coded).expect("the items");
    assert_eq!(items.iter().flat_map(crate::lab::rows).collect::<Vec<_>>(), ["0", "1"]);
}

/// Line, month, quantity.
type Row = (u32, u32, u32);

/// A file of rows, or taking back one of the batches in force.
#[derive(Clone, Debug)]
enum Step {
    HandIn(Vec<Row>),
    TakeBack(prop::sample::Index),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => prop::collection::vec((0..6_u32, 1..5_u32, 1..4_u32), 1..5).prop_map(Step::HandIn),
        2 => any::<prop::sample::Index>().prop_map(Step::TakeBack),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The rule itself: of all rows of the batches in force, in their order, the last one of a line counts.
    #[test]
    fn whatever_is_handed_in_and_taken_back_the_latest_row_of_a_line_counts(steps in prop::collection::vec(step(), 1..9)) {
        let lab = Lab::new();
        let mut batches: Vec<(String, Vec<Row>)> = Vec::new();
        for step in steps {
            match step {
                Step::HandIn(rows) => {
                    let text: String = rows.iter().map(|(line, month, n)| format!("L{line},2024-{month:02}-05,A,{n},0\n")).collect();
                    let receipt = lab.orders(&format!("{HEAD}{text}"));
                    let known = batches.iter().any(|(batch, _)| *batch == receipt.batch);
                    prop_assert_eq!(receipt.outcome, if known { Outcome::AlreadyThere } else { Outcome::Imported });
                    if !known {
                        prop_assert_eq!(receipt.accepted + receipt.rejected_total(), rows.len() as u64);
                        batches.push((receipt.batch, rows));
                    }
                }
                Step::TakeBack(_) if batches.is_empty() => {}
                Step::TakeBack(which) => {
                    let (batch, _) = batches.remove(which.index(batches.len()));
                    revert(&lab.lake_dir(), "order_line", &batch).expect("taken back");
                }
            }
            let latest: BTreeMap<u32, (u32, u32)> = batches.iter().flat_map(|(_, rows)| rows).map(|&(line, month, n)| (line, (month, n))).collect();
            let mut expected: Vec<String> = latest.iter().map(|(line, (month, n))| format!("L{line}|2024-{month:02}-05T00:00:00|{n}.0")).collect();
            let mut found = ids(&lab);
            expected.sort();
            found.sort();
            prop_assert_eq!(found, expected);
        }
    }
}
