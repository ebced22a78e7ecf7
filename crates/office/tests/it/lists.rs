//! Lists: what is written is read back, and nothing becomes a formula.

use std::io::Read;

use jiff::civil::date;
use office::read::Row;
use office::sheet::{self, Cell, Column, Format, Kind, List};

use super::{cells, read};

fn list(columns: Vec<Column>) -> List {
    List {
        title: "礼品登记/2026*".into(),
        columns,
        about_title: "说明".into(),
        about: vec![("筛选".into(), "=状态 & 待核验".into()), ("导出人".into(), "李干事".into())],
        made_at: date(2026, 6, 11).at(9, 45, 0, 0),
    }
}

fn written(format: Format, list: &List, rows: &[Vec<Cell>]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut to = sheet::begin(format, list, &mut out).unwrap();
    for row in rows {
        to.row(row).unwrap();
    }
    assert_eq!(to.finish().unwrap(), rows.len() as u64);
    out
}

fn read_back(format: Format, list: &List, rows: &[Vec<Cell>]) -> (Vec<String>, Vec<Row>) {
    read(&written(format, list, rows)).unwrap()
}

fn mixed() -> (List, Vec<Vec<Cell>>) {
    let columns = vec![
        Column::new("工号", Kind::Text),
        Column::new("身份号", Kind::Text),
        Column::new("次数", Kind::Integer),
        Column::new("估值（元）", Kind::Money),
        Column::new("收到日期", Kind::Date),
        Column::new("登记时间", Kind::DateTime),
    ];
    let rows = vec![
        vec![
            Cell::Text("007".into()),
            Cell::Text("110000190001011234".into()),
            Cell::Integer(-12),
            Cell::Fen(123_456_789),
            Cell::Date(date(2026, 2, 28)),
            Cell::DateTime(date(2026, 2, 28).at(8, 30, 0, 0)),
        ],
        vec![
            Cell::Text("甲\"乙,丙\n丁".into()),
            Cell::Text("〔密〕".into()),
            Cell::Integer(123_456_789_012_345_678),
            Cell::Fen(-5),
            Cell::Date(date(1899, 1, 1)),
            Cell::Blank,
        ],
    ];
    (list(columns), rows)
}

/// The rows of [`mixed`] as text; the formats differ only in how they write a time.
fn read_again(moment: &str) -> [[&str; 6]; 2] {
    [
        ["007", "110000190001011234", "-12", "1234567.89", "2026-02-28", moment],
        ["甲\"乙,丙\n丁", "〔密〕", "123456789012345678", "-0.05", "1899-01-01", ""],
    ]
}

#[test]
fn a_workbook_gives_back_what_was_written() {
    let (list, rows) = mixed();
    let (head, rows) = read_back(Format::Xlsx, &list, &rows);
    assert_eq!(head, ["工号", "身份号", "次数", "估值（元）", "收到日期", "登记时间"]);
    assert_eq!(cells(&rows), read_again("2026-02-28T08:30:00"));
    assert!(rows.iter().all(|row| row.flaws.is_empty()));
}

#[test]
fn csv_gives_back_what_was_written() {
    let (list, rows) = mixed();
    let bytes = written(Format::Csv, &list, &rows);
    assert!(bytes.starts_with(b"\xef\xbb\xbf"));
    let (_, rows) = read(&bytes).unwrap();
    assert_eq!(cells(&rows), read_again("2026-02-28 08:30"));
}

