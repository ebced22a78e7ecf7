//! The receipt: a code shown once, and asking later with it. Unknown and wrong codes get the same words.

use crate::address::Pairs;
use crate::app::App;
use crate::drafts::new_token;
use crate::draw::Draw;
use crate::draw::cells::short_digest;
use crate::failure::{Answer, Failure};
use crate::pages::report::{eyes, spoken};
use crate::posted::{self, Into};
use crate::qr;
use crate::session::note_of;
use crate::view::faults::Fault;
use crate::view::field::{Control, Field};
use crate::view::shell::Door;
use crate::visit::Visit;
use axum::extract::{Request, State as Of};
use axum::http::StatusCode;
use catalogue::register::{After, Deadline, State, Until};
use catalogue::{Register, Sensitivity};
use engine::{Actor, Entry, Moment, Note, Value, form};
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use sha2::Sha256;
use store::{Done, Open};
use vault::{Entropy, ReceiptCode};

#[derive(Serialize)]
struct SentPage {
    #[serde(flatten)]
    door: Door,
    heading: String,
    code: Option<Shown>,
    stages: Vec<Stage>,
    then: Vec<String>,
    proof: Option<Proof>,
}

/// A code as it is shown, this once.
#[derive(Serialize)]
struct Shown {
    groups: Vec<String>,
    spoken: String,
    svg: String,
}

#[derive(Serialize)]
struct Stage {
    name: String,
    when: String,
    did: bool,
}

#[derive(Serialize)]
struct Proof {
    hash: String,
    at: String,
    place: String,
}

#[derive(Serialize)]
struct AskPage {
    #[serde(flatten)]
    door: Door,
    heading: String,
    left: Option<String>,
    faults: Vec<Fault>,
    field: Field,
}

#[derive(Serialize)]
struct StagePage {
    #[serde(flatten)]
    door: Door,
    heading: String,
    sent: Option<String>,
    stages: Vec<Stage>,
    expected: Option<String>,
    messages: Vec<Message>,
    code: String,
    once: String,
    faults: Vec<Fault>,
    field: Option<Field>,
}

#[derive(Serialize)]
struct Message {
    mine: bool,
    by: String,
    when: String,
    text: String,
}

/// The code of a form: the same however often the form is sent, also after a restart, and unknown to whoever holds only the database.
pub(crate) fn code_of(app: &App, token: &str) -> ReceiptCode {
    ReceiptCode::generate(&mut Derived { app, token, block: 0 })
}

/// What the store knows a form by, so that it is stored once. Tells nothing of the code.
pub(crate) fn key_of(app: &App, token: &str) -> String {
    format!("report:{}", app.public.sign("key", token.as_bytes()))
}

/// Bytes that only this house can make of a form's token.
struct Derived<'a> {
    app: &'a App,
    token: &'a str,
    block: u32,
}

impl Entropy for Derived<'_> {
    fn fill(&mut self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(32) {
            let secret = self.app.public.sign("code", self.token.as_bytes());
            let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
            mac.update(&self.block.to_be_bytes());
            self.block += 1;
            part.copy_from_slice(&mac.finalize().into_bytes()[..part.len()]);
        }
    }
}

/// The page after a report was stored.
pub(crate) async fn sent(visit: &Visit, register: &Register, done: &Done, code: Option<&ReceiptCode>) -> Answer {
    let store = &visit.app.store;
    let entry = store.fold_of(done.entry).await?.ok_or(Failure::NotFound)?;
    let heading = visit.say("public-sent");
    let page = SentPage {
        door: visit.door(&heading),
        heading,
        code: code.map(|code| shown(visit, code)),
        stages: stages(visit, register, &entry),
        then: eyes_of(visit, register, &entry)
            .into_iter()
            .chain(["receipt-then-more", "receipt-then-ask"].map(|key| visit.say(key)))
            .collect(),
        proof: done.receipt.as_ref().map(|receipt| Proof {
            hash: short_digest(&receipt.hash.to_string()),
            at: visit.moment(receipt.at),
            place: receipt.seq.to_string(),
        }),
    };
    visit.page("pages/public_sent.html", &page)
}

