//! Words for full-text search: overlapping pairs of characters where a script writes without spaces, whole words elsewhere.
//!
//! 收受红包 is kept as 收受 受红 红包 包, so that every word of two characters is found, and the last character alone.
//! Latin letters and digits are kept as words in small letters; full-width forms count as plain ones.

use crate::db::Dialect;
use engine::{Run, runs};

/// A word longer than this is cut: nobody types it, and PostgreSQL's limit is near.
const LONGEST: usize = 64;

/// The words an index keeps of a run.
fn kept(run: &Run) -> Vec<String> {
    let symbols = &run.symbols;
    if run.is_unspaced {
        (0..symbols.len()).map(|at| symbols[at..(at + 2).min(symbols.len())].iter().collect()).collect()
    } else {
        vec![symbols.iter().take(LONGEST).collect()]
    }
}

/// The words a query asks for, side by side, and whether the last is only a beginning.
fn asked(run: &Run) -> (Vec<String>, bool) {
    if !run.is_unspaced || run.symbols.len() == 1 {
        return (kept(run), true);
    }
    (kept(run).into_iter().take(run.symbols.len() - 1).collect(), false)
}

/// Collects the words of an entry's fields.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Words(Vec<String>);

impl Words {
    pub(crate) fn add(&mut self, text: &str) {
        self.0.extend(runs(text).iter().flat_map(kept));
    }

    /// An id is one word: a person is found by name through the directory, whatever they are called today.
    pub(crate) fn add_id(&mut self, id: uuid::Uuid) {
        self.0.push(id.simple().to_string());
    }

    /// As SQLite's index takes them.
    pub(crate) fn spaced(&self) -> String {
        self.0.join(" ")
    }
}

/// As PostgreSQL's index takes them: one finished vector, so that its own parser, which cuts by locale, has no say. Words for
/// everybody weigh A, those of confidential fields B; a gap keeps the two from being neighbours.
pub(crate) fn vector(open: &Words, guarded: &Words) -> String {
    let open_words = open.0.iter().zip(1..).map(|(word, at)| lexeme(word, at, 'A'));
    let guarded_words = guarded.0.iter().zip(open.0.len() + 2..).map(|(word, at)| lexeme(word, at, 'B'));
    open_words.chain(guarded_words).collect::<Vec<_>>().join(" ")
}

fn lexeme(word: &str, at: usize, weight: char) -> String {
    // PostgreSQL counts positions no further.
    format!("'{word}':{}{weight}", at.min(16_383))
}

/// A query in each database's language: all runs of the text, or else one of the ids; in all words, or in the open ones only.
/// `None`: there is nothing to look for.
pub(crate) fn query(text: &str, ids: &[uuid::Uuid], dialect: Dialect, open_only: bool) -> Option<String> {
    let runs: Vec<String> = runs(text).iter().map(|run| phrase(run, dialect, open_only)).collect();
    if runs.is_empty() {
        return None;
    }
    let ids = ids.iter().map(|id| id.simple());
    Some(match dialect {
        Dialect::Sqlite => {
            let any: Vec<String> = std::iter::once(format!("({})", runs.join(" AND "))).chain(ids.map(|id| format!("\"{id}\""))).collect();
            format!("{}({})", if open_only { "open : " } else { "" }, any.join(" OR "))
        }
        Dialect::Postgres => {
            let mark = if open_only { ":A" } else { "" };
            let any: Vec<String> =
                std::iter::once(format!("({})", runs.join(" & "))).chain(ids.map(|id| format!("'{id}'{mark}"))).collect();
            any.join(" | ")
        }
    })
}

fn phrase(run: &Run, dialect: Dialect, open_only: bool) -> String {
    let (words, is_beginning) = asked(run);
    let weight = if open_only { "A" } else { "" };
    match (dialect, is_beginning) {
        (Dialect::Sqlite, false) => format!("\"{}\"", words.join(" ")),
        (Dialect::Sqlite, true) => format!("\"{}\" *", words.join(" ")),
        (Dialect::Postgres, true) => format!("'{}':*{weight}", words.join(" ")),
        (Dialect::Postgres, false) => {
            let mark = if open_only { ":A" } else { "" };
            format!("({})", words.iter().map(|word| format!("'{word}'{mark}")).collect::<Vec<_>>().join(" <-> "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> String {
        let mut words = Words::default();
        words.add(text);
        words.spaced()
    }

    #[test]
    fn two_characters_make_a_word_and_the_last_stands_alone() {
        assert_eq!(all("收受红包"), "收受 受红 红包 包");
        assert_eq!(all("红包，ＬＰ-2026"), "红包 包 lp 2026");
        assert_eq!(all("，。"), "");
    }

    #[test]
    fn a_query_asks_for_neighbours() {
        assert_eq!(query("红包裹", &[], Dialect::Sqlite, false).as_deref(), Some("((\"红包 包裹\"))"));
        assert_eq!(query("红", &[], Dialect::Sqlite, true).as_deref(), Some("open : ((\"红\" *))"));
        assert_eq!(query("红包 lp", &[], Dialect::Postgres, true).as_deref(), Some("(('红包':A) & 'lp':*A)"));
        assert_eq!(query("  ，", &[], Dialect::Sqlite, false), None);
    }
}
