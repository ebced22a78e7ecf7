//! Adapts the screen to what pages ask for.

mod copies;
mod frozen;
mod hits;
mod issuing;

pub use copies::Made;
pub use issuing::{ask, look_again};

use crate::commands::{Reading, tables_of};
use crate::screening::{self, Wake};
use catalogue::{Catalogue, RegisterName, Service, Text};
use copies::Copied;
use engine::{EntryId, Moment, PersonId, SecretValues, UnitId, Value, Viewer};
use futures::future::BoxFuture;
use lake::Month;
use screen::report::{Cell, ColumnLayout, Copy, Counts, Definition, Report, ReportError, Request, Unlock};
use screen::{Limits, Tables};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use store::Store;
use vault::Keyring;
use web::{Behind, Counted, Figures, FiguresError, Hits, IssuedHead, Ran, Report as Page, ReportAsk, ReportHead, Rule, Source};

/// Reports and rules of one house.
pub struct HouseFigures {
    data: PathBuf,
    house: String,
    store: Store,
    reports: Vec<Definition>,
    wake: Wake,
}

impl HouseFigures {
    /// `wake`: tells whoever works on screenings that one was asked for.
    pub fn new(data: &Path, house: String, store: Store, wake: Wake) -> Self {
        // Faults of reports are named by `qinglian check`; a house does not stay shut for one.
        let reports = Definition::load_all(store.catalogue()).unwrap_or_else(|faults| {
            faults.iter().for_each(|fault| tracing::error!(fault = %fault, "a report's definition is at fault"));
            Vec::new()
        });
        Self { data: data.to_path_buf(), house, store, reports, wake }
    }

    fn made(&self, id: &str) -> Result<Made<'_>, FiguresError> {
        let definition = self.reports.iter().find(|known| known.layout.report == id);
        let definition = definition.ok_or_else(|| FiguresError::Unknown(id.to_owned()))?;
        Ok(Made { store: &self.store, house: &self.house, definition })
    }

    async fn make(&self, ask: ReportAsk<'_>) -> Result<Page, FiguresError> {
        let made = self.made(ask.id)?;
        let copied = made.copy(&ask).await?;
        let is_working = copied.copy == Copy::Working;
        let may_issue = is_working && made.definition.layout.issue.is_some();
        Ok(Page { is_working, may_issue, ..page(made.definition, copied) })
    }

    async fn rules_now(&self) -> Result<Vec<Rule>, FiguresError> {
        let rules = screen::Rule::load_all(self.store.catalogue())
            .map_err(|faults| FiguresError::Broken(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))?;
        let runs = screening::runs_kept(&self.data);
        Ok(rules
            .iter()
            .map(|rule| hits::shown(rule, runs.get(&rule.head.id).and_then(|runs| runs.last()), self.store.catalogue()))
            .collect())
    }

    async fn months_now(&self) -> Result<Option<(Month, Month)>, FiguresError> {
        let data = self.data.clone();
        tokio::task::spawn_blocking(move || screening::months(&data)).await.map_err(|error| broken(error.into()))
    }

    async fn screen_asked(&self, by: PersonId, first: &str, last: &str) -> Result<String, FiguresError> {
        let there = self.months_now().await?.ok_or_else(|| {
            refused("还没有医嘱明细，先用 qinglian intake 导入", "there are no order lines yet; take them in with qinglian intake")
        })?;
        let month = |text: &str| {
            let wrong = || refused(format!("“{text}”不是月份，例如 2026-05"), format!("{text} is no month; write 2026-05"));
            text.trim().parse::<Month>().map_err(|_| wrong())
        };
        let span = (month(first)?, month(last)?);
        if span.0 > span.1 || span.1 < there.0 || there.1 < span.0 {
            let (zh, en) = (
                format!("{} 至 {} 没有医嘱明细；现有 {} 至 {}", span.0, span.1, there.0, there.1),
                format!("there are no order lines from {} to {}; there are from {} to {}", span.0, span.1, there.0, there.1),
            );
            return Err(refused(zh, en));
        }
        let job = screening::queue(&self.store, by, span).await.map_err(broken)?;
        self.wake.notify_one();
        Ok(job)
    }
}

