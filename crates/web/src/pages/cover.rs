//! Words to be covered in what is sealed: masked for readers without the right to them, or destroyed for good by two. Both are asked for on one
//! page, once the content stands open there.

pub(crate) mod mask;
pub(crate) mod redact;

use crate::draw::entry_path;
use crate::failure::{Answer, Failure, status_of};
use crate::pages::hand::words;
use crate::pages::work::{Line, Sheet, WorkPage};
use crate::posted::Posted;
use crate::staff::{Staff, see};
use crate::view::act::Act;
use axum::extract::Path;
use axum::http::StatusCode;
use catalogue::register::Verb;
use engine::{Refusal, rights};
use store::{Found, Open};
use vault::Speaker;

type Address = Path<(String, String)>;

/// Which of the two a page is about.
#[derive(Clone, Copy)]
enum Cover {
    Mask,
    Redact,
}

/// The keys of a page's words.
struct Says {
    title: &'static str,
    about: &'static str,
    open: &'static str,
    before: &'static str,
}

/// What a page shows besides the entry: what stands open, what was typed, why it was refused.
#[derive(Clone, Copy)]
struct Standing<'a> {
    open: Option<&'a Open>,
    posted: &'a Posted,
    refusal: Option<&'a Refusal>,
}

impl Cover {
    fn verb(self) -> Verb {
        match self {
            Self::Mask => Verb::Mask,
            Self::Redact => Verb::Redact,
        }
    }

    /// What the page is called, what it says it does, and before its content stands open.
    fn says(self) -> Says {
        match self {
            Self::Mask => Says { title: "mask-title", about: "mask-about", open: "mask-open", before: "mask-open-about" },
            Self::Redact => Says { title: "redact-title", about: "redact-about", open: "redact-open", before: "redact-open-about" },
        }
    }

    fn path(self, found: &Found) -> String {
        format!("{}/{}", entry_path(&found.entry), self.verb().word())
    }

    /// An entry with content, for whoever holds the right.
    async fn reach(self, staff: &Staff, register: &str, number: &str) -> Answer<Found> {
        let found = staff.entry(register, number).await?;
        let may = !found.entry.is_erased() && rights::may(&staff.viewer, &found.register, self.verb(), &found.entry).is_ok();
        if may { Ok(found) } else { Err(Failure::NotFound) }
    }

    async fn page(self, staff: &Staff, found: &Found, status: StatusCode, standing: Standing<'_>) -> Answer {
        let says = self.says();
        let mut page = WorkPage::new(staff, found, says.title).await?;
        page.about = Some(staff.say(says.about));
        page.fault(staff, standing.refusal);
        if standing.open.is_none() {
            let act = Act::post(staff.say(says.open), self.path(found)).give("step", "open");
            let act = staff.app.keyrings.holds(&staff.session).then_some(act);
            page.say(staff.say(if act.is_some() { says.before } else { "open-no-key" }), act);
        }
        match self {
            Self::Mask => mask::draw(staff, found, standing, &mut page)?,
            Self::Redact => redact::draw(staff, found, standing, &mut page)?,
        }
        if let Some(open) = standing.open {
            page.sheets.push(content(staff, found, open));
            page.sheets.extend(letters(staff, found, open).await?);
        }
        staff.page_as(status, "pages/work.html", &page)
    }

    /// Back to the entry, or the page again with what was typed and why it was refused.
    async fn answer<T>(self, staff: &Staff, found: &Found, standing: Standing<'_>, done: Result<T, store::Failure>, word: &str) -> Answer {
        match done {
            Ok(_) => Ok(see(&format!("{}?done={word}", entry_path(&found.entry)))),
            Err(store::Failure::Refusal(refusal)) => {
                self.page(staff, found, status_of(refusal.code), Standing { refusal: Some(&refusal), ..standing }).await
            }
            Err(store::Failure::Error(error)) => Err(error.into()),
        }
    }
}

/// What stands open, to look for the words in.
fn content(staff: &Staff, found: &Found, open: &Open) -> Sheet {
    let draw = staff.draw(&found.register);
    let values = open.values.for_viewer_with_key();
    let shown = found.register.fields.values().filter_map(|field| Some((field, values.get(&field.name)?)));
    let lines = shown.map(|(field, value)| Line::new(draw.text(&field.label), words(&draw, field, value))).collect();
    Sheet { title: staff.say("hand-content"), lines }
}

/// What house and reporter wrote to each other: the words may stand there as well.
pub(crate) async fn letters(staff: &Staff, found: &Found, open: &Open) -> Answer<Option<Sheet>> {
    let letters = open.letters(&staff.app.store.events_of(found.entry.id).await?)?;
    let line = |letter: &store::Letter| {
        let names = letter.files.iter().map(|file| file.name.clone());
        let text = std::iter::once(letter.text.clone()).chain(names).filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n");
        Line::new(said_by(staff, letter), text)
    };
    let sheet = || Sheet { title: staff.say("redact-letters"), lines: letters.iter().map(line).collect() };
    Ok((!letters.is_empty()).then(sheet))
}

/// Who wrote it, the house or the reporter, and when.
pub(crate) fn said_by(staff: &Staff, letter: &store::Letter) -> String {
    let key = if letter.by == Speaker::Reporter { "redact-by-reporter" } else { "redact-by-house" };
    staff.fill(key, &[("when", staff.moment(letter.at).into())])
}

/// What was typed under a name.
fn typed<'p>(posted: &'p Posted, name: &str) -> &'p str {
    posted.pairs.get(name).unwrap_or_default().trim()
}
