//! Making a guess expensive: Argon2id, and the split of what comes out of it.

use std::fmt;
use std::str::FromStr;

use argon2::{Algorithm, Argon2, Params, Version};
use hkdf::Hkdf;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::error::{RecordError, SignInError, StretchError};

/// How much work one guess costs: Argon2id's parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl Stretch {
    /// The limits keep a tampered record from exhausting the server.
    pub fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, StretchError> {
        if !(1..=16).contains(&lanes) {
            return Err(StretchError::Lanes);
        }
        if !(8 * lanes..=1024 * 1024).contains(&memory_kib) {
            return Err(StretchError::Memory);
        }
        if !(1..=64).contains(&passes) {
            return Err(StretchError::Passes);
        }
        Ok(Self { memory_kib, passes, lanes })
    }
}

impl Default for Stretch {
    /// 19 MiB, two passes, one lane.
    ///
    /// Source: OWASP Password Storage Cheat Sheet, the minimum it names for Argon2id.
    fn default() -> Self {
        Self { memory_kib: 19 * 1024, passes: 2, lanes: 1 }
    }
}

impl fmt::Display for Stretch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "m={},t={},p={}", self.memory_kib, self.passes, self.lanes)
    }
}

impl FromStr for Stretch {
    type Err = RecordError;

    fn from_str(text: &str) -> Result<Self, RecordError> {
        let mut numbers = text.split(',').zip(["m=", "t=", "p="]).map_while(|(part, name)| part.strip_prefix(name)?.parse().ok());
        let (Some(memory_kib), Some(passes), Some(lanes)) = (numbers.next(), numbers.next(), numbers.next()) else {
            return Err(RecordError::Malformed);
        };
        let stretch = Stretch::new(memory_kib, passes, lanes)?;
        // One text for one record: nothing may follow, no sign, no leading zero.
        if stretch.to_string() == text { Ok(stretch) } else { Err(RecordError::Malformed) }
    }
}

pub(crate) const SALT_BYTES: usize = 16;

/// A password after its stretch, split in two.
pub(crate) struct Stretched {
    verifier: Zeroizing<[u8; 32]>,
    /// Unlocks the handler's key.
    pub(crate) key: Zeroizing<[u8; 32]>,
}

impl Stretched {
    pub(crate) fn new(password: &str, stretch: Stretch, salt: &[u8; SALT_BYTES]) -> Result<Self, SignInError> {
        let mut long = Zeroizing::new([0; 64]);
        Params::new(stretch.memory_kib, stretch.passes, stretch.lanes, None)
            .and_then(|params| {
                Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into(password.as_bytes(), salt, long.as_mut_slice())
            })
            .map_err(SignInError::Stretch)?;
        let split = Hkdf::<Sha256>::new(None, long.as_slice());
        let half = |info: &[u8]| {
            let mut half = Zeroizing::new([0; 32]);
            split.expand(info, half.as_mut_slice()).expect("32 bytes are within what HKDF can give");
            half
        };
        Ok(Self { verifier: half(b"qinglian/password/verifier/1"), key: half(b"qinglian/password/lock/1") })
    }

    /// What the record keeps of the other half.
    pub(crate) fn verifier_hash(&self) -> [u8; 32] {
        Sha256::digest(self.verifier.as_slice()).into()
    }
}
