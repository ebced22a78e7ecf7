//! A report as a browser seals it, and what the server can check of it without being able to read it.
//!
//! # What a browser must produce
//!
//! Everything with an age library (npm `age-encryption` 0.3) and WebCrypto; `tests/browser/submission.mjs` does it, and what
//! it made is opened by the tests of this crate. The page gives: the context (institution, register, the entry's id), the
//! deployment's salt, the public keys of those who shall read first (by the route the reporter chose), of the recovery key,
//! and of the custodians.
//!
//! 1. **The code**: twenty random symbols of `0123456789ABCDEFGHJKMNPQRSTVWXYZ` (each a random byte modulo 32). Its key:
//!    HKDF-SHA256 (salt: the deployment's 32 bytes; input: the twenty symbols without hyphens, as ASCII; info:
//!    `qinglian/receipt/identity/1`; 32 bytes), an X25519 secret, bech32 with the prefix `age-secret-key-` in capitals.
//! 2. **The report's key**: a new X25519 pair. The secret half leaves the browser only wrapped.
//! 3. **Wraps**: for every key the page gave, and the code's, an age file to it alone whose inside is exactly 68 bytes:
//!    `QLW1`, the digest of the context with purpose `key`, the 32 bytes of the secret half ([`crate::Wrap`]).
//! 4. **Content**: an age file to the report's key. Inside: `QLE1`, the digest of the context with purpose `content`, the
//!    length of the content (8 bytes, big-endian), the content (JSON, UTF-8: field names and values), zeros up to 256, 1,024,
//!    4,096 or the next multiple of 16,384 bytes of the whole inside ([`crate::seal`]).
//! 5. **Attachments**: an age file each to the report's key. Inside: `QLF1`, the digest of the context with purpose `file`,
//!    the bytes, 0x80, zeros: at least 16,384 bytes of inside, else the next multiple of 2^(e − ⌊log₂ e⌋ − 1) with e = ⌊log₂
//!    length⌋ ([`crate::FileSealer`]). Its name, true length and hash go on a card sealed like a content with purpose
//!    `card:<number>`, numbers from 1 ([`crate::FileCard`]).
//! 6. **Identity**, if given: an envelope like the content with purpose `identity`, but to a new pair of its own, whose
//!    secret half is dealt to the custodians ([`crate::Dealing`], purpose `identity`).
//!
//! The digest of a context: SHA-256 of `qinglian/context/1` and the four parts (institution, register, entry, purpose), each
//! preceded by its length in bytes (4 bytes, big-endian).
//!
//! # What the server checks
//!
//! That everything is an age file to one X25519 key, of a length that sealing produces, and that there is one wrap for each
//! key the page gave, and no other. It cannot check that the wraps open: a browser that sends noise has sent an empty
//! letter. It cannot check fields either; the browser does.

use serde::{Deserialize, Serialize};

use crate::dealing::Dealing;
use crate::envelope::{EntryKey, EntryRecipient, Sealed};
use crate::error::SubmissionError;
use crate::format::{self, FormatError, Outside};
use crate::handler::Recipient;
use crate::padding;
use crate::wrap::{self, Wrap};

/// What a browser posts. In JSON, sealed parts are base64 without padding.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Submission {
    pub recipient: EntryRecipient,
    pub content: Sealed,
    pub wraps: Vec<AddressedWrap>,
    pub code: CodeHolder,
    /// One for each attachment, in order; the attachments themselves are uploaded as files.
    pub cards: Vec<Sealed>,
    pub identity: Option<SealedIdentity>,
}

/// A wrap and whose it is.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddressedWrap {
    pub to: Recipient,
    pub wrap: Wrap,
}

/// What the server keeps of a code.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeHolder {
    pub recipient: Recipient,
    pub wrap: Wrap,
}

/// An identity, sealed to the public half of a dealt key.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedIdentity {
    pub content: Sealed,
    pub dealing: Dealing<EntryKey>,
}

impl Submission {
    /// Checks the form against the keys the page gave.
    ///
    /// Errors: the first part that is not as it must be.
    pub fn check(&self, readers: &[Recipient], custodians: &[Recipient]) -> Result<(), SubmissionError> {
        let is_for = |reader: &Recipient| self.wraps.iter().filter(|wrap| wrap.to == *reader).count() == 1;
        if self.wraps.len() != readers.len() || !readers.iter().all(is_for) || readers.contains(&self.code.recipient) {
            return Err(SubmissionError::Readers);
        }
        let wraps = self.wraps.iter().map(|wrap| &wrap.wrap).chain([&self.code.wrap]);
        for wrap in wraps {
            check_part(wrap.as_bytes(), |inside| inside == wrap::INSIDE)?;
        }
        let identity = self.identity.as_ref();
        for content in [&self.content].into_iter().chain(&self.cards).chain(identity.map(|identity| &identity.content)) {
            check_part(content.as_bytes(), is_envelope)?;
        }
        if identity.is_some_and(|identity| !identity.dealing.custodians().eq(custodians)) {
            return Err(SubmissionError::Custodians);
        }
        Ok(())
    }
}

impl Sealed {
    /// Whether this has the form and one of the lengths of an envelope. Says nothing of whether it opens.
    pub fn is_well_formed(&self) -> bool {
        check_part(self.as_bytes(), is_envelope).is_ok()
    }
}

fn is_envelope(inside: usize) -> bool {
    inside > 0 && padding::envelope(inside) == inside
}

/// Bytes of an attachment that [`check_attachment`] wants to see.
pub const ATTACHMENT_START: usize = format::HEADER_LIMIT;

/// Checks an attachment sealed by its sender, by its first [`ATTACHMENT_START`] bytes (all, if it has fewer) and its length in bytes.
///
/// Errors: it is not an age file to one X25519 key, or of a length that sealing never produces.
pub fn check_attachment(start: &[u8], length: u64) -> Result<(), SubmissionError> {
    check_outside(format::measure_long(start, length), |inside| inside > 0 && padding::file(inside) == inside)
}

/// How long an attachment of so many bytes is at most once it is sealed. Units: bytes.
pub fn longest_attachment(content: u64) -> u64 {
    let inside = padding::file(content.saturating_add(HEAD_AND_MARK));
    let parts = inside.div_ceil(format::PART as u64);
    inside + parts * format::TAG as u64 + (format::HEADER_LIMIT + format::NONCE) as u64
}

/// Before and after the content of an attachment.
const HEAD_AND_MARK: u64 = 4 + crate::context::DIGEST_BYTES as u64 + 1;

fn check_part(sealed: &[u8], is_length: impl Fn(usize) -> bool) -> Result<(), SubmissionError> {
    check_outside(format::measure(sealed), |inside| usize::try_from(inside).is_ok_and(is_length))
}

fn check_outside(outside: Result<Outside, FormatError>, is_length: impl FnOnce(u64) -> bool) -> Result<(), SubmissionError> {
    let outside = outside.map_err(|error| match error {
        FormatError::Cut => SubmissionError::Cut,
        FormatError::NotSealed | FormatError::WrongKey | FormatError::Altered | FormatError::Source(_) => SubmissionError::NotSealed,
    })?;
    if outside.recipients != 1 {
        return Err(SubmissionError::Recipients);
    }
    if is_length(outside.inside) { Ok(()) } else { Err(SubmissionError::Length) }
}
