//! A fast tokenizer that cares only for what a statement's shape needs: words, literals, comments.

/// The family of quoting and comment rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quoting {
    Standard,
    /// Backslash escapes, `"text"`, `# comment`.
    MySql,
    /// Comments nest.
    Postgres,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    Word,
    /// `"name"`, `` `name` `` or `[name]`.
    QuotedWord,
    Text,
    Number,
    /// `?`, `:name`, `$1`.
    Bind,
    Sign,
}

/// *Units*: byte offsets into the statement.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    pub sort: Sort,
    pub start: usize,
    pub end: usize,
}

pub struct Tokens<'a> {
    sql: &'a [u8],
    at: usize,
    quoting: Quoting,
    /// Depth of `/*! … */`, whose content MySQL runs.
    run: u32,
    last: Option<Token>,
}

impl<'a> Tokens<'a> {
    pub fn new(sql: &'a str, quoting: Quoting) -> Self {
        Self { sql: sql.as_bytes(), at: 0, quoting, run: 0, last: None }
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.sql.get(self.at + ahead).copied().unwrap_or(0)
    }

    /// Skips blanks and comments.
    fn skip(&mut self) {
        loop {
            let byte = self.peek(0);
            if byte <= b' ' && self.at < self.sql.len() {
                self.at += 1;
            } else if self.sql[self.at..].starts_with("\u{3000}".as_bytes()) {
                self.at += 3;
            } else if self.sql[self.at..].starts_with("\u{a0}".as_bytes()) {
                self.at += 2;
            } else if byte == b'-' && self.peek(1) == b'-' || byte == b'#' && self.quoting == Quoting::MySql {
                while self.at < self.sql.len() && self.sql[self.at] != b'\n' {
                    self.at += 1;
                }
            } else if byte == b'/' && self.peek(1) == b'*' {
                if self.peek(2) == b'!' || self.peek(2) == b'M' && self.peek(3) == b'!' {
                    self.at += if self.peek(2) == b'!' { 3 } else { 4 };
                    while self.peek(0).is_ascii_digit() {
                        self.at += 1;
                    }
                    self.run += 1;
                } else {
                    self.comment();
                }
            } else if self.run > 0 && byte == b'*' && self.peek(1) == b'/' {
                self.at += 2;
                self.run -= 1;
            } else {
                return;
            }
        }
    }

    fn comment(&mut self) {
        let mut depth = 1;
        self.at += 2;
        while self.at < self.sql.len() && depth > 0 {
            if self.peek(0) == b'*' && self.peek(1) == b'/' {
                depth -= 1;
                self.at += 2;
            } else if self.peek(0) == b'/' && self.peek(1) == b'*' && self.quoting == Quoting::Postgres {
                depth += 1;
                self.at += 2;
            } else {
                self.at += 1;
            }
        }
        self.at = self.at.min(self.sql.len());
    }

    /// Runs to the closing quote, which doubled stands for itself.
    fn quoted(&mut self, close: u8, backslash: bool) {
        self.at += 1;
        while self.at < self.sql.len() {
            let byte = self.sql[self.at];
            if backslash && byte == b'\\' {
                self.at += 1;
            } else if byte == close {
                if self.peek(1) != close {
                    self.at += 1;
                    return;
                }
                self.at += 1;
            }
            self.at += 1;
        }
        self.at = self.at.min(self.sql.len());
    }

    /// `q'[…]'` of Oracle: the closing bracket and the quote.
    fn bracketed(&mut self) {
        self.at += 2;
        let close = match self.peek(0) {
            b'[' => b']',
            b'(' => b')',
            b'{' => b'}',
            b'<' => b'>',
            other => other,
        };
        self.at += 1;
        while self.at < self.sql.len() && !(self.peek(0) == close && self.peek(1) == b'\'') {
            self.at += 1;
        }
        self.at = (self.at + 2).min(self.sql.len());
    }

