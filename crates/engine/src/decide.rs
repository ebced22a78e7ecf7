//! The one door: a command becomes events, or a refusal.

mod accounts;
mod clocks;
mod content;
mod counting;
mod create;
mod effects;
mod erasing;
mod identity;
mod moves;
mod notes;
mod people;
mod unconcerned;

pub(crate) use create::fits;
pub use effects::Consequence;
pub use moves::{Offer, offers, offers_by_code};
pub use notes::{heard_until, hears, may_write};

use crate::command::{Act, Actor, Command};
use crate::directory::Directory;
use crate::entry::Entry;
use crate::erasure::EraseStep;
use crate::event::{Event, Fact, Level, Note};
use crate::fold::fold;
use crate::identity::IdentityStep;
use crate::refusal::{Code, FieldFault, Refusal};
use crate::time::Moment;
use crate::value::Value;
use crate::viewer::Viewer;
use catalogue::register::{On, Register};
use catalogue::{Catalogue, FieldName};

/// The world as far as a decision may look at it.
#[derive(Debug, Clone, Copy)]
pub struct World<'a> {
    pub catalogue: &'a Catalogue,
    pub directory: &'a Directory,
    pub now: Moment,
}

/// What a command leads to: events to append, the entry after them, and what follows elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    pub events: Vec<Event>,
    pub entry: Entry,
    pub consequences: Vec<Consequence>,
}

/// Decides a command. `register` is the definition the entry is moved under (see [`crate::lift`]); for a tick it is the
/// entry's own, since a clock tells by the definition it was set under. `viewer` is the person behind the actor, absent
/// for the public, clocks, rules, effects and the system.
///
/// Errors: a refusal; nothing happened.
pub fn decide(
    world: &World<'_>,
    viewer: Option<&Viewer>,
    register: &Register,
    entry: Option<&Entry>,
    command: &Command,
) -> Result<Decision, Refusal> {
    has_happened(world.now, command)?;
    let mut draft = Draft::new(world, viewer, register, entry, command);
    match (&command.act, entry) {
        (Act::Create { .. }, None) => create::create(&mut draft)?,
        (Act::Create { .. }, Some(_)) => return Err(Refusal::new(Code::Duplicate, "这一件已经登记", "this entry exists already")),
        (_, None) => return Err(Refusal::hidden()),
        (act, Some(entry)) => {
            draft.visible(entry)?;
            if entry.is_erased() {
                return over(draft, act, entry);
            }
            if draft.outdated() && matches!(act, Act::Edit { .. } | Act::Move { .. }) {
                return Err(Refusal::stale());
            }
            draft.sealed_notes(act)?;
            if entry.revision != register.revision && !is_unseen(act) {
                draft.push(Fact::Lifted { from: entry.revision.clone() });
            }
            existing(&mut draft, act)?;
            if !draft.says_something(act) {
                // Then nothing happened at all.
                (draft.events, draft.entry) = (Vec::new(), Some(entry.clone()));
            }
        }
    }
    draft.finish(entry)
}

/// What some readers of the entry do not learn of lifts nothing: they would see that.
fn is_unseen(act: &Act) -> bool {
    match act {
        Act::Note { level, .. } => *level == Level::Own,
        Act::Content(deed) => deed.other().is_some(),
        _ => false,
    }
}

/// Whatever door a command comes by: neither it nor a file it brings tells of a time to come.
fn has_happened(now: Moment, command: &Command) -> Result<(), Refusal> {
    let to_come = |at: Option<Moment>| at.is_some_and(|at| at > now);
    if to_come(command.happened) {
        return Err(Refusal::to_come());
    }
    let given: Vec<(&FieldName, &Value)> = match &command.act {
        Act::Create { values, .. } => values.iter().collect(),
        Act::Edit { set, .. } | Act::Move { set, .. } => set.iter().filter_map(|(name, value)| Some((name, value.as_ref()?))).collect(),
        _ => Vec::new(),
    };
    let early = given.into_iter().filter(|(_, value)| value.files().iter().any(|file| to_come(file.happened)));
    let faults: Vec<FieldFault> = early
        .map(|(name, _)| FieldFault::new(name, Code::ToCome, "材料的日期不能晚于今天", "the day of a file cannot lie in the future"))
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(Refusal::form(faults)) }
}

/// Nothing happens to an entry whose content is gone; a clock that still comes by finds nothing to tell.
fn over(draft: Draft<'_>, act: &Act, entry: &Entry) -> Result<Decision, Refusal> {
    match act {
        Act::Tick => Ok(Decision { events: draft.events, entry: entry.clone(), consequences: Vec::new() }),
        _ => Err(Refusal::new(Code::WrongState, "这一件的内容已经销毁", "the content of this entry was erased")),
    }
}