/// Texts by which people have made other people's spreadsheets run something.
const ATTACKS: [&str; 9] =
    ["=HYPERLINK(\"http://example.org\")", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1", "＝1+1", "=cmd|'/c calc'!A1", "＠SUM(A1)"];

#[test]
fn no_text_becomes_a_formula() {
    let list = list(vec![Column::new("=名称", Kind::Text)]);
    let rows: Vec<_> = ATTACKS.iter().map(|attack| vec![Cell::Text((*attack).into())]).collect();
    let csv = String::from_utf8(written(Format::Csv, &list, &rows)).unwrap();
    let lines: Vec<_> = csv.trim_start_matches('\u{feff}').split("\r\n").collect();
    for line in lines.iter().filter(|line| !line.is_empty()) {
        assert!(line.trim_start_matches('"').starts_with('\''), "{line:?}");
    }
    assert_eq!(lines.len(), ATTACKS.len() + 2);

    let bytes = written(Format::Xlsx, &list, &rows);
    for part in ["xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"] {
        let xml = part_of(&bytes, part);
        assert!(!xml.contains("<f>") && !xml.contains("<f "), "{part} has a formula");
    }
    assert!(part_of(&bytes, "xl/styles.xml").contains("quotePrefix=\"1\""), "editing the cell keeps it a text");
    let (_, rows) = read(&bytes).unwrap();
    assert_eq!(rows[0].cells, [ATTACKS[0]], "and the text itself is unchanged");
}

fn part_of(zip: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(zip)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn a_negative_number_is_no_attack() {
    let list = list(vec![Column::new("差额", Kind::Money)]);
    let csv = String::from_utf8(written(Format::Csv, &list, &[vec![Cell::Fen(-100)]])).unwrap();
    assert!(csv.ends_with("\r\n-1.00\r\n"), "{csv:?}");
}

#[test]
fn a_text_longer_than_a_cell_is_cut_and_says_so() {
    let list = list(vec![Column::new("情况", Kind::Text)]);
    let fits = "长".repeat(32_767);
    let (_, rows) = read_back(Format::Xlsx, &list, &[vec![Cell::Text(fits.clone())], vec![Cell::Text(fits.clone() + "!")]]);
    assert_eq!(rows[0].cells, [fits.as_str()]);
    let cut = &rows[1].cells[0];
    assert_eq!(cut.chars().count(), 32_767);
    assert!(cut.ends_with("〔后略 cut〕"));
}

#[test]
fn characters_that_xml_cannot_hold_do_not_break_the_file() {
    let list = list(vec![Column::new("情况", Kind::Text)]);
    let (_, rows) = read_back(Format::Xlsx, &list, &[vec![Cell::Text("a\u{0}b\u{1b}c\u{ffff}<&>".into())]]);
    assert_eq!(rows[0].cells, ["a\u{fffd}b\u{fffd}c\u{fffd}<&>"]);
}

#[test]
fn a_row_of_another_width_is_refused() {
    let list = list(vec![Column::new("a", Kind::Text), Column::new("b", Kind::Text)]);
    for format in [Format::Xlsx, Format::Csv] {
        let mut to = sheet::begin(format, &list, Vec::new()).unwrap();
        to.row(&[Cell::Blank, Cell::Blank]).unwrap();
        let error = to.row(&[Cell::Blank]).unwrap_err();
        assert_eq!(error.code(), "list_shape");
        assert!(error.zh().contains("第 2 行"), "{}", error.zh());
    }
}

#[test]
fn the_same_list_gives_the_same_bytes() {
    let (list, rows) = mixed();
    assert_eq!(written(Format::Xlsx, &list, &rows), written(Format::Xlsx, &list, &rows));
}

#[test]
fn a_sheet_holds_so_many_rows_and_says_when_it_is_full() {
    let list = list(vec![Column::new("a", Kind::Text)]);
    let mut to = sheet::begin(Format::Xlsx, &list, Vec::new()).unwrap();
    for _ in 0..sheet::XLSX_ROWS {
        to.row(&[Cell::Blank]).unwrap();
    }
    let error = to.row(&[Cell::Blank]).unwrap_err();
    assert_eq!(error.code(), "list_too_long");
    assert!(error.zh().contains("导出 CSV") && error.en().contains("export CSV"));
}

#[test]
fn any_title_makes_a_name_for_the_sheet() {
    for title in ["", "说明", "[]:*?/\\'", &"很长的标题".repeat(20), "a\u{0}b"] {
        let list = List { title: title.into(), ..list(vec![Column::new("a", Kind::Text)]) };
        let (head, _) = read_back(Format::Xlsx, &list, &[]);
        assert_eq!(head, ["a"], "{title:?}");
    }
}
