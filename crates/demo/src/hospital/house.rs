//! Units and the people who prescribe in them.

use super::scale::Scale;
use super::tables::{self, UnitRow};
use super::{Class, Grade, Prescriber, Unit};
use crate::chance::Chance;
use crate::month::Month;
use crate::names;

/// The units of a house of this size, clinical first, with the row each is made from.
pub(super) fn units(scale: &Scale) -> (Vec<Unit>, Vec<UnitRow>) {
    let mut rows = tables::units();
    let mut kept = [0; 3];
    let most = [scale.clinical_units(), scale.technical_units(), usize::MAX];
    rows.retain(|row| {
        kept[row.class as usize] += 1;
        kept[row.class as usize] <= most[row.class as usize]
    });
    let unit = |row: &UnitRow| Unit {
        code: format!("{:04}", (row.class as usize + 1) * 100 + row.number),
        name: row.name.to_owned(),
        class: row.class,
        specialty: row.specialty.to_owned(),
    };
    (rows.iter().map(unit).collect(), rows)
}

/// Prescribers by unit, larger units with more; some join and some leave while the months pass.
pub(super) fn prescribers(scale: &Scale, rows: &[UnitRow], months: &[Month], chance: &mut Chance) -> Vec<Prescriber> {
    let weight = |row: &UnitRow| row.share.powf(0.8);
    let whole: f64 = rows.iter().map(weight).sum();
    let mut people = Vec::new();
    for (unit, row) in rows.iter().enumerate().filter(|(_, row)| row.class == Class::Clinical) {
        let count = (scale.doctors() as f64 * weight(row) / whole).round().max(3.0) as usize;
        for place in 0..count {
            people.push(prescriber(people.len(), unit, row, place as f64 / count as f64, chance));
        }
        // Only some of the lower half come and go, so that nobody left has to do two people's work.
        let moving = count / 6;
        for person in people.iter_mut().rev().take(moving) {
            let at = months[3 + chance.below(months.len() - 6)];
            // Who is new or about to leave has fewer patients, and these go to several colleagues.
            person.activity *= 0.35;
            match chance.happens(0.55) {
                true => person.from = Some(at),
                false => person.until = Some(at),
            }
        }
    }
    people
}

/// `rank` is 0 for the first of the unit and nears 1 for the last.
fn prescriber(number: usize, unit: usize, row: &UnitRow, rank: f64, chance: &mut Chance) -> Prescriber {
    Prescriber {
        code: format!("{:05}", 1001 + number),
        name: if rank == 0.0 { names::with_duty(number, "主任") } else { names::doctor(number) },
        unit,
        specialty: row.specialty.to_owned(),
        grade: match rank {
            r if r < 0.12 => Grade::Chief,
            r if r < 0.34 => Grade::Associate,
            r if r < 0.70 => Grade::Attending,
            _ => Grade::Resident,
        },
        from: None,
        until: None,
        activity: chance.around(0.35),
    }
}
