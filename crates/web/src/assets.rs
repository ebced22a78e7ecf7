//! Style sheets, scripts and the icon, embedded and served under names that change with their content.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use include_dir::{Dir, include_dir};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::LazyLock;

static DIST: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../assets/dist");

struct Asset {
    hash: String,
    bytes: &'static [u8],
    kind: &'static str,
}

static ASSETS: LazyLock<BTreeMap<&'static str, Asset>> = LazyLock::new(|| {
    let file = |file: &'static include_dir::File<'static>| {
        let name = file.path().file_name()?.to_str()?;
        let kind = match name.rsplit('.').next()? {
            "css" => "text/css; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "svg" => "image/svg+xml",
            _ => return None,
        };
        let hash = hex::encode(&Sha256::digest(file.contents())[..8]);
        Some((name, Asset { hash, bytes: file.contents(), kind }))
    };
    DIST.files().filter_map(file).collect()
});

/// The address of an asset, such as `/assets/3f9a71c0d2b4e688/app.css`. `None`: there is no such file.
pub(crate) fn address(name: &str) -> Option<String> {
    ASSETS.get(name).map(|asset| format!("/assets/{}/{name}", asset.hash))
}

/// `GET /assets/{hash}/{name}`: for ever the same, because another content has another address.
pub(crate) async fn serve(Path((hash, name)): Path<(String, String)>) -> Response {
    match ASSETS.get(name.as_str()).filter(|asset| asset.hash == hash) {
        Some(asset) => {
            let headers = [(header::CONTENT_TYPE, asset.kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
            (headers, asset.bytes).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
