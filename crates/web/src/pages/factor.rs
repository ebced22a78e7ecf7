//! One's own second factor: set up with the password asked again, spare codes shown once, turned off with a code.

use crate::draw::cells::machine_time;
use crate::failure::{Answer, Failure};
use crate::qr;
use crate::staff::{Staff, see};
use crate::view::act::Give;
use crate::view::faults::Fault;
use crate::view::field::{Control, Field};
use crate::view::shell::Door;
use crate::view::top::Link;
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use catalogue::role::Factor;
use engine::account;
use serde::Serialize;
use store::{LockOut, NewFactor, Proof, SpareCodes};
use vault::Password;

const PATH: &str = "/me/factor";

#[derive(Serialize)]
struct Page {
    #[serde(flatten)]
    door: Door,
    csrf: String,
    faults: Vec<Fault>,
    notes: Vec<String>,
    /// The picture for the app, and the same to be typed.
    shown: Option<Shown>,
    spares: Option<Spares>,
    forms: Vec<Form>,
    back: Option<Link>,
}

#[derive(Serialize)]
struct Shown {
    svg: Option<String>,
    /// In groups of four.
    secret: String,
    /// The time here: a phone that is minutes off shows codes of another time.
    at: String,
    when: String,
}

#[derive(Serialize)]
struct Spares {
    codes: Vec<String>,
    at: String,
    when: String,
}

#[derive(Serialize)]
struct Form {
    title: String,
    note: Option<String>,
    post: String,
    give: Vec<Give>,
    field: Field,
    submit: String,
}

