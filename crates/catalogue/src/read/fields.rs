//! `[fields]`.

use super::register::{Shelf, check_name, condition};
use super::{computed, lists, roles};
use crate::doc::{Node, Value};
use crate::expr::Builtin;
use crate::field::{Choices, Default, Field, Kind, Question, Sensitivity};
use crate::names::{FieldName, ListName, RegisterName, StateName};
use crate::reader::{Reader, Shared};
use crate::register::Move;
use indexmap::IndexMap;

type Fields = IndexMap<FieldName, Field>;

/// All fields, without their conditions: those may name fields further down.
pub(super) fn fields<'a>(reader: &Reader<'a>, shelf: &Shelf<'_>, faults: Shared<'a>) -> Fields {
    read_all(&reader.entries("fields"), shelf, faults, false)
}

fn read_all<'a>(nodes: &[(&'a str, &'a Node)], shelf: &Shelf<'_>, faults: Shared<'a>, inside: bool) -> Fields {
    let mut found = Fields::new();
    for (name, node) in nodes {
        let Some(reader) = Reader::new(node, faults) else { continue };
        check_name(name, &reader, &node.place);
        if Builtin::from_word(name).is_some() && *name != "unit" && *name != "owner"
            || ["today", "overdue", "true", "false", "self", "empty"].contains(name)
        {
            reader.fault(&node.place, format!("{name} 是保留的名称"), format!("`{name}` is a reserved name"));
        }
        if let Some(field) = field(name, &reader, shelf, inside) {
            found.insert(field.name.clone(), field);
        }
        reader.finish();
    }
    found
}

fn field<'a>(name: &str, reader: &Reader<'a>, shelf: &Shelf<'_>, inside: bool) -> Option<Field> {
    // The conditions are read in a second pass; asking for them here marks the keys as known.
    for key in ["if", "required_if", "check"] {
        reader.node(key);
    }
    let kind = kind(name, reader, shelf, inside)?;
    let sensitivity = roles::sensitivity(reader, "sensitivity").unwrap_or_default();
    if inside && sensitivity == Sensitivity::Sealed {
        reader.fault(reader.place(), "子表的列不能密封；请密封整个表", "a column of a table cannot be sealed; seal the whole table");
    }
    if inside && reader.node("if").is_some() {
        reader.fault(reader.place(), "子表的列不能写 if，用 required_if", "a column of a table cannot say `if`; use `required_if`");
    }
    if inside && reader.node("readers").is_some() {
        reader.fault(reader.place(), "子表的列不能写 readers", "a column of a table cannot say `readers`");
    }
    if inside && ["own", "owner", "bars", "by_move", "custody"].iter().any(|key| reader.flag(key) == Some(true)) {
        let (zh, en) = (
            "子表的列不能写 own、owner、bars、by_move、custody",
            "a column of a table cannot say `own`, `owner`, `bars`, `by_move` or `custody`",
        );
        reader.fault(reader.place(), zh, en);
    }
    let person = matches!(kind, Kind::Person { .. });
    let money = matches!(kind, Kind::Money);
    let limit = |key| reader.float(key).map(|value| if money { (value * 100.0).round() } else { value });
    let field = Field {
        name: FieldName::new(name),
        label: reader.need_text("label"),
        hint: reader.text("hint"),
        asked_as: asked_as(reader),
        names: reader.flag("names").unwrap_or(false),
        section: reader.text("section"),
        required: reader.flag("required").unwrap_or(false),
        asked_if: None,
        required_if: None,
        check: None,
        check_note: reader.text("check_note"),
        sensitivity,
        default: default(reader, &kind, sensitivity, shelf),
        max: limit("max"),
        min: limit("min"),
        own: reader.flag("own").unwrap_or(false),
        owner: reader.flag("owner").unwrap_or(false),
        bars: reader.flag("bars").unwrap_or(false),
        on_form: true,
        // What is counted is on no form and in no import either.
        by_move: reader.flag("by_move").unwrap_or(false) || reader.node("count_of").is_some(),
        custody: reader.flag("custody").unwrap_or(false),
        fold: reader.flag("fold").unwrap_or(false),
        total_of: computed::total_of(reader, &kind, inside),
        count_of: computed::count_of(reader, &kind, inside),
        reserved: computed::reserved(reader, &kind, shelf),
        holders: computed::holders(reader, &kind, shelf),
        readers: reader.strings("readers").into_iter().map(|(field, _)| FieldName::new(field)).collect(),
        unconcerned: reader.flag("unconcerned").unwrap_or(false),
        was: reader.strings("was").into_iter().map(|(old, _)| FieldName::new(old)).collect(),
        kind,
    };
    reader.flag("form");
    if (field.owner || field.bars) && !person {
        reader.fault(reader.place(), "owner、bars 只用于人员字段", "`owner` and `bars` are for person fields");
    }
    if field.names && !matches!(field.kind, Kind::Text) {
        reader.fault(reader.place(), "names 只用于一行文字", "`names` is for one line of text");
    }
    if field.own && !person && !matches!(field.kind, Kind::Unit { .. }) {
        reader.fault(reader.place(), "own 只用于人员或科室字段", "`own` is for person and unit fields");
    }
    if field.sensitivity == Sensitivity::Sealed && (field.own || field.owner) {
        reader.fault(reader.place(), "密封字段不能决定权限（own、owner）", "a sealed field cannot decide rights (`own`, `owner`)");
    }
    Some(field)
}

