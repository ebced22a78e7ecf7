//! The campaign a table is about.

use super::layout::Layout;
use super::request::day;
use super::{ReportError, Request};
use crate::error::Error;
use crate::query::{Limits, Query, Reads};
use crate::tables::Tables;
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Date32Type;
use catalogue::Service;
use datafusion::scalar::ScalarValue;
use engine::{EntryId, day_of_number};
use jiff::civil::Date;
use std::collections::HashMap;

pub(super) struct Campaign {
    pub id: EntryId,
    pub launched_on: Date,
    pub preparer: Option<String>,
    pub reviewer: Option<String>,
}

/// Launched campaigns with an item of the plan, the latest first.
fn sql(campaigns: &str) -> String {
    format!(
        "SELECT id, launched_on, preparer__name, reviewer__name
        FROM {campaigns}
        WHERE state <> $start AND launched_on <= $to
          AND ($campaign IS NULL OR id = $campaign)
          AND id IN (SELECT asked.id
                     FROM (SELECT id, unnest(focus) AS item FROM {campaigns}) AS asked
                     JOIN list__focus AS known ON known.item = asked.item
                     WHERE known.\"group\" = $plan)
        ORDER BY launched_on DESC, id DESC
        LIMIT 1"
    )
}

pub(super) async fn find(layout: &Layout, tables: &Tables, request: &Request<'_>, limits: Limits) -> Result<Campaign, ReportError> {
    let none = || ReportError::NoCampaign { plan: layout.plan.clone(), to: request.to };
    let served = tables.serving(Service::Campaigns).ok_or_else(none)?;
    let columns = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let reads = Reads::from([
        (served.table.clone(), columns(&["id", "state", "focus", "launched_on", "preparer__name", "reviewer__name"])),
        ("list__focus".to_owned(), columns(&["item", "group"])),
    ]);
    let params = HashMap::from([
        ("to".to_owned(), day(request.to)),
        ("campaign".to_owned(), ScalarValue::Utf8(request.campaign.map(|id| id.to_string()))),
        ("start".to_owned(), ScalarValue::Utf8(Some(served.start.to_string()))),
        ("plan".to_owned(), ScalarValue::Utf8(Some(layout.plan.clone()))),
    ]);
    let query = Query { what: &layout.report, sql: &sql(&served.table), reads: &reads, params, limits };
    let batches = query.run(tables).await?;
    let found = batches.iter().find(|batch| batch.num_rows() > 0).map(read);
    found.transpose()?.ok_or_else(none)
}

fn read(batch: &RecordBatch) -> Result<Campaign, ReportError> {
    let broken = || Error::Definition { what: "campaign".to_owned(), why: "id or launched_on is of another type".to_owned() };
    let text =
        |at: usize| batch.column(at).as_string_opt::<i32>().filter(|column| column.is_valid(0)).map(|column| column.value(0).to_owned());
    let launched = batch.column(1).as_primitive_opt::<Date32Type>().filter(|column| column.is_valid(0)).map(|column| column.value(0));
    Ok(Campaign {
        id: text(0).and_then(|id| EntryId::parse(&id)).ok_or_else(broken)?,
        launched_on: day_of_number(i64::from(launched.ok_or_else(broken)?)),
        preparer: text(2),
        reviewer: text(3),
    })
}
