//! Deadlines: when a clock starts, when it is due, when it was met. Hours, calendar days, working days with 调休, months.

use crate::entry::{Clock, Entry, Stamp};
use crate::eval::{Facts, holds};
use crate::time::Moment;
use crate::value::Value;
use catalogue::register::{After, Deadline, Register, Until, Within};
use catalogue::{Calendar, DeadlineName};
use indexmap::IndexMap;
use jiff::ToSpan;
use jiff::civil::Date;
use std::collections::BTreeSet;

/// Recomputes every clock of an entry after an event. What was held, extended or told is kept while the start stays.
pub(crate) fn refresh(register: &Register, calendar: &Calendar, entry: &mut Entry) {
    let mut clocks = IndexMap::new();
    for deadline in register.deadlines.values() {
        let Some((start, since)) = started(deadline, entry) else { continue };
        let ended = ended(register, since, entry);
        // A date after the end starts nothing.
        if !applies(deadline, entry) || ended.is_some_and(|at| at < Moment::start_of(start.date())) {
            continue;
        }
        let kept = entry.clocks.get(&deadline.name).filter(|clock| (clock.start, clock.since) == (start, since));
        let mut clock = kept.cloned().unwrap_or(Clock {
            start,
            since,
            due: start,
            soon: start,
            met: None,
            held: None,
            holds: Vec::new(),
            extended: Vec::new(),
            told: BTreeSet::new(),
            watches: deadline.after == After::Changed,
        });
        let Some(due) = due(deadline, &clock, entry, calendar) else { continue };
        clock.due = due;
        clock.soon = before(due, &deadline.soon, calendar).max(start);
        clock.met = clock.met.or_else(|| met(deadline, start, since, entry)).or(ended);
        clocks.insert(deadline.name.clone(), clock);
    }
    // What was asked of a clock that stopped or began anew is asked of nothing.
    let stands = |name: &DeadlineName| {
        let (before, after) = (entry.clocks.get(name), clocks.get(name));
        after.is_some_and(|after: &Clock| {
            after.met.is_none() && before.is_none_or(|before| (before.start, before.since) == (after.start, after.since))
        })
    };
    entry.asks.retain(|ask| stands(&ask.deadline));
    entry.clocks = clocks;
}

/// A year the due day of some running clock falls into without a published calendar.
pub fn unpublished_year(register: &Register, calendar: &Calendar, entry: &Entry) -> Option<i16> {
    entry.clocks.iter().filter(|(_, clock)| clock.is_running()).find_map(|(name, clock)| {
        let counts_working_days = matches!(register.deadlines.get(name)?.within, Within::WorkingDays(_));
        let year = clock.due.date().year();
        (counts_working_days && !calendar.publishes(year)).then_some(year)
    })
}

fn applies(deadline: &Deadline, entry: &Entry) -> bool {
    let facts = Facts { values: &entry.values, entry: Some(entry), me: None, my_unit: None, now: entry.changed };
    deadline.condition.as_ref().is_none_or(|condition| holds(condition, &facts))
}

/// The moment the clock starts, and the version of the change that started it (none for a date: it may lie anywhere).
fn started(deadline: &Deadline, entry: &Entry) -> Option<(Moment, Option<u64>)> {
    let stamped = |stamp: &Stamp| (stamp.at, Some(stamp.version));
    match &deadline.after {
        After::Created => Some((entry.created, Some(1))),
        // Whoever was granted leave to let it rest is not reported for letting it rest.
        After::Changed if entry.clocks.values().any(|clock| clock.held.is_some() && clock.met.is_none()) => None,
        After::Changed => Some(entry.acted.as_ref().map_or((entry.created, Some(1)), stamped)),
        After::State(state) => entry.entered.get(state).map(stamped),
        After::Move(name) => entry.made.get(name).map(stamped),
        After::Field(field) => Some((moment_of(entry.values.get(field)?)?, None)),
    }
}

/// A date counts from its end: hours then run in favour of the person, days begin on the day after anyway.
fn moment_of(value: &Value) -> Option<Moment> {
    match value {
        Value::Date(day) => Some(Moment::end_of(*day)),
        Value::Moment(moment) => Some(*moment),
        _ => None,
    }
}

fn due(deadline: &Deadline, clock: &Clock, entry: &Entry, calendar: &Calendar) -> Option<Moment> {
    let mut due = match &deadline.within {
        Within::Field(field) => match entry.values.get(field)? {
            Value::Date(day) => Moment::end_of(*day),
            Value::Moment(moment) => *moment,
            _ => return None,
        },
        span => after(clock.start, span, calendar),
    };
    for more in &clock.extended {
        due = after(due, more, calendar);
    }
    for (from, until) in &clock.holds {
        due = shifted(due, &deadline.within, *from, *until, calendar);
    }
    Some(due)
}

/// How long a clock may be held where its definition does not say.
const LONGEST_HOLD: Within = Within::Days(60);

/// How long leave to hold this clock lasts.
pub fn longest_hold(deadline: &Deadline) -> &Within {
    deadline.suspend.as_ref().and_then(|permit| permit.most.as_ref()).unwrap_or(&LONGEST_HOLD)
}

/// The last moment of a hold: after it the clock runs again by itself. `None`: it is not held.
pub fn held_until(deadline: &Deadline, clock: &Clock, calendar: &Calendar) -> Option<Moment> {
    let since = clock.held.filter(|_| clock.met.is_none())?;
    Some(after(since, longest_hold(deadline), calendar))
}

