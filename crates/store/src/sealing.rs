//! Sealing, as the store arranges it: a key per entry, wrapped to everybody entitled when it is made.

use crate::db::{Arg, Conn, Row, args};
use crate::error::{Error, Result};
use catalogue::register::{Scope, Verb};
use catalogue::role::STAFF;
use catalogue::{FieldName, Register};
use engine::brought::{self, Doubt};
use engine::lift::field_now;
use engine::rights::{may_unseal, own_fields};
use engine::{
    Brought, BroughtFile, Directory, Entry, EntryId, FileRef, InstitutionId, Moment, Note, PersonId, SealedPart, SecretValues, Values,
    Viewer,
};
use std::collections::{BTreeSet, HashMap};
use vault::{Context, EntryKey, EntryRecipient, FileCard, Keyring, Recipient, Sealed, SystemEntropy, Wrap};

/// Public keys of those who may be entitled, and of the printed recovery key.
#[derive(Debug, Clone, Default)]
pub(crate) struct Recipients {
    pub people: HashMap<PersonId, Recipient>,
    pub recovery: Option<Recipient>,
}

/// What is stored of a wrap: who it is for, and to which key.
#[derive(Debug, Clone)]
pub(crate) struct WrapRow {
    pub entry: EntryId,
    pub holder: String,
    pub recipient: Recipient,
    pub wrap: Wrap,
}

impl WrapRow {
    pub(crate) fn into_args(self, now: Moment) -> Vec<Arg> {
        args![self.entry, self.holder, self.recipient.to_string(), self.wrap.as_bytes(), now]
    }
}

/// A person's way into an entry: by their own key, or by that of somebody they stand in for. Its text is how `wraps` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder {
    Person(PersonId),
    Deputy { away: PersonId, to: PersonId },
}

impl Holder {
    /// Who reads with it.
    pub(crate) fn reader(self) -> PersonId {
        match self {
            Holder::Person(person) | Holder::Deputy { to: person, .. } => person,
        }
    }

    /// `None`: no person's: the recovery key's, or that of a receipt code.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if let Some(person) = text.strip_prefix("person:") {
            return PersonId::parse(person).map(Holder::Person);
        }
        let (away, to) = text.strip_prefix("deputy:")?.split_once(':')?;
        Some(Holder::Deputy { away: PersonId::parse(away)?, to: PersonId::parse(to)? })
    }
}

impl std::fmt::Display for Holder {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Holder::Person(person) => write!(out, "person:{person}"),
            Holder::Deputy { away, to } => write!(out, "deputy:{away}:{to}"),
        }
    }
}

pub(crate) const RECOVERY: &str = "recovery";
pub(crate) const CODE: &str = "code";

/// The place of an entry's sealed things.
pub(crate) struct Place {
    institution: InstitutionId,
    register: String,
    entry: String,
}

impl Place {
    pub(crate) fn new(institution: &InstitutionId, register: &str, entry: EntryId) -> Self {
        Self { institution: institution.clone(), register: register.to_owned(), entry: entry.to_string() }
    }

    pub(crate) fn of(entry: &Entry) -> Self {
        Self::new(&entry.institution, entry.register.as_str(), entry.id)
    }

    pub(crate) fn context<'a>(&'a self, purpose: &'a str) -> Context<'a> {
        Context { institution: &self.institution.0, register: &self.register, entry: &self.entry, purpose }
    }

    pub(crate) fn file(&self) -> Context<'_> {
        self.context("file")
    }
}

/// Seals the values of sealed fields. Nothing to seal gives nothing.
pub(crate) fn seal_values(recipient: &EntryRecipient, place: &Place, secret: &SecretValues) -> Option<SealedPart> {
    if secret.is_empty() {
        return None;
    }
    let plain = zeroize::Zeroizing::new(secret.to_plaintext());
    let cipher = vault::seal(recipient, &place.context("content"), &plain);
    Some(SealedPart::new(secret.covers(), cipher))
}

