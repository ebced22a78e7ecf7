//! Parameters: checked for name, type and range, then bound. DataFusion itself would take a number written as text and
//! a name nobody knows without a word.

use super::head::{Param, ParamKind, ParamValue};
use super::{Params, Rule};
use crate::error::{Error, Result};
use catalogue::Text;
use datafusion::scalar::ScalarValue;
use indexmap::IndexMap;
use std::collections::HashMap;

/// The parameters in force for one run.
#[derive(Debug, Clone)]
pub(crate) struct Bound {
    /// As given or by default, for the record.
    pub said: Params,
    pub values: HashMap<String, ScalarValue>,
}

impl Rule {
    /// The defaults with what is given in their place.
    ///
    /// *Errors*: unknown names, other types, values out of range: all of them.
    pub(crate) fn bind(&self, given: &Params) -> Result<Bound> {
        let values = bind_params(&self.head.id, &self.head.params, given).map_err(Error::Parameters)?;
        let said = self.head.params.iter().map(|(name, param)| (name.clone(), given.get(name).unwrap_or(&param.default).clone()));
        Ok(Bound { said: said.collect(), values })
    }
}

/// Defaults with what is given in their place, as SQL gets them; or everything that is wrong with what is given.
pub(crate) fn bind_params(what: &str, params: &IndexMap<String, Param>, given: &Params) -> Result<HashMap<String, ScalarValue>, Vec<Text>> {
    let faults = faults(what, params, given);
    if !faults.is_empty() {
        return Err(faults);
    }
    let bound = params.iter().map(|(name, param)| {
        let value = scalar(param, given.get(name).unwrap_or(&param.default));
        value.map(|value| (name.clone(), value)).map_err(|why| vec![why])
    });
    bound.collect()
}

/// What is wrong with parameters, in both languages.
pub(super) fn faults(what: &str, params: &IndexMap<String, Param>, given: &Params) -> Vec<Text> {
    let mut faults = Vec::new();
    for (name, value) in given {
        match params.get(name) {
            None => {
                let known = params.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
                faults.push(Text::new(
                    format!("{what} 没有参数 {name}；有：{known}"),
                    format!("{what} has no parameter `{name}`; it has: {known}"),
                ));
            }
            Some(param) => faults.extend(scalar(param, value).err().map(|why| {
                Text::new(format!("{what} 的参数 {name}（{}）{}", param.label.zh, why.zh), format!("{what} parameter `{name}` {}", why.en))
            })),
        }
    }
    faults
}

/// A value as the SQL gets it.
pub(super) fn scalar(param: &Param, value: &ParamValue) -> Result<ScalarValue, Text> {
    let (scalar, size) = match (param.is, value) {
        (ParamKind::Flag, ParamValue::Flag(truth)) => (ScalarValue::Boolean(Some(*truth)), None),
        (ParamKind::Choice, ParamValue::Text(word)) if param.of.contains_key(word) => (ScalarValue::Utf8(Some(word.clone())), None),
        (ParamKind::Choice, ParamValue::Text(_)) => {
            let known = param.of.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            return Err(Text::new(format!("只能是 {known}"), format!("must be one of {known}")));
        }
        (ParamKind::Integer, ParamValue::Integer(number)) => (ScalarValue::Int64(Some(*number)), Some(*number as f64)),
        (ParamKind::Number | ParamKind::Share | ParamKind::Money, value) => {
            let number = match value {
                ParamValue::Integer(number) => *number as f64,
                ParamValue::Number(number) if number.is_finite() => *number,
                _ => return Err(wanted(param.is)),
            };
            let scalar = match param.is {
                ParamKind::Money => ScalarValue::Int64(Some((number * 100.0).round() as i64)),
                _ => ScalarValue::Float64(Some(number)),
            };
            (scalar, Some(number))
        }
        _ => return Err(wanted(param.is)),
    };
    let (least, most) = match param.is {
        ParamKind::Share => (param.min.or(Some(0.0)), param.max.or(Some(1.0))),
        _ => (param.min, param.max),
    };
    match size {
        Some(size) if least.is_some_and(|least| size < least) || most.is_some_and(|most| size > most) => {
            let (least, most) = (shown(least, "-∞"), shown(most, "∞"));
            Err(Text::new(format!("须在 {least} 与 {most} 之间"), format!("must lie between {least} and {most}")))
        }
        _ => Ok(scalar),
    }
}

fn shown(bound: Option<f64>, none: &str) -> String {
    bound.map_or(none.to_owned(), |bound| bound.to_string())
}

fn wanted(kind: ParamKind) -> Text {
    match kind {
        ParamKind::Number => Text::new("须是数", "must be a number"),
        ParamKind::Share => Text::new("须是 0 到 1 之间的数", "must be a number from 0 to 1"),
        ParamKind::Money => Text::new("须是以元计的数", "must be a number of yuan"),
        ParamKind::Integer => Text::new("须是整数", "must be an integer"),
        ParamKind::Flag => Text::new("须是 true 或 false", "must be true or false"),
        ParamKind::Choice => Text::new("须是选项之一", "must be one of the choices"),
    }
}
