//! The pure core against its specifications: scenarios beside definitions, and laws over all registers.

#![allow(clippy::unwrap_used)]

mod accounts;
mod clocks;
mod conditions;
mod decisions;
mod deputies;
mod doors;
mod entitled;
mod folding;
mod forms;
mod house;
mod laws;
mod lifting;
mod nameless;
mod script;
mod showing;
mod specification;
mod to_come;
mod totals;
mod unconcerned;
mod words;
