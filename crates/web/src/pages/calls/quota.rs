//! What each ward owes of a month's discharges, and how many it has called: this month and the one before.

use crate::failure::Answer;
use crate::staff::Staff;
use catalogue::Register;
use catalogue::register::{Quota, Verb};
use engine::{Entry, UnitId, Value, rights};
use jiff::civil::Date;
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// One ward and month, as the page tells it. Whoever sees it may open each of the entries it counts.
#[derive(Serialize)]
pub(super) struct Row {
    ward: String,
    month: String,
    listed: u64,
    owed: u64,
    called: u64,
    lacking: u64,
}

#[derive(Default)]
struct Count {
    listed: u64,
    called: u64,
}

/// The quota of the wards whose entries this person reads; the latest month first.
pub(super) async fn rows(staff: &Staff, register: &Register) -> Answer<Vec<Row>> {
    let Some(quota) = &register.quota else { return Ok(Vec::new()) };
    let this = staff.today().first_of_month();
    let from = this.yesterday().map_or(this, Date::first_of_month);
    let mut counts: BTreeMap<(Reverse<Date>, UnitId), Count> = BTreeMap::new();
    for entry in staff.app.store.table(&register.name).await?.iter() {
        let is_mine = || rights::may(&staff.viewer, register, Verb::Read, entry).is_ok();
        let Some((month, ward)) = place_of(register, quota, entry).filter(|(month, _)| (from..=this).contains(month)) else { continue };
        if is_mine() {
            let count = counts.entry((Reverse(month), ward)).or_default();
            count.listed += 1;
            count.called += u64::from(quota.counts.contains(&entry.state));
        }
    }
    let row = |((Reverse(month), ward), count): (_, Count)| {
        let owed = quota.owed(count.listed);
        Row {
            ward: staff.directory.unit(ward).map(|unit| unit.name.clone()).unwrap_or_default(),
            month: month_name(month),
            listed: count.listed,
            owed,
            called: count.called,
            lacking: owed.saturating_sub(count.called),
        }
    };
    Ok(counts.into_iter().map(row).collect())
}

/// The month, by its first day, and the ward an entry is counted in.
fn place_of(register: &Register, quota: &Quota, entry: &Entry) -> Option<(Date, UnitId)> {
    let Some(Value::Date(day)) = entry.values.get(&quota.month_of) else { return None };
    let ward = *entry.values.get(&register.unit_field()?.name)?.units().first()?;
    Some((day.first_of_month(), ward))
}

fn month_name(month: Date) -> String {
    format!("{:04}-{:02}", month.year(), month.month())
}
