use std::cell::Cell;
use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;

use serde_json::{Value, json};
use vault::{OpenError, Opened, Purpose, Unlocked, Wipe};

/// Tells how often it was wiped.
struct Probe(Rc<Cell<u32>>);

impl Wipe for Probe {
    fn wipe(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

#[test]
fn a_value_is_wiped_once_when_it_goes() {
    let wiped = Rc::new(Cell::new(0));
    let guarded = Unlocked::new(Probe(wiped.clone()));
    guarded.expose(|_| assert_eq!(wiped.get(), 0));
    drop(guarded);
    assert_eq!(wiped.get(), 1);
}

#[test]
fn making_another_value_wipes_the_first() {
    let (first, second) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
    let mapped = Unlocked::new(Probe(first.clone())).map(|_| Probe(second.clone()));
    assert_eq!((first.get(), second.get()), (1, 0));
    drop(mapped);
    assert_eq!(second.get(), 1);
}

#[test]
fn wiping_reaches_everything_inside() {
    let mut value = json!({ "who": "words", "list": ["more", { "deep": 3 }], "yes": true });
    let mut inner = json!(["more", { "deep": "words" }, 7]);
    inner.wipe();
    assert_eq!(inner, json!([]));
    value.wipe();
    assert_eq!(value, json!({}));
    for mut scalar in [json!(7), json!(true), Value::Null] {
        scalar.wipe();
        assert_eq!(scalar, Value::Null);
    }
    let mut text = json!("words");
    text.wipe();
    assert_eq!(text, json!(""));

    let mut map = BTreeMap::from([("field".to_string(), Some(vec!["words".to_string()]))]);
    map.wipe();
    assert!(map.is_empty());
    let mut some = Some(b"words".to_vec());
    some.wipe();
    assert_eq!(some, Some(vec![]));
}

#[test]
fn opened_bytes_are_read_as_json_under_guard() {
    let opened = Opened::new("{\"alleged\":\"一句话\"}".as_bytes().to_vec());
    let fields = opened.parse_json::<BTreeMap<String, String>>().expect("it is such a map");
    fields.expose(|fields| assert_eq!(fields["alleged"], "一句话"));
    let refused = opened.parse_json::<BTreeMap<String, Vec<String>>>().err();
    assert_eq!(refused, Some(OpenError::Malformed));
    assert!(!OpenError::Malformed.to_string().contains("一句话"), "the error says nothing of the content");
}

#[test]
fn bytes_are_lent_for_a_named_purpose() {
    let opened = Opened::new(b"words".to_vec());
    let purposes = [Purpose::Page, Purpose::Print, Purpose::HandOver, Purpose::Reseal];
    for purpose in purposes {
        assert_eq!(opened.as_bytes_for(purpose), b"words");
    }
    assert_eq!(HashSet::from(purposes.map(Purpose::code)).len(), 4);
}
