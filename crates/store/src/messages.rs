//! Words between the house and a reporter, and notes to oneself: to whom each is sealed, and who opens it.

use crate::db::args;
use crate::error::{Error, Failure, Result};
use crate::sealing::{Place, parse, sealed};
use crate::store::{Store, parse_recipient};
use crate::timeline::Happened;
use crate::unsealing::Open;
use engine::{Act, Actor, Code, Enclosure, Entry, EntryId, Event, Fact, FileRef, Level, Moment, Note, Refusal, SealedPart, Viewer};
use std::collections::BTreeMap;
use vault::{FileCard, Keyring, Message, Recipient, Sealed, Speaker};

/// A message as either side reads it.
pub struct Letter {
    /// Its place on the chain.
    pub seq: u64,
    pub at: Moment,
    pub by: Speaker,
    /// Who of the house wrote it; never shown to the reporter.
    pub actor: Actor,
    pub text: String,
    pub files: Vec<FileRef>,
}

/// The purpose a note to oneself is sealed for.
const OWN: &str = "own";

pub(crate) fn purpose_of(message: &str) -> String {
    format!("message:{message}")
}

impl Store {
    /// Whether whoever reported holds a code that reads messages.
    pub async fn reaches_reporter(&self, entry: EntryId) -> Result<bool> {
        Ok(self.reporter_of(entry).await?.is_some())
    }

    pub(crate) async fn reporter_of(&self, entry: EntryId) -> Result<Option<Recipient>> {
        let row = self.shared.db.fetch_one("SELECT recipient FROM wraps WHERE entry = $1 AND holder = 'code'", args![entry]).await?;
        row.map(|row| parse(&row.text(0)?)).transpose()
    }

    /// Seals words to the report's key and the reporter's.
    pub(crate) async fn message(
        &self,
        place: &Place,
        entry: EntryId,
        actor: &Actor,
        text: &str,
        files: Vec<Enclosure>,
    ) -> Result<Act, Failure> {
        let entry = self.fold_of(entry).await?.ok_or_else(Refusal::hidden)?;
        let (Some(report), Some(reporter)) = (entry.recipient.as_deref(), self.reporter_of(entry.id).await?) else {
            return Err(no_code().into());
        };
        let speaker = if *actor == Actor::Public { Speaker::Reporter } else { Speaker::House };
        let id = uuid::Uuid::new_v4().simple().to_string();
        let cipher = Message::seal(speaker, text.as_bytes(), &parse_recipient(report)?, &reporter, &place.context(&purpose_of(&id)));
        Ok(Act::Note { note: as_note(cipher), level: Level::Reporter, message: Some(id), files })
    }

    /// Seals words to whoever writes them.
    pub(crate) fn jot(&self, place: &Place, actor: &Actor, text: &str) -> Result<Act, Failure> {
        let person = actor.person().ok_or_else(Refusal::not_allowed)?;
        let recipients = self.shared.recipients();
        let own = recipients.people.get(&person).ok_or_else(no_key)?;
        let cipher = vault::seal_own(own, &place.context(OWN), text.as_bytes());
        Ok(Act::Note { note: as_note(cipher), level: Level::Own, message: None, files: Vec::new() })
    }

    /// The viewer's notes to themselves among these events, in the clear, by place on the chain. One sealed to a key they no longer
    /// hold is left out.
    pub fn own_notes(&self, entry: &Entry, history: &[Happened], viewer: &Viewer, keyring: &Keyring) -> Result<BTreeMap<u64, String>> {
        let place = Place::of(entry);
        let mut found = BTreeMap::new();
        for one in history.iter().filter(|one| one.event.is_own_note() && one.event.is_shown_to(viewer.person)) {
            let Fact::Noted { note: Note::Sealed(part), .. } = &one.event.fact else { continue };
            match keyring.open_own(&place.context(OWN), &sealed(&part.cipher)?) {
                Ok(opened) => found.insert(one.seq, opened.expose(|plain| words(plain))),
                Err(vault::OpenError::WrongKey) => None,
                Err(error) => return Err(error.into()),
            };
        }
        Ok(found)
    }
}

