//! Screening rules as people read them: why, when not, how, and what they found.

mod run;

pub(crate) use run::{cancel, start, status};

use crate::address::Pairs;
use crate::failure::{Answer, Failure};
use crate::figures::{Figures, FiguresError, Rule};
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
use catalogue::{AreaPage, Page};
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
        Column::plain(staff.say("rule-code")),
        Column::wrap(staff.say("rule-title")),
        Column::plain(staff.say("rule-maturity")),
        Column::plain(staff.say("rule-last")),
        Column::num(staff.say("rule-found")),
        Column::plain(staff.say("rule-review")),
    ];
    let row = |rule: &Rule| {
        let ran = rule.last.as_ref().filter(|run| run.not_run.is_none());
        vec![
            Cell::link(&rule.id, format!("/rules/{}", rule.id)),
            Cell::text(staff.text(&rule.title)),
            Cell::Tag { text: maturity(&staff, rule) },
            rule.last.as_ref().map_or(Cell::None, |run| Cell::text(staff.moment(run.at))),
            ran.map_or_else(|| Cell::text(staff.say("rule-not-run")), |run| found(&staff, rule, run.findings)),
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

/// Findings lead to the alerts they opened.
fn found(staff: &Staff, rule: &Rule, findings: u64) -> Cell {
    Cell::Num { text: findings.to_string(), unit: None, href: alerts(staff, rule).filter(|_| findings > 0) }
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
    let params = rule.params.iter().map(|(name, value)| format!("{name} = {value}")).collect::<Vec<_>>().join("\n");
    let last = rule.last.as_ref().map(|run| match &run.not_run {
        Some(why) => format!("{} · {}", staff.moment(run.at), text(why)),
        None => format!("{} · {}", staff.moment(run.at), staff.fill("n-items", &[("n", run.findings.into())])),
    });
    let about = vec![
        fact("rule-why", text(&rule.why)),
        fact("rule-not-when", rule.not_when.as_ref().map(text).unwrap_or_default()),
        fact("rule-basis", rule.basis.clone()),
        fact("rule-params", params),
        fact("rule-reads", rule.reads.join(&staff.say("list-comma"))),
    ];
    let made = vec![
        fact("rule-written", rule.written_by.clone()),
        fact("rule-checked", rule.checked_by.clone().unwrap_or_default()),
        fact("rule-review", rule.review_on.map(|day| staff.date(day)).unwrap_or_default()),
        fact("rule-last", last.unwrap_or_default()),
    ];
    let page = One {
        shell: staff.shell(staff.text(&rule.title), area_of(&staff, AreaPage::Rules)).await?,
        back: Link::new(staff.say("rules"), "/rules"),
        code: rule.id.clone(),
        lede: staff.say("rules-note"),
        sections: vec![
            Section { title: staff.say("rule-section-about"), aside: Some(maturity(&staff, &rule)), facts: about },
            Section { title: staff.say("rule-section-made"), aside: None, facts: made },
        ],
        acts: alerts(&staff, &rule).map(|href| Act::link(staff.say("rule-alerts"), href)).into_iter().collect(),
    };
    staff.page("pages/rule.html", &page)
}
