//! Those who may read: handlers, the printed recovery key, the reporter behind a code. All hold the same kind of key.

use bech32::Bech32;
use bech32::primitives::decode::CheckedHrpstring;
use zeroize::Zeroizing;

use crate::context::Context;
use crate::entropy::Entropy;
use crate::envelope::EntryKey;
use crate::error::{OpenError, TypedError};
use crate::pair::{Pair, public_key};
use crate::typed;
use crate::unlocked::Unlocked;
use crate::wrap::Wrap;

public_key! {
    /// The public half of a holder's key: what an entry's key is wrapped to.
    Recipient
}

/// A holder's secret key. Wiped when dropped; cannot be printed, stored or copied except through
/// [`crate::PasswordRecord::with_key`] (locked by a password) and [`HandlerKey::to_printable`] (on paper).
///
/// ```compile_fail,E0277
/// let key = vault::HandlerKey::generate(&mut vault::SystemEntropy);
/// format!("{key:?}");
/// ```
pub struct HandlerKey(pub(crate) Pair);

impl HandlerKey {
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        Self(Pair::generate(entropy))
    }

    pub fn recipient(&self) -> Recipient {
        Recipient(self.0.public())
    }

    /// The key for a recovery sheet.
    ///
    /// Shape: age's own text in groups that an eye can follow, `AGE-SECRET-KEY-1 ABCDE FGHIJ …`; it ends in a check
    /// that finds a mistyped symbol, and without the spaces any age program takes it.
    pub fn to_printable(&self) -> Unlocked<String> {
        let encoded = self.0.encode();
        let mut text = String::with_capacity(encoded.len() * 2);
        text.push_str(PRINTED_PREFIX);
        for (place, symbol) in encoded.chars().skip(PRINTED_PREFIX.len()).enumerate() {
            if place % GROUP == 0 {
                text.push(' ');
            }
            text.push(symbol);
        }
        Unlocked::new(text)
    }

    /// Reads a key typed from a recovery sheet; spaces, hyphens, case and full-width forms do not matter, and O, I and
    /// 1 are read as the symbols they are mistaken for.
    pub fn from_printable(typed: &str) -> Result<Self, TypedError> {
        let symbols = typed::symbols(typed);
        let body = symbols.strip_prefix(TYPED_PREFIX).unwrap_or(&symbols);
        let found = body.chars().count();
        if found != BODY {
            return Err(TypedError::Length { found, wanted: BODY });
        }
        let mut text = Zeroizing::new(String::with_capacity(PRINTED_PREFIX.len() + BODY));
        text.push_str(PRINTED_PREFIX);
        for (place, symbol) in body.chars().enumerate() {
            text.push(bech32_symbol(symbol).ok_or(TypedError::Symbol { position: place + 1 })?);
        }
        let parsed = CheckedHrpstring::new::<Bech32>(&text).map_err(|_| TypedError::Checksum)?;
        let secret = Zeroizing::new(parsed.byte_iter().collect::<Vec<u8>>());
        Pair::from_secret(&secret).map(Self).ok_or(TypedError::Checksum)
    }
}

/// The keys a signed-in person has open, in memory only. Wiped when the session ends and this is dropped.
///
/// Usually one; more after a hand-over or a renewed key.
pub struct Keyring(Vec<HandlerKey>);

impl Keyring {
    pub fn new(key: HandlerKey) -> Self {
        Self(vec![key])
    }

    pub fn add(&mut self, key: HandlerKey) {
        self.0.push(key);
    }

    /// The public halves, to look up the wraps that concern this person.
    pub fn recipients(&self) -> impl Iterator<Item = Recipient> + '_ {
        self.0.iter().map(HandlerKey::recipient)
    }

    /// Opens a wrap with whichever key fits.
    pub fn open(&self, wrap: &Wrap, context: &Context<'_>) -> Result<EntryKey, OpenError> {
        for key in &self.0 {
            match wrap.open(key, context) {
                Err(OpenError::WrongKey) => continue,
                answer => return answer,
            }
        }
        Err(OpenError::WrongKey)
    }
}

const PRINTED_PREFIX: &str = "AGE-SECRET-KEY-1";
const TYPED_PREFIX: &str = "AGESECRETKEY1";
/// Symbols after the prefix: 52 for the key, 6 for the check.
const BODY: usize = 58;
const GROUP: usize = 5;

/// bech32 leaves out 1, B, I and O; three of them have one look-alike that is in.
fn bech32_symbol(typed: char) -> Option<char> {
    let symbol = match typed {
        'O' => '0',
        'I' | '1' => 'L',
        other => other,
    };
    "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L".contains(symbol).then_some(symbol)
}
