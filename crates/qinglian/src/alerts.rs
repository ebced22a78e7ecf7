//! Findings become alerts: a rule is just another actor at the one door.

mod fit;
mod lines;

pub use lines::group;

use catalogue::{Lang, Register, Service};
use engine::{Actor, Directory, EntryId, Value, Values};
use lake::Month;
use screen::{Finding, Findings, Subject};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use store::{Creation, Failure, Request, Store};
use web::Fate;

/// Units: milliseconds.
const DAY_MS: u64 = 86_400_000;

/// What became of a run's findings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Opened {
    pub opened: u64,
    /// Opened by an earlier run.
    pub known: u64,
    /// With an accepted reason in force: nobody is asked again.
    pub whitelisted: u64,
    /// The register took no such alert.
    pub refused: u64,
}

impl Opened {
    pub fn count(&mut self, fate: Fate) {
        match fate {
            Fate::Opened(_) => self.opened += 1,
            Fate::Known(_) => self.known += 1,
            Fate::Quiet(_) => self.whitelisted += 1,
            Fate::Refused => self.refused += 1,
            Fate::Ranking | Fate::Draft | Fate::Past => {}
        }
    }
}

impl std::ops::AddAssign for Opened {
    fn add_assign(&mut self, more: Self) {
        self.opened += more.opened;
        self.known += more.known;
        self.whitelisted += more.whitelisted;
        self.refused += more.refused;
    }
}

/// Opens an alert for every finding since the month `asked` that has no accepted reason. The same finding opens one alert however often
/// it is found: its entry's id is made from what it is about. Answers what became of each finding, in their order; one that the register
/// refuses stops none of the others.
///
/// Errors: the store failed; what was opened before stays.
pub async fn open(store: &Store, screen: &screen::Screen, findings: &Findings, asked: Month) -> anyhow::Result<Vec<Fate>> {
    let directory = store.directory();
    let alerts = store.serving(Service::Alerts)?;
    let there: HashSet<EntryId> = store.table(&alerts.name).await?.iter().map(|entry| entry.id).collect();
    let mut fates = Vec::new();
    let mut requests = Vec::new();
    for finding in &findings.rows {
        let entry = entry_of(store, finding);
        fates.push(match finding.accepted {
            Some(reason) => Fate::Quiet(reason),
            None if there.contains(&entry) => Fate::Known(entry),
            None if finding.month < asked => Fate::Past,
            None => {
                requests.push(request(&alerts, screen, findings, finding, &directory)?.with_entry(entry));
                Fate::Opened(entry)
            }
        });
    }
    let answers = store.submit_all(requests).await;
    for (fate, answer) in fates.iter_mut().filter(|fate| matches!(fate, Fate::Opened(_))).zip(answers) {
        match answer {
            Ok(_) => {}
            Err(Failure::Error(error)) => return Err(error.into()),
            Err(Failure::Refusal(refusal)) => {
                tracing::error!(rule.id = findings.rule, refused = %refusal, "an alert was not opened");
                *fate = Fate::Refused;
            }
        }
    }
    Ok(fates)
}

/// The id of a finding's alert: the same for the same rule, month and subjects in the same house, whatever the figures are by now.
/// Its time is the month it is about.
fn entry_of(store: &Store, finding: &Finding) -> EntryId {
    let mut about: Vec<(&str, &str)> = finding.subjects.iter().map(|(kind, named)| (kind.word(), named.code.as_str())).collect();
    about.sort_unstable();
    let mut hasher = Sha256::new();
    let month = finding.month.to_string();
    let parts = [store.institution().0.as_str(), finding.rule.as_str(), month.as_str()];
    for part in parts.into_iter().chain(about.into_iter().flat_map(|(kind, code)| [kind, code])) {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    let digest = hasher.finalize();
    let mut chance = [0; 10];
    chance.copy_from_slice(&digest[..10]);
    let at = u64::try_from(finding.month.first_day()).unwrap_or_default() * DAY_MS;
    EntryId(uuid::Builder::from_unix_timestamp_millis(at, &chance).into_uuid())
}

fn request(
    alerts: &Register,
    screen: &screen::Screen,
    findings: &Findings,
    finding: &Finding,
    directory: &Directory,
) -> anyhow::Result<Request> {
    let mut values = Values::new();
    let mut text = |name: &str, text: String| {
        if !text.is_empty() {
            values.insert(name.into(), Value::Text(text));
        }
    };
    text("rule", finding.rule.clone());
    text("rule_title", findings.title.zh.clone());
    text("version", finding.version.clone());
    text("params", findings.parameters_said(Lang::Zh));
    text("month", finding.month.to_string());
    text("figures", findings.explained(finding, Lang::Zh));
    if let Some(item) = finding.subject(Subject::Item) {
        text("item", item.code.clone());
        text("item_name", item.shown().to_owned());
    }
    for (name, rows) in [("orders", lines::orders(screen, finding, directory)?), ("spread", lines::spread(finding))] {
        if !rows.is_empty() {
            values.insert(name.into(), Value::Rows(rows));
        }
    }
    values.insert("severity".into(), Value::Choice(finding.severity.word().into()));
    let doctor = finding.subject(Subject::Doctor).and_then(|doctor| directory.people.values().find(|person| person.code == doctor.code));
    let unit = finding.subject(Subject::Department).and_then(|unit| directory.units.values().find(|known| known.code == unit.code));
    if let Some(doctor) = doctor {
        values.insert("doctor".into(), Value::Person(doctor.id));
    }
    if let Some(unit) = unit.map(|unit| unit.id).or_else(|| doctor.and_then(|doctor| doctor.unit)) {
        values.insert("unit".into(), Value::Unit(unit));
    }
    for name in ["figure", "usual", "score"] {
        if let Some(number) = finding.number(name) {
            values.insert(name.into(), Value::Number((number * 100.0).round() / 100.0));
        }
    }
    for name in ["peers", "line_count"] {
        if let Some(number) = finding.number(name) {
            values.insert(name.into(), Value::Number(number.round()));
        }
    }
    if let Some(fen) = finding.number("amount") {
        values.insert("amount".into(), Value::Fen(fen.round() as i64));
    }
    fit::fit(alerts, &mut values);
    Ok(Request::create(Actor::Rule(finding.rule.clone()), alerts.name.clone(), Creation::from(values)))
}
