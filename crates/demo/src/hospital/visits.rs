//! Needs become visits: who orders what, for whom, when. Month by month, in the order of time.

use jiff::civil::Date;

use super::plant::Extra;
use super::season;
use super::{Hospital, Kind, Line, Setting, Unit};
use crate::chance::Chance;
use crate::month::Month;

/// A month of order lines, sorted by time and number.
#[derive(Clone, Debug)]
pub struct Batch {
    pub month: Month,
    pub lines: Vec<Line>,
    /// By unit.
    pub stays: Vec<Stays>,
}

/// What a department's beds and rooms saw in a month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stays {
    pub bed_days: u32,
    pub discharges: u32,
    pub visits: u32,
}

/// The months of a hospital, one after another.
pub struct Batches<'h> {
    hospital: &'h Hospital,
    chance: Chance,
    at: usize,
    line: u64,
    encounter: u32,
    prescription: u32,
    /// Returns that fall into a later month.
    returns: Vec<Line>,
}

/// A line before it has a patient and a time.
#[derive(Clone, Copy)]
struct Order {
    item: usize,
    quantity: i32,
    days: Option<(Date, Date)>,
}

const DAY_S: i64 = 86_400;
const LONGEST_STAY_D: usize = 12;
/// Quantities are kept in hundredths of the priced unit.
const WHOLE: i32 = 100;
const MOST_IN_PRESCRIPTION: usize = 5;

