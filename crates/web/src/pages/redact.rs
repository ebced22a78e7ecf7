//! Redaction: words or files destroyed for good; one asks, another agrees.

use crate::draw::entry_path;
use crate::failure::{Answer, Failure, status_of};
use crate::pages::hand::{open, words};
use crate::pages::work::{Line, Sheet, WorkPage};
use crate::posted::Posted;
use crate::staff::{Staff, see};
use crate::view::act::{Act, Ask, Kind};
use crate::view::field::{Choice, Control, Field, Look, Part};
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use catalogue::register::Verb;
use engine::{Refusal, rights};
use store::{Found, Open, Redaction};
use vault::Purpose;

type Address = Path<(String, String)>;

/// `GET /r/{register}/{number}/redact`
pub(crate) async fn show(staff: Staff, Path((register, number)): Address) -> Answer {
    let found = reach(&staff, &register, &number).await?;
    page(&staff, &found, None, StatusCode::OK, &Posted::default(), None).await
}

/// `POST /r/{register}/{number}/redact`: `step` is `open`, `ask`, `agree` or `decline`.
pub(crate) async fn make(staff: Staff, Path((register, number)): Address, request: Request) -> Answer {
    let posted = staff.posted(request).await?;
    let found = reach(&staff, &register, &number).await?;
    let (store, viewer) = (&staff.app.store, &staff.viewer);
    let step = posted.pairs.get("step").unwrap_or_default();
    if step == "decline" {
        store.decline_redaction(&found.entry, viewer).await?;
        return Ok(see(&format!("{}?done=redacting", entry_path(&found.entry))));
    }
    let opened = open(&staff, &found.entry, Purpose::Reseal).await?;
    let done = match step {
        "ask" => store.ask_to_redact(&opened, viewer, &read(&opened, &posted)).await,
        "agree" => store.redact(&opened, viewer).await,
        _ => return page(&staff, &found, Some(&opened), StatusCode::OK, &posted, None).await,
    };
    match done {
        Ok(_) => {
            let done = if step == "ask" { "redact-asked" } else { "redacting" };
            Ok(see(&format!("{}?done={done}", entry_path(&found.entry))))
        }
        Err(store::Failure::Refusal(refusal)) => {
            page(&staff, &found, Some(&opened), status_of(refusal.code), &posted, Some(*refusal)).await
        }
        Err(store::Failure::Error(error)) => Err(error.into()),
    }
}

fn read(open: &Open, posted: &Posted) -> Redaction {
    let text = |name: &str| posted.pairs.get(name).unwrap_or_default().trim().to_owned();
    let asked: Vec<&str> = posted.pairs.0.iter().filter(|(key, _)| key == "files").map(|(_, value)| value.as_str()).collect();
    Redaction {
        words: text("words").lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect(),
        files: open.files().into_iter().map(|file| file.hash).filter(|hash| asked.contains(&hash.as_str())).collect(),
        why: text("why"),
    }
}

async fn reach(staff: &Staff, register: &str, number: &str) -> Answer<Found> {
    let found = staff.entry(register, number).await?;
    let may = !found.entry.is_erased() && rights::may(&staff.viewer, &found.register, Verb::Redact, &found.entry).is_ok();
    if may { Ok(found) } else { Err(Failure::NotFound) }
}

async fn page(staff: &Staff, found: &Found, open: Option<&Open>, status: StatusCode, posted: &Posted, refusal: Option<Refusal>) -> Answer {
    let path = format!("{}/redact", entry_path(&found.entry));
    let draw = staff.draw(&found.register);
    let mut page = WorkPage::new(staff, found, "redact-title").await?;
    page.about = Some(staff.say("redact-about"));
    page.fault(staff, refusal.as_ref());
    let post = |key: &str, step: &str| Act::post(staff.say(key), &path).give("step", step);
    let asked = found.entry.content.redaction.as_ref();
    if let Some(asked) = asked {
        page.lines.push(Line::new(staff.say("hand-by"), asked.by.map_or_else(|| staff.say("person-unknown"), |by| draw.person(by))));
    }
    let asked_here = asked.is_some_and(|asked| asked.by == Some(staff.viewer.person));
    if asked_here {
        page.say(staff.say("redact-waits"), None);
    }
    let ask = Ask { title: staff.say("redact-back"), text: staff.say("redact-back-ask"), ok: staff.say("redact-back") };
    let back = post("redact-back", "decline").ask(ask);
    let Some(open) = open else {
        let act = staff.app.keyrings.holds(&staff.session).then(|| post("redact-open", "open"));
        page.say(staff.say(if act.is_some() { "redact-open-about" } else { "open-no-key" }), act);
        page.acts.extend(asked_here.then_some(back));
        return staff.page_as(status, "pages/work.html", &page);
    };
    let files = open.files();
    match open.redaction()? {
        Some(wish) => {
            page.lines.push(Line::new(staff.say("redact-words"), wish.words.join("\n")));
            let names = files.iter().filter(|file| wish.files.contains(&file.hash)).map(|file| file.name.clone());
            page.lines.push(Line::new(staff.say("redact-files"), names.collect::<Vec<_>>().join("\n")));
            page.lines.push(Line::new(staff.say("redact-why"), wish.why));
            if asked_here {
                page.acts.push(back);
            } else {
                let ask = Ask { title: staff.say("redact-agree"), text: staff.say("redact-agree-ask"), ok: staff.say("redact-agree") };
                page.acts.push(post("redact-decline", "decline"));
                page.acts.push(post("redact-agree", "agree").kind(Kind::Main).ask(ask));
            }
        }
        None => {
            let typed = |name: &str| posted.pairs.get(name).unwrap_or_default().to_owned();
            let long = |name: &str, most| Control::long(typed(name), Some(most));
            let mut fields = vec![
                Field::new("words", staff.say("redact-words"), long("words", 4_000)).hint(Some(staff.say("redact-words-hint"))),
                Field::new("why", staff.say("redact-why"), long("why", 500)).required(true),
            ];
            if !files.is_empty() {
                let option = |file: &engine::FileRef| Choice { value: file.hash.clone(), label: file.name.clone(), hint: None, on: false };
                let options = files.iter().map(option).collect();
                fields.insert(1, Field::new("files", staff.say("redact-files"), Control::Multi { look: Look::Checks, options }));
            }
            page.form(staff, &path, "ask", vec![Part::plain(None, fields)], "redact-ask");
        }
    }
    let values = open.values.for_viewer_with_key();
    let shown = found.register.fields.values().filter_map(|field| Some((field, values.get(&field.name)?)));
    let lines = shown.map(|(field, value)| Line::new(draw.text(&field.label), words(&draw, field, value))).collect();
    page.sheets.push(Sheet { title: staff.say("hand-content"), lines });
    staff.page_as(status, "pages/work.html", &page)
}
