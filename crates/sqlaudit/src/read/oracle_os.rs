//! Oracle's audit files: `KEY :[length] 'value'`, the length in bytes, values running over lines.

use super::source::{LONGEST, Source};
use super::{Item, bad, fields::Fields};
use crate::encoding::text;
use crate::parse::Dialect;
use std::io;

pub(super) fn each(source: &mut Source, take: &mut dyn FnMut(Item<'_>) -> io::Result<()>) -> io::Result<()> {
    let mut time = String::new();
    let mut entry: Vec<u8> = Vec::new();
    let mut begun = 0;
    while let Some((number, bytes)) = source.line()? {
        let inside = !entry.is_empty() && open(&entry);
        if !inside && (bytes.is_empty() || clock(&bytes) || begins(&bytes) && has_end(&entry) && again(&entry, &bytes)) {
            flush(&mut entry, begun, &time, take)?;
        }
        if !inside && clock(&bytes) {
            time = in_order(&text(&bytes));
        } else if inside || begins(&bytes) || !entry.is_empty() && !bytes.is_empty() {
            if entry.is_empty() {
                begun = number;
            } else {
                entry.push(b'\n');
            }
            entry.extend_from_slice(&bytes);
            if entry.len() > LONGEST {
                take(bad(begun, "记录过长，引号可能没有闭合", "a record too long: its quotes may never close"))?;
                entry.clear();
            }
        }
    }
    flush(&mut entry, begun, &time, take)
}

fn flush(entry: &mut Vec<u8>, begun: u64, time: &str, take: &mut dyn FnMut(Item<'_>) -> io::Result<()>) -> io::Result<()> {
    if entry.is_empty() {
        return Ok(());
    }
    let whole = std::mem::take(entry);
    let values = values(&whole);
    if values.is_empty() {
        return take(bad(begun, "读不出键和值", "no keys and values"));
    }
    let mut fields = Fields::default();
    fields.take("time", time);
    for (key, value) in &values {
        let key = key.to_ascii_uppercase();
        match key.as_str() {
            // The code of the action in the short form, the statement itself in the long one.
            "ACTION" if value.trim().bytes().all(|byte| byte.is_ascii_digit()) => {}
            "ACTION" => fields.take("sql", value),
            "CLIENT TERMINAL" | "ACTION NUMBER" | "STATEMENT" => {}
            other => fields.take(other, value),
        }
    }
    match fields.record(begun, Some(Dialect::Oracle)) {
        Some(record) => take(Item::Record(record)),
        None => take(Item::Other),
    }
}

/// Pairs of an entry. A length that does not end at a quote is not trusted: then the value ends where the next key begins.
fn values(entry: &[u8]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some((key, length, start, quote)) = key(entry, at) {
        let by_length = length.map(|length| start + length).filter(|end| entry.get(*end) == Some(&quote));
        let end = by_length.unwrap_or_else(|| by_next_key(entry, start, quote));
        let value = &entry[start..end.min(entry.len())];
        found.push((key, text(value).into_owned()));
        at = (end + 1).max(start);
    }
    found
}

/// `KEY :[5] '` or `KEY:[5] "` or `KEY: "`: the key, the length, where the value begins, its quote.
fn key(entry: &[u8], from: usize) -> Option<(String, Option<usize>, usize, u8)> {
    let colon = entry.get(from..)?.iter().position(|byte| *byte == b':')? + from;
    let name = text(&entry[from..colon]).trim().to_owned();
    let mut at = colon + 1;
    while entry.get(at) == Some(&b' ') {
        at += 1;
    }
    let mut length = None;
    if entry.get(at) == Some(&b'[') {
        let close = entry[at..].iter().position(|byte| *byte == b']')? + at;
        length = text(&entry[at + 1..close]).parse().ok();
        at = close + 1;
        while entry.get(at) == Some(&b' ') {
            at += 1;
        }
    }
    let quote = *entry.get(at)?;
    if !matches!(quote, b'\'' | b'"') {
        return None;
    }
    Some((name, length, at + 1, quote))
}

fn by_next_key(entry: &[u8], start: usize, quote: u8) -> usize {
    let rest = &entry[start.min(entry.len())..];
    let mut at = 0;
    while let Some(end) = rest[at..].iter().position(|byte| *byte == quote).map(|end| end + at) {
        let after = &rest[end + 1..];
        let next: Vec<u8> = after.iter().copied().skip_while(u8::is_ascii_whitespace).take(24).collect();
        let keyed = next
            .iter()
            .position(|byte| *byte == b':')
            .is_some_and(|colon| colon > 1 && next[..colon].iter().all(|byte| byte.is_ascii_uppercase() || matches!(byte, b' ' | b'$')));
        if next.is_empty() || keyed {
            return start + end;
        }
        at = end + 1;
    }
    entry.len()
}

/// Whether the last value still runs.
fn open(entry: &[u8]) -> bool {
    let mut at = 0;
    while let Some((_, length, start, quote)) = key(entry, at) {
        let end = match length {
            Some(length) if start + length >= entry.len() => {
                // Shorter than it says: unless it closes and another key follows, it runs on.
                return !entry.ends_with(&[quote]) || start + length > entry.len() + 1;
            }
            Some(length) if entry.get(start + length) == Some(&quote) => start + length,
            _ => by_next_key(entry, start, quote),
        };
        if end >= entry.len() {
            return true;
        }
        at = end + 1;
    }
    false
}

fn begins(line: &[u8]) -> bool {
    [&b"ACTION"[..], b"LENGTH", b"SESSIONID", b"DATABASE USER", b"USERID", b"ENTRYID"].iter().any(|key| line.starts_with(key))
}

fn has_end(entry: &[u8]) -> bool {
    let ends = [&b"STATUS"[..], b"RETURNCODE", b"DBID"];
    entry.split(|byte| *byte == b'\n').any(|line| ends.iter().any(|key| line.starts_with(key)))
}

/// Whether the entry has the key of this line already: then the line begins the next one.
fn again(entry: &[u8], line: &[u8]) -> bool {
    let key: Vec<u8> = line.iter().copied().take_while(|byte| byte.is_ascii_uppercase()).collect();
    entry.split(|byte| *byte == b'\n').any(|old| old.starts_with(&key) && !old.get(key.len()).is_some_and(u8::is_ascii_uppercase))
}

/// `Tue Mar  5 10:15:30 2024 +08:00` as `5-Mar-2024 10:15:30`.
fn in_order(line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words[..] {
        [_, month, day, clock, year, ..] => format!("{day}-{month}-{year} {clock}"),
        _ => line.trim().to_owned(),
    }
}

fn clock(line: &[u8]) -> bool {
    let days = [&b"Mon "[..], b"Tue ", b"Wed ", b"Thu ", b"Fri ", b"Sat ", b"Sun "];
    days.iter().any(|day| line.starts_with(day)) && line.iter().filter(|byte| **byte == b':').count() >= 2 && line.len() < 48
}
