//! `roles.toml`.

use crate::doc::Node;
use crate::field::Sensitivity;
use crate::names::RoleName;
use crate::reader::{Reader, Shared, entries};
use crate::role::{PUBLIC, Role};
use indexmap::IndexMap;

pub(crate) fn roles(root: &Node, faults: Shared<'_>) -> IndexMap<RoleName, Role> {
    let mut found = IndexMap::new();
    for (name, node) in entries(root, faults) {
        if name == PUBLIC {
            faults.borrow_mut().add(&node.place, "public 是保留的角色名", "`public` is a reserved role");
        }
        let Some(reader) = Reader::new(node, faults) else { continue };
        let role = Role {
            name: RoleName::new(name),
            title: reader.need_text("title"),
            ceiling: sensitivity(&reader, "ceiling").unwrap_or_default(),
            apart: reader.strings("apart").into_iter().map(|(role, _)| RoleName::new(role)).collect(),
            outside: reader.flag("outside").unwrap_or(false),
            accounts: reader.flag("accounts").unwrap_or(false),
            vouches: reader.flag("vouches").unwrap_or(false),
            audits: reader.flag("audits").unwrap_or(false),
            screens: reader.flag("screens").unwrap_or(false),
            basis: reader.str("basis").unwrap_or_default().to_owned(),
        };
        reader.finish();
        found.insert(role.name.clone(), role);
    }
    for (name, node) in entries(root, faults) {
        let Some(reader) = Reader::new(node, faults) else { continue };
        for (other, place) in reader.strings("apart") {
            if !found.contains_key(other) {
                reader.fault(
                    place,
                    format!("{name} 的 apart 里没有角色 {other}"),
                    format!("`{name}` is apart from `{other}`, which is no role"),
                );
            }
        }
    }
    found
}

pub(crate) fn sensitivity<'a>(reader: &Reader<'a>, key: &'a str) -> Option<Sensitivity> {
    let node = reader.node(key)?;
    let word = reader.as_str(node)?;
    let found = Sensitivity::from_word(word);
    if found.is_none() {
        reader.fault(
            &node.place,
            format!("{word}：密级是 public、internal、confidential、sealed 之一"),
            format!("`{word}`: a sensitivity is public, internal, confidential or sealed"),
        );
    }
    found
}
