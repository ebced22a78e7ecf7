//! The circle of custodians: who keeps identities today, whose shares are whose, and dealing anew when the circle changes.

use super::{Held, PURPOSE, share_key, share_rows, to_json};
use crate::custody::IdentityWish;
use crate::db::{Arg, Row, Sql, args};
use crate::error::{Failure, Result};
use crate::query::Found;
use crate::request::{Done, Request, Wish};
use crate::sealing::Place;
use crate::sql_expr::Builder;
use crate::store::Store;
use catalogue::Register;
use engine::{Actor, Code, Entry, EntryId, IdentityStep, IdentityWish as Wished, InstitutionId, PersonId, Refusal, Tag, Viewer, identity};
use vault::{Dealing, EntryKey, HandlerKey, Keyring, Recipient, SystemEntropy, Wrap};

/// So many shares a key is dealt in at most; one is the recovery key's.
const MOST: usize = 16;

/// Identities dealt with one write.
const DEALT_AT_ONCE: usize = 100;

/// Who keeps the identities of a register today, of those an entry does not bar.
#[derive(Debug, Clone, Default)]
pub struct Circle {
    /// In the order of their ids.
    pub people: Vec<(PersonId, Recipient)>,
    pub recovery: Option<Recipient>,
}

impl Circle {
    /// The keys an identity is dealt to, in this order. Empty: fewer than two custodians, nothing can be dealt.
    pub fn recipients(&self) -> Vec<Recipient> {
        if self.people.len() < identity::NEEDED {
            return Vec::new();
        }
        let recovery = self.recovery.iter().filter(|recovery| self.people.iter().all(|(_, own)| own != *recovery));
        let most = MOST - usize::from(self.recovery.is_some());
        self.people.iter().take(most).map(|(_, own)| own).chain(recovery).cloned().collect()
    }

    pub(super) fn deal(&self, key: &EntryKey, place: &Place) -> Option<Dealing<EntryKey>> {
        Dealing::deal(key, &self.recipients(), &place.context(PURPOSE), &mut SystemEntropy).ok()
    }
}

/// How the identity of an entry is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shares {
    /// Custodians of today with a share they can use.
    pub active: Vec<PersonId>,
    /// Custodians of today without one.
    pub missing: Vec<PersonId>,
    /// Nothing was dealt yet: there were fewer than two custodians.
    pub is_waiting: bool,
}

impl Shares {
    /// Too few to open it.
    pub fn is_thin(&self) -> bool {
        self.active.len() < identity::NEEDED
    }
}

impl Store {
    /// Who keeps the identities of a register now; what [`vault::Submission::check`] compares a browser's dealing with is
    /// [`Circle::recipients`].
    pub fn circle(&self, register: &Register, institution: &InstitutionId, barred: &[Tag]) -> Circle {
        let (directory, recipients, today) = (self.directory(), self.shared.recipients(), self.now().date());
        let roles = register.custody.iter().flat_map(|custody| &custody.approve);
        let mut people: Vec<(PersonId, Recipient)> = roles
            .flat_map(|role| directory.holders(role.as_str(), institution, today))
            .filter(|person| !barred.contains(&person.tag))
            .filter_map(|person| Some((person.id, recipients.people.get(&person.id)?.clone())))
            .collect();
        people.sort_by_key(|(person, _)| *person);
        people.dedup_by_key(|(person, _)| *person);
        Circle { people, recovery: recipients.recovery.clone() }
    }

    fn circle_of(&self, register: &Register, entry: &Entry) -> Circle {
        let barred: Vec<Tag> = entry.barred.iter().copied().collect();
        self.circle(register, &entry.institution, &barred)
    }

    /// How an entry's identity is held. `None`: it has none.
    pub async fn shares_of(&self, found: &Found) -> Result<Option<Shares>> {
        let rows = self.shared.db.fetch("SELECT recipient FROM custody_shares WHERE entry = $1", args![found.entry.id]).await?;
        if rows.is_empty() && self.held_of(found.entry.id).await?.is_none() {
            return Ok(None);
        }
        let mut held = Vec::with_capacity(rows.len());
        for row in &rows {
            held.push(row.text(0)?);
        }
        let circle = self.circle_of(&found.register, &found.entry);
        let (active, missing): (Vec<_>, Vec<_>) = circle.people.into_iter().partition(|(_, own)| held.contains(&own.to_string()));
        let people = |all: Vec<(PersonId, Recipient)>| all.into_iter().map(|(person, _)| person).collect();
        Ok(Some(Shares { active: people(active), missing: people(missing), is_waiting: held.is_empty() }))
    }

