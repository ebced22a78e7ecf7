//! 清廉 Qinglian: the command line. Exit codes: 0 done, 1 refused or failed, 2 wrong usage.

mod alerts;
mod commands;
mod figures;
mod last_words;
mod post;
mod screening;
mod tour;
mod truth;

use clap::Parser;
use std::process::ExitCode;

/// Rows, events and pages are many small allocations, which glibc's allocator is slow at and holds on to.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(last_words::say));
    // clap itself ends with 2 on wrong usage.
    let line = commands::Line::parse();
    match commands::run(line) {
        Ok(code) => code,
        Err(error) if error.is::<commands::Usage>() => {
            eprintln!("qinglian: {error:#}");
            ExitCode::from(2)
        }
        Err(error) => {
            // The chain of causes in one line: place, fault, remedy; never a stack trace.
            eprintln!("qinglian: {error:#}");
            ExitCode::from(1)
        }
    }
}
