//! Qinglian against what an analyst would pick, on the same Parquet files and two threads: `make race`, `make race-quick`.
//!
//! Each system makes what it needs from the lake's files and runs the same rules over all months; findings must agree. The
//! peers' SQL is in `bench/screen`. Figures go to `target/bench.json` under `screen`: medians over the rounds.

mod agree;
mod hospital;
mod own;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

/// The six heavy rules: ranking, surge, peer shares, antibacterial rates, repeated examinations, big prescriptions.
const RULES: [&str; 6] = ["U01", "U02", "U04", "A02", "E01", "D05"];
const SEED: u64 = 20_261_122;

struct Options {
    lines: u64,
    months: u64,
    rounds: usize,
    quick: bool,
    python: PathBuf,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [own, lake, out] = arguments.as_slice()
        && own == "own"
    {
        return own::run(Path::new(lake), Path::new(out), &RULES.map(str::to_owned)).await;
    }
    let options = options(&arguments)?;
    let folder = target().join(format!("race-{}", options.lines));
    hospital::make(&folder, options.lines, options.months, SEED)?;
    let systems = ["qinglian", "duckdb tables", "duckdb views"];
    // Without shared tables everything is made again for each rule; that is measured once.
    let systems = if options.quick { &systems[..2] } else { &systems[..] };
    let mut measured: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for round in 0..options.rounds {
        for system in systems.iter().filter(|system| round == 0 || **system != "duckdb views") {
            let figures = run(system, &folder, &options)?;
            println!("round {} {system}: {figures}", round + 1);
            measured.entry(system).or_default().push(figures);
        }
    }
    let agreed = agreement(systems, &folder)?;
    let summary: BTreeMap<&str, Value> = measured.iter().map(|(system, rounds)| (*system, median(rounds))).collect();
    report(&options, &summary, &agreed)?;
    let total = |system: &str| summary[system]["total_s"].as_f64().unwrap_or(f64::MAX);
    let times = total("duckdb tables") / total("qinglian");
    println!("qinglian is {times:.1} times as fast as DuckDB with shared tables");
    ensure!(!options.quick || times >= 1.0, "slower than DuckDB");
    Ok(())
}

fn options(arguments: &[String]) -> Result<Options> {
    let mut options = Options { lines: 60_000_000, months: 36, rounds: 3, quick: false, python: "python3".into() };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut value = || rest.next().with_context(|| format!("{argument} needs a value"));
        match argument.as_str() {
            "--quick" => (options.quick, options.lines, options.rounds) = (true, 6_000_000, 1),
            "--lines" => options.lines = value()?.parse()?,
            "--rounds" => options.rounds = value()?.parse()?,
            "--python" => options.python = value()?.into(),
            other => bail!("{other} is not known: --quick, --lines N, --rounds N, --python FILE"),
        }
    }
    Ok(options)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

fn findings(folder: &Path, system: &str) -> PathBuf {
    folder.join(format!("{}.jsonl", system.replace(' ', "_")))
}

/// A process of its own, so that its peak of memory is its own.
fn run(system: &str, folder: &Path, options: &Options) -> Result<Value> {
    let (lake, out) = (folder.join("lake"), findings(folder, system));
    let mut command = match system.split_once(' ') {
        None => {
            let mut command = Command::new(std::env::current_exe()?);
            command.arg("own").arg(lake).arg(out);
            command
        }
        Some((_, variant)) => {
            let mut command = Command::new(&options.python);
            command.arg(root().join("bench/screen/duckdb_race.py")).arg(lake).arg(root().join("catalogue/rules")).arg(out);
            command.arg(variant).args(RULES);
            command
        }
    };
    let output = command.output().with_context(|| format!("{system} does not start"))?;
    ensure!(output.status.success(), "{system}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).with_context(|| format!("{system} gave no figures"))
}

fn agreement(systems: &[&str], folder: &Path) -> Result<BTreeMap<String, usize>> {
    let mut agreed = BTreeMap::new();
    for other in &systems[1..] {
        for (rule, same) in agree::compare(&findings(folder, systems[0]), &findings(folder, other))? {
            match same {
                Ok(count) => drop(agreed.insert(rule, count)),
                Err(difference) => bail!("{rule}: {} and {other} differ: {difference}", systems[0]),
            }
        }
    }
    for (rule, count) in &agreed {
        println!("{rule}: {count} findings, the same in every system");
    }
    Ok(agreed)
}

/// The middle of each figure over the rounds.
fn median(rounds: &[Value]) -> Value {
    match &rounds[0] {
        Value::Object(first) => {
            first.keys().map(|key| (key.clone(), median(&rounds.iter().map(|round| round[key].clone()).collect::<Vec<_>>()))).collect()
        }
        Value::Number(_) => {
            let mut numbers: Vec<f64> = rounds.iter().filter_map(Value::as_f64).collect();
            numbers.sort_by(f64::total_cmp);
            json!(numbers[numbers.len() / 2])
        }
        other => other.clone(),
    }
}

fn report(options: &Options, summary: &BTreeMap<&str, Value>, agreed: &BTreeMap<String, usize>) -> Result<()> {
    let path = target().join("bench.json");
    let mut bench: Value = std::fs::read(&path).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_else(|| json!({}));
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    bench["screen"] = json!({
        "lines": options.lines, "months": options.months, "rounds": options.rounds, "systems": summary, "findings": agreed,
        "load_1m": load.split(' ').next().and_then(|load| load.parse::<f64>().ok()),
    });
    std::fs::write(&path, serde_json::to_string_pretty(&bench)?)?;
    println!("{}", serde_json::to_string_pretty(&bench["screen"])?);
    Ok(())
}
