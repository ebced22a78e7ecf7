//! How many encounters there were, and in how many of them drugs, antibacterials and examinations were used. Who was in
//! two departments counts once in each and once in the hospital, so departments do not add up to it.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};

use super::groups::{Groups, Packed};
use super::lines::{Lines, NO_CODE, NO_ID};
use super::numbering::Numbering;
use super::{Columns, Context, Kernel, codes_array};
use crate::contract::Coding;
use crate::error::Result;
use crate::physical::{StoredColumn, schema};

pub(crate) const VERSION: u32 = 1;

const LEVELS: [&str; 3] = ["hospital", "department", "prescriber"];

/// What an encounter may have had; a bit each, in the order of [`COUNTS`].
const DRUGS: u8 = 1;
const ANTIBACTERIALS: u8 = 1 << 1;
const RESTRICTED: u8 = 1 << 2;
const SPECIAL: u8 = 1 << 3;
const EXAMINATIONS: u8 = 1 << 4;
const COUNTS: [(&str, u8); 5] = [
    ("with_drugs", DRUGS),
    ("with_antibacterials", ANTIBACTERIALS),
    ("with_restricted", RESTRICTED),
    ("with_special", SPECIAL),
    ("with_examinations", EXAMINATIONS),
];

pub(crate) fn columns(lines: &Columns) -> Vec<StoredColumn> {
    let number = |name: &str| StoredColumn { name: name.into(), coding: Coding::Integer };
    let mut columns = vec![StoredColumn { name: "level".into(), coding: Coding::Text }];
    columns.extend(["department", "prescriber", "setting"].map(|name| lines.named(name)));
    columns.push(number("encounters"));
    columns.extend(COUNTS.map(|(name, _)| number(name)));
    columns
}

pub(crate) fn kernel(context: &Context) -> Box<dyn Kernel> {
    Box::new(Encounters {
        columns: columns(&context.columns),
        marks: context.marks(),
        numbering: Numbering::new(),
        strata: Groups::new(),
        stays: Vec::new(),
        moves: Groups::new(),
        had: Vec::new(),
    })
}

/// What a line of an item says of its encounter: by the item, and by the line's own kind where the line gives one.
pub(crate) struct Marks {
    pub(crate) of_items: Vec<u8>,
    pub(crate) of_kinds: Vec<u8>,
    /// Of an item the list does not know: a drug.
    pub(crate) unknown: u8,
}

impl Marks {
    fn of(&self, item: u32, kind: u32) -> u8 {
        let of_item = self.of_items.get(item as usize).copied().unwrap_or(self.unknown);
        match self.of_kinds.get(kind as usize) {
            // A line that says its kind is believed; the grade is the item's to say.
            Some(of_kind) => of_kind | of_item & !(DRUGS | EXAMINATIONS),
            None => of_item,
        }
    }
}

impl Context {
    fn marks(&self) -> Marks {
        let grade = |name| self.code("antibacterial", name);
        let (restricted, special) = (grade("restricted"), grade("special"));
        let drug = self.code("kind", "drug");
        let examinations = ["exam", "test"].map(|name| self.code("kind", name));
        let of_kind = |kind: u32| match Some(kind) {
            kind if kind == drug => DRUGS,
            kind if examinations.contains(&kind) => EXAMINATIONS,
            _ => 0,
        };
        let of_item = |item: u32| {
            let of_kind = if self.items.kind(item) == NO_CODE { DRUGS } else { of_kind(self.items.kind(item)) };
            let of_grade = match self.items.antibacterial(item) {
                NO_CODE => 0,
                grade if Some(grade) == restricted => ANTIBACTERIALS | RESTRICTED,
                grade if Some(grade) == special => ANTIBACTERIALS | SPECIAL,
                _ => ANTIBACTERIALS,
            };
            of_kind | of_grade
        };
        let count = |name: &str| self.dims.get(name).map_or(0, |names| arrow::array::Array::len(&**names)) as u32;
        Marks { of_items: (0..count("item")).map(of_item).collect(), of_kinds: (0..count("kind")).map(of_kind).collect(), unknown: DRUGS }
    }
}

struct Encounters {
    columns: Vec<StoredColumn>,
    marks: Marks,
    numbering: Numbering,
    /// Level, department, prescriber, setting.
    strata: Groups<u128>,
    /// By encounter: where it was first seen, at each level.
    stays: Vec<Stay>,
    /// Level, encounter and stratum of whoever was seen elsewhere too, and what they had there.
    moves: Groups<u128>,
    had: Vec<u8>,
}

