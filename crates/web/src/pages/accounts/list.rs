//! All people and their accounts: searched, filtered and paged, with what waits for a second person on top.

use super::need;
use crate::address::Pairs;
use crate::failure::Answer;
use crate::staff::Staff;
use crate::toast;
use crate::view::act::Act;
use crate::view::cell::Cell;
use crate::view::field::{Choice, Control, Field, Look};
use crate::view::ledger::{Column, Ledger, Pager};
use crate::view::list::Empty;
use crate::view::shell::Shell;
use engine::{Person, PersonId};
use serde::Serialize;
use std::collections::HashMap;
use store::Account;

/// People of a page.
const LINES: usize = 50;
const PATH: &str = "/accounts";

#[derive(Serialize)]
struct Page {
    #[serde(flatten)]
    shell: Shell,
    note: String,
    waiting: Option<Ledger>,
    find: Find,
    ledger: Option<Ledger>,
    pager: Option<Pager>,
    empty: Option<Empty>,
}

/// A GET form: words, unit, role, state.
#[derive(Serialize)]
struct Find {
    action: &'static str,
    fields: Vec<Field>,
    /// The list without any filter.
    clear: Option<&'static str>,
}

/// How an account stands; the words of the filter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stands {
    Open,
    Renew,
    Locked,
    Stopped,
    Missing,
}

impl Stands {
    const ALL: [(Stands, &'static str, &'static str); 5] = [
        (Stands::Open, "open", "account-open"),
        (Stands::Renew, "renew", "account-renew"),
        (Stands::Locked, "locked", "account-is-locked"),
        (Stands::Stopped, "stopped", "account-stopped"),
        (Stands::Missing, "missing", "account-missing"),
    ];

    fn of(staff: &Staff, account: Option<&Account>) -> Self {
        match account {
            None => Stands::Missing,
            Some(account) if !account.active => Stands::Stopped,
            Some(account) if account.locked_until.is_some_and(|until| staff.now < until) => Stands::Locked,
            Some(account) if account.must_renew => Stands::Renew,
            Some(_) => Stands::Open,
        }
    }

    fn words(self, staff: &Staff, account: Option<&Account>) -> String {
        if let (Stands::Locked, Some(until)) = (self, account.and_then(|account| account.locked_until)) {
            return staff.fill("account-locked", &[("until", staff.moment(until).into())]);
        }
        let (_, _, key) = Self::ALL[self as usize];
        staff.say(key)
    }
}

/// How an account stands, in words.
pub(super) fn state(staff: &Staff, account: Option<&Account>) -> String {
    Stands::of(staff, account).words(staff, account)
}

/// `GET /accounts?q=…&unit=…&role=…&state=…&page=…`
pub(crate) async fn show(staff: Staff) -> Answer {
    need(&staff)?;
    let accounts: HashMap<PersonId, Account> =
        staff.app.store.accounts().await?.into_iter().map(|account| (account.person, account)).collect();
    let people = found(&staff, &accounts);
    let total = people.len();
    let kept = staff.query.without(&["page", "done"]);
    let kept = Pairs(kept.0.into_iter().filter(|(_, value)| !value.is_empty()).collect());
    let pages = total.div_ceil(LINES).max(1);
    let page = staff.query.get("page").and_then(|page| page.parse().ok()).filter(|page| (1..=pages).contains(page)).unwrap_or(1);
    let shown = &people[(page - 1) * LINES..total.min(page * LINES)];
    let at = |page: usize| kept.clone().with("page", page.to_string()).at(PATH);
    let pager = Pager {
        first: ((page - 1) * LINES + 1).to_string(),
        last: total.min(page * LINES).to_string(),
        total: total.to_string(),
        filtered: !kept.0.is_empty(),
        prev: (page > 1).then(|| at(page - 1)),
        next: (page < pages).then(|| at(page + 1)),
    };
    let columns = ["account-name", "account-code", "account-unit", "account-roles", "account-login", "account-state"];
    let columns = columns.map(|key| Column::plain(staff.say(key))).into();
    let rows: Vec<Vec<Cell>> = shown.iter().map(|person| row(&staff, person, accounts.get(&person.id))).collect();
    let act = (!kept.0.is_empty()).then(|| Act::link(staff.say("filters-clear"), PATH));
    let page = Page {
        shell: Shell { toast: toast::of(&staff, None), ..staff.shell(&staff.say("accounts"), None).await? },
        note: staff.say("accounts-note"),
        waiting: waiting(&staff),
        find: Find { action: PATH, fields: filters(&staff), clear: (!kept.0.is_empty()).then_some(PATH) },
        empty: rows.is_empty().then(|| Empty { title: staff.say("accounts-none"), text: staff.say("accounts-none-text"), act }),
        pager: (!rows.is_empty()).then_some(pager),
        ledger: (!rows.is_empty()).then(|| Ledger::tight(staff.say("accounts"), columns, rows)),
    };
    staff.page("pages/accounts.html", &page)
}

