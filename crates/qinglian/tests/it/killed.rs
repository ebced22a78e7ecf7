//! SIGKILL under the server at random moments: what was accepted is there, once, and the chain is whole.

use crate::browser::{Browser, Form, Page};
use crate::qinglian_as;
use crate::served::{House, PASSWORD, Served, code_in, gift};
use rand::RngExt;
use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Kills in one run, fewer where a busy machine takes longer than this; with `QINGLIAN_KILLS` exactly so many.
const KILLS: u64 = 20;
const LONGEST: Duration = Duration::from_secs(25);
/// So many come in any case: one whenever it falls, one after a report, one after a gift.
const FEWEST: u64 = 3;

/// What clients saw, and what they were never told.
#[derive(Default)]
struct Seen {
    /// Receipt codes shown.
    codes: Vec<String>,
    /// Numbers of gifts by the place they were given at.
    gifts: BTreeMap<String, String>,
    /// Gifts sent without an answer, by their place: sent again after the restart, in the same words.
    unsure: Vec<(String, Form)>,
    /// Reports sent without an answer.
    unanswered: u64,
}

static NEXT: AtomicU64 = AtomicU64::new(0);

/// Gifts and reports accepted in this run.
static GIFTS: AtomicU64 = AtomicU64::new(0);
static REPORTS: AtomicU64 = AtomicU64::new(0);

fn next() -> u64 {
    NEXT.fetch_add(1, Ordering::Relaxed)
}

#[test]
fn killed_at_any_moment_nothing_accepted_is_lost_or_doubled() {
    let wanted: Option<u64> = std::env::var("QINGLIAN_KILLS").ok().and_then(|text| text.parse().ok());
    let mut kills = 0;
    let house = House::without_puzzles();
    let mut served = Served::start(&house.data);
    let mut staff: Vec<Browser> = ["zhang", "zhao"].map(|login| Browser::signed_in(&served.addr, login, PASSWORD)).into();
    let mut seen = Seen::default();
    let mut rng = rand::rng();
    let begun = Instant::now();
    while kills < wanted.unwrap_or(KILLS) && (wanted.is_some() || kills < FEWEST || begun.elapsed() < LONGEST) {
        kills += 1;
        let moment = Duration::from_millis(rng.random_range(20..450));
        let addr = served.addr.clone();
        std::thread::scope(|scope| {
            let hands: Vec<_> = staff.iter_mut().map(|browser| scope.spawn(move || gifts(browser))).collect();
            let public: Vec<_> = (0..2).map(|_| scope.spawn(|| reports(&addr))).collect();
            // On a busy machine the work comes late: mostly the clock runs from the first report or gift that was accepted.
            match kills % 3 {
                0 => {}
                1 => wait_for(&REPORTS),
                _ => wait_for(&GIFTS),
            }
            std::thread::sleep(moment);
            served.kill();
            hands.into_iter().chain(public).for_each(|client| merge(&mut seen, client.join().expect("a client ends by itself")));
        });
        served = Served::start(&house.data);
        staff = staff.iter().map(|browser| browser.at(&served.addr)).collect();
        resend(&mut seen, &mut staff);
        let report = qinglian_as(None, "verify --json --data {}", &[&house.data]).ends(0).json();
        assert_eq!(report["sound"], true, "after kill {kills}: {report}");
    }
    opens(&seen, &served.addr);
    served.kill();
    let (gifts, reports) = stored(&house);
    for (place, number) in &seen.gifts {
        assert_eq!(gifts.get(place), Some(&vec![number.clone()]), "{place}: accepted, so stored, and once");
    }
    let twice: Vec<_> = gifts.iter().filter(|(_, numbers)| numbers.len() != 1).collect();
    assert!(twice.is_empty(), "one form, one gift: {twice:?}");
    let accepted = seen.codes.len() as u64;
    assert!(
        (accepted..=accepted + seen.unanswered).contains(&reports),
        "{reports} reports for {accepted} codes, {} unanswered",
        seen.unanswered
    );
    // Two kills in three waited for some.
    assert!(
        seen.gifts.len() as u64 >= kills / 3 && accepted >= kills / 3,
        "there was work under the kills: {} gifts, {accepted} reports",
        seen.gifts.len()
    );
    eprintln!(
        "{kills} kills: {} gifts and {accepted} reports accepted, all there; {} reports unanswered",
        seen.gifts.len(),
        seen.unanswered
    );
}

