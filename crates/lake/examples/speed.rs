//! How long taking in and folding takes: `cargo run -p lake --example speed -- 1000000 [folder]`.

use std::io::{BufWriter, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use lake::{Contract, Handed, Lake, Mapping, Marts, View, intake};

const MONTHS: u64 = 24;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let lines: u64 = arguments.next().map_or(Ok(1_000_000), |text| text.parse())?;
    let folder = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from).join(format!("lake-speed-{lines}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)?;
    let csv = folder.join("orders.csv");
    timed("write the CSV", || write_csv(&csv, lines))?;
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue/datasets/order_line.toml"))?;
    let contract: Contract = toml::from_str(&text)?;
    let dir = folder.join("lake");
    let receipt = timed("take in", || {
        let handed = Handed { path: &csv, name: "orders.csv", at_ms: 0, try_only: false, watch: &mut |_| ControlFlow::Continue(()) };
        intake(&dir, &contract, &Mapping::plain(&contract), handed)
    })?;
    println!("{}", receipt.sentence().en);
    let lake = Arc::new(Lake::open(&dir)?);
    timed("decode all months", || {
        lake.table("order_line", &["time", "item", "department", "prescriber", "setting", "quantity", "amount_fen"], View::Coded)
    })?;
    let (marts, report) = timed("fold all months", || Marts::refresh(lake.clone()))?;
    println!("folded {} months, compared {}", report.folded.len(), report.compared.len());
    for mart in marts.names() {
        let table = timed(mart, || marts.table(mart, View::Named))?;
        println!("  {} rows", table.iter().map(|batch| batch.num_rows()).sum::<usize>());
    }
    timed("refresh with nothing new", || Marts::refresh(lake.clone()))?;
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

fn timed<T, E>(what: &str, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    let (start, busy) = (Instant::now(), processor_s());
    let result = work();
    println!("{:>9.3} s {:>9.2} s of processor  {what}", start.elapsed().as_secs_f64(), processor_s() - busy);
    result
}

/// Processor time of all threads so far, where the system tells (Linux), else 0.
fn processor_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|ticks| ticks.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

/// 1,000 prescribers in 60 departments order 2,000 items with a long tail; one line in 50 is a refund.
fn write_csv(path: &Path, lines: u64) -> std::io::Result<()> {
    let mut out = BufWriter::new(std::fs::File::create(path)?);
    writeln!(out, "line_id,time,encounter,patient,department,prescriber,item,kind,quantity,amount_fen,prescription,setting,days_supply")?;
    let mut state = 0x1234_5678_9abc_def0_u64;
    let mut chance = move |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    for line in 0..lines {
        let month = line * MONTHS / lines;
        let prescription = line / 3;
        let who = (prescription * 2_654_435_761) % 1_000;
        let (year, month, day) = (2024 + month / 12, month % 12 + 1, chance(28) + 1);
        // A prescriber mostly uses some sixty items of the house's two thousand, a few of them very often.
        let (spread, most) = (chance(60), chance(60) + 1);
        let item = if chance(40) == 0 { chance(2_000) } else { (who * 31 + (spread % most) * 7) % 2_000 };
        let quantity = (chance(5) + 1) as i64 * if chance(50) == 0 { -1 } else { 1 };
        writeln!(
            out,
            "L{line:010},{year}-{month:02}-{day:02} {:02}:{:02}:{:02},E{:08},P{:07},D{:02},S{who:04},Y{item:05},drug,{quantity},{},RX{prescription:09},{},{}",
            chance(24),
            chance(60),
            chance(60),
            prescription / 2,
            prescription % 200_000,
            who % 60,
            quantity * (item as i64 * 37 % 20_000 + 100),
            if who % 3 == 0 { "inpatient" } else { "outpatient" },
            chance(14) + 1,
        )?;
    }
    out.flush()
}
