//! Which copy of an official table a person is given: a working copy of what they may read, or one that was issued.
//!
//! Whoever reads what a table counts gets a working copy, so that it agrees with their lists whatever they are kept out of. What was
//! issued counts everything: it is for whoever issued it, and for readers who read none of it, who have nothing to compare it with.

use super::{broken, make, refused, sources};
use crate::commands::{Reading, reads};
use catalogue::{Catalogue, RegisterName, Service};
use engine::{Entry, EntryId, Moment, PersonId, Viewer};
use jiff::civil::Date;
use screen::report::{Copy, Definition, Report, Request};
use std::collections::HashMap;
use store::{Query, Store};
use web::{FiguresError, IssuedHead, ReportAsk};

/// A table made for somebody.
pub struct Copied {
    pub report: Report,
    pub copy: Copy,
    /// Where each entry lives.
    pub homes: HashMap<EntryId, RegisterName>,
}

/// A house whose tables are made.
#[derive(Clone, Copy)]
pub struct Made<'h> {
    pub store: &'h Store,
    pub house: &'h str,
    pub definition: &'h Definition,
}

/// An entry of the register of issued tables, read.
#[derive(Debug, Clone)]
pub(super) struct Issue {
    pub entry: EntryId,
    pub number: String,
    pub report: String,
    pub from: Option<Date>,
    pub to: Date,
    pub asked_by: Option<PersonId>,
    pub issuer: Option<PersonId>,
    /// `None`: not issued.
    pub issued: Option<Moment>,
    /// The fingerprint of what was issued, once it is kept.
    pub digest: Option<String>,
    pub is_over: bool,
}

impl Issue {
    pub(super) fn of(catalogue: &Catalogue, entry: &Entry) -> Option<Self> {
        let register = catalogue.register(entry.register.as_str())?;
        let state = register.states.get(&entry.state)?;
        let text = |name: &str| match entry.values.get(name) {
            Some(engine::Value::Text(text)) => Some(text.clone()),
            _ => None,
        };
        let day = |name: &str| match entry.values.get(name) {
            Some(engine::Value::Date(day)) => Some(*day),
            _ => None,
        };
        let person = |name: &str| entry.values.get(name).and_then(|value| value.people().first().copied());
        // Issued is what ended well: the end its form shows filled.
        let entered = entry.entered.get(&entry.state).map_or(entry.created, |stamp| stamp.at);
        Some(Self {
            entry: entry.id,
            number: entry.number.clone(),
            report: text("report")?,
            from: day("starts_on"),
            to: day("ends_on")?,
            asked_by: person("asked_by"),
            issuer: person("issuer"),
            issued: (state.end && state.mark == catalogue::register::Mark::Full).then_some(entered),
            digest: text("digest"),
            is_over: state.end,
        })
    }
}

/// Whether somebody reads every register a table counts, so that they get working copies and prepare it.
pub fn prepares(catalogue: &Catalogue, definition: &Definition, viewer: &Viewer) -> bool {
    let read = definition.layout.reads.keys().filter_map(|table| catalogue.register(table.split("__").next().unwrap_or(table)));
    read.into_iter().all(|register| reads(viewer, register))
}

