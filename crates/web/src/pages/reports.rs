//! Official reports: working copies over what their viewer may read, every figure opening the entries behind it, and those issued
//! over all entries.

mod file;
mod issued;

pub(crate) use file::{docx, open_docx, open_xlsx, xlsx};
pub(crate) use issued::{issue, said};

use crate::address::Pairs;
use crate::draw::entry_path;
use crate::failure::{Answer, Failure};
use crate::figures::{Counted, Figures, FiguresError, Report, ReportAsk, ReportHead};
use crate::pages::area::area_of;
use crate::pages::entry::short;
use crate::posted::Posted;
use crate::staff::Staff;
use crate::view::act::Act;
use crate::view::desk::Source as Line;
use crate::view::field::{Control, Field};
use crate::view::paper::{Cell, Head, Paper, Row};
use crate::view::shell::Shell;
use crate::view::top::Link;
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use catalogue::{AreaPage, Page, Text};
use engine::{EntryId, UnitId};
use jiff::civil::Date;
use office::paper::{self, Align};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::Found;
use vault::Keyring;

#[derive(Serialize)]
struct Index {
    #[serde(flatten)]
    shell: Shell,
    note: String,
    reports: Vec<Offered>,
}

#[derive(Serialize)]
struct Offered {
    title: String,
    href: String,
    basis: String,
}

#[derive(Serialize)]
struct Sheet {
    #[serde(flatten)]
    shell: Shell,
    back: Link,
    acts: Vec<Act>,
    span: Vec<Field>,
    action: String,
    refused: Option<String>,
    facts: Vec<String>,
    cumulative: String,
    /// Which copy it is.
    copy: Option<String>,
    /// Issued ones this person may open.
    issued: Vec<issued::Line>,
    /// Said where there is nothing to show.
    none: Option<String>,
    paper: Option<Paper>,
    behind: Option<Behind>,
}

/// The entries behind one figure, as far as this person may see them.
#[derive(Serialize)]
struct Behind {
    title: String,
    count: String,
    about: String,
    groups: Vec<Group>,
    how: Option<String>,
}

/// Entries of one unit, or all of them.
#[derive(Serialize)]
struct Group {
    title: Option<String>,
    lines: Vec<Line>,
}

/// The tables this person reads.
pub(crate) fn readable(staff: &Staff) -> Vec<ReportHead> {
    let all = staff.app.figures.as_ref().map(|figures| figures.reports()).unwrap_or_default();
    all.into_iter().filter(|head| staff.opens(Page::Report(&head.id))).collect()
}

/// Whoever computes a table, for one who reads it.
fn figures<'s>(staff: &'s Staff, id: &str) -> Answer<&'s Arc<dyn Figures>> {
    staff.app.figures.as_ref().filter(|_| staff.opens(Page::Report(id))).ok_or(Failure::NotFound)
}

/// `GET /reports`
pub(crate) async fn index(staff: Staff) -> Answer {
    let readable = readable(&staff);
    if readable.is_empty() {
        return Err(Failure::NotFound);
    }
    let offered = |head: ReportHead| Offered {
        title: staff.text(&head.title).to_owned(),
        href: format!("/reports/{}", head.id),
        basis: staff.text(&head.basis).to_owned(),
    };
    let reports: Vec<Offered> = readable.into_iter().map(offered).collect();
    let note = staff.say("reports-note");
    let page = Index { shell: staff.shell(&staff.say("reports"), area_of(&staff, AreaPage::Reports)).await?, note, reports };
    staff.page("pages/reports.html", &page)
}

/// What span and figure an address asks for.
struct Wanted {
    from: Option<Date>,
    to: Option<Date>,
    cell: Option<(usize, usize)>,
    /// The number of an issued one.
    issued: Option<String>,
    /// Why this is no span.
    fault: Option<Text>,
}

impl Wanted {
    fn of(pairs: &Pairs) -> Self {
        let mut fault = None;
        let mut day = |name: &str| {
            let text = pairs.get(name).map(str::trim).filter(|text| !text.is_empty())?;
            let day: Option<Date> = text.parse().ok();
            if day.is_none() {
                fault = Some(Text::new(format!("“{text}”不是日期，例如 2026-01-31"), format!("“{text}” is no date; write 2026-01-31")));
            }
            day
        };
        let (from, to) = (day("from"), day("to"));
        if let (Some(from), Some(to)) = (from, to)
            && from > to
        {
            fault = Some(Text::new(format!("起日 {from} 晚于止日 {to}"), format!("the first day {from} is later than the last, {to}")));
        }
        let cell = pairs
            .get("cell")
            .and_then(|cell| cell.split_once('-'))
            .and_then(|(row, column)| Some((row.parse().ok()?, column.parse().ok()?)));
        let issued = pairs.get("issued").map(str::trim).filter(|number| !number.is_empty()).map(str::to_owned);
        Self { from, to, cell, issued, fault }
    }
}

