//! What the tests share: maps of this crate, and an auditor over texts.

use sqlaudit::{Approvals, Auditor, Lang, Map, MapFile, Record, Row};
use std::borrow::Cow;

pub fn map(name: &str) -> Map {
    let text = match name {
        "mimic" => include_str!("../../maps/mimic.toml"),
        "eicu" => include_str!("../../maps/eicu.toml"),
        "his" => include_str!("../../maps/his.toml"),
        "none" => "",
        other => panic!("no map {other}"),
    };
    let file: MapFile = toml::from_str(text).expect("the maps of this crate are sound");
    Map::new(file).expect("the maps of this crate name known roles")
}

pub fn auditor(name: &str) -> Auditor {
    Auditor::new(map(name), Approvals::default(), None, Lang::Zh).expect("the views of the maps can be parsed")
}

pub fn one(name: &str, sql: &str) -> Row {
    all(&mut auditor(name), [Record { line: 1, sql: Cow::Borrowed(sql), ..Record::default() }]).remove(0)
}

pub fn all<'a>(auditor: &mut Auditor, records: impl IntoIterator<Item = Record<'a>>) -> Vec<Row> {
    let mut rows = Vec::new();
    for record in records {
        auditor.push(&record);
        rows.extend(std::iter::from_fn(|| auditor.next(false)));
    }
    rows.extend(std::iter::from_fn(|| auditor.next(true)));
    rows
}