pub(crate) fn seal_note(recipient: &EntryRecipient, place: &Place, text: &str) -> Note {
    let cipher = vault::seal(recipient, &place.context("note"), text.as_bytes());
    Note::Sealed(SealedPart::new(Vec::new(), cipher))
}

pub(crate) fn sealed(cipher: &str) -> Result<Sealed> {
    Sealed::try_from(cipher.to_owned()).map_err(|error| Error::damaged("a sealed part", error))
}

/// Opens all parts of an entry, later ones over earlier, each field under the name it has in this definition; and says what of it its
/// sender did not seal as they should have.
pub(crate) fn open_values(key: &EntryKey, place: &Place, register: &Register, entry: &Entry) -> Result<(SecretValues, Vec<Doubt>)> {
    let mut all = (SecretValues::default(), Vec::new());
    for part in &entry.sealed {
        let (values, doubts) = match &part.brought {
            Some(files) => open_brought(key, place, register, part, files),
            None => match open_own(key, place, register, part) {
                // Sealed to a key that its sender never gave anybody.
                Err(_) if is_brought(entry) => (SecretValues::default(), vec![Doubt::Unreadable]),
                opened => (opened?, Vec::new()),
            },
        };
        all.0.overlay(values);
        all.1.extend(doubts);
    }
    if is_brought(entry) && !fits(key, entry) {
        all.1.push(Doubt::Astray);
    }
    Ok(all)
}

/// Whether a key is the one an entry names, to which all is sealed that comes later.
pub(crate) fn fits(key: &EntryKey, entry: &Entry) -> bool {
    entry.recipient.as_deref() == Some(key.recipient().to_string().as_str())
}

pub(crate) fn is_brought(entry: &Entry) -> bool {
    entry.sealed.iter().any(|part| part.brought.is_some())
}

/// A part the house sealed.
fn open_own(key: &EntryKey, place: &Place, register: &Register, part: &SealedPart) -> Result<SecretValues> {
    let opened = vault::open(key, &place.context("content"), &sealed(&part.cipher)?)?;
    // The reader's own words are not passed on: they may quote what was sealed.
    let values: Values = opened.expose(|plain| serde_json::from_slice(plain)).map_err(|_| Error::Sealed(vault::OpenError::Malformed))?;
    let today = |name: FieldName| field_now(register, &name).cloned().unwrap_or(name);
    Ok(SecretValues::new(values.into_iter().map(|(name, value)| (today(name), value)).collect()))
}

/// A part its sender sealed: whatever it is, there is something to show.
fn open_brought(key: &EntryKey, place: &Place, register: &Register, part: &SealedPart, brought: &Brought) -> (SecretValues, Vec<Doubt>) {
    let files: Vec<(usize, FileRef)> = brought.files.iter().map(|file| (file.number, file_of(key, place, file))).collect();
    let content = sealed(&part.cipher).ok().and_then(|cipher| vault::open(key, &place.context("content"), &cipher).ok());
    match content {
        Some(opened) => opened.expose(|plain| brought::read(register, part, plain, &files)),
        None => brought::unread(register, part, &files),
    }
}

/// What a card says of its file. One that does not open leaves it without a name.
fn file_of(key: &EntryKey, place: &Place, file: &BroughtFile) -> FileRef {
    let card = sealed(&file.card).ok().and_then(|card| FileCard::open(key, &place.context(&format!("card:{}", file.number)), &card).ok());
    let (name, size) =
        card.map_or_else(|| (format!("attachment-{}", file.number), 0), |card| card.expose(|card| (card.shown_name(), card.size)));
    FileRef { hash: file.hash.clone(), name, size, happened: None }
}

pub(crate) fn open_note(key: &EntryKey, place: &Place, part: &SealedPart) -> Result<vault::Opened> {
    Ok(vault::open(key, &place.context("note"), &sealed(&part.cipher)?)?)
}

