//! Exports of an audit table with a line of column names: Oracle unified, SQL Server.

use super::source::Source;
use super::{Item, bad, csv, fields::Fields};
use crate::parse::Dialect;
use std::io;

pub(super) fn each(source: &mut Source, dialect: Option<Dialect>, take: &mut dyn FnMut(Item<'_>) -> io::Result<()>) -> io::Result<()> {
    let begin = source.begin()?;
    let first = begin.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |sign: u8| first.iter().filter(|byte| **byte == sign).count();
    let separator = [b',', b'\t', b'|', b';'].into_iter().max_by_key(|sign| count(*sign)).unwrap_or(b',');
    let Some(head) = csv::next(source, separator)? else { return Ok(()) };
    let Some(names) = head.fields else {
        return take(bad(head.line, "首行列名的引号没有闭合", "the quotes of the head line do not close"));
    };
    while let Some(read) = csv::next(source, separator)? {
        let Some(values) = read.fields else {
            take(bad(read.line, "引号没有闭合", "the quotes do not close"))?;
            continue;
        };
        if values.len() == 1 && values[0].trim().is_empty() {
            continue;
        }
        if values.len() != names.len() {
            let (zh, en) = (
                format!("有 {} 列，应为 {} 列", values.len(), names.len()),
                format!("{} columns instead of {}", values.len(), names.len()),
            );
            take(bad(read.line, zh, en))?;
            continue;
        }
        let mut fields = Fields::default();
        names.iter().zip(&values).for_each(|(name, value)| fields.take(name, value));
        match fields.record(read.line, dialect) {
            Some(record) => take(Item::Record(record))?,
            None => take(Item::Other)?,
        }
    }
    Ok(())
}
