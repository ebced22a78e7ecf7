//! From a wish to a command: what is secret is sealed here, before it waits anywhere.

use super::Store;
use crate::custody::{Apart, part_off, seal_both};
use crate::error::{Failure, Result};
use crate::request::{Change, Creation, Erase, Key, Request, Wish};
use crate::sealing::{Place, WrapRow, entitled, seal_note, wrap_all, wrap_for_code};
use crate::writer::Prepared;
use catalogue::Register;
use catalogue::field::Sensitivity;
use engine::{
    Act, Actor, Code, Command, Directory, Entry, EntryId, EraseStep, InstitutionId, Kept, Level, Note, Refusal, SecretValues, Tag, Values,
    Viewer, World, decide,
};
use std::sync::Arc;
use vault::{EntryKey, EntryRecipient, SystemEntropy};

impl Store {
    /// Parts values by the definition: plain ones, sealed ones, and the tags of people in fields that bar them.
    pub fn part(&self, register: &Register, values: Values) -> (Values, SecretValues, Vec<Tag>) {
        let directory = self.directory();
        let (mut plain, mut secret, mut barred) = (Values::new(), Values::new(), Vec::new());
        for (name, value) in values {
            let field = register.fields.get(&name);
            if field.is_some_and(|field| field.bars) {
                barred.extend(value.people().iter().flat_map(|person| directory.bar_tags(*person)));
            }
            let is_sealed = field.is_some_and(|field| field.sensitivity == Sensitivity::Sealed);
            if is_sealed { &mut secret } else { &mut plain }.insert(name, value);
        }
        (plain, SecretValues::new(secret), barred)
    }

    /// A creation of mixed values, parted by the definition.
    pub fn creation(&self, register: &Register, values: Values) -> Creation {
        let (values, secret, barred) = self.part(register, values);
        Creation { values, secret, barred, ..Creation::default() }
    }

    pub(super) async fn prepare(&self, request: Request) -> Result<Prepared, Failure> {
        let institution = request.institution.clone().unwrap_or_else(|| self.shared.institution.clone());
        let Request { actor, register, entry, seen, happened, key, wish, .. } = request;
        let name = register.clone();
        let command =
            |act| Command { institution: institution.clone(), register: name.clone(), entry, actor: actor.clone(), seen, happened, act };
        if let Wish::Create(creation) = wish {
            let Some(register) = self.shared.definitions.today(register.as_str()).cloned() else { return Err(Refusal::hidden().into()) };
            return self.create(creation, &register, &institution, entry, key, command);
        }
        if let Wish::Account(wish) = wish {
            return Ok(Prepared { command: command(Act::Account(wish.done)), wraps: Vec::new(), rows: wish.rows, key, uses: None });
        }
        if let Wish::Content(wish) = wish {
            return Ok(Prepared { command: command(Act::Content(wish.deed)), wraps: Vec::new(), rows: wish.rows, key, uses: None });
        }
        if let Wish::Identity(wish) = wish {
            return Ok(Prepared { command: command(Act::Identity(wish.step)), wraps: Vec::new(), rows: wish.rows, key, uses: None });
        }
        let place = Place::new(&institution, register.as_str(), entry);
        if let Wish::Message { text, files } = wish {
            let act = self.message(&place, entry, &actor, &text, files).await?;
            return Ok(Prepared { command: command(act), wraps: Vec::new(), rows: Vec::new(), key, uses: None });
        }
        if let Wish::Jot(text) = wish {
            let act = self.jot(&place, &actor, &text)?;
            return Ok(Prepared { command: command(act), wraps: Vec::new(), rows: Vec::new(), key, uses: None });
        }
        let envelope = self.envelope(&wish, entry).await?;
        let mut wish = wish;
        let apart = self.apart_of(&mut wish, entry).await?;
        let (kept, rows) = apart.map_or((None, Vec::new()), |apart| (Some(apart.kept), apart.rows));
        let seal = Seal { place: &place, envelope: envelope.as_ref(), kept };
        if matches!(wish, Wish::Erase(Erase::Agree)) {
            let is_needed = self.is_needed(&name, entry).await?;
            let act = Act::Erase(EraseStep::Agree { past: self.past_of(entry).await?, is_needed });
            return Ok(Prepared { command: command(act), wraps: Vec::new(), rows: crate::erasing::statements(entry), key, uses: None });
        }
        let act = seal.act(wish)?;
        Ok(Prepared { command: command(act), wraps: Vec::new(), rows, key, uses: None })
    }

