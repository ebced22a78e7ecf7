//! Registers as Arrow tables: types, people and units beside their ids, sub-rows, and nothing that is sealed.

use catalogue::{Catalogue, FieldName, ItemName, Register, Revision};
use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type, TimestampMillisecondType};
use engine::{Directory, Entry, EntryId, InstitutionId, Moment, Person, PersonId, Rank, SealedPart, Tag, Unit, UnitId, Value, Values};
use jiff::civil::date;
use screen::{register_batch, register_tables};
use uuid::Uuid;

fn directory() -> Directory {
    let mut directory = Directory::default();
    let unit = Unit {
        id: UnitId(Uuid::from_u128(7)),
        code: "K1".into(),
        name: "骨科".into(),
        class: "clinical".into(),
        parent: None,
        active: true,
    };
    let person = Person {
        id: PersonId(Uuid::from_u128(9)),
        institution: InstitutionId("h".into()),
        code: "D1".into(),
        name: "人员甲".into(),
        unit: Some(unit.id),
        rank: Rank::Middle,
        superior: None,
        roles: Vec::new(),
        account: None,
        active: true,
        staff: true,
        tag: Tag([0; 16]),
    };
    directory.units.insert(unit.id, unit);
    directory.people.insert(person.id, person);
    directory
}

fn entry(register: &Register, values: Values) -> Entry {
    let (id, house, state) = (EntryId(Uuid::from_u128(1)), InstitutionId("h".into()), register.start().name.clone());
    Entry {
        unit: Some(UnitId(Uuid::from_u128(7))),
        author: Some(PersonId(Uuid::from_u128(9))),
        // A quarter past midnight here, still the day before in Greenwich.
        created: Moment::from_local(date(2026, 6, 11).at(0, 15, 0, 0)),
        values,
        sealed: vec![SealedPart::new(vec![FieldName::new("content"), FieldName::new("papers")], "")],
        ..Entry::bare(id, register.name.clone(), house, "X-1".into(), state, Moment(0), Revision::new(""))
    }
}

fn values(all: Vec<(&str, Value)>) -> Values {
    all.into_iter().map(|(name, value)| (FieldName::new(name), value)).collect()
}

fn text<'b>(batch: &'b RecordBatch, name: &str) -> &'b str {
    batch.column_by_name(name).unwrap_or_else(|| panic!("a column {name}")).as_string::<i32>().value(0)
}

#[test]
fn each_kind_has_its_type() {
    let catalogue = Catalogue::embedded();
    let register = catalogue.register("disclosure").expect("shipped");
    let entry = entry(
        register,
        values(vec![
            ("discloser", Value::Person(PersonId(Uuid::from_u128(9)))),
            ("unit", Value::Unit(UnitId(Uuid::from_u128(7)))),
            ("disclosed_at", Value::Moment(Moment::from_local(date(2026, 6, 10).at(23, 59, 0, 0)))),
            ("focus", Value::Choice(ItemName::new("s003_power"))),
            ("matters", Value::Number(2.0)),
            ("money", Value::Fen(12_345)),
        ]),
    );
    let batch = register_batch(register, &[entry], &directory()).expect("it is made");
    assert_eq!(batch.num_rows(), 1);
    assert_eq!(text(&batch, "discloser__name"), "人员甲");
    assert_eq!(text(&batch, "discloser__rank"), "middle");
    assert_eq!(text(&batch, "discloser__code"), "D1");
    assert_eq!(text(&batch, "unit__class"), "clinical");
    assert_eq!(text(&batch, "author__name"), "人员甲");
    assert_eq!(text(&batch, "focus"), "s003_power");
    let column = |name: &str| batch.column_by_name(name).expect("a column").clone();
    assert_eq!(column("money").as_primitive::<Int64Type>().value(0), 12_345);
    assert_eq!(column("matters").as_primitive::<Float64Type>().value(0), 2.0);
    assert!(column("counted_money").is_null(0), "what is empty is empty");
    assert_eq!(column("goods").data_type(), &DataType::Float64);
    // The wall clock here, so that the day is the day on paper.
    let day = |name: &str| column(name).as_primitive::<TimestampMillisecondType>().value(0).div_euclid(86_400_000);
    let number = |day| engine::day_number(day);
    assert_eq!([day("disclosed_at"), day("created")], [number(date(2026, 6, 10)), number(date(2026, 6, 11))]);
}

