//! What the house shows to people without an account, from registers of its own: ways to report, announcements, places. Which
//! registers these are is said by `serves`; an entry is public while its state's mark is `full`.

use crate::app::App;
use crate::failure::Answer;
use catalogue::register::Mark;
use catalogue::{FieldName, Kind, Register, Service};
use engine::{Entry, EntryId, Moment, UnitId, Value};
use std::sync::{Mutex, PoisonError};
use store::Found;

/// A place by its code.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Place {
    pub id: EntryId,
    pub code: String,
    pub name: String,
    pub unit: Option<UnitId>,
}

/// Characters of a place's code.
const LONGEST_CODE: usize = 12;

/// A code as an address may give it. Nothing else is carried on.
pub(crate) fn code_of(given: Option<&str>) -> Option<String> {
    let code = given?.trim().to_uppercase();
    let fits = !code.is_empty() && code.chars().count() <= LONGEST_CODE && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    fits.then_some(code)
}

/// The place a code names. `None`: no place in use has it.
pub(crate) async fn place(app: &App, code: &str) -> Answer<Option<Place>> {
    Ok(places(app).await?.into_iter().find(|place| place.code.eq_ignore_ascii_case(code)))
}

/// The field of a public form that says the place, if the address gives one.
pub(crate) fn place_field<'r>(app: &App, register: &'r Register) -> Option<&'r FieldName> {
    let places = &app.store.catalogue().serving(Service::Places)?.name;
    let kind = |name: &FieldName| register.fields.get(name).map(|field| &field.kind);
    let is_place = |name: &&FieldName| matches!(kind(name), Some(Kind::Link { register }) if register == places);
    register.public.as_ref()?.given.iter().find(is_place)
}

/// Every place in use.
pub(crate) async fn places(app: &App) -> Answer<Vec<Place>> {
    let found = entries(app, Service::Places, |register, entry| register.states.get(&entry.state).is_some_and(|state| !state.end)).await?;
    let place = |found: Found| {
        Some(Place {
            id: found.entry.id,
            code: text(&found.entry, "code")?.to_owned(),
            name: text(&found.entry, "name").unwrap_or_default().to_owned(),
            unit: found.entry.values.get("unit").and_then(|value| value.units().first().copied()),
        })
    };
    Ok(found.into_iter().filter_map(place).collect())
}

/// What is published of a register that plays this part, in the order it was entered.
pub(crate) async fn published(app: &App, service: Service) -> Answer<Vec<Found>> {
    entries(app, service, |register, entry| register.states.get(&entry.state).is_some_and(|state| state.mark == Mark::Full)).await
}

async fn entries(app: &App, service: Service, shown: impl Fn(&Register, &Entry) -> bool) -> Answer<Vec<Found>> {
    let Some(register) = app.store.catalogue().serving(service) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for entry in app.store.table(&register.name).await? {
        let definition = app.store.definition_of(&entry)?;
        if !entry.is_erased() && shown(&definition, &entry) {
            found.push(Found { register: definition, entry });
        }
    }
    Ok(found)
}

pub(crate) fn text<'e>(entry: &'e Entry, field: &str) -> Option<&'e str> {
    entry.values.get(field).and_then(Value::as_text)
}

/// Whether a moment lies outside the published hours of a channel. A channel that nobody published has no hours to be outside of.
pub(crate) async fn is_outside(app: &App, channel: &str, at: Moment) -> Answer<bool> {
    let published = published(app, Service::Channels).await?;
    let mut of_channel = published.iter().filter(|found| item(&found.entry, "channel") == Some(channel)).peekable();
    Ok(of_channel.peek().is_some() && !of_channel.any(|found| is_open(app, &found.entry, at)))
}