fn existing(draft: &mut Draft<'_>, act: &Act) -> Result<(), Refusal> {
    match act {
        Act::Create { .. } => Ok(()),
        Act::Edit { set, sealed, barred, reason } => create::edit(draft, set, sealed.as_ref(), barred, reason.as_ref()),
        Act::Move { make, set, sealed, barred, note } => moves::make(draft, make, set, sealed.as_ref(), barred, note.as_ref()),
        Act::Note { note, level, message, files } => notes::note(draft, note, *level, message.as_ref(), files),
        Act::Assign { to, note } => people::assign(draft, *to, note.as_ref()),
        Act::Recuse { person, reason } => people::recuse(draft, *person, reason.as_ref()),
        Act::Bar { tags } => people::bar(draft, tags),
        Act::Count { field, by } => counting::counted(draft, field, *by),
        Act::Ask { deadline, ask, reason } => clocks::ask(draft, deadline, ask, reason),
        Act::Answer { deadline, grant } => clocks::answer(draft, deadline, *grant),
        Act::Resume { deadline } => clocks::resume(draft, deadline),
        Act::Account(wish) => accounts::account(draft, wish),
        Act::Erase(step) => erasing::erase(draft, step),
        Act::Identity(step) => identity::identity(draft, step),
        Act::Content(deed) => content::content(draft, deed),
        Act::Tick => {
            clocks::tick(draft);
            Ok(())
        }
    }
}

/// A decision in the making.
pub(crate) struct Draft<'a> {
    pub world: &'a World<'a>,
    pub viewer: Option<&'a Viewer>,
    pub register: &'a Register,
    pub command: &'a Command,
    pub entry: Option<Entry>,
    pub seen: Option<u64>,
    barred_before: usize,
    pub events: Vec<Event>,
    pub consequences: Vec<Consequence>,
}

impl<'a> Draft<'a> {
    fn new(world: &'a World<'a>, viewer: Option<&'a Viewer>, register: &'a Register, entry: Option<&Entry>, command: &'a Command) -> Self {
        Self {
            world,
            viewer,
            register,
            command,
            entry: entry.cloned(),
            seen: command.seen,
            barred_before: entry.map_or(0, |entry| entry.barred.len()),
            events: Vec::new(),
            consequences: Vec::new(),
        }
    }

    /// The entry as it stands in this decision.
    pub fn entry(&self) -> &Entry {
        self.entry.as_ref().expect("acts on an entry run only when there is one, and a creation has pushed its event")
    }

    /// A clock that has nothing to tell, or an effect that bars nobody new, leaves no event: not even the lifting before it.
    fn says_something(&self, act: &Act) -> bool {
        let has = |is: fn(&Fact) -> bool| self.events.iter().any(|event| is(&event.fact));
        match act {
            Act::Tick => has(|fact| matches!(fact, Fact::ClockTold { .. } | Fact::ClockResumed { .. })),
            Act::Bar { .. } => has(|fact| matches!(fact, Fact::Recused { .. })),
            _ => true,
        }
    }

    fn outdated(&self) -> bool {
        self.seen.is_some_and(|seen| self.entry.as_ref().is_some_and(|entry| entry.version != seen))
    }

    /// A note may name people, so where anything is sealed it comes as ciphertext or not at all.
    fn sealed_notes(&self, act: &Act) -> Result<(), Refusal> {
        let note = match act {
            Act::Edit { reason, .. } | Act::Recuse { reason, .. } => reason.as_ref(),
            Act::Move { note, .. } | Act::Assign { note, .. } => note.as_ref(),
            Act::Note { note, .. } => Some(note),
            // Nothing at all is refused as missing, which says how to mend it.
            Act::Ask { reason, .. } => Some(reason).filter(|reason| !reason.is_blank()),
            Act::Create { .. }
            | Act::Answer { .. }
            | Act::Resume { .. }
            | Act::Account(_)
            | Act::Tick
            | Act::Bar { .. }
            | Act::Count { .. }
            | Act::Content(_) => None,
            Act::Erase(EraseStep::Ask(reason)) => Some(reason).filter(|reason| !reason.is_blank()),
            Act::Erase(EraseStep::Decline | EraseStep::Agree { .. }) => None,
            Act::Identity(IdentityStep::Ask(ask)) => Some(&ask.reason).filter(|reason| !reason.is_blank()),
            Act::Identity(_) => None,
        };
        match note {
            Some(Note::Plain(_)) if self.register.seals_notes() => {
                Err(Refusal::new(Code::NotOnForm, "这类台账的附言要密封", "notes of this register are sealed"))
            }
            _ => Ok(()),
        }
    }

