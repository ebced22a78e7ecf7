//! Mail of a house that has none: the page says how to set it up, and nobody is offered what does not go.

use crate::browser::Browser;
use crate::house::House;
use axum::body::Body;
use axum::http::{Method, StatusCode};

#[tokio::test]
async fn a_house_without_mail_says_how_to_set_it_up() {
    let house = House::new().await;
    let mut admin = Browser::signed_in(&house, "admin").await;
    assert!(admin.get("/").await.links().contains(&"/mail".to_owned()), "whoever keeps accounts is led there");
    let page = admin.get("/mail").await.expect(StatusCode::OK);
    assert!(page.has("qinglian post set-password") && page.has("没有需要人工处理的来信"), "{}", page.words());
    let mut li = Browser::signed_in(&house, "li").await;
    assert!(!li.get("/").await.links().contains(&"/mail".to_owned()));
    li.get("/mail").await.expect(StatusCode::NOT_FOUND);
    assert!(li.get("/me").await.expect(StatusCode::OK).has("本院没有设置发邮件"));
    li.get("/me/mail").await.expect(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_was_put_apart_and_not_sent_is_told_without_a_word_of_it() {
    let house = House::new().await;
    let line = web::PutApart {
        at: 1_790_000_000_000,
        mailbox: "hotline".to_owned(),
        folder: "Apart".to_owned(),
        why: web::Why::LeftOut,
        what: "1 attachments".to_owned(),
        reported: true,
    };
    house.store.set_setting(web::APART, &serde_json::to_string(&[line]).expect("JSON")).await.expect("kept");
    house.store.queue_job(web::MAIL, "{}", None, 1).await.expect("queued");
    let lease = house.store.lease_job(&[web::MAIL], 1_000).await.expect("leased").expect("there is one");
    house.store.job_failed(&lease, "mail.example.org:465 cannot be reached").await.expect("noted");
    let page = Browser::signed_in(&house, "admin").await.get("/mail").await.expect(StatusCode::OK);
    for told in ["有附件没能收下", "信箱 hotline，文件夹 Apart", "试了 1 次，没有发出", "mail.example.org:465 cannot be reached"]
    {
        assert!(page.has(told), "{told}: {}", page.words());
    }
}

#[tokio::test]
async fn a_hook_without_a_gateway_is_no_address() {
    let house = House::new().await;
    let mut anyone = Browser::new(&house);
    let page = anyone.send(Method::POST, "/hooks/sms", Body::from("{}"), Some("application/json")).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.text().contains("\"accepted\":false"), "an answer for a machine: {}", page.text());
}
