//! The kernels against the naive computation, and refreshing only what changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use lake::{Error, Marts, Refreshed, View, revert};
use proptest::prelude::*;

use crate::lab::{Lab, months, rows};
use crate::naive::{self, Line};

fn fresh(lab: &Lab) -> (Marts, Refreshed) {
    Marts::refresh(Arc::new(lab.lake())).expect("the marts are refreshed")
}

/// A mart as key → numbers: the first `keys` columns joined, the named others read as numbers.
fn table(marts: &Marts, mart: &str, keys: usize, numbers: &[&str]) -> BTreeMap<String, Vec<f64>> {
    let mut found = BTreeMap::new();
    for batch in marts.table(mart, View::Named).expect("a mart") {
        let schema = batch.schema();
        let at: Vec<usize> = numbers.iter().map(|name| schema.index_of(name).expect("a column")).collect();
        let key = rows(&batch.project(&(0..keys).collect::<Vec<_>>()).expect("the key"));
        let values = rows(&batch.project(&at).expect("the numbers"));
        for (key, values) in key.into_iter().zip(values) {
            let values = values.split('|').map(|value| value.parse().expect("a number")).collect();
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

fn check_all(lab: &Lab, lines: &[Line]) -> Refreshed {
    let (marts, report) = fresh(lab);
    let tenths = |[quantity, rest @ ..]: [i64; 4]| [quantity as f64 / 10.0, rest[0] as f64, rest[1] as f64, rest[2] as f64];
    let cube = naive::cube(lines).into_iter().map(|(key, cell)| (key, tenths(cell))).collect();
    assert_same("cube", &table(&marts, "cube", 5, &["quantity", "amount_fen", "lines", "refund_lines"]), &cube);
    let prescriptions = naive::prescriptions(lines).into_iter().map(|(key, totals)| (key, totals.map(|n| n as f64))).collect();
    assert_same("prescriptions", &table(&marts, "prescriptions", 2, &["amount_fen", "lines", "drugs"]), &prescriptions);
    let figures = ["quantity", "trailing_months", "active_months", "trailing_median", "trailing_mad", "robust_z"];
    assert_same("surge", &table(&marts, "surge", 5, &figures), &naive::surge(lines));
    report
}

fn line(months: u32) -> impl Strategy<Value = Line> {
    let maybe = |below: u32| proptest::option::weighted(0.85, 0..below);
    let who = (0..4_u32, maybe(3), maybe(3), proptest::option::of(any::<bool>()));
    let what = (-30..200_i64, proptest::option::of(-500..5_000_i64), maybe(40), proptest::option::of(any::<bool>()));
    (0..months, 1..28_u32, who, what).prop_map(
        |(month, day, (item, department, prescriber, inpatient), (quantity, amount, prescription, drug))| Line {
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
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_kernels_agree_with_the_definitions(lines in proptest::collection::vec(line(20), 1..300), keep in 0..4_u32) {
        // Some months have no file at all.
        let lines: Vec<Line> = lines.into_iter().filter(|line| line.month % 5 != keep).collect();
        prop_assume!(!lines.is_empty());
        let lab = Lab::new();
        lab.orders(&naive::csv(&lines, 0));
        check_all(&lab, &lines);
    }

    #[test]
    fn bit_by_bit_is_the_same_as_all_at_once(first in proptest::collection::vec(line(16), 1..120), second in proptest::collection::vec(line(18), 1..60)) {
        let lab = Lab::new();
        lab.orders(&naive::csv(&first, 0));
        check_all(&lab, &first);
        let receipt = lab.orders(&naive::csv(&second, 1_000));
        let both: Vec<Line> = first.iter().chain(&second).cloned().collect();
        let report = check_all(&lab, &both);
        prop_assert_eq!(&report.folded, &receipt.months, "only months with new lines are folded");
        revert(&lab.lake_dir(), "order_line", &receipt.batch).expect("taken back");
        check_all(&lab, &first);
        let (_, report) = fresh(&lab);
        prop_assert_eq!((report.folded.len(), report.compared.len(), report.removed), (0, 0, 0));
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
    assert_eq!(report.removed, 2 + 13);
    let cube = table(&marts, "cube", 4, &["quantity"]);
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
        table(&marts, "surge", 5, &["quantity", "trailing_months", "active_months", "trailing_median", "trailing_mad", "robust_z"]);
    // Of 4×7 and 0×5 the median is 4 and the median deviation 0, so the floor √4 counts: (40 − 4) / 2.
    assert_eq!(figures["2024-01-01|prescriber|A|D1|S1"], [40.0, 12.0, 7.0, 4.0, 0.0, 18.0]);
    assert_eq!(figures["2024-01-01|department|A|D1|"], figures["2024-01-01|prescriber|A|D1|S1"]);
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
        let text = |batch: &arrow::array::RecordBatch| {
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
    assert_eq!(marts.names(), ["cube", "off_catalogue", "prescriptions", "surge"]);
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
             day:Date32 amount_fen:Int64 lines:Int64 drugs:Int64"
        )
    );
    assert!(columns("off_catalogue", View::Named).ends_with("why:Utf8"));
    let february = marts.months_of("cube", &months(&["2024-02"]), View::Named).expect("one month");
    assert_eq!(february.iter().flat_map(rows).collect::<Vec<_>>(), ["2024-02-01|A|D1|S1||5.0||1|0".replace("||1", "|0|1")]);
}
