//! The language of the staff pages, kept in a cookie.

use crate::cookie;
use crate::failure::Answer;
use crate::staff::see_with;
use crate::visit::Visit;
use axum::http::{HeaderMap, header};
use catalogue::Lang;

/// `GET /lang?to=en&back=/…`
pub(crate) async fn choose(visit: Visit) -> Answer {
    let lang = Lang::from_tag(visit.query.get("to").unwrap_or_default());
    let cookie = cookie::taste("lang", lang.tag(), visit.app.config.secure);
    Ok(see_with(Visit::back(visit.query.get("back"), "/"), HeaderMap::from_iter([(header::SET_COOKIE, cookie)])))
}