impl<'h> Batches<'h> {
    pub(super) fn of(hospital: &'h Hospital) -> Batches<'h> {
        let chance = Chance::new(hospital.seed, super::streams::VISITS);
        Batches { hospital, chance, at: 0, line: 0, encounter: 0, prescription: 0, returns: Vec::new() }
    }

    fn month(&mut self, at: usize) -> Batch {
        let hospital = self.hospital;
        let month = hospital.months[at];
        let mut lines = Vec::with_capacity(hospital.base[at] as usize + 256);
        let mut stays = vec![Stays::default(); hospital.units.len()];
        let mut orders: Vec<Vec<Order>> = vec![Vec::new(); hospital.people.len()];
        self.assign(at, &mut orders);
        for extra in hospital.extras.iter().filter(|extra| extra.month == at) {
            self.extra(extra, &mut orders);
        }
        let days = Days::of(hospital, month);
        for (doctor, mut orders) in orders.into_iter().enumerate() {
            self.chance.shuffle(&mut orders);
            self.see_patients(at, doctor, orders, &days, &mut lines, &mut stays);
        }
        self.give_back(at, &mut lines);
        lines.sort_by_key(|line| line.second);
        for line in &mut lines {
            self.line += 1;
            line.number = self.line;
        }
        Batch { month, lines, stays }
    }

    /// Deals a month's lines of every cell out to the doctors of its unit.
    fn assign(&mut self, at: usize, orders: &mut [Vec<Order>]) {
        let hospital = self.hospital;
        let month = hospital.months[at];
        let drawn = hospital.demand.draw(at, hospital.base[at], &mut self.chance);
        let mut likings = Vec::new();
        for (number, count) in drawn.into_iter().enumerate().filter(|(_, count)| *count > 0) {
            let cell = hospital.demand.cells[number];
            let (first, there) = hospital.people_of[cell.unit];
            likings.clear();
            likings.extend((first..first + there).map(|doctor| hospital.leaning(doctor, cell.item, month)));
            let whole: f64 = likings.iter().sum();
            // A doctor's patients are known and come back: each has a share, and it wavers by a line at most.
            let step = f64::from(count) / whole;
            let (mut sum, mut dealt, start) = (0.0, 0, self.chance.unit());
            for (place, liking) in likings.iter().enumerate() {
                sum += liking * step;
                let until = if place + 1 == there { count } else { ((sum + start).floor() as u32).min(count) };
                for _ in dealt..until {
                    let order = Order { item: cell.item, quantity: self.quantity(cell.item), days: self.in_formulary(cell.item, month) };
                    orders[first + place].push(order);
                }
                dealt = dealt.max(until);
            }
        }
    }

    /// The days left to order an item that leaves the formulary in this month.
    fn in_formulary(&self, item: usize, month: Month) -> Option<(Date, Date)> {
        let until = self.hospital.items[item].formulary.last()?.until?;
        (Month::of(until) == month).then(|| (month.first_day(), until))
    }

    fn extra(&mut self, extra: &Extra, orders: &mut [Vec<Order>]) {
        for _ in 0..extra.lines {
            let quantity = self.quantity(extra.item) * extra.quantity;
            orders[extra.doctor].push(Order { item: extra.item, quantity, days: extra.days });
        }
    }

    /// Mostly the usual quantity; now and then much more.
    fn quantity(&mut self, item: usize) -> i32 {
        let item = &self.hospital.items[item];
        let usual = item.usual * WHOLE;
        if item.kind != Kind::Drug && item.usual == 1 {
            return usual;
        }
        let quantity = match (self.chance.unit(), item.usual) {
            (draw, _) if draw < 0.08 => usual / 2,
            (draw, _) if draw < 0.86 => usual,
            (draw, _) if draw < 0.92 => usual * 3 / 2,
            (draw, 3..) if draw < 0.994 => usual,
            (draw, 2) if draw < 0.996 => usual * 2,
            (draw, _) if draw < 0.988 => usual * 2,
            (_, 3..) => usual * 2,
            // A long journey's supply.
            (draw, 1) if draw > 0.998 => usual * 5,
            _ => usual * 3,
        };
        // Half a box is dispensed loose; vials are whole.
        let step = if item.injected { WHOLE } else { WHOLE / 2 };
        (quantity / step * step).max(step)
    }

    fn see_patients(&mut self, at: usize, doctor: usize, orders: Vec<Order>, days: &Days, lines: &mut Vec<Line>, stays: &mut [Stays]) {
        let hospital = self.hospital;
        let unit = hospital.people[doctor].unit;
        let mut by_setting: [Vec<Order>; 3] = Default::default();
        for order in orders {
            if let Some((first, last)) = order.days {
                // What is bound to certain days gets a visit of its own.
                let setting = self.setting(unit, order.item);
                let of_month = Days::between(first, last, days);
                self.visit(at, doctor, setting, &[order], &of_month, lines, stays);
            } else {
                by_setting[self.setting(unit, order.item) as usize].push(order);
            }
        }
        for (setting, orders) in [Setting::Outpatient, Setting::Emergency, Setting::Inpatient].into_iter().zip(by_setting) {
            let mut rest = &orders[..];
            while !rest.is_empty() {
                let size = match setting {
                    Setting::Outpatient => 1 + self.chance.below(4),
                    Setting::Emergency => 2 + self.chance.below(4),
                    _ => 5 + self.chance.below(12),
                };
                let (now, later) = rest.split_at(size.min(rest.len()));
                self.visit(at, doctor, setting, now, days, lines, stays);
                rest = later;
            }
        }
    }

    /// Injections are for inpatients and the emergency room, tablets more for outpatients.
    fn setting(&mut self, unit: usize, item: usize) -> Setting {
        let [mut outpatient, emergency, mut inpatient] = self.hospital.settings[unit];
        let item = &self.hospital.items[item];
        if item.injected {
            outpatient *= 0.12;
        } else if item.marks.chronic {
            inpatient *= 0.5;
        }
        let draw = self.chance.unit() * (outpatient + emergency + inpatient);
        match draw {
            draw if draw < outpatient => Setting::Outpatient,
            draw if draw < outpatient + emergency => Setting::Emergency,
            _ => Setting::Inpatient,
        }
    }

    /// A visit or a stay: one patient, one encounter, its orders at their times.
    #[expect(clippy::too_many_arguments, reason = "a visit is made of who, where, what and when")]
    fn visit(
        &mut self,
        at: usize,
        doctor: usize,
        setting: Setting,
        orders: &[Order],
        days: &Days,
        lines: &mut Vec<Line>,
        stays: &mut [Stays],
    ) {
        let unit = self.hospital.people[doctor].unit;
        self.encounter += 1;
        let patient = self.patient(unit);
        let stay = match setting {
            Setting::Inpatient => 3 + self.chance.below(LONGEST_STAY_D - 2),
            _ => 1,
        };
        let (first, last) = days.pick(setting, &mut self.chance);
        let leaves = (first + stay as i64 - 1).min(last);
        let counted = &mut stays[unit];
        match setting {
            Setting::Inpatient => {
                counted.bed_days += stay as u32;
                counted.discharges += 1;
            }
            _ => counted.visits += 1,
        }
        let arrival = clock(setting, &mut self.chance);
        for (place, order) in orders.iter().enumerate() {
            if place % MOST_IN_PRESCRIPTION == 0 {
                self.prescription += 1;
            }
            let item = &self.hospital.items[order.item];
            let day = if stay > 1 { first + self.chance.below((leaves - first + 1) as usize) as i64 } else { first };
            let time = if stay > 1 { clock(setting, &mut self.chance) } else { arrival + place as i64 * 20 };
            let going = setting == Setting::Inpatient && day == leaves && item.marks.chronic && self.chance.happens(0.5);
            lines.push(Line {
                number: 0,
                second: day * DAY_S + time,
                encounter: self.encounter,
                patient,
                unit: unit as u16,
                prescriber: doctor as u16,
                item: order.item as u16,
                setting: if going { Setting::Discharge } else { setting },
                quantity: order.quantity,
                amount_fen: (item.price_fen(at) * i64::from(order.quantity)).div_euclid(i64::from(WHOLE)),
                prescription: if item.kind == Kind::Drug { self.prescription } else { 0 },
            });
        }
    }

    /// A patient of the unit's own circle, some of whom come often; now and then another unit's.
    fn patient(&mut self, unit: usize) -> u32 {
        let hospital = self.hospital;
        let unit = if self.chance.happens(0.12) { self.chance.below(hospital.people_of.len()) } else { unit };
        let (first, count) = hospital.patients_of[unit];
        let place = self.chance.unit();
        first + (f64::from(count) * place * place) as u32
    }

    /// The last line of every item that leaves the formulary in this month.
    fn last_lines(&self, at: usize, lines: &[Line]) -> Vec<usize> {
        let month = self.hospital.months[at];
        let leaving = (0..self.hospital.items.len()).filter(|item| self.in_formulary(*item, month).is_some());
        let last =
            |item: usize| (0..lines.len()).filter(|line| usize::from(lines[*line].item) == item).max_by_key(|line| lines[*line].second);
        leaving.filter_map(last).collect()
    }

    /// Some drugs come back within days; the line says so with its sign.
    fn give_back(&mut self, at: usize, lines: &mut Vec<Line>) {
        let hospital = self.hospital;
        let end = seconds(hospital.months[at].last_day()) + DAY_S - 1;
        let last_month = at + 1 == hospital.months.len();
        // What was ordered outside the formulary stays: a stray use that came back in full would be no use, and no truth to find.
        let listed: Vec<bool> = hospital.items.iter().map(|item| item.is_listed_through(hospital.months[at])).collect();
        let may_come_back = |line: &Line| line.prescription > 0 && listed[usize::from(line.item)];
        let drugs: Vec<usize> = (0..lines.len()).filter(|line| may_come_back(&lines[*line])).collect();
        let mut due = std::mem::take(&mut self.returns);
        // The last box of a drug that leaves the formulary comes back when it is no longer in it: no use, though a line.
        let mut leaving = self.last_lines(at, lines).into_iter();
        for _ in 0..hospital.returns[at] {
            let chosen = leaving.next().or_else(|| drugs.get(self.chance.below(drugs.len())).copied());
            let Some(line) = chosen.map(|line| lines[line]) else { break };
            let part = if line.quantity >= 2 * WHOLE && self.chance.happens(0.3) { WHOLE } else { line.quantity };
            let second = line.second + 5 * 3_600 + (self.chance.unit() * 9.0 * DAY_S as f64) as i64;
            let back = Line {
                second: if last_month { second.min(end) } else { second },
                quantity: -part,
                amount_fen: -(line.amount_fen * i64::from(part)).div_euclid(i64::from(line.quantity)),
                ..line
            };
            due.push(back);
        }
        let (now, later): (Vec<Line>, Vec<Line>) = due.into_iter().partition(|line| line.second <= end);
        lines.extend(now);
        self.returns = later;
    }
}

impl Iterator for Batches<'_> {
    type Item = Batch;

