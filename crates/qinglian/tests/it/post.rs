//! Mail of a served house, with a real mail server: a letter is one report, a notice says nothing.

use crate::browser::Browser;
use crate::hooks::SECRET;
use crate::mail_server::{DOMAIN, HOST, MailServer, USERS, is_installed};
use crate::served::{House, PASSWORD, Served, report};
use crate::{qinglian, qinglian_as};
use encoding_rs::GB18030;
use rand::RngExt;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A house with mail out, one mailbox and a gateway, its passwords sealed.
pub fn house(server: &MailServer) -> House {
    let house = House::without_puzzles();
    let text = format!(
        "\n[post.smtp]\nhost = \"{HOST}\"\nport = {}\nuser = \"{}@{DOMAIN}\"\nfrom = \"清廉系统 <{}@{DOMAIN}>\"\nca = \"{ca}\"\n\n\
         [[post.mailbox]]\nname = \"hotline\"\nhost = \"{HOST}\"\nport = {}\nuser = \"{}\"\nca = \"{ca}\"\nevery = 1\nacknowledge = true\nwith = {{ route = \"department\" }}\n\n\
         [[post.gateway]]\nchannel = \"sms\"\n",
        server.smtps,
        USERS[0].0,
        USERS[0].0,
        server.imaps,
        USERS[1].0,
        ca = server.ca.display()
    );
    let file = house.data.join("qinglian.toml");
    fs::write(&file, fs::read_to_string(&file).expect("it is there") + &text).expect("written");
    for (name, password) in [("smtp", USERS[0].1), ("hotline", USERS[1].1), ("sms", SECRET)] {
        qinglian_as(Some(password), &format!("post set-password {name} --data {{}}"), &[&house.data]).ends(0);
    }
    house
}

