//! The house served in process: every test speaks HTTP to the same router that serves a hospital.

mod accounts;
mod asked;
mod beyond;
mod browser;
mod door;
mod erase;
mod export;
mod files;
mod forms;
mod guards;
mod house;
mod import;
mod lists;
mod log;
mod looks;
mod moves;
mod public;
mod reports;
mod rights;
mod sealed;
mod times;
mod tls;
mod tour;
mod words;
