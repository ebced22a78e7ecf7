//! Screening rules as people read them: why, when not, how, and what they found.

mod found;
mod group;
mod run;
mod save;

pub(crate) use found::show as findings;
pub(crate) use group::strip;
pub(crate) use run::{cancel, start, status};
pub(crate) use save::{csv, xlsx};

use crate::address::{Pairs, encode};
use crate::failure::{Answer, Failure};
use crate::figures::{Figures, FiguresError, Ran, Rule};
use crate::pages::area::area_of;
use crate::staff::Staff;
use crate::view::act::Act;
use crate::view::cell::{Cell, Fact, Section};
use crate::view::ledger::{Column, Ledger};
use crate::view::list::Empty;
use crate::view::shell::Shell;
use crate::view::top::Link;
use axum::extract::Path;
use catalogue::register::Verb;
use catalogue::{AreaPage, Page, RoleName, Text};
use serde::Serialize;
use std::sync::Arc;

#[derive(Serialize)]
struct List {
    #[serde(flatten)]
    shell: Shell,
    note: String,
    /// Starting a run, for those who may.
    run: Option<run::Offer>,
    ledger: Option<Ledger>,
    empty: Option<Empty>,
}

#[derive(Serialize)]
struct One {
    #[serde(flatten)]
    shell: Shell,
    back: Link,
    code: String,
    lede: String,
    sections: Vec<Section>,
    /// The runs that are kept.
    runs: Option<Ledger>,
    acts: Vec<Act>,
}

/// Whether this person reads any rule at all.
pub(crate) fn reads_any(staff: &Staff) -> bool {
    staff.app.figures.is_some() && staff.catalogue.readers.rules.keys().any(|id| staff.opens(Page::Rule(id)))
}

/// The rules this person reads.
async fn rules(staff: &Staff) -> Answer<Vec<Rule>> {
    let mut rules = figures(staff)?.rules().await.map_err(failed)?;
    rules.retain(|rule| staff.opens(Page::Rule(&rule.id)));
    for rule in &mut rules {
        if let Some(mut ran) = rule.last.take() {
            ran.came = found::came(staff, rule, &ran.run, &ran.came).await?;
            rule.last = Some(ran);
        }
    }
    Ok(rules)
}

/// Whoever runs the rules, for one who reads some.
fn figures(staff: &Staff) -> Answer<&Arc<dyn Figures>> {
    staff.app.figures.as_ref().filter(|_| reads_any(staff)).ok_or(Failure::NotFound)
}

fn failed(error: FiguresError) -> Failure {
    match error {
        FiguresError::Broken(error) => Failure::Broken(error),
        FiguresError::Refused(why) => Failure::Unreadable(why),
        other => Failure::broken(other),
    }
}

/// `GET /rules`
pub(crate) async fn list(staff: Staff) -> Answer {
    let rules = rules(&staff).await?;
    let columns = vec![
        Column::wrap(staff.say("rule-title")),
        Column::plain(staff.say("rule-code")),
        Column::plain(staff.say("rule-maturity")),
        Column::plain(staff.say("rule-last")),
        Column::num(staff.say("rule-found")),
        Column::plain(staff.say("rule-review")),
    ];
    let row = |rule: &Rule| {
        vec![
            Cell::link(staff.text(&rule.title), format!("/rules/{}", rule.id)),
            Cell::text(&rule.id),
            Cell::Tag { text: maturity(&staff, rule) },
            rule.last.as_ref().map_or(Cell::None, |run| Cell::text(staff.moment(run.at))),
            rule.last.as_ref().map_or_else(|| Cell::text(staff.say("rule-not-run")), |ran| found(&staff, rule, ran)),
            rule.review_on.map_or(Cell::None, |day| Cell::text(staff.date(day))),
        ]
    };
    let rows: Vec<Vec<Cell>> = rules.iter().map(row).collect();
    let page = List {
        shell: staff.shell(&staff.say("rules"), area_of(&staff, AreaPage::Rules)).await?,
        note: staff.say("rules-note"),
        run: run::offer(&staff).await?,
        empty: rows.is_empty().then(|| Empty { title: staff.say("rules-none"), text: staff.say("rules-none-text"), act: None }),
        ledger: (!rows.is_empty()).then(|| Ledger::tight(staff.say("rules"), columns, rows)),
    };
    staff.page("pages/rules.html", &page)
}

fn maturity(staff: &Staff, rule: &Rule) -> String {
    match rule.maturity.as_str() {
        "draft" => staff.say("rule-draft"),
        "pilot" => staff.say("rule-pilot"),
        _ => staff.say("rule-live"),
    }
}

/// How many findings, which lead to their page.
fn found(staff: &Staff, rule: &Rule, ran: &Ran) -> Cell {
    match &ran.came.not_run {
        Some(_) => Cell::text(staff.say("rule-not-run")),
        None => Cell::Num {
            text: ran.came.findings.to_string(),
            unit: Some(staff.say(if rule.ranks { "rule-ranks" } else { "rule-doubts" })),
            href: Some(run_path(&rule.id, &ran.run)),
        },
    }
}

