//! Writes what a group has staged: few statements, many rows each.

use super::Writer;
use super::group::Group;
use crate::cache::{ClockRow, Derived, ValueRow, derive};
use crate::db::{Arg, args};
use crate::directory::read_entry;
use crate::error::{Error, Result};
use crate::insert::{Conflict, insert, insert_words, words_row};
use crate::schema::Table;
use crate::sealing::{Holder, is_entitled};
use engine::EntryId;
use std::sync::Arc;

/// Rows of the cache a flush writes and takes away.
#[derive(Default)]
pub(crate) struct CacheRows {
    pub entries: Vec<Vec<Arg>>,
    pub bodies: Vec<Vec<Arg>>,
    pub values: Vec<Vec<Arg>>,
    pub clocks: Vec<Vec<Arg>>,
    pub barred: Vec<Vec<Arg>>,
    pub words: Vec<Vec<Arg>>,
    gone_values: Vec<(i64, String, i64)>,
    gone_clocks: Vec<(i64, String)>,
    gone_words: Vec<i64>,
}

impl CacheRows {
    /// What has to change for one entry.
    pub(crate) fn add(&mut self, dialect: crate::db::Dialect, nr: i64, entry: &engine::Entry, before: Option<&Derived>, after: &Derived) {
        let none: (&[ValueRow], &[ClockRow]) = (&[], &[]);
        let (values, clocks) = before.map_or(none, |before| (&before.values, &before.clocks));
        self.entries.push(after.main.clone().into_args(nr, entry));
        self.bodies.push(args![nr, after.body.as_str()]);
        self.values.extend(after.values.iter().filter(|row| !values.contains(row)).map(|row| row.clone().into_args(nr)));
        let same_place = |row: &ValueRow| after.values.iter().any(|kept| kept.field == row.field && kept.place == row.place);
        self.gone_values.extend(values.iter().filter(|row| !same_place(row)).map(|row| (nr, row.field.clone(), row.place)));
        self.clocks.extend(after.clocks.iter().filter(|row| !clocks.contains(row)).map(|row| row.clone().into_args(nr)));
        let kept = |row: &ClockRow| after.clocks.iter().any(|kept| kept.deadline == row.deadline);
        self.gone_clocks.extend(clocks.iter().filter(|row| !kept(row)).map(|row| (nr, row.deadline.clone())));
        let is_new = |tag: &&engine::Tag| !before.is_some_and(|before| before.barred.contains(tag));
        self.barred.extend(after.barred.iter().filter(is_new).map(|tag| args![nr, *tag]));
        if before.is_none_or(|before| before.words != after.words) {
            if before.is_some() {
                self.gone_words.push(nr);
            }
            self.words.push(words_row(dialect, nr, &after.words));
        }
    }

    pub(crate) async fn write(self, conn: &mut crate::db::Conn) -> Result<()> {
        for (nr, field, place) in self.gone_values {
            conn.run("DELETE FROM entry_values WHERE nr = $1 AND field = $2 AND place = $3", args![nr, field, place]).await?;
        }
        for (nr, deadline) in self.gone_clocks {
            conn.run("DELETE FROM entry_clocks WHERE nr = $1 AND deadline = $2", args![nr, deadline]).await?;
        }
        for nr in self.gone_words {
            conn.run("DELETE FROM search WHERE rowid = $1", args![nr]).await?;
        }
        insert(conn, Table::named("entries"), Conflict::Replace, self.entries).await?;
        insert(conn, Table::named("entry_bodies"), Conflict::Replace, self.bodies).await?;
        insert(conn, Table::named("entry_values"), Conflict::Replace, self.values).await?;
        insert(conn, Table::named("entry_clocks"), Conflict::Replace, self.clocks).await?;
        insert(conn, Table::named("entry_barred"), Conflict::Keep, self.barred).await?;
        insert_words(conn, self.words).await
    }
}

