//! Secrets on paper: bech32 with a prefix that says what it is, in groups an eye can follow, and a check at the end.

use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32, Hrp};
use zeroize::Zeroizing;

use crate::error::TypedError;
use crate::typed;
use crate::unlocked::Unlocked;

/// `PREFIX-1 ABCDE FGHIJ …`
pub(crate) fn print(prefix: Hrp, secret: &[u8]) -> Unlocked<String> {
    let encoded =
        Zeroizing::new(bech32::encode_upper::<Bech32>(prefix, secret).expect("a few dozen bytes stay below the longest bech32 text"));
    let (head, body) = encoded.split_at(prefix.len() + 1);
    let mut text = String::with_capacity(encoded.len() * 2);
    text.push_str(head);
    for (place, symbol) in body.chars().enumerate() {
        if place % GROUP == 0 {
            text.push(' ');
        }
        text.push(symbol);
    }
    Unlocked::new(text)
}

/// Reads what [`print`] printed of `length` bytes; spaces, hyphens, case and full-width forms do not matter, O, I and 1
/// are read as the symbols they are mistaken for, and the prefix may be left out.
pub(crate) fn read(prefix: Hrp, length: usize, typed: &str) -> Result<Zeroizing<Vec<u8>>, TypedError> {
    let symbols = typed::symbols(typed);
    let head = format!("{}1", prefix.as_str().to_ascii_uppercase());
    let body = symbols.strip_prefix(head.replace('-', "").as_str()).unwrap_or(&symbols);
    let wanted = (length * 8).div_ceil(5) + CHECK;
    let found = body.chars().count();
    if found != wanted {
        return Err(TypedError::Length { found, wanted });
    }
    let mut text = Zeroizing::new(String::with_capacity(head.len() + wanted));
    text.push_str(&head);
    for (place, symbol) in body.chars().enumerate() {
        text.push(bech32_symbol(symbol).ok_or(TypedError::Symbol { position: place + 1 })?);
    }
    let parsed = CheckedHrpstring::new::<Bech32>(&text).map_err(|_| TypedError::Checksum)?;
    let mut secret = Zeroizing::new(Vec::with_capacity(length));
    secret.extend(parsed.byte_iter());
    if secret.len() == length { Ok(secret) } else { Err(TypedError::Checksum) }
}

const GROUP: usize = 5;
/// Symbols at the end that find a mistyped one.
const CHECK: usize = 6;

/// bech32 leaves out 1, B, I and O; three of them have one look-alike that is in.
fn bech32_symbol(typed: char) -> Option<char> {
    let symbol = match typed {
        'O' => '0',
        'I' | '1' => 'L',
        other => other,
    };
    "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L".contains(symbol).then_some(symbol)
}
