//! Full-text search over everything a viewer may read. Sealed fields are in no index; words of confidential fields are found
//! only by those who see them, and by the author.

use crate::db::Dialect;
use crate::error::Result;
use crate::query::Found;
use crate::rowsets::RowSet;
use crate::scope::Eyes;
use crate::sql_expr::{Builder, FALSE};
use crate::store::Store;
use crate::words::query;
use catalogue::Register;
use catalogue::register::Verb;
use engine::rights::reach;
use engine::{Directory, Viewer};
use std::sync::Arc;
use uuid::Uuid;

/// Rows the index of words is asked for first.
const FIRST_STRIDE: u64 = 2_000;

/// People, units and suppliers whose name holds the text, at most so many.
const NAMES: usize = 20;

impl Store {
    /// Entries of any register that hold the words, newest first.
    ///
    /// What the viewer reaches is known as a set of rows; the index of words is walked from the newest row on until enough of
    /// what it names lies in that set.
    pub async fn search(&self, text: &str, viewer: &Viewer, limit: u64) -> Result<Vec<Found>> {
        let eyes = self.eyes(viewer);
        if eyes.asks_for_a_name(text) {
            return Ok(Vec::new());
        }
        let ids = named(&eyes.directory, text);
        let (clear, veiled): (Vec<_>, Vec<_>) = self.shared.definitions.all_today().partition(|register| eyes.sees_guarded(register));
        let mut rows = Vec::new();
        // Registers seen whole are asked for all words; the others for the open ones, and for all where one is the author.
        for (registers, open_only, own_only) in [(&clear, false, false), (&veiled, true, false), (&veiled, false, true)] {
            let Some(words) = query(text, &ids, self.shared.db.dialect(), open_only) else { return Ok(Vec::new()) };
            let readable = self.readable(&eyes, registers, own_only).await?;
            if !readable.is_empty() {
                rows.extend(self.hits(&words, &readable, limit).await?);
            }
        }
        rows.sort_unstable_by_key(|nr| std::cmp::Reverse(*nr));
        rows.dedup();
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let found = self.found_all(&rows).await?;
        Ok(self.shown(viewer, found))
    }

    /// Rows of these registers that the viewer reads, or of those only what they wrote.
    async fn readable(&self, eyes: &Eyes<'_>, registers: &[&Arc<Register>], own_only: bool) -> Result<RowSet> {
        let mut all = RowSet::default();
        for register in registers {
            if reach(eyes.viewer, register, Verb::Read).is_none() {
                continue;
            }
            let mut rows = (*self.rows_reached(eyes, register, Verb::Read).await?).clone();
            if own_only {
                let me = eyes.viewer.person;
                let lower = |_, to: &mut Builder| Ok(format!("e.author = {}", to.bind(me)));
                rows.retain(&*self.rows(register.name.as_str(), eyes.now, true, lower).await?);
            }
            all.join(&rows);
        }
        Ok(all)
    }

    /// The newest rows of a set that hold the words.
    async fn hits(&self, words: &str, readable: &RowSet, limit: u64) -> Result<Vec<i64>> {
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let (mut before, mut stride, mut found) = (i64::MAX, FIRST_STRIDE, Vec::new());
        loop {
            let mut to = Builder::new(self.shared.db.dialect());
            let words = to.bind(words);
            let matched = match to.dialect {
                Dialect::Sqlite => format!("search MATCH {words}"),
                Dialect::Postgres => format!("words @@ CAST({words} AS tsquery)"),
            };
            let (before_, length) = (to.bind(before), to.bind(stride));
            let slice = format!("SELECT rowid FROM search WHERE {matched} AND rowid < {before_} ORDER BY rowid DESC LIMIT {length}");
            let rows = self.gathered(format!("SELECT STRING_AGG(CAST(rowid AS TEXT), ',') FROM ({slice}) slice"), to.args).await?;
            let mut slice: Vec<i64> = rows.iter().collect();
            slice.reverse();
            found.extend(slice.iter().copied().filter(|nr| readable.contains(*nr)));
            let Some(last) = slice.last() else { return Ok(found) };
            if found.len() >= most || rows.len() < stride {
                found.truncate(most);
                return Ok(found);
            }
            (before, stride) = (*last, stride.saturating_mul(10));
        }
    }
}

/// Rows `e` of one register that hold the words.
pub(crate) fn found_in(eyes: &Eyes<'_>, register: &Register, text: &str, ids: &[Uuid], to: &mut Builder) -> String {
    if eyes.asks_for_a_name(text) {
        return FALSE.to_owned();
    }
    let dialect = to.dialect;
    let holding = |open_only: bool, to: &mut Builder| {
        let Some(words) = query(text, ids, dialect, open_only) else { return FALSE.to_owned() };
        let words = to.bind(words);
        match dialect {
            Dialect::Sqlite => format!("e.nr IN (SELECT rowid FROM search WHERE search MATCH {words} AND {})", to.among_rows("rowid")),
            Dialect::Postgres => {
                format!("e.nr IN (SELECT rowid FROM search WHERE words @@ CAST({words} AS tsquery) AND {})", to.among_rows("rowid"))
            }
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
