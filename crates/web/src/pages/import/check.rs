//! The dry run: every row read as its form would be, every fault with its cell, its value and its reason.

use super::targets::{NUMBER, Target};
use crate::draw::Draw;
use crate::failure::{Answer, Failure};
use crate::words::Words;
use catalogue::expr::Builtin;
use catalogue::field::Kind;
use catalogue::register::Column;
use catalogue::{Lang, RegisterName, Service, Text};
use engine::form::{self, Input, Submission, Which};
use office::read::{Book, Limits, Pick};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Cursor;
use std::sync::Arc;
use store::{Filter, Query, Test};

/// Rows of one import.
pub(crate) const MOST_ROWS: u64 = 20_000;

/// Which column fills which key.
pub(crate) type Mapping = BTreeMap<String, usize>;

/// A table as it was handed in.
pub(crate) struct Table {
    pub head: Vec<String>,
    pub rows: Vec<office::read::Row>,
}

/// One row and what came of it.
pub(crate) struct Checked {
    pub number: u64,
    pub cells: Vec<String>,
    pub outcome: Result<Ready, Vec<Fault>>,
}

/// A row that can be imported.
pub(crate) struct Ready {
    pub submission: Submission,
    pub own_number: Option<String>,
}

/// What is wrong with a row: its cell, what stands there, and why it is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub place: String,
    pub column: String,
    pub value: String,
    pub why: Text,
}

/// Reads a whole table, bounded. Errors: a reason a person can act on.
pub(crate) fn table(bytes: Arc<Vec<u8>>) -> Result<Table, office::Error> {
    let limits = Limits { rows: MOST_ROWS + 1, part_bytes: 1 << 28, held_bytes: 1 << 26, total_bytes: 1 << 28, ..Limits::default() };
    let mut book = Book::open(Cursor::new(Shared(bytes)), limits)?;
    let table = book.table(&Pick::default())?;
    let head = table.head.clone();
    let rows = table.rows.collect::<Result<Vec<_>, _>>()?;
    Ok(Table { head, rows })
}

struct Shared(Arc<Vec<u8>>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// The column of the entries' own numbers, by its head.
pub(crate) fn number_column(words: &Words, head: &[String]) -> Option<usize> {
    let names = [Lang::Zh, Lang::En].map(|lang| words.say(lang, "col-number"));
    head.iter().position(|name| names.contains(name))
}

/// Ids of suppliers and linked entries by what a cell calls them.
pub(crate) type Resolved = HashMap<(String, String), String>;

/// Looks up every supplier and linked entry that the table names, once each, as far as the viewer may read them.
pub(crate) async fn resolve(draw: &Draw<'_>, targets: &[Target<'_>], table: &Table, mapping: &Mapping) -> Answer<Resolved> {
    let mut resolved = Resolved::new();
    for target in targets {
        let register: RegisterName = match &target.field.kind {
            Kind::Supplier => match draw.catalogue.serving(Service::Suppliers) {
                Some(register) => register.name.clone(),
                None => continue,
            },
            Kind::Link { register } => register.clone(),
            _ => continue,
        };
        let Some(column) = mapping.get(&target.key) else { continue };
        let names: BTreeSet<&str> =
            table.rows.iter().filter_map(|row| row.cells.get(*column)).map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect();
        for name in names {
            if let Some(id) = find(draw, &register, name).await? {
                resolved.insert((target.key.clone(), name.to_owned()), id);
            }
        }
    }
    Ok(resolved)
}

async fn find(draw: &Draw<'_>, register: &RegisterName, name: &str) -> Answer<Option<String>> {
    if draw.catalogue.service_of(register.as_str()) == Some(Service::Suppliers)
        && let Some((id, _)) = draw.directory.names.iter().find(|(_, known)| *known == name)
    {
        return Ok(Some(id.to_string()));
    }
    let viewer = draw.viewer.ok_or(Failure::NotFound)?;
    let filter = Filter { column: Column::Builtin(Builtin::Number), test: Test::Among(vec![name.to_owned()]) };
    let found = draw.visit.app.store.entries(&Query { filters: vec![filter], ..Query::of(register.clone()) }, viewer).await?;
    Ok(found.first().map(|found| found.entry.id.to_string()))
}

/// Checks every row.
pub(crate) fn check(
    context: &form::Context<'_>,
    targets: &[Target<'_>],
    table: Table,
    mapping: &Mapping,
    resolved: &Resolved,
) -> Vec<Checked> {
    let Table { head, rows } = table;
    let begin = form::defaults(context);
    let mut numbers = BTreeSet::new();
    let mut checked = Vec::with_capacity(rows.len());
    for row in rows {
        let mut faults: Vec<Fault> = row.flaws.iter().map(|flaw| flawed(flaw, &row, &head)).collect();
        let mut input = Input::default();
        for (name, value) in &begin {
            input.texts.insert(name.to_string(), vec![value.clone()]);
        }
        for target in targets {
            let Some(column) = mapping.get(&target.key) else { continue };
            let cell = row.cells.get(*column).map(|cell| cell.trim()).unwrap_or_default();
            input.texts.insert(target.key.clone(), texts(target, cell, resolved));
        }
        let own_number = mapping
            .get(NUMBER)
            .and_then(|column| row.cells.get(*column))
            .map(|cell| cell.trim().to_owned())
            .filter(|cell| !cell.is_empty());
        if let Some(number) = &own_number
            && !numbers.insert(number.clone())
        {
            faults.push(fault(
                &row,
                &head,
                mapping.get(NUMBER).copied(),
                Text::new("表中编号重复", "the number occurs twice in the table"),
            ));
        }
        let outcome = match form::read(context, Which::Create, &input) {
            Ok(submission) if faults.is_empty() => Ok(Ready { submission, own_number }),
            Ok(_) => Err(faults),
            Err(refusal) => {
                faults.extend(refusal.fields.iter().map(|one| fault(&row, &head, mapping.get(&one.field).copied(), one.text.clone())));
                Err(faults)
            }
        };
        checked.push(Checked { number: row.number, cells: row.cells, outcome });
    }
    checked
}

/// A cell as the form would have it typed.
fn texts(target: &Target<'_>, cell: &str, resolved: &Resolved) -> Vec<String> {
    match &target.field.kind {
        Kind::Supplier | Kind::Link { .. } => {
            vec![resolved.get(&(target.key.clone(), cell.to_owned())).cloned().unwrap_or_else(|| cell.to_owned())]
        }
        kind if kind.many() => {
            cell.split(['、', '|', ';', '；', ',', '，']).map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
        }
        _ => vec![cell.to_owned()],
    }
}

fn fault(row: &office::read::Row, head: &[String], column: Option<usize>, why: Text) -> Fault {
    Fault {
        place: column.map_or_else(|| row.number.to_string(), |column| row.place(column)),
        column: column.and_then(|column| head.get(column)).cloned().unwrap_or_default(),
        value: column.and_then(|column| row.cells.get(column)).cloned().unwrap_or_default(),
        why,
    }
}

fn flawed(flaw: &office::read::Flaw, row: &office::read::Row, head: &[String]) -> Fault {
    fault(row, head, flaw.column, Text::new(flaw.zh(), flaw.en()))
}
