//! Mail of the house: how it goes out and comes in, what went wrong, and each person's own wish to hear of what waits.

use crate::failure::{Answer, Failure};
use crate::pages::accounts;
use crate::pages::me::{Page, Part};
use crate::post::{APART, MAIL, MailWish, PutApart, WISH, Way, WayKind, Why};
use crate::staff::{Staff, see};
use crate::view::act::Act;
use crate::view::cell::{Cell, Fact};
use crate::view::faults::Fault;
use crate::view::field::{Choice, Control, Field, Look};
use crate::view::shell::Shell;
use crate::view::top::Link;
use axum::extract::Request;
use axum::http::StatusCode;
use engine::Moment;
use serde::Serialize;
use store::JobState;

/// Jobs among which those of mail are looked for.
const LATEST: u64 = 300;
/// Lines of mails that wait.
const MOST: usize = 30;

/// `GET /mail`: for whoever keeps accounts.
pub(crate) async fn show(staff: Staff) -> Answer {
    accounts::need_keeper(&staff)?;
    let parts = vec![ways(&staff), waiting(&staff).await?, apart(&staff).await?];
    let page = Page { shell: staff.shell(&staff.say("mail"), None).await?, parts };
    staff.page("pages/me.html", &page)
}

fn ways(staff: &Staff) -> Part {
    let ways = staff.app.config.post.as_ref().map(|post| post.ways()).unwrap_or_default();
    let note = staff.say(if ways.is_empty() { "mail-none" } else { "mail-note" });
    Part { title: staff.say("mail-ways"), facts: ways.iter().map(|way| line(staff, way)).collect(), note: Some(note), acts: Vec::new() }
}

fn line(staff: &Staff, way: &Way) -> Fact {
    let kind = staff.say(match way.kind {
        WayKind::Out => "mail-out",
        WayKind::In => "mail-in",
        WayKind::Gateway => "mail-gateway",
    });
    let state = match (&way.wrong, way.went_well) {
        (Some(wrong), _) => staff.fill("mail-wrong", &[("why", wrong.clone().into())]),
        (None, Some(at)) => staff.fill("mail-well", &[("at", staff.moment(Moment(at)).into())]),
        (None, None) => staff.say("mail-untried"),
    };
    fact(format!("{kind} · {}", way.name), Cell::text(format!("{} · {state}", way.server)))
}

/// Mails that wait or could not be sent.
async fn waiting(staff: &Staff) -> Answer<Part> {
    let jobs = staff.app.store.jobs(LATEST).await?;
    let open = jobs.iter().filter(|job| job.kind == MAIL && matches!(job.state, JobState::Waiting | JobState::Running | JobState::Failed));
    let line = |job: &store::Job| {
        let key = if job.state == JobState::Failed { "mail-failed" } else { "mail-again" };
        let state = staff.fill(key, &[("n", job.attempts.into())]);
        let why = if job.message.is_empty() { String::new() } else { format!(" · {}", job.message) };
        fact(staff.moment(job.at), Cell::text(format!("{state}{why}")))
    };
    let facts: Vec<Fact> = open.take(MOST).map(line).collect();
    let note = facts.is_empty().then(|| staff.say("mail-nothing-waits"));
    Ok(Part { title: staff.say("mail-queue"), facts, note, acts: Vec::new() })
}

/// Letters a person has to look at on the mail server.
async fn apart(staff: &Staff) -> Answer<Part> {
    let kept = staff.app.store.setting(APART).await?.unwrap_or_default();
    let lines: Vec<PutApart> = serde_json::from_str(&kept).unwrap_or_default();
    let line = |one: &PutApart| {
        let why = staff.say(match one.why {
            Why::Unreadable => "mail-unreadable",
            Why::Machine => "mail-machine",
            Why::Refused => "mail-refused",
            Why::LeftOut => "mail-left-out",
        });
        let place = staff.fill("mail-place", &[("mailbox", one.mailbox.clone().into()), ("folder", one.folder.clone().into())]);
        fact(staff.moment(Moment(one.at)), Cell::text(format!("{why} · {place} · {}", one.what)))
    };
    let facts: Vec<Fact> = lines.iter().map(line).collect();
    let note = staff.say(if facts.is_empty() { "mail-nothing-apart" } else { "mail-apart-note" });
    Ok(Part { title: staff.say("mail-apart"), facts, note: Some(note), acts: Vec::new() })
}

