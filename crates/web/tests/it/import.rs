//! Importing tables: columns matched, a dry run with every fault, a commit that happens once, and taking it back.

use crate::browser::{Browser, Page};
use crate::house::{House, first_item};
use axum::http::StatusCode;
use office::read::{Book, Limits, Pick};
use std::io::Cursor;

/// Goes through an import of gifts up to the dry run; `look` sees every page.
pub async fn walk(browser: &mut Browser, lang: &str, look: impl Fn(&Page)) {
    let page = browser.get(&format!("/r/gift/import?lang={lang}")).await.expect(StatusCode::OK);
    let csv = "编号,地点\nLP-1,走廊\n".as_bytes();
    let map = browser.upload(page.form("/r/gift/import"), &[("table", "礼品.csv", csv)]).await.expect(StatusCode::OK);
    look(&map);
    look(&browser.submit(map.form("/r/gift/import/check")).await.expect(StatusCode::OK));
}

/// Two good rows and two with faults.
fn suppliers() -> String {
    let kind = crate::house::CATALOGUE.lists["supplier_kind"].items[first_item("supplier_kind").as_str()].label.zh.clone();
    format!(
        "统一社会信用代码,企业名称,企业类型,供应范围,备注栏\n\
         000000000000000001,甲公司,{kind},耗材,x\n\
         000000000000000002,乙公司,{kind},,\n\
         123,短代码公司,{kind},,\n\
         000000000000000004,,没有的类型,,\n"
    )
}

async fn mapped(browser: &mut Browser, name: &str, bytes: &[u8]) -> Page {
    let page = browser.get("/r/supplier/import").await.expect(StatusCode::OK);
    browser.upload(page.form("/r/supplier/import"), &[("table", name, bytes)]).await
}

#[tokio::test]
async fn a_table_is_matched_tried_out_committed_listed_and_taken_back() {
    let house = House::new().await;
    let mut wu = Browser::signed_in(&house, "wu").await;
    let map = mapped(&mut wu, "企业.csv", suppliers().as_bytes()).await.expect(StatusCode::OK);
    let form = map.form("/r/supplier/import/check");
    assert_eq!(
        (form.get("map.code"), form.get("map.name"), form.get("map.supplies"), form.get("map.credit")),
        (Some("0"), Some("1"), Some("3"), Some("")),
        "{form:?}"
    );
    let tried = wu.submit(form).await.expect(StatusCode::OK);
    assert!(tried.has("共 4 行：2 行可以导入，2 行有问题"), "{}", tried.words());
    assert!(tried.has("A4") && !tried.has("短代码公司") && tried.has("123") && tried.has("没有 没有的类型 这一项"), "{}", tried.words());
    assert!(tried.has("B5") && tried.has("请填写企业名称"));
    assert!(wu.get("/r/supplier").await.has("0 件"), "a dry run writes nothing");

    let failed = wu.submit(tried.form("/r/supplier/import/failed")).await.expect(StatusCode::OK);
    let mut book = Book::open(Cursor::new(failed.bytes), Limits::default()).expect("a workbook");
    let table = book.table(&Pick::default()).expect("a table");
    assert_eq!(table.head.last().map(String::as_str), Some("原因"));
    let rows: Vec<_> = table.rows.map(|row| row.expect("a row").cells).collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0][0], "123", "as it came");
    assert!(rows[1].last().expect("a reason").contains("没有的类型"));

    let commit = tried.form("/r/supplier/import/commit");
    let list = wu.submit(commit.clone()).await.expect(StatusCode::OK);
    assert!(list.has("已导入 2 件，2 行没有导入") && list.has("甲公司") && list.has("乙公司"), "{}", list.words());
    assert!(list.has("只显示一次导入的 2 件（企业.csv") && list.path.contains("batch="));
    assert!(list.has("000000000000000001"), "leading zeros stay");
    wu.submit(commit).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wu.get("/r/supplier").await.has("2 件"), "a second press imports nothing twice");

    let entry = list.links().into_iter().find(|link| link.starts_with("/r/supplier/QY-")).expect("an entry");
    let page = wu.get(&entry).await;
    assert!(page.has("吴九（导入）"), "{}", page.words());
    let revert = list.forms().into_iter().find(|form| form.action.ends_with("/revert")).expect("it can be taken back");
    let edit = format!("{entry}/edit");
    let form = wu.get(&edit).await.form(&edit).with("supplies", "设备");
    wu.submit(form).await.expect(StatusCode::OK);
    let after = wu.submit(revert).await.expect(StatusCode::OK);
    assert!(after.has("已撤回 1 件，1 件已有后续办理"), "{}", after.words());
    assert!(after.has("退出"));
}

