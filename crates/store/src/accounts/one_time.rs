//! One-time passwords.

use vault::{Entropy, SystemEntropy};

/// Letters and digits that are not mistaken for each other: as many as five bits tell apart.
const SYMBOLS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789A";

/// Four groups of four symbols, 80 bits, to be typed once.
pub fn one_time_password() -> String {
    let mut bytes = [0u8; 16];
    SystemEntropy.fill(&mut bytes);
    let symbols: Vec<char> = bytes.iter().map(|byte| char::from(SYMBOLS[usize::from(byte % 32)])).collect();
    symbols.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}
