//! Qinglian's own run: marts folded anew, then the rules as they ship.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use catalogue::Catalogue;
use lake::{Lake, Marts, View};
use screen::{Findings, Number, Params, Ran, Screen, Tables};
use serde_json::{Map, Value, json};

/// Prints figures as JSON and writes findings, one JSON object a line.
pub(crate) async fn run(lake: &Path, out: &Path, rules: &[String]) -> Result<()> {
    let marts = lake.join("marts");
    if marts.exists() {
        std::fs::remove_dir_all(&marts)?;
    }
    let mut per: BTreeMap<String, f64> = BTreeMap::new();
    let decode = seconds(|| decode(lake))?;
    let (start, busy) = (Instant::now(), processor_s());
    let screen = Screen::open(lake, Arc::new(Catalogue::embedded()), Tables::new())?;
    per.insert("marts".into(), start.elapsed().as_secs_f64());
    let months = screen.months();
    let (Some(first), Some(last)) = (months.first(), months.last()) else { bail!("the lake is empty") };
    let mut found = Vec::new();
    for rule in rules {
        let before = Instant::now();
        match screen.run(rule, *first, *last, &Params::new()).await? {
            Ran::Found(findings) => found.push(findings),
            Ran::Lacking(lacking) => bail!("{}", lacking.sentence.en),
        }
        per.insert(rule.clone(), before.elapsed().as_secs_f64());
    }
    let (total, processor) = (start.elapsed().as_secs_f64(), processor_s() - busy);
    let peak = peak_rss_mb();
    let refresh = refresh_last_month(lake)?;
    let mut lines = BufWriter::new(File::create(out)?);
    for findings in &found {
        write(&mut lines, findings)?;
    }
    lines.flush()?;
    let answer = json!({
        "total_s": total, "processor_s": processor, "per": per, "peak_rss_mb": peak, "decode_s": decode, "refresh_month_s": refresh,
        "version": env!("CARGO_PKG_VERSION"),
    });
    println!("{answer}");
    Ok(())
}

fn seconds(work: impl FnOnce() -> Result<()>) -> Result<f64> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed().as_secs_f64())
}

/// The columns the kernels read, decoded a month a thread and thrown away: no pass over them can be quicker.
fn decode(lake: &Path) -> Result<()> {
    let names = [
        "line_id",
        "time",
        "encounter",
        "patient",
        "department",
        "prescriber",
        "item",
        "kind",
        "quantity",
        "amount_fen",
        "prescription",
        "setting",
    ];
    let lake = Lake::open(lake)?;
    let queue = std::sync::Mutex::new(lake.months("order_line"));
    let work = || -> Result<()> {
        loop {
            let Some(month) = queue.lock().map_err(|_| anyhow::anyhow!("another thread failed"))?.pop() else { return Ok(()) };
            for batch in lake.read_month("order_line", month, &names, View::Coded)? {
                std::hint::black_box(batch?);
            }
        }
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2).map(|_| scope.spawn(work)).collect();
        threads.into_iter().try_for_each(|thread| thread.join().map_err(|_| anyhow::anyhow!("a thread failed"))?)
    })
}

/// What it takes when the last month gets new lines: its files are made anew, the others stay.
fn refresh_last_month(lake: &Path) -> Result<f64> {
    let opened = Arc::new(Lake::open(lake)?);
    let last = opened.months("order_line").pop().context("a month")?.to_string();
    for mart in std::fs::read_dir(lake.join("marts"))?.flatten().filter(|entry| entry.path().is_dir()) {
        for file in std::fs::read_dir(mart.path())?.flatten().filter(|file| file.file_name().to_string_lossy().starts_with(&last)) {
            std::fs::remove_file(file.path())?;
        }
    }
    seconds(|| {
        let (_, report) = Marts::refresh(opened)?;
        anyhow::ensure!(report.folded.len() == 1, "only the last month was taken away: {report:?}");
        Ok(())
    })
}

fn write(out: &mut impl Write, findings: &Findings) -> Result<()> {
    for row in &findings.rows {
        let mut line = Map::new();
        line.insert("rule".into(), findings.rule.clone().into());
        line.insert("month".into(), format!("{}-01", row.month).into());
        line.extend(row.subjects.iter().map(|(kind, named)| (kind.word().to_owned(), Value::from(named.code.clone()))));
        line.extend(row.figures.iter().map(|(name, number)| {
            let value = match number {
                Number::Integer(number) => json!(number),
                Number::Float(number) => json!(number),
                Number::Text(text) => json!(text),
                Number::Empty(()) => Value::Null,
            };
            (name.clone(), value)
        }));
        writeln!(out, "{}", Value::Object(line))?;
    }
    Ok(())
}

/// Processor time of all threads so far, where the system tells (Linux), else 0: on a busy machine it says more than the clock.
fn processor_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|ticks| ticks.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

/// The most memory this process ever held, where the system tells (Linux), else 0.
fn peak_rss_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches("kB").trim().parse::<f64>().map_or(0.0, |kilobytes| kilobytes / 1_024.0)
}
