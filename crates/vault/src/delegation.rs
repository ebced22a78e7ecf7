//! Standing in for somebody for a while.
//!
//! A delegation has a key of its own. What the deputy shall see is wrapped to its public half; its secret half is sealed to
//! the deputy together with the terms. So the deputy never holds the other's key, everything let in under the delegation is
//! found by its public key, and deleting the delegation and those wraps ends it at once.
//!
//! That it opens only within its term is a rule of this code, not mathematics: a deputy who copied the key aside keeps it
//! until the wraps are deleted, and what was read stays read.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::context::{DIGEST_BYTES, update_part};
use crate::entropy::Entropy;
use crate::envelope::{Sealed, open_inside};
use crate::error::{DelegationError, OpenError};
use crate::format;
use crate::handler::{HandlerKey, Recipient};
use crate::pair::{Pair, SECRET_BYTES};

/// Who stands in for whom, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    pub institution: String,
    /// Ids of the directory.
    pub from: String,
    pub to: String,
    /// Units: milliseconds since 1970, UTC. Both moments belong to the term.
    pub starts_ms: i64,
    pub ends_ms: i64,
}

/// A delegation as it is stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delegation {
    pub terms: Terms,
    /// What entries are wrapped to while it lasts.
    pub recipient: Recipient,
    sealed: Sealed,
}

impl Delegation {
    pub fn grant(terms: Terms, deputy: &Recipient, entropy: &mut dyn Entropy) -> Self {
        let key = HandlerKey::generate(entropy);
        let recipient = key.recipient();
        let inside = Zeroizing::new([MAGIC.as_slice(), &digest(&terms, &recipient), key.0.secret()].concat());
        Self { sealed: Sealed::from_bytes(format::seal(&[&deputy.0], &inside)), terms, recipient }
    }

    /// The delegation's key, for the deputy's [`crate::Keyring`].
    ///
    /// Errors: before or after the term; not this deputy's; the terms stored beside it are not those it was granted on.
    pub fn open(&self, deputy: &HandlerKey, now_ms: i64) -> Result<HandlerKey, DelegationError> {
        if !(self.terms.starts_ms..=self.terms.ends_ms).contains(&now_ms) {
            return Err(DelegationError::OutOfTerm);
        }
        let inside = open_inside(&deputy.0, self.sealed.as_bytes())?;
        if inside.len() != HEAD + SECRET_BYTES || !inside.starts_with(MAGIC) {
            return Err(OpenError::Malformed.into());
        }
        if inside[4..HEAD] != digest(&self.terms, &self.recipient) {
            return Err(OpenError::WrongContext.into());
        }
        Pair::from_secret(&inside[HEAD..]).map(HandlerKey).ok_or_else(|| OpenError::Malformed.into())
    }
}

fn digest(terms: &Terms, recipient: &Recipient) -> [u8; DIGEST_BYTES] {
    let mut hash = Sha256::new();
    hash.update(b"qinglian/delegation/1");
    for part in [&terms.institution, &terms.from, &terms.to, &recipient.to_string()] {
        update_part(part, |bytes| hash.update(bytes));
    }
    hash.update(terms.starts_ms.to_be_bytes());
    hash.update(terms.ends_ms.to_be_bytes());
    hash.finalize().into()
}

const MAGIC: &[u8; 4] = b"QLD1";
const HEAD: usize = 4 + DIGEST_BYTES;
