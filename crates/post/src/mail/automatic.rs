//! Whether a machine wrote a letter: such a letter is never answered, so that no two programs write to each other for ever. Only what
//! says of itself that it answers another letter, or reports on one, makes no report: an old address that forwards, a scanner that
//! sends what it scanned, and whoever forbids failure notices may bring somebody's words.

use super::{By, OWN};
use mail_parser::{Message, MimeHeaders};

/// Beginnings of addresses nobody reads.
const NOBODY: [&str; 8] = ["mailer-daemon@", "postmaster@", "no-reply@", "noreply@", "donotreply@", "do-not-reply@", "bounce@", "bounces@"];

pub(super) fn by(message: &Message<'_>) -> By {
    let header = |name: &'static str| message.header_raw(name).map(|value| value.trim().to_ascii_lowercase());
    let submitted = header("Auto-Submitted").filter(|value| !value.is_empty() && !value.starts_with("no"));
    let answers = submitted.as_ref().is_some_and(|value| value.starts_with("auto-replied"));
    let report = message.is_content_type("multipart", "report");
    let returned = header("Return-Path").is_some_and(|path| path == "<>");
    let replied = ["X-Autoreply", "X-Autorespond", "X-Autoresponder"].into_iter().any(|name| header(name).is_some());
    let sender = message.from().and_then(|from| from.first()).and_then(|from| from.address()).unwrap_or_default().to_ascii_lowercase();
    let daemon = sender.starts_with("mailer-daemon@");
    let is_own = header(OWN).is_some();
    if answers || report || replied || daemon || is_own {
        return By::Machine;
    }
    let precedence = header("Precedence").is_some_and(|value| ["bulk", "junk", "list", "auto_reply"].contains(&value.as_str()));
    let listed = ["List-Id", "List-Unsubscribe", "List-Post", "Feedback-ID"].into_iter().any(|name| header(name).is_some());
    let suppressed = header("X-Auto-Response-Suppress").is_some_and(|value| value != "none");
    let unread = NOBODY.iter().any(|beginning| sender.starts_with(beginning));
    if submitted.is_some() || returned || precedence || listed || suppressed || unread { By::Bulk } else { By::Person }
}
