use proptest::prelude::*;
use vault::{Password, PasswordRecord, RecordError, SignInError, Stretch, StretchError, SystemEntropy};

use crate::given::{Constant, Counting, handler_key};

/// As little work as Argon2id allows; real records use the default.
fn quick() -> Stretch {
    Stretch::new(8, 1, 1).unwrap()
}

fn typed(words: &str) -> Password {
    Password::new(words.to_string())
}

#[test]
fn one_sign_in_checks_the_password_and_unlocks_the_key() {
    let key = handler_key();
    let record = PasswordRecord::with_key(&typed("对的 password"), &key, quick(), &mut SystemEntropy).unwrap();
    assert!(record.holds_key());
    let unlocked = record.sign_in(&typed("对的 password")).ok().flatten().expect("the password is right");
    assert_eq!(unlocked.recipient(), key.recipient());
    for wrong in ["", "对的 Password", "对的 password ", "对的"] {
        assert_eq!(record.sign_in(&typed(wrong)).err(), Some(SignInError::WrongPassword), "{wrong:?}");
    }
}

#[test]
fn an_account_without_a_key_signs_in_too() {
    let record = PasswordRecord::new(&typed("words"), quick(), &mut SystemEntropy).unwrap();
    assert!(!record.holds_key());
    assert!(matches!(record.sign_in(&typed("words")), Ok(None)));
    assert_eq!(record.sign_in(&typed("word")).err(), Some(SignInError::WrongPassword));
}

/// Source: computed by Python (`cryptography`'s Argon2id and ChaCha20-Poly1305, HKDF from `hmac`) for the password
/// below, salt 0..15, nonce 16..27, key 32 bytes 0x09, m=64 KiB, t=2, p=1.
const KNOWN: &str = "ql1$argon2id$m=64,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$n5xhPyE14XnADe3QUuQuZDBsxCEWp3fQ1XiVXneKmRE\
    $EBESExQVFhcYGRobT96tXdV2uS/Z3X5gMqyaCqr2KzfN6OXSuJ90uC3qmrdKBSRvC25esyzwmqcSgknZ";

#[test]
fn the_record_is_what_an_independent_computation_gives() {
    let key = vault::HandlerKey::generate(&mut Constant(9));
    let stretch = Stretch::new(64, 2, 1).unwrap();
    let record = PasswordRecord::with_key(&typed("正确的 password 000"), &key, stretch, &mut Counting(0)).unwrap();
    assert_eq!(record.to_string(), KNOWN);
    let stored: PasswordRecord = KNOWN.parse().unwrap();
    let unlocked = stored.sign_in(&typed("正确的 password 000")).ok().flatten();
    assert_eq!(unlocked.map(|key| key.recipient()), Some(key.recipient()));
}

#[test]
fn a_changed_password_keeps_the_key_and_may_raise_the_strength() {
    let key = handler_key();
    let old = PasswordRecord::with_key(&typed("old"), &key, quick(), &mut SystemEntropy).unwrap();
    let stronger = Stretch::new(16, 2, 2).unwrap();
    assert_eq!(old.change(&typed("wrong"), &typed("new"), stronger, &mut SystemEntropy), Err(SignInError::WrongPassword));
    let new = old.change(&typed("old"), &typed("new"), stronger, &mut SystemEntropy).unwrap();
    assert_eq!((old.stretch(), new.stretch()), (quick(), stronger));
    assert_eq!(new.sign_in(&typed("old")).err(), Some(SignInError::WrongPassword));
    let unlocked = new.sign_in(&typed("new")).ok().flatten();
    assert_eq!(unlocked.map(|key| key.recipient()), Some(key.recipient()));
}

#[test]
fn nothing_opens_a_decoy() {
    let decoy = PasswordRecord::decoy(quick());
    for words in ["", "words", "\0"] {
        assert_eq!(decoy.sign_in(&typed(words)).err(), Some(SignInError::WrongPassword));
    }
}

