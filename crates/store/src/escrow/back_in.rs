//! What follows on a rescue: the person's present key is let into what they may read.
//!
//! The event stands on the chain before the first wrap, so nobody is let in without one. From there on nothing that befalls one entry keeps
//! the others shut, and nothing that ends the work half way takes back what was told or the new password. What was not reached needs no
//! list of its own: it is let in when somebody entitled opens it ([`Store::open_sealed`]), or when two holders agree again. The recovery key
//! itself is kept nowhere in between.

use crate::db::{Row, args};
use crate::error::{Error, Result};
use crate::sealing::{Holder, RECOVERY, WrapRow, fits, is_brought, is_entitled, unwrap, wrap_to};
use crate::store::{Admission, Store};
use engine::{EntryId, PersonId};
use vault::{HandlerKey, Keyring, Recipient};

/// Entries let in with one write.
const BATCH: usize = 200;

/// What came of letting a key back in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LetIn {
    /// So many entries open to the key.
    pub opened: u64,
    /// So many are damaged where they are stored, and stay shut.
    pub shut: u64,
    /// The numbers of those, without what concerns the holder who reads this.
    pub numbers: Vec<String>,
    /// It ended before everything was reached: a full disk, a shutdown.
    pub is_cut_short: bool,
}

impl LetIn {
    pub fn is_whole(&self) -> bool {
        self.shut == 0 && !self.is_cut_short
    }
}

/// Whose key is let in, and which holder hears of it.
struct Way {
    person: PersonId,
    own: Recipient,
    by: PersonId,
}

impl Store {
    /// Lets a person's present key into whatever they may read by today's rights, and nobody else's. Nothing is read.
    pub(super) async fn let_back_in(&self, recovery: HandlerKey, person: PersonId, by: PersonId) -> LetIn {
        let mut done = LetIn::default();
        if let Err(error) = self.try_back_in(recovery, person, by, &mut done).await {
            tracing::error!(%error, %person, opened = done.opened, "letting a key back in ended half way; what is left opens by and by");
            done.is_cut_short = true;
        }
        done
    }

    async fn try_back_in(&self, recovery: HandlerKey, person: PersonId, by: PersonId, done: &mut LetIn) -> Result<()> {
        self.renew_recipients().await?;
        self.deal_waiting(&recovery).await?;
        let Some(own) = self.shared.recipients().people.get(&person).cloned() else { return Ok(()) };
        let (way, recovery) = (Way { person, own, by }, Keyring::new(recovery));
        for dealt in recovery.recipients() {
            let sql = "SELECT entry FROM wraps WHERE holder = $1 AND recipient = $2 ORDER BY entry";
            let rows = self.shared.db.fetch(sql, args![RECOVERY, dealt.to_string()]).await?;
            for some in rows.chunks(BATCH) {
                let admissions = self.admissions(&recovery, &way, some, done).await?;
                let opened = admissions.len() as u64;
                self.admit(admissions).await?;
                done.opened += opened;
            }
        }
        Ok(())
    }

    async fn admissions(&self, recovery: &Keyring, way: &Way, rows: &[Row], done: &mut LetIn) -> Result<Vec<Admission>> {
        let mut found = Vec::new();
        for row in rows {
            let id = row.entry(0)?;
            match self.wrap_back(recovery, way, id).await {
                Ok(wrap) => found.extend(wrap.map(|wrap| (id, vec![(Some(Holder::Person(way.person)), wrap)]))),
                Err(error) if error.is_damage() => {
                    tracing::error!(%error, entry.id = %id, "a damaged entry was passed over while a key was let back in");
                    done.shut += 1;
                    done.numbers.extend(self.number_for(id, way.by).await);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    /// `None`: it is not theirs to read, or its sender sealed it to a key that opens nothing.
    async fn wrap_back(&self, recovery: &Keyring, way: &Way, id: EntryId) -> Result<Option<WrapRow>> {
        let Some(found) = self.fold_of(id).await?.map(|entry| self.found(entry)).transpose()? else { return Ok(None) };
        let holder = Holder::Person(way.person);
        if !is_entitled(&self.directory(), &found.register, &found.entry, holder, self.now()) {
            return Ok(None);
        }
        let sql = "SELECT recipient, wrap FROM wraps WHERE entry = $1 AND holder = $2";
        let wraps = self.shared.db.fetch(sql, args![id, RECOVERY]).await?;
        let Some(key) = unwrap(recovery, &found.entry, &wraps)? else { return Ok(None) };
        if fits(&key, &found.entry) {
            return Ok(Some(wrap_to(&key, &found.entry, holder, way.own.clone())));
        }
        if is_brought(&found.entry) { Ok(None) } else { Err(Error::damaged("a wrap", "its key is another entry's")) }
    }

    /// The number of an entry, unless it concerns this person or cannot be read.
    async fn number_for(&self, id: EntryId, person: PersonId) -> Option<String> {
        let entry = self.fold_of(id).await.ok().flatten()?;
        (!entry.bars(&self.tag(person))).then_some(entry.number)
    }
}