fn wait_for(work: &AtomicU64) {
    let (begun, before) = (Instant::now(), work.load(Ordering::Relaxed));
    while work.load(Ordering::Relaxed) == before && begun.elapsed() < Duration::from_secs(120) {
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn merge(all: &mut Seen, one: Seen) {
    all.codes.extend(one.codes);
    all.gifts.extend(one.gifts);
    all.unsure.extend(one.unsure);
    all.unanswered += one.unanswered;
}

/// Registers gifts until the server is gone; every third form is sent twice.
fn gifts(browser: &mut Browser) -> Seen {
    let mut seen = Seen::default();
    loop {
        let place = format!("地点{}", next());
        let Ok(form) = gift(browser, &place) else { return seen };
        match browser.submit(&form) {
            Ok(page) => accepted(&mut seen, &place, &page),
            Err(_) => {
                seen.unsure.push((place, form));
                return seen;
            }
        }
        if seen.gifts.len() % 3 == 0 {
            match browser.submit(&form) {
                Ok(page) => accepted(&mut seen, &place, &page),
                Err(_) => return seen,
            }
        }
    }
}

/// A gift was answered with its address; sent again it is the same one.
fn accepted(seen: &mut Seen, place: &str, page: &Page) {
    assert_eq!(page.status, 303, "{}", crate::browser::words(&page.text()));
    let location = page.location.as_deref().expect("where it is");
    let number = location.trim_start_matches("/r/gift/").split('?').next().expect("a number").to_owned();
    GIFTS.fetch_add(1, Ordering::Relaxed);
    let before = seen.gifts.insert(place.to_owned(), number.clone());
    assert!(before.is_none_or(|before| before == number), "{place} is two gifts");
}

/// Reports, step by step, until the server is gone.
fn reports(addr: &str) -> Seen {
    let mut seen = Seen::default();
    let mut browser = Browser::new(addr);
    loop {
        match report(&mut browser, &mut seen.unanswered) {
            Ok(code) => {
                REPORTS.fetch_add(1, Ordering::Relaxed);
                seen.codes.push(code);
            }
            Err(_) => return seen,
        }
    }
}

fn report(browser: &mut Browser, unanswered: &mut u64) -> io::Result<String> {
    let check = crate::served::report(browser, &|_, _| None)?;
    *unanswered += 1;
    let sent = browser.submit(&check.form("/report").and("_send", "1"))?;
    *unanswered -= 1;
    assert_eq!(sent.status, 200, "{}", crate::browser::words(&sent.text()));
    Ok(code_in(&sent).expect("a code"))
}

/// Forms that got no answer are sent again, as a person would: stored before or not, they are stored now, once.
fn resend(seen: &mut Seen, staff: &mut [Browser]) {
    for (place, form) in std::mem::take(&mut seen.unsure) {
        let mut answers = staff.iter_mut().map(|browser| browser.submit(&form).expect("the server is back"));
        let page = answers.find(|page| page.status == 303).expect("whose form it was takes it");
        accepted(seen, &place, &page);
    }
}

/// Every code that was shown opens its report.
fn opens(seen: &Seen, addr: &str) {
    let mut anyone = Browser::new(addr);
    for code in &seen.codes {
        let form = anyone.get("/receipt").expect("it serves").form("/receipt").with("code", code);
        let page = anyone.submit(&form).expect("it serves");
        assert_eq!(page.status, 200, "a code that was shown does not open: {}", crate::browser::words(&page.text()));
    }
}

/// Numbers of gifts by place as exported, and how many reports there are: nobody exports those, so the store is asked.
fn stored(house: &House) -> (BTreeMap<String, Vec<String>>, u64) {
    let out = house.folder.path().join("gifts.json");
    qinglian_as(Some(PASSWORD), "export --register gift --as li --columns number,place --data {} --out {}", &[&house.data, &out]).ends(0);
    let list: serde_json::Value = serde_json::from_slice(&std::fs::read(&out).expect("written")).expect("JSON");
    let mut gifts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in list["rows"].as_array().expect("rows") {
        let text = |name: &str| row[name].as_str().expect("a text").to_owned();
        gifts.entry(text("place")).or_default().push(text("number"));
    }
    (gifts, house.count("report"))
}
