//! A clock that jumps under a served house: reports go on being accepted, every code goes on working, the chain stays whole.
//!
//! The real binary on a wrong clock: `libfaketime` gives it the time that stands in a file.

use crate::browser::Browser;
use crate::qinglian_as;
use crate::served::{House, PASSWORD, Served, code_in};
use std::path::Path;

/// Where Debian keeps the library, for the machines it runs on.
const LIBRARIES: [&str; 2] =
    ["/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"];

/// Days from now: forward one, back two, more than a year each way, a lifetime forward, into the past, to where it was.
const JUMPS: [i64; 8] = [0, 1, -1, 400, -400, 36_500, -7_300, 0];

const MATTER: &str = "钟在跳的时候说的话";

#[test]
fn a_clock_that_jumps_loses_no_report_and_stops_no_code() {
    let Some(library) = LIBRARIES.into_iter().find(|path| Path::new(path).exists()) else {
        assert_eq!(std::env::var("QINGLIAN_SKIP").as_deref(), Ok("1"), "libfaketime is missing (Debian: apt-get install faketime)");
        eprintln!("SKIP: no libfaketime, so no clock that jumps");
        return;
    };
    let house = House::without_puzzles();
    let time = house.folder.path().join("time");
    let set = |days: i64| std::fs::write(&time, format!("{days:+}d\n")).expect("written");
    set(JUMPS[0]);
    let path = time.display().to_string();
    let served = Served::start_among(
        &house.data,
        &[("LD_PRELOAD", library), ("FAKETIME_TIMESTAMP_FILE", &path), ("FAKETIME_NO_CACHE", "1"), ("FAKETIME_DONT_FAKE_MONOTONIC", "1")],
    );
    let mut browser = Browser::new(&served.addr);
    let mut codes = Vec::new();
    for jump in JUMPS {
        set(jump);
        let day = || (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(jump * 24)).strftime("%Y%m%d").to_string();
        for _ in 0..3 {
            // A day may end meanwhile.
            let before = day();
            let (code, proof) = report(&mut browser);
            assert!(proof.contains(&before) || proof.contains(&day()), "the clock did jump to {before}: {proof}");
            codes.push(code);
        }
        for code in &codes {
            let form = browser.get("/receipt").expect("it serves").form("/receipt").with("code", code);
            let page = browser.submit(&form).expect("it serves");
            assert_eq!(page.status, 200, "{jump} days off a code does not open: {}", crate::browser::words(&page.text()));
        }
        let report = qinglian_as(None, "verify --json --data {}", &[&house.data]).ends(0).json();
        assert_eq!(report["sound"], true, "{jump} days off: {report}");
    }
    assert_eq!(house.count("report"), codes.len() as u64);
    opened(&served, codes.len());
}

/// Whoever handles reports opens every one of them, also those that came while the clock stood before that person's first day.
fn opened(served: &Served, reports: usize) {
    let mut li = Browser::signed_in(&served.addr, "li", PASSWORD);
    let links = li.get("/r/report").expect("it serves").ok().links();
    let is_report = |link: &String| link.starts_with("/r/report/JB-") && !link.contains('?');
    let paths: std::collections::BTreeSet<String> = links.into_iter().filter(is_report).collect();
    assert_eq!(paths.len(), reports, "{paths:?}");
    for path in paths {
        let open = li.get(&path).expect("it serves").ok().form(&format!("{path}/open"));
        let page = li.submit(&open).expect("it serves").ok();
        assert!(page.text().contains(MATTER), "{path}: {}", crate::browser::words(&page.text()));
    }
}

/// Answers the code and the line that proves when it came.
fn report(browser: &mut Browser) -> (String, String) {
    let check = crate::served::report(browser, &|name, _| (name == "matter").then(|| MATTER.to_owned())).expect("it serves");
    let sent = browser.submit(&check.form("/report").and("_send", "1")).expect("it serves");
    let html = sent.text();
    let proof = html.split("<p class=\"line\">").nth(1).and_then(|rest| rest.split('<').next());
    code_in(&sent).zip(proof.map(str::to_owned)).unwrap_or_else(|| panic!("no code: {}", crate::browser::words(&html)))
}
