//! Specifications beside definitions: `<id>.md` holds scenarios as sentences, and this runs them.
//!
//! The world of a scenario is in memory; its people, units and entries come to be when they are named. Sealed values
//! pass through the form like any other and are then replaced by an empty envelope: keys are the vault's affair.

mod act;
mod parse;
mod stage;

use crate::scenario::stage::Stage;
use catalogue::{Catalogue, Register};

/// What a scenario found wrong: where, and what happened instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub file: String,
    pub line: usize,
    pub scenario: String,
    pub what: String,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}:{} [{}] {}", self.file, self.line, self.scenario, self.what)
    }
}

/// What a run came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    pub scenarios: usize,
    pub steps: usize,
    pub failures: Vec<Failure>,
}

/// Runs every scenario of one register's specification.
pub fn run(catalogue: &Catalogue, register: &Register, file: &str, text: &str) -> Outcome {
    let mut outcome = Outcome::default();
    for scenario in parse::scenarios(text) {
        outcome.scenarios += 1;
        let mut stage = Stage::new(catalogue, register);
        for (line, step) in &scenario.steps {
            outcome.steps += 1;
            let result = parse::step(step).and_then(|step| act::perform(&mut stage, step));
            if let Err(what) = result {
                outcome.failures.push(Failure {
                    file: file.to_owned(),
                    line: *line,
                    scenario: scenario.title.clone(),
                    what: format!("{step}\n    {what}"),
                });
                // What follows stands on this step; its failures would only repeat it.
                break;
            }
        }
    }
    outcome
}

/// Runs the specifications of every register of a catalogue.
pub fn run_all(catalogue: &Catalogue) -> Outcome {
    let mut all = Outcome::default();
    for register in catalogue.registers.values() {
        let path = format!("registers/{}/{}.md", register.area, register.name);
        if let Some(text) = catalogue.files.get(&path) {
            let one = run(catalogue, register, &path, text);
            all.scenarios += one.scenarios;
            all.steps += one.steps;
            all.failures.extend(one.failures);
        }
    }
    all
}
