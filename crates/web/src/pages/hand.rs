//! Handing content out to an authority: who chose what, who agreed, the package once, and the code that confirms it.

mod choose;
mod made;
mod parcel;

use crate::draw::{Draw, entry_path};
use crate::failure::{Answer, Failure, status_of};
use crate::pages::work::{Line, WorkPage};
use crate::posted::Posted;
use crate::staff::{Staff, see};
use crate::view::act::{Act, Ask, Kind};
use axum::body::Body;
use axum::extract::{Path, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use catalogue::RoleName;
use catalogue::register::{Handing, Who};
use engine::{Entry, Refusal, rights};
use store::{Found, Letter, Open};
use vault::Purpose;

type Address = Path<(String, String)>;

/// `GET /r/{register}/{number}/hand`
pub(crate) async fn show(staff: Staff, Path((register, number)): Address) -> Answer {
    let found = reach(&staff, &register, &number).await?;
    page(&staff, &found, None, StatusCode::OK, &Posted::default(), None).await
}

/// `POST /r/{register}/{number}/hand`: `step` says what: `open`, `ask`, `agree`, `decline`, `make`, `confirm`.
pub(crate) async fn make(staff: Staff, Path((register, number)): Address, request: Request) -> Answer {
    let posted = staff.posted(request).await?;
    let found = reach(&staff, &register, &number).await?;
    let (store, entry, viewer) = (&staff.app.store, &found.entry, &staff.viewer);
    let step = posted.pairs.get("step").unwrap_or_default();
    let done = match step {
        "open" => {
            let open = open(&staff, entry, Purpose::HandOver).await?;
            return page(&staff, &found, Some(&open), StatusCode::OK, &posted, None).await;
        }
        "ask" => {
            let open = open(&staff, entry, Purpose::HandOver).await?;
            let asked = match choose::read(&staff, &found, &open, &letters(&staff, &open).await?, &posted) {
                Ok((to, choice)) => match choose::copies(&staff, &open, &choice).await {
                    Ok(()) => store.ask_to_hand(&open, viewer, to, &choice).await,
                    Err(failure) => Err(failure),
                },
                Err(refusal) => Err(refusal.into()),
            };
            match asked {
                Err(store::Failure::Refusal(refusal)) => {
                    return page(&staff, &found, Some(&open), status_of(refusal.code), &posted, Some(*refusal)).await;
                }
                asked => asked,
            }
        }
        "agree" | "decline" => store.answer_handing(entry, viewer, step == "agree").await,
        "make" => return package(&staff, &found).await,
        "confirm" => store.confirm_handing(entry, viewer, posted.pairs.get("code").unwrap_or_default()).await,
        _ => return Err(Failure::NotFound),
    };
    match done {
        Ok(_) => Ok(see(&format!("{}/hand", entry_path(entry)))),
        Err(store::Failure::Refusal(refusal)) => page(&staff, &found, None, status_of(refusal.code), &posted, Some(*refusal)).await,
        Err(store::Failure::Error(error)) => Err(error.into()),
    }
}

/// `GET /r/{register}/{number}/hand/{sha256}`: the house's receipt of a package: hashes and a signature.
pub(crate) async fn receipt(staff: Staff, Path((register, number, sha256)): Path<(String, String, String)>) -> Answer {
    let found = reach(&staff, &register, &number).await?;
    let handed = found.entry.content.handed.iter().find(|handed| handed.sha256 == sha256).ok_or(Failure::NotFound)?;
    Ok(download(&format!("{}.receipt.json", found.entry.number), handed.receipt.clone().into_bytes()))
}

/// `GET /house-key`: the key packages and receipts of this house are checked by.
pub(crate) async fn house_key(axum::extract::State(app): axum::extract::State<crate::app::App>) -> Answer {
    let key = app.store.house_key().ok_or(Failure::NotFound)?;
    let text = format!(
        "{}\n{key}\n指纹 / fingerprint: {}\n\n请按公开的电话核对指纹。检验：\nCompare the fingerprint by a public telephone number. To check a package:\n  qinglian package verify FILE --house {key} --receipt RECEIPT\n",
        app.store.institution().0,
        key.fingerprint(),
    );
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}

/// An entry of a register whose content is handed out, for somebody who has a hand in it.
async fn reach(staff: &Staff, register: &str, number: &str) -> Answer<Found> {
    let found = staff.entry(register, number).await?;
    if offers(staff, &found.register, &found.entry) { Ok(found) } else { Err(Failure::NotFound) }
}

/// Whether this person has a hand in handing the entry out.
pub(crate) fn offers(staff: &Staff, register: &catalogue::Register, entry: &Entry) -> bool {
    register.handing.as_ref().is_some_and(|handing| may_hand(staff, register, handing, entry) || may_agree(staff, register, handing, entry))
}

fn may_hand(staff: &Staff, register: &catalogue::Register, handing: &Handing, entry: &Entry) -> bool {
    is_any(staff, register, entry, &handing.by) && rights::may_unseal(&staff.viewer, register, entry)
}

fn may_agree(staff: &Staff, register: &catalogue::Register, handing: &Handing, entry: &Entry) -> bool {
    is_any(staff, register, entry, &handing.approve)
}

fn is_any(staff: &Staff, register: &catalogue::Register, entry: &Entry, roles: &[RoleName]) -> bool {
    let who: Vec<Who> = roles.iter().cloned().map(Who::Role).collect();
    rights::is_any(&staff.viewer, register, entry, &who)
}

/// Opens an entry with the keys of this session; recorded before anything is shown.
pub(crate) async fn open(staff: &Staff, entry: &Entry, purpose: Purpose) -> Answer<Open> {
    let keyring = staff.app.keyrings.get(&staff.session).ok_or_else(Refusal::not_allowed)?;
    Ok(staff.app.store.open_sealed(entry.id, &staff.viewer, &keyring, purpose.code()).await?)
}

/// What house and reporter wrote to each other, as it stands: what was redacted is gone from it.
async fn letters(staff: &Staff, open: &Open) -> Answer<Vec<Letter>> {
    Ok(open.letters(&staff.app.store.events_of(open.found.entry.id).await?)?)
}

/// Makes the package and gives it away, this once.
async fn package(staff: &Staff, found: &Found) -> Answer {
    let open = open(staff, &found.entry, Purpose::HandOver).await?;
    let parcel = parcel::parcel(staff, &open).await?;
    let made = staff.app.store.hand_out(&open, &staff.viewer, parcel).await?;
    let end = if made.is_sealed { "zip.age" } else { "zip" };
    Ok(download(&format!("{}.{end}", found.entry.number), made.bytes))
}

fn download(name: &str, bytes: Vec<u8>) -> Response {
    let mut response = Body::from(bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    if let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{}", crate::address::encode(name))) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}

async fn page(staff: &Staff, found: &Found, open: Option<&Open>, status: StatusCode, posted: &Posted, refusal: Option<Refusal>) -> Answer {
    let (entry, register) = (&found.entry, &found.register);
    let handing = register.handing.as_ref().ok_or(Failure::NotFound)?;
    let path = format!("{}/hand", entry_path(entry));
    let directory = crate::pages::find::directory_for(staff, register, std::slice::from_ref(entry)).await?;
    let draw = staff.draw_with(register, &directory);
    let mut page = WorkPage::new(staff, found, "hand-title").await?;
    page.about = Some(staff.say("hand-about"));
    page.fault(staff, refusal.as_ref());
    let mine = may_hand(staff, register, handing, entry);
    match &entry.content.handing {
        None if mine => choose::offer(staff, &draw, found, open, posted, &path, &mut page).await?,
        None => page.say(staff.say("hand-none"), None),
        Some(under_way) => {
            page.lines.push(Line::new(staff.say("hand-to"), under_way.authority.clone()));
            page.lines
                .push(Line::new(staff.say("hand-by"), under_way.by.map_or_else(|| staff.say("person-unknown"), |by| draw.person(by))));
            let labels: Vec<String> =
                under_way.fields.iter().filter_map(|name| register.fields.get(name)).map(|field| draw.text(&field.label)).collect();
            page.lines.push(Line::new(staff.say("hand-fields"), labels.join(&staff.say("list-comma"))));
            page.lines.push(Line::new(staff.say("hand-files"), under_way.files.to_string()));
            if under_way.letters > 0 {
                page.lines.push(Line::new(staff.say("redact-letters"), under_way.letters.to_string()));
            }
            steps(staff, found, open, &path, mine, may_agree(staff, register, handing, entry), &mut page)?;
            if let Some(open) = open {
                page.sheets.extend(parcel::preview(staff, &draw, open).await?);
            }
        }
    }
    made::show(staff, &draw, entry, &path, &mut page).await?;
    staff.page_as(status, "pages/work.html", &page)
}

/// What may be done next about the hand-over under way.
fn steps(staff: &Staff, found: &Found, open: Option<&Open>, path: &str, mine: bool, agrees: bool, page: &mut WorkPage) -> Answer<()> {
    let Some(under_way) = &found.entry.content.handing else { return Ok(()) };
    let post = |key: &str, step: &str| Act::post(staff.say(key), path).give("step", step);
    let asked_here = under_way.by == Some(staff.viewer.person);
    let holds = staff.app.keyrings.holds(&staff.session) && rights::may_unseal(&staff.viewer, &found.register, &found.entry);
    if open.is_none() && holds {
        page.say(staff.say("hand-preview-about"), Some(post("hand-preview", "open")));
    }
    if !under_way.agreed {
        if asked_here {
            page.say(staff.say("hand-waits"), Some(post("hand-back", "decline")));
        } else if agrees {
            let ask = Ask { title: staff.say("hand-agree"), text: staff.say("hand-agree-ask"), ok: staff.say("hand-agree") };
            page.acts.push(post("hand-agree", "agree").kind(Kind::Main).ask(ask));
            page.acts.push(post("hand-decline", "decline"));
        }
    } else if mine {
        page.say(staff.say("hand-agreed"), None);
        page.say(staff.say("hand-after"), None);
        let waits_for_code = found.entry.content.handed.iter().any(|handed| handed.confirmed.is_none());
        let again = post("hand-make", "make").fetches();
        page.acts.push(if waits_for_code { again } else { again.kind(Kind::Main) });
        page.acts.push(post("hand-back", "decline"));
    }
    Ok(())
}

/// A field in words, rows of a table line by line.
pub(crate) fn words(draw: &Draw<'_>, field: &catalogue::Field, value: &engine::Value) -> String {
    let (engine::Value::Rows(rows), catalogue::field::Kind::Table { columns }) = (value, &field.kind) else {
        return engine::show::value(&draw.shown(), field, value);
    };
    let row = |row: &engine::Values| {
        let cells = columns.values().filter_map(|column| {
            let value = row.get(&column.name)?;
            Some(format!("{}：{}", draw.text(&column.label), engine::show::value(&draw.shown(), column, value)))
        });
        cells.collect::<Vec<_>>().join("；")
    };
    rows.iter().map(row).collect::<Vec<_>>().join("\n")
}
