//! Rights: what is hidden looks like what does not exist, in lists, counts, search, files and forms alike.

use crate::browser::Browser;
use crate::house::House;
use axum::http::StatusCode;

#[tokio::test]
async fn an_entry_of_another_is_hidden_everywhere() {
    let house = House::new().await;
    let gift = house.gift("患者家属甲").await.number;
    let mut zhao = Browser::signed_in(&house, "zhao").await;
    let missing = zhao.get("/r/gift/LP-2026-9999").await.expect(StatusCode::NOT_FOUND);
    for end in ["", "/panel", "/edit", "/move/accept", "/note", "/print"] {
        let page = zhao.get(&format!("/r/gift/{gift}{end}")).await.expect(StatusCode::NOT_FOUND);
        assert_eq!(page.words(), missing.words(), "{end} tells nothing more than a number nobody gave");
    }
    let list = zhao.get("/r/gift").await.expect(StatusCode::OK);
    assert!(!list.has(&gift) && list.has("还没有登记") && list.has("0 件"), "{}", list.words());
    let board = zhao.get("/r/gift/board").await.expect(StatusCode::OK);
    assert!(!board.has(&gift));
    let search = zhao.get(&format!("/search?q={gift}")).await.expect(StatusCode::OK);
    assert!(!search.words().replace(&format!("搜索：{gift}"), "").contains(&gift));
    assert!(zhao.get("/search?q=病区走廊").await.has("没有找到"));
    // The author, their liaison and the inspector do see it.
    for login in ["zhang", "wang", "li"] {
        let mut browser = Browser::signed_in(&house, login).await;
        assert!(browser.get("/r/gift").await.has(&gift), "{login} sees it");
        assert!(browser.get(&format!("/r/gift/{gift}")).await.expect(StatusCode::OK).has("病区走廊"), "{login} opens it");
    }
}

#[tokio::test]
async fn a_confidential_field_is_masked_and_looking_is_recorded() {
    let house = House::new().await;
    let gift = house.gift("患者家属甲").await.number;
    let mut wang = Browser::signed_in(&house, "wang").await;
    let page = wang.get(&format!("/r/gift/{gift}")).await.expect(StatusCode::OK);
    assert!(!page.has("患者家属甲") && page.has("〔密〕涉密"), "the liaison reads the entry without the giver");
    let mut li = Browser::signed_in(&house, "li").await;
    let page = li.get(&format!("/r/gift/{gift}")).await.expect(StatusCode::OK);
    assert!(page.has("患者家属甲") && page.has("此次查看已记录"));
    house.store.flush_looks().await.expect("looks are written");
    let looks = house.store.audit("reads:h1", 0, 10).await.expect("the chain of reads");
    assert_eq!(looks.len(), 1, "one look, by the one who saw it: {looks:?}");
    assert!(looks[0].actor.contains(&house.person("li").to_string()));
}

#[tokio::test]
async fn whoever_is_recused_sees_nothing_any_more() {
    let house = House::new().await;
    let gift = house.gift("某人").await.number;
    let mut chen = Browser::signed_in(&house, "chen").await;
    let path = format!("/r/gift/{gift}/recuse");
    let form = chen.get(&path).await.form(&path);
    chen.submit(form.with("person", &house.person("li").to_string()).with("_note", "亲属关系")).await.expect(StatusCode::OK);
    let mut li = Browser::signed_in(&house, "li").await;
    li.get(&format!("/r/gift/{gift}")).await.expect(StatusCode::NOT_FOUND);
    assert!(li.get("/r/gift").await.has("0 件"), "counts too");
    let mut zhou = Browser::signed_in(&house, "zhou").await;
    zhou.get(&format!("/r/gift/{gift}")).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn registers_out_of_reach_do_not_exist() {
    let house = House::new().await;
    let mut zhang = Browser::signed_in(&house, "zhang").await;
    zhang.get("/r/clue").await.expect(StatusCode::NOT_FOUND);
    zhang.get("/r/report").await.expect(StatusCode::NOT_FOUND);
    zhang.get("/accounts").await.expect(StatusCode::NOT_FOUND);
    let home = zhang.get("/").await.expect(StatusCode::OK);
    assert!(!home.links().iter().any(|link| link == "/area/clue") || zhang.get("/area/clue").await.status == StatusCode::OK);
    assert!(zhang.get("/r/gift").await.links().iter().all(|link| !link.contains("export")), "no export without the right");
    zhang.get("/r/gift/export.csv").await.expect(StatusCode::FORBIDDEN);
    zhang.get("/r/gift/import").await.expect(StatusCode::FORBIDDEN);
}
