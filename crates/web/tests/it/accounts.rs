//! Accounts: a new password for somebody who can open sealed content takes two, and every deed is told.

use crate::browser::{Browser, Form};
use crate::house::{House, PASSWORD};
use axum::http::StatusCode;

/// The one-time password a page shows.
fn once(text: &str) -> Option<String> {
    text.split("id=\"given\">").nth(1).and_then(|rest| rest.split('<').next()).map(str::to_owned)
}

#[tokio::test]
async fn an_administrator_alone_does_not_get_into_an_inspectors_account() {
    let house = House::new().await;
    let path = format!("/accounts/{}", house.person("li"));
    let mut admin = Browser::signed_in(&house, "admin").await;
    let page = admin.get(&path).await.expect(StatusCode::OK);
    assert!(page.has("这个人能打开密封内容") && page.has("陈四"), "{}", page.words());
    assert!(!page.text().contains(&format!("{path}/reset")), "no button that would be refused");
    // The address typed by hand is refused as well.
    let form = page.form(&format!("{path}/ask"));
    let refused = admin.submit_once(Form { action: format!("{path}/reset"), ..form.clone() }).await.expect(StatusCode::FORBIDDEN);
    assert!(once(&refused.text()).is_none());
    admin.submit_once(Form { action: format!("{path}/confirm"), ..form.clone() }).await.expect(StatusCode::FORBIDDEN);
    let blank = admin.submit(form.with("reason", " ")).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(blank.has("请写明理由"));
    let page = admin.submit(blank.form(&format!("{path}/ask")).with("reason", "忘记密码")).await.expect(StatusCode::OK);
    assert!(page.has("等待确认") && page.has("忘记密码") && page.has("撤回申请"), "{}", page.words());
    Browser::new(&house).sign_in("li", PASSWORD).await.expect(StatusCode::OK);

    let mut chen = Browser::signed_in(&house, "chen").await;
    let notices = chen.get("/notices").await;
    assert!(notices.has("有人的新密码等待您确认") && notices.links().contains(&path), "the notice leads to where it is confirmed");
    assert!(notices.links().contains(&"/accounts".to_owned()), "and so does the menu");
    assert!(chen.get("/accounts").await.expect(StatusCode::OK).has("等待确认的新密码"));
    let page = chen.get(&path).await.expect(StatusCode::OK);
    assert!(!page.text().contains(&format!("{path}/stop")), "whoever confirms keeps no accounts");
    let given = chen.submit(page.form(&format!("{path}/confirm"))).await.expect(StatusCode::OK);
    let password = once(&given.text()).expect("the password is shown to whoever confirmed");
    assert!(once(&chen.get(&path).await.text()).is_none(), "this once");
    let page = admin.get(&path).await.expect(StatusCode::OK);
    assert!(!page.text().contains(&password) && once(&page.text()).is_none());
    assert!(page.has("陈四 重置密码和密钥") && page.has("申请人管理员") && page.has("管理员 申请新密码"), "{}", page.words());
    Browser::new(&house).sign_in("li", PASSWORD).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    let mut li = Browser::new(&house);
    assert!(li.sign_in("li", &password).await.expect(StatusCode::OK).has("请先换成您自己的密码"));
}

