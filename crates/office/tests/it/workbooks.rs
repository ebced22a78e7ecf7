//! Tables in workbooks: what a cell becomes as text, and which rows carry a flaw.

use std::io::Cursor;

use office::read::{Book, FlawKind, Limits, Pick};
use rust_xlsxwriter::{Format, Workbook};

use super::{cells, check_error, read, read_with, texts, workbook};

/// A sheet made of values with formats, the names of its columns being their letters.
fn made(fill: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    fill(book.add_worksheet().set_name("数据").unwrap());
    book.save_to_buffer().unwrap()
}

fn check_number(value: f64, format: &str, expected: &str, flaw: Option<FlawKind>) {
    let bytes = made(|sheet| {
        sheet.write(0, 0, "a").unwrap();
        sheet.write_number_with_format(1, 0, value, &Format::new().set_num_format(format)).unwrap();
    });
    let (_, rows) = read(&bytes).unwrap();
    assert_eq!(rows[0].cells, [expected], "{value} as {format}");
    assert_eq!(rows[0].flaws.first().map(|flaw| flaw.kind), flaw, "{value} as {format}");
}

#[test]
fn numbers_keep_their_digits() {
    check_number(12.0, "General", "12", None);
    check_number(-0.5, "0.00", "-0.5", None);
    check_number(0.1, "General", "0.1", None);
    check_number(1234567.891, "#,##0", "1234567.891", None);
    check_number(123456789012345.0, "General", "123456789012345", None);
    check_number(0.85, "0%", "0.85", None);
}

#[test]
fn zeros_that_a_format_puts_in_front_are_kept() {
    check_number(123.0, "000000", "000123", None);
    check_number(1234567.0, "000000", "1234567", None);
    check_number(123.0, "0", "123", None);
}

#[test]
fn an_identity_number_kept_as_a_number_is_doubtful() {
    check_number(110000190001011234.0, "0", "110000190001011230", Some(FlawKind::LostDigits));
    let bytes = made(|sheet| {
        sheet.write(0, 0, "工号").unwrap().write(0, 1, "身份号").unwrap();
        sheet.write(1, 0, "007").unwrap().write(1, 1, "110000190001011234").unwrap();
        sheet.write(2, 0, "008").unwrap().write(2, 1, 1.1000019000101123e17).unwrap();
    });
    let (_, rows) = read(&bytes).unwrap();
    assert_eq!(cells(&rows)[0], ["007", "110000190001011234"], "as text it is kept to the last digit");
    assert!(rows[0].flaws.is_empty());
    let flaw = &rows[1].flaws[0];
    assert_eq!((flaw.place().as_str(), flaw.code()), ("B3", "lost_digits"));
    assert!(flaw.zh().starts_with("B3 是超过 15 位的数字"), "{}", flaw.zh());
}

#[test]
fn dates_become_iso_text() {
    check_number(46348.0, "yyyy-mm-dd", "2026-11-22", None);
    check_number(46348.0, "yyyy\"年\"m\"月\"d\"日\"", "2026-11-22", None);
    check_number(46348.354166666664, "yyyy/m/d h:mm", "2026-11-22T08:30:00", None);
    check_number(46348.999999999, "yyyy/m/d h:mm", "2026-11-23", None);
    check_number(0.354166666666667, "h:mm", "08:30:00", None);
    check_number(1.25, "[h]:mm", "30:00:00", None);
    check_number(-3.0, "yyyy-mm-dd", "-3", Some(FlawKind::BadDate));
    check_number(60.0, "yyyy-mm-dd", "60", Some(FlawKind::BadDate));
    check_number(61.0, "yyyy-mm-dd", "1900-03-01", None);
    check_number(9e9, "yyyy-mm-dd", "9000000000", Some(FlawKind::BadDate));
}

#[test]
fn a_failed_formula_is_a_flaw_and_a_good_one_its_value() {
    let rows = r#"<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>
        <row r="2"><c r="A2"><f>1+1</f><v>2</v></c><c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>
        <row r="3"><c r="A3" t="b"><v>1</v></c><c r="B3" t="inlineStr"><is><r><t>甲</t></r><r><t>乙</t></r></is></c></row>"#;
    let (_, rows) = read(&workbook(rows, &texts(&["数", "注"]), "")).unwrap();
    assert_eq!(cells(&rows), [["2", "#DIV/0!"], ["TRUE", "甲乙"]]);
    assert_eq!((rows[0].flaws[0].place(), rows[0].flaws[0].kind), ("B2".into(), FlawKind::ErrorCell));
    assert!(rows[1].flaws.is_empty());
}

#[test]
fn short_rows_are_filled_and_cells_beyond_the_head_are_named() {
    let bytes = made(|sheet| {
        sheet.write(0, 0, "a").unwrap().write(0, 1, "b").unwrap();
        sheet.write(2, 0, "1").unwrap();
        sheet.write(4, 3, "x").unwrap();
        sheet.write_blank(5, 200, &Format::new().set_bold()).unwrap();
    });
    let (_, rows) = read(&bytes).unwrap();
    assert_eq!(cells(&rows), [vec!["1", ""], vec!["", "", "", "x"]]);
    assert_eq!(rows[0].number, 3, "an empty row counts");
    assert_eq!((rows[1].flaws[0].place(), rows[1].flaws[0].kind), ("D5".into(), FlawKind::BeyondHead));
}

#[test]
fn sheets_are_listed_and_picked_by_name() {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("内部").unwrap().set_hidden(true).write(0, 0, "隐").unwrap();
    book.add_worksheet().set_name("门诊").unwrap().set_active(true).write(0, 0, "门").unwrap();
    book.add_worksheet().set_name("住院").unwrap().write(0, 0, "住").unwrap();
    let bytes = book.save_to_buffer().unwrap();

    let mut book = Book::open(Cursor::new(&bytes), Limits::default()).unwrap();
    assert_eq!(book.sheets(), ["门诊", "住院"]);
    assert_eq!(book.encoding(), None);
    assert_eq!(book.table(&Pick::default()).unwrap().head, ["门"]);
    let pick = |name: &str| Pick { sheet: Some(name.into()), ..Pick::default() };
    assert_eq!(book.table(&pick("住院")).unwrap().head, ["住"]);
    assert_eq!(book.table(&Pick::default()).unwrap().head, ["门"], "a book can be read again");
    check_error(read_with(&bytes, Limits::default(), &pick("内部")), "no_sheet", &["内部", "门诊", "住院"]);
}

#[test]
fn limits_of_sheets_are_kept() {
    let bytes = made(|sheet| {
        for row in 0..6 {
            sheet.write(row, 0, format!("text {row}")).unwrap();
        }
        sheet.write(3, 5, "far").unwrap();
    });
    let check = |limits: Limits, code, words: &[&str]| {
        check_error(read_with(&bytes, limits, &Pick::default()), code, words);
    };
    check(Limits { rows: 3, ..Limits::default() }, "too_many_rows", &["3"]);
    check(Limits { columns: 5, ..Limits::default() }, "too_many_columns", &["4", "5"]);
    check(Limits { texts: 6, ..Limits::default() }, "too_many_texts", &["6"]);
    check(Limits { parts: 4, ..Limits::default() }, "too_many_parts", &["4"]);
    assert!(read_with(&bytes, Limits { rows: 6, columns: 6, texts: 7, ..Limits::default() }, &Pick::default()).is_ok());
}
