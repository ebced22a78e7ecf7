//! What custodians keep: who gave their name, sealed to a key of its own that any two custodians of the house open and none alone.
//!
//! The ciphertext stands on the chain with the rest of the entry ([`engine::Kept`]). The key lies here, dealt in shares that change
//! when the circle of custodians does ([`circle`]); what is asked of them lies here until it is used or has run out ([`asking`]).
//!
//! The printed recovery key holds a share like a custodian's. Where a house has fewer than two custodians nothing is dealt: the key is
//! wrapped to the recovery key alone, so that no report is lost, and dealt when there are two ([`Store::deal_waiting`]).

mod asking;
mod by_sheet;
mod circle;

pub use asking::{Asked, Wanted};
pub use circle::{Circle, Shares};

use crate::db::{Arg, Sql, args};
use crate::error::{Error, Result};
use crate::sealing::{Place, seal_values};
use crate::store::Store;
use catalogue::{FieldName, Register};
use engine::{Code, Entry, EntryId, IdentityStep, InstitutionId, Kept, Refusal, SealedPart, SecretValues, Tag};
use vault::{Dealing, EntryKey, EntryRecipient, HandlerKey, Recipient, SealedIdentity, SystemEntropy, Wrap};

/// The purpose identities are sealed and dealt under; a browser uses the same.
pub(crate) const PURPOSE: &str = "identity";

/// A step about an identity, with the rows that go into the same transaction; made by [`Store`]'s own functions.
pub struct IdentityWish {
    pub(crate) step: IdentityStep,
    pub(crate) rows: Vec<(Sql, Vec<Arg>)>,
}

/// How the key of an identity is held.
pub(crate) enum Held {
    Dealt(Box<Dealing<EntryKey>>),
    /// By the recovery key alone: there were fewer than two custodians.
    Waiting(Wrap),
}

/// Values on their way to the custodians: the part for the chain, and the rows beside it.
pub(crate) struct Apart {
    pub kept: Kept,
    pub rows: Vec<(Sql, Vec<Arg>)>,
}

impl Store {
    /// Seals what custodians keep of a new entry, or of one that kept nothing before.
    ///
    /// Errors: there is nobody to keep it, neither custodians nor a recovery key.
    pub(crate) fn keep_apart(
        &self,
        register: &Register,
        institution: &InstitutionId,
        entry: EntryId,
        barred: &[Tag],
        apart: &SecretValues,
    ) -> Result<Apart, Refusal> {
        let place = Place::new(institution, register.name.as_str(), entry);
        let circle = self.circle(register, institution, barred);
        let key = EntryKey::generate(&mut SystemEntropy);
        let held = match (circle.deal(&key, &place), &circle.recovery) {
            (Some(dealing), _) => Held::Dealt(Box::new(dealing)),
            (None, Some(recovery)) => Held::Waiting(Wrap::to(&key, recovery, &place.context(PURPOSE))),
            (None, None) => return Err(nobody_keeps_it()),
        };
        let cipher = vault::seal(&key.recipient(), &place.context(PURPOSE), &zeroize::Zeroizing::new(apart.to_plaintext()));
        let kept = Kept { covers: apart.covers(), recipient: key.recipient().to_string(), cipher: cipher.into() };
        Ok(Apart { rows: self.custody_rows(entry, &kept.recipient, &held), kept })
    }

    /// Adds to what custodians keep already; that takes nobody's consent.
    pub(crate) fn add_apart(&self, recipient: &EntryRecipient, place: &Place, apart: &SecretValues) -> Apart {
        let cipher = vault::seal(recipient, &place.context(PURPOSE), &zeroize::Zeroizing::new(apart.to_plaintext()));
        Apart { kept: Kept { covers: apart.covers(), recipient: recipient.to_string(), cipher: cipher.into() }, rows: Vec::new() }
    }

    /// Takes over an identity that a browser sealed and dealt by itself. Whether its form is right was checked against
    /// [`Store::circle`] when it came in.
    pub(crate) fn take_apart(&self, register: &Register, entry: EntryId, identity: SealedIdentity) -> Apart {
        let on_form = |name: &&FieldName| {
            let public = register.public.as_ref();
            public.is_none_or(|public| public.steps.iter().any(|step| step.fields.contains(name)))
        };
        let covers = register.kept_by_custodians().filter(on_form).cloned().collect();
        let recipient = identity.dealing.public().to_string();
        let rows = self.custody_rows(entry, &recipient, &Held::Dealt(Box::new(identity.dealing)));
        Apart { kept: Kept { covers, recipient, cipher: identity.content.into() }, rows }
    }

