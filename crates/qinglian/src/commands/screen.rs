//! `qinglian screen`: runs rules over the lake and says what they found.

use super::definitions;
use super::intake::lake_of;
use super::out;
use anyhow::{anyhow, bail};
use catalogue::Catalogue;
use clap::Args;
use engine::Moment;
use lake::Month;
use screen::{Format, Params, Ran, Screen, Tables};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

const HELP: &str = "\
A rule whose columns are missing says so on standard error and does not run.

JSON: [{rule, title, maturity, version, params, first, last, without, figures: {NAME: {is, label, unit}}, rows: [{rule, version, month,
        severity, subjects, figures, sentence, lines, accepted}]}], one a rule that ran";

/// Run the screening rules: each finding is a 疑点 to be checked, with its numbers, its peers and its lines
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Run {
    /// The data folder
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// A rule by its id, such as U02; all rules without it
    #[arg(long = "rule", value_name = "ID")]
    rules: Vec<String>,
    /// One month; all months with lines without it
    #[arg(long, value_name = "YYYY-MM")]
    month: Option<String>,
    /// A folder with the site's own definitions
    #[arg(long, value_name = "DIR")]
    site: Option<PathBuf>,
    /// Write the findings to a .csv, .json, .parquet or .xlsx file
    #[arg(long, value_name = "FILE", value_parser = |said: &str| out::ending(said, &["csv", "json", "parquet", "xlsx"]))]
    out: Option<PathBuf>,
    /// Where the rules run; `local` is this machine
    #[arg(long, default_value = "local", value_name = "local|df://HOST:PORT")]
    engine: String,
    /// Print the findings as JSON
    #[arg(long)]
    json: bool,
}

impl Run {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        if self.engine != "local" {
            bail!("the engine {} is not part of this build; rules run with --engine local", self.engine);
        }
        let format = match &self.out {
            Some(path) => Some(
                Format::of(&path.to_string_lossy())
                    .ok_or_else(|| anyhow!("{}: write to .csv, .json, .parquet or .xlsx", path.display()))?,
            ),
            None => None,
        };
        let catalogue = definitions::load(self.site.as_deref())?;
        let runtime = super::runtime()?;
        let screen = runtime.block_on(open(&self.data, catalogue))?;
        let (first, last) = span(&screen, self.month.as_deref())?;
        let wanted: Vec<String> = match self.rules.is_empty() {
            true => screen.rules().iter().map(|rule| rule.head.id.clone()).collect(),
            false => self.rules.clone(),
        };
        let mut found = Vec::new();
        for id in &wanted {
            match runtime.block_on(screen.run(id, first, last, &Params::default())).map_err(said)? {
                Ran::Found(findings) => {
                    if !self.json {
                        println!("{}  {}：{} 条疑点", findings.rule, findings.title.zh, findings.rows.len());
                        findings.rows.iter().take(10).for_each(|row| println!("    {}", row.sentence.zh));
                    }
                    found.push(findings);
                }
                Ran::Lacking(lacking) => eprintln!("{id}  没有运行：{}", lacking.sentence.zh),
            }
        }
        if self.json {
            println!("{}", serde_json::to_string_pretty(&found)?);
        }
        if let (Some(path), Some(format)) = (&self.out, format) {
            let made_at = store::real_time().local();
            out::write(path, |file| screen::write(&found, format, made_at, file).map_err(said))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The screen over a data folder: its lake, and the registers rules may read as they stand now.
pub async fn open(data: &Path, catalogue: Arc<Catalogue>) -> anyhow::Result<Screen> {
    let registers = super::registers::tables(data, &catalogue, Moment(i64::MAX), &["approval", "whitelist"]).await?;
    screen_over(data, catalogue, registers)
}

/// The screen over a data folder and registers at hand.
pub fn screen_over(data: &Path, catalogue: Arc<Catalogue>, registers: Tables) -> anyhow::Result<Screen> {
    let folder = lake_of(data);
    if !folder.exists() {
        bail!("{} has no lake yet; take order lines in with `qinglian intake`", data.display());
    }
    Screen::open(&folder, catalogue, registers).map_err(said)
}

/// An error of the screen in both languages.
pub fn said(error: screen::Error) -> anyhow::Error {
    let text = error.sentence();
    anyhow!("{}\n{}", text.zh, text.en)
}

fn span(screen: &Screen, month: Option<&str>) -> anyhow::Result<(Month, Month)> {
    let months = screen.months();
    let (Some(first), Some(last)) = (months.first(), months.last()) else {
        bail!("the lake has no order lines yet; take them in with `qinglian intake --dataset order_line`");
    };
    match month {
        None => Ok((*first, *last)),
        Some(text) => {
            let month: Month = text.parse().map_err(|_| anyhow!("{text} is no month; write YYYY-MM"))?;
            if !(*first..=*last).contains(&month) {
                bail!("there are no lines in {month}; the lake has {first} to {last}");
            }
            Ok((month, month))
        }
    }
}
