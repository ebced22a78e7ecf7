//! Reporting without an account: one group of questions a page, no cookie, no script needed. The words travel in the form
//! itself; attachments are sealed before they touch the disk. Driven by the register's `[public]`.

mod again;
mod island;
pub(crate) mod sealed;
mod steps;
mod token;

use self::again::{Again, Why};
use self::island::Island;
pub(crate) use self::steps::eyes;
use self::steps::seals;
use crate::address::Pairs;
use crate::app::App;
use crate::drafts::Claim;
use crate::draw::form::{FormDraw, Standing};
use crate::draw::{Draw, form::Names};
use crate::failure::{Answer, Failure};
use crate::gate::Puzzle;
use crate::outward;
use crate::pages::forms::{has_files, input_of};
use crate::pages::{puzzle, receipt};
use crate::posted::{self, Into, Posted};
use crate::view::act::Give;
use crate::view::faults::Fault;
use crate::view::field::Field as View;
use crate::view::shell::Door;
use crate::visit::Visit;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use catalogue::register::{Public, Step, Verb};
use catalogue::role::PUBLIC;
use catalogue::{Field, Lang, Register};
use engine::form::{self, Input, Which};
use engine::{Actor, Code, Directory, FieldFault, Refusal, Value, show};
use serde::Serialize;
use std::sync::Arc;
use store::{Creation, Request as Wish};

#[derive(Serialize)]
struct StepPage {
    #[serde(flatten)]
    door: Door,
    one: StepView,
    draft: String,
    give: Vec<Give>,
    /// Whether a browser may seal this form.
    offered: bool,
    island: Option<Island>,
}

/// One step, as the server draws it and as the island shows it.
#[derive(Serialize)]
struct StepView {
    heading: String,
    step: String,
    at: String,
    faults: Vec<Fault>,
    intro: Option<String>,
    /// Who can open what is written here.
    eyes: Option<String>,
    /// Only what custodians keep is asked here: no answer changes who they are.
    kept: bool,
    fields: Vec<View>,
    multipart: bool,
    know: Option<Know>,
    then: Vec<String>,
    back: bool,
    submit: String,
}

#[derive(Serialize)]
struct CheckPage {
    #[serde(flatten)]
    door: Door,
    one: CheckView,
    draft: String,
    give: Vec<Give>,
}

#[derive(Serialize)]
struct CheckView {
    heading: String,
    parts: Vec<CheckPart>,
    know: Know,
    /// Why a form that was sent is shown once more.
    again: Option<Again>,
}

/// What is said before writing and again before sending.
#[derive(Serialize)]
struct Know {
    eyes: Option<String>,
    rules: Vec<String>,
}

#[derive(Serialize)]
struct CheckPart {
    title: String,
    at: String,
    facts: Vec<CheckFact>,
}

#[derive(Serialize)]
struct CheckFact {
    label: String,
    text: String,
}

/// The form of the public register, as one visit sees it.
struct Form<'a> {
    visit: &'a Visit,
    register: &'a Register,
    public: &'a Public,
    directory: &'a Directory,
    token: String,
    /// What the store knows this very form by, words and files included; empty until it came back.
    key: String,
    input: Input,
    /// The code of the place whose poster led here, as the address gave it. What it names is looked up when the report is sent.
    place: Option<String>,
}

/// The register that takes reports from people without an account.
fn register(app: &App) -> Answer<Arc<Register>> {
    let gives_code = |register: &Register| register.public.as_ref().is_some_and(|public| public.code);
    let open = |register: &&Register| gives_code(register) && register.rights.scope(Verb::Create, PUBLIC).is_some();
    let name = app.store.catalogue().registers.values().find(open).map(|register| register.name.clone()).ok_or(Failure::NotFound)?;
    Ok(app.store.register(name.as_str())?)
}

/// `GET /report`
pub(crate) async fn show(State(app): State<App>, visit: Visit) -> Answer {
    let register = register(&app)?;
    let directory = app.store.directory();
    let form = Form::new(&visit, &register, &directory, token::issue(&app), Input::default())?;
    let begins = form::defaults(&form.context()).into_iter().map(|(name, value)| (name.to_string(), vec![value])).collect();
    app.elsewhere.refresh(&app).await;
    let place = outward::code_of(visit.query.get("at"));
    let form = Form { input: Input { texts: begins, ..Input::default() }, place, ..form };
    form.step(StatusCode::OK, form.first(), &[])
}

