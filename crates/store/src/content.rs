//! Deeds about an entry's content on their way to the writer: sealed here, decided behind the one door.

use crate::db::{Arg, Sql};
use crate::error::{Error, Failure, Result};
use crate::request::{ContentWish, Done, Request, Wish};
use crate::sealing::{Place, open_note, seal_note};
use crate::store::{Store, parse_recipient};
use crate::unsealing::Open;
use engine::{Actor, ContentDeed, Entry, Note, Refusal, SealedPart, Viewer};
use serde::Serialize;
use serde::de::DeserializeOwned;

impl Store {
    /// Submits a deed about an entry's content, with the rows that go into the same transaction.
    pub(crate) async fn deed(&self, entry: &Entry, by: &Viewer, deed: ContentDeed, rows: Vec<(Sql, Vec<Arg>)>) -> Result<Done, Failure> {
        let wish = Wish::Content(Box::new(ContentWish { deed, rows }));
        self.submit(Request::new(Actor::Person(by.person), entry.register.clone(), entry.id, wish)).await
    }
}

/// Seals a thing of ours to an entry: what somebody chose, what is masked, what a copy proves.
pub(crate) fn seal_thing(entry: &Entry, thing: &impl Serialize) -> Result<SealedPart, Failure> {
    let no_envelope = || Refusal::new(engine::Code::Condition, "这一件没有密封信封", "this entry has no envelope");
    let recipient = parse_recipient(entry.recipient.as_deref().ok_or_else(no_envelope)?)?;
    let json = zeroize::Zeroizing::new(serde_json::to_string(thing).map_err(|error| Error::damaged("a sealed thing", error))?);
    match seal_note(&recipient, &Place::of(entry), &json) {
        Note::Sealed(part) => Ok(part),
        Note::Plain(_) => Err(no_envelope().into()),
    }
}

impl Open {
    /// Reads what [`seal_thing`] sealed.
    pub(crate) fn thing<T: DeserializeOwned>(&self, part: &SealedPart) -> Result<T> {
        let opened = open_note(self.key(), &Place::of(&self.found.entry), part)?;
        // The reader's own words are not passed on: they may quote what was sealed.
        opened.expose(|plain| serde_json::from_slice(plain)).map_err(|_| Error::damaged("a sealed thing", "it is not what was sealed"))
    }
}
