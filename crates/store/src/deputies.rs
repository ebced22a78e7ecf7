//! Deputies: the key made for somebody who stands in, and when it opens. Whether it holds, the chain says; the row only carries the
//! key, sealed to the deputy.

use crate::db::args;
use crate::directory::read_entry;
use crate::error::{Error, Failure, Result};
use crate::sealing::{Holder, coming, is_entitled};
use crate::store::Store;
use engine::{AccountDeed, Actor, Code, Deed, Deputy, EntryId, Moment, PersonId, Refusal};
use jiff::civil::Date;
use std::collections::BTreeMap;
use vault::{Delegation, HandlerKey, Keyring, SystemEntropy, Terms};

/// Wraps looked at in one go.
const MOST: i64 = 1_000;
const SWEPT: &str = "keys_swept";

impl Store {
    /// Names who stands in for a person from one day to another. It gives nothing before a second person confirmed it.
    ///
    /// Errors: a refusal, also when the two may not hold such roles together or nobody could confirm it.
    pub async fn name_deputy(&self, away: PersonId, to: PersonId, days: (Date, Date), reason: &str) -> Result<(), Failure> {
        let recipient = self.shared.recipients().people.get(&to).cloned();
        let no_key = || Refusal::new(Code::Condition, "这个人没有账号，不能代理", "this person has no account and cannot stand in");
        let recipient = recipient.ok_or_else(no_key)?;
        let terms = Terms {
            institution: self.institution().0.clone(),
            from: away.to_string(),
            to: to.to_string(),
            starts_ms: Moment::start_of(days.0).0,
            ends_ms: Moment::end_of(days.1).0,
        };
        let delegation = Delegation::grant(terms, &recipient, &mut SystemEntropy);
        let deputy = Deputy { to, from: days.0, until: days.1, roles: Vec::new(), recipient: delegation.recipient.to_string() };
        let done =
            AccountDeed { deputy: Some(Box::new(deputy)), reason: Some(reason.trim().to_owned()), ..AccountDeed::new(Deed::DeputyAsked) };
        let body = serde_json::to_string(&delegation).expect("a delegation is plain data and always serialises");
        let sql = "INSERT INTO deputies (away, deputy, body, at) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (away) DO UPDATE SET deputy = excluded.deputy, body = excluded.body, at = excluded.at";
        let rows = vec![(sql.into(), args![away, to, body, self.now()])];
        self.account_deed(Actor::Person(away), away, done, rows).await
    }

    /// Confirms a deputy, as the second person.
    pub async fn confirm_deputy(&self, by: Actor, away: PersonId) -> Result<(), Failure> {
        self.account_deed(by, away, AccountDeed::new(Deed::DeputyGiven), Vec::new()).await
    }

    /// Declines one who waits to be confirmed, takes the wish back, or ends one who stands in. Their keys go with it.
    pub async fn end_deputy(&self, by: Actor, away: PersonId) -> Result<(), Failure> {
        let waits = self.standing(away).and_then(|standing| standing.deputy).is_some_and(|standin| standin.confirmed_by.is_none());
        let deed = if waits { Deed::DeputyDeclined } else { Deed::DeputyEnded };
        let rows = vec![("DELETE FROM deputies WHERE away = $1".into(), args![away])];
        self.account_deed(by, away, AccountDeed::new(deed), rows).await
    }

    /// A person's keys: their own, and those of whoever they stand in for today.
    pub(crate) async fn ring(&self, person: PersonId, key: HandlerKey) -> Result<Keyring> {
        let (directory, now) = (self.directory(), self.now());
        let mut lent = Vec::new();
        for (away, standin) in directory.away(person, now.date()) {
            let row = self.shared.db.fetch_one("SELECT body FROM deputies WHERE away = $1", args![away.id]).await?;
            let Some(row) = row else { continue };
            let delegation: Delegation =
                serde_json::from_str(&row.text(0)?).map_err(|error| Error::damaged("the key of a deputy", error))?;
            // The key may be sealed to one they no longer hold; and only the one the chain names is theirs to use.
            match delegation.open(&key, now.0) {
                Ok(opened) if opened.recipient().to_string() == standin.deputy.recipient => lent.push(opened),
                _ => tracing::warn!("the key of a deputy does not open: they have to be named anew"),
            }
        }
        let mut keyring = Keyring::new(key);
        lent.into_iter().for_each(|key| keyring.add(key));
        Ok(keyring)
    }

    /// Once a day takes keys from everybody who is no longer entitled to them: a role or a deputy's term ended with the day before. An
    /// account that is stopped keeps its keys: nobody signs in with it, and else whoever keeps accounts could alone, by stopping the last
    /// handler over a night, make what is sealed unreadable for good. Answers how many.
    pub(crate) async fn take_back_keys(&self) -> Result<u64> {
        let (directory, now) = (self.directory(), self.now());
        let today = now.date().to_string();
        if self.setting(SWEPT).await?.as_deref() == Some(today.as_str()) {
            return Ok(0);
        }
        let (mut taken, mut after) = (0, String::new());
        loop {
            let held = self.held_after(&after).await?;
            let Some((last, _)) = held.last_key_value() else { break };
            after = last.to_string();
            for (entry, holders) in held {
                let sql = "SELECT b.body FROM entries e JOIN entry_bodies b ON b.nr = e.nr WHERE e.id = $1";
                let Some(row) = self.shared.db.fetch_one(sql, args![entry]).await? else { continue };
                let found = self.found(read_entry(&row.text(0)?)?)?;
                let stays = |holder: Holder| {
                    // What is still to begin is not over: a clock set back takes nobody's key.
                    let at = |moment| is_entitled(&directory, &found.register, &found.entry, holder, moment);
                    at(now) || coming(&directory, holder.reader(), now).into_iter().any(at)
                };
                for holder in holders.into_iter().filter(|holder| !stays(*holder)) {
                    self.write_one("DELETE FROM wraps WHERE entry = $1 AND holder = $2", args![entry, holder.to_string()]).await?;
                    taken += 1;
                }
            }
        }
        for (away, standing) in &directory.accounts {
            if standing.deputy.as_ref().is_some_and(|standin| standin.deputy.until < now.date()) {
                self.write_one("DELETE FROM deputies WHERE away = $1", args![*away]).await?;
            }
        }
        self.set_setting(SWEPT, &today).await?;
        Ok(taken)
    }

    /// Who holds keys to the entries that follow on one.
    async fn held_after(&self, after: &str) -> Result<BTreeMap<EntryId, Vec<Holder>>> {
        let sql = format!(
            "SELECT entry, holder FROM wraps WHERE entry IN (SELECT DISTINCT entry FROM wraps WHERE entry > $1 ORDER BY entry LIMIT {MOST})"
        );
        let mut held: BTreeMap<EntryId, Vec<Holder>> = BTreeMap::new();
        for row in self.shared.db.fetch(sql, args![after]).await? {
            held.entry(row.entry(0)?).or_default().extend(Holder::parse(&row.text(1)?));
        }
        Ok(held)
    }
}
