use vault::{ConcernKey, ConcernTag, SystemEntropy};

use crate::given::Counting;

#[test]
fn tags_are_what_an_independent_computation_gives() {
    let key = ConcernKey::generate(&mut Counting(0));
    // Source: Python's `hmac` with the key 0..31.
    let check = |institution, person, tag| assert_eq!(key.tag(institution, person).to_string(), tag);
    check("h1", "p42", "ba08400e97ffad140c9d06cd194e1101");
    check("h1p", "42", "b8c2b8a4cb0e5570e9ef2ea914069649");
    check("县人民医院", "工号0001", "a5c21c9ce207508c212a6b736dc18521");
}

#[test]
fn a_viewer_is_recognised_and_only_that_viewer() {
    let key = ConcernKey::generate(&mut SystemEntropy);
    let stored: ConcernTag = serde_json::from_str(&serde_json::to_string(&key.tag("h1", "p42")).unwrap()).unwrap();
    assert_eq!(stored, key.tag("h1", "p42"));
    assert_ne!(stored, key.tag("h1", "p43"));
    assert_ne!(stored, key.tag("h2", "p42"), "the same id elsewhere is another person");
    assert_ne!(stored, ConcernKey::generate(&mut SystemEntropy).tag("h1", "p42"), "nothing follows without the key");
}

#[test]
fn a_key_comes_back_from_its_file() {
    let key = ConcernKey::generate(&mut SystemEntropy);
    let again = ConcernKey::from_bytes(key.as_bytes());
    assert_eq!(again.tag("h1", "p42"), key.tag("h1", "p42"));
    assert!("ba08".parse::<ConcernTag>().is_err());
}

#[test]
fn another_secret_for_every_purpose_and_key() {
    let key = ConcernKey::from_bytes(&[7; 32]);
    assert_eq!(*key.secret("forms"), *key.secret("forms"));
    assert_ne!(*key.secret("forms"), *key.secret("other"));
    assert_ne!(*key.secret("forms"), *ConcernKey::from_bytes(&[8; 32]).secret("forms"));
    assert_ne!(*key.secret("forms"), *key.as_bytes());
}
