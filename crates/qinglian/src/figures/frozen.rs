//! What an issued table held: its fingerprint stands with its entry, and nothing else is printed under its number.
//!
//! The table itself is not kept: it may list people and sealed words, which an erasure must reach. It is counted again each time, and
//! whoever asks is given it only while it is what was issued. A fingerprint of a few small numbers could be found by trying, so it is
//! made with a key of the house.

use super::copies::{Issue, Made, issues};
use super::{broken, refused, sources};
use crate::commands::Reading;
use engine::{Actor, Moment, Value};
use screen::Limits;
use screen::report::{Cell, Definition, Report, ReportError, Request};
use sha2::{Digest, Sha256};
use store::{Change, Store};
use web::FiguresError;

/// Keeps the fingerprint of every table that was issued since this was last called.
pub(super) async fn freeze_all(store: &Store, house: &str, definitions: &[Definition]) -> anyhow::Result<()> {
    for issue in issues(store, None).await?.iter().filter(|issue| issue.issued.is_some() && issue.digest.is_none()) {
        let Some(definition) = definitions.iter().find(|known| known.layout.report == issue.report) else { continue };
        // One that cannot be counted now, for a campaign that is gone, hides no other.
        if let Err(error) = (Made { store, house, definition }).frozen(issue).await {
            tracing::warn!(number = %issue.number, error = %error, "an issued table has no fingerprint yet");
        }
    }
    Ok(())
}

impl Made<'_> {
    /// The fingerprint of a table that was issued; kept now if nobody came near it before.
    ///
    /// *Errors*: what is counted today is not what was issued; a table that cannot be made.
    pub(super) async fn frozen(&self, issue: &Issue) -> Result<String, FiguresError> {
        let now = self.digest(issue).await?;
        match &issue.digest {
            Some(then) if *then == now => Ok(now),
            Some(_) => Err(refused(
                "按现在的口径和记录重新统计，结果与核发时不同，不再以这个编号出表；需要时请重新提请核发",
                "counted by today's rules and records it differs from what was issued, and is not printed under this number; have it issued anew",
            )),
            None => {
                self.keep(issue, &now).await?;
                Ok(now)
            }
        }
    }

    async fn keep(&self, issue: &Issue, digest: &str) -> Result<(), FiguresError> {
        let Some(register) = self.store.catalogue().serving(catalogue::Service::Issues) else { return Ok(()) };
        let set = [("digest".into(), Some(Value::Text(digest.to_owned())))].into_iter().collect();
        let change = Change { set, ..Change::default() };
        let request = store::Request::edit(Actor::Effect(None), register.name.clone(), issue.entry, change);
        match self.store.submit(request).await {
            Ok(_) => Ok(()),
            Err(store::Failure::Refusal(refusal)) => Err(FiguresError::Refused(refusal.text)),
            Err(store::Failure::Error(error)) => Err(broken(error.into())),
        }
    }

    /// Of all entries as of the moment it was issued, in nobody's name: the same whoever asks. *Shape*: 64 hex digits.
    async fn digest(&self, issue: &Issue) -> Result<String, FiguresError> {
        let at = issue.issued.ok_or_else(|| refused("这张表没有核发", "this table was not issued"))?;
        let request = Request::whole(self.house, issue.from, issue.to, at.local());
        let (catalogue, as_of) = (self.store.catalogue().clone(), at.min(Moment::end_of(issue.to)));
        let (tables, _) = sources(self.store, &catalogue, self.definition, as_of, None, Reading::All).await.map_err(broken)?;
        let report = self.definition.make(&tables, &request, None, Limits::default()).await.map_err(|error| match error {
            ReportError::World(error) => broken(error.into()),
            _ => FiguresError::Refused(error.sentence()),
        })?;
        let content = serde_json::to_vec(&content(&report)).map_err(|error| broken(error.into()))?;
        let hash = hex::encode(Sha256::digest(content));
        Ok(hex::encode(*self.store.secret(&format!("issued table {hash}"))))
    }
}

/// What is printed but for names at its foot, when and by which copy: numbers, words, heads, notes, counting rules.
fn content(report: &Report) -> serde_json::Value {
    let values = |cells: &[Cell]| cells.iter().map(|cell| serde_json::json!([cell.column, cell.value])).collect::<Vec<_>>();
    let paper = &report.paper;
    // The last two lines tell of the copy.
    let rules = &paper.stamp[..paper.stamp.len().saturating_sub(2)];
    serde_json::json!({
        "report": report.report, "campaign": report.campaign, "from": report.from, "to": report.to, "cumulative": report.cumulative,
        "rows": report.rows.iter().map(|row| values(&row.cells)).collect::<Vec<_>>(),
        "sum": report.sum.as_deref().map(values),
        "annex": paper.annex, "title": paper.title, "head": paper.head, "notes": paper.notes, "rules": rules,
    })
}
