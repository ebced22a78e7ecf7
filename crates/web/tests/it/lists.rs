//! Lists: filters and columns in the address, sorting, pages, views, search.

use crate::browser::Browser;
use crate::house::House;
use axum::http::StatusCode;

#[tokio::test]
async fn filters_stand_in_the_address_and_go_one_by_one() {
    let house = House::new().await;
    let mine = house.gift("甲").await.number;
    let other = house.gift_by("zhao", "乙").await.number;
    let mut li = Browser::signed_in(&house, "li").await;
    let page = li.get(&format!("/r/gift?unit={}&state=declared&created.from=2026-03-01", house.surgery)).await.expect(StatusCode::OK);
    assert!(page.has(&mine) && !page.has(&other), "{}", page.words());
    assert!(page.has("普外科") && page.has("待核验") && page.has("3月1日至今") && page.has("筛选后共 1 件"));
    let drop = page
        .links()
        .into_iter()
        .find(|link| !link.contains("unit=") && link.contains("state=declared") && link.contains("created.from"))
        .expect("a way to drop the unit");
    assert!(li.get(&drop).await.has(&other));
    let none = li.get("/r/gift?state=settled").await.expect(StatusCode::OK);
    assert!(none.has("没有符合筛选的条目") && none.has("清除全部筛选") && !none.has("还没有登记"), "no match is not no data");
    assert!(li.get("/r/gift?value.from=900").await.has("没有符合筛选"));
    assert!(li.get("/r/gift?value.from=100&value.to=800").await.has(&mine));
    assert!(
        li.get("/r/gift?created.from=nonsense&unit=nonsense").await.expect(StatusCode::OK).has("没有符合筛选"),
        "nonsense in an address breaks nothing"
    );
}

#[tokio::test]
async fn tabs_count_and_filter() {
    let house = House::new().await;
    house.gift("甲").await;
    let gift = house.gift("乙").await.number;
    let mut li = Browser::signed_in(&house, "li").await;
    let path = format!("/r/gift/{gift}/move/accept");
    let form = li.get(&path).await.form(&path).with("counted_value", "800");
    li.submit(form).await.expect(StatusCode::OK);
    let page = li.get("/r/gift").await;
    let html = page.text();
    assert!(
        html.contains("待核验<span class=\"n\">1</span>")
            && html.contains("待会签<span class=\"n\">1</span>")
            && html.contains("全部<span class=\"n\">2</span>"),
        "{html}"
    );
    let tab = li.get("/r/gift?tab=countersign").await;
    assert!(tab.has(&gift) && tab.text().contains("aria-current=\"page\">待会签"));
    li.get("/r/gift?tab=nonsense").await.expect(StatusCode::OK);
}

#[tokio::test]
async fn a_column_sorts_both_ways_and_says_so() {
    let house = House::new().await;
    let (first, second) = (house.gift("甲").await.number, house.gift("乙").await.number);
    let mut li = Browser::signed_in(&house, "li").await;
    let order = |page: &crate::browser::Page| {
        let words = page.words();
        words.find(&first).expect("the first") < words.find(&second).expect("the second")
    };
    let up = li.get("/r/gift?sort=number").await;
    assert!(order(&up) && up.text().contains("aria-sort=\"ascending\""));
    let down = up.links().into_iter().find(|link| link.contains("sort=-number")).expect("the other way");
    let down = li.get(&down).await;
    assert!(!order(&down) && down.text().contains("aria-sort=\"descending\""));
    for wrong in ["giver", "photos", "nothing"] {
        li.get(&format!("/r/gift?sort={wrong}")).await.expect(StatusCode::OK);
    }
}

#[tokio::test]
async fn columns_are_chosen_in_the_address_and_secret_ones_are_not_on_offer() {
    let house = House::new().await;
    house.gift("赠送人甲").await;
    let mut li = Browser::signed_in(&house, "li").await;
    let page = li.get("/r/gift?col=giver&col=place").await.expect(StatusCode::OK);
    assert!(page.has("赠送人甲") && page.has("病区走廊"));
    let mut wang = Browser::signed_in(&house, "wang").await;
    let page = wang.get("/r/gift?col=giver&col=place").await.expect(StatusCode::OK);
    assert!(!page.has("赠送人甲") && page.has("病区走廊"), "{}", page.words());
    assert!(!page.text().contains("value=\"giver\""), "the column is not on offer");
    wang.get("/r/gift?giver_kind=patient&sort=giver").await.expect(StatusCode::OK);
}

