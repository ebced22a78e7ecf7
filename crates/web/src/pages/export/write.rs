//! Writes a list: rows are fetched a page at a time and written on a thread of their own, so that length costs no memory.

use crate::draw::{Draw, column_word};
use crate::failure::{Answer, Failure};
use crate::pages::list::ask::Ask;
use catalogue::expr::Builtin;
use catalogue::field::Kind as FieldKind;
use catalogue::register::{Column, Verb};
use catalogue::{Field, FieldName, Sensitivity};
use engine::{Entry, SecretValues, Value, show};
use office::sheet::{self, Cell, Format, Kind, List};
use store::{Page, Query};
use vault::Keyring;

/// Rows fetched at a time.
const STEP: u64 = 500;

/// What kind of file a list becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Xlsx,
    Csv,
    /// One object: what the list is, its columns, and a row object per entry; money in fen, days and moments as text.
    Json,
}

/// A list to be written.
pub(crate) struct Asked<'a> {
    pub ask: &'a Ask<'a>,
    pub columns: Vec<Column>,
    pub shape: Shape,
    /// The name of whoever asked.
    pub by: &'a str,
    /// Keys that open sealed cells.
    pub keys: Option<&'a Keyring>,
}

/// Writes the whole list. `told` hears of rows done and rows in all, and may stop the work.
///
/// Errors: the list is longer than a sheet holds; the work was stopped.
pub(crate) async fn write<F, T>(asked: Asked<'_>, told: F) -> Answer<Vec<u8>>
where
    F: Fn(u64, u64) -> T,
    T: Future<Output = Answer<bool>>,
{
    let Asked { ask, columns, shape, by, keys } = asked;
    let draw = ask.draw;
    let viewer = draw.viewer.ok_or(Failure::NotFound)?;
    let store = &draw.visit.app.store;
    let query = ask.query(Verb::Export);
    let counts = store.counts(&query, viewer).await?;
    let total = query.tab.as_ref().map_or(counts.total, |tab| counts.tabs.get(tab).copied().unwrap_or(0));
    let list = list(ask, &columns, by, total);
    let words: Vec<String> = columns.iter().map(|column| column_word(column).to_owned()).collect();
    let about = About { register: draw.register.name.to_string(), words: words.clone() };
    let (send, receive) = tokio::sync::mpsc::channel::<Vec<Vec<Cell>>>(4);
    let writing = tokio::task::spawn_blocking(move || written(shape, &list, &about, receive));
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
        let mut rows = Vec::with_capacity(entries.len());
        for entry in &entries {
            let opened = opened(&draw, &columns, entry, keys).await?;
            rows.push(columns.iter().map(|column| cell(&draw, column, entry, opened.as_ref())).collect());
        }
        done += entries.len() as u64;
        if send.send(rows).await.is_err() {
            break;
        }
        if !told(done, total).await? {
            return Err(Failure::NotFound);
        }
    }
    drop(send);
    let bytes = writing.await.map_err(Failure::broken)?.map_err(Failure::broken)?;
    // Nothing leaves before it is written down that it did.
    store.exported(viewer, store::Listed::Register(draw.register), &words, done).await?;
    Ok(bytes)
}

/// Writes a short list whose rows are all there.
pub(crate) async fn rows(format: Format, list: List, rows: Vec<Vec<Cell>>) -> Answer<Vec<u8>> {
    let write = move || {
        let mut bytes = std::io::Cursor::new(Vec::new());
        let mut sheet = sheet::begin(format, &list, &mut bytes)?;
        rows.iter().try_for_each(|row| sheet.row(row))?;
        sheet.finish()?;
        Ok::<_, office::Error>(bytes.into_inner())
    };
    tokio::task::spawn_blocking(write).await.map_err(Failure::broken)?.map_err(Failure::broken)
}

/// What the file says of itself that a sheet has no place for.
pub(super) struct About {
    pub register: String,
    /// Words of the columns.
    pub words: Vec<String>,
}

fn written(
    shape: Shape,
    list: &List,
    about: &About,
    mut rows: tokio::sync::mpsc::Receiver<Vec<Vec<Cell>>>,
) -> Result<Vec<u8>, office::Error> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut sheet: Box<dyn sheet::Rows + '_> = match shape {
        Shape::Xlsx => sheet::begin(Format::Xlsx, list, &mut bytes)?,
        Shape::Csv => sheet::begin(Format::Csv, list, &mut bytes)?,
        Shape::Json => Box::new(super::json::Lines::begin(list, about, &mut bytes)?),
    };
    while let Some(rows) = rows.blocking_recv() {
        for row in rows {
            sheet.row(&row)?;
        }
    }
    sheet.finish()?;
    Ok(bytes.into_inner())
}

/// The envelope of an entry, where a sealed column is asked for and the keys open it. The look is recorded.
async fn opened(draw: &Draw<'_>, columns: &[Column], entry: &Entry, keys: Option<&Keyring>) -> Answer<Option<SecretValues>> {
    let (Some(keys), Some(viewer)) = (keys, draw.viewer) else { return Ok(None) };
    let wanted = |column: &Column| matches!(column, Column::Field(name) if is_sealed(draw, name) && holds(entry, name));
    if !columns.iter().any(wanted) {
        return Ok(None);
    }
    match draw.visit.app.store.open_sealed(entry.id, viewer, keys, "export").await {
        Ok(open) => Ok(Some(open.values)),
        // Whoever is not entitled to one of them sees that one as 〔密〕.
        Err(store::Failure::Refusal(_)) => Ok(None),
        Err(store::Failure::Error(error)) => Err(error.into()),
    }
}

fn is_sealed(draw: &Draw<'_>, name: &FieldName) -> bool {
    draw.register.fields.get(name).is_some_and(|field| field.sensitivity == Sensitivity::Sealed)
}

fn holds(entry: &Entry, name: &FieldName) -> bool {
    entry.sealed.iter().any(|part| part.covers.contains(name))
}

/// A sealed field: in the clear for who holds the key, else 〔密〕; empty where nothing was sealed.
fn sealed(draw: &Draw<'_>, field: &Field, entry: &Entry, opened: Option<&SecretValues>) -> Cell {
    match opened.map(|opened| opened.for_viewer_with_key().get(&field.name)) {
        Some(Some(value)) => text(show::value(&draw.shown(), field, value)),
        Some(None) => Cell::Blank,
        None if holds(entry, &field.name) => Cell::Text(draw.visit.say("export-sealed")),
        None => Cell::Blank,
    }
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

fn cell(draw: &Draw<'_>, column: &Column, entry: &Entry, opened: Option<&SecretValues>) -> Cell {
    match column {
        Column::Field(name) if is_sealed(draw, name) => {
            draw.register.fields.get(name).map_or(Cell::Blank, |field| sealed(draw, field, entry, opened))
        }
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
