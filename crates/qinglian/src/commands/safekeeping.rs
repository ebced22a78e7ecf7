//! `qinglian backup`, `qinglian restore`, `qinglian db copy`.

use super::Usage;
use super::demo::Made;
use super::house::{self, House};
use crate::tour;
use anyhow::Context;
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use store::{Config, Store};

/// Write a backup of the running store into a new folder. Left out: the folder `keys/` (what people are tagged with, and
/// what codes at sign-in are locked under: without it nobody signs in with a code), which is kept apart, and the lake of
/// hospital data, which is made of the hospital's exports: copy `lake/` while nothing is taken in, or take the exports in again
#[derive(Debug, Args)]
#[command(after_help = "JSON: {to, files, heads: [{chain, seq, hash}], left_out: [folder]}")]
pub struct Backup {
    /// The data folder
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// A new or empty folder
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// Print what was written as JSON
    #[arg(long)]
    json: bool,
}

impl Backup {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let note = super::runtime()?.block_on(async {
            let (_, store) = house::open_for_reading(&self.data).await?;
            anyhow::Ok(store::backup(&store, &self.to).await?)
        })?;
        copy_house(&self.data, &self.to)?;
        let left_out: Vec<&str> = LEFT_OUT.into_iter().filter(|folder| self.data.join(folder).exists()).collect();
        if self.json {
            let said = json!({ "to": self.to, "files": note.files, "heads": note.heads, "left_out": left_out });
            println!("{}", serde_json::to_string_pretty(&said)?);
            return Ok(ExitCode::SUCCESS);
        }
        for head in &note.heads {
            println!("{} #{} {}", head.chain, head.seq, head.hash);
        }
        println!(
            "备份在 {}，{} 个文件；密钥（含动态码登录所用的）不在其中，请另行保管 {}/keys",
            self.to.display(),
            note.files,
            self.data.display()
        );
        if left_out.contains(&LAKE) {
            println!("数据湖 {LAKE}/ 也不在其中：不在导入数据时可直接复制这个文件夹，或恢复后重新导入医院的导出文件");
            println!("the lake of hospital data is not in it either: copy {LAKE}/ while nothing is taken in, or take the exports in again");
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Of hospital data: made of exports, and large.
const LAKE: &str = "lake";

/// Folders of a data folder that are not in a backup.
const LEFT_OUT: [&str; 2] = ["keys", LAKE];

/// Put a backup back into an empty data folder, and verify it when its keys are there
#[derive(Debug, Args)]
#[command(after_help = "JSON: {data, files, sound}; sound is null without --keys, and the command ends with 1 when it is false")]
pub struct Restore {
    /// The backup
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
    /// A new or empty data folder
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The folder `keys/` that was kept apart
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
    /// Print what came of it as JSON
    #[arg(long)]
    json: bool,
}

impl Restore {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let house = House::read(&self.from, None)?;
        let catalogue = house.catalogue(&self.from)?;
        let config: Config = house.config(&self.data, catalogue);
        let runtime = super::runtime()?;
        let note = runtime.block_on(store::restore(&self.from, &config, self.keys.as_deref()))?;
        copy_house(&self.from, &self.data)?;
        if !self.json {
            println!("已恢复到 {}，{} 个文件", self.data.display(), note.files);
        }
        if self.keys.is_none() {
            if self.json {
                println!("{}", json!({ "data": self.data, "files": note.files, "sound": null }));
                return Ok(ExitCode::SUCCESS);
            }
            println!("请把保管的 keys/ 放回 {}/keys，然后 qinglian verify", self.data.display());
            return Ok(ExitCode::SUCCESS);
        }
        let report = runtime.block_on(async { anyhow::Ok(Store::open_for_reading(config).await?.verify(None).await?) })?;
        if self.json {
            println!("{}", json!({ "data": self.data, "files": note.files, "sound": report.is_sound() }));
            return Ok(ExitCode::from(u8::from(!report.is_sound())));
        }
        println!("校验：{}", if report.is_sound() { "完整 / sound" } else { "有问题 / NOT sound" });
        Ok(ExitCode::from(u8::from(!report.is_sound())))
    }
}

/// Copies what says whose data it is; of a demo also its day, its logins and its guide.
fn copy_house(from: &Path, to: &Path) -> anyhow::Result<()> {
    for (file, always) in [(house::FILE, true), (Made::FILE, false), (tour::ACCOUNTS, false), (tour::GUIDE, false)] {
        let (from, to) = (from.join(file), to.join(file));
        if always || from.exists() {
            std::fs::copy(&from, &to).with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))?;
        }
    }
    Ok(())
}

/// Work on the database.
#[derive(Debug, Args)]
pub struct Db {
    #[command(subcommand)]
    command: DbCommand,
}

#[derive(Debug, Subcommand)]
enum DbCommand {
    /// Move the rows to another database and verify them there; files and keys stay where they are
    #[command(after_help = "JSON: {rows, events, sound, findings}; ends with 1 when not sound")]
    Copy {
        /// The data folder
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// An empty PostgreSQL database
        #[arg(long, value_name = "postgres://…")]
        to: String,
        /// Print what came of it as JSON
        #[arg(long)]
        json: bool,
    },
}

impl Db {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let DbCommand::Copy { data, to, json } = self.command;
        if !to.starts_with("postgres://") && !to.starts_with("postgresql://") {
            return Err(Usage::say("--to wants a PostgreSQL URL such as postgres://user@host/name"));
        }
        super::runtime()?.block_on(async {
            let (house, store) = house::open(&data).await?;
            let copied = store.copy_to_postgres(&to).await?;
            let head = store.head().await?;
            store.close().await;
            let config = house.config(&data, house.catalogue(&data)?).with_postgres(&to);
            let report = Store::open_for_reading(config).await?.verify(Some(head.hash)).await?;
            if json {
                let told = json!({ "rows": copied.rows, "events": copied.events, "sound": report.is_sound(), "findings": report.findings });
                println!("{}", serde_json::to_string_pretty(&told)?);
                return Ok(ExitCode::from(u8::from(!report.is_sound())));
            }
            report.findings.iter().for_each(|finding| println!("{finding}"));
            println!(
                "{} 行、{} 个事件已到新库；校验：{}",
                copied.rows,
                copied.events,
                if report.is_sound() { "完整 / sound" } else { "有问题 / NOT sound" }
            );
            println!("在 {} 的 [db] url 写上新库的地址，然后启动 qinglian serve", data.join(house::FILE).display());
            Ok(ExitCode::from(u8::from(!report.is_sound())))
        })
    }
}
