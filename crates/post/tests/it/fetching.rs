//! Mail in, from a real server.

use crate::server::{HOST, MailServer, USERS, is_installed};
use post::{Error, Mailbox, MailboxSettings, Tls};
use std::collections::BTreeSet;
use std::path::Path;

fn settings(port: u16, tls: Tls, ca: &Path) -> MailboxSettings {
    let text = format!(
        "name = \"hotline\"\nhost = \"{HOST}\"\nport = {port}\ntls = \"{}\"\nuser = \"{}\"\nca = \"{}\"",
        if tls == Tls::Implicit { "implicit" } else { "starttls" },
        USERS[1].0,
        ca.display()
    );
    toml::from_str(&text).expect("right settings")
}

fn letter(subject: &str, body: &str) -> Vec<u8> {
    format!("From: a@example.org\r\nTo: hotline@mail.test\r\nSubject: {subject}\r\nMessage-ID: <{subject}@example.org>\r\n\r\n{body}\r\n")
        .into_bytes()
}

#[tokio::test]
async fn letters_are_looked_at_fetched_and_taken_away_one_by_one() {
    if !is_installed() {
        return;
    }
    let server = MailServer::start();
    for subject in ["one", "two", "three"] {
        server.drop_in("hotline", &letter(subject, "words"));
    }
    for (port, tls, count) in [(server.imaps, Tls::Implicit, 3), (server.imap, Tls::Starttls, 2)] {
        let mut mailbox = Mailbox::open(&settings(port, tls, &server.ca), Some(USERS[1].1)).await.expect("it opens");
        let waiting = mailbox.waiting(&mut BTreeSet::new()).await.expect("it tells");
        assert_eq!(waiting.len(), count);
        assert!(waiting.windows(2).all(|pair| pair[0].uid < pair[1].uid), "the oldest first");
        let uid = waiting[0].uid;
        let raw = mailbox.fetch(uid).await.expect("it hands out").expect("it is there");
        assert_eq!(raw.len() as u64, waiting[0].size);
        assert!(
            server.letters("hotline", "").contains(&raw.iter().copied().filter(|byte| *byte != b'\r').collect())
                || server.letters("hotline", "").contains(&raw)
        );
        mailbox.remove(uid).await.expect("it goes");
        assert_eq!(mailbox.fetch(uid).await.expect("it answers"), None, "it is there no more");
        mailbox.close().await;
    }
    let mut mailbox = Mailbox::open(&settings(server.imaps, Tls::Implicit, &server.ca), Some(USERS[1].1)).await.expect("it opens");
    let last = mailbox.waiting(&mut BTreeSet::new()).await.expect("it tells");
    mailbox.put_apart(last[0].uid).await.expect("it is put apart");
    assert!(mailbox.waiting(&mut BTreeSet::new()).await.expect("it tells").is_empty(), "an empty mailbox is no error");
    mailbox.close().await;
    assert_eq!(server.letters("hotline", "").len(), 0);
    assert_eq!(server.letters("hotline", "Qinglian-Apart").len(), 1, "a person finds it there");
}

#[tokio::test]
async fn a_letter_of_twenty_megabytes_arrives_whole() {
    if !is_installed() {
        return;
    }
    let server = MailServer::start();
    let line = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3\r\n";
    let body = line.repeat((28 << 20) / line.len());
    let raw = format!(
        "From: a@example.org\r\nSubject: large\r\nMIME-Version: 1.0\r\nContent-Type: application/pdf; name=\"scan.pdf\"\r\n\
         Content-Disposition: attachment; filename=\"scan.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{body}"
    );
    server.drop_in("hotline", raw.as_bytes());
    let mut mailbox = Mailbox::open(&settings(server.imaps, Tls::Implicit, &server.ca), Some(USERS[1].1)).await.expect("it opens");
    let waiting = mailbox.waiting(&mut BTreeSet::new()).await.expect("it tells");
    let fetched = mailbox.fetch(waiting[0].uid).await.expect("it hands out").expect("it is there");
    let letter = post::mail::parse(&fetched).expect("a mail");
    assert_eq!(letter.files.len(), 1);
    assert!(letter.files[0].bytes.len() > 20_000_000, "{} bytes", letter.files[0].bytes.len());
}

