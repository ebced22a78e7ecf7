//! Checking everything: the chains, the cache and the accounts against the fold, the files. Says which one is wrong, and how.

mod accounts;
mod custody;
mod gather;
mod links;
mod reader;
mod stored;
mod worker;

use crate::chain::{Hash, Head};
use crate::error::Result;
use crate::store::Store;
use serde::Serialize;
use std::time::Instant;

/// What a check found.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Report {
    /// The ends of the chains as counted from their events.
    pub heads: Vec<Head>,
    pub events: u64,
    pub entries: u64,
    pub files: u64,
    /// Entries whose content was erased by two persons; the gaps they left are no finding.
    pub erased: u64,
    pub findings: Vec<Finding>,
    /// Findings beyond those listed.
    pub more: u64,
    /// Units: milliseconds.
    pub took_ms: u64,
}

impl Report {
    /// Nothing is wrong. Files nobody needs are told but wrong nothing.
    pub fn is_sound(&self) -> bool {
        self.more == 0 && self.findings.iter().all(|finding| matches!(finding, Finding::FileOrphan { .. }))
    }

    fn add(&mut self, finding: Finding) {
        if self.findings.len() < LISTED {
            self.findings.push(finding);
        } else {
            self.more += 1;
        }
    }
}

/// Findings told one by one; a store damaged throughout needs no longer list.
const LISTED: usize = 1_000;

/// One thing that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Finding {
    #[error("chain {chain}: event {seq} was changed ({what})")]
    EventChanged { chain: String, seq: u64, what: String },
    #[error("chain {chain}: events {from} to {to} are missing")]
    EventsMissing { chain: String, from: u64, to: u64 },
    #[error("chain {chain}: event {seq} stands in the wrong place, it was event {was}")]
    EventMoved { chain: String, seq: u64, was: u64 },
    #[error("chain {chain}: event {seq} was put in, the events around it do not know it")]
    EventInserted { chain: String, seq: u64 },
    #[error("chain {chain}: it ends at event {seq}, but {head} were written: its tail was cut")]
    TailCut { chain: String, seq: u64, head: u64 },
    #[error("chain {chain}: its head row does not agree with its last event {seq}")]
    HeadDiffers { chain: String, seq: u64 },
    #[error("the deposited head {hash} is on no chain: what it stood for was cut off or written anew")]
    DepositMissing { hash: Hash },
    #[error("entry {entry}: {table} differs from its events ({what})")]
    CacheDiffers { entry: String, table: String, what: String },
    #[error("entry {entry} is missing from the lists although its events are there")]
    CacheMissing { entry: String },
    #[error("entry {entry} is in the lists although no event made it")]
    CacheSurplus { entry: String },
    #[error("table {table} has {found} rows, its entries account for {expected}")]
    CacheCount { table: String, found: u64, expected: u64 },
    #[error("entry {entry}: its events cannot be read one after the other ({why})")]
    EntryBroken { entry: String, why: String },
    #[error("entry {entry}: whom its identity is kept by holds the key of another: it may open for nobody")]
    IdentityKeyDiffers { entry: String },
    #[error("entry {entry}: nobody holds the key of its identity")]
    IdentityKeyMissing { entry: String },
    #[error("account {login}: its key is not the one its last event gave it: things may have been sealed to somebody else since")]
    AccountKeyDiffers { login: String },
    #[error("account {login}: {what} differs from its events")]
    AccountDiffers { login: String, what: String },
    #[error("the recovery key of the house is not the one its last event told of: things may have been sealed to somebody else since")]
    RecoveryKeyDiffers,
    #[error("the shares of the recovery key are not of the key the last event about them told of, or are missing")]
    EscrowDiffers,
    #[error("account {login} is there although no event opened it")]
    AccountSurplus { login: String },
    #[error("account {login} is missing although its events are there")]
    AccountMissing { login: String },
    #[error("file {hash} is missing")]
    FileMissing { hash: String },
    #[error("file {hash} was altered")]
    FileAltered { hash: String },
    #[error("file {path} belongs to nothing stored")]
    FileOrphan { path: String },
}

impl Store {
    /// Checks the whole store as it stands at this moment, beside a running writer. `deposit`: a head kept outside the house;
    /// a chain alone cannot show that its tail was cut.
    ///
    /// Errors: the database or a folder cannot be read at all; what is wrong within is a finding.
    pub async fn verify(&self, deposit: Option<Hash>) -> Result<Report> {
        let begun = Instant::now();
        let mut report = Report::default();
        let mut conn = self.shared.db.snapshot().await?;
        let referenced = reader::check(&mut conn, &self.shared, deposit, &mut report).await?;
        custody::check(&mut conn, &self.shared.definitions, &mut report).await?;
        stored::check(&mut conn, &self.shared.files, referenced, &mut report).await?;
        conn.rollback().await?;
        conn.close().await;
        report.took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok(report)
    }
}
