//! One level of load: so many clients, or so many reports a second.

use crate::client::Client;
use crate::forms::Forms;
use crate::house::House;
use crate::letter::Letter;
use crate::report::{self, Sent};
use serde::Serialize;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::task::LocalSet;

/// People of the house who read meanwhile.
const STAFF: usize = 3;
/// Codes asked for at once afterwards.
const READERS: usize = 16;

/// Sealed before a level.
const LETTERS_PER_SECOND: usize = 1_000;
/// Forms asked for before a level, some more than a house takes in that time.
const FORMS_PER_SECOND: usize = 1_400;
/// Between two reports of an honest one.
const THINKING: Duration = Duration::from_millis(250);

#[derive(Clone, Copy, Debug)]
pub struct Level {
    drive: Drive,
    time: Duration,
}

#[derive(Clone, Copy, Debug)]
enum Drive {
    /// Clients that ask again as soon as they are answered.
    Closed(usize),
    /// Clients that hand over reports sealed beforehand, by the interface for programs.
    Api(usize),
    /// One honest reporter, while so many clients send without ever answering a puzzle.
    Flood(usize),
    /// Reports a second, each by a client of its own. Times count from when a report was due, not from when it got away.
    Open(u32),
}

/// A row of `target/load.json`. Times in milliseconds.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    #[serde(rename = "loop")]
    pub drive: &'static str,
    pub clients: usize,
    pub sent: u64,
    pub accepted: u64,
    pub refused: u64,
    pub lost: u64,
    pub per_second: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    /// Pages of somebody of the staff, read meanwhile.
    pub staff_p99_ms: f64,
}

#[derive(Default)]
struct Tally {
    sent: Cell<u64>,
    refused: Cell<u64>,
    unknown: Cell<u64>,
    codes: RefCell<Vec<String>>,
    took_ms: RefCell<Vec<f64>>,
}

impl Level {
    pub fn closed(clients: usize, time: Duration) -> Level {
        Level { drive: Drive::Closed(clients), time }
    }

    pub fn open(rate: u32, time: Duration) -> Level {
        Level { drive: Drive::Open(rate), time }
    }

    pub fn api(clients: usize, time: Duration) -> Level {
        Level { drive: Drive::Api(clients), time }
    }

    pub fn flood(clients: usize, time: Duration) -> Level {
        Level { drive: Drive::Flood(clients), time }
    }

    /// Errors: the house cannot be reached, or its pages are none.
    pub async fn run(self, house: &House) -> anyhow::Result<Row> {
        let mut staff = Vec::new();
        for _ in 0..STAFF {
            staff.push(house.staff().await?);
        }
        let tally = Rc::new(Tally::default());
        let letters = match self.drive {
            Drive::Api(_) => sealed(house, self.time).await?,
            _ => Vec::new(),
        };
        let forms = match self.drive {
            Drive::Api(_) => Forms::default(),
            _ => Forms::open(&mut house.client(), FORMS_PER_SECOND * self.time.as_secs().max(1) as usize).await?,
        };
        let forms = Rc::new(forms);
        let begun = Instant::now();
        let end = begun + self.time;
        let local = LocalSet::new();
        let read = local.run_until(async {
            let reading: Vec<_> =
                staff.into_iter().map(|mut one| tokio::task::spawn_local(async move { one.read_until(end).await })).collect();
            match self.drive {
                Drive::Closed(clients) => closed(house, clients, &forms, end, &tally).await,
                Drive::Open(rate) => open(house, rate, &forms, begun, end, &tally).await,
                Drive::Flood(clients) => flood(house, clients, &forms, end, &tally).await,
                Drive::Api(clients) => api(house, clients, letters, end, &tally).await,
            }
            // Letters may run out before the time does.
            let took = begun.elapsed();
            (reading, took)
        });
        let (reading, took) = read.await;
        let mut read = Vec::new();
        for one in reading {
            read.extend(local.run_until(one).await??);
        }
        let codes = tally.codes.take();
        let unread = unread(house, &codes).await;
        Ok(self.row(&tally, codes.len() as u64, unread, took, read))
    }

    fn row(self, tally: &Tally, accepted: u64, unread: u64, took: Duration, mut read: Vec<f64>) -> Row {
        let mut times = tally.took_ms.take();
        let (drive, clients) = match self.drive {
            Drive::Closed(clients) => ("closed", clients),
            Drive::Open(rate) => ("open", rate as usize),
            Drive::Flood(clients) => ("flood", clients),
            Drive::Api(clients) => ("api", clients),
        };
        Row {
            drive,
            clients,
            sent: tally.sent.get(),
            accepted,
            refused: tally.refused.get(),
            lost: tally.unknown.get() + unread,
            per_second: (accepted as f64 / took.as_secs_f64() * 10.0).round() / 10.0,
            p50_ms: quantile(&mut times, 0.5),
            p99_ms: quantile(&mut times, 0.99),
            staff_p99_ms: quantile(&mut read, 0.99),
        }
    }
}

async fn closed(house: &House, clients: usize, forms: &Rc<Forms>, end: Instant, tally: &Rc<Tally>) {
    let drivers: Vec<_> = (0..clients)
        .map(|_| {
            let (tally, forms, mut client) = (tally.clone(), forms.clone(), house.client());
            tokio::task::spawn_local(async move {
                while Instant::now() < end {
                    one(&mut client, &forms, Instant::now(), &tally).await;
                }
            })
        })
        .collect();
    for driver in drivers {
        driver.await.expect("a driver does not panic");
    }
}

