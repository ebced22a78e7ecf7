//! What must hold of a form: required fields, limits, dates of list items, checks.

use super::apart::apart;
use super::totals::{TooMuch, total};
use super::{Context, Which, fields, is_asked, required};
use crate::eval::{Facts, holds};
use crate::refusal::{Code, FieldFault};
use crate::value::{Value, Values};
use crate::viewer::Viewer;
use catalogue::field::{Choices, Kind};
use catalogue::{Field, FieldName, ItemName, Lang, RoleName, Text};

/// A form as far as it could be read.
pub(crate) struct Judged<'a> {
    pub context: &'a Context<'a>,
    pub which: Which<'a>,
    /// The form over the entry; sealed values included, they are not sealed yet.
    pub all: &'a Values,
    /// Fields that could not be read at all: they are not also missing.
    pub unreadable: &'a [FieldFault],
}

impl<'a> Judged<'a> {
    fn facts(&self) -> Facts<'a> {
        Facts { values: self.all, entry: self.which.entry(), me: self.context.me, my_unit: self.context.my_unit, now: self.context.now }
    }
}

/// Every fault of the form.
pub(crate) fn judge(judged: &Judged<'_>) -> Vec<FieldFault> {
    let facts = judged.facts();
    let mut faults = Vec::new();
    let totals = judged.context.register.fields.values().filter(|field| field.total_of.is_some());
    for field in fields(judged.context.register, judged.which).into_iter().chain(founding(judged)).chain(totals) {
        let unreadable = judged.unreadable.iter().any(|fault| fault.field.split('.').next() == Some(field.name.as_str()));
        if unreadable || !is_asked(field, &facts) {
            continue;
        }
        if let Some(Err(TooMuch)) = total(field, judged.all) {
            faults.push(too_much(field));
            continue;
        }
        match judged.all.get(&field.name) {
            Some(value) => {
                let before = judged.which.entry().and_then(|entry| entry.values.get(&field.name));
                one(judged, field, field.name.as_str(), value, before, &facts, &mut faults);
            }
            None => {
                let kept = judged.which.entry().is_some_and(|entry| crate::fold::sealed_fields(entry).contains(&field.name));
                if !kept && required(field, judged.which, &facts) {
                    let is_public = matches!(judged.which, Which::Public) || matches!(judged.which, Which::Move(_, step) if step.by_public);
                    faults.push(missing(field, field.label_for(is_public), field.name.as_str()));
                }
            }
        }
    }
    faults
}

/// What only moves fill in, where the set-up founds an entry with it: it is judged like the rest.
fn founding<'a>(judged: &Judged<'a>) -> impl Iterator<Item = &'a Field> {
    let founds = matches!(judged.which, Which::Create);
    let all = judged.all;
    judged.context.register.fields.values().filter(move |field| founds && field.by_move && all.contains_key(&field.name))
}

/// Named by the table whose rows have to be less.
fn too_much(field: &Field) -> FieldFault {
    let table = field.total_of.as_ref().map_or(&field.name, |of| &of.table);
    let (zh, en) = (&field.label.zh, field.label.get(Lang::En));
    FieldFault::new(
        table,
        Code::TooLarge,
        format!("“{zh}”加起来太大，记不下，请核对各行"),
        format!("“{en}” adds up to more than can be held; please check the rows"),
    )
}

/// What is said of a field that has to be filled in and is not. `label`: what it is called where it is asked.
pub fn missing(field: &Field, label: &Text, key: &str) -> FieldFault {
    let (zh, en) = (&label.zh, label.get(catalogue::Lang::En));
    let verb = match field.kind {
        Kind::Choice { .. } | Kind::Person { .. } | Kind::Unit { .. } | Kind::Supplier | Kind::Link { .. } | Kind::YesNo => {
            ("请选择", "choose")
        }
        Kind::File { .. } => ("请上传", "attach"),
        _ => ("请填写", "fill in"),
    };
    FieldFault {
        field: key.to_owned(),
        code: Code::Missing,
        text: Text::new(format!("{}{zh}", verb.0), format!("Please {}: {en}", verb.1)),
    }
}