fn shown(visit: &Visit, code: &ReceiptCode) -> Shown {
    code.to_groups().expose(|text| Shown {
        groups: text.split('-').map(str::to_owned).collect(),
        spoken: text.clone(),
        svg: qr::svg(text, &visit.say("receipt-qr-label")).unwrap_or_default(),
    })
}

/// Who can open what was reported, as the entry stands now.
fn eyes_of(visit: &Visit, register: &Register, entry: &Entry) -> Option<String> {
    let store = &visit.app.store;
    let directory = store.directory();
    let context = form::Context { catalogue: store.catalogue(), register, directory: &directory, now: visit.now, me: None, my_unit: None };
    eyes(visit, register, &form::keyholders_of(&context, entry))
}

/// What happened and what is to come, from the clocks that begin with the report and follow each other. What happened is told by
/// the state that was reached, once; what is to come by its clock.
fn stages(visit: &Visit, register: &Register, entry: &Entry) -> Vec<Stage> {
    let mut stages = vec![Stage { name: visit.say("stage-received"), when: visit.date(entry.created.date()), did: true }];
    let ended = register.states.get(&entry.state).filter(|state| state.end);
    for deadline in register.deadlines.values() {
        let counts = deadline.condition.is_none() && matches!(deadline.after, After::Created | After::State(_));
        let clock = entry.clocks.get(&deadline.name);
        if !counts || (clock.is_none() && ended.is_some()) {
            continue;
        }
        let label = visit.text(&deadline.label).to_owned();
        let stage = match clock.map(|clock| (clock, clock.met)) {
            Some((_, Some(met))) => {
                let name = reached(register, deadline, entry, met).map_or(label, |state| visit.text(&state.label).to_owned());
                Stage { name, when: visit.date(met.date()), did: true }
            }
            Some((clock, None)) => {
                Stage { name: label, when: visit.fill("stage-by", &[("when", visit.date(clock.due.date()).into())]), did: false }
            }
            None => Stage { name: label, when: visit.say("stage-later"), did: false },
        };
        stages.push(stage);
    }
    let told = |state: &State| stages.iter().any(|stage| stage.did && stage.name == visit.text(&state.label));
    if let Some(state) = ended.filter(|state| !told(state)) {
        stages.push(Stage { name: visit.text(&state.label).to_owned(), when: visit.date(entry.changed.date()), did: true });
    }
    stages
}

/// The state whose coming met a clock.
fn reached<'r>(register: &'r Register, deadline: &Deadline, entry: &Entry, met: Moment) -> Option<&'r State> {
    deadline.until.iter().find_map(|until| match until {
        Until::State(name) => entry.entered.get(name).filter(|stamp| stamp.at == met).and_then(|_| register.states.get(name)),
        Until::Move(_) => None,
    })
}

/// `GET /receipt`
pub(crate) async fn show(visit: Visit) -> Answer {
    ask(&visit, StatusCode::OK, "", None, None)
}

fn ask(visit: &Visit, status: StatusCode, typed: &str, fault: Option<String>, left: Option<String>) -> Answer {
    let heading = visit.say("ask-title");
    let control = Control::Text { value: typed.to_owned(), max: Some(60), few: false, mode: None, auto: Some("off") };
    let page = AskPage {
        door: visit.door(&heading),
        heading,
        left,
        faults: fault.iter().map(|text| Fault { href: "#f-code".to_owned(), text: text.clone() }).collect(),
        field: Field::new("code", visit.say("ask-code"), control).required(true).hint(Some(visit.say("ask-code-hint"))).fault(fault),
    };
    visit.page_as(status, "pages/public_ask.html", &page)
}

/// `POST /receipt`: asking, writing something more, or leaving.
pub(crate) async fn go(Of(app): Of<App>, visit: Visit, request: Request) -> Answer {
    let posted = posted::read_public(&app, request, Into::Nowhere).await?;
    let visit = spoken(visit, &posted);
    if posted.pairs.get("_done").is_some() {
        return ask(&visit, StatusCode::OK, "", None, Some(visit.say("ask-left")));
    }
    let typed = posted.pairs.get("code").unwrap_or_default();
    let found = match ReceiptCode::parse(typed) {
        Ok(code) => app.store.open_with_code(&code).await?.map(|open| (code, open)),
        Err(_) => None,
    };
    let Some((code, open)) = found else {
        return ask(&visit, StatusCode::UNPROCESSABLE_ENTITY, typed, Some(visit.say("ask-wrong")), None);
    };
    if posted.pairs.get("_write").is_none() {
        return stage(&visit, &code, &open, StatusCode::OK, None, None).await;
    }
    write(&visit, &code, open, &posted.pairs).await
}

