//! A key that any two of several custodians open together, and none of them alone.
//!
//! Two kinds of key are dealt: that of a reporter's identity ([`EntryKey`]: the identity is sealed to its public half, and
//! more can be added to it later without asking anybody), and a recovery key in escrow ([`HandlerKey`]).
//!
//! # How
//!
//! For every pair of custodians *i* < *j* a fresh pad of 32 random bytes goes to *i*, and the key exclusive-or the pad to
//! *j*. What one custodian holds is one value for each of the others, and every one of them is uniformly random and
//! independent of the key: a pad, or the key under a pad this custodian has not seen. So one alone knows as much as nobody
//! (a one-time pad, no assumption needed), and any two have one pad between them, which gives the key. All a custodian's
//! values form one *share*, sealed to that custodian's public key.
//!
//! Shamir's scheme would give shares of one value each instead of n − 1. It was not taken: for two of at most sixteen the
//! saving is a few hundred bytes, and of the libraries for GF(256) the best known were found to draw their coefficients with
//! a bias, which tells a single holder part of the secret (`sharks`, RUSTSEC-2024-0398, without a fix; `vsss-rs`, found in an
//! audit of 2026). Here is no field and no polynomial to get wrong, and a browser makes the same with `getRandomValues`.
//!
//! # What it does not do
//!
//! Nobody can forget. Dealing anew ([`Dealing::change`]) makes the old shares worthless against the new ones, but whoever
//! kept an old backup *and* two old custodians' keys opens what that backup holds. The approvals of [`crate::approval`]
//! are what the software demands; the mathematics demand only two custodians' keys.
//!
//! # Shape of a share
//!
//! An age file to the custodian. Inside: `QLS1`, the digest of the [`Context`], the digest of the round (SHA-256 of
//! `qinglian/dealing/1`, the kind, the round's 16-byte id in hex, the public key's text, each with its length before it),
//! one byte for this custodian's place, one for how many there are, then 32 bytes for each other custodian in order.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::context::{Context, DIGEST_BYTES, update_part};
use crate::entropy::Entropy;
use crate::envelope::{EntryKey, EntryRecipient, Sealed, check_head, open_inside};
use crate::error::{DealingError, OpenError};
use crate::format;
use crate::handler::{HandlerKey, Recipient};
use crate::pair::{Pair, SECRET_BYTES};
use crate::sheet::xor;

/// A key as it was dealt: public, to be stored beside what it opens.
///
/// The caller sees to it that the custodians' keys are those of different persons; of two equal keys it is refused.
#[derive(Serialize, Deserialize)]
#[serde(bound = "", try_from = "Stored<K::Public>", into = "Stored<K::Public>")]
pub struct Dealing<K: Dealt> {
    id: [u8; ID_BYTES],
    public: K::Public,
    shares: Vec<Share>,
}

// Derived, both would ask the same of the secret key.
impl<K: Dealt> Clone for Dealing<K> {
    fn clone(&self) -> Self {
        Self { id: self.id, public: self.public.clone(), shares: self.shares.clone() }
    }
}

impl<K: Dealt> fmt::Debug for Dealing<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dealing({}, {} custodians)", self.public, self.shares.len())
    }
}

/// A kind of key that can be dealt: [`EntryKey`] or [`HandlerKey`].
pub trait Dealt: kept::Kept {}
impl Dealt for EntryKey {}
impl Dealt for HandlerKey {}

impl<K: Dealt> Dealing<K> {
    /// Deals a key. Always a whole new round: every share is new.
    ///
    /// Errors: fewer than two custodians, more than sixteen, or one of them twice.
    pub fn deal(key: &K, custodians: &[Recipient], context: &Context<'_>, entropy: &mut dyn Entropy) -> Result<Self, DealingError> {
        check_custodians(custodians.iter())?;
        let mut id = [0; ID_BYTES];
        entropy.fill(&mut id);
        let mut dealing = Self { id, public: key.public(), shares: Vec::with_capacity(custodians.len()) };
        let round = dealing.round();
        let holdings = pair_up(key.secret(), custodians.len(), entropy);
        for (custodian, holding) in custodians.iter().zip(holdings) {
            dealing.shares.push(Share::seal(&holding, custodian, context, &round));
        }
        Ok(dealing)
    }

