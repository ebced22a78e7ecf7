//! Mail out, to a real server.

use crate::server::{DOMAIN, HOST, MailServer, USERS, is_installed};
use post::{Error, Notice, Reason, Sender, SmtpSettings, Tls};
use std::path::Path;

fn settings(port: u16, tls: Tls, ca: &Path) -> SmtpSettings {
    SmtpSettings {
        host: HOST.to_owned(),
        port: Some(port),
        tls,
        user: Some(format!("{}@{DOMAIN}", USERS[0].0)),
        ca: Some(ca.to_owned()),
        from: format!("清廉系统 <{}@{DOMAIN}>", USERS[0].0),
    }
}

fn notice<'a>(to: &'a str) -> Notice<'a> {
    Notice {
        to, subject: "有待办事项", text: "您在清廉系统有 3 件待办，请登录查看。\n", reason: Reason::Notice { id: "job-1" }
    }
}

#[tokio::test]
async fn a_notice_is_delivered_over_both_kinds_of_tls() {
    if !is_installed() {
        return;
    }
    let server = MailServer::start();
    let to = format!("staff@{DOMAIN}");
    for (port, tls, count) in [(server.smtps, Tls::Implicit, 1), (server.smtp, Tls::Starttls, 2)] {
        let sender = Sender::new(&settings(port, tls, &server.ca), Some(USERS[0].1)).expect("right settings");
        sender.check().await.expect("it signs in");
        sender.send(notice(&to)).await.expect("it is sent");
        let letters = server.arrived("staff", count);
        let text = String::from_utf8_lossy(&letters[count - 1]).into_owned();
        assert!(text.contains("Auto-Submitted: auto-generated") && text.contains("Message-ID: <job-1@mail.test>"), "{text}");
        let letter = post::mail::parse(&letters[count - 1]).expect("a mail");
        assert_eq!((letter.subject.as_str(), letter.text.as_str()), ("有待办事项", "您在清廉系统有 3 件待办，请登录查看。"));
        assert!(letter.by == post::mail::By::Machine, "nobody answers it by itself");
    }
}

#[tokio::test]
async fn what_goes_wrong_says_so_and_leaves_no_address_behind() {
    if !is_installed() {
        return;
    }
    let mut server = MailServer::start();
    let to = format!("staff@{DOMAIN}");
    let right = settings(server.smtps, Tls::Implicit, &server.ca);
    let wrong = Sender::new(&right, Some("guess")).expect("right settings").send(notice(&to)).await;
    assert!(matches!(wrong, Err(Error::WrongPassword { .. })), "{wrong:?}");
    assert!(matches!(Sender::new(&right, None), Err(Error::NoPassword { .. })), "no password at all");
    let untrusted = settings(server.smtps, Tls::Implicit, &server.other_ca);
    let untrusted = Sender::new(&untrusted, Some(USERS[0].1)).expect("right settings").send(notice(&to)).await;
    assert!(matches!(untrusted, Err(Error::Untrusted { .. })), "{untrusted:?}");
    let sender = Sender::new(&right, Some(USERS[0].1)).expect("right settings");
    let nobody = format!("no-such-person@{DOMAIN}");
    let refused = sender.send(notice(&nobody)).await.expect_err("nobody of that name");
    assert!(matches!(refused, Error::Refused { .. }) && !refused.to_string().contains("no-such-person"), "{refused}");
    assert!(matches!(sender.send(notice("a@b\r\nBcc: c@d")).await, Err(Error::Address)), "no header comes in by an address");
    server.stop_sending();
    let down = sender.send(notice(&to)).await.expect_err("nobody listens");
    assert!(matches!(down, Error::Unreachable { .. }) && down.may_pass(), "{down:?}");
    server.start_sending();
    sender.send(notice(&to)).await.expect("it is up again");
    assert_eq!(server.arrived("staff", 1).len(), 1, "one mail, of all these tries");
}
