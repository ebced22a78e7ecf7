//! Recovery codes: for whoever lost the phone the second factor is on.
//!
//! Sixteen symbols of Crockford's base 32, 80 bits, so that they need no stretching. The store keeps an HMAC of each under
//! the server's key, and deletes the one that was used.

use std::fmt;

use serde::{Deserialize, Serialize};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use crate::entropy::Entropy;
use crate::error::TypedError;
use crate::factor::FactorKey;
use crate::in_hex::in_hex;
use crate::symbols::Symbols;
use crate::unlocked::Unlocked;

/// A recovery code. Shown once, through [`SpareCode::to_groups`]; wiped when dropped.
///
/// ```compile_fail,E0277
/// let code = vault::SpareCode::generate(&mut vault::SystemEntropy);
/// format!("{code:?}");
/// ```
pub struct SpareCode(Symbols<16>);

impl SpareCode {
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        Self(Symbols::generate(entropy))
    }

    pub fn parse(typed: &str) -> Result<Self, TypedError> {
        Symbols::parse(typed).map(Self)
    }

    /// Shape: `7K3M-…`, four groups of four.
    pub fn to_groups(&self) -> Unlocked<String> {
        self.0.to_groups()
    }

    /// What the store keeps of it.
    pub fn tag(&self, key: &FactorKey, account: &str) -> SpareTag {
        SpareTag(self.to_groups().expose(|code| key.mac(b"qinglian/spare/1", [account, code])))
    }

    /// Which of an account's stored tags is this code's; the caller deletes it before the sign-in counts. Looks at all of
    /// them whatever it finds.
    pub fn find(&self, key: &FactorKey, account: &str, stored: &[SpareTag]) -> Option<usize> {
        let own = self.tag(key, account);
        let (mut found, mut place) = (Choice::from(0), 0);
        for (candidate, tag) in (0_u64..).zip(stored) {
            let right = tag.0.ct_eq(&own.0);
            place.conditional_assign(&candidate, right);
            found |= right;
        }
        if bool::from(found) { usize::try_from(place).ok() } else { None }
    }
}

/// A recovery code as it is stored. Text form: 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SpareTag([u8; 32]);

in_hex!(SpareTag);

impl fmt::Debug for SpareTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SpareTag")
    }
}
