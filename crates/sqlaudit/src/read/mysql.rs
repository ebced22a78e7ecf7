//! `server_audit` of MariaDB and MySQL: time,server,user,host,connection,query,operation,database,object,result.

use super::source::Source;
use super::{Item, bad};
use crate::context::Record;
use crate::encoding::text;
use crate::parse::Dialect;
use std::borrow::Cow;
use std::io;

pub(super) fn each(source: &mut Source, take: &mut dyn FnMut(Item<'_>) -> io::Result<()>) -> io::Result<()> {
    while let Some((number, bytes)) = source.line()? {
        let line = text(&bytes);
        if line.trim().is_empty() {
            continue;
        }
        take(read(number, &line))?;
    }
    Ok(())
}

fn read(number: u64, line: &str) -> Item<'_> {
    let parts: Vec<&str> = line.splitn(9, ',').collect();
    let [time, _, user, host, connection, _, operation, _, rest] = parts[..] else {
        return bad(number, "不是 server_audit 的九段格式", "not the nine parts of server_audit");
    };
    if !operation.starts_with("QUERY") {
        return Item::Other;
    }
    // 'statement',result with quotes escaped by backslashes; a statement that was cut off has no end.
    let Some(object) = rest.strip_prefix('\'') else {
        return bad(number, "语句没有引号", "the statement is not quoted");
    };
    let end = object.rfind("',").filter(|end| object[end + 2..].bytes().all(|byte| byte.is_ascii_digit() || byte == b'-'));
    let (sql, result) = end.map_or((object.strip_suffix('\'').unwrap_or(object), ""), |end| (&object[..end], &object[end + 2..]));
    let _ = result;
    Item::Record(Record {
        line: number,
        sql: unescape(sql),
        user: Cow::Borrowed(user),
        ip: Cow::Borrowed(host),
        session: Cow::Borrowed(connection),
        time: Cow::Borrowed(time),
        dialect: Some(Dialect::Mysql),
        ..Record::default()
    })
}

fn unescape(sql: &str) -> Cow<'_, str> {
    if !sql.contains('\\') {
        return Cow::Borrowed(sql);
    }
    let mut plain = String::with_capacity(sql.len());
    let mut letters = sql.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            plain.push(letter);
            continue;
        }
        match letters.next() {
            Some('n') => plain.push('\n'),
            Some('r') => plain.push('\r'),
            Some('t') => plain.push('\t'),
            Some(other) => plain.push(other),
            None => {}
        }
    }
    Cow::Owned(plain)
}
