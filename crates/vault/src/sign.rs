//! The house's signature: Ed25519.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use ed25519_dalek::Signer;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::entropy::Entropy;
use crate::error::SignatureError;

/// The secret half; one per institution, in a file apart from the database. Wiped when dropped.
///
/// ```compile_fail,E0277
/// let key = vault::SigningKey::generate(&mut vault::SystemEntropy);
/// format!("{key:?}");
/// ```
pub struct SigningKey(Box<ed25519_dalek::SigningKey>);

impl SigningKey {
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        let mut seed = Zeroizing::new([0; SEED_BYTES]);
        entropy.fill(seed.as_mut_slice());
        Self::from_bytes(&seed)
    }

    /// From the 32 bytes RFC 8032 calls the private key.
    pub fn from_bytes(seed: &[u8; SEED_BYTES]) -> Self {
        Self(Box::new(ed25519_dalek::SigningKey::from_bytes(seed)))
    }

    /// For writing the key to its file.
    pub fn as_bytes(&self) -> &[u8; SEED_BYTES] {
        self.0.as_bytes()
    }

    pub fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey(self.0.verifying_key())
    }

    pub fn sign(&self, message: &[u8]) -> Signature {
        Signature(self.0.sign(message).to_bytes())
    }
}

/// The public half, which an authority keeps. Text form: `ed25519:` and 43 symbols of base64.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VerifyingKey(ed25519_dalek::VerifyingKey);

impl VerifyingKey {
    /// Strictly: no key of small order, one signature only for one message.
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), SignatureError> {
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        self.0.verify_strict(message, &signature).map_err(|_| SignatureError::Wrong)
    }

    /// To be compared by eye or read out: sixteen hex digits in fours of the SHA-256 of its text.
    pub fn fingerprint(&self) -> String {
        fingerprint(&self.to_string())
    }

    /// The 32 bytes of RFC 8032.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }
}

impl fmt::Display for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{KEY_PREFIX}{}", BASE64_STANDARD_NO_PAD.encode(self.0.as_bytes()))
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({self})")
    }
}

impl FromStr for VerifyingKey {
    type Err = SignatureError;

    fn from_str(text: &str) -> Result<Self, SignatureError> {
        let bytes = decode(text.strip_prefix(KEY_PREFIX).ok_or(SignatureError::Malformed)?)?;
        let key = ed25519_dalek::VerifyingKey::from_bytes(&bytes).map_err(|_| SignatureError::Malformed)?;
        if key.is_weak() { Err(SignatureError::Malformed) } else { Ok(Self(key)) }
    }
}

impl TryFrom<String> for VerifyingKey {
    type Error = SignatureError;

    fn try_from(text: String) -> Result<Self, SignatureError> {
        text.parse()
    }
}

impl From<VerifyingKey> for String {
    fn from(key: VerifyingKey) -> String {
        key.to_string()
    }
}

/// A detached signature. Text form: 86 symbols of base64.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Signature([u8; 64]);

impl Signature {
    pub fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    pub fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({})", String::from(*self))
    }
}

impl TryFrom<String> for Signature {
    type Error = SignatureError;

    fn try_from(text: String) -> Result<Self, SignatureError> {
        decode(&text).map(Self)
    }
}

impl From<Signature> for String {
    fn from(signature: Signature) -> String {
        BASE64_STANDARD_NO_PAD.encode(signature.0)
    }
}

/// Sixteen hex digits in fours: enough to compare two keys by telephone.
pub(crate) fn fingerprint(text: &str) -> String {
    let digits = hex::encode(&Sha256::digest(text.as_bytes())[..8]);
    (0..4).map(|at| &digits[at * 4..at * 4 + 4]).collect::<Vec<_>>().join(" ")
}

const SEED_BYTES: usize = 32;
const KEY_PREFIX: &str = "ed25519:";

fn decode<const N: usize>(text: &str) -> Result<[u8; N], SignatureError> {
    let bytes = BASE64_STANDARD_NO_PAD.decode(text).map_err(|_| SignatureError::Malformed)?;
    bytes.try_into().map_err(|_| SignatureError::Malformed)
}
