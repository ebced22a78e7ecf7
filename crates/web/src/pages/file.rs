//! Files of entries: handed out to whoever sees the field they stand in; sealed ones only to whoever holds a key.

use crate::address::encode;
use crate::draw::cells::OPENED_FILE;
use crate::failure::{Answer, Failure};
use crate::pages::hand;
use crate::session;
use crate::sniff;
use crate::staff::Staff;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use catalogue::{Field, Sensitivity};
use engine::{FileRef, rights};
use futures::StreamExt as _;
use std::io::Read;
use store::Found;
use vault::Purpose;

type Address = Path<(String, String, String, String)>;

/// `GET /r/{register}/{number}/file/{field}/{hash}`; a sealed file wants the `key` that an opened page gave its link.
pub(crate) async fn show(staff: Staff, Path((register, number, field, hash)): Address) -> Answer {
    let found = staff.entry(&register, &number).await?;
    let field = found.register.fields.get(field.as_str()).ok_or(Failure::NotFound)?;
    match field.sensitivity {
        Sensitivity::Sealed => sealed(&staff, &found, field, &hash).await,
        _ if rights::sees(&staff.viewer, &found.register, &found.entry, field) => plain(&staff, &found, field, &hash).await,
        _ => Err(Failure::NotFound),
    }
}

async fn plain(staff: &Staff, found: &Found, field: &Field, hash: &str) -> Answer {
    let file = found
        .entry
        .values
        .get(&field.name)
        .and_then(|value| value.files().iter().find(|file| file.hash == hash))
        .ok_or(Failure::NotFound)?;
    if field.sensitivity == Sensitivity::Confidential {
        staff.app.store.saw(&staff.viewer, &found.entry, std::slice::from_ref(&field.name), "file");
    }
    let path = staff.app.store.file_path(&file.hash)?;
    let mut start = vec![0; sniff::NEEDED];
    let mut from = std::fs::File::open(&path).map_err(Failure::broken)?;
    let count = from.read(&mut start).map_err(Failure::broken)?;
    let open = tokio::fs::File::open(&path).await.map_err(Failure::broken)?;
    Ok(answer(file, &start[..count], Body::from_stream(chunks(open))))
}

/// Opened in memory with the keys of this session; the look is recorded.
async fn sealed(staff: &Staff, found: &Found, field: &Field, hash: &str) -> Answer {
    let key = staff.query.get("key").unwrap_or_default();
    if !staff.signer.verify(OPENED_FILE, hash.as_bytes(), key) {
        return Err(Failure::NotFound);
    }
    if staff.query.get("clean").is_some() {
        return clean(staff, found, field, hash).await;
    }
    let (file, bytes) = session::open_file(staff, &found.entry, &field.name, hash, Purpose::Page).await?;
    let start = bytes.get(..sniff::NEEDED.min(bytes.len())).unwrap_or_default().to_vec();
    Ok(answer(&file, &start, Body::from(bytes)))
}

/// `GET /r/{register}/{number}/letter/{hash}`: a file that came with a message.
pub(crate) async fn enclosed(staff: Staff, Path((register, number, hash)): Path<(String, String, String)>) -> Answer {
    let found = staff.entry(&register, &number).await?;
    if !staff.signer.verify(OPENED_FILE, hash.as_bytes(), staff.query.get("key").unwrap_or_default()) {
        return Err(Failure::NotFound);
    }
    let (file, bytes) = session::open_enclosure(&staff, &found.entry, &hash, Purpose::Page).await?;
    let start = bytes.get(..sniff::NEEDED.min(bytes.len())).unwrap_or_default().to_vec();
    Ok(answer(&file, &start, Body::from(bytes)))
}

/// The copy without what the original carries beside its content; made and sealed when it is first wanted.
///
/// Errors: none can be made, with what to do instead.
async fn clean(staff: &Staff, found: &Found, field: &Field, hash: &str) -> Answer {
    let open = hand::open(staff, &found.entry, Purpose::Page).await?;
    let files = open.values.for_viewer_with_key().get(&field.name).map(|value| value.files().to_vec()).unwrap_or_default();
    let file = files.into_iter().find(|file| file.hash == hash).ok_or(Failure::NotFound)?;
    let copy = staff.app.store.clean_copy(&open, &staff.viewer, &file).await?.map_err(|unclean| Failure::Unreadable(unclean.text()))?;
    let store = staff.app.store.clone();
    let wanted = copy.clone();
    let work = move || {
        let mut bytes = Vec::new();
        store.open_file(&open, &wanted, &mut bytes).map(|_| bytes)
    };
    let bytes = tokio::task::spawn_blocking(work).await.map_err(Failure::broken)??;
    let start = bytes.get(..sniff::NEEDED.min(bytes.len())).unwrap_or_default().to_vec();
    Ok(answer(&copy, &start, Body::from(bytes)))
}

/// A file's content a piece at a time. Fused, because the layer that compresses asks once more after the end.
fn chunks(file: tokio::fs::File) -> impl futures::Stream<Item = std::io::Result<bytes::Bytes>> {
    futures::stream::unfold(file, |mut file| async move {
        let mut piece = bytes::BytesMut::with_capacity(64 * 1024);
        match tokio::io::AsyncReadExt::read_buf(&mut file, &mut piece).await {
            Ok(0) => None,
            Ok(_) => Some((Ok(piece.freeze()), file)),
            Err(error) => Some((Err(error), file)),
        }
    })
    .fuse()
}

/// Pictures and PDF are shown, in a sandbox of their own; everything else is saved under its name.
fn answer(file: &FileRef, start: &[u8], body: Body) -> Response {
    let kind = sniff::by_content(start);
    let how = if kind.is_some_and(|kind| kind.shown) { "inline" } else { "attachment" };
    let disposition = format!("{how}; filename*=UTF-8''{}", encode(&file.name));
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind.map_or("application/octet-stream", |kind| kind.content_type)));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; sandbox"),
    );
    if let Ok(disposition) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}