    fn create(
        &self,
        creation: Creation,
        register: &Arc<Register>,
        institution: &InstitutionId,
        entry: EntryId,
        key: Option<Key>,
        command: impl Fn(Act) -> Command,
    ) -> Result<Prepared, Failure> {
        let Creation { values, mut secret, barred, number, opened_by, owner, code, identity, envelope, brought, uses } = creation;
        if let Some(brought) = brought {
            return self.accept(*brought, values, register, institution, entry, key);
        }
        let envelope = register.has_sealed().then(|| envelope.unwrap_or_else(|| EntryKey::generate(&mut SystemEntropy)));
        if envelope.is_none() && !secret.is_empty() {
            return Err(no_envelope().into());
        }
        let place = Place::new(institution, register.name.as_str(), entry);
        let recipient = envelope.as_ref().map(EntryKey::recipient);
        let apart = match (identity, part_off(register, &mut secret)) {
            (Some(identity), _) => Some(self.take_apart(register, entry, identity)),
            (None, Some(apart)) => Some(self.keep_apart(register, institution, entry, &barred, &apart)?),
            (None, None) => None,
        };
        let (kept, rows) = apart.map_or((None, Vec::new()), |apart| (Some(apart.kept), apart.rows));
        let sealed = recipient.as_ref().and_then(|recipient| seal_both(recipient, &place, &secret, kept));
        drop(secret);
        let act = Act::Create {
            number: number.unwrap_or_default(),
            values,
            sealed,
            recipient: recipient.map(|recipient| recipient.to_string()),
            barred,
            opened_by,
            owner,
        };
        let command = command(act);
        let wraps = match envelope {
            Some(envelope) => {
                let mut wraps = self.wraps(&envelope, register, &command)?;
                wraps.extend(code.map(|recipient| wrap_for_code(&envelope, &place, entry, recipient)));
                wraps
            }
            None => Vec::new(),
        };
        Ok(Prepared { command, wraps, rows, key, uses: uses.map(|code| crate::short_links::tag_of(&code)) })
    }

    /// Wraps for a new entry. Who is entitled depends on the entry's unit and owner, so it is decided once beforehand; the
    /// writer decides again, for good.
    fn wraps(&self, envelope: &EntryKey, register: &Register, command: &Command) -> Result<Vec<WrapRow>, Failure> {
        let (directory, recipients) = (self.shared.directory(), self.shared.recipients());
        let entry = self.foresee(&directory, register, command)?;
        let people = entitled(&directory, &recipients, register, &entry, self.now());
        Ok(wrap_all(envelope, &entry, people, recipients.recovery.as_ref()))
    }

    pub(crate) fn foresee(&self, directory: &Directory, register: &Register, command: &Command) -> Result<Entry, Refusal> {
        let now = self.now();
        let person = match &command.actor {
            Actor::Person(person) | Actor::Import(person) => Some(*person),
            _ => None,
        };
        let viewer = person.and_then(|person| Viewer::of(directory, person, now.date()));
        let world = World { catalogue: self.catalogue(), directory, now };
        Ok(decide(&world, viewer.as_ref(), register, None, command)?.entry)
    }

    /// Takes out of a change what custodians keep, sealed to the key they hold, or to one that is dealt now.
    async fn apart_of(&self, wish: &mut Wish, entry: EntryId) -> Result<Option<Apart>, Failure> {
        let (Wish::Edit { change, .. } | Wish::Move { change, .. }) = wish else { return Ok(None) };
        if change.secret.is_empty() {
            return Ok(None);
        }
        let Some(entry) = self.fold_of(entry).await? else { return Ok(None) };
        let register = self.shared.definitions.moves_under(&entry)?;
        let Some(apart) = part_off(register, &mut change.secret) else { return Ok(None) };
        let known = entry.kept().next().map(|kept| parse(&kept.recipient)).transpose()?;
        if let Some(recipient) = known {
            return Ok(Some(self.add_apart(&recipient, &Place::of(&entry), &apart)));
        }
        let barred: Vec<Tag> = entry.barred.iter().chain(&change.barred).copied().collect();
        Ok(Some(self.keep_apart(register, &entry.institution, entry.id, &barred, &apart)?))
    }

