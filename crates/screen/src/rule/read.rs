//! A rule's file: a comment that holds TOML, then SQL.

use super::head::Head;
use super::sentence::Template;
use super::{Rule, hash};
use catalogue::{Catalogue, Fault, Place, Text};
use std::sync::Arc;

/// Splits and reads a file such as `/* id = "U02" … */ SELECT …`.
pub(super) fn rule(path: &str, text: &str) -> Result<Rule, Vec<Fault>> {
    let fault = |line: u32, zh: &str, en: &str| vec![Fault { place: place(path, line), zh: zh.to_owned(), en: en.to_owned() }];
    let Some(inner) = text.strip_prefix("/*") else {
        return Err(fault(1, "规则文件以 /* 开头的注释起首，其中写 TOML", "a rule begins with a comment /* … */ that holds TOML"));
    };
    let Some((toml, sql)) = inner.split_once("*/") else {
        return Err(fault(1, "开头的注释没有以 */ 结束", "the comment at the top does not end in */"));
    };
    // The TOML begins on the line of the comment's mark, so its lines are the file's.
    let head: Head = Catalogue::read_toml(path, toml).map_err(|fault| vec![fault])?;
    let sentence = Template::read(&head.sentence).map_err(|(zh, en)| fault(1, &zh, &en))?;
    let sql = sql.trim().to_owned();
    if sql.is_empty() {
        return Err(fault(1, "注释之后没有 SQL", "no SQL follows the comment"));
    }
    Ok(Rule { hash: hash(text), head, sql, path: path.to_owned(), sentence })
}

pub(super) fn place(path: &str, line: u32) -> Place {
    Place { file: Arc::from(path), line, column: 1 }
}

/// The line of the first text that begins with `key`, to point a fault at.
pub(super) fn line_of(text: &str, key: &str) -> u32 {
    let found = text.lines().position(|line| line.trim_start().trim_start_matches('[').starts_with(key));
    found.map_or(1, |at| at as u32 + 1)
}

/// A text with nothing in one of its languages.
pub(super) fn is_half(text: &Text) -> bool {
    text.zh.trim().is_empty() || text.en.trim().is_empty()
}
