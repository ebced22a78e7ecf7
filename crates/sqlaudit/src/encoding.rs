//! Bytes of a log to text: UTF-8, GB18030 or UTF-16, told per line, and never a reason to stop.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Cursor, Read};

/// Text of a line. What is no UTF-8 is read as GB18030; what is neither keeps its readable parts.
pub fn text(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => {
            let (text, wrong) = encoding_rs::GB18030.decode_without_bom_handling(bytes);
            // A line of UTF-8 with one broken byte reads better as UTF-8.
            let utf8 = String::from_utf8_lossy(bytes);
            let broken = utf8.matches('\u{fffd}').count();
            if wrong && broken * 4 < bytes.len() { utf8 } else { Cow::Owned(text.into_owned()) }
        }
    }
}

/// A reader of lines, which UTF-16 with a byte-order mark is turned into UTF-8 for. Errors: those of reading.
pub fn lines<R: Read + 'static>(mut input: R) -> io::Result<Box<dyn BufRead>> {
    let mut mark = [0u8; 3];
    let mut had = 0;
    while had < mark.len() {
        match input.read(&mut mark[had..])? {
            0 => break,
            read => had += read,
        }
    }
    let begun = &mark[..had];
    let wide = match begun {
        [0xff, 0xfe, ..] => Some(encoding_rs::UTF_16LE),
        [0xfe, 0xff, ..] => Some(encoding_rs::UTF_16BE),
        _ => None,
    };
    let skipped = match begun {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => 2,
        [0xef, 0xbb, 0xbf] => 3,
        _ => 0,
    };
    let all = Cursor::new(begun[skipped..].to_vec()).chain(input);
    Ok(match wide {
        Some(encoding) => Box::new(BufReader::with_capacity(
            1 << 18,
            Narrowed { input: all, decoder: encoding.new_decoder(), ready: Vec::new(), at: 0, over: false },
        )),
        None => Box::new(BufReader::with_capacity(1 << 18, all)),
    })
}

/// UTF-16 on its way to UTF-8.
struct Narrowed<R> {
    input: R,
    decoder: encoding_rs::Decoder,
    ready: Vec<u8>,
    at: usize,
    over: bool,
}

impl<R: Read> Read for Narrowed<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.at >= self.ready.len() && !self.over {
            let mut raw = [0u8; 16 * 1024];
            let read = self.input.read(&mut raw)?;
            self.over = read == 0;
            let mut text = String::with_capacity(self.decoder.max_utf8_buffer_length(read).unwrap_or(64 * 1024));
            let _ = self.decoder.decode_to_string(&raw[..read], &mut text, self.over);
            self.ready = text.into_bytes();
            self.at = 0;
        }
        let count = into.len().min(self.ready.len() - self.at);
        into[..count].copy_from_slice(&self.ready[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}
