//! What patients answered, by unit: ratings on the spot and calls after discharge, no count below five told. And one-time links for the
//! gateway that sends text messages.

mod sms;

pub(crate) use self::sms::send;

use crate::failure::{Answer, Failure};
use crate::outward::{few, item};
use crate::staff::Staff;
use crate::view::faults::Fault;
use crate::view::field::{Choice, Control, Field, Look};
use crate::view::shell::Shell;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use catalogue::register::{Scope, Verb};
use catalogue::{Kind, Register, Service};
use engine::{Entry, Moment, UnitId, rights};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Serialize)]
struct Page {
    #[serde(flatten)]
    shell: Shell,
    note: String,
    from: Field,
    to: Field,
    rows: Vec<Row>,
    faults: Vec<Fault>,
    /// Fields of the form that makes links, for who may.
    links: Option<Vec<Field>>,
    /// Fields of the form that has links sent, for who may and where a gateway takes them.
    sms: Option<Vec<Field>>,
    /// What became of a sending.
    said: Vec<String>,
    lacking: Option<String>,
}

#[derive(Serialize)]
struct Row {
    unit: String,
    rated: String,
    satisfied: String,
    asked_for: String,
    sent_out: String,
    listed: String,
    owed: String,
    called: String,
    call_asked_for: String,
    call_sent_out: String,
}

#[derive(Default)]
struct Tally {
    rated: u64,
    satisfied: u64,
    asked_for: u64,
    sent_out: u64,
    /// Discharged patients by the first day of their month: each month owes for itself.
    listed: BTreeMap<Date, u64>,
    called: u64,
    reached: u64,
    call_asked_for: u64,
    call_sent_out: u64,
}

/// Links made at once, at most, and how long they may hold.
const MOST_LINKS: usize = 20_000;
const MOST_DAYS: i64 = 60;
const DAY_MS: i64 = 86_400_000;

/// The registers these figures are of, for who reads one of them in the whole house.
fn registers(staff: &Staff) -> Answer<(Arc<Register>, Arc<Register>)> {
    let of = |service| staff.app.store.serving(service).map_err(|_| Failure::NotFound);
    let (ratings, calls) = (of(Service::Ratings)?, of(Service::Calls)?);
    let reads =
        |register: &Register| rights::reach(&staff.viewer, register, Verb::Read).parts.iter().any(|part| part.scope >= Scope::Institution);
    if reads(&ratings) || reads(&calls) { Ok((ratings, calls)) } else { Err(Failure::NotFound) }
}

/// Whether this person sees the figures.
pub(crate) fn is_for(staff: &Staff) -> bool {
    registers(staff).is_ok()
}

/// Whether this person has links sent to telephones, and a gateway takes them.
pub(crate) fn sends_links(staff: &Staff) -> bool {
    let may = registers(staff).is_ok_and(|(ratings, _)| staff.may(&ratings, Verb::Export));
    may && staff.app.config.address.is_some() && sms::gateway(staff).is_some()
}

/// `GET /ratings`
pub(crate) async fn show(staff: Staff) -> Answer {
    let (ratings, calls) = registers(&staff)?;
    page(&staff, &ratings, &calls, StatusCode::OK, Told::default()).await
}

/// What stands on the page beside the figures.
#[derive(Default)]
struct Told {
    typed: Typed,
    sending: Sending,
    said: Vec<String>,
}