    fn next(&mut self) -> Option<Batch> {
        (self.at < self.hospital.months.len()).then(|| {
            self.at += 1;
            self.month(self.at - 1)
        })
    }
}

/// The days of a month (days since 1970) and how busy they are by setting, summed.
struct Days {
    first: i64,
    sums: [Vec<f64>; 3],
}

impl Days {
    fn of(hospital: &Hospital, month: Month) -> Days {
        let settings = [Setting::Outpatient, Setting::Emergency, Setting::Inpatient];
        let sums = settings.map(|setting| {
            let busy = month.days().map(|day| season::of_day(&hospital.calendar, day, setting));
            busy.scan(0.0, |sum, busy| {
                *sum += busy;
                Some(*sum)
            })
            .collect()
        });
        Days { first: seconds(month.first_day()) / DAY_S, sums }
    }

    /// Only these days of the month.
    fn between(first: Date, last: Date, month: &Days) -> Days {
        let (from, to) = (seconds(first) / DAY_S - month.first, seconds(last) / DAY_S - month.first);
        let cut = |sums: &Vec<f64>| {
            let before = if from > 0 { sums[from as usize - 1] } else { 0.0 };
            sums[from as usize..=to as usize].iter().map(|sum| sum - before).collect()
        };
        Days { first: month.first + from, sums: [cut(&month.sums[0]), cut(&month.sums[1]), cut(&month.sums[2])] }
    }

