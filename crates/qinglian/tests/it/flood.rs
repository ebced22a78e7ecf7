//! A flood on a house with the limits it comes with: nobody within the rate is asked anything, an honest reporter gets through, staff work on.

use crate::browser::{Browser, Form, attribute, words};
use crate::served::{House, PASSWORD, Served, code_in, report};
use sha2::{Digest, Sha256};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Reports a minute of one address before a puzzle, as a house comes.
const FREE: usize = 30;
/// Programs that send one form after another and solve nothing.
const SENDERS: usize = 6;
const MATTER: &str = "人多的时候如实反映的一件事";

#[test]
fn an_honest_reporter_gets_through_a_flood_with_the_limits_a_house_comes_with() {
    let house = House::new();
    let served = Served::start(&house.data);
    let (mut free, mut browser) = (0, Browser::new(&served.addr));
    // Filled in once: on a busy machine too more are sent within a minute than are free. Each report has a form of its own.
    let filled = filled_in(&mut browser, "一件");
    let puzzle = loop {
        let blank = browser.get("/report").expect("it serves").form("/report");
        let form = filled.clone().with("_draft", blank.get("_draft").expect("a form of its own"));
        let sent = browser.submit(&form).expect("an answer");
        if sent.status == 429 {
            break sent;
        }
        assert!(code_in(&sent).is_some(), "{}", words(&sent.text()));
        free += 1;
        assert!(free < 20 * FREE, "no puzzle after {free} reports");
    };
    assert!(free >= FREE, "a puzzle after {free} reports already");
    let (over, asked) = (AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for _ in 0..SENDERS {
            scope.spawn(|| {
                let mut sender = Browser::new(&served.addr);
                let form = puzzle.form("/report").and("_send", "1");
                while !over.load(Ordering::Relaxed) {
                    assert_eq!(sender.submit(&form).expect("an answer").status, 429, "nothing is taken that solves nothing");
                    asked.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let through = std::panic::catch_unwind(|| honest(&served));
        over.store(true, Ordering::Relaxed);
        through.unwrap_or_else(|why| std::panic::resume_unwind(why));
    });
    assert!(asked.load(Ordering::Relaxed) > 20, "the flood went on meanwhile");
    assert_eq!(house.count("report"), free as u64 + 1, "of the flood nothing more was taken");
}

/// A whole report up to its last button.
fn filled_in(browser: &mut Browser, matter: &str) -> Form {
    let say = |name: &str, _: &Form| match name {
        "identity" => Some("anonymous".to_owned()),
        "matter" => Some(matter.to_owned()),
        _ => None,
    };
    report(browser, &say).expect("it serves").form("/report").and("_send", "1")
}

/// Writes, is asked, works for it as the page's script does, and is answered; a handler reads it.
fn honest(served: &Served) {
    let begun = Instant::now();
    let mut browser = Browser::new(&served.addr);
    let form = filled_in(&mut browser, MATTER);
    let asked = browser.submit(&form).expect("an answer");
    assert_eq!(asked.status, 429, "{}", words(&asked.text()));
    let html = asked.text();
    let tag = html.split('<').find(|tag| tag.starts_with("form") && tag.contains("data-puzzle")).expect("a puzzle");
    let (key, bits) = (attribute(tag, "data-puzzle").expect("a key"), attribute(tag, "data-bits").and_then(|bits| bits.parse().ok()));
    let nonce = worked(&key, bits.expect("a number"));
    let form = asked.form("/report").with("_nonce", &nonce).and("_send", "1");
    let code = code_in(&browser.submit(&form).expect("an answer").ok()).expect("a code");
    let ask = browser.get("/receipt").expect("it serves").form("/receipt").with("code", &code);
    browser.submit(&ask).expect("an answer").ok();
    // Not a measurement: `make load` measures.
    assert!(begun.elapsed() < Duration::from_secs(600), "after {:?}", begun.elapsed());
    let mut li = Browser::signed_in(&served.addr, "li", PASSWORD);
    let links = li.get("/r/report?sort=-created").expect("it serves").ok().links();
    let path = links.into_iter().find(|link| link.starts_with("/r/report/JB-") && !link.contains('?')).expect("it is listed");
    let shut = li.get(&path).expect("it serves").ok();
    let open = li.submit(&shut.form(&format!("{path}/open"))).expect("an answer").ok();
    assert!(open.text().contains(MATTER), "{}", words(&open.text()));
}

/// A number that gives SHA-256("key:number") so many leading zero bits.
fn worked(key: &str, bits: u32) -> String {
    let zeros = |nonce: &u64| {
        let digest = Sha256::digest(format!("{key}:{nonce}").as_bytes());
        u64::from_be_bytes(digest[..8].try_into().expect("eight of thirty-two bytes")).leading_zeros()
    };
    (0_u64..).find(|nonce| zeros(nonce) >= bits).expect("some number does").to_string()
}