#[test]
fn a_damaged_key_is_not_called_a_wrong_password() {
    let mut text = KNOWN.to_string();
    let place = KNOWN.rfind('$').unwrap() + 30;
    text.replace_range(place..=place, if &text[place..=place] == "A" { "B" } else { "A" });
    let record: PasswordRecord = text.parse().unwrap();
    assert_eq!(record.sign_in(&typed("正确的 password 000")).err(), Some(SignInError::DamagedKey));
    assert_eq!(record.sign_in(&typed("another")).err(), Some(SignInError::WrongPassword));
}

#[test]
fn equal_passwords_leave_unequal_records() {
    let [one, two] = [(); 2].map(|()| PasswordRecord::new(&typed("same"), quick(), &mut SystemEntropy).unwrap());
    let hash = |record: &PasswordRecord| record.to_string().rsplit('$').next().unwrap().to_string();
    assert_ne!(hash(&one), hash(&two));
}

#[test]
fn a_strength_outside_the_limits_is_refused() {
    let check = |memory, passes, lanes, refusal| assert_eq!(Stretch::new(memory, passes, lanes).err(), refusal);
    check(8, 1, 1, None);
    check(1024 * 1024, 64, 16, None);
    check(7, 1, 1, Some(StretchError::Memory));
    check(15, 1, 2, Some(StretchError::Memory));
    check(1024 * 1024 + 1, 1, 1, Some(StretchError::Memory));
    check(8, 0, 1, Some(StretchError::Passes));
    check(8, 65, 1, Some(StretchError::Passes));
    check(8, 1, 0, Some(StretchError::Lanes));
    check(1024, 1, 17, Some(StretchError::Lanes));
    assert_eq!(Stretch::default().to_string(), "m=19456,t=2,p=1");
}

#[test]
fn a_record_that_is_not_one_is_refused() {
    let check = |from: &str, to: &str, refusal| {
        let text = KNOWN.replace(from, to);
        assert_ne!(text, KNOWN);
        assert_eq!(text.parse::<PasswordRecord>().err(), Some(refusal), "{text}");
    };
    check("ql1$", "ql2$", RecordError::Version);
    check("argon2id", "argon2i", RecordError::Version);
    check("m=64", "m=4294967295", RecordError::Stretch(StretchError::Memory));
    check("m=64", "m=99999999999", RecordError::Malformed);
    check("m=64,t=2,p=1", "t=2,m=64,p=1", RecordError::Malformed);
    check("p=1", "p=1,x=1", RecordError::Malformed);
    check("m=64", "m=064", RecordError::Malformed);
    check("$AAEC", "$AAE", RecordError::Malformed);
    check("$n5xh", "$", RecordError::Malformed);
    check("$EBES", "$EBES$EBES", RecordError::Malformed);
    check("$EBES", "$", RecordError::Malformed);
    assert_eq!("".parse::<PasswordRecord>().err(), Some(RecordError::Malformed));
}

#[test]
fn a_record_does_not_show_itself_in_a_log() {
    let record: PasswordRecord = KNOWN.parse().unwrap();
    assert_eq!(format!("{record:?}"), "PasswordRecord(m=64,t=2,p=1, holds_key: true)");
    let json = serde_json::to_string(&record).unwrap();
    assert_eq!(serde_json::from_str::<PasswordRecord>(&json).unwrap(), record);
}

proptest! {
    #[test]
    fn anything_stored_is_answered(text in "(ql1\\$argon2id\\$)?[mtp=,0-9$A-Za-z+/]{0,120}") {
        prop_assert!(text.parse::<PasswordRecord>().is_err());
    }

    #[test]
    fn any_password_opens_its_own_record_only(words in "\\PC{0,40}", other in "\\PC{0,40}") {
        let record = PasswordRecord::new(&typed(&words), quick(), &mut SystemEntropy).unwrap();
        prop_assert!(record.sign_in(&typed(&words)).is_ok());
        prop_assert_eq!(record.sign_in(&typed(&other)).is_ok(), words == other);
    }
}
