//! My desk: what is late, what is due, what waits, what changed; and how much waits where.

use crate::cache::field_key;
use crate::error::Result;
use crate::paging::FEW;
use crate::query::Found;
use crate::rowsets::RowSet;
use crate::scope::Eyes;
use crate::sql_expr::{Builder, FALSE};
use crate::store::Store;
use catalogue::field::Choices;
use catalogue::register::{Move, Verb, Who};
use catalogue::{Catalogue, FieldName, ItemName, Kind, Register, RegisterName, StateName};
use engine::rights::reach;
use engine::{Moment, Viewer, ZONE_OFFSET_HOURS, day_of_number};
use indexmap::IndexMap;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a desk shows, each list cut at the asked length, with how many there are in all.
#[derive(Debug, Clone, Default)]
pub struct Desk {
    pub overdue: Pile,
    pub due_today: Pile,
    /// Waiting for the viewer to act, neither late nor due today; the soonest first.
    pub waiting: Pile,
    /// The viewer's own entries that changed since a moment, newest first.
    pub changed: Pile,
    /// How many fall due on each of the coming days; days without any are left out. Today counts what is not late yet.
    pub days: BTreeMap<Date, u64>,
}

#[derive(Debug, Clone, Default)]
pub struct Pile {
    /// Each by itself: without what stands together.
    pub entries: Vec<Found>,
    /// Of all, those that stand together too.
    pub count: u64,
    pub together: Vec<Together>,
}

/// Entries of one register that say the same in the choice its list gathers by.
#[derive(Debug, Clone)]
pub struct Together {
    pub among: Among,
    pub count: u64,
    /// The soonest of them.
    pub first: Found,
}

/// What of a desk is looked at: entries of a register that say one item.
#[derive(Debug, Clone, PartialEq)]
pub struct Among {
    pub register: RegisterName,
    pub item: ItemName,
}

/// So many of one kind are one line.
const TOGETHER: u64 = 3;

/// How far [`Desk::days`] looks ahead, today included.
const DAYS: i64 = 14;

const DAY_MS: i64 = 86_400_000;
const SOONEST: &str = "e.due IS NULL, e.due, e.created, e.nr";

/// What waits in one register.
struct Part {
    register: Arc<Register>,
    rows: Arc<RowSet>,
    /// The choice its entries stand together by.
    gather: Option<FieldName>,
}

impl Store {
    /// The viewer's desk. `since`: from when on changes are shown; `limit`: rows per list.
    pub async fn desk(&self, viewer: &Viewer, since: Moment, limit: u64) -> Result<Desk> {
        let eyes = self.eyes(viewer);
        let parts = self.parts(&eyes).await?;
        self.desk_of(&eyes, &parts, since, limit).await
    }

    /// The same desk with nothing but the entries of one kind, each by itself.
    pub async fn desk_among(&self, viewer: &Viewer, since: Moment, limit: u64, among: &Among) -> Result<Desk> {
        let eyes = self.eyes(viewer);
        let mut parts = self.parts(&eyes).await?;
        parts.retain(|part| part.register.name == among.register);
        for part in &mut parts {
            let (mut rows, field) = ((*part.rows).clone(), part.gather.take());
            match field {
                Some(field) => rows.retain(&*self.saying(&eyes, &part.register, &field, &among.item).await?),
                None => rows = RowSet::default(),
            }
            part.rows = Arc::new(rows);
        }
        self.desk_of(&eyes, &parts, since, limit).await
    }