/// Judges one value. `before` is what the entry holds there: it may stay what it is.
fn one(
    judged: &Judged<'_>,
    field: &Field,
    key: &str,
    value: &Value,
    before: Option<&Value>,
    facts: &Facts<'_>,
    faults: &mut Vec<FieldFault>,
) {
    let mut fault = |code, zh: String, en: String| faults.push(FieldFault { field: key.to_owned(), code, text: Text::new(zh, en) });
    if let Some((code, zh, en)) = limits(field, value) {
        fault(code, zh, en);
    }
    if let Kind::Choice { of, .. } = &field.kind
        && let Some((code, zh, en)) = not_offered(judged, of, value, before.map(Value::items).unwrap_or_default())
    {
        fault(code, zh, en);
    }
    if let Some((zh, en)) = holds_none(judged, field, value, before) {
        fault(Code::NotAllowed, zh, en);
    }
    if let Some((zh, en)) = kept_for_others(judged, field, value, before.map(Value::items).unwrap_or_default()) {
        fault(Code::NotAllowed, zh, en);
    }
    if let Some(check) = &field.check
        && !holds(check, facts)
    {
        let note = field.check_note.clone().unwrap_or_else(|| {
            Text::new(
                format!("{}不合要求，请核对", field.label.zh),
                format!("{} does not hold; please check", field.label.get(catalogue::Lang::En)),
            )
        });
        fault(Code::CheckFailed, note.zh.clone(), note.get(catalogue::Lang::En).to_owned());
    }
    if let (Kind::Table { columns }, Value::Rows(rows)) = (&field.kind, value) {
        if let Some(text) = apart(judged.context, judged.which.entry(), columns, rows) {
            faults.push(FieldFault { field: key.to_owned(), code: Code::CheckFailed, text });
        }
        let held = |name: &FieldName| held_in_rows(before, name);
        for (at, row) in rows.iter().enumerate() {
            let inner = Facts { values: row, entry: None, ..*facts };
            for column in columns.values() {
                let key = format!("{}.{at}.{}", field.name, column.name);
                match row.get(&column.name) {
                    Some(value) => one(judged, column, &key, value, held(&column.name).as_ref(), &inner, faults),
                    None if column.required || column.required_if.as_ref().is_some_and(|c| holds(c, &inner)) => {
                        faults.push(missing(column, &column.label, &key))
                    }
                    None => {}
                }
            }
        }
    }
}

/// Somebody newly named who holds none of the roles the field is for: they could not even read what they are to do.
fn holds_none(judged: &Judged<'_>, field: &Field, value: &Value, before: Option<&Value>) -> Option<(String, String)> {
    let context = judged.context;
    if field.holders.is_empty() {
        return None;
    }
    let new = value.people().iter().filter(|person| !before.is_some_and(|before| before.people().contains(person)));
    let fits = |viewer: &Viewer| field.holders.iter().any(|role| viewer.holds(role.as_str()));
    new.copied().find(|person| !Viewer::of(context.directory, *person, context.now.date()).is_some_and(|viewer| fits(&viewer)))?;
    let titles = titles(context, &field.holders);
    Some((format!("只能选担任这些职责的人：{}", titles(Lang::Zh)), format!("only who holds one of these roles: {}", titles(Lang::En))))
}

fn titles<'a>(context: &'a Context<'_>, roles: &'a [RoleName]) -> impl Fn(Lang) -> String + 'a {
    move |lang| {
        let titles = roles.iter().filter_map(|role| context.catalogue.roles.get(role)).map(|role| role.title.get(lang).to_owned());
        titles.collect::<Vec<_>>().join(if lang == Lang::Zh { "、" } else { ", " })
    }
}

