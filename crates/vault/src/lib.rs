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
//! - Reporter and house exchange [`Message`]s sealed to both; attachments flow through [`FileSealer`], their names and lengths
//!   on a [`FileCard`]. What a browser seals by itself is a [`Submission`], to the [`Addressees`] a house names; [`Addressees::seal`] makes one
//!   without a browser.
//! - A reporter's identity is sealed to a key that is dealt to custodians ([`Dealing`]): any two consent to an [`Ask`] with
//!   their [`Approval`]s, none alone. A recovery key can be dealt likewise, or printed on two sheets.
//! - A deputy holds the key of a [`Delegation`], never that of the person stood in for.
//! - The second factor ([`TotpSecret`], [`SpareCode`]) guards the door and is kept under the server's [`FactorKey`].
//! - What goes to an outside authority is a package ([`PackageSealer`]): signed, sealed, confirmed by a code.
//! - A person a report concerns is known outside the envelope only as a [`ConcernTag`].

mod approval;
mod card;
mod code;
mod concern;
mod context;
mod dealing;
mod delegation;
mod deployment;
mod entropy;
mod envelope;
mod error;
mod factor;
mod format;
mod handler;
mod in_hex;
mod local;
mod lock;
mod message;
mod package;
mod padding;
mod pair;
mod password;
mod printed;
mod receipt;
mod sender;
mod service;
mod sheet;
mod sign;
mod spare;
mod stream;
mod stretch;
mod submission;
mod symbols;
mod totp;
mod typed;
mod unlocked;
mod unpack;
mod wipe;
mod wrap;

pub use approval::{Approval, Ask, Wish};
pub use card::FileCard;
pub use code::{DeploymentSalt, ReceiptCode};
pub use concern::{ConcernKey, ConcernTag};
pub use context::Context;
pub use dealing::{Dealing, Dealt};
pub use delegation::{Delegation, Terms};
pub use entropy::{Entropy, SystemEntropy};
pub use envelope::{EntryKey, EntryRecipient, Sealed, open, seal};
pub use error::{
    DealingError, DelegationError, FileError, OpenError, PackageError, RecipientError, RecordError, SheetError, SignInError,
    SignatureError, StretchError, SubmissionError, TypedError,
};
pub use factor::FactorKey;
pub use handler::{HandlerKey, Keyring, Recipient, seal_own};
pub use local::LocalKey;
pub use message::{Message, Speaker};
pub use package::{Heading, Item, Manifest, PackageSealer, Packed, Withheld};
pub use password::{Password, PasswordRecord};
pub use receipt::Receipt;
pub use sender::{Addressees, Contents};
pub use service::ServiceKey;
pub use sign::{Signature, SigningKey, VerifyingKey};
pub use spare::{SpareCode, SpareTag};
pub use stream::{FileSealer, open_file, seal_file};
pub use stretch::Stretch;
pub use submission::{ATTACHMENT_START, AddressedWrap, CodeHolder, SealedIdentity, Submission, check_attachment, longest_attachment};
pub use totp::{LockedTotp, Step, TotpSecret};
pub use unlocked::{Opened, Purpose, Unlocked};
pub use unpack::Package;
pub use wipe::Wipe;
pub use wrap::Wrap;
