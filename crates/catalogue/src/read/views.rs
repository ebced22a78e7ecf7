//! `[list]`, `[export]`, `[print]`, `[public]`.

use super::register::Words;
use crate::doc::{Node, Value};
use crate::expr::Builtin;
use crate::fault::Place;
use crate::field::{Kind, Sensitivity};
use crate::names::{FieldName, RoleName, StateName};
use crate::reader::{Reader, entries};
use crate::register::{Column, Early, Hours, ListView, Official, Print, Public, Slip, Step, Tab};

pub(super) fn list<'a>(reader: &Reader<'a>, words: &Words<'a>) -> ListView {
    let Some(inner) = reader.reader("list") else { return ListView::default() };
    let columns = |key: &'a str| inner.strings(key).into_iter().filter_map(|(word, place)| column(word, place, words)).collect::<Vec<_>>();
    let mut view = ListView { columns: columns("columns"), filters: columns("filters"), title: columns("title"), ..Default::default() };
    view.sort = inner.node("sort").and_then(|node| {
        let word = inner.as_str(node)?;
        let (word, down) = word.strip_prefix('-').map_or((word, false), |word| (word, true));
        Some((column(word, &node.place, words)?, down))
    });
    view.gather = inner.node("gather").and_then(|node| gather(inner.as_str(node)?, &node.place, words));
    for (name, node) in inner.entries("tabs") {
        let Some(tab) = Reader::new(node, words.faults) else { continue };
        let label = tab.need_text("label");
        let condition = tab.need("if").and_then(|node| words.condition(tab.as_str(node)?, &node.place));
        tab.finish();
        if let Some(condition) = condition {
            view.tabs.insert(name.to_owned(), Tab { label, condition });
        }
    }
    inner.finish();
    view
}

/// Everybody who reads the list learns how many say what, so nothing that only some see.
fn gather(word: &str, place: &Place, words: &Words<'_>) -> Option<FieldName> {
    let found = words.fields.get_key_value(word);
    let fits =
        found.filter(|(_, field)| matches!(field.kind, Kind::Choice { many: false, .. }) && field.sensitivity <= Sensitivity::Internal);
    if fits.is_none() {
        let zh = format!("gather 要写一个单选字段，密级不高于 internal：{word} 不是");
        let en = format!("`gather` names a choice of one item that is no more than internal: `{word}` is not");
        words.fault(place, zh, en);
    }
    fits.map(|(name, _)| name.clone())
}

/// What an exported list holds: also long texts, and sealed fields, which stay shut without a key. A column once.
pub(super) fn export<'a>(reader: &Reader<'a>, words: &Words<'a>) -> Vec<Column> {
    let Some(inner) = reader.reader("export") else { return Vec::new() };
    let mut found: Vec<Column> = Vec::new();
    for (word, place) in inner.strings("columns") {
        let Some(column) = exported(word, place, words) else { continue };
        if found.contains(&column) {
            words.fault(place, format!("{word} 写了两次"), format!("`{word}` is there twice"));
        } else {
            found.push(column);
        }
    }
    if inner.need("columns").is_some() && found.is_empty() {
        words.fault(inner.place(), "导出至少要有一列", "an export needs at least one column");
    }
    inner.finish();
    found
}

fn exported(word: &str, place: &Place, words: &Words<'_>) -> Option<Column> {
    let Some((name, field)) = words.fields.get_key_value(word) else { return column(word, place, words) };
    if matches!(field.kind, Kind::Table { .. } | Kind::File { .. }) {
        let is = field.kind.word();
        words.fault(place, format!("{word} 是{is}，不能成为导出的一列"), format!("`{word}` is a {is}, it cannot be a column of an export"));
        return None;
    }
    Some(Column::Field(name.clone()))
}

/// A field wins over a built-in of the same name (`unit`, `owner`).
fn column(word: &str, place: &Place, words: &Words<'_>) -> Option<Column> {
    if let Some((name, field)) = words.fields.get_key_value(word) {
        if field.sensitivity == Sensitivity::Sealed {
            words.fault(place, format!("密封字段 {word} 不能进清单"), format!("the sealed field `{word}` cannot be in a list"));
            return None;
        }
        if matches!(field.kind, Kind::Table { .. } | Kind::File { .. } | Kind::LongText) {
            words.fault(
                place,
                format!("{word} 是{}，不能进清单", field.kind.word()),
                format!("`{word}` is a {}, it cannot be in a list", field.kind.word()),
            );
            return None;
        }
        return Some(Column::Field(name.clone()));
    }
    if let Some(builtin) = Builtin::from_word(word).filter(|b| !matches!(b, Builtin::Me | Builtin::MyUnit | Builtin::Now)) {
        return Some(Column::Builtin(builtin));
    }
    words.field(word, place).map(Column::Field)
}

