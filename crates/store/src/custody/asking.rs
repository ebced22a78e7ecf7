//! Asking custodians, their consent, and the one opening it serves for.

use super::{Held, IdentityWish, PURPOSE, from_json, open_kept, share_key, to_json};
use crate::db::{Arg, Sql, args};
use crate::error::{Error, Failure, Result};
use crate::query::Found;
use crate::request::{Done, Request, Wish};
use crate::sealing::{Place, seal_note};
use crate::store::{Store, parse_recipient};
use engine::identity::{self, Pending};
use engine::{Actor, Code, EntryId, IdentityAsk, IdentityStep, IdentityWish as Wished, Note, Refusal, SecretValues, Viewer};
use vault::{Approval, Ask, Dealing, DealingError, EntryKey, HandlerKey, Keyring, Recipient, Sealed, SystemEntropy};

/// What somebody wants of the custodians.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// To see who it is.
    Open,
    /// To have the key dealt to the custodians of today.
    Deal,
}

/// A request that waits for its reader: number, asker and term stand in the clear, nothing else of the entry does.
pub struct Asked {
    pub found: Found,
    pub pending: Pending,
    /// The step that is the reader's to make.
    pub open: identity::Open,
}

/// A request's reason is sealed to those who may read it, under this purpose.
const REASON: &str = "identity_reason";

/// Two consents to a request of this keyring's.
pub(super) struct Granted {
    pub dealing: Dealing<EntryKey>,
    pub ask: Ask,
    approvals: [Approval; 2],
}

impl Granted {
    pub(super) fn consents(&self) -> [&Approval; 2] {
        [&self.approvals[0], &self.approvals[1]]
    }

    pub(super) fn key<'k>(&self, keyring: &'k Keyring) -> Result<&'k HandlerKey, Refusal> {
        keyring.key(&self.ask.recipient).ok_or_else(locked)
    }
}

impl Store {
    /// Asks the custodians about an entry's identity, with a reason that they read and nobody else without a key to the entry.
    ///
    /// Errors: a refusal, when the viewer may not ask, somebody asked already, or fewer than two custodians hold it.
    pub async fn ask_identity(
        &self,
        id: EntryId,
        viewer: &Viewer,
        keyring: &Keyring,
        wanted: Wanted,
        reason: &str,
    ) -> Result<Done, Failure> {
        let found = self.entry(id, viewer).await?;
        let Some(custody) = found.register.custody.clone() else { return Err(Refusal::not_allowed().into()) };
        let Some(Held::Dealt(dealing)) = self.held_of(id).await? else { return Err(not_dealt(&found).into()) };
        let own = self.shared.recipients().people.get(&viewer.person).cloned().ok_or_else(locked)?;
        keyring.key(&own).ok_or_else(locked)?;
        let until = identity::until(&custody, &self.catalogue().calendar, self.now());
        let (wish, wished) = match wanted {
            Wanted::Open => (vault::Wish::Open, Wished::Open),
            Wanted::Deal => {
                let (wished, recipients) = self.circle_for(&found);
                (vault::Wish::Change(recipients), wished)
            }
        };
        let place = Place::of(&found.entry);
        let times = (self.now().0, until.0);
        let ask = Ask::new(&viewer.person.to_string(), &own, wish, reason, times, &mut SystemEntropy);
        // Nothing is not sealed: the engine must see that the reason is missing.
        let is_blank = reason.trim().is_empty();
        let note = match &found.entry.recipient {
            Some(recipient) if !is_blank => seal_note(&parse_recipient(recipient)?, &place, reason),
            _ => Note::Plain(String::new()),
        };
        let readers: Vec<Recipient> = dealing.custodians().chain([&own]).cloned().collect();
        let sealed = |reader: &Recipient| (reader.to_string(), vault::seal_own(reader, &place.context(REASON), reason.as_bytes()));
        let reasons: Vec<(String, Sealed)> = readers.iter().map(sealed).collect();
        let mut rows = over(id);
        let sql = "INSERT INTO custody_asks (entry, ask, reasons, until) VALUES ($1, $2, $3, $4)";
        rows.push((sql.into(), args![id, to_json(&ask), to_json(&reasons), until]));
        let step = IdentityStep::Ask(IdentityAsk { request: ask.nonce.clone(), wish: wished, reason: note, until });
        self.step(&found, viewer, step, rows).await
    }

