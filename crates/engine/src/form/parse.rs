//! From what was typed to values, and back.

use super::{Context, Input};
use crate::ids::{EntryId, PersonId, UnitId};
use crate::refusal::{Code, FieldFault};
use crate::time::Moment;
use crate::value::{Value, Values};
use catalogue::field::{Choices, Kind};
use catalogue::{Field, FieldName, ItemName};
use indexmap::IndexMap;
use jiff::civil::{Date, DateTime};

/// The value of one field. `Ok(None)`: empty.
pub(super) fn field(context: &Context<'_>, field: &Field, input: &Input) -> Result<Option<Value>, Vec<FieldFault>> {
    match &field.kind {
        Kind::File { many } => match input.files.get(&field.name).filter(|files| !files.is_empty()) {
            Some(files) if files.len() > 1 && !many => {
                Err(vec![FieldFault::new(&field.name, Code::UnknownValue, "只能放一个文件", "only one file goes here")])
            }
            files => Ok(files.map(|files| Value::Files(files.clone()))),
        },
        Kind::Table { columns } => table(context, field, columns, input),
        _ => {
            let typed: Vec<&str> = input
                .texts
                .get(field.name.as_str())
                .into_iter()
                .flatten()
                .map(|text| text.trim())
                .filter(|text| !text.is_empty())
                .collect();
            scalar(context, field, &typed).map_err(|(code, zh, en)| vec![FieldFault::new(&field.name, code, zh, en)])
        }
    }
}

/// Whether the form carried the field at all.
pub(super) fn was_typed(field: &Field, input: &Input) -> bool {
    match &field.kind {
        Kind::File { .. } => input.files.contains_key(&field.name),
        Kind::Table { .. } => input.texts.keys().any(|key| key.split('.').next() == Some(field.name.as_str())),
        _ => input.texts.contains_key(field.name.as_str()),
    }
}

type Wrong = (Code, String, String);

fn scalar(context: &Context<'_>, field: &Field, typed: &[&str]) -> Result<Option<Value>, Wrong> {
    let Some(first) = typed.first().copied() else { return Ok(None) };
    if typed.len() > 1 && !field.kind.many() {
        return Err((Code::UnknownValue, "只能填一个".into(), "only one value goes here".into()));
    }
    let value = match &field.kind {
        Kind::Text => {
            if first.contains(['\n', '\r']) {
                return Err((Code::UnknownValue, "只能写一行".into(), "this is one line only".into()));
            }
            Value::Text(first.to_owned())
        }
        Kind::LongText => Value::Text(first.replace("\r\n", "\n")),
        Kind::Number { decimals, .. } => Value::Number(number(first, *decimals)?),
        Kind::Money => Value::Fen(fen(first)?),
        Kind::Date => Value::Date(date(first)?),
        Kind::DateTime => Value::Moment(moment(first)?),
        Kind::YesNo => Value::Flag(flag(first)?),
        Kind::Choice { of, many } => {
            let items = typed.iter().map(|word| item(context, of, word)).collect::<Result<Vec<_>, _>>()?;
            if *many { Value::Choices(each_once(items)) } else { Value::Choice(items.into_iter().next().expect("typed is not empty")) }
        }
        Kind::Person { many } => {
            let people = typed.iter().map(|word| person(context, word)).collect::<Result<Vec<_>, _>>()?;
            if *many { Value::People(each_once(people)) } else { Value::Person(people[0]) }
        }
        Kind::Unit { many } => {
            let units = typed.iter().map(|word| unit(context, word)).collect::<Result<Vec<_>, _>>()?;
            if *many { Value::Units(each_once(units)) } else { Value::Unit(units[0]) }
        }
        Kind::Supplier => Value::Supplier(entry(first)?),
        Kind::Link { .. } => Value::Link(entry(first)?),
        Kind::File { .. } | Kind::Table { .. } => return Ok(None),
    };
    Ok(Some(value))
}

