//! One file a command.

mod check;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// 清廉 Qinglian runs a hospital's clean-hospital programme: reports, gifts, clues, screening, rectification, official tables.
#[derive(Debug, Parser)]
#[command(name = "qinglian", version, about, propagate_version = true, arg_required_else_help = true)]
pub struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Check),
}

pub fn run(line: Line) -> anyhow::Result<ExitCode> {
    match line.command {
        Command::Check(check) => check.run(),
    }
}
