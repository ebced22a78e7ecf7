//! Events as a timeline: who did what and when, old and new value of each field, evidence date beside recorded date.

use super::Draw;
use super::cells::machine_time;
use crate::view::trail::{Change, Event as View, Level as Readers};
use catalogue::register::Within;
use catalogue::{FieldName, Sensitivity};
use engine::erasure::Ground;
use engine::{
    AccountDeed, Actor, ClockAsk, ContentDeed, Deed, Entry, Event, Fact, IdentityDeed, IdentityWish, Level, Note, PersonId, SealedPart,
    Value, Values, account, lift, rights, show,
};
use indexmap::IndexMap;
use std::collections::BTreeMap;
use store::Looked;

/// One event with what the chain says of it.
pub(crate) struct Told<'e> {
    pub seq: u64,
    pub event: &'e Event,
    /// Whether the chain holds there, recomputed for this page.
    pub held: bool,
}

impl<'a> Draw<'a> {
    /// The timeline, newest first. `opened`: sealed notes in the clear by sequence number, for a viewer with the key.
    pub(crate) fn trail(&self, entry: &Entry, events: &[Told<'_>], opened: &BTreeMap<u64, String>) -> Vec<View> {
        let mut before = Values::new();
        let mut views: Vec<View> = Vec::with_capacity(events.len());
        // Who asked last to hand out and to redact: they take back, others decline.
        let mut asked: (Option<&Actor>, Option<&Actor>) = (None, None);
        // Deeds about an account are for those who keep accounts, and for whom they are about.
        let is_told = self.viewer.is_some_and(|viewer| account::is_told(self.catalogue, viewer, self.register, entry));
        for told in events.iter().filter(|told| is_told || !matches!(told.event.fact, Fact::Account(_))) {
            let mut view = self.event(entry, told, &before, opened.get(&told.seq));
            if let Fact::Content(deed) = &told.event.fact {
                match deed {
                    ContentDeed::HandAsked { .. } => asked.0 = Some(&told.event.actor),
                    ContentDeed::RedactAsked { .. } => asked.1 = Some(&told.event.actor),
                    ContentDeed::HandDeclined if asked.0 == Some(&told.event.actor) => view.what = self.visit.say("did-hand-back"),
                    ContentDeed::RedactDeclined if asked.1 == Some(&told.event.actor) => view.what = self.visit.say("did-redact-back"),
                    _ => {}
                }
            }
            views.push(view);
            for (name, value) in set_by(&told.event.fact) {
                match value {
                    Some(value) => before.insert(name, value),
                    None => before.shift_remove(&name),
                };
            }
        }
        if let Some(last) = views.last_mut() {
            last.now = true;
        }
        views.reverse();
        views
    }

    fn event(&self, entry: &Entry, told: &Told<'_>, before: &Values, opened: Option<&String>) -> View {
        let event = told.event;
        let mut changes = self.changes(entry, &event.fact, before);
        if let Fact::Moved { from, to, .. } = &event.fact
            && from != to
        {
            let label = self.visit.say("col-state");
            changes.insert(0, Change { label, old: Some(self.state(from).text), new: Some(self.state(to).text), unit: None });
        }
        View {
            id: format!("e{}", told.seq),
            now: false,
            by: self.actor(&event.actor),
            what: self.what_by(&event.actor, &event.fact),
            changes,
            note: self.note(event, opened),
            level: match &event.fact {
                // What reporters added before there were messages is read by both as well.
                Fact::Noted { level: Level::Handlers, .. } if event.actor == Actor::Public => Some(self.level(Level::Reporter)),
                Fact::Noted { level, .. } => Some(self.level(*level)),
                _ => None,
            },
            at: machine_time(event.at),
            when: self.visit.moment(event.at),
            held: Some(told.held),
            look: false,
        }
    }

    /// Who looked at what was not for everybody, newest first.
    pub(crate) fn looks(&self, looks: &[Looked]) -> Vec<View> {
        let label = |name: &FieldName| self.register.fields.get(name).map_or_else(|| name.to_string(), |field| self.text(&field.label));
        let view = |look: &Looked| {
            let (purpose, away) = look
                .purpose
                .split_once(store::FOR)
                .map_or((look.purpose.as_str(), None), |(purpose, away)| (purpose, PersonId::parse(away)));
            let key = match purpose {
                "page" => "did-look",
                "print" => "did-look-print",
                "export" => "did-look-export",
                "hand_over" => "did-look-hand-over",
                "identity" => "did-look-identity",
                _ => "did-look-other",
            };
            let mut fields: Vec<String> = look.fields.iter().map(label).collect();
            fields.dedup();
            View {
                id: format!("l{}", look.seq),
                now: false,
                by: self.actor(&look.by),
                what: match away {
                    Some(away) => {
                        self.visit.fill("did-look-for", &[("did", self.visit.say(key).into()), ("name", self.person(away).into())])
                    }
                    None => self.visit.say(key),
                },
                changes: Vec::new(),
                note: (!fields.is_empty()).then(|| fields.join(&self.visit.say("list-comma"))),
                level: None,
                at: machine_time(look.at),
                when: self.visit.moment(look.at),
                held: Some(look.holds),
                look: true,
            }
        };
        looks.iter().rev().map(view).collect()
    }

    pub(crate) fn actor(&self, actor: &Actor) -> String {
        match actor {
            Actor::Person(id) => self.person(*id),
            Actor::Import(id) => self.visit.fill("by-import", &[("name", self.person(*id).into())]),
            Actor::Effect(Some(id)) => self.visit.fill("by-effect-of", &[("name", self.person(*id).into())]),
            Actor::Effect(None) => self.visit.say("by-effect"),
            Actor::Public if self.register.public.as_ref().is_some_and(|public| public.code) => self.visit.say("by-reporter"),
            Actor::Public => self.visit.say("by-public"),
            Actor::Letter => self.visit.say("by-letter"),
            Actor::Clock => self.visit.say("by-clock"),
            Actor::Rule(rule) => self.visit.fill("by-rule", &[("rule", rule.clone().into())]),
            Actor::System => self.visit.say("by-system"),
        }
    }

    /// Who reads a note of this level.
    pub(crate) fn level(&self, level: Level) -> Readers {
        let (shape, key) = match level {
            Level::Reporter => ("both", "level-reporter"),
            Level::Handlers => ("house", "level-handlers"),
            Level::Own => ("own", "level-own"),
        };
        Readers { shape, text: self.visit.say(key) }
    }

    fn what_by(&self, actor: &Actor, fact: &Fact) -> String {
        match fact {
            Fact::Noted { level: Level::Reporter, .. } if *actor != Actor::Public => self.visit.say("did-letter-out"),
            Fact::Noted { .. } if *actor == Actor::Public => self.visit.say("did-letter-in"),
            // What begins by itself is begun by nobody's looking.
            Fact::Created { .. } if matches!(actor, Actor::Effect(_) | Actor::Clock) => {
                self.visit.fill("did-send-out", &[("title", self.title().into())])
            }
            Fact::Noted { level: Level::Own, .. } => self.visit.say("did-jot"),
            _ => self.what(fact),
        }
    }

    pub(crate) fn what(&self, fact: &Fact) -> String {
        let deadline = |name: &catalogue::DeadlineName| {
            self.register.deadlines.get(name).map_or_else(|| name.to_string(), |deadline| self.text(&deadline.label))
        };
        let about = |key: &str, name: &catalogue::DeadlineName| self.visit.fill(key, &[("clock", deadline(name).into())]);
        match fact {
            Fact::Created { .. } => match &self.register.begin {
                Some(begin) => self.text(begin),
                None => self.visit.fill("did-create", &[("title", self.title().into())]),
            },
            Fact::Edited { .. } => self.visit.say("did-edit"),
            Fact::Moved { make, .. } => self.register.moves.get(make).map_or_else(|| make.to_string(), |step| self.text(&step.label)),
            Fact::Noted { .. } => self.visit.say("did-note"),
            Fact::Set { .. } => self.visit.say("did-set"),
            Fact::Assigned { to, .. } => match to {
                Some(to) => self.visit.fill("did-assign", &[("name", self.person(*to).into())]),
                None => self.visit.say("did-unassign"),
            },
            Fact::Recused { .. } => self.visit.say("did-recuse"),
            Fact::ClockAsked { deadline, ask: ClockAsk::Suspend, .. } => about("did-ask-suspend", deadline),
            Fact::ClockAsked { deadline: name, ask: ClockAsk::Extend(span), .. } => {
                self.visit.fill("did-ask-extend", &[("clock", deadline(name).into()), ("span", self.span(span).into())])
            }
            Fact::ClockAnswered { deadline, granted: true, .. } => about("did-grant", deadline),
            Fact::ClockAnswered { deadline, granted: false, .. } => about("did-refuse", deadline),
            Fact::ClockResumed { deadline } => about("did-resume", deadline),
            Fact::ClockTold { deadline, level: 0 } => about("did-tell-soon", deadline),
            Fact::ClockTold { deadline, level: 1 } => about("did-tell-late", deadline),
            Fact::ClockTold { deadline, .. } => about("did-tell-escalated", deadline),
            Fact::Lifted { .. } => self.visit.say("did-lift"),
            Fact::Account(done) => self.deed(done),
            Fact::EraseAsked { .. } => self.visit.say("did-erase-ask"),
            Fact::EraseDeclined => self.visit.say("did-erase-decline"),
            Fact::Identity(deed) => self.of_custody(deed),
            Fact::Content(deed) => self.content(deed),
            Fact::Erased { ground, asked_by, .. } => self.erased(*ground, *asked_by),
        }
    }

    /// What was done with the sealed content; never a word of it.
    fn content(&self, deed: &ContentDeed) -> String {
        let say = |key: &str| self.visit.say(key);
        match deed {
            ContentDeed::HandAsked { authority, .. } => self.visit.fill("did-hand-ask", &[("to", authority.clone().into())]),
            ContentDeed::HandDeclined => say("did-hand-decline"),
            ContentDeed::HandAgreed => say("did-hand-agree"),
            ContentDeed::HandMade { sha256, is_sealed, withheld, .. } => {
                let key = if *is_sealed { "did-hand-made" } else { "did-hand-made-open" };
                let start = sha256.get(..16).unwrap_or(sha256).to_owned();
                self.visit.fill(key, &[("hash", start.into()), ("left", withheld.len().into())])
            }
            ContentDeed::HandConfirmed { .. } => say("did-hand-confirm"),
            ContentDeed::Masked { .. } => say("did-mask"),
            ContentDeed::Unmasked { .. } => say("did-unmask"),
            ContentDeed::RedactAsked { .. } => say("did-redact-ask"),
            ContentDeed::RedactDeclined => say("did-redact-decline"),
            ContentDeed::Redacted { asked_by, .. } => {
                let asked = asked_by.map(|person| self.visit.fill("did-asked-by", &[("name", self.person(person).into())]));
                std::iter::once(say("did-redact")).chain(asked).collect::<Vec<_>>().join(&say("list-comma"))
            }
            ContentDeed::Cleaned { .. } => say("did-clean"),
            ContentDeed::Related { how, .. } => say(&format!("did-relate-{}", how.word())),
            ContentDeed::Parted { .. } => say("did-part"),
        }
    }

    /// What was done about the identity that custodians keep.
    fn of_custody(&self, deed: &IdentityDeed) -> String {
        let names =
            |people: &[PersonId]| people.iter().map(|person| self.person(*person)).collect::<Vec<_>>().join(&self.visit.say("list-comma"));
        let (key, people) = match deed {
            IdentityDeed::Asked { ask } if ask.wish == IdentityWish::Open => ("did-identity-ask", None),
            IdentityDeed::Asked { .. } => ("did-identity-ask-deal", None),
            IdentityDeed::Approved => ("did-identity-approve", None),
            IdentityDeed::Declined => ("did-identity-decline", None),
            IdentityDeed::Closed => ("did-identity-close", None),
            IdentityDeed::Opened { agreed, by_sheet: false } => ("did-identity-open", Some(agreed)),
            IdentityDeed::Opened { agreed, by_sheet: true } => ("did-identity-open-sheet", Some(agreed)),
            IdentityDeed::Dealt { to, from: None } => ("did-identity-deal", Some(to)),
            IdentityDeed::Dealt { to, from: Some(_) } => ("did-identity-hand-over", Some(to)),
        };
        match people {
            Some(people) => self.visit.fill(key, &[("who", names(people).into())]),
            None => self.visit.say(key),
        }
    }

    /// Why the content went, and who asked; whoever agreed is the actor.
    fn erased(&self, ground: Ground, asked_by: Option<PersonId>) -> String {
        let key = match ground {
            Ground::AtOnce => "did-erase-at-once",
            Ground::Over => "did-erase-over",
        };
        let asked = asked_by.map(|person| self.visit.fill("did-asked-by", &[("name", self.person(person).into())]));
        std::iter::once(self.visit.say(key)).chain(asked).collect::<Vec<_>>().join(&self.visit.say("list-comma"))
    }

    /// What was done about an account, and who else had a hand in it.
    fn deed(&self, done: &AccountDeed) -> String {
        let key = match done.deed {
            Deed::Asked => "did-account-ask",
            Deed::Declined => "did-account-decline",
            Deed::Opened => "did-account-open",
            Deed::Reset => "did-account-reset",
            Deed::Stopped => "did-account-stop",
            Deed::Started => "did-account-start",
            Deed::Unlocked => "did-account-unlock",
            Deed::Ended => "did-account-end",
            Deed::Changed => "did-account-change",
            Deed::Recorded => "did-account-record",
            Deed::FactorSet => "did-factor-set",
            Deed::FactorOff => "did-factor-off",
            Deed::FactorAsked => "did-factor-ask",
            Deed::FactorDeclined => "did-factor-decline",
            Deed::FactorDropped => "did-factor-drop",
            Deed::SparesMade => "did-spares-make",
            Deed::SpareUsed => "did-spare-use",
            Deed::DeputyAsked => "did-deputy-ask",
            Deed::DeputyDeclined => "did-deputy-decline",
            Deed::DeputyGiven => "did-deputy-give",
            Deed::DeputyEnded => "did-deputy-end",
            Deed::RecoverySet => "did-recovery-set",
            Deed::EscrowDealt => "did-escrow-deal",
            Deed::EscrowEnded => "did-escrow-end",
            Deed::RescueAsked => "did-rescue-ask",
            Deed::RescueAgreed => "did-rescue-agree",
            Deed::RescueDeclined => "did-rescue-decline",
            Deed::Rescued => "did-rescued",
        };
        let with = |key: &str, person: Option<PersonId>| person.map(|person| self.visit.fill(key, &[("name", self.person(person).into())]));
        let to = with("did-deputy-to", done.deputy.as_ref().map(|deputy| deputy.to));
        let names: Vec<String> = done.people.iter().map(|person| self.person(*person)).collect();
        let names = names.join(&self.visit.say("list-comma"));
        let people = (!names.is_empty()).then(|| self.visit.fill("did-people", &[("names", names.into())]));
        let hands = [to, people, with("did-asked-by", done.asked_by), with("did-confirmed-by", done.confirmed_by)];
        std::iter::once(self.visit.say(key)).chain(hands.into_iter().flatten()).collect::<Vec<_>>().join(&self.visit.say("list-comma"))
    }

    /// A span in words: 5 个工作日.
    pub(crate) fn span(&self, span: &Within) -> String {
        let (key, count) = match span {
            Within::Hours(count) => ("span-hours", *count),
            Within::Days(count) => ("span-days", *count),
            Within::WorkingDays(count) => ("span-working-days", *count),
            Within::Months(count) => ("span-months", *count),
            Within::Field(field) => {
                return self.register.fields.get(field).map_or_else(|| field.to_string(), |field| self.text(&field.label));
            }
        };
        self.visit.fill(key, &[("n", count.into())])
    }

    fn changes(&self, entry: &Entry, fact: &Fact, before: &Values) -> Vec<Change> {
        // A creation's values are the entry itself; the timeline tells what changed since.
        let set = match fact {
            Fact::Edited { set, .. } | Fact::Moved { set, .. } | Fact::Set { set } => set.clone(),
            _ => IndexMap::new(),
        };
        let mut changes: Vec<Change> =
            set.iter().filter_map(|(name, value)| self.change(entry, name, before.get(name), value.as_ref())).collect();
        let sealed: Option<&SealedPart> = match fact {
            Fact::Edited { sealed, .. } | Fact::Moved { sealed, .. } => sealed.as_ref(),
            _ => None,
        };
        let covered = sealed.into_iter().flat_map(|part| &part.covers).filter_map(|name| self.register.fields.get(name));
        changes.extend(covered.map(|field| Change {
            label: self.text(&field.label),
            old: None,
            new: Some(self.visit.say("sealed")),
            unit: None,
        }));
        changes
    }

    fn change(&self, entry: &Entry, name: &FieldName, old: Option<&Value>, new: Option<&Value>) -> Option<Change> {
        let today = lift::field_now(self.register, name)?;
        let field = self.register.fields.get(today)?;
        if !self.viewer.is_some_and(|viewer| rights::is_reader(viewer.person, entry, field)) {
            return None;
        }
        let may_see = field.sensitivity < Sensitivity::Confidential
            || self.viewer.is_some_and(|viewer| rights::sees(viewer, self.register, entry, field));
        let words = |value: &Value| if may_see { show::value(&self.shown(), field, value) } else { self.visit.say("confidential") };
        Some(Change { label: self.text(&field.label), old: old.map(words), new: new.map(words), unit: None })
    }

    /// What a note says: of a sealed one, its words only to a viewer with the key.
    pub(crate) fn written(&self, note: &Note, opened: Option<&String>) -> String {
        match note {
            Note::Plain(text) => text.clone(),
            Note::Sealed(_) => opened.cloned().unwrap_or_else(|| self.visit.say("sealed")),
        }
    }

    /// A note or reason, and the day of the evidence when it is another than the day of the record.
    fn note(&self, event: &Event, opened: Option<&String>) -> Option<String> {
        let written = match &event.fact {
            Fact::Edited { reason: note, .. }
            | Fact::Moved { note, .. }
            | Fact::Assigned { note, .. }
            | Fact::Recused { reason: note, .. } => note.as_ref(),
            Fact::Noted { note, .. } | Fact::ClockAsked { reason: note, .. } => Some(note),
            Fact::Identity(IdentityDeed::Asked { ask }) => Some(&ask.reason),
            _ => None,
        };
        let reason = match &event.fact {
            Fact::Account(done) => done.reason.clone(),
            _ => None,
        };
        let written = written.map(|note| self.written(note, opened)).or(reason);
        let happened = event.happened.filter(|happened| *happened != event.at).map(|happened| {
            let values = [("happened", self.visit.moment(happened).into()), ("recorded", self.visit.moment(event.at).into())];
            self.visit.fill("happened-recorded", &values)
        });
        match (written, happened) {
            (Some(written), Some(happened)) => Some(format!("{written} · {happened}")),
            (written, happened) => written.or(happened),
        }
    }
}

fn set_by(fact: &Fact) -> Vec<(FieldName, Option<Value>)> {
    match fact {
        Fact::Created { values, .. } => values.iter().map(|(name, value)| (name.clone(), Some(value.clone()))).collect(),
        Fact::Edited { set, .. } | Fact::Moved { set, .. } | Fact::Set { set } => {
            set.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
        }
        _ => Vec::new(),
    }
}