fn is_open(app: &App, entry: &Entry, at: Moment) -> bool {
    let day = at.date();
    let open_today = match item(entry, "days") {
        Some("working") => app.store.catalogue().calendar.is_working(day),
        Some("daily") => true,
        _ => return true,
    };
    let minute = i32::from(at.local().hour()) * 60 + i32::from(at.local().minute());
    let within = |row: &engine::Values| {
        let bound = |name: &str| row.get(name).and_then(|value| value.items().first()).and_then(|item| minute_of(item.as_str()));
        bound("from").zip(bound("until")).is_some_and(|(from, until)| from <= minute && minute < until)
    };
    open_today && matches!(entry.values.get("hours"), Some(Value::Rows(rows)) if rows.iter().any(within))
}

/// `t0830` is half past eight. *Units*: minutes after midnight.
pub(crate) fn minute_of(item: &str) -> Option<i32> {
    let digits = item.strip_prefix('t').filter(|digits| digits.len() == 4)?;
    let (hour, minute) = (digits.get(..2)?.parse::<i32>().ok()?, digits.get(2..)?.parse::<i32>().ok()?);
    (hour <= 24 && minute < 60).then_some(hour * 60 + minute)
}

pub(crate) fn item<'e>(entry: &'e Entry, field: &str) -> Option<&'e str> {
    entry.values.get(field).and_then(|value| value.items().first()).map(|item| item.as_str())
}

/// Below so many a count is not told: it might point at somebody.
const FEW: u64 = 5;

/// A count as it may be told.
pub(crate) fn few(count: u64) -> String {
    if (1..FEW).contains(&count) { format!("＜{FEW}") } else { count.to_string() }
}

/// The channels read last, for the page that has to say that nothing could be stored: then the database may not answer either.
#[derive(Default)]
pub(crate) struct Remembered(Mutex<(Option<Moment>, Vec<Elsewhere>)>);

/// Another way to reach the house.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Elsewhere {
    pub channel: catalogue::Text,
    pub contact: String,
}

/// How long what is remembered is not read again. Units: milliseconds.
const FRESH_MS: i64 = 60_000;

impl Remembered {
    pub(crate) fn channels(&self) -> Vec<Elsewhere> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1.clone()
    }

    /// Reads them again when that was long ago. A database that does not answer leaves what is known.
    pub(crate) async fn refresh(&self, app: &App) {
        let now = app.now();
        {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if kept.0.is_some_and(|at| (now.0 - at.0).abs() < FRESH_MS) {
                return;
            }
            kept.0 = Some(now);
        }
        let Ok(published) = published(app, Service::Channels).await else { return };
        let by_phone = published.iter().filter(|found| item(&found.entry, "channel") != Some("web"));
        let channels = by_phone.filter_map(|found| elsewhere(app, found)).collect();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1 = channels;
    }
}

fn elsewhere(app: &App, found: &Found) -> Option<Elsewhere> {
    let field = found.register.field("channel")?;
    let Kind::Choice { of, .. } = &field.kind else { return None };
    let label = app.store.catalogue().items(of)?.items.get(item(&found.entry, "channel")?)?.label.clone();
    Some(Elsewhere { channel: label, contact: text(&found.entry, "contact")?.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_looks_like_a_code_is_carried_on() {
        assert_eq!(code_of(Some(" a3-02 ")), Some("A3-02".to_owned()));
        for not in [None, Some(""), Some("A3 02"), Some("<b>"), Some("ABCDEFGHIJKLM"), Some("门诊")] {
            assert_eq!(code_of(not), None, "{not:?}");
        }
    }

    #[test]
    fn small_counts_are_not_told() {
        assert_eq!([0, 1, 4, 5, 12].map(few), ["0", "＜5", "＜5", "5", "12"]);
    }

    #[test]
    fn an_item_says_its_time() {
        assert_eq!(minute_of("t0830"), Some(510));
        assert_eq!(minute_of("t2400"), Some(1440));
        for not in ["0830", "t25", "t2500", "t0860", "tabcd", "t"] {
            assert_eq!(minute_of(not), None, "{not}");
        }
    }
}