    async fn desk_of(&self, eyes: &Eyes<'_>, parts: &[Part], since: Moment, limit: u64) -> Result<Desk> {
        let (mut overdue, mut due_today, mut waiting) = (RowSet::default(), RowSet::default(), RowSet::default());
        for Part { register, rows, .. } in parts {
            let name = register.name.as_str();
            let passed = self.rows(name, eyes.now, true, |at, to| Ok(format!("(e.due IS NOT NULL AND e.due < {})", to.bind(at)))).await?;
            let by_night =
                |at: Moment, to: &mut Builder| Ok(format!("(e.due IS NOT NULL AND e.due <= {})", to.bind(Moment::end_of(at.date()))));
            let pressing = self.rows(name, eyes.now, true, by_night).await?;
            let (mut late, mut today, mut rest) = ((**rows).clone(), (**rows).clone(), (**rows).clone());
            late.retain(&passed);
            today.retain(&pressing);
            today.remove_all(&late);
            rest.remove_all(&late);
            rest.remove_all(&today);
            overdue.join(&late);
            due_today.join(&today);
            waiting.join(&rest);
        }
        let mut days = self.days(eyes, parts, &waiting).await?;
        if !due_today.is_empty() {
            days.insert(eyes.now.date(), due_today.len());
        }
        Ok(Desk {
            overdue: self.pile(eyes, parts, &overdue, limit).await?,
            due_today: self.pile(eyes, parts, &due_today, limit).await?,
            waiting: self.pile(eyes, parts, &waiting, limit).await?,
            changed: self.changed(eyes.viewer, since, limit).await?,
            days,
        })
    }

    /// How many entries wait for the viewer, by register; registers where none does are left out. Cheap enough for every page:
    /// only what changed since the last time is looked at.
    pub async fn waiting(&self, viewer: &Viewer) -> Result<IndexMap<RegisterName, u64>> {
        let parts = self.parts(&self.eyes(viewer)).await?;
        Ok(parts.into_iter().map(|part| (part.register.name.clone(), part.rows.len())).collect())
    }

    /// How many entries wait for the viewer in all.
    pub async fn waiting_count(&self, viewer: &Viewer) -> Result<u64> {
        Ok(self.waiting(viewer).await?.values().sum())
    }

    /// What the viewer is expected to act on, by register.
    async fn parts(&self, eyes: &Eyes<'_>) -> Result<Vec<Part>> {
        let mut parts = Vec::new();
        for register in eyes.definitions.all_today() {
            if reach(eyes.viewer, register, Verb::Read).is_none() {
                continue;
            }
            let keep = !register.rights.unless.values().any(crate::rowsets::asks_the_moment);
            let rows = self.rows(register.name.as_str(), eyes.now, keep, |at, to| expected(&eyes.at(at), register, to)).await?;
            if !rows.is_empty() {
                parts.push(Part { register: Arc::clone(register), rows, gather: register.list.gather.clone() });
            }
        }
        Ok(parts)
    }

    /// By day of their deadline, after today.
    async fn days(&self, eyes: &Eyes<'_>, parts: &[Part], waiting: &RowSet) -> Result<BTreeMap<Date, u64>> {
        let mut days = BTreeMap::new();
        let tonight = Moment::end_of(eyes.now.date());
        for part in parts {
            let mut to = Builder::new(self.shared.db.dialect());
            let (name, from, until) =
                (to.bind(part.register.name.as_str()), to.bind(tonight), to.bind(Moment(tonight.0 + (DAYS - 1) * DAY_MS)));
            let day = format!("(e.due + {}) / {DAY_MS}", i64::from(ZONE_OFFSET_HOURS) * 3_600_000);
            let sql = format!(
                "SELECT {day}, STRING_AGG(CAST(e.nr AS TEXT), ',') FROM entries e \
                 WHERE e.register = {name} AND e.due IS NOT NULL AND e.due > {from} AND e.due <= {until} GROUP BY {day}"
            );
            for row in self.shared.db.fetch(sql, to.args).await? {
                let count = RowSet::read(&row.text(1)?).shared(waiting);
                if count > 0 {
                    *days.entry(day_of_number(row.int(0)?)).or_default() += count;
                }
            }
        }
        Ok(days)
    }

