//! Reasons that were accepted: as long as they have not ended they quieten the findings they cover.

use super::Finding;
use crate::rule::Subject;
use crate::tables::Tables;
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Date32Type;
use catalogue::{Service, StateName};
use engine::EntryId;

/// Accepted reasons, read from the register's table.
#[derive(Debug, Default)]
pub(crate) struct Whitelist(Vec<Accepted>);

/// One reason. An empty subject covers all of its kind.
#[derive(Debug)]
struct Accepted {
    id: EntryId,
    rule: String,
    doctor: Option<String>,
    department: Option<String>,
    item: Option<String>,
    /// Days since 1970-01-01, both included.
    from: i32,
    until: i32,
}

impl Whitelist {
    /// Nothing if no register of reasons is among the tables.
    pub(crate) fn of(tables: &Tables) -> Self {
        let served = tables.serving(Service::Reasons);
        let Some((served, table)) = served.and_then(|served| Some((served, tables.get(&served.table)?))) else { return Self::default() };
        let rows = table.batches().iter().flat_map(|batch| (0..batch.num_rows()).map(move |at| (batch, at)));
        Self(rows.filter_map(|(batch, at)| Accepted::read(batch, at, &served.ends)).collect())
    }

    /// The reason that covers a finding: of this rule, of this doctor, department and item, with a day in its month.
    pub(crate) fn covers(&self, finding: &Finding) -> Option<EntryId> {
        let (first, last) = (finding.month.first_day(), finding.month.plus(1).first_day() - 1);
        let same = |wanted: &Option<String>, kind| {
            wanted.as_ref().is_none_or(|code| finding.subject(kind).is_some_and(|named| named.code == *code))
        };
        let covering = self.0.iter().find(|reason| {
            reason.rule == finding.rule
                && reason.from <= last
                && reason.until >= first
                && same(&reason.doctor, Subject::Doctor)
                && same(&reason.department, Subject::Department)
                && same(&reason.item, Subject::Item)
        });
        covering.map(|reason| reason.id)
    }
}

impl Accepted {
    fn read(batch: &RecordBatch, at: usize, ends: &[StateName]) -> Option<Self> {
        let text = |name: &str| {
            let column = batch.column_by_name(name)?.as_string_opt::<i32>()?;
            column.is_valid(at).then(|| column.value(at).to_owned())
        };
        let day = |name: &str| {
            let column = batch.column_by_name(name)?.as_primitive_opt::<Date32Type>()?;
            column.is_valid(at).then(|| column.value(at))
        };
        let state = text("state")?;
        if ends.iter().any(|end| *end == state.as_str()) {
            return None;
        }
        Some(Self {
            id: EntryId::parse(&text("id")?)?,
            rule: text("rule")?,
            // A doctor or unit that is named but unknown to the directory must not turn into "all of them".
            doctor: text("doctor").map(|id| text("doctor__code").unwrap_or(id)),
            department: text("unit").map(|id| text("unit__code").unwrap_or(id)),
            item: text("item"),
            from: day("from")?,
            until: day("until")?,
        })
    }
}
