//! The command line as a stranger would use it: the binary itself, real folders, exit codes.

mod browser;
mod clock;
mod contract;
mod demo;
mod erase;
mod flood;
mod full;
mod guide;
mod hooks;
mod house;
#[path = "../../../web/tests/it/html.rs"]
mod html;
mod issued;
mod killed;
mod links;
#[path = "../../../post/tests/it/server.rs"]
#[allow(dead_code, reason = "the tests of the post crate use the rest of it")]
mod mail_server;
mod memory;
mod nameless;
mod package;
mod papers;
mod planted;
mod post;
mod real_orders;
mod rescue;
mod screening;
mod served;
#[path = "../../../store/tests/it/small_disk.rs"]
mod small_disk;
mod sqlaudit;
mod tables;
#[path = "../../../statistics/tests/it/testdata.rs"]
mod testdata;

use std::path::Path;
use std::process::{Command, Output, Stdio};

/// What a command came to.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Self { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Fails with everything the command said.
    #[track_caller]
    pub fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "\n── out\n{}\n── err\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("no JSON ({error}):\n{}", self.out))
    }
}

/// Runs `qinglian` with words separated by blanks; paths come as `{}` in order.
pub fn qinglian(line: &str, paths: &[&Path]) -> Ran {
    qinglian_as(None, line, paths)
}

/// The same with somebody's password in the environment.
pub fn qinglian_as(password: Option<&str>, line: &str, paths: &[&Path]) -> Ran {
    let mut paths = paths.iter();
    let words: Vec<String> = line
        .split_whitespace()
        .map(|word| if word == "{}" { paths.next().expect("a path for every {}").display().to_string() } else { word.to_owned() })
        .collect();
    let mut command = Command::new(env!("CARGO_BIN_EXE_qinglian"));
    command.args(words).stdin(Stdio::null()).env_remove("QINGLIAN_PASSWORD").env_remove("QINGLIAN_PASSWORD_FILE");
    command.envs(password.map(|password| ("QINGLIAN_PASSWORD", password)));
    Ran::of(command.output().expect("the binary runs"))
}
