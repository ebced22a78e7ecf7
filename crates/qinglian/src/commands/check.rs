//! `qinglian check`: every fault of the catalogue and the overlay, and every scenario.

use anyhow::Context;
use catalogue::{Catalogue, embedded, read_folder};
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

const HELP: &str = "JSON: {sound, faults: [{place, zh, en}], failures: [{file, line, scenario, what}], counts: {registers, lists, roles, scenarios, steps}}";

/// Check the catalogue and a site's overlay: every fault of every file at once, then every scenario
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Check {
    /// A folder with the site's own definitions, laid over the shipped ones
    #[arg(long, value_name = "DIR")]
    site: Option<PathBuf>,
    /// Print the faults and counts as JSON
    #[arg(long)]
    json: bool,
}

impl Check {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let over = match &self.site {
            Some(dir) => Some(read_folder(dir).with_context(|| format!("cannot read the site folder {}: check the path", dir.display()))?),
            None => None,
        };
        let catalogue = match Catalogue::load(&embedded(), over.as_ref()) {
            Ok(catalogue) => catalogue,
            Err(faults) => {
                if self.json {
                    let told = serde_json::json!({ "sound": false, "faults": faults, "failures": [], "counts": {} });
                    println!("{}", serde_json::to_string_pretty(&told)?);
                } else {
                    faults.iter().for_each(|fault| println!("{fault}"));
                    println!("{} 处错误 · {} fault(s)", faults.len(), faults.len());
                }
                return Ok(ExitCode::from(1));
            }
        };
        if !self.json {
            for replaced in &catalogue.replaced {
                println!("本院取代 · replaced: {}（{}）", replaced.path, replaced.reason);
            }
        }
        let outcome = engine::scenario::run_all(&catalogue);
        if self.json {
            let failures: Vec<serde_json::Value> = outcome
                .failures
                .iter()
                .map(|failure| serde_json::json!({ "file": failure.file, "line": failure.line, "scenario": failure.scenario, "what": failure.what }))
                .collect();
            let counts = serde_json::json!({
                "registers": catalogue.registers.len(), "lists": catalogue.lists.len(), "roles": catalogue.roles.len(),
                "scenarios": outcome.scenarios, "steps": outcome.steps,
            });
            let told = serde_json::json!({ "sound": failures.is_empty(), "faults": [], "failures": failures, "counts": counts });
            println!("{}", serde_json::to_string_pretty(&told)?);
        } else {
            outcome.failures.iter().for_each(|failure| println!("{failure}"));
            println!(
                "{} 个台账、{} 个列表、{} 个角色；{} 个情景 {} 步，{} 个不成立",
                catalogue.registers.len(),
                catalogue.lists.len(),
                catalogue.roles.len(),
                outcome.scenarios,
                outcome.steps,
                outcome.failures.len()
            );
        }
        Ok(ExitCode::from(u8::from(!outcome.failures.is_empty())))
    }
}
