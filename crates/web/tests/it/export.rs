//! Exporting lists: the filters and columns of the list, typed cells, nothing secret, long ones as a job.

use crate::browser::Browser;
use crate::house::{House, first_item};
use axum::http::StatusCode;
use office::read::{Book, Limits, Pick};
use std::io::Cursor;
use std::time::Duration;

fn order(xlsx: bool) -> String {
    serde_json::json!({ "register": "gift", "query": "tab=pending", "xlsx": xlsx, "lang": "zh-CN" }).to_string()
}

/// The page of a queued export.
pub async fn job(house: &House, _browser: &mut Browser) -> String {
    let id = house.store.queue_job("export", &order(true), Some(house.person("li")), 3).await.expect("a job is queued");
    format!("/jobs/{id}")
}

#[tokio::test]
async fn an_export_has_the_filters_and_columns_of_the_list() {
    let house = House::new().await;
    let mine = house.gift("赠送人甲").await.number;
    let other = house.gift_by("zhao", "乙").await.number;
    let mut li = Browser::signed_in(&house, "li").await;
    let page = li.get(&format!("/r/gift?unit={}&col=value&col=place", house.surgery)).await;
    let link = page.links().into_iter().find(|link| link.contains("export.csv")).expect("an export");
    let file = li.get(&link).await.expect(StatusCode::OK);
    let text = file.text();
    assert!(text.starts_with("\u{feff}编号,合计（元）,地点\r\n"), "{text}");
    assert!(text.contains(&format!("{mine},800.00,3 号楼病区走廊")) && !text.contains(&other), "{text}");
    assert!(file.headers["content-disposition"].to_str().expect("plain").contains(".csv"));
    let book = li.get(&link.replace("export.csv", "export.xlsx")).await.expect(StatusCode::OK);
    let mut book = Book::open(Cursor::new(book.bytes), Limits::default()).expect("a workbook");
    let rows: Vec<_> = book.table(&Pick::default()).expect("a table").rows.map(|row| row.expect("a row").cells).collect();
    assert_eq!(rows, [[mine, "800".into(), "3 号楼病区走廊".into()]]);
}

#[tokio::test]
async fn an_export_without_chosen_columns_has_the_layout_of_its_register() {
    let house = House::new().await;
    house.gift("赠送人甲").await;
    let mut li = Browser::signed_in(&house, "li").await;
    let gifts = li.get("/r/gift/export.csv").await.expect(StatusCode::OK).text();
    let head = gifts.lines().next().expect("a head");
    assert!(head.starts_with("\u{feff}编号,收到时间,收到人,科室,行为,地点") && head.ends_with("处置凭证号,奖励"), "{head}");
    assert!(!gifts.contains("赠送人甲"), "the layout leaves out who gave");
    let chosen = li.get("/r/gift/export.csv?col=place").await.text();
    assert!(chosen.starts_with("\u{feff}编号,地点\r\n"), "{chosen}");
    // A register without a layout exports its list.
    let notices = li.get("/r/notice/export.csv").await.expect(StatusCode::OK).text();
    assert!(notices.starts_with("\u{feff}编号,"), "{notices}");
}

#[tokio::test]
async fn a_sealed_column_of_a_layout_stays_shut() {
    let house = House::new().await;
    let mut li = Browser::signed_in(&house, "li").await;
    let form = li.get("/r/clue/new").await.expect(StatusCode::OK).form("/r/clue/new");
    let form = form.with("source", &first_item("clue_source")).with("origin_no", "甲〔2026〕1号");
    let form = form.with("subject", "某甲").with("post", "某职").with("summary", "窗口外另付现金");
    let form = form.with("parties", "unclear").with("parties_why", "来信未写明");
    li.submit(form).await.expect(StatusCode::OK);
    let text = li.get("/r/clue/export.csv").await.expect(StatusCode::OK).text();
    let mut lines = text.lines();
    assert!(lines.next().expect("a head").contains(",姓名,职务,线索摘要,"), "{text}");
    assert!(lines.next().expect("a row").contains(",〔密〕,〔密〕,〔密〕,"), "{text}");
    assert!(!text.contains("窗口外") && !text.contains("某甲"), "{text}");
}

