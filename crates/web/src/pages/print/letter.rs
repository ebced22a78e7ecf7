//! An official letter: heading, number, addressee, what it says, who signed it on which day, and room for the seal.

use crate::draw::Draw;
use catalogue::register::{Official, Print};
use catalogue::{Field, Lang, Sensitivity};
use engine::{Entry, SecretValues, Value, rights, show};
use jiff::civil::Date;
use serde::Serialize;

/// The context of the letter in `pages/print.html`.
#[derive(Serialize)]
pub(super) struct Letter {
    addressee: String,
    paragraphs: Vec<String>,
    office: String,
    /// Who issued it.
    signer: Option<String>,
    date: Option<String>,
    docx: String,
}

/// The letter of an entry. `opened`: what its envelope held, where it was opened for printing.
pub(super) fn letter(draw: &Draw<'_>, print: &Print, official: &Official, entry: &Entry, opened: Option<&SecretValues>) -> Letter {
    let lang = draw.visit.lang;
    let said = |name: &str| {
        let field = print.fields.iter().find(|field| **field == name).and_then(|name| draw.register.fields.get(name))?;
        words(draw, entry, field, opened)
    };
    let filled = |text: &catalogue::Text| {
        let text = text.get(lang);
        Official::names(text).try_fold(text.to_owned(), |text, name| Some(text.replace(&format!("{{{name}}}"), &said(name)?)))
    };
    let made = entry.made.get(&official.issued);
    let signer = entry.movers.get(&official.issued).and_then(|movers| movers.iter().next_back());
    Letter {
        addressee: said(official.to.as_str()).unwrap_or_default(),
        paragraphs: official.text.iter().filter_map(filled).flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect(),
        office: draw.text(&official.office),
        signer: signer.and_then(|person| draw.directory.person(*person)).map(|person| person.name.clone()),
        date: made.map(|stamp| whole_date(stamp.at.date(), lang)),
        docx: format!("{}/print/docx", crate::draw::entry_path(entry)),
    }
}

impl Letter {
    /// The same as a document of Word, with the slip as lines to fill in.
    pub(super) fn document(&self, title: &str, entry: &Entry, print: &Print, draw: &Draw<'_>) -> office::letter::Letter {
        let colon = draw.visit.say("colon");
        let mut stamp: Vec<String> = Vec::new();
        if let Some(slip) = &print.slip {
            stamp.push(format!("{title} · {} {}", entry.number, draw.text(&slip.title)));
            stamp.extend(slip.lines.iter().map(|line| draw.visit.fill("sign-line", &[("who", draw.text(line).into())])));
        }
        let signer = self.signer.as_ref().map(|name| draw.visit.fill("letter-signer", &[("name", name.clone().into())]));
        office::letter::Letter {
            title: title.to_owned(),
            number: Some(entry.number.clone()),
            addressee: Some(format!("{}{colon}", self.addressee)),
            paragraphs: self.paragraphs.clone(),
            signed: [Some(self.office.clone()), Some(draw.visit.say("letter-seal")), signer, self.date.clone()]
                .into_iter()
                .flatten()
                .collect(),
            stamp,
        }
    }
}

/// What a field says on paper; nothing where it is empty, or not for this viewer.
fn words(draw: &Draw<'_>, entry: &Entry, field: &Field, opened: Option<&SecretValues>) -> Option<String> {
    let value = match field.sensitivity {
        Sensitivity::Sealed => opened.and_then(|opened| opened.for_viewer_with_key().get(&field.name))?,
        _ => {
            entry.values.get(&field.name).filter(|_| draw.viewer.is_some_and(|viewer| rights::sees(viewer, draw.register, entry, field)))?
        }
    };
    Some(match value {
        Value::Date(day) => whole_date(*day, draw.visit.lang),
        other => show::value(&draw.shown(), field, other),
    })
}

/// A letter is kept for years: its days name theirs.
fn whole_date(day: Date, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("{}年{}月{}日", day.year(), day.month(), day.day()),
        Lang::En => day.strftime("%-d %B %Y").to_string(),
    }
}
