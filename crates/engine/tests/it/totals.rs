//! Totals of rows: what fits no field is refused by name, and a sum has the decimals its field has.

use crate::house::{House, creation, edit, values};
use engine::{Actor, Code, Entry, Refusal, Value};

const TOTALS: &str = "receipt = { is = \"text\", label = \"凭证\" }
goods   = { is = \"table\", label = \"物品\", columns = { worth = { is = \"money\", label = \"金额\" }, weight = { is = \"number\", decimals = 2, label = \"重量\" } } }
worth   = { is = \"money\", label = \"合计金额\", total_of = \"goods.worth\" }
weight  = { is = \"number\", decimals = 2, label = \"合计重量\", total_of = \"goods.weight\" }";

fn house() -> House {
    let mut house = House::with(&[("receipt = { is = \"text\", label = \"凭证\" }", TOTALS)]);
    house.person("作者", &[], "内科");
    house
}

fn rows(column: &str, cells: &[Value]) -> Value {
    Value::Rows(cells.iter().map(|cell| values(&[(column, cell.clone())])).collect())
}

fn created(house: &House, goods: Value) -> Result<Entry, Refusal> {
    let author = *house.directory.people.keys().next().expect("somebody");
    house.submit(house.thing(), None, Actor::Person(author), creation(&[("goods", goods)])).map(|decision| decision.entry)
}

/// Refused at the rows, by a fault that names the total.
fn names_the_total(refused: Result<impl std::fmt::Debug, Refusal>, label: &str) {
    let refusal = refused.expect_err("it fits no field");
    assert_eq!(refusal.code, Code::TooLarge, "{refusal}");
    assert_eq!(refusal.fields.iter().map(|fault| fault.field.as_str()).collect::<Vec<_>>(), ["goods"]);
    assert!(refusal.fields[0].text.zh.contains(label) && !refusal.fields[0].text.en.is_empty(), "{refusal}");
}

#[test]
fn money_that_fits_no_field_is_refused_and_what_just_fits_is_not() {
    let house = house();
    let most = created(&house, rows("worth", &[Value::Fen(i64::MAX - 1), Value::Fen(1)])).expect("it just fits");
    assert_eq!(most.values["worth"], Value::Fen(i64::MAX));
    names_the_total(created(&house, rows("worth", &[Value::Fen(i64::MAX), Value::Fen(1)])), "合计金额");
    let author = most.author.expect("somebody");
    let more = edit(&[("goods", rows("worth", &[Value::Fen(i64::MAX), Value::Fen(2)]))]);
    names_the_total(house.submit(house.thing(), Some(&most), Actor::Person(author), more), "合计金额");
}

#[test]
fn numbers_that_are_finite_one_by_one_and_not_together_are_refused() {
    let house = house();
    let large = created(&house, rows("weight", &[Value::Number(f64::MAX), Value::Number(-1.0)])).expect("it is finite");
    assert_eq!(large.values["weight"], Value::Number(f64::MAX));
    names_the_total(created(&house, rows("weight", &[Value::Number(f64::MAX), Value::Number(f64::MAX)])), "合计重量");
}

#[test]
fn a_sum_has_as_many_decimals_as_its_field() {
    let entry = created(&house(), rows("weight", &[Value::Number(0.1), Value::Number(0.2)])).expect("it is stored");
    assert_eq!(entry.values["weight"], Value::Number(0.3));
}
