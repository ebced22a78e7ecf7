//! Tables that were issued: asking for one, those there are, and the way from an ask to its table.

use super::file::unsaved;
use super::{Wanted, ask, figures};
use crate::address::Pairs;
use crate::draw::entry_path;
use crate::failure::Answer;
use crate::figures::{FiguresError, IssuedHead};
use crate::posted::Posted;
use crate::staff::{Staff, see};
use crate::view::act::Act;
use axum::extract::{Path, Request};
use catalogue::{Page, Service};
use engine::{Entry, Value};
use serde::Serialize;

/// One that was issued, as the page of its table lists it.
#[derive(Serialize)]
pub(super) struct Line {
    href: String,
    text: String,
    on: bool,
}

/// `POST /reports/{id}/ask`: another is asked to issue it.
pub(crate) async fn issue(staff: Staff, Path(id): Path<String>, request: Request) -> Answer {
    let posted: Posted = staff.posted(request).await?;
    let wanted = Wanted::of(&posted.pairs);
    let figures = figures(&staff, &id)?;
    let asked = match &wanted.fault {
        Some(fault) => Err(FiguresError::Refused(fault.clone())),
        None => figures.issue(ask(&staff, &id, &wanted, None)).await,
    };
    let entry = asked.map_err(unsaved)?;
    let found = staff.app.store.entry(entry, &staff.viewer).await?;
    Ok(see(&entry_path(&found.entry)))
}

pub(super) fn line(staff: &Staff, path: &str, head: &IssuedHead, open: Option<&str>) -> Line {
    let said = [("number", head.number.clone().into()), ("on", staff.date(head.on).into()), ("to", staff.date(head.to).into())];
    Line {
        href: Pairs::default().with("issued", head.number.as_str()).at(path),
        text: staff.fill("report-issued-line", &said),
        on: open == Some(head.number.as_str()),
    }
}

/// Of an ask: what it is, and the table this person may open.
pub(crate) async fn said(staff: &Staff, entry: &Entry) -> Answer<Option<(String, Option<Act>)>> {
    if staff.catalogue.service_of(entry.register.as_str()) != Some(Service::Issues) {
        return Ok(None);
    }
    let (Some(Value::Text(id)), Some(known)) = (entry.values.get("report"), &staff.app.figures) else { return Ok(None) };
    if !staff.opens(Page::Report(id)) {
        return Ok(None);
    }
    let path = format!("/reports/{id}");
    let issued = known.issued(id, &staff.viewer).await.map_err(unsaved)?;
    let act = match issued.iter().find(|head| head.number == entry.number) {
        Some(_) => Some(Act::link(staff.say("issue-open"), Pairs::default().with("issued", entry.number.as_str()).at(&path))),
        None => working(staff, entry, &path),
    };
    Ok(Some((staff.say("issue-about"), act)))
}

/// The working copy over the same days, while the ask waits.
fn working(staff: &Staff, entry: &Entry, path: &str) -> Option<Act> {
    let ended = staff.catalogue.register(entry.register.as_str())?.states.get(&entry.state).is_none_or(|state| state.end);
    let day = |name: &str| match entry.values.get(name) {
        Some(Value::Date(day)) => Some(day.to_string()),
        _ => None,
    };
    let mut span = Pairs::default();
    for (name, field) in [("from", "starts_on"), ("to", "ends_on")] {
        if let Some(day) = day(field) {
            span = span.with(name, day);
        }
    }
    (!ended).then(|| Act::link(staff.say("issue-working"), span.at(path)))
}
