//! Accounts of people: opened, reset, stopped. Names and roles are kept in the register of persons; no password of theirs is ever seen.
//! Every deed goes through the store's one door, which decides who may do it and when it takes two.

pub(crate) mod leave;
mod list;
mod one;

pub(crate) use list::show as list;

use crate::failure::{Answer, Failure};
use crate::staff::{Staff, see};
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use engine::{Person, PersonId, Refusal, account};
use one::{Given, Shown};
use store::{Giving, one_time_password};
use vault::{Password, Stretch};

/// Whoever keeps accounts, and whoever confirms new passwords.
///
/// Errors: not found, for everybody else.
fn need(staff: &Staff) -> Answer<()> {
    if keeps(staff) || vouches(staff) { Ok(()) } else { Err(Failure::NotFound) }
}

/// Whoever keeps accounts.
///
/// Errors: not found, for everybody else.
pub(crate) fn need_keeper(staff: &Staff) -> Answer<()> {
    if keeps(staff) { Ok(()) } else { Err(Failure::NotFound) }
}

fn keeps(staff: &Staff) -> bool {
    account::keeps(&staff.catalogue, &staff.viewer, &staff.viewer.institution)
}

/// Titles of the roles somebody holds today.
pub(crate) fn roles(staff: &Staff, person: &Person) -> String {
    let role = |grant: &engine::Grant| {
        staff.catalogue.roles.get(&grant.role).map_or_else(|| grant.role.to_string(), |role| staff.text(&role.title).to_owned())
    };
    let held = person.roles.iter().filter(|grant| grant.holds_on(staff.today()));
    held.map(role).collect::<Vec<_>>().join(&staff.say("list-comma"))
}

fn vouches(staff: &Staff) -> bool {
    account::vouches(&staff.catalogue, &staff.viewer, &staff.viewer.institution)
}

/// `GET /accounts/{person}`
pub(crate) async fn show(staff: Staff, Path(person): Path<String>) -> Answer {
    need(&staff)?;
    let person = known(&staff, &person)?;
    one::page(&staff, &person, Shown::default()).await
}

fn known(staff: &Staff, id: &str) -> Answer<Person> {
    let person =
        PersonId::parse(id).and_then(|id| staff.directory.person(id)).filter(|person| person.institution == staff.viewer.institution);
    person.cloned().ok_or(Failure::NotFound)
}

/// `POST /accounts/{person}/{deed}`
pub(crate) async fn change(staff: Staff, Path((person, deed)): Path<(String, String)>, request: Request) -> Answer {
    need(&staff)?;
    let posted = staff.posted(request).await?;
    let person = known(&staff, &person)?;
    let (store, by) = (&staff.app.store, staff.actor());
    let account = store.account_of(person.id).await?;
    let login = account.map(|account| account.login).or_else(|| person.account.clone()).ok_or_else(|| {
        Refusal::new(engine::Code::Missing, "人员台账里没有登录名，不能开通账号", "the register of persons holds no account name")
    })?;
    match deed.as_str() {
        "open" | "reset" | "confirm" => return give(&staff, &person, login).await,
        "ask" => {
            let reason = posted.pairs.get("reason").unwrap_or_default().trim();
            if reason.is_empty() {
                let fault = Some(staff.say("account-reason-missing"));
                let shown = Shown { status: StatusCode::UNPROCESSABLE_ENTITY, fault, ..Shown::default() };
                return one::page(&staff, &person, shown).await;
            }
            store.ask_password(by, person.id, reason).await?;
        }
        "decline" => store.decline_password(by, person.id).await?,
        "factor-ask" => {
            let reason = posted.pairs.get("reason").unwrap_or_default().trim();
            if reason.is_empty() {
                let shown = Shown {
                    status: StatusCode::UNPROCESSABLE_ENTITY,
                    factor_fault: Some(staff.say("account-reason-missing")),
                    ..Shown::default()
                };
                return one::page(&staff, &person, shown).await;
            }
            store.ask_factor_off(by, person.id, reason).await?;
        }
        "rescue-ask" => {
            let reason = posted.pairs.get("reason").unwrap_or_default();
            store.ask_rescue(staff.viewer.person, person.id, engine::RescueWish::Password, reason).await?;
        }
        "rescue-decline" => store.decline_rescue(staff.viewer.person, person.id).await?,
        "factor-decline" => store.decline_factor_off(by, person.id).await?,
        "factor-confirm" => store.drop_factor(by, person.id, None, None).await?,
        "deputy-confirm" => {
            store.confirm_deputy(by, person.id).await?;
            // Whoever confirms mostly holds the same keys: the deputy need not wait for the next sign-in of who is away.
            if let Some(keyring) = staff.app.keyrings.get(&staff.session) {
                store.let_all_in(&keyring).await?;
            }
        }
        "deputy-end" => store.end_deputy(by, person.id).await?,
        "stop" => {
            store.set_active(by, person.id, false).await?;
            return Ok(see(&format!("/accounts/{}?done=account-stopped", person.id)));
        }
        "start" => store.set_active(by, person.id, true).await?,
        "unlock" => store.unlock(by, person.id).await?,
        "end" => store.end_sessions_of(by, person.id).await?,
        _ => return Err(Failure::NotFound),
    }
    Ok(see(&format!("/accounts/{}?done=account", person.id)))
}

/// A one-time password, shown this once to whoever made it: the keeper of accounts, or where it takes two whoever confirmed it.
async fn give(staff: &Staff, person: &Person, login: String) -> Answer {
    let password = one_time_password();
    let giving = Giving {
        login,
        person: person.id,
        password: Password::new(password.clone()),
        stretch: Stretch::default(),
        must_renew: true,
        by: staff.actor(),
        confirmed_by: None,
        reason: None,
    };
    staff.app.store.give_password(giving).await?;
    let given = Given { text: staff.say("account-given"), password };
    one::page(staff, person, Shown { given: Some(given), ..Shown::default() }).await
}