/// What was typed into the form that has links sent.
#[derive(Default)]
struct Sending {
    unit: String,
    stage: String,
    days: String,
    numbers: String,
    faults: Vec<(&'static str, String)>,
}

/// What was typed into the form that makes links, and what is wrong with it, by field.
#[derive(Default)]
struct Typed {
    unit: String,
    stage: String,
    count: String,
    days: String,
    faults: Vec<(&'static str, String)>,
}

async fn page(staff: &Staff, ratings: &Register, calls: &Register, status: StatusCode, told: Told) -> Answer {
    let Told { typed, sending, said } = told;
    let day = |name: &str| staff.query.get(name).and_then(|day| day.parse::<Date>().ok());
    let from = day("from").unwrap_or_else(|| staff.today().first_of_year());
    let to = day("to").unwrap_or_else(|| staff.today());
    let title = staff.say("ratings-title");
    let makes = staff.may(ratings, Verb::Export);
    let lacking = (makes && staff.app.config.address.is_none()).then(|| staff.say("posters-no-address"));
    let date =
        |name: &str, key: &str, day: Date| Field::new(name, staff.say(key), Control::Date { value: day.to_string(), min: None, max: None });
    let faults = typed.faults.iter().chain(&sending.faults);
    let faults = faults.map(|(name, text)| Fault { href: format!("#f-{name}"), text: text.clone() }).collect();
    let page = Page {
        shell: staff.shell(&title, Some(&ratings.area)).await?,
        note: staff.say("ratings-note"),
        from: date("from", "ratings-from", from),
        to: date("to", "ratings-to", to),
        rows: rows(staff, ratings, calls, from, to).await?,
        faults,
        links: (makes && lacking.is_none()).then(|| link_fields(staff, ratings, &typed)),
        sms: (makes && lacking.is_none() && sms::gateway(staff).is_some()).then(|| sms::fields(staff, ratings, &sending)),
        said,
        lacking,
    };
    staff.page_as(status, "pages/ratings.html", &page)
}

async fn rows(staff: &Staff, ratings: &Register, calls: &Register, from: Date, to: Date) -> Answer<Vec<Row>> {
    let mut tallies: BTreeMap<Option<UnitId>, Tally> = BTreeMap::new();
    let unit_of = |entry: &Entry, field: &str| entry.values.get(field).and_then(|value| value.units().first().copied());
    let said = |entry: &Entry, field: &str| u64::from(item(entry, field) == Some("yes"));
    for entry in staff.app.store.table(&ratings.name).await?.iter().filter(|entry| (from..=to).contains(&entry.created.date())) {
        let tally = tallies.entry(unit_of(entry, "unit")).or_default();
        tally.rated += 1;
        tally.satisfied += u64::from(matches!(item(entry, "score"), Some("s4" | "s5")));
        tally.asked_for += said(entry, "asked_for");
        tally.sent_out += said(entry, "sent_out");
    }
    let discharged = |entry: &Entry| match entry.values.get("discharged_on") {
        Some(engine::Value::Date(day)) if (from..=to).contains(day) => Some(*day),
        _ => None,
    };
    for entry in staff.app.store.table(&calls.name).await?.iter() {
        let Some(day) = discharged(entry) else { continue };
        let tally = tallies.entry(unit_of(entry, "ward")).or_default();
        *tally.listed.entry(day.first_of_month()).or_default() += 1;
        tally.called += u64::from(calls.quota.as_ref().is_some_and(|quota| quota.counts.contains(&entry.state)));
        tally.reached += u64::from(entry.values.contains_key("asked_for"));
        tally.call_asked_for += said(entry, "asked_for");
        tally.call_sent_out += said(entry, "sent_out");
    }
    let name = |unit: Option<UnitId>| unit.and_then(|unit| staff.directory.unit(unit)).map(|unit| unit.name.clone());
    let mut rows: Vec<Row> =
        tallies.into_iter().map(|(unit, tally)| tally.row(name(unit).unwrap_or_else(|| staff.say("ratings-no-unit")), calls)).collect();
    rows.sort_by(|one, other| one.unit.cmp(&other.unit));
    Ok(rows)
}

impl Tally {
    /// Nothing is said of a group that is too small, and no small count within one that is not.
    fn row(&self, unit: String, calls: &Register) -> Row {
        let listed = self.listed.values().sum();
        let owed = calls.quota.as_ref().map(|quota| self.listed.values().map(|month| quota.owed(*month)).sum());
        let within = |group: u64, count: u64| if few(group) == group.to_string() { few(count) } else { "—".to_owned() };
        // A share beside its whole tells both of its parts.
        let tellable = |count: u64| few(count) == count.to_string();
        let parts = [self.satisfied, self.rated - self.satisfied];
        let share = (self.rated > 0 && tellable(self.rated) && parts.into_iter().all(tellable))
            .then(|| format!("{} %", (self.satisfied * 100 + self.rated / 2) / self.rated));
        Row {
            unit,
            rated: few(self.rated),
            satisfied: share.unwrap_or_else(|| "—".to_owned()),
            asked_for: within(self.rated, self.asked_for),
            sent_out: within(self.rated, self.sent_out),
            listed: few(listed),
            owed: owed.map_or_else(|| "—".to_owned(), |owed| within(listed, owed)),
            called: few(if owed.is_some() { self.called } else { self.reached }),
            call_asked_for: within(self.reached, self.call_asked_for),
            call_sent_out: within(self.reached, self.call_sent_out),
        }
    }
}

fn link_fields(staff: &Staff, ratings: &Register, typed: &Typed) -> Vec<Field> {
    let option = |value: String, label: String, on: bool| Choice { value, label, hint: None, on };
    let stages = stages(staff, ratings).into_iter().map(|(item, label)| option(item.clone(), label, typed.stage == item)).collect();
    let fault = |name: &str| typed.faults.iter().find(|(at, _)| *at == name).map(|(_, text)| text.clone());
    let number = |value: &str, usual: &str| Control::Number { value: if value.is_empty() { usual } else { value }.to_owned(), unit: None };
    let field = |name: &'static str, key: &str, control| Field::new(name, staff.say(key), control).required(true).fault(fault(name));
    vec![
        field("unit", "ratings-links-unit", unit_field(staff, &typed.unit)),
        field("stage", "ratings-links-stage", Control::Choice { look: Look::Radio, options: stages }),
        field("count", "ratings-links-count", number(&typed.count, "100")),
        field("days", "ratings-links-days", number(&typed.days, "14")),
    ]
}

fn unit_field(staff: &Staff, typed: &str) -> Control {
    let units = staff.directory.units.values().filter(|unit| unit.active);
    let option = |unit: &engine::Unit| {
        let value = unit.id.to_string();
        Choice { on: typed == value, value, label: unit.name.clone(), hint: None }
    };
    Control::Choice { look: Look::Select, options: units.map(option).collect() }
}

/// Stages of a visit a link may be made for.
fn stages(staff: &Staff, ratings: &Register) -> Vec<(String, String)> {
    let list = match ratings.field("visit").map(|field| &field.kind) {
        Some(Kind::Choice { of, .. }) => staff.catalogue.items(of),
        _ => None,
    };
    let items = list.into_iter().flat_map(|list| &list.items);
    items.map(|(item, known)| (item.to_string(), staff.text(&known.label).to_owned())).collect()
}

/// `POST /ratings/links`: a file with one link a row. The links are shown nowhere else.
pub(crate) async fn links(staff: Staff, request: Request) -> Answer {
    let posted = staff.posted(request).await?;
    let (ratings, calls) = registers(&staff)?;
    staff.need(&ratings, Verb::Export)?;
    let typed = |name: &str| posted.pairs.get(name).unwrap_or_default().trim().to_owned();
    let mut asked = Typed { unit: typed("unit"), stage: typed("stage"), count: typed("count"), days: typed("days"), faults: Vec::new() };
    let unit = UnitId::parse(&asked.unit).filter(|unit| staff.directory.unit(*unit).is_some());
    let stage = stages(&staff, &ratings).into_iter().find(|(item, _)| *item == asked.stage);
    let count = asked.count.parse::<usize>().ok().filter(|count| (1..=MOST_LINKS).contains(count));
    let days = asked.days.parse::<i64>().ok().filter(|days| (1..=MOST_DAYS).contains(days));
    let wrong = [
        ("unit", "ratings-links-unit-fault", unit.is_none()),
        ("stage", "ratings-links-stage-fault", stage.is_none()),
        ("count", "ratings-links-count-fault", count.is_none()),
        ("days", "ratings-links-days-fault", days.is_none()),
    ];
    for (name, key, _) in wrong.into_iter().filter(|(_, _, is_wrong)| *is_wrong) {
        asked.faults.push((name, staff.say(key)));
    }
    let (Some(address), Some(unit), Some((item, label)), Some(count), Some(days)) = (&staff.app.config.address, unit, stage, count, days)
    else {
        return page(&staff, &ratings, &calls, StatusCode::UNPROCESSABLE_ENTITY, Told { typed: asked, ..Told::default() }).await;
    };
    let until = Moment(staff.now.0 + days * DAY_MS);
    let codes = staff.app.store.make_links(count, Some(unit), &item, until).await?;
    let name = staff.directory.unit(unit).map(|unit| unit.name.replace('"', "”")).unwrap_or_default();
    let mut csv = format!("\u{feff}{}\r\n", staff.say("ratings-links-head"));
    for code in codes {
        csv.push_str(&format!("{address}/s/{code},\"{name}\",{label},{}\r\n", until.date()));
    }
    let headers = [(header::CONTENT_TYPE, "text/csv; charset=utf-8"), (header::CONTENT_DISPOSITION, "attachment; filename=\"links.csv\"")];
    Ok((headers, csv).into_response())
}