#[tokio::test]
async fn fifty_make_a_page() {
    let house = House::new().await;
    for at in 0..53 {
        house.gift(&format!("第{at}位")).await;
    }
    let mut li = Browser::signed_in(&house, "li").await;
    let first = li.get("/r/gift?sort=number").await.expect(StatusCode::OK);
    assert!(first.has("第 1–50 件，共 53 件") && first.has("LP-2026-0050") && !first.has("LP-2026-0051"), "{}", first.words());
    let next = first.links().into_iter().find(|link| link.contains("page=2")).expect("a next page");
    let second = li.get(&next).await;
    assert!(second.has("第 51–53 件") && second.has("LP-2026-0051") && second.text().contains("rel=\"prev\""));
    li.get("/r/gift?page=999").await.expect(StatusCode::OK);
}

#[tokio::test]
async fn a_view_is_saved_and_found_again() {
    let house = House::new().await;
    house.gift("甲").await;
    let mut li = Browser::signed_in(&house, "li").await;
    let page = li.get("/r/gift?tab=pending&sort=number").await;
    let save = page.links().into_iter().find(|link| link.starts_with("/r/gift/views?")).expect("a way to save");
    let form = li.get(&save).await.form("/r/gift/views");
    let wrong = li.submit(form.clone().with("name", " ")).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.has("请写名称"));
    let saved = li.submit(form.with("name", "待我核验")).await.expect(StatusCode::OK);
    assert!(saved.has("视图已保存") && saved.has("待我核验"), "{}", saved.words());
    let link =
        li.get("/r/gift").await.links().into_iter().find(|link| link.contains("tab=pending&sort=number")).expect("the view is a link");
    let page = li.get(&link).await;
    let dropped = li.submit(page.form("/r/gift/views/drop")).await.expect(StatusCode::OK);
    assert!(dropped.has("视图已删除") && !dropped.has("待我核验"), "{}", dropped.words());
    let back = li.submit(dropped.form("/r/gift/views")).await.expect(StatusCode::OK);
    assert!(back.has("视图已恢复") && back.has("待我核验") && back.path.starts_with("/r/gift?tab=pending&sort=number"), "{}", back.path);
    let mut zhou = Browser::signed_in(&house, "zhou").await;
    assert!(!zhou.get("/r/gift").await.has("待我核验"), "a view is one's own");
}

#[tokio::test]
async fn who_leads_a_department_sets_its_views_and_nobody_else() {
    let house = House::new().await;
    house.gift("甲").await;
    let mut he = Browser::signed_in(&house, "he").await;
    let form = he.get("/r/gift/views?tab=pending").await.form("/r/gift/views");
    assert_eq!(form.get("for"), Some("me"), "their own unless they say otherwise");
    he.submit(form.with("name", "科室待核验").with("for", "unit")).await.expect(StatusCode::OK);
    let mut zhang = Browser::signed_in(&house, "zhang").await;
    assert!(zhang.get("/r/gift").await.has("科室视图：科室待核验"), "everybody in the department has it");
    let page = zhang.get("/r/gift?tab=pending").await;
    assert!(!page.has("删除视图"), "it is not theirs to drop");
    assert!(page.has("本科室的"), "one's department is a view of its own");
    let form = zhang.get("/r/gift/views?tab=overdue").await.form("/r/gift/views");
    assert_eq!(form.get("for"), None, "whoever leads nothing is not asked");
    zhang.submit(form.with("name", "别的").with("for", "unit")).await.expect(StatusCode::FORBIDDEN);
    let form = he.get("/r/gift?tab=pending").await.form("/r/gift/views/drop");
    let token = zhang.get("/r/gift").await.form("/leave").get("csrf").expect("a token").to_owned();
    zhang.submit(form.clone().with("csrf", &token)).await.expect(StatusCode::FORBIDDEN);
    let mut zhao = Browser::signed_in(&house, "zhao").await;
    assert!(!zhao.get("/r/gift").await.has("科室待核验"), "another department does not");
    let dropped = he.submit(form).await.expect(StatusCode::OK);
    assert!(!zhang.get("/r/gift").await.has("科室待核验"));
    let undo = dropped.form("/r/gift/views");
    let stolen = undo.get("undo").expect("what the undoing needs").to_owned();
    let own = zhang.get("/r/gift/views?tab=overdue").await.form("/r/gift/views");
    zhang.submit(own.with("name", "x").with("undo", &stolen)).await.expect(StatusCode::FORBIDDEN);
    he.submit(undo).await.expect(StatusCode::OK);
    assert!(zhang.get("/r/gift").await.has("科室待核验"), "undone, it is there again");
}

