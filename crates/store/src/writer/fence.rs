//! One writer per chain. Whoever opens a chain for writing raises its epoch; whoever finds a higher one stops.
//!
//! On SQLite a lock on the data folder already keeps a second process out; on PostgreSQL an advisory lock does. The epoch is
//! the proof that also holds when a lock was lost with its connection.

use crate::chain::Hashing;
use crate::db::{Conn, Dialect, args};
use crate::error::{Error, Result};
use std::collections::BTreeMap;
use std::time::Duration;

/// Epochs of the chains this process writes.
#[derive(Debug, Default)]
pub(crate) struct Fences {
    epochs: BTreeMap<String, i64>,
    /// Claimed within the running transaction.
    fresh: Vec<String>,
}

impl Fences {
    /// Takes a chain over: from now on its former writer is refused.
    ///
    /// Errors: another process holds it.
    pub(crate) async fn claim(&mut self, conn: &mut Conn, chain: &str, hashing: Hashing) -> Result<()> {
        lock(conn, chain).await?;
        let genesis = hashing.genesis(chain).0;
        let sql = "INSERT INTO heads (chain, seq, hash, epoch) VALUES ($1, 0, $2, 1) \
                   ON CONFLICT (chain) DO UPDATE SET epoch = heads.epoch + 1 RETURNING epoch";
        let row = conn.fetch_one(sql, args![chain, &genesis[..]]).await?;
        let epoch = row.map(|row| row.int(0)).transpose()?.unwrap_or(1);
        self.epochs.insert(chain.to_owned(), epoch);
        Ok(())
    }

    /// After a lost connection: takes the locks again and makes sure nobody wrote meanwhile.
    pub(crate) async fn reclaim(&self, conn: &mut Conn) -> Result<()> {
        for (chain, epoch) in &self.epochs {
            lock(conn, chain).await?;
            same(conn, chain, *epoch).await?;
        }
        Ok(())
    }

    /// Within a transaction: this process still writes the chain; a chain new to it is claimed. Answers whether it was.
    pub(crate) async fn prove(&mut self, conn: &mut Conn, chain: &str, hashing: Hashing) -> Result<bool> {
        match self.epochs.get(chain) {
            Some(epoch) => same(conn, chain, *epoch).await.map(|()| false),
            None => {
                self.claim(conn, chain, hashing).await?;
                self.fresh.push(chain.to_owned());
                Ok(true)
            }
        }
    }

    /// The transaction ended: claims made within it stand, or fall with it.
    pub(crate) fn settle(&mut self, committed: bool) {
        for chain in self.fresh.drain(..).filter(|_| !committed) {
            self.epochs.remove(&chain);
        }
    }

    pub(crate) fn epoch(&self, chain: &str) -> i64 {
        self.epochs.get(chain).copied().unwrap_or_default()
    }
}

async fn same(conn: &mut Conn, chain: &str, epoch: i64) -> Result<()> {
    let row = conn.fetch_one("SELECT epoch FROM heads WHERE chain = $1", args![chain]).await?;
    let found = row.map(|row| row.int(0)).transpose()?;
    if found == Some(epoch) { Ok(()) } else { Err(Error::Fenced { chain: chain.to_owned() }) }
}

/// PostgreSQL notices only after a moment that a killed process is gone, on a busy machine after some seconds; so long a new one waits.
const TRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(100);

/// Held by the connection, and so by the process, until either ends.
async fn lock(conn: &mut Conn, chain: &str) -> Result<()> {
    if conn.dialect() == Dialect::Sqlite {
        return Ok(());
    }
    for _ in 0..TRIES {
        let row = conn
            .fetch_one("SELECT CASE WHEN pg_try_advisory_lock(hashtextextended($1, 1)) THEN 1 ELSE 0 END::bigint", args![chain])
            .await?;
        if row.map(|row| row.flag(0)).transpose()?.unwrap_or(false) {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
    Err(Error::InUse { folder: format!("of chain {chain}"), holder: String::new() })
}
