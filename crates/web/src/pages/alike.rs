//! Entries that may tell of the same: found by blind indexes, related by a person, answered together.

use crate::drafts::new_token;
use crate::draw::entry_path;
use crate::failure::{Answer, Failure, status_of};
use crate::pages::work::{Line, Sheet, WorkPage};
use crate::posted::Posted;
use crate::staff::{Staff, see};
use crate::view::act::Act;
use crate::view::field::{Choice, Control, Field, Look, Part};
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use catalogue::register::Verb;
use engine::{EntryId, Refusal, Relation, rights};
use store::{Alike, Found, Wish};

type Address = Path<(String, String)>;

const HOWS: [Relation; 4] = [Relation::DuplicateOf, Relation::DuplicatedBy, Relation::BelongsTogether, Relation::SamePerson];

/// `GET /r/{register}/{number}/alike`
pub(crate) async fn show(staff: Staff, Path((register, number)): Address) -> Answer {
    let found = reach(&staff, &register, &number).await?;
    page(&staff, &found, StatusCode::OK, &Posted::default(), None).await
}

/// `POST /r/{register}/{number}/alike`: `step` is `relate`, `part` or `answer`.
pub(crate) async fn make(staff: Staff, Path((register, number)): Address, request: Request) -> Answer {
    let posted = staff.posted(request).await?;
    let found = reach(&staff, &register, &number).await?;
    let given = |name: &str| posted.pairs.get(name).unwrap_or_default().trim().to_owned();
    let done = match given("step").as_str() {
        "relate" => match (named(&staff, &found, &given("other")).await?, how(&given("how"))) {
            (Some(other), Some(how)) => staff.app.store.relate(&found, &other, how, &staff.viewer).await,
            (None, _) => Err(unknown().into()),
            (_, None) => return Err(Failure::NotFound),
        },
        "part" => match named(&staff, &found, &given("other")).await? {
            Some(other) => staff.app.store.part_from(&found, &other, &staff.viewer).await,
            None => Err(unknown().into()),
        },
        "answer" => answer(&staff, &found, &given("text"), &given("once")).await,
        _ => return Err(Failure::NotFound),
    };
    match done {
        Ok(()) => Ok(see(&format!("{}/alike", entry_path(&found.entry)))),
        Err(store::Failure::Refusal(refusal)) => page(&staff, &found, status_of(refusal.code), &posted, Some(*refusal)).await,
        Err(store::Failure::Error(error)) => Err(error.into()),
    }
}

/// The same words to everybody who reported what stands for one.
async fn answer(staff: &Staff, found: &Found, text: &str, once: &str) -> Result<(), store::Failure> {
    if text.is_empty() {
        return Err(Refusal::new(engine::Code::Missing, "请写答复", "write the answer").into());
    }
    // Each is answered or not for itself: a report without a receipt code has nobody to read it.
    let (mut left, mut why) = (Vec::new(), None);
    for (how, other) in staff.app.store.related(found, &staff.viewer).await? {
        if how != Relation::DuplicatedBy {
            continue;
        }
        let wish = Wish::Message { text: text.to_owned(), files: Vec::new() };
        let mut request = store::Request::new(staff.actor(), other.entry.register.clone(), other.entry.id, wish);
        // Pressed twice, or again after one of them was refused: who has the answer does not get it twice.
        if once.len() == 32 {
            request = request.with_key(format!("{}:{once}", other.entry.id));
        }
        match staff.app.store.submit(request).await {
            Err(store::Failure::Refusal(refusal)) => {
                left.push(other.entry.number.clone());
                why = Some(refusal.text);
            }
            answered => drop(answered?),
        }
    }
    if let Some(why) = why {
        let left = left.join(" ");
        let (zh, en) = (format!("其余已答复；{left} 没有：{}", why.zh), format!("the others were answered; {left} not: {}", why.en));
        return Err(Refusal::new(engine::Code::Condition, zh, en).into());
    }
    Ok(())
}

fn unknown() -> Refusal {
    Refusal::new(engine::Code::UnknownValue, "没有这一件，或您看不到", "there is no such entry, or none you may see")
}

fn how(word: &str) -> Option<Relation> {
    HOWS.into_iter().find(|how| how.word() == word)
}

/// Another entry, by its id from a button or by its number as typed.
async fn named(staff: &Staff, found: &Found, other: &str) -> Answer<Option<Found>> {
    if let Some(id) = EntryId::parse(other) {
        return Ok(staff.app.store.entry(id, &staff.viewer).await.ok());
    }
    Ok(staff.entry(found.register.name.as_str(), other).await.ok())
}

