//! Which encoding a file of text is in, and the text itself in UTF-8 chunks with `\n` line ends.

use std::io::{self, Read, Seek};

use encoding_rs::{Decoder, DecoderResult, GB18030, UTF_8, UTF_16BE, UTF_16LE};

use crate::Error;

/// The encoding taken for a file, in the order in which they are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Utf8Bom,
    Utf16Le,
    Utf16Be,
    Utf8,
    Gb18030,
}

impl Encoding {
    /// The name shown to people, such as `GB18030`.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Utf8Bom => "UTF-8 (BOM)",
            Encoding::Utf16Le => "UTF-16LE",
            Encoding::Utf16Be => "UTF-16BE",
            Encoding::Utf8 => "UTF-8",
            Encoding::Gb18030 => "GB18030",
        }
    }

    fn decoder(self) -> Decoder {
        match self {
            Encoding::Utf8Bom => UTF_8.new_decoder_with_bom_removal(),
            Encoding::Utf16Le => UTF_16LE.new_decoder_with_bom_removal(),
            Encoding::Utf16Be => UTF_16BE.new_decoder_with_bom_removal(),
            Encoding::Utf8 => UTF_8.new_decoder_without_bom_handling(),
            Encoding::Gb18030 => GB18030.new_decoder_without_bom_handling(),
        }
    }
}

/// Bytes read at a time.
const CHUNK: usize = 64 * 1024;

/// Characters of several bytes that read well as UTF-8 before we are sure the file is UTF-8 with a fault and not
/// GB18030. A common character of GB 2312 passes for UTF-8 about once in five, so eight in a row happen by chance
/// about twice in a million files.
const SURE: usize = 8;

/// A byte order mark decides; otherwise strict UTF-8 over the whole file; otherwise GB18030.
pub(super) fn detect<R: Read + Seek>(source: &mut R) -> Result<Encoding, Error> {
    source.rewind()?;
    let mut bytes = vec![0; CHUNK];
    let (mut held, mut first) = (0, true);
    let (mut wide, mut lines) = (0, 0);
    loop {
        let read = read_some(source, &mut bytes[held..])?;
        let known = &bytes[..held + read];
        if first {
            if let Some(marked) = byte_order_mark(known) {
                return Ok(marked);
            }
            first = false;
        }
        let good = match std::str::from_utf8(known) {
            Ok(_) => known.len(),
            Err(fault) => {
                let good = fault.valid_up_to();
                let cut_at_end = fault.error_len().is_none();
                if !cut_at_end || read == 0 {
                    wide += wide_characters(&known[..good]);
                    lines += newlines(&known[..good]);
                    return match wide {
                        SURE.. if cut_at_end => Err(Error::CutOff { row: lines + 1 }),
                        SURE.. => Err(Error::Undecodable { row: lines + 1, encoding: Encoding::Utf8.name() }),
                        _ => Ok(Encoding::Gb18030),
                    };
                }
                good
            }
        };
        wide += wide_characters(&known[..good]);
        lines += newlines(&known[..good]);
        if read == 0 {
            return Ok(Encoding::Utf8);
        }
        held = known.len() - good;
        bytes.copy_within(good..good + held, 0);
    }
}

fn byte_order_mark(start: &[u8]) -> Option<Encoding> {
    match start {
        [0xef, 0xbb, 0xbf, ..] => Some(Encoding::Utf8Bom),
        [0xff, 0xfe, ..] => Some(Encoding::Utf16Le),
        [0xfe, 0xff, ..] => Some(Encoding::Utf16Be),
        _ => None,
    }
}

fn wide_characters(utf8: &[u8]) -> usize {
    utf8.iter().filter(|byte| **byte >= 0xc0).count()
}

/// Counts the line ends `\n`.
pub(super) fn newlines(utf8: &[u8]) -> u64 {
    utf8.iter().filter(|byte| **byte == b'\n').count() as u64
}

/// The first bytes that the decoder could not read.
#[derive(Debug)]
pub(super) enum DecodeFault {
    Malformed,
    Io(io::Error),
}

impl From<io::Error> for DecodeFault {
    fn from(fault: io::Error) -> DecodeFault {
        DecodeFault::Io(fault)
    }
}

/// A file of text as UTF-8, chunk by chunk; `\r\n` and a lone `\r` become `\n`.
pub(super) struct Decoded<R> {
    source: R,
    decoder: Decoder,
    raw: Vec<u8>,
    text: Vec<u8>,
    after_return: bool,
    ended: bool,
}

impl<R: Read + Seek> Decoded<R> {
    pub(super) fn open(mut source: R, encoding: Encoding) -> Result<Decoded<R>, Error> {
        source.rewind()?;
        Ok(Decoded {
            source,
            decoder: encoding.decoder(),
            raw: vec![0; CHUNK],
            // No supported encoding makes more than three bytes of UTF-8 of one byte.
            text: vec![0; 3 * CHUNK + 16],
            after_return: false,
            ended: false,
        })
    }

    /// Replaces `into` by the next piece of text; leaves it empty at the end.
    pub(super) fn next_into(&mut self, into: &mut Vec<u8>) -> Result<(), DecodeFault> {
        into.clear();
        while into.is_empty() && !self.ended {
            let read = read_some(&mut self.source, &mut self.raw)?;
            self.ended = read == 0;
            let (result, taken, written) = self.decoder.decode_to_utf8_without_replacement(&self.raw[..read], &mut self.text, self.ended);
            if matches!(result, DecoderResult::Malformed(..)) || taken < read {
                return Err(DecodeFault::Malformed);
            }
            self.unify_line_ends(written, into);
        }
        Ok(())
    }

    fn unify_line_ends(&mut self, written: usize, into: &mut Vec<u8>) {
        let text = &self.text[..written];
        if !self.after_return && !text.contains(&b'\r') {
            into.extend_from_slice(text);
            return;
        }
        for &byte in text {
            match byte {
                b'\r' => into.push(b'\n'),
                b'\n' if self.after_return => {}
                byte => into.push(byte),
            }
            self.after_return = byte == b'\r';
        }
    }
}

fn read_some<R: Read>(source: &mut R, into: &mut [u8]) -> io::Result<usize> {
    loop {
        match source.read(into) {
            Err(fault) if fault.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}
