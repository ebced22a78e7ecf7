//! The clock: entries whose deadlines have something to tell are told so, each through the one door.

use crate::db::args;
use crate::error::{Failure, Result};
use crate::request::{Request, Wish};
use crate::store::Store;
use engine::{Actor, InstitutionId, Moment};

/// Entries looked at in one go.
const MOST: i64 = 500;

impl Store {
    /// Lets the clock look at every entry that is due for it. Answers how many were looked at. What an erasure left to be cleared is
    /// cleared first; once a day keys are taken from whoever lost the right to them.
    pub async fn tick(&self) -> Result<u64> {
        self.purge_if_due().await;
        self.forget_old_consents().await?;
        self.forget_old_rescues().await?;
        self.take_back_keys().await?;
        self.forget_old_links().await?;
        self.forget_old_numbers().await?;
        let mut looked = 0;
        loop {
            let sql = format!(
                "SELECT DISTINCT e.id, e.institution, e.register FROM entry_clocks c JOIN entries e ON e.nr = c.nr WHERE c.next IS NOT NULL AND c.next <= $1 LIMIT {MOST}"
            );
            let due = self.shared.db.fetch(sql, args![self.now()]).await?;
            if due.is_empty() {
                return Ok(looked);
            }
            let mut requests = Vec::with_capacity(due.len());
            for row in &due {
                let request = Request::new(Actor::Clock, row.text(2)?, row.entry(0)?, Wish::Tick);
                requests.push(request.with_institution(InstitutionId(row.text(1)?)));
            }
            let mut told = 0;
            for answer in self.submit_all(requests).await {
                match answer {
                    Ok(done) => told += u64::from(done.receipt.is_some()),
                    Err(Failure::Error(error)) => return Err(error),
                    Err(Failure::Refusal(refusal)) => tracing::warn!(code = refusal.code.word(), "a clock was refused"),
                }
            }
            looked += due.len() as u64;
            if told == 0 {
                // Nothing moved on: asking again would ask for ever.
                return Ok(looked);
            }
        }
    }

    /// When the clock should look again. `None`: nothing is running.
    pub async fn next_tick(&self) -> Result<Option<Moment>> {
        let row = self.shared.db.fetch_one("SELECT MIN(next) FROM entry_clocks WHERE next IS NOT NULL", Vec::new()).await?;
        row.map_or(Ok(None), |row| row.moment_or_none(0))
    }
}
