//! What happens in any hospital and is nobody's fault: stock-outs, new and removed drugs, price cuts, a growing unit.
//! Each is recorded as a near miss, so that a rule which calls it a finding is seen to do so.

use std::collections::BTreeSet;

use super::demand::Demand;
use super::scale::Scale;
use super::{Item, Kind, Period, Unit};
use crate::chance::Chance;
use crate::month::Month;
use crate::truth::NearMiss;

/// Applies events to needs and items. It hands each one out only once.
pub(super) struct Turns<'a> {
    pub(super) units: &'a [Unit],
    pub(super) items: &'a mut [Item],
    pub(super) months: &'a [Month],
    pub(super) demand: &'a mut Demand,
    pub(super) chance: &'a mut Chance,
    pub(super) turned: Turned,
}

/// What happened.
#[derive(Default)]
pub(super) struct Turned {
    pub(super) near: Vec<NearMiss>,
    /// Items that something happened to.
    pub(super) items: BTreeSet<usize>,
    /// Items never in the formulary.
    pub(super) outside: Vec<usize>,
    /// Items taken out of it, with the month.
    pub(super) removed: Vec<(usize, usize)>,
}

/// An item's alternatives must carry this many times its need, or its stock-out would look like their surge.
const ALTERNATIVES: f64 = 2.5;
const PRICE_CUT: f64 = 0.45;

