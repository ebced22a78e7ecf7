//! How a report stands, for whoever holds its code: what happened, what house and reporter wrote, what may be added or answered.

use super::eyes_of;
use crate::address::Pairs;
use crate::app::App;
use crate::drafts::new_token;
use crate::draw::Draw;
use crate::draw::cells::file_size;
use crate::draw::form::{FormDraw, Names, Standing};
use crate::failure::{Answer, Failure};
use crate::pages::forms::input_of;
use crate::posted::{Enclosing, Posted};
use crate::view::faults::Fault;
use crate::view::field::{Control, Field};
use crate::view::shell::Door;
use crate::view::talk::{Enclosed, Letter};
use crate::visit::Visit;
use axum::http::StatusCode;
use catalogue::register::{After, Deadline, Move, State, Until};
use catalogue::{FieldName, Register};
use engine::form::{self, Input, Which};
use engine::{Clock, Entry, EntryId, Fact, FieldFault, Moment, Refusal, SealedPart, Value, World, heard_until, hears, offers_by_code};
use futures::future::BoxFuture;
use serde::Serialize;
use store::{Change, Happened, Open};
use vault::{ReceiptCode, Speaker};

/// Characters of one message.
const LONGEST: usize = 5_000;

#[derive(Serialize)]
struct StagePage {
    #[serde(flatten)]
    door: Door,
    heading: String,
    sent: Option<String>,
    /// The house wrote and waits.
    waits: Option<String>,
    stages: Vec<Stage>,
    /// Whom it concerns was corrected: when, and who opens it since.
    rerouted: Vec<String>,
    expected: Option<String>,
    letters: Vec<Letter>,
    code: String,
    once: String,
    faults: Vec<Fault>,
    rate: Option<Rate>,
    write: Option<Write>,
    /// Why nothing can be added any more.
    over: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Stage {
    name: String,
    when: String,
    did: bool,
}

/// What is asked once the house has answered.
#[derive(Serialize)]
struct Rate {
    title: String,
    fields: Vec<Field>,
    more: Field,
}

#[derive(Serialize)]
struct Write {
    field: Field,
    files: Option<Field>,
    /// Where files go, signed.
    place: String,
    until: Option<String>,
}

/// What a page is drawn again with.
#[derive(Default)]
struct Said {
    sent: Option<String>,
    faults: Vec<FieldFault>,
    input: Input,
    text: String,
    more: String,
}

/// One visit of whoever holds a code.
struct Caller<'a> {
    visit: &'a Visit,
    code: &'a ReceiptCode,
    open: Open,
}

pub(super) async fn go(visit: &Visit, code: &ReceiptCode, open: Open, posted: &Posted) -> Answer {
    let caller = Caller { visit, code, open };
    if posted.pairs.get("_write").is_some() {
        caller.write(posted).await
    } else if posted.pairs.get("_rate").is_some() {
        caller.rate(posted).await
    } else {
        caller.page(StatusCode::OK, Said::default()).await
    }
}