pub fn wait(what: &str, mut until: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !until() {
        assert!(begun.elapsed() < Duration::from_secs(240), "{what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// A letter with a subject of its own.
fn letter(subject: &str, from: &str, words: &str) -> Vec<u8> {
    let mut raw = format!(
        "From: =?utf-8?B?546L5p+Q?= <{from}>\r\nTo: hotline@{DOMAIN}\r\nSubject: {subject}\r\nMessage-ID: <{subject}@example.org>\r\n\
         MIME-Version: 1.0\r\nContent-Type: text/plain; charset=gb18030\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    )
    .into_bytes();
    raw.extend_from_slice(&GB18030.encode(words).0);
    raw
}

/// Files anywhere under a folder.
fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

/// Files under a folder that hold a word, in UTF-8 or GB 18030.
pub fn holding(folder: &Path, word: &str) -> Vec<PathBuf> {
    let (gb, _, _) = GB18030.encode(word);
    let holds = |bytes: &[u8], part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    let mut files = walk(folder);
    files.retain(|file| fs::read(file).is_ok_and(|bytes| holds(&bytes, word.as_bytes()) || holds(&bytes, &gb)));
    files
}

#[test]
fn a_letter_is_one_sealed_report_and_is_acknowledged_without_a_word_of_it() {
    if !is_installed() {
        return;
    }
    let server = MailServer::start();
    let house = house(&server);
    let served = Served::start_saying(&house.data, "debug");
    server.drop_in("hotline", &letter("first", &format!("staff@{DOMAIN}"), "药房龘靐齉齾有人收受好处"));
    wait("the letter is taken away", || server.letters("hotline", "").is_empty());
    assert_eq!(house.count("report"), 1);
    // The same bytes again, as after a crash before it was taken away: the same report.
    server.drop_in("hotline", &letter("first", &format!("staff@{DOMAIN}"), "药房龘靐齉齾有人收受好处"));
    wait("it is taken away again", || server.letters("hotline", "").is_empty());
    assert_eq!(house.count("report"), 1);
    let answers = server.arrived("staff", 1);
    let answer = post::mail::parse(&answers[0]).expect("a mail");
    assert!(answer.text.contains("已收到") && answer.text.contains("came in"), "{}", answer.text);
    assert!(!answer.text.contains("龘") && !answer.text.contains("JB-") && answer.files.is_empty(), "{}", answer.text);
    // Whoever handles it reads it, with where it came from; the disk and the log do not say.
    let mut li = Browser::signed_in(&served.addr, "li", PASSWORD);
    let list = li.get("/r/report").expect("it serves").ok().text();
    let number = list.split("JB-").nth(1).map(|rest| format!("JB-{}", &rest[..6])).expect("a number");
    let page = li.get(&format!("/r/report/{number}")).expect("it serves").ok();
    assert!(page.text().contains("邮箱"), "it says by which channel");
    let opened = li.submit(&page.form(&format!("/r/report/{number}/open"))).expect("it serves");
    let opened = if opened.status == 303 { li.get(&format!("/r/report/{number}")).expect("it serves") } else { opened };
    assert!(opened.text().contains("龘靐齉齾"), "{}", crate::browser::words(&opened.text()));
    for word in ["龘靐齉齾", &format!("staff@{DOMAIN}")] {
        assert_eq!(holding(&house.data, word), Vec::<PathBuf>::new(), "{word}");
        assert!(!String::from_utf8_lossy(&served.log()).contains(word), "{word} in the log");
    }
    for (_, password) in USERS {
        assert_eq!(holding(&house.data, password), Vec::<PathBuf>::new(), "a password");
    }
}

#[test]
fn machines_and_broken_letters_are_put_apart_and_told_of() {
    if !is_installed() {
        return;
    }
    let server = MailServer::start();
    let house = house(&server);
    let _served = Served::start(&house.data);
    server.drop_in("hotline", b"From: a@example.org\r\nAuto-Submitted: auto-replied\r\nSubject: away\r\n\r\nI am away\r\n");
    server.drop_in("hotline", &b"From: a@example.org\r\nContent-Type: message/rfc822\r\n\r\n".repeat(9));
    let program = "From: a@example.org\r\nSubject: attached\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
        --b\r\nContent-Type: text/plain\r\n\r\nwords\r\n--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"run.exe\"\r\nContent-Transfer-Encoding: base64\r\n\r\nTVqQAAMAAAA=\r\n--b--\r\n";
    server.drop_in("hotline", program.as_bytes());
    wait("three letters are put apart", || server.letters("hotline", "Qinglian-Apart").len() == 3);
    wait("the mailbox is empty", || server.letters("hotline", "").is_empty());
    assert_eq!(house.count("report"), 2, "the one with words, without its program, and one that says where the broken letter lies");
    assert_eq!(server.letters("staff", "").len(), 0, "no machine is answered");
    // Again, as after a kill between storing and moving: the program is kept nowhere else.
    server.drop_in("hotline", program.as_bytes());
    wait("the mailbox is empty", || server.letters("hotline", "").is_empty());
    assert_eq!(server.letters("hotline", "Qinglian-Apart").len(), 4, "it is not deleted");
    assert_eq!(house.count("report"), 2);
}

#[test]
fn a_letter_the_server_does_not_move_stops_no_other() {
    if !is_installed() {
        return;
    }
    let server = MailServer::start();
    let house = house(&server);
    server.shut("hotline", "Qinglian-Apart", true);
    server.drop_in("hotline", b"From: a@example.org\r\nAuto-Submitted: auto-replied\r\nSubject: away\r\n\r\nI am away\r\n");
    let _served = Served::start(&house.data);
    for at in 0..2 {
        server.drop_in("hotline", &letter(&format!("behind-{at}"), "a@example.org", "words"));
    }
    wait("those behind it are taken", || house.count("report") == 2 && server.letters("hotline", "").len() == 1);
    server.shut("hotline", "Qinglian-Apart", false);
    wait("it is put apart once it can be", || server.letters("hotline", "Qinglian-Apart").len() == 1);
}

#[test]
fn killed_between_fetching_and_storing_every_letter_is_one_report() {
    if !is_installed() {
        return;
    }
    let server = MailServer::start();
    let house = house(&server);
    let (mut sent, mut rng) = (0, rand::rng());
    for kill in 0..20 {
        let before = house.count("report");
        let mut served = Served::start(&house.data);
        for _ in 0..6 {
            sent += 1;
            server.drop_in("hotline", &letter(&format!("letter-{sent}"), "a@example.org", "words"));
        }
        // One kill in four falls after a letter was taken, however busy the machine is.
        wait("a letter is taken", || kill % 4 != 3 || house.count("report") > before);
        std::thread::sleep(Duration::from_millis(rng.random_range(0..1_200)));
        served.kill();
        assert!(house.count("report") as usize + server.letters("hotline", "").len() >= sent, "none is lost by kill {kill}");
    }
    let _served = Served::start(&house.data);
    wait("the mailbox is empty", || server.letters("hotline", "").is_empty());
    assert_eq!(house.count("report") as usize, sent, "every letter once");
    let report = qinglian("verify --json --data {}", &[&house.data]).ends(0).json();
    assert_eq!(report["sound"], true, "{report}");
}

#[test]
fn who_wants_mail_is_told_how_much_waits_and_nothing_else() {
    if !is_installed() {
        return;
    }
    let mut server = MailServer::start();
    let house = house(&server);
    let served = Served::start(&house.data);
    let mut li = Browser::signed_in(&served.addr, "li", PASSWORD);
    let me = li.get("/me").expect("it serves").ok();
    assert!(me.text().contains("不发"), "off until somebody chooses");
    let form = li.get("/me/mail").expect("it serves").ok().form("/me/mail");
    assert_eq!(li.submit(&form.clone().with("to", "li")).expect("it serves").status, 422, "no address");
    server.stop_sending();
    assert_eq!(li.submit(&form.with("to", &format!("staff@{DOMAIN}"))).expect("it serves").status, 303);
    let mut anyone = Browser::new(&served.addr);
    let check = report(&mut anyone, &|_, _| None).expect("it serves");
    anyone.submit(&check.form("/report").and("_send", "1")).expect("it serves").ok();
    wait("a mail waits that could not be sent", || {
        house.reading().jobs().iter().any(|job| job.kind == "mail" && job.attempts > 0 && job.message.contains("cannot be reached"))
    });
    server.start_sending();
    let letters = server.arrived("staff", 1);
    let notice = post::mail::parse(&letters[0]).expect("a mail");
    assert!(notice.text.starts_with("您在清廉系统有 1 件待办，请登录查看。"), "{}", notice.text);
    let whole = format!("{}{}", notice.subject, notice.text);
    for told in ["JB-", "举报", "http", "/r/", "report", "线索"] {
        assert!(!whole.contains(told), "{told}: {whole}");
    }
    let jobs = house.reading().jobs();
    let mails: Vec<_> = jobs.iter().filter(|job| job.kind == "mail").collect();
    assert!(mails.len() == 1 && mails[0].payload.len() < 60 && !mails[0].payload.contains('@'), "{:?}", mails[0].payload);
}

#[test]
fn the_configuration_is_tried_and_each_fault_named() {
    if !is_installed() {
        return;
    }
    let server = MailServer::start();
    let house = house(&server);
    let tried = qinglian("post check --json --data {}", &[&house.data]).ends(0).json();
    assert!(tried.as_array().is_some_and(|all| all.len() == 3 && all.iter().all(|one| one["ok"] == true)), "{tried}");
    qinglian_as(Some("guess"), "post set-password hotline --data {}", &[&house.data]).ends(0);
    let tried = qinglian("post check --json --data {}", &[&house.data]).ends(1).json();
    let fault = tried.as_array().and_then(|all| all.iter().find(|one| one["name"] == "hotline")).map(|one| one["fault"].to_string());
    assert!(fault.is_some_and(|fault| fault.contains("post set-password hotline")), "{tried}");
    let said = qinglian_as(Some("x"), "post set-password nobody --data {}", &[&house.data]).ends(2);
    assert!(said.err.contains("hotline"), "{}", said.err);
    let said = qinglian_as(Some("short"), "post set-password sms --data {}", &[&house.data]).ends(1);
    assert!(said.err.contains("32"), "{}", said.err);
    let file = house.data.join("qinglian.toml");
    let text = fs::read_to_string(&file).expect("it is there").replace("route = \"department\"", "route = \"nowhere\"");
    fs::write(&file, text).expect("written");
    let said = qinglian("post check --data {}", &[&house.data]).ends(1);
    assert!(said.out.contains("nowhere") && said.out.contains("department"), "{}", said.out);
}
