//! How many durable commands a second one store takes: many people at once hand in gifts, each gift is accepted and settled.
//! A command counts when its answer came, and the answer comes when it is on the disk.

use crate::hospital::{Hospital, text};
use engine::{Actor, Value};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use store::Request;

pub async fn run(seconds: u64, runs: u64, submitters: u64) -> Vec<(&'static str, u64)> {
    let mut rates = Vec::new();
    for _ in 0..runs {
        rates.push(once(seconds, submitters).await);
    }
    rates.sort_unstable();
    let median = rates[rates.len() / 2];
    println!("median {median} durable commands/s");
    vec![("commands_per_second", median)]
}

async fn once(seconds: u64, submitters: u64) -> u64 {
    let hospital = Arc::new(Hospital::new().await);
    let (done, next) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicUsize::new(0)));
    let (begun, before) = (Instant::now(), crate::processor_ms());
    let until = begun + Duration::from_secs(seconds);
    let tasks: Vec<_> =
        (0..submitters).map(|_| tokio::spawn(submit(Arc::clone(&hospital), until, Arc::clone(&done), Arc::clone(&next)))).collect();
    for task in tasks {
        task.await.expect("a submitter ends well");
    }
    let (count, took) = (done.load(Ordering::Relaxed), begun.elapsed().as_secs_f64());
    let rate = (count as f64 / took) as u64;
    let used_us = (crate::processor_ms() - before) * 1_000 / count.max(1);
    println!("{count} commands in {took:.1} s by {submitters} at once: {rate}/s, {used_us} µs of processor time each");
    hospital.store.clone().close().await;
    rate
}

async fn submit(hospital: Arc<Hospital>, until: Instant, done: Arc<AtomicU64>, next: Arc<AtomicUsize>) {
    let (store, li) = (&hospital.store, Actor::Person(hospital.inspector));
    while Instant::now() < until {
        let gift = hospital.create(next.fetch_add(1, Ordering::Relaxed));
        let gift = store.submit(gift).await.expect("a gift is stored").entry;
        let accept = Request::make(li.clone(), "gift", gift, "accept", [("receipt_no", text("001"))]);
        store.submit(accept).await.expect("it is accepted");
        let settle = Request::make(li.clone(), "gift", gift, "settle", [] as [(&str, Value); 0]);
        store.submit(settle).await.expect("it is settled");
        done.fetch_add(3, Ordering::Relaxed);
    }
}
