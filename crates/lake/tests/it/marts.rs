//! The kernels against the naive computation, and refreshing only what changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::RecordBatch;
use lake::{Error, Marts, Refreshed, View, revert};
use proptest::prelude::*;

use crate::lab::{Lab, months, rows};
use crate::naive::{self, Line};

fn fresh(lab: &Lab) -> (Marts, Refreshed) {
    Marts::refresh(Arc::new(lab.lake())).expect("the marts are refreshed")
}

/// A mart as key → numbers, an empty one nought.
fn table(marts: &Marts, mart: &str, keys: &[&str], numbers: &[&str]) -> BTreeMap<String, Vec<f64>> {
    let mut found = BTreeMap::new();
    for batch in marts.table(mart, View::Named).expect("a mart") {
        let schema = batch.schema();
        let at = |names: &[&str]| names.iter().map(|name| schema.index_of(name).expect("a column")).collect::<Vec<_>>();
        let key = rows(&batch.project(&at(keys)).expect("the key"));
        let values = rows(&batch.project(&at(numbers)).expect("the numbers"));
        let number = |text: &str| if text.is_empty() { 0.0 } else { text.parse().expect("a number") };
        for (key, values) in key.into_iter().zip(values) {
            let values = values.split('|').map(number).collect();
            assert!(found.insert(key.clone(), values).is_none(), "{mart}: {key} is there twice");
        }
    }
    found
}

#[track_caller]
fn assert_same<const N: usize>(mart: &str, found: &BTreeMap<String, Vec<f64>>, expected: &BTreeMap<String, [f64; N]>) {
    let keys: (Vec<_>, Vec<_>) = (found.keys().collect(), expected.keys().collect());
    assert_eq!(keys.0, keys.1, "{mart}");
    for (key, values) in expected {
        for (value, other) in values.iter().zip(&found[key]) {
            assert!((value - other).abs() <= 1e-9 * value.abs().max(1.0), "{mart} {key}: {values:?} and {:?}", found[key]);
        }
    }
}

const CUBE: [&str; 5] = ["month", "item", "department", "prescriber", "setting"];
const SURGE: [&str; 5] = ["month", "level", "item", "department", "prescriber"];

fn check_all(lab: &Lab, lines: &[Line], number_of: impl Fn(usize) -> usize) -> Refreshed {
    let (marts, report) = fresh(lab);
    let tenths = |[quantity, rest @ ..]: [i64; 4]| [quantity as f64 / 10.0, rest[0] as f64, rest[1] as f64, rest[2] as f64];
    let cube = naive::cube(lines).into_iter().map(|(key, cell)| (key, tenths(cell))).collect();
    assert_same("cube", &table(&marts, "cube", &CUBE, &["quantity", "amount_fen", "lines", "refund_lines"]), &cube);
    let key = ["month", "prescription", "patient", "prescriber", "specialty"];
    let figures = ["amount_fen", "lines", "drugs", "same_day", "same_day_fen", "peers", "over"];
    assert_same("prescriptions", &table(&marts, "prescriptions", &key, &figures), &naive::prescriptions(lines));
    let figures = ["quantity", "trailing_months", "active_months", "trailing_median", "trailing_mad", "robust_z"];
    assert_same("surge", &table(&marts, "surge", &SURGE, &figures), &naive::surge(lines));
    let key = ["month", "level", "department", "prescriber", "setting"];
    let figures = ["encounters", "with_drugs", "with_antibacterials", "with_restricted", "with_special", "with_examinations"];
    assert_same("encounters", &table(&marts, "encounters", &key, &figures), &whole(naive::encounters(lines)));
    let found = table(&marts, "repeats", &["month", "line_id", "before_line"], &["gap_days"]);
    assert_same("repeats", &found, &whole(naive::repeats(lines, number_of)));
    let found = table(&marts, "suppliers", &["month", "kind", "class", "supplier"], &["amount_fen", "lines", "items"]);
    assert_same("suppliers", &found, &whole(naive::suppliers(lines)));
    check_peers(&marts, lines);
    report
}

fn check_peers(marts: &Marts, lines: &[Line]) -> usize {
    let key = ["month", "level", "department", "prescriber", "item", "class"];
    let figures = ["ddds", "all_ddds", "share", "peers", "users", "peer_median", "peer_mad", "robust_z", "coverage"];
    let expected = naive::peers(lines);
    assert_same("peers", &table(marts, "peers", &key, &figures), &expected);
    expected.len()
}