async fn write(visit: &Visit, code: &ReceiptCode, open: Open, pairs: &Pairs) -> Answer {
    let text = pairs.get("text").unwrap_or_default().trim();
    if text.is_empty() || text.chars().count() > LONGEST {
        let fault = visit.fill("stage-empty", &[("n", LONGEST.into())]);
        return stage(visit, code, &open, StatusCode::UNPROCESSABLE_ENTITY, Some(fault), None).await;
    }
    let key = pairs.get("once").filter(|once| once.len() == 32).map(|once| format!("word:{once}"));
    visit.app.store.note_with_code(code, text, key).await?;
    let open = visit.app.store.open_with_code(code).await?.unwrap_or(open);
    stage(visit, code, &open, StatusCode::OK, None, Some(visit.say("stage-written"))).await
}

/// Characters of one message.
const LONGEST: usize = 5_000;

async fn stage(visit: &Visit, code: &ReceiptCode, open: &Open, status: StatusCode, fault: Option<String>, sent: Option<String>) -> Answer {
    let (entry, register) = (&open.found.entry, &open.found.register);
    let next = entry.clocks.iter().filter(|(_, clock)| clock.is_running()).min_by_key(|(_, clock)| clock.due);
    let expected = next.and_then(|(name, clock)| {
        let what = visit.text(&register.deadlines.get(name)?.label).to_owned();
        Some(visit.fill("stage-expected", &[("when", visit.date(clock.due.date()).into()), ("what", what.into())]))
    });
    let ended = register.states.get(&entry.state).is_some_and(|state| state.end);
    let box_ = Field::new("text", visit.say("stage-write"), Control::long("", Some(LONGEST as u64)));
    let heading = visit.say("stage-title");
    let page = StagePage {
        door: visit.door(&heading),
        heading,
        sent,
        stages: stages(visit, register, entry),
        expected,
        messages: messages(visit, open).await?,
        code: code.to_groups().expose(String::clone),
        once: new_token(),
        faults: fault.iter().map(|text| Fault { href: "#f-text".to_owned(), text: text.clone() }).collect(),
        field: (!ended).then(|| box_.hint(eyes_of(visit, register, entry)).fault(fault)),
    };
    visit.page_as(status, "pages/public_stage.html", &page)
}

/// What the house answered, and what the reporter added: never a handler's name, days instead of hours.
async fn messages(visit: &Visit, open: &Open) -> Answer<Vec<Message>> {
    let (entry, register) = (&open.found.entry, &open.found.register);
    let store = &visit.app.store;
    let directory = store.directory();
    let draw = Draw { visit, viewer: None, catalogue: store.catalogue(), register, directory: &directory, signer: None };
    let mut messages = Vec::new();
    for one in store.events_of(entry.id).await? {
        if one.event.actor != Actor::Public {
            continue;
        }
        let text = match note_of(&one.event.fact) {
            Some(Note::Plain(text)) => text.clone(),
            Some(Note::Sealed(part)) => open.note(part)?.expose(|plain| String::from_utf8_lossy(plain).into_owned()),
            None => continue,
        };
        messages.push(Message { mine: true, by: visit.say("stage-from-you"), when: visit.date(one.event.at.date()), text });
    }
    // What the house wrote for the reporter: sealed long texts that no step of the public form asked for.
    let asked =
        |name: &catalogue::FieldName| register.public.iter().flat_map(|public| &public.steps).any(|step| step.fields.contains(name));
    let answers = register
        .fields
        .values()
        .filter(|field| field.sensitivity == Sensitivity::Sealed && field.kind == catalogue::Kind::LongText && !asked(&field.name));
    for field in answers {
        if let Some(Value::Text(text)) = open.values.for_viewer_with_key().get(&field.name) {
            let by = format!("{} · {}", visit.say("stage-from-house"), draw.text(&field.label));
            messages.push(Message { mine: false, by, when: visit.date(entry.changed.date()), text: text.clone() });
        }
    }
    Ok(messages)
}
