//! The same orders in every encoding and container, and files that are not whole.

use std::io::Write;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Decimal128Array, DictionaryArray, Float64Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use arrow::datatypes::UInt8Type;
use lake::{Contract, Error, Mapping, Receipt, Result};
use office::sheet::{Cell, Column, Format, Kind, List};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use crate::lab::{Lab, contract};

const TEXT: &str = "line_id,time,item,quantity,unit\nL1,2024-01-05 08:00:00,阿莫西林胶囊,2.5,盒\nL2,2024-01-06 00:00:00,头孢呋辛,1,支\n";
const LINES: [&str; 2] = ["L1|2024-01-05T08:00:00|阿莫西林胶囊|2.5|盒", "L2|2024-01-06T00:00:00|头孢呋辛|1.0|支"];

fn hand(lab: &Lab, name: &str, bytes: &[u8]) -> Result<Receipt> {
    let contract: Contract = contract("order_line");
    let path = lab.file(name, bytes);
    lab.hand(&contract, &Mapping::plain(&contract), &path)
}

#[track_caller]
fn check(name: &str, bytes: &[u8], encoding: &str) {
    let lab = Lab::new();
    let receipt = hand(&lab, name, bytes).expect("taken in");
    assert_eq!((receipt.encoding.as_str(), receipt.accepted), (encoding, 2), "{:?}", receipt.examples);
    assert_eq!(lab.dump("order_line", &["line_id", "time", "item", "quantity", "unit"]), LINES);
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(bytes).expect("into memory");
    packer.finish().expect("into memory")
}

#[test]
fn utf8_with_and_without_mark_gb18030_semicolons_and_gzip() {
    check("a.csv", TEXT.as_bytes(), "UTF-8");
    check("a.csv", &[b"\xef\xbb\xbf", TEXT.as_bytes()].concat(), "UTF-8 (BOM)");
    check("a.csv", &encoding_rs::GB18030.encode(TEXT).0, "GB18030");
    check("a.csv", TEXT.replace(',', ";").replace('\n', "\r\n").as_bytes(), "UTF-8");
    check("a.csv.gz", &gz(&encoding_rs::GB18030.encode(TEXT).0), "GB18030");
}

#[test]
fn a_workbook() {
    let text = |name: &str| Column::new(name, Kind::Text);
    let list = List {
        title: "医嘱".into(),
        columns: ["line_id", "time", "item", "quantity", "unit"].map(text).into(),
        about_title: "说明".into(),
        about: Vec::new(),
        made_at: jiff::civil::date(2024, 2, 1).at(0, 0, 0, 0),
    };
    let mut bytes = Vec::new();
    let mut rows = office::sheet::begin(Format::Xlsx, &list, &mut bytes).expect("a workbook");
    for line in TEXT.lines().skip(1) {
        let cells: Vec<Cell> = line.split(',').map(|cell| Cell::Text(cell.into())).collect();
        rows.row(&cells).expect("a row");
    }
    rows.finish().expect("a workbook");
    check("a.xlsx", &bytes, "XLSX");
}

fn parquet(compression: Compression) -> Vec<u8> {
    let micros = [1_704_441_600_000_000, 1_704_499_200_000_000];
    let units: DictionaryArray<UInt8Type> = vec!["盒", "支"].into_iter().collect();
    let columns: [(&str, ArrayRef); 6] = [
        ("line_id", Arc::new(StringArray::from(vec!["L1", "L2"]))),
        ("time", Arc::new(TimestampMicrosecondArray::from(micros.to_vec()))),
        ("item", Arc::new(StringArray::from(vec!["阿莫西林胶囊", "头孢呋辛"]))),
        ("quantity", Arc::new(Decimal128Array::from(vec![25, 10]).with_precision_and_scale(9, 1).expect("a decimal"))),
        ("unit", Arc::new(units)),
        ("amount_fen", Arc::new(Int64Array::from(vec![None, Some(-7)]))),
    ];
    let batch = RecordBatch::try_from_iter(columns).expect("a batch");
    let mut bytes = Vec::new();
    let properties = WriterProperties::builder().set_compression(compression).build();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).expect("a writer");
    writer.write(&batch).expect("into memory");
    writer.close().expect("into memory");
    bytes
}

#[test]
fn parquet_with_typed_columns_in_every_packing() {
    for packing in [Compression::UNCOMPRESSED, Compression::SNAPPY, Compression::LZ4_RAW, Compression::GZIP(Default::default())] {
        check("a.parquet", &parquet(packing), "Parquet");
    }
}

