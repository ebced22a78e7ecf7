//! Measures the store on this machine, on SQLite in WAL with synchronous FULL.
//!
//!     cargo run --release -p store --example bench                 both, as below
//!     cargo run --release -p store --example bench -- throughput [SECONDS] [RUNS] [SUBMITTERS]
//!     cargo run --release -p store --example bench -- reading [ENTRIES]
//!
//! Figures go to `target/bench.json` under `store`, with how busy the machine was meanwhile (load over one minute, in hundredths).

mod hospital;
mod reading;
mod throughput;

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, default: u64| words.get(at).and_then(|word| word.parse().ok()).unwrap_or(default);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime starts");
    let figures = match words.first().map(String::as_str) {
        Some("throughput") => runtime.block_on(throughput::run(number(1, 10), number(2, 3), number(3, 512))),
        Some("reading") => runtime.block_on(reading::run(number(1, 100_000))),
        None => runtime.block_on(async {
            let mut figures = throughput::run(10, 3, 512).await;
            figures.extend(reading::run(100_000).await);
            figures
        }),
        Some(_) => {
            eprintln!("usage: bench | bench throughput [SECONDS] [RUNS] [SUBMITTERS] | reading [ENTRIES]");
            std::process::exit(2);
        }
    };
    let mut figures = figures;
    figures.push(("load_percent", load_percent()));
    for (name, figure) in &figures {
        println!("{name}: {figure}");
    }
    if let Err(error) = keep(&figures) {
        eprintln!("target/bench.json was not written: {error}");
    }
}

/// Work waiting for a core, over the last minute; the machine may have had other things to do.
fn load_percent() -> u64 {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().and_then(|load| load.parse::<f64>().ok()).map_or(0, |load| (load * 100.0) as u64)
}

/// Processor time this process has used on all cores; unlike the clock on the wall it does not run while others are served.
/// Units: milliseconds.
pub fn processor_ms() -> u64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = text.rsplit(") ").next().unwrap_or_default();
    // Fields 14 and 15 of the whole line, in hundredths of a second.
    after_name.split(' ').skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>() * 10
}

/// Adds figures to the others of the file.
fn keep(figures: &[(&str, u64)]) -> std::io::Result<()> {
    let file = hospital::target().join("bench.json");
    let kept = std::fs::read_to_string(&file).ok().and_then(|text| serde_json::from_str(&text).ok());
    let mut all: serde_json::Value = kept.unwrap_or_else(|| serde_json::json!({}));
    for (name, figure) in figures {
        all["store"][*name] = (*figure).into();
    }
    std::fs::write(file, serde_json::to_string_pretty(&all)?)
}
