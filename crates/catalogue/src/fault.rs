//! Faults: what is wrong with a definition, where, and what to do about it.

use std::fmt;
use std::sync::Arc;

/// Where in which file. Lines and columns count from 1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Place {
    pub file: Arc<str>,
    pub line: u32,
    pub column: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// One wrong thing in a definition, said in both languages.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Fault {
    pub place: Place,
    pub zh: String,
    pub en: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}  {}  |  {}", self.place, self.zh, self.en)
    }
}

/// Collects every fault, so that an author sees them all at once.
#[derive(Debug, Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    pub fn add(&mut self, place: &Place, zh: impl Into<String>, en: impl Into<String>) {
        self.0.push(Fault { place: place.clone(), zh: zh.into(), en: en.into() });
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// All faults, by file and line, each once.
    pub fn into_sorted(mut self) -> Vec<Fault> {
        self.0.sort();
        self.0.dedup();
        self.0
    }
}

/// The known word nearest to a mistyped one, when it is near enough to be a likely slip.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Of two as near, the one that begins alike: the first letter is seldom the slip.
    known
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate.chars().next() != word.chars().next(), candidate))
        .filter(|(far, _, candidate)| *far <= 1 + candidate.len().max(word.len()) / 4)
        .min()
        .map(|(_, _, candidate)| candidate)
}

/// Levenshtein distance in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let next = (diagonal + usize::from(x != *y)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = row[j + 1];
            row[j + 1] = next;
        }
    }
    row[b.len()]
}
