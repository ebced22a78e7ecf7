//! Files in: encodings, formats, rejected rows, corrections, repeats, batches taken back.

use lake::{Error, Mapping, Outcome, Reason, revert};

use crate::lab::{AT_MS, Lab, contract, mapping, months, testdata};

const HEAD: &str = "line_id,time,item,quantity,amount_fen\n";

#[test]
fn lines_are_filed_by_month_sorted_by_time_and_keep_leading_zeros() {
    let lab = Lab::new();
    let receipt = lab.orders(&format!(
        "{HEAD}0003,2024-02-01 08:00:00,00A1,2,1250\n0001,2024-01-31 23:59:59,B2,1,300\n0002,2024-01-05,00A1,1.5,900\n"
    ));
    assert_eq!((receipt.rows, receipt.accepted, receipt.rejected_total()), (3, 3, 0));
    assert_eq!(receipt.months, months(&["2024-01", "2024-02"]));
    assert_eq!(
        lab.orders_dump(),
        [
            "0002|2024-01-05T00:00:00|00A1|1.5|900",
            "0001|2024-01-31T23:59:59|B2|1.0|300",
            "0003|2024-02-01T08:00:00|00A1|2.0|1250",
        ]
    );
}

#[test]
fn the_same_orders_arrive_from_every_encoding() {
    let text = "line_id,time,item,quantity,unit\nL1,2024-01-05,阿莫西林胶囊,2,盒\nL2,2024-01-06,头孢呋辛,1,支\n";
    let gb = encoding_rs::GB18030.encode(text).0.into_owned();
    let bom = [b"\xef\xbb\xbf", text.as_bytes()].concat();
    let expected = ["L1|阿莫西林胶囊|盒", "L2|头孢呋辛|支"];
    for (bytes, encoding) in [(text.as_bytes().to_vec(), "UTF-8"), (bom, "UTF-8 (BOM)"), (gb, "GB18030")] {
        let lab = Lab::new();
        let contract = contract("order_line");
        let path = lab.file("orders.csv", bytes);
        let receipt = lab.hand(&contract, &Mapping::plain(&contract), &path).expect("taken in");
        assert_eq!(receipt.encoding, encoding);
        assert_eq!(lab.dump("order_line", &["line_id", "item", "unit"]), expected, "{encoding}");
    }
}

#[test]
fn real_orders_of_the_mimic_demo_are_all_accounted_for() {
    let Some(path) = testdata("mimic3demo/PRESCRIPTIONS.csv.gz") else { return };
    let lab = Lab::new();
    let receipt = lab.hand(&contract("order_line"), &mapping("mimic3_prescriptions"), &path).expect("taken in");
    assert_eq!((receipt.rows, receipt.accepted, receipt.rejected_total()), (10_398, 10_398, 0), "{:?}", receipt.examples);
    let lake = lab.lake();
    assert_eq!(lake.lines("order_line"), 10_398);
    let _ = (AT_MS, Reason::Missing, Outcome::Imported, revert, |e: Error| e.sentence());
}