    /// The public half of the dealt key.
    pub fn public(&self) -> &K::Public {
        &self.public
    }

    pub fn custodians(&self) -> impl Iterator<Item = &Recipient> {
        self.shares.iter().map(|share| &share.custodian)
    }

    /// Passes a leaver's share on to a successor, with the leaver's key only. No other share changes.
    ///
    /// Errors: the key holds no share here; the successor holds one already, and with two would open alone.
    pub fn hand_over(&self, leaver: &HandlerKey, successor: &Recipient, context: &Context<'_>) -> Result<Self, DealingError> {
        let holding = self.holding(leaver, context)?;
        if self.custodians().any(|custodian| custodian == successor) {
            return Err(DealingError::Custodians);
        }
        let mut passed = self.clone();
        passed.shares[usize::from(holding.place)] = Share::seal(&holding, successor, context, &self.round());
        Ok(passed)
    }

    /// What ties shares and approvals to this round of dealing.
    pub(crate) fn round(&self) -> [u8; DIGEST_BYTES] {
        let mut hash = Sha256::new();
        hash.update(b"qinglian/dealing/1");
        for part in [K::KIND, &hex::encode(self.id), &self.public.to_string()] {
            update_part(part, |bytes| hash.update(bytes));
        }
        hash.finalize().into()
    }

    /// Opens the share of one custodian.
    pub(crate) fn holding(&self, custodian: &HandlerKey, context: &Context<'_>) -> Result<Holding, DealingError> {
        let own = custodian.recipient();
        let place = self.custodians().position(|custodian| *custodian == own).ok_or(DealingError::NotACustodian)?;
        let inside = open_inside(&custodian.0, self.shares[place].sealed.as_bytes())?;
        check_head(&inside, MAGIC, context)?;
        if inside.get(ROUND_AT..PLACE_AT) != Some(&self.round()) {
            return Err(DealingError::OtherRound);
        }
        let holding = Holding::read(&inside[PLACE_AT..]).ok_or(OpenError::Malformed)?;
        if usize::from(holding.place) != place || holding.count() != self.shares.len() {
            return Err(DealingError::OtherRound);
        }
        Ok(holding)
    }

    /// The key from two holdings of this round.
    pub(crate) fn join(&self, one: &Holding, other: &Holding) -> Result<K, DealingError> {
        if one.place == other.place {
            return Err(DealingError::SameCustodian);
        }
        let (Some(half), Some(rest)) = (one.for_place(other.place), other.for_place(one.place)) else {
            return Err(DealingError::OtherRound);
        };
        let secret = xor(half, rest);
        let key = K::from_secret(secret.as_slice()).filter(|key| key.public() == self.public);
        key.ok_or(DealingError::OtherRound)
    }
}

/// For every pair a pad to one and the key under the pad to the other.
fn pair_up(secret: &[u8; SECRET_BYTES], count: usize, entropy: &mut dyn Entropy) -> Vec<Holding> {
    let empty = |place| Holding {
        place: u8::try_from(place).expect("at most sixteen"),
        values: Zeroizing::new(vec![0; (count - 1) * SECRET_BYTES]),
    };
    let mut holdings: Vec<Holding> = (0..count).map(empty).collect();
    for first in 0..count {
        for second in first + 1..count {
            let mut pad = Zeroizing::new([0; SECRET_BYTES]);
            entropy.fill(pad.as_mut_slice());
            let padded = xor(secret, pad.as_slice());
            // A holding leaves out its own place, so those after it move up by one.
            holdings[first].values[(second - 1) * SECRET_BYTES..second * SECRET_BYTES].copy_from_slice(pad.as_slice());
            holdings[second].values[first * SECRET_BYTES..(first + 1) * SECRET_BYTES].copy_from_slice(padded.as_slice());
        }
    }
    holdings
}

/// A share that was opened. Wiped when dropped.
pub(crate) struct Holding {
    place: u8,
    values: Zeroizing<Vec<u8>>,
}

