//! Totals: fields that nobody types, because the rows of a table say what they are.

use crate::value::{Value, Values};
use catalogue::field::Kind;
use catalogue::{Field, FieldName, Register};
use indexmap::IndexMap;

/// What a field comes to when it is the total of these values' rows. `None`: it is no total, or there are no rows.
pub fn total(field: &Field, values: &Values) -> Option<Value> {
    let of = field.total_of.as_ref()?;
    let Value::Rows(rows) = values.get(&of.table)? else { return None };
    let cells = rows.iter().filter_map(|row| row.get(&of.column));
    match field.kind {
        Kind::Money => {
            Some(Value::Fen(cells.fold(0_i64, |sum, cell| if let Value::Fen(fen) = cell { sum.saturating_add(*fen) } else { sum })))
        }
        Kind::Number { .. } => {
            Some(Value::Number(cells.fold(0.0, |sum, cell| if let Value::Number(number) = cell { sum + number } else { sum })))
        }
        _ => None,
    }
}

/// Adds up what changes touch: whoever writes rows writes their total with them, and a total beside rows is never written alone.
pub(crate) fn settle(register: &Register, before: &Values, set: &mut IndexMap<FieldName, Option<Value>>) {
    for field in register.fields.values() {
        let Some(of) = field.total_of.as_ref().filter(|of| set.contains_key(&of.table) || set.contains_key(&field.name)) else { continue };
        let rows = match set.get(&of.table) {
            Some(rows) => rows.clone(),
            None => before.get(&of.table).cloned(),
        };
        // What an old ledger brings without its rows keeps the total it came with.
        let Some(rows) = rows else {
            if set.contains_key(&of.table) && !set.contains_key(&field.name) && before.contains_key(&field.name) {
                set.insert(field.name.clone(), None);
            }
            continue;
        };
        let now = total(field, &Values::from_iter([(of.table.clone(), rows)]));
        if now.as_ref() == before.get(&field.name) {
            set.shift_remove(&field.name);
        } else {
            set.insert(field.name.clone(), now);
        }
    }
}
