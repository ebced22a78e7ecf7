//! What holders of shares are asked for: one asks, two others agree, and the second agreement does it.

use super::{LetIn, PURPOSE, place, share_row};
use crate::accounts::{new_record, one_time_password};
use crate::custody::{from_json, to_json};
use crate::db::{Arg, Sql, args};
use crate::error::{Error, Failure, Result};
use crate::store::Store;
use engine::{AccountDeed, Actor, Code, Deed, Moment, PersonId, Refusal, Rescue, RescueAsk, RescueWish, escrow};
use vault::{Approval, Ask, Dealing, DealingError, HandlerKey, Keyring, Password, Recipient, Sealed, Stretch, SystemEntropy};

/// The secret half of a request's key is sealed to each holder under this purpose.
const REQUEST: &str = "escrow_request";

type Rows = Vec<(Sql, Vec<Arg>)>;

/// What came of agreeing.
pub enum Agreed {
    /// It takes another.
    First,
    /// The person's key opens again what they may read.
    Keys(LetIn),
    /// So it does, and they have this one-time password. It is shown once, to whoever agreed second.
    Password { login: String, password: String, let_in: LetIn },
    /// The recovery key was dealt anew.
    Dealt,
}

/// A request, and whose account it is about.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    pub concerned: PersonId,
    pub rescue: Rescue,
    /// The reader may agree to it.
    pub is_mine: bool,
}

/// A request with what was agreed to it, as far as one holder's keys open it.
struct Asked {
    ask: Ask,
    dealing: Dealing<HandlerKey>,
    rescue: Rescue,
    institution: String,
}

impl Store {
    /// Asks the holders of shares, with a reason that stands on the chain.
    ///
    /// Errors: a refusal, when the person may not ask, somebody asked already, or fewer than two holders could agree.
    pub async fn ask_rescue(&self, by: PersonId, concerned: PersonId, wish: RescueWish, reason: &str) -> Result<(), Failure> {
        let reason = reason.trim();
        let state = self.escrow().await?.filter(|state| state.is_current).ok_or_else(none)?;
        let answering: Vec<PersonId> = state.active.into_iter().filter(|person| ![by, concerned].contains(person)).collect();
        if answering.len() < escrow::NEEDED {
            return Err(too_few().into());
        }
        self.keys_are_told(&[concerned]).await?;
        let key = HandlerKey::generate(&mut SystemEntropy);
        let institution = self.institution().0.clone();
        let vault_wish = match &wish {
            RescueWish::Deal(people) => vault::Wish::Change(self.keys_of(people).await?),
            RescueWish::Keys | RescueWish::Password => vault::Wish::Open,
        };
        let now = self.now();
        let until = Moment(now.0 + escrow::WAITS_MS);
        let told = words(concerned, &wish, reason);
        let ask = Ask::new(&concerned.to_string(), &key.recipient(), vault_wish, &told, (now.0, until.0), &mut SystemEntropy);
        let context = vault::Context { purpose: REQUEST, ..place(&institution) };
        let seal =
            |holder: &Recipient| key.to_printable().expose(|text| (holder.to_string(), vault::seal_own(holder, &context, text.as_bytes())));
        let keys: Vec<(String, Sealed)> = self.keys_of(&answering).await?.iter().map(seal).collect();
        let mut rows = over(concerned);
        let sql = "INSERT INTO rescues (person, ask, keys, until) VALUES ($1, $2, $3, $4)";
        rows.push((sql.into(), args![concerned, to_json(&ask), to_json(&keys), until]));
        let rescue = RescueAsk { request: ask.nonce.clone(), wish, recipient: ask.recipient.to_string(), until };
        let done = AccountDeed { rescue: Some(Box::new(rescue)), reason: Some(reason.to_owned()), ..AccountDeed::new(Deed::RescueAsked) };
        self.account_deed(Actor::Person(by), concerned, done, rows).await
    }

    /// Takes a request back, declines it, or objects to it as the person it is about.
    pub async fn decline_rescue(&self, by: PersonId, concerned: PersonId) -> Result<(), Failure> {
        self.account_deed(Actor::Person(by), concerned, AccountDeed::new(Deed::RescueDeclined), over(concerned)).await
    }

