//! Both languages say the same things: same files, same messages, same variables.

use super::Untidy;
use crate::tree::Source;
use std::collections::{BTreeMap, BTreeSet};

const FOLDER: &str = "catalogue/locales/";

/// Messages of one language by file and key, each with its line and its variables.
type Messages = BTreeMap<(String, String), (usize, BTreeSet<String>)>;

pub(super) fn check(files: &[Source]) -> Vec<Untidy> {
    let mut languages: BTreeMap<&str, Messages> = BTreeMap::new();
    let mut found = Vec::new();
    for file in files {
        let Some((language, name)) = file.path.strip_prefix(FOLDER).and_then(|rest| rest.split_once('/')) else { continue };
        let messages = languages.entry(language).or_default();
        for (key, line, variables) in read(&file.text) {
            if messages.insert((name.to_owned(), key.clone()), (line, variables)).is_some() {
                found.push(Untidy::new(&file.path, line, format!("the message {key} is here twice")));
            }
        }
    }
    for (language, messages) in &languages {
        for (other, theirs) in languages.iter().filter(|(other, _)| *other != language) {
            for ((name, key), (line, variables)) in messages {
                let path = format!("{FOLDER}{language}/{name}");
                match theirs.get(&(name.clone(), key.clone())) {
                    None => found.push(Untidy::new(&path, *line, format!("the message {key} is missing in {other}/{name}"))),
                    Some((_, others)) if variables != others => {
                        found.push(Untidy::new(&path, *line, format!("the message {key} has other variables in {other}/{name}")));
                    }
                    Some(_) => {}
                }
            }
        }
    }
    found
}

/// Keys of a Fluent file, attributes as `key.attribute`, with their lines and variables.
fn read(text: &str) -> Vec<(String, usize, BTreeSet<String>)> {
    let mut found: Vec<(String, usize, BTreeSet<String>)> = Vec::new();
    let mut message = String::new();
    for (at, line) in text.lines().enumerate() {
        let key = line.split_once('=').map(|(key, _)| key.trim_end()).unwrap_or_default();
        let is_key = |key: &str| !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        if line.starts_with(|c: char| c.is_ascii_alphabetic()) && is_key(key) {
            message = key.to_owned();
            found.push((message.clone(), at + 1, BTreeSet::new()));
        } else if let Some(attribute) = key.trim_start().strip_prefix('.').filter(|name| line.starts_with(' ') && is_key(name)) {
            found.push((format!("{message}.{attribute}"), at + 1, BTreeSet::new()));
        }
        if let Some((_, _, variables)) = found.last_mut().filter(|_| !line.starts_with('#')) {
            variables.extend(used(line));
        }
    }
    found
}

/// `{ $name }` and `{ $name -> …`.
fn used(line: &str) -> impl Iterator<Item = String> {
    line.split('$').skip(1).map(|rest| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_' || *c == '-').collect())
}