/// People the rights entitle to the key of this entry, whom it does not bar, and who have a key of their own; and those who stand in
/// for one of them, with the key made for that.
pub(crate) fn entitled(
    directory: &Directory,
    recipients: &Recipients,
    register: &Register,
    entry: &Entry,
    now: Moment,
) -> Vec<(Holder, Recipient)> {
    let found = entitled_at(directory, recipients, register, entry, now);
    if !found.is_empty() {
        return found;
    }
    // Nobody holds the role yet, or the clock stands before those who do: without this nobody of the house would ever open it.
    let moments: BTreeSet<_> =
        candidates(directory, register, entry).into_iter().flat_map(|person| coming(directory, person, now)).collect();
    let at = |moment| entitled_at(directory, recipients, register, entry, moment);
    moments.into_iter().map(at).find(|found| !found.is_empty()).unwrap_or_default()
}

/// When roles of a person begin that they do not hold yet.
pub(crate) fn coming(directory: &Directory, person: PersonId, now: Moment) -> Vec<Moment> {
    let grants = directory.person(person).into_iter().flat_map(|person| &person.roles);
    grants.filter_map(|grant| grant.from.filter(|from| *from > now.date())).map(Moment::end_of).collect()
}

fn entitled_at(
    directory: &Directory,
    recipients: &Recipients,
    register: &Register,
    entry: &Entry,
    now: Moment,
) -> Vec<(Holder, Recipient)> {
    let mut found = Vec::new();
    for person in candidates(directory, register, entry) {
        if !is_entitled(directory, register, entry, Holder::Person(person), now) {
            continue;
        }
        found.extend(recipients.people.get(&person).map(|recipient| (Holder::Person(person), recipient.clone())));
        let Some(standin) = directory.accounts.get(&person).and_then(|standing| standing.deputy.as_deref()) else { continue };
        let holder = Holder::Deputy { away: person, to: standin.deputy.to };
        if is_entitled(directory, register, entry, holder, now)
            && let Ok(recipient) = standin.deputy.recipient.parse()
        {
            found.push((holder, recipient));
        }
    }
    found
}

/// Whether the rights of today give a holder the key of this entry. A deputy's term may be still to come.
pub(crate) fn is_entitled(directory: &Directory, register: &Register, entry: &Entry, holder: Holder, now: Moment) -> bool {
    let today = now.date();
    let entitles = |person: PersonId| Viewer::alone(directory, person, today).is_some_and(|viewer| may_unseal(&viewer, register, entry));
    match holder {
        Holder::Person(person) => entitles(person),
        Holder::Deputy { away, to } => {
            let standin = directory.accounts.get(&away).and_then(|standing| standing.deputy.as_deref());
            standin.is_some_and(|standin| standin.deputy.to == to && standin.is_to_come_or_on(today))
                && directory.person(to).is_some_and(|to| to.active && !entry.bars(&to.tag))
                && entitles(away)
        }
    }
}

/// People a change of an entry takes the key from: they were entitled before it, and are no longer.
pub(crate) fn lost(directory: &Directory, register: &Register, before: &Entry, after: &Entry, now: Moment) -> Vec<PersonId> {
    let entitled = |entry: &Entry, person: PersonId| is_entitled(directory, register, entry, Holder::Person(person), now);
    candidates(directory, register, before).into_iter().filter(|person| entitled(before, *person) && !entitled(after, *person)).collect()
}

/// Everybody holding a role that may unseal here; for what is one's own, only those whose own it can be.
fn candidates(directory: &Directory, register: &Register, entry: &Entry) -> BTreeSet<PersonId> {
    let Some(roles) = register.rights.verbs.get(&Verb::Unseal) else { return BTreeSet::new() };
    let mut found = BTreeSet::new();
    for (role, scope) in roles {
        if role.as_str() != STAFF {
            let holders = directory.people.values().filter(|person| person.roles.iter().any(|grant| grant.role == *role));
            found.extend(holders.map(|person| person.id));
        } else if *scope == Scope::Own {
            found.extend(entry.author.into_iter().chain(entry.owner));
            found.extend(own_fields(register).filter_map(|field| entry.values.get(&field.name)).flat_map(|value| value.people()).copied());
        } else {
            found.extend(directory.people.keys().copied());
        }
    }
    found
}

