//! Findings as a file: CSV, XLSX, JSON or Parquet.

use super::{Finding, Findings, Number};
use crate::error::Result;
use crate::rule::{COMMON_FIGURES, Subject};
use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use jiff::civil::DateTime;
use office::sheet::{self, Cell, Column, Kind, List};
use parquet::arrow::ArrowWriter;
use std::io::Write;
use std::sync::Arc;

/// The kinds of file findings are written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Csv,
    Xlsx,
    Json,
    Parquet,
}

impl Format {
    /// By a file's name; nothing for another ending.
    pub fn of(name: &str) -> Option<Self> {
        let (_, ending) = name.rsplit_once('.')?;
        Some(match ending.to_ascii_lowercase().as_str() {
            "csv" => Format::Csv,
            "xlsx" => Format::Xlsx,
            "json" => Format::Json,
            "parquet" => Format::Parquet,
            _ => return None,
        })
    }
}

/// Writes the findings of one or more rules. `made_at` is the local time put into an XLSX.
///
/// *Shape* of a table: rule, rule_title, version, month, severity, a code and a name for each kind of subject, the common
/// figures, `figures` (the others as JSON), sentence, sentence_en, accepted. CSV and Parquet have these names for programs,
/// XLSX has Chinese heads for people. JSON keeps rules apart and nests.
pub fn write(findings: &[Findings], format: Format, made_at: DateTime, to: impl Write + Send) -> Result<()> {
    match format {
        Format::Json => Ok(serde_json::to_writer_pretty(to, findings)?),
        Format::Parquet => parquet(findings, to),
        Format::Csv => table(findings, sheet::Format::Csv, made_at, to),
        Format::Xlsx => table(findings, sheet::Format::Xlsx, made_at, to),
    }
}

fn each(findings: &[Findings]) -> impl Iterator<Item = (&Findings, &Finding)> {
    findings.iter().flat_map(|of| of.rows.iter().map(move |row| (of, row)))
}

/// What stands in a text column of a row.
type TextOf = fn(&Findings, &Finding) -> Option<String>;

const LEAD: [(&str, &str, TextOf); 5] = [
    ("rule", "规则", |_, row| Some(row.rule.clone())),
    ("rule_title", "规则名称", |of, _| Some(of.title.zh.clone())),
    ("version", "版本", |_, row| Some(row.version.clone())),
    ("month", "月份", |_, row| Some(row.month.to_string())),
    ("severity", "级别", |_, row| Some(row.severity.word().to_owned())),
];

const TAIL: [(&str, &str, TextOf); 4] = [
    ("figures", "其他数值", |_, row| Some(others(row))),
    ("sentence", "说明", |_, row| Some(row.sentence.zh.clone())),
    ("sentence_en", "说明（英文）", |_, row| Some(row.sentence.en.clone())),
    ("accepted", "已认可理由", |_, row| row.accepted.map(|id| id.to_string())),
];

const COMMON_LABELS: [&str; 6] = ["本月数值", "参照数值", "偏离程度", "同组人数", "涉及金额（元）", "明细行数"];

fn subject_label(kind: Subject) -> &'static str {
    match kind {
        Subject::Doctor => "医师",
        Subject::Department => "科室",
        Subject::Item => "项目",
        Subject::Patient => "患者代号",
        Subject::Supplier => "企业",
    }
}

/// Figures beyond the common ones, as JSON.
fn others(row: &Finding) -> String {
    let others: serde_json::Map<String, serde_json::Value> = row
        .figures
        .iter()
        .filter(|(name, _)| !COMMON_FIGURES.contains(&name.as_str()))
        .map(|(name, number)| (name.clone(), serde_json::to_value(number).unwrap_or_default()))
        .collect();
    serde_json::Value::Object(others).to_string()
}