pub(super) fn print<'a>(reader: &Reader<'a>, words: &Words<'a>) -> Option<Print> {
    let inner = reader.reader("print")?;
    let print = Print {
        title: inner.need_text("title"),
        fields: fields(&inner, "fields", words),
        sign: inner.node("sign").map(|node| texts(node, words)).unwrap_or_default(),
        note: inner.text("note"),
        states: states(&inner, words),
        early: early(&inner, words),
        slip: slip(&inner, words),
        letter: official(&inner, words),
    };
    if let Some(letter) = &print.letter {
        let named = letter.text.iter().flat_map(|text| Official::names(&text.zh).chain(Official::names(&text.en)));
        let stray = std::iter::once(letter.to.as_str()).chain(named).find(|name| !print.fields.iter().any(|field| field == name));
        if let Some(name) = stray {
            let (zh, en) = (format!("letter 用到的 {name} 不在 fields 里"), format!("letter: `{name}` is not among `fields`"));
            words.fault(inner.place(), zh, en);
        }
    }
    inner.finish();
    Some(print)
}

fn official<'a>(reader: &Reader<'a>, words: &Words<'a>) -> Option<Official> {
    let inner = reader.reader("letter")?;
    let to = inner.need("to").and_then(|node| words.field(inner.as_str(node)?, &node.place));
    let issued = inner.need("issued").and_then(|node| words.a_move(inner.as_str(node)?, &node.place));
    let text = inner.need("text").map(|node| texts(node, words)).unwrap_or_default();
    let office = inner.need_text("office");
    inner.finish();
    Some(Official { to: to?, text, office, issued: issued? })
}

fn slip<'a>(reader: &Reader<'a>, words: &Words<'a>) -> Option<Slip> {
    let inner = reader.reader("slip")?;
    let slip = Slip { title: inner.need_text("title"), lines: inner.need("lines").map(|node| texts(node, words)).unwrap_or_default() };
    inner.finish();
    Some(slip)
}

fn early<'a>(reader: &Reader<'a>, words: &Words<'a>) -> Option<Early> {
    let inner = reader.reader("early")?;
    let early = Early {
        states: states(&inner, words),
        title: inner.need_text("title"),
        sign: inner.node("sign").map(|node| texts(node, words)).unwrap_or_default(),
        note: inner.text("note"),
    };
    inner.finish();
    Some(early)
}

fn states<'a>(reader: &Reader<'a>, words: &Words<'a>) -> Vec<StateName> {
    reader.strings("while").into_iter().filter_map(|(state, place)| words.state(state, place)).collect()
}

fn texts(node: &Node, words: &Words<'_>) -> Vec<crate::Text> {
    match &node.value {
        Value::List(items) => items.iter().filter_map(|item| crate::reader::read_text(item, words.faults)).collect(),
        _ => crate::reader::read_text(node, words.faults).into_iter().collect(),
    }
}

fn fields<'a>(reader: &Reader<'a>, key: &'a str, words: &Words<'a>) -> Vec<FieldName> {
    reader.strings(key).into_iter().filter_map(|(word, place)| words.field(word, place)).collect()
}

pub(super) fn public<'a>(reader: &Reader<'a>, words: &Words<'a>) -> Option<Public> {
    let inner = reader.reader("public")?;
    let mut steps = Vec::new();
    if let Some(Node { value: Value::List(items), .. }) = inner.need("steps") {
        for item in items {
            let Some(step) = Reader::new(item, words.faults) else { continue };
            steps.push(Step { title: step.need_text("title"), fields: fields(&step, "fields", words) });
            step.finish();
        }
    }
    let route = inner.node("route").and_then(|node| {
        let name = words.field(inner.as_str(node)?, &node.place)?;
        let field = &words.fields[&name];
        if !matches!(field.kind, Kind::Choice { many: false, .. }) || field.sensitivity == Sensitivity::Sealed {
            words.fault(&node.place, "route 是一个不密封的单选字段", "`route` is a plain choice of one");
        }
        Some(name)
    });
    let given = given(&inner, words);
    let hours = hours(&inner, words);
    let code = inner.flag("code").unwrap_or(false);
    let letter = super::letter::letter(&inner, words);
    let answers: Vec<RoleName> = inner.strings("answers").into_iter().filter_map(|(role, place)| words.role(role, place)).collect();
    if !code && !answers.is_empty() {
        words.fault(
            inner.place(),
            "没有查询码的页面不能写 answers",
            "`answers` needs `code = true`: without a code nobody comes back to read",
        );
    }
    let shows = shows(&inner, code, &steps, words);
    let open_days = open_days(&inner, code, words);
    inner.finish();
    asked_before(&steps, reader, words);
    for (name, field) in words.fields {
        let asked = steps.iter().any(|step| step.fields.contains(name));
        if field.required && !asked {
            let place = entries_place(reader, name.as_str());
            words.fault(
                place,
                format!("必填字段 {name} 不在公开页的任何一步"),
                format!("the required field `{name}` is on no public step"),
            );
        }
    }
    Some(Public { steps, code, route, letter, given, hours, answers, shows, open_days })
}

