//! Opening what is sealed, for one entitled who holds the key; and letting in whoever became entitled since.

use crate::db::args;
use crate::error::{Failure, Result};
use crate::query::Found;
use crate::sealing::{Place, WrapRow, entitled, holder_of, open_note, open_values, unwrap, wrap_to};
use crate::store::Store;
use engine::rights::may_unseal;
use engine::{Entry, EntryId, FileRef, PersonId, Refusal, SealedPart, SecretValues, Viewer};
use std::io::Write;
use vault::{EntryKey, HandlerKey, Keyring};

/// An entry, opened. Its key lives as long as this.
pub struct Open {
    pub found: Found,
    pub values: SecretValues,
    key: EntryKey,
}

impl Open {
    pub(crate) fn new(found: Found, values: SecretValues, key: EntryKey) -> Self {
        Self { found, values, key }
    }

    /// A sealed note of this entry's timeline.
    ///
    /// Errors: the part was altered, or is another entry's.
    pub fn note(&self, part: &SealedPart) -> Result<vault::Opened> {
        open_note(&self.key, &Place::of(&self.found.entry), part)
    }
}

impl Store {
    /// Opens an entry for a viewer. The look is on the disk before anything is answered; whoever became entitled since the
    /// envelope was made gets their key now.
    ///
    /// Errors: a refusal, when the viewer is not entitled, is a party, or has no key to it.
    pub async fn open_sealed(&self, id: EntryId, viewer: &Viewer, keyring: &Keyring, purpose: &str) -> Result<Open, Failure> {
        let found = self.entry(id, viewer).await?;
        if !may_unseal(viewer, &found.register, &found.entry) {
            return Err(Refusal::not_allowed().into());
        }
        let place = Place::of(&found.entry);
        let rows = self.shared.db.fetch("SELECT recipient, wrap FROM wraps WHERE entry = $1", args![id]).await?;
        let key = unwrap(keyring, &place, &rows)?.ok_or_else(Refusal::not_allowed)?;
        let values = open_values(&key, &place, &found.register, &found.entry)?;
        self.saw_surely(viewer, &found.entry, &values.covers(), purpose).await?;
        self.let_in(&key, &found).await?;
        Ok(Open { found, values, key })
    }

    /// Opens an entry with the printed recovery key, for set-up and rescue from the command line. Recorded like any look.
    pub async fn open_with_recovery(&self, id: EntryId, recovery: HandlerKey, witness: &Viewer, purpose: &str) -> Result<Open, Failure> {
        let entry = self.fold_of(id).await?.ok_or_else(Refusal::hidden)?;
        let found = self.found(entry)?;
        let place = Place::of(&found.entry);
        let rows = self.shared.db.fetch("SELECT recipient, wrap FROM wraps WHERE entry = $1", args![id]).await?;
        let key = unwrap(&Keyring::new(recovery), &place, &rows)?.ok_or_else(Refusal::not_allowed)?;
        let values = open_values(&key, &place, &found.register, &found.entry)?;
        self.saw_surely(witness, &found.entry, &values.covers(), purpose).await?;
        self.let_in(&key, &found).await?;
        Ok(Open { found, values, key })
    }

    /// Opens a sealed file of an opened entry to a writer. Answers its length in bytes.
    pub fn open_file(&self, open: &Open, file: &FileRef, to: impl Write) -> Result<u64> {
        self.unseal_file(&open.key, &open.found.entry, &file.hash, to)
    }

    /// Who holds a way into an entry: `person:<id>`, `recovery`, `code`.
    pub async fn holders(&self, entry: &Entry) -> Result<Vec<String>> {
        let rows = self.shared.db.fetch("SELECT holder FROM wraps WHERE entry = $1 ORDER BY holder", args![entry.id]).await?;
        rows.iter().map(|row| row.text(0)).collect()
    }

    /// Wraps the key to everybody entitled who has no wrap yet, or one to a key they no longer use.
    async fn let_in(&self, key: &EntryKey, found: &Found) -> Result<()> {
        let (directory, recipients) = (self.directory(), self.shared.recipients());
        let people = entitled(&directory, &recipients, &found.register, &found.entry, self.now());
        let rows = self.shared.db.fetch("SELECT holder, recipient FROM wraps WHERE entry = $1", args![found.entry.id]).await?;
        let mut held = Vec::with_capacity(rows.len());
        for row in &rows {
            held.push((row.text(0)?, row.text(1)?));
        }
        let missing = people.into_iter().filter(|(person, recipient)| !held.contains(&(holder_of(*person), recipient.to_string())));
        let fresh: Vec<(PersonId, WrapRow)> =
            missing.map(|(person, recipient)| (person, wrap_to(key, &found.entry, person, recipient))).collect();
        if fresh.is_empty() { Ok(()) } else { self.admit(found.entry.id, fresh).await }
    }
}
