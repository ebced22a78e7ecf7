//! How long content is kept: what was handed up, what has had its years, and what has them within ninety days; for whoever may ask to
//! erase it or agrees.

use crate::draw::entry_path;
use crate::failure::Answer;
use crate::staff::Staff;
use crate::view::act::Act;
use crate::view::desk::Line;
use crate::view::shell::Shell;
use catalogue::expr::{Builtin, Literal};
use catalogue::register::{Column, Retention, Verb, Who};
use catalogue::{Register, StateName};
use engine::erasure::{self, Open};
use engine::{Erasure, Moment, rights};
use serde::Serialize;
use std::sync::Arc;
use store::{Filter, Found, Page as Part, Query, Test};

/// How long before the years are over somebody is warned. Units: days.
const AHEAD: i64 = 90;
const DAY_MS: i64 = 86_400_000;
/// Entries of one register that are looked at; what is asked about first stands first.
const MOST: u64 = 500;

#[derive(Serialize)]
struct Page {
    #[serde(flatten)]
    shell: Shell,
    note: String,
    lines: Vec<Line>,
}

/// One entry whose time is over, or soon is.
pub(crate) struct Kept {
    found: Found,
    /// `None`: it may go at once.
    until: Option<Moment>,
}

/// `GET /kept`
pub(crate) async fn show(staff: Staff) -> Answer {
    let kept = kept(&staff).await?;
    let lines: Vec<Line> = kept.iter().map(|one| line(&staff, one)).collect();
    let page = Page {
        shell: staff.shell(&staff.say("kept"), Some("desk")).await?,
        note: staff.fill("kept-note", &[("n", lines.len().into()), ("days", AHEAD.into())]),
        lines,
    };
    staff.page("pages/kept.html", &page)
}

/// What this person is warned of, the soonest first: what may go at once before everything.
pub(crate) async fn kept(staff: &Staff) -> Answer<Vec<Kept>> {
    let by = Moment(staff.now.0 + AHEAD * DAY_MS);
    let mut kept = Vec::new();
    for name in staff.catalogue.registers.keys() {
        let register = staff.app.store.register(name.as_str())?;
        let Some(retention) = register.retention.clone().filter(|retention| has_a_hand(staff, retention)) else { continue };
        let mut found = in_states(staff, &register, &retention.at_once, None).await?;
        // Whatever entered its end long enough ago was made before that.
        let made = retention.least_years().and_then(|years| by.date().checked_sub(jiff::Span::new().years(i64::from(years))).ok());
        if let Some(made) = made {
            found.extend(in_states(staff, &register, &retention.after, Some(made)).await?);
        }
        kept.extend(found.into_iter().filter_map(|found| due(staff, found, by)));
    }
    kept.sort_by_key(|one| one.until);
    Ok(kept)
}

fn has_a_hand(staff: &Staff, retention: &Retention) -> bool {
    retention.by.iter().chain(&retention.approve).any(|role| staff.viewer.holds(role.as_str()))
}

async fn in_states(staff: &Staff, register: &Arc<Register>, states: &[StateName], made: Option<jiff::civil::Date>) -> Answer<Vec<Found>> {
    if states.is_empty() {
        return Ok(Vec::new());
    }
    let column = |builtin| Column::Builtin(builtin);
    let ended = Filter { column: column(Builtin::State), test: Test::Among(states.iter().map(ToString::to_string).collect()) };
    let made = made.map(|day| Filter { column: column(Builtin::Created), test: Test::To(Literal::Date(day)) });
    let query = Query {
        filters: std::iter::once(ended).chain(made).collect(),
        page: Part::At { offset: 0, limit: MOST },
        verb: Verb::Read,
        ..Query::of(register.name.clone())
    };
    Ok(staff.app.store.entries(&query, &staff.viewer).await?)
}

/// An entry this person may ask about or answer, now or soon.
fn due(staff: &Staff, found: Found, by: Moment) -> Option<Kept> {
    let (register, entry) = (&found.register, &found.entry);
    let retention = register.retention.as_ref().filter(|_| !entry.is_erased())?;
    let at_once = erasure::ground(register, entry, staff.now) == Some(erasure::Ground::AtOnce);
    let until = erasure::kept_until(register, entry).filter(|_| !at_once);
    let roles: Vec<Who> = retention.by.iter().chain(&retention.approve).cloned().map(Who::Role).collect();
    let mine = rights::is_any(&staff.viewer, register, entry, &roles);
    (mine && (at_once || until.is_some_and(|until| until <= by))).then_some(Kept { until, found })
}

fn line(staff: &Staff, one: &Kept) -> Line {
    let (register, entry) = (&one.found.register, &one.found.entry);
    let draw = staff.draw(register);
    let when = match one.until {
        None => staff.say("kept-handed"),
        Some(until) if until < staff.now => staff.fill("kept-over", &[("day", staff.date(until.date()).into())]),
        Some(until) => staff.fill("kept-until", &[("day", staff.date(until.date()).into())]),
    };
    let asked = matches!(entry.erasure, Some(Erasure::Asked { .. })).then(|| staff.say("kept-asked"));
    let key = match erasure::open_to(&staff.viewer, register, entry, staff.now) {
        Some(Open::Ask) => Some("act-erase"),
        Some(Open::Answer) => Some("act-erase-answer"),
        Some(Open::TakeBack) => Some("act-erase-back"),
        None => None,
    };
    let full = |label: &str| format!("{label}：{}", entry.number);
    Line {
        clock: None,
        title: [Some(when), asked].into_iter().flatten().collect::<Vec<_>>().join(" · "),
        href: entry_path(entry),
        small: format!("{} · {} · {}", entry.number, draw.title(), draw.state(&entry.state).text),
        act: key.map(|key| {
            let label = staff.say(key);
            let full = full(&label);
            Act::link(label, format!("{}/erase", entry_path(entry))).full(full)
        }),
    }
}
