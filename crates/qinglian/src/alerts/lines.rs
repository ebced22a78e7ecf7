//! What stands under a finding: the lines it was counted from, and the group it was held against, as rows of its alert.

use arrow::array::{Array, RecordBatch};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use engine::{Directory, Value, Values};
use screen::{Finding, Screen, Subject};

/// Lines named on an alert; the finding's own query finds them all.
const LINES: usize = 50;

/// The lowest, the quartiles and the highest of the group, and this one.
const GROUP: [(&str, &str); 6] = [
    ("least", "peer_least"),
    ("lower", "peer_lower"),
    ("middle", "peer_median"),
    ("upper", "peer_upper"),
    ("most", "peer_most"),
    ("here", "figure"),
];

/// `[lowest, lower, median, upper, highest, this one]`; nothing where the rule compares with no group or there is none.
pub fn group(finding: &Finding) -> Option<[f64; 6]> {
    let mut all = [0.0; 6];
    for (place, (_, figure)) in all.iter_mut().zip(GROUP) {
        *place = finding.number(figure)?;
    }
    Some(all)
}

/// The group as the one row of its table.
pub(super) fn spread(finding: &Finding) -> Vec<Values> {
    let Some(group) = group(finding) else { return Vec::new() };
    let numbers = GROUP.into_iter().zip(group).map(|((column, _), number)| (column, number));
    let peers = finding.number("peers").map(|peers| ("peers", peers));
    vec![peers.into_iter().chain(numbers).map(|(column, number)| (column.into(), Value::Number(hundredths(number)))).collect()]
}

/// The first lines behind a finding.
///
/// Errors: the lake cannot be read.
pub(super) fn orders(screen: &Screen, finding: &Finding, directory: &Directory) -> anyhow::Result<Vec<Values>> {
    let batch = screen.lines(finding, LINES).map_err(crate::commands::said)?;
    let columns = Columns { batch: &batch };
    let item = finding.subject(Subject::Item);
    let mut rows = Vec::new();
    for row in 0..batch.num_rows() {
        let text = |name: &str| columns.text(name, row);
        let mut values = Values::new();
        let mut put = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                values.insert(name.into(), value);
            }
        };
        put("on", text("time")?.and_then(|time| time.get(..10)?.parse().ok()).map(Value::Date));
        let what = item.map(|item| item.shown().to_owned());
        put("what", what.or(text("item")?).map(Value::Text));
        put("quantity", text("quantity")?.and_then(|number| number.parse().ok()).map(|number| Value::Number(hundredths(number))));
        put("amount", text("amount_fen")?.and_then(|fen| fen.parse().ok()).map(Value::Fen));
        put("prescription", text("prescription")?.map(Value::Text));
        let named = |code: String| directory.people.values().find(|person| person.code == code).map_or(code, |person| person.name.clone());
        put("by", text("prescriber")?.map(named).map(Value::Text));
        put("line", text("line_id")?.map(Value::Text));
        rows.push(values);
    }
    rows.sort_by_key(|row| match row.get("on") {
        Some(Value::Date(day)) => Some(*day),
        _ => None,
    });
    Ok(rows)
}

struct Columns<'a> {
    batch: &'a RecordBatch,
}

impl Columns<'_> {
    /// A cell in words. `None`: empty, or the hospital handed no such column in.
    fn text(&self, name: &str, row: usize) -> anyhow::Result<Option<String>> {
        let Some(column) = self.batch.column_by_name(name).filter(|column| column.is_valid(row)) else { return Ok(None) };
        let text = ArrayFormatter::try_new(column.as_ref(), &FormatOptions::default())?.value(row).to_string();
        Ok(Some(text).filter(|text| !text.is_empty()))
    }
}

fn hundredths(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}
