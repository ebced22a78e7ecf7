//! Those who may read: handlers, the printed recovery key, the reporter behind a code. All hold the same kind of key.

use crate::context::Context;
use crate::entropy::Entropy;
use crate::envelope::{EntryKey, EntryRecipient, Sealed};
use crate::error::{OpenError, TypedError};
use crate::pair::{Pair, SECRET_BYTES, SECRET_PREFIX, public_key};
use crate::printed;
use crate::unlocked::{Opened, Unlocked};
use crate::wrap::Wrap;

public_key! {
    /// The public half of a holder's key: what an entry's key is wrapped to.
    Recipient
}

impl Recipient {
    /// To be compared by eye or read out: sixteen hex digits in fours of the SHA-256 of its text.
    pub fn fingerprint(&self) -> String {
        crate::sign::fingerprint(&self.to_string())
    }
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
        printed::print(SECRET_PREFIX, self.0.secret())
    }

    /// Reads a key typed from a recovery sheet; spaces, hyphens, case and full-width forms do not matter, and O, I and
    /// 1 are read as the symbols they are mistaken for.
    pub fn from_printable(typed: &str) -> Result<Self, TypedError> {
        let secret = printed::read(SECRET_PREFIX, SECRET_BYTES, typed)?;
        Pair::from_secret(&secret).map(Self).ok_or(TypedError::Checksum)
    }
}

/// Seals words of a person to that same person: a note to oneself, which no key of an entry opens.
pub fn seal_own(holder: &Recipient, context: &Context<'_>, plain: &[u8]) -> Sealed {
    crate::envelope::seal(&EntryRecipient(holder.0.clone()), context, plain)
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

    /// The key whose public half this is, if it is among them.
    pub fn key(&self, recipient: &Recipient) -> Option<&HandlerKey> {
        self.0.iter().find(|key| key.recipient() == *recipient)
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

    /// Opens what [`seal_own`] sealed to one of these keys.
    pub fn open_own(&self, context: &Context<'_>, sealed: &Sealed) -> Result<Opened, OpenError> {
        for key in &self.0 {
            let opened = crate::envelope::open_inside(&key.0, sealed.as_bytes());
            match opened.and_then(|inside| crate::envelope::content_of(&inside, context)) {
                Err(OpenError::WrongKey) => continue,
                answer => return answer,
            }
        }
        Err(OpenError::WrongKey)
    }

    /// A wrap of the same entry for somebody else: sharing, a new key after a lost password, handing over what a leaver
    /// held. Whoever opens one wrap of the entry can do it, the leaver or not; the old wrap is then deleted by the store.
    pub fn rewrap(&self, wrap: &Wrap, context: &Context<'_>, to: &Recipient) -> Result<Wrap, OpenError> {
        self.open(wrap, context).map(|key| Wrap::to(&key, to, context))
    }
}
