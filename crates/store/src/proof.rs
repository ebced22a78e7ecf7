//! A receipt anybody can check: that this house's chain holds an event, and nothing of what it says.

use crate::chain::{EventRow, Hash, READS, linked_events};
use crate::db::args;
use crate::error::Result;
use crate::request::{Done, Receipt};
use crate::store::Store;
use engine::{Actor, Moment};
use jiff::tz::TimeZone;

/// What a printed receipt claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub chain: String,
    pub seq: u64,
    /// `20260304T010000Z`
    time: String,
    pub hash: Hash,
}

/// What every line begins with.
const MARK: &str = "qinglian-1";

/// Longest line that is looked at. Units: characters.
const LONGEST: usize = 300;

impl Receipt {
    /// The line on a printed receipt: `qinglian-1:<chain>:<place>:<time, UTC>:<hash>`.
    pub fn line(&self) -> String {
        format!("{MARK}:{}:{}:{}:{}", self.chain, self.seq, time(self.at), self.hash)
    }
}

impl Claim {
    /// Reads a line as it is pasted or typed: broken over lines, with full-width colons or letters. `None`: it is no such line.
    pub fn parse(typed: &str) -> Option<Self> {
        if typed.chars().count() > LONGEST {
            return None;
        }
        let line: String = typed.chars().filter(|symbol| !symbol.is_whitespace()).map(narrow).collect();
        // Copied with the sentence it stood in.
        let line = line.trim_matches(['。', '.', '，', ',', '；', ';', '“', '”', '"']);
        let mut parts = line.rsplitn(4, ':');
        let (hash, time, seq, head) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let (mark, chain) = head.split_once(':')?;
        let is_line = mark.eq_ignore_ascii_case(MARK) && !chain.is_empty() && !chain.starts_with(READS);
        let claim = Self { chain: chain.to_owned(), seq: seq.parse().ok()?, time: time.to_ascii_uppercase(), hash: Hash::parse(hash)? };
        is_line.then_some(claim)
    }
}

impl Store {
    /// Whether the chain holds what a receipt claims: this hash, at this place, of this time, linked to the event before it. Answers
    /// when it was recorded.
    pub async fn confirms(&self, claim: &Claim) -> Result<Option<Moment>> {
        let sql = format!("{} WHERE e.chain = $1 AND e.seq = $2", linked_events());
        let Some(row) = self.shared.db.fetch_one(sql, args![claim.chain.as_str(), claim.seq]).await? else { return Ok(None) };
        let (event, holds) = EventRow::read_linked(&row, self.shared.hashing)?;
        let at = Moment(event.at);
        let is_it = holds && event.hash[..] == claim.hash.0[..] && time(at) == claim.time;
        Ok(is_it.then_some(at))
    }

    /// What a wish with this key came to, as long as that is remembered.
    pub async fn answered(&self, actor: &Actor, key: &str) -> Result<Option<Done>> {
        let row = self.shared.db.fetch_one("SELECT answer FROM keys WHERE name = $1 AND actor = $2", args![key, actor.to_string()]).await?;
        Ok(row.map(|row| row.text(0)).transpose()?.and_then(|answer| serde_json::from_str(&answer).ok()))
    }
}

fn time(at: Moment) -> String {
    let instant = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
    instant.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Full-width forms of a Chinese keyboard as what they stand for.
fn narrow(symbol: char) -> char {
    match symbol {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(symbol as u32 - 0xfee0).unwrap_or(symbol),
        _ => symbol,
    }
}
