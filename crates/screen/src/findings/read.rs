//! From a rule's result to findings. The columns of the result are a contract; what breaks it is named.

use super::{FigureHead, Finding, Findings, LineQuery, Named, Number, show};
use crate::error::{Error, Result};
use crate::rule::{Bound, FigureKind, Head, Rule, Subject};
use arrow::array::{Array, ArrayRef, AsArray, Date32Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type};
use catalogue::Lang;
use indexmap::IndexMap;
use lake::Month;

/// Reads `month` (Date32, any day of it), a code and `<kind>_name` for each subject, and every figure.
///
/// *Errors*: a column that is missing, or that holds something else.
pub(crate) fn read(rule: &Rule, bound: &Bound, span: (Month, Month), without: Vec<String>, batches: &[RecordBatch]) -> Result<Findings> {
    let head = &rule.head;
    let version = rule.version(&bound.said);
    let mut rows = Vec::new();
    for batch in batches {
        let columns = Columns::of(rule, batch)?;
        for at in 0..batch.num_rows() {
            rows.push(columns.finding(rule, bound, &version, at)?);
        }
    }
    if let Some(outside) = rows.iter().find(|row| row.month < span.0 || row.month > span.1) {
        return Err(broken(rule, format!("a finding in {}, which was not asked for", outside.month)));
    }
    Ok(Findings {
        rule: head.id.clone(),
        title: head.title.clone(),
        maturity: head.maturity,
        version,
        params: bound.said.clone(),
        parameters: rule.parameters(&bound.said),
        first: span.0,
        last: span.1,
        without,
        figures: figure_heads(head),
        rows,
    })
}

fn figure_heads(head: &Head) -> IndexMap<String, FigureHead> {
    let heads = head.figures.iter().map(|(name, figure)| {
        let head = FigureHead {
            is: figure.is,
            label: figure.label.clone(),
            unit: figure.unit.clone(),
            decimals: figure.decimals,
            of: figure.of.clone(),
        };
        (name.clone(), head)
    });
    heads.collect()
}

struct Columns {
    /// First days of months.
    month: Date32Array,
    subjects: Vec<(Subject, StringArray, StringArray)>,
    figures: Vec<(String, FigureHead, ArrayRef)>,
}

impl Columns {
    fn of(rule: &Rule, batch: &RecordBatch) -> Result<Self> {
        let column = |name: &str, kind: &DataType| {
            let column = batch.column_by_name(name).ok_or_else(|| broken(rule, format!("the result has no column `{name}`")))?;
            let same = column.data_type() == kind
                || (kind == &DataType::Utf8 && column.data_type().is_string())
                || (kind.is_numeric() && column.data_type().is_numeric())
                || matches!(column.data_type(), DataType::Dictionary(_, inner) if kind == &DataType::Utf8 && inner.is_string())
                || column.data_type().is_null();
            match same {
                true => Ok(cast(column, kind)?),
                false => Err(broken(rule, format!("column `{name}` is {}, not {kind}", column.data_type()))),
            }
        };
        let text = |name: &str| Ok::<_, Error>(column(name, &DataType::Utf8)?.as_string::<i32>().clone());
        let subject = |kind: &Subject| Ok((*kind, text(kind.word())?, text(&format!("{}_name", kind.word()))?));
        let figure = |(name, head): (String, FigureHead)| {
            let kind = match head.is {
                FigureKind::Number | FigureKind::Share => DataType::Float64,
                FigureKind::Integer | FigureKind::Money => DataType::Int64,
                FigureKind::Text => DataType::Utf8,
            };
            Ok((name.clone(), head, column(&name, &kind)?))
        };
        Ok(Self {
            month: column("month", &DataType::Date32)?.as_primitive::<Date32Type>().clone(),
            subjects: rule.head.subjects.iter().map(subject).collect::<Result<_>>()?,
            figures: figure_heads(&rule.head).into_iter().map(figure).collect::<Result<_>>()?,
        })
    }

    fn finding(&self, rule: &Rule, bound: &Bound, version: &str, at: usize) -> Result<Finding> {
        if self.month.is_null(at) {
            return Err(broken(rule, "a finding without a month".to_owned()));
        }
        let month = Month::of_day(self.month.value(at));
        let value = |texts: &StringArray| texts.is_valid(at).then(|| texts.value(at).to_owned());
        let named =
            |(kind, codes, names): &(Subject, StringArray, StringArray)| Some((*kind, Named { code: value(codes)?, name: value(names) }));
        let subjects: IndexMap<Subject, Named> = self.subjects.iter().filter_map(named).collect();
        if subjects.is_empty() {
            return Err(broken(rule, "a finding about nothing".to_owned()));
        }
        let figures: IndexMap<String, Number> = self.figures.iter().map(|(name, _, column)| (name.clone(), number(column, at))).collect();
        let words = |name: &str, lang: Lang| self.words(rule, bound, month, &subjects, &figures, name, lang);
        let equal = rule.head.lines.by.iter().filter_map(|(kind, column)| Some((column.clone(), subjects.get(kind)?.code.clone())));
        Ok(Finding {
            rule: rule.head.id.clone(),
            version: version.to_owned(),
            month,
            severity: rule.head.severity,
            sentence: rule.sentence.fill(&words),
            lines: LineQuery { dataset: rule.head.lines.dataset.clone(), month, equal: equal.collect() },
            subjects,
            figures,
            accepted: None,
        })
    }

    /// What stands for a name of the sentence.
    #[expect(clippy::too_many_arguments, reason = "all that a sentence may speak of")]
    fn words(
        &self,
        rule: &Rule,
        bound: &Bound,
        month: Month,
        subjects: &IndexMap<Subject, Named>,
        figures: &IndexMap<String, Number>,
        name: &str,
        lang: Lang,
    ) -> Option<String> {
        if name == "month" {
            return Some(show::month(month, lang));
        }
        if let Some((_, head, _)) = self.figures.iter().find(|(known, ..)| known == name) {
            return figures.get(name).and_then(|number| show::figure(head, number, lang));
        }
        if let Some(value) = bound.said.get(name) {
            return show::param(&rule.head, name, value, lang);
        }
        let (kind, shown) = match name.strip_suffix("_name") {
            Some(kind) => (kind, Named::shown as fn(&Named) -> &str),
            None => (name, (|named| named.code.as_str()) as fn(&Named) -> &str),
        };
        subjects.iter().find(|(known, _)| known.word() == kind).map(|(_, named)| shown(named).to_owned())
    }
}

fn number(column: &ArrayRef, at: usize) -> Number {
    if column.is_null(at) {
        return Number::Empty(());
    }
    match column.data_type() {
        DataType::Int64 => Number::Integer(column.as_primitive::<Int64Type>().value(at)),
        DataType::Float64 => match column.as_primitive::<Float64Type>().value(at) {
            // Infinite and undefined numbers are no figures; JSON has no word for them either.
            number if number.is_finite() => Number::Float(number),
            _ => Number::Empty(()),
        },
        _ => Number::Text(column.as_string::<i32>().value(at).to_owned()),
    }
}

fn broken(rule: &Rule, why: String) -> Error {
    Error::Definition { what: format!("{} ({})", rule.head.id, rule.path), why }
}