/// `POST /report`: one step on, one back, to a step, or off it goes.
pub(crate) async fn go(State(app): State<App>, visit: Visit, request: Request) -> Answer {
    let register = register(&app)?;
    let origin = app.gate.origin(&request);
    // What comes under a token that the house does not know goes on under a new one, and is not sent before it was looked at there.
    let fresh = token::issue(&app);
    let token_of = |pairs: &Pairs| token::known(&app, pairs).unwrap_or(&fresh).to_owned();
    let shelf = |pairs: &Pairs| Ok(app.drafts.shelf(&app.store, &token_of(pairs), register.name.as_str())?);
    let posted = posted::read_public(&app, request, Into::Fields { register: &register, shelf: &shelf }).await?;
    let visit = spoken(visit, &posted);
    let directory = app.store.directory();
    let token = token_of(&posted.pairs);
    let is_foreign = token == fresh;
    let fields = form::fields(&register, Which::Public);
    let input = input_of(&fields, &posted, &app.public);
    let mut form = Form::new(&visit, &register, &directory, token, input)?;
    // What was typed before an answer took its question away is not carried on, not shown, and not sent.
    form::drop_unasked(&form.context(), Which::Public, &mut form.input);
    form.place = outward::code_of(posted.pairs.get("_place"));
    // The place comes from the address of a poster, by its code; nobody points to an entry by typing.
    form.input.texts.retain(|name, _| !form.public.given.iter().any(|given| given.as_str() == name));
    form.key = receipt::key_of(&app, &form.token, &form.content());
    let mut lost = lost_files(&app, &fields, &form.token, &mut form.input);
    lost.extend(not_known(&app, &fields, &posted).filter(|fault| !lost.iter().any(|one| one.field == fault.field)).collect::<Vec<_>>());
    let form = form;
    let at = posted.pairs.get("_at").unwrap_or("0");
    let is_sent = at == "check" && posted.pairs.get("_send").is_some() && posted.pairs.get("_to").is_none();
    if !lost.is_empty() {
        // Its files are gone from memory since it was sent: what was received is received.
        if is_sent && let Some(received) = form.received(&app).await? {
            return Ok(received);
        }
        return form.step(StatusCode::UNPROCESSABLE_ENTITY, form.step_of(&lost[0].field), &lost);
    }
    if let Some(to) = posted.pairs.get("_to").and_then(|to| to.parse().ok()) {
        return form.step(StatusCode::OK, to, &[]);
    }
    if at == "check" {
        if !is_sent {
            return form.check();
        }
        if is_foreign {
            return form.again(Why::Foreign);
        }
        let solution = puzzle::solution(&posted);
        let puzzle = puzzle::asked(form.visit, origin, &form.token, &solution);
        let is_old = token::is_old(&app, &form.token);
        // Nobody is held up who was heard before. Otherwise the store tells, by the form's key, whether it has this report.
        if (is_old || puzzle.is_some())
            && let Some(received) = form.received(&app).await?
        {
            return Ok(received);
        }
        return match puzzle {
            _ if is_old => form.again(Why::Old),
            Some(puzzle) => form.puzzle(puzzle, !solution.key.is_empty()),
            None => form.send(&app).await,
        };
    }
    let at: usize = at.parse().unwrap_or(0);
    if posted.pairs.get("_back").is_some() {
        let before = form.asked().into_iter().rfind(|step| *step < at);
        return form.step(StatusCode::OK, before.unwrap_or(form.first()), &[]);
    }
    form.next(at, &posted)
}

/// The form says in which language it is written.
pub(crate) fn spoken(visit: Visit, posted: &Posted) -> Visit {
    let lang = posted.pairs.get("_in").map_or(visit.lang, Lang::from_tag);
    Visit { lang, ..visit }
}

/// Attachments whose keys are gone must be chosen again.
fn lost_files(app: &App, fields: &[&Field], token: &str, input: &mut Input) -> Vec<FieldFault> {
    if app.drafts.holds(token) {
        return Vec::new();
    }
    let mut lost = Vec::new();
    for (name, files) in input.files.iter_mut().filter(|(_, files)| !files.is_empty()) {
        files.clear();
        lost.extend(fields.iter().find(|field| field.name == *name).map(|field| choose_again(app, field)));
    }
    lost
}

/// Attachments a form carried along under a proof that is not known any more.
fn not_known<'a>(app: &'a App, fields: &'a [&Field], posted: &'a Posted) -> impl Iterator<Item = FieldFault> + 'a {
    let unknown = |field: &&&Field| posted.pairs.all(&format!("{}.keep", field.name)).any(|key| app.public.kept(key).is_none());
    fields.iter().filter(unknown).map(|field| choose_again(app, field))
}

fn choose_again(app: &App, field: &Field) -> FieldFault {
    let text = |lang| app.words.fill(lang, "file-again", &[("label", field.label_for(true).get(lang).to_owned().into())]);
    FieldFault::new(&field.name, Code::Missing, text(Lang::Zh), text(Lang::En))
}

impl<'a> Form<'a> {
    fn new(visit: &'a Visit, register: &'a Register, directory: &'a Directory, token: String, input: Input) -> Answer<Self> {
        let public = register.public.as_ref().ok_or(Failure::NotFound)?;
        Ok(Self { visit, register, public, directory, token, key: String::new(), input, place: None })
    }

