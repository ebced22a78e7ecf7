//! What one was told: never what happened, only where to look.

use crate::address::encode;
use crate::draw::cells::machine_time;
use crate::failure::{Answer, Failure};
use crate::pages::desk::when;
use crate::staff::{Staff, see};
use crate::toast;
use crate::view::act::Act;
use crate::view::desk::News;
use crate::view::shell::Shell;
use crate::visit::Visit;
use axum::extract::Request;
use serde::Serialize;
use store::Notice;

const MOST: u64 = 100;
/// A new password waits for its second person.
const ASKED: [&str; 3] = ["account:account_asked", "account:account_factor_asked", "account:account_deputy_asked"];
/// Somebody asked to have an entry's content destroyed, and a second person is to answer.
const ERASE: &str = "erase";
/// A custodian is asked; whoever asked may open.
const IDENTITY: &str = "identity:asked";
const GRANTED: &str = "identity:granted";
/// The recovery sheet stood for one of them.
const SHEET: &str = "identity:sheet";
/// Holders of shares of the recovery key are asked.
const RESCUE: &str = "account:account_rescue_asked";

#[derive(Serialize)]
struct Page {
    #[serde(flatten)]
    shell: Shell,
    note: String,
    read: Option<Act>,
    lines: Vec<News>,
}

/// `GET /notices`
pub(crate) async fn show(staff: Staff) -> Answer {
    let notices = staff.app.store.notices(&staff.viewer, false, MOST).await?;
    let unseen = staff.app.store.unseen_count(&staff.viewer).await?;
    let mut lines = Vec::with_capacity(notices.len());
    for notice in &notices {
        lines.push(news(&staff, notice).await);
    }
    let page = Page {
        shell: Shell { toast: toast::of(&staff, None), ..staff.shell(&staff.say("notices"), Some("desk")).await? },
        note: staff.fill("notices-note", &[("n", unseen.into())]),
        read: (unseen > 0).then(|| Act::post(staff.say("desk-read"), "/notices/read").give("back", "/notices")),
        lines,
    };
    staff.page("pages/notices.html", &page)
}

/// `POST /notices/read`
pub(crate) async fn read(staff: Staff, request: Request) -> Answer {
    let posted = staff.posted(request).await?;
    staff.app.store.mark_seen(&staff.viewer, None).await?;
    Ok(see(&format!("{}?done=read.{}", Visit::back(posted.pairs.get("back"), "/"), staff.now.0)))
}

/// `POST /notices/unread`: takes back what was just marked as read.
pub(crate) async fn unread(staff: Staff, request: Request) -> Answer {
    let posted = staff.posted(request).await?;
    let at = posted.pairs.get("at").and_then(|at| at.parse().ok()).ok_or(Failure::NotFound)?;
    staff.app.store.unmark_seen(&staff.viewer, engine::Moment(at)).await?;
    Ok(see(&format!("{}?done=unread", Visit::back(posted.pairs.get("back"), "/notices"))))
}

pub(crate) async fn news(staff: &Staff, notice: &Notice) -> News {
    let register = staff.app.store.register(notice.register.as_str()).ok();
    let title = register.as_ref().map_or_else(|| notice.register.to_string(), |register| staff.text(&register.title).to_owned());
    let duty = staff.say(match notice.duty {
        true if still_open(staff, notice).await => "notice-duty",
        true => "notice-duty-over",
        false => "notice-told",
    });
    News {
        at: machine_time(notice.at),
        when: when(staff, notice.at),
        title: register.as_ref().map_or_else(|| staff.say("notice-other"), |register| why(staff, register, &notice.why)),
        // A new password is confirmed where accounts are, not on the person's entry.
        href: if ASKED.contains(&notice.why.as_str()) {
            format!("/accounts/{}", notice.entry)
        } else if notice.why == RESCUE && notice.duty {
            format!("/escrow/{}", notice.entry)
        } else if notice.why.starts_with("account:") && staff.app.store.entry(notice.entry, &staff.viewer).await.is_err() {
            // One's own account, or that of whom one stands in for.
            "/me".to_owned()
        } else if notice.why == IDENTITY {
            format!("/identity/{}", notice.entry)
        } else if notice.why == SHEET {
            "/identity".to_owned()
        } else {
            format!("/r/{}/{}", notice.register, encode(&notice.number))
        },
        small: format!("{} · {title} · {duty}", notice.number),
    }
}

