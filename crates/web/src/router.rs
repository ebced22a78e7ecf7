//! Every address of the house.

use crate::app::App;
use crate::pages::*;
use crate::{assets, failure, headers, lane};
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get, post};
use axum::{Json, Router};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::limit::RequestBodyLimitLayer;

/// Largest request: several attachments at once. Each file and the words have limits of their own. Units: bytes.
const MOST_BYTES: usize = 320 << 20;

/// The whole house, ready to serve.
pub fn router(app: App) -> Router {
    // The door has a cookie and a token of its own.
    let staff = staff().layer(CsrfLayer::new());
    Router::new()
        .merge(staff)
        .merge(doors())
        .merge(public(&app))
        .fallback(async || StatusCode::NOT_FOUND)
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(MOST_BYTES))
        .layer(CatchPanicLayer::custom(failure::panicked))
        .layer(from_fn_with_state(app.clone(), failure::pages))
        .layer(from_fn_with_state(app.clone(), headers::add))
        .layer(CompressionLayer::new())
        .with_state(app)
}

/// The way in, and what every page needs.
fn doors() -> Router<App> {
    Router::new()
        .route("/enter", get(door::show).post(door::enter))
        .route("/enter/code", get(door::code::show).post(door::code::enter))
        .route("/try", get(tour::show))
        .route("/lang", get(language::choose))
        .route("/assets/{hash}/{name}", get(assets::serve))
        .route("/health", get(async || Json(serde_json::json!({ "ok": true }))))
}

/// Pages of whoever has no account: answered on a lane of their own.
fn public(app: &App) -> Router<App> {
    Router::new()
        .route("/report", get(report::show).post(report::go))
        .route("/report/keys", post(report::sealed::keys))
        .route("/report/sealed", post(report::sealed::send))
        .route("/receipt", get(receipt::show).post(receipt::go))
        .route("/receipt/check", get(receipt::check::show).post(receipt::check::go))
        .route("/notice", get(notice_public::show))
        .route("/s/{code}", get(rate::link).post(rate::answer_link))
        .route("/rate", get(rate::counter).post(rate::answer_counter))
        .route("/hooks/{channel}", post(hooks::take))
        .route("/house-key", get(hand::house_key))
        // No session could be ridden here, but a page from elsewhere could have its own words sent, or begin a form that it knows.
        // An old browser has only its Origin to show for itself; it says "null" on pages that forbid it any referrer, so none does.
        .layer(CsrfLayer::new())
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(app.clone(), lane::public))
}

/// Pages of people who are signed in.
fn staff() -> Router<App> {
    Router::new()
        .route("/", get(tour::home))
        .route("/leave", post(door::leave))
        .route("/me", get(me::show))
        .route("/me/sessions/end", post(me::end_others))
        .route("/me/mail", get(mail::form).post(mail::choose))
        .route("/mail", get(mail::show))
        .route("/me/password", get(account::show).post(account::change))
        .route("/me/keys", post(me::give_keys))
        .route("/me/factor", get(factor::show))
        .route("/me/factor/{deed}", post(factor::change))
        .route("/me/deputy", get(deputy::show).post(deputy::name))
        .route("/me/deputy/{deed}", post(deputy::change))
        .route("/desk/{pile}", get(desk::pile::show))
        .route("/desk/{pile}/{register}/{item}", get(desk::pile::among))
        .route("/area/{area}", get(area::show))
        .route("/identity", get(identity::keeping::show).post(identity::keeping::make))
        .route("/identity/{entry}", get(identity::answer::show).post(identity::answer::make))
        .route("/escrow", get(escrow::show).post(escrow::make))
        .route("/escrow/{person}", get(escrow::answer::show).post(escrow::answer::make))
        .route("/me/rescue", get(escrow::own::show).post(escrow::own::make))
        .route("/kept", get(kept::show))
        .route("/notices", get(notices::show))
        .route("/notices/read", post(notices::read))
        .route("/notices/unread", post(notices::unread))
        .route("/search", get(search::show))
        .route("/log", get(log::show))
        .route("/log/check", post(log::check))
        .route("/log/export.xlsx", get(log::xlsx))
        .route("/log/export.csv", get(log::csv))
        .route("/find/person", get(find::person))
        .route("/find/entry", get(find::entry))
        .route("/e/{id}", get(find::by_id))
        .route("/places", get(poster::list))
        .route("/places/posters", get(poster::show))
        .route("/calls", get(calls::show))
        .route("/calls/list", post(calls::take))
        .route("/calls/{number}", post(calls::make))
        .route("/ratings", get(ratings::show))
        .route("/ratings/links", post(ratings::links))
        .route("/ratings/sms", post(ratings::send))
        .route("/jobs/{id}", get(export::status))
        .route("/jobs/{id}/cancel", post(export::cancel))
        .route("/jobs/{id}/file", get(export::download))
        .route("/accounts", get(accounts::list))
        .route("/accounts/{person}", get(accounts::show))
        .route("/accounts/{person}/leave", get(accounts::leave::show))
        .route("/accounts/{person}/leave/{deed}", post(accounts::leave::change))
        .route("/accounts/{person}/{deed}", post(accounts::change))
        .route("/reports", get(reports::index))
        .route("/reports/{id}", get(reports::show))
        .route("/reports/{id}/open", post(reports::open))
        .route("/reports/{id}/ask", post(reports::issue))
        .route("/reports/{id}/xlsx", get(reports::xlsx).post(reports::open_xlsx))
        .route("/reports/{id}/docx", get(reports::docx).post(reports::open_docx))
        .route("/rules", get(rules::list))
        .route("/rules/runs", post(rules::start))
        .route("/rules/runs/{id}", get(rules::status))
        .route("/rules/runs/{id}/cancel", post(rules::cancel))
        .route("/rules/{id}", get(rules::show))
        .route("/rules/{id}/runs/{run}", get(rules::findings))
        .route("/rules/{id}/runs/{run}/findings.xlsx", get(rules::xlsx))
        .route("/rules/{id}/runs/{run}/findings.csv", get(rules::csv))
        .merge(registers())
        .merge(entries())
}

