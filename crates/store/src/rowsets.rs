//! Sets of rows, kept in memory: what a viewer reaches, what a tab holds, what a filter lets through. Lists count and page by
//! putting sets together, so that a page costs what changed since the last one, not what is there.
//!
//! A set is what one condition over rows `e` of one register holds for. The database is asked for all of it once, and then
//! only for the rows that changed, and for those whose deadline passed meanwhile. Sets are worth nothing on their own: any may
//! be forgotten at any time.

mod bits;
mod changes;

pub(crate) use bits::RowSet;
pub(crate) use changes::Touched;

use crate::db::Arg;
use crate::error::Result;
use crate::sql_expr::Builder;
use crate::store::Store;
use catalogue::expr::{Builtin, Expr, Operand};
use changes::Changes;
use engine::Moment;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Memory sets may take together. Units: bytes.
const ROOM: usize = 24 << 20;

/// Every set of this process, and what changed.
#[derive(Default)]
pub(crate) struct Kept {
    sets: Mutex<HashMap<String, Known>>,
    changes: Mutex<Changes>,
}

#[derive(Clone)]
struct Known {
    set: Arc<RowSet>,
    /// Changes up to here are in it.
    stamp: u64,
    /// It was true at this moment, and stays so until `turns`.
    at: Moment,
    /// When the next deadline of the register passes, if the condition asks for that.
    turns: Option<Moment>,
    /// Rises with every use.
    used: u64,
}

impl Kept {
    /// The writer stored these rows. Called before anybody is answered.
    pub(crate) fn changed(&self, touched: &[Touched]) {
        hold(&self.changes).add(touched);
    }

    /// Everything may be different.
    pub(crate) fn forget(&self) {
        hold(&self.changes).forget();
        hold(&self.sets).clear();
    }

    fn find(&self, key: &str) -> Option<Known> {
        let mut sets = hold(&self.sets);
        let latest = sets.values().map(|known| known.used).max().unwrap_or(0);
        let known = sets.get_mut(key)?;
        known.used = latest + 1;
        Some(known.clone())
    }

    fn keep(&self, key: String, known: Known) {
        let mut sets = hold(&self.sets);
        let used = sets.values().map(|known| known.used).max().unwrap_or(0) + 1;
        if sets.get(&key).is_some_and(|kept| kept.stamp > known.stamp) {
            return;
        }
        sets.insert(key, Known { used, ..known });
        while sets.values().map(|known| known.set.bytes()).sum::<usize>() > ROOM {
            let Some(oldest) = sets.iter().min_by_key(|(_, known)| known.used).map(|(key, _)| key.clone()) else { return };
            sets.remove(&oldest);
        }
    }
}

fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether a condition compares with this very moment, so that no set of its rows stays true.
pub(crate) fn asks_the_moment(expr: &Expr) -> bool {
    let is_now = |operand: &Operand| matches!(operand, Operand::Builtin(Builtin::Now) | Operand::Hours { from: Builtin::Now, .. });
    match expr {
        Expr::All(parts) | Expr::Any(parts) => parts.iter().any(asks_the_moment),
        Expr::Not(inner) => asks_the_moment(inner),
        Expr::Compare { left, right, .. } => is_now(left) || is_now(right),
        Expr::In { left, .. } | Expr::Empty(left) => is_now(left),
        Expr::Truth(_) | Expr::Overdue => false,
    }
}

/// A condition lowered at a moment.
pub(crate) trait Lower: Fn(Moment, &mut Builder) -> Result<String> {}
impl<F: Fn(Moment, &mut Builder) -> Result<String>> Lower for F {}

impl Store {
    /// Rows of a register for which a condition holds now. The condition may ask whether a deadline has passed and which day
    /// it is, but not what time it is, unless `keep` is false.
    pub(crate) async fn rows(&self, register: &str, now: Moment, keep: bool, lower: impl Lower) -> Result<Arc<RowSet>> {
        if !keep || !self.is_writing() {
            return self.all_rows(register, now, &lower).await.map(Arc::new);
        }
        // The text of the condition at the end of the day names the set: it is the same all day long.
        let midnight = Moment::end_of(now.date());
        let (mut named, mut asked) = (self.builder(), self.builder());
        let (sql, _) = (lower(midnight, &mut named)?, lower(now, &mut asked)?);
        let is_timed = named.args != asked.args || now == midnight;
        let key = format!("{register}\n{sql}\n{:?}", named.args);
        let stamp = hold(&self.shared.kept.changes).stamp();
        let known = self.shared.kept.find(&key);
        let fresh = match known {
            Some(known) if known.at <= now => self.renewed(known, register, now, is_timed, &lower).await?,
            _ => None,
        };
        let fresh = match fresh {
            Some(fresh) => fresh,
            None => {
                let set = Arc::new(self.all_rows(register, now, &lower).await?);
                let turns = if is_timed { self.next_due(register, now, None).await? } else { None };
                Known { set, stamp, at: now, turns, used: 0 }
            }
        };
        let set = Arc::clone(&fresh.set);
        self.shared.kept.keep(key, fresh);
        Ok(set)
    }

