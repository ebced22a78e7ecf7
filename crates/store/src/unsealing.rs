//! Opening what is sealed, for one entitled who holds the key; and letting in whoever became entitled since.

use crate::db::args;
use crate::error::{Failure, Result};
use crate::masking::Passage;
use crate::query::Found;
use crate::sealing::{Holder, Place, RECOVERY, WrapRow, entitled, fits, open_note, open_values, unwrap, wrap_for_recovery, wrap_to};
use crate::store::Store;
use engine::brought::Doubt;
use engine::rights::{may_unseal, opens_for};
use engine::{Entry, EntryId, FileRef, Refusal, SealedPart, SecretValues, Viewer};
use std::collections::BTreeSet;
use std::io::Write;
use vault::{EntryKey, Keyring, Recipient};

/// Stands between what an entry was opened for and whom its reader stands in for.
pub const FOR: &str = " for:";

/// An entry, opened. Its key lives as long as this.
pub struct Open {
    pub found: Found,
    pub values: SecretValues,
    /// What of it its sender did not seal as they should have.
    pub doubts: Vec<Doubt>,
    key: EntryKey,
    /// Passages this viewer is not to see.
    pub(crate) covered: Vec<Passage>,
}

impl Open {
    pub(crate) fn new(found: Found, key: EntryKey) -> Result<Self> {
        let (values, doubts) = open_values(&key, &Place::of(&found.entry), &found.register, &found.entry)?;
        Ok(Self { found, values, doubts, key, covered: Vec::new() })
    }

    /// Whether this key is the one the entry's later parts are sealed to. A sender may have given out another.
    pub fn fits(&self) -> bool {
        fits(&self.key, &self.found.entry)
    }

    pub(crate) fn key(&self) -> &EntryKey {
        &self.key
    }

    /// A sealed note of this entry's timeline.
    ///
    /// Errors: the part was altered, or is another entry's.
    pub fn note(&self, part: &SealedPart) -> Result<vault::Opened> {
        let opened = open_note(&self.key, &Place::of(&self.found.entry), part)?;
        let cover = |plain: &Vec<u8>| self.covered_text(&String::from_utf8_lossy(plain)).into_bytes();
        Ok(if self.covered.is_empty() { opened } else { opened.map(cover) })
    }
}

/// The key of an entry, taken out before a step, so that whoever the step entitles gets theirs. Shows nothing.
pub struct AtHand(EntryKey);

impl Store {
    /// The key of an entry, for somebody entitled to it. `None`: they are not, or hold no key to it.
    pub async fn at_hand(&self, found: &Found, viewer: &Viewer, keyring: &Keyring) -> Result<Option<AtHand>> {
        if !may_unseal(viewer, &found.register, &found.entry) {
            return Ok(None);
        }
        let rows = self.shared.db.fetch("SELECT recipient, wrap FROM wraps WHERE entry = $1", args![found.entry.id]).await?;
        Ok(unwrap(keyring, &found.entry, &rows)?.map(AtHand))
    }

    /// Lets everybody in whom an entry entitles as it stands now. Nothing is read.
    pub async fn pass_on(&self, id: EntryId, held: &AtHand) -> Result<()> {
        let Some(entry) = self.fold_of(id).await? else { return Ok(()) };
        let found = self.found(entry)?;
        self.let_in(&held.0, &found).await
    }

