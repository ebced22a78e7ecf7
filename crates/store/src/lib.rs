//! The only crate that knows SQL storage: events in chains, entries as a cache of their fold, files, jobs, sessions, accounts.
//!
//! Open a [`Store`] with a [`Config`], hand it a [`Request`] with [`Store::submit`], read with [`Store::entry`],
//! [`Store::entries`], [`Store::search`] and [`Store::desk`], check it with [`Store::verify`]. One process writes; every wish is
//! decided by the engine behind one door, and answered when it is on the disk.

mod accounts;
mod auditing;
mod backup;
mod cache;
mod chain;
mod codes;
mod config;
mod copy;
mod counting;
mod db;
mod definitions;
mod desk;
mod directory;
mod erasing;
mod error;
mod files;
mod insert;
mod jobs;
mod lock;
mod looks;
mod notices;
mod paging;
mod query;
mod reading;
mod rebuild;
mod request;
mod rowsets;
mod schema;
mod scope;
mod sealing;
mod search;
mod sessions;
mod settings;
mod sql_expr;
mod store;
mod ticking;
mod timeline;
mod unsealing;
mod verify;
mod words;
mod writer;

pub use accounts::{Account, Giving, LockOut, SignIn, one_time_password};
pub use auditing::{Audit, Logged};
pub use backup::{Backup, backup, restore};
pub use chain::{Hash, Hashing, Head};
pub use config::{Clock, Config, Rows, real_time};
pub use copy::Copied;
pub use desk::{Desk, Pile};
pub use erasing::Due;
pub use error::{Error, Failure, Result};
pub use files::{Draft, NewFile, Seal};
pub use jobs::{GoOn, Job, JobState, Lease};
pub use looks::{LOOK_VERBS, Listed, Looked, THE_LOG};
pub use notices::Notice;
pub use query::{Counts, Filter, Found, Page, Query, Sort, Test};
pub use request::{AccountWish, Change, Creation, Done, Erase, Receipt, Request, Wish, new_entry};
pub use sessions::Session;
pub use settings::{Import, Keeper, SavedView};
pub use store::Store;
pub use timeline::{Happened, Line, Linked};
pub use unsealing::Open;
pub use verify::{Finding, Report};
