//! Lines of a log with their numbers, and a way back for a record that turned out to be none.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read};

/// A record of more bytes is not read as one: a quote that never closes must not swallow the log.
pub const LONGEST: usize = 4 * 1024 * 1024;

pub struct Source {
    input: Box<dyn BufRead>,
    /// Lines that were read ahead or given back.
    back: VecDeque<(u64, Vec<u8>)>,
    count: u64,
}

impl Source {
    /// Errors: those of reading.
    pub fn new<R: Read + 'static>(input: R) -> io::Result<Source> {
        Ok(Source { input: crate::encoding::lines(input)?, back: VecDeque::new(), count: 0 })
    }

    /// The first bytes, which are read again afterwards.
    pub fn begin(&mut self) -> io::Result<Vec<u8>> {
        let mut begin = Vec::new();
        let mut lines = Vec::new();
        while begin.len() < 64 * 1024 && lines.len() < 200 {
            let Some(line) = self.line()? else { break };
            begin.extend_from_slice(&line.1);
            begin.push(b'\n');
            lines.push(line);
        }
        self.give_back(lines);
        Ok(begin)
    }

    /// The next line and its number, from 1, without its end. A line longer than a record may be comes in pieces.
    pub fn line(&mut self) -> io::Result<Option<(u64, Vec<u8>)>> {
        if let Some(line) = self.back.pop_front() {
            return Ok(Some(line));
        }
        let mut bytes = Vec::new();
        let read = (&mut self.input).take(LONGEST as u64).read_until(b'\n', &mut bytes)?;
        if read == 0 {
            return Ok(None);
        }
        self.count += 1;
        if bytes.last() == Some(&b'\n') {
            bytes.pop();
            if bytes.last() == Some(&b'\r') {
                bytes.pop();
            }
        }
        Ok(Some((self.count, bytes)))
    }

    pub fn give_back(&mut self, lines: Vec<(u64, Vec<u8>)>) {
        for line in lines.into_iter().rev() {
            self.back.push_front(line);
        }
    }

    /// Whether the first line is `key:value` rather than columns.
    pub(super) fn begins_with_letters_and_colon(&mut self) -> io::Result<bool> {
        let begin = self.begin()?;
        let first = begin.split(|byte| *byte == b'\n').find(|line| !line.is_empty()).unwrap_or_default();
        let key: Vec<u8> = first.iter().copied().take_while(|byte| *byte != b':').collect();
        Ok(key.len() < first.len() && key.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b' ')))
    }
}
