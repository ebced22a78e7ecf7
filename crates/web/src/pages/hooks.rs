//! `POST /hooks/{channel}`: a gateway for short messages or WeChat hands over what somebody sent. Answers are JSON, for machines.

use crate::app::App;
use crate::post::{HookRefused, Posted, Taken};
use axum::Json;
use axum::body::to_bytes;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use catalogue::Lang;
use serde_json::json;
use std::sync::LazyLock;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Bodies read at once: each may be some megabytes before its signature is known.
static ROOM: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(4));

/// How long a body may take: a place is not held by whoever sends nothing.
const LONGEST: Duration = Duration::from_secs(30);

pub(crate) async fn take(State(app): State<App>, Path(channel): Path<String>, request: Request) -> Response {
    let Some(post) = app.config.post.clone() else { return refused(StatusCode::NOT_FOUND, "there is no such channel") };
    let (timestamp, signature) = (header(request.headers(), "x-qinglian-timestamp"), header(request.headers(), "x-qinglian-signature"));
    // What is not signed at all is not read.
    if timestamp.is_none() || signature.is_none() {
        return refused(StatusCode::UNAUTHORIZED, "the timestamp or the signature is missing");
    }
    if !post.in_time(timestamp.as_deref()) {
        return refused(
            StatusCode::UNAUTHORIZED,
            "the timestamp is no number of seconds since 1970, or more than five minutes from this server's time",
        );
    }
    let Ok(_place) = ROOM.try_acquire() else { return refused(StatusCode::SERVICE_UNAVAILABLE, "busy: try again in a moment") };
    let body = match tokio::time::timeout(LONGEST, to_bytes(request.into_body(), post.most_bytes())).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => return refused(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large, or did not arrive whole"),
        Err(_) => return refused(StatusCode::REQUEST_TIMEOUT, "the body did not arrive in time"),
    };
    match post.hook(Posted { channel, timestamp, signature, body }).await {
        Ok(Taken { again, left_out }) => {
            let reply = app.words.say(Lang::Zh, "hook-reply");
            Json(json!({ "accepted": true, "again": again, "left_out": left_out, "reply": reply })).into_response()
        }
        Err(HookRefused::Unknown) => refused(StatusCode::NOT_FOUND, "there is no such channel"),
        Err(HookRefused::Forged(why)) => refused(StatusCode::UNAUTHORIZED, &why),
        Err(HookRefused::Unreadable(why)) => refused(StatusCode::UNPROCESSABLE_ENTITY, &why),
        Err(HookRefused::Later) => refused(StatusCode::SERVICE_UNAVAILABLE, "nothing was stored: try again later"),
    }
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

fn refused(status: StatusCode, why: &str) -> Response {
    (status, Json(json!({ "accepted": false, "why": why }))).into_response()
}