fn registers() -> Router<App> {
    let at = |end: &str, to: MethodRouter<App>| Router::new().route(&format!("/r/{{register}}{end}"), to);
    at("", get(list::show))
        .merge(at("/new", get(create::show).post(create::create)))
        .merge(at("/board", get(board::show)))
        .merge(at("/bulk", post(bulk::make)))
        .merge(at("/views", get(views::form).post(views::save)))
        .merge(at("/views/drop", post(views::drop)))
        .merge(at("/views/default", post(views::set_default)))
        .merge(at("/export.xlsx", get(export::xlsx)))
        .merge(at("/export.csv", get(export::csv)))
        .merge(at("/import", get(import::show).post(import::upload)))
        .merge(at("/import/template", get(import::template)))
        .merge(at("/import/check", post(import::try_out)))
        .merge(at("/import/failed", post(import::failed)))
        .merge(at("/import/commit", post(import::commit)))
        .merge(at("/import/{import}/revert", post(import::revert)))
}

fn entries() -> Router<App> {
    let at = |end: &str, to: MethodRouter<App>| Router::new().route(&format!("/r/{{register}}/{{number}}{end}"), to);
    at("", get(entry::show))
        .merge(at("/open", post(entry::open)))
        .merge(at("/panel", get(panel::show)))
        .merge(at("/edit", get(edit::show).post(edit::save)))
        .merge(at("/move/{move}", get(step::show).post(step::make)))
        .merge(at("/message", get(message::show).post(message::send)))
        .merge(at("/letter/{hash}", get(file::enclosed)))
        .merge(at("/note", get(people::note_form).post(people::note)))
        .merge(at("/assign", get(people::assign_form).post(people::assign)))
        .merge(at("/recuse", get(people::recuse_form).post(people::recuse)))
        .merge(at("/clock/{deadline}/{deed}", get(clocks::show).post(clocks::make)))
        .merge(at("/erase", get(erase::show).post(erase::make)))
        .merge(at("/identity", get(identity::show).post(identity::make)))
        .merge(at("/hand", get(hand::show).post(hand::make)))
        .merge(at("/hand/{sha256}", get(hand::receipt)))
        .merge(at("/alike", get(alike::show).post(alike::make)))
        .merge(at("/mask", get(cover::mask::show).post(cover::mask::make)))
        .merge(at("/redact", get(cover::redact::show).post(cover::redact::make)))
        .merge(at("/print", get(print::show).post(print::open)))
        .merge(at("/print/docx", get(print::docx)))
        .merge(at("/file/{field}/{hash}", get(file::show)))
}
