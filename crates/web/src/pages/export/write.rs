//! Writes a list: rows are fetched a page at a time and written on a thread of their own, so that length costs no memory.

use crate::draw::Draw;
use crate::failure::{Answer, Failure};
use crate::pages::list::ask::Ask;
use catalogue::Sensitivity;
use catalogue::expr::Builtin;
use catalogue::field::Kind as FieldKind;
use catalogue::register::{Column, Verb};
use engine::{Entry, Value, show};
use office::sheet::{self, Cell, Format, Kind, List};
use store::{Page, Query};

/// Rows fetched at a time.
const STEP: u64 = 500;

/// Writes the whole list. `told` hears of rows done and rows in all, and may stop the work.
///
/// Errors: the list is longer than a sheet holds; the work was stopped.
pub(super) async fn write<F, T>(ask: &Ask<'_>, format: Format, by: &str, told: F) -> Answer<Vec<u8>>
where
    F: Fn(u64, u64) -> T,
    T: Future<Output = Answer<bool>>,
{
    let draw = ask.draw;
    let viewer = draw.viewer.ok_or(Failure::NotFound)?;
    let store = &draw.visit.app.store;
    let query = ask.query(Verb::Export);
    let counts = store.counts(&query, viewer).await?;
    let total = query.tab.as_ref().map_or(counts.total, |tab| counts.tabs.get(tab).copied().unwrap_or(0));
    let columns = ask.columns();
    let list = list(ask, &columns, by, total);
    let (send, receive) = tokio::sync::mpsc::channel::<Vec<Vec<Cell>>>(4);
    let writing = tokio::task::spawn_blocking(move || written(format, &list, receive));
    let mut done = 0;
    while done < total {
        let page = Query { page: Page::At { offset: done, limit: STEP }, ..query.clone() };
        let entries: Vec<Entry> = store.entries(&page, viewer).await?.into_iter().map(|found| found.entry).collect();
        if entries.is_empty() {
            break;
        }
        looked(&draw, &columns, &entries);
        let names = draw.names_for(&entries).await?;
        let draw = Draw { directory: names.as_ref().unwrap_or(draw.directory), ..draw };
        let rows = entries.iter().map(|entry| columns.iter().map(|column| cell(&draw, column, entry)).collect()).collect();
        done += entries.len() as u64;
        if send.send(rows).await.is_err() {
            break;
        }
        if !told(done, total).await? {
            return Err(Failure::NotFound);
        }
    }
    drop(send);
    writing.await.map_err(Failure::broken)?.map_err(Failure::broken)
}

fn written(format: Format, list: &List, mut rows: tokio::sync::mpsc::Receiver<Vec<Vec<Cell>>>) -> Result<Vec<u8>, office::Error> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut sheet = sheet::begin(format, list, &mut bytes)?;
    while let Some(rows) = rows.blocking_recv() {
        for row in rows {
            sheet.row(&row)?;
        }
    }
    sheet.finish()?;
    Ok(bytes.into_inner())
}

fn list(ask: &Ask<'_>, columns: &[Column], by: &str, total: u64) -> List {
    let visit = ask.draw.visit;
    let about = vec![
        (visit.say("export-by"), by.to_owned()),
        (visit.say("export-at"), visit.moment(visit.now)),
        (visit.say("export-filters"), ask.said().unwrap_or_else(|| visit.say("export-all"))),
        (visit.say("export-count"), total.to_string()),
    ];
    List {
        title: ask.draw.title(),
        columns: columns.iter().map(|column| sheet::Column::new(ask.draw.column_label(column), kind(&ask.draw, column))).collect(),
        about_title: visit.say("export-about"),
        about,
        made_at: visit.now.local(),
    }
}

fn kind(draw: &Draw<'_>, column: &Column) -> Kind {
    match column {
        Column::Builtin(Builtin::Created | Builtin::Changed | Builtin::Due) => Kind::DateTime,
        Column::Builtin(_) => Kind::Text,
        Column::Field(name) => match draw.register.fields.get(name).map(|field| &field.kind) {
            Some(FieldKind::Money) => Kind::Money,
            Some(FieldKind::Date) => Kind::Date,
            Some(FieldKind::DateTime) => Kind::DateTime,
            Some(FieldKind::Number { decimals: 0, .. }) => Kind::Integer,
            _ => Kind::Text,
        },
    }
}

fn cell(draw: &Draw<'_>, column: &Column, entry: &Entry) -> Cell {
    match column {
        Column::Builtin(Builtin::Created) => Cell::DateTime(entry.created.local()),
        Column::Builtin(Builtin::Changed) => Cell::DateTime(entry.changed.local()),
        Column::Builtin(Builtin::Due) => entry.due().map_or(Cell::Blank, |due| Cell::DateTime(due.local())),
        Column::Builtin(_) => text(draw.column_text(column, entry)),
        Column::Field(name) => match (draw.register.fields.get(name), entry.values.get(name)) {
            (_, None) | (None, _) => Cell::Blank,
            (_, Some(Value::Fen(fen))) => Cell::Fen(*fen),
            (_, Some(Value::Date(day))) => Cell::Date(*day),
            (_, Some(Value::Moment(at))) => Cell::DateTime(at.local()),
            (Some(field), Some(Value::Number(number))) if matches!(field.kind, FieldKind::Number { decimals: 0, .. }) => {
                Cell::Integer(*number as i64)
            }
            (Some(field), Some(value @ Value::Number(_))) => text(engine::form::typed(field, value)),
            (Some(field), Some(value)) => text(show::value(&draw.shown(), field, value)),
        },
    }
}

fn text(text: String) -> Cell {
    if text.is_empty() { Cell::Blank } else { Cell::Text(text) }
}

/// Confidential columns in an export are looked at, every row of them.
fn looked(draw: &Draw<'_>, columns: &[Column], entries: &[Entry]) {
    let Some(viewer) = draw.viewer else { return };
    let is_guarded = |column: &&Column| match column {
        Column::Field(name) => draw.register.fields.get(name).is_some_and(|field| field.sensitivity == Sensitivity::Confidential),
        Column::Builtin(_) => false,
    };
    let fields: Vec<catalogue::FieldName> = columns
        .iter()
        .filter(is_guarded)
        .filter_map(|column| if let Column::Field(name) = column { Some(name.clone()) } else { None })
        .collect();
    for entry in entries {
        let held: Vec<_> = fields.iter().filter(|name| entry.values.contains_key(*name)).cloned().collect();
        draw.visit.app.store.saw(viewer, entry, &held, "export");
    }
}
