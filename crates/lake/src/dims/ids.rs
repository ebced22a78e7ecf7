//! Numbers for texts of which there are many: line, encounter, patient and prescription numbers.
//!
//! Nearly all of them are a short prefix and digits of a fixed width, `MZ0001234567`. Such a text becomes
//! `shape << 55 | digits`, which sorts and packs well, needs no dictionary, and gives back every leading zero.
//! What has no such form goes to a dictionary of its own under the last shape.

use serde::{Deserialize, Serialize};

use super::codes::Codes;

const DIGIT_BITS: u32 = 55;
/// 10^16 − 1 < 2^55.
const MOST_DIGITS: usize = 16;
const LONGEST_PREFIX: usize = 8;
const REST: i64 = 255;

#[derive(Default)]
pub struct Ids {
    pub(super) shapes: Vec<Shape>,
    pub(super) rest: Codes,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Shape {
    prefix: String,
    width: usize,
}

impl Ids {
    /// The number of a text; the same text always has the same number.
    pub fn code(&mut self, text: &str) -> i64 {
        let Some((prefix, digits)) = split(text) else {
            return REST << DIGIT_BITS | i64::from(self.rest.code(text));
        };
        match self.shape(prefix, digits.len()) {
            Some(shape) => (shape as i64) << DIGIT_BITS | number(digits),
            None if (self.shapes.len() as i64) < REST => {
                self.shapes.push(Shape { prefix: prefix.to_owned(), width: digits.len() });
                (self.shapes.len() as i64 - 1) << DIGIT_BITS | number(digits)
            }
            None => REST << DIGIT_BITS | i64::from(self.rest.code(text)),
        }
    }

    pub fn find(&self, text: &str) -> Option<i64> {
        let shaped = split(text).and_then(|(prefix, digits)| {
            let shape = self.shape(prefix, digits.len())?;
            Some((shape as i64) << DIGIT_BITS | number(digits))
        });
        shaped.or_else(|| self.rest.find(text).map(|code| REST << DIGIT_BITS | i64::from(code)))
    }

    /// Appends the text of a number; `false` if this number was never handed out.
    pub fn write(&self, code: i64, into: &mut String) -> bool {
        use std::fmt::Write;
        let (shape, digits) = (code >> DIGIT_BITS, code & ((1 << DIGIT_BITS) - 1));
        if shape == REST {
            let name = u32::try_from(digits).ok().and_then(|code| self.rest.name(code));
            into.push_str(name.unwrap_or_default());
            return name.is_some();
        }
        match usize::try_from(shape).ok().and_then(|shape| self.shapes.get(shape)) {
            Some(Shape { prefix, width }) => write!(into, "{prefix}{digits:0width$}").is_ok(),
            None => false,
        }
    }

    fn shape(&self, prefix: &str, width: usize) -> Option<usize> {
        self.shapes.iter().position(|shape| shape.width == width && shape.prefix == prefix)
    }
}

/// Prefix and digits, if the text has that form.
fn split(text: &str) -> Option<(&str, &str)> {
    let run = text.bytes().rev().take(MOST_DIGITS).take_while(u8::is_ascii_digit).count();
    let (prefix, digits) = text.split_at(text.len() - run);
    (run > 0 && prefix.len() <= LONGEST_PREFIX).then_some((prefix, digits))
}

fn number(digits: &str) -> i64 {
    digits.bytes().fold(0, |number, byte| number * 10 + i64::from(byte - b'0'))
}