#[tokio::test]
async fn what_begins_like_a_formula_stays_a_text() {
    let house = House::new().await;
    let gift = house.gift("某人").await.number;
    let mut zhang = Browser::signed_in(&house, "zhang").await;
    let edit = format!("/r/gift/{gift}/edit");
    let form = zhang.get(&edit).await.form(&edit).with("place", "=HYPERLINK(\"x\")");
    zhang.submit(form).await.expect(StatusCode::OK);
    let mut li = Browser::signed_in(&house, "li").await;
    let text = li.get("/r/gift/export.csv?col=place").await.text();
    assert!(!text.contains(",=HYPERLINK") && !text.contains(",\"=HYPERLINK"), "{text}");
}

#[tokio::test]
async fn confidential_columns_leave_only_with_those_who_see_them_and_are_recorded() {
    let house = House::new().await;
    house.gift("赠送人甲").await;
    let mut chen = Browser::signed_in(&house, "chen").await;
    assert!(chen.get("/r/gift/export.csv?col=giver").await.text().contains("赠送人甲"));
    house.store.flush_looks().await.expect("looks are written");
    let looks = house.store.audit("reads:h1", 0, 10).await.expect("the chain of reads");
    let mut verbs: Vec<&str> = looks.iter().map(|look| look.verb.as_str()).collect();
    verbs.sort_unstable();
    assert_eq!(verbs, ["export", "read"], "what was read, and that a list left: {looks:?}");
}

#[tokio::test]
async fn finance_takes_out_the_gifts_it_keeps_and_every_export_is_recorded() {
    let house = House::new().await;
    let gift = house.gift("赠送人甲").await.number;
    let mut sun = Browser::signed_in(&house, "sun").await;
    let text = sun.get("/r/gift/export.csv?col=value").await.expect(StatusCode::OK).text();
    assert!(text.contains(&gift), "{text}");
    let lines = house.store.audit("reads:h1", 0, 10).await.expect("the chain of reads");
    let told: Vec<_> = lines.iter().map(|line| (line.verb.as_str(), line.register.as_str(), line.actor.clone())).collect();
    let by = engine::Actor::Person(house.person("sun")).to_string();
    assert_eq!(told, [("export", "gift", by)], "nothing confidential was in it, and still it is recorded");
    let mut shi = Browser::signed_in(&house, "shi").await;
    assert!(shi.get("/log?chain=looks").await.expect(StatusCode::OK).has("导出清单"));
    assert!(house.store.verify(None).await.expect("it is checked").is_sound());
}

#[tokio::test]
async fn a_long_export_becomes_a_job_with_progress_and_a_file() {
    let house = House::new().await;
    let gift = house.gift("某人").await.number;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let served = tokio::spawn(web::serve(house.app.clone(), listener, None, async { drop(ended.await) }));
    let mut li = Browser::signed_in(&house, "li").await;
    let path = job(&house, &mut li).await;
    let page = loop {
        let page = li.get(&path).await.expect(StatusCode::OK);
        if page.has("已完成") {
            break page;
        }
        assert!(page.has("排队中") || page.has("进行中"), "{}", page.words());
        assert!(page.text().contains("http-equiv=\"refresh\""), "it asks again without JavaScript");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let link = page.links().into_iter().find(|link| link.ends_with("/file")).expect("the file");
    let file = li.get(&link).await.expect(StatusCode::OK);
    let mut book = Book::open(Cursor::new(file.bytes), Limits::default()).expect("a workbook");
    assert_eq!(book.table(&Pick::default()).expect("a table").rows.next().expect("a row").expect("whole").cells[0], gift);
    let mut zhou = Browser::signed_in(&house, "zhou").await;
    zhou.get(&path).await.expect(StatusCode::NOT_FOUND);
    zhou.get(&link).await.expect(StatusCode::NOT_FOUND);
    end.send(()).expect("the server listens");
    served.await.expect("it ends").expect("well");
}

#[tokio::test]
async fn a_waiting_export_can_be_cancelled() {
    let house = House::new().await;
    let mut li = Browser::signed_in(&house, "li").await;
    let path = job(&house, &mut li).await;
    let page = li.get(&path).await;
    let page = li.submit(page.form(&format!("{path}/cancel"))).await.expect(StatusCode::OK);
    assert!(page.has("已取消"), "{}", page.words());
}
