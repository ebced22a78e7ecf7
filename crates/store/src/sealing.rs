//! Sealing, as the store arranges it: a key per entry, wrapped to everybody entitled when it is made.

use crate::db::{Arg, Conn, Row, args};
use crate::error::{Error, Result};
use catalogue::register::{Scope, Verb};
use catalogue::role::STAFF;
use catalogue::{FieldName, Register};
use engine::lift::field_now;
use engine::rights::{may_unseal, own_fields};
use engine::{Directory, Entry, EntryId, InstitutionId, Moment, Note, PersonId, SealedPart, SecretValues, Values, Viewer};
use std::collections::{BTreeSet, HashMap};
use vault::{Context, EntryKey, EntryRecipient, Keyring, Recipient, Sealed, Wrap};

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

/// How a holder is named in `wraps`.
pub(crate) fn holder_of(person: PersonId) -> String {
    format!("person:{person}")
}

const RECOVERY: &str = "recovery";

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

    fn context<'a>(&'a self, purpose: &'a str) -> Context<'a> {
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
    Some(SealedPart { covers: secret.covers(), cipher: cipher.into() })
}

pub(crate) fn seal_note(recipient: &EntryRecipient, place: &Place, text: &str) -> Note {
    let cipher = vault::seal(recipient, &place.context("note"), text.as_bytes());
    Note::Sealed(SealedPart { covers: Vec::new(), cipher: cipher.into() })
}

fn sealed(cipher: &str) -> Result<Sealed> {
    Sealed::try_from(cipher.to_owned()).map_err(|error| Error::damaged("a sealed part", error))
}

/// Opens all parts of an entry, later ones over earlier, each field under the name it has in this definition.
pub(crate) fn open_values(key: &EntryKey, place: &Place, register: &Register, entry: &Entry) -> Result<SecretValues> {
    let mut all = SecretValues::default();
    for part in &entry.sealed {
        let opened = vault::open(key, &place.context("content"), &sealed(&part.cipher)?)?;
        // The reader's own words are not passed on: they may quote what was sealed.
        let values: Values =
            opened.expose(|plain| serde_json::from_slice(plain)).map_err(|_| Error::Sealed(vault::OpenError::Malformed))?;
        let today = |name: FieldName| field_now(register, &name).cloned().unwrap_or(name);
        all.overlay(SecretValues::new(values.into_iter().map(|(name, value)| (today(name), value)).collect()));
    }
    Ok(all)
}

pub(crate) fn open_note(key: &EntryKey, place: &Place, part: &SealedPart) -> Result<vault::Opened> {
    Ok(vault::open(key, &place.context("note"), &sealed(&part.cipher)?)?)
}

/// People the rights entitle to the key of this entry, whom it does not bar, and who have a key of their own.
pub(crate) fn entitled(
    directory: &Directory,
    recipients: &Recipients,
    register: &Register,
    entry: &Entry,
    now: Moment,
) -> Vec<(PersonId, Recipient)> {
    let today = now.date();
    let entitles = |person: PersonId| Viewer::of(directory, person, today).is_some_and(|viewer| may_unseal(&viewer, register, entry));
    candidates(directory, register, entry)
        .into_iter()
        .filter_map(|person| Some((person, recipients.people.get(&person)?)))
        .filter(|(person, _)| entitles(*person))
        .map(|(person, recipient)| (person, recipient.clone()))
        .collect()
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
pub(crate) fn wrap_all(key: &EntryKey, entry: &Entry, entitled: Vec<(PersonId, Recipient)>, recovery: Option<&Recipient>) -> Vec<WrapRow> {
    let place = Place::of(entry);
    let people = entitled.into_iter().map(|(person, recipient)| (holder_of(person), recipient));
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
    wrap(key, place, entry, "code".to_owned(), recipient)
}

/// A wrap for one person more.
pub(crate) fn wrap_to(key: &EntryKey, entry: &Entry, person: PersonId, recipient: Recipient) -> WrapRow {
    wrap(key, &Place::of(entry), entry.id, holder_of(person), recipient)
}

/// Opens an entry's key with whichever wrap the keyring fits. `None`: there is none for these keys.
pub(crate) fn unwrap(keyring: &Keyring, place: &Place, rows: &[Row]) -> Result<Option<EntryKey>> {
    let mine: Vec<String> = keyring.recipients().map(|recipient| recipient.to_string()).collect();
    for row in rows {
        if mine.contains(&row.text(0)?) {
            return Ok(Some(keyring.open(&Wrap::from_bytes(row.bytes(1)?), &place.context("key"))?));
        }
    }
    Ok(None)
}

/// Public keys of all active accounts, and the recovery key's.
pub(crate) async fn load_recipients(conn: &mut Conn) -> Result<Recipients> {
    let mut found = Recipients::default();
    for row in conn.fetch("SELECT person, recipient FROM accounts WHERE recipient IS NOT NULL AND active = 1", Vec::new()).await? {
        found.people.insert(row.person(0)?, parse(&row.text(1)?)?);
    }
    let recovery = conn.fetch_one("SELECT value FROM settings WHERE name = 'recovery'", Vec::new()).await?;
    found.recovery = recovery.map(|row| parse(&row.text(0)?)).transpose()?;
    Ok(found)
}

pub(crate) fn parse(text: &str) -> Result<Recipient> {
    text.parse().map_err(|error| Error::damaged("a public key", error))
}
