//! Attachments of any size, sealed and opened as they flow by.
//!
//! Outside, a plain age file. Inside: `QLF1`, the digest of the [`Context`], the content, one byte 0x80, and zeros up to a
//! length that says little. The mark stands at the end because the length of an upload is known only then; whatever the
//! content ends in, the last byte that is not zero is the mark.

use std::io::{self, BufReader, ErrorKind, Read, Write};

use age::stream::StreamWriter;
use zeroize::Zeroizing;

use crate::context::{Context, DIGEST_BYTES};
use crate::envelope::{EntryKey, EntryRecipient, check_head};
use crate::error::{FileError, OpenError};
use crate::format::{self, FormatError};
use crate::padding;

/// Seals a file from a reader to a writer with a few buffers of 64 KiB. Returns the length of the content in bytes.
pub fn seal_file(recipient: &EntryRecipient, context: &Context<'_>, mut from: impl Read, to: impl Write) -> Result<u64, FileError> {
    let mut sealer = FileSealer::new(recipient, context, to).map_err(FileError::Destination)?;
    let mut buffer = Zeroizing::new(vec![0; BUFFER]);
    loop {
        let count = read_some(&mut from, &mut buffer).map_err(FileError::Source)?;
        if count == 0 {
            let (_, length) = sealer.finish().map_err(FileError::Destination)?;
            return Ok(length);
        }
        sealer.write_all(&buffer[..count]).map_err(FileError::Destination)?;
    }
}

/// A writer that seals what is written to it, for an upload that arrives in pieces. Without
/// [`finish`](FileSealer::finish) the result does not open.
pub struct FileSealer<W: Write> {
    out: StreamWriter<W>,
    content: u64,
}

impl<W: Write> FileSealer<W> {
    pub fn new(recipient: &EntryRecipient, context: &Context<'_>, out: W) -> io::Result<Self> {
        let mut out = format::writer(&[&recipient.0], out)?;
        out.write_all(MAGIC)?;
        out.write_all(&context.digest())?;
        Ok(Self { out, content: 0 })
    }

    /// Writes the mark, the padding and the last part. Returns the destination and the length of the content in bytes.
    pub fn finish(mut self) -> io::Result<(W, u64)> {
        let used = HEAD as u64 + self.content + 1;
        self.out.write_all(&[MARK])?;
        io::copy(&mut io::repeat(0).take(padding::file(used) - used), &mut self.out)?;
        Ok((self.out.finish()?, self.content))
    }
}

impl<W: Write> Write for FileSealer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.write(bytes)?;
        self.content += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Opens a sealed file from a reader to a writer with a few buffers of 64 KiB. Returns the length of the content in bytes.
///
/// Errors: what was written before an error is genuine as far as it goes, but is not the whole; throw it away.
pub fn open_file(key: &EntryKey, context: &Context<'_>, from: impl Read, mut to: impl Write) -> Result<u64, FileError> {
    let mut source = BufReader::with_capacity(BUFFER, Metered { inner: from, count: 0, failed: false });
    let mut good = 0;
    let (header, fault) = match format::reader(&key.0, &mut source) {
        Ok((reader, header)) => match pour(reader, context, &mut to, &mut good) {
            Ok(()) => return Ok(good),
            Err(fault) => (header, fault),
        },
        Err(FormatError::NotSealed) => return Err(FileError::NotSealed),
        Err(FormatError::WrongKey) => return Err(FileError::WrongKey),
        Err(FormatError::Altered) => return Err(FileError::Altered { good }),
        Err(FormatError::Cut) => return Err(FileError::Length { good }),
        Err(FormatError::Source(error)) => return Err(FileError::Source(error)),
    };
    match fault {
        Fault::Write(error) => Err(FileError::Destination(error)),
        Fault::Layout(OpenError::WrongContext) => Err(FileError::WrongContext),
        Fault::Layout(_) => Err(FileError::Malformed),
        Fault::Read(error) if source.get_ref().failed => Err(FileError::Source(error)),
        // Between two parts age itself sees that the last one is missing.
        Fault::Read(error) if error.kind() == ErrorKind::UnexpectedEof => Err(FileError::Length { good }),
        Fault::Read(_) => {
            // Counts the rest: sealing makes only certain lengths, so a cut can be told from a change.
            io::copy(&mut source, &mut io::sink()).map_err(FileError::Source)?;
            let payload = source.get_ref().count.saturating_sub(header + format::NONCE as u64);
            Err(if is_full_length(payload) { FileError::Altered { good } } else { FileError::Length { good } })
        }
    }
}

const MAGIC: &[u8; 4] = b"QLF1";
const HEAD: usize = 4 + DIGEST_BYTES;
/// As in ISO/IEC 7816-4.
const MARK: u8 = 0x80;
const BUFFER: usize = 64 * 1024;
enum Fault {
    Read(io::Error),
    Layout(OpenError),
    Write(io::Error),
}

/// Checks the head and lets the content through, without the padding.
fn pour(mut inside: impl Read, context: &Context<'_>, to: &mut impl Write, good: &mut u64) -> Result<(), Fault> {
    let mut buffer = Zeroizing::new(vec![0; BUFFER]);
    let mut filled = 0;
    while filled < HEAD {
        match read_some(&mut inside, &mut buffer[filled..HEAD]).map_err(Fault::Read)? {
            0 => return Err(Fault::Layout(OpenError::Malformed)),
            count => filled += count,
        }
    }
    check_head(&buffer[..HEAD], MAGIC, context).map_err(Fault::Layout)?;
    let mut tail = Tail::default();
    loop {
        let count = read_some(&mut inside, &mut buffer).map_err(Fault::Read)?;
        if count == 0 {
            return if tail.zeros.is_some() { Ok(()) } else { Err(Fault::Layout(OpenError::Malformed)) };
        }
        tail.pass(&buffer[..count], to, good).map_err(Fault::Write)?;
    }
}

/// What may be the mark and padding, held back until something follows it: only a count, however long it gets.
#[derive(Default)]
struct Tail {
    /// Zeros after a byte that may be the mark.
    zeros: Option<u64>,
}

impl Tail {
    fn pass(&mut self, block: &[u8], to: &mut impl Write, good: &mut u64) -> io::Result<()> {
        let content = match (block.iter().rposition(|byte| *byte != 0), self.zeros) {
            (None, Some(zeros)) => {
                self.zeros = Some(zeros + block.len() as u64);
                return Ok(());
            }
            (None, None) => block,
            (Some(last), held) => {
                if let Some(zeros) = held {
                    to.write_all(&[MARK])?;
                    *good += 1 + io::copy(&mut io::repeat(0).take(zeros), to)?;
                }
                let is_mark = block[last] == MARK;
                self.zeros = is_mark.then_some((block.len() - last - 1) as u64);
                if is_mark { &block[..last] } else { block }
            }
        };
        to.write_all(content)?;
        *good += content.len() as u64;
        Ok(())
    }
}

/// Whether what follows age's nonce has a length that sealing produces.
fn is_full_length(payload: u64) -> bool {
    let (part, tag) = (format::PART as u64, format::TAG as u64);
    let inside = payload.saturating_sub(payload.div_ceil(part + tag) * tag);
    padding::file(inside) == inside
}

fn read_some(from: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match from.read(buffer) {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            answer => return answer,
        }
    }
}

/// Tells how much was read, and whether the source itself failed rather than what was read from it.
struct Metered<R> {
    inner: R,
    count: u64,
    failed: bool,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let answer = read_some(&mut self.inner, buffer);
        match &answer {
            Ok(count) => self.count += *count as u64,
            Err(_) => self.failed = true,
        }
        answer
    }
}
