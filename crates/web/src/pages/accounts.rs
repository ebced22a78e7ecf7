//! Accounts of people: opened, reset, stopped. Names and roles are kept in the register of persons; no password of theirs is ever seen.
//! Every deed goes through the store's one door, which decides who may do it and when it takes two.

mod one;

use crate::failure::{Answer, Failure};
use crate::staff::{Staff, see};
use crate::toast;
use crate::view::cell::Cell;
use crate::view::field::{Control, Field};
use crate::view::ledger::{Column, Ledger};
use crate::view::list::Empty;
use crate::view::shell::Shell;
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use engine::{Person, PersonId, Refusal, account};
use one::{Given, Shown};
use serde::Serialize;
use store::{Account, Giving, one_time_password};
use vault::{Password, Stretch};

/// People shown at once.
const MOST: usize = 100;

#[derive(Serialize)]
struct List {
    #[serde(flatten)]
    shell: Shell,
    note: String,
    waiting: Option<Ledger>,
    find: Find,
    ledger: Option<Ledger>,
    empty: Option<Empty>,
}

#[derive(Serialize)]
struct Find {
    action: &'static str,
    field: Field,
}

/// Whoever keeps accounts, and whoever confirms new passwords.
///
/// Errors: not found, for everybody else.
fn need(staff: &Staff) -> Answer<()> {
    if keeps(staff) || vouches(staff) { Ok(()) } else { Err(Failure::NotFound) }
}

fn keeps(staff: &Staff) -> bool {
    account::keeps(&staff.catalogue, &staff.viewer, &staff.viewer.institution)
}

fn vouches(staff: &Staff) -> bool {
    account::vouches(&staff.catalogue, &staff.viewer, &staff.viewer.institution)
}

/// `GET /accounts?q=…`
pub(crate) async fn list(staff: Staff) -> Answer {
    need(&staff)?;
    let words = staff.query.get("q").unwrap_or_default().trim().to_lowercase();
    let accounts = staff.app.store.accounts().await?;
    let of = |person: &Person| accounts.iter().find(|account| account.person == person.id);
    let fits = |person: &&Person| {
        let login = person.account.clone().unwrap_or_default();
        let all = format!("{} {} {login}", person.name, person.code).to_lowercase();
        person.institution == staff.viewer.institution && (words.is_empty() || all.contains(&words))
    };
    let mut people: Vec<&Person> = staff.directory.people.values().filter(fits).collect();
    // Those with something to do about their account first.
    people.sort_by_key(|person| (!(person.account.is_some() && of(person).is_none()), person.account.is_none(), person.code.clone()));
    people.truncate(MOST);
    let columns =
        ["account-name", "account-code", "account-unit", "account-login", "account-state"].map(|key| Column::plain(staff.say(key))).into();
    let row = |person: &&Person| {
        let unit = person.unit.and_then(|unit| staff.directory.unit(unit)).map_or(Cell::None, |unit| Cell::text(&unit.name));
        let login = person.account.as_ref().map_or(Cell::None, Cell::text);
        vec![
            Cell::link(&person.name, format!("/accounts/{}", person.id)),
            Cell::text(&person.code),
            unit,
            login,
            Cell::text(state(&staff, of(person))),
        ]
    };
    let rows: Vec<Vec<Cell>> = people.iter().map(row).collect();
    let field = Field::new("q", staff.say("accounts-find"), Control::line(words));
    let page = List {
        shell: Shell { toast: toast::of(&staff, None), ..staff.shell(&staff.say("accounts"), None).await? },
        note: staff.say("accounts-note"),
        waiting: waiting(&staff),
        find: Find { action: "/accounts", field: Field { id: "f-find".to_owned(), ..field }.required(true) },
        empty: rows.is_empty().then(|| Empty { title: staff.say("accounts-none"), text: staff.say("accounts-none-text"), act: None }),
        ledger: (!rows.is_empty()).then(|| Ledger::tight(staff.say("accounts"), columns, rows)),
    };
    staff.page("pages/accounts.html", &page)
}

fn state(staff: &Staff, account: Option<&Account>) -> String {
    let Some(account) = account else { return staff.say("account-missing") };
    match account.locked_until.filter(|until| staff.now < *until) {
        _ if !account.active => staff.say("account-stopped"),
        Some(until) => staff.fill("account-locked", &[("until", staff.moment(until).into())]),
        None if account.must_renew => staff.say("account-renew"),
        None => staff.say("account-open"),
    }
}

/// New passwords that wait for a second person.
fn waiting(staff: &Staff) -> Option<Ledger> {
    let columns =
        ["account-name", "account-asked-by", "account-asked-at", "account-reason"].map(|key| Column::plain(staff.say(key))).into();
    let name = |person: PersonId| staff.directory.person(person).map_or_else(String::new, |person| person.name.clone());
    let row = |(person, standing): (&PersonId, &engine::Standing)| {
        let known = staff.directory.person(*person).filter(|person| person.institution == staff.viewer.institution)?;
        let asked = standing.asked.as_ref()?;
        Some(vec![
            Cell::link(&known.name, format!("/accounts/{person}")),
            asked.by.map_or(Cell::None, |by| Cell::text(name(by))),
            Cell::text(staff.moment(asked.at)),
            Cell::text(&asked.reason),
        ])
    };
    let rows: Vec<Vec<Cell>> = staff.directory.accounts.iter().filter_map(row).collect();
    (!rows.is_empty()).then(|| Ledger::tight(staff.say("accounts-waiting"), columns, rows))
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
                let shown =
                    Shown { status: StatusCode::UNPROCESSABLE_ENTITY, fault: Some(staff.say("account-reason-missing")), given: None };
                return one::page(&staff, &person, shown).await;
            }
            store.ask_password(by, person.id, reason).await?;
        }
        "decline" => store.decline_password(by, person.id).await?,
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