/// People who fit the filters, those with something to do about their account first.
fn found<'a>(staff: &'a Staff, accounts: &HashMap<PersonId, Account>) -> Vec<&'a Person> {
    let asked = |name: &str| staff.query.get(name).map(str::trim).filter(|value| !value.is_empty());
    let words = asked("q").map(str::to_lowercase);
    let (unit, role, state) = (asked("unit"), asked("role"), asked("state"));
    let fits = |person: &&Person| {
        let login = person.account.clone().unwrap_or_default();
        let all = format!("{} {} {login}", person.name, person.code).to_lowercase();
        let stands = Stands::of(staff, accounts.get(&person.id));
        person.institution == staff.viewer.institution
            && words.as_ref().is_none_or(|words| all.contains(words))
            && unit.is_none_or(|unit| person.unit.is_some_and(|known| known.to_string() == unit))
            && role.is_none_or(|role| person.roles.iter().any(|grant| grant.role == role && grant.holds_on(staff.today())))
            && state.is_none_or(|state| Stands::ALL[stands as usize].1 == state)
    };
    let mut people: Vec<&Person> = staff.directory.people.values().filter(fits).collect();
    let waits = |person: &Person| person.account.is_some() && !accounts.contains_key(&person.id);
    people.sort_by_key(|person| (!waits(person), person.account.is_none(), person.code.clone()));
    people
}

fn row(staff: &Staff, person: &Person, account: Option<&Account>) -> Vec<Cell> {
    let unit = person.unit.and_then(|unit| staff.directory.unit(unit)).map_or(Cell::None, |unit| Cell::text(&unit.name));
    let roles = super::roles(staff, person);
    vec![
        Cell::link(&person.name, format!("{PATH}/{}", person.id)),
        Cell::text(&person.code),
        unit,
        if roles.is_empty() { Cell::None } else { Cell::text(roles) },
        person.account.as_ref().map_or(Cell::None, Cell::text),
        Cell::text(state(staff, account)),
    ]
}

fn filters(staff: &Staff) -> Vec<Field> {
    let asked = |name: &str| staff.query.get(name).unwrap_or_default().to_owned();
    let select = |name: &str, key: &str, options: Vec<(String, String)>| {
        let chosen = asked(name);
        let option = |(value, label): (String, String)| Choice { on: value == chosen, value, label, hint: None };
        let control = Control::Choice { look: Look::Select, options: options.into_iter().map(option).collect() };
        Field::new(name, staff.say(key), control)
    };
    let units = staff.directory.units.values().filter(|unit| unit.active).map(|unit| (unit.id.to_string(), unit.name.clone())).collect();
    let roles = staff.catalogue.roles.values().map(|role| (role.name.to_string(), staff.text(&role.title).to_owned())).collect();
    let states = Stands::ALL.iter().map(|(_, word, key)| ((*word).to_owned(), staff.say(key))).collect();
    let words = Field::new("q", staff.say("accounts-find"), Control::line(asked("q")));
    vec![
        Field { id: "f-find".to_owned(), ..words },
        select("unit", "account-unit", units),
        select("role", "account-roles", roles),
        select("state", "account-state", states),
    ]
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
            Cell::link(&known.name, format!("{PATH}/{person}")),
            asked.by.map_or(Cell::None, |by| Cell::text(name(by))),
            Cell::text(staff.moment(asked.at)),
            Cell::text(&asked.reason),
        ])
    };
    let rows: Vec<Vec<Cell>> = staff.directory.accounts.iter().filter_map(row).collect();
    (!rows.is_empty()).then(|| Ledger::tight(staff.say("accounts-waiting"), columns, rows))
}
