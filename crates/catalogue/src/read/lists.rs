//! `lists/<name>.toml`.

use crate::doc::{Node, Value};
use crate::list::{Item, List};
use crate::names::{ItemName, ListName};
use crate::reader::{Reader, Shared, read_text};
use indexmap::IndexMap;

/// A shared list; its name must be the file's.
pub(crate) fn list(stem: &str, root: &Node, faults: Shared<'_>) -> Option<List> {
    let reader = Reader::new(root, faults)?;
    if let Some(name) = reader.need_str("list")
        && name != stem
    {
        reader.fault(
            &root.place,
            format!("list = {name} 与文件名 {stem} 不一致"),
            format!("list = `{name}` differs from the file name `{stem}`"),
        );
    }
    let title = reader.need_text("title");
    let basis = reader.str("basis").unwrap_or_default().to_owned();
    let items = reader.need("items").map(|node| items(node, faults)).unwrap_or_default();
    reader.finish();
    Some(List { name: ListName::new(stem), title, basis, items })
}

/// A list written inside a field.
pub(crate) fn private(name: &str, node: &Node, faults: Shared<'_>) -> List {
    List { name: ListName::new(name), title: Default::default(), basis: String::new(), items: items(node, faults) }
}

fn items(node: &Node, faults: Shared<'_>) -> IndexMap<ItemName, Item> {
    let mut found = IndexMap::new();
    for (name, node) in crate::reader::entries(node, faults) {
        if !well_named(name) {
            faults.borrow_mut().add(
                &node.place,
                format!("{name}：名称只用小写字母、数字和下划线"),
                format!("`{name}`: names are lower-case letters, digits and _"),
            );
        }
        if let Some(item) = item(node, faults) {
            found.insert(ItemName::new(name), item);
        }
    }
    found
}

fn item(node: &Node, faults: Shared<'_>) -> Option<Item> {
    if let Value::Str(_) = node.value {
        return Some(Item { label: read_text(node, faults)?, from: None, until: None, group: None, maps: None });
    }
    let reader = Reader::new(node, faults)?;
    let label = crate::text::Text::new(reader.need_str("zh")?, reader.str("en").unwrap_or_default());
    let item = Item {
        label,
        from: reader.date("from"),
        until: reader.date("until"),
        group: reader.str("group").map(str::to_owned),
        maps: reader.str("maps").map(str::to_owned),
    };
    if let (Some(from), Some(until)) = (item.from, item.until)
        && until < from
    {
        reader.fault(reader.place(), "until 早于 from", "`until` is before `from`");
    }
    reader.finish();
    Some(item)
}

pub(crate) fn well_named(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}