async fn open(house: &House, rate: u32, forms: &Rc<Forms>, begun: Instant, end: Instant, tally: &Rc<Tally>) {
    let idle: Rc<RefCell<Vec<Client>>> = Rc::default();
    let mut under_way = Vec::new();
    for number in 0.. {
        let due = begun + Duration::from_secs_f64(f64::from(number) / f64::from(rate));
        if due >= end {
            break;
        }
        tokio::time::sleep_until(due.into()).await;
        let mut client = idle.borrow_mut().pop().unwrap_or_else(|| house.client());
        let (tally, forms, idle) = (tally.clone(), forms.clone(), idle.clone());
        under_way.push(tokio::task::spawn_local(async move {
            one(&mut client, &forms, due, &tally).await;
            idle.borrow_mut().push(client);
        }));
    }
    for one in under_way {
        one.await.expect("a driver does not panic");
    }
}

/// Letters for a level, some more than a house takes in that time.
async fn sealed(house: &House, time: Duration) -> anyhow::Result<Vec<Letter>> {
    let mut client = house.client();
    let mut letters = Vec::new();
    for number in 0..LETTERS_PER_SECOND * time.as_secs().max(1) as usize {
        letters.push(Letter::seal(&mut client, number).await?);
    }
    Ok(letters)
}

async fn api(house: &House, clients: usize, letters: Vec<Letter>, end: Instant, tally: &Rc<Tally>) {
    let letters = Rc::new(RefCell::new(letters));
    let senders: Vec<_> = (0..clients)
        .map(|_| {
            let (letters, tally, mut client) = (letters.clone(), tally.clone(), house.client());
            tokio::task::spawn_local(async move {
                while Instant::now() < end {
                    let Some(letter) = letters.borrow_mut().pop() else { break };
                    tally.sent.set(tally.sent.get() + 1);
                    let begun = Instant::now();
                    let sent = letter.send(&mut client).await;
                    count(sent, begun, &tally);
                }
            })
        })
        .collect();
    for sender in senders {
        sender.await.expect("a sender does not panic");
    }
}

/// Only what the honest one sends is counted.
async fn flood(house: &House, clients: usize, forms: &Rc<Forms>, end: Instant, tally: &Rc<Tally>) {
    let senders: Vec<_> = (0..clients)
        .map(|_| {
            let (mut client, forms) = (house.client(), forms.clone());
            tokio::task::spawn_local(async move {
                while Instant::now() < end {
                    let _ = report::send(&mut client, &forms, 0).await;
                }
            })
        })
        .collect();
    let mut honest = house.client();
    while Instant::now() < end {
        let number = tally.sent.get();
        tally.sent.set(number + 1);
        let begun = Instant::now();
        let sent = report::send_honestly(&mut honest, forms, number).await;
        count(sent, begun, tally);
        tokio::time::sleep(THINKING).await;
    }
    for sender in senders {
        sender.await.expect("a sender does not panic");
    }
}

async fn one(client: &mut Client, forms: &Forms, due: Instant, tally: &Tally) {
    let number = tally.sent.get();
    tally.sent.set(number + 1);
    let sent = report::send(client, forms, number).await;
    count(sent, due, tally);
}

fn count(sent: Sent, due: Instant, tally: &Tally) {
    match sent {
        Sent::Accepted(code) => {
            tally.took_ms.borrow_mut().push(due.elapsed().as_secs_f64() * 1e3);
            tally.codes.borrow_mut().push(code);
        }
        Sent::Refused => tally.refused.set(tally.refused.get() + 1),
        Sent::Unknown => tally.unknown.set(tally.unknown.get() + 1),
    }
}

/// How many codes do not open their report.
pub async fn unread(house: &House, codes: &[String]) -> u64 {
    let local = LocalSet::new();
    let parts: Vec<Vec<String>> = (0..READERS).map(|part| codes.iter().skip(part).step_by(READERS).cloned().collect()).collect();
    local
        .run_until(async {
            let readers: Vec<_> = parts
                .into_iter()
                .map(|part| {
                    let mut client = house.client();
                    tokio::task::spawn_local(async move {
                        let mut unread = 0;
                        for code in &part {
                            unread += u64::from(!report::opens(&mut client, code).await);
                        }
                        unread
                    })
                })
                .collect();
            let mut unread = 0;
            for reader in readers {
                unread += reader.await.expect("a reader does not panic");
            }
            unread
        })
        .await
}

/// Of no times at all: 0.
fn quantile(times: &mut [f64], part: f64) -> f64 {
    times.sort_by(f64::total_cmp);
    let at = ((times.len() as f64 * part).ceil() as usize).clamp(1, times.len().max(1)) - 1;
    times.get(at).map_or(0.0, |time| (time * 10.0).round() / 10.0)
}

impl Row {
    pub fn head() -> String {
        format!(
            "{:<6} {:>7} {:>8} {:>8} {:>7} {:>5} {:>8} {:>8} {:>8} {:>9}",
            "loop", "clients", "sent", "accepted", "refused", "lost", "per s", "p50 ms", "p99 ms", "staff p99"
        )
    }
}

impl fmt::Display for Row {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Row { drive, clients, sent, accepted, refused, lost, per_second, p50_ms, p99_ms, staff_p99_ms } = self;
        write!(
            to,
            "{drive:<6} {clients:>7} {sent:>8} {accepted:>8} {refused:>7} {lost:>5} {per_second:>8.1} {p50_ms:>8.1} {p99_ms:>8.1} {staff_p99_ms:>9.1}"
        )
    }
}
