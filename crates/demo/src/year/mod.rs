//! A year of entries on a given clock, through the one door: organisation, campaign, reports, gifts, rectification, and what
//! people answer to findings. Every act is one that a person with that role may do; a refusal is an error.

mod alerts;
mod cast;
mod escrow;
mod found;
mod guide;
mod identity;
mod journeys;
mod play;
mod script;
mod stories;
mod tables;

use std::fs;
use std::path::Path;

use engine::{Actor, Moment, Value};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;
use store::{Change, Failure, Request, Store, Wish};

use crate::chance::Chance;
use crate::hospital::Hospital;
use cast::{Cast, Member};
use play::Player;
use script::Script;

pub use found::PASSWORD;
pub use guide::{Guide, Report, Worth};
pub use journeys::{Begins, JOURNEYS, Journey};
pub use play::GivenClock;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A step of the script was refused, or the store broke.
    #[error("{what}: {source}")]
    Step { what: String, source: Box<Failure> },
    #[error("writing {path}: {source}")]
    File { path: String, source: std::io::Error },
}

/// A login of the demo and what to try with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Account {
    pub role: String,
    pub account: String,
    pub password: String,
    pub name: String,
    pub unit: String,
    /// In Chinese.
    pub what_to_try: String,
}

/// The year before a day. Findings are opened near its end by whoever can screen: between [`Year::before_screening`] and
/// [`Year::after_screening`].
pub struct Year {
    player: Player,
    cast: Cast,
    screened: Moment,
    end: Moment,
}

/// Days of the year that is played.
const DAYS: i64 = 366;
/// Days before the end on which findings are opened: early in the month after the last one.
const SCREENED: i64 = 17;
/// The hour of the day at which the demo begins.
const BEGIN_HOUR: i8 = 9;
const SCREEN_HOUR: i8 = 8;

/// Streams of draws, apart from the hospital's.
const SCRIPT: u64 = 101;

impl Year {
    /// The clock with which the store must be opened: it stands at the year's beginning.
    pub fn clock(today: Date) -> GivenClock {
        GivenClock::at(at(today, -DAYS, SCREEN_HOUR))
    }

    /// Founds the house in an empty store opened with `clock`, and writes the script.
    ///
    /// *Errors*: something was refused or broke.
    pub async fn begin(hospital: &Hospital, store: Store, clock: GivenClock) -> Result<Year, Error> {
        let today = hospital.today;
        let cast = Cast::of(hospital);
        found::found(&store, &cast, hospital, clock.now().date()).await?;
        let end = at(today, 0, BEGIN_HOUR);
        let catalogue = store.catalogue().clone();
        let mut script = Script::new(&cast, &catalogue.calendar, end, Chance::new(hospital.seed, SCRIPT));
        stories::tell(&mut script, hospital);
        let play = script.finish();
        let player = Player::new(store, clock, play);
        Ok(Year { player, cast, screened: at(today, -SCREENED, SCREEN_HOUR), end })
    }

    /// Plays the year up to the day on which the rules run.
    pub async fn before_screening(&mut self) -> Result<(), Error> {
        self.player.until(self.screened).await
    }

    /// Lets people answer what the rules found, and plays the rest.
    pub async fn after_screening(&mut self) -> Result<(), Error> {
        alerts::answer(&mut self.player, &self.cast, self.end).await?;
        let broke = |source: store::Error| Error::Step { what: "numbers to call".into(), source: Box::new(source.into()) };
        stories::numbers(&self.player.store, self.end).await.map_err(broke)?;
        escrow::ask(&self.player, &self.cast).await?;
        identity::ask(&self.player, &self.cast).await
    }

    /// Steps played so far.
    pub fn played(&self) -> u64 {
        self.player.played
    }

    /// Opens the last accounts (a head and a doctor who have something to do, a head nurse), and lists all.
    pub async fn accounts(&self) -> Result<Vec<Account>, Error> {
        let mut accounts = Vec::new();
        for (login, member, try_this) in self.bystanders().await? {
            self.open_account(login, member).await?;
            accounts.push(self.row(login, member, try_this));
        }
        let others = self.cast.members.iter().filter_map(|member| Some((member.login.as_deref()?, member)));
        accounts.extend(others.map(|(login, member)| self.row(login, member, member.try_this)));
        Ok(accounts)
    }

    /// What is worth opening now that the year has been played, and codes to ask with. Call it when all accounts are open.
    ///
    /// *Errors*: the store broke.
    pub async fn guide(&self) -> Result<Guide, Error> {
        guide::guide(&self.player).await
    }

    fn row(&self, login: &str, member: &Member, try_this: &str) -> Account {
        Account {
            role: member.roles.first().copied().unwrap_or("staff").to_owned(),
            account: login.to_owned(),
            password: PASSWORD.to_owned(),
            name: member.name.clone(),
            unit: self.cast.unit_name(member.unit).to_owned(),
            what_to_try: try_this.to_owned(),
        }
    }

    async fn bystanders(&self) -> Result<Vec<(&'static str, &Member, &'static str)>, Error> {
        let waiting = alerts::waiting(&self.player, &self.cast).await?;
        let owns = |member: &&Member| waiting.contains(&member.id);
        let of_doctors = || self.cast.members.iter().filter(|member| member.prescriber.is_some());
        let doctor = of_doctors().filter(|member| member.roles.is_empty()).find(owns);
        let head = of_doctors().filter(|member| !member.roles.is_empty()).find(owns);
        Ok(vec![
            ("doctor", doctor.unwrap_or_else(|| self.cast.person("呼吸#2")), "说明自己的数据疑点；登记红包；主动说明"),
            ("head", head.unwrap_or_else(|| self.cast.person("呼吸#0")), "看本科室的任务、疑点和问题清单，提交整改"),
            ("liaison", self.cast.person("呼吸#n"), "登记本科室自查发现的问题"),
            ("staff", self.cast.person("呼吸#4"), "确认自己的谈话记录，登记红包礼品"),
        ])
    }

    async fn open_account(&self, login: &str, member: &Member) -> Result<(), Error> {
        let admin = self.cast.by_login("admin").map_or(Actor::System, |admin| Actor::Person(admin.id));
        let change = Change::from([("account", Value::Text(login.to_owned()))]);
        let wish = Wish::Move { make: "open_account".into(), change, note: None };
        let request = Request::new(admin, "person", member.id.into(), wish);
        let opened = self.player.store.submit(request).await;
        opened.map_err(|source| Error::Step { what: format!("the account {login}"), source: Box::new(source) })?;
        found::account(&self.player.store, login, member.id).await
    }
}

/// Writes `accounts.json`.
///
/// *Errors*: what the disk says.
pub fn write_accounts(accounts: &[Account], path: &Path) -> Result<(), Error> {
    write(&accounts, path)
}

/// Writes `guide.json`.
///
/// *Errors*: what the disk says.
pub fn write_guide(guide: &Guide, path: &Path) -> Result<(), Error> {
    write(guide, path)
}

fn write(what: &impl Serialize, path: &Path) -> Result<(), Error> {
    let text = serde_json::to_vec_pretty(what).expect("accounts and guides are plain text");
    fs::write(path, text).map_err(|source| Error::File { path: path.display().to_string(), source })
}

fn at(today: Date, days: i64, hour: i8) -> Moment {
    Moment::from_local(today.saturating_add(days.days()).at(hour, 0, 0, 0))
}