fn fact(label: String, value: Cell) -> Fact {
    Fact { label, value, wide: false, seen: None }
}

#[derive(Serialize)]
struct WishPage {
    #[serde(flatten)]
    shell: Shell,
    action: &'static str,
    note: String,
    faults: Vec<Fault>,
    fields: Vec<Field>,
    submit: String,
    stop: Option<Act>,
    back: Link,
}

/// What one's page says about mail: what one chose, and the way to choose.
pub(crate) async fn chosen(staff: &Staff) -> Answer<(String, Option<Act>)> {
    if !sends(staff) {
        return Ok((staff.say("me-mail-unset"), None));
    }
    let state = match wish(staff).await? {
        None => staff.say("me-mail-off"),
        Some(wish) => staff.fill(if wish.daily { "me-mail-daily" } else { "me-mail-hourly" }, &[("to", wish.to.into())]),
    };
    Ok((state, Some(Act::link(staff.say("me-mail-change"), "/me/mail"))))
}

fn sends(staff: &Staff) -> bool {
    staff.app.config.post.as_ref().is_some_and(|post| post.sends_mail())
}

async fn wish(staff: &Staff) -> Answer<Option<MailWish>> {
    let kept = staff.app.store.setting(&key(staff)).await?;
    Ok(kept.and_then(|kept| serde_json::from_str(&kept).ok()))
}

fn key(staff: &Staff) -> String {
    format!("{WISH}{}", staff.viewer.person)
}

/// `GET /me/mail`
pub(crate) async fn form(staff: Staff) -> Answer {
    if !sends(&staff) {
        return Err(Failure::NotFound);
    }
    let wish = wish(&staff).await?;
    let has = wish.is_some();
    drawn(&staff, StatusCode::OK, wish.unwrap_or(MailWish { to: String::new(), daily: false }), has, None).await
}

async fn drawn(staff: &Staff, status: StatusCode, wish: MailWish, has: bool, fault: Option<String>) -> Answer {
    let to = Control::Text { value: wish.to, max: Some(254), few: false, mode: Some("email"), auto: Some("email") };
    let option = |value: &str, key: &str, on: bool| Choice { value: value.to_owned(), label: staff.say(key), hint: None, on };
    let often = vec![option("hour", "me-mail-hour", !wish.daily), option("day", "me-mail-day", wish.daily)];
    let page = WishPage {
        shell: staff.shell(&staff.say("me-mail"), None).await?,
        action: "/me/mail",
        note: staff.say("me-mail-note"),
        faults: fault.iter().map(|text| Fault { href: "#f-to".to_owned(), text: text.clone() }).collect(),
        fields: vec![
            Field::new("to", staff.say("me-mail-to"), to).required(true).fault(fault),
            Field::new("often", staff.say("me-mail-often"), Control::Choice { look: Look::Radio, options: often }).required(true),
        ],
        submit: staff.say("me-mail-save"),
        stop: has.then(|| Act::post(staff.say("me-mail-stop"), "/me/mail").give("_stop", "1")),
        back: Link::new(staff.say("me"), "/me"),
    };
    staff.page_as(status, "pages/mail_wish.html", &page)
}

/// `POST /me/mail`
pub(crate) async fn choose(staff: Staff, request: Request) -> Answer {
    let posted = staff.posted(request).await?;
    if !sends(&staff) {
        return Err(Failure::NotFound);
    }
    if posted.pairs.get("_stop").is_some() {
        staff.app.store.drop_setting(&key(&staff)).await?;
        return Ok(see("/me?done=mail-off"));
    }
    let to = posted.pairs.get("to").unwrap_or_default().trim().to_owned();
    let wish = MailWish { to, daily: posted.pairs.get("often") == Some("day") };
    if !MailWish::is_address(&wish.to) {
        let fault = staff.say("me-mail-no-address");
        return drawn(&staff, StatusCode::UNPROCESSABLE_ENTITY, wish, false, Some(fault)).await;
    }
    let text = serde_json::to_string(&wish).map_err(Failure::broken)?;
    staff.app.store.set_setting(&key(&staff), &text).await?;
    Ok(see("/me?done=mail-on"))
}
