//! Notices: that something happened to an entry, never what. Whoever may not read the entry any more is told nothing.

use crate::db::args;
use crate::error::Result;
use crate::sql_expr::Builder;
use crate::store::Store;
use catalogue::RegisterName;
use engine::{EntryId, Moment, Viewer};

#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    pub id: String,
    pub entry: EntryId,
    pub register: RegisterName,
    /// The entry's number, which is no content.
    pub number: String,
    /// Something is to be done.
    pub duty: bool,
    /// A word such as `created`, `moved:accept`, `late:verify`.
    pub why: String,
    pub at: Moment,
    pub seen: Option<Moment>,
}

/// Custodians are asked about entries that they do not read, and told when the recovery sheet stood for one of them; only as long as they are
/// custodians.
const ASKED: &str = "n.why IN ('identity:asked', 'identity:sheet')";

/// What was done about an account is told to whom it concerns and to whoever may confirm it, whether or not they read the register of
/// persons.
const ACCOUNTS: &str = "n.why LIKE 'account:%'";

impl Store {
    /// The viewer's notices, newest first; only those not yet seen when asked so.
    pub async fn notices(&self, viewer: &Viewer, unseen_only: bool, limit: u64) -> Result<Vec<Notice>> {
        let mut to = Builder::new(self.shared.db.dialect());
        let wanted = self.told(viewer, unseen_only, &mut to)?;
        let limit = to.bind(limit);
        let sql = format!(
            "SELECT n.id, n.entry, n.register, e.number, n.duty, n.why, n.at, n.seen {wanted} ORDER BY n.at DESC, n.id DESC LIMIT {limit}"
        );
        let rows = self.shared.db.fetch(sql, to.args).await?;
        let notice = |row: &crate::db::Row| {
            Ok(Notice {
                id: row.text(0)?,
                entry: row.entry(1)?,
                register: row.text(2)?.into(),
                number: row.text(3)?,
                duty: row.flag(4)?,
                why: row.text(5)?,
                at: row.moment(6)?,
                seen: row.moment_or_none(7)?,
            })
        };
        rows.iter().map(notice).collect()
    }

    /// How many notices the viewer has not seen.
    pub async fn unseen_count(&self, viewer: &Viewer) -> Result<u64> {
        let mut to = Builder::new(self.shared.db.dialect());
        let wanted = self.told(viewer, true, &mut to)?;
        let row = self.shared.db.fetch_one(format!("SELECT COUNT(*) {wanted}"), to.args).await?;
        row.map_or(Ok(0), |row| row.count(0))
    }

    /// Marks the viewer's notices about an entry as seen, or all of them.
    pub async fn mark_seen(&self, viewer: &Viewer, entry: Option<EntryId>) -> Result<()> {
        let sql = "UPDATE notices SET seen = $1 WHERE person = $2 AND seen IS NULL AND ($3 = '' OR entry = $3)";
        let entry = entry.map(|entry| entry.to_string()).unwrap_or_default();
        self.write_one(sql, args![self.now(), viewer.person, entry]).await.map(|_| ())
    }

    /// Takes back that the viewer's notices were seen, as far as they were marked at this moment or up to five seconds later.
    pub async fn unmark_seen(&self, viewer: &Viewer, at: Moment) -> Result<()> {
        let sql = "UPDATE notices SET seen = NULL WHERE person = $1 AND seen >= $2 AND seen <= $3";
        self.write_one(sql, args![viewer.person, at, Moment(at.0 + 5_000)]).await.map(|_| ())
    }

    fn told(&self, viewer: &Viewer, unseen_only: bool, to: &mut Builder) -> Result<String> {
        let me = to.bind(viewer.person);
        let unseen = if unseen_only { " AND n.seen IS NULL" } else { "" };
        let eyes = self.eyes(viewer);
        let (readable, free) = (eyes.anywhere(to)?, eyes.not_barred(to));
        let kept = self.kept_by(viewer, to);
        Ok(format!(
            "FROM notices n JOIN entries e ON e.id = n.entry WHERE n.person = {me}{unseen} AND \
             ((NOT ({ASKED}) AND ({readable} OR ({ACCOUNTS} AND {free}))) OR ({ASKED} AND {kept} AND {free}))"
        ))
    }

    /// Entries of registers whose identities the viewer keeps by today's definitions.
    fn kept_by(&self, viewer: &Viewer, to: &mut Builder) -> String {
        let is_custodian = |register: &&catalogue::Register| {
            register.custody.as_ref().is_some_and(|custody| custody.approve.iter().any(|role| viewer.holds(role.as_str())))
        };
        let names: Vec<String> = self
            .shared
            .definitions
            .all_today()
            .map(|register| &**register)
            .filter(is_custodian)
            .map(|register| register.name.to_string())
            .collect();
        if names.is_empty() { "1 = 0".to_owned() } else { to.among("e.register", names) }
    }
}
