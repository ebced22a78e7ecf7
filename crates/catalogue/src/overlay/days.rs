//! Calendar years of an overlay. A year that is not shipped is added; a shipped one, changed, moves every clock of that year, so it
//! is declared like any other replacement.

use crate::calendar;
use crate::doc::{Node, Value};
use crate::fault::{Faults, Place};
use std::cell::RefCell;
use std::collections::BTreeMap;

const FOLDER: &str = "calendars/";

/// A shipped year that a file of the overlay changes.
pub(crate) struct Changed {
    pub year: String,
    pub place: Place,
}

/// The first changed year of each file of the overlay that changes one.
pub(crate) fn changed(base: &BTreeMap<String, Node>, over: &BTreeMap<String, Node>) -> BTreeMap<String, Changed> {
    // What is wrong with either is said where it is read.
    let quiet = RefCell::new(Faults::default());
    let mut shipped = calendar::Calendar::default();
    for (_, node) in base.iter().filter(|(path, _)| path.starts_with(FOLDER)) {
        shipped.merge(calendar::read(node, &quiet));
    }
    let mut found = BTreeMap::new();
    for (path, node) in over.iter().filter(|(path, _)| path.starts_with(FOLDER)) {
        let own = calendar::read(node, &quiet);
        let Value::Table(years) = &node.value else { continue };
        let differs = |year: &&String| year.parse().is_ok_and(|year| shipped.publishes(year) && !shipped.agrees(&own, year));
        if let Some(year) = years.entries.keys().find(differs) {
            found.insert(path.clone(), Changed { year: year.clone(), place: node.place_of(&[year]) });
        }
    }
    found
}