    /// A custodian agrees: their share, sealed to whoever asked, for this request and no other. The entry itself stays out of their reach.
    ///
    /// Errors: a refusal, when they are no custodian here, hold no share, or have answered.
    pub async fn approve_identity(&self, id: EntryId, viewer: &Viewer, keyring: &Keyring) -> Result<Done, Failure> {
        let asked = self.asked_of(id, viewer).await?;
        let Some(Held::Dealt(dealing)) = self.held_of(id).await? else { return Err(Refusal::hidden().into()) };
        let ask = self.ask_of(id).await?.filter(|ask| ask.nonce == asked.pending.ask.request).ok_or_else(Refusal::stale)?;
        let key = share_key(keyring, &dealing).ok_or_else(no_share)?;
        let place = Place::of(&asked.found.entry);
        let approval = dealing.approve(&ask, key, &place.context(PURPOSE), self.now().0).map_err(consent_spoiled)?;
        let sql = "INSERT INTO custody_consents (entry, person, request, consent, at) VALUES ($1, $2, $3, $4, $5)";
        let rows = vec![(sql.into(), args![id, viewer.person, ask.nonce.as_str(), to_json(&approval), self.now()])];
        self.step(&asked.found, viewer, IdentityStep::Approve { request: ask.nonce }, rows).await
    }

    pub async fn decline_identity(&self, id: EntryId, viewer: &Viewer) -> Result<Done, Failure> {
        let asked = self.asked_of(id, viewer).await?;
        let request = asked.pending.ask.request.clone();
        self.step(&asked.found, viewer, IdentityStep::Decline { request }, Vec::new()).await
    }

    /// Whoever asked takes the request back; what was agreed to goes with it.
    pub async fn withdraw_identity(&self, id: EntryId, viewer: &Viewer) -> Result<Done, Failure> {
        let found = self.entry(id, viewer).await?;
        self.step(&found, viewer, IdentityStep::Withdraw, over(id)).await
    }

    /// Opens an identity with two consents, once: the consents are gone, and the look is on the disk, before anything is answered.
    ///
    /// Errors: a refusal, when two have not agreed, it has run out, or the viewer is not who asked.
    pub async fn open_identity(&self, id: EntryId, viewer: &Viewer, keyring: &Keyring) -> Result<SecretValues, Failure> {
        let found = self.entry(id, viewer).await?;
        let granted = self.granted(&found, keyring).await?;
        let place = Place::of(&found.entry);
        let own = granted.key(keyring)?;
        let key =
            granted.dealing.open(&granted.ask, granted.consents(), own, &place.context(PURPOSE), self.now().0).map_err(consent_spoiled)?;
        let values = open_kept(&key, &place, &found.entry)?;
        self.step(&found, viewer, IdentityStep::Open { request: granted.ask.nonce.clone() }, over(id)).await?;
        self.saw_surely(viewer, &found.entry, &values.covers(), PURPOSE).await?;
        Ok(values)
    }

    /// Requests that wait for this viewer: to be answered, or to be used.
    pub async fn identities_asked(&self, viewer: &Viewer) -> Result<Vec<Asked>> {
        let rows = self.shared.db.fetch("SELECT entry FROM custody_asks ORDER BY until, entry", Vec::new()).await?;
        let mut asked = Vec::new();
        for row in &rows {
            let Some(entry) = self.fold_of(row.entry(0)?).await? else { continue };
            let found = self.found(entry)?;
            let open = identity::open_to(viewer, &found.register, &found.entry, self.now());
            let pending = found.entry.identity_pending(self.now()).cloned();
            if let (Some(open), Some(pending)) = (open, pending) {
                asked.push(Asked { found, pending, open });
            }
        }
        Ok(asked)
    }

    /// The request about one entry, for a custodian who is to answer it.
    ///
    /// Errors: hidden, for everybody else.
    pub async fn asked_of(&self, id: EntryId, viewer: &Viewer) -> Result<Asked, Failure> {
        let found = self.found(self.fold_of(id).await?.ok_or_else(Refusal::hidden)?)?;
        let custody = found.register.custody.as_ref().ok_or_else(Refusal::hidden)?;
        if !identity::is_custodian(viewer, custody, &found.entry) {
            return Err(Refusal::hidden().into());
        }
        let pending = found.entry.identity_pending(self.now()).cloned().ok_or_else(Refusal::hidden)?;
        let open = identity::open_to(viewer, &found.register, &found.entry, self.now()).unwrap_or(identity::Open::Wait);
        Ok(Asked { found, pending, open })
    }

    /// Why it is asked, for a custodian or whoever asked. `None`: this keyring opens it not.
    ///
    /// Errors: the reason is not the one the request was made with.
    pub async fn identity_reason(&self, found: &Found, keyring: &Keyring) -> Result<Option<String>> {
        let sql = "SELECT ask, reasons FROM custody_asks WHERE entry = $1";
        let Some(row) = self.shared.db.fetch_one(sql, args![found.entry.id]).await? else { return Ok(None) };
        let ask: Ask = from_json(&row.text(0)?, "a request")?;
        let reasons: Vec<(String, Sealed)> = from_json(&row.text(1)?, "the reasons of a request")?;
        let own: Vec<String> = keyring.recipients().map(|own| own.to_string()).collect();
        let Some((_, sealed)) = reasons.iter().find(|(reader, _)| own.contains(reader)) else { return Ok(None) };
        let place = Place::of(&found.entry);
        let opened = keyring.open_own(&place.context(REASON), sealed)?;
        let reason = opened.expose(|plain| String::from_utf8_lossy(plain).into_owned());
        if ask.states(&reason) { Ok(Some(reason)) } else { Err(Error::damaged("the reason of a request", "it is another's")) }
    }