impl Writer {
    /// Writes everything staged so far; the group goes on with nothing behind.
    pub(super) async fn flush(&mut self, group: &mut Group) -> Result<()> {
        self.number_rows(group).await?;
        let dialect = self.shared.db.dialect();
        let mut rows = CacheRows::default();
        for id in std::mem::take(&mut group.behind) {
            let held = group.held.get_mut(&id).expect("what is behind is held");
            let nr = held.nr.expect("a row number was just handed out");
            let after = Arc::new(derive(&self.shared.definitions, &held.entry)?);
            rows.add(dialect, nr, &held.entry, held.stored.as_deref(), &after);
            held.stored = Some(after);
            group.touched.push((Arc::from(held.entry.register.as_str()), nr));
        }
        let counted: Vec<Vec<Arg>> = self.counters.take_changed().into_iter().map(|(name, value)| args![name, value]).collect();
        let conn = self.conn().await?;
        let events: Vec<Vec<Arg>> = std::mem::take(&mut group.events).into_iter().map(crate::chain::EventRow::into_args).collect();
        let has_events = !events.is_empty();
        insert(conn, Table::named("events"), Conflict::Fail, events).await?;
        rows.write(conn).await?;
        insert(conn, Table::named("counters"), Conflict::Replace, counted).await?;
        insert(conn, Table::named("wraps"), Conflict::Replace, std::mem::take(&mut group.wraps)).await?;
        insert(conn, Table::named("notices"), Conflict::Fail, std::mem::take(&mut group.notices)).await?;
        insert(conn, Table::named("keys"), Conflict::Replace, std::mem::take(&mut group.keys)).await?;
        for (entry, holder) in std::mem::take(&mut group.unwraps) {
            conn.run("DELETE FROM wraps WHERE entry = $1 AND holder LIKE $2", args![entry, holder]).await?;
        }
        self.recheck(group).await?;
        let conn = self.conn().await?;
        for (sql, given) in std::mem::take(&mut group.rows) {
            conn.run(sql, given).await?;
        }
        if has_events { self.move_heads(group).await } else { Ok(()) }
    }

    /// Takes the keys from people whose rights changed, wherever they are no longer entitled to them.
    async fn recheck(&mut self, group: &mut Group) -> Result<()> {
        let shared = Arc::clone(&self.shared);
        let directory = Arc::clone(&self.directory);
        for person in std::mem::take(&mut group.recheck) {
            let sql = "SELECT w.entry, w.holder, b.body FROM wraps w JOIN entries e ON e.id = w.entry JOIN entry_bodies b ON b.nr = e.nr \
                       WHERE w.holder = $1 OR w.holder LIKE $2 OR w.holder LIKE $3";
            let named = args![format!("person:{person}"), format!("deputy:{person}:%"), format!("deputy:%:{person}")];
            let conn = self.conn().await?;
            for row in conn.fetch(sql, named).await? {
                let entry = read_entry(&row.text(2)?)?;
                let register = shared.definitions.moves_under(&entry)?;
                let stays = Holder::parse(&row.text(1)?).is_some_and(|holder| is_entitled(&directory, register, &entry, holder, group.now));
                if !stays {
                    conn.run("DELETE FROM wraps WHERE entry = $1 AND holder = $2", args![row.text(0)?, row.text(1)?]).await?;
                }
            }
        }
        Ok(())
    }

    /// Hands out row numbers, in the order of creation.
    async fn number_rows(&mut self, group: &mut Group) -> Result<()> {
        let fresh: Vec<EntryId> =
            group.behind.iter().filter(|id| group.held.get(*id).is_some_and(|held| held.nr.is_none())).copied().collect();
        if fresh.is_empty() {
            return Ok(());
        }
        let count = i64::try_from(fresh.len()).unwrap_or(i64::MAX);
        let row =
            self.conn().await?.fetch_one("UPDATE counters SET value = value + $1 WHERE name = '#nr' RETURNING value", args![count]).await?;
        let last = row.ok_or_else(|| Error::damaged("the counter of rows", "it is missing"))?.int(0)?;
        for (id, nr) in fresh.into_iter().zip(last - count + 1..) {
            if let Some(held) = group.held.get_mut(&id) {
                held.nr = Some(nr);
            }
        }
        Ok(())
    }

    async fn move_heads(&mut self, group: &Group) -> Result<()> {
        for (chain, tail) in &group.tails {
            let epoch = self.fences.epoch(chain);
            let given = args![chain, tail.seq, &tail.hash.0[..], epoch];
            let moved = self.conn().await?.run("UPDATE heads SET seq = $2, hash = $3 WHERE chain = $1 AND epoch = $4", given).await?;
            if moved != 1 {
                return Err(Error::Fenced { chain: chain.clone() });
            }
        }
        Ok(())
    }
}
