//! One file a command.

mod check;
mod definitions;
pub mod demo;
mod erase;
mod escrow;
mod export;
mod functions;
mod house;
mod identity;
mod import;
mod init;
mod intake;
mod out;
mod package;
mod post;
mod recovery;
mod registers;
mod report;
mod rescue;
mod safekeeping;
mod screen;
mod serve;
mod sheets;
mod signing;
mod sqlaudit;
mod tables;
mod user;
mod verify;

pub use self::demo as demo_made;
pub use self::intake::lake_of;
pub use self::out::unread;
pub use self::registers::{Reading, reads, tables_for_rules, tables_of};
pub use self::screen::{months_of, said, screen_over};

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
    #[command(after_help = "JSON with --truth: [{rule, planted, found, findings, recall, precision}]")]
    Demo(demo::Demo),
    Serve(serve::Command),
    Init(init::Init),
    Check(check::Check),
    Functions(functions::Functions),
    Intake(intake::Intake),
    Screen(screen::Run),
    Sqlaudit(sqlaudit::Command),
    Report(report::Command),
    Export(export::Export),
    Import(import::Import),
    Verify(verify::Verify),
    Erase(erase::Command),
    Identity(identity::Identity),
    Package(package::Command),
    Backup(safekeeping::Backup),
    Restore(safekeeping::Restore),
    Db(safekeeping::Db),
    User(user::User),
    Post(post::Post),
}

pub fn run(line: Line) -> anyhow::Result<ExitCode> {
    match line.command {
        Command::Demo(command) => command.run(),
        Command::Serve(command) => command.run(),
        Command::Init(command) => command.run(),
        Command::Check(command) => command.run(),
        Command::Functions(command) => command.run(),
        Command::Intake(command) => command.run(),
        Command::Screen(command) => command.run(),
        Command::Sqlaudit(command) => command.run(),
        Command::Report(command) => command.run(),
        Command::Export(command) => command.run(),
        Command::Import(command) => command.run(),
        Command::Verify(command) => command.run(),
        Command::Erase(command) => command.run(),
        Command::Identity(command) => command.run(),
        Command::Package(command) => command.run(),
        Command::Backup(command) => command.run(),
        Command::Restore(command) => command.run(),
        Command::Db(command) => command.run(),
        Command::User(command) => command.run(),
        Command::Post(command) => command.run(),
    }
}

/// Words that make no sense together, where clap cannot see it: ends with 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Usage(String);

impl Usage {
    pub fn say(what: impl Into<String>) -> anyhow::Error {
        Usage(what.into()).into()
    }
}

/// The runtime of a command.
fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

/// Logs as JSON lines on standard error; `RUST_LOG` chooses how much.
fn trace() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    // A second call, from a test, leaves the first in place.
    let _ = tracing_subscriber::fmt().json().with_writer(std::io::stderr).with_env_filter(filter).try_init();
}
