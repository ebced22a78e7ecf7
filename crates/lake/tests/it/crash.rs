//! A process that dies while it writes, a disk that takes no more, and what is left lying about.
//!
//! The child is this very test binary under `ulimit -f`: with the signal ignored a write past the limit fails as on a full
//! disk; without, the kernel kills the process in the middle of that write.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::Arc;

use lake::{Error, Handed, Lake, Mapping, Marts, intake, revert};

use crate::lab::{AT_MS, Lab, contract, months};

const LAKE: &str = "LAKE_CRASH_DIR";
const FILE: &str = "LAKE_CRASH_FILE";
const REFUSED: i32 = 42;
const LINES: u32 = 30_000;

fn take_in(dir: &Path, path: &Path) -> lake::Result<lake::Receipt> {
    let contract = contract("order_line");
    let handed = Handed { path, name: "orders.csv", at_ms: AT_MS, try_only: false, watch: &mut |_| ControlFlow::Continue(()) };
    intake(dir, &contract, &Mapping::plain(&contract), handed)
}

/// Not a test of its own: the process that is made to die.
#[test]
#[ignore = "started by the other tests of this file"]
fn child() {
    let (Some(dir), Some(file)) = (std::env::var_os(LAKE), std::env::var_os(FILE)) else { return };
    let code = match take_in(&PathBuf::from(dir), &PathBuf::from(file)) {
        Ok(_) => 0,
        Err(Error::Io { .. }) => REFUSED,
        Err(error) => panic!("neither taken in nor refused by the disk: {error}"),
    };
    std::process::exit(code);
}

fn run_child(dir: &Path, file: &Path, blocks: u32, ignore_signal: bool) -> ExitStatus {
    let trap = if ignore_signal { "trap '' XFSZ; " } else { "" };
    let script = format!("{trap}ulimit -c 0; ulimit -f {blocks}; exec \"$0\" --exact crash::child --ignored");
    let binary = std::env::current_exe().expect("the test binary");
    let output = Command::new("sh").args(["-c", &script]).arg(binary).env(LAKE, dir).env(FILE, file).output();
    output.expect("a shell").status
}

/// Lines over six months with ids and times that do not pack well; `from` shifts which of them there are.
fn rows(from: u32, quantity: u32) -> String {
    let row = |n: u32| {
        let n = from + n;
        let chance = n.wrapping_mul(2_654_435_761) >> 7;
        let (month, day, second) = ((n + quantity) % 6 + 1, chance % 28 + 1, chance / 28 % 86_400);
        let clock = format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
        format!("X{:07},2024-{month:02}-{day:02} {clock},I{:03},{quantity}\n", n * 7_919 % 1_000_003, chance % 499)
    };
    let rows: String = (0..LINES).map(row).collect();
    format!("line_id,time,item,quantity\n{rows}")
}

fn ids(lab: &Lab) -> Vec<String> {
    lab.dump("order_line", &["line_id", "quantity"])
}

#[test]
fn a_disk_that_takes_no_more_or_a_kill_changes_nothing_and_the_next_import_is_whole() {
    let lab = Lab::new();
    take_in(&lab.lake_dir(), &lab.file("first.csv", rows(0, 1))).expect("taken in");
    let second = lab.file("second.csv", rows(LINES - 10_000, 2));
    let before = ids(&lab);
    let (mut refused, mut killed) = (0, 0);
    for blocks in [1, 8, 32, 64] {
        for ignore_signal in [true, false] {
            let status = run_child(&lab.lake_dir(), &second, blocks, ignore_signal);
            refused += u32::from(status.code() == Some(REFUSED));
            killed += u32::from(status.code().is_none());
            assert!(!status.success(), "{blocks} blocks were enough; the limits must bite");
            assert_eq!(ids(&lab), before, "after {status} at {blocks} blocks");
            assert_eq!(lab.lake().verify().expect("verified"), []);
        }
    }
    assert_eq!((refused, killed), (4, 4));
    let receipt = take_in(&lab.lake_dir(), &second).expect("taken in");
    assert_eq!((receipt.accepted, receipt.replaced, ids(&lab).len()), (u64::from(LINES), 10_000, 2 * LINES as usize - 10_000));
    let whole = Lab::new();
    take_in(&whole.lake_dir(), &whole.file("first.csv", rows(0, 1))).expect("taken in");
    take_in(&whole.lake_dir(), &whole.file("second.csv", rows(LINES - 10_000, 2))).expect("taken in");
    assert_eq!(ids(&lab), ids(&whole));
    assert!(!lab.lake_dir().join("tmp").exists(), "drafts are gone");
}

