//! Rights: what is hidden looks like what does not exist, in lists, counts, search, files and forms alike.

use crate::browser::Browser;
use crate::house::{House, choice, first_item, text, values};
use axum::http::StatusCode;
use engine::Actor;
use store::Request;

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
    assert!(!list.has(&gift) && list.has("还没有与您有关的条目") && list.has("0 件"), "{}", list.words());
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
async fn a_company_is_a_link_only_for_those_who_open_it() {
    let house = House::new().await;
    let kind = choice(&first_item("supplier_kind"));
    let company =
        values([("code", text("91330000000000000X")), ("name", text("某器械公司")), ("kind", kind), ("credit", choice("normal"))]);
    let company = house.store.submit(Request::create(Actor::System, "supplier", company)).await.expect("a company is stored");
    let gift = house.gift_from_company("zhang", company.entry).await.number;
    for (login, opens) in [("li", true), ("chen", true), ("sun", false), ("zhang", false)] {
        let mut browser = Browser::signed_in(&house, login).await;
        let page = browser.get(&format!("/r/gift/{gift}")).await.expect(StatusCode::OK);
        let link = page.links().into_iter().find(|link| *link == format!("/e/{}", company.entry));
        assert_eq!(link.is_some(), opens, "{login}: {}", page.words());
        assert_eq!(browser.get(&format!("/e/{}", company.entry)).await.status.is_success(), opens, "{login}");
    }
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

#[tokio::test]
async fn colleagues_and_companies_are_named_on_forms_and_read_by_whoever_works_with_them() {
    let house = House::new().await;
    let given = values([
        ("code", text("910000000000000001")),
        ("name", text("示例器械公司")),
        ("kind", choice(&first_item("supplier_kind"))),
        ("credit", choice("normal")),
    ]);
    house.store.submit(Request::create(Actor::System, "supplier", given)).await.expect("a company is stored");
    let mut zhang = Browser::signed_in(&house, "zhang").await;
    let roll = zhang.get("/r/person?tab=to_appoint").await.expect(StatusCode::OK);
    assert!(!roll.has("待审定任免"), "{}", roll.words());
    zhang.get(&format!("/e/{}", house.person("wang"))).await.expect(StatusCode::NOT_FOUND);
    zhang.get("/r/supplier").await.expect(StatusCode::NOT_FOUND);
    assert!(zhang.get("/find/person?q=王二&name=x").await.has("王二"), "a colleague is named on a form");
    assert!(zhang.get("/find/entry?register=supplier&q=器械&name=x").await.has("示例器械公司"), "and a company");
    let mut qian = Browser::signed_in(&house, "qian").await;
    assert!(qian.get("/r/person").await.expect(StatusCode::OK).has("待审定任免"));
    let mut wu = Browser::signed_in(&house, "wu").await;
    assert!(wu.get("/r/supplier").await.expect(StatusCode::OK).has("示例器械公司"));
    let mut dai = Browser::signed_in(&house, "dai").await;
    for found in ["/find/person?q=王二&name=x", "/find/entry?register=supplier&q=器械&name=x"] {
        let page = dai.get(found).await;
        assert!(!page.has("王二") && !page.has("示例器械公司"), "{}", page.words());
    }
}
