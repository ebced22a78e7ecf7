//! Shares of the recovery key: somebody who cannot sign in is let back in by two holders, on pages alone.

use crate::browser::{Browser, Page};
use crate::house::{House, PASSWORD};
use axum::http::StatusCode;
use engine::PersonId;
use vault::{HandlerKey, SystemEntropy};

/// The recovery key dealt to the three custodians.
async fn dealt(house: &House) {
    let sheet = HandlerKey::generate(&mut SystemEntropy);
    house.store.set_recovery(&sheet.recipient(), house.person("chen")).await.expect("set");
    let people: Vec<PersonId> = ["bao", "fang", "kong"].map(|login| house.person(login)).into();
    house.store.deal_escrow(&sheet, &people, house.person("chen"), None).await.expect("dealt");
}

/// The pages of a holder and of whoever asks, each shown to a check.
pub async fn walk(house: &House, lang: &str, check: impl Fn(&Page)) {
    dealt(house).await;
    let mut chen = Browser::signed_in(house, "chen").await;
    let page = chen.get(&format!("/me/rescue?lang={lang}")).await.expect(StatusCode::OK);
    check(&page);
    check(&chen.submit(page.form("/me/rescue").with("reason", "换了密钥")).await.expect(StatusCode::OK));
    check(&chen.get(&format!("/escrow?lang={lang}")).await.expect(StatusCode::OK));
    check(&chen.get(&format!("/escrow/{}?lang={lang}", house.person("chen"))).await.expect(StatusCode::OK));
    let page = chen.get("/me/rescue").await.expect(StatusCode::OK);
    chen.submit(page.form("/me/rescue")).await.expect(StatusCode::OK);
}

/// The one-time password a page shows.
fn once(text: &str) -> Option<String> {
    text.split("id=\"given\">").nth(1).and_then(|rest| rest.split('<').next()).map(str::to_owned)
}

/// The number of a report just sent, out of whichever link leads to it.
fn number_of(sent: &Page) -> String {
    crate::sealed::entry_of(sent).split(['/', '?']).nth(3).expect("a number").to_owned()
}

/// A holder finds the request on their desk and agrees.
async fn agrees(holder: &mut Browser) -> Page {
    let desk = holder.get("/").await.expect(StatusCode::OK);
    let link = desk.links().into_iter().find(|link| link.starts_with("/escrow/")).unwrap_or_else(|| panic!("{}", desk.words()));
    let page = holder.get(&link).await.expect(StatusCode::OK);
    assert!(page.has("忘记密码，本人在场") && page.has("管理员"), "what is asked, by whom and why: {}", page.words());
    let none = holder.submit(page.form(&link).with("reason", "已核实")).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.has("请选择同意或不同意"));
    let blank = holder.submit(page.form(&link).with("answer", "yes")).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(blank.has("请写明理由"));
    holder.submit(page.form(&link).with("answer", "yes").with("reason", "已当面核实")).await.expect(StatusCode::OK)
}

#[tokio::test]
async fn two_holders_let_somebody_back_in_who_forgot_the_password() {
    let house = House::new().await;
    dealt(&house).await;
    let path = format!("/accounts/{}", house.person("li"));
    let mut li = Browser::signed_in(&house, "li").await;
    let sent = crate::sealed::report(&mut li).await;
    let sealed = format!("/r/report/{}", number_of(&sent));
    let mut admin = Browser::signed_in(&house, "admin").await;
    let page = admin.get(&path).await.expect(StatusCode::OK);
    let form = page.form(&format!("{path}/rescue-ask"));
    let page = admin.submit(form.with("reason", "忘记密码，本人在场")).await.expect(StatusCode::OK);
    assert!(page.has("已申请，0 人同意") && page.has("撤回申请"), "{}", page.words());
    let told = li.get("/notices").await.expect(StatusCode::OK);
    assert!(told.has("有人申请恢复密钥") && !told.has("忘记密码"), "the person is told, and not what: {}", told.words());
    let mut zhang = Browser::signed_in(&house, "zhang").await;
    zhang.get("/escrow").await.expect(StatusCode::NOT_FOUND);
    zhang.get(&format!("/escrow/{}", house.person("li"))).await.expect(StatusCode::NOT_FOUND);

    let (mut bao, mut fang) = (Browser::signed_in(&house, "bao").await, Browser::signed_in(&house, "fang").await);
    let first = agrees(&mut bao).await;
    assert!(first.has("还要另一位持份人") && once(&first.text()).is_none(), "{}", first.words());
    assert!(!bao.get("/").await.links().iter().any(|link| link.starts_with("/escrow/")), "nothing of it is left to the first");
    Browser::new(&house).sign_in("li", PASSWORD).await.expect(StatusCode::OK);
    let given = agrees(&mut fang).await;
    let password = once(&given.text()).expect("shown to the second holder");
    fang.get(&format!("/escrow/{}", house.person("li"))).await.expect(StatusCode::NOT_FOUND);
    assert!(!admin.get(&path).await.text().contains(&password), "and to nobody else");

    Browser::new(&house).sign_in("li", PASSWORD).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    let mut li = Browser::new(&house);
    let renew = li.sign_in("li", &password).await.expect(StatusCode::OK);
    let form = renew.form("/me/password").with("old", &password).with("new", "另一个很长很长的口令").with("again", "另一个很长很长的口令");
    li.submit(form).await.expect(StatusCode::OK);
    let page = li.get(&sealed).await.expect(StatusCode::OK);
    li.submit(page.form(&format!("{sealed}/open"))).await.expect(StatusCode::OK);
    let history = admin.get(&path).await.expect(StatusCode::OK);
    assert!(history.has("两名持份人同意") && history.has("鲍保密") && history.has("方保密"), "{}", history.words());
}

