//! Masks on what is sealed: put on and taken off by whoever holds the right; other readers see a bar and why.

use crate::draw::entry_path;
use crate::failure::{Answer, Failure, status_of};
use crate::pages::hand::{open, words};
use crate::pages::work::{Line, Sheet, WorkPage};
use crate::posted::Posted;
use crate::staff::{Staff, see};
use crate::view::act::Act;
use crate::view::field::{Choice, Control, Field, Look, Part};
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use catalogue::FieldName;
use catalogue::register::Verb;
use engine::{Refusal, rights};
use store::{Found, Open, Passage};
use vault::Purpose;

type Address = Path<(String, String)>;

/// `GET /r/{register}/{number}/mask`
pub(crate) async fn show(staff: Staff, Path((register, number)): Address) -> Answer {
    let found = reach(&staff, &register, &number).await?;
    page(&staff, &found, None, StatusCode::OK, &Posted::default(), None).await
}

/// `POST /r/{register}/{number}/mask`: `step` is `open`, `mask` or `unmask`.
pub(crate) async fn make(staff: Staff, Path((register, number)): Address, request: Request) -> Answer {
    let posted = staff.posted(request).await?;
    let found = reach(&staff, &register, &number).await?;
    let opened = open(&staff, &found.entry, Purpose::Page).await?;
    let given = |name: &str| posted.pairs.get(name).unwrap_or_default().trim().to_owned();
    let done = match given("step").as_str() {
        "mask" => {
            let field = Some(given("field")).filter(|field| found.register.fields.contains_key(field.as_str()));
            let passage = Passage { field: field.map(|field| FieldName::new(&field)), words: given("words"), why: given("why") };
            staff.app.store.mask(&opened, &staff.viewer, &passage).await
        }
        "unmask" => {
            let mark = given("mark").parse().map_err(|_| Failure::NotFound)?;
            staff.app.store.unmask(&opened, &staff.viewer, mark).await
        }
        _ => return page(&staff, &found, Some(&opened), StatusCode::OK, &posted, None).await,
    };
    match done {
        Ok(_) => Ok(see(&format!("{}?done=masked", entry_path(&found.entry)))),
        Err(store::Failure::Refusal(refusal)) => {
            page(&staff, &found, Some(&opened), status_of(refusal.code), &posted, Some(*refusal)).await
        }
        Err(store::Failure::Error(error)) => Err(error.into()),
    }
}

async fn reach(staff: &Staff, register: &str, number: &str) -> Answer<Found> {
    let found = staff.entry(register, number).await?;
    rights::may(&staff.viewer, &found.register, Verb::Mask, &found.entry).map_err(|_| Failure::NotFound)?;
    Ok(found)
}

async fn page(staff: &Staff, found: &Found, open: Option<&Open>, status: StatusCode, posted: &Posted, refusal: Option<Refusal>) -> Answer {
    let path = format!("{}/mask", entry_path(&found.entry));
    let draw = staff.draw(&found.register);
    let mut page = WorkPage::new(staff, found, "mask-title").await?;
    page.about = Some(staff.say("mask-about"));
    page.fault(staff, refusal.as_ref());
    let Some(open) = open else {
        let act = staff.app.keyrings.holds(&staff.session).then(|| Act::post(staff.say("mask-open"), &path).give("step", "open"));
        page.say(staff.say(if act.is_some() { "mask-open-about" } else { "open-no-key" }), act);
        return staff.page_as(status, "pages/work.html", &page);
    };
    let values = open.values.for_viewer_with_key();
    let fields: Vec<&catalogue::Field> = found.register.fields.values().filter(|field| values.contains_key(&field.name)).collect();
    let typed = |name: &str| posted.pairs.get(name).unwrap_or_default().to_owned();
    let everywhere = Choice { value: String::new(), label: staff.say("mask-everywhere"), hint: None, on: typed("field").is_empty() };
    let options = fields.iter().map(|field| {
        let value = field.name.to_string();
        Choice { on: typed("field") == value, value, label: draw.text(&field.label), hint: None }
    });
    let control = Control::Choice { look: Look::Select, options: std::iter::once(everywhere).chain(options).collect() };
    let parts = vec![
        Field::new("words", staff.say("mask-words"), Control::long(typed("words"), Some(500)))
            .required(true)
            .hint(Some(staff.say("mask-words-hint"))),
        Field::new("field", staff.say("mask-field"), control),
        Field::new("why", staff.say("mask-why"), Control::line(typed("why"))).required(true).hint(Some(staff.say("mask-why-hint"))),
    ];
    page.form(staff, &path, "mask", vec![Part::plain(None, parts)], "mask-do");
    let line = |(mark, passage): (u32, Passage)| Line {
        act: Some(Act::post(staff.say("mask-off"), &path).give("step", "unmask").give("mark", mark.to_string())),
        ..Line::new(passage.why, passage.words)
    };
    let masks: Vec<Line> = open.passages()?.into_iter().map(line).collect();
    if !masks.is_empty() {
        page.sheets.push(Sheet { title: staff.say("mask-there"), lines: masks });
    }
    let lines = fields.iter().filter_map(|field| Some(Line::new(draw.text(&field.label), words(&draw, field, values.get(&field.name)?))));
    page.sheets.push(Sheet { title: staff.say("hand-content"), lines: lines.collect() });
    staff.page_as(status, "pages/work.html", &page)
}
