//! `make load`: reports as the public form posts them, from one client to a thousand, while staff read. Every report that was
//! accepted is asked for again by its code; what cannot be read then, or was neither accepted nor refused, is lost.

mod client;
mod forms;
mod house;
mod kills;
mod letter;
mod level;
mod report;
mod staff;

use anyhow::{Context, bail};
use clap::Parser;
use house::{Flood, House};
use level::{Level, Row};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Levels that are driven by the interface for programs too.
const API: [usize; 2] = [32, 200];
/// Clients of the flood.
const FLOOD: usize = 200;

/// Drives the built binary over HTTP and writes a row per level.
#[derive(Debug, Parser)]
struct Arguments {
    /// The binary under load
    #[arg(long, value_name = "FILE", default_value = "target/release/qinglian")]
    binary: PathBuf,
    /// Clients at once, a level each; every client asks again as soon as it is answered
    #[arg(long, value_delimiter = ',', default_value = "1,8,32,200,1000")]
    clients: Vec<usize>,
    /// Reports a second, a level each, sent whether or not earlier ones were answered
    #[arg(long, value_delimiter = ',', default_value = "200,600")]
    rates: Vec<u32>,
    /// Seconds of every level
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Instead of levels: so many times SIGKILL at random while 32 clients send
    #[arg(long, value_name = "TIMES")]
    kills: Option<u32>,
    /// Rows that must hold what is promised on two cores, or the run fails: 1,000 accepted a second at some level, p99 150 ms at 32
    /// clients, staff's p99 200 ms in a flood
    #[arg(long)]
    promised: bool,
    /// Where the rows go
    #[arg(long, value_name = "FILE", default_value = "target/load.json")]
    out: PathBuf,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    // One thread drives, so that the house has the machine to itself as far as can be.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    if let Some(times) = arguments.kills {
        return runtime.block_on(kill(arguments, times));
    }
    let rows = runtime.block_on(drive(arguments))?;
    if let Some(folder) = arguments.out.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let text = serde_json::to_string_pretty(&rows)?;
    std::fs::write(&arguments.out, text).with_context(|| format!("cannot write {}", arguments.out.display()))?;
    println!("written: {}", arguments.out.display());
    let lost: u64 = rows.iter().map(|row| row.lost).sum();
    let unheard = rows.iter().any(|row| row.drive == "flood" && (row.accepted == 0 || row.accepted < row.sent));
    let missed = if arguments.promised { missed(&rows) } else { Vec::new() };
    for promise in &missed {
        println!("not held: {promise}");
    }
    Ok(if lost == 0 && !unheard && missed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Which promises the rows do not hold.
fn missed(rows: &[Row]) -> Vec<&'static str> {
    let closed = |row: &&Row| row.drive == "closed";
    let fast = rows.iter().filter(closed).any(|row| row.per_second >= 1_000.0);
    let soon = rows.iter().filter(closed).filter(|row| row.clients == 32).all(|row| row.p99_ms <= 150.0);
    let calm = rows.iter().filter(|row| row.drive == "flood").all(|row| row.staff_p99_ms <= 200.0);
    let promises = [
        (fast, "1,000 reports accepted a second at some level"),
        (soon, "99 of 100 within 150 ms at 32 clients"),
        (calm, "99 of 100 pages of the staff within 200 ms in a flood"),
    ];
    promises.into_iter().filter(|(held, _)| !held).map(|(_, promise)| promise).collect()
}

async fn kill(arguments: &Arguments, times: u32) -> anyhow::Result<ExitCode> {
    let mut house = House::make(&arguments.binary, Flood::Raised).await?;
    let tally = kills::run(&mut house, times).await?;
    let kills::Tally { kills, accepted, refused, unanswered, lost } = &tally;
    println!("{kills} kills: {accepted} accepted, {refused} refused, {unanswered} unanswered, {lost} lost; the chain clean after each");
    Ok(if *lost == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn drive(arguments: &Arguments) -> anyhow::Result<Vec<Row>> {
    if !arguments.binary.is_file() {
        bail!("{} is missing: cargo build --release -p qinglian", arguments.binary.display());
    }
    println!("making a house …");
    let house = House::make(&arguments.binary, Flood::Raised).await?;
    println!("the limits against abuse are raised: nobody meets a puzzle");
    println!("{}", Row::head());
    let time = Duration::from_secs(arguments.seconds);
    let closed = arguments.clients.iter().map(|clients| Level::closed(*clients, time));
    let open = arguments.rates.iter().map(|rate| Level::open(*rate, time));
    let api = arguments.clients.iter().filter(|clients| API.contains(clients)).map(|clients| Level::api(*clients, time));
    let mut rows = Vec::new();
    for level in closed.chain(api).chain(open) {
        let row = level.run(&house).await?;
        println!("{row}");
        rows.push(row);
    }
    house.verify().await?;
    println!("qinglian verify: clean");
    let house = House::make(&arguments.binary, Flood::Usual).await?;
    println!("the limits are as shipped: of a flood nobody answers a puzzle, one honest reporter does; the row is of the honest one");
    let row = Level::flood(FLOOD, time).run(&house).await?;
    println!("{row}");
    rows.push(row);
    house.verify().await?;
    println!("qinglian verify: clean");
    Ok(rows)
}
