//! Redaction: words or files destroyed for good; one asks, another agrees.

use super::{Address, Cover, Standing, typed};
use crate::draw::entry_path;
use crate::failure::Answer;
use crate::pages::hand::open;
use crate::pages::work::{Line, WorkPage};
use crate::posted::Posted;
use crate::staff::{Staff, see};
use crate::view::act::{Act, Ask, Kind};
use crate::view::field::{Choice, Control, Field, Look, Part};
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use store::{Found, Open, Redaction};
use vault::Purpose;

/// `GET /r/{register}/{number}/redact`
pub(crate) async fn show(staff: Staff, Path((register, number)): Address) -> Answer {
    let found = Cover::Redact.reach(&staff, &register, &number).await?;
    let standing = Standing { open: None, posted: &Posted::default(), refusal: None };
    Cover::Redact.page(&staff, &found, StatusCode::OK, standing).await
}

/// `POST /r/{register}/{number}/redact`: `step` is `open`, `ask`, `agree` or `decline`.
pub(crate) async fn make(staff: Staff, Path((register, number)): Address, request: Request) -> Answer {
    let posted = staff.posted(request).await?;
    let found = Cover::Redact.reach(&staff, &register, &number).await?;
    let (store, viewer, step) = (&staff.app.store, &staff.viewer, typed(&posted, "step"));
    if step == "decline" {
        store.decline_redaction(&found.entry, viewer).await?;
        return Ok(see(&format!("{}?done=redacting", entry_path(&found.entry))));
    }
    let opened = open(&staff, &found.entry, Purpose::Reseal).await?;
    let standing = Standing { open: Some(&opened), posted: &posted, refusal: None };
    let (done, word) = match step {
        "ask" => (store.ask_to_redact(&opened, viewer, &read(&opened, &posted)).await.map(drop), "redact-asked"),
        "agree" => (store.redact(&opened, viewer).await.map(drop), "redacting"),
        _ => return Cover::Redact.page(&staff, &found, StatusCode::OK, standing).await,
    };
    Cover::Redact.answer(&staff, &found, standing, done, word).await
}

fn read(open: &Open, posted: &Posted) -> Redaction {
    let asked: Vec<&str> = posted.pairs.all("files").collect();
    Redaction {
        words: typed(posted, "words").lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect(),
        files: open.files().into_iter().map(|file| file.hash).filter(|hash| asked.contains(&hash.as_str())).collect(),
        why: typed(posted, "why").to_owned(),
    }
}

/// What is asked, or the form to ask.
pub(super) fn draw(staff: &Staff, found: &Found, standing: Standing<'_>, page: &mut WorkPage) -> Answer<()> {
    let path = Cover::Redact.path(found);
    let post = |key: &str, step: &str| Act::post(staff.say(key), &path).give("step", step);
    let ask = |key: &str, text: &str| Ask { title: staff.say(key), text: staff.say(text), ok: staff.say(key) };
    let asked = found.entry.content.redaction.as_ref();
    if let Some(asked) = asked {
        let by = asked.by.map_or_else(|| staff.say("person-unknown"), |by| staff.draw(&found.register).person(by));
        page.lines.push(Line::new(staff.say("hand-by"), by));
    }
    let asked_here = asked.is_some_and(|asked| asked.by == Some(staff.viewer.person));
    if asked_here {
        page.say(staff.say("redact-waits"), None);
        page.acts.push(post("redact-back", "decline").ask(ask("redact-back", "redact-back-ask")));
    }
    let Some(open) = standing.open else { return Ok(()) };
    let files = open.files();
    let Some(wish) = open.redaction()? else {
        page.form(staff, &path, "ask", vec![Part::plain(None, fields(staff, standing.posted, &files))], "redact-ask");
        return Ok(());
    };
    let names = files.iter().filter(|file| wish.files.contains(&file.hash)).map(|file| file.name.clone());
    let told = [("redact-words", wish.words.join("\n")), ("redact-files", names.collect::<Vec<_>>().join("\n")), ("redact-why", wish.why)];
    page.lines.extend(told.into_iter().filter(|(_, text)| !text.is_empty()).map(|(key, text)| Line::new(staff.say(key), text)));
    if !asked_here {
        page.acts.push(post("redact-decline", "decline"));
        page.acts.push(post("redact-agree", "agree").kind(Kind::Main).ask(ask("redact-agree", "redact-agree-ask")));
    }
    Ok(())
}

fn fields(staff: &Staff, posted: &Posted, files: &[engine::FileRef]) -> Vec<Field> {
    let long = |name: &str, most| Control::long(posted.pairs.get(name).unwrap_or_default(), Some(most));
    let mut fields = vec![
        Field::new("words", staff.say("redact-words"), long("words", 4_000))
            .required(files.is_empty())
            .hint(Some(staff.say("redact-words-hint"))),
        Field::new("why", staff.say("redact-why"), long("why", 500)).required(true),
    ];
    if !files.is_empty() {
        let option = |file: &engine::FileRef| Choice { value: file.hash.clone(), label: file.name.clone(), hint: None, on: false };
        let options = files.iter().map(option).collect();
        fields.insert(1, Field::new("files", staff.say("redact-files"), Control::Multi { look: Look::Checks, options }));
    }
    fields
}
