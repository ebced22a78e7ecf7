//! Accounts of people: opened, reset, stopped. Names and roles are kept in the register of persons; no password is ever seen.

use crate::draw::form::person_option;
use crate::failure::{Answer, Failure};
use crate::staff::{Staff, see};
use crate::toast;
use crate::view::act::{Act, Ask};
use crate::view::cell::{Cell, Fact};
use crate::view::field::{Control, Field};
use crate::view::ledger::{Column, Ledger};
use crate::view::list::Empty;
use crate::view::shell::Shell;
use crate::view::top::Link;
use axum::extract::{Path, Request};
use engine::{Person, PersonId, Refusal};
use rand::RngExt;
use serde::Serialize;
use store::Account;
use vault::{Password, Stretch};

/// People shown at once.
const MOST: usize = 100;
const ROLE: &str = "admin";

#[derive(Serialize)]
struct List {
    #[serde(flatten)]
    shell: Shell,
    note: String,
    find: Find,
    ledger: Option<Ledger>,
    empty: Option<Empty>,
}

#[derive(Serialize)]
struct Find {
    action: &'static str,
    field: Field,
}

#[derive(Serialize)]
struct One {
    #[serde(flatten)]
    shell: Shell,
    back: Link,
    facts: Vec<Fact>,
    acts: Vec<Act>,
    given: Option<Given>,
}

/// A one-time password, shown once.
#[derive(Serialize)]
struct Given {
    text: String,
    password: String,
}

fn need(staff: &Staff) -> Answer<()> {
    if staff.viewer.holds(ROLE) { Ok(()) } else { Err(Failure::NotFound) }
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

/// `GET /accounts/{person}`
pub(crate) async fn show(staff: Staff, Path(person): Path<String>) -> Answer {
    need(&staff)?;
    let person = known(&staff, &person)?;
    page(&staff, &person, None).await
}

fn known(staff: &Staff, id: &str) -> Answer<Person> {
    let person =
        PersonId::parse(id).and_then(|id| staff.directory.person(id)).filter(|person| person.institution == staff.viewer.institution);
    person.cloned().ok_or(Failure::NotFound)
}

/// `POST /accounts/{person}/{deed}`
pub(crate) async fn change(staff: Staff, Path((person, deed)): Path<(String, String)>, request: Request) -> Answer {
    need(&staff)?;
    staff.posted(request).await?;
    let person = known(&staff, &person)?;
    let store = &staff.app.store;
    let account = store.account_of(person.id).await?;
    let login = account.as_ref().map(|account| account.login.clone()).or_else(|| person.account.clone()).ok_or_else(|| {
        Refusal::new(engine::Code::Missing, "人员台账里没有登录名，不能开通账号", "the register of persons holds no account name")
    })?;
    if store.account(&login).await?.is_some_and(|known| known.person != person.id) {
        return Err(Refusal::new(engine::Code::Duplicate, "这个登录名已是别人的账号", "this account name is somebody else's").into());
    }
    match deed.as_str() {
        "open" | "reset" => {
            let password = one_time_password();
            store.end_sessions(person.id, None).await?;
            store.create_account(&login, person.id, Password::new(password.clone()), Stretch::default(), true).await?;
            let text = staff.say("account-given");
            return page(&staff, &person, Some(Given { text, password })).await;
        }
        "stop" if person.id == staff.viewer.person => {
            return Err(Refusal::new(engine::Code::SelfApproval, "不能停用自己的账号", "you cannot stop your own account").into());
        }
        "stop" => {
            store.set_active(&login, false).await?;
            return Ok(see(&format!("/accounts/{}?done=account-stopped", person.id)));
        }
        // Starting also unlocks: the count of wrong passwords begins anew.
        "start" | "unlock" => store.set_active(&login, true).await?,
        "end" => store.end_sessions(person.id, None).await?,
        _ => return Err(Failure::NotFound),
    }
    Ok(see(&format!("/accounts/{}?done=account", person.id)))
}

/// Four groups of four letters and digits without look-alikes: 76 bits, to be typed once.
fn one_time_password() -> String {
    const SYMBOLS: &[u8; 27] = b"abcdefghjkmnpqrtuvwxyz34679";
    let mut rng = rand::rng();
    let mut group = || (0..4).map(|_| char::from(SYMBOLS[rng.random_range(0..SYMBOLS.len())])).collect::<String>();
    [group(), group(), group(), group()].join("-")
}

async fn page(staff: &Staff, person: &Person, given: Option<Given>) -> Answer {
    let account = staff.app.store.account_of(person.id).await?;
    let register = staff.app.store.register("person")?;
    let draw = staff.draw(&register);
    let fact = |key: &str, value: Cell| Fact { label: staff.say(key), value, wide: false, seen: None };
    let role = |grant: &engine::Grant| {
        staff.catalogue.roles.get(&grant.role).map_or_else(|| grant.role.to_string(), |role| draw.text(&role.title))
    };
    let roles =
        person.roles.iter().filter(|grant| grant.holds_on(staff.today())).map(role).collect::<Vec<_>>().join(&staff.say("list-comma"));
    let has_key = account.as_ref().is_some_and(|account| account.recipient.is_some());
    let facts = vec![
        fact("account-name", Cell::link(&person.name, format!("/e/{}", person.id))),
        fact("account-unit", person_option(&draw, person).hint.map_or(Cell::None, Cell::text)),
        fact(
            "account-login",
            account.as_ref().map(|account| account.login.clone()).or_else(|| person.account.clone()).map_or(Cell::None, Cell::text),
        ),
        fact("account-state", Cell::text(state(staff, account.as_ref()))),
        fact("account-roles", if roles.is_empty() { Cell::None } else { Cell::text(roles) }),
        fact("account-key", Cell::text(staff.say(if has_key { "account-has-key" } else { "account-no-key" }))),
    ];
    let title = staff.fill("account-of", &[("name", person.name.clone().into())]);
    let page = One {
        shell: Shell { toast: toast::of(staff, None), ..staff.shell(&title, None).await? },
        back: Link::new(staff.say("accounts"), "/accounts"),
        facts,
        acts: acts(staff, person, account.as_ref()),
        given,
    };
    staff.page("pages/account.html", &page)
}

fn acts(staff: &Staff, person: &Person, account: Option<&Account>) -> Vec<Act> {
    let act = |key: &str, deed: &str| Act::post(staff.say(key), format!("/accounts/{}/{deed}", person.id));
    let Some(account) = account else {
        return match &person.account {
            Some(_) if person.active => vec![act("account-create", "open")],
            _ => vec![Act::closed(staff.say("account-create"), staff.say("account-no-login"))],
        };
    };
    let ask = Ask {
        title: staff.say("account-reset"),
        text: [staff.say("account-reset-ask"), staff.say("account-reset-key")].join(" "),
        ok: staff.say("account-reset"),
    };
    let mut acts = vec![act("account-reset", "reset").ask(ask)];
    if !account.active {
        acts.push(act("account-start", "start"));
    } else {
        if account.locked_until.is_some_and(|until| staff.now < until) {
            acts.push(act("account-unlock", "unlock"));
        }
        let ask = Ask { title: staff.say("account-end"), text: staff.say("account-end-ask"), ok: staff.say("account-end") };
        acts.push(act("account-end", "end").ask(ask));
        acts.push(act("account-stop", "stop"));
    }
    acts
}
