//! The second factor: six digits from an authenticator app.
//!
//! Source: RFC 6238 (TOTP) with what every app takes without asking: SHA-1, six digits, thirty seconds. SHA-1 stands here
//! inside HMAC, where its known weaknesses do not count.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use totp_rs::{Algorithm, Builder, Secret, Totp};
use zeroize::Zeroizing;

use crate::entropy::Entropy;
use crate::error::OpenError;
use crate::factor::FactorKey;
use crate::lock;
use crate::typed;
use crate::unlocked::Unlocked;

/// What an authenticator app and the server share: 160 bits. Wiped when dropped.
///
/// ```compile_fail,E0277
/// let secret = vault::TotpSecret::generate(&mut vault::SystemEntropy);
/// format!("{secret:?}");
/// ```
pub struct TotpSecret(Box<Zeroizing<[u8; SECRET_BYTES]>>);

impl TotpSecret {
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        let mut secret = Self(Box::new(Zeroizing::new([0; SECRET_BYTES])));
        entropy.fill(secret.0.as_mut_slice());
        secret
    }

    /// For the QR code. Shape: `otpauth://totp/<issuer>:<account>?secret=…&issuer=…&algorithm=SHA1&digits=6&period=30`.
    pub fn to_uri(&self, issuer: &str, account: &str) -> Unlocked<String> {
        let [issuer, account] = [issuer, account].map(|part| utf8_percent_encode(part, NON_ALPHANUMERIC));
        self.to_base32()
            .map(|secret| format!("otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period=30"))
    }

    /// For typing in where no picture can be taken. Shape: 32 letters and digits of RFC 4648's base 32.
    pub fn to_base32(&self) -> Unlocked<String> {
        Unlocked::new(Secret::from(self.0.to_vec()).to_base32())
    }

    /// Checks what was typed, at a moment given in milliseconds since 1970, UTC. One step early or late is allowed for
    /// clocks that differ. `last` is the step this account's last accepted digits were of: those and earlier ones are not
    /// taken again.
    ///
    /// Returns the step to keep as the next `last`; the caller writes it before the sign-in counts, in one statement that
    /// succeeds only while it is greater than the one stored: of two sign-ins at once with the same digits one wins. Always three
    /// computations, and no early end: the time taken tells nothing of the digits. Guessing is for the caller's lock-out to
    /// stop: three of a million combinations are right at any moment.
    pub fn check(&self, typed: &str, now_ms: i64, last: Option<Step>) -> Option<Step> {
        let symbols = typed::symbols(typed);
        let digits: Zeroizing<[u8; DIGITS]> = Zeroizing::new(symbols.as_bytes().try_into().ok()?);
        let typed = digits.iter().try_fold(0, |number: u32, digit| Some(number * 10 + char::from(*digit).to_digit(10)?))?;
        let now = u64::try_from(now_ms).ok()? / 1000 / STEP_S;
        let oldest = last.map_or(0, |last| last.0.saturating_add(1));
        let totp = self.totp();
        let (mut found, mut step) = (Choice::from(0), 0);
        for candidate in now.saturating_sub(1)..=now.saturating_add(1) {
            let right = code(&totp, candidate).ct_eq(&typed) & Choice::from(u8::from(candidate >= oldest));
            step.conditional_assign(&candidate, right);
            found |= right;
        }
        bool::from(found).then_some(Step(step))
    }

    /// For the store: locked under the server's key, and bound to the account.
    pub fn lock(&self, key: &FactorKey, account: &str, entropy: &mut dyn Entropy) -> LockedTotp {
        LockedTotp(lock::lock(key.as_bytes(), &about(account), self.0.as_slice(), entropy))
    }

    fn totp(&self) -> Totp {
        let builder = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_step_duration(STEP_S);
        builder.with_secret(self.0.to_vec()).build().expect("six digits, thirty seconds and 160 bits are within the standard")
    }
}

/// Which thirty seconds since 1970 it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Step(pub u64);

/// A secret as it is stored. Text form: base64.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LockedTotp(Vec<u8>);

impl LockedTotp {
    /// Errors: another key, another account, or altered; which of them cannot be told.
    pub fn unlock(&self, key: &FactorKey, account: &str) -> Result<TotpSecret, OpenError> {
        let plain = lock::unlock(key.as_bytes(), &about(account), &self.0).ok_or(OpenError::WrongKey)?;
        let mut secret = TotpSecret(Box::new(Zeroizing::new([0; SECRET_BYTES])));
        if plain.len() != SECRET_BYTES {
            return Err(OpenError::Malformed);
        }
        secret.0.copy_from_slice(&plain);
        Ok(secret)
    }
}

impl fmt::Debug for LockedTotp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LockedTotp({} bytes)", self.0.len())
    }
}

impl TryFrom<String> for LockedTotp {
    type Error = base64::DecodeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        BASE64_STANDARD_NO_PAD.decode(text).map(Self)
    }
}

impl From<LockedTotp> for String {
    fn from(locked: LockedTotp) -> String {
        BASE64_STANDARD_NO_PAD.encode(locked.0)
    }
}

const SECRET_BYTES: usize = 20;
const DIGITS: usize = 6;
const STEP_S: u64 = 30;

fn about(account: &str) -> Vec<u8> {
    [b"qinglian/totp/1".as_slice(), account.as_bytes()].concat()
}

/// The six digits of a step as a number.
fn code(totp: &Totp, step: u64) -> u32 {
    // A step is time divided by thirty; only steps near the end of all time would not fit back.
    let signature = totp.sign(step.saturating_mul(STEP_S));
    let bytes = signature.as_ref();
    // RFC 4226 §5.3: the low half of the last byte says where to read four bytes.
    let at = usize::from(bytes[bytes.len() - 1] & 0x0f);
    let four: [u8; 4] = bytes[at..at + 4].try_into().expect("at most fifteen and four, of twenty bytes");
    (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000
}
