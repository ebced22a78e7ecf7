//! `qinglian sqlaudit`: statistics of drug use in the audit log of a database, a row per statement.

use super::{Usage, out};
use anyhow::{Context, anyhow, bail};
use catalogue::Catalogue;
use clap::{Args, ValueEnum};
use sqlaudit::read::{Format, Item, Source, each};
use sqlaudit::{Approvals, ApprovalsFile, Auditor, Dialect, Lang, Map, MapFile};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const HELP: &str = "\
A row of the output: {line, verdict, flagged, score, features, why, shape, account, approval}. Whatever is flagged is a 疑点 to be checked.
Formats, the map and how to approve: docs/sqlaudit.md

JSON: {format, rows, flagged, approved, bad, other, unparsed, unparsed_percent, verdicts: {VERDICT: rows}}";

/// Find statistics of drug use (统方) in a database's audit log: a row per statement, in order
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Command {
    /// What the tables and columns are: a file, or a shipped map (his, mimic, eicu); without it their names alone tell
    #[arg(long, value_name = "FILE")]
    map: Option<String>,
    /// The log; `-` reads standard input
    #[arg(long = "in", value_name = "FILE")]
    input: PathBuf,
    /// Where the rows go, as JSON lines
    #[arg(long, value_name = "FILE.jsonl", value_parser = |said: &str| out::ending(said, &["jsonl"]))]
    out: PathBuf,
    /// The format of the log; told by its beginning if not given
    #[arg(long, value_name = "FORMAT", value_parser = clap::builder::PossibleValuesParser::new(Format::NAMES.map(|(name, _)| name)))]
    format: Option<String>,
    /// The database, where the log does not say: oracle, mysql, postgresql, mssql, sqlite
    #[arg(long, value_name = "NAME", value_parser = |said: &str| Dialect::named(said).ok_or("oracle, mysql, postgresql, mssql or sqlite"))]
    dialect: Option<Dialect>,
    /// Flag from this score on, 1 to 100; 60 if neither this nor the map says
    #[arg(long, value_name = "SCORE", value_parser = clap::value_parser!(u32).range(1..=100))]
    level: Option<u32>,
    /// Approvals and whitelisted statements, as TOML: what they cover is not flagged
    #[arg(long, value_name = "FILE")]
    approvals: Option<PathBuf>,
    /// The language of the reasons
    #[arg(long, value_enum, default_value = "zh")]
    lang: Told,
    /// Print the counts as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Told {
    Zh,
    En,
}

impl Command {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let (map, name) = self.map()?;
        let approvals = match &self.approvals {
            Some(path) => approvals(path)?,
            None => Approvals::default(),
        };
        let lang = match self.lang {
            Told::Zh => Lang::Zh,
            Told::En => Lang::En,
        };
        let mut auditor = Auditor::new(map, approvals, self.level, lang).map_err(|faults| all(&name, &faults))?;
        let mut source = self.source()?;
        let format = self.format(&mut source)?;
        let mut other = 0u64;
        out::write(&self.out, |file| {
            let mut file = BufWriter::with_capacity(1 << 18, file);
            each(format, &mut source, &mut |item| {
                match item {
                    Item::Record(mut record) => {
                        record.dialect = record.dialect.or(self.dialect);
                        auditor.push(&record);
                    }
                    Item::Bad { line, zh, en } => auditor.bad(line, &zh, &en),
                    Item::Other => other += 1,
                }
                rows(&mut auditor, &mut file, false)
            })?;
            rows(&mut auditor, &mut file, true)?;
            file.flush()?;
            Ok(())
        })?;
        self.tell(&auditor, format, other)
    }

    fn tell(&self, auditor: &Auditor, format: Format, other: u64) -> anyhow::Result<ExitCode> {
        let summary = auditor.summary();
        let name = Format::NAMES.iter().find(|(_, known)| *known == format).map_or("", |(name, _)| name);
        if self.json {
            let mut told = serde_json::to_value(&summary)?;
            told["format"] = name.into();
            told["other"] = other.into();
            println!("{}", serde_json::to_string_pretty(&told)?);
        } else {
            println!(
                "{name}：{} 条，疑点 {} 条，已获批准 {} 条；读不懂的行 {}，非语句记录 {other}；未能解析 {} 条（{} %）",
                summary.rows, summary.flagged, summary.approved, summary.bad, summary.unparsed, summary.unparsed_percent
            );
            println!(
                "    {} statements, {} flagged, {} approved; {} bad lines, {other} other records; {} unparsed ({} %)",
                summary.rows, summary.flagged, summary.approved, summary.bad, summary.unparsed, summary.unparsed_percent
            );
        }
        Ok(ExitCode::SUCCESS)
    }

    fn map(&self) -> anyhow::Result<(Map, String)> {
        let Some(said) = self.map.as_deref() else {
            return Ok((Map::new(MapFile::default()).map_err(|faults| all("map", &faults))?, "map".into()));
        };
        let shipped = sqlaudit::SHIPPED.iter().find(|(name, _)| *name == said).map(|(_, text)| (*text).to_owned());
        let text = match shipped {
            Some(text) => text,
            None => std::fs::read_to_string(said)
                .with_context(|| format!("cannot read the map {said}: check the path, or take a shipped one: his, mimic, eicu"))?,
        };
        let file: MapFile = Catalogue::read_toml(said, &text).map_err(|fault| anyhow!("{fault}"))?;
        Ok((Map::new(file).map_err(|faults| all(said, &faults))?, said.to_owned()))
    }

    fn source(&self) -> anyhow::Result<Source> {
        if self.input == Path::new("-") {
            return Ok(Source::new(std::io::stdin())?);
        }
        let shown = self.input.display();
        if std::fs::canonicalize(&self.input).is_ok_and(|path| std::fs::canonicalize(&self.out).is_ok_and(|out| out == path)) {
            return Err(Usage::say(format!("--out would overwrite the log {shown}: name another file")));
        }
        let file =
            File::open(&self.input).with_context(|| format!("cannot read the log {shown}: check the path and that you may read it"))?;
        Source::new(file).with_context(|| format!("cannot read the log {shown}: name a file, not a folder"))
    }

    fn format(&self, source: &mut Source) -> anyhow::Result<Format> {
        if let Some(format) = self.format.as_deref().and_then(Format::named) {
            return Ok(format);
        }
        let begin = source.begin()?;
        match Format::guess(&begin) {
            Some(format) => Ok(format),
            None if begin.is_empty() => Ok(Format::Jsonl),
            None => bail!(
                "{}: 认不出日志格式，请用 --format 指明 | its beginning is of no known format; name it with --format: {}",
                self.input.display(),
                Format::NAMES.map(|(name, _)| name).join(", ")
            ),
        }
    }
}

fn rows(auditor: &mut Auditor, file: &mut impl Write, last: bool) -> std::io::Result<()> {
    while let Some(row) = auditor.next(last) {
        serde_json::to_writer(&mut *file, &row)?;
        file.write_all(b"\n")?;
    }
    Ok(())
}

fn approvals(path: &Path) -> anyhow::Result<Approvals> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read the approvals {shown}: check the path"))?;
    let file: ApprovalsFile = Catalogue::read_toml(&shown, &text).map_err(|fault| anyhow!("{fault}"))?;
    Approvals::new(file).map_err(|faults| all(&shown, &faults))
}

fn all(place: &str, faults: &[String]) -> anyhow::Error {
    let lines: Vec<String> = faults.iter().map(|fault| format!("{place}: {fault}")).collect();
    anyhow!("{}", lines.join("\n"))
}
