//! How pages reach mail and gateways. The binary adapts the crate that speaks to them to this.

use crate::sniff;
use bytes::Bytes;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

/// Mail out, letters in, messages of gateways.
pub trait Post: Send + Sync + std::fmt::Debug {
    /// Takes in what a gateway posted to this channel. Signature and time are checked before anything is read.
    fn hook(&self, posted: Posted) -> BoxFuture<'_, Result<Taken, HookRefused>>;

    /// Whether a post signed for this time may be read at all. The signature covers the time and is checked with the body.
    fn in_time(&self, timestamp: Option<&str>) -> bool;

    /// Largest body of such a post. Units: bytes.
    fn most_bytes(&self) -> usize;

    /// Has a gateway send a link to a number or a name it knows. Neither is kept.
    ///
    /// Errors: a sentence for whoever asked, in English.
    fn send_link<'a>(&'a self, channel: &'a str, to: &'a str, url: &'a str) -> BoxFuture<'a, Result<(), String>>;

    /// Channels whose gateway takes links.
    fn sends_links_by(&self) -> Vec<String>;

    /// Whether mail goes out, so that people may ask for notices by it.
    fn sends_mail(&self) -> bool;

    /// What is configured, and how it went last.
    fn ways(&self) -> Vec<Way>;
}

/// A request of a gateway.
#[derive(Debug, Clone)]
pub struct Posted {
    pub channel: String,
    pub timestamp: Option<String>,
    pub signature: Option<String>,
    pub body: Bytes,
}

/// A message was stored, or had been before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    pub again: bool,
    /// Files that were left out: too large, or of a kind that is not taken.
    pub left_out: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HookRefused {
    /// No such channel.
    Unknown,
    /// Signature or time; the words are for the gateway's log.
    Forged(String),
    /// Not a message as documented.
    Unreadable(String),
    /// Nothing was stored: try again later.
    Later,
}

/// One way mail or messages go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    pub kind: WayKind,
    /// A mailbox's name, a gateway's channel.
    pub name: String,
    pub server: String,
    /// When it last went well. Units: milliseconds since 1970.
    pub went_well: Option<i64>,
    /// What went wrong since.
    pub wrong: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WayKind {
    Out,
    In,
    Gateway,
}

/// The kind of job that sends a notice; its payload names a person by id and nothing else.
pub const MAIL: &str = "mail";
/// The setting that holds letters that were put apart: a list of [`PutApart`], the latest first.
pub const APART: &str = "post:apart";
/// Settings that hold who wants mail: this and a person's id; the value is a [`MailWish`].
pub const WISH: &str = "post:wish:";

/// A letter a person has to look at, on the mail server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutApart {
    /// Units: milliseconds since 1970.
    pub at: i64,
    pub mailbox: String,
    /// Where it lies now.
    pub folder: String,
    pub why: Why,
    /// What happened, for the log, in English; nothing of the letter.
    pub what: String,
    /// A report was made of it all the same.
    pub reported: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It cannot be read, or is too large.
    Unreadable,
    /// A machine wrote it by itself.
    Machine,
    /// The register did not take it.
    Refused,
    /// It is a report, but not every attachment could be kept.
    LeftOut,
}

/// That somebody wants to hear by mail that something waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailWish {
    pub to: String,
    pub daily: bool,
}

impl MailWish {
    /// An address as far as it can be told without writing to it.
    pub fn is_address(text: &str) -> bool {
        let plain =
            |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c.is_control() || "<>,;:\"()[]\\@".contains(c));
        text.len() <= 254
            && text
                .split_once('@')
                .is_some_and(|(local, host)| plain(local) && plain(host) && !host.starts_with('.') && !host.ends_with('.'))
    }
}

/// The name under which a file is taken, by its content: its own where that fits, else with the ending that does. `None`: of no kind that is taken.
pub fn fitting_name(name: &str, bytes: &[u8]) -> Option<String> {
    let start = &bytes[..bytes.len().min(sniff::NEEDED)];
    if sniff::of(name, start).is_some() {
        return Some(name.to_owned());
    }
    let end = sniff::by_content(start)?.first_end();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    Some(format!("{stem}.{end}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_at_and_no_room_for_headers() {
        for right in ["a@b", "wang.wu@mail.example.org", "王@example.org"] {
            assert!(MailWish::is_address(right), "{right}");
        }
        for wrong in ["", "a", "a@", "@b", "a@b@c", "a b@c", "a@b\r\nBcc: c@d", "<a@b>", "a@.b", "a@b."] {
            assert!(!MailWish::is_address(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn a_file_is_named_by_what_it_is() {
        assert_eq!(fitting_name("照片.jpg", b"\xff\xd8\xff\xe0").as_deref(), Some("照片.jpg"));
        assert_eq!(fitting_name("照片.dat", b"\xff\xd8\xff\xe0").as_deref(), Some("照片.jpg"));
        assert_eq!(fitting_name("attachment-1", b"%PDF-1.4").as_deref(), Some("attachment-1.pdf"));
        assert_eq!(fitting_name("run.exe", b"MZ\x90\0\x03\0\0\0"), None);
    }
}
