//! A mapping bound to the head of one file: names become positions, or everything that does not fit is named.

use std::collections::{HashMap, HashSet};

use crate::contract::{Coding, Column, Contract, Kind};
use crate::dims::{DimsDraft, Slot};
use crate::error::{Columns, Error, Near, Result};
use crate::mapping::{Bad, Mapping, Range, Source, Unit};
use crate::value;

pub(crate) struct Plan {
    pub(crate) columns: Vec<Bound>,
    /// Columns that older files have and the contract no longer names; they come last and stay empty.
    pub(crate) retired: usize,
    pub(crate) skips: Vec<SkipRows>,
}

pub(crate) struct SkipRows {
    pub(crate) name: String,
    pub(crate) column: usize,
    pub(crate) is: HashSet<String>,
}

/// One column of the contract and where its value comes from in this file.
pub(crate) struct Bound {
    pub(crate) take: Take,
    pub(crate) empty: Vec<String>,
    pub(crate) default: Option<String>,
    pub(crate) values: HashMap<String, String>,
    pub(crate) otherwise: Option<String>,
    pub(crate) read: ReadAs,
    pub(crate) required: bool,
    pub(crate) low: Option<i64>,
    pub(crate) high: Option<i64>,
    pub(crate) bad: Bad,
    /// The column as the person who exported the file knows it.
    pub(crate) shown: String,
}

pub(crate) enum Take {
    Nothing,
    Constant(String),
    First(Vec<usize>),
    Join(Vec<usize>, String),
    Days(usize, usize),
}

pub(crate) enum ReadAs {
    Text,
    Dim(Slot),
    Choice(HashMap<String, i64>),
    Number(Number),
    Date(Option<String>),
    Datetime(Option<String>),
    Flag,
}

pub(crate) struct Number {
    /// Decimals kept; `None` keeps whole numbers and refuses others.
    pub(crate) scale: Option<u8>,
    /// What a day count is multiplied by to be in stored units.
    pub(crate) one: i64,
    pub(crate) thousands: bool,
    pub(crate) range: Option<Range>,
    /// In units of 10^-9.
    pub(crate) times: Option<i64>,
    pub(crate) negate: Option<(usize, HashSet<String>)>,
}

/// *Errors*: [`Error::Columns`] with all that is missing, unknown or double.
pub(crate) fn bind(name: &str, head: &[String], contract: &Contract, mapping: &Mapping, dims: &mut DimsDraft) -> Result<Plan> {
    let head = Head::new(head);
    head.check(name, mapping)?;
    let mut columns = Vec::with_capacity(contract.columns.len());
    for (name, column) in &contract.columns {
        let nothing = Source::default();
        let source = mapping.columns.get(name).unwrap_or(&nothing);
        let coding = column.coding(name);
        let slot = dims.slot(&coding)?;
        let (low, high) = column.bounds(name);
        columns.push(Bound {
            take: head.take(source),
            empty: source.empty.clone(),
            default: source.default.clone(),
            values: source.values.iter().map(|(from, to)| (from.clone(), to.clone())).collect(),
            otherwise: source.otherwise.clone(),
            read: read_as(column, &coding, slot, source, dims, &head),
            required: column.required,
            low,
            high,
            bad: source.bad,
            shown: source.reads().next().unwrap_or(name).clone(),
        });
    }
    let skip = |(name, skip): (&String, &crate::mapping::Skip)| {
        let column = head.find(&skip.column)?;
        Some(SkipRows { name: name.clone(), column, is: skip.is.iter().cloned().collect() })
    };
    Ok(Plan { columns, retired: 0, skips: mapping.skip.iter().filter_map(skip).collect() })
}

