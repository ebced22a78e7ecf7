//! What an export is to hold, in the words of the list's address, and refused where the address would say nothing.

use super::{Clerk, TableError};
use crate::address::Pairs;
use crate::draw::column_word;
use crate::pages::list::ask::{Ask, Way, way};
use catalogue::expr::Builtin;
use catalogue::field::Kind;
use catalogue::register::Column;
use catalogue::{Sensitivity, Text};
use engine::{PersonId, UnitId};
use vault::Keyring;

/// Rows and columns of an export.
#[derive(Default)]
pub struct Wanted<'a> {
    /// A tab of the list; every entry in reach without it.
    pub tab: Option<&'a str>,
    /// As in the list's address: (`state`, `held`), (`received_at.from`, `2026-01-01`), (`q`, words).
    pub filters: &'a [(String, String)],
    /// Words of columns; those of the definition's export layout without any, else of its list.
    pub columns: &'a [String],
    /// Keys that open sealed cells.
    pub unlock: Option<&'a Keyring>,
}

impl Wanted<'_> {
    /// The list that was asked for, and its columns.
    ///
    /// Errors: a tab, a filter, a value or a column that is not there, with those that are.
    pub(super) fn ask<'c>(&self, clerk: &'c Clerk) -> Result<(Ask<'c>, Vec<Column>), TableError> {
        let mut pairs = Pairs::default();
        if let Some(tab) = self.tab {
            let tabs = &clerk.register.list.tabs;
            if !tabs.contains_key(tab) {
                return Err(unknown("页签", "tab", tab, tabs.keys().map(String::as_str)));
            }
            pairs = pairs.with("tab", tab);
        }
        for (name, value) in self.filters {
            pairs = pairs.with(name, filter(clerk, name, value)?);
        }
        let ask = Ask::new(clerk.draw(), pairs, None);
        let columns = if self.columns.is_empty() { ask.exported() } else { columns(&ask, self.columns)? };
        Ok((ask, columns))
    }
}

/// The value of a filter as the list's address has it: units and people by their codes too.
fn filter(clerk: &Clerk, name: &str, value: &str) -> Result<String, TableError> {
    if name == "q" {
        return Ok(value.to_owned());
    }
    let bare = Ask::new(clerk.draw(), Pairs::default(), None);
    let known: Vec<(String, Column)> = bare.filterable().into_iter().flat_map(|column| names(clerk, column)).collect();
    let Some((_, column)) = known.iter().find(|(known, _)| known == name) else {
        return Err(unknown("筛选条件", "filter", name, known.iter().map(|(known, _)| known.as_str()).chain(["q"])));
    };
    let value = match coded(clerk, column, value) {
        Some(value) => value,
        None => return Err(no_value(clerk, name, value, column)),
    };
    let alone = Ask::new(clerk.draw(), Pairs::default().with(name, value.as_str()), None);
    if alone.filters().is_empty() { Err(no_value(clerk, name, &value, column)) } else { Ok(value) }
}

/// The names a column is filtered by.
fn names(clerk: &Clerk, column: Column) -> Vec<(String, Column)> {
    let word = column_word(&column).to_owned();
    match way(&clerk.register, &column) {
        Some(Way::Days | Way::Amounts) => vec![(format!("{word}.from"), column.clone()), (format!("{word}.to"), column)],
        Some(_) => vec![(word, column)],
        None => Vec::new(),
    }
}

/// `None`: there is no such state, item, unit or person.
fn coded(clerk: &Clerk, column: &Column, value: &str) -> Option<String> {
    let directory = &clerk.directory;
    let unit = || {
        let by_code = directory.units.values().find(|unit| unit.code == value).map(|unit| unit.id);
        by_code.or_else(|| UnitId::parse(value)).map(|id| id.to_string())
    };
    match way(&clerk.register, column)? {
        Way::Person if value == "me" => Some(value.to_owned()),
        Way::Person => {
            let by_code = directory.people.values().find(|person| person.code == value).map(|person| person.id);
            by_code.or_else(|| PersonId::parse(value)).map(|id| id.to_string())
        }
        Way::Words => match column {
            Column::Builtin(Builtin::State) => clerk.register.states.contains_key(value).then(|| value.to_owned()),
            Column::Builtin(_) => unit(),
            Column::Field(field) => match &clerk.register.fields.get(field)?.kind {
                Kind::Unit { .. } => unit(),
                Kind::Choice { of, .. } => clerk.catalogue.items(of)?.items.contains_key(value).then(|| value.to_owned()),
                _ => Some(value.to_owned()),
            },
        },
        Way::Exact | Way::YesNo | Way::Days | Way::Amounts => Some(value.to_owned()),
    }
}

fn no_value(clerk: &Clerk, name: &str, value: &str, column: &Column) -> TableError {
    let (zh, en) = match way(&clerk.register, column) {
        Some(Way::YesNo) => ("yes 或 no".to_owned(), "yes or no".to_owned()),
        Some(Way::Days) => ("日期，如 2026-01-31".to_owned(), "a date such as 2026-01-31".to_owned()),
        Some(Way::Amounts) => ("数字，如 200.50".to_owned(), "a number such as 200.50".to_owned()),
        Some(Way::Person) => ("工号或 me".to_owned(), "a staff number or me".to_owned()),
        _ => {
            let words = words(clerk, column);
            (words.clone(), words)
        }
    };
    TableError::Asked(Text::new(format!("{name}={value}：没有这个值；写 {zh}"), format!("{name}={value} is no value of it; write {en}")))
}

fn words(clerk: &Clerk, column: &Column) -> String {
    let known: Vec<&str> = match column {
        Column::Builtin(Builtin::State) => clerk.register.states.keys().map(catalogue::StateName::as_str).collect(),
        Column::Field(field) => match clerk.register.fields.get(field).map(|field| &field.kind) {
            Some(Kind::Choice { of, .. }) => {
                clerk.catalogue.items(of).into_iter().flat_map(|list| list.items.keys()).map(|item| item.as_str()).collect()
            }
            _ => Vec::new(),
        },
        Column::Builtin(_) => Vec::new(),
    };
    if known.is_empty() { "科室编码 / a unit's code".to_owned() } else { known.join(", ") }
}

/// Columns by their words, in this order. A sealed one may stand there: its cells stay shut without keys.
fn columns(ask: &Ask<'_>, wanted: &[String]) -> Result<Vec<Column>, TableError> {
    let fits = |kind: &Kind| !matches!(kind, Kind::File { .. } | Kind::Table { .. });
    let fields = ask.register().fields.values().filter(|field| fits(&field.kind));
    let more = fields.filter(|field| field.sensitivity == Sensitivity::Sealed || matches!(field.kind, Kind::LongText));
    let more = more.map(|field| Column::Field(field.name.clone()));
    let known: Vec<Column> =
        ask.known_columns().into_iter().chain(more.filter(|column| ask.draw.may_list(column) || ask.is_sealed(column))).collect();
    let find = |word: &String| {
        let found = known.iter().find(|column| column_word(column) == word).cloned();
        found.ok_or_else(|| unknown("列", "column", word, known.iter().map(column_word)))
    };
    wanted.iter().map(find).collect()
}

fn unknown<'a>(zh: &str, en: &str, said: &str, known: impl Iterator<Item = &'a str>) -> TableError {
    let known = known.collect::<Vec<_>>().join(", ");
    TableError::Asked(Text::new(format!("没有{zh} {said}；有：{known}"), format!("there is no {en} {said}; known: {known}")))
}
