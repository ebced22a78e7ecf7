//! Forms of the public, with attachments, sent to the real pages over a real store: whatever comes, a page answers, and never "broken".
#![no_main]

use axum::body::Body;
use axum::http::{Request, header};
use catalogue::{Catalogue, Text};
use libfuzzer_sys::fuzz_target;
use std::sync::{Arc, LazyLock};
use store::Store;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tower::ServiceExt;
use web::{App, Config, Flood};

struct House {
    runtime: Runtime,
    router: axum::Router,
    _folder: TempDir,
}

static HOUSE: LazyLock<House> = LazyLock::new(|| {
    let folder = TempDir::new().expect("a temporary folder");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let config = store::Config::new(folder.path().join("data"), Arc::new(Catalogue::embedded()), "h1");
    let store = runtime.block_on(Store::open(config)).expect("a store");
    // Nobody solves puzzles here.
    let flood = Flood { each: u32::MAX, all: u32::MAX, proxies: Vec::new() };
    let app = App::new(store, None, Config { flood, ..Config::new(Text::new("医院", "Hospital")) }).expect("the pages");
    House { runtime, router: web::router(app), _folder: folder }
});

const BOUNDARY: &str = "----x";

fuzz_target!(|body: &[u8]| {
    let Some((kind, body)) = body.split_first() else { return };
    let path = if kind & 1 == 0 { "/report" } else { "/receipt" };
    let sort = match kind & 2 {
        0 => format!("multipart/form-data; boundary={BOUNDARY}"),
        _ => "application/x-www-form-urlencoded".to_owned(),
    };
    let request = Request::post(path).header(header::CONTENT_TYPE, sort).body(Body::from(body.to_vec())).expect("a request");
    let house = &*HOUSE;
    let answer = house.runtime.block_on(house.router.clone().oneshot(request)).expect("the router always answers");
    assert_ne!(answer.status().as_u16(), 500, "a page broke");
});