#[test]
fn what_a_crash_left_is_neither_read_nor_kept() {
    let lab = Lab::new();
    lab.orders("line_id,time,item,quantity\nL1,2024-01-05,A,1\n");
    let dir = lab.lake_dir();
    std::fs::create_dir_all(dir.join("tmp")).expect("a folder");
    std::fs::write(dir.join("tmp/1.0"), "half a mon").expect("a left-over draft");
    std::fs::write(dir.join("order_line/2024-02.0123456789ab.parquet"), "PAR1 half").expect("a month no manifest names");
    assert_eq!(lab.lake().months("order_line"), months(&["2024-01"]));
    assert_eq!(lab.orders_dump().len(), 1);
    lab.orders("line_id,time,item,quantity\nL2,2024-01-06,A,1\n");
    assert!(!dir.join("tmp").exists());
    assert!(!dir.join("order_line/2024-02.0123456789ab.parquet").exists());
    assert_eq!(lab.orders_dump().len(), 2);
}

#[test]
fn a_reader_keeps_its_lake_through_the_next_import() {
    let lab = Lab::new();
    lab.orders("line_id,time,item,quantity\nL1,2024-01-05,A,1\n");
    lab.orders("line_id,time,item,quantity\nL2,2024-01-06,A,1\n");
    let old = lab.lake();
    lab.orders("line_id,time,item,quantity\nL3,2024-01-07,B,1\n");
    let month = months(&["2024-01"])[0];
    assert_eq!(crate::lab::dump_month(&old, "order_line", month, &["line_id"]), ["L1", "L2"]);
    assert_eq!(crate::lab::dump_month(&lab.lake(), "order_line", month, &["line_id"]), ["L1", "L2", "L3"]);
}

#[test]
fn two_imports_at_once_are_one_too_many() {
    let lab = Lab::new();
    lab.orders("line_id,time,item,quantity\nL1,2024-01-05,A,1\n");
    let lock = std::fs::File::create(lab.lake_dir().join(".lock")).expect("the lock file");
    lock.lock().expect("the lock");
    let contract = contract("order_line");
    let path = lab.file("more.csv", "line_id,time,item,quantity\nL2,2024-01-05,A,1\n");
    let error = lab.hand(&contract, &Mapping::plain(&contract), &path).expect_err("busy");
    assert!(matches!(error, Error::Busy), "{error}");
    drop(lock);
    lab.hand(&contract, &Mapping::plain(&contract), &path).expect("taken in");
}

#[test]
fn a_file_that_was_altered_or_is_missing_is_named() {
    let lab = Lab::new();
    lab.orders("line_id,time,item,quantity\nL1,2024-01-05,A,1\nL2,2024-02-05,A,1\n");
    let lake = lab.lake();
    assert_eq!(lake.verify().expect("verified"), []);
    let [first, second] = ["2024-01", "2024-02"].map(|month| lake.month_file("order_line", months(&[month])[0]).expect("a file"));
    let mut bytes = std::fs::read(&first).expect("the file");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&first, bytes).expect("altered");
    std::fs::remove_file(&second).expect("removed");
    let damage: Vec<_> = lake.verify().expect("verified").into_iter().map(|d| (d.file, d.missing)).collect();
    assert_eq!(damage, [(first, false), (second, true)]);
}

#[test]
fn a_manifest_that_cannot_be_read_is_an_error_and_not_an_empty_lake() {
    let lab = Lab::new();
    let receipt = lab.orders("line_id,time,item,quantity\nL1,2024-01-05,A,1\n");
    std::fs::write(lab.lake_dir().join("order_line/manifest.json"), "{").expect("damaged");
    assert!(matches!(Lake::open(&lab.lake_dir()), Err(Error::Damaged { .. })));
    assert!(matches!(revert(&lab.lake_dir(), "order_line", &receipt.batch), Err(Error::Damaged { .. })));
}

#[test]
fn half_a_mart_is_folded_again() {
    let lab = Lab::new();
    lab.orders("line_id,time,item,quantity\nL1,2024-01-05,A,1\n");
    Marts::refresh(Arc::new(lab.lake())).expect("folded");
    let cubes = lab.lake_dir().join("marts/cube");
    let file = std::fs::read_dir(&cubes).expect("the cubes").next().expect("one cube").expect("a file").path();
    let bytes = std::fs::read(&file).expect("the cube");
    std::fs::write(&file, &bytes[..bytes.len() / 2]).expect("cut");
    let (marts, report) = Marts::refresh(Arc::new(lab.lake())).expect("folded");
    assert_eq!(report.folded, months(&["2024-01"]));
    assert_eq!(marts.table("cube", lake::View::Named).expect("the cube")[0].num_rows(), 1);
}