fn asked_as(reader: &Reader<'_>) -> Option<Question> {
    let public = reader.reader("public")?;
    let question = Question { label: public.need_text("label"), hint: public.text("hint") };
    public.finish();
    Some(question)
}

fn kind<'a>(name: &str, reader: &Reader<'a>, shelf: &Shelf<'_>, inside: bool) -> Option<Kind> {
    let many = reader.flag("many").unwrap_or(false);
    let word = reader.need_str("is")?;
    let kind = match word {
        "text" => Kind::Text,
        "longtext" => Kind::LongText,
        "number" => Kind::Number { decimals: decimals(reader), unit: reader.text("unit") },
        "money" => Kind::Money,
        "date" => Kind::Date,
        "datetime" => Kind::DateTime,
        "choice" => Kind::Choice { of: choices(name, reader, shelf)?, many },
        "yesno" => Kind::YesNo,
        "person" => Kind::Person { many },
        "unit" => Kind::Unit { many },
        "supplier" => Kind::Supplier,
        "link" | "file" if inside => {
            reader.fault(reader.place(), format!("子表的列不能是 {word}"), format!("a column of a table cannot be a {word}"));
            return None;
        }
        "link" => Kind::Link { register: RegisterName::new(reader.need_str("register")?) },
        "file" => Kind::File { many },
        "table" if !inside => Kind::Table { columns: read_all(&reader.entries("columns"), shelf, reader.faults(), true) },
        _ => {
            let known = "text longtext number money date datetime choice yesno person unit supplier link file table";
            reader.fault(
                reader.place(),
                format!("字段类型 {word} 不认识；可用：{known}"),
                format!("unknown field kind `{word}`; known: {known}"),
            );
            return None;
        }
    };
    if many && !kind.many() {
        reader.fault(reader.place(), format!("{word} 不能 many"), format!("`{word}` cannot be `many`"));
    }
    if let Kind::Table { columns } = &kind
        && columns.is_empty()
    {
        reader.fault(reader.place(), "子表至少要有一列", "a table needs at least one column");
    }
    Some(kind)
}

fn decimals(reader: &Reader<'_>) -> u8 {
    let Some(wanted) = reader.int("decimals") else { return 0 };
    u8::try_from(wanted).ok().filter(|places| *places <= 4).unwrap_or_else(|| {
        reader.fault(reader.place(), "小数位是 0 至 4", "decimals are 0 to 4");
        0
    })
}

fn choices<'a>(name: &str, reader: &Reader<'a>, shelf: &Shelf<'_>) -> Option<Choices> {
    let node = reader.need("of")?;
    match &node.value {
        Value::Str(path) => {
            let list = path.strip_prefix("lists/").unwrap_or(path);
            let Some((known, _)) = shelf.lists.get_key_value(list) else {
                let near = crate::fault::nearest(list, shelf.lists.keys().map(ListName::as_str))
                    .map_or(String::new(), |near| format!(" ({near}?)"));
                reader.fault(&node.place, format!("没有列表 lists/{list}{near}"), format!("there is no list lists/{list}{near}"));
                return None;
            };
            Some(Choices::Shared(known.clone()))
        }
        _ => Some(Choices::Private(lists::private(name, node, reader.faults()))),
    }
}

fn default(reader: &Reader<'_>, kind: &Kind, sensitivity: Sensitivity, shelf: &Shelf<'_>) -> Option<Default> {
    let node = reader.node("default")?;
    if sensitivity == Sensitivity::Sealed {
        reader.fault(&node.place, "密封字段不能有默认值", "a sealed field cannot have a default");
    }
    let found = match (&node.value, kind) {
        (Value::Str(word), Kind::Date) if word == "today" => Default::Today,
        (Value::Str(word), Kind::DateTime) if word == "now" => Default::Now,
        (Value::Str(word), Kind::Person { .. }) if word == "me" => Default::Me,
        (Value::Str(word), Kind::Unit { .. }) if word == "my_unit" => Default::MyUnit,
        (Value::Str(text), Kind::Text | Kind::LongText) => Default::Text(text.clone()),
        (Value::Str(word), Kind::Choice { of, .. }) => {
            let list = match of {
                Choices::Shared(list) => shelf.lists.get(list),
                Choices::Private(list) => Some(list),
            };
            if list.is_some_and(|list| !list.items.contains_key(word.as_str())) {
                reader.fault(&node.place, format!("没有 '{word}' 这一项"), format!("there is no item '{word}'"));
            }
            Default::Text(word.clone())
        }
        (Value::Int(number), Kind::Number { .. } | Kind::Money) => Default::Number(*number as f64),
        (Value::Float(number), Kind::Number { .. } | Kind::Money) => Default::Number(*number),
        (Value::Bool(truth), Kind::YesNo) => Default::Flag(*truth),
        _ => {
            reader.fault(&node.place, "默认值与字段类型不合", "the default does not fit the field's kind");
            return None;
        }
    };
    Some(found)
}

