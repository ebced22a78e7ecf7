//! No Rust knows a shipped register or area by its name: what is said of one belongs in its definition.

use super::Untidy;
use super::lexer::Lexed;
use crate::tree::Source;
use std::collections::BTreeSet;

/// Tells stories about the shipped registers, which is what a demo is for.
const TELLS_STORIES: &str = "crates/demo/";

/// Names that are plain words as well, kinds of fields above all: they count where the line speaks of registers.
const PLAIN_WORDS: [&str; 7] = ["report", "case", "task", "notice", "person", "unit", "supplier"];

/// What a line says that speaks of registers or areas.
const SPEAKS: [&str; 6] = ["register", "area", "request::", "query::of", "shell(", "const "];

/// Ids of what is shipped.
pub(super) struct Names {
    registers: BTreeSet<String>,
    areas: BTreeSet<String>,
}

impl Names {
    pub(super) fn of(files: &[Source]) -> Self {
        let places =
            || files.iter().filter_map(|file| file.path.strip_prefix("catalogue/registers/")?.strip_suffix(".toml")?.split_once('/'));
        let heads = files.iter().filter(|file| file.path == "catalogue/areas.toml").flat_map(|file| file.text.lines());
        let areas = heads.filter_map(|line| line.strip_prefix('[')?.strip_suffix(']'));
        Self { registers: places().map(|(_, name)| name.to_owned()).collect(), areas: areas.map(str::to_owned).collect() }
    }

    /// `until`: the line from 0 from which on the file tests itself.
    pub(super) fn check(&self, file: &Source, lexed: &Lexed, until: usize) -> Vec<Untidy> {
        if !file.path.starts_with("crates/") || file.path.starts_with(TELLS_STORIES) {
            return Vec::new();
        }
        let speaks = |line: usize| {
            let code = lexed.code.lines().nth(line - 1).unwrap_or_default().to_lowercase();
            SPEAKS.iter().any(|word| code.contains(word))
        };
        let strings = lexed.strings.iter().filter(|(line, _)| *line <= until);
        let named = strings.filter_map(|(line, text)| Some((*line, self.named(text, || speaks(*line))?)));
        named
            .map(|(line, what)| Untidy::new(&file.path, line, format!("names {what}: what is said of it belongs in its definition")))
            .collect()
    }

    /// The register or area that a string is, asks SQL for, or leads to.
    fn named(&self, text: &str, speaks: impl Fn() -> bool) -> Option<String> {
        let is_plain = PLAIN_WORDS.contains(&text) || self.registers.contains(text) && self.areas.contains(text);
        if (self.registers.contains(text) || self.areas.contains(text)) && (!is_plain || speaks()) {
            let kind = if self.registers.contains(text) { "register" } else { "area" };
            return Some(format!("the {kind} {text:?}"));
        }
        let of_registers = text.contains("register");
        let inside = |name: &&String| {
            of_registers && text.contains(&format!("'{name}'"))
                || [format!("FROM {name}"), format!("JOIN {name}"), format!("/r/{name}"), format!("register={name}")]
                    .iter()
                    .any(|said| ends_there(text, said))
        };
        self.registers.iter().find(inside).map(|name| format!("the register {name:?}"))
    }
}

/// Whether something is said and the word ends with it.
fn ends_there(text: &str, said: &str) -> bool {
    text.match_indices(said).any(|(at, _)| !text[at + said.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_'))
}
