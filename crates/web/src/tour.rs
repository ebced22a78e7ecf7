//! What a demo shows whoever comes first: journeys to try and an account for each role. A real house has none.

/// The guide of a demo. Only the command that makes demos hands one over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tour {
    pub accounts: Vec<Guest>,
    pub trips: Vec<Trip>,
    /// Receipt codes of reports of the demo, as they are typed.
    pub codes: Vec<String>,
}

/// An account anybody may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guest {
    /// A role of the catalogue, `staff` for none.
    pub role: String,
    pub login: String,
    pub password: String,
    pub name: String,
    pub unit: String,
}

/// A short journey: words of the locale files (`tour-trip-<id>`), who makes it, and where it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trip {
    pub id: &'static str,
    pub login: &'static str,
    pub to: Landing,
}

/// Where a journey begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Landing {
    Page(&'static str),
    /// An entry in one of these states, one of the traveller's own before any other; the register's list when none is left.
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