#[tokio::test]
async fn what_was_exported_can_be_imported_elsewhere() {
    let here = House::new().await;
    let mut wu = Browser::signed_in(&here, "wu").await;
    let map = mapped(&mut wu, "企业.csv", suppliers().as_bytes()).await;
    let tried = wu.submit(map.form("/r/supplier/import/check")).await;
    wu.submit(tried.form("/r/supplier/import/commit")).await.expect(StatusCode::OK);
    let file = wu.get("/r/supplier/export.xlsx?col=code&col=name&col=kind&col=supplies").await.expect(StatusCode::OK);

    let there = House::new().await;
    let mut wu = Browser::signed_in(&there, "wu").await;
    let map = mapped(&mut wu, "企业.xlsx", &file.bytes).await.expect(StatusCode::OK);
    let form = map.form("/r/supplier/import/check");
    assert_eq!(form.get("map.number"), Some("0"), "its own numbers come along: {form:?}");
    let tried = wu.submit(form).await;
    assert!(tried.has("2 行可以导入，0 行有问题"), "{}", tried.words());
    let list = wu.submit(tried.form("/r/supplier/import/commit")).await.expect(StatusCode::OK);
    assert!(list.has("甲公司") && list.has("QY-0001"), "{}", list.words());
    let again = wu.get("/r/supplier/export.csv?col=code&col=name&col=kind&col=supplies").await.text();
    assert!(again.contains("QY-0001,000000000000000001,甲公司,"), "{again}");
}

#[tokio::test]
async fn tables_of_all_encodings_are_read_and_the_unreadable_is_named() {
    let house = House::new().await;
    let mut wu = Browser::signed_in(&house, "wu").await;
    let table = suppliers();
    let (gb, _, _) = encoding_rs::GB18030.encode(&table);
    let map = mapped(&mut wu, "gb.csv", &gb).await.expect(StatusCode::OK);
    assert!(map.has("统一社会信用代码"), "{}", map.words());
    for (name, bytes, why) in
        [("a.pdf", &b"%PDF-1.7"[..], "不是表格"), ("half.xlsx", b"PK\x03\x04 and no more", "不完整"), ("empty.csv", b"\n\n", "")]
    {
        let page = mapped(&mut wu, name, bytes).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.has("这个文件读不了") && page.has(why), "{name}: {}", page.words());
    }
    let page = wu.get("/r/supplier/import").await;
    let none = wu.upload(page.form("/r/supplier/import"), &[]).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.has("请选择一个文件"));
}

#[tokio::test]
async fn a_number_that_is_taken_and_one_twice_in_the_table_are_refused() {
    let house = House::new().await;
    let mut wu = Browser::signed_in(&house, "wu").await;
    let kind = crate::house::CATALOGUE.lists["supplier_kind"].items[first_item("supplier_kind").as_str()].label.zh.clone();
    let table =
        format!("编号,统一社会信用代码,企业名称,企业类型\nQY-0077,000000000000000001,甲,{kind}\nQY-0077,000000000000000002,乙,{kind}\n");
    let map = mapped(&mut wu, "t.csv", table.as_bytes()).await;
    let tried = wu.submit(map.form("/r/supplier/import/check")).await;
    assert!(tried.has("1 行可以导入，1 行有问题") && tried.has("表中编号重复") && tried.has("A3"), "{}", tried.words());
    wu.submit(tried.form("/r/supplier/import/commit")).await.expect(StatusCode::OK);
    let again = mapped(&mut wu, "t.csv", table.lines().take(2).collect::<Vec<_>>().join("\n").as_bytes()).await;
    let tried = wu.submit(again.form("/r/supplier/import/check")).await;
    let list = wu.submit(tried.form("/r/supplier/import/commit")).await;
    assert!(list.has("已导入 0 件，1 行没有导入"), "{}", list.words());
}

#[tokio::test]
async fn the_template_has_every_column_and_says_what_goes_in_it() {
    let house = House::new().await;
    let mut wu = Browser::signed_in(&house, "wu").await;
    let file = wu.get("/r/supplier/import/template").await.expect(StatusCode::OK);
    let mut book = Book::open(Cursor::new(file.bytes), Limits::default()).expect("a workbook");
    assert_eq!(book.sheets().len(), 2, "the table and its explanation");
    let table = book.table(&Pick::default()).expect("a table");
    assert!(table.head.contains(&"统一社会信用代码".to_owned()) && table.head.contains(&"信用等级".to_owned()));
    assert!(!table.head.iter().any(|name| name.contains("扫描件")), "files cannot come from a table");
}

#[tokio::test]
async fn an_upload_of_another_person_or_register_is_not_there() {
    let house = House::new().await;
    let mut wu = Browser::signed_in(&house, "wu").await;
    let map = mapped(&mut wu, "企业.csv", suppliers().as_bytes()).await;
    let stage = map.form("/r/supplier/import/check").get("stage").expect("a key").to_owned();
    let mut li = Browser::signed_in(&house, "li").await;
    let form = li.get("/r/gift/import").await.form("/r/gift/import");
    let mut stolen = form.with("stage", &stage).with("map.place", "1");
    stolen.action = "/r/gift/import/check".into();
    stolen.multipart = false;
    let page = li.submit(stolen).await.expect(StatusCode::GONE);
    assert!(page.has("已过期"), "{}", page.words());
    house.pass_hours(2);
    let mut wu = Browser::signed_in(&house, "wu").await;
    let mut late = wu.get("/r/supplier/import").await.form("/r/supplier/import").with("stage", &stage);
    late.action = "/r/supplier/import/check".into();
    late.multipart = false;
    wu.submit(late).await.expect(StatusCode::GONE);
}
