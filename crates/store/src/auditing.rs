//! The chain as an auditor reads it: that something happened, when and by whom; never what it says.
//!
//! A line is the same whoever it concerns: were the lines of an entry that bars its reader left out, the gap would tell.

use crate::chain::{EventRow, chain_of, linked_events_with, reads_of};
use crate::db::Row;
use crate::error::Result;
use crate::sql_expr::Builder;
use crate::store::Store;
use catalogue::RegisterName;
use engine::{Actor, Moment, PersonId};

/// Which lines are wanted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Audit {
    /// The chain of looks instead of the institution's own.
    pub looks: bool,
    pub from: Option<Moment>,
    /// The first moment no longer wanted.
    pub until: Option<Moment>,
    /// Acts of these people, by hand, by import or as an effect; nobody: everybody's.
    pub people: Option<Vec<PersonId>>,
    pub register: Option<RegisterName>,
    /// Only lines before this place.
    pub before: Option<u64>,
}

/// A line of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Logged {
    pub seq: u64,
    pub at: Moment,
    /// `None`: the row names nobody that can be; then it does not hold either.
    pub actor: Option<Actor>,
    /// A move's name, or a word such as `create`.
    pub verb: String,
    pub register: RegisterName,
    /// The number of the entry, which is no content. `None`: there is no such entry now.
    pub number: Option<String>,
    /// Recomputed just now, it agrees with itself and follows on the event before it.
    pub holds: bool,
}

impl Store {
    /// Lines of the log, newest first.
    pub async fn log(&self, wanted: &Audit, limit: u64) -> Result<Vec<Logged>> {
        let mut to = Builder::new(self.shared.db.dialect());
        let condition = self.logged(wanted, &mut to);
        let limit = to.bind(limit);
        let events = linked_events_with(", n.number", " LEFT JOIN entries n ON n.id = e.entry");
        let sql = format!("{events} WHERE {condition} ORDER BY e.seq DESC LIMIT {limit}");
        let line = |row: &Row| {
            let (event, holds) = EventRow::read_linked(row, self.shared.hashing)?;
            Ok(Logged {
                seq: event.seq,
                at: Moment(event.at),
                actor: Actor::parse(&event.actor),
                verb: event.verb,
                register: event.register.as_str().into(),
                number: row.text_or_none(16)?,
                holds,
            })
        };
        self.shared.db.fetch(sql, to.args).await?.iter().map(line).collect()
    }

    /// How many lines there are, wherever a page begins.
    pub async fn log_count(&self, wanted: &Audit) -> Result<u64> {
        let mut to = Builder::new(self.shared.db.dialect());
        let condition = self.logged(&Audit { before: None, ..wanted.clone() }, &mut to);
        let row = self.shared.db.fetch_one(format!("SELECT COUNT(*) FROM events e WHERE {condition}"), to.args).await?;
        row.map_or(Ok(0), |row| row.count(0))
    }

    fn logged(&self, wanted: &Audit, to: &mut Builder) -> String {
        let chain = if wanted.looks { reads_of(self.institution()) } else { chain_of(self.institution()) };
        let mut parts = vec![format!("e.chain = {}", to.bind(chain))];
        let mut bound = |part: &str, arg: Option<crate::db::Arg>, to: &mut Builder| {
            parts.extend(arg.map(|arg| format!("{part} {}", to.bind(arg))));
        };
        bound("e.at >=", wanted.from.map(|at| at.0.into()), to);
        bound("e.at <", wanted.until.map(|at| at.0.into()), to);
        bound("e.register =", wanted.register.as_ref().map(|name| name.as_str().into()), to);
        bound("e.seq <", wanted.before.map(Into::into), to);
        if let Some(people) = &wanted.people {
            let acts = |person: &PersonId| [Actor::Person(*person), Actor::Import(*person), Actor::Effect(Some(*person))];
            parts.push(to.among("e.actor", people.iter().flat_map(acts).map(|actor| actor.to_string()).collect()));
        }
        parts.join(" AND ")
    }
}
