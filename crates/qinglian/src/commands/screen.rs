//! `qinglian screen`: runs rules over the lake and says what they found.

use super::intake::lake_of;
use super::{definitions, house, out};
use crate::screening::{self, Pass, Total};
use anyhow::{anyhow, bail};
use catalogue::Catalogue;
use clap::Args;
use lake::Month;
use screen::{Findings, Format, Params, Ran, Screen, Tables};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use store::Store;

const HELP: &str = "\
Without --open nothing is written to the house. With --open the findings of pilot and live rules open alerts, with --month those of that
month, without it those of the last three; the same finding opens one alert however often it is found, and none while its reason is
whitelisted. Not beside a running server: there the page of the rules runs them.

A rule whose columns are missing says so on standard error and does not run.

JSON: [{rule, title, maturity, version, params, parameters, first, last, without, figures: {NAME: {is, label, unit}}, rows: [{rule, version,
        month, severity, subjects, figures, sentence, lines, accepted}]}], one a rule that ran";

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
    /// Open alerts for what is found, and let the page of the rules know of the run
    #[arg(long)]
    open: bool,
    /// A folder with the site's own definitions; with --open those of the house count
    #[arg(long, value_name = "DIR", conflicts_with = "open")]
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
        let found = super::runtime()?.block_on(async { if self.open { self.opening().await } else { self.looking().await } })?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&found)?);
        }
        if let (Some(path), Some(format)) = (&self.out, format) {
            let made_at = house::now_in(&self.data).local();
            out::write(path, |file| screen::write(&found, format, made_at, file).map_err(said))?;
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Runs the rules and writes nothing.
    async fn looking(&self) -> anyhow::Result<Vec<Findings>> {
        let screen = open(&self.data, definitions::load(self.site.as_deref())?).await?;
        let (first, last) = self.month(&screen)?.map_or_else(|| months_of(&screen), |month| Ok((month, month)))?;
        let mut found = Vec::new();
        for id in self.wanted(&screen) {
            let ran = screen.run(&id, first, last, &Params::default()).await.map_err(said)?;
            found.extend(self.tell(&id, ran));
        }
        Ok(found)
    }

    /// Runs the rules, opens alerts, and says how many.
    async fn opening(&self) -> anyhow::Result<Vec<Findings>> {
        let (_, store) = house::open(&self.data).await?;
        let made = self.opening_in(&store).await;
        store.close().await;
        let (found, total) = made?;
        let told = screening::told(&total);
        eprintln!("{}\n{}", told.zh, told.en);
        Ok(found)
    }

    async fn opening_in(&self, store: &Store) -> anyhow::Result<(Vec<Findings>, Total)> {
        let month = self.month.as_deref().map(month).transpose()?;
        let pass = Pass::over(&self.data, store, month.map(|month| (month, month))).await?;
        let (mut found, mut total) = (Vec::new(), Total::default());
        for id in self.wanted(&pass.screen) {
            let step = pass.rule(&id).await?;
            total.add(&step);
            found.extend(self.tell(&id, step.ran));
        }
        Ok((found, total))
    }

    fn wanted(&self, screen: &Screen) -> Vec<String> {
        match self.rules.is_empty() {
            true => screen.rules().iter().map(|rule| rule.head.id.clone()).collect(),
            false => self.rules.clone(),
        }
    }

    fn tell(&self, id: &str, ran: Ran) -> Option<Findings> {
        match ran {
            Ran::Found(findings) => {
                if !self.json {
                    println!("{}  {}：{} 条疑点", findings.rule, findings.title.zh, findings.rows.len());
                    findings.rows.iter().take(10).for_each(|row| println!("    {}", row.sentence.zh));
                }
                Some(findings)
            }
            Ran::Lacking(lacking) => {
                eprintln!("{id}  没有运行：{}", lacking.sentence.zh);
                None
            }
        }
    }

    /// The month asked for, if one was.
    fn month(&self, screen: &Screen) -> anyhow::Result<Option<Month>> {
        let Some(text) = &self.month else { return Ok(None) };
        let (month, (first, last)) = (month(text)?, months_of(screen)?);
        if !(first..=last).contains(&month) {
            bail!("there are no lines in {month}; the lake has {first} to {last}");
        }
        Ok(Some(month))
    }
}

/// The screen over a data folder: its lake, and the registers rules may read as they stand now.
pub async fn open(data: &Path, catalogue: Arc<Catalogue>) -> anyhow::Result<Screen> {
    let registers = super::registers::tables(data, &catalogue).await?;
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

fn month(text: &str) -> anyhow::Result<Month> {
    text.parse().map_err(|_| anyhow!("{text} is no month; write YYYY-MM"))
}

/// The first and the last month with order lines.
///
/// Errors: there is none.
pub fn months_of(screen: &Screen) -> anyhow::Result<(Month, Month)> {
    let months = screen.months();
    match (months.first(), months.last()) {
        (Some(first), Some(last)) => Ok((*first, *last)),
        _ => bail!("the lake has no order lines yet; take them in with `qinglian intake --dataset order_line`"),
    }
}
