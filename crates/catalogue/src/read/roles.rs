//! `roles.toml`.

use crate::doc::Node;
use crate::field::Sensitivity;
use crate::names::RoleName;
use crate::reader::{Reader, Shared, entries};
use crate::role::{Factor, PUBLIC, Role, STAFF};
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
            nameless: nameless(&reader),
            accounts: reader.flag("accounts").unwrap_or(false),
            vouches: reader.flag("vouches").unwrap_or(false),
            audits: reader.flag("audits").unwrap_or(false),
            keyless: reader.flag("keyless").unwrap_or(false),
            screens: reader.flag("screens").unwrap_or(false),
            factor: factor(&reader),
            basis: reader.str("basis").unwrap_or_default().to_owned(),
            desk: reader.text("desk"),
            leads: reader.str("leads").map(str::to_owned),
        };
        if role.leads.as_ref().is_some_and(|to| !to.starts_with('/')) {
            let (zh, en) = (
                format!("{name} 的 leads 是本系统的一页，以 / 开头"),
                format!("`{name}`: `leads` is a page of this house and begins with /"),
            );
            reader.fault(&node.place, zh, en);
        }
        if role.nameless && (role.accounts || role.vouches || role.audits || role.screens || role.ceiling > Sensitivity::Internal) {
            reader.fault(
                &node.place,
                format!("{name} 看不到人名（persons），只能查看：不能有其他职责，上限不高于 internal"),
                format!("`{name}` is shown no names (`persons`) and only reads: no other duty, and a ceiling of internal at most"),
            );
        }
        reader.finish();
        found.insert(role.name.clone(), role);
    }
    alone(&mut found);
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

/// `persons`: whether holders are shown who people are.
fn nameless(reader: &Reader<'_>) -> bool {
    let Some(node) = reader.node("persons") else { return false };
    match reader.as_str(node) {
        Some("masked") => true,
        Some("named") | None => false,
        Some(word) => {
            reader.fault(&node.place, format!("{word}：persons 是 named 或 masked"), format!("`{word}`: `persons` is `named` or `masked`"));
            false
        }
    }
}

/// `factor`: whether holders sign in with a code beside the password.
fn factor(reader: &Reader<'_>) -> Factor {
    let Some(node) = reader.node("factor") else { return Factor::default() };
    let Some(word) = reader.as_str(node) else { return Factor::default() };
    Factor::from_word(word).unwrap_or_else(|| {
        let (zh, en) =
            (format!("{word}：factor 是 open、offered 或 required"), format!("`{word}`: `factor` is `open`, `offered` or `required`"));
        reader.fault(&node.place, zh, en);
        Factor::default()
    })
}

/// Another role would show its holder what this one does not, so it is kept apart from every other.
fn alone(found: &mut IndexMap<RoleName, Role>) {
    let all: Vec<RoleName> = found.keys().filter(|name| name.as_str() != STAFF).cloned().collect();
    for role in found.values_mut().filter(|role| role.nameless) {
        role.apart = all.iter().filter(|other| **other != role.name).cloned().collect();
    }
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
