//! `qinglian import`: a table into a register, through the same door as the page; and taking a batch back.

use super::{Usage, house, out, signing, tables};
use anyhow::anyhow;
use catalogue::Lang;
use clap::Args;
use office::sheet::Format;
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use store::Store;
use web::clerk::{Clerk, Rejects, RowFault};

/// Largest table, as on the page. Units: bytes.
const MOST: u64 = 20 << 20;
/// Faults printed; --rejected and --json have them all.
const SHOWN: usize = 20;

const HELP: &str = "\
Every row is read as the register's form would be. Good rows are stored as one batch; the others are printed with their cell, value and
reason, written to --rejected, and the exit code is 1. --dry-run stores nothing. The password comes from QINGLIAN_PASSWORD, from the file
QINGLIAN_PASSWORD_FILE names, from the standard input, or is asked for. Not beside a running server: there the page has the same import.

JSON: {register, file, dry_run, rows, good, taken, batch, numbers: [number], matched: [{column, field}], ignored: [column],
       faults: [{cell, column, value, zh, en}], rejected}
JSON with --revert: {register, batch, ended, kept}";

/// Take a table into a register, or take an import back
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Import {
    /// The data folder
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The register, such as supplier
    #[arg(long, value_name = "ID")]
    register: String,
    /// Whose rights decide, and who is named as having imported it
    #[arg(long = "as", value_name = "USER")]
    user: String,
    /// Which column fills which field where the heads do not say it themselves; a column by its head or its letter
    #[arg(long = "mapping", value_name = "FIELD=COLUMN", value_parser = tables::pair)]
    mapping: Vec<(String, String)>,
    /// Read and check everything, store nothing
    #[arg(long)]
    dry_run: bool,
    /// Write the rows that were not taken to a .xlsx or .csv file, as they came, each with its reasons
    #[arg(long, value_name = "FILE", value_parser = |said: &str| out::ending(said, &["xlsx", "csv"]))]
    rejected: Option<PathBuf>,
    /// Take this batch back: entries nobody worked on since are ended, the others stay
    #[arg(long, value_name = "BATCH", conflicts_with_all = ["file", "mapping", "dry_run", "rejected"])]
    revert: Option<String>,
    /// Sentences in English
    #[arg(long)]
    english: bool,
    /// Print what came of it as JSON
    #[arg(long)]
    json: bool,
    /// A .xlsx or .csv file, UTF-8 or GB18030, with a head
    #[arg(value_name = "FILE", required_unless_present = "revert")]
    file: Option<PathBuf>,
}

impl Import {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        // An unreadable file is told before anybody is asked for a password.
        let table = self.file.as_deref().map(|path| out::read(path, MOST)).transpose()?;
        super::runtime()?.block_on(async {
            let (house, store) = house::open(&self.data).await?;
            let done = self.with(&house, &store, table).await;
            store.close().await;
            done
        })
    }

    async fn with(&self, house: &house::House, store: &Store, table: Option<Vec<u8>>) -> anyhow::Result<ExitCode> {
        let viewer = signing::sign_in(store, &self.user).await?.viewer;
        let lang = if self.english { Lang::En } else { Lang::Zh };
        let clerk = tables::clerk(house, store, viewer, &self.register, lang)?;
        match (&self.revert, &self.file, table) {
            (Some(batch), ..) => self.take_back(&clerk, batch).await,
            (None, Some(path), Some(table)) => self.take(&clerk, path, table, lang).await,
            _ => Err(Usage::say("name a FILE to take in, or a batch to --revert")),
        }
    }

    async fn take(&self, clerk: &Clerk, path: &Path, table: Vec<u8>, lang: Lang) -> anyhow::Result<ExitCode> {
        let wrong = |error| tables::told(error, &self.register).context(path.display().to_string());
        let tried = clerk.try_out(table, &self.mapping).await.map_err(wrong)?;
        let (rows, good) = (tried.rows(), tried.good());
        let matched: Vec<Value> = tried.matched.iter().map(|(column, field)| json!({ "column": column, "field": field })).collect();
        let ignored = tried.ignored.clone();
        let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
        let (taken, rejects) = match self.dry_run {
            true => (None, tried.into_rejects()),
            false => clerk.commit(&name, tried).await.map(|(taken, rejects)| (Some(taken), rejects)).map_err(wrong)?,
        };
        self.write_back(clerk, &rejects)?;
        let stored = taken.as_ref().map_or(0, |taken| taken.numbers.len());
        if self.json {
            let (batch, numbers) = taken.map_or((None, Vec::new()), |taken| (Some(taken.batch), taken.numbers));
            let told = json!({
                "register": self.register, "file": path, "dry_run": self.dry_run, "rows": rows, "good": good, "taken": stored,
                "batch": batch, "numbers": numbers, "matched": matched, "ignored": ignored,
                "faults": rejects.faults().map(fault).collect::<Vec<_>>(),
                "rejected": self.rejected.as_ref().filter(|_| rejects.count() > 0),
            });
            println!("{}", serde_json::to_string_pretty(&told)?);
        } else {
            self.tell(&rejects, lang, &ignored);
            match taken {
                None => println!("试运行：共 {rows} 行，{good} 行可以导入，{} 行有问题；没有写入", rejects.count()),
                Some(taken) => println!(
                    "共 {rows} 行，已导入 {stored} 件，{} 行没有导入\n批次 {}（撤回：--revert {}）",
                    rejects.count(),
                    taken.batch,
                    taken.batch
                ),
            }
        }
        Ok(ExitCode::from(u8::from(rejects.count() > 0)))
    }

    fn write_back(&self, clerk: &Clerk, rejects: &Rejects) -> anyhow::Result<()> {
        let Some(path) = self.rejected.as_deref().filter(|_| rejects.count() > 0) else { return Ok(()) };
        let format = if out::ending_of(path) == "csv" { Format::Csv } else { Format::Xlsx };
        let bytes = clerk.rejected(rejects, format).map_err(|error| tables::told(error, &self.register))?;
        out::write(path, |file| Ok(file.write_all(&bytes)?))
    }

    fn tell(&self, rejects: &Rejects, lang: Lang, ignored: &[String]) {
        for fault in rejects.faults().take(SHOWN) {
            println!("{:<6} {}  {}  {}", fault.place, fault.column, fault.value, fault.why.get(lang));
        }
        let more = rejects.faults().count().saturating_sub(SHOWN);
        if more > 0 {
            println!("… 另有 {more} 处 / and {more} more");
        }
        if !ignored.is_empty() {
            println!("没有用到的列 / columns not used: {}", ignored.join(", "));
        }
        if let Some(path) = self.rejected.as_deref().filter(|_| rejects.count() > 0) {
            println!("没有导入的行 / rows not taken: {}", path.display());
        }
    }

    async fn take_back(&self, clerk: &Clerk, batch: &str) -> anyhow::Result<ExitCode> {
        let back = clerk.revert(batch).await.map_err(|error| {
            let told = tables::told(error, &self.register);
            anyhow!("{told}; a batch is taken back by whoever imported it, into its own register: is {batch} the number that was printed?")
        })?;
        if self.json {
            let told = json!({ "register": self.register, "batch": batch, "ended": back.ended, "kept": back.kept });
            println!("{}", serde_json::to_string_pretty(&told)?);
        } else {
            println!("已撤回 {} 件，{} 件已有后续办理，保留", back.ended, back.kept);
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn fault(fault: &RowFault) -> Value {
    json!({ "cell": fault.place, "column": fault.column, "value": fault.value, "zh": fault.why.zh, "en": fault.why.en })
}
