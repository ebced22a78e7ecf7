//! `qinglian verify`: is the chain whole, does the cache equal its fold, are the files there.

use super::{Usage, house};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;
use store::{Claim, Hash};

const HELP: &str = "JSON: {sound, heads: [{chain, seq, hash}], events, entries, erased, files, findings: [{kind, …}], more, took_ms}; ends with 1 when not sound. With --receipt: {held, chain, seq, hash, at}; ends with 1 when not held";

/// Check the chain of events, the cache, the counts and the files; name whatever is wrong. Runs beside a server
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Verify {
    /// The data folder
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// A head deposited outside the house: finds a tail that was cut off
    #[arg(long, value_name = "HASH")]
    head: Option<String>,
    /// Check one printed proof of receipt instead: the line that begins with qinglian-1
    #[arg(long, value_name = "LINE", conflicts_with = "head")]
    receipt: Option<String>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        if let Some(line) = &self.receipt {
            return self.receipt(line);
        }
        let head = match &self.head {
            Some(text) => Some(
                Hash::parse(text)
                    .ok_or_else(|| Usage::say(format!("--head {text} is no head: write its 64 hex digits, as `verify` printed them")))?,
            ),
            None => None,
        };
        let report = super::runtime()?.block_on(async {
            let (_, store) = house::open_for_reading(&self.data).await?;
            anyhow::Ok(store.verify(head).await?)
        })?;
        if self.json {
            let mut told = serde_json::to_value(&report)?;
            told["sound"] = report.is_sound().into();
            println!("{}", serde_json::to_string_pretty(&told)?);
        } else {
            report.findings.iter().for_each(|finding| println!("{finding}"));
            if report.more > 0 {
                println!("… 另有 {} 处 / and {} more", report.more, report.more);
            }
            for head in &report.heads {
                println!("链首 {} #{} {}", head.chain, head.seq, head.hash);
            }
            if report.erased > 0 {
                println!("{} 件的内容已由两人销毁 / entries were erased by two persons", report.erased);
            }
            let word = if report.is_sound() { "完整 / sound" } else { "有问题 / NOT sound" };
            println!("{word}：{} 个事件，{} 件，{} 个文件，用时 {} ms", report.events, report.entries, report.files, report.took_ms);
        }
        Ok(ExitCode::from(u8::from(!report.is_sound())))
    }

    /// Whether the chain holds what a printed line claims.
    fn receipt(&self, line: &str) -> anyhow::Result<ExitCode> {
        let claim = Claim::parse(line)
            .ok_or_else(|| Usage::say("--receipt: this is no proof of receipt; paste the whole line that begins with qinglian-1"))?;
        let at = super::runtime()?.block_on(async {
            let (_, store) = house::open_for_reading(&self.data).await?;
            anyhow::Ok(store.confirms(&claim).await?)
        })?;
        if self.json {
            let at = at.map(|at| at.local().strftime("%Y-%m-%dT%H:%M:%S").to_string());
            println!("{}", json!({ "held": at.is_some(), "chain": claim.chain, "seq": claim.seq, "hash": claim.hash, "at": at }));
        } else {
            match at {
                Some(at) => {
                    let at = at.local().strftime("%Y-%m-%d %H:%M:%S");
                    println!("链上有：{} 第 {} 位，{at} / the chain holds it: place {}, {at}", claim.chain, claim.seq, claim.seq);
                }
                None => println!("链上没有这一条 / the chain does not hold it"),
            }
        }
        Ok(ExitCode::from(u8::from(at.is_none())))
    }
}