/// Ticked twice is ticked.
fn each_once<T: PartialEq>(all: Vec<T>) -> Vec<T> {
    let mut once = Vec::with_capacity(all.len());
    for one in all {
        if !once.contains(&one) {
            once.push(one);
        }
    }
    once
}

fn table(
    context: &Context<'_>,
    field: &Field,
    columns: &IndexMap<FieldName, Field>,
    input: &Input,
) -> Result<Option<Value>, Vec<FieldFault>> {
    let mut rows: Vec<Values> = Vec::new();
    let mut faults = Vec::new();
    let numbers = row_numbers(field, input);
    if numbers.len() > MOST_ROWS {
        let (zh, en) = (format!("最多 {MOST_ROWS} 行"), format!("at most {MOST_ROWS} rows"));
        return Err(vec![FieldFault::new(&field.name, Code::TooLarge, zh, en)]);
    }
    for at in numbers {
        let row = row(context, field, columns, input, at, &mut faults);
        if counts(&row) {
            rows.push(row);
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok((!rows.is_empty()).then_some(Value::Rows(rows)))
}

fn row(
    context: &Context<'_>,
    field: &Field,
    columns: &IndexMap<FieldName, Field>,
    input: &Input,
    at: usize,
    faults: &mut Vec<FieldFault>,
) -> Values {
    let mut row = Values::new();
    for column in columns.values() {
        let key = format!("{}.{at}.{}", field.name, column.name);
        let typed: Vec<&str> =
            input.texts.get(&key).into_iter().flatten().map(|text| text.trim()).filter(|text| !text.is_empty()).collect();
        match scalar(context, column, &typed) {
            Ok(Some(value)) => {
                row.insert(column.name.clone(), value);
            }
            Ok(None) => {}
            Err((code, zh, en)) => faults.push(FieldFault { field: key, code, text: catalogue::Text::new(zh, en) }),
        }
    }
    row
}

/// A row with nothing but untouched tick boxes is no row.
fn counts(row: &Values) -> bool {
    row.values().any(|value| *value != Value::Flag(false))
}

/// The rows of a table that are not empty, by the numbers they were typed under: a fault stands at the typed row.
pub(super) fn rows_typed(context: &Context<'_>, field: &Field, input: &Input) -> Vec<usize> {
    let Kind::Table { columns } = &field.kind else { return Vec::new() };
    let filled = |at: &usize| {
        let one = row(context, field, columns, input, *at, &mut Vec::new());
        counts(&one)
    };
    row_numbers(field, input).into_iter().filter(filled).collect()
}

/// More rows than this are a mistake or worse; a longer list is imported.
const MOST_ROWS: usize = 1_000;

/// Row numbers present in the form, in order.
fn row_numbers(field: &Field, input: &Input) -> Vec<usize> {
    let mut numbers: Vec<usize> = input
        .texts
        .keys()
        .filter_map(|key| key.strip_prefix(field.name.as_str())?.strip_prefix('.')?.split('.').next()?.parse().ok())
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// Full-width digits and signs are what a Chinese keyboard types.
fn narrow(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '０'..='９' => char::from_u32(c as u32 - '０' as u32 + '0' as u32).unwrap_or(c),
            '．' | '。' => '.',
            '－' | '—' => '-',
            '：' => ':',
            '，' => ',',
            '／' => '/',
            '　' => ' ',
            _ => c,
        })
        .collect()
}

fn number(text: &str, decimals: u8) -> Result<f64, Wrong> {
    let wrong = || (Code::UnknownValue, format!("{text} 不是数，例如 12"), format!("{text:?} is no number; write for example 12"));
    let (minus, whole, after) = digits(&narrow(text)).ok_or_else(wrong)?;
    let places = after.trim_end_matches('0').len();
    let value: f64 = format!("{whole}.{after}0").parse().ok().filter(|value: &f64| value.abs() < 1e15).ok_or_else(wrong)?;
    if places > usize::from(decimals) {
        return Err((Code::UnknownValue, format!("最多 {decimals} 位小数"), format!("at most {decimals} decimal place(s)")));
    }
    Ok(if minus { -value } else { value })
}

/// Sign, whole digits and decimals of a plain number. Commas stand between groups of three and nowhere else: `1,5` would
/// otherwise become fifteen.
fn digits(plain: &str) -> Option<(bool, String, String)> {
    let (minus, rest) = plain.strip_prefix('-').map_or((false, plain), |rest| (true, rest));
    let (whole, after) = rest.split_once('.').unwrap_or((rest, ""));
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let grouped = groups.clone().count() == 0 || (first.len() <= 3 && groups.all(|group| group.len() == 3));
    let whole = whole.replace(',', "");
    let all_digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    (grouped && !first.is_empty() && all_digits(&whole) && all_digits(after)).then(|| (minus, whole, after.to_owned()))
}

/// Yuan as typed to fen, exactly: no floating point on the way.
fn fen(text: &str) -> Result<i64, Wrong> {
    let wrong = || {
        (
            Code::UnknownValue,
            format!("{text} 不是金额，例如 1200 或 1200.50"),
            format!("{text:?} is no amount; write for example 1200 or 1200.50"),
        )
    };
    let plain = narrow(text);
    let plain = plain.trim_start_matches(['¥', '￥']).trim_end_matches('元').trim();
    let (minus, yuan, after) = digits(plain).filter(|(_, yuan, after)| after.len() <= 2 && yuan.len() <= 13).ok_or_else(wrong)?;
    let yuan: i64 = yuan.parse().map_err(|_| wrong())?;
    let cents: i64 = format!("{after:0<2}").parse().map_err(|_| wrong())?;
    let fen = yuan * 100 + cents;
    Ok(if minus { -fen } else { fen })
}

fn date(text: &str) -> Result<Date, Wrong> {
    let mut plain = narrow(text).replace(['年', '月', '/', '.'], "-").replace('日', "");
    if plain.len() == 8 && plain.chars().all(|c| c.is_ascii_digit()) {
        plain = format!("{}-{}-{}", &plain[..4], &plain[4..6], &plain[6..]);
    }
    let mut parts = plain.trim_end_matches('-').split('-').map(str::trim);
    let mut read = || -> Option<Date> {
        let (year, month, day) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        if parts.next().is_some() {
            return None;
        }
        Date::new(year, month, day).ok().filter(|date| (1900..=2199).contains(&date.year()))
    };
    read().ok_or_else(|| {
        (Code::UnknownValue, format!("{text} 不是日期，例如 2026-06-11"), format!("{text:?} is no date; write for example 2026-06-11"))
    })
}

fn moment(text: &str) -> Result<Moment, Wrong> {
    let wrong = || {
        (
            Code::UnknownValue,
            format!("{text} 不是时间，例如 2026-06-11 14:30"),
            format!("{text:?} is no time; write for example 2026-06-11 14:30"),
        )
    };
    let plain = narrow(text).replace('T', " ");
    let (day, time) = plain.trim().split_once(' ').unwrap_or((plain.trim(), "00:00"));
    let day = date(day).map_err(|_| wrong())?;
    let mut parts = time.trim().split(':').map(|part| part.parse::<i8>());
    let (Some(Ok(hour)), Some(Ok(minute))) = (parts.next(), parts.next()) else { return Err(wrong()) };
    let second = parts.next().transpose().map_err(|_| wrong())?.unwrap_or(0);
    if parts.next().is_some() {
        return Err(wrong());
    }
    DateTime::new(day.year(), day.month(), day.day(), hour, minute, second, 0).map(Moment::from_local).map_err(|_| wrong())
}

fn flag(text: &str) -> Result<bool, Wrong> {
    match text.to_lowercase().as_str() {
        "yes" | "true" | "1" | "on" | "是" | "有" | "y" => Ok(true),
        "no" | "false" | "0" | "off" | "否" | "无" | "n" => Ok(false),
        _ => Err((Code::UnknownValue, format!("{text} 不是是或否"), format!("{text:?} is neither yes nor no"))),
    }
}

/// An item by its name, or by its label in either language, as an import would give it.
fn item(context: &Context<'_>, of: &Choices, word: &str) -> Result<ItemName, Wrong> {
    let list = context.catalogue.items(of);
    let found = list.and_then(|list| {
        let by_name = list.items.get_key_value(word).map(|(name, _)| name);
        by_name.or_else(|| list.items.iter().find(|(_, item)| item.label.zh == word || item.label.en == word).map(|(name, _)| name))
    });
    found.cloned().ok_or_else(|| {
        (Code::UnknownValue, format!("没有 {word} 这一项，请从列表中选"), format!("{word:?} is not on the list; choose one that is"))
    })
}

/// A person by id, by number (工号), or by a name that only one active person has.
fn person(context: &Context<'_>, word: &str) -> Result<PersonId, Wrong> {
    let people = &context.directory.people;
    if let Some(id) = PersonId::parse(word).filter(|id| people.contains_key(id)) {
        return Ok(id);
    }
    if let Some(known) = people.values().find(|person| person.code == word) {
        return Ok(known.id);
    }
    let mut named = people.values().filter(|person| person.active && person.name == word);
    match (named.next(), named.next()) {
        (Some(only), None) => Ok(only.id),
        (Some(_), Some(_)) => Err((
            Code::UnknownValue,
            format!("有不止一个 {word}，请用工号"),
            format!("more than one person is called {word:?}; give the staff number"),
        )),
        _ => Err((Code::UnknownValue, format!("人员库里没有 {word}"), format!("nobody called {word:?} is in the directory"))),
    }
}

fn unit(context: &Context<'_>, word: &str) -> Result<UnitId, Wrong> {
    let units = &context.directory.units;
    if let Some(id) = UnitId::parse(word).filter(|id| units.contains_key(id)) {
        return Ok(id);
    }
    let found = units.values().find(|unit| unit.code == word).or_else(|| units.values().find(|unit| unit.name == word));
    found.map(|unit| unit.id).ok_or_else(|| (Code::UnknownValue, format!("没有科室 {word}"), format!("there is no unit {word:?}")))
}

fn entry(word: &str) -> Result<EntryId, Wrong> {
    EntryId::parse(word)
        .ok_or_else(|| (Code::UnknownValue, format!("{word} 不是可以链接的条目"), format!("{word:?} is no entry to link to")))
}

/// A value as it is typed into a control; several are joined by `|`.
pub fn typed(field: &Field, value: &Value) -> String {
    let join = |parts: Vec<String>| parts.join("|");
    match value {
        Value::Text(text) => text.clone(),
        Value::Number(number) => match field.kind {
            Kind::Number { decimals, .. } => format!("{number:.*}", usize::from(decimals)),
            _ => number.to_string(),
        },
        Value::Fen(fen) => crate::show::yuan_plain(*fen),
        Value::Date(date) => date.to_string(),
        Value::Moment(moment) => moment.local().strftime("%Y-%m-%dT%H:%M").to_string(),
        Value::Flag(truth) => if *truth { "yes" } else { "no" }.to_owned(),
        Value::Choice(_) | Value::Choices(_) => join(value.items().iter().map(|item| item.as_str().to_owned()).collect()),
        Value::Person(_) | Value::People(_) => join(value.people().iter().map(ToString::to_string).collect()),
        Value::Unit(_) | Value::Units(_) => join(value.units().iter().map(ToString::to_string).collect()),
        Value::Supplier(id) | Value::Link(id) => id.to_string(),
        Value::Files(files) => join(files.iter().map(|file| file.name.clone()).collect()),
        Value::Rows(_) => String::new(),
    }
}

/// The sub-rows of a table as typed: keys `table.row.column`.
pub fn typed_table(field: &Field, rows: &[Values]) -> Vec<(String, String)> {
    let Kind::Table { columns } = &field.kind else { return Vec::new() };
    let mut found = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        for (name, value) in row {
            if let Some(column) = columns.get(name) {
                found.push((format!("{}.{at}.{name}", field.name), typed(column, value)));
            }
        }
    }
    found
}
