//! Words: both languages say the same keys, every key a page asks for exists, and none is left over.

use crate::house::CATALOGUE;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Keys of a language with the values each wants.
fn keys(tag: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut keys = BTreeMap::new();
    let folder = format!("locales/{tag}/");
    for (_, text) in CATALOGUE.files.iter().filter(|(path, _)| path.starts_with(&folder)) {
        let mut key = String::new();
        for line in text.lines() {
            if let Some((name, _)) =
                line.split_once(" =").filter(|(name, _)| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
            {
                key = name.to_owned();
                let known: Option<BTreeSet<String>> = keys.insert(key.clone(), BTreeSet::new());
                assert!(known.is_none(), "{tag} says {key} twice");
            }
            let values: BTreeSet<String> =
                line.split('$').skip(1).map(|rest| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()).collect();
            keys.entry(key.clone()).or_default().extend(values);
        }
    }
    keys.remove("");
    keys
}

#[test]
fn both_languages_say_the_same_keys_with_the_same_values() {
    let (zh, en) = (keys("zh-CN"), keys("en"));
    assert!(zh.len() > 300, "the locale files were read");
    assert_eq!(zh.keys().collect::<Vec<_>>(), en.keys().collect::<Vec<_>>());
    for (key, values) in &zh {
        assert_eq!(values, &en[key], "values of {key}");
    }
}

/// Everything between quotes in the sources and templates.
fn quoted() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = BTreeSet::new();
    let mut folders = vec![root.join("src"), root.join("templates")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("a source");
            for mark in ['"', '\''] {
                found.extend(text.split(mark).filter(|part| part.len() < 40 && !part.contains(char::is_whitespace)).map(str::to_owned));
            }
        }
    }
    found
}

/// Keys put together from a start and a word: deeds of the log, weekdays, themes, toasts, journeys and accounts of a demo.
const MADE: [&str; 6] = ["deed-", "weekday-", "theme-", "toast-", "tour-trip-", "tour-as-"];

#[test]
fn every_key_is_used_and_every_used_key_exists() {
    let known = keys("zh-CN");
    let quoted = quoted();
    let unused: Vec<&String> =
        known.keys().filter(|key| !quoted.contains(*key) && !MADE.iter().any(|start| key.starts_with(start))).collect();
    assert!(unused.is_empty(), "no page asks for {unused:?}");
}

#[test]
fn every_key_of_a_template_or_a_page_is_known() {
    let known = keys("zh-CN");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut unknown = Vec::new();
    let mut folders = vec![(root.join("src"), &["say(\"", "fill(\""][..]), (root.join("templates"), &["t(\"", "t('"])];
    while let Some((folder, calls)) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push((path, calls));
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("a source");
            for call in calls {
                let parts: Vec<&str> = text.split(call).collect();
                // `asset("…")` ends in the same letters and asks for no words.
                let asked = parts
                    .windows(2)
                    .filter(|pair| !pair[0].ends_with(char::is_alphabetic))
                    .filter_map(|pair| pair[1].split(['"', '\'']).next());
                unknown.extend(
                    asked
                        .filter(|key| !key.ends_with('-') && !known.contains_key(*key))
                        .map(|key| format!("{} in {}", key, path.display())),
                );
            }
        }
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
}
