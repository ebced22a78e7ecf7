//! SIGKILL at random under load: what was accepted is there afterwards, every code opens its report, the chain is whole each time.

use crate::forms::Forms;
use crate::house::House;
use crate::level::unread;
use crate::report::{self, Sent};
use rand::RngExt;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::task::LocalSet;

/// Clients that send meanwhile.
const CLIENTS: usize = 32;
/// Longest wait for a first accepted report before the kill is counted from then.
const FIRST: Duration = Duration::from_secs(5);

/// What became of all that was sent.
#[derive(Debug, Default)]
pub struct Tally {
    pub kills: u32,
    pub accepted: u64,
    pub refused: u64,
    /// Sent and never answered, because the house died: the reporter was told nothing either.
    pub unanswered: u64,
    /// Accepted and not readable afterwards.
    pub lost: u64,
}

#[derive(Default)]
struct Round {
    codes: RefCell<Vec<String>>,
    refused: Cell<u64>,
    unanswered: Cell<u64>,
    over: Cell<bool>,
}

/// Errors: the chain is not clean after a kill, or the house does not come back.
pub async fn run(house: &mut House, kills: u32) -> anyhow::Result<Tally> {
    let mut tally = Tally::default();
    let mut codes = Vec::new();
    for _ in 0..kills {
        let round = Rc::new(Round::default());
        let local = LocalSet::new();
        local.run_until(under_load(house, &round)).await?;
        tally.kills += 1;
        tally.refused += round.refused.get();
        tally.unanswered += round.unanswered.get();
        let fresh = round.codes.take();
        tally.accepted += fresh.len() as u64;
        tally.lost += unread(house, &fresh).await;
        codes.extend(fresh);
        if tally.kills.is_multiple_of(20) {
            println!("{} kills: {} accepted, {} unanswered, {} lost", tally.kills, tally.accepted, tally.unanswered, tally.lost);
        }
    }
    // Once more at the end: no later kill may take an earlier report along.
    tally.lost = tally.lost.max(unread(house, &codes).await);
    Ok(tally)
}

/// Clients send until the house is killed under them, at any moment from the first accepted report on.
async fn under_load(house: &mut House, round: &Rc<Round>) -> anyhow::Result<()> {
    let senders: Vec<_> = (0..CLIENTS)
        .map(|number| {
            let (mut client, round, forms) = (house.client(), round.clone(), Forms::default());
            tokio::task::spawn_local(async move {
                while !round.over.get() {
                    match report::send(&mut client, &forms, number as u64).await {
                        Sent::Accepted(code) => round.codes.borrow_mut().push(code),
                        Sent::Refused => round.refused.set(round.refused.get() + 1),
                        Sent::Unknown => {
                            round.unanswered.set(round.unanswered.get() + 1);
                            break;
                        }
                    }
                }
            })
        })
        .collect();
    let begun = Instant::now();
    while round.codes.borrow().is_empty() && begun.elapsed() < FIRST {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let moment = Duration::from_millis(rand::rng().random_range(0..400));
    tokio::time::sleep(moment).await;
    house.strike()?;
    round.over.set(true);
    for sender in senders {
        sender.await.expect("a sender does not panic");
    }
    house.kill_and_serve().await
}