#[derive(Clone, Copy)]
struct Stay {
    strata: [u32; LEVELS.len()],
    had: [u8; LEVELS.len()],
}

const NOWHERE: u32 = u32::MAX;

impl Kernel for Encounters {
    fn fold(&mut self, lines: &Lines<'_>) -> Result<()> {
        let mut place = [NO_CODE - 1; 3];
        let mut strata = [NOWHERE; LEVELS.len()];
        for row in 0..lines.len() {
            let encounter = lines.encounter[row];
            // What was returned was not used; the line it returns is there as well.
            if encounter == NO_ID || lines.quantity[row] <= 0 {
                continue;
            }
            let at = [lines.department[row], lines.prescriber[row], lines.setting[row]];
            if at != place {
                place = at;
                strata = self.strata_of(at);
            }
            let had = self.marks.of(lines.item[row], lines.kind[row]);
            let number = self.numbering.number(encounter);
            if number == self.stays.len() {
                self.stays.push(Stay { strata, had: [had; LEVELS.len()] });
                continue;
            }
            let stay = &mut self.stays[number];
            if stay.strata == strata {
                stay.had.iter_mut().for_each(|mark| *mark |= had);
            } else {
                self.elsewhere(number, strata, had);
            }
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<RecordBatch> {
        let mut counts = vec![[0_i64; COUNTS.len() + 1]; self.strata.len()];
        let mut count = |stratum: u32, had: u8| {
            if stratum != NOWHERE {
                let counts = &mut counts[stratum as usize];
                counts[0] += 1;
                counts[1..].iter_mut().zip(COUNTS).for_each(|(count, (_, mark))| *count += i64::from(had & mark != 0));
            }
        };
        for stay in &self.stays {
            stay.strata.iter().zip(stay.had).for_each(|(stratum, had)| count(*stratum, had));
        }
        for (key, had) in self.moves.keys().iter().zip(&self.had) {
            count(key.split(32).1, *had);
        }
        let mut order: Vec<(u128, usize)> = self.strata.keys().iter().copied().zip(0..).collect();
        order.sort_unstable();
        let code = |place: u32| codes_array(order.iter().map(|(key, _)| (key >> (32 * place)) as u32));
        let levels = order.iter().map(|(key, _)| LEVELS[(key >> 96) as usize]);
        let mut arrays: Vec<ArrayRef> = vec![Arc::new(StringArray::from_iter_values(levels)), code(2), code(1), code(0)];
        let counted =
            |at: usize| -> ArrayRef { Arc::new(Int64Array::from_iter_values(order.iter().map(|(_, stratum)| counts[*stratum][at]))) };
        arrays.extend((0..=COUNTS.len()).map(counted));
        Ok(RecordBatch::try_new(schema(&self.columns), arrays)?)
    }
}

impl Encounters {
    fn strata_of(&mut self, [department, prescriber, setting]: [u32; 3]) -> [u32; LEVELS.len()] {
        let mut stratum = |level: u32, department: u32, prescriber: u32| {
            let key = [level, department, prescriber, setting].iter().fold(0_u128, |key, code| key.with(*code, 32));
            self.strata.group(key) as u32
        };
        let of_department = if department == NO_CODE { NOWHERE } else { stratum(1, department, NO_CODE) };
        let of_prescriber = if prescriber == NO_CODE { NOWHERE } else { stratum(2, department, prescriber) };
        [stratum(0, NO_CODE, NO_CODE), of_department, of_prescriber]
    }

    #[cold]
    fn elsewhere(&mut self, encounter: usize, strata: [u32; LEVELS.len()], had: u8) {
        let stay = &mut self.stays[encounter];
        for (level, stratum) in strata.into_iter().enumerate() {
            if stay.strata[level] == stratum {
                stay.had[level] |= had;
            } else if stratum != NOWHERE {
                // The first line of the encounter said nothing of this level; from here on it is somewhere.
                let key = [level as u32, encounter as u32, stratum].iter().fold(0_u128, |key, part| key.with(*part, 32));
                let group = self.moves.group(key);
                if group == self.had.len() {
                    self.had.push(0);
                }
                self.had[group] |= had;
            }
        }
    }
}