/// Whether what somebody was reminded of is still theirs to do: the entry goes on, and something in it is open to them.
async fn still_open(staff: &Staff, notice: &Notice) -> bool {
    if let Some(at) = ASKED.iter().position(|asked| *asked == notice.why) {
        let standing = staff.app.store.standing(engine::PersonId(notice.entry.0)).unwrap_or_default();
        let waits = standing.deputy.is_some_and(|standin| standin.confirmed_by.is_none());
        return [standing.asked.is_some(), standing.factor_asked.is_some(), waits][at];
    }
    if notice.why == RESCUE {
        let mine = staff.app.store.rescues(staff.viewer.person).into_iter().filter(|waiting| waiting.is_mine);
        return mine.map(|waiting| waiting.concerned.0).any(|concerned| concerned == notice.entry.0);
    }
    if notice.why == IDENTITY {
        let asked = staff.app.store.asked_of(notice.entry, &staff.viewer).await;
        return asked.is_ok_and(|asked| asked.open == engine::identity::Open::Answer);
    }
    let Ok(found) = staff.app.store.entry(notice.entry, &staff.viewer).await else { return false };
    if notice.why == ERASE {
        return matches!(found.entry.erasure, Some(engine::Erasure::Asked { .. }));
    }
    if notice.why == GRANTED {
        return engine::identity::open_to(&staff.viewer, &found.register, &found.entry, staff.now) == Some(engine::identity::Open::Use);
    }
    match notice.why.as_str() {
        "hand" => return found.entry.content.handing.as_ref().is_some_and(|handing| !handing.agreed),
        "redact" => return found.entry.content.redaction.is_some(),
        "added" => return found.entry.unanswered.is_some(),
        _ => {}
    }
    let ended = found.register.states.get(&found.entry.state).is_some_and(|state| state.end);
    !ended && staff.draw(&found.register).waits_for_viewer(&found.entry)
}

/// Why somebody was told, from the word the engine gave: `moved:accept`, `late:verify` …
fn why(staff: &Staff, register: &catalogue::Register, why: &str) -> String {
    let (word, name) = why.split_once(':').unwrap_or((why, ""));
    if word == "account" {
        return staff.say(match name {
            "account_asked" => "notice-account-asked",
            "account_declined" => "notice-account-declined",
            "account_stopped" => "notice-account-stopped",
            "account_started" => "notice-account-started",
            "account_factor_asked" => "notice-factor-asked",
            "account_factor_declined" => "notice-factor-declined",
            "account_factor_dropped" => "notice-factor-dropped",
            "account_spare_used" => "notice-spare-used",
            "account_deputy_asked" => "notice-deputy-asked",
            "account_deputy_given" => "notice-deputy-given",
            "account_deputy_declined" => "notice-deputy-declined",
            "account_deputy_ended" => "notice-deputy-ended",
            "account_rescue_asked" => "notice-rescue-asked",
            "account_rescue_agreed" => "notice-rescue-agreed",
            "account_rescue_declined" => "notice-rescue-declined",
            "account_rescued" => "notice-rescued",
            "account_escrow_dealt" => "notice-escrow-dealt",
            "account_escrow_ended" => "notice-escrow-ended",
            _ => "notice-account-reset",
        });
    }
    if word == ERASE {
        return staff.say("notice-erase");
    }
    if word == "identity" {
        return staff.say(match name {
            "asked" => "notice-identity-asked",
            "granted" => "notice-identity-granted",
            "sheet" => "notice-identity-sheet",
            _ => "notice-identity-declined",
        });
    }
    match word {
        "hand" => return staff.say("notice-hand"),
        "redact" => return staff.say("notice-redact"),
        "added" => return staff.say("notice-added"),
        "unassigned" => return staff.say("notice-unassigned"),
        _ => {}
    }
    let deadline = || register.deadlines.get(name).map(|deadline| staff.text(&deadline.label).to_owned());
    let step = || register.moves.get(name).map(|step| staff.text(&step.label).to_owned());
    let (key, what) = match word {
        "soon" => ("notice-soon", deadline()),
        "late" | "escalated" => ("notice-late", deadline()),
        "asked" => ("notice-asked", deadline()),
        "granted" => ("notice-granted", deadline()),
        "resumed" => ("notice-resumed", deadline()),
        "refused" => ("notice-refused", deadline()),
        _ => ("notice-move", step().or_else(deadline)),
    };
    what.map_or_else(|| staff.say("notice-other"), |what| staff.fill(key, &[("what", what.into())]))
}
