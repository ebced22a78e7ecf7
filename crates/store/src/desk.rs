//! My desk: what is late, what is due, what waits, what changed.

use crate::error::Result;
use crate::query::Found;
use crate::scope::Eyes;
use crate::sql_expr::Builder;
use crate::store::Store;
use catalogue::register::{Verb, Who};
use catalogue::{Register, StateName};
use engine::{Moment, Viewer};

/// What a desk shows, each list cut at the asked length, with how many there are in all.
#[derive(Debug, Clone, Default)]
pub struct Desk {
    pub overdue: Pile,
    pub due_today: Pile,
    /// Waiting for the viewer to act, neither late nor due today; the soonest first.
    pub waiting: Pile,
    /// The viewer's own entries that changed since a moment, newest first.
    pub changed: Pile,
}

#[derive(Debug, Clone, Default)]
pub struct Pile {
    pub entries: Vec<Found>,
    pub count: u64,
}

impl Store {
    /// The viewer's desk. `since`: from when on changes are shown; `limit`: rows per list.
    pub async fn desk(&self, viewer: &Viewer, since: Moment, limit: u64) -> Result<Desk> {
        let now = self.now();
        let midnight = Moment::end_of(now.date());
        Ok(Desk {
            overdue: self.mine(viewer, |to| format!("e.due IS NOT NULL AND e.due < {}", to.bind(now)), limit).await?,
            due_today: self.mine(viewer, |to| format!("e.due IS NOT NULL AND e.due >= {} AND e.due <= {}", to.bind(now), to.bind(midnight)), limit).await?,
            waiting: self.mine(viewer, |to| format!("(e.due IS NULL OR e.due > {})", to.bind(midnight)), limit).await?,
            changed: self.changed(viewer, since, limit).await?,
        })
    }

    /// How many entries wait for the viewer in all.
    pub async fn waiting_count(&self, viewer: &Viewer) -> Result<u64> {
        let mut to = Builder::new(self.shared.db.dialect());
        let mine = responsible(&self.eyes(viewer), &mut to)?;
        let row = self.shared.db.fetch_one(format!("SELECT COUNT(*) FROM ({mine}) mine"), to.args).await?;
        row.map_or(Ok(0), |row| row.count(0))
    }

    async fn mine(&self, viewer: &Viewer, condition: impl Fn(&mut Builder) -> String, limit: u64) -> Result<Pile> {
        let mut to = Builder::new(self.shared.db.dialect());
        let mine = responsible(&self.eyes(viewer), &mut to)?;
        let wanted = format!("e.nr IN ({mine}) AND {}", condition(&mut to));
        self.pile(&wanted, "e.due IS NULL, e.due, e.created, e.nr", to, limit).await
    }

    async fn changed(&self, viewer: &Viewer, since: Moment, limit: u64) -> Result<Pile> {
        let eyes = self.eyes(viewer);
        let mut to = Builder::new(self.shared.db.dialect());
        let (me, since) = (to.bind(viewer.person), to.bind(since));
        // The first event of an entry is its author's own doing.
        let wanted = format!("e.author = {me} AND e.changed >= {since} AND e.version > 1 AND {}", eyes.anywhere(&mut to)?);
        self.pile(&wanted, "e.changed DESC, e.nr DESC", to, limit).await
    }

    async fn pile(&self, wanted: &str, order: &str, mut to: Builder, limit: u64) -> Result<Pile> {
        let row = self.shared.db.fetch_one(format!("SELECT COUNT(*) FROM entries e WHERE {wanted}"), to.args.clone()).await?;
        let count = row.map_or(Ok(0), |row| row.count(0))?;
        if count == 0 {
            return Ok(Pile::default());
        }
        let limit = to.bind(limit);
        let rows = self.shared.db.fetch(format!("SELECT e.nr FROM entries e WHERE {wanted} ORDER BY {order} LIMIT {limit}"), to.args).await?;
        let rows: Vec<i64> = rows.iter().map(|row| row.int(0)).collect::<Result<_>>()?;
        Ok(Pile { entries: self.found_all(&rows).await?, count })
    }
}

/// Rows the viewer is expected to act on: what they own, and what nobody owns while a clock runs, in a state that a role of
/// theirs moves on. Without a clock an entry may rest in its state for good, as a person in office does.
fn responsible(eyes: &Eyes<'_>, to: &mut Builder) -> Result<String> {
    let me = to.bind(eyes.viewer.person);
    let mut parts = vec![format!("SELECT e.nr FROM entries e WHERE e.owner = {me} AND e.live = 1 AND {}", eyes.anywhere(to)?)];
    for register in eyes.definitions.all_today() {
        let states = states_for(eyes.viewer, register);
        if states.is_empty() {
            continue;
        }
        let name = to.bind(register.name.as_str());
        let among = to.among("e.state", states);
        let reached = eyes.reached(register, Verb::Read, to)?;
        parts.push(format!("SELECT e.nr FROM entries e WHERE e.register = {name} AND {among} AND e.owner IS NULL AND e.due IS NOT NULL AND {reached}"));
    }
    Ok(parts.join(" UNION "))
}

/// States out of which a role of the viewer makes the main move.
fn states_for(viewer: &Viewer, register: &Register) -> Vec<String> {
    let by_role = |who: &Who| matches!(who, Who::Role(role) if role.as_str() != catalogue::role::STAFF && viewer.holds(role.as_str()));
    let moves = register.moves.values().filter(|step| step.main && step.by.iter().any(by_role));
    let mut states: Vec<&StateName> = moves.flat_map(|step| &step.from).collect();
    states.sort_unstable();
    states.dedup();
    states.into_iter().map(|state| state.as_str().to_owned()).collect()
}