impl Turns<'_> {
    pub(super) fn happen(&mut self, scale: &Scale) {
        self.keep_outside(scale.events(22, 9));
        for _ in 0..scale.events(6, 1) {
            self.run_out();
        }
        for _ in 0..scale.events(4, 1) {
            self.introduce();
        }
        for _ in 0..scale.events(9, 3) {
            self.remove();
        }
        for _ in 0..scale.events(8, 2) {
            self.cut_price();
        }
        self.grow();
    }

    fn tell(&mut self, rule: &str, kind: &str, month: usize, unit: Option<usize>, item: Option<usize>, why: String) {
        let unit = unit.map(|unit| ("department".to_owned(), self.units[unit].code.clone()));
        let item = item.map(|item| ("item".to_owned(), self.items[item].code.clone()));
        let keys = unit.into_iter().chain(item).collect();
        self.turned.near.push(NearMiss { rule: rule.into(), kind: kind.into(), month: self.months[month], keys, why });
    }

    /// An item with cells to which nothing has happened yet and which `fits`.
    fn fresh(&mut self, fits: impl Fn(&Self, usize) -> bool) -> Option<usize> {
        let used: BTreeSet<usize> = self.demand.cells.iter().map(|cell| cell.item).collect();
        let fit = |item: &usize| self.items[*item].kind == Kind::Drug && !self.turned.items.contains(item) && fits(self, *item);
        let list: Vec<usize> = used.into_iter().filter(fit).collect();
        let item = *list.get(self.chance.below(list.len()))?;
        self.turned.items.insert(item);
        Some(item)
    }

    /// Drugs without a place in the formulary: first those that no department uses anyway.
    fn keep_outside(&mut self, count: usize) {
        let used: BTreeSet<usize> = self.demand.cells.iter().map(|cell| cell.item).collect();
        let drugs = (0..self.items.len()).filter(|item| self.items[*item].kind == Kind::Drug);
        let (mut rare, mut common): (Vec<usize>, Vec<usize>) = drugs.partition(|item| !used.contains(item));
        self.chance.shuffle(&mut rare);
        self.chance.shuffle(&mut common);
        self.turned.outside = rare.into_iter().chain(common).take(count).collect();
        for item in self.turned.outside.clone() {
            self.items[item].formulary.clear();
            self.items[item].usual = 1;
            self.turned.items.insert(item);
            for (number, cell) in self.demand.cells.iter().enumerate().filter(|(_, cell)| cell.item == item) {
                debug_assert_eq!(cell.item, item);
                self.demand.lines.iter_mut().for_each(|month| month[number] = 0.0);
            }
        }
    }

    /// The cells of the same class in the same unit that can take over.
    fn alternatives(&self, number: usize) -> Vec<usize> {
        let cell = self.demand.cells[number];
        let class = &self.items[cell.item].class;
        let same = |other: &usize| {
            let there = self.demand.cells[*other];
            there.unit == cell.unit && there.item != cell.item && self.items[there.item].class == *class
        };
        (0..self.demand.cells.len()).filter(same).collect()
    }

    fn cells_of(&self, item: usize) -> Vec<usize> {
        (0..self.demand.cells.len()).filter(|number| self.demand.cells[*number].item == item).collect()
    }

    /// Two months nearly without an item; others of its class take over where there are enough of them.
    fn run_out(&mut self) {
        let start = 4 + self.chance.below(self.months.len() - 7);
        let replaceable = |turns: &Self, item: usize| {
            turns.cells_of(item).into_iter().all(|number| {
                let others: f64 = turns.alternatives(number).iter().map(|other| turns.demand.lines[start][*other]).sum();
                others >= ALTERNATIVES * turns.demand.lines[start][number]
            })
        };
        let Some(item) = self.fresh(replaceable) else { return };
        for number in self.cells_of(item) {
            let others = self.alternatives(number);
            for month in start..start + 2 {
                let lost = self.demand.lines[month][number] * 0.94;
                let there: f64 = others.iter().map(|other| self.demand.lines[month][*other]).sum();
                self.demand.lines[month][number] -= lost;
                for other in &others {
                    self.demand.lines[month][*other] *= 1.0 + (0.8 * lost / there).min(0.28);
                }
            }
        }
        self.tell("U02", "stock_out", start, None, Some(item), "缺货两个月，由同类药品替代".into());
    }

    /// A drug that comes into the formulary and into use.
    fn introduce(&mut self) {
        let start = 3 + self.chance.below(self.months.len() - 6);
        let Some(item) = self.fresh(|_, _| true) else { return };
        let from = self.months[start].first_day();
        self.items[item].formulary = vec![Period { from, until: None }];
        for number in self.cells_of(item) {
            for (month, needs) in self.demand.lines.iter_mut().enumerate() {
                needs[number] *= match month.checked_sub(start) {
                    None => 0.0,
                    Some(0) => 0.3,
                    Some(1) => 0.65,
                    Some(_) => 1.0,
                };
            }
        }
        self.tell("U02", "introduced", start, None, Some(item), "新引进药品，此前没有用量".into());
    }

    /// A drug taken out of the formulary in the middle of a month; its use until that day is in order.
    fn remove(&mut self) {
        let end = 6 + self.chance.below(self.months.len() - 12);
        let Some(item) = self.fresh(|turns, item| turns.items[item].usual <= 2) else { return };
        let last = self.months[end].first_day().with().day(10 + self.chance.below(12) as i8).build();
        let last = last.unwrap_or(self.months[end].last_day());
        for period in &mut self.items[item].formulary {
            period.until = Some(last);
        }
        let part = f64::from(last.day()) / f64::from(last.days_in_month());
        for number in self.cells_of(item) {
            for (month, needs) in self.demand.lines.iter_mut().enumerate().skip(end) {
                needs[number] *= if month == end { part } else { 0.0 };
            }
        }
        self.turned.removed.push((item, end));
        self.tell("C01", "before_removal", end, None, Some(item), format!("{last} 调出目录，之前的使用正常"));
    }

    /// A price cut after central purchasing: amounts fall while use rises a little.
    fn cut_price(&mut self) {
        let start = 4 + self.chance.below(self.months.len() - 6);
        let Some(item) = self.fresh(|turns, item| turns.items[item].prices[0].1 > 1_500) else { return };
        let price = self.items[item].prices[0].1;
        self.items[item].prices.push((start, (price as f64 * PRICE_CUT).round() as i64));
        for number in self.cells_of(item) {
            self.demand.lines.iter_mut().skip(start).for_each(|needs| needs[number] *= 1.12);
        }
        self.tell("U02", "price_cut", start, None, Some(item), "集采降价，用量略升，金额下降".into());
    }

    /// A department opens beds: all its use rises at once.
    fn grow(&mut self) {
        let start = self.months.len() / 2 + self.chance.below(self.months.len() / 3);
        let clinical = self.units.iter().filter(|unit| unit.class == super::Class::Clinical).count();
        let unit = self.chance.below(clinical);
        for (number, cell) in self.demand.cells.iter().enumerate().filter(|(_, cell)| cell.unit == unit) {
            debug_assert_eq!(cell.unit, unit);
            self.demand.lines.iter_mut().skip(start).for_each(|needs| needs[number] *= 1.14);
        }
        self.tell("U02", "grown_unit", start, Some(unit), None, "科室增加床位，全部用量上升".into());
    }
}
