//! The age format, held at arm's length: sealing cannot fail in memory, and reading never trusts its input.

use std::io::{BufRead, Chain, Cursor, ErrorKind, Read, Write};
use std::iter;

use age::stream::{StreamReader, StreamWriter};
use age::{DecryptError, Decryptor, Encryptor};

use crate::pair::{Pair, Public};

/// Starts an age file that any of the recipients opens.
pub(crate) fn writer<W: Write>(recipients: &[&Public], out: W) -> std::io::Result<StreamWriter<W>> {
    Encryptor::with_recipients(recipients.iter().map(|recipient| recipient.as_age() as &dyn age::Recipient))
        .expect("X25519 recipients, one at least, are a complete and consistent set")
        .wrap_output(out)
}

/// A whole age file in memory.
pub(crate) fn seal(recipients: &[&Public], inside: &[u8]) -> Vec<u8> {
    let into_memory = || {
        let room = inside.len() + inside.len() / 1024 + HEADER_LIMIT / 4;
        let mut writer = writer(recipients, Vec::with_capacity(room))?;
        writer.write_all(inside)?;
        writer.finish()
    };
    into_memory().expect("writing to memory cannot fail")
}

/// What can be seen of an age file without a key.
///
/// Errors: the header is not one, or is cut.
pub(crate) fn measure(sealed: &[u8]) -> Result<Outside, FormatError> {
    measure_long(sealed, sealed.len() as u64)
}

/// The same of an age file of which only the start is at hand. Units: `length` in bytes, of the whole.
pub(crate) fn measure_long(start: &[u8], length: u64) -> Result<Outside, FormatError> {
    let mut rest = start;
    let header = read_header(&mut rest)?;
    let stanzas = header.split(|byte| *byte == b'\n').filter_map(|line| line.strip_prefix(b"-> "));
    let kinds: Vec<&[u8]> = stanzas.filter_map(|stanza| stanza.split(|byte| *byte == b' ').next()).collect();
    // age's Rust library adds a stanza of noise, so that nobody relies on there being none.
    let keys = kinds.iter().filter(|kind| !kind.ends_with(b"-grease"));
    let is_x25519 = keys.clone().all(|kind| *kind == b"X25519");
    let (nonce, part, tag) = (NONCE as u64, PART as u64, TAG as u64);
    let payload = length.checked_sub(header.len() as u64 + nonce + tag).ok_or(FormatError::Cut)? + tag;
    let parts = payload.div_ceil(part + tag);
    // Only a file without content ends in an empty part.
    let last_part = payload - (parts - 1) * (part + tag);
    let inside = payload.checked_sub(parts * tag).filter(|_| last_part > tag || parts == 1).ok_or(FormatError::Cut)?;
    Ok(Outside { recipients: if is_x25519 { keys.count() } else { 0 }, inside })
}

pub(crate) struct Outside {
    /// How many X25519 keys it is sealed to; none, if anything else is among the stanzas.
    pub(crate) recipients: usize,
    /// Units: bytes within, padding and all.
    pub(crate) inside: u64,
}

/// age's own layout after the header: a nonce, then parts of 64 KiB with a tag each.
pub(crate) const NONCE: usize = 16;
pub(crate) const PART: usize = 64 * 1024;
pub(crate) const TAG: usize = 16;

pub(crate) type Reader<R> = StreamReader<Chain<Cursor<Vec<u8>>, R>>;

/// Reads the header of an age file and returns a reader of its inside, with the header's length.
pub(crate) fn reader<R: BufRead>(key: &Pair, mut source: R) -> Result<(Reader<R>, u64), FormatError> {
    let header = read_header(&mut source)?;
    let header_length = header.len() as u64;
    let identity = key.identity();
    let reader = Decryptor::new_buffered(Cursor::new(header).chain(source))?.decrypt(iter::once(&identity as &dyn age::Identity))?;
    Ok((reader, header_length))
}

/// What age's own errors come down to.
#[derive(Debug)]
pub(crate) enum FormatError {
    NotSealed,
    /// The input ended within the header.
    Cut,
    WrongKey,
    Altered,
    Source(std::io::Error),
}

impl From<DecryptError> for FormatError {
    fn from(error: DecryptError) -> Self {
        match error {
            DecryptError::NoMatchingKeys => FormatError::WrongKey,
            DecryptError::Io(error) if error.kind() == ErrorKind::UnexpectedEof => FormatError::Cut,
            DecryptError::Io(error) => FormatError::Source(error),
            DecryptError::UnknownFormat => FormatError::NotSealed,
            _ => FormatError::Altered,
        }
    }
}

/// Ours has two stanzas in fewer than 400 bytes. age itself sets no limit and parses a header anew for every line, so
/// that a megabyte of lines would keep a server busy for hours.
pub(crate) const HEADER_LIMIT: usize = 4096;
const MAGIC: &[u8] = b"age-encryption.org/";

/// Takes exactly the header, up to and with the line that begins with `---`.
fn read_header(source: &mut impl BufRead) -> Result<Vec<u8>, FormatError> {
    let mut limited = source.take(HEADER_LIMIT as u64);
    let mut header = Vec::with_capacity(512);
    loop {
        let start = header.len();
        limited.read_until(b'\n', &mut header).map_err(FormatError::Source)?;
        let line = &header[start..];
        let known = header.len().min(MAGIC.len());
        if header[..known] != MAGIC[..known] {
            return Err(FormatError::NotSealed);
        }
        if !line.ends_with(b"\n") {
            // Nothing left: of the allowance, or of the input.
            return Err(if limited.limit() == 0 { FormatError::NotSealed } else { FormatError::Cut });
        }
        if line.starts_with(b"---") {
            return Ok(header);
        }
    }
}
