//! Full-text search over everything a viewer may read. Sealed fields are in no index; words of confidential fields are found
//! only by those who see them, and by the author.

use crate::db::Dialect;
use crate::error::Result;
use crate::query::Found;
use crate::scope::Eyes;
use crate::sql_expr::{Builder, FALSE};
use crate::store::Store;
use crate::words::query;
use catalogue::Register;
use catalogue::register::Verb;
use engine::{Directory, Viewer};
use uuid::Uuid;

/// People, units and suppliers whose name holds the text, at most so many.
const NAMES: usize = 20;

impl Store {
    /// Entries of any register that hold the words, newest first.
    pub async fn search(&self, text: &str, viewer: &Viewer, limit: u64) -> Result<Vec<Found>> {
        let ids = named(&self.directory(), text);
        let eyes = self.eyes(viewer);
        let (clear, veiled): (Vec<_>, Vec<_>) = self.shared.definitions.all_today().partition(|register| eyes.sees_guarded(register));
        let mut rows = Vec::new();
        // Registers seen whole are asked for all words; the others for the open ones, and for all where one is the author.
        for (registers, open_only, own_only) in [(&clear, false, false), (&veiled, true, false), (&veiled, false, true)] {
            let mut to = Builder::new(self.shared.db.dialect());
            let Some(words) = query(text, &ids, to.dialect, open_only) else { return Ok(Vec::new()) };
            let Some(sql) = hits(&eyes, registers, &words, own_only, limit, &mut to)? else { continue };
            for row in self.shared.db.fetch(sql, to.args).await? {
                rows.push(row.int(0)?);
            }
        }
        rows.sort_unstable_by_key(|nr| std::cmp::Reverse(*nr));
        rows.dedup();
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        self.found_all(&rows).await
    }
}

fn hits(eyes: &Eyes<'_>, registers: &[&std::sync::Arc<Register>], words: &str, own_only: bool, limit: u64, to: &mut Builder) -> Result<Option<String>> {
    let words = to.bind(words);
    let mut any = Vec::new();
    for register in registers {
        let reached = eyes.reached(register, Verb::Read, to)?;
        if reached != FALSE {
            any.push(format!("(e.register = {} AND {reached})", to.bind(register.name.as_str())));
        }
    }
    if any.is_empty() {
        return Ok(None);
    }
    let own = if own_only { format!(" AND e.author = {}", to.bind(eyes.viewer.person)) } else { String::new() };
    let matched = match to.dialect {
        Dialect::Sqlite => format!("s.search MATCH {words}"),
        Dialect::Postgres => format!("s.words @@ CAST({words} AS tsquery)"),
    };
    let (any, limit) = (any.join(" OR "), to.bind(limit));
    // Driven by the words: SQLite walks its index from the newest row and stops at the limit.
    Ok(Some(format!(
        "SELECT e.nr FROM search s CROSS JOIN entries e WHERE {matched} AND e.nr = s.rowid{own} AND ({any}) ORDER BY s.rowid DESC LIMIT {limit}"
    )))
}

/// Rows `e` of one register that hold the words.
pub(crate) fn found_in(eyes: &Eyes<'_>, register: &Register, text: &str, ids: &[Uuid], to: &mut Builder) -> String {
    let dialect = to.dialect;
    let holding = |open_only: bool, to: &mut Builder| {
        let Some(words) = query(text, ids, dialect, open_only) else { return FALSE.to_owned() };
        let words = to.bind(words);
        match dialect {
            Dialect::Sqlite => format!("e.nr IN (SELECT rowid FROM search WHERE search MATCH {words})"),
            Dialect::Postgres => format!("e.nr IN (SELECT rowid FROM search WHERE words @@ CAST({words} AS tsquery))"),
        }
    };
    if eyes.sees_guarded(register) {
        return holding(false, to);
    }
    let (open, all) = (holding(true, to), holding(false, to));
    format!("({open} OR (e.author = {} AND {all}))", to.bind(eyes.viewer.person))
}

/// Whom a text may mean: an entry that points to them is found by their name, whatever it was called when it was written.
pub(crate) fn named(directory: &Directory, text: &str) -> Vec<Uuid> {
    let text = text.trim();
    if text.chars().count() < 2 {
        return Vec::new();
    }
    let people = directory.people.values().filter(|person| person.name.contains(text)).map(|person| person.id.0);
    let units = directory.units.values().filter(|unit| unit.name.contains(text)).map(|unit| unit.id.0);
    let others = directory.names.iter().filter(|(_, name)| name.contains(text)).map(|(id, _)| id.0);
    people.chain(units).chain(others).take(NAMES).collect()
}
