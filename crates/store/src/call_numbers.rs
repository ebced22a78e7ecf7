//! Telephone numbers of people to be called: no part of any entry, so no event holds them. Encrypted under a key that follows from the
//! one in `keys/`, and deleted when the call is over or its time has come.

use crate::db::args;
use crate::error::Result;
use crate::store::Store;
use engine::{EntryId, Moment};
use vault::{LocalKey, SystemEntropy};

impl Store {
    fn number_key(&self) -> LocalKey {
        LocalKey::from_bytes(&self.secret("numbers to call"))
    }

    /// Keeps the number of whoever an entry says is to be called.
    pub async fn keep_number(&self, entry: EntryId, number: &str, until: Moment) -> Result<()> {
        let locked = self.number_key().lock(&entry.to_string(), number.as_bytes(), &mut SystemEntropy);
        let sql = "INSERT INTO call_numbers (entry, locked, until) VALUES ($1, $2, $3) \
                   ON CONFLICT (entry) DO UPDATE SET locked = excluded.locked, until = excluded.until";
        self.write_one(sql, args![entry, locked, until]).await.map(|_| ())
    }

    /// The number to call. `None`: there was none, or it is gone.
    pub async fn number_of(&self, entry: EntryId) -> Result<Option<String>> {
        let sql = "SELECT locked FROM call_numbers WHERE entry = $1 AND until > $2";
        let Some(row) = self.shared.db.fetch_one(sql, args![entry, self.now()]).await? else { return Ok(None) };
        let plain = self.number_key().unlock(&entry.to_string(), &row.bytes(0)?);
        Ok(plain.map(|plain| String::from_utf8_lossy(&plain).into_owned()))
    }

    /// The call is over.
    pub async fn forget_number(&self, entry: EntryId) -> Result<()> {
        self.write_one("DELETE FROM call_numbers WHERE entry = $1", args![entry]).await.map(|_| ())
    }

    /// Numbers whose time is over are deleted.
    pub(crate) async fn forget_old_numbers(&self) -> Result<()> {
        let row = self.shared.db.fetch_one("SELECT COUNT(*) FROM call_numbers WHERE until <= $1", args![self.now()]).await?;
        if row.map_or(Ok(0), |row| row.count(0))? > 0 {
            self.write_one("DELETE FROM call_numbers WHERE until <= $1", args![self.now()]).await?;
        }
        Ok(())
    }
}
