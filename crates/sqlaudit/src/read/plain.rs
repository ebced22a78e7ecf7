//! Events of SQL Server's audit as text: `key:value` lines, the statement over several.

use super::source::Source;
use super::{Item, bad, fields::Fields};
use crate::encoding::text;
use crate::parse::Dialect;
use std::io;

/// Keys an event has besides its statement; a line that begins with one of them ends the statement.
const KEYS: &[&str] = &[
    "audit_schema_version",
    "event_time",
    "sequence_number",
    "action_id",
    "succeeded",
    "is_column_permission",
    "session_id",
    "server_principal_id",
    "database_principal_id",
    "object_id",
    "user_defined_event_id",
    "class_type",
    "permission_bitmask",
    "session_server_principal_name",
    "server_principal_name",
    "server_principal_sid",
    "database_principal_name",
    "server_instance_name",
    "database_name",
    "schema_name",
    "object_name",
    "statement",
    "additional_information",
    "user_defined_information",
    "application_name",
    "client_ip",
    "affected_rows",
    "response_rows",
    "duration_milliseconds",
    "host_name",
    "transaction_id",
    "target_server_principal_name",
];

pub(super) fn each(source: &mut Source, take: &mut dyn FnMut(Item<'_>) -> io::Result<()>) -> io::Result<()> {
    let mut event: Vec<(String, String)> = Vec::new();
    let mut begun = 0;
    while let Some((number, bytes)) = source.line()? {
        let line = text(&bytes);
        let line = line.strip_prefix("Audit event: ").unwrap_or(&line);
        let pair = line.split_once(':').filter(|(key, _)| KEYS.contains(&key.trim()));
        match pair {
            Some((key, value)) => {
                let starts = matches!(key.trim(), "audit_schema_version")
                    || key.trim() == "event_time" && event.iter().any(|(key, _)| key == "event_time");
                if starts && !event.is_empty() {
                    flush(&mut event, begun, take)?;
                }
                if event.is_empty() {
                    begun = number;
                }
                event.push((key.trim().to_owned(), value.to_owned()));
            }
            None => match event.last_mut().filter(|(key, _)| key == "statement" || key == "additional_information") {
                Some((_, value)) if value.len() < super::source::LONGEST => {
                    value.push('\n');
                    value.push_str(line);
                }
                Some(_) | None if line.trim().is_empty() => {}
                Some(_) | None => take(bad(number, "不属于任何事件的行", "a line of no event"))?,
            },
        }
    }
    flush(&mut event, begun, take)
}

fn flush(event: &mut Vec<(String, String)>, begun: u64, take: &mut dyn FnMut(Item<'_>) -> io::Result<()>) -> io::Result<()> {
    if event.is_empty() {
        return Ok(());
    }
    let mut fields = Fields::default();
    event.drain(..).for_each(|(key, value)| fields.take(&key, &value));
    match fields.record(begun, Some(Dialect::Mssql)) {
        Some(record) => take(Item::Record(record)),
        None => take(Item::Other),
    }
}