impl Caller<'_> {
    fn key(&self, posted: &Posted, what: &str) -> Option<store::Key> {
        posted.key(&self.visit.app, what)
    }

    async fn write(self, posted: &Posted) -> Answer {
        let text = posted.pairs.get("text").unwrap_or_default().trim().to_owned();
        let mut faults = posted.faults.clone();
        if (text.is_empty() && posted.enclosures.is_empty()) || text.chars().count() > LONGEST {
            faults.push(self.fault("text", "stage-empty"));
        }
        // One file too many keeps neither the words nor the other files: they go, and what was left out is told.
        let (left, faults): (Vec<FieldFault>, Vec<FieldFault>) =
            faults.into_iter().partition(|fault| fault.code == engine::Code::Limit && !posted.enclosures.is_empty());
        if !faults.is_empty() {
            return self.page(StatusCode::UNPROCESSABLE_ENTITY, Said { faults, text, ..Said::default() }).await;
        }
        let written = self.visit.app.store.write_with_code(self.code, &text, posted.enclosures.clone(), self.key(posted, "word")).await;
        match written {
            Ok(_) => self.again("stage-written", left).await,
            Err(store::Failure::Refusal(refusal)) => self.refused(&refusal, "text", Said { text, ..Said::default() }).await,
            Err(store::Failure::Error(error)) => Err(error.into()),
        }
    }

    /// Two questions after the answer; both may be left out by whoever does not press the button.
    async fn rate(self, posted: &Posted) -> Answer {
        let register = self.open.found.register.clone();
        let Some(step) = self.offered(&register) else { return self.page(StatusCode::OK, Said::default()).await };
        let fields = form::fields(&register, Which::Move(&self.open.found.entry, step));
        let input = input_of(&fields, posted, &self.visit.app.public);
        let more = posted.pairs.get("more").unwrap_or_default().trim().to_owned();
        let directory = self.visit.app.store.directory();
        let read = form::read(&self.context(&directory), Which::Move(&self.open.found.entry, step), &input);
        let mut faults = read.as_ref().err().map(|refusal| refusal.fields.clone()).unwrap_or_default();
        if more.chars().count() > LONGEST {
            faults.push(self.fault("more", "stage-empty"));
        }
        let submission = match read {
            Ok(submission) if faults.is_empty() => submission,
            _ => return self.page(StatusCode::UNPROCESSABLE_ENTITY, Said { faults, input, more, ..Said::default() }).await,
        };
        let store = &self.visit.app.store;
        if !more.is_empty() {
            match store.write_with_code(self.code, &more, Vec::new(), self.key(posted, "more")).await {
                Ok(_) => {}
                Err(store::Failure::Refusal(refusal)) => {
                    return self.refused(&refusal, "more", Said { input, more, ..Said::default() }).await;
                }
                Err(store::Failure::Error(error)) => return Err(error.into()),
            }
        }
        let made = store.move_with_code(self.code, step.name.clone(), Change::from(submission), self.key(posted, "rate")).await;
        match made {
            Ok(_) => self.again("answer-rate-thanks", Vec::new()).await,
            Err(store::Failure::Refusal(refusal)) => self.refused(&refusal, "more", Said { input, ..Said::default() }).await,
            Err(store::Failure::Error(error)) => Err(error.into()),
        }
    }

    fn fault(&self, field: &str, key: &str) -> FieldFault {
        let text = |lang| self.visit.app.words.fill(lang, key, &[("n", LONGEST.into())]);
        FieldFault::new(&field.into(), engine::Code::Missing, text(catalogue::Lang::Zh), text(catalogue::Lang::En))
    }

    /// What was refused, with what was typed.
    async fn refused(self, refusal: &Refusal, field: &str, typed: Said) -> Answer {
        let mut faults = refusal.fields.clone();
        if faults.is_empty() {
            faults.push(FieldFault { field: field.to_owned(), code: refusal.code, text: refusal.text.clone() });
        }
        self.page(StatusCode::UNPROCESSABLE_ENTITY, Said { faults, ..typed }).await
    }

    /// The page as it stands after something was stored. `faults`: what was left out of it.
    async fn again(mut self, key: &str, faults: Vec<FieldFault>) -> Answer {
        if let Some(open) = self.visit.app.store.open_with_code(self.code).await? {
            self.open = open;
        }
        let sent = Some(self.visit.say(key));
        self.page(StatusCode::OK, Said { sent, faults, ..Said::default() }).await
    }

    fn context<'b>(&'b self, directory: &'b engine::Directory) -> form::Context<'b> {
        let (catalogue, register) = (self.visit.app.store.catalogue(), &self.open.found.register);
        form::Context { catalogue, register, directory, now: self.visit.now, me: None, my_unit: None }
    }

    /// The move that is left to the reporter, where it is open.
    fn offered<'r>(&self, register: &'r Register) -> Option<&'r Move> {
        let store = &self.visit.app.store;
        let directory = store.directory();
        let world = World { catalogue: store.catalogue(), directory: &directory, now: self.visit.now };
        offers_by_code(&world, register, &self.open.found.entry).into_iter().next()
    }

    async fn page(&self, status: StatusCode, said: Said) -> Answer {
        let visit = self.visit;
        let (entry, register) = (&self.open.found.entry, &self.open.found.register);
        let history = visit.app.store.events_of(entry.id).await?;
        let letters = self.letters(&history)?;
        let waiting = letters.iter().rev().take_while(|letter| !letter.mine && letter.asks).count();
        let next = promised(register).filter_map(|deadline| Some((deadline, entry.clocks.get(&deadline.name)?)));
        let next = next.filter(|(_, clock)| clock.is_running()).min_by_key(|(_, clock)| clock.due);
        let expected = next.map(|(deadline, clock)| {
            let what = visit.text(&deadline.label).to_owned();
            visit.fill("stage-expected", &[("when", by(visit, clock).into()), ("what", what.into())])
        });
        let rate = self.drawn_rate(&said);
        let open = hears(register, entry, visit.now);
        let heading = visit.say("stage-title");
        let told = |fault: &FieldFault| Fault { href: format!("#f-{}", fault.field), text: fault.text.get(visit.lang).to_owned() };
        let page = StagePage {
            door: visit.door(&heading),
            heading,
            sent: said.sent.clone(),
            waits: (waiting > 0).then(|| visit.fill("stage-waits", &[("n", waiting.into())])),
            stages: stages(visit, register, entry),
            rerouted: self.rerouted(&history),
            expected,
            letters,
            code: self.code.to_groups().expose(String::clone),
            once: new_token(),
            faults: said.faults.iter().map(told).collect(),
            rate,
            write: if open { Some(self.drawn_write(&said)) } else { None },
            over: (!open).then(|| visit.say("stage-over")),
        };
        visit.page_as(status, "pages/public_stage.html", &page)
    }

    /// That whom it concerns was corrected, on which day, and who may open it since: of that, nothing by name.
    fn rerouted(&self, history: &[Happened]) -> Vec<String> {
        let (visit, entry, register) = (self.visit, &self.open.found.entry, &self.open.found.register);
        let Some(route) = register.public.as_ref().and_then(|public| public.route.as_ref()) else { return Vec::new() };
        let corrects = |fact: &Fact| match fact {
            Fact::Edited { set, .. } | Fact::Moved { set, .. } | Fact::Set { set } => set.contains_key(route),
            _ => false,
        };
        let Some(last) = history.iter().rfind(|one| corrects(&one.event.fact)) else { return Vec::new() };
        let told = visit.fill("stage-rerouted", &[("when", visit.date(last.event.at.date()).into())]);
        std::iter::once(told).chain(eyes_of(visit, register, entry)).collect()
    }

    fn drawn_rate(&self, said: &Said) -> Option<Rate> {
        let (entry, register) = (&self.open.found.entry, &self.open.found.register);
        let step = self.offered(register)?;
        let app = &self.visit.app;
        let directory = app.store.directory();
        let draw =
            Draw { visit: self.visit, viewer: None, catalogue: app.store.catalogue(), register, directory: &directory, signer: None };
        let standing = Standing { input: said.input.clone(), faults: &said.faults, public: true, ..Standing::default() };
        let names = Names::new();
        let drawing = FormDraw { draw, standing: &standing, names: &names, signer: &app.public, file_limit: app.config.file_limit };
        let asked = form::fields(register, Which::Move(entry, step));
        let needed = |field: &catalogue::Field| step.asks.iter().any(|ask| ask.field == field.name && ask.required);
        let fields = asked.into_iter().map(|field| drawing.field(field).required(needed(field))).collect();
        let more = Field::new("more", self.visit.say("answer-rate-more"), Control::long(&said.more, Some(LONGEST as u64)));
        let fault = said.fault("more", self.visit);
        Some(Rate { title: self.visit.text(&step.label).to_owned(), fields, more: more.fault(fault) })
    }

    fn drawn_write(&self, said: &Said) -> Write {
        let (visit, app) = (self.visit, &self.visit.app);
        let (entry, register) = (&self.open.found.entry, &self.open.found.register);
        let field = Field::new("text", visit.say("stage-write"), Control::long(&said.text, Some(LONGEST as u64)));
        let ended = register.states.get(&entry.state).is_some_and(|state| state.end);
        let days = register.public.as_ref().map_or(0, |public| public.open_days);
        let until = heard_until(days, entry).filter(|_| ended);
        let place = upload_of(app, entry);
        Write {
            field: field.hint(eyes_of(visit, register, entry)).fault(said.fault("text", visit)),
            files: place.is_some().then(|| {
                let most = file_size(limit(app));
                let hint = visit.fill("stage-files-hint", &[("n", MOST_FILES.into()), ("size", most.clone().into())]);
                let control = Control::File {
                    files: Vec::new(),
                    accept: None,
                    multiple: true,
                    max_bytes: Some(limit(app)),
                    max_text: most,
                    dated: None,
                };
                Field::new("files", visit.say("stage-files"), control).hint(Some(hint)).fault(said.fault("files", visit))
            }),
            place: place.unwrap_or_default(),
            until: until.map(|until| visit.fill("stage-until", &[("when", visit.date(until.date()).into())])),
        }
    }

    /// What was written to each other and what the house answered, oldest first: never a handler's name, days instead of hours.
    fn letters(&self, history: &[Happened]) -> Answer<Vec<Letter>> {
        let (visit, register) = (self.visit, &self.open.found.register);
        let mut all: Vec<(Moment, Letter)> = Vec::new();
        for one in self.open.letters(history)? {
            let mine = one.by == Speaker::Reporter;
            let by = visit.say(if mine { "stage-from-you" } else { "stage-from-house" });
            let files = one.files.iter().map(|file| Enclosed { name: file.name.clone(), size: file_size(file.size), href: None });
            let when = visit.date(one.at.date());
            all.push((one.at, Letter { mine, asks: !mine, by, when, text: one.text, files: files.collect() }));
        }
        for field in answers(register) {
            if let Some(Value::Text(text)) = self.open.values.for_viewer_with_key().get(&field.name) {
                let at = told_at(history, &field.name).unwrap_or(self.open.found.entry.changed);
                let by = format!("{} · {}", visit.say("stage-from-house"), visit.text(&field.label));
                let letter = Letter { mine: false, asks: false, by, when: visit.date(at.date()), text: text.clone(), files: Vec::new() };
                all.push((at, letter));
            }
        }
        all.sort_by_key(|(at, _)| *at);
        Ok(all.into_iter().map(|(_, letter)| letter).collect())
    }
}