impl Made<'_> {
    /// The copy this person is given.
    ///
    /// *Errors*: none was issued yet, this one is not for them, a table that cannot be made.
    pub async fn copy(&self, ask: &ReportAsk<'_>) -> Result<Copied, FiguresError> {
        let prepares = prepares(self.store.catalogue(), self.definition, ask.viewer);
        match ask.issued {
            None if prepares => self.working(ask).await,
            None => {
                let all = self.open_to(ask.viewer).await?;
                let fits = |issue: &&Issue| ask.to.is_none_or(|to| issue.to <= to);
                let latest = all.iter().filter(fits).max_by_key(|issue| issue.issued).ok_or(FiguresError::NotIssued)?;
                self.issued(ask, latest).await
            }
            Some(number) => {
                let all = self.open_to(ask.viewer).await?;
                let issue = all.iter().find(|issue| issue.number == number).ok_or_else(not_for_them)?;
                self.issued(ask, issue).await
            }
        }
    }

    /// What was issued of this table and this person may open.
    pub async fn heads(&self, viewer: &Viewer) -> Result<Vec<IssuedHead>, FiguresError> {
        let mut all = self.open_to(viewer).await?;
        for issue in all.iter().filter(|issue| issue.digest.is_none()) {
            // Whoever issued it comes here next: what they issued is kept before anybody prints it.
            if let Err(error) = self.frozen(issue).await {
                tracing::warn!(number = %issue.number, error = %error, "an issued table has no fingerprint yet");
            }
        }
        all.sort_by_key(|issue| std::cmp::Reverse(issue.issued));
        let head = |issue: &Issue| Some(IssuedHead { number: issue.number.clone(), on: issue.issued?.date(), to: issue.to });
        Ok(all.iter().filter_map(head).collect())
    }

    async fn open_to(&self, viewer: &Viewer) -> Result<Vec<Issue>, FiguresError> {
        let prepares = prepares(self.store.catalogue(), self.definition, viewer);
        let mut all = issues(self.store, Some(viewer)).await.map_err(broken)?;
        all.retain(|issue| {
            let is_ours = issue.report == self.definition.layout.report && issue.issued.is_some();
            is_ours && (issue.issuer == Some(viewer.person) || !prepares)
        });
        Ok(all)
    }

    async fn working(&self, ask: &ReportAsk<'_>) -> Result<Copied, FiguresError> {
        let to = ask.to.unwrap_or_else(|| ask.as_of.date());
        let as_of = ask.as_of.min(Moment::end_of(to));
        let head = self.store.head().await.map_err(|error| broken(error.into()))?;
        let request = Request {
            institution: self.house,
            campaign: None,
            from: ask.from,
            to,
            params: Default::default(),
            preparer: None,
            phone: None,
            reviewer: None,
            made_at: self.store.now().local(),
            chain_head: Some(head.hash.to_string()),
            copy: Copy::Working,
        };
        self.made(ask, as_of, &request, Reading::By(ask.viewer)).await
    }

    async fn issued(&self, ask: &ReportAsk<'_>, issue: &Issue) -> Result<Copied, FiguresError> {
        let layout = &self.definition.layout;
        let at = issue.issued.ok_or_else(not_for_them)?;
        let is_issuer = issue.issuer == Some(ask.viewer.person);
        let is_owed = layout.issue.as_ref().is_some_and(|how| how.exact.iter().any(|role| ask.viewer.roles.contains_key(role)));
        let exact = is_issuer || is_owed;
        if !exact && !layout.counts() {
            return Err(refused(
                "这张表逐件列出，只给核发人和收表的上级",
                "this table lists entries one by one: it is for whoever issued it and the authority",
            ));
        }
        let (number, on) = (issue.number.clone(), at.date());
        let directory = self.store.directory_for(ask.viewer);
        let name = |person: Option<PersonId>| person.and_then(|person| directory.person(person)).map(|person| person.name.clone());
        let happened = self.store.events_of(issue.entry).await.map_err(|error| broken(error.into()))?;
        let request = Request {
            preparer: name(issue.asked_by),
            reviewer: name(issue.issuer),
            chain_head: happened.iter().rfind(|one| one.event.at == at).map(|one| one.hash.to_string()),
            copy: if exact { Copy::Issued { number, on } } else { Copy::Excerpt { number, on } },
            ..Request::whole(self.house, issue.from, issue.to, at.local())
        };
        let digest = self.frozen(issue).await?;
        let reading = if exact { Reading::All } else { Reading::Beside(ask.viewer) };
        let mut copied = self.made(ask, at.min(Moment::end_of(issue.to)), &request, reading).await?;
        if !exact {
            copied.report = copied.report.without_few(layout);
        }
        // What stands behind a number of all entries is nobody's to walk through: whoever reads the entries has their lists.
        let cells = copied.report.rows.iter_mut().flat_map(|row| &mut row.cells).chain(copied.report.sum.iter_mut().flatten());
        for cell in cells {
            cell.entries.clear();
            cell.counted.clear();
        }
        copied.report.mentions.clear();
        let stamp = &mut copied.report.paper.stamp;
        stamp.insert(stamp.len().saturating_sub(1), format!("核发内容指纹：{digest}"));
        Ok(copied)
    }

    async fn made(&self, ask: &ReportAsk<'_>, as_of: Moment, request: &Request<'_>, reading: Reading<'_>) -> Result<Copied, FiguresError> {
        let catalogue = self.store.catalogue().clone();
        let (tables, homes) = sources(self.store, &catalogue, self.definition, as_of, Some(ask.viewer), reading).await.map_err(broken)?;
        let report = make(self.definition, &tables, request, self.store, ask.viewer, ask.unlock).await?;
        Ok(Copied { report, copy: request.copy.clone(), homes })
    }
}

/// Every ask for a table: a viewer's, or all.
pub(super) async fn issues(store: &Store, viewer: Option<&Viewer>) -> anyhow::Result<Vec<Issue>> {
    let catalogue = store.catalogue();
    let Some(register) = catalogue.serving(Service::Issues) else { return Ok(Vec::new()) };
    let mut all = store.table(&register.name).await?;
    if let Some(viewer) = viewer {
        let theirs = store.ids(&Query::of(register.name.clone()), viewer).await?;
        all.retain(|entry| theirs.contains(&entry.id));
    }
    Ok(all.iter().filter_map(|entry| Issue::of(catalogue, entry)).collect())
}

/// The same to whoever asks, whatever they are kept out of.
fn not_for_them() -> FiguresError {
    refused(
        "核发件只给核发人和不查阅条目的收表人；办理和制表的人看工作稿",
        "what was issued is for whoever issued it and for readers who read no entries; whoever handles them has working copies",
    )
}
