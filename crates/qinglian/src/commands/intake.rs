//! `qinglian intake`: a hospital's export into the lake, every row accounted for.

use super::{definitions, house};
use crate::screening;
use anyhow::anyhow;
use clap::Args;
use lake::{Handed, Receipt};
use std::io::{IsTerminal, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const HELP: &str = "\
Ends with 1 when a file cannot be read or nothing of it was accepted.

JSON: [{dataset, batch, source, encoding, outcome, rows, accepted, skipped: {REASON: rows}, rejected: {REASON: rows}, blanked: [{column,
        reason, cells}], replaced, unchanged, months, rejected_file, examples, maybe_cut}], one a file";

/// Take exports into the lake: CSV, XLSX or Parquet, UTF-8 or GB18030; rejected rows are kept with their reasons
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Intake {
    /// The data folder
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The dataset the files hold, such as order_line
    #[arg(long, value_name = "ID")]
    dataset: String,
    /// How the columns map: a file, or a shipped mapping by its id; without it the dataset's own column names
    #[arg(long, value_name = "FILE")]
    mapping: Option<String>,
    /// A folder with the site's own definitions
    #[arg(long, value_name = "DIR")]
    site: Option<PathBuf>,
    /// Read and count everything, change nothing
    #[arg(long = "try")]
    try_only: bool,
    /// Then run the rules and open alerts for what they find, as `qinglian screen --open` does; the receipts are printed first
    #[arg(long, conflicts_with_all = ["try_only", "site"])]
    screen: bool,
    /// Print the receipts as JSON
    #[arg(long)]
    json: bool,
    /// The files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

impl Intake {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        if !self.screen {
            return self.take_in();
        }
        // Opened first: who cannot screen learns it before a file is taken in.
        let runtime = super::runtime()?;
        let (_, store) = runtime.block_on(house::open(&self.data))?;
        let code = self.take_in()?;
        let total = runtime.block_on(async {
            let total = screening::screen_house(&self.data, &store, |_, _| {}).await;
            store.close().await;
            total
        })?;
        let told = screening::told(&total);
        eprintln!("筛查 / screening: {}\n    {}", told.zh, told.en);
        Ok(code)
    }

    fn take_in(&self) -> anyhow::Result<ExitCode> {
        let catalogue = definitions::load(self.site.as_deref())?;
        let contract = definitions::contract(&catalogue, &self.dataset)?;
        let mapping = definitions::mapping(&catalogue, &contract, self.mapping.as_deref())?;
        let folder = lake_of(&self.data);
        let mut receipts = Vec::new();
        let mut nothing = false;
        for path in &self.files {
            let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
            let mut watch = progress(&name);
            let handed = Handed { path, name: &name, at_ms: house::now_in(&self.data).0, try_only: self.try_only, watch: &mut watch };
            let receipt = lake::intake(&folder, &contract, &mapping, handed).map_err(|error| {
                let said = error.sentence();
                anyhow!("{name}: {}\n{}", said.zh, said.en)
            })?;
            nothing |= receipt.outcome == lake::Outcome::NothingAccepted;
            if !self.json {
                tell(&receipt);
            }
            receipts.push(receipt);
        }
        if self.json {
            println!("{}", serde_json::to_string_pretty(&receipts)?);
        }
        Ok(ExitCode::from(u8::from(nothing)))
    }
}

/// Where a data folder keeps its lake.
pub fn lake_of(data: &Path) -> PathBuf {
    data.join("lake")
}

fn progress(name: &str) -> impl FnMut(u64) -> ControlFlow<()> {
    let (name, shown) = (name.to_owned(), std::io::stderr().is_terminal());
    move |rows| {
        if shown && rows % 100_000 == 0 {
            let _ = write!(std::io::stderr(), "\r{name}: {rows} 行");
        }
        ControlFlow::Continue(())
    }
}

fn tell(receipt: &Receipt) {
    let said = receipt.sentence();
    println!("{} [{}]  {}\n    {}", receipt.source, receipt.encoding, said.zh, said.en);
    for (reason, rows) in &receipt.rejected {
        println!("    {rows:>8}  {}", reason.label().zh);
    }
    for blank in &receipt.blanked {
        println!("    {:>8}  {} 列留空：{}", blank.cells, blank.column, blank.reason.label().zh);
    }
    if let Some(file) = &receipt.rejected_file {
        println!("    退回的行 / rejected rows: {}", file.display());
    }
    if receipt.maybe_cut {
        println!("    最后一行不完整，文件可能没有传完 / the last row is short: the file may have been cut");
    }
}
