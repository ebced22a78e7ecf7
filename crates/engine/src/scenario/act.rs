//! Performs the steps of a scenario.

use super::parse::{self, Expectation, Expected, Step, Who};
use super::stage::Stage;
use crate::command::{Act, Actor, ClockAsk, Command};
use crate::erasure::{EraseStep, Past};
use crate::eval::{Facts, holds};
use crate::event::{Level, Note};
use crate::form::{self, Context, Input, Submission, Which};
use crate::identity::{IdentityAsk, IdentityStep, IdentityWish};
use crate::ids::{EntryId, PersonId};
use crate::refusal::Refusal;
use crate::rights;
use crate::sealed::{Kept, SealedPart};
use crate::time::Moment;
use crate::value::FileRef;
use catalogue::field::{Kind, Sensitivity};
use catalogue::register::{Register, Verb, Within};
use catalogue::{Field, MoveName};
use indexmap::IndexMap;

pub(super) fn perform(stage: &mut Stage<'_>, step: Step) -> Result<(), String> {
    match step {
        Step::On { day, time } => {
            let at = format!("{day}T{time}").parse().map_err(|_| format!("`{day} {time}` is no moment"))?;
            stage.advance(Moment::from_local(at))
        }
        Step::Expect(expectation) => expect(stage, expectation),
        Step::As { who, register, act, words, given, outcome } => {
            let register = match register {
                None => stage.register,
                Some(name) => stage.catalogue.register(&name).ok_or_else(|| format!("there is no register {name}"))?,
            };
            let actor = cast(stage, &who)?;
            let mut doing = Doing { stage, register, actor, words: &words, given: &given };
            let result = doing.act(&act);
            judge(doing.stage, register, result?, &outcome)
        }
    }
}

fn cast(stage: &mut Stage<'_>, who: &Who) -> Result<Actor, String> {
    if who.name == "public" {
        return Ok(Actor::Public);
    }
    if who.name == "letter" {
        return Ok(Actor::Letter);
    }
    if who.name == "system" {
        return Ok(Actor::System);
    }
    if let Some(rule) = who.name.strip_prefix("rule:") {
        return Ok(Actor::Rule(rule.to_owned()));
    }
    let person = match &who.roles {
        Some(roles) => stage.cast(&who.name, roles, who.unit.as_deref())?,
        None => stage.person(&who.name),
    };
    Ok(Actor::Person(person))
}

/// What a step came to: a refusal, a word of its own, or the entry's state.
type Result2 = Result<Option<String>, Refusal>;

fn judge(stage: &Stage<'_>, register: &Register, result: Result2, expected: &Expected) -> Result<(), String> {
    match (result, expected) {
        (Err(refusal), Expected::Refused(code)) if refusal.code.word() == code => Ok(()),
        (Err(refusal), Expected::Word(word)) if refusal.code.word() == word => Ok(()),
        (Err(refusal), _) => Err(format!("refused {refusal}")),
        (Ok(_), Expected::Refused(code)) => Err(format!("was allowed, expected refused {code}")),
        (Ok(_), Expected::Ok) => Ok(()),
        (Ok(Some(word)), Expected::Word(expected)) => same(&word, expected),
        (Ok(None), Expected::Word(expected)) => same(stage.entry(register)?.state.as_str(), expected),
    }
}

fn same(found: &str, expected: &str) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("came to {found}, expected {expected}")) }
}

struct Doing<'s, 'c, 'a> {
    stage: &'s mut Stage<'c>,
    register: &'c Register,
    actor: Actor,
    words: &'a [String],
    given: &'a IndexMap<String, String>,
}

