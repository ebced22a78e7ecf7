//! A disk that fills under a served house, again and again: each time a clear answer, nothing accepted is lost, and on it goes.
//! The test runs itself again on a small disk.

use crate::browser::Browser;
use crate::qinglian_as;
use crate::served::{House, Served, code_in};
use std::io::Write;
use std::path::Path;

const INSIDE: &str = "QINGLIAN_FULL_DISK";
const TIMES: usize = 10;
/// What is left for reports. Units: bytes.
const ROOM: u64 = 1 << 20;

#[test]
fn a_disk_that_fills_ten_times_loses_no_report() {
    crate::small_disk::run("full::inside", 24, INSIDE);
}

/// What happens on the small disk. Alone it does nothing.
#[test]
fn inside() {
    let Ok(disk) = std::env::var(INSIDE) else { return };
    let house = House::without_puzzles();
    let data = Path::new(&disk).join("data");
    copy(&house.data, &data);
    let served = Served::start(&data);
    let ballast = Path::new(&disk).join("ballast");
    let mut codes = Vec::new();
    for time in 1..=TIMES {
        let refused = fill(&served.addr, &ballast, &mut codes);
        assert_eq!(refused.0, 507, "{time}: {}", refused.1);
        assert!(refused.1.contains("没有存下"), "{time}: it says that nothing was stored: {}", refused.1);
        std::fs::remove_file(&ballast).expect("room again");
        codes.push(report(&mut Browser::new(&served.addr)).expect("it goes on by itself"));
        let checked = qinglian_as(None, "verify --json --data {}", &[&data]).ends(0).json();
        assert_eq!(checked["sound"], true, "{time}: {checked}");
    }
    assert!(codes.len() > 2 * TIMES, "reports were taken while the disk filled: {}", codes.len());
    eprintln!("{TIMES} times full: {} reports accepted", codes.len());
    let mut anyone = Browser::new(&served.addr);
    for code in &codes {
        let form = anyone.get("/receipt").expect("it serves").form("/receipt").with("code", code);
        assert_eq!(anyone.submit(&form).expect("it serves").status, 200, "a code that was shown does not open");
    }
    let copied = House { data, ..house };
    assert_eq!(copied.count("report"), codes.len() as u64, "accepted, so there, and nothing else");
}

/// Takes nearly all room, then reports until one is refused. Answers its status and words.
fn fill(addr: &str, ballast: &Path, codes: &mut Vec<String>) -> (u16, String) {
    let mut browser = Browser::new(addr);
    // The ballast takes every block there is and gives a few back.
    let mut file = std::fs::File::create(ballast).expect("a file");
    while file.write_all(&[7; 64 << 10]).is_ok() {}
    let length = file.metadata().expect("a file").len();
    file.set_len(length.saturating_sub(ROOM)).expect("a little room");
    for _ in 0..2_000 {
        match report(&mut browser) {
            Ok(code) => codes.push(code),
            Err(refused) => return refused,
        }
    }
    panic!("the disk must fill")
}

fn report(browser: &mut Browser) -> Result<String, (u16, String)> {
    let check = crate::served::report(browser, &|name, _| (name == "matter").then(|| "满".repeat(4_000))).expect("it serves");
    let sent = browser.submit(&check.form("/report").and("_send", "1")).expect("it answers");
    code_in(&sent).filter(|_| sent.status == 200).ok_or_else(|| (sent.status, crate::browser::words(&sent.text())))
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for one in std::fs::read_dir(from).expect("a folder") {
        let one = one.expect("an entry");
        let target = to.join(one.file_name());
        if one.file_type().expect("a type").is_dir() {
            copy(&one.path(), &target);
        } else {
            std::fs::copy(one.path(), target).expect("copied");
        }
    }
}
