//! Areas of work: the ten entries of the rail, from `areas.toml`.

use crate::doc::Node;
use crate::reader::{Reader, Shared, entries};
use crate::text::Text;

/// A page that is no register and stands in an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AreaPage {
    Reports,
    Rules,
}

impl AreaPage {
    pub const ALL: [AreaPage; 2] = [AreaPage::Reports, AreaPage::Rules];

    pub fn word(self) -> &'static str {
        match self {
            AreaPage::Reports => "reports",
            AreaPage::Rules => "rules",
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Area {
    pub name: String,
    pub title: Text,
    /// Two characters for the folded rail and the phone.
    pub short: Text,
    pub icon: String,
    /// Among the four a phone always shows.
    pub pinned: bool,
    /// Its registers are kept up by those whose work it is; the desk offers nobody their forms.
    pub offered: bool,
    pub holds: Vec<AreaPage>,
}

pub(crate) fn read(root: &Node, faults: Shared<'_>) -> Vec<Area> {
    let mut found: Vec<Area> = Vec::new();
    for (name, node) in entries(root, faults) {
        let Some(reader) = Reader::new(node, faults) else { continue };
        let mut holds = Vec::new();
        for (word, place) in reader.strings("holds") {
            let page = AreaPage::ALL.into_iter().find(|page| page.word() == word);
            match page {
                Some(page) if found.iter().any(|area| area.holds.contains(&page)) => {
                    reader.fault(place, format!("{word} 已在另一个区"), format!("`{word}` stands in another area already"));
                }
                Some(page) => holds.push(page),
                None => {
                    reader.fault(place, format!("没有页面 {word}（reports rules）"), format!("there is no page `{word}` (reports rules)"))
                }
            }
        }
        found.push(Area {
            name: name.to_owned(),
            title: reader.need_text("title"),
            short: reader.need_text("short"),
            icon: reader.need_str("icon").unwrap_or_default().to_owned(),
            pinned: reader.flag("pinned").unwrap_or(false),
            offered: reader.flag("offered").unwrap_or(true),
            holds,
        });
        reader.finish();
    }
    found
}
