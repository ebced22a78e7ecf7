//! Whom an entry concerns, as a value that only a yes-or-no question can be put to.
//!
//! The engine must keep an entry from the person it concerns without knowing who that is. It stores a keyed hash per
//! concerned person and asks of each viewer whether theirs is among them. Without the key a stolen database shows only
//! that two entries of one institution concern the same person, not whom; with the key, whoever also knows all staff
//! ids can find out by trying them.

use std::fmt;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::deployment::{DeploymentKey, KEY_BYTES, of_a_deployment};
use crate::in_hex::in_hex;

/// The key under which concern tags are made: one per deployment, kept outside the database.
pub struct ConcernKey(DeploymentKey);

of_a_deployment!(ConcernKey);

impl ConcernKey {
    /// The tag of a person within an institution.
    ///
    /// Shape: HMAC-SHA256 over a label and both ids, each preceded by its length (4 bytes, big-endian), cut to 16 bytes.
    pub fn tag(&self, institution: &str, person: &str) -> ConcernTag {
        let mac = self.0.mac(b"qinglian/concern/1", &[institution, person]);
        let mut tag = [0; TAG_BYTES];
        tag.copy_from_slice(&mac[..TAG_BYTES]);
        ConcernTag(tag)
    }

    /// A secret of this deployment for another purpose: the same after a restart, of no use for tags, and telling nothing of the key.
    ///
    /// Shape: HMAC-SHA256 over a label and the purpose, preceded by its length.
    pub fn secret(&self, purpose: &str) -> Zeroizing<[u8; KEY_BYTES]> {
        Zeroizing::new(self.0.mac(b"qinglian/secret/1", &[purpose]))
    }
}

/// A person seen through a [`ConcernKey`]. Compared in constant time. Text form: 32 hexadecimal digits.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ConcernTag([u8; TAG_BYTES]);

in_hex!(ConcernTag);

impl PartialEq for ConcernTag {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for ConcernTag {}

impl fmt::Debug for ConcernTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConcernTag({self})")
    }
}

const TAG_BYTES: usize = 16;