/// Wraps of a new key: to all entitled, and to the recovery key.
pub(crate) fn wrap_all(key: &EntryKey, entry: &Entry, entitled: Vec<(Holder, Recipient)>, recovery: Option<&Recipient>) -> Vec<WrapRow> {
    let place = Place::of(entry);
    let people = entitled.into_iter().map(|(holder, recipient)| (holder.to_string(), recipient));
    people
        .chain(recovery.map(|recipient| (RECOVERY.to_owned(), recipient.clone())))
        .map(|(holder, recipient)| wrap(key, &place, entry.id, holder, recipient))
        .collect()
}

fn wrap(key: &EntryKey, place: &Place, entry: EntryId, holder: String, recipient: Recipient) -> WrapRow {
    WrapRow { entry, holder, wrap: Wrap::to(key, &recipient, &place.context("key")), recipient }
}

/// The wrap a receipt code opens.
pub(crate) fn wrap_for_code(key: &EntryKey, place: &Place, entry: EntryId, recipient: Recipient) -> WrapRow {
    wrap(key, place, entry, CODE.to_owned(), recipient)
}

/// A wrap for one person more.
pub(crate) fn wrap_to(key: &EntryKey, entry: &Entry, holder: Holder, recipient: Recipient) -> WrapRow {
    wrap(key, &Place::of(entry), entry.id, holder.to_string(), recipient)
}

/// A wrap for the recovery key of the house.
pub(crate) fn wrap_for_recovery(key: &EntryKey, entry: &Entry, recipient: Recipient) -> WrapRow {
    wrap(key, &Place::of(entry), entry.id, RECOVERY.to_owned(), recipient)
}

/// Opens an entry's key with whichever wrap the keyring fits. `None`: there is none for these keys.
pub(crate) fn unwrap(keyring: &Keyring, entry: &Entry, rows: &[Row]) -> Result<Option<EntryKey>> {
    let place = Place::of(entry);
    let mine: Vec<String> = keyring.recipients().map(|recipient| recipient.to_string()).collect();
    for row in rows {
        if mine.contains(&row.text(0)?) {
            return match keyring.open(&Wrap::from_bytes(row.bytes(1)?), &place.context("key")) {
                // What a sender wrapped may be noise: a key that opens nothing stands for it.
                Err(_) if is_brought(entry) => Ok(Some(EntryKey::generate(&mut SystemEntropy))),
                opened => Ok(Some(opened?)),
            };
        }
    }
    Ok(None)
}

/// Public keys of all active accounts, as the chain gave them, and the recovery key's. What stands in the table of accounts is nobody's
/// to wrap to: whoever writes to the database writes there too.
pub(crate) async fn load_recipients(conn: &mut Conn, directory: &Directory) -> Result<Recipients> {
    let mut found = Recipients::default();
    for (person, standing) in directory.accounts.iter().filter(|(_, standing)| standing.active) {
        if let Some(told) = &standing.recipient {
            found.people.insert(*person, parse(told)?);
        }
    }
    // A house from before the chain told of a recovery key trusts the one it has.
    found.recovery = match crate::recovery::told(directory.accounts.values()) {
        Some(told) => Some(parse(told)?),
        None => {
            let row = conn.fetch_one("SELECT value FROM settings WHERE name = 'recovery'", Vec::new()).await?;
            row.map(|row| parse(&row.text(0)?)).transpose()?
        }
    };
    Ok(found)
}

pub(crate) fn parse(text: &str) -> Result<Recipient> {
    text.parse().map_err(|error| Error::damaged("a public key", error))
}