    /// A holder agrees, with their reason. The second agreement does what was asked.
    ///
    /// Errors: a refusal, when it is not theirs to agree to, they agreed already, their share does not open, or the request is over.
    pub async fn agree_rescue(
        &self,
        by: PersonId,
        concerned: PersonId,
        keyring: &Keyring,
        reason: &str,
        stretch: Stretch,
    ) -> Result<Agreed, Failure> {
        let asked = self.asked_of_holders(concerned).await?;
        self.keys_are_told(&[concerned]).await?;
        let share = asked.dealing.custodians().find_map(|holder| keyring.key(holder)).ok_or_else(no_share)?;
        let context = place(&asked.institution);
        let approval = asked.dealing.approve(&asked.ask, share, &context, self.now().0).map_err(spoiled)?;
        let done = AccountDeed {
            request: Some(asked.ask.nonce.clone()),
            reason: Some(reason.trim().to_owned()),
            ..AccountDeed::new(Deed::RescueAgreed)
        };
        let Some((first, _)) = asked.rescue.agreed.first() else {
            let sql = "INSERT INTO rescue_consents (person, holder, request, consent) VALUES ($1, $2, $3, $4)";
            let rows = vec![(sql.into(), args![concerned, by, asked.ask.nonce.as_str(), to_json(&approval)])];
            self.account_deed(Actor::Person(by), concerned, done, rows).await?;
            return Ok(Agreed::First);
        };
        if *first == by {
            let (zh, en) = ("您已经同意过，还要另一人", "you agreed already; it takes another");
            return Err(Refusal::new(Code::Unchanged, zh, en).into());
        }
        let (key, other) = self.first_consent(concerned, *first, &asked, keyring).await?;
        let approvals = [&other, &approval];
        if let RescueWish::Deal(people) = &asked.rescue.ask.wish {
            let change = asked.dealing.change(&asked.ask, approvals, &key, &context, self.now().0, &mut SystemEntropy);
            let dealing = change.map_err(spoiled)?;
            let recipient = Some(dealing.public().to_string());
            let done = AccountDeed { deed: Deed::EscrowDealt, people: people.clone(), recipient, ..done };
            let rows = over(concerned).into_iter().chain([share_row(&dealing)]).collect();
            self.account_deed(Actor::Person(by), concerned, done, rows).await?;
            return Ok(Agreed::Dealt);
        }
        let recovery = asked.dealing.open(&asked.ask, approvals, &key, &context, self.now().0).map_err(spoiled)?;
        // Whoever waits for the answer may leave; what two agreed to is done to its end.
        let (store, wish) = (self.clone(), asked.rescue.ask.wish);
        let work = tokio::spawn(async move {
            let given = store.finish(by, concerned, &wish, done, stretch).await?;
            let let_in = store.let_back_in(recovery, concerned, by).await;
            Ok(match given {
                Some((login, password)) => Agreed::Password { login, password, let_in },
                None => Agreed::Keys(let_in),
            })
        });
        work.await.map_err(|_| Error::Closed)?
    }

    /// Requests that run: all of them for whoever keeps accounts or confirms passwords, and those that are a holder's to answer.
    pub fn rescues(&self, reader: PersonId) -> Vec<Waiting> {
        let (directory, now) = (self.directory(), self.now());
        let waiting = |(concerned, standing): (&PersonId, &engine::Standing)| {
            let rescue = standing.rescue_pending(now)?.clone();
            let answering = escrow::answering(self.catalogue(), &directory, *concerned, rescue.by, now.date());
            let has_agreed = rescue.agreed.iter().any(|(person, _)| *person == reader);
            Some(Waiting { concerned: *concerned, is_mine: answering.contains(&reader) && !has_agreed, rescue })
        };
        directory.accounts.iter().filter_map(waiting).collect()
    }

    /// Forgets what ran out.
    pub(crate) async fn forget_old_rescues(&self) -> Result<()> {
        let old = "SELECT person FROM rescues WHERE until < $1";
        let rows = vec![
            (format!("DELETE FROM rescue_consents WHERE person IN ({old})").into(), args![self.now()]),
            ("DELETE FROM rescues WHERE until < $1".into(), args![self.now()]),
        ];
        self.write(rows).await.map(|_| ())
    }

    /// The request as the chain tells it, with the rows that fit it.
    async fn asked_of_holders(&self, concerned: PersonId) -> Result<Asked, Failure> {
        let rescue = self.standing(concerned).and_then(|standing| standing.rescue_pending(self.now()).cloned()).ok_or_else(nothing)?;
        self.escrow().await?.filter(|state| state.is_current).ok_or_else(none)?;
        let dealing = self.shares().await?.ok_or_else(none)?;
        let row = self.shared.db.fetch_one("SELECT ask FROM rescues WHERE person = $1", args![concerned]).await?.ok_or_else(nothing)?;
        let ask: Ask = from_json(&row.text(0)?, "a request")?;
        // Whoever writes to the tables can change a request there, and not what the chain tells of it.
        let recipients = match &rescue.ask.wish {
            RescueWish::Deal(people) => Some(self.keys_of(people).await?),
            RescueWish::Keys | RescueWish::Password => None,
        };
        let is_wished = match (&ask.wish, &recipients) {
            (vault::Wish::Open, None) => true,
            (vault::Wish::Change(keys), Some(wanted)) => keys == wanted,
            _ => false,
        };
        let is_told = ask.nonce == rescue.ask.request && ask.recipient.to_string() == rescue.ask.recipient;
        if !is_told || !is_wished || !ask.states(&words(concerned, &rescue.ask.wish, &rescue.reason)) {
            return Err(Refusal::stale().into());
        }
        Ok(Asked { ask, dealing, rescue, institution: self.institution().0.clone() })
    }

