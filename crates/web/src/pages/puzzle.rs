//! The page between a report and its receipt while very many come at once: a sum to answer, or a script that works for a moment.

use crate::failure::Answer;
use crate::gate::{Puzzle, Solution};
use crate::posted::Posted;
use crate::view::act::Give;
use crate::view::faults::Fault;
use crate::view::field::{Control, Field};
use crate::view::shell::Door;
use crate::visit::Visit;
use axum::http::StatusCode;
use serde::Serialize;
use std::net::IpAddr;

#[derive(Serialize)]
struct PuzzlePage {
    #[serde(flatten)]
    door: Door,
    heading: String,
    post: String,
    give: Vec<Give>,
    faults: Vec<Fault>,
    puzzle: Puzzle,
    field: Field,
}

/// The puzzle a form has to solve before it is taken. `None`: none, or it is solved.
pub(crate) fn asked(visit: &Visit, origin: Option<IpAddr>, form: &str, solution: &Solution<'_>) -> Option<Puzzle> {
    let bits = visit.app.gate.knock(origin, visit.now)?;
    if solution.holds(&visit.app.public, form, visit.now) {
        return None;
    }
    let chance = u64::from_be_bytes(uuid::Uuid::new_v4().as_bytes()[8..].try_into().expect("the last eight of sixteen bytes"));
    Some(Puzzle::new(&visit.app.public, form, bits, chance, visit.lang, visit.now))
}

/// What a form brought as its solution.
pub(crate) fn solution(posted: &Posted) -> Solution<'_> {
    let given = |name: &str| posted.pairs.get(name).unwrap_or_default();
    Solution { key: given("_puzzle"), answer: given("_sum"), nonce: given("_nonce") }
}

/// The page; `give` is the whole form, carried along. `again`: an answer was given, and it was wrong or too late.
pub(crate) fn show(visit: &Visit, post: &str, give: Vec<Give>, puzzle: Puzzle, again: bool) -> Answer {
    let heading = visit.say("puzzle-title");
    let fault = again.then(|| visit.say("puzzle-wrong"));
    let control = Control::Text { value: String::new(), max: Some(4), few: true, mode: Some("numeric"), auto: Some("off") };
    let label = visit.fill("puzzle-question", &[("sum", puzzle.question.clone().into())]);
    let page = PuzzlePage {
        door: visit.door(&heading),
        heading,
        post: post.to_owned(),
        give,
        faults: fault.iter().map(|text| Fault { href: "#f-_sum".to_owned(), text: text.clone() }).collect(),
        puzzle,
        field: Field::new("_sum", label, control).required(true).hint(Some(visit.say("puzzle-hint"))).fault(fault),
    };
    visit.page_as(StatusCode::TOO_MANY_REQUESTS, "pages/public_puzzle.html", &page)
}
