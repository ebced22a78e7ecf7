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

/// `staff@ward, director` must not read as one unit with a comma in it and no director.
#[test]
fn a_unit_is_one_word_after_the_roles() {
    let catalogue = Catalogue::embedded();
    let register = catalogue.register("gift").expect("the gift register is shipped");
    let run = |who: &str| {
        scenario::run(&catalogue, register, "gift.md", &format!("# Gifts\n\n## A slip\n\n- on 2026-03-04\n- as {who}: read → hidden\n"))
    };
    for who in ["chen(staff@ward, director)", "chen(staff@ward director)", "chen(staff@)", "chen(staff@ward，director)"] {
        let failures = run(who).failures;
        let said: Vec<String> = failures.iter().map(ToString::to_string).collect();
        assert!(said.len() == 1 && failures[0].line == 6 && said[0].contains("is no unit"), "{who}: {said:?}");
    }
    let said: Vec<String> = run("chen(director, staff@ward)").failures.iter().map(ToString::to_string).collect();
    assert!(said.iter().all(|said| !said.contains("is no unit")), "{said:?}");
}
