//! JSON lines: our own names, and those audit plugins give the same things.

use super::source::Source;
use super::{Item, bad};
use crate::context::Record;
use crate::encoding::text;
use crate::parse::Dialect;
use serde::Deserialize;
use std::borrow::Cow;
use std::io;

/// A line as this product names things; read without a copy.
#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow, default)]
    sql: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    user: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    client: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    ip: Option<Cow<'a, str>>,
    #[serde(default)]
    session: Scalar,
    #[serde(borrow, default)]
    time: Option<Cow<'a, str>>,
    #[serde(default)]
    rows: Scalar,
    #[serde(borrow, default)]
    dialect: Option<Cow<'a, str>>,
    #[serde(default)]
    ticket: Scalar,
}

/// A number or a text.
#[derive(Default, Deserialize)]
#[serde(untagged)]
enum Scalar {
    Number(u64),
    Text(String),
    Other(serde::de::IgnoredAny),
    #[default]
    None,
}

impl Scalar {
    fn text(self) -> String {
        match self {
            Scalar::Number(number) => number.to_string(),
            Scalar::Text(text) => text,
            Scalar::Other(_) | Scalar::None => String::new(),
        }
    }

    fn number(&self) -> Option<u64> {
        match self {
            Scalar::Number(number) => Some(*number),
            Scalar::Text(text) => text.trim().parse().ok(),
            Scalar::Other(_) | Scalar::None => None,
        }
    }
}

pub(super) fn each(source: &mut Source, take: &mut dyn FnMut(Item<'_>) -> io::Result<()>) -> io::Result<()> {
    while let Some((number, bytes)) = source.line()? {
        let line = text(&bytes);
        if line.trim().is_empty() {
            take(bad(number, "空行", "an empty line"))?;
            continue;
        }
        match serde_json::from_str::<Line<'_>>(&line) {
            Ok(read) if read.sql.is_some() => take(Item::Record(record(number, read)))?,
            _ => take(other(number, &line))?,
        }
    }
    Ok(())
}

fn record(line: u64, read: Line<'_>) -> Record<'_> {
    Record {
        line,
        sql: read.sql.unwrap_or_default(),
        user: read.user.unwrap_or_default(),
        client: read.client.unwrap_or_default(),
        ip: read.ip.unwrap_or_default(),
        session: Cow::Owned(read.session.text()),
        time: read.time.unwrap_or_default(),
        rows: read.rows.number(),
        dialect: read.dialect.as_deref().and_then(Dialect::named),
        ticket: Cow::Owned(read.ticket.text()),
    }
}

/// Lines with other names, also one level down: those of the audit plugins of MySQL, Percona and McAfee.
fn other(line: u64, said: &str) -> Item<'static> {
    let value: serde_json::Value = match serde_json::from_str(said) {
        Ok(value) => value,
        Err(error) => return bad(line, format!("不是 JSON：{error}"), format!("no JSON: {error}")),
    };
    let serde_json::Value::Object(object) = &value else {
        return bad(line, "不是 JSON 对象", "not a JSON object");
    };
    let mut fields = super::fields::Fields::default();
    for (key, value) in object {
        match value {
            serde_json::Value::Object(inner) => inner.iter().for_each(|(key, value)| fields.take(key, &scalar(value))),
            other => fields.take(key, &scalar(other)),
        }
    }
    let plugin = object.contains_key("audit_record") || object.contains_key("general_data") || object.contains_key("msg-type");
    match fields.record(line, plugin.then_some(Dialect::Mysql)) {
        Some(record) => Item::Record(record),
        None if plugin => Item::Other,
        None => bad(line, "没有 sql 字段", "there is no `sql`"),
    }
}

fn scalar(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}
