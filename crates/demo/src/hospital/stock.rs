//! What can be ordered: drugs of the formulary and outside it, exams, tests and consumables.

use std::collections::BTreeMap;

use super::scale::Scale;
use super::tables::{self, DrugRow, ServiceRow};
use super::{Item, Kind, Marks, Period, Tier};
use crate::chance::Chance;
use crate::month::Month;

const MAKERS: [&str; 12] = [
    "示例甲制药",
    "示例乙制药",
    "示例丙药业",
    "示例丁药业",
    "示例戊制药",
    "示例己生物",
    "示例庚药业",
    "示例辛制药",
    "示例壬药业",
    "示例癸制药",
    "示例子药业",
    "示例丑制药",
];
const DEALERS: [&str; 6] = ["示例寅器械", "示例卯器械", "示例辰医疗", "示例巳医疗", "示例午器械", "示例未医疗"];
const HIGH_VALUE_FEN: i64 = 50_000;

/// All items: drugs first, then services; codes keep their leading letters and zeros.
pub(super) fn items(scale: &Scale, months: &[Month], chance: &mut Chance) -> Vec<Item> {
    let founded = Month::of(months[0].first_day()).plus(1 - i16::from(months[0].of_year())).first_day();
    let listed = || vec![Period { from: founded, until: None }];
    let drugs = drugs(scale.drugs());
    let mut makers: BTreeMap<&str, usize> = BTreeMap::new();
    let mut items = Vec::new();
    for (number, row) in drugs.iter().enumerate() {
        let maker = makers.entry(row.generic).or_insert_with(|| chance.below(MAKERS.len()));
        *maker += 1;
        let maker = MAKERS[*maker % MAKERS.len()];
        items.push(Item { formulary: listed(), ..drug(number, row, maker, chance) });
    }
    let services = tables::services();
    items.extend(services.iter().enumerate().map(|(number, row)| service(number, row, chance)));
    items
}

/// The `count` most used presentations; where the table ends, another maker's of the same follow.
fn drugs(count: usize) -> Vec<DrugRow> {
    let rows = tables::drugs();
    let mut in_tag: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &rows {
        *in_tag.entry(row.tag).or_default() += 1;
    }
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut ranked: Vec<(f64, DrugRow)> = Vec::new();
    for row in rows {
        let rank = seen.entry(row.tag).or_default();
        ranked.push((*rank as f64 / in_tag[row.tag] as f64, row));
        *rank += 1;
    }
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
    let rows = ranked.into_iter().map(|(_, row)| row).collect::<Vec<_>>();
    rows.iter().cycle().take(count).copied().collect()
}

fn drug(number: usize, row: &DrugRow, maker: &str, chance: &mut Chance) -> Item {
    let injected = row.form.contains("注射");
    let marks = Marks::read(row.marks);
    let tier = row.marks.chars().find_map(Tier::read);
    let usual = match (tier.is_some(), injected, marks.chronic) {
        (true, true, _) => [2, 3, 3, 4][chance.below(4)],
        (_, true, _) if row.price_fen > 20_000 => 1,
        (_, true, _) => 1 + chance.below(3),
        (_, _, true) => 2 + chance.below(2),
        _ => 1 + chance.below(2),
    };
    Item {
        code: format!("YP{:06}", 1001 + number),
        // A form that already begins so needs no second word.
        name: format!("{}{}", row.generic, row.form.strip_prefix("注射用").map_or(row.form.to_owned(), |_| "(注射用)".to_owned())),
        generic: row.generic.to_owned(),
        spec: format!("{}/{}", row.strength, row.unit),
        unit: row.unit.to_owned(),
        kind: Kind::Drug,
        class: row.atc.chars().take(5).collect(),
        atc: row.atc.to_owned(),
        ddd_millionths: row.ddd_millionths,
        // The makers of one generic sell at prices of their own.
        prices: vec![(0, ((row.price_fen as f64 * chance.around(0.12)).round() as i64).max(10))],
        formulary: Vec::new(),
        high_value: false,
        tier,
        supplier: maker.to_owned(),
        injected,
        marks,
        tag: row.tag,
        usual: usual as i32,
    }
}

fn service(number: usize, row: &ServiceRow, chance: &mut Chance) -> Item {
    let consumable = row.kind == Kind::Consumable;
    let letters = match row.kind {
        Kind::Consumable => "HC",
        Kind::Test => "JY",
        _ => "JC",
    };
    let usual = if consumable && row.price_fen < 2_000 { 1 + chance.below(3) as i32 } else { 1 };
    Item {
        code: format!("{letters}{:06}", 1001 + number),
        name: row.name.to_owned(),
        generic: String::new(),
        spec: String::new(),
        unit: row.unit.to_owned(),
        kind: row.kind,
        class: String::new(),
        atc: String::new(),
        ddd_millionths: None,
        prices: vec![(0, row.price_fen)],
        formulary: Vec::new(),
        high_value: consumable && row.price_fen >= HIGH_VALUE_FEN,
        tier: None,
        supplier: if consumable { DEALERS[chance.below(DEALERS.len())].to_owned() } else { String::new() },
        injected: false,
        marks: Marks::default(),
        tag: row.tag,
        usual,
    }
}
