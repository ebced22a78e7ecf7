//! Plaintext under guard.

use serde::de::DeserializeOwned;

use crate::error::OpenError;
use crate::wipe::Wipe;

/// What came out of an envelope.
///
/// It cannot be printed, logged, put into JSON, SQL or Arrow, or copied, because it implements none of `Debug`,
/// `Display`, `Serialize` and `Clone`; it is overwritten when dropped. Reading it takes a deliberate
/// [`expose`](Unlocked::expose) or [`as_bytes_for`](Unlocked::as_bytes_for), both easy to find in a review. A template
/// gets sealed words in one way only: a page that was given an `Unlocked` value exposes it at the place of rendering.
///
/// ```
/// let opened = vault::Opened::new(b"words".to_vec());
/// assert_eq!(opened.expose(|plain| plain.len()), 5);
/// ```
/// The same value does not print:
/// ```compile_fail,E0277
/// let opened = vault::Opened::new(b"words".to_vec());
/// format!("{:?}", opened);
/// ```
/// ```compile_fail,E0277
/// let opened = vault::Unlocked::new("words".to_string());
/// format!("{opened}");
/// ```
/// nor does it become JSON:
/// ```compile_fail,E0277
/// let opened = vault::Opened::new(b"words".to_vec());
/// serde_json::to_string(&opened);
/// ```
/// nor a second copy:
/// ```compile_fail,E0599
/// let opened = vault::Opened::new(b"words".to_vec());
/// opened.clone();
/// ```
pub struct Unlocked<T: Wipe>(T);

/// The bytes of an opened envelope.
pub type Opened = Unlocked<Vec<u8>>;

impl<T: Wipe> Unlocked<T> {
    /// Takes a value under guard: also for what was typed in and is about to be sealed.
    pub fn new(plain: T) -> Self {
        Self(plain)
    }

    /// Lends the plaintext to one reader.
    pub fn expose<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        read(&self.0)
    }

    /// Makes another guarded value of this one and wipes this one.
    pub fn map<U: Wipe>(self, read: impl FnOnce(&T) -> U) -> Unlocked<U> {
        Unlocked(read(&self.0))
    }
}

impl<T: Wipe + AsRef<[u8]>> Unlocked<T> {
    /// The plaintext's bytes, for a purpose that the caller names and, where reading is an event, records by its
    /// [`Purpose::code`].
    pub fn as_bytes_for(&self, _purpose: Purpose) -> &[u8] {
        self.0.as_ref()
    }

    /// Reads the plaintext as JSON. The error says nothing of the content.
    pub fn parse_json<U: DeserializeOwned + Wipe>(&self) -> Result<Unlocked<U>, OpenError> {
        serde_json::from_slice(self.0.as_ref()).map(Unlocked).map_err(|_| OpenError::Malformed)
    }
}

impl<T: Wipe> Drop for Unlocked<T> {
    fn drop(&mut self) {
        self.0.wipe();
    }
}

/// What opened bytes are wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Shown on a page to the person entitled.
    Page,
    /// Printed or filled into an official table at that person's wish.
    Print,
    /// Handed to an outside authority.
    HandOver,
    /// Sealed again, to a new envelope or a new key.
    Reseal,
}

impl Purpose {
    /// A stable word for the reading event.
    pub fn code(self) -> &'static str {
        match self {
            Purpose::Page => "page",
            Purpose::Print => "print",
            Purpose::HandOver => "hand_over",
            Purpose::Reseal => "reseal",
        }
    }
}