impl Figures for HouseFigures {
    fn reports(&self) -> Vec<ReportHead> {
        let head = |definition: &Definition| {
            let (title, annex) = (&definition.layout.title, &definition.layout.annex);
            let plain = |text: &str| format!("{annex} {}", text.replace("{institution}", ""));
            ReportHead {
                id: definition.layout.report.clone(),
                title: Text::new(plain(&title.zh), plain(&title.en)),
                basis: definition.layout.basis.clone(),
            }
        };
        self.reports.iter().map(head).collect()
    }

    fn report<'a>(&'a self, ask: ReportAsk<'a>) -> BoxFuture<'a, Result<Page, FiguresError>> {
        Box::pin(self.make(ask))
    }

    fn issued<'a>(&'a self, id: &'a str, viewer: &'a Viewer) -> BoxFuture<'a, Result<Vec<IssuedHead>, FiguresError>> {
        Box::pin(async move { self.made(id)?.heads(viewer).await })
    }

    fn issue<'a>(&'a self, ask: ReportAsk<'a>) -> BoxFuture<'a, Result<EntryId, FiguresError>> {
        Box::pin(async move { issuing::ask(self.made(ask.id)?, &ask).await })
    }

    fn rules(&self) -> BoxFuture<'_, Result<Vec<Rule>, FiguresError>> {
        Box::pin(self.rules_now())
    }

    fn months(&self) -> BoxFuture<'_, Result<Option<(String, String)>, FiguresError>> {
        Box::pin(async { Ok(self.months_now().await?.map(|(first, last)| (first.to_string(), last.to_string()))) })
    }

    fn screen<'a>(&'a self, by: PersonId, first: &'a str, last: &'a str) -> BoxFuture<'a, Result<String, FiguresError>> {
        Box::pin(self.screen_asked(by, first, last))
    }

    fn runs<'a>(&'a self, rule: &'a str) -> BoxFuture<'a, Result<Vec<Ran>, FiguresError>> {
        Box::pin(async move {
            let mut runs = screening::runs_kept(&self.data).swap_remove(rule).unwrap_or_default();
            runs.reverse();
            Ok(runs)
        })
    }

    fn hits<'a>(&'a self, rule: &'a str, run: &'a str) -> BoxFuture<'a, Result<Option<Hits>, FiguresError>> {
        let (data, rule, run) = (self.data.clone(), rule.to_owned(), run.to_owned());
        Box::pin(async move {
            // A ranking of two years is some megabytes to read: no work for the threads that answer pages.
            let read = move || Ok(screening::found(&data, &rule, &run)?.map(|(ran, kept)| hits::hits(ran, kept)));
            tokio::task::spawn_blocking(read).await.map_err(|error| broken(error.into()))?.map_err(broken)
        })
    }
}

fn refused(zh: impl Into<String>, en: impl Into<String>) -> FiguresError {
    FiguresError::Refused(Text::new(zh, en))
}

fn broken(error: anyhow::Error) -> FiguresError {
    FiguresError::Broken(format!("{error:#}"))
}

/// The registers a report reads, and where each entry lives. `viewer`: for whom, without names where they are shown none.
pub async fn sources(
    store: &Store,
    catalogue: &Catalogue,
    definition: &Definition,
    as_of: Moment,
    viewer: Option<&Viewer>,
    reading: Reading<'_>,
) -> anyhow::Result<(Tables, HashMap<EntryId, RegisterName>)> {
    // Sub-row tables are made with their register.
    let mut names: Vec<&str> = definition.layout.reads.keys().map(|table| table.split("__").next().unwrap_or(table)).collect();
    let asked = [Service::Campaigns, Service::Units, Service::People];
    names.extend(asked.into_iter().filter_map(|service| catalogue.serving(service)).map(|register| register.name.as_str()));
    names.sort_unstable();
    names.dedup();
    names.retain(|name| catalogue.register(name).is_some());
    let mut tables = tables_of(store, catalogue, as_of, &names, viewer, reading).await?;
    tables.add_lists(catalogue).map_err(crate::commands::said)?;
    let mut homes = HashMap::new();
    for name in &names {
        let register = RegisterName::new(name);
        for entry in store.table(&register).await? {
            homes.insert(entry.id, register.clone());
        }
    }
    Ok((tables, homes))
}