    /// Whether a wrap of this entry fits one of these keys.
    pub async fn has_way_in(&self, entry: &Entry, keyring: &Keyring) -> Result<bool> {
        let mine: Vec<String> = keyring.recipients().map(|recipient| recipient.to_string()).collect();
        for row in self.shared.db.fetch("SELECT recipient FROM wraps WHERE entry = $1", args![entry.id]).await? {
            if mine.contains(&row.text(0)?) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Opens an entry for a viewer. The look is on the disk before anything is answered; whoever became entitled since the
    /// envelope was made gets their key now.
    ///
    /// Errors: a refusal, when the viewer is not entitled, is a party, or has no key to it.
    pub async fn open_sealed(&self, id: EntryId, viewer: &Viewer, keyring: &Keyring, purpose: &str) -> Result<Open, Failure> {
        let found = self.entry(id, viewer).await?;
        if !may_unseal(viewer, &found.register, &found.entry) {
            return Err(Refusal::not_allowed().into());
        }
        let rows = self.shared.db.fetch("SELECT recipient, wrap FROM wraps WHERE entry = $1", args![id]).await?;
        let key = unwrap(keyring, &found.entry, &rows)?.ok_or_else(Refusal::no_way_in)?;
        let open = Open::new(found, key)?;
        let found = &open.found;
        let purpose = match opens_for(viewer, &found.register, &found.entry) {
            Some(away) => format!("{purpose}{FOR}{away}"),
            None => purpose.to_owned(),
        };
        self.saw_surely(viewer, &found.entry, &open.values.covers(), &purpose).await?;
        self.let_in(&open.key, found).await?;
        // Whoever opens it has what they asked for, whether or not it can be compared.
        if let Err(error) = self.index_alike(&open).await {
            tracing::error!(%error, entry.id = %id, "an entry was not indexed for comparing");
        }
        Ok(open.cover_for(viewer)?)
    }

    /// Opens an entry with the printed recovery key, for set-up and rescue from the command line. Recorded like any look.
    pub async fn open_with_recovery(&self, id: EntryId, recovery: &Keyring, witness: &Viewer, purpose: &str) -> Result<Open, Failure> {
        let entry = self.fold_of(id).await?.ok_or_else(Refusal::hidden)?;
        let found = self.found(entry)?;
        let rows = self.shared.db.fetch("SELECT recipient, wrap FROM wraps WHERE entry = $1", args![id]).await?;
        let key = unwrap(recovery, &found.entry, &rows)?.ok_or_else(Refusal::not_allowed)?;
        let open = Open::new(found, key)?;
        self.saw_surely(witness, &open.found.entry, &open.values.covers(), purpose).await?;
        self.let_in(&open.key, &open.found).await?;
        Ok(open)
    }

    /// Opens a sealed file of an opened entry to a writer. Answers its length in bytes.
    pub fn open_file(&self, open: &Open, file: &FileRef, to: impl Write) -> Result<u64> {
        self.unseal_file(&open.key, &open.found.entry, &file.hash, to)
    }

    /// The first bytes of a sealed file, to tell what it is. Blocks.
    pub fn start_of_file(&self, open: &Open, file: &FileRef, most: usize) -> Result<Vec<u8>> {
        self.unseal_start(&open.key, &open.found.entry, &file.hash, most)
    }

    /// Who holds a way into an entry: `person:<id>`, `recovery`, `code`.
    pub async fn holders(&self, entry: &Entry) -> Result<Vec<String>> {
        let rows = self.shared.db.fetch("SELECT holder FROM wraps WHERE entry = $1 ORDER BY holder", args![entry.id]).await?;
        rows.iter().map(|row| row.text(0)).collect()
    }

    /// Lets everybody in who is entitled by now, wherever a key of this keyring opens: a deputy, a successor, a new recovery key. Nothing
    /// is read. Answers how many entries somebody was let into.
    pub async fn let_all_in(&self, keyring: &Keyring) -> Result<u64> {
        let mut count = 0;
        let mut done = BTreeSet::new();
        for recipient in keyring.recipients() {
            let sql = "SELECT entry FROM wraps WHERE recipient = $1 ORDER BY entry";
            for row in self.shared.db.fetch(sql, args![recipient.to_string()]).await? {
                let id = row.entry(0)?;
                if done.insert(id) {
                    count += u64::from(self.let_into(id, keyring).await?);
                }
            }
        }
        Ok(count)
    }

    async fn let_into(&self, id: EntryId, keyring: &Keyring) -> Result<bool> {
        let Some(entry) = self.fold_of(id).await? else { return Ok(false) };
        let found = self.found(entry)?;
        if self.missing(&found).await?.is_empty() {
            return Ok(false);
        }
        let rows = self.shared.db.fetch("SELECT recipient, wrap FROM wraps WHERE entry = $1", args![id]).await?;
        let Some(key) = unwrap(keyring, &found.entry, &rows)? else { return Ok(false) };
        self.let_in(&key, &found).await?;
        Ok(true)
    }

    /// Wraps the key to everybody entitled who has no wrap yet, or one to a key they no longer use.
    async fn let_in(&self, key: &EntryKey, found: &Found) -> Result<()> {
        // A key that opens nothing helps nobody.
        if !fits(key, &found.entry) {
            return Ok(());
        }
        let wrap = |(holder, recipient): (Option<Holder>, Recipient)| match holder {
            Some(known) => (holder, wrap_to(key, &found.entry, known, recipient)),
            None => (None, wrap_for_recovery(key, &found.entry, recipient)),
        };
        let fresh: Vec<(Option<Holder>, WrapRow)> = self.missing(found).await?.into_iter().map(wrap).collect();
        if fresh.is_empty() { Ok(()) } else { self.admit(vec![(found.entry.id, fresh)]).await }
    }

    /// Whoever is entitled and has no wrap to the key they use. `None`: the recovery key of the house.
    async fn missing(&self, found: &Found) -> Result<Vec<(Option<Holder>, Recipient)>> {
        let (directory, recipients) = (self.directory(), self.shared.recipients());
        let people = entitled(&directory, &recipients, &found.register, &found.entry, self.now());
        let rows = self.shared.db.fetch("SELECT holder, recipient FROM wraps WHERE entry = $1", args![found.entry.id]).await?;
        let mut held = Vec::with_capacity(rows.len());
        for row in &rows {
            held.push((row.text(0)?, row.text(1)?));
        }
        let mut missing: Vec<(Option<Holder>, Recipient)> = people
            .into_iter()
            .filter(|(holder, recipient)| !held.contains(&(holder.to_string(), recipient.to_string())))
            .map(|(holder, recipient)| (Some(holder), recipient))
            .collect();
        // A key in the settings that the chain does not tell of is nobody's to wrap to.
        let recovery = recipients.recovery.as_ref().filter(|key| crate::recovery::is_told(&directory, key));
        let has = |key: &&Recipient| held.contains(&(RECOVERY.to_owned(), key.to_string()));
        missing.extend(recovery.filter(|key| !has(key)).map(|key| (None, key.clone())));
        Ok(missing)
    }
}
