//! A key on two sheets of paper, each worth nothing without the other.
//!
//! For a recovery key that two persons keep apart: one sheet is random, the other is the key exclusive-or that, so either
//! alone is as likely for every key. Both carry a mark of the public key, so that halves of two keys are told apart, and a
//! check against mistyping. A lost sheet is a lost key: where three persons should keep it so that any two suffice, use
//! [`crate::Dealing`].
//!
//! Shape: bech32, prefix `qinglian-half-`, of 37 bytes: 1 or 2, the first 4 bytes of SHA-256(`qinglian/half/1` and the
//! public key's text), 32 bytes.

use bech32::Hrp;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::entropy::Entropy;
use crate::error::SheetError;
use crate::handler::HandlerKey;
use crate::pair::{Pair, SECRET_BYTES};
use crate::printed;
use crate::unlocked::Unlocked;

impl HandlerKey {
    /// The texts of two sheets, to be given to two persons.
    pub fn to_halves(&self, entropy: &mut dyn Entropy) -> [Unlocked<String>; 2] {
        let mut pad = Zeroizing::new([0; SECRET_BYTES]);
        entropy.fill(pad.as_mut_slice());
        let other = xor(self.0.secret(), pad.as_slice());
        let mark = self.mark();
        [(1, pad), (2, other)].map(|(number, half)| {
            let mut bytes = Zeroizing::new([0; BYTES]);
            bytes[0] = number;
            bytes[1..HALF_AT].copy_from_slice(&mark);
            bytes[HALF_AT..].copy_from_slice(half.as_slice());
            printed::print(PREFIX, bytes.as_slice())
        })
    }

    /// The key from both sheets as typed, in either order.
    ///
    /// Errors: mistyped, the same sheet twice, or sheets of two keys.
    pub fn from_halves(one: &str, other: &str) -> Result<Self, SheetError> {
        let one = printed::read(PREFIX, BYTES, one).map_err(|why| SheetError::Typed { sheet: 1, why })?;
        let other = printed::read(PREFIX, BYTES, other).map_err(|why| SheetError::Typed { sheet: 2, why })?;
        match (one[0], other[0]) {
            (1, 2) | (2, 1) => {}
            (1, 1) | (2, 2) => return Err(SheetError::Same),
            _ => return Err(SheetError::Apart),
        }
        let secret = xor(&one[HALF_AT..], &other[HALF_AT..]);
        let key = Pair::from_secret(secret.as_slice()).map(HandlerKey).ok_or(SheetError::Apart)?;
        // A wrong second half gives another key, and with it another mark than the first half bears.
        if one[1..HALF_AT] == key.mark() { Ok(key) } else { Err(SheetError::Apart) }
    }

    fn mark(&self) -> [u8; MARK_BYTES] {
        let mut hash = Sha256::new();
        hash.update(b"qinglian/half/1");
        hash.update(self.recipient().to_string());
        hash.finalize()[..MARK_BYTES].try_into().expect("a hash is longer than a mark")
    }
}

const PREFIX: Hrp = Hrp::parse_unchecked("qinglian-half-");
const MARK_BYTES: usize = 4;
const HALF_AT: usize = 1 + MARK_BYTES;
const BYTES: usize = HALF_AT + SECRET_BYTES;

/// Both are 32 bytes.
pub(crate) fn xor(one: &[u8], other: &[u8]) -> Zeroizing<[u8; SECRET_BYTES]> {
    let mut both = Zeroizing::new([0; SECRET_BYTES]);
    for (to, (one, other)) in both.iter_mut().zip(one.iter().zip(other)) {
        *to = one ^ other;
    }
    both
}
