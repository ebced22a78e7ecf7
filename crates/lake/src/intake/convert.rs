//! A row of cells to a row of stored values, or the first reason why not.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::ops::Range as Span;

use super::bind::{Bound, Number, Plan, ReadAs, Take};
use crate::dims::DimsDraft;
use crate::mapping::{Bad, Range};
use crate::reason::Reason;
use crate::rows::Row;
use crate::value;

/// Free text beyond this is not a name or a note, and a code beyond this is none.
const LONGEST_TEXT: usize = 4000;
const LONGEST_CODE: usize = 120;

/// A value as it will be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Empty,
    Number(i64),
    /// A part of [`Draft::text`].
    Text(Span<usize>),
}

/// One row being read; used again for the next.
#[derive(Default)]
pub(crate) struct Draft {
    pub(crate) values: Vec<Value>,
    pub(crate) text: String,
}

/// Why a row is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rejection {
    pub(crate) column: String,
    pub(crate) value: String,
    pub(crate) reason: Reason,
}

/// Cells left empty because their mapping says `bad = "empty"`.
pub(crate) type Blanked = BTreeMap<(String, Reason), u64>;

impl Plan {
    /// The name of the first filter that leaves the row out.
    pub(crate) fn skipped(&self, row: &Row<'_>) -> Option<&str> {
        self.skips.iter().find(|skip| skip.is.contains(row.cell(skip.column))).map(|skip| skip.name.as_str())
    }

    pub(crate) fn convert(&self, row: &Row<'_>, dims: &mut DimsDraft, draft: &mut Draft, blanked: &mut Blanked) -> Result<(), Rejection> {
        draft.values.clear();
        draft.text.clear();
        for column in &self.columns {
            let value = match column.value(row, dims, &mut draft.text) {
                Ok(Value::Empty) if column.required => {
                    return Err(Rejection { column: column.shown.clone(), value: String::new(), reason: Reason::Missing });
                }
                Ok(value) => value,
                Err((reason, _)) if column.bad == Bad::Empty => {
                    *blanked.entry((column.shown.clone(), reason)).or_default() += 1;
                    Value::Empty
                }
                Err((reason, value)) => return Err(Rejection { column: column.shown.clone(), value, reason }),
            };
            draft.values.push(value);
        }
        draft.values.resize(self.columns.len() + self.retired, Value::Empty);
        Ok(())
    }
}

impl Bound {
    fn value(&self, row: &Row<'_>, dims: &mut DimsDraft, text: &mut String) -> Result<Value, (Reason, String)> {
        if let Take::Days(from, to) = self.take {
            return self.days(row.cell(from), row.cell(to));
        }
        let Some(taken) = self.taken(row) else { return Ok(Value::Empty) };
        let value = self.read(&taken, row, dims, text).map_err(|reason| (reason, taken.to_string()))?;
        match value {
            Value::Number(number) if self.outside(number) => Err((Reason::OutOfRange, taken.into_owned())),
            value => Ok(value),
        }
    }

    fn outside(&self, number: i64) -> bool {
        self.low.is_some_and(|low| number < low) || self.high.is_some_and(|high| number > high)
    }