    /// A person must be able to read what they act on; what is no person comes through doors of its own.
    fn visible(&self, entry: &Entry) -> Result<(), Refusal> {
        match (&self.command.actor, self.viewer) {
            // Somebody from outside may change their own password without reading the roll of persons.
            (Actor::Person(person), Some(_)) if matches!(self.command.act, Act::Account(_)) && person.0 == entry.id.0 => Ok(()),
            // Whoever holds a share of the recovery key answers for somebody whose entry they do not read.
            (Actor::Person(_), Some(viewer)) if self.is_answered_by(viewer) => Ok(()),
            // A custodian answers for an entry they do not read.
            (Actor::Person(_), Some(viewer)) if self.is_kept_by(viewer, entry) => Ok(()),
            (Actor::Person(_) | Actor::Import(_), Some(viewer)) => {
                crate::rights::may(viewer, self.register, catalogue::register::Verb::Read, entry)
            }
            // Whoever holds the receipt code may add to what they reported; the store asked for the code before it came here.
            (Actor::Public, _) if self.comes_by_code() => Ok(()),
            (Actor::Person(_) | Actor::Import(_), None) | (Actor::Public | Actor::Letter, _) => Err(Refusal::hidden()),
            (Actor::Clock | Actor::Rule(_) | Actor::Effect(_) | Actor::System, _) => Ok(()),
        }
    }

    fn is_answered_by(&self, viewer: &Viewer) -> bool {
        let Act::Account(done) = &self.command.act else { return false };
        let answers =
            matches!(done.deed, crate::Deed::RescueAgreed | crate::Deed::RescueDeclined | crate::Deed::Rescued | crate::Deed::EscrowDealt);
        let world = self.world;
        answers && crate::escrow::holders(world.catalogue, world.directory, world.now.date()).contains(&viewer.person)
    }

    fn is_kept_by(&self, viewer: &Viewer, entry: &Entry) -> bool {
        let Act::Identity(IdentityStep::Approve { .. } | IdentityStep::Decline { .. } | IdentityStep::HandOver { .. }) = self.command.act
        else {
            return false;
        };
        let holds = |custody| entry.kept().next().is_some() && crate::identity::is_custodian(viewer, custody, entry);
        self.register.custody.as_ref().is_some_and(holds)
    }

    fn comes_by_code(&self) -> bool {
        let is_theirs = match &self.command.act {
            Act::Note { level, .. } => *level == Level::Reporter,
            Act::Move { make, .. } => self.register.moves.get(make).is_some_and(|step| step.by_public),
            _ => false,
        };
        is_theirs && self.register.public.as_ref().is_some_and(|public| public.code)
    }

    /// Whether rights are asked: the clock, rules, effects and the system act by definition, not by role.
    pub fn is_person(&self) -> bool {
        matches!(self.command.actor, Actor::Person(_) | Actor::Import(_))
    }

    /// Appends an event and folds it in at once, so that what follows sees it.
    pub fn push(&mut self, fact: Fact) {
        self.push_as(fact, self.command.actor.clone());
    }

    pub fn push_as(&mut self, fact: Fact, actor: Actor) {
        let event = Event {
            institution: self.command.institution.clone(),
            entry: self.command.entry,
            register: self.register.name.clone(),
            at: self.world.now,
            happened: self.command.happened,
            actor,
            revision: self.register.revision.clone(),
            fact,
        };
        let folded = fold(self.entry.take(), &event, self.register, &self.world.catalogue.calendar);
        self.entry = Some(folded.expect("a decision begins with a creation or an entry, so every event has one to fold into"));
        self.events.push(event);
    }

    fn finish(mut self, before: Option<&Entry>) -> Result<Decision, Refusal> {
        unconcerned::check(&self, before)?;
        let is_new = matches!(self.command.act, Act::Create { .. });
        let on = match &self.command.act {
            Act::Create { .. } => Some(On::Create),
            Act::Edit { .. } => Some(On::Edit),
            Act::Move { make, .. } => Some(On::Move(make.clone())),
            _ => None,
        };
        let changes_values = on.is_some();
        if let Some(on) = on {
            effects::run(&mut self, &on);
        }
        // Nothing is linked with an entry before it is there.
        if !is_new && self.entry().barred.len() > self.barred_before {
            people::let_go(&mut self);
            effects::run(&mut self, &On::Bar);
        }
        if changes_values {
            counting::count(&mut self, before);
            people::above(&mut self, before);
        }
        clocks::met_late(&mut self);
        let entry = self.entry.take().expect("every act that was not refused left an entry");
        Ok(Decision { events: self.events, entry, consequences: self.consequences })
    }
}