    /// A set as it is shown: what is of one kind together, the rest each by itself.
    async fn pile(&self, eyes: &Eyes<'_>, parts: &[Part], rows: &RowSet, limit: u64) -> Result<Pile> {
        let (mut single, mut together) = (rows.clone(), Vec::new());
        for part in parts {
            let Some(field) = &part.gather else { continue };
            for item in items(self.catalogue(), &part.register, field) {
                let mut alike = (*self.saying(eyes, &part.register, field, &item).await?).clone();
                alike.retain(rows);
                alike.retain(&part.rows);
                let first = if alike.len() < TOGETHER { None } else { self.soonest(eyes, parts, &alike, 1).await?.pop() };
                if let Some(first) = first {
                    single.remove_all(&alike);
                    together.push(Together { among: Among { register: part.register.name.clone(), item }, count: alike.len(), first });
                }
            }
        }
        Ok(Pile { entries: self.soonest(eyes, parts, &single, limit).await?, count: rows.len(), together })
    }

    /// Entries of a register whose choice says an item.
    async fn saying(&self, eyes: &Eyes<'_>, register: &Register, field: &FieldName, item: &ItemName) -> Result<Arc<RowSet>> {
        let lower = |_: Moment, to: &mut Builder| {
            let (key, word) = (to.bind(field_key(register.name.as_str(), field.as_str())), to.bind(item.as_str()));
            Ok(format!("e.nr IN ({} field = {key} AND word = {word})", to.rows_of("entry_values")))
        };
        self.rows(register.name.as_str(), eyes.now, true, lower).await
    }

    /// The soonest of a set, however large.
    async fn soonest(&self, eyes: &Eyes<'_>, parts: &[Part], rows: &RowSet, limit: u64) -> Result<Vec<Found>> {
        let count = rows.len();
        if count == 0 {
            return Ok(Vec::new());
        }
        let mut soonest: Vec<i64> = Vec::new();
        if count <= FEW {
            soonest.extend(rows.iter());
        } else {
            for part in parts {
                soonest.extend(self.walk_due(&part.register, "ASC", rows, limit).await?);
            }
            if (soonest.len() as u64) < limit {
                // Hardly any has a deadline: then which of the others come first hardly matters, but they fill the list.
                let found: std::collections::HashSet<i64> = soonest.iter().copied().collect();
                soonest.extend(rows.iter().filter(|nr| !found.contains(nr)).take(usize::try_from(limit).unwrap_or(usize::MAX)));
            }
        }
        let mut to = Builder::new(self.shared.db.dialect()).within(soonest);
        let (among, entries, limit) = (to.among_rows("e.nr"), to.entries(), to.bind(limit));
        let sql = format!("SELECT e.nr FROM {entries} WHERE {among} ORDER BY {SOONEST} LIMIT {limit}");
        let soonest = self.shared.db.fetch(sql, to.args).await?.iter().map(|row| row.int(0)).collect::<Result<Vec<i64>>>()?;
        self.found_for(eyes.viewer, &soonest).await
    }

    /// The entries of these rows that the viewer reads.
    async fn found_for(&self, viewer: &Viewer, rows: &[i64]) -> Result<Vec<Found>> {
        let found = self.found_all(rows).await?;
        Ok(self.shown(viewer, found))
    }

    async fn changed(&self, viewer: &Viewer, since: Moment, limit: u64) -> Result<Pile> {
        let eyes = self.eyes(viewer);
        let mut to = Builder::new(self.shared.db.dialect());
        let (me, since) = (to.bind(viewer.person), to.bind(since));
        // The first event of an entry is its author's own doing.
        let wanted = format!("e.author = {me} AND e.changed >= {since} AND e.version > 1 AND {}", eyes.anywhere(&mut to)?);
        let row = self.shared.db.fetch_one(format!("SELECT COUNT(*) FROM entries e WHERE {wanted}"), to.args.clone()).await?;
        let count = row.map_or(Ok(0), |row| row.count(0))?;
        let limit = to.bind(limit);
        let rows = self
            .shared
            .db
            .fetch(format!("SELECT e.nr FROM entries e WHERE {wanted} ORDER BY e.changed DESC, e.nr DESC LIMIT {limit}"), to.args)
            .await?;
        let rows: Vec<i64> = rows.iter().map(|row| row.int(0)).collect::<Result<_>>()?;
        Ok(Pile { entries: self.found_for(viewer, &rows).await?, count, together: Vec::new() })
    }
}

