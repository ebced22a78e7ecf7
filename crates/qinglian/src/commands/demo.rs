//! `qinglian demo`: a synthetic hospital, screened, then served.

use super::house::{self, House};
use super::{definitions, intake, serve};
use crate::figures::{self, Made as Table};
use crate::{screening, tour, truth};
use anyhow::{Context, bail};
use catalogue::{Catalogue, Service, Text};
use clap::Args;
use demo::hospital::{Exports, Hospital};
use demo::year::Year;
use engine::{Actor, Moment};
use jiff::civil::Date;
use lake::Handed;
use screen::Ran;
use screen::report::Definition;
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;
use store::{Clock, Hashing, Request, Store, real_time};
use web::ReportAsk;

/// Make a synthetic hospital with a year of entries and planted anomalies, screen it, serve it.
#[derive(Debug, Args)]
pub struct Demo {
    /// Where to put it; a demo that is already there is served again
    #[arg(long, value_name = "DIR", default_value = "demo-data")]
    data: PathBuf,
    /// Where to listen
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8686")]
    addr: String,
    /// Order lines over 24 months, 50000 or more
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    lines: u64,
    /// The demo's today; the real one without it
    #[arg(long, value_name = "DATE")]
    today: Option<Date>,
    /// What chance begins with: the same seed makes the same hospital
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Compare what the rules find with what was planted, print, and end
    #[arg(long)]
    truth: bool,
    /// With --truth: print JSON
    #[arg(long)]
    json: bool,
}

/// What a finished demo says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Made {
    pub seed: u64,
    pub lines: u64,
    pub today: Date,
    /// The program that made it.
    pub version: String,
}

impl Made {
    pub const FILE: &str = "demo.json";

    pub fn read(data: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(data.join(Self::FILE)).ok()?).ok()
    }

    /// The demo's day, which goes on from half past nine as the real one does.
    pub fn clock(&self) -> Clock {
        let (start, real) = (Moment::start_of(self.today).0 + HALF_PAST_NINE_MS, real_time().0);
        Arc::new(move || Moment(start + (real_time().0 - real)))
    }
}

/// A house whose year is being played.
struct Played {
    year: Year,
    store: Store,
}

/// One line of progress on standard error; nothing when `quiet`.
fn tell_step(quiet: bool, begun: Instant, text: &str) {
    if !quiet {
        eprintln!("{:>6.1}s  {text}", begun.elapsed().as_secs_f64());
    }
}

/// Units: milliseconds from midnight.
const HALF_PAST_NINE_MS: i64 = 34_200_000;

/// The institution of every demo. A house of another name is somebody's own, whatever lies in its folder.
pub const INSTITUTION: &str = "demo";

/// The least the planted anomalies can still be told from chance in.
const FEWEST: u64 = 50_000;

