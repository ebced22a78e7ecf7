//! The sealed side of an entry, as far as the pure core may know it: ciphertext, and values on their way into it.

use crate::value::Values;
use catalogue::FieldName;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// One ciphertext of an entry's envelope. Later parts lie over earlier ones.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedPart {
    /// Which fields it fills (their names, never their values).
    pub covers: Vec<FieldName>,
    /// Base64 of the ciphertext.
    pub cipher: String,
    /// What of it lies apart, out of reach of whoever opens the rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custody: Option<Kept>,
    /// What else is known where the house did not seal it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brought: Option<Brought>,
}

/// What custodians keep: sealed to a key of its own that none of them holds alone.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Which fields it fills. They stand among those of the whole part as well.
    pub covers: Vec<FieldName>,
    /// The public half of that key.
    pub recipient: String,
    /// Base64 of the ciphertext.
    pub cipher: String,
}

/// A part that was sealed before it came to the house: nobody could check what is inside. See [`crate::brought`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brought {
    /// Attachments beside it, in order.
    pub files: Vec<BroughtFile>,
}

/// An attachment whose name and length are sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BroughtFile {
    /// Of its card, from 1: what the content names it by.
    pub number: usize,
    /// SHA-256 of the stored bytes, hex.
    pub hash: String,
    /// Base64 of the sealed card with its name, length and hash.
    pub card: String,
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Kept({:?}, {} bytes)", self.covers, self.cipher.len())
    }
}

impl SealedPart {
    /// A part the house sealed itself.
    pub fn new(covers: Vec<FieldName>, cipher: impl Into<String>) -> Self {
        Self { covers, cipher: cipher.into(), custody: None, brought: None }
    }

    /// SHA-256 of the ciphertext's text, in hex: by it a part is known after it was destroyed.
    pub fn digest(&self) -> String {
        Sha256::digest(self.cipher.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl std::fmt::Debug for SealedPart {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "SealedPart({:?}, {} bytes, {:?})", self.covers, self.cipher.len(), self.custody)
    }
}

/// Values of sealed fields in the clear: between a form and its envelope, or between an opened envelope and the page.
///
/// It cannot be printed, serialised, compared or cloned; the two doors out are named for what they are for.
///
/// ```compile_fail
/// let secret = engine::SecretValues::default();
/// println!("{secret:?}");
/// ```
///
/// ```compile_fail
/// let secret = engine::SecretValues::default();
/// serde_json::to_string(&secret).unwrap();
/// ```
#[derive(Default)]
pub struct SecretValues(Values);

impl SecretValues {
    pub fn new(values: Values) -> Self {
        Self(values)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Names of the fields, which are no secret.
    pub fn covers(&self) -> Vec<FieldName> {
        self.0.keys().cloned().collect()
    }

    /// The bytes to seal.
    pub fn to_plaintext(&self) -> Vec<u8> {
        serde_json::to_vec(&self.0).expect("values are plain data and always serialise")
    }

    /// What an opened envelope held.
    ///
    /// Errors: the plaintext is not a map of values (another program wrote it).
    pub fn from_plaintext(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes).map(Self)
    }

    /// Lays a later part over this one.
    pub fn overlay(&mut self, mut later: SecretValues) {
        self.0.extend(later.0.drain(..));
    }

    /// Takes some fields out, to be sealed apart.
    pub fn take(&mut self, is_apart: impl Fn(&FieldName) -> bool) -> SecretValues {
        let (apart, rest) = self.0.drain(..).partition(|(name, _)| is_apart(name));
        self.0 = rest;
        Self(apart)
    }

    /// For a page of a viewer who holds the key, and for nothing else.
    pub fn for_viewer_with_key(&self) -> &Values {
        &self.0
    }
}

impl Drop for SecretValues {
    fn drop(&mut self) {
        // Best effort: strings are overwritten before their memory is given back.
        for (_, value) in self.0.drain(..) {
            wipe(value);
        }
    }
}

fn wipe(value: crate::value::Value) {
    match value {
        crate::value::Value::Text(text) => {
            let mut bytes = text.into_bytes();
            bytes.fill(0);
            std::hint::black_box(&bytes);
        }
        crate::value::Value::Rows(rows) => rows.into_iter().flat_map(|row| row.into_iter()).for_each(|(_, value)| wipe(value)),
        _ => {}
    }
}
