//! The names that databases give the same things.

use crate::context::Record;
use crate::parse::Dialect;
use std::borrow::Cow;

#[derive(Default)]
pub(super) struct Fields {
    sql: Option<String>,
    user: String,
    os_user: String,
    client: String,
    ip: String,
    host: String,
    session: String,
    time: String,
    rows: Option<u64>,
}

impl Fields {
    pub fn take(&mut self, key: &str, value: &str) {
        let key = key.trim().trim_start_matches('\u{feff}').to_ascii_lowercase().replace([' ', '-'], "_");
        let value = value.trim_matches(['\0', '\u{feff}']);
        if value.is_empty() {
            return;
        }
        let text = || value.to_owned();
        match key.as_str() {
            "sql" | "sql_text" | "sqltext" | "query" | "statement" | "object_sql" => self.sql = Some(text()),
            "user" | "dbusername" | "userid" | "database_user" | "server_principal_name" | "username" | "user_name" | "login" => {
                self.user = text()
            }
            "os_username" | "client_user" | "session_server_principal_name" | "os_user" => self.os_user = text(),
            "client" | "client_program_name" | "application_name" | "program" | "program_name" => self.client = text(),
            "ip" | "client_ip" | "client_address" | "host_ip" => self.ip = address(value),
            "authentication_type" | "comment$text" if value.contains("HOST=") => self.ip = address(value),
            "userhost" | "host" | "host_name" => self.host = text(),
            "session" | "sessionid" | "session_id" | "connection_id" | "thread_id" => self.session = text(),
            "time" | "event_timestamp" | "event_time" | "timestamp" | "event_timestamp_utc" | "date" | "log_time" => self.time = text(),
            "rows" | "affected_rows" | "response_rows" | "rows_sent" => self.rows = value.parse().ok().or(self.rows),
            _ => {}
        }
    }

    pub fn record(self, line: u64, dialect: Option<Dialect>) -> Option<Record<'static>> {
        let sql = self.sql?;
        let user = if self.user.is_empty() || self.user == "/" { self.os_user } else { self.user };
        Some(Record {
            line,
            sql: Cow::Owned(sql),
            user: Cow::Owned(user),
            client: Cow::Owned(self.client),
            ip: Cow::Owned(if self.ip.is_empty() { self.host } else { self.ip }),
            session: Cow::Owned(self.session),
            time: Cow::Owned(self.time),
            rows: self.rows,
            dialect,
            ticket: Cow::Borrowed(""),
        })
    }
}

/// The host of `(ADDRESS=(PROTOCOL=tcp)(HOST=10.0.0.1)(PORT=1))`, or the text as it is.
fn address(value: &str) -> String {
    value.split("HOST=").nth(1).and_then(|rest| rest.split(')').next()).unwrap_or(value).to_owned()
}