impl Said {
    fn fault(&self, field: &str, visit: &Visit) -> Option<String> {
        self.faults.iter().find(|fault| fault.field == field).map(|fault| fault.text.get(visit.lang).to_owned())
    }
}

/// What the house writes for the reporter.
fn answers(register: &Register) -> impl Iterator<Item = &catalogue::Field> {
    let shows = register.public.iter().flat_map(|public| &public.shows);
    shows.filter_map(|name| register.fields.get(name))
}

/// When a sealed field was last filled in.
fn told_at(history: &[Happened], name: &FieldName) -> Option<Moment> {
    let covers = |part: &Option<SealedPart>| part.as_ref().is_some_and(|part| part.covers.contains(name));
    let fills = |fact: &Fact| match fact {
        Fact::Created { sealed, .. } | Fact::Edited { sealed, .. } | Fact::Moved { sealed, .. } => covers(sealed),
        _ => false,
    };
    history.iter().rfind(|one| fills(&one.event.fact)).map(|one| one.event.at)
}

/// Largest file of a message, and how many come with one.
const MOST_BYTES: u64 = 20 << 20;
const MOST_FILES: usize = 5;

/// What a form is signed for that may send files to an entry.
const UPLOAD: &str = "upload";

/// An entry, its register and its public key: all that sealing a file to it needs.
type Place = (EntryId, String, String);

