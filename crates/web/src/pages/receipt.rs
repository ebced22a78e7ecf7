//! The receipt: a code shown once, and asking later with it. Unknown and wrong codes get the same words in the same time.

pub(crate) mod check;
mod stage;

use crate::app::App;
use crate::failure::{Answer, Failure};
use crate::pages::report::{eyes, spoken};
use crate::posted::{self, Into, Posted};
use crate::qr;
use crate::view::faults::Fault;
use crate::view::field::{Control, Field};
use crate::view::shell::Door;
use crate::visit::Visit;
use axum::extract::{Request, State as Of};
use axum::http::StatusCode;
use catalogue::Register;
use engine::{Actor, Entry, form};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use stage::Stage;
use store::Done;
use vault::{Entropy, ReceiptCode};

#[derive(Serialize)]
struct SentPage {
    #[serde(flatten)]
    door: Door,
    heading: String,
    code: Shown,
    stages: Vec<Stage>,
    then: Vec<String>,
    proof: Option<Proof>,
    /// A [`Held`], so that a wrong last group can be told.
    draft: String,
    faults: Vec<Fault>,
    last: Field,
}

/// A code as it is shown, this once. Empty where its sender made it: the page fills its place there.
#[derive(Default, Serialize)]
struct Shown {
    groups: Vec<String>,
    spoken: String,
    svg: String,
}

#[derive(Serialize)]
struct Proof {
    line: String,
    svg: String,
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

/// The code of a form: the same however often the form is sent, also after a restart, and unknown to whoever holds only the database.
pub(crate) fn code_of(app: &App, token: &str) -> ReceiptCode {
    ReceiptCode::generate(&mut Derived { app, token, block: 0 })
}

/// What the store knows a form by, with what it says, so that it is stored once and other words are not taken for it. Tells nothing of
/// the code or the words.
pub(crate) fn key_of(app: &App, token: &str, content: &[u8]) -> String {
    format!("report:{}", app.public.sign("key", &[token.as_bytes(), b"/", content].concat()))
}

/// What a page with a code carries: the form the code follows from. Only such a page has it, the token of the form is not enough.
#[derive(Serialize, Deserialize)]
struct Held {
    form: String,
    /// Of [`key_of`].
    key: String,
    until: i64,
}

const HELD: &str = "receipt";
/// How long a page with a code answers. Units: milliseconds.
const HELD_MS: i64 = 2 * 60 * 60 * 1000;

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

/// The page after a report was stored, with the code that follows from the form's token. `key`: of [`key_of`].
pub(crate) async fn sent(visit: &Visit, register: &Register, done: &Done, token: &str, key: &str) -> Answer {
    let code = code_of(&visit.app, token);
    let held = visit.app.public.carry(HELD, &Held { form: token.to_owned(), key: key.to_owned(), until: visit.now.0 + HELD_MS });
    sent_as(visit, StatusCode::OK, register, done, (&code, &held), None).await
}

/// The same for a report whose sender made the code.
pub(crate) async fn sent_sealed(visit: &Visit, register: &Register, done: &Done) -> Answer {
    visit.page("pages/public_sent.html", &sent_page(visit, register, done, None, None).await?)
}

async fn sent_as(
    visit: &Visit,
    status: StatusCode,
    register: &Register,
    done: &Done,
    code: (&ReceiptCode, &str),
    fault: Option<String>,
) -> Answer {
    visit.page_as(status, "pages/public_sent.html", &sent_page(visit, register, done, Some(code), fault).await?)
}

fn last_group(visit: &Visit, fault: Option<String>) -> Field {
    let control = Control::Text { value: String::new(), max: Some(20), few: true, mode: None, auto: Some("off") };
    // Asked of everybody; the tick below it is the other answer.
    Field::new("last", visit.say("receipt-last"), control).required(true).hint(Some(visit.say("receipt-last-hint"))).fault(fault)
}

async fn sent_page(
    visit: &Visit,
    register: &Register,
    done: &Done,
    code: Option<(&ReceiptCode, &str)>,
    fault: Option<String>,
) -> Answer<SentPage> {
    let store = &visit.app.store;
    let entry = store.fold_of(done.entry).await?.ok_or(Failure::NotFound)?;
    let heading = visit.say("public-sent");
    Ok(SentPage {
        door: visit.door(&heading),
        heading,
        stages: stage::stages(visit, register, &entry),
        then: eyes_of(visit, register, &entry)
            .into_iter()
            .chain(["receipt-then-more", "receipt-then-ask"].map(|key| visit.say(key)))
            .collect(),
        proof: done.receipt.as_ref().map(|receipt| Proof {
            svg: qr::svg(&receipt.line(), &visit.say("receipt-proof-label")).unwrap_or_default(),
            line: receipt.line(),
            at: visit.moment(receipt.at),
            place: receipt.seq.to_string(),
        }),
        draft: code.map(|(_, held)| held.to_owned()).unwrap_or_default(),
        faults: fault.iter().map(|text| Fault { href: "#f-last".to_owned(), text: text.clone() }).collect(),
        last: last_group(visit, fault),
        code: code.map(|(code, _)| shown(visit, code)).unwrap_or_default(),
    })
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

/// `POST /receipt`: asking, writing something more, answering what is asked, or leaving.
pub(crate) async fn go(Of(app): Of<App>, visit: Visit, request: Request) -> Answer {
    let uploads = |pairs: &_| stage::upload_place(&app, pairs);
    let posted = posted::read_public(&app, request, Into::Enclosures { place: &uploads }).await?;
    let visit = spoken(visit, &posted);
    if posted.pairs.get("_done").is_some() {
        return leave(&app, &visit, &posted).await;
    }
    let typed = posted.pairs.get("code").unwrap_or_default();
    match app.store.open_typed(typed).await? {
        Some((code, open)) => stage::go(&visit, &code, open, &posted).await,
        None => ask(&visit, StatusCode::UNPROCESSABLE_ENTITY, typed, Some(visit.say("ask-wrong")), None),
    }
}

/// Leaving the page that shows a code, which it never does again: not before its last group was typed, or its keeping affirmed.
async fn leave(app: &App, visit: &Visit, posted: &Posted) -> Answer {
    let brought = posted.pairs.get("_draft").unwrap_or_default();
    let held = app.public.carried::<Held>(HELD, brought).filter(|held| visit.now.0 <= held.until);
    let left = || ask(visit, StatusCode::OK, "", None, Some(visit.say("ask-left")));
    let Some(held) = held.filter(|_| posted.pairs.get("kept").is_none()) else { return left() };
    let code = code_of(app, &held.form);
    if ends_in(&code, posted.pairs.get("last").unwrap_or_default()) {
        return left();
    }
    let Some(done) = app.store.answered(&Actor::Public, &held.key).await? else { return left() };
    let register = app.store.register(done.register.as_str())?;
    let fault = visit.say("receipt-last-wrong");
    sent_as(visit, StatusCode::UNPROCESSABLE_ENTITY, &register, &done, (&code, brought), Some(fault)).await
}

/// Whether what was typed is a code's last group, written as loosely as a code may be.
fn ends_in(code: &ReceiptCode, typed: &str) -> bool {
    let start = code.to_groups().expose(|text| text.rsplit_once('-').map(|(start, _)| start.to_owned()).unwrap_or_default());
    ReceiptCode::parse(&format!("{start}{typed}")).is_ok_and(|whole| whole.is_same(code))
}