/// Makes a report; with keys it is made twice: once to learn which envelopes it needs, once with them open.
pub async fn make(
    definition: &Definition,
    tables: &Tables,
    request: &Request<'_>,
    store: &Store,
    viewer: &Viewer,
    unlock: Option<&Keyring>,
) -> Result<Report, FiguresError> {
    let refused = |error: ReportError| match error {
        ReportError::World(_) => FiguresError::Broken(error.sentence().zh),
        _ => FiguresError::Refused(error.sentence()),
    };
    let closed = definition.make(tables, request, None, Limits::default()).await.map_err(refused)?;
    let sealed = definition.layout.columns.iter().any(|column| column.field.is_some());
    let Some(keyring) = unlock.filter(|_| sealed) else { return Ok(closed) };
    let mut opened = Opened::default();
    for entry in closed.rows.iter().flat_map(|row| &row.cells).flat_map(|cell| &cell.entries) {
        if opened.0.contains_key(entry) {
            continue;
        }
        // Whoever is not entitled to one of them sees that one as 〔密〕.
        if let Ok(open) = store.open_sealed(*entry, viewer, keyring, "report").await {
            opened.0.insert(*entry, open.values);
        }
    }
    definition.make(tables, request, Some(&opened), Limits::default()).await.map_err(refused)
}

#[derive(Default)]
struct Opened(HashMap<EntryId, SecretValues>);

impl Unlock for Opened {
    fn open(&self, entry: EntryId, field: &str) -> Option<String> {
        match self.0.get(&entry)?.for_viewer_with_key().get(field)? {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        }
    }
}

fn page(definition: &Definition, Copied { report, copy, homes }: Copied) -> Page {
    let mut behind = Vec::new();
    let columns = &definition.layout.columns;
    let rows = report.rows.iter().map(|row| &row.cells).chain(report.sum.as_ref());
    for (row, cells) in rows.enumerate() {
        for cell in cells {
            // The sum row has no cells under its label, so places are by column and not by order.
            let Some(column) = columns.iter().position(|column| column.key == cell.column) else { continue };
            let entries = cell.entries.iter().filter_map(|entry| Some(Source { register: homes.get(entry)?.clone(), entry: *entry }));
            let counted = counted(columns[column].counts, cell);
            behind.push(Behind { row, column, entries: entries.collect(), counted });
        }
    }
    let totals = definition.layout.columns.iter().filter(|column| !column.total_of.is_empty()).count() * report.rows.len();
    let mut checks = Vec::new();
    // Withheld numbers add up to nothing anybody can follow.
    if totals > 0 && !matches!(copy, Copy::Excerpt { .. }) {
        checks.push(Text::new(format!("分项之和等于合计，{totals} 处相符"), format!("leaves add up to their totals in {totals} places")));
    }
    checks.extend(report.mentions.iter().map(screen::report::Mention::sentence));
    let how = |column: &ColumnLayout| definition.layout.counting_of(&column.key).map_or_else(Text::default, |rule| Text::new(rule, ""));
    let counting = columns.iter().map(how).collect();
    Page {
        copy: copy.sentence(),
        is_working: false,
        may_issue: false,
        from: report.from,
        to: report.to,
        cumulative: report.cumulative,
        paper: report.paper,
        checks,
        counting,
        behind,
    }
}

/// What a figure counts: units and people that several entries may name, or the entries themselves.
fn counted(counts: Option<Counts>, cell: &Cell) -> Counted {
    let unit = |(id, entries): (&String, &Vec<EntryId>)| Some((UnitId(EntryId::parse(id)?.0), entries.clone()));
    match (counts, &cell.value) {
        (Some(Counts::Unit), _) => Counted::Units(cell.counted.iter().filter_map(unit).collect()),
        (Some(Counts::Person), office::paper::Cell::Count(people)) => Counted::People(*people),
        _ => Counted::Entries,
    }
}
