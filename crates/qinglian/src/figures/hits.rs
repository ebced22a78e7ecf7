//! Rules and what their runs found, as pages show them.

use crate::alerts::group;
use crate::screening::Kept;
use catalogue::{Catalogue, Lang, RoleName, Service, Text};
use screen::{FigureHead, FigureKind, Finding, Findings, Params, Severity, Subject};
use web::{Hit, HitCell, HitColumn, Hits, Ran, Rule};

/// Figures shown on a page beside those that mean the same in every rule: the first so many of the rule's own.
const FIRST: usize = 2;
const COMMON: [&str; 6] = ["rank", "figure", "usual", "score", "peers", "amount"];

/// A rule with its last run.
pub(super) fn shown(rule: &screen::Rule, last: Option<&Ran>, catalogue: &Catalogue) -> Rule {
    let head = &rule.head;
    Rule {
        id: head.id.clone(),
        title: head.title.clone(),
        why: head.why.clone(),
        not_when: Some(head.not_when.clone()),
        basis: head.basis.clone(),
        maturity: maturity(head.maturity).to_owned(),
        written_by: RoleName::new(&head.written_by),
        checked_by: Some(RoleName::new(&head.checked_by)),
        review_on: Some(head.review_on),
        params: rule.parameters(&Params::default()).into_iter().map(|one| (one.label, one.shown)).collect(),
        reads: rule.datasets(catalogue),
        ranks: head.severity == Severity::Info,
        last: last.cloned(),
        alerts: catalogue.serving(Service::Alerts).map(|register| (register.name.clone(), "rule".into())),
    }
}

fn maturity(maturity: screen::Maturity) -> &'static str {
    match maturity {
        screen::Maturity::Draft => "draft",
        screen::Maturity::Pilot => "pilot",
        screen::Maturity::Live => "live",
    }
}

/// A kept run as a table: subjects first, then every figure.
pub(super) fn hits(ran: Ran, kept: Kept) -> Hits {
    let Kept { findings, fates } = kept;
    let subjects: Vec<Subject> =
        Subject::ALL.into_iter().filter(|kind| findings.rows.iter().any(|row| row.subject(*kind).is_some())).collect();
    let mut columns: Vec<HitColumn> = subjects.iter().map(|kind| subject(*kind)).collect();
    let twice = repeats_amount(&findings);
    columns.extend(findings.figures.iter().enumerate().map(|(at, (name, head))| {
        let column = figure(at, name, head);
        HitColumn { shown: column.shown && !(twice && name == "figure"), ..column }
    }));
    let rows = findings.rows.iter().zip(fates).map(|(row, fate)| Hit {
        month: row.month.to_string(),
        sentence: row.sentence.clone(),
        cells: cells(&findings, row, &subjects),
        group: group(row),
        fate,
    });
    let rows = rows.collect();
    let parameters = findings.parameters.into_iter().map(|one| (one.label, one.shown)).collect();
    Hits { ran, version: findings.version, parameters, columns, rows }
}

fn subject(kind: Subject) -> HitColumn {
    let label = match kind {
        Subject::Doctor => Text::new("医师", "Doctor"),
        Subject::Department => Text::new("科室", "Department"),
        Subject::Item => Text::new("项目", "Item"),
        Subject::Patient => Text::new("患者代号", "Patient pseudonym"),
        Subject::Supplier => Text::new("企业", "Company"),
    };
    HitColumn { label, person: matches!(kind, Subject::Doctor | Subject::Patient), number: false, shown: true }
}

fn figure(at: usize, name: &str, head: &FigureHead) -> HitColumn {
    let shown = at < FIRST || COMMON.contains(&name);
    HitColumn { label: head.label.clone(), person: false, number: head.is != FigureKind::Text, shown }
}

/// Whether what is compared is the amount itself: once in yuan, once in fen. The page shows it once, the file holds both.
fn repeats_amount(findings: &Findings) -> bool {
    let same = |row: &Finding| match (row.number("figure"), row.number("amount")) {
        (Some(yuan), Some(fen)) => (yuan * 100.0 - fen).abs() < 0.5,
        _ => false,
    };
    !findings.rows.is_empty() && findings.rows.iter().all(same)
}

fn cells(findings: &Findings, row: &Finding, subjects: &[Subject]) -> Vec<HitCell> {
    let named = subjects
        .iter()
        .map(|kind| HitCell { shown: row.subject(*kind).map_or_else(Text::default, |named| Text::new(named.shown(), "")), number: None });
    let figures = findings.figures.keys().map(|name| {
        let words = |lang| findings.shown(row, name, lang).unwrap_or_default();
        HitCell { shown: Text::new(words(Lang::Zh), words(Lang::En)), number: row.number(name) }
    });
    named.chain(figures).collect()
}
