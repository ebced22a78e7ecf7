//! What a person types from paper, made plain.

use zeroize::Zeroizing;

/// The symbols of a code typed by hand: full-width forms become plain, spaces and dashes go, letters become capital.
/// A character that is none of these stays, for the caller to refuse by its position.
pub(crate) fn symbols(typed: &str) -> Zeroizing<String> {
    // No character grows, so the buffer never moves and leaves no copy behind.
    let mut plain = Zeroizing::new(String::with_capacity(typed.len()));
    for typed in typed.chars() {
        let half = half_width(typed);
        if !is_separator(half) {
            plain.push(half.to_ascii_uppercase());
        }
    }
    plain
}

/// U+FF01–FF5E are ASCII moved by a constant; the wide space U+3000 counts as white space already.
fn half_width(symbol: char) -> char {
    match symbol {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(symbol as u32 - 0xFEE0).unwrap_or(symbol),
        other => other,
    }
}

fn is_separator(symbol: char) -> bool {
    symbol.is_whitespace() || matches!(symbol, '-' | '_' | '.' | '·' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{200B}' | '\u{FEFF}')
}