#[test]
fn a_time_with_a_zone_is_brought_to_the_hospitals_clock() {
    let zoned = TimestampMicrosecondArray::from(vec![1_704_441_600_000_000]).with_timezone("UTC");
    let columns: [(&str, ArrayRef); 4] = [
        ("line_id", Arc::new(StringArray::from(vec!["L1"]))),
        ("time", Arc::new(zoned)),
        ("item", Arc::new(StringArray::from(vec!["A"]))),
        ("quantity", Arc::new(Float64Array::from(vec![0.1 + 0.2]))),
    ];
    let batch = RecordBatch::try_from_iter(columns).expect("a batch");
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).expect("a writer");
    writer.write(&batch).expect("into memory");
    writer.close().expect("into memory");
    let lab = Lab::new();
    hand(&lab, "a.parquet", &bytes).expect("taken in");
    assert_eq!(lab.orders_dump(), ["L1|2024-01-05T16:00:00|A|0.3|"]);
}

#[test]
fn a_list_in_a_cell_is_no_table() {
    let items = arrow::array::ListArray::from_iter_primitive::<arrow::datatypes::Int64Type, _, _>([Some([Some(1)])]);
    let batch = RecordBatch::try_from_iter([("item", Arc::new(items) as ArrayRef)]).expect("a batch");
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).expect("a writer");
    writer.write(&batch).expect("into memory");
    writer.close().expect("into memory");
    let error = hand(&Lab::new(), "a.parquet", &bytes).expect_err("nested");
    assert!(matches!(&error, Error::Unreadable { why, .. } if why.contains("item")), "{error}");
}

#[test]
fn half_a_text_file_says_that_it_may_be_cut_and_keeps_the_whole_rows() {
    let lab = Lab::new();
    let half = &TEXT.as_bytes()[..TEXT.find(",1,支").expect("the second row")];
    let receipt = hand(&lab, "a.csv", half).expect("taken in");
    assert_eq!((receipt.accepted, receipt.rejected_total(), receipt.maybe_cut), (1, 1, true));
    let whole = hand(&lab, "a.csv", TEXT.as_bytes()).expect("taken in");
    assert_eq!((whole.accepted, whole.unchanged, whole.maybe_cut), (2, 1, false));
}

#[test]
fn a_quotation_mark_that_never_closes_is_refused() {
    let lab = Lab::new();
    let error = hand(&lab, "a.csv", b"line_id,time,item,quantity\nL1,2024-01-05,\"A,1\nL2,2024-01-05,A,1\n").expect_err("cut");
    assert!(matches!(error, Error::Table { source: office::Error::CutOff { .. }, .. }), "{error}");
    assert_eq!(lab.lake().datasets().count(), 0);
}

#[test]
fn half_a_gzip_parquet_or_workbook_is_refused_and_nothing_changes() {
    let packed = gz(TEXT.repeat(50).as_bytes());
    let parquet = parquet(Compression::SNAPPY);
    for (name, bytes) in [("a.csv.gz", &packed), ("a.parquet", &parquet)] {
        let lab = Lab::new();
        let error = hand(&lab, name, &bytes[..bytes.len() / 2]).expect_err("cut");
        assert!(matches!(error, Error::Cut { .. }), "{name}: {error}");
        assert!(error.sentence().zh.contains("不完整"));
        assert_eq!(lab.lake().datasets().count(), 0);
    }
    let error = hand(&Lab::new(), "a.xlsx", b"PK\x03\x04 half a workbook").expect_err("cut");
    assert!(matches!(error, Error::Table { .. }), "{error}");
}

#[test]
fn a_gzip_made_to_fill_the_disk_is_refused() {
    // Eighty megabytes of one character pack to a thousandth.
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let zeros = vec![b'0'; 1 << 20];
    for _ in 0..80 {
        packer.write_all(&zeros).expect("into memory");
    }
    let bomb = packer.finish().expect("into memory");
    let error = hand(&Lab::new(), "a.csv.gz", &bomb).expect_err("a bomb");
    assert!(matches!(&error, Error::Unreadable { why, .. } if why.contains("unpacks to more than")), "{error}");
}

#[test]
fn what_is_no_table_is_refused_by_what_it_is() {
    for bytes in [&b"%PDF-1.7 ..."[..], b"<html><table></table></html>", b""] {
        let error = hand(&Lab::new(), "a.csv", bytes).expect_err("no table");
        assert!(matches!(error, Error::Table { .. }), "{error}");
    }
}