/// Second pass: conditions of fields, of sub-rows over their own columns.
pub(super) fn conditions<'a>(reader: &Reader<'a>, fields: &mut Fields, states: &[StateName], shelf: &Shelf<'_>, faults: Shared<'a>) {
    read_conditions(&reader.entries("fields"), fields, states, shelf, faults);
}

fn read_conditions<'a>(nodes: &[(&'a str, &'a Node)], fields: &mut Fields, states: &[StateName], shelf: &Shelf<'_>, faults: Shared<'a>) {
    let known = fields.clone();
    for (name, node) in nodes {
        let (Some(field), Value::Table(table)) = (fields.get_mut(*name), &node.value) else { continue };
        for (key, target) in [("if", &mut field.asked_if), ("required_if", &mut field.required_if), ("check", &mut field.check)] {
            match table.entries.get(key) {
                Some(Node { value: Value::Str(text), place }) => {
                    // A check may read the field it guards even when it is sealed: it runs on the form, before sealing.
                    let open = unsealed(&known, name);
                    *target = condition(text, place, &open, states, shelf, faults);
                }
                Some(Node { place, .. }) => {
                    faults.borrow_mut().add(place, format!("{key} 是一句条件"), format!("`{key}` is a condition in quotes"))
                }
                None => {}
            }
        }
        if let (Some(condition), Some(at)) = (&field.asked_if, known.get_index_of(*name)) {
            let later = condition.fields().into_iter().find(|read| known.get_index_of(*read).is_some_and(|place| place >= at));
            if let (Some(later), Some(Node { place, .. })) = (later, table.entries.get("if")) {
                let (zh, en) = (
                    format!("{name} 的 if 只能看写在它前面的字段，{later} 不在前面"),
                    format!("the `if` of `{name}` may read only fields before it; `{later}` is not"),
                );
                faults.borrow_mut().add(place, zh, en);
            }
        }
        if let (Kind::Table { columns }, Some(inner)) = (&mut field.kind, table.entries.get("columns")) {
            read_conditions(&crate::reader::entries(inner, faults), columns, states, shelf, faults);
        }
    }
}

/// The fields a check may name: the guarded one is readable on the form even when it is sealed.
fn unsealed(known: &Fields, name: &str) -> Fields {
    let mut open = known.clone();
    if let Some(field) = open.get_mut(name) {
        field.sensitivity = Sensitivity::Internal;
    }
    open
}

/// A field that a move asks for is not on the creation form unless it says `form = true`.
pub(super) fn settle_forms(fields: &mut Fields, moves: &IndexMap<crate::MoveName, Move>, faults: Shared<'_>, root: &Node) {
    let said = |name: &str| {
        let Value::Table(table) = &root.value else { return None };
        let Value::Table(all) = &table.entries.get("fields")?.value else { return None };
        let Value::Table(one) = &all.entries.get(name)?.value else { return None };
        match one.entries.get("form")?.value {
            Value::Bool(truth) => Some(truth),
            _ => None,
        }
    };
    for field in fields.values_mut() {
        let asked = moves.values().any(|step| step.asks.iter().any(|ask| ask.field == field.name));
        field.on_form = said(field.name.as_str()).unwrap_or(!asked && !field.by_move && field.total_of.is_none());
        if field.by_move && field.on_form {
            let (zh, en) = (
                format!("字段 {} 写了 by_move，只由动作填写，不能再写 form = true", field.name),
                format!("field `{}` says `by_move`: only moves fill it in, so it cannot say `form = true`", field.name),
            );
            faults.borrow_mut().add(&root.place_of(&["fields", field.name.as_str()]), zh, en);
        }
        if field.required && !field.on_form {
            faults.borrow_mut().add(
                &root.place_of(&["fields", field.name.as_str()]),
                format!("字段 {} 必填却不在登记表上：写 form = true，或去掉 required（动作的 asks 本就必填）", field.name),
                format!("field `{}` is required but not on the form: add `form = true`, or drop `required` (what a move asks is required there)", field.name),
            );
        }
    }
}
