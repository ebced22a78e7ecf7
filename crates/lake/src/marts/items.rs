//! What is known of items, prescribers and departments, by their codes in the lake.

use arrow::array::{Array, AsArray, PrimitiveArray};
use arrow::datatypes::{ArrowPrimitiveType, Int64Type, UInt32Type};

use super::lines::NO_CODE;
use crate::contract::Coding;
use crate::decode::View;
use crate::error::Result;
use crate::physical::StoredColumn;
use crate::read::Lake;

pub(crate) const ITEM: &str = "item";
pub(crate) const PRESCRIBER: &str = "prescriber";
pub(crate) const DEPARTMENT: &str = "department";

/// Days within which an examination counts as repeated when the item list does not say.
pub(crate) const REPEAT_DAYS: i32 = 7;

/// The item list. What it does not say is empty: [`NO_CODE`], or no number.
#[derive(Default)]
pub(crate) struct Items {
    kinds: Vec<u32>,
    classes: Vec<u32>,
    suppliers: Vec<u32>,
    antibacterials: Vec<u32>,
    repeat_days: Vec<i64>,
    ddds: Vec<i64>,
    /// What one DDD is in the numbers of `ddds`.
    pub(crate) one_ddd: f64,
}

const NO_NUMBER: i64 = i64::MIN;

impl Items {
    pub(crate) fn load(lake: &Lake) -> Result<Items> {
        let code = |name| by_code::<UInt32Type>(lake, ITEM, name, NO_CODE);
        let number = |name| by_code::<Int64Type>(lake, ITEM, name, NO_NUMBER);
        let one_ddd = match column(lake, ITEM, "ddd_per_unit").map(|column| &column.coding) {
            Some(Coding::Scaled(scale)) => 10_f64.powi(i32::from(*scale)),
            _ => 1.0,
        };
        Ok(Items {
            kinds: code("kind")?,
            classes: code("class")?,
            suppliers: code("supplier")?,
            antibacterials: code("antibacterial")?,
            repeat_days: number("repeat_days")?,
            ddds: number("ddd_per_unit")?,
            one_ddd,
        })
    }

    pub(crate) fn kind(&self, item: u32) -> u32 {
        code(&self.kinds, item)
    }

    pub(crate) fn class(&self, item: u32) -> u32 {
        code(&self.classes, item)
    }

    pub(crate) fn supplier(&self, item: u32) -> u32 {
        code(&self.suppliers, item)
    }

    /// Its grade among antibacterials.
    pub(crate) fn antibacterial(&self, item: u32) -> u32 {
        code(&self.antibacterials, item)
    }

    /// DDDs of a priced unit, in parts of [`Items::one_ddd`].
    pub(crate) fn ddd(&self, item: u32) -> Option<i64> {
        self.ddds.get(item as usize).copied().filter(|ddd| *ddd != NO_NUMBER)
    }

    /// Days within which the item is not to be repeated.
    pub(crate) fn repeat_days(&self, item: u32) -> i32 {
        match self.repeat_days.get(item as usize) {
            Some(days) if *days != NO_NUMBER => i32::try_from(*days).unwrap_or(i32::MAX),
            _ => REPEAT_DAYS,
        }
    }

    /// The longest of these intervals.
    pub(crate) fn longest_repeat_days(&self) -> i32 {
        (0..self.repeat_days.len() as u32).map(|item| self.repeat_days(item)).max().unwrap_or(REPEAT_DAYS).max(REPEAT_DAYS)
    }
}

/// Who stands beside whom.
#[derive(Default)]
pub(crate) struct Specialties {
    prescribers: Vec<u32>,
    departments: Vec<u32>,
}

impl Specialties {
    pub(crate) fn load(lake: &Lake) -> Result<Specialties> {
        let of = |dataset| by_code::<UInt32Type>(lake, dataset, "specialty", NO_CODE);
        Ok(Specialties { prescribers: of(PRESCRIBER)?, departments: of(DEPARTMENT)? })
    }

    /// The prescriber's own, else that of the department.
    pub(crate) fn of(&self, prescriber: u32, department: u32) -> u32 {
        match code(&self.prescribers, prescriber) {
            NO_CODE => code(&self.departments, department),
            known => known,
        }
    }
}

fn code(codes: &[u32], at: u32) -> u32 {
    codes.get(at as usize).copied().unwrap_or(NO_CODE)
}

fn column<'l>(lake: &'l Lake, dataset: &str, name: &str) -> Option<&'l StoredColumn> {
    lake.columns(dataset).iter().find(|column| column.name == name)
}

/// A column of a reference list at the place of its key's code; `empty` where the list says nothing.
fn by_code<T: ArrowPrimitiveType>(lake: &Lake, dataset: &str, name: &str, empty: T::Native) -> Result<Vec<T::Native>> {
    let mut values = Vec::new();
    let fits = |column: &StoredColumn| column.data_type() == T::DATA_TYPE;
    if !column(lake, dataset, name).is_some_and(fits)
        || !column(lake, dataset, dataset).is_some_and(|key| matches!(key.coding, Coding::Code(_)))
    {
        return Ok(values);
    }
    for batch in lake.table(dataset, &[dataset, name], View::Coded)? {
        let (keys, column) = (batch.column(0).as_primitive::<UInt32Type>(), batch.column(1).as_primitive::<T>());
        for (row, key) in keys.values().iter().enumerate() {
            if *key as usize >= values.len() {
                values.resize(*key as usize + 1, empty);
            }
            values[*key as usize] = value(column, row, empty);
        }
    }
    Ok(values)
}

fn value<T: ArrowPrimitiveType>(column: &PrimitiveArray<T>, row: usize, empty: T::Native) -> T::Native {
    if column.is_null(row) { empty } else { column.value(row) }
}