#[tokio::test]
async fn a_wish_is_declined_or_taken_back() {
    let house = House::new().await;
    let path = format!("/accounts/{}", house.person("li"));
    let mut admin = Browser::signed_in(&house, "admin").await;
    let mut chen = Browser::signed_in(&house, "chen").await;
    for round in 0..2 {
        let form = admin.get(&path).await.form(&format!("{path}/ask"));
        let page = admin.submit(form.with("reason", "换人")).await.expect(StatusCode::OK);
        let (who, page) = if round == 0 {
            (&mut admin, page)
        } else {
            let page = chen.get(&path).await;
            (&mut chen, page)
        };
        let page = who.submit(page.form(&format!("{path}/decline"))).await.expect(StatusCode::OK);
        assert!(!page.has("撤回申请") && !page.has("确认并生成"), "{}", page.words());
    }
    assert!(admin.get("/notices").await.has("没有得到确认"));
    Browser::new(&house).sign_in("li", PASSWORD).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn whoever_confirms_cannot_for_themselves_and_is_told_what_happens_then() {
    let house = House::new().await;
    let path = format!("/accounts/{}", house.person("chen"));
    let mut admin = Browser::signed_in(&house, "admin").await;
    let page = admin.get(&path).await.expect(StatusCode::OK);
    assert!(page.has("除本人外没有能确认的") && page.has("命令行"), "{}", page.words());
    assert!(!page.text().contains(&format!("{path}/ask")), "nobody could answer");
    // Somebody who may neither keep nor confirm finds no such page.
    Browser::signed_in(&house, "li").await.get(&path).await.expect(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn deeds_about_an_account_are_read_by_those_concerned_only() {
    let house = House::new().await;
    let id = house.person("zhang");
    let path = format!("/accounts/{id}");
    let mut admin = Browser::signed_in(&house, "admin").await;
    let form = admin.get(&path).await.form(&format!("{path}/reset"));
    let given = admin.submit(form).await.expect(StatusCode::OK);
    assert!(once(&given.text()).is_some(), "the administrator alone, for somebody who opens nothing sealed");
    Browser::signed_in(&house, "zhao").await.get(&format!("/e/{id}")).await.expect(StatusCode::NOT_FOUND);
    for (login, is_told) in [("qian", true), ("li", true), ("admin", true)] {
        let page = Browser::signed_in(&house, login).await.get(&format!("/e/{id}")).await.expect(StatusCode::OK);
        assert!(page.has("张一"), "{login} reads the roll");
        assert_eq!(page.has("重置密码和密钥"), is_told, "{login}");
    }
}

#[tokio::test]
async fn people_are_found_by_name_unit_role_and_state() {
    let house = House::new().await;
    let mut admin = Browser::signed_in(&house, "admin").await;
    let all = admin.get("/accounts").await.expect(StatusCode::OK);
    assert!(all.has("张一") && all.has("李三") && all.has("陈四"), "{}", all.words());
    let found = |page: &crate::browser::Page, login: &str| page.links().contains(&format!("/accounts/{}", house.person(login)));
    let inspectors = admin.get("/accounts?role=inspector").await.expect(StatusCode::OK);
    assert!(found(&inspectors, "li") && !found(&inspectors, "zhang") && inspectors.has("筛选后共"), "{}", inspectors.words());
    let surgeons = admin.get(&format!("/accounts?unit={}", house.surgery)).await.expect(StatusCode::OK);
    assert!(found(&surgeons, "zhang") && !found(&surgeons, "zhao"));
    let page = admin.get(&format!("/accounts/{}", house.person("zhang"))).await;
    let path = format!("/accounts/{}/stop", house.person("zhang"));
    admin.submit(page.form(&path)).await.expect(StatusCode::OK);
    let stopped = admin.get("/accounts?state=stopped").await.expect(StatusCode::OK);
    assert!(found(&stopped, "zhang") && !found(&stopped, "li"), "{}", stopped.words());
    assert!(
        admin.get("/accounts?q=nobody&role=inspector").await.links().contains(&"/accounts".to_owned()),
        "the way out of too many filters"
    );
}

#[tokio::test]
async fn ones_own_account_says_who_one_is_and_ends_the_other_sessions() {
    let house = House::new().await;
    let mut elsewhere = Browser::signed_in(&house, "li").await;
    let mut li = Browser::signed_in(&house, "li").await;
    let page = li.get("/me").await.expect(StatusCode::OK);
    for said in ["李三", "纪检监察", "举报受理", "已用您的密码解开", "陈四", "别处", "English"] {
        assert!(page.has(said), "{said}: {}", page.words());
    }
    let ended = li.submit(page.form("/me/sessions/end")).await.expect(StatusCode::OK);
    assert!(ended.has("其他登录已结束") && !ended.has("别处"), "{}", ended.words());
    assert_ne!(elsewhere.get_once("/").await.status, StatusCode::OK, "the other browser is signed out");
    let mut zhang = Browser::signed_in(&house, "zhang").await;
    let page = zhang.get("/me").await.expect(StatusCode::OK);
    assert!(page.has("按现有角色没有可以打开的密封内容") && !page.has("已用您的密码解开"), "{}", page.words());
}
