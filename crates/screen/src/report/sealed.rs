//! Sealed cells: what an unlocker says, or 〔密〕.

use super::Unlock;
use super::marks::Mark;
use office::paper;

/// The query marks a sealed cell only where the envelope fills the field.
pub(super) fn open(marks: &[Mark], field: &str, unlock: Option<&dyn Unlock>) -> paper::Cell {
    let mut texts = Vec::new();
    for entry in marks.iter().filter_map(|mark| mark.entry) {
        match unlock.and_then(|unlock| unlock.open(entry, field)) {
            Some(text) => texts.push(text),
            None => return paper::Cell::Sealed,
        }
    }
    if texts.is_empty() { paper::Cell::Blank } else { paper::Cell::Text(texts.join("；")) }
}
