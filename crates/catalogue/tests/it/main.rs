//! Definitions are read and checked: the shipped ones whole, broken ones with every fault named.

#![allow(clippy::unwrap_used)]

mod calendar;
mod conditions;
mod counted;
mod custody;
mod faults;
mod handing;
mod letter;
mod nameless;
mod overlay;
mod quota;
mod readers;
mod retention;
mod serving;
mod shipped;
mod site;
mod talks;
mod ways;

use catalogue::{Catalogue, Fault, Sources, embedded};

/// A small sound catalogue to break on purpose.
pub fn small() -> Sources {
    let mut files = Sources::new();
    files.insert("areas.toml".into(), "[gift]\ntitle = \"红包\"\nshort = \"红包\"\nicon = \"gift\"\n".into());
    files.insert("roles.toml".into(), include_str!("small/roles.toml").into());
    files.insert("lists/form.toml".into(), include_str!("small/form.toml").into());
    files.insert("registers/gift/gift.toml".into(), include_str!("small/gift.toml").into());
    files
}

/// The small catalogue with one text replaced by another; the replaced text must be there.
pub fn changed(path: &str, from: &str, to: &str) -> Sources {
    let mut files = small();
    let text = files.get_mut(path).expect("the file is in the small catalogue");
    assert!(text.contains(from), "{path} has no {from:?}");
    *text = text.replacen(from, to, 1);
    files
}

/// Loads the small catalogue with one text replaced; it must not load.
pub fn broken(path: &str, from: &str, to: &str) -> Vec<Fault> {
    match Catalogue::load(&changed(path, from, to), None) {
        Ok(_) => panic!("{path} loads although {from:?} became {to:?}"),
        Err(faults) => faults,
    }
}

/// Loads the shipped catalogue with one text of a file replaced; the replaced text must be there.
pub fn shipped_with(path: &str, from: &str, to: &str) -> Result<Catalogue, Vec<Fault>> {
    let mut files = embedded();
    let text = files.get_mut(path).expect("the file is shipped");
    assert!(text.contains(from), "{path} has no {from:?}");
    *text = text.replacen(from, to, 1);
    Catalogue::load(&files, None)
}

/// Loads the shipped catalogue under one file of a site.
pub fn over(path: &str, text: &str) -> Result<Catalogue, Vec<Fault>> {
    Catalogue::load(&embedded(), Some(&Sources::from([(path.to_owned(), text.to_owned())])))
}

/// One of the faults says this in English, and something in Chinese.
#[track_caller]
pub fn assert_said(faults: &[Fault], says: &str) {
    let found = faults.iter().any(|fault| fault.en.contains(says) && !fault.zh.is_empty());
    assert!(found, "expected {says:?}, found:\n{}", listed(faults));
}

/// One of the faults stands on this line and says this in English, and something in Chinese.
#[track_caller]
pub fn assert_says(faults: &[Fault], file: &str, line: u32, says: &str) {
    let found = faults
        .iter()
        .any(|fault| *fault.place.file == *file && fault.place.line == line && fault.en.contains(says) && !fault.zh.is_empty());
    assert!(found, "expected {file}:{line} to say {says:?}, found:\n{}", listed(faults));
}

pub fn listed(faults: &[Fault]) -> String {
    faults.iter().map(Fault::to_string).collect::<Vec<_>>().join("\n")
}

/// The line, from 1, on which a snippet first stands.
pub fn line_of(text: &str, snippet: &str) -> u32 {
    let at = text.find(snippet).unwrap_or_else(|| panic!("{snippet:?} is not in:\n{text}"));
    1 + text[..at].matches('\n').count() as u32
}
