//! Prescriptions that are worth a look: far above those of their specialty and setting, with many drugs, or one of several
//! by the same hand for the same patient on one day. All are folded; only these are kept.

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Float64Array, Int64Array, RecordBatch};

use super::fences::{Fence, fence};
use super::groups::Groups;
use super::items::Specialties;
use super::lines::{Lines, NO_CODE, NO_ID};
use super::numbering::Numbering;
use super::{Columns, Context, DAY_S, Kernel, codes_array, ids_array};
use crate::contract::Coding;
use crate::error::Result;
use crate::physical::{StoredColumn, schema};

pub(crate) const VERSION: u32 = 2;

/// What is kept: at least this far above the upper quartile, in interquartile ranges of the logarithm…
const LEAST_OVER: f64 = 1.0;
/// …or more drugs than this…
const MANY_DRUGS: i64 = 5;
/// …or as many prescriptions of one hand for one patient on one day.
const SEVERAL: i64 = 2;

pub(crate) fn columns(lines: &Columns) -> Vec<StoredColumn> {
    let column = |name: &str, coding| StoredColumn { name: name.into(), coding };
    let mut columns: Vec<StoredColumn> =
        ["prescription", "encounter", "patient", "prescriber", "department", "setting"].map(|name| lines.named(name)).into();
    columns.extend([column("specialty", Coding::Code("specialty".into())), column("day", Coding::Day), lines.named("amount_fen")]);
    columns.extend(["lines", "drugs", "same_day", "same_day_fen", "peers"].map(|name| column(name, Coding::Integer)));
    columns.extend(["lower_fen", "median_fen", "upper_fen", "over"].map(|name| column(name, Coding::Float)));
    columns
}

pub(crate) fn kernel(context: &Context) -> Box<dyn Kernel> {
    Box::new(Prescriptions {
        columns: columns(&context.columns),
        drug: context.code("kind", "drug"),
        specialties: context.specialties.clone(),
        numbering: Numbering::new(),
        totals: Vec::new(),
        more_drugs: Groups::new(),
    })
}

struct Prescriptions {
    columns: Vec<StoredColumn>,
    /// The code of the kind drug; a line without a kind counts as a drug.
    drug: Option<u32>,
    specialties: Arc<Specialties>,
    numbering: Numbering,
    totals: Vec<Total>,
    /// Prescription and drug, of prescriptions with more drugs than [`Total`] holds.
    more_drugs: Groups<u64>,
}

const FEW: usize = 6;

/// What is not a sum is taken from the first line.
struct Total {
    encounter: i64,
    patient: i64,
    amount: i64,
    prescriber: u32,
    department: u32,
    setting: u32,
    day: i32,
    lines: u32,
    drugs: u32,
    /// The first different drugs.
    few: [u32; FEW],
}

/// A total beside the others.
#[derive(Clone, Copy, Default)]
struct Standing {
    stratum: u32,
    same_day: i64,
    same_day_fen: i64,
}

