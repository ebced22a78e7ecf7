//! One's own password.

use crate::failure::Answer;
use crate::session;
use crate::staff::{Staff, see_with};
use crate::view::faults::Fault;
use crate::view::field::{Control, Field};
use crate::view::shell::Door;
use crate::view::top::Link;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use serde::Serialize;
use vault::{Password, Stretch};

/// Characters of a new password at least.
pub(crate) const SHORTEST: usize = 10;

#[derive(Serialize)]
struct Page {
    #[serde(flatten)]
    door: Door,
    csrf: String,
    faults: Vec<Fault>,
    why: Option<String>,
    fields: Vec<Field>,
    back: Option<Link>,
}

/// `GET /me/password`
pub(crate) async fn show(staff: Staff) -> Answer {
    page(&staff, StatusCode::OK, &[])
}

fn page(staff: &Staff, status: StatusCode, wrong: &[(&str, String)]) -> Answer {
    let fault = |name: &str| wrong.iter().find(|(known, _)| *known == name).map(|(_, text)| text.clone());
    let field = |name: &str, key: &str, auto| Field::new(name, staff.say(key), Control::password(auto)).required(true).fault(fault(name));
    let hint = staff.fill("password-hint", &[("n", SHORTEST.into())]);
    let page = Page {
        door: staff.door(&staff.say("password")),
        csrf: staff.signer.token(),
        faults: wrong.iter().map(|(name, text)| Fault { href: format!("#f-{name}"), text: text.clone() }).collect(),
        why: staff.session.renew.then(|| staff.say("password-why")),
        fields: vec![
            field("old", "password-old", "current-password"),
            field("new", "password-new", "new-password").hint(Some(hint)),
            field("again", "password-again", "new-password"),
        ],
        back: (!staff.session.renew).then(|| Link::new(staff.say("back-home"), "/")),
    };
    staff.page_as(status, "pages/password.html", &page)
}

/// `POST /me/password`
pub(crate) async fn change(staff: Staff, request: Request) -> Answer {
    let posted = staff.posted(request).await?;
    let typed = |name: &str| posted.pairs.get(name).unwrap_or_default().to_owned();
    let (old, new, again) = (typed("old"), typed("new"), typed("again"));
    let mut wrong = Vec::new();
    if new.chars().count() < SHORTEST {
        wrong.push(("new", staff.fill("password-short", &[("n", SHORTEST.into())])));
    } else if new == old {
        wrong.push(("new", staff.say("password-same")));
    }
    if new != again {
        wrong.push(("again", staff.say("password-differs")));
    }
    if wrong.is_empty()
        && !staff.app.store.change_password(&staff.session.login, Password::new(old), Password::new(new), Stretch::default()).await?
    {
        wrong.push(("old", staff.say("password-wrong")));
    }
    if !wrong.is_empty() {
        return page(&staff, StatusCode::UNPROCESSABLE_ENTITY, &wrong);
    }
    let cookie = session::renew(&staff.app, &staff.session).await?;
    Ok(see_with("/?done=password", HeaderMap::from_iter([(header::SET_COOKIE, cookie)])))
}