async fn reach(staff: &Staff, register: &str, number: &str) -> Answer<Found> {
    let found = staff.entry(register, number).await?;
    if offers(staff, &found) { Ok(found) } else { Err(Failure::NotFound) }
}

fn offers(staff: &Staff, found: &Found) -> bool {
    let may_open = found.register.has_sealed() && rights::may_unseal(&staff.viewer, &found.register, &found.entry);
    may_open && !found.entry.is_erased() && rights::may(&staff.viewer, &found.register, Verb::Edit, &found.entry).is_ok()
}

async fn page(staff: &Staff, found: &Found, status: StatusCode, posted: &Posted, refusal: Option<Refusal>) -> Answer {
    let path = format!("{}/alike", entry_path(&found.entry));
    let mut page = WorkPage::new(staff, found, "alike-title").await?;
    page.about = Some(staff.say("alike-about"));
    page.fault(staff, refusal.as_ref());
    let related = staff.app.store.related(found, &staff.viewer).await?;
    let line = |(how, other): &(Relation, Found)| Line {
        href: Some(entry_path(&other.entry)),
        act: Some(Act::post(staff.say("alike-part"), &path).give("step", "part").give("other", other.entry.id.to_string())),
        ..Line::new(staff.say(&format!("relation-{}", how.word())), told(staff, other))
    };
    if !related.is_empty() {
        page.sheets.push(Sheet { title: staff.say("alike-related"), lines: related.iter().map(line).collect() });
    }
    let alike = staff.app.store.alike(found, &staff.viewer).await?;
    let fresh = alike.iter().filter(|one| !found.entry.content.related.contains_key(&one.found.entry.id));
    let lines: Vec<Line> = fresh.map(|one| candidate(staff, one)).collect();
    if lines.is_empty() {
        page.say(staff.say("alike-none"), None);
    } else {
        page.sheets.insert(0, Sheet { title: staff.say("alike-found"), lines });
    }
    let typed = posted.pairs.get("other").filter(|other| EntryId::parse(other).is_none()).unwrap_or_default();
    let option = |relation: Relation| Choice {
        value: relation.word().to_owned(),
        label: staff.say(&format!("relation-{}", relation.word())),
        hint: None,
        on: posted.pairs.get("how").map_or(relation == Relation::DuplicateOf, |how| how == relation.word()),
    };
    let fields = vec![
        Field::new("other", staff.say("alike-other"), Control::line(typed)).required(true).hint(Some(staff.say("alike-other-hint"))),
        Field::new("how", staff.say("alike-how"), Control::Choice { look: Look::Radio, options: HOWS.map(option).into() }),
    ];
    let answers =
        related.iter().any(|(how, _)| *how == Relation::DuplicatedBy) && found.register.public.as_ref().is_some_and(|public| public.code);
    if answers && (staff.query.get("answer").is_some() || posted.pairs.get("step") == Some("answer")) {
        let text =
            Field::new("text", staff.say("alike-answer-text"), Control::long(posted.pairs.get("text").unwrap_or_default(), Some(2_000)))
                .required(true);
        page.form(staff, &path, "answer", vec![Part::plain(None, vec![text])], "alike-answer");
        let once = posted.pairs.get("once").filter(|once| once.len() == 32).map_or_else(new_token, str::to_owned);
        page.give("once", once);
    } else {
        if answers {
            page.say(staff.say("alike-answer-about"), Some(Act::link(staff.say("alike-answer"), format!("{path}?answer=1"))));
        }
        page.form(staff, &path, "relate", vec![Part::plain(None, fields)], "alike-relate");
    }
    staff.page_as(status, "pages/work.html", &page)
}

/// What both have, in words; never which number or whom.
fn candidate(staff: &Staff, one: &Alike) -> Line {
    let said = |key: &str, n: u64| (n > 0).then(|| staff.fill(key, &[("n", n.into())]));
    let why = [said("alike-numbers", one.numbers), said("alike-people", one.people), said("alike-words", one.words * 100 / 16)];
    let why = why.into_iter().flatten().collect::<Vec<_>>().join(&staff.say("list-comma"));
    Line { href: Some(entry_path(&one.found.entry)), ..Line::new(told(staff, &one.found), why) }
}

fn told(staff: &Staff, found: &Found) -> String {
    let draw = staff.draw(&found.register);
    format!("{} {} · {}", draw.title(), found.entry.number, draw.state(&found.entry.state).text)
}
