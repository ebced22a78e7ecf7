//! Places, and the poster of each: one A4 sheet with a QR code that says which poster led to a report, the address in words, numbers and
//! hours. Printed by the browser, as many as are chosen.

use crate::failure::{Answer, Failure};
use crate::outward::{self, Place};
use crate::pages::notice_public::{Channel, channels};
use crate::qr;
use crate::staff::{Staff, see};
use crate::view::shell::Shell;
use catalogue::register::{Scope, Verb};
use catalogue::{Lang, Register, Service};
use engine::EntryId;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Serialize)]
struct ListPage {
    #[serde(flatten)]
    shell: Shell,
    note: String,
    places: Vec<Line>,
    register: String,
    /// What is missing before posters can be printed.
    lacking: Option<String>,
    counts: bool,
}

#[derive(Serialize)]
struct Line {
    code: String,
    name: String,
    unit: String,
    href: String,
    reports: Option<String>,
}

#[derive(Serialize)]
struct PosterPage {
    lang: &'static str,
    title: String,
    house: String,
    sheets: Vec<Sheet>,
    address: String,
    channels: Vec<Channel>,
    rules: Vec<String>,
}

#[derive(Serialize)]
struct Sheet {
    code: String,
    name: String,
    svg: String,
}

/// The register of places, for who reads it.
fn places(staff: &Staff) -> Answer<Arc<Register>> {
    let register = staff.app.store.serving(Service::Places).map_err(|_| Failure::NotFound)?;
    if staff.may(&register, Verb::Read) { Ok(register) } else { Err(Failure::NotFound) }
}

/// `GET /places`
pub(crate) async fn list(staff: Staff) -> Answer {
    let register = places(&staff)?;
    let reached = reports_by_place(&staff).await?;
    let unit = |place: &Place| place.unit.and_then(|unit| staff.directory.unit(unit)).map(|unit| unit.name.clone()).unwrap_or_default();
    let mut places = outward::places(&staff.app).await?;
    places.sort_by(|one, other| one.code.cmp(&other.code));
    let lines = places.iter().map(|place| Line {
        code: place.code.clone(),
        name: place.name.clone(),
        unit: unit(place),
        href: format!("/e/{}", place.id),
        reports: reached.as_ref().map(|reached| outward::few(reached.get(&place.id).copied().unwrap_or(0))),
    });
    let title = staff.say("posters-title");
    let page = ListPage {
        shell: staff.shell(&title, Some(&register.area)).await?,
        note: staff.say("posters-note"),
        places: lines.collect(),
        register: format!("/r/{}", register.name),
        lacking: staff.app.config.address.is_none().then(|| staff.say("posters-no-address")),
        counts: reached.is_some(),
    };
    staff.page("pages/places.html", &page)
}

/// How many reports each poster led to, over all of them: for who reads reports of the whole house. `None`: not for this person.
async fn reports_by_place(staff: &Staff) -> Answer<Option<BTreeMap<EntryId, u64>>> {
    let counted = |register: &&Register| register.public.as_ref().is_some_and(|public| public.code);
    let Some(register) = staff.catalogue.registers.values().find(counted) else { return Ok(None) };
    let reads = engine::rights::reach(&staff.viewer, register, Verb::Read).parts.iter().any(|part| part.scope >= Scope::Institution);
    let Some(field) = outward::place_field(&staff.app, register).filter(|_| reads) else { return Ok(None) };
    let mut counts = BTreeMap::new();
    for entry in staff.app.store.table(&register.name).await? {
        if let Some(place) = entry.values.get(field).and_then(engine::Value::as_link) {
            *counts.entry(place).or_default() += 1;
        }
    }
    Ok(Some(counts))
}

/// `GET /places/posters?at=A1-01&at=…`
pub(crate) async fn show(staff: Staff) -> Answer {
    places(&staff)?;
    let Some(address) = staff.app.config.address.clone() else { return Ok(see("/places")) };
    let chosen: Vec<String> = staff.query.all("at").filter_map(|code| outward::code_of(Some(code))).collect();
    if chosen.is_empty() {
        return Ok(see("/places"));
    }
    let mut known = outward::places(&staff.app).await?;
    known.retain(|place| chosen.iter().any(|code| code.eq_ignore_ascii_case(&place.code)));
    known.sort_by(|one, other| one.code.cmp(&other.code));
    let tail = if staff.lang == Lang::En { "&lang=en" } else { "" };
    let label = staff.say("poster-qr-label");
    let sheet = |place: Place| {
        let svg = qr::svg(&format!("{address}/report?at={}{tail}", place.code), &label)?;
        Some(Sheet { svg, code: place.code, name: place.name })
    };
    let short = address.trim_start_matches("https://").trim_start_matches("http://");
    let page = PosterPage {
        lang: staff.lang.tag(),
        title: staff.say("posters-title"),
        house: staff.house().to_owned(),
        sheets: known.into_iter().filter_map(sheet).collect(),
        address: format!("{short}/report"),
        channels: channels(&staff).await?,
        rules: ["public-rule-secret", "public-rule-true"].map(|key| staff.say(key)).into(),
    };
    staff.page("pages/poster.html", &page)
}
