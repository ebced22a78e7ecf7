//! `letter = { … }` of `[public]`.

use super::register::Words;
use crate::fault::Place;
use crate::field::{Choices, Kind, Sensitivity};
use crate::names::{FieldName, ItemName};
use crate::reader::Reader;
use crate::register::Letter;
use indexmap::IndexMap;

pub(super) fn letter<'a>(public: &Reader<'a>, words: &Words<'a>) -> Option<Letter> {
    let inner = public.reader("letter")?;
    let sealed = |key: &'a str, fits: fn(&Kind) -> bool, what: (&str, &str)| {
        let node = inner.node(key)?;
        let name = words.field(inner.as_str(node)?, &node.place)?;
        let field = &words.fields[&name];
        if !fits(&field.kind) || field.sensitivity != Sensitivity::Sealed {
            words.fault(&node.place, format!("{key} 要写{}", what.0), format!("`{key}` names {}", what.1));
        }
        Some(name)
    };
    inner.need("text");
    inner.need("channel");
    let text = sealed("text", |kind| matches!(kind, Kind::LongText), ("密封的长文本字段", "a sealed long text"));
    let files = sealed("files", |kind| matches!(kind, Kind::File { many: true }), ("密封的多文件字段", "a sealed field of several files"));
    let sender = sealed("sender", |kind| matches!(kind, Kind::Text), ("密封的单行文本字段", "a sealed text of one line"));
    let channel = inner.node("channel").and_then(|node| {
        let name = words.field(inner.as_str(node)?, &node.place)?;
        choice(&name, None, &node.place, words);
        Some(name)
    });
    let (signed, unsigned) = (chosen(&inner, "signed", words), chosen(&inner, "unsigned", words));
    inner.finish();
    Some(Letter { text: text?, files, sender, channel: channel?, signed, unsigned })
}

fn chosen<'a>(inner: &Reader<'a>, key: &'a str, words: &Words<'a>) -> IndexMap<FieldName, ItemName> {
    let mut found = IndexMap::new();
    for (name, node) in inner.entries(key) {
        let (Some(name), Some(item)) = (words.field(name, &node.place), inner.as_str(node)) else { continue };
        choice(&name, Some(item), &node.place, words);
        found.insert(name, ItemName::new(item));
    }
    found
}

/// A plain choice of one; with an item, one of its items.
fn choice(name: &FieldName, item: Option<&str>, place: &Place, words: &Words<'_>) {
    let field = &words.fields[name];
    let Kind::Choice { of, many: false } = &field.kind else {
        return words.fault(place, format!("{name} 不是单选字段"), format!("`{name}` is no choice of one"));
    };
    if field.sensitivity == Sensitivity::Sealed {
        words.fault(place, format!("{name} 是密封字段，收件时不能代选"), format!("`{name}` is sealed and cannot be chosen by itself"));
    }
    let list = match of {
        Choices::Shared(list) => words.shelf.lists.get(list),
        Choices::Private(list) => Some(list),
    };
    if let (Some(item), Some(list)) = (item, list)
        && !list.items.contains_key(item)
    {
        words.unknown("选项", "item", item, place, list.items.keys().map(ItemName::as_str));
    }
}
