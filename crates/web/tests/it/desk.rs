//! A desk as it is read: what is of one kind stands together, a form speaks to whoever fills it in, an empty list says no more than it knows.

use crate::browser::Browser;
use crate::house::{House, choice, text, values};
use axum::http::StatusCode;
use engine::{Actor, EntryId};
use store::Request;

pub async fn report(house: &House, route: &str) -> EntryId {
    let register = house.store.register("report").expect("shipped");
    let said = ["when_text", "where_text", "unit_text", "persons", "matter"].map(|name| (name, text("一件事")));
    let mut given = values([("route", choice(route)), ("identity", choice("anonymous"))]);
    given.extend(values(said));
    house.store.submit(Request::create(Actor::Public, "report", house.store.creation(&register, given))).await.expect("stored").entry
}

/// Each raises an alarm that waits for whoever is in charge.
async fn corrected(house: &House, count: usize) {
    for _ in 0..count {
        let entry = report(house, "department").await;
        let to = [("route_to", choice("it"))];
        house.store.submit(Request::make(Actor::Person(house.person("li")), "report", entry, "reroute", to)).await.expect("corrected");
    }
}

#[tokio::test]
async fn three_alarms_of_one_kind_are_one_line_that_opens_them_all() {
    let house = House::new().await;
    corrected(&house, 2).await;
    let mut chen = Browser::signed_in(&house, "chen").await;
    let two = chen.get("/").await.expect(StatusCode::OK);
    assert!(!two.links().iter().any(|link| link.starts_with("/desk/waiting/")), "two stand each by itself: {}", two.words());
    let begun = |page: &crate::browser::Page| {
        page.links().iter().filter(|link| link.starts_with("/r/stall/YJ-") && link.contains("/move/")).count()
    };
    assert_eq!(begun(&two), 2, "{:?}", two.links());
    corrected(&house, 2).await;
    let many = chen.get("/").await.expect(StatusCode::OK);
    assert!(many.has("改了反映对象 · 4 件"), "{}", many.words());
    let path = many.links().into_iter().find(|link| link.starts_with("/desk/waiting/")).expect("a way to all of them");
    assert_eq!(begun(&many), 0, "{:?}", many.links());
    let all = chen.get(&path).await.expect(StatusCode::OK);
    let shown: std::collections::BTreeSet<String> = all.links().into_iter().filter(|link| link.starts_with("/r/stall/YJ-")).collect();
    assert!(all.has("共 4 件") && shown.iter().filter(|link| !link.contains("/move/")).count() == 4, "{:?}", all.links());
    for path in ["/desk/waiting/stall/standstill", "/desk/waiting/stall/nothing"] {
        assert!(!chen.get(path).await.expect(StatusCode::OK).has("YJ-"), "{path}: none of that kind waits");
    }
    Browser::signed_in(&house, "wang").await.get(&path).await.expect(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_form_speaks_to_whoever_fills_it_in_and_names_who_reads() {
    let house = House::new().await;
    let form = Browser::signed_in(&house, "feng").await.get("/r/report/new").await.expect(StatusCode::OK);
    assert!(form.has("反映对象") && form.has("举报人姓名") && !form.has("您的姓名") && !form.has("您想怎样举报"), "{}", form.words());
    assert!(form.has("谁能看到：由“反映对象”决定，当事人不在其中"), "before it is said whom it concerns nobody is named: {}", form.words());
    let named = Browser::signed_in(&house, "feng").await.get("/r/report/new?route=leader").await.expect(StatusCode::OK);
    assert!(named.has("谁能看到：纪检监察") && !named.has("由“反映对象”决定"), "{}", named.words());
    let public = Browser::new(&house).get("/report").await.expect(StatusCode::OK);
    assert!(public.has("您反映的是谁的问题") && public.has("您想怎样举报") && public.has("最多 5 步"), "{}", public.words());
}

#[tokio::test]
async fn an_empty_list_says_nothing_of_what_others_reported() {
    let house = House::new().await;
    report(&house, "department").await;
    let mut feng = Browser::signed_in(&house, "feng").await;
    let list = feng.get("/r/report").await.expect(StatusCode::OK);
    assert!(list.has("您在这里只登记，不查看") && !list.has("还没有登记"), "{}", list.words());
    let gifts = Browser::signed_in(&house, "li").await.get("/r/gift").await.expect(StatusCode::OK);
    assert!(!gifts.has("您在这里只登记"), "{}", gifts.words());
}

#[tokio::test]
async fn who_is_given_a_report_hears_of_it_once() {
    let house = House::new().await;
    report(&house, "department").await;
    let owner = house.store.table(&catalogue::RegisterName::new("report")).await.expect("reports")[0].owner.expect("assigned");
    let login = ["li", "zhou"].into_iter().find(|login| house.person(login) == owner).expect("an inspector");
    let news = Browser::signed_in(&house, login).await.get("/notices").await.expect(StatusCode::OK);
    let numbered = news.words().matches("JB-").count();
    assert_eq!(numbered, 1, "{}", news.words());
}