impl Open {
    /// What house and reporter wrote to each other, oldest first, with what the reporter added before there were messages.
    ///
    /// Errors: one was altered, or says another speaker than the one the chain names.
    pub fn letters(&self, history: &[Happened]) -> Result<Vec<Letter>> {
        history.iter().filter_map(|one| self.letter(one).transpose()).collect()
    }

    fn letter(&self, one: &Happened) -> Result<Option<Letter>> {
        let Event { at, actor, fact, .. } = &one.event;
        let Fact::Noted { note, level, message, files } = fact else { return Ok(None) };
        // A mask covers what was written as well, and what a file is called.
        let (by, text) = match (level, note, message) {
            (Level::Reporter, Note::Sealed(part), Some(id)) => {
                let place = Place::of(&self.found.entry);
                let opened = match Message::open(self.key(), &place.context(&purpose_of(id)), &sealed(&part.cipher)?) {
                    // Sealed to a key that whoever sent the report never gave anybody.
                    Err(_) if !self.fits() => return Ok(None),
                    opened => opened?,
                };
                if (opened.speaker == Speaker::Reporter) != (*actor == Actor::Public) {
                    return Err(Error::damaged(format!("event {}", one.seq), "its message names another speaker"));
                }
                (opened.speaker, opened.text.expose(|plain| self.covered_text(&words(plain))))
            }
            (Level::Handlers, Note::Sealed(part), _) if *actor == Actor::Public && self.fits() => {
                (Speaker::Reporter, self.note(part)?.expose(|plain| words(plain)))
            }
            (Level::Handlers, Note::Plain(text), _) if *actor == Actor::Public => (Speaker::Reporter, self.covered_text(text)),
            _ => return Ok(None),
        };
        let files = files.iter().map(|file| self.card(file)).collect::<Result<_>>()?;
        Ok(Some(Letter { seq: one.seq, at: *at, by, actor: actor.clone(), text, files }))
    }

    /// What an enclosure is called and how long it is.
    fn card(&self, file: &Enclosure) -> Result<FileRef> {
        let place = Place::of(&self.found.entry);
        let card = FileCard::open(self.key(), &place.context(&card_of(&file.hash)), &sealed(&file.card)?)?;
        Ok(card.expose(|card| {
            let name = self.covered_text(&card.shown_name());
            FileRef { hash: file.hash.clone(), name, size: card.size, happened: None }
        }))
    }
}

/// The purpose of an enclosure's card: it is bound to what is stored.
pub(crate) fn card_of(hash: &str) -> String {
    format!("card:{hash}")
}

/// Whether an event is part of what house and reporter say to each other.
pub fn is_letter(event: &Event) -> bool {
    match &event.fact {
        Fact::Noted { level: Level::Reporter, .. } => true,
        Fact::Noted { level: Level::Handlers, .. } => event.actor == Actor::Public,
        _ => false,
    }
}

fn as_note(cipher: Sealed) -> Note {
    Note::Sealed(SealedPart::new(Vec::new(), cipher))
}

fn words(plain: &[u8]) -> String {
    String::from_utf8_lossy(plain).into_owned()
}

fn no_code() -> Refusal {
    Refusal::new(
        Code::Condition,
        "这一件没有回执码，举报人看不到留言；请按留下的联系方式联系",
        "this entry has no receipt code, so its reporter cannot read messages; use the contact they left",
    )
}

fn no_key() -> Refusal {
    Refusal::new(
        Code::Condition,
        "您的账号还没有密钥，不能写只给自己看的备注；请先重新登录",
        "your account has no key yet, so it cannot keep notes to yourself; sign in anew first",
    )
}
