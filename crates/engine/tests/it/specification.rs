//! Every scenario of every shipped register.

use catalogue::Catalogue;
use engine::scenario;

#[test]
fn every_scenario_of_every_register_holds() {
    let outcome = scenario::run_all(&Catalogue::embedded());
    let failures: Vec<String> = outcome.failures.iter().map(ToString::to_string).collect();
    assert!(failures.is_empty(), "{} of {} scenarios fail:\n{}", failures.len(), outcome.scenarios, failures.join("\n"));
    assert!(outcome.steps > 100, "the specifications are hardly there: {} steps", outcome.steps);
}
