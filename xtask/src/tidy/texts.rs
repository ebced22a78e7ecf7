//! What one file may not be or hold.

use super::Untidy;
use super::lexer::lex;
use super::names::Names;
use crate::tree::Source;
use std::collections::BTreeSet;

/// Longer files hold more than one idea.
const LONGEST: usize = 600;

/// The clock, the environment and chance are arguments of these crates.
const PURE: [&str; 3] = ["crates/catalogue/src/", "crates/engine/src/", "crates/vault/src/"];

/// Where the vault takes randomness from, behind a trait that tests and imports fill otherwise.
const ENTROPY: &str = "crates/vault/src/entropy.rs";

const RAW: [(&str, &str); 12] = [
    ("SystemTime::now", "the clock"),
    ("Instant::now", "the clock"),
    ("Timestamp::now", "the clock"),
    ("Zoned::now", "the clock"),
    ("env::var", "the environment"),
    ("env::args", "the environment"),
    ("rand::rng", "chance"),
    ("thread_rng", "chance"),
    ("SysRng", "chance"),
    ("getrandom", "chance"),
    ("now_v7", "chance and the clock"),
    ("new_v4", "chance"),
];

pub(super) fn check(file: &Source, names: &Names) -> Vec<Untidy> {
    let mut found = Vec::new();
    let counted = ["rs", "ts", "mjs", "css", "html", "sql", "toml", "md", "py", "sh"].iter().any(|kind| extension(&file.path) == *kind);
    let lines = file.text.lines().count();
    if counted && lines > LONGEST {
        found.push(Untidy::new(&file.path, 0, format!("has {lines} lines: split it by idea before {LONGEST}")));
    }
    found.extend(left_over(file));
    if extension(&file.path) == "rs" {
        found.extend(code(file, names));
    }
    found
}

fn extension(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// Marks of unfinished work and paths of somebody's machine. The words are put together here so that this file is tidy.
fn left_over(file: &Source) -> Vec<Untidy> {
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME")];
    let paths = [concat!("/wo", "rk/"), concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("/Us", "ers/")];
    let mut found = Vec::new();
    for (at, line) in file.text.lines().enumerate() {
        if let Some(mark) = marks.iter().find(|mark| words(line).any(|word| word == **mark)) {
            found.push(Untidy::new(&file.path, at + 1, format!("{mark}: finish it or file an issue")));
        }
        if let Some(path) = paths.iter().find(|path| begins_a_path(line, path)) {
            found.push(Untidy::new(&file.path, at + 1, format!("{path}… is a path of one machine")));
        }
    }
    found
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !(c.is_alphanumeric() || c == '_'))
}

/// Whether an absolute path begins there: not inside a web address or a longer path.
fn begins_a_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|before| !(before.is_alphanumeric() || "./_-}*".contains(before)))
    })
}

fn code(file: &Source, names: &Names) -> Vec<Untidy> {
    let mut found = Vec::new();
    let in_tests = file.path.contains("/tests/") || file.path.contains("/benches/") || file.path.contains("/examples/");
    if in_tests {
        return found;
    }
    let lexed = lex(&file.text);
    // Tests of a file's own stand at its end.
    let until = lexed.code.find("#[cfg(test)]").map_or(usize::MAX, |at| lexed.code[..at].matches('\n').count());
    let pure = PURE.iter().any(|folder| file.path.starts_with(folder)) && file.path != ENTROPY;
    for (at, line) in lexed.code.lines().enumerate().take_while(|(at, _)| *at < until) {
        if line.contains(".unwrap()") {
            found.push(Untidy::new(&file.path, at + 1, "unwrap outside tests: say why it cannot fail with expect, or return the error"));
        }
        if let Some(macro_name) = ["todo!", "unimplemented!", "dbg!"].iter().find(|name| line.contains(*name)) {
            found.push(Untidy::new(&file.path, at + 1, format!("{macro_name} is not for what is committed")));
        }
        if let Some((_, what)) = RAW.iter().find(|(raw, _)| pure && line.contains(raw)) {
            found.push(Untidy::new(&file.path, at + 1, format!("a pure crate takes {what} as an argument")));
        }
    }
    found.extend(names.check(file, &lexed, until));
    found
}

/// A definition and its companion: the specification of a register, the fixtures of a rule.
pub(super) fn companions(files: &[Source]) -> Vec<Untidy> {
    let there: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let wanted = |folder: &str, kind: &str| {
        let definitions = there.iter().filter(|path| path.starts_with(folder) && path.ends_with(kind));
        let missing = definitions.filter(|path| !there.contains(format!("{}.md", path.trim_end_matches(kind)).as_str()));
        missing.map(|path| Untidy::new(path, 0, "has no .md beside it that says what holds")).collect::<Vec<_>>()
    };
    [wanted("catalogue/registers/", ".toml"), wanted("catalogue/rules/", ".sql")].concat()
}