impl Doing<'_, '_, '_> {
    fn person(&self) -> Option<PersonId> {
        self.actor.person()
    }

    fn word(&self, at: usize, what: &str) -> Result<&str, String> {
        self.words.get(at).map(String::as_str).ok_or_else(|| format!("{what} is missing"))
    }

    /// Outer error: the step is badly written. Inner: the engine refused.
    fn act(&mut self, act: &str) -> Result<Result2, String> {
        match act {
            "create" => self.create(),
            "read" => self.read(),
            "see" => self.see(),
            "edit" => self.edit(),
            "note" => {
                let text = self.word(0, "the note")?.to_owned();
                let note = self.note(Some(text));
                Ok(note.map_or(Ok(None), |note| self.submit(Act::Note { note, level: Level::Handlers, message: None, files: Vec::new() })))
            }
            "message" | "jot" => {
                let text = self.word(0, "the words")?;
                let note = Note::Sealed(SealedPart::new(Vec::new(), text));
                let (level, message) = if act == "message" { (Level::Reporter, Some("m".to_owned())) } else { (Level::Own, None) };
                Ok(self.submit(Act::Note { note, level, message, files: Vec::new() }))
            }
            "assign" | "recuse" => {
                let name = self.word(0, "a name")?.to_owned();
                let person = self.stage.person(&name);
                let reason = self.note(self.given.get("reason").cloned());
                Ok(self.submit(if act == "assign" { Act::Assign { to: person, note: reason } } else { Act::Recuse { person, reason } }))
            }
            "ask" => self.ask(),
            "grant" | "refuse" => {
                let deadline = self.word(0, "the deadline")?.into();
                Ok(self.submit(Act::Answer { deadline, grant: act == "grant" }))
            }
            "resume" => {
                let deadline = self.word(0, "the deadline")?.into();
                Ok(self.submit(Act::Resume { deadline }))
            }
            "erase" => self.erase(),
            "identity" => self.identity(),
            name => self.step(name),
        }
    }

    fn submit(&mut self, act: Act) -> Result2 {
        let entry = self.stage.current.get(&self.register.name).copied();
        let Some(entry) = entry else { return Err(Refusal::hidden()) };
        self.submit_to(entry, act)
    }

    fn submit_to(&mut self, entry: EntryId, act: Act) -> Result2 {
        let command = self.command(entry, act);
        self.stage.submit(&command).map(|()| None)
    }

    fn command(&self, entry: EntryId, act: Act) -> Command {
        Command {
            institution: Stage::institution(),
            register: self.register.name.clone(),
            entry,
            actor: self.actor.clone(),
            seen: None,
            happened: None,
            act,
        }
    }

    fn create(&mut self) -> Result<Result2, String> {
        let which = match self.actor {
            Actor::Letter => Which::Letter,
            Actor::Public => Which::Public,
            _ => Which::Create,
        };
        let input = self.input(true)?;
        let submission = match self.form(which, &input) {
            Ok(submission) => submission,
            // Who may not create at all is told that, not that a field is missing.
            Err(_) if !self.may_create() => return Ok(Err(Refusal::not_allowed())),
            Err(refusal) => return Ok(Err(refusal)),
        };
        let number = self.stage.number(self.register);
        let id = self.stage.new_id(self.register, &submission.values);
        let sealed = seal(self.register, &submission);
        let act = Act::Create {
            number,
            values: submission.values,
            sealed,
            recipient: None,
            barred: submission.barred,
            opened_by: None,
            owner: None,
        };
        Ok(self.submit_to(id, act))
    }

    fn may_create(&self) -> bool {
        match self.person().and_then(|person| self.stage.viewer(person)) {
            Some(viewer) => rights::may_create(&viewer, self.register),
            None => self.register.rights.scope(Verb::Create, catalogue::role::PUBLIC).is_some(),
        }
    }

    fn edit(&mut self) -> Result<Result2, String> {
        let input = self.input(false)?;
        let entry = self.stage.entry(self.register)?.clone();
        let submission = match self.form(Which::Edit(&entry), &input) {
            Ok(submission) => submission,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let sealed = seal(self.register, &submission);
        let reason = self.note(self.given.get("reason").cloned());
        Ok(self.submit(Act::Edit { set: submission.set, sealed, barred: submission.barred, reason }))
    }

    fn step(&mut self, name: &str) -> Result<Result2, String> {
        let register = self.register;
        let Some(step) = register.moves.get(name) else { return Err(format!("{} has no move {name}", register.name)) };
        let entry = self.stage.entry(register)?.clone();
        let note = self.note(self.given.get("note").filter(|_| !register.fields.contains_key("note")).cloned());
        let make = MoveName::new(name);
        let bare = |set, sealed, barred| Act::Move { make: make.clone(), set, sealed, barred, note: note.clone() };
        let input = self.input(false)?;
        match self.form(Which::Move(&entry, step), &input) {
            Ok(submission) => {
                let sealed = seal(self.register, &submission);
                Ok(self.submit(bare(submission.set, sealed, submission.barred)))
            }
            // Who may not move at all is told that, not that a field is missing.
            Err(refusal) => {
                let bare = self.command(entry.id, bare(IndexMap::new(), None, Vec::new()));
                let deeper = self.stage.would_refuse(&bare).filter(|deeper| deeper.fields.is_empty());
                Ok(Err(deeper.unwrap_or(refusal)))
            }
        }
    }

    fn read(&mut self) -> Result<Result2, String> {
        let entry = self.stage.entry(self.register)?;
        let viewer = self.person().and_then(|person| self.stage.viewer(person));
        let seen = viewer.is_some_and(|viewer| rights::may(&viewer, self.register, Verb::Read, entry).is_ok());
        Ok(Ok(Some(if seen { "visible" } else { "hidden" }.to_owned())))
    }

    fn see(&mut self) -> Result<Result2, String> {
        let name = self.word(0, "the field")?;
        let field = self.register.field(name).ok_or_else(|| format!("there is no field {name}"))?;
        let entry = self.stage.entry(self.register)?;
        let viewer = self.person().and_then(|person| self.stage.viewer(person));
        let shown = viewer.is_some_and(|viewer| {
            let may_read = rights::may(&viewer, self.register, Verb::Read, entry).is_ok();
            may_read
                && match field.sensitivity {
                    // What custodians keep is shown to nobody who merely opens the entry.
                    Sensitivity::Sealed if field.custody && crate::fold::sealed_fields(entry).contains(&field.name) => false,
                    Sensitivity::Sealed => rights::may_unseal(&viewer, self.register, entry),
                    _ => rights::sees(&viewer, self.register, entry, field),
                }
        });
        // A key that opens nothing: the field was not asked, or nobody filled it in.
        let empty = field.sensitivity == Sensitivity::Sealed && !crate::fold::sealed_fields(entry).contains(&field.name);
        let outcome = match (shown, empty) {
            (true, true) => "empty",
            (true, false) => "shown",
            (false, _) => "masked",
        };
        Ok(Ok(Some(outcome.to_owned())))
    }

    fn ask(&mut self) -> Result<Result2, String> {
        let kind = self.word(0, "extend or suspend")?.to_owned();
        let deadline = self.word(1, "the deadline")?.into();
        let ask = match kind.as_str() {
            "suspend" => ClockAsk::Suspend,
            "extend" => ClockAsk::Extend(span(self.word(2, "how long")?)?),
            other => return Err(format!("ask extend or suspend, not {other}")),
        };
        // A form never seals nothing: what is blank stays so, in the clear, and is refused as missing.
        let given = self.given.get("reason").cloned().unwrap_or_default();
        let reason = self.note(Some(given).filter(|text| !text.trim().is_empty())).unwrap_or(Note::Plain(String::new()));
        Ok(self.submit(Act::Ask { deadline, ask, reason }))
    }

    /// What is left of a scenario's entry has no earlier days: it keeps no events.
    fn erase(&mut self) -> Result<Result2, String> {
        let step = match self.word(0, "ask, agree or decline")? {
            "ask" => {
                let given = self.given.get("reason").cloned().filter(|text| !text.trim().is_empty());
                EraseStep::Ask(self.note(given).unwrap_or(Note::Plain(String::new())))
            }
            "agree" => {
                let entry = self.stage.entry(self.register)?;
                EraseStep::Agree { past: vec![Past::of(entry)], is_needed: self.stage.is_needed(entry.id) }
            }
            "decline" => EraseStep::Decline,
            other => return Err(format!("erase ask, agree or decline, not {other}")),
        };
        let agreed = matches!(step, EraseStep::Agree { .. });
        Ok(self.submit(Act::Erase(step)).map(|_| agreed.then(|| "erased".to_owned())))
    }

    /// `identity ask reason="…"`, `approve`, `decline`, `withdraw`, `open`, `deal a b`, `dealt`, `hand_over a`.
    fn identity(&mut self) -> Result<Result2, String> {
        let word = self.word(0, "ask, approve, decline, withdraw, open, deal, dealt or hand_over")?.to_owned();
        let entry = self.stage.entry(self.register)?;
        let (identity, version) = (entry.identity.clone().unwrap_or_default(), entry.version);
        let request = identity.pending.map_or_else(String::new, |pending| pending.ask.request);
        let step = match word.as_str() {
            "ask" | "deal" => {
                let given = self.given.get("reason").cloned().filter(|text| !text.trim().is_empty());
                let reason = self.note(given).unwrap_or(Note::Plain(String::new()));
                let names: Vec<String> = self.words[1..].to_vec();
                let people = names.iter().map(|name| self.stage.person(name)).collect();
                let wish = if word == "ask" { IdentityWish::Open } else { IdentityWish::Deal(people) };
                let Some(custody) = &self.register.custody else { return Ok(Err(Refusal::not_allowed())) };
                let until = crate::identity::until(custody, &self.stage.catalogue.calendar, self.stage.now);
                let request = format!("{version}-{}-{}", identity.round, self.stage.now.0);
                IdentityStep::Ask(IdentityAsk { request, wish, reason, until })
            }
            "approve" => IdentityStep::Approve { request },
            "decline" => IdentityStep::Decline { request },
            "withdraw" => IdentityStep::Withdraw,
            "open" => IdentityStep::Open { request },
            "dealt" => IdentityStep::Deal { request },
            "hand_over" => {
                let name = self.word(1, "to whom")?.to_owned();
                IdentityStep::HandOver { to: self.stage.person(&name), round: identity.round }
            }
            other => return Err(format!("identity ask, approve, decline, withdraw, open, deal, dealt or hand_over, not {other}")),
        };
        let opened = matches!(step, IdentityStep::Open { .. });
        Ok(self.submit(Act::Identity(step)).map(|_| opened.then(|| "opened".to_owned())))
    }

    fn note(&self, text: Option<String>) -> Option<Note> {
        text.map(|text| if self.register.seals_notes() { Note::Sealed(envelope(Vec::new())) } else { Note::Plain(text) })
    }

    fn form(&self, which: Which<'_>, input: &Input) -> Result<Submission, Refusal> {
        let me = self.person();
        let my_unit = me.and_then(|person| self.stage.directory.person(person)).and_then(|person| person.unit);
        let stage = &self.stage;
        let context =
            Context { catalogue: stage.catalogue, register: self.register, directory: &stage.directory, now: stage.now, me, my_unit };
        form::read(&context, which, input)
    }

    /// What was given as a form would carry it; names become the ids of this stage. A new form begins with its defaults.
    fn input(&mut self, with_defaults: bool) -> Result<Input, String> {
        let register = self.register;
        let mut input = Input::default();
        if with_defaults && !matches!(self.actor, Actor::Public | Actor::Letter) {
            let me = self.person();
            let my_unit = me.and_then(|person| self.stage.directory.person(person)).and_then(|person| person.unit);
            let stage = &self.stage;
            let context = Context { catalogue: stage.catalogue, register, directory: &stage.directory, now: stage.now, me, my_unit };
            for (name, text) in form::defaults(&context) {
                if register.fields[&name].on_form {
                    input.texts.insert(name.as_str().to_owned(), vec![text]);
                }
            }
        }
        for (key, text) in self.given {
            let Some(field) = register.field(key) else {
                if matches!(key.as_str(), "note" | "reason") {
                    continue;
                }
                return Err(format!("{} has no field {key}", register.name));
            };
            match &field.kind {
                Kind::File { .. } => {
                    let files = text.split('|').map(|name| FileRef {
                        hash: format!("{name:0>64}"),
                        name: name.to_owned(),
                        size: 1_000,
                        happened: None,
                    });
                    input.files.insert(field.name.clone(), files.collect());
                }
                Kind::Table { columns } => {
                    for (at, row) in parse::rows(text)?.into_iter().enumerate() {
                        for (name, cell) in row {
                            let column = columns.get(name.as_str()).ok_or_else(|| format!("{key} has no column {name}"))?;
                            let typed = self.typed(column, &cell);
                            input.texts.insert(format!("{key}.{at}.{name}"), typed);
                        }
                    }
                }
                _ => {
                    let typed = self.typed(field, text);
                    input.texts.insert(key.clone(), typed);
                }
            }
        }
        Ok(input)
    }

    fn typed(&mut self, field: &Field, text: &str) -> Vec<String> {
        if text.is_empty() {
            return vec![String::new()];
        }
        let parts: Vec<&str> = if field.kind.many() { text.split('|').collect() } else { vec![text] };
        let stage = &mut *self.stage;
        let id = |part: &str| match &field.kind {
            Kind::Person { .. } => stage.person(part).to_string(),
            Kind::Unit { .. } => stage.unit(part).to_string(),
            Kind::Supplier => Stage::id(catalogue::Service::Suppliers.word(), part).to_string(),
            // `self` of an opened entry is linked by the engine; a word links to the entry last touched there, if any.
            Kind::Link { register } => stage.current.get(register).map_or_else(|| Stage::id("link", part).to_string(), ToString::to_string),
            Kind::DateTime => part.replace('T', " "),
            _ => part.to_owned(),
        };
        parts.into_iter().map(id).collect()
    }
}