/// Adds itself to the page as it stands.
#[derive(Default)]
struct Said {
    /// The field, and what is wrong with it.
    wrong: Option<(&'static str, String)>,
    locked: Option<String>,
}

/// `GET /me/factor`
pub(crate) async fn show(staff: Staff) -> Answer {
    stands(&staff, StatusCode::OK, Said::default()).await
}

/// `POST /me/factor/{deed}`
pub(crate) async fn change(staff: Staff, Path(deed): Path<String>, request: Request) -> Answer {
    let posted = staff.posted(request).await?;
    let typed = |name: &str| posted.pairs.get(name).unwrap_or_default().to_owned();
    let (store, me, login) = (&staff.app.store, staff.viewer.person, &staff.session.login);
    match deed.as_str() {
        "begin" => match store.prove_password(login, Password::new(typed("password")), LockOut::default()).await? {
            Proof::Right => set_up(&staff, StatusCode::OK, &store.new_factor(login)?, None),
            other => refused(&staff, other, ("password", "password-wrong")).await,
        },
        "set" => {
            let Some(kept) = staff.signer.carried::<String>("factor", &typed("kept")) else { return Err(Failure::Forged) };
            let factor = store.carried_factor(login, &kept)?;
            match store.set_factor(me, &factor, &typed("code")).await? {
                Some(codes) => spares(&staff, &codes),
                None => set_up(&staff, StatusCode::UNPROCESSABLE_ENTITY, &factor, Some(staff.say("code-wrong"))),
            }
        }
        "spares" => match store.renew_spares(me, &typed("code"), LockOut::default()).await? {
            Ok(codes) => spares(&staff, &codes),
            Err(other) => refused(&staff, other, ("code", "code-wrong")).await,
        },
        "off" => match store.turn_off_factor(me, &typed("off"), LockOut::default()).await? {
            Proof::Right => Ok(see("/me?done=factor-off")),
            other => refused(&staff, other, ("off", "code-wrong")).await,
        },
        _ => Err(Failure::NotFound),
    }
}

async fn refused(staff: &Staff, proof: Proof, (field, key): (&'static str, &str)) -> Answer {
    match proof {
        Proof::Locked { until } => {
            let locked = Some(staff.fill("enter-locked", &[("until", staff.moment(until).into())]));
            stands(staff, StatusCode::TOO_MANY_REQUESTS, Said { locked, wrong: None }).await
        }
        _ => stands(staff, StatusCode::UNPROCESSABLE_ENTITY, Said { wrong: Some((field, staff.say(key))), locked: None }).await,
    }
}

/// The page as it stands: to be set up, or set up already.
async fn stands(staff: &Staff, status: StatusCode, said: Said) -> Answer {
    let is_on = staff.app.store.standing(staff.viewer.person).is_some_and(|standing| standing.factor);
    let asked = account::factor(&staff.catalogue, &staff.viewer);
    let fault = |name: &str| said.wrong.as_ref().filter(|(field, _)| *field == name).map(|(_, text)| text.clone());
    let code = |name: &str| code_field(staff, name, "code-hint", fault(name));
    let mut notes = vec![staff.say("factor-what")];
    let mut forms = Vec::new();
    if is_on {
        let left = staff.app.store.spares_left(&staff.session.login).await?;
        notes = vec![staff.fill("factor-is-on", &[("n", left.into())])];
        forms.push(form(staff, "spares", ["factor-spares-title", "factor-spares-note", "factor-spares-go"], code("code"), Vec::new()));
        if asked == Factor::Required {
            notes.push(staff.say("factor-no-off"));
        } else {
            forms.push(form(staff, "off", ["factor-off-title", "factor-off-note", "factor-off-go"], code("off"), Vec::new()));
        }
    } else {
        if asked == Factor::Required {
            notes.push(staff.say("factor-required"));
        }
        let password = Field::new("password", staff.say("password-old"), Control::password("current-password"));
        forms.push(form(
            staff,
            "begin",
            ["factor-begin-title", "factor-begin-note", "factor-begin-go"],
            password.required(true).fault(fault("password")),
            Vec::new(),
        ));
    }
    let faults = said.wrong.iter().map(|(name, text)| Fault { href: format!("#f-{name}"), text: text.clone() });
    let faults = faults.chain(said.locked.map(|text| Fault { href: PATH.to_owned(), text })).collect();
    page(staff, status, Page { faults, notes, forms, back: Some(Link::new(staff.say("me"), "/me")), ..blank(staff) })
}

/// The picture, the secret, and a code that shows the app has it.
fn set_up(staff: &Staff, status: StatusCode, factor: &NewFactor, wrong: Option<String>) -> Answer {
    let uri = factor.uri(&staff.say("brand"), &staff.session.login);
    let svg = uri.expose(|uri| qr::svg(uri, &staff.say("factor-picture")));
    let secret = factor.typed().expose(|secret| {
        let symbols: Vec<char> = secret.chars().collect();
        symbols.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
    });
    let faults = wrong.iter().map(|text| Fault { href: "#f-code".to_owned(), text: text.clone() }).collect();
    let local = staff.now.local();
    let (at, when) = (local.strftime("%Y-%m-%dT%H:%M:%S").to_string(), local.strftime("%H:%M:%S").to_string());
    let give = vec![Give::new("kept", staff.signer.carry("factor", &factor.kept))];
    let forms = vec![form(
        staff,
        "set",
        ["factor-set-title", "factor-set-note", "factor-set-go"],
        code_field(staff, "code", "code-hint-six", wrong),
        give,
    )];
    let back = Some(Link::new(staff.say("factor-not-now"), PATH));
    let notes = vec![staff.say("factor-scan")];
    page(staff, status, Page { faults, notes, shown: Some(Shown { svg, secret, at, when }), forms, back, ..blank(staff) })
}

fn spares(staff: &Staff, codes: &SpareCodes) -> Answer {
    let spares = Spares {
        codes: codes.iter().map(|code| code.expose(|code| code.to_owned())).collect(),
        at: machine_time(staff.now),
        when: staff.moment(staff.now),
    };
    let notes = vec![staff.say("factor-spares-once"), staff.say("factor-spares-how")];
    let back = Some(Link::new(staff.say("factor-kept"), "/me?done=factor-on"));
    page(staff, StatusCode::OK, Page { notes, spares: Some(spares), back, ..blank(staff) })
}

fn code_field(staff: &Staff, name: &str, hint: &str, fault: Option<String>) -> Field {
    let control = Control::Text { value: String::new(), max: Some(40), few: true, mode: None, auto: Some("one-time-code") };
    Field::new(name, staff.say("code"), control).required(true).hint(Some(staff.say(hint))).fault(fault)
}

/// `keys`: title, note, button.
fn form(staff: &Staff, deed: &str, [title, note, go]: [&str; 3], field: Field, give: Vec<Give>) -> Form {
    Form { title: staff.say(title), note: Some(staff.say(note)), post: format!("{PATH}/{deed}"), give, field, submit: staff.say(go) }
}

fn blank(staff: &Staff) -> Page {
    Page {
        door: staff.door(&staff.say("factor")),
        csrf: staff.signer.token(),
        faults: Vec::new(),
        notes: Vec::new(),
        shown: None,
        spares: None,
        forms: Vec::new(),
        back: None,
    }
}

fn page(staff: &Staff, status: StatusCode, page: Page) -> Answer {
    staff.page_as(status, "pages/factor.html", &page)
}