    /// Entries this viewer may ask about whose identity not every custodian of today holds a share of, those first that too few hold.
    pub async fn uneven_identities(&self, viewer: &Viewer, limit: u64) -> Result<Vec<(Found, Shares)>> {
        let mut uneven = Vec::new();
        for register in self.shared.definitions.all_today() {
            let Some(custody) = register.custody.as_ref().filter(|custody| custody.by.iter().any(|role| viewer.holds(role.as_str())))
            else {
                continue;
            };
            for entry in self.unevenly_held(register, &viewer.institution, limit).await? {
                let Some(found) = self.fold_of(entry).await?.map(|entry| self.found(entry)).transpose()? else { continue };
                if !identity::asks(viewer, &found.register, custody, &found.entry) {
                    continue;
                }
                uneven.extend(self.shares_of(&found).await?.filter(|shares| !shares.missing.is_empty()).map(|shares| (found, shares)));
            }
        }
        uneven.sort_by_key(|(found, shares)| (!shares.is_thin(), found.entry.created));
        Ok(uneven)
    }

    async fn unevenly_held(&self, register: &Register, institution: &InstitutionId, limit: u64) -> Result<Vec<EntryId>> {
        let circle = self.circle(register, institution, &[]);
        let mut to = Builder::new(self.shared.db.dialect());
        let name = to.bind(register.name.as_str());
        let of = to.bind(institution.0.as_str());
        let keys: Vec<String> = circle.people.iter().map(|(_, own)| to.bind(own.to_string())).collect();
        let (many, limit) = (to.bind(circle.people.len() as u64), to.bind(limit));
        let among = if keys.is_empty() { "''".to_owned() } else { keys.join(", ") };
        let sql = format!(
            "SELECT c.entry FROM custody c JOIN entries e ON e.id = c.entry WHERE e.register = {name} AND e.institution = {of} AND \
             (SELECT COUNT(*) FROM custody_shares s WHERE s.entry = c.entry AND s.recipient IN ({among})) < {many} ORDER BY e.created LIMIT {limit}"
        );
        self.shared.db.fetch(sql, to.args).await?.iter().map(|row| row.entry(0)).collect()
    }

