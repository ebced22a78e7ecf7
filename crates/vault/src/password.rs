//! Passwords, and the keys they lock.
//!
//! Signing in costs one Argon2id run. Its 64 bytes are split by HKDF-SHA256 into a verifier, of which the record keeps
//! only the SHA-256, and a key that unlocks the handler's key (ChaCha20-Poly1305). Neither half tells anything of the other,
//! so the stored verifier does not help against the locked key.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::entropy::Entropy;
use crate::error::{RecordError, SignInError};
use crate::handler::HandlerKey;
use crate::lock;
use crate::pair::{Pair, SECRET_BYTES};
use crate::stretch::{SALT_BYTES, Stretch, Stretched};

/// A password as typed. Wiped when dropped.
///
/// ```compile_fail,E0277
/// let password = vault::Password::new("words".to_string());
/// format!("{password:?}");
/// ```
pub struct Password(Zeroizing<String>);

impl Password {
    pub fn new(typed: String) -> Self {
        Self(Zeroizing::new(typed))
    }
}

/// What is stored of a password, and of the handler's key if the account has one.
///
/// Text form: `ql1$argon2id$m=…,t=…,p=…$salt$verifier`, and `$lockedkey` after it for a handler; the last three in base64.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PasswordRecord {
    stretch: Stretch,
    salt: [u8; SALT_BYTES],
    verifier_hash: [u8; 32],
    locked: Option<LockedKey>,
}

impl PasswordRecord {
    /// For an account without a key: an ordinary member of staff.
    pub fn new(password: &Password, stretch: Stretch, entropy: &mut dyn Entropy) -> Result<Self, SignInError> {
        Self::build(password, None, stretch, entropy)
    }

    /// For a handler: the key is locked by the password.
    pub fn with_key(password: &Password, key: &HandlerKey, stretch: Stretch, entropy: &mut dyn Entropy) -> Result<Self, SignInError> {
        Self::build(password, Some(key), stretch, entropy)
    }

    /// A record that no password opens. Signing in against it takes as long as against a real one, so that an unknown
    /// name cannot be told from a wrong password.
    pub fn decoy(stretch: Stretch) -> Self {
        Self { stretch, salt: [0; SALT_BYTES], verifier_hash: [0; 32], locked: None }
    }

    /// Checks the password and unlocks the key, with one stretch.
    ///
    /// Errors: `WrongPassword` is for the person; the others are faults of the house.
    pub fn sign_in(&self, password: &Password) -> Result<Option<HandlerKey>, SignInError> {
        let stretched = Stretched::new(&password.0, self.stretch, &self.salt)?;
        if !bool::from(stretched.verifier_hash().ct_eq(&self.verifier_hash)) {
            return Err(SignInError::WrongPassword);
        }
        self.locked.as_ref().map(|locked| locked.unlock(&stretched.key).ok_or(SignInError::DamagedKey)).transpose()
    }

    /// A new record for a new password (or the same one at another strength) that locks the same key.
    pub fn change(&self, old: &Password, new: &Password, stretch: Stretch, entropy: &mut dyn Entropy) -> Result<Self, SignInError> {
        let key = self.sign_in(old)?;
        Self::build(new, key.as_ref(), stretch, entropy)
    }

    /// The strength this record was made with; when the deployment's has been raised since, `change` it at sign-in.
    pub fn stretch(&self) -> Stretch {
        self.stretch
    }

    pub fn holds_key(&self) -> bool {
        self.locked.is_some()
    }

    fn build(password: &Password, key: Option<&HandlerKey>, stretch: Stretch, entropy: &mut dyn Entropy) -> Result<Self, SignInError> {
        let mut salt = [0; SALT_BYTES];
        entropy.fill(&mut salt);
        let stretched = Stretched::new(&password.0, stretch, &salt)?;
        let locked = key.map(|key| LockedKey::lock(key, &stretched.key, entropy));
        Ok(Self { stretch, salt, verifier_hash: stretched.verifier_hash(), locked })
    }
}

impl fmt::Display for PasswordRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let encode = |bytes: &[u8]| BASE64_STANDARD_NO_PAD.encode(bytes);
        write!(f, "{VERSION}${ALGORITHM}${}${}${}", self.stretch, encode(&self.salt), encode(&self.verifier_hash))?;
        match &self.locked {
            Some(locked) => write!(f, "${}", encode(&locked.0)),
            None => Ok(()),
        }
    }
}

/// Leaves out what an offline guesser would want.
impl fmt::Debug for PasswordRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PasswordRecord({}, holds_key: {})", self.stretch, self.holds_key())
    }
}

impl FromStr for PasswordRecord {
    type Err = RecordError;

    fn from_str(text: &str) -> Result<Self, RecordError> {
        let parts: Vec<&str> = text.split('$').collect();
        let [version, algorithm, stretch, salt, verifier_hash, locked @ ..] = parts.as_slice() else {
            return Err(RecordError::Malformed);
        };
        if *version != VERSION || *algorithm != ALGORITHM {
            return Err(RecordError::Version);
        }
        let locked = match locked {
            [] => None,
            [locked] => Some(LockedKey(decode(locked)?)),
            _ => return Err(RecordError::Malformed),
        };
        Ok(Self { stretch: stretch.parse()?, salt: decode(salt)?, verifier_hash: decode(verifier_hash)?, locked })
    }
}

impl TryFrom<String> for PasswordRecord {
    type Error = RecordError;

    fn try_from(text: String) -> Result<Self, RecordError> {
        text.parse()
    }
}

impl From<PasswordRecord> for String {
    fn from(record: PasswordRecord) -> String {
        record.to_string()
    }
}

const VERSION: &str = "ql1";
const ALGORITHM: &str = "argon2id";
const LOCKED_BYTES: usize = SECRET_BYTES + lock::OVERHEAD;
const LOCKED_LABEL: &[u8] = b"qinglian/locked-key/1";

/// A handler's key under the password: nonce, ciphertext, tag.
#[derive(Clone, PartialEq, Eq)]
struct LockedKey([u8; LOCKED_BYTES]);

impl LockedKey {
    fn lock(key: &HandlerKey, under: &[u8; 32], entropy: &mut dyn Entropy) -> Self {
        let locked = lock::lock(under, LOCKED_LABEL, key.0.secret(), entropy);
        Self(locked.try_into().expect("32 bytes are locked into 60"))
    }

    /// Returns nothing when the ciphertext was altered.
    fn unlock(&self, under: &[u8; 32]) -> Option<HandlerKey> {
        Pair::from_secret(&lock::unlock(under, LOCKED_LABEL, &self.0)?).map(HandlerKey)
    }
}

fn decode<const N: usize>(text: &str) -> Result<[u8; N], RecordError> {
    let bytes = BASE64_STANDARD_NO_PAD.decode(text).map_err(|_| RecordError::Malformed)?;
    bytes.try_into().map_err(|_| RecordError::Malformed)
}
