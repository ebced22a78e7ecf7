//! The panel beside a list: an entry without leaving it.

use crate::address::Pairs;
use crate::draw::trail::Told;
use crate::draw::{entry_path, list_path};
use crate::failure::Answer;
use crate::pages::find;
use crate::staff::Staff;
use crate::view::cell::{Cell, Fact};
use crate::view::panel::Panel;
use axum::extract::Path;
use serde::Serialize;
use std::collections::BTreeMap;

/// Facts and events shown; the page has them all.
const FACTS: usize = 9;
const EVENTS: usize = 3;

#[derive(Serialize)]
struct Fragment {
    panel: Panel,
    csrf: String,
}

/// `GET /r/{register}/{number}/panel`
pub(crate) async fn show(staff: Staff, Path((register, number)): Path<(String, String)>) -> Answer {
    let close = list_path(&*staff.register(&register)?);
    let panel = of(&staff, &register, &number, &close).await?;
    staff.page("pages/panel.html", &Fragment { panel, csrf: staff.signer.token() })
}

pub(crate) async fn of(staff: &Staff, register: &str, number: &str, close: &str) -> Answer<Panel> {
    let found = staff.entry(register, number).await?;
    let (entry, register) = (&found.entry, &found.register);
    let directory = find::directory_for(staff, register, std::slice::from_ref(entry)).await?;
    let draw = staff.draw_with(register, &directory);
    let events = staff.app.store.events_for(entry, &staff.viewer).await?;
    let told: Vec<Told<'_>> = events.iter().map(|one| Told { seq: one.seq, event: &one.event, held: one.holds }).collect();
    let mut trail = draw.trail(entry, &told, &BTreeMap::new());
    trail.truncate(EVENTS);
    let reading = draw.read(entry, None);
    staff.app.store.saw(&staff.viewer, entry, &reading.looked, "panel");
    let brief = |fact: &Fact| !matches!(fact.value, Cell::Rows { .. } | Cell::Files { .. } | Cell::Long { .. } | Cell::None);
    let facts = reading
        .sections
        .into_iter()
        .filter(|section| !section.fold)
        .flat_map(|section| section.facts)
        .filter(brief)
        .take(FACTS)
        .map(|fact| Fact { wide: false, ..fact })
        .collect();
    let steps = draw.steps(entry);
    let title = draw.entry_title(entry);
    Ok(Panel {
        number: entry.number.clone(),
        title: (!title.is_empty()).then_some(title),
        href: entry_path(entry),
        close: Pairs::default().at(close),
        state: draw.standing(entry),
        clock: draw.due(entry),
        owner: entry.owner.map(|owner| draw.person(owner)),
        summary: None,
        seen: reading.still_sealed.then(|| staff.say("sealed")),
        facts,
        events: trail,
        acts: steps.next.into_iter().chain(steps.moves.into_iter().take(1)).collect(),
    })
}