/// `GET /reports/{id}`
pub(crate) async fn show(staff: Staff, Path(id): Path<String>) -> Answer {
    page(&staff, &id, &staff.query, None).await
}

/// `POST /reports/{id}/open`: with the sealed cells in the clear, for whoever holds the keys.
pub(crate) async fn open(staff: Staff, Path(id): Path<String>, request: Request) -> Answer {
    let posted: Posted = staff.posted(request).await?;
    let keyring = staff.app.keyrings.get(&staff.session).ok_or_else(engine::Refusal::not_allowed)?;
    page(&staff, &id, &posted.pairs.without(&["csrf"]), Some(&keyring)).await
}

fn ask<'a>(staff: &'a Staff, id: &'a str, wanted: &'a Wanted, unlock: Option<&'a Keyring>) -> ReportAsk<'a> {
    let issued = wanted.issued.as_deref();
    ReportAsk { id, from: wanted.from, to: wanted.to, as_of: staff.now, viewer: &staff.viewer, issued, unlock }
}

async fn compute(staff: &Staff, id: &str, wanted: &Wanted, unlock: Option<&Keyring>) -> Answer<Result<Report, FiguresError>> {
    if let Some(fault) = &wanted.fault {
        figures(staff, id)?;
        return Ok(Err(FiguresError::Refused(fault.clone())));
    }
    let ask = ask(staff, id, wanted, unlock);
    match figures(staff, id)?.report(ask).await {
        Err(FiguresError::Unknown(_)) => Err(Failure::NotFound),
        Err(FiguresError::Broken(error)) => Err(Failure::Broken(error)),
        other => Ok(other),
    }
}

async fn page(staff: &Staff, id: &str, pairs: &Pairs, unlock: Option<&Keyring>) -> Answer {
    let wanted = Wanted::of(pairs);
    let computed = compute(staff, id, &wanted, unlock).await?;
    let path = format!("/reports/{id}");
    let here = pairs.without(&["cell", "lang"]);
    let head = readable(staff).into_iter().find(|head| head.id == id).ok_or(Failure::NotFound)?;
    let title = staff.text(&head.title).to_owned();
    let heads = figures(staff, id)?.issued(id, &staff.viewer).await.map_err(file::unsaved)?;
    let (report, refused, none) = match computed {
        Ok(report) => (Some(report), None, None),
        Err(FiguresError::NotIssued) => (None, None, Some(staff.say("report-none-issued"))),
        Err(error) => (None, Some(refusal(staff, error)?), None),
    };
    let status = match (&wanted.fault, &refused) {
        (Some(_), _) => StatusCode::UNPROCESSABLE_ENTITY,
        (None, Some(_)) => StatusCode::CONFLICT,
        (None, None) => StatusCode::OK,
    };
    let behind = match (&report, wanted.cell) {
        (Some(report), Some((row, column))) => behind(staff, report, row, column).await?,
        _ => None,
    };
    let page = Sheet {
        shell: staff.shell(&title, area_of(staff, AreaPage::Reports)).await?,
        back: Link::new(staff.say("reports"), "/reports"),
        acts: match &report {
            Some(report) => acts(staff, report, &path, &here, unlock.is_some()).await?,
            None => Vec::new(),
        },
        // The span of an issued one stands; without working copies there is no other.
        span: if report.as_ref().is_some_and(|report| report.is_working) || refused.is_some() { span(staff, &wanted) } else { Vec::new() },
        action: path.clone(),
        refused,
        facts: report.iter().flat_map(|report| &report.checks).map(|check| staff.text(check).to_owned()).collect(),
        cumulative: report.as_ref().map_or_else(String::new, |report| cumulative(staff, report)),
        copy: report.as_ref().map(|report| staff.text(&report.copy).to_owned()),
        issued: heads.iter().map(|head| issued::line(staff, &path, head, wanted.issued.as_deref())).collect(),
        none,
        paper: match &report {
            Some(report) => Some(drawn(staff, report, &here, &path, wanted.cell).await?),
            None => None,
        },
        behind,
    };
    staff.page_as(status, "pages/report.html", &page)
}

fn refusal(staff: &Staff, error: FiguresError) -> Answer<String> {
    match error {
        FiguresError::Refused(text) => Ok(staff.text(&text).to_owned()),
        other => Err(Failure::broken(other)),
    }
}

