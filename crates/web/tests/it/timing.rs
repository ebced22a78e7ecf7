//! Codes that open nothing: alike in words and in time, whatever is wrong with them.

use crate::browser::Browser;
use crate::house::House;
use crate::public::{code_in, walk};
use axum::http::StatusCode;
use std::time::Instant;
use store::{Erase, Request, Wish};

/// Rounds of one try: each asks every kind once, so that what slows the machine slows all alike.
const ROUNDS: usize = 252;
/// Every order of three as often as any other, so that none comes after another more often.
const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 2, 1], [2, 0, 1], [1, 0, 2]];
/// A busy machine may spoil a try; a difference in the work spoils every one.
const TRIES: usize = 4;
/// Twice the standard error beyond which a difference of ranks is no chance: p < 1 in 10,000, two-sided.
const FAR: f64 = 3.9;
/// Medians of pairs closer than this part of a request are noise to whoever asks over a network.
const NEAR: f64 = 0.04;

/// What was found between two kinds, from paired times in microseconds.
struct Compared {
    /// Wilcoxon's signed ranks, as a normal deviate.
    z: f64,
    /// The median of the differences, as a part of the median time.
    part: f64,
}

fn compared(one: &[f64], other: &[f64]) -> Compared {
    let mut gaps: Vec<f64> = one.iter().zip(other).map(|(one, other)| one - other).filter(|gap| *gap != 0.0).collect();
    gaps.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
    let count = gaps.len() as f64;
    let up: f64 = gaps.iter().enumerate().filter(|(_, gap)| **gap > 0.0).map(|(rank, _)| rank as f64 + 1.0).sum();
    let (mean, deviation) = (count * (count + 1.0) / 4.0, (count * (count + 1.0) * (2.0 * count + 1.0) / 24.0).sqrt());
    let part = median(gaps.clone()) / median(one.to_vec());
    Compared { z: (up - mean) / deviation, part }
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or_default()
}

/// A code whose report was erased by two persons.
async fn erased(house: &House) -> String {
    let code = code_in(&walk(house, "zh-CN", |_| {}).await).expect("a code");
    let mut li = Browser::signed_in(house, "li").await;
    let link = li.get("/r/report").await.links().into_iter().find(|link| link.starts_with("/r/report/JB-")).expect("the report");
    let path = format!("{link}/move/hand_up");
    let form = li.get(&path).await.expect(StatusCode::OK).form(&path);
    li.submit(
        form.with("transfer_to", &crate::house::first_item("transfer_to"))
            .with("transferred_on", "2026-03-04")
            .with("transfer_receipt", "收1"),
    )
    .await
    .expect(StatusCode::OK);
    let entry = house.store.table(&"report".into()).await.expect("read").pop().expect("the report").id;
    let ask = |who: &str, step| Request::new(engine::Actor::Person(house.person(who)), "report", entry, Wish::Erase(step));
    house.store.submit(ask("li", Erase::Ask("已移送".to_owned()))).await.expect("asked");
    house.store.submit(ask("zhou", Erase::Agree)).await.expect("agreed");
    code
}

#[tokio::test]
async fn unknown_malformed_and_erased_codes_are_alike_in_words_and_time() {
    let house = House::new().await;
    let gone = erased(&house).await;
    // Others' reports are there, so that there is something to look among.
    for _ in 0..3 {
        walk(&house, "zh-CN", |_| {}).await;
    }
    let kinds = ["8M4N-R0VE-3YJW-9SXF-5QRC", "8M4N-R0VE-3YJW-9SXF-5QR!", gone.as_str()];
    let mut anyone = Browser::new(&house);
    let form = anyone.get("/receipt").await.expect(StatusCode::OK).form("/receipt");
    let mut answers: Vec<String> = Vec::new();
    for typed in kinds {
        let page = anyone.submit(form.clone().with("code", typed)).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
        answers.push(page.text().replace(typed, ""));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:#?}");

    // What one try found by chance or by a busy machine the next does not find again, of the same two and in the same direction.
    let (mut said, mut always) = (Vec::new(), None::<Vec<(&str, bool)>>);
    for _ in 0..TRIES {
        let mut took = vec![Vec::with_capacity(ROUNDS); kinds.len()];
        for order in ORDERS.iter().cycle().take(ROUNDS) {
            for kind in *order {
                let asking = form.clone().with("code", kinds[kind]);
                let begun = Instant::now();
                let answer = anyone.submit_once(asking).await;
                assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "what is timed is the answer to a wrong code");
                took[kind].push(begun.elapsed().as_secs_f64() * 1e6);
            }
        }
        let pairs = [(0, 1, "unknown and malformed"), (0, 2, "unknown and erased"), (1, 2, "malformed and erased")];
        let far: Vec<(Compared, &str)> = pairs
            .iter()
            .map(|(one, other, what)| (compared(&took[*one], &took[*other]), *what))
            .filter(|(found, _)| found.z.abs() > FAR && found.part.abs() > NEAR)
            .collect();
        let far_again = |(found, what): &(Compared, &str)| always.as_ref().is_none_or(|always| always.contains(&(*what, found.z > 0.0)));
        let again = far.iter().filter(|one| far_again(one)).map(|(found, what)| (*what, found.z > 0.0)).collect::<Vec<_>>();
        if again.is_empty() {
            let medians: Vec<String> = took.iter().map(|kind| format!("{:.0}", median(kind.clone()))).collect();
            println!("medians in µs of unknown, malformed and erased codes: {}", medians.join(", "));
            return;
        }
        let told = |(found, what): &(Compared, &str)| {
            format!("{what}: z {:.1}, {:.1} % of {:.0} µs", found.z, found.part * 100.0, median(took[0].clone()))
        };
        said.push(far.iter().map(told).collect::<Vec<_>>().join("; "));
        always = Some(again);
    }
    panic!("the time of an answer tells how a code was wrong, {TRIES} times in a row: {said:#?}");
}
