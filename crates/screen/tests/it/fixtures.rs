//! Every rule's and every report's examples, run as they stand in the catalogue.

use catalogue::Catalogue;
use screen::fixture::{Outcome, check_report, check_rule};
use screen::report::Definition;
use std::sync::Arc;

#[tokio::test]
async fn every_rule_does_what_its_page_says() {
    let catalogue = Arc::new(Catalogue::embedded());
    let rules = screen::Rule::load_all(&catalogue).unwrap_or_else(|faults| panic!("{}", lines(&faults)));
    assert!(rules.len() >= 3, "the catalogue has its rules");
    let mut pages = Vec::new();
    for rule in &rules {
        pages.push((rule.path.as_str(), check_rule(rule, &catalogue).await));
    }
    check(&pages);
}

#[tokio::test]
async fn every_report_does_what_its_page_says() {
    let catalogue = Catalogue::embedded();
    let reports = Definition::load_all(&catalogue).unwrap_or_else(|faults| panic!("{}", lines(&faults)));
    assert!(reports.len() >= 3, "the catalogue has its reports");
    let mut pages = Vec::new();
    for report in &reports {
        pages.push((report.layout.report.as_str(), check_report(report, &catalogue).await));
    }
    check(&pages);
}

fn check(pages: &[(&str, Outcome)]) {
    for (name, outcome) in pages {
        assert!(outcome.missing().is_empty(), "{name} has no example of {:?}", outcome.missing());
    }
    let failures: Vec<_> = pages.iter().flat_map(|(_, outcome)| &outcome.failures).collect();
    assert!(failures.is_empty(), "\n{}", lines(&failures));
}

fn lines<T: ToString>(all: &[T]) -> String {
    all.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