    /// `$tag$ … $tag$`; answers whether there was one.
    fn dollared(&mut self) -> bool {
        let rest = &self.sql[self.at..];
        let Some(second) = rest[1..].iter().position(|byte| *byte == b'$') else { return false };
        let tag = &rest[..second + 2];
        if !tag[1..second + 1].iter().all(|byte| byte.is_ascii_alphabetic() || *byte == b'_') {
            return false;
        }
        let body = &rest[tag.len()..];
        let end = body.windows(tag.len()).position(|window| window == tag).map_or(rest.len(), |at| at + 2 * tag.len());
        self.at += end;
        true
    }

    fn word(&mut self) {
        while self.at < self.sql.len() {
            let byte = self.sql[self.at];
            let blank = byte >= 0x80
                && (self.sql[self.at..].starts_with("\u{3000}".as_bytes()) || self.sql[self.at..].starts_with("\u{a0}".as_bytes()));
            if !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'#') || byte >= 0x80) || blank {
                return;
            }
            self.at += 1;
        }
    }

    fn number(&mut self) {
        while matches!(self.peek(0), b'0'..=b'9' | b'.') {
            self.at += 1;
        }
        if matches!(self.peek(0), b'e' | b'E')
            && (self.peek(1).is_ascii_digit() || matches!(self.peek(1), b'+' | b'-') && self.peek(2).is_ascii_digit())
        {
            self.at += 2;
            while self.peek(0).is_ascii_digit() {
                self.at += 1;
            }
        }
    }

    fn sort(&mut self) -> Sort {
        let (byte, next) = (self.peek(0), self.peek(1));
        let backslash = self.quoting == Quoting::MySql;
        let after_word = self.last.is_some_and(|last| last.end == self.at && matches!(last.sort, Sort::Word | Sort::QuotedWord));
        match byte {
            b'\'' => {
                self.quoted(b'\'', backslash);
                Sort::Text
            }
            b'"' if backslash => {
                self.quoted(b'"', true);
                Sort::Text
            }
            b'n' | b'N' | b'b' | b'B' | b'x' | b'X' if next == b'\'' => {
                self.at += 1;
                self.quoted(b'\'', backslash);
                Sort::Text
            }
            b'e' | b'E' if next == b'\'' => {
                self.at += 1;
                self.quoted(b'\'', true);
                Sort::Text
            }
            b'q' | b'Q' if next == b'\'' => {
                self.bracketed();
                Sort::Text
            }
            b'"' | b'`' => {
                self.quoted(byte, false);
                Sort::QuotedWord
            }
            b'[' if !after_word && (next.is_ascii_alphabetic() || next >= 0x80 || next == b'_' || next == b'#') => {
                self.quoted(b']', false);
                Sort::QuotedWord
            }
            b'0'..=b'9' => {
                self.number();
                Sort::Number
            }
            b'.' if next.is_ascii_digit() && !after_word => {
                self.number();
                Sort::Number
            }
            b'$' if self.dollared() => Sort::Text,
            b'$' | b':' if next.is_ascii_alphanumeric() || next == b'_' || byte == b':' && next >= 0x80 => {
                self.at += 1;
                self.word();
                Sort::Bind
            }
            b'?' => {
                self.at += 1;
                Sort::Bind
            }
            b'@' if next.is_ascii_alphanumeric() || matches!(next, b'_' | b'@') || next >= 0x80 => {
                self.at += if next == b'@' { 2 } else { 1 };
                self.word();
                Sort::Word
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'#' | 0x80.. => {
                self.at += 1;
                self.word();
                Sort::Word
            }
            _ => {
                let two = matches!((byte, next), (b'<', b'=' | b'>') | (b'>', b'=') | (b'!', b'=') | (b'|', b'|') | (b':', b':' | b'='));
                self.at += if two { 2 } else { 1 };
                Sort::Sign
            }
        }
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        self.skip();
        if self.at >= self.sql.len() {
            return None;
        }
        let start = self.at;
        let sort = self.sort();
        let token = Token { sort, start, end: self.at };
        self.last = Some(token);
        Some(token)
    }
}
