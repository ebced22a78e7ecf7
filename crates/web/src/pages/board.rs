//! A register by state. Illegal moves stand in the menu with their reason.

use super::list::ask::Ask;
use crate::draw::entry_path;
use crate::failure::Answer;
use crate::pages::find;
use crate::staff::Staff;
use crate::view::act::Act;
use crate::view::board::{Card, Column};
use crate::view::shell::Shell;
use crate::view::top::Link;
use axum::extract::Path;
use catalogue::expr::Builtin;
use catalogue::register::{self as definition, Verb};
use serde::Serialize;
use store::{Filter, Query, Sort, Test};

/// Cards a column shows.
const CARDS: u64 = 20;

#[derive(Serialize)]
struct Page {
    #[serde(flatten)]
    shell: Shell,
    back: Link,
    acts: Vec<Act>,
    note: Option<String>,
    columns: Vec<Column>,
}

/// `GET /r/{register}/board`, with the filters of the list.
pub(crate) async fn show(staff: Staff, Path(name): Path<String>) -> Answer {
    let register = staff.register(&name)?;
    let ask = Ask::new(staff.draw(&register), staff.query.clone(), None);
    let query = ask.query(Verb::Read);
    let mut columns = Vec::with_capacity(register.states.len());
    let mut cut = false;
    for state in register.states.values() {
        let (column, more) = column(&staff, &query, &register, state).await?;
        columns.push(column);
        cut |= more;
    }
    let title = staff.fill("board-title", &[("title", ask.draw.title().into())]);
    let page = Page {
        shell: Shell { filters: ask.said(), ..staff.shell(&title, Some(&register.area)).await? },
        back: Link::new(ask.draw.title(), ask.kept().at(&ask.path)),
        acts: vec![Act::link(staff.say("board-list"), ask.kept().at(&ask.path)).icon("list")],
        note: cut.then(|| staff.fill("board-more", &[("n", CARDS.into())])),
        columns,
    };
    staff.page("pages/board.html", &page)
}

async fn column(staff: &Staff, query: &Query, register: &catalogue::Register, state: &definition::State) -> Answer<(Column, bool)> {
    let builtin = |builtin| definition::Column::Builtin(builtin);
    let here = Filter { column: builtin(Builtin::State), test: Test::Among(vec![state.name.to_string()]) };
    let query = Query {
        filters: query.filters.iter().cloned().chain([here]).collect(),
        // What is due first stands on top; what has ended, newest first.
        sort: Some(if state.end {
            Sort { column: builtin(Builtin::Changed), descending: true }
        } else {
            Sort { column: builtin(Builtin::Due), descending: false }
        }),
        page: store::Page::At { offset: 0, limit: CARDS },
        ..query.clone()
    };
    let count = staff.app.store.counts(&query, &staff.viewer).await?;
    let count = query.tab.as_ref().map_or(count.total, |tab| count.tabs.get(tab).copied().unwrap_or(0));
    let entries: Vec<_> = staff.app.store.entries(&query, &staff.viewer).await?;
    let plain: Vec<_> = entries.iter().map(|found| found.entry.clone()).collect();
    let directory = find::directory_for(staff, register, &plain).await?;
    let cards = entries.iter().map(|found| {
        let draw = staff.draw_with(&found.register, &directory);
        let steps = draw.steps(&found.entry);
        Card {
            number: found.entry.number.clone(),
            href: entry_path(&found.entry),
            title: draw.entry_title(&found.entry),
            clock: draw.due(&found.entry),
            moves: steps.next.into_iter().chain(steps.moves).chain(steps.closed).collect(),
        }
    });
    let column = Column {
        title: staff.text(&state.label).to_owned(),
        count: count.to_string(),
        none: staff.say("board-none"),
        cards: cards.collect(),
    };
    Ok((column, count > CARDS))
}
