//! `cargo xtask tidy | rights [--check] | new-register <area>/<id> | new-rule <id>`

use anyhow::{Result, bail};
use std::process::ExitCode;
use xtask::{rights, root, skeleton, tidy};

const USAGE: &str = "cargo xtask tidy                       what must hold of the whole tree
cargo xtask rights [--check]           write docs/rights.txt, or say whether it is up to date
cargo xtask new-register <area>/<id>   a register and its specification to begin with
cargo xtask new-rule <id>              a rule and its fixtures to begin with";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(words: &[&str]) -> Result<bool> {
    let root = root()?;
    match words {
        ["tidy"] => {
            let found = tidy::tidy(&root)?;
            found.iter().for_each(|untidy| println!("{untidy}"));
            if found.is_empty() {
                println!("tidy");
            } else {
                println!("{} untidy", found.len());
            }
            Ok(found.is_empty())
        }
        ["rights"] => {
            rights::write(&root)?;
            println!("written: {}", rights::PAGE);
            Ok(true)
        }
        ["rights", "--check"] => {
            let same = rights::is_current(&root)?;
            println!(
                "{} {}",
                rights::PAGE,
                if same { "is up to date" } else { "is not up to date: run `cargo xtask rights` and review its diff" }
            );
            Ok(same)
        }
        ["new-register", place] => {
            for path in skeleton::register(&root, place)? {
                println!("written: {path}");
            }
            Ok(true)
        }
        ["new-rule", id] => {
            for path in skeleton::rule(&root, id)? {
                println!("written: {path}");
            }
            Ok(true)
        }
        _ => bail!("{USAGE}"),
    }
}
