//! Packages that were made of an entry: what went, what was left out and why each, and what comes next.

use super::parcel::in_words;
use crate::draw::Draw;
use crate::failure::Answer;
use crate::pages::work::{Line, Sheet, WorkPage};
use crate::staff::Staff;
use crate::view::field::{Control, Field, Part};
use catalogue::FieldName;
use engine::content::{Handed, Left};
use engine::{ContentDeed, Entry, Fact};

/// What one package held, as the chain knows it: names and numbers.
#[derive(Default, Clone)]
struct Held {
    fields: Vec<FieldName>,
    files: u32,
    letters: u32,
    timeline: bool,
    withheld: Vec<Left>,
}

/// The packages, newest first, and the box for the code.
pub(super) async fn show(staff: &Staff, draw: &Draw<'_>, entry: &Entry, path: &str, page: &mut WorkPage) -> Answer<()> {
    if entry.content.handed.is_empty() {
        return Ok(());
    }
    let held = held(staff, entry).await?;
    for handed in entry.content.handed.iter().rev() {
        let held = held.iter().find(|(sha256, _)| *sha256 == handed.sha256).map(|(_, held)| held.clone()).unwrap_or_default();
        page.sheets.push(sheet(staff, draw, path, handed, &held));
    }
    let waits = entry.content.handed.iter().any(|handed| handed.confirmed.is_none()) && !entry.is_erased();
    page.say(staff.say(if waits { "hand-next-code" } else { "hand-next-done" }), None);
    if waits && page.form.is_none() {
        let code = Field::new("code", staff.say("hand-code"), Control::line("")).required(true).hint(Some(staff.say("hand-code-hint")));
        page.form(staff, path, "confirm", vec![Part::plain(None, vec![code])], "hand-confirm");
    }
    Ok(())
}

/// Each package with what was chosen for it.
async fn held(staff: &Staff, entry: &Entry) -> Answer<Vec<(String, Held)>> {
    let (mut asked, mut made) = (Held::default(), Vec::new());
    for one in staff.app.store.events_of(entry.id).await? {
        match &one.event.fact {
            Fact::Content(ContentDeed::HandAsked { fields, files, letters, timeline, .. }) => {
                asked = Held { fields: fields.clone(), files: *files, letters: *letters, timeline: *timeline, ..Held::default() };
            }
            Fact::Content(ContentDeed::HandMade { sha256, withheld, .. }) => {
                made.push((sha256.clone(), Held { withheld: withheld.clone(), ..asked.clone() }));
            }
            _ => {}
        }
    }
    Ok(made)
}

fn sheet(staff: &Staff, draw: &Draw<'_>, path: &str, handed: &Handed, held: &Held) -> Sheet {
    let key = if handed.is_sealed { "hand-made-sealed" } else { "hand-made-open" };
    let title = staff.fill(key, &[("to", handed.authority.clone().into()), ("when", staff.moment(handed.at).into())]);
    let state = match handed.confirmed {
        Some(at) => staff.fill("hand-confirmed-on", &[("when", staff.moment(at).into())]),
        None => staff.say("hand-unconfirmed"),
    };
    let labels = held.fields.iter().filter_map(|name| draw.register.fields.get(name)).map(|field| draw.text(&field.label));
    let counted = [("hand-left-files", held.files), ("hand-left-letters", held.letters)];
    let counted = counted.into_iter().filter(|(_, n)| *n > 0).map(|(key, n)| staff.fill(key, &[("n", n.into())]));
    let timeline = held.timeline.then(|| staff.say("hand-timeline"));
    let went: Vec<String> = labels.chain(counted).chain(timeline).collect();
    let receipt = Line {
        href: Some(format!("{path}/{}", handed.sha256)),
        ..Line::new(staff.say("hand-receipt"), format!("SHA-256 {}", grouped(&handed.sha256)))
    };
    let went = (!went.is_empty()).then(|| Line::new(staff.say("hand-went"), went.join(&staff.say("list-comma"))));
    let left = held.withheld.iter().map(|left| {
        let told = in_words(draw, left);
        Line::new(staff.fill("hand-left-one", &[("what", told.what.into())]), told.reason)
    });
    let lines = [Line::new(staff.say("hand-state"), state), receipt].into_iter().chain(went).chain(left).collect();
    Sheet { title, lines }
}

fn grouped(hash: &str) -> String {
    hash.get(..16).map_or_else(|| hash.to_owned(), |start| (0..4).map(|at| &start[at * 4..at * 4 + 4]).collect::<Vec<_>>().join(" "))
}
