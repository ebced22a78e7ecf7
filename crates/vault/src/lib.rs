//! Sealing: what keeps a report unreadable to a stolen disk, a backup, a log and an administrator.
//!
//! The crate is pure: it opens no file, reads no clock and keeps no state. Keys, salts and codes are drawn from the
//! [`Entropy`] argument. One thing is not: for every message `age` draws its own one-time keys from the operating
//! system and offers no way to hand them in, so two sealings of the same words differ; nothing may depend on the bytes
//! of a ciphertext being reproducible.
//!
//! How the parts hang together:
//!
//! - Every entry has its own key pair. [`seal`] needs only the public half ([`EntryRecipient`], stored in clear), so
//!   whoever takes a report in cannot read it afterwards. [`open`] needs the [`EntryKey`].
//! - The secret half is stored only as [`Wrap`]s, one for each holder entitled: handlers, a printed recovery key, the
//!   reporter's code. Sharing adds a wrap, revoking deletes one.
//! - A handler's own key ([`HandlerKey`]) is stored locked by the password in a [`PasswordRecord`]; signing in opens it
//!   into a [`Keyring`] that lives as long as the session.
//! - What was opened is [`Unlocked`] and cannot be printed, logged, stored or copied by accident.
//! - A person a report concerns is known outside the envelope only as a [`ConcernTag`].

mod code;
mod concern;
mod context;
mod entropy;
mod envelope;
mod error;
mod format;
mod handler;
mod padding;
mod pair;
mod password;
mod stream;
mod stretch;
mod typed;
mod unlocked;
mod wipe;
mod wrap;

pub use code::{DeploymentSalt, LookupId, ReceiptCode};
pub use concern::{ConcernKey, ConcernTag};
pub use context::Context;
pub use entropy::{Entropy, SystemEntropy};
pub use envelope::{EntryKey, EntryRecipient, Sealed, open, seal};
pub use error::{FileError, OpenError, RecipientError, RecordError, SignInError, StretchError, TypedError};
pub use handler::{HandlerKey, Keyring, Recipient};
pub use password::{Password, PasswordRecord};
pub use stream::{FileSealer, open_file, seal_file};
pub use stretch::Stretch;
pub use unlocked::{Opened, Purpose, Unlocked};
pub use wipe::Wipe;
pub use wrap::Wrap;
