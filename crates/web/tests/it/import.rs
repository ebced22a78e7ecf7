//! Importing tables.

use crate::browser::{Browser, Page};
use axum::http::StatusCode;

/// Goes through an import of gifts up to the dry run; `look` sees every page.
pub async fn walk(browser: &mut Browser, lang: &str, look: impl Fn(&Page)) {
    let page = browser.get(&format!("/r/gift/import?lang={lang}")).await.expect(StatusCode::OK);
    let csv = "编号,地点\nLP-1,走廊\n".as_bytes();
    let map = browser.upload(page.form("/r/gift/import"), &[("table", "礼品.csv", csv)]).await.expect(StatusCode::OK);
    look(&map);
    look(&browser.submit(map.form("/r/gift/import/check")).await.expect(StatusCode::OK));
}
