//! The vault through its public doors.
#![allow(clippy::unwrap_used)]

mod code;
mod concern;
mod envelope;
mod given;
mod handler;
mod password;
mod stream;
mod unlocked;
mod wrap;
