//! A text in runs of one script, as search compares it: punctuation parts them, case and full width say nothing.
//!
//! The index of words and the mask of names stand on the same runs: what finds a word must be seen to ask for it.

/// Symbols of one script side by side, in small letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Of a script that writes without spaces: every part of it is a word.
    pub is_unspaced: bool,
    pub symbols: Vec<char>,
}

/// The runs of a text, in order.
pub fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut goes_on = false;
    for symbol in text.chars().map(half_width) {
        if !symbol.is_alphanumeric() {
            goes_on = false;
            continue;
        }
        let is_unspaced = is_unspaced(symbol);
        match runs.last_mut().filter(|run| goes_on && run.is_unspaced == is_unspaced) {
            Some(run) => run.symbols.extend(symbol.to_lowercase()),
            None => runs.push(Run { is_unspaced, symbols: symbol.to_lowercase().collect() }),
        }
        goes_on = true;
    }
    runs
}

impl Run {
    /// Whether to look for this run finds a text that holds the other, or shows that it does.
    pub(crate) fn asks_for(&self, other: &Run) -> bool {
        let holds = |whole: &[char], part: &[char]| whole.windows(part.len()).any(|window| window == part);
        match (self.is_unspaced, other.is_unspaced) {
            (true, true) => holds(&other.symbols, &self.symbols) || (other.symbols.len() > 1 && holds(&self.symbols, &other.symbols)),
            // A word is found by its beginning.
            (false, false) => other.symbols.starts_with(&self.symbols),
            (true, false) | (false, true) => false,
        }
    }
}

fn is_unspaced(symbol: char) -> bool {
    matches!(symbol as u32, 0x3040..=0x30FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xAC00..=0xD7AF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF)
}

fn half_width(symbol: char) -> char {
    match symbol {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(symbol as u32 - 0xFEE0).unwrap_or(symbol),
        other => other,
    }
}
