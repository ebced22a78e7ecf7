//! Destroying content from the command line: what is due is listed, one asks, another agrees.

use crate::qinglian_as;
use crate::served::{House, PASSWORD};
use catalogue::{Catalogue, FieldName, embedded};
use engine::{Actor, PersonId, Value, Values};
use std::sync::Arc;
use store::{Change, Config, Request, Store, Wish};

const SECRET: &str = "魑魅库房另付现金";

/// A report about a department that was handed up; its number.
fn handed_up(house: &House) -> String {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let catalogue = Arc::new(Catalogue::load(&embedded(), None).expect("right"));
        let store = Store::open(Config::new(&house.data, catalogue, "h1")).await.expect("it opens");
        let choice = |item: &str| Value::Choice(item.into());
        let mut given: Values =
            ["when_text", "where_text", "unit_text", "persons"].map(|name| (name.into(), Value::Text("不清楚".into()))).into();
        given.insert(FieldName::new("matter"), Value::Text(SECRET.into()));
        given.extend([("route", "department"), ("identity", "anonymous")].map(|(name, item)| (FieldName::new(name), choice(item))));
        let register = store.register("report").expect("shipped");
        let creation = store.creation(&register, given);
        let done = store.submit(Request::create(Actor::Public, "report", creation)).await.expect("stored");
        let wish = Wish::Note(SECRET.to_owned());
        store.submit(Request::new(Actor::Person(li(&store)), "report", done.entry, wish)).await.expect("noted");
        let change = [
            ("transfer_to", choice("commission")),
            ("transferred_on", Value::Date(store.now().date())),
            ("transfer_receipt", Value::Text("收1".into())),
        ];
        let wish = Wish::Move { make: "hand_up".into(), change: Change::from(change), note: None };
        store.submit(Request::new(Actor::Person(li(&store)), "report", done.entry, wish)).await.expect("handed up");
        store.close().await;
        done.number
    })
}

fn li(store: &Store) -> PersonId {
    store.directory().people.values().find(|person| person.account.as_deref() == Some("li")).expect("li works here").id
}

#[test]
fn what_was_handed_up_is_listed_asked_for_and_erased_by_another() {
    let house = House::new();
    let number = handed_up(&house);
    let erase = |login: &str, rest: &str| qinglian_as(Some(PASSWORD), &format!("erase --as {login} {rest} --data {{}}"), &[&house.data]);
    let listed = erase("li", "--json").ends(0).json();
    assert_eq!(
        (&listed[0]["number"], &listed[0]["asked"], &listed[0]["until"]),
        (&number.as_str().into(), &false.into(), &serde_json::Value::Null)
    );
    assert_eq!(erase("zhang", "--json").ends(0).json(), serde_json::json!([]), "who may not read it is told nothing");
    erase("li", &format!("report {number}")).ends(2);
    assert!(erase("li", &format!("report {number} --agree")).ends(1).err.contains("nobody asked"));
    assert!(erase("chen", &format!("report {number} --ask 已移送")).ends(1).err.contains("/"), "a director agrees, and does not ask");
    erase("li", &format!("report {number} --ask 已移送")).ends(0);
    assert_eq!(erase("li", "--json").ends(0).json()[0]["asked"], true);
    assert!(erase("li", &format!("report {number} --agree")).ends(1).err.contains("whoever asked does not decide"));
    let done = erase("chen", &format!("report {number} --agree --json")).ends(0).json();
    assert_eq!((&done["erased"], &done["cleared"]), (&true.into(), &true.into()), "{done}");
    assert_eq!(erase("li", "--json").ends(0).json(), serde_json::json!([]));
    assert!(erase("li", &format!("report {number} --ask 再来")).ends(1).err.contains("erased"));
    qinglian_as(None, "verify --data {}", &[&house.data]).ends(0);
}
