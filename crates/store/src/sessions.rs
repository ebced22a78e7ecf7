//! Sessions: the browser holds a random token, the database only its hash.

use crate::db::{Row, args};
use crate::error::Result;
use crate::store::Store;
use engine::{Moment, PersonId};
use sha2::{Digest, Sha256};

#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    pub login: String,
    pub person: PersonId,
    pub at: Moment,
    pub seen: Moment,
    pub until: Moment,
    /// What the pages keep with it, as JSON. Never a key or a sealed value.
    pub data: String,
    /// The hash of its token.
    name: String,
}

impl Session {
    /// Whether this token opens it.
    pub fn is_of(&self, token: &str) -> bool {
        self.name == hashed(token)
    }
}

/// Units: milliseconds. A session's last use is noted no more often, so that reading pages does not write.
const NOTED_MS: i64 = 60_000;
const COLUMNS: &str = "login, person, at, seen, until, data, token";

impl Store {
    /// Opens a session and answers its token, 256 random bits in hex, shown to nobody but its browser. `length_ms`: how long it
    /// lasts without being used.
    pub async fn open_session(&self, login: &str, person: PersonId, length_ms: i64, data: &str) -> Result<String> {
        let token = new_token();
        let now = self.now();
        let sql = "INSERT INTO sessions (token, login, person, at, seen, until, data) VALUES ($1, $2, $3, $4, $4, $5, $6)";
        self.write_one(sql, args![hashed(&token), login, person, now, now.0 + length_ms, data]).await?;
        Ok(token)
    }

    /// The session of a token, if it is still good; using it makes it last `length_ms` longer.
    pub async fn session(&self, token: &str, length_ms: i64) -> Result<Option<Session>> {
        let sql = format!("SELECT {COLUMNS} FROM sessions WHERE token = $1 AND until > $2");
        let now = self.now();
        let row = self.shared.db.fetch_one(sql, args![hashed(token), now]).await?;
        let Some(session) = row.map(|row| read(&row)).transpose()? else { return Ok(None) };
        if now.0 - session.seen.0 >= NOTED_MS {
            self.write_one("UPDATE sessions SET seen = $2, until = $3 WHERE token = $1", args![hashed(token), now, now.0 + length_ms])
                .await?;
        }
        Ok(Some(session))
    }

    /// The good sessions of a person, the one used last first.
    pub async fn sessions_of(&self, person: PersonId) -> Result<Vec<Session>> {
        let sql = format!("SELECT {COLUMNS} FROM sessions WHERE person = $1 AND until > $2 ORDER BY seen DESC, at DESC, token");
        self.shared.db.fetch(sql, args![person, self.now()]).await?.iter().map(read).collect()
    }

    /// A new token for the same session; the old one is dead at once. `None`: there was none.
    pub async fn rotate_session(&self, token: &str) -> Result<Option<String>> {
        let fresh = new_token();
        let sql = "UPDATE sessions SET token = $2, seen = $3 WHERE token = $1 AND until > $3 RETURNING login";
        let rows = self.write_one(sql, args![hashed(token), hashed(&fresh), self.now()]).await?;
        Ok((!rows.is_empty()).then_some(fresh))
    }

    pub async fn set_session_data(&self, token: &str, data: &str) -> Result<()> {
        self.write_one("UPDATE sessions SET data = $2 WHERE token = $1", args![hashed(token), data]).await.map(|_| ())
    }

    pub async fn end_session(&self, token: &str) -> Result<()> {
        self.write_one("DELETE FROM sessions WHERE token = $1", args![hashed(token)]).await.map(|_| ())
    }

    /// Ends every session of a person, but perhaps the one they act in.
    pub async fn end_sessions(&self, person: PersonId, but: Option<&str>) -> Result<()> {
        let but = but.map(hashed).unwrap_or_default();
        self.write_one("DELETE FROM sessions WHERE person = $1 AND token <> $2", args![person, but]).await.map(|_| ())
    }

    /// Takes away what ran out: sessions, and keys of wishes answered before `before`. Keys that begin with `kept:` stay: what they stand
    /// for, such as a letter still in its mailbox, may come again after any time.
    pub async fn sweep(&self, before: Moment) -> Result<()> {
        let statements = vec![
            ("DELETE FROM sessions WHERE until <= $1".into(), args![self.now()]),
            ("DELETE FROM keys WHERE at < $1 AND name NOT LIKE 'kept:%'".into(), args![before]),
        ];
        self.write(statements).await.map(|_| ())
    }
}

fn read(row: &Row) -> Result<Session> {
    Ok(Session {
        login: row.text(0)?,
        person: row.person(1)?,
        at: row.moment(2)?,
        seen: row.moment(3)?,
        until: row.moment(4)?,
        data: row.text(5)?,
        name: row.text(6)?,
    })
}

fn new_token() -> String {
    hex::encode(rand::random::<[u8; 32]>())
}

/// A token of 256 random bits needs no slow hash.
fn hashed(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}