    /// Entries whose identity this custodian holds a share of, without those that bar them: what concerns a custodian, not even a
    /// number tells them.
    pub async fn identities_held_by(&self, viewer: &Viewer, keyring: &Keyring) -> Result<Vec<EntryId>> {
        let mut found = Vec::new();
        for own in keyring.recipients() {
            let mut to = Builder::new(self.shared.db.dialect());
            let own = to.bind(own.to_string());
            let free = self.eyes(viewer).not_barred(&mut to);
            let sql = format!("SELECT s.entry FROM custody_shares s JOIN entries e ON e.id = s.entry WHERE s.recipient = {own} AND {free}");
            for row in self.shared.db.fetch(sql, to.args).await? {
                found.push(row.entry(0)?);
            }
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// Passes this custodian's share of one identity on. A request under way falls: its successor cannot have read it.
    ///
    /// Errors: a refusal, when either of them is no custodian of the entry, or the successor holds a share already.
    pub async fn hand_over_share(&self, id: EntryId, viewer: &Viewer, keyring: &Keyring, to: PersonId) -> Result<Done, Failure> {
        let found = self.found(self.fold_of(id).await?.ok_or_else(Refusal::hidden)?)?;
        let Some(Held::Dealt(dealing)) = self.held_of(id).await? else { return Err(no_share().into()) };
        let key = share_key(keyring, &dealing).ok_or_else(no_share)?;
        let successor = self.shared.recipients().people.get(&to).cloned().ok_or_else(without_key)?;
        let place = Place::of(&found.entry);
        let passed = dealing.hand_over(key, &successor, &place.context(PURPOSE)).map_err(|_| holds_one())?;
        let round = found.entry.identity.as_ref().map_or(0, |identity| identity.round);
        self.dealt(&found.entry, viewer, IdentityStep::HandOver { to, round }, &passed).await
    }

    /// Deals the key anew with two consents to that, to whom the request names.
    ///
    /// Errors: a refusal, as for opening.
    pub async fn deal_identity(&self, id: EntryId, viewer: &Viewer, keyring: &Keyring) -> Result<Done, Failure> {
        let found = self.entry(id, viewer).await?;
        let place = Place::of(&found.entry);
        let granted = self.granted(&found, keyring).await?;
        let dealing = granted
            .dealing
            .change(&granted.ask, granted.consents(), granted.key(keyring)?, &place.context(PURPOSE), self.now().0, &mut SystemEntropy)
            .map_err(super::asking::consent_spoiled)?;
        self.dealt(&found.entry, viewer, IdentityStep::Deal { request: granted.ask.nonce.clone() }, &dealing).await
    }

    async fn dealt(&self, entry: &Entry, viewer: &Viewer, step: IdentityStep, dealing: &Dealing<EntryKey>) -> Result<Done, Failure> {
        let mut rows: Vec<(Sql, Vec<Arg>)> = vec![(
            "UPDATE custody SET dealing = $2, wrap = NULL, at = $3 WHERE entry = $1".into(),
            args![entry.id, to_json(dealing), self.now()],
        )];
        rows.extend(share_rows(entry.id, dealing));
        rows.extend(super::asking::over(entry.id));
        let wish = Wish::Identity(Box::new(IdentityWish { step, rows }));
        let request = Request::new(Actor::Person(viewer.person), entry.register.clone(), entry.id, wish);
        self.submit(request.with_institution(entry.institution.clone())).await
    }

    /// The keys a request to deal anew names: the custodians of today whom the entry does not bar, and the recovery key.
    pub(super) fn circle_for(&self, found: &Found) -> (Wished, Vec<Recipient>) {
        let circle = self.circle_of(&found.register, &found.entry);
        (Wished::Deal(circle.people.iter().map(|(person, _)| *person).collect()), circle.recipients())
    }

    /// Deals, with the printed recovery key, what waited for custodians; what is damaged goes on waiting. Answers how many identities were
    /// dealt.
    pub async fn deal_waiting(&self, recovery: &HandlerKey) -> Result<u64> {
        let rows = self.shared.db.fetch("SELECT entry, wrap FROM custody WHERE dealing IS NULL ORDER BY entry", Vec::new()).await?;
        let mut dealt = 0;
        for some in rows.chunks(DEALT_AT_ONCE) {
            let (mut writes, mut count) = (Vec::new(), 0);
            for row in some {
                match self.dealt_waiting(recovery, row).await {
                    Ok(Some(more)) => {
                        writes.extend(more);
                        count += 1;
                    }
                    Ok(None) => {}
                    Err(error) if error.is_damage() => tracing::error!(%error, "an identity that waits for custodians is damaged"),
                    Err(error) => return Err(error),
                }
            }
            if count > 0 {
                self.write(writes).await?;
            }
            dealt += count;
        }
        Ok(dealt)
    }

    /// What is to be written to deal one of them. `None`: the key does not open it, or there are too few custodians.
    async fn dealt_waiting(&self, recovery: &HandlerKey, row: &Row) -> Result<Option<Vec<(Sql, Vec<Arg>)>>> {
        let Some(entry) = self.fold_of(row.entry(0)?).await? else { return Ok(None) };
        let found = self.found(entry)?;
        let place = Place::of(&found.entry);
        let Ok(key) = Wrap::from_bytes(row.bytes(1)?).open(recovery, &place.context(PURPOSE)) else { return Ok(None) };
        let Some(dealing) = self.circle_of(&found.register, &found.entry).deal(&key, &place) else { return Ok(None) };
        let update = "UPDATE custody SET dealing = $2, wrap = NULL, at = $3 WHERE entry = $1 AND dealing IS NULL";
        let mut rows: Vec<(Sql, Vec<Arg>)> = vec![(update.into(), args![found.entry.id, to_json(&dealing), self.now()])];
        rows.extend(share_rows(found.entry.id, &dealing));
        Ok(Some(rows))
    }
}

fn no_share() -> Refusal {
    Refusal::new(Code::NotAllowed, "您没有这一件身份的份额", "you hold no share of this identity")
}

fn holds_one() -> Refusal {
    Refusal::new(
        Code::NotAllowed,
        "接手的人已有一份，两份不能在一人手里",
        "whoever takes over holds a share already, and must not hold two",
    )
}

fn without_key() -> Refusal {
    Refusal::new(Code::UnknownValue, "接手的人还没有登录密钥：请先登录一次", "whoever takes over has no key yet: let them sign in first")
}