fn whole<const N: usize>(counts: BTreeMap<String, [i64; N]>) -> BTreeMap<String, [f64; N]> {
    counts.into_iter().map(|(key, counts)| (key, counts.map(|number| number as f64))).collect()
}

/// A lake with the reference lists of [`naive`].
fn furnished() -> Lab {
    let lab = Lab::new();
    lab.reference("item", naive::ITEMS);
    lab.reference("prescriber", naive::PRESCRIBERS);
    lab.reference("department", naive::DEPARTMENTS);
    lab
}

fn line(months: u32) -> impl Strategy<Value = Line> {
    let maybe = |below: u32| proptest::option::weighted(0.85, 0..below);
    let who = (0..4_u32, maybe(3), maybe(3), proptest::option::of(any::<bool>()));
    let what = (-30..200_i64, proptest::option::of(-500..5_000_i64), maybe(40), proptest::option::of(any::<bool>()));
    let whom = (maybe(8), maybe(12));
    (0..months, 1..29_u32, who, what, whom).prop_map(
        |(month, day, (item, department, prescriber, inpatient), (quantity, amount, prescription, drug), (patient, encounter))| Line {
            month,
            day,
            item,
            department,
            prescriber,
            inpatient,
            quantity,
            amount,
            prescription,
            drug,
            patient,
            encounter,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn the_kernels_agree_with_the_definitions(lines in proptest::collection::vec(line(20), 1..300), keep in 0..4_u32) {
        // Some months have no file at all.
        let lines: Vec<Line> = lines.into_iter().filter(|line| line.month % 5 != keep).collect();
        prop_assume!(!lines.is_empty());
        let lab = furnished();
        lab.orders(&naive::csv(&lines, 0));
        check_all(&lab, &lines, |at| at);
    }

    #[test]
    fn bit_by_bit_is_the_same_as_all_at_once(first in proptest::collection::vec(line(16), 1..120), second in proptest::collection::vec(line(18), 1..60)) {
        let lab = furnished();
        lab.orders(&naive::csv(&first, 0));
        check_all(&lab, &first, |at| at);
        let receipt = lab.orders(&naive::csv(&second, 1_000));
        let both: Vec<Line> = first.iter().chain(&second).cloned().collect();
        let report = check_all(&lab, &both, |at| if at < first.len() { at } else { 1_000 + at - first.len() });
        prop_assert_eq!(&report.folded, &receipt.months, "only months with new lines are folded");
        revert(&lab.lake_dir(), "order_line", &receipt.batch).expect("taken back");
        check_all(&lab, &first, |at| at);
        let (_, report) = fresh(&lab);
        prop_assert_eq!((report.folded.len(), report.compared.len(), report.removed), (0, 0, 0));
    }
}

/// Three months in which four hands and, the next time, forty order enough to be compared.
#[test]
fn shares_are_held_against_the_others_of_a_specialty() {
    for hands in [4, 40_u32] {
        let line = |at: u32| {
            let chance = at.wrapping_mul(2_654_435_761) >> 9;
            let prescriber = at % hands;
            Line {
                month: at / (hands * 40) % 3,
                day: chance % 28 + 1,
                // The first hand likes the first item.
                item: if prescriber == 0 && !chance.is_multiple_of(3) { 0 } else { chance % 4 },
                department: Some(prescriber / 20),
                prescriber: Some(prescriber),
                inpatient: None,
                quantity: i64::from(chance % 50) - 3,
                amount: None,
                prescription: None,
                drug: None,
                patient: None,
                encounter: None,
            }
        };
        let lines: Vec<Line> = (0..hands * 40 * 3 - hands * 25).map(line).collect();
        let lab = furnished();
        lab.orders(&naive::csv(&lines, 0));
        let (marts, _) = fresh(&lab);
        assert!(check_peers(&marts, &lines) > 0, "somebody stands out");
    }
}

fn orders(lab: &Lab, ids: &str, months: &[&str], quantity: u32) {
    let row = |month: &&str| format!("{ids}{month},{month}-05,A,D1,S1,{quantity}\n");
    let rows: String = months.iter().map(row).collect();
    lab.orders(&format!("line_id,time,item,department,prescriber,quantity\n{rows}"));
}

#[test]
fn late_lines_for_a_closed_month_fold_that_month_and_compare_the_year_after_it() {
    let lab = Lab::new();
    let all: Vec<String> = (0..20).map(|m| format!("{}-{:02}", 2023 + m / 12, m % 12 + 1)).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    orders(&lab, "a", &all, 5);
    let (_, report) = fresh(&lab);
    assert_eq!((report.folded.len(), report.compared.len(), report.kept), (20, 20, 0));
    orders(&lab, "late", &["2023-03"], 7);
    let (marts, report) = fresh(&lab);
    assert_eq!(report.folded, months(&["2023-03"]));
    assert_eq!(report.compared, months(&all[2..15]), "the month itself and the twelve that look back at it");
    assert_eq!(report.removed, 4 + 13 + 2 + 2);
    let cube = table(&marts, "cube", &CUBE[..4], &["quantity"]);
    assert_eq!(cube["2023-03-01|A|D1|S1"], [12.0]);
}

#[test]
fn a_surge_is_measured_against_the_twelve_months_before_it_zeros_included() {
    let lab = Lab::new();
    let usual: Vec<String> = (1..=12).map(|m| format!("2023-{m:02}")).collect();
    let usual: Vec<&str> = usual.iter().map(String::as_str).collect();
    // In the first seven months 4, in the other five nothing; another item keeps those months known.
    orders(&lab, "a", &usual[..7], 4);
    let other: String = usual.iter().map(|month| format!("b{month},{month}-05,B,D1,S1,1\n")).collect();
    lab.orders(&format!("line_id,time,item,department,prescriber,quantity\n{other}"));
    orders(&lab, "c", &["2024-01"], 40);
    let (marts, _) = fresh(&lab);
    let figures =
        table(&marts, "surge", &SURGE, &["quantity", "trailing_months", "active_months", "trailing_median", "trailing_mad", "robust_z"]);
    // Of 4×7 and 0×5 the median is 4 and the median deviation 0, so the floor √4 counts: (40 − 4) / 2.
    assert_eq!(figures["2024-01-01|prescriber|A|D1|S1"], [40.0, 12.0, 7.0, 4.0, 0.0, 18.0]);
    assert_eq!(figures["2024-01-01|department|A|D1|"], figures["2024-01-01|prescriber|A|D1|S1"]);
}

#[test]
fn an_examination_is_stitched_to_one_two_months_before_and_again_when_that_comes_late() {
    let lab = furnished();
    let line = |id: &str, patient: u32, day: &str| format!("{id},{day} 08:00:00,I1,P{patient},1\n");
    let head = "line_id,time,item,patient,quantity\n";
    // Forty days are enough for I1, thirty-nine are not; nothing is in February.
    let rows = line("a1", 1, "2023-01-22") + &line("a2", 1, "2023-03-02") + &line("b1", 2, "2023-01-22") + &line("b2", 2, "2023-03-03");
    lab.orders(&(head.to_owned() + &rows + &line("c2", 3, "2023-03-01")));
    let repeats = |marts: &Marts| table(marts, "repeats", &["line_id", "before_line"], &["gap_days"]);
    let (marts, _) = fresh(&lab);
    assert_eq!(repeats(&marts), BTreeMap::from([("a2|a1".to_owned(), vec![39.0])]));
    lab.orders(&(head.to_owned() + &line("c1", 3, "2023-01-31")));
    let (marts, report) = fresh(&lab);
    assert_eq!(report.folded, months(&["2023-01"]), "March is stitched again and not folded");
    assert_eq!(repeats(&marts), BTreeMap::from([("a2|a1".to_owned(), vec![39.0]), ("c2|c1".to_owned(), vec![29.0])]));
}

#[test]
fn lines_outside_the_formulary_are_told_by_day_and_kind() {
    let lab = Lab::new();
    lab.orders(
        "line_id,time,item,kind,quantity\n\
         in1,2024-01-10 08:00:00,A,drug,1\n\
         early,2024-01-09 23:59:59,A,drug,1\n\
         last,2024-03-31 23:59:59,A,drug,1\n\
         gap,2024-04-01 00:00:00,A,drug,1\n\
         again,2024-06-01,A,drug,1\n\
         never,2024-06-01,Z,drug,1\n\
         unsaid,2024-06-01,Z,,-1\n\
         exam,2024-06-01,CT,exam,1\n",
    );
    let (marts, _) = fresh(&lab);
    assert!(matches!(marts.table("off_catalogue", View::Named), Err(Error::Unknown { .. })), "without a formulary nothing is outside it");
    lab.reference("formulary", "item,from,until,kind\nA,2024-01-10,2024-03-31,drug\nA,2024-06-01,,\n");
    let (marts, report) = fresh(&lab);
    assert_eq!(report.folded.len(), 4);
    let found = |marts: &Marts| {
        let batches = marts.table("off_catalogue", View::Named).expect("the mart");
        let text = |batch: &RecordBatch| {
            let at = ["line_id", "why", "quantity"].map(|name| batch.schema().index_of(name).expect("a column"));
            rows(&batch.project(&at).expect("the columns"))
        };
        batches.iter().flat_map(text).collect::<Vec<_>>()
    };
    assert_eq!(found(&marts), ["early|not_yet|1.0", "gap|ended|1.0", "never|never|1.0", "unsaid|never|-1.0"]);
    lab.reference("formulary", "item,from,until,kind\nZ,2024-01-01,,drug\n");
    let (marts, _) = fresh(&lab);
    assert_eq!(found(&marts), ["early|not_yet|1.0", "gap|ended|1.0"]);
}

#[test]
fn marts_are_there_coded_and_named_with_the_documented_columns() {
    let lab = Lab::new();
    let (marts, report) = fresh(&lab);
    assert_eq!((marts.names().len(), report), (0, Refreshed::default()), "an empty lake has no marts");
    orders(&lab, "a", &["2024-01", "2024-02"], 5);
    lab.reference("formulary", "item,from\nA,2024-01-10\n");
    let (marts, _) = fresh(&lab);
    let marts_there = ["cube", "encounters", "off_catalogue", "peers", "prescriptions", "repeats", "suppliers", "surge"];
    assert_eq!(marts.names(), marts_there);
    let columns = |mart: &str, view| {
        let schema = marts.schema(mart, view).expect("a schema");
        for batch in marts.table(mart, view).expect("a mart") {
            assert_eq!(batch.schema(), schema);
        }
        schema.fields().iter().map(|f| format!("{}:{}", f.name(), f.data_type())).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        columns("cube", View::Coded),
        "month:Date32 item:UInt32 department:UInt32 prescriber:UInt32 setting:UInt32 quantity:Int64 amount_fen:Int64 lines:Int64 refund_lines:Int64"
    );
    let dictionary = "Dictionary(UInt32, Utf8)";
    assert_eq!(
        columns("surge", View::Named),
        format!(
            "month:Date32 level:Utf8 item:{dictionary} department:{dictionary} prescriber:{dictionary} quantity:Float64 amount_fen:Int64 \
             lines:Int64 trailing_months:Int64 active_months:Int64 trailing_median:Float64 trailing_mad:Float64 robust_z:Float64"
        )
    );
    assert_eq!(
        columns("prescriptions", View::Named),
        format!(
            "month:Date32 prescription:Utf8 encounter:Utf8 patient:Utf8 prescriber:{dictionary} department:{dictionary} setting:{dictionary} \
             specialty:{dictionary} day:Date32 amount_fen:Int64 lines:Int64 drugs:Int64 same_day:Int64 same_day_fen:Int64 peers:Int64 \
             lower_fen:Float64 median_fen:Float64 upper_fen:Float64 over:Float64"
        )
    );
    assert!(columns("off_catalogue", View::Named).ends_with("why:Utf8"));
    let february = marts.months_of("cube", &months(&["2024-02"]), &[], View::Named).expect("one month");
    assert_eq!(february.iter().flat_map(rows).collect::<Vec<_>>(), ["2024-02-01|A|D1|S1||5.0||1|0".replace("||1", "|0|1")]);
    let some = marts.months_of("cube", &months(&["2024-02"]), &["month", "lines", "item"], View::Named).expect("three columns");
    assert_eq!(some.iter().flat_map(rows).collect::<Vec<_>>(), ["2024-02-01|1|A"]);
    let month = marts.months_of("cube", &months(&["2024-02"]), &["month"], View::Named).expect("the month alone");
    assert_eq!(month.iter().map(RecordBatch::num_rows).sum::<usize>(), 1);
}
