//! Numbers of entries. The store counts, atomically; this says what is counted and how it is written.

use crate::time::Moment;
use catalogue::register::{NumberFormat, NumberPart};
use std::fmt::Write;

/// The alphabet of random numbers: Crockford's, without letters that read as digits.
pub const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The name of the counter: everything of the number that is neither counted nor random.
pub fn key(format: &NumberFormat, now: Moment) -> String {
    render(format, now, None, &[])
}

/// How many random bytes a number needs.
pub fn randomness(format: &NumberFormat) -> usize {
    format.0.iter().map(|part| if let NumberPart::Random(length) = part { usize::from(*length) } else { 0 }).sum()
}

/// Writes a number. `random` gives one byte a character; missing parts are left out, which makes the counter's key.
pub fn render(format: &NumberFormat, now: Moment, seq: Option<u64>, random: &[u8]) -> String {
    let day = now.date();
    let mut text = String::new();
    let mut random = random.iter();
    for part in &format.0 {
        match part {
            NumberPart::Literal(literal) => text.push_str(literal),
            NumberPart::Year => write!(text, "{:04}", day.year()).expect("writing to a string cannot fail"),
            NumberPart::Month => write!(text, "{:02}", day.month()).expect("writing to a string cannot fail"),
            NumberPart::Seq(width) => {
                if let Some(seq) = seq {
                    write!(text, "{seq:0width$}", width = usize::from(*width)).expect("writing to a string cannot fail");
                }
            }
            NumberPart::Random(length) => {
                text.extend(random.by_ref().take(usize::from(*length)).map(|byte| CROCKFORD[usize::from(byte % 32)] as char));
            }
        }
    }
    text
}