    /// A known set with what changed since. `None`: too much has.
    async fn renewed(&self, mut known: Known, register: &str, now: Moment, is_timed: bool, lower: &impl Lower) -> Result<Option<Known>> {
        let Some((stamp, mut rows)) = hold(&self.shared.kept.changes).since(register, known.stamp) else { return Ok(None) };
        let touched = rows.clone();
        let turned = is_timed && known.turns.is_some_and(|turns| turns < now);
        if turned {
            rows.extend(self.passed(register, known.at, now).await?);
        }
        if !rows.is_empty() {
            let holding = self.rows_among(register, now, rows.clone(), lower).await?;
            let mut set = (*known.set).clone();
            rows.iter().for_each(|nr| set.remove(*nr));
            holding.iter().for_each(|nr| set.insert(nr));
            known.set = Arc::new(set);
        }
        if turned {
            known.turns = self.next_due(register, now, None).await?;
        } else if is_timed && !touched.is_empty() {
            let sooner = self.next_due(register, now, Some(touched)).await?;
            known.turns = known.turns.into_iter().chain(sooner).min();
        }
        Ok(Some(Known { stamp, at: now, ..known }))
    }

    fn builder(&self) -> Builder {
        Builder::new(self.shared.db.dialect())
    }

    async fn all_rows(&self, register: &str, now: Moment, lower: &impl Lower) -> Result<RowSet> {
        let mut to = self.builder();
        let name = to.bind(register);
        let condition = lower(now, &mut to)?;
        let sql = format!("SELECT STRING_AGG(CAST(e.nr AS TEXT), ',') FROM entries e WHERE e.register = {name} AND {condition}");
        self.gathered(sql, to.args).await
    }

    /// Which of these rows the condition holds for.
    async fn rows_among(&self, register: &str, now: Moment, rows: Vec<i64>, lower: &impl Lower) -> Result<RowSet> {
        let mut to = self.builder().within(rows);
        let name = to.bind(register);
        let condition = lower(now, &mut to)?;
        let among = to.among_rows("e.nr");
        let sql = format!(
            "SELECT STRING_AGG(CAST(e.nr AS TEXT), ',') FROM {} WHERE {among} AND e.register = {name} AND {condition}",
            to.entries()
        );
        self.gathered(sql, to.args).await
    }

    /// One row whose text is a list of row numbers: a hundred thousand rows of their own would take longer to hand over than
    /// to find.
    pub(crate) async fn gathered(&self, sql: String, args: Vec<Arg>) -> Result<RowSet> {
        let row = self.shared.db.fetch_one(sql, args).await?;
        let text = row.map(|row| row.text_or_none(0)).transpose()?.flatten().unwrap_or_default();
        Ok(RowSet::read(&text))
    }

    /// Rows whose deadline passed between two moments.
    async fn passed(&self, register: &str, from: Moment, to: Moment) -> Result<Vec<i64>> {
        let sql =
            "SELECT STRING_AGG(CAST(nr AS TEXT), ',') FROM entries WHERE register = $1 AND due IS NOT NULL AND due >= $2 AND due < $3";
        Ok(self.gathered(sql.to_owned(), crate::db::args![register, from, to]).await?.iter().collect())
    }

    /// The next deadline from a moment on, of a register's rows or of some of them.
    async fn next_due(&self, register: &str, now: Moment, among: Option<Vec<i64>>) -> Result<Option<Moment>> {
        let mut to = among.into_iter().fold(self.builder(), Builder::within);
        let (name, now, among, entries) = (to.bind(register), to.bind(now), to.among_rows("e.nr"), to.entries());
        let sql = format!(
            "SELECT e.due FROM {entries} WHERE {among} AND e.register = {name} AND e.due IS NOT NULL AND e.due >= {now} ORDER BY e.due LIMIT 1"
        );
        self.shared.db.fetch_one(sql, to.args).await?.map(|row| row.moment(0)).transpose()
    }
}
