//! Texts kept as numbers come back as they were.

use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::lab::Lab;

fn id() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[A-Z]{0,3}[0-9]{1,18}",
        2 => "0{0,6}[0-9]{1,6}",
        1 => "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{12}",
        1 => "[a-z住院门诊]{1,12}[0-9]{0,3}",
        1 => "[0-9]{17,40}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn every_id_comes_back_and_different_ids_stay_different(ids in proptest::collection::btree_set(id(), 1..400), patient in id()) {
        let lab = Lab::new();
        let rows: String = ids.iter().map(|id| format!("{id},2024-01-05,A,1,{patient}\n")).collect();
        let receipt = lab.orders(&format!("line_id,time,item,quantity,patient\n{rows}"));
        prop_assert_eq!(receipt.accepted as usize, ids.len());
        let found: BTreeSet<String> = lab.dump("order_line", &["line_id"]).into_iter().collect();
        prop_assert_eq!(&found, &ids);
        prop_assert!(lab.dump("order_line", &["patient"]).iter().all(|p| *p == patient));
        let some = ids.first().expect("at least one");
        let lake = lab.lake();
        let line = lake.find("order_line", &lake.months("order_line"), &[("line_id", some)], 9).expect("found");
        prop_assert_eq!(line.num_rows(), 1);
    }
}

#[test]
fn more_shapes_than_there_are_numbers_for_go_to_the_dictionary() {
    let lab = Lab::new();
    // 26 prefixes of 16 widths: more than 255 shapes, handed in twice so that the second time they are looked up.
    let ids: Vec<String> = ('A'..='Z').flat_map(|prefix| (1..=16).map(move |width| format!("{prefix}{:0width$}", 7))).collect();
    let csv = |quantity: u32| {
        let rows: String = ids.iter().map(|id| format!("{id},2024-01-05,A,{quantity}\n")).collect();
        format!("line_id,time,item,quantity\n{rows}")
    };
    lab.orders(&csv(1));
    let receipt = lab.orders(&csv(2));
    assert_eq!((receipt.replaced as usize, receipt.unchanged), (ids.len(), 0));
    let found: BTreeSet<String> = lab.dump("order_line", &["line_id"]).into_iter().collect();
    assert_eq!(found, ids.into_iter().collect());
}