    /// The cell's text after `empty`, `default` and `values`.
    fn taken<'a>(&'a self, row: &'a Row<'_>) -> Option<Cow<'a, str>> {
        let filled = |text: &&str| !text.is_empty() && !self.empty.iter().any(|empty| empty == text);
        let found = match &self.take {
            Take::Nothing | Take::Days(..) => None,
            Take::Constant(constant) => Some(Cow::Borrowed(constant.as_str())),
            Take::First(places) => places.iter().map(|&place| row.cell(place)).find(filled).map(Cow::Borrowed),
            Take::Join(places, separator) => {
                let cells: Vec<&str> = places.iter().map(|&place| row.cell(place)).collect();
                cells.iter().any(filled).then(|| Cow::Owned(cells.join(separator)))
            }
        };
        let found = found.or(self.default.as_deref().map(Cow::Borrowed))?;
        if self.values.is_empty() {
            return Some(found);
        }
        match (self.values.get(found.as_ref()), &self.otherwise) {
            (Some(value), _) | (None, Some(value)) if value.is_empty() => None,
            (Some(value), _) | (None, Some(value)) => Some(Cow::Borrowed(value)),
            (None, None) => Some(found),
        }
    }

    fn read(&self, cell: &str, row: &Row<'_>, dims: &mut DimsDraft, text: &mut String) -> Result<Value, Reason> {
        Ok(match &self.read {
            ReadAs::Text if cell.len() > LONGEST_TEXT => return Err(Reason::TooLong),
            ReadAs::Dim(_) if cell.len() > LONGEST_CODE => return Err(Reason::TooLong),
            ReadAs::Text => {
                let start = text.len();
                text.push_str(cell);
                Value::Text(start..text.len())
            }
            ReadAs::Dim(slot) => Value::Number(dims.code(*slot, cell)),
            ReadAs::Choice(known) => Value::Number(*known.get(cell).ok_or(Reason::UnknownValue)?),
            ReadAs::Number(rule) => Value::Number(rule.read(cell, row)?),
            ReadAs::Date(None) => Value::Number(i64::from(value::date(cell)?)),
            ReadAs::Date(Some(format)) => Value::Number(value::datetime_as(format, cell)?.div_euclid(86_400)),
            ReadAs::Datetime(None) => Value::Number(value::datetime(cell)?),
            ReadAs::Datetime(Some(format)) => Value::Number(value::datetime_as(format, cell)?),
            ReadAs::Flag => Value::Number(i64::from(value::flag(cell)?)),
        })
    }

    fn days(&self, from: &str, to: &str) -> Result<Value, (Reason, String)> {
        if from.is_empty() || to.is_empty() {
            return Ok(Value::Empty);
        }
        let day = |text: &str| value::date(text).map_err(|reason| (reason, text.to_owned()));
        let days = i64::from(day(to)?) - i64::from(day(from)?);
        if days < 0 {
            return Err((Reason::EndsBeforeStart, to.to_owned()));
        }
        let one = match &self.read {
            ReadAs::Number(rule) => rule.one,
            _ => 1,
        };
        match days.max(1) * one {
            number if self.outside(number) => Err((Reason::OutOfRange, to.to_owned())),
            number => Ok(Value::Number(number)),
        }
    }
}

impl Number {
    fn read(&self, cell: &str, row: &Row<'_>) -> Result<i64, Reason> {
        let number = match self.range.and_then(|end| ends(cell).map(|(low, high)| (end, low, high))) {
            Some((Range::Low, low, _)) => self.plain(low)?,
            Some((Range::High, _, high)) => self.plain(high)?,
            None => self.plain(cell)?,
        };
        let number = match self.times {
            Some(times) => scaled(number, times)?,
            None => number,
        };
        Ok(if self.negated(row) { -number } else { number })
    }

    fn plain(&self, cell: &str) -> Result<i64, Reason> {
        let cell = match self.thousands {
            true => Cow::Owned(value::without_thousands(cell)?),
            false => Cow::Borrowed(cell),
        };
        match self.scale {
            Some(scale) => value::decimal(&cell, scale),
            None => value::integer(&cell),
        }
    }

    fn negated(&self, row: &Row<'_>) -> bool {
        self.negate.as_ref().is_some_and(|(column, is): &(usize, HashSet<String>)| is.contains(row.cell(*column)))
    }
}

/// The two ends of `1-2`; the sign of `-2` is not a range.
fn ends(cell: &str) -> Option<(&str, &str)> {
    let dash = cell.char_indices().skip(1).find(|(_, c)| *c == '-')?.0;
    Some((cell[..dash].trim(), cell[dash + 1..].trim()))
}

/// `number × times / 10^9`, rounded half away from zero.
fn scaled(number: i64, times: i64) -> Result<i64, Reason> {
    const UNIT: i128 = 1_000_000_000;
    let product = i128::from(number) * i128::from(times);
    i64::try_from((product + product.signum() * (UNIT / 2)) / UNIT).map_err(|_| Reason::TooBig)
}
