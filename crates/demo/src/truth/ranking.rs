//! Rule U01 computed a second time, plainly, from the generated lines and without the lake: what the rule must equal.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::Score;
use crate::hospital::{Hospital, Kind};
use crate::month::Month;

/// What is ranked: drugs among all, or the departments or doctors that ordered one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    Item,
    Department,
    Doctor,
}

/// A place in the ranking of a month by amount, returns taken off.
#[derive(Clone, Debug, PartialEq)]
pub struct Rank {
    pub month: Month,
    pub level: Level,
    /// Code of the drug.
    pub item: String,
    /// Code of the department or doctor; none for a drug.
    pub who: Option<String>,
    /// From 1; equal amounts share a rank and the next ones are skipped.
    pub rank: u32,
    /// How many were ranked.
    pub peers: u32,
    pub amount_fen: i64,
    /// Hundredths of the priced unit.
    pub quantity: i64,
    /// None where the drug has no DDD.
    pub ddds: Option<f64>,
    /// Of the amount of all who were ranked.
    pub share: f64,
    /// Change of the amount against the month and the year before; none where there was none.
    pub mom: Option<f64>,
    pub yoy: Option<f64>,
    pub lines: u32,
}

/// Item, and department or doctor.
type Key = (Level, u16, Option<u16>);

#[derive(Clone, Copy, Default)]
struct Sum {
    amount_fen: i64,
    quantity: i64,
    lines: u32,
}

type Sums = BTreeMap<Key, Sum>;

/// The `most` first drugs of every month and, within each, the first departments and doctors.
pub fn ranking(hospital: &Hospital, most: u32) -> Vec<Rank> {
    let months = sums(hospital);
    let mut ranks = Vec::new();
    for (month, sums) in &months {
        let drugs = places(sums, Level::Item, None);
        let first: BTreeSet<u16> = drugs.iter().filter(|(_, rank)| *rank <= most).map(|((_, item, _), _)| *item).collect();
        let within = first.iter().flat_map(|item| [Level::Department, Level::Doctor].map(|level| places(sums, level, Some(*item))));
        for group in std::iter::once(drugs).chain(within) {
            let whole: i64 = group.iter().map(|(key, _)| sums[key].amount_fen).sum();
            let kept = group.iter().filter(|(_, rank)| *rank <= most);
            ranks.extend(kept.map(|(key, rank)| place(hospital, &months, *month, *key, *rank, group.len() as u32, whole)));
        }
    }
    ranks
}

fn sums(hospital: &Hospital) -> BTreeMap<Month, Sums> {
    let mut months: BTreeMap<Month, Sums> = BTreeMap::new();
    for batch in hospital.batches() {
        let of_month = months.entry(batch.month).or_default();
        for line in batch.lines.iter().filter(|line| hospital.items[usize::from(line.item)].kind == Kind::Drug) {
            for (level, who) in [(Level::Item, None), (Level::Department, Some(line.unit)), (Level::Doctor, Some(line.prescriber))] {
                let sum = of_month.entry((level, line.item, who)).or_default();
                sum.amount_fen += line.amount_fen;
                sum.quantity += i64::from(line.quantity);
                sum.lines += 1;
            }
        }
    }
    // What is netted to nothing or less has no rank, and nothing is compared with it.
    months.values_mut().for_each(|sums| sums.retain(|_, sum| sum.amount_fen > 0));
    months
}

/// Everybody of a level with a rank, the largest amount first.
fn places(sums: &Sums, level: Level, of: Option<u16>) -> Vec<(Key, u32)> {
    let mut keys: Vec<Key> = sums.keys().filter(|(at, item, _)| *at == level && of.is_none_or(|of| of == *item)).copied().collect();
    keys.sort_by_key(|key| (Reverse(sums[key].amount_fen), *key));
    let larger = |key: &Key| keys.partition_point(|other| sums[other].amount_fen > sums[key].amount_fen) as u32;
    keys.iter().map(|key| (*key, larger(key) + 1)).collect()
}

fn place(hospital: &Hospital, months: &BTreeMap<Month, Sums>, month: Month, key: Key, rank: u32, peers: u32, whole: i64) -> Rank {
    let (level, item, who) = key;
    let sum = months[&month][&key];
    let item = &hospital.items[usize::from(item)];
    let before = |back: i16| months.get(&month.plus(-back)).and_then(|sums| sums.get(&key));
    let change = |back: i16| before(back).map(|was| sum.amount_fen as f64 / was.amount_fen as f64 - 1.0);
    Rank {
        month,
        level,
        item: item.code.clone(),
        who: who.map(|who| match level {
            Level::Doctor => hospital.people[usize::from(who)].code.clone(),
            _ => hospital.units[usize::from(who)].code.clone(),
        }),
        rank,
        peers,
        amount_fen: sum.amount_fen,
        quantity: sum.quantity,
        ddds: item.ddd_millionths.map(|ddd| ddd as f64 / 1e6 * sum.quantity as f64 / 100.0),
        share: sum.amount_fen as f64 / whole as f64,
        mom: change(1),
        yoy: change(12),
        lines: sum.lines,
    }
}

/// How far a rule's ranking equals the one computed here: `planted` are the ranks there must be, `found` those the rule
/// has alike. Whole numbers must be equal, the others to nine digits.
pub fn equality(rule: &str, must_be: &[Rank], is: &[Rank]) -> Score {
    let by_key: BTreeMap<_, &Rank> = is.iter().map(|rank| ((rank.month, rank.level, &rank.item, &rank.who), rank)).collect();
    let same = |rank: &&Rank| by_key.get(&(rank.month, rank.level, &rank.item, &rank.who)).is_some_and(|other| alike(rank, other));
    let found = must_be.iter().filter(same).count();
    Score::new(rule, must_be.len(), found, is.len(), found)
}

fn alike(a: &Rank, b: &Rank) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1e-6);
    let both = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => near(a, b),
        (None, None) => true,
        _ => false,
    };
    let whole = |rank: &Rank| (rank.rank, rank.peers, rank.amount_fen, rank.quantity, rank.lines);
    whole(a) == whole(b) && near(a.share, b.share) && both(a.ddds, b.ddds) && both(a.mom, b.mom) && both(a.yoy, b.yoy)
}
