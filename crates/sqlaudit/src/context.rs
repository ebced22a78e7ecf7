//! The record a statement came in, and what is known of the one who ran it.

use crate::map::People;
use std::borrow::Cow;
use std::collections::HashSet;

/// One statement of a log. Texts borrow from the log's line where they can.
#[derive(Clone, Debug, Default)]
pub struct Record<'a> {
    /// The first line of the record in its file, from 1.
    pub line: u64,
    pub sql: Cow<'a, str>,
    pub user: Cow<'a, str>,
    pub client: Cow<'a, str>,
    pub ip: Cow<'a, str>,
    pub session: Cow<'a, str>,
    pub time: Cow<'a, str>,
    pub rows: Option<u64>,
    pub dialect: Option<crate::parse::Dialect>,
    /// A ticket under which it was run, if the log carries one.
    pub ticket: Cow<'a, str>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Context {
    pub dba: bool,
    pub vendor: bool,
    pub tool: bool,
    pub off_hours: bool,
    pub new_pair: bool,
}

/// Remembers which account came from which address.
#[derive(Debug, Default)]
pub struct Acquaintance {
    pairs: HashSet<u64>,
    users: HashSet<u64>,
}

/// So many pairs are remembered; a log with more of them says nothing by a new one.
const MOST_PAIRS: usize = 200_000;

impl Acquaintance {
    pub fn context(&mut self, record: &Record<'_>, people: &People, at: Option<i64>) -> Context {
        let user = record.user.to_lowercase();
        let client = record.client.to_lowercase();
        let named = |list: &[String]| !user.is_empty() && list.iter().any(|name| matches(name, &user));
        let off_hours = at.is_some_and(|seconds| {
            let hour = seconds.rem_euclid(86_400) / 3600;
            // 1970-01-01 was a Thursday.
            let weekday = (seconds.div_euclid(86_400) + 3).rem_euclid(7);
            weekday >= 5 || hour < i64::from(people.hours.0) || hour >= i64::from(people.hours.1)
        });
        Context {
            dba: named(&people.dba),
            vendor: named(&people.vendor),
            tool: !client.is_empty() && people.tools.iter().any(|tool| client.contains(&tool.to_lowercase())),
            off_hours,
            new_pair: self.new_pair(&user, &record.ip),
        }
    }

    /// A known account from a new address; the first address of an account is no news.
    fn new_pair(&mut self, user: &str, ip: &str) -> bool {
        if user.is_empty() || ip.is_empty() || self.pairs.len() >= MOST_PAIRS {
            return false;
        }
        let known = !self.users.insert(mixed(user, ""));
        self.pairs.insert(mixed(user, ip)) && known
    }
}

fn mixed(user: &str, ip: &str) -> u64 {
    let bytes = user.bytes().chain([0]).chain(ip.bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn matches(pattern: &str, user: &str) -> bool {
    let pattern = pattern.to_lowercase();
    pattern.strip_suffix('*').map_or(pattern == user, |start| user.starts_with(start))
}
