//! Areas of work: the ten entries of the rail, from `areas.toml`.

use crate::doc::Node;
use crate::reader::{Reader, Shared, entries};
use crate::text::Text;

#[derive(Debug, Clone, PartialEq)]
pub struct Area {
    pub name: String,
    pub title: Text,
    /// Two characters for the folded rail and the phone.
    pub short: Text,
    pub icon: String,
    /// Among the four a phone always shows.
    pub pinned: bool,
}

pub(crate) fn read(root: &Node, faults: Shared<'_>) -> Vec<Area> {
    let mut found = Vec::new();
    for (name, node) in entries(root, faults) {
        let Some(reader) = Reader::new(node, faults) else { continue };
        found.push(Area {
            name: name.to_owned(),
            title: reader.need_text("title"),
            short: reader.need_text("short"),
            icon: reader.need_str("icon").unwrap_or_default().to_owned(),
            pinned: reader.flag("pinned").unwrap_or(false),
        });
        reader.finish();
    }
    found
}
