//! What templates are given. Each shape is described at the head of the template that takes it (`templates/parts/`);
//! everything is present, and what may be missing is `None`.

pub mod act;
pub mod board;
pub mod cell;
pub mod desk;
pub mod faults;
pub mod field;
pub mod ledger;
pub mod list;
pub mod mark;
pub mod panel;
pub mod paper;
pub mod shell;
pub mod talk;
pub mod top;
pub mod trail;
