//! A statement's shape: the same for every statement that differs only in literals, case, blanks and comments.

use crate::lex::{Quoting, Sort, Token, Tokens};

/// A statement cut into its shape and its literals; the buffers are used again for the next.
#[derive(Debug, Default)]
pub struct Shape {
    /// The shape itself, lower case, literals as `?`.
    pub key: Vec<u8>,
    pub tokens: Vec<Token>,
    /// Positions in `tokens` of the literals, in order.
    pub literals: Vec<u32>,
}

impl Shape {
    pub fn take(&mut self, sql: &str, quoting: Quoting) {
        self.key.clear();
        self.tokens.clear();
        self.literals.clear();
        self.key.push(quoting as u8);
        let bytes = sql.as_bytes();
        let mut wordy = false;
        for token in Tokens::new(sql, quoting) {
            let literal = matches!(token.sort, Sort::Text | Sort::Number);
            if literal {
                self.literals.push(u32::try_from(self.tokens.len()).unwrap_or(u32::MAX));
            }
            let word = token.sort != Sort::Sign;
            if word && wordy {
                self.key.push(b' ');
            }
            match token.sort {
                Sort::Text => self.key.push(b'?'),
                // Told apart from a text: `GROUP BY 1` is not `GROUP BY 'a'`.
                Sort::Number => self.key.push(b'0'),
                Sort::Bind => self.key.push(b':'),
                Sort::Word | Sort::QuotedWord | Sort::Sign => {
                    self.key.extend(bytes[token.start..token.end].iter().map(u8::to_ascii_lowercase))
                }
            }
            wordy = word;
            self.tokens.push(token);
        }
    }

    /// The content of a literal: quotes taken off, `''` left doubled.
    pub fn literal<'s>(&self, sql: &'s str, index: usize) -> &'s str {
        self.literals.get(index).and_then(|at| self.tokens.get(*at as usize)).map_or("", |token| content(sql, *token))
    }

    /// A short name of the shape that is the same on every machine: FNV-1a, 64 bits.
    pub fn name(&self) -> u64 {
        self.key.iter().skip(1).fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
    }
}

/// What a word or literal says without its quotes.
pub fn content(sql: &str, token: Token) -> &str {
    let raw = &sql[token.start..token.end];
    let bare = match token.sort {
        Sort::Text if raw.starts_with('$') => {
            let tag = raw[1..].find('$').map_or(1, |at| at + 2);
            return raw.get(tag..raw.len().saturating_sub(tag)).unwrap_or("");
        }
        Sort::Text if raw.starts_with(['q', 'Q']) => return raw.get(3..raw.len().saturating_sub(2)).unwrap_or(""),
        Sort::Text => raw.trim_start_matches(['n', 'N', 'e', 'E', 'b', 'B', 'x', 'X']),
        Sort::QuotedWord => raw,
        _ => return raw,
    };
    let end = bare.len().saturating_sub(usize::from(bare.len() > 1 && bare.ends_with(['\'', '"', '`', ']'])));
    bare.get(1..end).unwrap_or("")
}
