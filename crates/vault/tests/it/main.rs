//! The vault through its public doors.
#![allow(clippy::unwrap_used)]

mod card;
mod code;
mod concern;
mod dealing;
mod delegation;
mod envelope;
mod given;
mod handler;
mod message;
mod package;
mod password;
mod service;
mod sheet;
mod stream;
mod submission;
mod totp;
mod unlocked;
mod wrap;