impl Holding {
    /// Shape: place, count, 32 bytes for each other place.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let (&[place, count], values) = bytes.split_first_chunk()?;
        let fits = (2..=LIMIT).contains(&usize::from(count)) && place < count && values.len() == (usize::from(count) - 1) * SECRET_BYTES;
        fits.then(|| Self { place, values: Zeroizing::new(values.to_vec()) })
    }

    pub(crate) fn write(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(2 + self.values.len()));
        bytes.extend([self.place, u8::try_from(self.count()).expect("at most sixteen")]);
        bytes.extend_from_slice(&self.values);
        bytes
    }

    fn count(&self) -> usize {
        self.values.len() / SECRET_BYTES + 1
    }

    fn for_place(&self, place: u8) -> Option<&[u8]> {
        let skipped = usize::from(place).checked_sub(usize::from(place > self.place))?;
        self.values.chunks_exact(SECRET_BYTES).nth(skipped)
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Share {
    custodian: Recipient,
    sealed: Sealed,
}

impl Share {
    fn seal(holding: &Holding, custodian: &Recipient, context: &Context<'_>, round: &[u8; DIGEST_BYTES]) -> Self {
        let inside = Zeroizing::new([MAGIC.as_slice(), &context.digest(), round, &holding.write()].concat());
        Self { custodian: custodian.clone(), sealed: Sealed::from_bytes(format::seal(&[&custodian.0], &inside)) }
    }
}

/// The form in the store and from a browser.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored<P> {
    /// 32 hexadecimal digits.
    id: String,
    public: P,
    shares: Vec<Share>,
}

impl<K: Dealt> TryFrom<Stored<K::Public>> for Dealing<K> {
    type Error = DealingError;

    fn try_from(stored: Stored<K::Public>) -> Result<Self, DealingError> {
        check_custodians(stored.shares.iter().map(|share| &share.custodian))?;
        let mut id = [0; ID_BYTES];
        hex::decode_to_slice(&stored.id, &mut id).map_err(|_| OpenError::Malformed)?;
        Ok(Self { id, public: stored.public, shares: stored.shares })
    }
}

impl<K: Dealt> From<Dealing<K>> for Stored<K::Public> {
    fn from(dealing: Dealing<K>) -> Self {
        Self { id: hex::encode(dealing.id), public: dealing.public, shares: dealing.shares }
    }
}

pub(crate) fn check_custodians<'a>(custodians: impl Iterator<Item = &'a Recipient>) -> Result<(), DealingError> {
    let keys: Vec<String> = custodians.map(Recipient::to_string).collect();
    let is_twice = (1..keys.len()).any(|place| keys[..place].contains(&keys[place]));
    if is_twice || !(2..=LIMIT).contains(&keys.len()) { Err(DealingError::Custodians) } else { Ok(()) }
}

const MAGIC: &[u8; 4] = b"QLS1";
const ROUND_AT: usize = 4 + DIGEST_BYTES;
const PLACE_AT: usize = ROUND_AT + DIGEST_BYTES;
const ID_BYTES: usize = 16;
const LIMIT: usize = 16;

/// What only this crate can give a key.
mod kept {
    use super::{DeserializeOwned, SECRET_BYTES, Serialize, fmt};

    pub trait Kept: Sized {
        type Public: Clone + fmt::Debug + fmt::Display + PartialEq + Serialize + DeserializeOwned;
        const KIND: &'static str;
        fn secret(&self) -> &[u8; SECRET_BYTES];
        fn from_secret(secret: &[u8]) -> Option<Self>;
        fn public(&self) -> Self::Public;
    }
}

impl kept::Kept for EntryKey {
    type Public = EntryRecipient;
    const KIND: &'static str = "identity";

    fn secret(&self) -> &[u8; SECRET_BYTES] {
        self.0.secret()
    }

    fn from_secret(secret: &[u8]) -> Option<Self> {
        Pair::from_secret(secret).map(Self)
    }

    fn public(&self) -> EntryRecipient {
        self.recipient()
    }
}

impl kept::Kept for HandlerKey {
    type Public = Recipient;
    const KIND: &'static str = "escrow";

    fn secret(&self) -> &[u8; SECRET_BYTES] {
        self.0.secret()
    }

    fn from_secret(secret: &[u8]) -> Option<Self> {
        Pair::from_secret(secret).map(Self)
    }

    fn public(&self) -> Recipient {
        self.recipient()
    }
}