fn run_path(rule: &str, run: &str) -> String {
    format!("/rules/{}/runs/{}", encode(rule), encode(run))
}

/// The list of them, for one who reads it.
fn alerts(staff: &Staff, rule: &Rule) -> Option<String> {
    let (register, field) = rule.alerts.as_ref()?;
    staff.catalogue.register(register.as_str()).filter(|register| staff.may(register, Verb::Read))?;
    Some(Pairs::default().with(field.as_str(), rule.id.as_str()).at(&format!("/r/{register}")))
}

/// `GET /rules/{id}`
pub(crate) async fn show(staff: Staff, Path(id): Path<String>) -> Answer {
    let rule = rules(&staff).await?.into_iter().find(|rule| rule.id == id).ok_or(Failure::NotFound)?;
    let fact = |key: &str, text: String| Fact {
        label: staff.say(key),
        value: if text.is_empty() { Cell::None } else { Cell::Long { text } },
        wide: true,
        seen: None,
    };
    let text = |text: &catalogue::Text| staff.text(text).to_owned();
    let params = said(&staff, &rule.params);
    let role = |role: &RoleName| staff.catalogue.roles.get(role).map_or_else(|| role.to_string(), |known| text(&known.title));
    let about = vec![
        fact("rule-why", text(&rule.why)),
        fact("rule-not-when", rule.not_when.as_ref().map(text).unwrap_or_default()),
        fact("rule-basis", text(&rule.basis)),
        fact("rule-params", params),
        fact("rule-reads", rule.reads.iter().map(text).collect::<Vec<_>>().join(&staff.say("list-comma"))),
    ];
    let made = vec![
        fact("rule-written", role(&rule.written_by)),
        fact("rule-checked", rule.checked_by.as_ref().map(role).unwrap_or_default()),
        fact("rule-review", rule.review_on.map(|day| staff.date(day)).unwrap_or_default()),
    ];
    let page = One {
        shell: staff.shell(staff.text(&rule.title), area_of(&staff, AreaPage::Rules)).await?,
        back: Link::new(staff.say("rules"), "/rules"),
        code: rule.id.clone(),
        lede: staff.say("rules-note"),
        runs: runs(&staff, &rule).await?,
        sections: vec![
            Section { title: staff.say("rule-section-about"), aside: Some(maturity(&staff, &rule)), seen: None, facts: about, fold: false },
            Section { title: staff.say("rule-section-made"), aside: None, seen: None, facts: made, fold: false },
        ],
        acts: alerts(&staff, &rule).map(|href| Act::link(staff.say("rule-alerts"), href)).into_iter().collect(),
    };
    staff.page("pages/rule.html", &page)
}

/// Labels and values, a line each.
fn said(staff: &Staff, pairs: &[(Text, Text)]) -> String {
    let colon = staff.say("colon");
    pairs.iter().map(|(label, value)| format!("{}{colon}{}", staff.text(label), staff.text(value))).collect::<Vec<_>>().join("\n")
}

async fn runs(staff: &Staff, rule: &Rule) -> Answer<Option<Ledger>> {
    let mut runs = figures(staff)?.runs(&rule.id).await.map_err(failed)?;
    for ran in &mut runs {
        ran.came = found::came(staff, rule, &ran.run, &ran.came).await?;
    }
    let mut columns = vec![Column::plain(staff.say("run-at"))];
    columns.extend(["run-findings", "run-opened", "run-known", "run-quiet"].map(|key| Column::num(staff.say(key))));
    columns.extend(["run-months", "run-by"].map(|key| Column::plain(staff.say(key))));
    let row = |ran: &Ran| {
        let mut cells = vec![Cell::text(staff.moment(ran.at)), found(staff, rule, ran)];
        cells.extend([ran.came.opened, ran.came.known, ran.came.whitelisted].map(|n| Cell::num(n.to_string())));
        cells.push(Cell::text(ran.came.not_run.as_ref().map_or_else(|| months(staff, ran), |why| staff.text(why).to_owned())));
        cells.push(Cell::text(by(staff, ran)));
        cells
    };
    Ok((!runs.is_empty()).then(|| Ledger::tight(staff.say("runs"), columns, runs.iter().map(row).collect())))
}

/// Who asked for a run.
fn by(staff: &Staff, ran: &Ran) -> String {
    let person = ran.by.and_then(|person| staff.directory.person(person));
    person.map_or_else(|| staff.say("run-by-command"), |person| person.name.clone())
}

fn months(staff: &Staff, ran: &Ran) -> String {
    staff.fill("run-span", &[("first", ran.first.clone().into()), ("last", ran.last.clone().into())])
}
