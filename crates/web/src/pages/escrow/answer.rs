//! One request to the holders of shares: what it is about, and their answer.

use super::{LONGEST, PATH, has_to_do};
use crate::failure::{Answer, Failure, status_of};
use crate::pages::deputy::person_name;
use crate::pages::identity::keyring;
use crate::staff::{Staff, see};
use crate::toast;
use crate::view::act::{Act, Ask};
use crate::view::cell::{Cell, Fact};
use crate::view::faults::Fault;
use crate::view::field::{Choice, Control, Field, Look};
use crate::view::shell::Shell;
use crate::view::top::Link;
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use engine::{PersonId, RescueWish};
use serde::Serialize;
use store::{Agreed, LetIn, Waiting};
use vault::Stretch;

/// The context of `pages/rescue.html`.
#[derive(Serialize)]
pub(super) struct Page {
    #[serde(flatten)]
    pub shell: Shell,
    pub back: Link,
    pub about: String,
    pub faults: Vec<Fault>,
    /// A one-time password, shown this once.
    pub given: Option<Given>,
    /// What is left to do after a rescue.
    pub left: Vec<String>,
    pub facts: Vec<Fact>,
    pub form: Option<Form>,
    pub acts: Vec<Act>,
}

#[derive(Serialize)]
pub(super) struct Given {
    text: String,
    password: String,
}

#[derive(Serialize)]
pub(super) struct Form {
    pub post: String,
    pub fields: Vec<Field>,
    pub submit: String,
}

/// `GET /escrow/{person}`
pub(crate) async fn show(staff: Staff, Path(person): Path<String>) -> Answer {
    let waiting = waiting(&staff, &person)?;
    staff.app.store.mark_seen(&staff.viewer, Some(engine::EntryId(waiting.concerned.0))).await?;
    page(&staff, &waiting, StatusCode::OK, Vec::new(), "").await
}

/// `POST /escrow/{person}`
pub(crate) async fn make(staff: Staff, Path(person): Path<String>, request: Request) -> Answer {
    let posted = staff.posted(request).await?;
    let waiting = waiting(&staff, &person)?;
    let (store, me) = (&staff.app.store, staff.viewer.person);
    let reason = posted.pairs.get("reason").unwrap_or_default().trim().to_owned();
    match posted.pairs.get("answer").unwrap_or_default() {
        "yes" if reason.is_empty() => wrong(&staff, &waiting, "reason", "rescue-reason-missing").await,
        "yes" => {
            let agreed = store.agree_rescue(me, waiting.concerned, &*keyring(&staff)?, &reason, Stretch::default()).await;
            match agreed {
                Ok(Agreed::Password { login, password, let_in }) => {
                    let given = Given { text: staff.fill("rescue-given", &[("login", login.into())]), password };
                    done(&staff, &waiting, Some(given), &let_in).await
                }
                Ok(Agreed::First) => Ok(see("/escrow?done=rescue-first")),
                Ok(Agreed::Keys(let_in)) if !let_in.is_whole() => done(&staff, &waiting, None, &let_in).await,
                Ok(Agreed::Keys(_)) => Ok(see("/escrow?done=rescue-done")),
                Ok(Agreed::Dealt) => Ok(see("/escrow?done=escrow-dealt")),
                Err(store::Failure::Refusal(refusal)) => {
                    let fault = Fault { href: "#main".to_owned(), text: staff.text(&refusal.text).to_owned() };
                    page(&staff, &waiting, status_of(refusal.code), vec![fault], &reason).await
                }
                Err(store::Failure::Error(error)) => Err(error.into()),
            }
        }
        "no" => {
            store.decline_rescue(me, waiting.concerned).await?;
            Ok(see("/escrow?done=rescue-declined"))
        }
        _ => wrong(&staff, &waiting, "answer", "rescue-answer-missing").await,
    }
}

async fn wrong(staff: &Staff, waiting: &Waiting, field: &str, key: &str) -> Answer {
    let fault = Fault { href: format!("#f-{field}"), text: staff.say(key) };
    page(staff, waiting, StatusCode::UNPROCESSABLE_ENTITY, vec![fault], "").await
}

/// Errors: not found, where nothing waits, and for whoever has nothing to do with shares.
fn waiting(staff: &Staff, person: &str) -> Answer<Waiting> {
    let person = PersonId::parse(person).filter(|_| has_to_do(staff)).ok_or(Failure::NotFound)?;
    let found = staff.app.store.rescues(staff.viewer.person).into_iter().find(|waiting| waiting.concerned == person);
    found.ok_or(Failure::NotFound)
}

