//! As much of Rust's lexing as telling code, strings and comments apart takes.

/// A source with comments and strings blanked out, line by line as it was, and its strings with their lines from 1.
pub(super) struct Lexed {
    pub code: String,
    pub strings: Vec<(usize, String)>,
}

pub(super) fn lex(text: &str) -> Lexed {
    let mut lexer = Lexer { rest: text, line: 1, code: String::with_capacity(text.len()), strings: Vec::new() };
    while lexer.step() {}
    Lexed { code: lexer.code, strings: lexer.strings }
}

struct Lexer<'t> {
    rest: &'t str,
    line: usize,
    code: String,
    strings: Vec<(usize, String)>,
}

impl Lexer<'_> {
    /// Takes one comment, string or character. `false` at the end.
    fn step(&mut self) -> bool {
        let Some(first) = self.rest.chars().next() else { return false };
        if self.rest.starts_with("//") {
            let end = self.rest.find('\n').unwrap_or(self.rest.len());
            self.blank(end);
        } else if self.rest.starts_with("/*") {
            self.blank(block(self.rest));
        } else if first == '"' {
            let end = quoted(self.rest);
            self.string(1, end, 1);
        } else if let Some((open, end, close)) = raw(self.rest).filter(|_| !self.in_word()) {
            self.string(open, end, close);
        } else if first == '\'' {
            self.blank(character(self.rest));
        } else {
            self.keep(first.len_utf8());
        }
        true
    }

    /// Whether the character before belongs to a name, so that `for"` is no raw string.
    fn in_word(&self) -> bool {
        self.code.chars().next_back().is_some_and(|last| last.is_alphanumeric() || last == '_')
    }

    fn keep(&mut self, bytes: usize) {
        let (taken, rest) = self.rest.split_at(bytes);
        self.line += taken.matches('\n').count();
        self.code.push_str(taken);
        self.rest = rest;
    }

    fn blank(&mut self, bytes: usize) {
        let (taken, rest) = self.rest.split_at(bytes);
        let lines = taken.matches('\n').count();
        self.line += lines;
        self.code.push(' ');
        self.code.push_str(&"\n".repeat(lines));
        self.rest = rest;
    }

    fn string(&mut self, open: usize, end: usize, close: usize) {
        let inside = self.rest.get(open..end.saturating_sub(close)).unwrap_or_default().to_owned();
        self.strings.push((self.line, inside));
        self.code.push('"');
        self.blank(end);
        self.code.push('"');
    }
}

/// Length of a nested block comment.
fn block(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        if text[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if text[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// Length of a string from its opening quote to past its closing one.
fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// A raw or byte string: where its content begins, its whole length, and how much closes it.
fn raw(text: &str) -> Option<(usize, usize, usize)> {
    let prefix = ["br", "r", "b", "c"].into_iter().find(|prefix| {
        text.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('"') || (prefix.ends_with('r') && rest.starts_with('#')))
    })?;
    let after = &text[prefix.len()..];
    if !prefix.ends_with('r') {
        return Some((prefix.len() + 1, prefix.len() + quoted(after), 1));
    }
    let hashes = after.len() - after.trim_start_matches('#').len();
    let open = prefix.len() + hashes + 1;
    if !after[hashes..].starts_with('"') {
        // `r#name` is a name.
        return None;
    }
    let closing = format!("\"{}", "#".repeat(hashes));
    let end = text[open..].find(&closing).map_or(text.len(), |at| open + at + closing.len());
    Some((open, end, closing.len()))
}

/// Length of a character literal, or of the quote of a lifetime.
fn character(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), _) => text[1..].find('\'').map_or(1, |at| {
            // `'\''` has one more.
            let end = at + 2;
            if text[1..].starts_with("\\'") { end + 1 } else { end }
        }),
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 1,
    }
}
