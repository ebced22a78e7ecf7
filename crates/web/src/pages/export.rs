//! Lists as files: the filters of the list, the columns chosen there or laid out for export, typed cells, no formula. A long list becomes a job.

mod job;
mod json;
pub(crate) mod write;

pub(crate) use job::{Results, cancel, download, run_one, status};

use super::list::ask::Ask;
use crate::address::{Pairs, encode};
use crate::failure::{Answer, Failure};
use crate::staff::{Staff, see};
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use catalogue::register::Verb;
use serde::{Deserialize, Serialize};
use write::{Asked, Shape};

/// Rows written while the browser waits; more become a job.
const AT_ONCE: u64 = 5_000;

/// A list to be written, as a job keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Order {
    register: String,
    /// The list's address.
    query: String,
    xlsx: bool,
    lang: catalogue::Lang,
}

impl Order {
    fn shape(&self) -> Shape {
        if self.xlsx { Shape::Xlsx } else { Shape::Csv }
    }

    fn file_name(&self, title: &str, day: jiff::civil::Date) -> String {
        format!("{title}-{day}.{}", if self.xlsx { "xlsx" } else { "csv" })
    }
}

pub(crate) async fn xlsx(staff: Staff, path: Path<String>) -> Answer {
    export(staff, path, true).await
}

pub(crate) async fn csv(staff: Staff, path: Path<String>) -> Answer {
    export(staff, path, false).await
}

/// `GET /r/{register}/export.xlsx?…`
async fn export(staff: Staff, Path(name): Path<String>, xlsx: bool) -> Answer {
    let register = staff.register(&name)?;
    staff.need(&register, Verb::Export)?;
    let pairs = staff.query.without(&["page", "open", "done", "batch"]);
    let ask = Ask::new(staff.draw(&register), pairs.clone(), None);
    let counts = staff.app.store.counts(&ask.query(Verb::Export), &staff.viewer).await?;
    let total = ask.tab().map_or(counts.total, |tab| counts.tabs.get(tab).copied().unwrap_or(0));
    let order = Order { register: name, query: pairs.query(), xlsx, lang: staff.lang };
    if total > AT_ONCE {
        let payload = serde_json::to_string(&order).map_err(Failure::broken)?;
        let id = staff.app.store.queue_job(job::KIND, &payload, Some(staff.viewer.person), 3).await?;
        return Ok(see(&format!("/jobs/{id}")));
    }
    let asked = Asked { ask: &ask, columns: ask.exported(), shape: order.shape(), by: &staff.name, keys: None };
    let bytes = write::write(asked, |_, _| async { Ok(true) }).await?;
    let name = order.file_name(&ask.draw.title(), staff.today());
    Ok(file(bytes, &name, xlsx))
}

/// A file to be saved.
pub(crate) fn file(bytes: Vec<u8>, name: &str, xlsx: bool) -> Response {
    let kind = if xlsx { "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" } else { "text/csv; charset=utf-8" };
    saved(bytes, name, kind)
}

pub(crate) fn saved(bytes: Vec<u8>, name: &str, kind: &'static str) -> Response {
    let mut response = Body::from(bytes).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{}", encode(name))) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}

/// A list's address as pairs.
fn pairs(order: &Order) -> Pairs {
    Pairs::parse(&order.query)
}
