//! An entry's key, sealed to one who may read.
//!
//! A plain age file whose inside is `QLW1`, the digest of the [`Context`] and the 32 bytes of the key.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::context::{Context, DIGEST_BYTES};
use crate::envelope::{EntryKey, check_head, open_inside};
use crate::error::OpenError;
use crate::format;
use crate::handler::{HandlerKey, Recipient};
use crate::pair::{Pair, SECRET_BYTES};

/// One holder's way into one entry. The bytes do not tell whose it is; the store keeps that beside them. In JSON it is
/// base64.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Wrap(Vec<u8>);

impl Wrap {
    /// Lets a holder into an entry.
    pub fn to(key: &EntryKey, recipient: &Recipient, context: &Context<'_>) -> Self {
        let mut inside = Zeroizing::new([0; INSIDE]);
        inside[..4].copy_from_slice(MAGIC);
        inside[4..HEAD].copy_from_slice(&context.digest());
        inside[HEAD..].copy_from_slice(key.0.secret());
        Self(format::seal(&[&recipient.0], inside.as_slice()))
    }

    pub fn open(&self, holder: &HandlerKey, context: &Context<'_>) -> Result<EntryKey, OpenError> {
        let inside = open_inside(&holder.0, &self.0)?;
        check_head(&inside, MAGIC, context)?;
        Pair::from_secret(&inside[HEAD..]).map(EntryKey).ok_or(OpenError::Malformed)
    }

    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Wrap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Wrap({} bytes)", self.0.len())
    }
}

impl TryFrom<String> for Wrap {
    type Error = base64::DecodeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        BASE64_STANDARD_NO_PAD.decode(text).map(Self)
    }
}

impl From<Wrap> for String {
    fn from(wrap: Wrap) -> String {
        BASE64_STANDARD_NO_PAD.encode(wrap.0)
    }
}

const MAGIC: &[u8; 4] = b"QLW1";
const HEAD: usize = 4 + DIGEST_BYTES;
pub(crate) const INSIDE: usize = HEAD + SECRET_BYTES;