/// A field that is not sealed and of the right kind; `fault` says so where it is not.
fn plain<'a>(reader: &Reader<'a>, key: &'a str, words: &Words<'a>, is: fn(&Kind) -> bool, fault: (&str, &str)) -> Option<FieldName> {
    let node = reader.node(key)?;
    let name = words.field(reader.as_str(node)?, &node.place)?;
    let field = &words.fields[&name];
    if !is(&field.kind) || field.sensitivity == Sensitivity::Sealed {
        words.fault(&node.place, fault.0, fault.1);
    }
    Some(name)
}

fn given<'a>(reader: &Reader<'a>, words: &Words<'a>) -> Vec<FieldName> {
    let mut given = Vec::new();
    for (name, place) in reader.strings("given") {
        let Some(name) = words.field(name, place) else { continue };
        let field = &words.fields[&name];
        let is_coarse = matches!(field.kind, Kind::Link { .. } | Kind::Unit { many: false } | Kind::Choice { many: false, .. });
        if !is_coarse || field.sensitivity == Sensitivity::Sealed {
            words.fault(place, "given 只写不密封的链接、科室和单选字段", "`given` names plain links, units and choices of one");
        }
        given.push(name);
    }
    given
}

fn hours<'a>(reader: &Reader<'a>, words: &Words<'a>) -> Option<Hours> {
    let inner = reader.reader("hours")?;
    let (one, truth) = (|kind: &Kind| matches!(kind, Kind::Choice { many: false, .. }), |kind: &Kind| *kind == Kind::YesNo);
    let channel = plain(&inner, "channel", words, one, ("channel 是一个不密封的单选字段", "`channel` is a plain choice of one"));
    let outside = plain(&inner, "outside", words, truth, ("outside 是一个不密封的是否字段", "`outside` is a plain yes or no"));
    if channel.is_none() || outside.is_none() {
        words.fault(inner.place(), "hours 要写 channel 和 outside", "`hours` needs `channel` and `outside`");
    }
    inner.finish();
    Some(Hours { channel: channel?, outside: outside? })
}

/// What the house writes for the reporter: sealed long texts, none of which the reporter is asked for.
fn shows<'a>(reader: &Reader<'a>, code: bool, steps: &[Step], words: &Words<'a>) -> Vec<FieldName> {
    let mut shows = Vec::new();
    for (name, place) in reader.strings("shows") {
        let Some(name) = words.field(name, place) else { continue };
        let field = &words.fields[&name];
        let asked = steps.iter().any(|step| step.fields.contains(&name));
        if !code || asked || field.kind != Kind::LongText || field.sensitivity != Sensitivity::Sealed {
            words.fault(
                place,
                "shows 只写密封的长文本，公开页不问它，并且要有查询码",
                "`shows` names sealed long texts that no public step asks for, and needs `code = true`",
            );
        }
        shows.push(name);
    }
    shows
}

/// Longest time an ended entry takes messages. Units: days.
const MOST_OPEN_DAYS: u16 = 3_650;

fn open_days(reader: &Reader<'_>, code: bool, words: &Words<'_>) -> u16 {
    let Some(days) = reader.int("open_days") else { return 0 };
    let read = u16::try_from(days).ok().filter(|days| code && *days <= MOST_OPEN_DAYS);
    if read.is_none() {
        words.fault(
            reader.place(),
            "open_days 是 0 到 3650 的整天数，并且要有查询码",
            "`open_days` is a whole number of days from 0 to 3650, and needs `code = true`",
        );
    }
    read.unwrap_or(0)
}

/// A page shows one step: what decides whether a field is asked must have been answered on a step before.
fn asked_before<'a>(steps: &[Step], reader: &Reader<'a>, words: &Words<'a>) {
    for (at, step) in steps.iter().enumerate() {
        for (name, condition) in step.fields.iter().filter_map(|name| Some((name, words.fields.get(name)?.asked_if.as_ref()?))) {
            let answered = |read: &FieldName| steps[..at].iter().any(|step| step.fields.contains(read));
            let Some(read) = condition.fields().into_iter().find(|read| !answered(read)) else { continue };
            words.fault(
                entries_place(reader, name.as_str()),
                format!("{name} 的 if 要看 {read}，公开页前面的步骤没有问它"),
                format!("the `if` of `{name}` reads `{read}`, which no earlier public step asks"),
            );
        }
    }
}

fn entries_place<'a>(reader: &Reader<'a>, name: &str) -> &'a Place {
    reader
        .node("fields")
        .and_then(|node| entries(node, reader.faults()).into_iter().find(|(field, _)| *field == name).map(|(_, node)| &node.place))
        .unwrap_or(reader.place())
}
