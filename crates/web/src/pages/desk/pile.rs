//! All of what is due, and all of what waits: what the desk shows the first lines of.

use crate::address::Pairs;
use crate::failure::{Answer, Failure};
use crate::staff::Staff;
use crate::view::desk::Line;
use crate::view::ledger::Pager;
use crate::view::shell::Shell;
use crate::view::top::Link;
use axum::extract::Path;
use catalogue::ItemName;
use serde::Serialize;
use store::{Among, Together};

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
    drawn(&staff, &pile, None).await
}

/// `GET /desk/{pile}/{register}/{item}`: those of one kind.
pub(crate) async fn among(staff: Staff, Path((pile, register, item)): Path<(String, String, String)>) -> Answer {
    let register = staff.register(&register)?.name.clone();
    drawn(&staff, &pile, Some(&Among { register, item: ItemName::new(&item) })).await
}

/// Entries that are one line on the desk are one here too, where nothing else is asked for.
async fn drawn(staff: &Staff, pile: &str, among: Option<&Among>) -> Answer {
    let page = staff.query.get("page").and_then(|page| page.parse().ok()).filter(|page| (1..=PAGES).contains(page)).unwrap_or(1);
    let store = &staff.app.store;
    let desk = match among {
        Some(among) => store.desk_among(&staff.viewer, staff.now, page * LINES, among).await?,
        None => store.desk(&staff.viewer, staff.now, page * LINES).await?,
    };
    let (title, none, piles) = match pile {
        "due" => ("desk-due", "desk-due-none", vec![&desk.overdue, &desk.due_today]),
        "waiting" => ("desk-waiting", "desk-waiting-none", vec![&desk.waiting]),
        _ => return Err(Failure::NotFound),
    };
    let all: u64 = piles.iter().map(|pile| pile.count).sum();
    let kinds: Vec<&Together> = piles.iter().flat_map(|pile| &pile.together).collect();
    let total = all - kinds.iter().map(|kind| kind.count).sum::<u64>();
    let skipped = (page - 1) * LINES;
    let shown = piles.iter().flat_map(|pile| &pile.entries).skip(usize::try_from(skipped).unwrap_or(usize::MAX));
    let mut single = Vec::new();
    for found in shown.take(LINES as usize) {
        single.push(super::line(staff, found).await?);
    }
    let here = among.map_or_else(|| format!("/desk/{pile}"), |among| format!("/desk/{pile}/{}/{}", among.register, among.item));
    let at = |page: u64| Pairs::default().with("page", page.to_string()).at(&here);
    let last = skipped + single.len() as u64;
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
        lede: if all == 0 { staff.say(none) } else { staff.fill("desk-pile-note", &[("n", all.into())]) },
        pager: (!single.is_empty()).then_some(pager),
        lines: kinds.into_iter().filter(|_| page == 1).map(|kind| super::together(staff, kind, pile)).chain(single).collect(),
    };
    staff.page("pages/pile.html", &page)
}
