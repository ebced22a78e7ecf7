//! What each department needs of each item in each month, before anybody orders it.

use catalogue::Calendar;

use super::scale::Scale;
use super::season;
use super::tables::UnitRow;
use super::{Item, Kind};
use crate::chance::Chance;
use crate::month::Month;

/// A department's use of an item.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    pub(super) unit: usize,
    pub(super) item: usize,
}

/// Expected order lines by month and cell.
pub(super) struct Demand {
    pub(super) cells: Vec<Cell>,
    pub(super) lines: Vec<Vec<f64>>,
}

/// The parts of lines that are drugs, exams and tests, consumables.
const KINDS: [f64; 3] = [0.58, 0.32, 0.10];
/// A cell's steady rise or fall a month.
const DRIFT: f64 = 0.003;
/// How much a cell's need varies from month to month beside chance: cases differ, doctors go on leave.
const UNREST: f64 = 0.04;
/// The part of the chance variation of independent cases that remains: most patients are known and come back.
const CHANCE: f64 = 0.25;

impl Demand {
    /// The usual course of every cell, in relative numbers.
    pub(super) fn usual(
        scale: &Scale,
        rows: &[UnitRow],
        items: &[Item],
        months: &[Month],
        calendar: &Calendar,
        chance: &mut Chance,
    ) -> Demand {
        let mut cells = Vec::new();
        let mut usual = Vec::new();
        for (unit, row) in rows.iter().enumerate() {
            for (kind, share) in KINDS.iter().enumerate() {
                let chosen = mix(&row.mix[kind], kind, scale.mix()[kind], items, chance);
                let whole: f64 = chosen.iter().map(|(_, weight)| weight).sum();
                for (item, weight) in chosen {
                    cells.push(Cell { unit, item });
                    usual.push(row.share * share * weight / whole);
                }
            }
        }
        let drifts: Vec<f64> = cells.iter().map(|_| DRIFT * chance.bell()).collect();
        let busy: Vec<Vec<f64>> =
            months.iter().map(|month| rows.iter().map(|row| season::of_month(calendar, *month, row.settings)).collect()).collect();
        let of_month = |(at, month): (usize, &Month)| {
            let of_cell = |(number, cell): (usize, &Cell)| {
                let course = season::of_item(items[cell.item].marks, *month) * season::growth(at);
                usual[number] * course * busy[at][cell.unit] * (1.0 + drifts[number] * at as f64).max(0.3)
            };
            cells.iter().enumerate().map(of_cell).collect()
        };
        let lines = months.iter().enumerate().map(of_month).collect();
        Demand { cells, lines }
    }

    pub(super) fn whole(&self) -> f64 {
        self.lines.iter().flatten().sum()
    }

    /// Brings the whole to a number of lines.
    pub(super) fn fit(&mut self, lines: f64) {
        let factor = lines / self.whole();
        self.lines.iter_mut().flatten().for_each(|need| *need *= factor);
    }

    /// Lets every month differ from what is usual.
    pub(super) fn unsettle(&mut self, chance: &mut Chance) {
        for need in self.lines.iter_mut().flatten().filter(|need| **need > 0.0) {
            let spread = (UNREST * UNREST + CHANCE * CHANCE / *need).sqrt();
            *need *= (1.0 + spread * chance.bell()).max(0.0);
        }
    }

    /// Whole lines of a month by cell, `count` in all, each within one of what it needs.
    pub(super) fn draw(&self, month: usize, count: u64, chance: &mut Chance) -> Vec<u32> {
        let needs = &self.lines[month];
        let step = count as f64 / needs.iter().sum::<f64>();
        let start = chance.unit();
        let (mut sum, mut drawn) = (0.0, 0_u64);
        let mut lines: Vec<u32> = needs
            .iter()
            .map(|need| {
                sum += need * step;
                let until = ((sum + start).floor() as u64).min(count);
                let here = until.saturating_sub(drawn);
                drawn += here;
                here as u32
            })
            .collect();
        // Rounding may leave the last line over.
        if let Some(last) = needs.iter().rposition(|need| *need > 0.0) {
            lines[last] += (count - drawn) as u32;
        }
        lines
    }
}

/// The `most` items of a kind a department uses, with weights: few items make up most of it.
fn mix(tags: &[(&str, f64)], kind: usize, most: usize, items: &[Item], chance: &mut Chance) -> Vec<(usize, f64)> {
    let kind_of = |item: &Item| match item.kind {
        Kind::Drug => 0,
        Kind::Exam | Kind::Test => 1,
        Kind::Consumable => 2,
    };
    let mut chosen = Vec::new();
    for (tag, weight) in tags {
        let of_tag = items.iter().enumerate().filter(|(_, item)| kind_of(item) == kind && item.tag == *tag);
        let weights = of_tag.enumerate().map(|(rank, (item, _))| (item, 1.0 / (rank as f64 + 2.0).powf(0.8) * chance.around(0.45)));
        let weights: Vec<(usize, f64)> = weights.collect();
        let whole: f64 = weights.iter().map(|(_, weight)| weight).sum();
        chosen.extend(weights.into_iter().map(|(item, part)| (item, weight * part / whole)));
    }
    chosen.sort_by(|a, b| b.1.total_cmp(&a.1));
    chosen.truncate(most);
    chosen
}
