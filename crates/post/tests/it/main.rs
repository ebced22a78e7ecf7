//! Letters read from bytes, and a real mail server and a real HTTP receiver spoken to.

mod fetching;
mod gateway;
mod hooks;
mod letters;
mod sending;
mod server;
