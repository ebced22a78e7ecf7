//! People in reading order: by department, then by name, as a printed roll has them.

use engine::{Directory, Person};

/// Sorts before another where it is read before it. GBK sets the characters in common use by their pinyin.
pub(crate) fn order(directory: &Directory, person: &Person) -> (Vec<u8>, Vec<u8>, String) {
    let unit = person.unit.and_then(|unit| directory.unit(unit)).map(|unit| unit.name.as_str()).unwrap_or_default();
    let read = |text: &str| encoding_rs::GBK.encode(text).0.into_owned();
    (read(unit), read(&person.name), person.code.clone())
}