/// An item newly chosen by a person who holds none of the roles it is reserved to. What no person does is not asked.
fn kept_for_others(judged: &Judged<'_>, field: &Field, value: &Value, before: &[ItemName]) -> Option<(String, String)> {
    let context = judged.context;
    let chosen = value.items().iter().filter(|item| !before.contains(item));
    let mut kept = chosen.filter_map(|item| field.reserved.get(item)).peekable();
    kept.peek()?;
    let viewer = context.me.and_then(|me| Viewer::of(context.directory, me, context.now.date()));
    if viewer.is_none() && !matches!(judged.which, Which::Public) {
        return None;
    }
    let roles = kept.find(|roles| !roles.iter().any(|role| viewer.as_ref().is_some_and(|viewer| viewer.holds(role.as_str()))))?;
    if roles.is_empty() {
        return Some(("这一项不由人登记".to_owned(), "nobody enters this item".to_owned()));
    }
    let title = titles(context, roles);
    Some((format!("这一项由{}登记", title(Lang::Zh)), format!("this item is entered by: {}", title(Lang::En))))
}

/// Characters of a text at most: one without a limit of its own still has one, for a form is not a file. `None`: it is no text.
pub fn longest(field: &Field) -> Option<usize> {
    let usual = match field.kind {
        Kind::Text => 500,
        Kind::LongText => 20_000,
        _ => return None,
    };
    Some(field.max.map_or(usual, |max| max as usize))
}

fn limits(field: &Field, value: &Value) -> Option<(Code, String, String)> {
    let money = matches!(value, Value::Fen(_));
    let size = match value {
        Value::Text(text) => text.chars().count() as f64,
        Value::Number(number) => *number,
        Value::Fen(fen) => *fen as f64,
        Value::Rows(rows) => rows.len() as f64,
        Value::People(_) | Value::Units(_) | Value::Choices(_) => (value.people().len() + value.units().len() + value.items().len()) as f64,
        Value::Files(files) => files.iter().map(|file| file.size).max().unwrap_or(0) as f64 / 1_048_576.0,
        _ => return None,
    };
    let shown = |limit: f64| if money { format!("{} 元", limit / 100.0) } else { limit.to_string() };
    let max = field.max.or(longest(field).map(|most| most as f64));
    if let Some(max) = max.filter(|max| size > *max) {
        let (code, zh, en) = match value {
            Value::Text(_) => {
                (Code::TooLong, format!("最多 {max} 字，现有 {size} 字"), format!("at most {max} characters, this has {size}"))
            }
            Value::Files(_) => (Code::TooLarge, format!("单个文件最大 {max} MB"), format!("a file may have at most {max} MB")),
            Value::Rows(_) => (Code::TooLarge, format!("最多 {max} 行"), format!("at most {max} rows")),
            _ if field.kind.many() => (Code::TooLarge, format!("最多 {max} 个"), format!("at most {max}")),
            _ => (Code::TooLarge, format!("不能大于 {}", shown(max)), format!("must not exceed {}", shown(max))),
        };
        return Some((code, zh, en));
    }
    let min = field.min.filter(|min| size < *min)?;
    if field.kind.many() {
        return Some((Code::TooSmall, format!("至少 {min} 个"), format!("at least {min} are needed")));
    }
    Some((Code::TooSmall, format!("不能小于 {}", shown(min)), format!("must be at least {}", shown(min))))
}

/// An item unknown or out of force may not be chosen anew; an entry that holds it keeps it.
fn not_offered(judged: &Judged<'_>, of: &Choices, value: &Value, before: &[ItemName]) -> Option<(Code, String, String)> {
    let list = judged.context.catalogue.items(of)?;
    let today = judged.context.now.date();
    let offered = |item: &ItemName| list.items.get(item).is_some_and(|known| known.holds_on(today));
    let item = value.items().iter().find(|item| !before.contains(item) && !offered(item))?;
    Some(match list.items.get(item) {
        Some(known) => {
            (Code::NotDated, format!("{} 已不在有效期内", known.label.zh), format!("{} is not in force", known.label.get(Lang::En)))
        }
        None => (Code::UnknownValue, format!("没有 {item} 这一项，请从列表中选"), format!("{item} is not on the list; choose one that is")),
    })
}

/// Every item some row of the table holds in a column: rows have no identity, so any of them may keep it.
fn held_in_rows(before: Option<&Value>, column: &FieldName) -> Option<Value> {
    let Some(Value::Rows(rows)) = before else { return None };
    let items = rows.iter().filter_map(|row| row.get(column)).flat_map(|value| value.items().to_vec());
    Some(Value::Choices(items.collect()))
}