    /// The request's key and what the first holder agreed to, for the second.
    async fn first_consent(
        &self,
        concerned: PersonId,
        first: PersonId,
        asked: &Asked,
        keyring: &Keyring,
    ) -> Result<(HandlerKey, Approval), Failure> {
        let row = self.shared.db.fetch_one("SELECT keys FROM rescues WHERE person = $1", args![concerned]).await?.ok_or_else(nothing)?;
        let keys: Vec<(String, Sealed)> = from_json(&row.text(0)?, "the key of a request")?;
        let own: Vec<String> = keyring.recipients().map(|own| own.to_string()).collect();
        let (_, sealed) = keys.iter().find(|(holder, _)| own.contains(holder)).ok_or_else(no_share)?;
        let context = vault::Context { purpose: REQUEST, ..place(&asked.institution) };
        let opened = keyring.open_own(&context, sealed).map_err(Error::from)?;
        let key = opened.expose(|text| HandlerKey::from_printable(&String::from_utf8_lossy(text)));
        let key = key.map_err(|error| Error::damaged("the key of a request", error))?;
        let sql = "SELECT consent FROM rescue_consents WHERE person = $1 AND holder = $2 AND request = $3";
        let row = self.shared.db.fetch_one(sql, args![concerned, first, asked.ask.nonce.as_str()]).await?.ok_or_else(Refusal::stale)?;
        Ok((key, from_json(&row.text(0)?, "what a holder agreed to")?))
    }

    /// Writes down that it was done. Answers the login and the new password, where one was asked for.
    async fn finish(
        &self,
        by: PersonId,
        concerned: PersonId,
        wish: &RescueWish,
        done: AccountDeed,
        stretch: Stretch,
    ) -> Result<Option<(String, String)>, Failure> {
        let done = AccountDeed { deed: Deed::Rescued, ..done };
        let mut rows = over(concerned);
        if *wish != RescueWish::Password {
            self.account_deed(Actor::Person(by), concerned, done, rows).await?;
            return Ok(None);
        }
        let account = self.account_of(concerned).await?.ok_or_else(nothing)?;
        let password = one_time_password();
        let (record, recipient) = new_record(Password::new(password.clone()), stretch).await?;
        let sql = "UPDATE accounts SET record = $2, recipient = $3, failed = 0, locked = NULL, renew = 1 WHERE login = $1";
        rows.push((sql.into(), args![account.login.as_str(), record, recipient.as_str()]));
        rows.push(("DELETE FROM sessions WHERE person = $1".into(), args![concerned]));
        let done = AccountDeed { login: Some(account.login.clone()), recipient: Some(recipient), ..done };
        self.account_deed(Actor::Person(by), concerned, done, rows).await?;
        Ok(Some((account.login, password)))
    }
}

/// A request is over: nothing of it is kept.
pub(crate) fn over(concerned: PersonId) -> Rows {
    ["rescues", "rescue_consents"].map(|table| (format!("DELETE FROM {table} WHERE person = $1").into(), args![concerned])).into()
}

/// What ties consents to whom they are for, and to what was asked.
fn words(concerned: PersonId, wish: &RescueWish, reason: &str) -> String {
    format!("{PURPOSE}\n{concerned}\n{}\n{reason}", to_json(wish))
}

fn spoiled(error: DealingError) -> Failure {
    match error {
        DealingError::Expired => nothing().into(),
        DealingError::NotACustodian => no_share().into(),
        DealingError::Custodians => too_few().into(),
        // The key was dealt anew meanwhile, or somebody wrote to the tables.
        DealingError::OtherRequest | DealingError::OtherRound | DealingError::SameCustodian => Refusal::stale().into(),
        DealingError::Open(error) => Error::Sealed(error).into(),
    }
}

fn none() -> Refusal {
    Refusal::new(
        Code::Condition,
        "恢复密钥没有分给持份人，或分过以后换过：请用恢复单办理",
        "the recovery key is not dealt to anybody, or was changed since: use its sheet",
    )
}

fn too_few() -> Refusal {
    Refusal::new(
        Code::Condition,
        "能同意的持份人不足两人：请用恢复单办理，或先重新分配份额",
        "fewer than two holders of shares could agree: use the recovery sheet, or have the shares dealt anew first",
    )
}

fn nothing() -> Refusal {
    Refusal::new(Code::NothingAsked, "没有等待同意的申请，或已到期", "no request waits, or its term is over")
}

fn no_share() -> Refusal {
    Refusal::new(Code::NotAllowed, "您没有可用的份额，或密钥换过", "you hold no share you could use, or your key is another now")
}
