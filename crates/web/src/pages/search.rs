//! Search over everything one may see.

use crate::address::Pairs;
use crate::draw::{entry_path, list_path};
use crate::failure::Answer;
use crate::staff::{Staff, see};
use crate::view::desk::Line;
use crate::view::list::Empty;
use crate::view::shell::Shell;
use serde::Serialize;
use store::Found;

const MOST: u64 = 100;

#[derive(Serialize)]
struct Page {
    #[serde(flatten)]
    shell: Shell,
    note: String,
    groups: Vec<Group>,
    empty: Option<Empty>,
}

#[derive(Serialize)]
struct Group {
    label: String,
    href: String,
    count: String,
    lines: Vec<Line>,
}

/// `GET /search?q=…`: a whole number leads straight to its entry.
pub(crate) async fn show(staff: Staff) -> Answer {
    let words = staff.query.get("q").unwrap_or_default().trim().to_owned();
    let found = if words.chars().count() >= 2 { staff.app.store.search(&words, &staff.viewer, MOST).await? } else { Vec::new() };
    if let [only] = found.as_slice()
        && only.entry.number.eq_ignore_ascii_case(&words)
    {
        return Ok(see(&entry_path(&only.entry)));
    }
    let title = if words.is_empty() { staff.say("search") } else { staff.fill("search-title", &[("words", words.clone().into())]) };
    let page = Page {
        shell: Shell { query: words.clone(), ..staff.shell(&title, None).await? },
        note: staff.fill("search-note", &[("n", found.len().into())]),
        empty: found.is_empty().then(|| empty(&staff, &words)),
        groups: groups(&staff, &words, &found),
    };
    staff.page("pages/search.html", &page)
}

fn empty(staff: &Staff, words: &str) -> Empty {
    let (title, text) = match words.chars().count() {
        0 => ("search-ask", "search-ask-text"),
        1 => ("search-short", "search-ask-text"),
        _ => ("search-none", "search-none-text"),
    };
    Empty { title: staff.say(title), text: staff.say(text), act: None }
}

/// Found entries by register, in the order the best of each was found.
fn groups(staff: &Staff, words: &str, found: &[Found]) -> Vec<Group> {
    let mut registers: Vec<&std::sync::Arc<catalogue::Register>> = Vec::new();
    for one in found {
        if !registers.iter().any(|register| register.name == one.register.name) {
            registers.push(&one.register);
        }
    }
    let group = |register: &&std::sync::Arc<catalogue::Register>| {
        let mine: Vec<&Found> = found.iter().filter(|one| one.register.name == register.name).collect();
        // The same shape for every register, so that nothing jumps from group to group and a phone shows all of it.
        let line = |one: &&Found| {
            let draw = staff.draw(&one.register);
            let said = [one.entry.number.clone(), draw.standing(&one.entry).text, staff.date(one.entry.created.date())];
            let title = draw.entry_title(&one.entry);
            Line {
                clock: draw.due(&one.entry),
                title: if title.is_empty() { one.entry.number.clone() } else { title },
                href: entry_path(&one.entry),
                small: said.join(" · "),
                act: None,
            }
        };
        Group {
            label: staff.text(&register.title).to_owned(),
            count: staff.fill("n-items", &[("n", mine.len().into())]),
            href: Pairs::default().with("q", words).at(&list_path(register)),
            lines: mine.iter().map(line).collect(),
        }
    };
    registers.iter().map(group).collect()
}
