//! The list of discharged patients a hospital hands in: a row each with inpatient number, telephone, ward and day of discharge.

use super::{Standing, next, page, register};
use crate::failure::{Answer, Failure};
use crate::pages::import::check::{self, Table};
use crate::posted::{self, Into};
use crate::staff::Staff;
use axum::extract::Request;
use axum::http::StatusCode;
use catalogue::register::{Scope, Verb};
use catalogue::{Lang, Register};
use engine::form::{self, Input, Which};
use engine::{Actor, Entry, EntryId, Moment, Refusal, UnitId, Value, rights};
use jiff::civil::Date;
use std::collections::HashMap;
use std::sync::Arc;
use store::{Creation, Request as Wish};
use tokio::sync::Mutex;

/// Units: bytes.
pub(super) const MOST_BYTES: u64 = 5 << 20;
/// Days after which a number is deleted, called or not.
pub(super) const KEPT_DAYS: i64 = 14;
/// Faulty rows that are named.
const MOST_TOLD: usize = 20;
const DAY_MS: i64 = 86_400_000;

/// What a column is called, by what it fills; the telephone fills nothing.
const HEADS: [(&str, [&str; 3]); 4] = [
    ("inpatient_no", ["住院号", "inpatient_no", "Inpatient number"]),
    ("phone", ["电话", "phone", "Telephone"]),
    ("ward", ["病区", "ward", "Ward"]),
    ("discharged_on", ["出院日期", "discharged_on", "Discharged on"]),
];

/// Who is on a list already.
type Known = HashMap<(UnitId, String, Date), EntryId>;

static TURN: Mutex<()> = Mutex::const_new(());

/// One row, its columns in the order of [`HEADS`].
struct Patient {
    row: u64,
    cells: [String; 4],
}

/// `POST /calls/list`
pub(crate) async fn take(staff: Staff, request: Request) -> Answer {
    let posted = posted::read(&staff.app, &staff.signer, request, Into::Memory(MOST_BYTES)).await?;
    let register = register(&staff)?;
    staff.need(&register, Verb::Import)?;
    let read = match posted.table {
        None => Err(staff.say("import-file-missing")),
        Some((_, bytes)) => {
            let table = tokio::task::spawn_blocking(move || check::table(Arc::new(bytes))).await.map_err(Failure::broken)?;
            let why = |error: office::Error| if staff.lang == Lang::Zh { error.zh() } else { error.en() };
            table.map_err(why).and_then(|table| patients(&staff, table))
        }
    };
    let (status, standing) = match read {
        Err(fault) => (StatusCode::UNPROCESSABLE_ENTITY, Standing { list_fault: Some(fault), ..Standing::default() }),
        Ok(patients) => (StatusCode::OK, Standing { told: store_all(&staff, &register, patients).await?, ..Standing::default() }),
    };
    let call = next(&staff, &register).await?;
    page(&staff, &register, status, call, standing).await
}

fn patients(staff: &Staff, table: Table) -> Result<Vec<Patient>, String> {
    let at = HEADS.map(|(_, names)| table.head.iter().position(|head| names.contains(&head.trim())));
    let missing: Vec<&str> = HEADS.iter().zip(at).filter(|(_, at)| at.is_none()).map(|((_, names), _)| names[0]).collect();
    if !missing.is_empty() {
        return Err(staff.fill("calls-list-lacks", &[("columns", missing.join("、").into())]));
    }
    let cell = |cells: &[String], at: Option<usize>| at.and_then(|at| cells.get(at)).map(|cell| cell.trim().to_owned()).unwrap_or_default();
    Ok(table.rows.into_iter().map(|row| Patient { row: row.number, cells: at.map(|at| cell(&row.cells, at)) }).collect())
}