impl Demo {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        if self.lines < FEWEST {
            bail!("--lines {}: the planted anomalies need at least {FEWEST} lines", self.lines);
        }
        super::trace();
        let runtime = super::runtime()?;
        let begun = Instant::now();
        let made = match Made::read(&self.data) {
            Some(made) => made,
            None => runtime.block_on(self.make())?,
        };
        if self.truth {
            return runtime.block_on(truth::tell(&self.data, &made, self.json));
        }
        runtime.block_on(self.serve(&made, begun))
    }

    fn step(&self, begun: Instant, text: &str) {
        tell_step(self.json, begun, text);
    }

    async fn make(&self) -> anyhow::Result<Made> {
        if self.data.exists() && std::fs::read_dir(&self.data)?.next().is_some() {
            bail!("{} is not empty and holds no finished demo; choose another --data, or remove it (make clean-demo)", self.data.display());
        }
        let begun = Instant::now();
        let today = self.today.unwrap_or_else(|| real_time().date());
        let catalogue = definitions::load(None)?;
        House::write_new(&self.data, INSTITUTION, &Text::new("示例市第一医院", "Example First Hospital"), Hashing::default())?;
        self.step(begun, &format!("生成医院与 {} 行医嘱 / making a hospital with {} order lines", self.lines, self.lines));
        let hospital = Arc::new(Hospital::generate(self.seed, self.lines, today, &catalogue.calendar));
        // The lines and the entries do not need each other until the rules run.
        let lines = tokio::task::spawn_blocking({
            let (data, catalogue, hospital, quiet) = (self.data.clone(), Arc::clone(&catalogue), Arc::clone(&hospital), self.json);
            move || -> anyhow::Result<()> {
                let exports = hospital.write_exports(&data.join("exports"))?;
                tell_step(quiet, begun, "导入数据湖 / taking the exports into the lake");
                take_in(&data, &catalogue, &exports)?;
                tell_step(quiet, begun, "数据湖已就绪 / the lake is ready");
                Ok(())
            }
        });
        let mut played = self.play(begun, &catalogue, &hospital).await?;
        lines.await??;
        self.screen(begun, &mut played).await?;
        issue_tables(&played.store).await?;
        let Played { year, store } = played;
        drop(year);
        store.close().await;
        self.seal(today)
    }

    /// The year up to the day of the screening.
    async fn play(&self, begun: Instant, catalogue: &Arc<Catalogue>, hospital: &Hospital) -> anyhow::Result<Played> {
        self.step(begun, "一年的登记、线索与整改 / a year of entries");
        let clock = Year::clock(hospital.today);
        let house = House::read(&self.data, None)?;
        // What is interrupted is thrown away, so commits need not wait for the disk one by one.
        let config = house.config(&self.data, Arc::clone(catalogue)).with_clock(clock.clock()).without_flushing();
        let store = Store::open(config).await?;
        let mut year = Year::begin(hospital, store.clone(), clock).await?;
        year.before_screening().await?;
        self.step(begun, &format!("    {} 步 / steps", year.played()));
        Ok(Played { year, store })
    }

    /// The rules, what people answer to them, and what is written down for visitors.
    async fn screen(&self, begun: Instant, played: &mut Played) -> anyhow::Result<()> {
        self.step(begun, "筛查 / screening");
        screening::screen_house(&self.data, &played.store, |rule, step| match &step.ran {
            Ran::Found(found) => self.step(begun, &format!("    {rule}  {} 条疑点 / findings", found.rows.len())),
            Ran::Lacking(lacking) => self.step(begun, &format!("    {rule}  {}", lacking.sentence.zh)),
        })
        .await?;
        let year = &mut played.year;
        year.after_screening().await?;
        demo::year::write_accounts(&year.accounts().await?, &self.data.join(tour::ACCOUNTS))?;
        demo::year::write_guide(&year.guide().await?, &self.data.join(tour::GUIDE))?;
        self.step(begun, &format!("    {} 步 / steps", year.played()));
        Ok(())
    }

    /// Only now is the demo there: everything has reached the disk before the file that says so.
    fn seal(&self, today: Date) -> anyhow::Result<Made> {
        for part in ["qinglian.db", "qinglian.db-wal"].map(|name| self.data.join(name)) {
            if part.exists() {
                std::fs::File::open(part)?.sync_all()?;
            }
        }
        let made = Made { seed: self.seed, lines: self.lines, today, version: env!("CARGO_PKG_VERSION").to_owned() };
        std::fs::write(self.data.join(Made::FILE), serde_json::to_vec_pretty(&made)?)?;
        Ok(made)
    }

    async fn serve(&self, made: &Made, begun: Instant) -> anyhow::Result<ExitCode> {
        let house = House::read(&self.data, None)?;
        if house.institution != INSTITUTION {
            bail!(
                "{} belongs to {} and is no demo; serve it with `qinglian serve --data {}`",
                self.data.display(),
                house.name.zh,
                self.data.display()
            );
        }
        let store = Store::open(house.config(&self.data, house.catalogue(&self.data)?)).await?;
        let tour = tour::of(&self.data)?;
        let listener = serve::listen(&self.addr).await?;
        self.step(begun, "就绪 / ready");
        tell(&tour, &listener.local_addr()?.to_string(), made.today);
        println!("\n  Ctrl-C 结束；再次运行会接着用 {} / Ctrl-C ends; the next run goes on with it", self.data.display());
        serve::run(&self.data, &house, store, listener, Some(tour)).await?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Every official table, asked for by one and issued by another; one more ask waits on a desk.
async fn issue_tables(store: &Store) -> anyhow::Result<()> {
    let register = store.serving(Service::Issues)?;
    let reports = Definition::load_all(store.catalogue()).unwrap_or_default();
    let directory = store.directory();
    let asker = directory.people.values().find(|person| person.account.as_deref() == Some("inspector"));
    let viewer = asker.and_then(|asker| store.viewer(asker.id)).context("the demo has an inspector")?;
    let issued = reports.iter().map(|definition| (definition, true));
    for (definition, is_issued) in issued.chain(reports.last().map(|definition| (definition, false))) {
        let made = Table { store, house: "", definition };
        let id = definition.layout.report.as_str();
        let ask = ReportAsk { id, from: None, to: None, as_of: store.now(), viewer: &viewer, issued: None, unlock: None };
        let entry = figures::ask(made, &ask).await.map_err(|error| anyhow::anyhow!("{id}: {error}"))?;
        let kept = store.fold_of(entry).await?;
        let people = |entry: &engine::Entry| entry.values.get("issuer").and_then(|value| value.people().first().copied());
        let (Some(issuer), true) = (kept.as_ref().and_then(people), is_issued) else { continue };
        let issue = register.moves.values().find(|known| known.main).context("tables are issued by a main move")?;
        let none: [(&str, engine::Value); 0] = [];
        let request = Request::make(Actor::Person(issuer), register.name.clone(), entry, issue.name.clone(), none);
        store.submit(request).await.map_err(|error| anyhow::anyhow!("{id}: {error}"))?;
    }
    Ok(())
}

/// Logins printed in one line.
const IN_A_LINE: usize = 6;

/// The one address, where everything else is one click away, and the accounts for whoever would rather type.
fn tell(tour: &web::Tour, addr: &str, today: Date) {
    println!("\n  打开 / open    http://{addr}/");
    println!("  五分钟可以试什么，每个角色一键进入；演示日期 {today} / what to try in five minutes, every role one click away\n");
    println!("  账号 / accounts（密码 / password: {}）", tour.accounts.first().map_or("", |guest| guest.password.as_str()));
    let logins: Vec<&str> = tour.accounts.iter().map(|guest| guest.login.as_str()).collect();
    for line in logins.chunks(IN_A_LINE) {
        println!("    {}", line.iter().map(|login| format!("{login:<16}")).collect::<String>().trim_end());
    }
}

/// Every export of the hospital, through the same door as a hospital's own.
fn take_in(data: &Path, catalogue: &Catalogue, exports: &Exports) -> anyhow::Result<()> {
    let one = |dataset: &str, mapping: Option<&str>, path: &Path| -> anyhow::Result<()> {
        let contract = definitions::contract(catalogue, dataset)?;
        let mapping = definitions::mapping(catalogue, &contract, mapping)?;
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let mut watch = |_| ControlFlow::Continue(());
        let handed = Handed { path, name: &name, at_ms: real_time().0, try_only: false, watch: &mut watch };
        let receipt = lake::intake(&intake::lake_of(data), &contract, &mapping, handed)
            .map_err(|error| anyhow::anyhow!("{}", error.sentence().zh))?;
        if receipt.rejected_total() > 0 {
            bail!("{name}: {} generated rows were rejected, first: {:?}", receipt.rejected_total(), receipt.examples.first());
        }
        Ok(())
    };
    one("department", None, &exports.departments)?;
    one("prescriber", None, &exports.prescribers)?;
    one("item", None, &exports.items)?;
    one("formulary", None, &exports.formulary)?;
    one("temporary_approval", None, &exports.approvals)?;
    one("bed_days", None, &exports.bed_days)?;
    for path in &exports.order_lines {
        one("order_line", Some("order_line_zh"), path)?;
    }
    Ok(())
}

/// Opens the finished demo's store for a reader.
pub async fn open_for_reading(data: &Path) -> anyhow::Result<Store> {
    Ok(house::open_for_reading(data).await?.1)
}