    fn custody_rows(&self, entry: EntryId, recipient: &str, held: &Held) -> Vec<(Sql, Vec<Arg>)> {
        let (dealing, wrap) = match held {
            Held::Dealt(dealing) => (Some(to_json(&**dealing)), None),
            Held::Waiting(wrap) => (None, Some(wrap.as_bytes().to_vec())),
        };
        let sql = "INSERT INTO custody (entry, recipient, dealing, wrap, at) VALUES ($1, $2, $3, $4, $5)";
        let mut rows = vec![(sql.into(), args![entry, recipient, dealing, wrap, self.now()])];
        if let Held::Dealt(dealing) = held {
            rows.extend(share_rows(entry, dealing));
        }
        rows
    }

    /// How the key of an entry's identity is held. `None`: it has none.
    pub(crate) async fn held_of(&self, entry: EntryId) -> Result<Option<Held>> {
        let row = self.shared.db.fetch_one("SELECT dealing, wrap FROM custody WHERE entry = $1", args![entry]).await?;
        let Some(row) = row else { return Ok(None) };
        match (row.text_or_none(0)?, row.bytes_or_none(1)?) {
            (Some(dealing), _) => Ok(Some(Held::Dealt(Box::new(from_json(&dealing, "a dealt key")?)))),
            (None, Some(wrap)) => Ok(Some(Held::Waiting(Wrap::from_bytes(wrap)))),
            (None, None) => Err(Error::damaged("the key of an identity", "nobody holds it")),
        }
    }
}

/// One part of an entry's envelope: what handlers open, and what custodians keep apart. Nothing at all gives nothing.
pub(crate) fn seal_both(recipient: &EntryRecipient, place: &Place, secret: &SecretValues, kept: Option<Kept>) -> Option<SealedPart> {
    let sealed = seal_values(recipient, place, secret);
    match (sealed, kept) {
        (sealed, None) => sealed,
        (sealed, Some(kept)) => Some(with_kept(sealed, kept, || {
            vault::seal(recipient, &place.context("content"), &SecretValues::default().to_plaintext()).into()
        })),
    }
}

/// Joins what custodians keep to a sealed part; `nothing` seals an empty content where there is no such part.
pub(crate) fn with_kept(sealed: Option<SealedPart>, kept: Kept, nothing: impl FnOnce() -> String) -> SealedPart {
    let mut part = sealed.unwrap_or_else(|| SealedPart::new(Vec::new(), nothing()));
    part.covers.extend(kept.covers.iter().filter(|name| !part.covers.contains(name)).cloned().collect::<Vec<_>>());
    part.custody = Some(kept);
    part
}

/// Takes out of typed values what custodians keep.
pub(crate) fn part_off(register: &Register, secret: &mut SecretValues) -> Option<SecretValues> {
    let apart = secret.take(|name| register.fields.get(name).is_some_and(|field| field.custody));
    (!apart.is_empty()).then_some(apart)
}

/// Opens all that custodians keep of an entry, later parts over earlier.
pub(crate) fn open_kept(key: &EntryKey, place: &Place, entry: &Entry) -> Result<SecretValues> {
    let mut all = SecretValues::default();
    for kept in entry.kept() {
        let opened = vault::open(key, &place.context(PURPOSE), &crate::sealing::sealed(&kept.cipher)?)?;
        let values = opened.expose(|plain| SecretValues::from_plaintext(plain));
        all.overlay(values.map_err(|_| Error::Sealed(vault::OpenError::Malformed))?);
    }
    Ok(all)
}

/// Whose shares an entry's key lies in: public keys, so that the house finds what too few of today's custodians hold.
pub(crate) fn share_rows(entry: EntryId, dealing: &Dealing<EntryKey>) -> Vec<(Sql, Vec<Arg>)> {
    let mut rows: Vec<(Sql, Vec<Arg>)> = vec![("DELETE FROM custody_shares WHERE entry = $1".into(), args![entry])];
    let insert = "INSERT INTO custody_shares (entry, recipient) VALUES ($1, $2)";
    rows.extend(dealing.custodians().map(|custodian: &Recipient| (insert.into(), args![entry, custodian.to_string()])));
    rows
}

/// What goes with an entry's content when it is erased.
pub(crate) fn erased(entry: EntryId) -> Vec<(Sql, Vec<Arg>)> {
    ["custody", "custody_shares", "custody_asks", "custody_consents"]
        .map(|table| (format!("DELETE FROM {table} WHERE entry = $1").into(), args![entry]))
        .into()
}

/// The key of this keyring that holds a share.
pub(crate) fn share_key<'k>(keyring: &'k vault::Keyring, dealing: &Dealing<EntryKey>) -> Option<&'k HandlerKey> {
    dealing.custodians().find_map(|custodian| keyring.key(custodian))
}

pub(crate) fn to_json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("keys and ciphertext are texts and always serialise")
}

pub(crate) fn from_json<T: serde::de::DeserializeOwned>(text: &str, what: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| Error::damaged(what, error))
}

fn nobody_keeps_it() -> Refusal {
    Refusal::new(
        Code::Condition,
        "本院还没有保密员，暂时不能保管姓名和联系方式：请改选匿名，或换一种渠道",
        "nobody keeps names here yet, neither custodians nor a recovery key: report without your name, or another way",
    )
}
