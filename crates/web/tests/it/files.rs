//! Files: streamed, looked into, kept over a failed try, handed out by right.

use crate::browser::Browser;
use crate::forms::gift_form;
use crate::house::House;
use axum::http::StatusCode;

pub const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\0 and so on";

#[tokio::test]
async fn a_file_comes_back_as_it_was_and_only_to_those_who_see_its_field() {
    let house = House::new().await;
    let mut zhang = Browser::signed_in(&house, "zhang").await;
    let page = zhang.get("/r/gift/new").await;
    let sent = zhang.upload(gift_form(&page), &[("photos", "清点 1.jpg", JPEG)]).await;
    let path = sent.location().expect("stored").split('?').next().expect("a path").to_owned();
    let entry = zhang.get(&path).await.expect(StatusCode::OK);
    let link = entry.links().into_iter().find(|link| link.contains("/file/photos/")).expect("a link to the file");
    let file = zhang.get(&link).await.expect(StatusCode::OK);
    assert_eq!(file.bytes, JPEG);
    assert_eq!(file.headers["content-type"], "image/jpeg");
    assert!(file.headers["content-security-policy"].to_str().expect("plain").contains("sandbox"));
    assert!(
        file.headers["content-disposition"].to_str().expect("plain").starts_with("inline; filename*=UTF-8''%E6%B8%85%E7%82%B9%201.jpg")
    );
    let mut wang = Browser::signed_in(&house, "wang").await;
    wang.get(&path).await.expect(StatusCode::OK);
    wang.get(&link).await.expect(StatusCode::NOT_FOUND);
    let wrong = link.rsplit_once('/').map(|(start, _)| format!("{start}/{}", "0".repeat(64))).expect("a path");
    zhang.get(&wrong).await.expect(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_file_is_kept_when_the_form_comes_back_and_goes_when_unticked() {
    let house = House::new().await;
    let mut zhang = Browser::signed_in(&house, "zhang").await;
    let page = zhang.get("/r/gift/new").await;
    let back = zhang
        .upload(gift_form(&page).with("place", ""), &[("photos", "a.jpg", JPEG), ("photos", "b.jpg", b"\xff\xd8\xff\xe0 another")])
        .await
        .expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(back.has("a.jpg") && back.has("b.jpg"), "{}", back.words());
    let kept = back.form("/r/gift/new").with("place", "门诊");
    let first = kept.get("photos.keep").expect("the file is kept").to_owned();
    let only = kept.with("photos.keep", &first);
    let sent = zhang.upload(only, &[]).await;
    let entry = zhang.get(&sent.location().expect("stored")).await;
    assert!(entry.has("a.jpg") && !entry.has("b.jpg"), "{}", entry.words());
    assert_eq!(zhang.get(&entry.links().into_iter().find(|link| link.contains("/file/")).expect("a file")).await.bytes, JPEG);
}

#[tokio::test]
async fn what_is_no_picture_is_named_and_nothing_is_stored() {
    let house = House::new().await;
    let mut zhang = Browser::signed_in(&house, "zhang").await;
    let page = zhang.get("/r/gift/new").await;
    for (name, content) in
        [("photo.jpg", &b"<script>alert(1)</script>"[..]), ("run.exe", b"MZ\x90\0"), ("page.html", b"<html>"), ("empty.jpg", b"")]
    {
        let back = zhang.upload(gift_form(&page), &[("photos", name, content)]).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
        assert!(back.has(name), "{name}: {}", back.words());
    }
    assert!(zhang.get("/r/gift").await.has("0 件"));
}

#[tokio::test]
async fn a_file_over_the_limit_is_refused_before_it_is_stored() {
    let house = House::new().await;
    let mut zhang = Browser::signed_in(&house, "zhang").await;
    let page = zhang.get("/r/gift/new").await;
    let mut large = JPEG.to_vec();
    large.resize(11 << 20, 0);
    let back = zhang.upload(gift_form(&page), &[("photos", "big.jpg", &large)]).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(back.has("big.jpg 超过 10 MB"), "{}", back.words());
    let files = house.folder.path().join("data/files");
    let stored = walk(&files);
    assert!(stored.is_empty(), "nothing is left: {stored:?}");
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries
        .flat_map(|entry| {
            let path = entry.expect("an entry").path();
            if path.is_dir() { walk(&path) } else { vec![path] }
        })
        .collect()
}