/// Stores every good row and its number, and says what came of the rest.
async fn store_all(staff: &Staff, register: &Register, patients: Vec<Patient>) -> Answer<Vec<String>> {
    // One list after another: the same one from two people at once is one list.
    let _turn = TURN.lock().await;
    let table = staff.app.store.table(&register.name).await?;
    let mut known: Known = table.iter().filter_map(|entry| Some((patient_of(entry)?, entry.id))).collect();
    let (mut taken, mut faults) = (0u64, Vec::new());
    for patient in patients {
        match one(staff, register, &mut known, &patient).await? {
            Ok(()) => taken += 1,
            Err(why) => faults.push(staff.fill("calls-list-row", &[("row", patient.row.into()), ("why", why.into())])),
        }
    }
    let refused = faults.len();
    faults.truncate(MOST_TOLD);
    faults.insert(0, staff.fill("calls-list-taken", &[("n", taken.into()), ("refused", refused.into())]));
    Ok(faults)
}

async fn one(staff: &Staff, register: &Register, known: &mut Known, patient: &Patient) -> Answer<Result<(), String>> {
    let [inpatient_no, phone, ward, discharged_on] = &patient.cells;
    let digits = phone.chars().filter(char::is_ascii_digit).count();
    if !(5..=20).contains(&digits) || phone.chars().any(|sign| !sign.is_ascii_digit() && !"+- ".contains(sign)) {
        return Ok(Err(staff.say("calls-list-phone")));
    }
    let unit = staff.directory.units.values().find(|unit| unit.active && (unit.name == *ward || unit.code == *ward)).map(|unit| unit.id);
    let Some(unit) = unit.filter(|unit| reaches(staff, register, *unit)) else { return Ok(Err(staff.say("calls-list-ward"))) };
    let text = |name: &str, text: String| (name.to_owned(), vec![text]);
    let texts = [text("inpatient_no", inpatient_no.clone()), text("ward", unit.to_string()), text("discharged_on", discharged_on.clone())];
    let input = Input { texts: texts.into_iter().collect(), ..Input::default() };
    let (me, my_unit) = (Some(staff.viewer.person), staff.viewer.unit);
    let context = form::Context { catalogue: &staff.catalogue, register, directory: &staff.directory, now: staff.now, me, my_unit };
    let said = |refusal: &Refusal| {
        let first = refusal.fields.first().map(|fault| fault.text.get(staff.lang));
        first.unwrap_or(refusal.text.get(staff.lang)).to_owned()
    };
    let submission = match form::read(&context, Which::Create, &input) {
        Ok(submission) => submission,
        Err(refusal) => return Ok(Err(said(&refusal))),
    };
    // A list handed in twice is one list, whoever hands it in.
    let (Some(Value::Text(number)), Some(Value::Date(day))) =
        (submission.values.get("inpatient_no"), submission.values.get("discharged_on"))
    else {
        return Ok(Err(staff.fill("calls-list-lacks", &[("columns", HEADS[3].1[0].into())])));
    };
    let same = (unit, number.clone(), *day);
    let entry = match known.get(&same) {
        Some(entry) => *entry,
        None => {
            let wish = Wish::create(Actor::Import(staff.viewer.person), register.name.clone(), Creation::from(submission));
            match staff.app.store.submit(wish).await {
                Ok(done) => done.entry,
                Err(store::Failure::Refusal(refusal)) => return Ok(Err(said(&refusal))),
                Err(store::Failure::Error(error)) => return Err(error.into()),
            }
        }
    };
    known.insert(same, entry);
    // A list handed in again brings back no number of a call that is over.
    let kept = staff.app.store.fold_of(entry).await?;
    if kept.is_some_and(|entry| register.states.get(&entry.state).is_some_and(|state| !state.end)) {
        let until = Moment(staff.now.0 + KEPT_DAYS * DAY_MS);
        staff.app.store.keep_number(entry, phone, until).await?;
    }
    Ok(Ok(()))
}

/// What makes two rows the same patient: ward, inpatient number, day of discharge.
fn patient_of(entry: &Entry) -> Option<(UnitId, String, Date)> {
    let ward = *entry.values.get("ward")?.units().first()?;
    match (entry.values.get("inpatient_no")?, entry.values.get("discharged_on")?) {
        (Value::Text(number), Value::Date(day)) => Some((ward, number.clone(), *day)),
        _ => None,
    }
}

/// Whether this person hands in for a ward.
fn reaches(staff: &Staff, register: &Register, unit: UnitId) -> bool {
    let reach = rights::reach(&staff.viewer, register, Verb::Import);
    reach.parts.iter().any(|part| part.scope >= Scope::Institution || part.units.contains(&unit))
}