fn upload_of(app: &App, entry: &Entry) -> Option<String> {
    let place: Place = (entry.id, entry.register.to_string(), entry.recipient.clone()?);
    Some(app.public.carry(UPLOAD, &place))
}

/// Where files of a message go: a page that was opened with the code says so, signed, and the code is looked at before a file is stored.
pub(super) fn upload_place<'a>(app: &'a App, pairs: &Pairs) -> BoxFuture<'a, Answer<Enclosing>> {
    let place = pairs.get("place").and_then(|place| app.public.carried::<Place>(UPLOAD, place));
    let typed = pairs.get("code").unwrap_or_default().to_owned();
    Box::pin(async move {
        let (entry, register, recipient) = place.ok_or(Failure::Forged)?;
        let opened = app.store.open_typed(&typed).await?;
        opened.filter(|(_, open)| open.found.entry.id == entry).ok_or(Failure::Forged)?;
        let seal = app.store.seal_at(&register, entry, &recipient)?;
        Ok(Enclosing { entry, seal, most: MOST_FILES, limit: limit(app) })
    })
}

fn limit(app: &App) -> u64 {
    app.config.file_limit.min(MOST_BYTES)
}

/// What happened and what is to come, from the clocks that begin with the report and follow each other. What happened is told by
/// the state that was reached, once; what is to come by its clock.
pub(super) fn stages(visit: &Visit, register: &Register, entry: &Entry) -> Vec<Stage> {
    let mut stages = vec![Stage { name: visit.say("stage-received"), when: visit.date(entry.created.date()), did: true }];
    let ended = register.states.get(&entry.state).filter(|state| state.end);
    for deadline in promised(register) {
        let clock = entry.clocks.get(&deadline.name);
        if clock.is_none() && ended.is_some() {
            continue;
        }
        let label = visit.text(&deadline.label).to_owned();
        let stage = match clock.map(|clock| (clock, clock.met)) {
            Some((_, Some(met))) => {
                let name = reached(register, deadline, entry, met).map_or(label, |state| visit.text(&state.label).to_owned());
                Stage { name, when: visit.date(met.date()), did: true }
            }
            Some((clock, None)) => Stage { name: label, when: visit.fill("stage-by", &[("when", by(visit, clock).into())]), did: false },
            None => Stage { name: label, when: visit.say("stage-later"), did: false },
        };
        stages.push(stage);
    }
    let told = |state: &State| stages.iter().any(|stage| stage.did && stage.name == visit.text(&state.label));
    if let Some(state) = ended.filter(|state| !told(state)) {
        let at = entry.entered.get(&entry.state).map_or(entry.changed, |stamp| stamp.at);
        stages.push(Stage { name: visit.text(&state.label).to_owned(), when: visit.date(at.date()), did: true });
    }
    stages
}

/// The day a clock runs to. That a calendar may still move it is the house's to know: who reported is told the day that holds today.
fn by(visit: &Visit, clock: &Clock) -> String {
    visit.date(clock.due.date())
}

/// The clocks that promise somebody something, and every report alike: alarms about standstill, and what depends on the case, are the house's.
fn promised(register: &Register) -> impl Iterator<Item = &Deadline> {
    let counts = |deadline: &&Deadline| deadline.condition.is_none() && matches!(deadline.after, After::Created | After::State(_));
    register.deadlines.values().filter(counts)
}

/// The state whose coming met a clock.
fn reached<'r>(register: &'r Register, deadline: &Deadline, entry: &Entry, met: Moment) -> Option<&'r State> {
    deadline.until.iter().find_map(|until| match until {
        Until::State(name) => entry.entered.get(name).filter(|stamp| stamp.at == met).and_then(|_| register.states.get(name)),
        Until::Move(_) => None,
    })
}
