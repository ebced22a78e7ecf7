//! Founds the house in an empty store: units, people, roles, accounts.

use engine::{Actor, EntryId, PersonId, Value, Values};
use jiff::civil::Date;
use store::{Creation, Request, Store};
use vault::{Password, Stretch};

use super::Error;
use super::cast::{Cast, Member};
use crate::hospital::{Class, Grade, Hospital, Prescriber};

/// The one password of all accounts: it is printed, so it protects nothing and need not be stretched long.
pub const PASSWORD: &str = "qinglian-demo";

/// Units by the set-up, the programme's people by the set-up, everybody else imported by personnel.
pub(super) async fn found(store: &Store, cast: &Cast, hospital: &Hospital, since: Date) -> Result<(), Error> {
    let units = hospital.units.iter().enumerate().map(|(at, unit)| {
        let class = match unit.class {
            Class::Clinical => "clinical",
            Class::Technical => "technical",
            Class::Functional => "functional",
        };
        let mut values = Values::new();
        values.insert("code".into(), Value::Text(unit.code.clone()));
        values.insert("name".into(), Value::Text(unit.name.clone()));
        values.insert("kind".into(), Value::Choice("department".into()));
        values.insert("class".into(), Value::Choice(class.into()));
        values.insert("specialty".into(), Value::Choice(unit.specialty.as_str().into()));
        values.insert("key_post".into(), Value::Flag(KEY_POSTS.contains(&unit.name.as_str())));
        create(Actor::System, "unit", cast.units[at].into(), values)
    });
    all(store, units.collect()).await?;
    let (programme, others): (Vec<&Member>, Vec<&Member>) =
        cast.members.iter().partition(|member| !member.roles.is_empty() || member.prescriber.is_none());
    all(store, programme.iter().map(|member| person(Actor::System, member, cast, hospital, since)).collect()).await?;
    accounts(store, &cast.members.iter().filter(|member| member.login.is_some()).collect::<Vec<_>>()).await?;
    super::escrow::deal(store, cast).await?;
    let personnel = cast.by_login("hr").map_or(Actor::System, |hr| Actor::Import(hr.id));
    all(store, others.iter().map(|member| person(personnel.clone(), member, cast, hospital, since)).collect()).await
}

const KEY_POSTS: [&str; 5] = ["采购供应处", "药学部", "财务处", "人力资源处", "信息中心"];

async fn all(store: &Store, requests: Vec<Request>) -> Result<(), Error> {
    for answer in store.submit_all(requests).await {
        answer.map_err(|source| Error::Step { what: "founding the house".into(), source: Box::new(source) })?;
    }
    Ok(())
}

fn create(actor: Actor, register: &str, entry: EntryId, values: Values) -> Request {
    Request::create(actor, register, Creation::from(values)).with_entry(entry)
}

fn person(actor: Actor, member: &Member, cast: &Cast, hospital: &Hospital, since: Date) -> Request {
    let mut values = Values::new();
    let mut put = |name: &str, value: Value| {
        values.insert(name.into(), value);
    };
    put("code", Value::Text(member.code.clone()));
    put("name", Value::Text(member.name.clone()));
    put("unit", Value::Unit(cast.units[member.unit]));
    put("class", Value::Choice(member.class.into()));
    put("rank", Value::Choice(member.rank.into()));
    put("party", Value::Flag(member.party));
    put("official", Value::Flag(member.official));
    put("prescriber", Value::Flag(member.prescriber.is_some()));
    if !member.post.is_empty() {
        put("post", Value::Text(member.post.clone()));
    }
    if let Some(prescriber) = member.prescriber.map(|position| &hospital.people[position]) {
        put("specialty", Value::Choice(prescriber.specialty.as_str().into()));
        put("grade", Value::Choice(grade(prescriber).into()));
        if member.answers_to_head() {
            put("superior", Value::Person(cast.head(member.unit).id));
        }
    }
    if let Some(login) = &member.login {
        put("account", Value::Text(login.clone()));
    }
    if !member.roles.is_empty() {
        put("roles", Value::Rows(member.roles.iter().map(|role| granted(role, since)).collect()));
    }
    create(actor, "person", member.id.into(), values)
}

fn granted(role: &str, since: Date) -> Values {
    let mut row = Values::new();
    row.insert("role".into(), Value::Choice(role.into()));
    row.insert("from".into(), Value::Date(since));
    row
}

fn grade(person: &Prescriber) -> &'static str {
    match person.grade {
        Grade::Resident => "junior",
        Grade::Attending => "intermediate",
        Grade::Associate => "associate_senior",
        Grade::Chief => "senior",
    }
}

pub(super) async fn accounts(store: &Store, members: &[&Member]) -> Result<(), Error> {
    for member in members {
        if let Some(login) = &member.login {
            account(store, login, member.id).await?;
        }
    }
    Ok(())
}

/// Makes an account with the demo's password.
pub(super) async fn account(store: &Store, login: &str, person: PersonId) -> Result<(), Error> {
    let stretch = Stretch::new(8 * 1024, 1, 1).expect("these are within the limits");
    let made = store.create_account(login, person, Password::new(PASSWORD.to_owned()), stretch, false).await;
    made.map_err(|source| Error::Step { what: format!("the account {login}"), source: Box::new(source) })
}