/// An envelope without content: the fields it covers are all the engine may know of it, and which of them custodians keep.
fn seal(register: &Register, submission: &Submission) -> Option<SealedPart> {
    let covers = submission.secret.covers();
    let kept: Vec<_> = covers.iter().filter(|name| register.fields.get(*name).is_some_and(|field| field.custody)).cloned().collect();
    let kept = (!kept.is_empty()).then(|| Kept { covers: kept, recipient: String::new(), cipher: String::new() });
    (!covers.is_empty()).then(|| SealedPart { custody: kept, ..envelope(covers) })
}

fn envelope(covers: Vec<catalogue::FieldName>) -> SealedPart {
    SealedPart::new(covers, "")
}

fn span(text: &str) -> Result<Within, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let count: u32 = digits.parse().map_err(|_| format!("`{text}` is no span"))?;
    match &text[digits.len()..] {
        "h" => Ok(Within::Hours(count)),
        "d" => Ok(Within::Days(count)),
        "w" => Ok(Within::WorkingDays(count)),
        "m" => Ok(Within::Months(count)),
        _ => Err(format!("`{text}` is no span")),
    }
}

fn expect(stage: &mut Stage<'_>, expectation: Expectation) -> Result<(), String> {
    let truth = |found: bool, expected: bool, what: &str| {
        if found == expected { Ok(()) } else { Err(format!("{what}: found {found}, expected {expected}")) }
    };
    match expectation {
        Expectation::Due(day) => {
            let due = stage.entry(stage.register)?.due().map_or("none".to_owned(), |due| due.date().to_string());
            same(&due, &day)
        }
        Expectation::Overdue(expected) => truth(stage.entry(stage.register)?.is_overdue(stage.now), expected, "overdue"),
        Expectation::Told { name, is } => {
            let person = stage.person(&name);
            let told = stage.told.contains(&person);
            stage.told.clear();
            truth(told, is, &format!("{name} was told"))
        }
        Expectation::Opened { register, is } => {
            let opened = stage.opened.swap_remove(register.as_str());
            truth(opened, is, &format!("an entry of {register} was opened"))
        }
        Expectation::Condition { register, text } => {
            let register = match register {
                None => stage.register,
                Some(name) => stage.catalogue.register(&name).ok_or_else(|| format!("there is no register {name}"))?,
            };
            let condition = stage.catalogue.condition(register, &text).map_err(|(_, en)| en)?;
            let entry = stage.entry(register)?;
            let facts = Facts { values: &entry.values, entry: Some(entry), me: None, my_unit: None, now: stage.now };
            let found = holds(&condition, &facts);
            if found { Ok(()) } else { Err(format!("does not hold; state {}, values {:?}", entry.state, entry.values)) }
        }
    }
}
