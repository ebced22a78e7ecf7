//! Where a visitor of the demo may begin: one journey for each part of the thread from a finding or a report to the official
//! table, and one that is refused.

/// A short journey: its words in the locale files (`tour-trip-<id>`), whose it is, and where it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Journey {
    pub id: &'static str,
    pub login: &'static str,
    pub begins: Begins,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begins {
    Page(&'static str),
    /// An entry in one of these states.
    Entry {
        register: &'static str,
        states: &'static [&'static str],
    },
    /// An entry that somebody else sees and the traveller may not.
    Hidden {
        register: &'static str,
        seen_by: &'static str,
    },
}

pub const JOURNEYS: [Journey; 6] = [
    Journey { id: "explain", login: "doctor", begins: Begins::Entry { register: "alert", states: &["open"] } },
    Journey { id: "receive", login: "inspector", begins: Begins::Entry { register: "report", states: &["received"] } },
    Journey { id: "gift", login: "staff", begins: Begins::Page("/r/gift/new") },
    Journey { id: "sign", login: "finance", begins: Begins::Entry { register: "gift", states: &["counted"] } },
    Journey { id: "annex", login: "inspector", begins: Begins::Page("/reports/s003_annex4") },
    Journey { id: "refused", login: "admin", begins: Begins::Hidden { register: "clue", seen_by: "inspector" } },
];
