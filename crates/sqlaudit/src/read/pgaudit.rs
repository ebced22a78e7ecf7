//! pgaudit: `AUDIT: SESSION,1,1,READ,SELECT,TABLE,public.t,"statement",<not logged>` in csvlog or in plain logs.

use super::source::{LONGEST, Source};
use super::{Item, bad, csv};
use crate::context::Record;
use crate::encoding::text;
use crate::parse::Dialect;
use std::borrow::Cow;
use std::io;

pub(super) fn each(source: &mut Source, take: &mut dyn FnMut(Item<'_>) -> io::Result<()>) -> io::Result<()> {
    let begin = source.begin()?;
    let lines = text(&begin);
    // csvlog begins `2026-01-02 03:04:05.678 CST,"user","database",…`.
    let table = lines.lines().find(|line| line.contains("AUDIT: ")).is_some_and(|line| {
        line.split(',').count() > 12 && line.find(',').is_some_and(|comma| line[..comma].len() < 40 && !line[..comma].contains("AUDIT"))
    });
    if table { from_csv(source, take) } else { from_text(source, take) }
}

fn from_csv(source: &mut Source, take: &mut dyn FnMut(Item<'_>) -> io::Result<()>) -> io::Result<()> {
    while let Some(read) = csv::next(source, b',')? {
        let Some(fields) = read.fields else {
            take(bad(read.line, "引号没有闭合", "the quotes do not close"))?;
            continue;
        };
        if fields.len() < 14 {
            if !(fields.len() == 1 && fields[0].trim().is_empty()) {
                take(bad(read.line, format!("csvlog 只有 {} 列", fields.len()), format!("only {} columns of a csvlog", fields.len())))?;
            }
            continue;
        }
        let Some((sql, rows)) = statement(&fields[13]) else {
            take(Item::Other)?;
            continue;
        };
        take(Item::Record(Record {
            line: read.line,
            sql: Cow::Owned(sql),
            user: Cow::Borrowed(&fields[1]),
            client: Cow::Borrowed(fields.get(22).map_or("", String::as_str)),
            ip: Cow::Borrowed(fields[4].split(':').next().unwrap_or("")),
            session: Cow::Borrowed(&fields[5]),
            time: Cow::Borrowed(&fields[0]),
            rows,
            dialect: Some(Dialect::Postgresql),
            ticket: Cow::Borrowed(""),
        }))?;
    }
    Ok(())
}

/// `2026-01-02 03:04:05 CST [77] user@db app LOG:  AUDIT: …`, statements going on in lines that begin with a tab.
fn from_text(source: &mut Source, take: &mut dyn FnMut(Item<'_>) -> io::Result<()>) -> io::Result<()> {
    while let Some((number, bytes)) = source.line()? {
        let mut entry = text(&bytes).into_owned();
        while let Some((next, more)) = source.line()? {
            let goes_on = more.first().is_some_and(|byte| *byte == b'\t')
                || more.is_empty()
                || !(more[0].is_ascii_digit() || text(&more).contains("LOG:"));
            if !goes_on || entry.len() > LONGEST {
                source.give_back(vec![(next, more)]);
                break;
            }
            entry.push('\n');
            entry.push_str(&text(&more));
        }
        take(from_entry(number, &entry))?;
    }
    Ok(())
}

fn from_entry(number: u64, entry: &str) -> Item<'_> {
    if entry.trim().is_empty() {
        return Item::Other;
    }
    let Some(at) = entry.find("AUDIT: ") else {
        return if entry.contains("LOG:") || entry.contains("ERROR:") || entry.contains("STATEMENT:") || entry.contains("DETAIL:") {
            Item::Other
        } else {
            bad(number, "不是 PostgreSQL 日志行", "no line of a PostgreSQL log")
        };
    };
    let Some((sql, rows)) = statement(&entry[at..]) else {
        return bad(number, "AUDIT 记录不完整", "an incomplete AUDIT record");
    };
    let head = &entry[..at];
    let user = head.split_whitespace().find_map(|word| word.split_once('@')).map_or("", |(user, _)| user);
    let time: &str = head.get(..19).unwrap_or("");
    let session = head.split(['[', ']']).nth(1).unwrap_or("");
    Item::Record(Record {
        line: number,
        sql: Cow::Owned(sql),
        user: Cow::Borrowed(user),
        session: Cow::Borrowed(session),
        time: Cow::Borrowed(time),
        rows,
        dialect: Some(Dialect::Postgresql),
        ..Record::default()
    })
}

/// The statement and the rows of the message: class, ids, class of statement, command, object, name, statement, parameters, rows.
fn statement(message: &str) -> Option<(String, Option<u64>)> {
    let body = message.strip_prefix("AUDIT: ")?;
    let fields = csv::split(body);
    let sql = fields.get(7).filter(|sql| !sql.is_empty())?;
    let rows = fields.get(9).and_then(|rows| rows.trim().parse().ok());
    Some((sql.clone(), rows))
}
