//! `qinglian report`: an official table as a file.

use super::{Reading, house, out, signing};
use crate::figures::{Made, sources};
use anyhow::{anyhow, bail};
use catalogue::Page;
use clap::Args;
use engine::Moment;
use jiff::civil::{Date, DateTime};
use screen::report::{Definition, Report, Request};
use std::path::PathBuf;
use std::process::ExitCode;
use web::ReportAsk;

const HELP: &str = "\
Without --as it counts all entries, in nobody's name: for whoever holds the data folder. With --as it is the copy that person has on
the table's page: a working copy of what they may read or, for readers who read none of what it counts, the latest one issued (one
issued later than --to is left out), without small numbers unless the form owes them. It is refused to whoever does not read it there.
Names are left out for whoever is shown none.
The password comes from QINGLIAN_PASSWORD, from the file QINGLIAN_PASSWORD_FILE names, from the standard input, or is asked for.

JSON: {report, title, from, to, cumulative, rows, mentions: [text], out}";

/// Write an official table: cumulative from the campaign's launch to the day of filling in
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Command {
    /// Such as s003_annex2, s003_annex3, s003_annex4
    id: String,
    /// The data folder
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// First day; the campaign's launch without it. Any other day is marked 非累计口径
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    /// The day of filling in; today without it
    #[arg(long, value_name = "DATE")]
    to: Option<Date>,
    /// A .xlsx, .docx or .json file
    #[arg(long, value_name = "FILE", value_parser = |said: &str| out::ending(said, &["xlsx", "docx", "json"]))]
    out: PathBuf,
    /// By this person's rights, sealed cells unlocked with their keys, each opening recorded; without it they print 〔密〕
    #[arg(long = "as", value_name = "USER")]
    user: Option<String>,
    /// This issued table, by its number; for whoever issued it, and for readers without working copies
    #[arg(long, value_name = "NUMBER", requires = "user")]
    issued: Option<String>,
    /// Print what was written as JSON
    #[arg(long)]
    json: bool,
}

impl Command {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let (report, made_at) = super::runtime()?.block_on(self.make())?;
        out::write(&self.out, |file| match out::ending_of(&self.out).as_str() {
            "xlsx" => Ok(office::paper::write_xlsx(&report.paper, made_at, file)?),
            "docx" => Ok(office::paper::write_docx(&report.paper, made_at, file)?),
            _ => Ok(serde_json::to_writer_pretty(file, &report)?),
        })?;
        let mentions: Vec<String> = report.mentions.iter().map(|mention| mention.sentence().zh).collect();
        if self.json {
            let told = serde_json::json!({
                "report": self.id, "title": report.title.zh, "from": report.from, "to": report.to, "cumulative": report.cumulative,
                "rows": report.rows.len(), "mentions": mentions, "out": self.out,
            });
            println!("{}", serde_json::to_string_pretty(&told)?);
        } else {
            mentions.iter().for_each(|mention| println!("{mention}"));
            println!("{}  {} 至 {}  → {}", report.title.zh, report.from, report.to, self.out.display());
        }
        Ok(ExitCode::SUCCESS)
    }

    /// The report, and when it was made by the clock of its house.
    async fn make(&self) -> anyhow::Result<(screen::report::Report, DateTime)> {
        // Unlocking is a look and looks are recorded, which needs the writing side; without keys a running server is not disturbed.
        let (house, store) = match self.user {
            Some(_) => house::open(&self.data).await?,
            None => house::open_for_reading(&self.data).await?,
        };
        let catalogue = store.catalogue().clone();
        let definitions = Definition::load_all(&catalogue)
            .map_err(|faults| anyhow!("{}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))?;
        let Some(definition) = definitions.iter().find(|known| known.layout.report == self.id) else {
            let known: Vec<&str> = definitions.iter().map(|known| known.layout.report.as_str()).collect();
            bail!("there is no report {}; known: {}", self.id, known.join(", "));
        };
        let made_at = store.now().local();
        let to = self.to.unwrap_or_else(|| made_at.date());
        let signed = match &self.user {
            Some(login) => Some(self.reader(&store, login).await?),
            None => None,
        };
        let report = match &signed {
            None => whole(&store, &house.name.zh, definition, self.from, to).await?,
            Some(signed) => {
                let ask = ReportAsk {
                    id: &self.id,
                    from: self.from,
                    to: self.to,
                    as_of: store.now(),
                    viewer: &signed.viewer,
                    issued: self.issued.as_deref(),
                    unlock: signed.keyring.as_ref(),
                };
                let made = Made { store: &store, house: &house.name.zh, definition };
                made.copy(&ask).await.map_err(|error| anyhow!("{error}"))?.report
            }
        };
        store.close().await;
        Ok((report, made_at))
    }

    /// Somebody who reads this table: the same roles as on the page.
    async fn reader(&self, store: &store::Store, login: &str) -> anyhow::Result<signing::Signed> {
        let signed = signing::sign_in(store, login).await?;
        if !store.catalogue().opens(Page::Report(&self.id), signed.viewer.roles.keys()) {
            let readers: Vec<&str> =
                store.catalogue().readers.reports.get(&self.id).into_iter().flatten().map(catalogue::RoleName::as_str).collect();
            bail!("{}: 没有查看这张表的权限 / {login} may not read this table; it is read by: {}", self.id, readers.join(", "));
        }
        Ok(signed)
    }
}

/// All entries, in nobody's name.
async fn whole(store: &store::Store, house: &str, definition: &Definition, from: Option<Date>, to: Date) -> anyhow::Result<Report> {
    let (tables, _) = sources(store, store.catalogue(), definition, Moment::end_of(to), None, Reading::All).await?;
    let chain_head = Some(store.head().await?.hash.to_string());
    let request = Request { chain_head, ..Request::whole(house, from, to, store.now().local()) };
    let made = definition.make(&tables, &request, None, Default::default()).await;
    made.map_err(|error| anyhow!("{}\n{error}", error.sentence().zh))
}
