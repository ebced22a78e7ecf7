//! The age format, held at arm's length: sealing cannot fail in memory, and reading never trusts its input.

use std::io::{BufRead, Chain, Cursor, ErrorKind, Read, Write};
use std::iter;

use age::stream::{StreamReader, StreamWriter};
use age::{DecryptError, Decryptor, Encryptor};

use crate::pair::{Pair, Public};

/// Starts an age file to one recipient.
pub(crate) fn writer<W: Write>(recipient: &Public, out: W) -> std::io::Result<StreamWriter<W>> {
    Encryptor::with_recipients(iter::once(recipient.as_age() as &dyn age::Recipient))
        .expect("one X25519 recipient is a complete and consistent set")
        .wrap_output(out)
}

/// A whole age file in memory.
pub(crate) fn seal(recipient: &Public, inside: &[u8]) -> Vec<u8> {
    let into_memory = || {
        let mut writer = writer(recipient, Vec::with_capacity(inside.len() + inside.len() / 1024 + HEADER_LIMIT / 4))?;
        writer.write_all(inside)?;
        writer.finish()
    };
    into_memory().expect("writing to memory cannot fail")
}

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
const HEADER_LIMIT: usize = 4096;
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
