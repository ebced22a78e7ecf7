//! How findings are scored.

use demo::truth::{Finding, Truth, score};

fn finding(truth: &Truth, at: usize, keys: &[&str]) -> Finding {
    let planted = &truth.planted[at];
    let keys =
        planted.keys.iter().filter(|(key, _)| keys.contains(&key.as_str())).map(|(key, value)| (key.clone(), value.clone())).collect();
    Finding { rule: planted.rule.clone(), month: planted.month, keys }
}

#[test]
fn a_finding_counts_when_what_it_names_is_so() {
    let truth = super::hospital(61, 50_000).truth;
    let planted = truth.planted.iter().filter(|planted| planted.rule == "U02").count();
    assert_eq!(truth.planted[0].rule, "U02");
    let mut wrong = finding(&truth, 1, &["department", "item"]);
    wrong.keys.insert("prescriber".into(), "99999".into());
    let mut other_month = finding(&truth, 2, &["department", "item"]);
    other_month.month = truth.from;
    let findings = [finding(&truth, 0, &["department", "item"]), wrong, other_month, finding(&truth, 3, &["item", "prescriber"])];
    let scores = score(&truth, &findings, |_| true);
    let of_u02 = scores.iter().find(|score| score.rule == "U02").expect("U02 is planted");
    assert_eq!((of_u02.planted, of_u02.found, of_u02.findings), (planted, 2, 4));
    assert_eq!(of_u02.precision, 0.5);
    assert_eq!(of_u02.recall, 2.0 / planted as f64);
}

#[test]
fn only_months_looked_at_count() {
    let truth = super::hospital(62, 50_000).truth;
    let month = truth.planted[0].month;
    let scores = score(&truth, &[finding(&truth, 0, &["department", "item"])], |of| of == month);
    let of_u02 = scores.iter().find(|score| score.rule == "U02").expect("U02 is planted");
    let there = truth.planted.iter().filter(|planted| planted.rule == "U02" && planted.month == month).count();
    assert_eq!((of_u02.planted, of_u02.found), (there, 1));
}

#[test]
fn the_truth_survives_its_file() {
    let truth = super::hospital(63, 50_000).truth;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("truth.json");
    truth.save(&path).expect("it is written");
    assert!(Truth::load(&path).expect("it is read") == truth, "the file says something else");
}
