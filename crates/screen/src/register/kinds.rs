//! Each kind of field as columns.

use super::columns::{Columns, unit};
use catalogue::Field;
use catalogue::field::Kind;
use engine::{Directory, PersonId, Rank, UnitId, Value, day_number};

/// Adds the columns of one field. *Shape*: a value for each row.
///
/// text, choice, supplier, link: Utf8 · several choices, people or units: list of Utf8 · number: Float64 · money: Int64
/// in fen · date: Date32 · datetime: Timestamp(ms) · yes/no: Boolean · files: Int64, how many. A person has `__code`,
/// `__name`, `__rank` and `__unit` beside the id, a unit `__code`, `__name` and `__class`, a supplier or link `__name`.
pub(super) fn add(columns: &mut Columns, field: &Field, values: &[Option<&Value>], directory: &Directory) {
    let name = field.name.as_str();
    let each = || values.iter().copied();
    match &field.kind {
        Kind::Text | Kind::LongText => columns.texts(name, each().map(|value| value.and_then(Value::as_text))),
        Kind::Number { .. } => columns.numbers(
            name,
            each().map(|value| match value {
                Some(Value::Number(number)) => Some(*number),
                _ => None,
            }),
        ),
        Kind::Money => columns.integers(
            name,
            each().map(|value| match value {
                Some(Value::Fen(fen)) => Some(*fen),
                _ => None,
            }),
        ),
        Kind::Date => columns.days(
            name,
            each().map(|value| match value {
                Some(Value::Date(day)) => i32::try_from(day_number(*day)).ok(),
                _ => None,
            }),
        ),
        Kind::DateTime => columns.moments(
            name,
            each().map(|value| match value {
                Some(Value::Moment(moment)) => Some(*moment),
                _ => None,
            }),
        ),
        Kind::YesNo => columns.flags(
            name,
            each().map(|value| match value {
                Some(Value::Flag(truth)) => Some(*truth),
                _ => None,
            }),
        ),
        Kind::Choice { many: false, .. } => {
            columns.texts(name, each().map(|value| value.and_then(|value| value.items().first()).map(|item| item.as_str())));
        }
        Kind::Choice { many: true, .. } => {
            columns.lists(name, each().map(|value| value.map(|value| value.items().iter().map(|item| item.as_str().to_owned()).collect())))
        }
        Kind::Person { many } => people(columns, name, *many, values, directory),
        Kind::Unit { many: false } => {
            let ids: Vec<Option<UnitId>> = each().map(|value| value.and_then(|value| value.units().first().copied())).collect();
            unit(columns, name, &ids, directory);
        }
        Kind::Unit { many: true } => {
            columns.lists(name, each().map(|value| value.map(|value| value.units().iter().map(ToString::to_string).collect())))
        }
        Kind::Supplier | Kind::Link { .. } => {
            columns.texts(name, each().map(|value| value.and_then(Value::as_link).map(|id| id.to_string())));
            let named = each().map(|value| value.and_then(Value::as_link).and_then(|id| directory.names.get(&id)));
            columns.texts(format!("{name}__name"), named);
        }
        Kind::File { .. } => columns.integers(name, each().map(|value| value.map(|value| value.files().len() as i64))),
        Kind::Table { .. } => {}
    }
}

fn people(columns: &mut Columns, name: &str, many: bool, values: &[Option<&Value>], directory: &Directory) {
    let each = || values.iter().copied();
    if many {
        columns.lists(name, each().map(|value| value.map(|value| value.people().iter().map(ToString::to_string).collect())));
        return;
    }
    let ids: Vec<Option<PersonId>> = each().map(|value| value.and_then(|value| value.people().first().copied())).collect();
    let people = || ids.iter().map(|id| id.and_then(|id| directory.person(id)));
    columns.texts(name, ids.iter().map(|id| id.map(|id| id.to_string())));
    columns.texts(format!("{name}__code"), people().map(|person| person.map(|person| &person.code)));
    columns.texts(format!("{name}__name"), people().map(|person| person.map(|person| &person.name)));
    columns.texts(format!("{name}__rank"), people().map(|person| person.map(|person| rank(person.rank))));
    columns.texts(format!("{name}__unit"), people().map(|person| person.and_then(|person| person.unit).map(|unit| unit.to_string())));
}

fn rank(rank: Rank) -> &'static str {
    match rank {
        Rank::Leader => "leader",
        Rank::Middle => "middle",
        Rank::Other => "other",
    }
}