#[tokio::test]
async fn a_mailbox_that_does_not_open_says_why() {
    if !is_installed() {
        return;
    }
    let server = MailServer::start();
    let right = settings(server.imaps, Tls::Implicit, &server.ca);
    let open =
        async |settings: &MailboxSettings, password: Option<&str>| Mailbox::open(settings, password).await.err().expect("it stays shut");
    assert!(matches!(open(&right, Some("guess")).await, Error::WrongPassword { .. }));
    assert!(matches!(open(&right, None).await, Error::NoPassword { .. }));
    let untrusted = settings(server.imaps, Tls::Implicit, &server.other_ca);
    assert!(matches!(open(&untrusted, Some(USERS[1].1)).await, Error::Untrusted { .. }));
    let untrusted = settings(server.imap, Tls::Starttls, &server.other_ca);
    assert!(matches!(open(&untrusted, Some(USERS[1].1)).await, Error::Untrusted { .. }));
    let port = server.imaps;
    drop(server);
    let gone = settings(port, Tls::Implicit, Path::new("/nowhere.pem"));
    let error = open(&gone, Some(USERS[1].1)).await;
    assert!(matches!(error, Error::Unreachable { .. }) && error.may_pass(), "{error:?}");
}

#[tokio::test]
async fn letters_that_stayed_come_last_and_those_that_are_gone_are_forgotten() {
    if !is_installed() {
        return;
    }
    let server = MailServer::start();
    for at in 0..203 {
        server.drop_in("hotline", &letter(&format!("letter-{at}"), "words"));
    }
    let mut mailbox = Mailbox::open(&settings(server.imaps, Tls::Implicit, &server.ca), Some(USERS[1].1)).await.expect("it opens");
    let mut stayed: BTreeSet<u32> = mailbox.waiting(&mut BTreeSet::new()).await.expect("it tells").into_iter().map(|one| one.uid).collect();
    assert_eq!(stayed.len(), 200, "a great many in several looks");
    let first = *stayed.first().expect("200 of them");
    stayed.insert(9_999);
    let waiting = mailbox.waiting(&mut stayed).await.expect("it tells");
    assert!(waiting[..3].iter().all(|one| !stayed.contains(&one.uid)), "whatever was never looked at");
    assert_eq!((waiting[3].uid, stayed.contains(&9_999)), (first, false), "then those that stayed and are there");
}

#[tokio::test]
async fn what_somebody_else_marked_as_deleted_is_left_and_a_server_that_cannot_is_refused() {
    if !is_installed() {
        return;
    }
    let server = MailServer::start();
    server.drop_in("hotline", &letter("marked", "words"));
    server.mark_deleted("hotline");
    server.drop_in("hotline", &letter("taken", "words"));
    let mut mailbox = Mailbox::open(&settings(server.imaps, Tls::Implicit, &server.ca), Some(USERS[1].1)).await.expect("it opens");
    let waiting = mailbox.waiting(&mut BTreeSet::new()).await.expect("it tells");
    let taken = waiting.iter().map(|one| one.uid).max().expect("two of them");
    mailbox.remove(taken).await.expect("it goes");
    assert_eq!(server.letters("hotline", "").len(), 1, "the marked one lies there");
    let old = MailServer::able_of("IMAP4rev1 MOVE IDLE");
    let error = Mailbox::open(&settings(old.imaps, Tls::Implicit, &old.ca), Some(USERS[1].1)).await.err().expect("it is refused");
    assert!(matches!(error, Error::NoUidPlus { .. }) && !error.may_pass(), "{error:?}");
}