    /// The public half of an entry's key, when something has to be sealed to it.
    async fn envelope(&self, wish: &Wish, entry: EntryId) -> Result<Option<EntryRecipient>> {
        let needs = match wish {
            Wish::Edit { change, reason } => !change.secret.is_empty() || reason.is_some(),
            Wish::Move { change, note, .. } => !change.secret.is_empty() || note.is_some(),
            Wish::Note(_) | Wish::Ask { .. } => true,
            Wish::Assign { note, .. } => note.is_some(),
            Wish::Recuse { reason, .. } => reason.is_some(),
            Wish::Message { .. } | Wish::Jot(_) | Wish::Identity(_) => false,
            Wish::Create(_) | Wish::Answer { .. } | Wish::Resume { .. } | Wish::Account(_) | Wish::Content(_) | Wish::Tick => false,
            Wish::Erase(step) => matches!(step, Erase::Ask(_)),
        };
        if !needs {
            return Ok(None);
        }
        let Some(entry) = self.fold_of(entry).await? else { return Ok(None) };
        let register = self.shared.definitions.moves_under(&entry)?;
        if !register.seals_notes() {
            return Ok(None);
        }
        entry.recipient.as_deref().map(parse).transpose()
    }
}

pub(crate) fn parse(text: &str) -> Result<EntryRecipient> {
    text.parse().map_err(|error| crate::error::Error::damaged("an entry's public key", error))
}

fn no_envelope() -> Refusal {
    Refusal::new(Code::Condition, "这一件没有密封信封，不能写入密封内容", "this entry has no envelope, so nothing sealed can be added")
}

fn noted(note: Note) -> Act {
    Act::Note { note, level: Level::Handlers, message: None, files: Vec::new() }
}

/// Turns a wish about an existing entry into an act.
struct Seal<'a> {
    place: &'a Place,
    envelope: Option<&'a EntryRecipient>,
    /// What custodians keep of the change.
    kept: Option<Kept>,
}

impl Seal<'_> {
    fn act(&self, wish: Wish) -> Result<Act, Refusal> {
        Ok(match wish {
            Wish::Create(_) => return Err(no_envelope()),
            Wish::Account(wish) => Act::Account(wish.done),
            Wish::Identity(wish) => Act::Identity(wish.step),
            Wish::Content(wish) => Act::Content(wish.deed),
            Wish::Edit { change, reason } => {
                let (sealed, Change { set, barred, .. }) = self.change(change)?;
                Act::Edit { set, sealed, barred, reason: self.note(reason) }
            }
            Wish::Move { make, change, note } => {
                let (sealed, Change { set, barred, .. }) = self.change(change)?;
                Act::Move { make, set, sealed, barred, note: self.note(note) }
            }
            Wish::Note(text) => noted(self.note(Some(text)).unwrap_or(Note::Plain(String::new()))),
            // Sealed to others than the entry's handlers alone, before it comes here.
            Wish::Message { .. } | Wish::Jot(_) => return Err(no_envelope()),
            Wish::Assign { to, note } => Act::Assign { to, note: self.note(note) },
            Wish::Recuse { person, reason } => Act::Recuse { person, reason: self.note(reason) },
            Wish::Ask { deadline, ask, reason } => {
                // Nothing is not sealed: the engine must see that the reason is missing.
                let given = Some(reason).filter(|reason| !reason.trim().is_empty());
                Act::Ask { deadline, ask, reason: self.note(given).unwrap_or(Note::Plain(String::new())) }
            }
            Wish::Answer { deadline, grant } => Act::Answer { deadline, grant },
            Wish::Resume { deadline } => Act::Resume { deadline },
            Wish::Erase(Erase::Ask(reason)) => {
                let given = Some(reason).filter(|reason| !reason.trim().is_empty());
                Act::Erase(EraseStep::Ask(self.note(given).unwrap_or(Note::Plain(String::new()))))
            }
            Wish::Erase(Erase::Decline) => Act::Erase(EraseStep::Decline),
            // The store reads the past beforehand; without it the engine refuses.
            Wish::Erase(Erase::Agree) => Act::Erase(EraseStep::Agree { past: Vec::new(), is_needed: false }),
            Wish::Tick => Act::Tick,
        })
    }

    fn change(&self, change: Change) -> Result<(Option<engine::SealedPart>, Change), Refusal> {
        if change.secret.is_empty() && self.kept.is_none() {
            return Ok((None, change));
        }
        let envelope = self.envelope.ok_or_else(no_envelope)?;
        Ok((seal_both(envelope, self.place, &change.secret, self.kept.clone()), change))
    }

    /// Sealed where anything is; else plain. The engine refuses a plain note where it must not be.
    fn note(&self, text: Option<String>) -> Option<Note> {
        let text = text?;
        Some(match self.envelope {
            Some(envelope) => seal_note(envelope, self.place, &text),
            None => Note::Plain(text),
        })
    }
}
