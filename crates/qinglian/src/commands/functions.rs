//! `qinglian functions`: the statistics a rule may call, with their formulas and sources.

use clap::Args;
use screen::functions::{Kind, all};
use std::process::ExitCode;

const HELP: &str = "JSON: [{call, kind: scalar|aggregate|window, says: {zh, en}, formula, source}]";

/// List the statistics that a rule's SQL may call: arguments, formula, source
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Functions {
    /// Print as JSON
    #[arg(long)]
    json: bool,
}

impl Functions {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let functions = all();
        if self.json {
            println!("{}", serde_json::to_string_pretty(&functions)?);
            return Ok(ExitCode::SUCCESS);
        }
        for function in functions {
            println!("{} · {}", function.call, kind(function.kind));
            println!("    {}", function.says.zh);
            println!("    {}", function.says.en);
            println!("    = {}", function.formula);
            println!("    {}\n", function.source);
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Scalar => "逐行 scalar",
        Kind::Aggregate => "按组汇总 aggregate",
        Kind::Window => "窗口 window, OVER (PARTITION BY …)",
    }
}
