//! Masks on what is sealed: put on and taken off by whoever holds the right; other readers see a bar and why.

use super::{Address, Cover, Standing, typed};
use crate::failure::{Answer, Failure};
use crate::pages::hand::open;
use crate::pages::work::{Line, Sheet, WorkPage};
use crate::posted::Posted;
use crate::staff::Staff;
use crate::view::act::Act;
use crate::view::field::{Choice, Control, Field, Look, Part};
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use catalogue::FieldName;
use store::{Found, Passage};
use vault::Purpose;

/// `GET /r/{register}/{number}/mask`
pub(crate) async fn show(staff: Staff, Path((register, number)): Address) -> Answer {
    let found = Cover::Mask.reach(&staff, &register, &number).await?;
    let standing = Standing { open: None, posted: &Posted::default(), refusal: None };
    Cover::Mask.page(&staff, &found, StatusCode::OK, standing).await
}

/// `POST /r/{register}/{number}/mask`: `step` is `open`, `mask` or `unmask`.
pub(crate) async fn make(staff: Staff, Path((register, number)): Address, request: Request) -> Answer {
    let posted = staff.posted(request).await?;
    let found = Cover::Mask.reach(&staff, &register, &number).await?;
    let opened = open(&staff, &found.entry, Purpose::Page).await?;
    let standing = Standing { open: Some(&opened), posted: &posted, refusal: None };
    let done = match typed(&posted, "step") {
        "mask" => {
            let field = Some(typed(&posted, "field")).filter(|field| found.register.fields.contains_key(*field)).map(FieldName::new);
            let passage = Passage { field, words: typed(&posted, "words").to_owned(), why: typed(&posted, "why").to_owned() };
            staff.app.store.mask(&opened, &staff.viewer, &passage).await
        }
        "unmask" => {
            let mark = typed(&posted, "mark").parse().map_err(|_| Failure::NotFound)?;
            staff.app.store.unmask(&opened, &staff.viewer, mark).await
        }
        _ => return Cover::Mask.page(&staff, &found, StatusCode::OK, standing).await,
    };
    Cover::Mask.answer(&staff, &found, standing, done, "masked").await
}

/// The form, and the masks that are there.
pub(super) fn draw(staff: &Staff, found: &Found, standing: Standing<'_>, page: &mut WorkPage) -> Answer<()> {
    let Some(open) = standing.open else { return Ok(()) };
    let (draw, path) = (staff.draw(&found.register), Cover::Mask.path(found));
    let typed = |name: &str| typed(standing.posted, name);
    let values = open.values.for_viewer_with_key();
    let fields = found.register.fields.values().filter(|field| values.contains_key(&field.name));
    let option = |value: &str, label: String| Choice { on: typed("field") == value, value: value.to_owned(), label, hint: None };
    let everywhere = option("", staff.say("mask-everywhere"));
    let options = std::iter::once(everywhere).chain(fields.map(|field| option(field.name.as_str(), draw.text(&field.label)))).collect();
    let parts = vec![
        Field::new("words", staff.say("mask-words"), Control::long(typed("words"), Some(500)))
            .required(true)
            .hint(Some(staff.say("mask-words-hint"))),
        Field::new("field", staff.say("mask-field"), Control::Choice { look: Look::Select, options }).required(true),
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
    Ok(())
}
