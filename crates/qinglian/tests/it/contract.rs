//! The contract: every command has help, wrong usage ends with 2, failure with 1 and a sentence, never a stack trace.

use crate::qinglian;
use std::path::Path;

const COMMANDS: [&str; 12] =
    ["demo", "serve", "init", "check", "intake", "screen", "report", "verify", "backup", "restore", "user", "db"];

#[test]
fn every_command_has_help() {
    let top = qinglian("--help", &[]).ends(0);
    for command in COMMANDS {
        assert!(top.out.contains(&format!("  {command}")), "{command} is not in the help:\n{}", top.out);
        let help = qinglian(&format!("{command} --help"), &[]).ends(0);
        assert!(help.out.contains("Usage: qinglian"), "{command}: {}", help.out);
    }
}

#[test]
fn wrong_usage_ends_with_two() {
    for line in ["", "fly", "verify", "intake --data x", "report", "screen --data x --month"] {
        let ran = qinglian(line, &[]).ends(2);
        assert!(!ran.err.contains("panicked"), "{}", ran.err);
    }
}

#[test]
fn what_is_not_there_is_named_with_a_remedy() {
    let dir = tempfile::tempdir().expect("a folder");
    let missing = dir.path().join("nothing");
    for (line, remedy) in [("verify --data {}", "qinglian init"), ("serve --data {}", "qinglian init"), ("screen --data {}", "qinglian intake")] {
        let ran = qinglian(line, &[&missing]).ends(1);
        assert!(ran.err.contains(remedy), "{line}: {}", ran.err);
        assert!(!ran.err.contains("panicked") && !ran.err.contains("stack backtrace"), "{}", ran.err);
    }
    let ran = qinglian("intake --data {} --dataset order_lines {}", &[dir.path(), Path::new("x.csv")]).ends(1);
    assert!(ran.err.contains("order_line"), "the nearest datasets are named: {}", ran.err);
}

#[test]
fn the_shipped_catalogue_checks_clean() {
    let ran = qinglian("check", &[]).ends(0);
    assert!(ran.out.contains("个台账"), "{}", ran.out);
    assert_eq!(qinglian("check --json", &[]).ends(0).json(), serde_json::json!([]));
}

#[test]
fn a_loosening_overlay_is_refused_with_its_line() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("registers/gift/gift.toml");
    std::fs::create_dir_all(path.parent().expect("it has one")).expect("made");
    std::fs::write(&path, "[deadlines]\nturn_in = { within = \"9w\" }\n").expect("written");
    let faults = qinglian("check --json --site {}", &[dir.path()]).ends(1).json();
    let fault = &faults[0];
    assert_eq!(fault["place"]["line"], 2, "{faults}");
    assert!(fault["en"].as_str().expect("a sentence").contains("loosens"), "{faults}");
}
