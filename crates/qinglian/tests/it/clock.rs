//! A clock that jumps under a served house: reports go on being accepted, every code goes on working, the chain stays whole.
//!
//! The real binary on a wrong clock: `libfaketime` gives it the time that stands in a file.

use crate::browser::Browser;
use crate::qinglian_as;
use crate::served::{House, Served, code_in};
use std::path::Path;

/// Where Debian keeps the library, for the machines it runs on.
const LIBRARIES: [&str; 2] =
    ["/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"];

/// Forward a day, back two, far forward, far back, into the year after, to where it was.
const JUMPS: [&str; 8] = ["+0", "+1d", "-1d", "+400d", "-400d", "+36500d", "-7300d", "+0"];

#[test]
fn a_clock_that_jumps_loses_no_report_and_stops_no_code() {
    let Some(library) = LIBRARIES.into_iter().find(|path| Path::new(path).exists()) else {
        assert_eq!(std::env::var("QINGLIAN_SKIP").as_deref(), Ok("1"), "libfaketime is missing (Debian: apt-get install faketime)");
        eprintln!("SKIP: no libfaketime, so no clock that jumps");
        return;
    };
    let house = House::without_puzzles();
    let time = house.folder.path().join("time");
    let set = |jump: &str| std::fs::write(&time, format!("{jump}\n")).expect("written");
    set(JUMPS[0]);
    let path = time.display().to_string();
    let served = Served::start_among(
        &house.data,
        &[("LD_PRELOAD", library), ("FAKETIME_TIMESTAMP_FILE", &path), ("FAKETIME_NO_CACHE", "1"), ("FAKETIME_DONT_FAKE_MONOTONIC", "1")],
    );
    let mut browser = Browser::new(&served.addr);
    let mut codes = Vec::new();
    let mut days = Vec::new();
    for jump in JUMPS {
        set(jump);
        for _ in 0..3 {
            codes.push(report(&mut browser));
        }
        for code in &codes {
            let form = browser.get("/receipt").expect("it serves").form("/receipt").with("code", code);
            let page = browser.submit(&form).expect("it serves");
            assert_eq!(page.status, 200, "after {jump} a code does not open: {}", crate::browser::words(&page.text()));
        }
        days.push(browser.get("/health").expect("it serves").date);
        let report = qinglian_as(None, "verify --json --data {}", &[&house.data]).ends(0).json();
        assert_eq!(report["sound"], true, "after {jump}: {report}");
    }
    let day = |date: &Option<String>| date.as_deref().and_then(|date| date.get(..16)).map(str::to_owned);
    assert!(days.windows(2).all(|two| day(&two[0]) != day(&two[1])), "the clock did jump: {days:?}");
    assert_eq!(house.count("report"), codes.len() as u64);
}

fn report(browser: &mut Browser) -> String {
    let check = crate::served::report(browser, &|_, _| None).expect("it serves");
    let sent = browser.submit(&check.form("/report").and("_send", "1")).expect("it serves");
    code_in(&sent).unwrap_or_else(|| panic!("no code: {}", crate::browser::words(&sent.text())))
}
