//! Totals: fields that nobody types, because the rows of a table say what they are.

use crate::value::{Value, Values};
use catalogue::field::Kind;
use catalogue::{Field, FieldName, Register};
use indexmap::IndexMap;

/// The rows of a table add up to more than a field can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMuch;

/// What a field comes to when it is the total of these values' rows, a number to as many decimals as the field has. `None`: it is no
/// total, or there are no rows.
pub fn total(field: &Field, values: &Values) -> Option<Result<Value, TooMuch>> {
    let of = field.total_of.as_ref()?;
    let Value::Rows(rows) = values.get(&of.table)? else { return None };
    let cells = rows.iter().filter_map(|row| row.get(&of.column));
    match field.kind {
        Kind::Money => {
            let mut fen = cells.filter_map(|cell| if let Value::Fen(fen) = cell { Some(*fen) } else { None });
            Some(fen.try_fold(0_i64, i64::checked_add).map(Value::Fen).ok_or(TooMuch))
        }
        Kind::Number { decimals, .. } => {
            let numbers = cells.filter_map(|cell| if let Value::Number(number) = cell { Some(*number) } else { None });
            let sum = rounded(numbers.sum(), decimals);
            Some(if sum.is_finite() { Ok(Value::Number(sum)) } else { Err(TooMuch) })
        }
        _ => None,
    }
}

/// A number too large to be shifted by its decimals has none.
fn rounded(number: f64, decimals: u8) -> f64 {
    let scale = 10_f64.powi(i32::from(decimals));
    let shifted = number * scale;
    if shifted.is_finite() { shifted.round() / scale } else { number }
}

/// Adds up what changes touch: whoever writes rows writes their total with them, and a total beside rows is never written alone. Rows that
/// add up to too much have no total, and [`super::judge`] names the fault.
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
        let now = total(field, &Values::from_iter([(of.table.clone(), rows)])).and_then(Result::ok);
        if now.as_ref() == before.get(&field.name) {
            set.shift_remove(&field.name);
        } else {
            set.insert(field.name.clone(), now);
        }
    }
}
