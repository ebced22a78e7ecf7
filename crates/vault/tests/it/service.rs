//! Secrets of the house's own services.

use vault::{ServiceKey, SystemEntropy};

#[test]
fn a_secret_opens_under_its_key_and_name_and_not_otherwise() {
    let key = ServiceKey::generate(&mut SystemEntropy);
    let locked = key.lock("smtp", "口令-4711", &mut SystemEntropy);
    assert!(!locked.windows(4).any(|part| part == b"4711"), "it is locked");
    let again = ServiceKey::from_bytes(key.as_bytes());
    assert_eq!(again.unlock("smtp", &locked).expect("the same key").as_str(), "口令-4711");
    assert!(key.unlock("hotline", &locked).is_none(), "under another name");
    assert!(ServiceKey::generate(&mut SystemEntropy).unlock("smtp", &locked).is_none(), "under another key");
    for at in 0..locked.len() {
        let mut altered = locked.clone();
        altered[at] ^= 1;
        assert!(key.unlock("smtp", &altered).is_none(), "byte {at} altered");
    }
    assert!(key.unlock("smtp", &locked[..5]).is_none(), "cut");
}
