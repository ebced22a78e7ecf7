//! Logs record by record, in bounded memory; what cannot be read is named by its line.

mod csv;
mod fields;
mod jsonl;
mod mysql;
mod oracle_os;
mod pgaudit;
mod plain;
mod source;
mod table;

pub use source::Source;

use crate::context::Record;
use std::io;

/// The formats of logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A JSON object a line.
    Jsonl,
    /// Oracle's files of `AUDIT_TRAIL=OS` and `AUDIT_SYS_OPERATIONS`.
    OracleOs,
    /// An export of `UNIFIED_AUDIT_TRAIL` as CSV.
    OracleUnified,
    /// `server_audit` of MariaDB and MySQL.
    Mysql,
    /// pgaudit in csvlog or plain log files.
    Pgaudit,
    /// An export of `sys.fn_get_audit_file` as CSV, or the text of its events.
    Mssql,
}

impl Format {
    pub const NAMES: [(&'static str, Format); 6] = [
        ("jsonl", Format::Jsonl),
        ("oracle-os", Format::OracleOs),
        ("oracle-unified", Format::OracleUnified),
        ("mysql", Format::Mysql),
        ("pgaudit", Format::Pgaudit),
        ("mssql", Format::Mssql),
    ];

    pub fn named(name: &str) -> Option<Format> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, format)| *format)
    }

    /// Tells a log by its beginning.
    pub fn guess(begin: &[u8]) -> Option<Format> {
        let text = crate::encoding::text(begin);
        let text = text.trim_start_matches('\u{feff}');
        let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
        let lower = text.to_ascii_lowercase();
        let head = first.to_ascii_lowercase();
        if first.trim_start().starts_with('{') {
            Some(Format::Jsonl)
        } else if head.contains("sql_text") || head.contains("dbusername") {
            Some(Format::OracleUnified)
        } else if head.contains("server_principal_name")
            || head.contains("statement") && head.contains("event_time")
            || lower.contains("server_principal_name:")
        {
            Some(Format::Mssql)
        } else if lower.contains("audit: session") || lower.contains("audit: object") {
            Some(Format::Pgaudit)
        } else if lower.starts_with("audit file")
            || text.lines().any(|line| line.starts_with("ACTION") && line.contains(":[") || line.starts_with("SESSIONID"))
        {
            Some(Format::OracleOs)
        } else if first.split(',').nth(6).is_some_and(|word| {
            ["QUERY", "CONNECT", "DISCONNECT", "READ", "WRITE", "TABLE", "FAILED_CONNECT"].contains(&word) || word.starts_with("QUERY_")
        }) {
            Some(Format::Mysql)
        } else {
            None
        }
    }
}

/// What a log holds, piece by piece.
pub enum Item<'a> {
    Record(Record<'a>),
    /// A record that cannot be read: its first line and what is wrong, in both languages.
    Bad {
        line: u64,
        zh: String,
        en: String,
    },
    /// A record that is no statement, such as a connection.
    Other,
}

/// Reads a whole log. Errors: those of reading the file and of `take`.
pub fn each(format: Format, source: &mut Source, take: &mut dyn FnMut(Item<'_>) -> io::Result<()>) -> io::Result<()> {
    match format {
        Format::Jsonl => jsonl::each(source, take),
        Format::OracleOs => oracle_os::each(source, take),
        Format::OracleUnified => table::each(source, Some(crate::Dialect::Oracle), take),
        Format::Mysql => mysql::each(source, take),
        Format::Pgaudit => pgaudit::each(source, take),
        Format::Mssql => {
            if source.begins_with_letters_and_colon()? {
                plain::each(source, take)
            } else {
                table::each(source, Some(crate::Dialect::Mssql), take)
            }
        }
    }
}

fn bad(line: u64, zh: impl Into<String>, en: impl Into<String>) -> Item<'static> {
    Item::Bad { line, zh: zh.into(), en: en.into() }
}
