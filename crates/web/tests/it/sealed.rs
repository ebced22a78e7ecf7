//! What is sealed: opened by a deliberate act of one entitled, recorded, and readable nowhere on the disk.

use crate::browser::{Browser, Form, Page};
use crate::house::House;
use axum::http::StatusCode;
use std::path::Path;

const SECRET: &str = "窗口外另付现金八百元的经过";
const PHOTO: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF planted-picture-bytes";

fn filled(page: &Page) -> Form {
    page.form("/r/report/new")
        .with("route", "department")
        .with("identity", "anonymous")
        .with("when_text", "上个月")
        .with("where_text", "三号楼")
        .with("unit_text", "某科室")
        .with("persons", "某人")
        .with("matter", SECRET)
        .with("channel", "email")
}

/// Where the page that hands the code over leads to.
#[track_caller]
pub fn entry_of(sent: &Page) -> String {
    let is_entry = |link: &String| link.starts_with("/r/report/") && !link.contains("/new");
    sent.links().into_iter().find(is_entry).unwrap_or_else(|| panic!("{}", sent.words()))
}

pub async fn report(browser: &mut Browser) -> Page {
    let page = browser.get("/r/report/new").await.expect(StatusCode::OK);
    let sent = browser.upload(filled(&page), &[("evidence", "证据照片.jpg", PHOTO)]).await;
    browser.get(&entry_of(&sent)).await.expect(StatusCode::OK)
}

#[tokio::test]
async fn sealed_fields_stay_shut_until_they_are_opened_and_the_look_is_recorded() {
    let house = House::new().await;
    let mut li = Browser::signed_in(&house, "li").await;
    let entry = report(&mut li).await;
    assert!(!entry.has(SECRET) && entry.has("〔密〕已密封") && entry.has("打开会被记录"), "{}", entry.words());
    let path = entry.path.split('?').next().expect("a path").to_owned();
    let mut chen = Browser::signed_in(&house, "chen").await;
    let shut = chen.get(&path).await.expect(StatusCode::OK);
    assert!(!shut.has(SECRET));
    let open = chen.submit(shut.form(&format!("{path}/open"))).await.expect(StatusCode::OK);
    assert!(open.has(SECRET) && open.has("密封内容已打开，只在这一页显示"), "{}", open.words());
    assert_eq!(open.headers["cache-control"], "no-store");
    assert!(!chen.get(&path).await.has(SECRET), "the page itself stays shut");
    let looks = house.store.audit("reads:h1", 0, 10).await.expect("the chain of reads");
    assert_eq!(looks.len(), 1, "{looks:?}");
    let link = open.links().into_iter().find(|link| link.contains("/file/evidence/")).expect("the file is offered");
    let file = chen.get(&link).await.expect(StatusCode::OK);
    assert_eq!(file.bytes, PHOTO);
    let bare = link.split('?').next().expect("a path").to_owned();
    chen.get(&bare).await.expect(StatusCode::NOT_FOUND);
    li.get(&link).await.expect(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_paper_of_an_opened_entry_has_its_content_and_the_look_is_recorded() {
    let house = House::new().await;
    let mut li = Browser::signed_in(&house, "li").await;
    let form = li.get("/r/clue/new").await.expect(StatusCode::OK).form("/r/clue/new");
    let form = form
        .with("source", &crate::house::first_item("clue_source"))
        .with("origin_no", "甲〔2026〕1号")
        .with("subject", "某甲")
        .with("post", "某职")
        .with("parties", "unclear")
        .with("parties_why", "来信未写明")
        .with("summary", SECRET);
    let path = li.submit_once(form).await.location().expect("stored").split('?').next().expect("a path").to_owned();
    let print = format!("{path}/print");
    let shut = li.get(&print).await.expect(StatusCode::OK);
    assert!(!shut.has(SECRET) && shut.has("〔密〕"), "the plain paper stays shut: {}", shut.words());
    let mut chen = Browser::signed_in(&house, "chen").await;
    let page = chen.get(&path).await;
    assert!(!page.forms().iter().any(|form| form.action == print), "only what stands open is printed open");
    let open = chen.submit(page.form(&format!("{path}/open"))).await.expect(StatusCode::OK);
    let paper = chen.submit(open.form(&print)).await.expect(StatusCode::OK);
    assert!(paper.has(SECRET), "{}", paper.words());
    assert_eq!(paper.headers["cache-control"], "no-store");
    let looks = house.store.audit("reads:h1", 0, 10).await.expect("the chain of reads");
    assert_eq!(looks.len(), 2, "opening and printing: {looks:?}");
    let told = chen.get(&format!("{path}?only=looks")).await;
    assert!(told.has("打印时看过"), "{}", told.words());
}

#[tokio::test]
async fn a_session_without_keys_is_told_so() {
    let house = House::new().await;
    let mut li = Browser::signed_in(&house, "li").await;
    let path = report(&mut li).await.path.split('?').next().expect("a path").to_owned();
    // The server was started anew: the session lives in the store, its keys are gone.
    let app = web::App::new(house.store.clone(), None, web::Config::new(catalogue::Text::new("示例", "Example"))).expect("it starts");
    let anew = House { router: web::router(app.clone()), app, ..house };
    let mut again = Browser::new(&anew);
    again.cookies = li.cookies.clone();
    let page = again.get(&path).await.expect(StatusCode::OK);
    assert!(page.has("没有解开密钥，请重新登录"), "{}", page.words());
    assert!(page.forms().iter().all(|form| !form.action.ends_with("/open")));
}

#[tokio::test]
async fn nothing_of_it_is_readable_on_the_disk() {
    let house = House::new().await;
    let mut li = Browser::signed_in(&house, "li").await;
    report(&mut li).await;
    // A form that is never finished leaves an attachment behind: sealed as well.
    let page = li.get("/r/report/new").await;
    li.upload(filled(&page).with("route", ""), &[("evidence", "未提交.jpg", PHOTO)]).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    for planted in [SECRET.as_bytes(), b"planted-picture-bytes", "证据照片".as_bytes(), "未提交".as_bytes()] {
        let found = holding(house.folder.path(), planted);
        assert!(found.is_empty(), "{:?} is readable in {found:?}", String::from_utf8_lossy(planted));
    }
    assert!(!holding(house.folder.path(), "外科".as_bytes()).is_empty(), "the search itself works");
}

/// Files in the house's folder of files.
pub fn stored(house: &House) -> usize {
    fn count(folder: &Path, within: bool) -> usize {
        let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
        entries
            .map(|path| match path.is_dir() {
                true => count(&path, within || path.ends_with("files")),
                false => usize::from(within),
            })
            .sum()
    }
    count(house.folder.path(), false)
}

pub fn holding(folder: &Path, what: &[u8]) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(holding(&path, what));
        } else if std::fs::read(&path).expect("a file").windows(what.len()).any(|window| window == what) {
            found.push(path);
        }
    }
    found
}