    fn context(&self) -> form::Context<'a> {
        let catalogue = self.visit.app.store.catalogue();
        form::Context { catalogue, register: self.register, directory: self.directory, now: self.visit.now, me: None, my_unit: None }
    }

    fn draw(&self) -> Draw<'a> {
        let catalogue = self.visit.app.store.catalogue();
        Draw { visit: self.visit, viewer: None, catalogue, register: self.register, directory: self.directory, signer: None }
    }

    /// The step a field is asked in.
    fn step_of(&self, field: &str) -> usize {
        let name = field.split('.').next().unwrap_or(field);
        self.public.steps.iter().position(|step| step.fields.iter().any(|known| known == name)).unwrap_or(0)
    }

    fn faults(&self) -> Vec<FieldFault> {
        form::read(&self.context(), Which::Public, &self.input).err().map(|refusal| refusal.fields).unwrap_or_default()
    }

    /// What was typed into this step is checked; then comes the next, or the page to check everything.
    fn next(&self, at: usize, posted: &Posted) -> Answer {
        let faults: Vec<FieldFault> =
            posted.faults.iter().cloned().chain(self.faults()).filter(|fault| self.step_of(&fault.field) == at).collect();
        if !faults.is_empty() {
            return self.step(StatusCode::UNPROCESSABLE_ENTITY, at, &faults);
        }
        match self.asked().into_iter().find(|step| *step > at) {
            Some(next) => self.step(StatusCode::OK, next, &[]),
            None => self.check(),
        }
    }

    fn step(&self, status: StatusCode, at: usize, faults: &[FieldFault]) -> Answer {
        let asked = self.asked();
        // A step that is not asked now gives way to the one after it.
        let at = asked.iter().copied().find(|step| *step >= at).or(asked.last().copied()).unwrap_or(0);
        let step = self.public.steps.get(at).ok_or(Failure::NotFound)?;
        let one = self.view(at, self.fields(step), faults);
        let offered = self.may_be_sealed();
        let page = StepPage {
            door: self.visit.door(&one.heading),
            island: (offered && seals(&self.fields(step))).then(|| self.island(at)),
            one,
            draft: self.token.clone(),
            give: self.give(Some(at)),
            offered,
        };
        self.visit.page_as(status, "pages/public_step.html", &page)
    }

    fn view(&self, at: usize, fields: Vec<&'a Field>, faults: &[FieldFault]) -> StepView {
        let standing = Standing { input: self.input.clone(), faults, public: true, ..Standing::default() };
        let names = Names::new();
        let app = &self.visit.app;
        let drawing =
            FormDraw { draw: self.draw(), standing: &standing, names: &names, signer: &app.public, file_limit: app.config.file_limit };
        let say = |key: &str| self.visit.say(key);
        let first = self.asked().first().is_none_or(|first| *first == at);
        let views: Vec<View> = fields.iter().map(|field| drawing.field(field)).collect();
        StepView {
            heading: self.visit.text(&self.public.steps[at].title).to_owned(),
            step: self.count(at),
            at: at.to_string(),
            faults: drawing.faults(&views),
            intro: first.then(|| say("public-intro")),
            kept: fields.iter().all(|field| field.custody),
            eyes: self.eyes_of(&fields).filter(|_| !first && seals(&fields)),
            multipart: has_files(&fields),
            fields: views,
            know: first.then(|| self.know()),
            then: if first { vec![say("public-then-fill"), say("public-then-check"), say("public-then-ask")] } else { Vec::new() },
            back: !first,
            submit: say("public-next"),
        }
    }

    /// Everything that was typed in other steps, so that the form carries itself.
    fn give(&self, but: Option<usize>) -> Vec<Give> {
        let elsewhere = |name: &str| but.is_none_or(|at| self.step_of(name) != at);
        let texts = self.input.texts.iter().filter(|(name, _)| elsewhere(name));
        let texts = texts.flat_map(|(name, values)| {
            values.iter().filter(|value| !value.is_empty()).map(move |value| Give::new(name.as_str(), value.as_str()))
        });
        let files = self.input.files.iter().filter(|(name, _)| elsewhere(name.as_str()));
        let kept = files
            .flat_map(|(name, files)| files.iter().map(move |file| Give::new(format!("{name}.keep"), self.visit.app.public.keep(file))));
        let place = self.place.iter().map(|code| Give::new("_place", code.as_str()));
        texts.chain(kept).chain(place).collect()
    }

    fn check(&self) -> Answer {
        self.check_under(StatusCode::OK, &self.token, None)
    }

    /// The page to check everything. `token`: under which it is sent from there.
    fn check_under(&self, status: StatusCode, token: &str, why: Option<Why>) -> Answer {
        let faults = self.faults();
        if let Some(first) = faults.first() {
            let at = self.step_of(&first.field);
            let here: Vec<FieldFault> = faults.iter().filter(|fault| self.step_of(&fault.field) == at).cloned().collect();
            return self.step(StatusCode::UNPROCESSABLE_ENTITY, at, &here);
        }
        let part = |(at, step): (usize, &Step)| CheckPart {
            title: self.visit.text(&step.title).to_owned(),
            at: at.to_string(),
            facts: self
                .fields(step)
                .into_iter()
                .map(|field| CheckFact { label: self.visit.text(field.label_for(true)).to_owned(), text: self.read(field) })
                .collect(),
        };
        let one = self.check_view(self.asked().into_iter().map(|at| part((at, &self.public.steps[at]))).collect());
        let one = CheckView { again: why.map(|why| why.said(self.visit)), ..one };
        let page = CheckPage { door: self.visit.door(&one.heading), one, draft: token.to_owned(), give: self.give(None) };
        self.visit.page_as(status, "pages/public_check.html", &page)
    }

    fn check_view(&self, parts: Vec<CheckPart>) -> CheckView {
        CheckView { heading: self.visit.say("public-check"), parts, know: self.know(), again: None }
    }

    /// The whole form behind a puzzle.
    fn puzzle(&self, puzzle: Puzzle, again: bool) -> Answer {
        let form = [("_draft", self.token.as_str()), ("_at", "check"), ("_send", "1")].map(|(name, value)| Give::new(name, value));
        puzzle::show(self.visit, "/report", form.into_iter().chain(self.give(None)).collect(), puzzle, again)
    }

    /// A field as it will be sent, in words.
    fn read(&self, field: &Field) -> String {
        let files = self.input.files.get(&field.name).map(Vec::as_slice).unwrap_or_default();
        let typed = self.input.texts.get(field.name.as_str()).cloned().unwrap_or_default();
        let shown = self.draw().shown();
        let words: Vec<String> = match &field.kind {
            catalogue::Kind::File { .. } => files.iter().map(|file| file.name.clone()).collect(),
            catalogue::Kind::Choice { .. } => {
                typed.iter().filter(|one| !one.is_empty()).map(|item| show::item(&shown, field, &item.as_str().into())).collect()
            }
            catalogue::Kind::YesNo => typed.iter().filter(|one| !one.is_empty()).map(|one| self.visit.say(one)).collect(),
            _ => typed.into_iter().filter(|one| !one.is_empty()).collect(),
        };
        if words.is_empty() { self.visit.say("public-empty") } else { words.join(&self.visit.say("list-comma")) }
    }

    /// Stores the report once, however often its button is pressed, and shows its receipt.
    async fn send(&self, app: &App) -> Answer {
        let Ok(submission) = form::read(&self.context(), Which::Public, &self.input) else { return self.check() };
        let code = self.public.code.then(|| receipt::code_of(app, &self.token));
        let mut creation = Creation::from(submission);
        creation.code = code.as_ref().map(|code| app.store.recipient_of(code));
        // The store refuses a code twice, so nobody else waits for this question; but files of a form that is used up must not go with it.
        if self.input.files.values().any(|files| !files.is_empty()) && self.is_spent(app).await? {
            return self.received_or_again(app).await;
        }
        // A code no place has says nothing, and the report is taken all the same.
        if let (Some(field), Some(code)) = (outward::place_field(app, self.register), &self.place)
            && let Some(place) = outward::place(app, code).await?
        {
            creation.values.insert(field.clone(), Value::Link(place.id));
        }
        let wish = |creation| Wish::create(Actor::Public, self.register.name.clone(), creation).with_key(self.key.as_str());
        let wish = match app.drafts.claim(&self.token).await {
            Claim::Stored(_) => return self.received_or_again(app).await,
            Claim::Nothing => wish(creation),
            Claim::Draft(draft) => {
                let entry = draft.entry;
                wish(draft.into_creation(creation)).with_entry(entry)
            }
        };
        let answer = app.store.submit(wish).await;
        app.drafts.settle(&self.token, answer.as_ref().ok());
        match answer {
            Ok(done) => self.receipt(&done).await,
            Err(store::Failure::Refusal(refusal)) if refusal.code == Code::Duplicate && self.is_spent(app).await? => {
                self.received_or_again(app).await
            }
            Err(store::Failure::Refusal(refusal)) => self.refused(&refusal),
            Err(store::Failure::Error(error)) => Err(error.into()),
        }
    }

    fn refused(&self, refusal: &Refusal) -> Answer {
        match refusal.fields.first() {
            Some(first) => self.step(StatusCode::UNPROCESSABLE_ENTITY, self.step_of(&first.field), &refusal.fields),
            None => Err(refusal.clone().into()),
        }
    }
}