async fn acts(staff: &Staff, report: &Report, path: &str, here: &Pairs, opened: bool) -> Answer<Vec<Act>> {
    let link = |key: &str, end: &str| Act::link(staff.say(key), here.at(&format!("{path}/{end}")));
    let post =
        |key: &str, end: &str| Act { give: crate::pages::list::tools::gives(here), ..Act::post(staff.say(key), format!("{path}/{end}")) };
    // What stands open is saved open; every opening is recorded.
    if opened {
        return Ok(vec![post("report-excel", "xlsx").icon("save"), post("report-word", "docx").icon("save")]);
    }
    let mut acts = Vec::new();
    if staff.app.keyrings.holds(&staff.session) && opens_any(staff, report).await? {
        acts.push(post("report-sealed", "open").icon("lock"));
    }
    acts.extend([link("report-excel", "xlsx").icon("save"), link("report-word", "docx").icon("save")]);
    if report.may_issue {
        acts.push(post("report-issue", "ask"));
    }
    Ok(acts)
}

/// Whether this person is entitled to open anything that stands sealed in the table.
async fn opens_any(staff: &Staff, report: &Report) -> Answer<bool> {
    let mark = paper::Cell::Sealed.shown();
    let sealed = |behind: &&crate::figures::Behind| {
        let cell = report.paper.rows.get(behind.row).and_then(|row| row.cells.get(behind.column));
        cell.is_some_and(|cell| cell.shown().contains(&mark))
    };
    let entries: BTreeSet<EntryId> =
        report.behind.iter().filter(sealed).flat_map(|behind| &behind.entries).map(|source| source.entry).collect();
    for entry in entries {
        if let Some(found) = found(staff, entry).await?
            && engine::rights::may_unseal(&staff.viewer, &found.register, &found.entry)
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// An entry, if this person sees it.
async fn found(staff: &Staff, entry: EntryId) -> Answer<Option<Found>> {
    match staff.app.store.entry(entry, &staff.viewer).await {
        Ok(found) => Ok(Some(found)),
        Err(store::Failure::Refusal(_)) => Ok(None),
        Err(store::Failure::Error(error)) => Err(error.into()),
    }
}

fn span(staff: &Staff, wanted: &Wanted) -> Vec<Field> {
    let day = |name: &str, key: &str, value: Option<Date>| {
        Field::new(
            name,
            staff.say(key),
            Control::Date { value: value.map(|day| day.to_string()).unwrap_or_default(), min: None, max: None },
        )
    };
    vec![day("from", "report-from", wanted.from).hint(Some(staff.say("report-from-hint"))), day("to", "report-to", wanted.to)]
}

fn cumulative(staff: &Staff, report: &Report) -> String {
    let days = [("from", staff.date(report.from).into()), ("to", staff.date(report.to).into())];
    staff.fill(if report.cumulative { "report-cumulative" } else { "report-between" }, &days)
}

/// The paper as a table of the page.
async fn drawn(staff: &Staff, report: &Report, here: &Pairs, path: &str, on: Option<(usize, usize)>) -> Answer<Paper> {
    let paper = &report.paper;
    let cell = |row: usize, column: usize, cell: &paper::Cell, is_sum: bool| {
        let text = cell.shown();
        let has_entries = report.behind.iter().any(|behind| behind.row == row && behind.column == column && !behind.entries.is_empty());
        let full = [row_name(paper, row, staff), column_name(paper, column), text.clone()].join(" ");
        Cell {
            href: has_entries.then(|| here.clone().with("cell", format!("{row}-{column}")).at(path)),
            full: has_entries.then_some(full),
            look: match cell {
                paper::Cell::Count(0) | paper::Cell::Yuan(0) | paper::Cell::WanYuan(0) => "nil",
                paper::Cell::Blank => "",
                _ if is_sum => "sum",
                // What stands in the middle on paper does so here; a first column names its row.
                paper::Cell::Text(_) if column > 0 && paper.columns.get(column).is_some_and(|column| column.align != Align::Start) => "",
                paper::Cell::Text(_) | paper::Cell::Sealed => "text",
                _ if is_total(paper, column) => "sum",
                _ => "",
            },
            on: on == Some((row, column)),
            text,
            cols: 1,
        }
    };
    let mut rows: Vec<Row> = paper
        .rows
        .iter()
        .enumerate()
        .map(|(at, row)| line(row.cells.iter().enumerate().map(|(column, one)| cell(at, column, one, false)).collect(), 1))
        .collect();
    if let Some(sum) = &paper.sum {
        let at = paper.rows.len();
        let label = Cell { text: sum.label.clone(), href: None, full: None, look: "text", on: false, cols: sum.span };
        let cells = sum.cells.iter().enumerate().map(|(column, one)| cell(at, column + sum.span, one, true));
        rows.push(line(std::iter::once(label).chain(cells).collect(), sum.span));
    }
    let head = paper
        .head
        .iter()
        .map(|row| row.iter().map(|cell| Head { text: cell.text.clone(), cols: cell.colspan, rows: cell.rowspan }).collect())
        .collect();
    let chain = short(&staff.app.store.head().await?.hash.to_string());
    // What was issued says itself when, and at which fingerprint.
    let stamped = paper.stamp.last().filter(|_| !report.is_working);
    let made =
        staff.fill("report-foot", &[("chain", chain.into()), ("when", staff.moment(staff.now).into()), ("by", staff.name.clone().into())]);
    Ok(Paper {
        annex: paper.annex.clone(),
        title: paper.title.clone(),
        caption: paper.title.clone(),
        label: paper.title.clone(),
        cols: paper.columns.iter().map(|column| if column.width >= 20 { "w" } else { "" }).collect(),
        head,
        rows,
        signs: paper.footer.iter().map(paper::Signature::shown).collect(),
        // The stamp's last line says when it was counted and the fingerprint of the records; here the foot says so.
        notes: paper.note_lines().into_iter().chain(paper.stamp.split_last().map(|(_, rest)| rest.to_vec()).unwrap_or_default()).collect(),
        foot: Some(stamped.cloned().unwrap_or(made)),
    })
}

/// The first cell of a row is its head when it is a text.
fn line(mut cells: Vec<Cell>, span: usize) -> Row {
    let is_head = span == 1 && cells.first().is_some_and(|cell| cell.look == "text");
    let head = if is_head { Some(cells.remove(0).text) } else { None };
    Row { head, cells }
}

fn row_name(paper: &paper::Paper, row: usize, staff: &Staff) -> String {
    match paper.rows.get(row) {
        Some(row) => {
            row.cells.iter().find_map(|cell| if let paper::Cell::Text(text) = cell { Some(text.clone()) } else { None }).unwrap_or_default()
        }
        None => paper.sum.as_ref().map_or_else(|| staff.say("report-all"), |sum| sum.label.clone()),
    }
}

/// The heads above a column, from the top.
fn column_name(paper: &paper::Paper, column: usize) -> String {
    let Ok(grid) = paper.head_grid() else { return String::new() };
    let above = grid.iter().filter(|placed| (placed.column..placed.column + placed.colspan).contains(&column));
    above.map(|placed| placed.text.replace(['\n', '\r'], "")).collect::<Vec<_>>().join(" ")
}

fn is_total(paper: &paper::Paper, column: usize) -> bool {
    column_name(paper, column).ends_with("合计")
}

async fn behind(staff: &Staff, report: &Report, row: usize, column: usize) -> Answer<Option<Behind>> {
    let Some(behind) = report.behind.iter().find(|behind| behind.row == row && behind.column == column) else { return Ok(None) };
    let mut lines = BTreeMap::new();
    for source in &behind.entries {
        if let Some(found) = found(staff, source.entry).await? {
            lines.insert(source.entry, source_line(staff, &found));
        }
    }
    // Counted is what this person may read; an entry they were shut out of this moment goes unsaid, as in every list.
    let groups = grouped(staff, behind, &lines);
    if lines.is_empty() {
        return Ok(None);
    }
    let n = ("n", lines.len().into());
    Ok(Some(Behind {
        title: column_name(&report.paper, column),
        count: match &behind.counted {
            Counted::Entries => staff.fill("report-behind-n", &[n]),
            Counted::People(people) => staff.fill("report-behind-people", &[("people", (*people).into()), n]),
            Counted::Units(_) => staff.fill("report-behind-units", &[("units", groups.len().into()), n]),
        },
        about: row_name(&report.paper, row, staff),
        groups,
        how: report.counting.get(column).map(|how| staff.text(how).to_owned()).filter(|how| !how.is_empty()),
    }))
}

/// What this person sees, unit by unit where units are counted. A unit of which nothing is seen is not named.
fn grouped(staff: &Staff, behind: &crate::figures::Behind, lines: &BTreeMap<EntryId, Line>) -> Vec<Group> {
    let Counted::Units(units) = &behind.counted else {
        let lines = behind.entries.iter().filter_map(|source| lines.get(&source.entry).cloned()).collect();
        return vec![Group { title: None, lines }];
    };
    let group = |(unit, entries): &(UnitId, Vec<EntryId>)| Group {
        title: Some(staff.directory.unit(*unit).map_or_else(|| "—".to_owned(), |unit| unit.name.clone())),
        lines: entries.iter().filter_map(|entry| lines.get(entry).cloned()).collect(),
    };
    units.iter().map(group).filter(|group| !group.lines.is_empty()).collect()
}

fn source_line(staff: &Staff, found: &Found) -> Line {
    let draw = staff.draw(&found.register);
    let small = [draw.title(), draw.entry_title(&found.entry)].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
    Line { number: found.entry.number.clone(), href: Some(entry_path(&found.entry)), small, when: staff.date(found.entry.created.date()) }
}