impl Kernel for Prescriptions {
    fn fold(&mut self, lines: &Lines<'_>) -> Result<()> {
        for row in 0..lines.len() {
            let prescription = lines.prescription[row];
            if prescription == NO_ID {
                continue;
            }
            let number = self.numbering.number(prescription);
            if number == self.totals.len() {
                self.totals.push(Total {
                    encounter: lines.encounter[row],
                    patient: lines.patient[row],
                    amount: 0,
                    prescriber: lines.prescriber[row],
                    department: lines.department[row],
                    setting: lines.setting[row],
                    day: lines.time[row].div_euclid(DAY_S) as i32,
                    lines: 0,
                    drugs: 0,
                    few: [NO_CODE; FEW],
                });
            }
            let total = &mut self.totals[number];
            total.amount += lines.amount[row];
            total.lines += 1;
            let kind = lines.kind[row];
            if lines.quantity[row] > 0 && (kind == NO_CODE || Some(kind) == self.drug) {
                total.count_drug(number, lines.item[row], &mut self.more_drugs);
            }
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<RecordBatch> {
        let mut standings = vec![Standing::default(); self.totals.len()];
        let (strata, fences) = self.fences(&mut standings);
        self.count_days(&mut standings);
        let over = |at: usize| fences[standings[at].stratum as usize].over(self.totals[at].amount);
        let wanted = |at: &usize| {
            self.totals[*at].drugs as i64 > MANY_DRUGS
                || standings[*at].same_day >= SEVERAL
                || over(*at).is_some_and(|over| over >= LEAST_OVER)
        };
        let kept: Vec<usize> = (0..self.totals.len()).filter(wanted).collect();
        let total =
            |pick: fn(&Total) -> i64| -> ArrayRef { Arc::new(Int64Array::from_iter_values(kept.iter().map(|at| pick(&self.totals[*at])))) };
        let id = |pick: fn(&Total) -> i64| ids_array(kept.iter().map(|at| pick(&self.totals[*at])));
        let code = |pick: fn(&Total) -> u32| codes_array(kept.iter().map(|at| pick(&self.totals[*at])));
        let standing = |pick: fn(&Standing) -> i64| -> ArrayRef {
            Arc::new(Int64Array::from_iter_values(kept.iter().map(|at| pick(&standings[*at]))))
        };
        let of_fence = |at: &usize| fences[standings[*at].stratum as usize];
        let quartile = |pick: fn(&Fence) -> f64| -> ArrayRef {
            let value = |at: &usize| (of_fence(at).peers > 0).then(|| pick(&of_fence(at)).exp());
            Arc::new(kept.iter().map(value).collect::<Float64Array>())
        };
        let specialties = kept.iter().map(|at| (strata.keys()[standings[*at].stratum as usize] >> 32) as u32);
        let arrays: Vec<ArrayRef> = vec![
            ids_array(kept.iter().map(|at| self.numbering.ids()[*at])),
            id(|t| t.encounter),
            id(|t| t.patient),
            code(|t| t.prescriber),
            code(|t| t.department),
            code(|t| t.setting),
            codes_array(specialties),
            Arc::new(Date32Array::from_iter_values(kept.iter().map(|at| self.totals[*at].day))),
            total(|t| t.amount),
            total(|t| t.lines.into()),
            total(|t| t.drugs.into()),
            standing(|s| s.same_day),
            standing(|s| s.same_day_fen),
            Arc::new(Int64Array::from_iter_values(kept.iter().map(|at| of_fence(at).peers as i64))),
            quartile(|f| f.lower),
            quartile(|f| f.median),
            quartile(|f| f.upper),
            Arc::new(kept.iter().map(|at| over(*at)).collect::<Float64Array>()),
        ];
        Ok(RecordBatch::try_new(schema(&self.columns), arrays)?)
    }
}

impl Total {
    fn count_drug(&mut self, number: usize, item: u32, more: &mut Groups<u64>) {
        let few = &self.few[..FEW.min(self.drugs as usize)];
        if few.contains(&item) {
            return;
        }
        if few.len() < FEW {
            self.few[few.len()] = item;
        } else {
            let before = more.len();
            if more.group((number as u64) << 32 | u64::from(item)) < before {
                return;
            }
        }
        self.drugs += 1;
    }
}

impl Prescriptions {
    /// The quartiles of each specialty and setting, and where each prescription belongs.
    fn fences(&self, standings: &mut [Standing]) -> (Groups<u64>, Vec<Fence>) {
        let mut strata = Groups::<u64>::new();
        let mut amounts: Vec<Vec<i64>> = Vec::new();
        for (total, standing) in self.totals.iter().zip(standings) {
            let specialty = self.specialties.of(total.prescriber, total.department);
            let stratum = strata.group(u64::from(specialty) << 32 | u64::from(total.setting));
            standing.stratum = stratum as u32;
            amounts.resize_with(strata.len(), Vec::new);
            if total.amount > 0 {
                amounts[stratum].push(total.amount);
            }
        }
        (strata, amounts.into_iter().map(fence).collect())
    }

    /// How many prescriptions the same hand wrote for the same patient that day, and what they came to.
    fn count_days(&self, standings: &mut [Standing]) {
        let mut order: Vec<u32> = (0..self.totals.len() as u32).collect();
        let day = |at: &u32| self.totals[*at as usize].day;
        // Lines are kept in the order of time; where they are not, days are put in order here.
        if !order.is_sorted_by_key(day) {
            order.sort_by_key(day);
        }
        for of_day in order.chunk_by(|a, b| day(a) == day(b)) {
            let mut hands = Groups::<u128>::new();
            let mut sums: Vec<(i64, i64)> = Vec::new();
            let mut hand_of = Vec::with_capacity(of_day.len());
            for at in of_day {
                let total = &self.totals[*at as usize];
                // Nobody's prescriptions and those for nobody are not several of one hand for one patient.
                let known = total.prescriber != NO_CODE && total.patient != NO_ID && total.amount > 0;
                hand_of.push(known.then(|| {
                    let hand = hands.group((total.patient as u128) << 32 | u128::from(total.prescriber));
                    sums.resize(hands.len(), (0, 0));
                    sums[hand].0 += 1;
                    sums[hand].1 += total.amount;
                    hand
                }));
            }
            for (at, hand) in of_day.iter().zip(hand_of) {
                let alone = (1, self.totals[*at as usize].amount);
                let (count, fen) = hand.map_or(alone, |hand| sums[hand]);
                let standing = &mut standings[*at as usize];
                (standing.same_day, standing.same_day_fen) = (count, fen);
            }
        }
    }
}