#[tokio::test]
async fn search_and_lists_know_nothing_of_it() {
    let house = House::new().await;
    let mut li = Browser::signed_in(&house, "li").await;
    report(&mut li).await;
    assert!(li.get("/search?q=另付现金").await.has("没有找到"));
    let list = li.get("/r/report?col=matter&sort=matter").await.expect(StatusCode::OK);
    assert!(!list.has(SECRET) && !list.text().contains("name=\"col\" value=\"matter\""));
    assert!(!li.get("/r/report/export.csv").await.text().contains(SECRET));
}

#[tokio::test]
async fn a_sealed_field_is_corrected_without_being_seen() {
    let house = House::new().await;
    let mut li = Browser::signed_in(&house, "li").await;
    let path = report(&mut li).await.path.split('?').next().expect("a path").to_owned();
    let edit = format!("{path}/edit");
    let form = li.get(&edit).await.expect(StatusCode::OK).form(&edit);
    assert_eq!(form.get("matter"), Some(""), "what is sealed is not on the form");
    let entry = li.submit(form.with("persons", "另一个人")).await.expect(StatusCode::OK);
    let open = li.submit(entry.form(&format!("{path}/open"))).await.expect(StatusCode::OK);
    assert!(open.has("另一个人") && open.has(SECRET), "what was left empty stays: {}", open.words());
}

#[tokio::test]
async fn a_note_beside_sealed_content_is_sealed_too() {
    let house = House::new().await;
    let mut li = Browser::signed_in(&house, "li").await;
    let path = report(&mut li).await.path.split('?').next().expect("a path").to_owned();
    let note = format!("{path}/note");
    let form = li.get(&note).await.form(&note);
    let entry = li.submit(form.with("_note", "已电话核实其人")).await.expect(StatusCode::OK);
    assert!(!entry.has("已电话核实其人") && entry.has("备注"));
    let open = li.submit(entry.form(&format!("{path}/open"))).await.expect(StatusCode::OK);
    assert!(open.has("已电话核实其人"), "{}", open.words());
    assert!(holding(house.folder.path(), "已电话核实其人".as_bytes()).is_empty());
}
