//! Definitions are read and checked: the shipped ones whole, broken ones with every fault named.

mod calendar;
mod faults;
mod overlay;
mod shipped;

use catalogue::{Catalogue, Fault, Sources};

/// A small sound catalogue to break on purpose.
pub fn small() -> Sources {
    let mut files = Sources::new();
    files.insert("areas.toml".into(), "[gift]\ntitle = \"红包\"\nshort = \"红包\"\nicon = \"gift\"\n".into());
    files.insert("roles.toml".into(), include_str!("small/roles.toml").into());
    files.insert("lists/form.toml".into(), include_str!("small/form.toml").into());
    files.insert("registers/gift/gift.toml".into(), include_str!("small/gift.toml").into());
    files
}

/// Loads with one text replaced by another; the replaced text must be there.
pub fn broken(path: &str, from: &str, to: &str) -> Vec<Fault> {
    let mut files = small();
    let text = files.get_mut(path).expect("the file is in the small catalogue");
    assert!(text.contains(from), "{path} has no {from:?}");
    *text = text.replacen(from, to, 1);
    Catalogue::load(&files, None).expect_err("a broken definition must not load")
}