fn read_as(column: &Column, coding: &Coding, slot: Option<Slot>, source: &Source, dims: &mut DimsDraft, head: &Head) -> ReadAs {
    let number = |scale: Option<u8>, one: i64| {
        ReadAs::Number(Number {
            scale,
            one,
            thousands: source.thousands,
            range: source.range,
            times: source.times.as_deref().and_then(|times| value::decimal(times, 9).ok()),
            negate: source.negate.as_ref().and_then(|when| Some((head.find(&when.column)?, when.is.iter().cloned().collect()))),
        })
    };
    match (coding, slot) {
        (Coding::Code(_), Some(slot)) if column.is == Kind::Choice => ReadAs::Choice(choices(column, slot, dims)),
        (_, Some(slot)) => ReadAs::Dim(slot),
        (Coding::Integer, _) => number(None, 1),
        (Coding::Scaled(scale), _) => number(Some(*scale), 10_i64.pow(u32::from(*scale))),
        (Coding::Fen, _) => match source.unit.unwrap_or(Unit::Fen) {
            Unit::Fen => number(None, 1),
            Unit::Yuan => number(Some(2), 100),
            Unit::Wan => number(Some(6), 1_000_000),
        },
        (Coding::Day, _) => ReadAs::Date(source.format.clone()),
        (Coding::Second, _) => ReadAs::Datetime(source.format.clone()),
        (Coding::Flag, _) => ReadAs::Flag,
        (Coding::Text | Coding::Code(_) | Coding::Id(_) | Coding::Float, None) => ReadAs::Text,
    }
}

/// A choice may be written as its code or as either label.
fn choices(column: &Column, slot: Slot, dims: &mut DimsDraft) -> HashMap<String, i64> {
    let mut known = HashMap::new();
    for (code, label) in &column.choices {
        let number = dims.code(slot, code);
        for text in [&label.en, &label.zh, code] {
            known.insert(text.clone(), number);
        }
    }
    known
}

struct Head<'a> {
    names: &'a [String],
    places: HashMap<String, usize>,
}

impl Head<'_> {
    fn new(names: &[String]) -> Head<'_> {
        let places = names.iter().enumerate().map(|(place, name)| (fold(name), place)).collect();
        Head { names, places }
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.places.get(&fold(name)).copied()
    }

    fn take(&self, source: &Source) -> Take {
        let places = |names: &[String]| names.iter().filter_map(|name| self.find(name)).collect::<Vec<_>>();
        if let Some(constant) = &source.constant {
            return Take::Constant(constant.clone());
        }
        if let Some([from, to]) = &source.days {
            return match (self.find(from), self.find(to)) {
                (Some(from), Some(to)) => Take::Days(from, to),
                _ => Take::Nothing,
            };
        }
        if !source.join.is_empty() {
            return Take::Join(places(&source.join), source.separator.clone().unwrap_or_else(|| "-".into()));
        }
        match places(&source.from) {
            places if places.is_empty() => Take::Nothing,
            places => Take::First(places),
        }
    }

    fn check(&self, name: &str, mapping: &Mapping) -> Result<()> {
        let sources = mapping.columns.values();
        let all: Vec<&String> = sources.clone().flat_map(Source::reads).chain(mapping.skip.values().map(|s| &s.column)).collect();
        let needed = sources.flat_map(Source::needs);
        let needed = needed.chain(mapping.skip.values().map(|skip| &skip.column));
        let mut columns = Columns { name: name.to_owned(), ..Columns::default() };
        let mut seen = HashSet::new();
        for name in needed.filter(|name| self.find(name).is_none()) {
            if seen.insert(fold(name)) {
                columns.missing.push(Near { name: name.clone(), near: nearest(name, self.names.iter()) });
            }
        }
        let known: HashSet<String> = all.iter().map(|name| fold(name)).chain(mapping.ignore.iter().map(|name| fold(name))).collect();
        for (place, name) in self.names.iter().enumerate() {
            if self.find(name) != Some(place) {
                columns.twice.push(name.clone());
            } else if !name.is_empty() && !known.contains(&fold(name)) && !known.contains("*") {
                let wanted = all.iter().copied().filter(|wanted| self.find(wanted).is_none());
                columns.unknown.push(Near { name: name.clone(), near: nearest(name, wanted) });
            }
        }
        match columns.is_empty() {
            true => Ok(()),
            false => Err(Error::Columns(Box::new(columns))),
        }
    }
}

/// Vendors change the case of names between versions.
fn fold(name: &str) -> String {
    name.trim().to_lowercase()
}

fn nearest<'a>(name: &str, among: impl Iterator<Item = &'a String>) -> Option<String> {
    let name: Vec<char> = fold(name).chars().collect();
    let distance = |other: &String| edits(&name, &fold(other).chars().collect::<Vec<_>>());
    let near = among.map(|other| (distance(other), other)).min_by_key(|(distance, _)| *distance);
    near.filter(|(distance, _)| *distance <= name.len().div_ceil(2)).map(|(_, other)| other.clone())
}

/// Levenshtein distance.
fn edits(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = corner + usize::from(x != y);
            corner = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(corner + 1);
        }
    }
    row[b.len()]
}