/// Rows of a register the viewer is expected to act on: what they own; what nobody owns while a clock runs, in a state that a
/// role of theirs moves on; and what names them for its next move. Without a clock an entry may rest in its state for good, as a
/// person in office does.
fn expected(eyes: &Eyes<'_>, register: &Register, to: &mut Builder) -> Result<String> {
    let reached = eyes.reached(register, Verb::Read, to)?;
    if reached == FALSE {
        return Ok(reached);
    }
    let me = to.bind(eyes.viewer.person);
    let mut any = vec![format!("(e.owner = {me} AND e.live = 1)")];
    let by_role = |step: &&Move| {
        step.by
            .iter()
            .any(|who| matches!(who, Who::Role(role) if role.as_str() != catalogue::role::STAFF && eyes.viewer.acts_as(role.as_str())))
    };
    let states = states_before(register.moves.values().filter(|step| step.main).filter(by_role));
    if !states.is_empty() {
        any.push(format!("({} AND e.owner IS NULL AND e.due IS NOT NULL)", to.among("e.state", states)));
    }
    let leave = register.deadlines.values().filter(|deadline| {
        let gives = |who: &Who| matches!(who, Who::Role(role) if eyes.viewer.acts_as(role.as_str()));
        deadline.suspend.as_ref().is_some_and(|permit| permit.approve.iter().any(gives))
    });
    let held: Vec<String> = leave.map(|deadline| deadline.name.to_string()).collect();
    if !held.is_empty() {
        // Whoever gave leave to let something rest has it in sight until it goes on.
        let (among, name) = (to.among("deadline", held), to.bind(register.name.as_str()));
        any.push(format!(
            "(e.live = 1 AND e.register = {name} AND e.nr IN ({} {among} AND held IS NOT NULL AND met IS NULL))",
            to.rows_of("entry_clocks")
        ));
    }
    for field in register.fields.keys() {
        let by_field = |step: &&Move| step.by.iter().any(|who| matches!(who, Who::Person(named) if named == field));
        let states = states_before(register.moves.values().filter(|step| step.main).filter(by_field));
        if !states.is_empty() {
            let (among, key) = (to.among("e.state", states), to.bind(field_key(register.name.as_str(), field.as_str())));
            any.push(format!("({among} AND e.live = 1 AND e.nr IN ({} field = {key} AND word = {me}))", to.rows_of("entry_values")));
        }
    }
    Ok(format!("({}) AND {reached}", any.join(" OR ")))
}

/// Every item the choice may say.
fn items(catalogue: &Catalogue, register: &Register, field: &FieldName) -> Vec<ItemName> {
    let list = match register.fields.get(field).map(|field| &field.kind) {
        Some(Kind::Choice { of: Choices::Private(list), .. }) => Some(list),
        Some(Kind::Choice { of: Choices::Shared(name), .. }) => catalogue.lists.get(name),
        _ => None,
    };
    list.into_iter().flat_map(|list| list.items.keys().cloned()).collect()
}

/// States out of which any of these moves leads.
fn states_before<'r>(moves: impl Iterator<Item = &'r Move>) -> Vec<String> {
    let mut states: Vec<&StateName> = moves.flat_map(|step| &step.from).collect();
    states.sort_unstable();
    states.dedup();
    states.into_iter().map(|state| state.as_str().to_owned()).collect()
}