    /// A day, and the last day there is.
    fn pick(&self, setting: Setting, chance: &mut Chance) -> (i64, i64) {
        let sums = &self.sums[setting.room() as usize];
        let draw = chance.unit() * sums.last().copied().unwrap_or(0.0);
        let place = sums.partition_point(|sum| *sum <= draw).min(sums.len() - 1);
        (self.first + place as i64, self.first + sums.len() as i64 - 1)
    }
}

/// Seconds since 1970 of a day's start, on the hospital's own clock.
pub(super) fn seconds(day: Date) -> i64 {
    let epoch = Date::constant(1970, 1, 1);
    epoch.until(day).map_or(0, |span| i64::from(span.get_days())) * DAY_S
}

/// Seconds of a day.
fn clock(setting: Setting, chance: &mut Chance) -> i64 {
    let hour = match setting {
        Setting::Emergency => chance.between(0.0, 23.9),
        Setting::Inpatient | Setting::Discharge => chance.between(7.5, 11.5) + if chance.happens(0.25) { 6.0 } else { 0.0 },
        Setting::Outpatient if chance.happens(0.6) => chance.between(8.0, 12.0),
        Setting::Outpatient => chance.between(14.0, 17.5),
    };
    (hour * 3_600.0) as i64
}

/// The circle of patients of each unit: first number and how many.
pub(super) fn circles(units: &[Unit], lines_of: &[f64]) -> Vec<(u32, u32)> {
    let mut next = 1;
    let circle = |(_, lines): (&Unit, &f64)| {
        let first = next;
        let count = (lines * 0.22) as u32 + 20;
        next += count;
        (first, count)
    };
    units.iter().zip(lines_of).map(circle).collect()
}