    /// Forgets requests that ran out, and what was agreed to for them.
    pub(crate) async fn forget_old_consents(&self) -> Result<()> {
        let old = "SELECT entry FROM custody_asks WHERE until < $1";
        let rows = vec![
            (format!("DELETE FROM custody_consents WHERE entry IN ({old})").into(), args![self.now()]),
            ("DELETE FROM custody_asks WHERE until < $1".into(), args![self.now()]),
        ];
        self.write(rows).await.map(|_| ())
    }

    pub(super) async fn granted(&self, found: &Found, keyring: &Keyring) -> Result<Granted, Failure> {
        let id = found.entry.id;
        let Some(Held::Dealt(dealing)) = self.held_of(id).await? else { return Err(not_dealt(found).into()) };
        let ask = self.ask_of(id).await?.ok_or_else(nothing)?;
        if keyring.key(&ask.recipient).is_none() {
            return Err(locked().into());
        }
        let sql = "SELECT consent FROM custody_consents WHERE entry = $1 AND request = $2 ORDER BY at, person";
        let rows = self.shared.db.fetch(sql, args![id, ask.nonce.as_str()]).await?;
        let read = |at: usize| -> Result<Option<Approval>> { rows.get(at).map(|row| from_json(&row.text(0)?, "a consent")).transpose() };
        let (Some(one), Some(other)) = (read(0)?, read(1)?) else { return Err(too_few().into()) };
        Ok(Granted { dealing: *dealing, ask, approvals: [one, other] })
    }

    pub(super) async fn ask_of(&self, id: EntryId) -> Result<Option<Ask>> {
        let row = self.shared.db.fetch_one("SELECT ask FROM custody_asks WHERE entry = $1", args![id]).await?;
        row.map(|row| from_json(&row.text(0)?, "a request")).transpose()
    }

    pub(super) async fn step(
        &self,
        found: &Found,
        viewer: &Viewer,
        step: IdentityStep,
        rows: Vec<(Sql, Vec<Arg>)>,
    ) -> Result<Done, Failure> {
        let entry = &found.entry;
        let wish = Wish::Identity(Box::new(IdentityWish { step, rows }));
        let request = Request::new(Actor::Person(viewer.person), entry.register.clone(), entry.id, wish);
        self.submit(request.with_institution(entry.institution.clone())).await
    }
}

/// A request is over: nothing of it is kept.
pub(super) fn over(entry: EntryId) -> Vec<(Sql, Vec<Arg>)> {
    ["custody_asks", "custody_consents"].map(|table| (format!("DELETE FROM {table} WHERE entry = $1").into(), args![entry])).into()
}

pub(super) fn consent_spoiled(error: DealingError) -> Failure {
    match error {
        DealingError::Expired => nothing().into(),
        DealingError::NotACustodian => no_share().into(),
        DealingError::Custodians => {
            Refusal::new(Code::Condition, "名单不足两人或有重复，不能重新分配", "the custodians must be two at least, each once").into()
        }
        // The circle changed, or somebody wrote to the tables.
        DealingError::OtherRequest | DealingError::OtherRound | DealingError::SameCustodian => Refusal::stale().into(),
        DealingError::Open(error) => Error::Sealed(error).into(),
    }
}

pub(super) fn not_dealt(found: &Found) -> Refusal {
    if found.entry.kept().next().is_none() {
        return nothing_kept();
    }
    Refusal::new(
        Code::Condition,
        "保密员不足两人时收到的身份，只由恢复密钥保管：请先任命保密员，再用恢复密钥分给他们",
        "this identity came when there were fewer than two custodians: appoint them, then deal it with the recovery key",
    )
}

fn nothing_kept() -> Refusal {
    Refusal::new(Code::NothingAsked, "这一件没有留下身份", "this entry holds no identity")
}

pub(super) fn nothing() -> Refusal {
    Refusal::new(Code::NothingAsked, "没有待答复的申请，或已到期", "nobody asked, or the term is over")
}

fn too_few() -> Refusal {
    Refusal::new(Code::Condition, "还没有两名保密员同意", "two custodians have not agreed yet")
}

fn no_share() -> Refusal {
    Refusal::new(Code::NotAllowed, "您没有这一件身份的份额，或密钥换过", "you hold no share of this identity, or your key is another now")
}

pub(super) fn locked() -> Refusal {
    Refusal::new(Code::NotAllowed, "您的密钥没有解开：请重新登录", "your key is not open: sign in again")
}
