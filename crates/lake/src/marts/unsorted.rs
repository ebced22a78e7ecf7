//! The lake keeps lines in the order of time. A kernel that uses it must not be wrong where it does not hold.

use std::ops::ControlFlow;
use std::path::Path;

use arrow::array::{Array, RecordBatch, UInt32Array};
use arrow::compute::{concat_batches, take_record_batch};
use arrow::util::display::array_value_to_string;

use super::kinds::{Context, FOLDS};
use super::lines::{self, Lines, ORDER_LINE};
use crate::{Contract, Handed, Lake, Mapping, View, intake};

/// Two hundred lines of one month: prescriptions of several lines, several a day, and examinations again and again.
fn csv() -> String {
    let line = |at: u32| {
        let chance = at.wrapping_mul(2_654_435_761) >> 11;
        let (prescription, day) = (chance % 60, chance % 60 % 28 + 1);
        let kind = ["drug", "exam", "test"][(at % 3) as usize];
        format!(
            "L{at:04},2024-03-{day:02} 08:{:02}:00,E{},P{},D{},S{},I{},{kind},{},{},RX{prescription},outpatient\n",
            prescription % 60,
            prescription % 9,
            prescription % 5,
            prescription % 2,
            prescription % 3,
            chance % 7,
            chance % 4,
            chance % 9_000 + 1,
        )
    };
    let head = "line_id,time,encounter,patient,department,prescriber,item,kind,quantity,amount_fen,prescription,setting\n";
    std::iter::once(head.to_owned()).chain((0..200).map(line)).collect()
}

fn lake(folder: &Path) -> Lake {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue/datasets/order_line.toml");
    let contract: Contract = toml::from_str(&std::fs::read_to_string(file).expect("the contract")).expect("a contract");
    let path = folder.join("orders.csv");
    std::fs::write(&path, csv()).expect("a file");
    let handed = Handed { path: &path, name: "orders.csv", at_ms: 0, try_only: false, watch: &mut |_| ControlFlow::Continue(()) };
    intake(&folder.join("lake"), &contract, &Mapping::plain(&contract), handed).expect("taken in");
    Lake::open(&folder.join("lake")).expect("it opens")
}

/// The rows of what a kernel makes of these lines, in an order of their own.
fn folded(context: &Context, fold: usize, lines: &RecordBatch) -> Vec<String> {
    let mut kernel = (FOLDS[fold].kernel)(context);
    for start in (0..lines.num_rows()).step_by(64) {
        let part = lines.slice(start, 64.min(lines.num_rows() - start));
        kernel.fold(&Lines::new(&part)).expect("folded");
    }
    let made = kernel.finish().expect("a table");
    let cell = |column: &dyn Array, row| array_value_to_string(column, row).expect("a value as text");
    let row = |row| made.columns().iter().map(|column| cell(column, row)).collect::<Vec<_>>().join("|");
    let mut rows: Vec<String> = (0..made.num_rows()).map(row).collect();
    rows.sort();
    rows
}

#[test]
fn every_kernel_makes_the_same_of_lines_in_another_order() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let lake = lake(folder.path());
    let context = Context::new(&lake).expect("the columns are there");
    let month = lake.months(ORDER_LINE)[0];
    let batches: Vec<RecordBatch> =
        lake.read_month(ORDER_LINE, month, &lines::names(), View::Coded).and_then(|reader| reader.collect()).expect("the month is read");
    let sorted = concat_batches(&batches[0].schema(), &batches).expect("one batch");
    let count = sorted.num_rows() as u32;
    // 77 and 200 have no common factor, so that every line comes once.
    let places = UInt32Array::from_iter_values((0..count).map(|at| at * 77 % count));
    let mixed = take_record_batch(&sorted, &places).expect("the same lines");
    assert_ne!(sorted, mixed);
    for (at, fold) in FOLDS.iter().enumerate() {
        let (expected, found) = (folded(&context, at, &sorted), folded(&context, at, &mixed));
        assert_eq!(expected, found, "{}", fold.name);
        assert!(!expected.is_empty() || fold.needs.is_some(), "{} has rows", fold.name);
    }
}
