//! The printable paper of an entry.

mod letter;

use crate::draw::{Draw, entry_path};
use crate::failure::{Answer, Failure};
use crate::pages::entry::short;
use crate::pages::export::saved;
use crate::pages::find;
use crate::session;
use crate::staff::Staff;
use crate::view::cell::{Cell, Fact};
use crate::view::mark::State;
use crate::view::shell::{Paper, Printed};
use crate::view::top::Link;
use axum::extract::{Path, Request};
use catalogue::{Field, Sensitivity};
use engine::{Entry, SecretValues, rights, sealed_fields};
use serde::Serialize;
use store::Found;

#[derive(Serialize)]
struct Page {
    #[serde(flatten)]
    paper: Paper,
    number: String,
    state: State,
    facts: Vec<Fact>,
    signs: Vec<String>,
    note: Option<String>,
    slip: Option<Slip>,
    letter: Option<letter::Letter>,
}

/// What is cut off and brought back.
#[derive(Serialize)]
struct Slip {
    title: String,
    lines: Vec<String>,
}

/// `GET /r/{register}/{number}/print`
pub(crate) async fn show(staff: Staff, Path((register, number)): Path<(String, String)>) -> Answer {
    let found = staff.entry(&register, &number).await?;
    paper(&staff, &found, None).await
}

/// `POST /r/{register}/{number}/print`: with what is sealed in the clear, for whoever holds the key. The look is recorded first.
pub(crate) async fn open(staff: Staff, Path((register, number)): Path<(String, String)>, request: Request) -> Answer {
    staff.posted(request).await?;
    let found = staff.entry(&register, &number).await?;
    let opened = session::open(&staff, &found.entry, vault::Purpose::Print).await?;
    paper(&staff, &found, Some(&opened.values)).await
}

/// `GET /r/{register}/{number}/print/docx`: an official letter as a document, without what is sealed.
pub(crate) async fn docx(staff: Staff, Path((register, number)): Path<(String, String)>) -> Answer {
    let found = staff.entry(&register, &number).await?;
    let (entry, register) = (&found.entry, &found.register);
    let directory = find::directory_for(&staff, register, std::slice::from_ref(entry)).await?;
    let draw = staff.draw_with(register, &directory);
    let print = register.print.as_ref().filter(|_| draw.may_print(entry)).ok_or(Failure::NotFound)?;
    let official = print.letter.as_ref().filter(|_| print.early.as_ref().is_none_or(|early| !early.states.contains(&entry.state)));
    let letter = letter::letter(&draw, print, official.ok_or(Failure::NotFound)?, entry, None);
    let title = format!("{} {}", draw.text(&print.title), entry.number);
    staff.app.store.saw(&staff.viewer, entry, &[], "print");
    let document = letter.document(&draw.text(&print.title), entry, print, &draw);
    let mut bytes = std::io::Cursor::new(Vec::new());
    office::letter::write_docx(&document, staff.now.local(), &mut bytes).map_err(Failure::broken)?;
    Ok(saved(bytes.into_inner(), &format!("{title}.docx"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"))
}

async fn paper(staff: &Staff, found: &Found, opened: Option<&SecretValues>) -> Answer {
    let (entry, register) = (&found.entry, &found.register);
    let directory = find::directory_for(staff, register, std::slice::from_ref(entry)).await?;
    let visit = staff.on_paper();
    let draw = Draw { visit: &visit, ..staff.draw_with(register, &directory) };
    let print = register.print.as_ref().filter(|_| draw.may_print(entry)).ok_or(Failure::NotFound)?;
    let mut looked = Vec::new();
    let mut facts = Vec::new();
    for field in print.fields.iter().filter_map(|name| register.fields.get(name)) {
        let label = draw.text(&field.label);
        let seen = rights::sees(&staff.viewer, register, entry, field);
        if field.is_narrowed() && !seen {
            continue;
        }
        let value = match entry.values.get(&field.name) {
            _ if field.sensitivity == Sensitivity::Sealed => sealed_cell(&draw, entry, field, opened),
            Some(_) if !seen => Cell::text(staff.say("export-sealed")),
            Some(value) => {
                looked.extend((field.sensitivity == Sensitivity::Confidential).then(|| field.name.clone()));
                draw.cell(field, value, Some(entry))
            }
            None => Cell::None,
        };
        facts.push(Fact { label, wide: matches!(value, Cell::Rows { .. } | Cell::Long { .. }), value, seen: None });
    }
    staff.app.store.saw(&staff.viewer, entry, &looked, "print");
    let early = print.early.as_ref().filter(|early| early.states.contains(&entry.state));
    let official = print.letter.as_ref().filter(|_| early.is_none());
    let letter = official.map(|official| letter::letter(&draw, print, official, entry, opened));
    if letter.is_some() {
        facts.clear();
    }
    let (title, signs, note) = match early {
        Some(early) => (&early.title, &early.sign, &early.note),
        None => (&print.title, &print.sign, &print.note),
    };
    let page = Page {
        paper: Paper {
            lang: staff.lang.tag(),
            title: draw.text(title),
            house: staff.house().to_owned(),
            back: Link::new(&entry.number, entry_path(entry)),
            printed: Printed { by: staff.name.clone(), at: visit.moment(staff.now) },
            chain: Some(short(&staff.app.store.head().await?.hash.to_string())),
        },
        number: entry.number.clone(),
        state: draw.state(&entry.state),
        facts,
        letter,
        signs: signs.iter().map(|sign| draw.text(sign)).collect(),
        note: note.as_ref().map(|note| draw.text(note)),
        slip: print.slip.as_ref().map(|slip| Slip {
            title: format!("{} · {} {}", draw.text(title), entry.number, draw.text(&slip.title)),
            lines: slip.lines.iter().map(|line| draw.text(line)).collect(),
        }),
    };
    staff.page("pages/print.html", &page)
}

/// A sealed field on paper: in the clear where it was opened, else 〔密〕; a dash where nothing was sealed.
fn sealed_cell<'a>(draw: &Draw<'a>, entry: &Entry, field: &'a Field, opened: Option<&SecretValues>) -> Cell {
    if !sealed_fields(entry).contains(&field.name) {
        return Cell::None;
    }
    match opened.and_then(|opened| opened.for_viewer_with_key().get(&field.name)) {
        Some(value) => draw.cell(field, value, Some(entry)),
        None => Cell::text(draw.visit.say("export-sealed")),
    }
}