/// A law over all registers: no field that is sealed or has readers of its own makes a column, every other does.
#[test]
fn sealed_fields_have_no_column_in_any_register() {
    let catalogue = Catalogue::embedded();
    let mut sealed = 0;
    for register in catalogue.registers.values() {
        let tables = register_tables(register, &[], &Directory::default()).expect("it is made");
        let own = tables[0].1.schema();
        for field in register.fields.values() {
            let is_sealed = field.sensitivity == catalogue::Sensitivity::Sealed || field.is_narrowed();
            let is_table = matches!(field.kind, catalogue::Kind::Table { .. });
            let columns = own
                .fields()
                .iter()
                .filter(|column| *column.name() == field.name.as_str() || column.name().starts_with(&format!("{}__", field.name)))
                .count();
            assert_eq!(columns > 0, !is_sealed && !is_table, "{}.{}", register.name, field.name);
            let name = format!("{}__{}", register.name, field.name);
            assert_eq!(tables.iter().any(|(table, _)| *table == name), is_table && !is_sealed, "{name}");
            sealed += usize::from(is_sealed);
        }
    }
    assert!(sealed > 10, "there is something to keep out");
}

#[test]
fn the_names_of_what_is_sealed_are_told_and_nothing_of_it() {
    let catalogue = Catalogue::embedded();
    let register = catalogue.register("disclosure").expect("shipped");
    let batch = register_batch(register, &[entry(register, Values::new())], &directory()).expect("it is made");
    let names = batch.column_by_name("sealed").expect("a column").as_list::<i32>().value(0);
    let names: Vec<&str> = names.as_string::<i32>().iter().flatten().collect();
    assert_eq!(names, ["content", "papers"]);
}

#[test]
fn sub_rows_know_their_entry() {
    let catalogue = Catalogue::embedded();
    let register = catalogue.register("gift").expect("shipped");
    let row = |form: &str, amount| {
        values(vec![("form", Value::Choice(ItemName::new(form))), ("count", Value::Number(1.0)), ("amount", Value::Fen(amount))])
    };
    let with = entry(register, values(vec![("goods", Value::Rows(vec![row("cash", 100), row("card", 200)]))]));
    let mut without = entry(register, Values::new());
    without.id = EntryId(Uuid::from_u128(2));
    let tables = register_tables(register, &[without, with], &directory()).expect("they are made");
    let (name, goods) = &tables[1];
    assert_eq!((name.as_str(), goods.num_rows()), ("gift__goods", 2));
    let amounts = goods.column_by_name("amount").expect("a column").as_primitive::<Int64Type>().values().to_vec();
    assert_eq!(amounts, [100, 200]);
    assert_eq!(text(goods, "entry"), EntryId(Uuid::from_u128(1)).to_string());
    let rows = goods.column_by_name("row").expect("a column").as_primitive::<Int64Type>().values().to_vec();
    assert_eq!(rows, [1, 2]);
}

#[test]
fn many_choices_are_a_list_and_dates_are_days() {
    let catalogue = Catalogue::embedded();
    let register = catalogue.register("campaign").expect("shipped");
    let batch = register_batch(
        register,
        &[entry(
            register,
            values(vec![
                ("focus", Value::Choices(vec![ItemName::new("a"), ItemName::new("b")])),
                ("launched_on", Value::Date(date(1970, 1, 11))),
            ]),
        )],
        &directory(),
    )
    .expect("it is made");
    assert_eq!(batch.column_by_name("focus").expect("a column").as_list::<i32>().value(0).len(), 2);
    assert_eq!(batch.column_by_name("launched_on").expect("a column").as_primitive::<Date32Type>().value(0), 10);
}