fn table(findings: &[Findings], format: sheet::Format, made_at: DateTime, to: impl Write + Send) -> Result<()> {
    let for_people = format == sheet::Format::Xlsx;
    let text = |name: &str, label: &str| Column::new(if for_people { label } else { name }, Kind::Text);
    let mut columns: Vec<Column> = LEAD.iter().map(|(name, label, _)| text(name, label)).collect();
    for kind in Subject::ALL {
        columns.push(text(kind.word(), &format!("{}编码", subject_label(kind))));
        columns.push(text(&format!("{}_name", kind.word()), subject_label(kind)));
    }
    for (name, label) in COMMON_FIGURES.iter().zip(COMMON_LABELS) {
        let kind = if *name == "amount" { Kind::Money } else { Kind::Text };
        columns.push(Column::new(if for_people { label } else { *name }, kind));
    }
    columns.extend(TAIL.iter().map(|(name, label, _)| text(name, label)));
    let about = findings.iter().map(|of| {
        (format!("{} {}", of.rule, of.title.zh), format!("{} 至 {}，版本 {}，{} 条，需核查", of.first, of.last, of.version, of.rows.len()))
    });
    let list = List { title: "数据疑点".into(), columns, about_title: "说明".into(), about: about.collect(), made_at };
    let mut rows = sheet::begin(format, &list, to)?;
    for (of, row) in each(findings) {
        let words = |text: Option<String>| text.map_or(Cell::Blank, Cell::Text);
        let mut cells: Vec<Cell> = LEAD.iter().map(|(.., text)| words(text(of, row))).collect();
        for kind in Subject::ALL {
            cells.push(words(row.subject(kind).map(|named| named.code.clone())));
            cells.push(words(row.subject(kind).and_then(|named| named.name.clone())));
        }
        cells.extend(COMMON_FIGURES.iter().map(|name| cell(name, row.figures.get(*name))));
        cells.extend(TAIL.iter().map(|(.., text)| words(text(of, row))));
        rows.row(&cells)?;
    }
    rows.finish()?;
    Ok(())
}

fn cell(name: &str, number: Option<&Number>) -> Cell {
    match number {
        None | Some(Number::Empty(())) => Cell::Blank,
        Some(Number::Integer(fen)) if name == "amount" => Cell::Fen(*fen),
        Some(Number::Integer(number)) => Cell::Integer(*number),
        Some(Number::Float(number)) => Cell::Text(format!("{number}")),
        Some(Number::Text(text)) => Cell::Text(text.clone()),
    }
}

fn parquet(findings: &[Findings], to: impl Write + Send) -> Result<()> {
    let rows: Vec<(&Findings, &Finding)> = each(findings).collect();
    let texts = |of: &dyn Fn(&Findings, &Finding) -> Option<String>| -> ArrayRef {
        Arc::new(rows.iter().map(|(findings, row)| of(findings, row)).collect::<StringArray>())
    };
    let mut columns: Vec<(String, ArrayRef)> = LEAD.iter().map(|(name, _, of)| ((*name).to_owned(), texts(of))).collect();
    for kind in Subject::ALL {
        columns.push((kind.word().to_owned(), texts(&|_, row| row.subject(kind).map(|named| named.code.clone()))));
        columns.push((format!("{}_name", kind.word()), texts(&|_, row| row.subject(kind).and_then(|named| named.name.clone()))));
    }
    for name in COMMON_FIGURES {
        let numbers = rows.iter().map(|(_, row)| row.number(name));
        let array: ArrayRef = match name {
            "amount" | "peers" | "line_count" => Arc::new(numbers.map(|number| number.map(|number| number as i64)).collect::<Int64Array>()),
            _ => Arc::new(numbers.collect::<Float64Array>()),
        };
        let name = if name == "amount" { "amount_fen" } else { name };
        columns.push((name.to_owned(), array));
    }
    columns.extend(TAIL.iter().map(|(name, _, of)| ((*name).to_owned(), texts(of))));
    let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true)))?;
    let failed = |error| std::io::Error::other(error);
    let mut writer = ArrowWriter::try_new(to, batch.schema(), None).map_err(failed)?;
    writer.write(&batch).map_err(failed)?;
    writer.close().map_err(failed)?;
    Ok(())
}
