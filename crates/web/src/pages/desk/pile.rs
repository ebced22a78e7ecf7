//! All of what is due, and all of what waits: what the desk shows the first lines of.

use crate::address::Pairs;
use crate::failure::{Answer, Failure};
use crate::staff::Staff;
use crate::view::desk::Line;
use crate::view::ledger::Pager;
use crate::view::shell::Shell;
use crate::view::top::Link;
use axum::extract::Path;
use serde::Serialize;

/// Lines of a page.
const LINES: u64 = 50;
/// The store sorts what is soonest first; beyond so many a register's own list, with its filters, is the better way.
const PAGES: u64 = 20;

#[derive(Serialize)]
struct Page {
    #[serde(flatten)]
    shell: Shell,
    back: Link,
    lede: String,
    lines: Vec<Line>,
    pager: Option<Pager>,
}

/// `GET /desk/{pile}?page=2`: `due` or `waiting`.
pub(crate) async fn show(staff: Staff, Path(pile): Path<String>) -> Answer {
    let page = staff.query.get("page").and_then(|page| page.parse().ok()).filter(|page| (1..=PAGES).contains(page)).unwrap_or(1);
    let desk = staff.app.store.desk(&staff.viewer, staff.now, page * LINES).await?;
    let (title, none, piles) = match pile.as_str() {
        "due" => ("desk-due", "desk-due-none", vec![&desk.overdue, &desk.due_today]),
        "waiting" => ("desk-waiting", "desk-waiting-none", vec![&desk.waiting]),
        _ => return Err(Failure::NotFound),
    };
    let total: u64 = piles.iter().map(|pile| pile.count).sum();
    let skipped = (page - 1) * LINES;
    let shown = piles.iter().flat_map(|pile| &pile.entries).skip(usize::try_from(skipped).unwrap_or(usize::MAX));
    let lines: Vec<Line> = shown.take(LINES as usize).map(|found| super::line(&staff, found)).collect();
    let at = |page: u64| Pairs::default().with("page", page.to_string()).at(&format!("/desk/{pile}"));
    let last = skipped + lines.len() as u64;
    let pager = Pager {
        first: (skipped + 1).to_string(),
        last: last.to_string(),
        total: total.to_string(),
        filtered: false,
        prev: (page > 1).then(|| at(page - 1)),
        next: (last < total && page < PAGES).then(|| at(page + 1)),
    };
    let page = Page {
        shell: staff.shell(&staff.say(title), Some("desk")).await?,
        back: Link::new(staff.say("desk"), "/"),
        lede: if total == 0 { staff.say(none) } else { staff.fill("desk-pile-note", &[("n", total.into())]) },
        pager: (!lines.is_empty()).then_some(pager),
        lines,
    };
    staff.page("pages/pile.html", &page)
}