/// What a request asks for, who asked, and who agreed with which reason.
pub(super) fn facts(staff: &Staff, waiting: &Waiting) -> Vec<Fact> {
    let fact = |label: String, value: String, wide| Fact { label, value: Cell::text(value), wide, seen: None };
    let rescue = &waiting.rescue;
    let what = match &rescue.ask.wish {
        RescueWish::Keys => staff.say("rescue-what-keys"),
        RescueWish::Password => staff.say("rescue-what-password"),
        RescueWish::Deal(people) => {
            let names: Vec<String> = people.iter().map(|person| person_name(staff, *person)).collect();
            staff.fill("rescue-what-deal", &[("who", names.join(&staff.say("list-comma")).into())])
        }
    };
    let asker = rescue.by.map_or_else(|| staff.say("by-system"), |by| person_name(staff, by));
    let mut facts = vec![
        fact(staff.say("rescue-who"), person_name(staff, waiting.concerned), false),
        fact(staff.say("rescue-asker"), format!("{asker} · {}", staff.moment(rescue.at)), false),
        fact(staff.say("rescue-what"), what, true),
        fact(staff.say("rescue-until"), staff.moment(rescue.ask.until), false),
        fact(staff.say("rescue-reason"), rescue.reason.clone(), true),
    ];
    for (person, reason) in &rescue.agreed {
        let label = staff.fill("rescue-agreed-by", &[("name", person_name(staff, *person).into())]);
        facts.push(fact(label, reason.clone(), true));
    }
    facts
}

fn title(staff: &Staff, waiting: &Waiting) -> String {
    match waiting.rescue.ask.wish {
        RescueWish::Deal(_) => staff.say("escrow-deal"),
        RescueWish::Keys | RescueWish::Password => staff.fill("rescue-of", &[("name", person_name(staff, waiting.concerned).into())]),
    }
}

async fn page(staff: &Staff, waiting: &Waiting, status: StatusCode, faults: Vec<Fault>, reason: &str) -> Answer {
    let about = staff.say(match waiting.rescue.ask.wish {
        RescueWish::Keys => "rescue-answer-about",
        RescueWish::Password => "rescue-answer-password-about",
        RescueWish::Deal(_) => "rescue-answer-deal-about",
    });
    let post = format!("{PATH}/{}", waiting.concerned);
    let form =
        waiting.is_mine.then(|| Form { post: post.clone(), fields: fields(staff, &faults, reason), submit: staff.say("rescue-send") });
    let is_own = waiting.rescue.by == Some(staff.viewer.person);
    let ask = Ask { title: staff.say("rescue-withdraw"), text: title(staff, waiting), ok: staff.say("rescue-withdraw") };
    let withdraw = || Act::post(staff.say("rescue-withdraw"), post.clone()).give("answer", "no").ask(ask);
    let page = Page {
        shell: Shell { toast: toast::of(staff, None), ..staff.shell(&title(staff, waiting), None).await? },
        back: Link::new(staff.say("escrow"), PATH),
        about,
        faults,
        given: None,
        left: Vec::new(),
        facts: facts(staff, waiting),
        form,
        acts: is_own.then(withdraw).into_iter().collect(),
    };
    staff.page_as(status, "pages/rescue.html", &page)
}

/// Neither is chosen beforehand: what is agreed to cannot be taken back.
fn fields(staff: &Staff, faults: &[Fault], reason: &str) -> Vec<Field> {
    let option = |(value, key): (&str, &str)| Choice { value: value.to_owned(), label: staff.say(key), hint: None, on: false };
    let options = [("yes", "rescue-yes"), ("no", "rescue-no")].map(option).into();
    let fault = |name: &str| faults.iter().find(|fault| fault.href == format!("#f-{name}")).map(|fault| fault.text.clone());
    vec![
        Field::new("answer", staff.say("rescue-answer"), Control::Choice { look: Look::Radio, options })
            .required(true)
            .fault(fault("answer")),
        Field::new("reason", staff.say("rescue-answer-reason"), Control::long(reason, Some(LONGEST)))
            .required(true)
            .hint(Some(staff.say("rescue-answer-reason-hint")))
            .fault(fault("reason")),
    ]
}

/// The one-time password stands in this answer alone, and no address leads here again.
async fn done(staff: &Staff, waiting: &Waiting, given: Option<Given>, let_in: &LetIn) -> Answer {
    let page = Page {
        shell: staff.shell(&title(staff, waiting), None).await?,
        back: Link::new(staff.say("escrow"), PATH),
        about: String::new(),
        faults: Vec::new(),
        given,
        left: left(staff, let_in),
        facts: Vec::new(),
        form: None,
        acts: Vec::new(),
    };
    staff.page("pages/rescue.html", &page)
}

/// What did not open, and how it still will.
fn left(staff: &Staff, let_in: &LetIn) -> Vec<String> {
    let mut said = Vec::new();
    if let_in.shut > 0 {
        said.push(staff.fill("rescue-shut", &[("n", let_in.shut.into())]));
    }
    if !let_in.numbers.is_empty() {
        said.push(staff.fill("rescue-shut-numbers", &[("numbers", let_in.numbers.join(&staff.say("list-comma")).into())]));
    }
    if let_in.is_cut_short {
        said.push(staff.fill("rescue-cut-short", &[("n", let_in.opened.into())]));
    }
    if !let_in.is_whole() {
        said.push(staff.say("rescue-later"));
    }
    said
}
