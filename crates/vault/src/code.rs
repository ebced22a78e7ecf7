//! The receipt code: all an anonymous reporter needs to come back.
//!
//! It carries 100 bits, so it needs no slow stretching and no flood of guesses can keep the server busy. From it and the
//! deployment's salt comes, by HKDF-SHA256, a key that opens the reporter's wraps. The server keeps only the public half
//! of that key, and finds the report by it.

use hkdf::Hkdf;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::entropy::Entropy;
use crate::error::TypedError;
use crate::handler::HandlerKey;
use crate::in_hex::in_hex;
use crate::pair::{Pair, SECRET_BYTES};
use crate::symbols::Symbols;
use crate::unlocked::Unlocked;

/// A receipt code. Wiped when dropped; shown once, through [`ReceiptCode::to_groups`].
///
/// ```compile_fail,E0277
/// let code = vault::ReceiptCode::generate(&mut vault::SystemEntropy);
/// format!("{code:?}");
/// ```
/// ```compile_fail,E0277
/// let code = vault::ReceiptCode::generate(&mut vault::SystemEntropy);
/// format!("{code}");
/// ```
pub struct ReceiptCode(Symbols<SYMBOLS>);

impl ReceiptCode {
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        Self(Symbols::generate(entropy))
    }

    /// Reads a code as people type it: spaces, hyphens, small letters and full-width forms do not matter; O is read as
    /// 0, I and L as 1.
    pub fn parse(typed: &str) -> Result<Self, TypedError> {
        Symbols::parse(typed).map(Self)
    }

    /// The code as it is shown: `7K3M-…`, five groups of four.
    pub fn to_groups(&self) -> Unlocked<String> {
        self.0.to_groups()
    }

    /// The reporter's key: one more holder of wraps. By its public half the report is found.
    pub fn identity(&self, salt: &DeploymentSalt) -> HandlerKey {
        let mut secret = Zeroizing::new([0; SECRET_BYTES]);
        Hkdf::<Sha256>::new(Some(&salt.0), self.0.as_bytes())
            .expand(b"qinglian/receipt/identity/1", secret.as_mut_slice())
            .expect("a few dozen bytes are far below what HKDF can give");
        HandlerKey(Pair::from_secret(secret.as_slice()).expect("the length is the one asked for"))
    }

    /// Whether two codes are the same, in constant time: for "type it once more, to be sure you kept it".
    pub fn is_same(&self, other: &ReceiptCode) -> bool {
        self.0.is_same(&other.0)
    }
}

/// A value of the deployment, made once at `init`: the same code means different keys in different houses. No secret: a
/// browser that makes a code is given it. Text form: 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DeploymentSalt([u8; SALT_BYTES]);

in_hex!(DeploymentSalt);

impl DeploymentSalt {
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        let mut salt = [0; SALT_BYTES];
        entropy.fill(&mut salt);
        Self(salt)
    }

    pub fn from_bytes(bytes: [u8; SALT_BYTES]) -> Self {
        Self(bytes)
    }

    pub fn as_bytes(&self) -> &[u8; SALT_BYTES] {
        &self.0
    }
}

const SYMBOLS: usize = 20;
const SALT_BYTES: usize = 32;
