//! Writing to the reporter: what both sides read, apart from what those who handle an entry note among themselves.

use crate::drafts::new_token;
use crate::draw::Draw;
use crate::draw::cells::{OPENED_FILE, file_size};
use crate::draw::entry_path;
use crate::failure::{Answer, Failure, status_of};
use crate::pages::entry::Opened;
use crate::pages::forms::{FormPage, foreign};
use crate::staff::{Staff, see};
use crate::view::faults::Fault;
use crate::view::field::{Control, Field, Part};
use crate::view::talk::{Enclosed, Letter};
use crate::view::top::Link;
use crate::view::trail::Level as Readers;
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use engine::{Entry, Level, Refusal, may_write};
use serde::Serialize;
use store::{Found, Happened, Request as Wish, Wish as What};
use vault::Speaker;

/// Characters of one message.
const LONGEST: u64 = 5_000;

/// What house and reporter wrote to each other, on the entry's page.
#[derive(Serialize)]
pub(crate) struct Talk {
    readers: Readers,
    count: usize,
    letters: Vec<Letter>,
    /// Why the words are not shown here.
    shut: Option<String>,
    /// A reporter's message nobody answered.
    waits: Option<String>,
    write: Option<Box_>,
    /// Why nothing can be written.
    closed: Option<String>,
}

#[derive(Serialize)]
struct Box_ {
    post: String,
    once: String,
    field: Field,
}

/// `None`: a register nobody reports to from outside, or an entry without a code and without a word.
pub(crate) async fn talk(
    staff: &Staff,
    draw: &Draw<'_>,
    entry: &Entry,
    history: &[Happened],
    opened: Option<&Opened>,
) -> Answer<Option<Talk>> {
    let count = history.iter().filter(|one| store::is_letter(&one.event)).count();
    let is_public = draw.register.public.as_ref().is_some_and(|public| public.code);
    let reaches = is_public && !entry.is_erased() && staff.app.store.reaches_reporter(entry.id).await?;
    if !is_public || entry.is_erased() || (!reaches && count == 0) {
        return Ok(None);
    }
    let may = may_write(&staff.viewer, draw.register, entry);
    Ok(Some(Talk {
        readers: draw.level(Level::Reporter),
        count,
        letters: opened.map(|opened| letters(staff, draw, entry, opened)).unwrap_or_default(),
        shut: (opened.is_none() && count > 0).then(|| staff.say("talk-shut")),
        waits: entry.unanswered.map(|at| staff.fill("talk-waits", &[("when", staff.moment(at).into())])),
        write: (may && reaches).then(|| Box_ {
            post: format!("{}/message", entry_path(entry)),
            once: new_token(),
            field: field(staff, "", None),
        }),
        closed: (!reaches).then(|| staff.say("talk-no-code")),
    }))
}

fn letters(staff: &Staff, draw: &Draw<'_>, entry: &Entry, opened: &Opened) -> Vec<Letter> {
    let letter = |letter: &store::Letter| {
        let mine = letter.by == Speaker::House;
        let file = |file: &engine::FileRef| Enclosed {
            name: file.name.clone(),
            size: file_size(file.size),
            href: Some(format!("{}/letter/{}?key={}", entry_path(entry), file.hash, staff.signer.sign(OPENED_FILE, file.hash.as_bytes()))),
        };
        Letter {
            mine,
            asks: mine,
            by: draw.actor(&letter.actor),
            when: staff.moment(letter.at),
            text: letter.text.clone(),
            files: letter.files.iter().map(file).collect(),
        }
    };
    opened.letters.iter().map(letter).collect()
}

fn field(staff: &Staff, typed: &str, fault: Option<String>) -> Field {
    let field = Field::new("_message", staff.say("talk-write"), Control::long(typed, Some(LONGEST)));
    field.required(true).hint(Some(staff.say("talk-write-hint"))).fault(fault)
}

/// `GET /r/{register}/{number}/message`
pub(crate) async fn show(staff: Staff, Path((register, number)): Path<(String, String)>) -> Answer {
    let found = open(&staff, &register, &number).await?;
    page(&staff, &found, StatusCode::OK, "", None).await
}

async fn open(staff: &Staff, register: &str, number: &str) -> Answer<Found> {
    let found = staff.entry(register, number).await?;
    if may_write(&staff.viewer, &found.register, &found.entry) { Ok(found) } else { Err(Refusal::not_allowed().into()) }
}

/// `POST /r/{register}/{number}/message`
pub(crate) async fn send(staff: Staff, Path((register, number)): Path<(String, String)>, request: Request) -> Answer {
    let posted = staff.posted_kept(request).await?;
    let found = open(&staff, &register, &number).await.map_err(|failure| if posted.is_foreign { Failure::Forged } else { failure })?;
    let text = posted.pairs.get("_message").unwrap_or_default().trim();
    if posted.is_foreign {
        return page(&staff, &found, StatusCode::FORBIDDEN, text, Some(foreign().text.get(staff.lang).to_owned())).await;
    }
    if text.is_empty() || text.chars().count() as u64 > LONGEST {
        let fault = staff.fill("stage-empty", &[("n", LONGEST.into())]);
        return page(&staff, &found, StatusCode::UNPROCESSABLE_ENTITY, text, Some(fault)).await;
    }
    let what = What::Message { text: text.to_owned(), files: Vec::new() };
    let mut wish = Wish::new(staff.actor(), found.register.name.clone(), found.entry.id, what);
    wish.key = posted.key(&staff.app, found.entry.id);
    match staff.app.store.submit(wish).await {
        Ok(_) => Ok(see(&format!("{}?done=messaged", entry_path(&found.entry)))),
        Err(store::Failure::Refusal(refusal)) => {
            let fault = refusal.text.get(staff.lang).to_owned();
            page(&staff, &found, status_of(refusal.code), text, Some(fault)).await
        }
        Err(store::Failure::Error(error)) => Err(error.into()),
    }
}

async fn page(staff: &Staff, found: &Found, status: StatusCode, typed: &str, fault: Option<String>) -> Answer {
    let path = entry_path(&found.entry);
    let title = staff.say("message-title");
    let page = FormPage {
        shell: staff.shell(&title, Some(&found.register.area)).await?,
        back: Link::new(&found.entry.number, &path),
        small: Some(format!("{} {}", staff.text(&found.register.title), found.entry.number)),
        about: Some(staff.say("message-about")),
        faults: fault.iter().map(|text| Fault { href: "#f-_message".to_owned(), text: text.clone() }).collect(),
        stale: None,
        post: format!("{path}/message"),
        once: Some(new_token()),
        give: Vec::new(),
        multipart: false,
        parts: vec![Part::plain(None, vec![field(staff, typed, fault)])],
        submit: staff.say("message-send"),
        cancel: path,
    };
    staff.page_as(status, "pages/form.html", &page)
}
