//! Rule U01 computed a second time, plainly, from the generated lines and without the lake: what the rule must equal.

use std::collections::BTreeMap;

use crate::hospital::{Hospital, Kind};
use crate::month::Month;

/// Who is ranked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ranked {
    Prescriber,
    Department,
}

/// A place in the ranking of a drug's users in a month, returns taken off.
#[derive(Clone, Debug, PartialEq)]
pub struct Rank {
    pub month: Month,
    pub ranked: Ranked,
    /// Code of the item and of who is ranked.
    pub item: String,
    pub who: String,
    /// From 1; equal amounts share a rank and the next one is skipped.
    pub rank: u32,
    pub amount_fen: i64,
    /// Hundredths of the priced unit.
    pub quantity: i64,
    /// Millionths of a hundredth of a DDD; none where the drug has no DDD.
    pub ddd: Option<i128>,
    /// Of the item's amount in the month over all who are ranked.
    pub share: f64,
    /// Change of the amount against the month and the year before; none where there was none.
    pub month_change: Option<f64>,
    pub year_change: Option<f64>,
}

/// Who is ranked by, item, who.
type Key = (Ranked, u16, u16);
/// Amount and quantity.
type Sum = (i64, i64);
type Sums = BTreeMap<Key, Sum>;

/// The first `most` ranks of every drug in every month.
pub fn ranking(hospital: &Hospital, most: u32) -> Vec<Rank> {
    let mut sums: BTreeMap<Month, Sums> = BTreeMap::new();
    for batch in hospital.batches() {
        let of_month = sums.entry(batch.month).or_default();
        for line in batch.lines.iter().filter(|line| hospital.items[usize::from(line.item)].kind == Kind::Drug) {
            for (ranked, who) in [(Ranked::Prescriber, line.prescriber), (Ranked::Department, line.unit)] {
                let sum = of_month.entry((ranked, line.item, who)).or_default();
                sum.0 += line.amount_fen;
                sum.1 += i64::from(line.quantity);
            }
        }
    }
    let mut ranks = Vec::new();
    for (month, of_month) in &sums {
        let before = |months: i16, key: &Key| sums.get(&month.plus(-months)).and_then(|sums| sums.get(key)).map(|sum| sum.0);
        let mut rest: Vec<(&Key, &Sum)> = of_month.iter().collect();
        rest.sort_by_key(|((ranked, item, who), (amount, _))| (*ranked, *item, std::cmp::Reverse(*amount), *who));
        for group in rest.chunk_by(|a, b| (a.0.0, a.0.1) == (b.0.0, b.0.1)) {
            let whole: i64 = group.iter().map(|(_, (amount, _))| amount).sum();
            for (key, (amount, quantity)) in group {
                let rank = 1 + group.iter().filter(|(_, (other, _))| other > amount).count() as u32;
                if rank > most {
                    break;
                }
                ranks.push(place(hospital, *month, key, rank, (*amount, *quantity), whole, &before));
            }
        }
    }
    ranks
}

fn place(
    hospital: &Hospital,
    month: Month,
    key: &Key,
    rank: u32,
    (amount_fen, quantity): Sum,
    whole: i64,
    before: &impl Fn(i16, &Key) -> Option<i64>,
) -> Rank {
    let (ranked, item, who) = *key;
    let item = &hospital.items[usize::from(item)];
    let who = match ranked {
        Ranked::Prescriber => &hospital.people[usize::from(who)].code,
        Ranked::Department => &hospital.units[usize::from(who)].code,
    };
    let change = |months: i16| before(months, key).filter(|was| *was != 0).map(|was| amount_fen as f64 / was as f64 - 1.0);
    Rank {
        month,
        ranked,
        item: item.code.clone(),
        who: who.clone(),
        rank,
        amount_fen,
        quantity,
        ddd: item.ddd_millionths.map(|ddd| i128::from(ddd) * i128::from(quantity)),
        share: if whole == 0 { 0.0 } else { amount_fen as f64 / whole as f64 },
        month_change: change(1),
        year_change: change(12),
    }
}