/// The moment a span ends. Spans in days run to the end of their last day; months keep the day of the month or take its last.
pub fn after(start: Moment, span: &Within, calendar: &Calendar) -> Moment {
    let day = start.date();
    match span {
        Within::Hours(hours) => start.plus_hours(i64::from(*hours)),
        Within::Days(days) => Moment::end_of(plus_days(day, i64::from(*days))),
        Within::WorkingDays(days) => Moment::end_of(calendar.working_days_after(day, *days)),
        Within::Months(months) => Moment::end_of(day.checked_add((*months).min(1_200).months_span()).unwrap_or(day)),
        Within::Field(_) => start,
    }
}

trait MonthsSpan {
    fn months_span(self) -> jiff::Span;
}

impl MonthsSpan for u32 {
    fn months_span(self) -> jiff::Span {
        i64::from(self).months()
    }
}

fn plus_days(day: Date, days: i64) -> Date {
    day.checked_add(days.days()).unwrap_or(day)
}

/// The moment so long before `due`.
fn before(due: Moment, span: &Within, calendar: &Calendar) -> Moment {
    let day = due.date();
    match span {
        Within::Hours(hours) => due.plus_hours(-i64::from(*hours)),
        Within::Days(days) => Moment::start_of(plus_days(day, -i64::from(*days))),
        Within::Months(months) => Moment::start_of(day.checked_sub((*months).min(1_200).months_span()).unwrap_or(day)),
        Within::WorkingDays(days) => {
            let mut first = day;
            let mut left = *days;
            while left > 0 {
                let Ok(earlier) = first.yesterday() else { break };
                first = earlier;
                left -= u32::from(calendar.is_working(first));
            }
            Moment::start_of(first)
        }
        Within::Field(_) => due,
    }
}

/// A clock that stood still is due later: by the days, working days or milliseconds of the hold.
fn shifted(due: Moment, span: &Within, from: Moment, until: Moment, calendar: &Calendar) -> Moment {
    match span {
        Within::WorkingDays(_) => {
            let (mut day, last, mut stood) = (from.date(), until.date(), 0);
            while day < last {
                let Ok(next) = day.tomorrow() else { break };
                day = next;
                stood += u32::from(calendar.is_working(day));
            }
            Moment::end_of(calendar.working_days_after(due.date(), stood))
        }
        Within::Days(_) | Within::Months(_) => Moment::end_of(plus_days(due.date(), until.day_number() - from.day_number())),
        Within::Hours(_) | Within::Field(_) => Moment(due.0 + (until.0 - from.0)),
    }
}

/// First stop reached after the start.
fn met(deadline: &Deadline, start: Moment, since: Option<u64>, entry: &Entry) -> Option<Moment> {
    let reached = deadline.until.iter().filter_map(|until| match until {
        Until::State(state) => entry.entered.get(state),
        Until::Move(name) => entry.made.get(name),
    });
    // A date counts from its end, yet what was done the same day is in time.
    let day_start = Moment::start_of(start.date());
    let after = |stamp: &&Stamp| match since {
        Some(version) => stamp.version > version,
        None => stamp.at >= day_start,
    };
    reached.filter(after).map(|stamp| stamp.at).min()
}

/// An entry that has ended waits for nothing, whether or not the definition thought of that way out. A clock that began
/// with the end, or after it, runs on.
fn ended(register: &Register, since: Option<u64>, entry: &Entry) -> Option<Moment> {
    let stamp = register.states.get(&entry.state).filter(|state| state.end).and_then(|state| entry.entered.get(&state.name))?;
    since.is_none_or(|version| stamp.version > version).then_some(stamp.at)
}

/// Levels of telling that have come: 0 soon, 1 late, 2… escalations after expiry.
pub(crate) fn levels_reached(deadline: &Deadline, clock: &Clock, calendar: &Calendar, now: Moment) -> Vec<u8> {
    if !clock.is_running() {
        return Vec::new();
    }
    let mut reached = Vec::new();
    if now >= clock.soon {
        reached.push(0);
    }
    if now > clock.due {
        reached.push(1);
        for (at, (span, _)) in deadline.escalate.iter().enumerate() {
            if now > after(clock.due, span, calendar) {
                reached.push(2 + u8::try_from(at).unwrap_or(u8::MAX - 2));
            }
        }
    }
    reached.retain(|level| !clock.told.contains(level));
    reached
}

/// The next moment at which the clock has something to tell; the store wakes then.
pub fn next_tick(deadline: &Deadline, clock: &Clock, calendar: &Calendar) -> Option<Moment> {
    if let Some(until) = held_until(deadline, clock, calendar) {
        return Some(Moment(until.0 + 1));
    }
    if !clock.is_running() {
        return None;
    }
    let mut moments = vec![(0u8, clock.soon), (1, Moment(clock.due.0 + 1))];
    moments.extend(
        deadline
            .escalate
            .iter()
            .enumerate()
            .map(|(at, (span, _))| (2 + u8::try_from(at).unwrap_or(u8::MAX - 2), Moment(after(clock.due, span, calendar).0 + 1))),
    );
    moments.into_iter().filter(|(level, _)| !clock.told.contains(level)).map(|(_, at)| at).min()
}
