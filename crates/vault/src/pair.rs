//! X25519 key pairs in the age format, the one mathematical object behind entries, handlers and codes.

use std::fmt;
use std::str::FromStr;

use age::x25519;
use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32, Hrp};
use zeroize::Zeroizing;

use crate::entropy::Entropy;
use crate::error::RecipientError;

pub(crate) const SECRET_BYTES: usize = 32;
pub(crate) const SECRET_PREFIX: Hrp = Hrp::parse_unchecked("age-secret-key-");
const PUBLIC_PREFIX: Hrp = Hrp::parse_unchecked("age");

/// A secret key. Boxed, so that moving it leaves no copy behind on the stack; wiped when dropped.
pub(crate) struct Pair(Box<Zeroizing<[u8; SECRET_BYTES]>>);

impl Pair {
    pub(crate) fn generate(entropy: &mut dyn Entropy) -> Self {
        let mut pair = Self(Box::new(Zeroizing::new([0; SECRET_BYTES])));
        entropy.fill(pair.0.as_mut_slice());
        pair
    }

    /// Returns nothing when the length is wrong; every 32 bytes are a valid secret.
    pub(crate) fn from_secret(secret: &[u8]) -> Option<Self> {
        let mut pair = Self(Box::new(Zeroizing::new([0; SECRET_BYTES])));
        if secret.len() != SECRET_BYTES {
            return None;
        }
        pair.0.copy_from_slice(secret);
        Some(pair)
    }

    pub(crate) fn secret(&self) -> &[u8; SECRET_BYTES] {
        &self.0
    }

    /// The secret as age writes it: `AGE-SECRET-KEY-1…`, upper case.
    pub(crate) fn encode(&self) -> Zeroizing<String> {
        let text = bech32::encode_upper::<Bech32>(SECRET_PREFIX, self.secret());
        Zeroizing::new(text.expect("32 bytes stay below the longest bech32 text"))
    }

    /// age's own view of the key; it wipes itself when dropped.
    pub(crate) fn identity(&self) -> x25519::Identity {
        let text = self.encode();
        text.parse().expect("the text was made by the same encoding")
    }

    pub(crate) fn public(&self) -> Public {
        Public(self.identity().to_public())
    }
}

/// A public key known not to be one of the weak points.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Public(x25519::Recipient);

impl Public {
    pub(crate) fn as_age(&self) -> &x25519::Recipient {
        &self.0
    }
}

impl fmt::Display for Public {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Public {
    type Err = RecipientError;

    fn from_str(text: &str) -> Result<Self, RecipientError> {
        let parsed = CheckedHrpstring::new::<Bech32>(text).map_err(|_| RecipientError::Malformed)?;
        let bytes: Vec<u8> = parsed.byte_iter().collect();
        let point: [u8; 32] = bytes.try_into().map_err(|_| RecipientError::Malformed)?;
        if parsed.hrp() != PUBLIC_PREFIX {
            return Err(RecipientError::Malformed);
        }
        // A point of small order gives the all-zero secret with every key: anybody could open what is sealed to it, and
        // age panics on it. Any one scalar shows it, because clamping makes all of them multiples of the cofactor.
        if x25519_dalek::x25519([1; 32], point) == [0; 32] {
            return Err(RecipientError::Weak);
        }
        text.parse().map(Self).map_err(|_| RecipientError::Malformed)
    }
}

/// Declares a public key type: text in the age format, safe to store, to show and to compare.
macro_rules! public_key {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(pub(crate) crate::pair::Public);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::error::RecipientError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = crate::error::RecipientError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(key: $name) -> String {
                key.to_string()
            }
        }
    };
}
pub(crate) use public_key;
