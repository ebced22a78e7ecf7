//! Findings as files, opened again.

use crate::site;
use datafusion::arrow::array::AsArray;
use datafusion::arrow::datatypes::{Float64Type, Int64Type};
use jiff::civil::date;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use screen::{Findings, Format, Params, Ran, Subject, write};

async fn found() -> Findings {
    let catalogue = site::catalogue(&[]);
    let folder = tempfile::tempdir().expect("a folder");
    let mut lines = "line_id,time,item,department,prescriber,quantity,amount_fen\n".to_owned();
    for month in ["2025-11", "2025-12", "2026-01", "2026-02", "2026-03", "2026-04"] {
        lines.push_str(&format!("L{month},{month}-10 08:00:00,A,K1,D1,20,2000\n"));
    }
    for order in 1..12 {
        lines.push_str(&format!("L{order},2026-05-{:02} 08:00:00,A,K1,D1,5,500\n", 9 + order));
    }
    lines.push_str("L12,2026-05-21 08:00:00,A,K1,D1,5,550\n");
    site::take_in(folder.path(), &catalogue, "order_line", &lines);
    site::take_in(folder.path(), &catalogue, "item", "item,name,kind\nA,=HYPERLINK(1),drug\n");
    let screen = site::open(&folder, &catalogue);
    match screen.run("U02", site::month("2026-05"), site::month("2026-05"), &Params::new()).await.expect("it runs") {
        Ran::Found(found) => {
            let lines = screen.lines(&found.rows[0], 20).expect("its lines");
            assert_eq!(lines.num_rows(), 12, "the lines of its month, doctor and item");
            assert_eq!(screen.lines(&found.rows[0], 1).expect("its lines").num_rows(), 1);
            found
        }
        Ran::Lacking(lacking) => panic!("{}", lacking.sentence.en),
    }
}

fn written(found: &Findings, format: Format) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(std::slice::from_ref(found), format, date(2026, 6, 1).at(9, 0, 0, 0), &mut bytes).expect("it is written");
    bytes
}

#[tokio::test]
async fn csv_has_names_for_programs_and_no_formula() {
    let text = String::from_utf8(written(&found().await, Format::Csv)).expect("UTF-8");
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    let head = lines.next().expect("a head");
    assert!(head.starts_with("rule,rule_title,version,month,severity,doctor,doctor_name,department"), "{head}");
    let row = lines.next().expect("a row");
    assert!(row.starts_with("U02,自身突增,"), "{row}");
    assert!(!row.contains(",=HYPERLINK"), "a name cannot become a formula: {row}");
    assert_eq!(lines.next(), None);
}

#[tokio::test]
async fn json_nests_and_keeps_rules_apart() {
    let found = found().await;
    let json: serde_json::Value = serde_json::from_slice(&written(&found, Format::Json)).expect("JSON");
    let row = &json[0]["rows"][0];
    assert_eq!(json[0]["rule"], "U02");
    assert_eq!(row["month"], "2026-05");
    assert_eq!(row["severity"], 2);
    assert_eq!(row["subjects"]["doctor"]["code"], "D1");
    assert_eq!(row["figures"]["figure"], 60.0);
    assert_eq!(row["figures"]["amount"], 6050);
    assert_eq!(row["lines"]["equal"]["prescriber"], "D1");
    assert_eq!(json[0]["params"]["z"], 3.5);
}

#[tokio::test]
async fn parquet_has_typed_columns() {
    let bytes = written(&found().await, Format::Parquet);
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes)).expect("Parquet").build().expect("Parquet");
    let batch = reader.map(|batch| batch.expect("a batch")).next().expect("rows");
    let column = |name: &str| batch.column_by_name(name).unwrap_or_else(|| panic!("{name}"));
    assert_eq!(column("amount_fen").as_primitive::<Int64Type>().value(0), 6050);
    assert_eq!(column("figure").as_primitive::<Float64Type>().value(0), 60.0);
    assert_eq!(column("doctor").as_string::<i32>().value(0), "D1");
}

#[tokio::test]
async fn xlsx_opens_again_with_heads_for_people() {
    let bytes = written(&found().await, Format::Xlsx);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("findings.xlsx");
    std::fs::write(&path, bytes).expect("written");
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(&path).expect("a workbook");
    let sheet = calamine::Reader::worksheet_range_at(&mut book, 0).expect("a sheet").expect("readable");
    let text = |row: usize, column: usize| sheet.get((row, column)).map(ToString::to_string).unwrap_or_default();
    assert_eq!([text(0, 0), text(0, 3), text(1, 3)], ["规则", "月份", "2026-05"]);
}

#[tokio::test]
async fn what_is_shown_to_the_person_says_the_sentence_once_and_numbers_with_units() {
    let found = found().await;
    let finding = &found.rows[0];
    let text = found.explained(finding, catalogue::Lang::Zh);
    for wanted in [
        "本月数量：60",
        "此前中位数：20",
        "稳健 z：8.9",
        "按医嘱条数的 z：4.0",
        "本月金额：60.50 元",
        "明细行数：12 行",
        "历史月数：6 个月",
        "对象层级：医师",
    ] {
        assert!(text.contains(wanted), "{wanted} in {text}");
    }
    assert_eq!(text.matches(&finding.sentence.zh).count(), 1, "{text}");
    let parameters = found.parameters_said(catalogue::Lang::Zh);
    assert!(parameters.contains("稳健 z 下限：3.5") && !parameters.contains("z=") && !text.contains("下限"), "{parameters}");
    assert_eq!(finding.subject(Subject::Doctor).expect("a doctor").shown(), "D1", "the code where no name was handed in");
    assert_eq!(found.without, ["item.unit"], "what the fixture's items do not say is named");
}

#[test]
fn a_format_is_known_by_the_ending() {
    assert_eq!(
        [Format::of("a.CSV"), Format::of("a.b.json"), Format::of("a"), Format::of("a.doc")],
        [Some(Format::Csv), Some(Format::Json), None, None]
    );
}