#[tokio::test]
async fn the_panel_shows_an_entry_without_leaving_the_list() {
    let house = House::new().await;
    let gift = house.gift("某人").await.number;
    let mut li = Browser::signed_in(&house, "li").await;
    let page = li.get(&format!("/r/gift?open={gift}")).await.expect(StatusCode::OK);
    assert!(page.text().contains("class=\"split open\"") && page.text().contains("data-panel-head>"), "{}", page.text());
    let fragment = li.get(&format!("/r/gift/{gift}/panel")).await.expect(StatusCode::OK);
    assert!(fragment.has("整页打开") && fragment.has("核验并入库"));
    li.get("/r/gift?open=LP-0000-0000").await.expect(StatusCode::OK);
}

#[tokio::test]
async fn search_finds_words_and_leads_straight_to_a_number() {
    let house = House::new().await;
    let gift = house.gift("某人").await.number;
    let mut li = Browser::signed_in(&house, "li").await;
    let found = li.get("/search?q=病区走廊").await.expect(StatusCode::OK);
    assert!(found.has(&gift), "{}", found.words());
    assert_eq!(li.get(&format!("/search?q={gift}")).await.path, format!("/r/gift/{gift}"));
    assert!(li.get("/search?q=没有的话").await.has("没有找到"));
    assert!(li.get("/search?q=病").await.has("至少写两个字"));
}

/// The list begins with what one made one's default, until it is given up; the list as it comes stays in reach, and cleared filters stay cleared.
#[tokio::test]
async fn a_list_begins_with_ones_own_default() {
    let house = House::new().await;
    house.gift("甲").await;
    let mut li = Browser::signed_in(&house, "li").await;
    let page = li.get("/r/gift?state=declared").await.expect(StatusCode::OK);
    let made = li.submit(page.form("/r/gift/views/default")).await.expect(StatusCode::OK);
    assert!(made.has("已设为您的默认视图") && made.path.contains("state=declared"), "{}", made.path);
    let home = li.get_once("/r/gift").await;
    assert_eq!(home.location().as_deref(), Some("/r/gift?state=declared"));
    let home = li.get("/r/gift").await;
    assert!(home.links().contains(&"/r/gift?view=plain".to_owned()), "{:?}", home.links());
    let plain = li.get("/r/gift?view=plain").await.expect(StatusCode::OK);
    assert!(plain.path.ends_with("view=plain") && !plain.has("筛选后共"), "{}", plain.path);
    assert_eq!(Browser::signed_in(&house, "chen").await.get_once("/r/gift").await.location(), None, "it is nobody else's");
    let saved = li.get("/r/gift/views?state=declared").await.expect(StatusCode::OK);
    assert!(saved.has("视图名称"), "a named view beside it is another matter");
    let reset = li.submit(plain.form("/r/gift/views/default")).await.expect(StatusCode::OK);
    assert!(reset.has("已恢复系统默认视图"), "{}", reset.words());
    assert_eq!(li.get_once("/r/gift").await.location(), None);
}

/// What says nothing is no default: the list would be sent to itself for ever, and a filter form sent as it stands would give one up.
#[tokio::test]
async fn an_empty_view_is_made_nobodys_default() {
    let house = House::new().await;
    house.gift("甲").await;
    let mut li = Browser::signed_in(&house, "li").await;
    let page = li.get("/r/gift?state=declared").await.expect(StatusCode::OK);
    let make = page.form("/r/gift/views/default");
    li.submit(make.clone()).await.expect(StatusCode::OK);
    let cleared = li.get("/r/gift?q=&state=").await.expect(StatusCode::OK);
    let offered: Vec<_> = cleared.forms().into_iter().filter(|form| form.action == "/r/gift/views/default").collect();
    assert!(offered.iter().all(|form| !form.fields.iter().any(|(name, _)| name == "query")), "there is nothing to make a default");
    assert_eq!(li.get_once("/r/gift").await.location().as_deref(), Some("/r/gift?state=declared"), "looking gave nothing up");
    let posted = li.submit(make.with("query", "q=")).await.expect(StatusCode::OK);
    assert!(posted.has("已恢复系统默认视图"), "{}", posted.words());
    assert_eq!(li.get_once("/r/gift").await.location(), None);
    // One that an earlier program kept does no harm.
    let register = house.store.register("gift").expect("it is there").name.clone();
    house.store.save_view(house.person("li"), &register, "", "").await.expect("kept");
    assert_eq!(li.get_once("/r/gift").await.location(), None);
}
