//! The envelope of an entry.
//!
//! Outside it is a plain age file to one X25519 recipient, so that a browser can make it with any age library. Inside:
//!
//! | bytes | what |
//! |---|---|
//! | 4 | `QLE1` |
//! | 32 | digest of the [`Context`] |
//! | 8 | length of the content, big-endian |
//! | n | content |
//! | … | zeros up to 256 B, 1 KiB, 4 KiB or the next multiple of 16 KiB of the whole inside |

use std::fmt;
use std::io::Read;

use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::context::{Context, DIGEST_BYTES};
use crate::entropy::Entropy;
use crate::error::OpenError;
use crate::format::{self, FormatError};
use crate::padding;
use crate::pair::{Pair, public_key};
use crate::unlocked::{Opened, Unlocked};

public_key! {
    /// The public half of an entry's key, stored in clear beside the entry: enough to add to it, not to read it.
    EntryRecipient
}

/// The secret key of one entry. Never stored; it exists while the entry is created and while it is open. Wiped when
/// dropped.
///
/// ```compile_fail,E0277
/// let key = vault::EntryKey::generate(&mut vault::SystemEntropy);
/// format!("{key:?}");
/// ```
pub struct EntryKey(pub(crate) Pair);

impl EntryKey {
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        Self(Pair::generate(entropy))
    }

    pub fn recipient(&self) -> EntryRecipient {
        EntryRecipient(self.0.public())
    }
}

/// Seals a content to an entry, bound to its place.
pub fn seal(recipient: &EntryRecipient, context: &Context<'_>, plain: &[u8]) -> Sealed {
    Sealed(format::seal(&[&recipient.0], &fill(MAGIC, context, plain)))
}

/// Opens a sealed content, in its place and nowhere else.
pub fn open(key: &EntryKey, context: &Context<'_>, sealed: &Sealed) -> Result<Opened, OpenError> {
    let inside = open_inside(&key.0, &sealed.0)?;
    content_of(&inside, context)
}

/// The content of an envelope whose inside was opened.
pub(crate) fn content_of(inside: &[u8], context: &Context<'_>) -> Result<Opened, OpenError> {
    content(inside, MAGIC, context).map(|content| Unlocked::new(content.to_vec()))
}

/// A sealed content: safe to store anywhere. In JSON it is base64.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sealed(Vec<u8>);

impl Sealed {
    /// Takes bytes from the store or from a browser; whether they open shows when they are opened.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

impl TryFrom<String> for Sealed {
    type Error = base64::DecodeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        BASE64_STANDARD_NO_PAD.decode(text).map(Self)
    }
}

impl From<Sealed> for String {
    fn from(sealed: Sealed) -> String {
        BASE64_STANDARD_NO_PAD.encode(sealed.0)
    }
}

const MAGIC: &[u8; 4] = b"QLE1";
const LENGTH_AT: usize = 4 + DIGEST_BYTES;
const HEAD: usize = LENGTH_AT + 8;

/// An inside as laid out above, padded.
pub(crate) fn fill(magic: &[u8; 4], context: &Context<'_>, plain: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut inside = Zeroizing::new(vec![0; padding::envelope(HEAD + plain.len())]);
    inside[..4].copy_from_slice(magic);
    inside[4..LENGTH_AT].copy_from_slice(&context.digest());
    inside[LENGTH_AT..HEAD].copy_from_slice(&(plain.len() as u64).to_be_bytes());
    inside[HEAD..HEAD + plain.len()].copy_from_slice(plain);
    inside
}

/// The content of an inside as laid out above.
pub(crate) fn content<'a>(inside: &'a [u8], magic: &[u8; 4], context: &Context<'_>) -> Result<&'a [u8], OpenError> {
    let (head, rest) = inside.split_at_checked(HEAD).ok_or(OpenError::Malformed)?;
    check_head(head, magic, context)?;
    let length = u64::from_be_bytes(head[LENGTH_AT..].try_into().expect("the head ends in the eight bytes of the length"));
    let length = usize::try_from(length).map_err(|_| OpenError::Malformed)?;
    let (content, padding) = rest.split_at_checked(length).ok_or(OpenError::Malformed)?;
    if padding.iter().any(|byte| *byte != 0) {
        return Err(OpenError::Malformed);
    }
    Ok(content)
}

/// The whole inside of an age file held in memory.
pub(crate) fn open_inside(key: &Pair, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let (mut reader, _) = format::reader(key, sealed).map_err(|error| match error {
        FormatError::NotSealed => OpenError::NotSealed,
        FormatError::WrongKey => OpenError::WrongKey,
        FormatError::Cut | FormatError::Altered | FormatError::Source(_) => OpenError::Altered,
    })?;
    // The inside is shorter than the sealed bytes, so the buffer never moves and leaves no copy behind.
    let mut inside = Zeroizing::new(Vec::with_capacity(sealed.len()));
    reader.read_to_end(&mut inside).map_err(|_| OpenError::Altered)?;
    Ok(inside)
}

/// Checks the first 36 bytes of an inside: the kind of thing, and its place.
pub(crate) fn check_head(head: &[u8], magic: &[u8; 4], context: &Context<'_>) -> Result<(), OpenError> {
    if head.get(..4) != Some(magic) {
        return Err(OpenError::Malformed);
    }
    if head.get(4..LENGTH_AT) != Some(&context.digest()) {
        return Err(OpenError::WrongContext);
    }
    Ok(())
}
