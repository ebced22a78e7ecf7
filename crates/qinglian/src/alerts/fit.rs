//! What data says may be longer than the fields of an alert: it is cut, for a finding cut short is better than none.

use catalogue::field::Kind;
use catalogue::{Field, Register};
use engine::form::longest;
use engine::{Value, Values};

/// Stands where something was left out.
const CUT: char = '…';

/// Cuts every text to the characters its field takes, in tables to those of their column, and rows to as many as their table takes.
pub(super) fn fit(register: &Register, values: &mut Values) {
    for (name, value) in values.iter_mut() {
        if let Some(field) = register.fields.get(name) {
            one(field, value);
        }
    }
}

fn one(field: &Field, value: &mut Value) {
    match (value, &field.kind) {
        (Value::Text(text), _) => {
            if let Some(most) = longest(field).filter(|most| text.chars().count() > *most) {
                *text = text.chars().take(most.saturating_sub(1)).chain([CUT]).collect();
            }
        }
        (Value::Rows(rows), Kind::Table { columns }) => {
            rows.truncate(field.max.map_or(usize::MAX, |max| max as usize));
            for (name, cell) in rows.iter_mut().flat_map(|row| row.iter_mut()) {
                if let Some(column) = columns.get(name) {
                    one(column, cell);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use catalogue::Catalogue;

    fn fitted(name: &str, column: Option<&str>, length: usize) -> String {
        let catalogue = Catalogue::embedded();
        let text = Value::Text("号".repeat(length));
        let value = match column {
            Some(column) => Value::Rows(vec![Values::from_iter([(column.into(), text)])]),
            None => text,
        };
        let mut values = Values::from_iter([(name.into(), value)]);
        fit(&catalogue.registers["alert"], &mut values);
        let value = match (values.get(name), column) {
            (Some(Value::Rows(rows)), Some(column)) => rows[0].get(column).cloned(),
            (value, _) => value.cloned(),
        };
        let Some(Value::Text(text)) = value else { panic!("it stays a text") };
        text
    }

    #[test]
    fn texts_are_cut_to_the_characters_of_their_field_and_column() {
        for (name, column, most) in [
            ("orders", Some("line"), 60),
            ("orders", Some("prescription"), 60),
            ("orders", Some("by"), 60),
            ("orders", Some("what"), 120),
            ("item", None, 120),
            ("item_name", None, 120),
        ] {
            assert_eq!(fitted(name, column, most), "号".repeat(most), "{name} {column:?} just fits");
            let cut = fitted(name, column, most + 1);
            assert_eq!((cut.chars().count(), cut.chars().last()), (most, Some(CUT)), "{name} {column:?}");
        }
        // As long as a code of the lake may be, the item's own code stays whole: accepted reasons are found by it.
        assert_eq!(fitted("item", None, 120).chars().last(), Some('号'));
    }

    #[test]
    fn rows_are_cut_to_what_their_table_takes() {
        let catalogue = Catalogue::embedded();
        let mut values = Values::from_iter([("orders".into(), Value::Rows(vec![Values::new(); 51]))]);
        fit(&catalogue.registers["alert"], &mut values);
        assert_eq!(values.get("orders"), Some(&Value::Rows(vec![Values::new(); 50])));
    }
}