/// What the recovery key has of one report, put in the place of another's: it does not open there.
async fn spoil(house: &House, entry: &str, other: &str) {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(house.folder.path().join("data/qinglian.db"));
    let mut conn = sqlx::ConnectOptions::connect(&options).await.expect("it connects");
    let from = "(SELECT o.wrap FROM wraps o JOIN entries e ON e.id = o.entry WHERE e.number = ?2 AND o.holder = 'recovery')";
    let sql = format!("UPDATE wraps SET wrap = {from} WHERE holder = 'recovery' AND entry = (SELECT id FROM entries WHERE number = ?1)");
    let done = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(entry).bind(other).execute(&mut conn).await.expect("it writes");
    assert_eq!(done.rows_affected(), 1);
    sqlx::Connection::close(conn).await.expect("it closes");
}

#[tokio::test]
async fn the_page_says_which_report_did_not_open_and_gives_the_password_all_the_same() {
    let house = House::new().await;
    dealt(&house).await;
    let mut li = Browser::signed_in(&house, "li").await;
    let mut numbers = Vec::new();
    for _ in 0..2 {
        let sent = crate::sealed::report(&mut li).await;
        numbers.push(number_of(&sent));
    }
    spoil(&house, &numbers[0], &numbers[1]).await;
    let path = format!("/accounts/{}", house.person("li"));
    let mut admin = Browser::signed_in(&house, "admin").await;
    let page = admin.get(&path).await.expect(StatusCode::OK);
    admin.submit(page.form(&format!("{path}/rescue-ask")).with("reason", "忘记密码，本人在场")).await.expect(StatusCode::OK);
    let (mut bao, mut fang) = (Browser::signed_in(&house, "bao").await, Browser::signed_in(&house, "fang").await);
    agrees(&mut bao).await;
    let given = agrees(&mut fang).await;
    assert!(given.has("有 1 件没有打开") && given.has(&format!("没有打开的：{}", numbers[0])), "{}", given.words());
    assert!(!given.has(&numbers[1]), "{}", given.words());
    let password = once(&given.text()).expect("shown all the same");
    Browser::new(&house).sign_in("li", &password).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn the_person_stops_what_they_did_not_want_and_a_holder_says_no() {
    let house = House::new().await;
    let mut chen = Browser::signed_in(&house, "chen").await;
    assert!(chen.get("/me/rescue").await.expect(StatusCode::OK).has("没有分给持份人"), "there is only the sheet");
    assert!(chen.get("/escrow").await.expect(StatusCode::OK).has("还没有分给任何人"));
    dealt(&house).await;
    let path = format!("/accounts/{}", house.person("chen"));
    let mut admin = Browser::signed_in(&house, "admin").await;
    for round in 0..2 {
        let form = admin.get(&path).await.form(&format!("{path}/rescue-ask"));
        admin.submit(form.with("reason", "来电")).await.expect(StatusCode::OK);
        if round == 0 {
            let page = chen.get("/me/rescue").await.expect(StatusCode::OK);
            assert!(page.has("不是我要办的") && page.has("来电"), "{}", page.words());
            chen.submit(page.form("/me/rescue")).await.expect(StatusCode::OK);
        } else {
            let mut bao = Browser::signed_in(&house, "bao").await;
            let at = format!("/escrow/{}", house.person("chen"));
            let page = bao.get(&at).await.expect(StatusCode::OK);
            let page = bao.submit(page.form(&at).with("answer", "no")).await.expect(StatusCode::OK);
            assert!(page.has("申请已停止"), "{}", page.words());
        }
        assert!(!admin.get(&path).await.has("人同意，有效期至"), "nothing waits");
    }
    // Dealing anew is asked for by who confirms passwords; administrators are not offered.
    let page = chen.get("/escrow").await.expect(StatusCode::OK);
    assert!(page.has("鲍保密") && !page.has("管理员 9"), "{}", page.words());
    let one = page.form("/escrow").with("reason", "一人离院");
    assert_eq!(one.get("people"), Some(house.person("bao").to_string().as_str()), "those who hold one are ticked");
    assert!(chen.submit(one).await.expect(StatusCode::OK).has("申请重新分配份额"));
}
