use proptest::prelude::*;
use vault::{HandlerKey, Keyring, OpenError, Recipient, TypedError, Wrap};

use crate::given::{Constant, HERE, elsewhere, entry_key, handler_key};

/// Source: age's own text for 32 bytes 0x09, computed with an independent bech32.
const NINES: &str = "AGE-SECRET-KEY-1PYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSTFVYXW";
const NINES_PUBLIC: &str = "age12ld5kdvlywh9u9rwfcj3ypt8q3ez2p353s2sc9r485xfx0gy6sss5uskuv";

#[test]
fn a_key_prints_as_age_writes_it() {
    let key = HandlerKey::generate(&mut Constant(9));
    assert_eq!(key.recipient().to_string(), NINES_PUBLIC);
    key.to_printable().expose(|text| {
        assert!(text.starts_with("AGE-SECRET-KEY-1 PYYSJ ZGFPY "), "groups of five");
        assert_eq!(text.replace(' ', ""), NINES);
    });
}

#[test]
fn a_printed_key_is_read_as_people_type_it() {
    let check = |typed: &str| {
        let key = HandlerKey::from_printable(typed);
        assert_eq!(key.map(|key| key.recipient().to_string()).ok().as_deref(), Some(NINES_PUBLIC), "{typed}");
    };
    check(NINES);
    check(&NINES.to_lowercase());
    check(NINES.trim_start_matches("AGE-SECRET-KEY-1"));
    check(&format!("  {}\n", NINES.replace("JZ", "J-Z　")));
    let wide: String = NINES.chars().map(|c| char::from_u32(c as u32 + 0xFEE0).unwrap()).collect();
    check(&wide);
}

#[test]
fn look_alikes_are_read_as_what_they_are_mistaken_for() {
    // Of these two symbols a key must have some for the test to say anything.
    let key = HandlerKey::generate(&mut Constant(0x1f));
    key.to_printable().expose(|text| {
        let body = text.trim_start_matches("AGE-SECRET-KEY-1");
        assert!(body.contains('0') && body.contains('L'), "{body}");
        for look_alike in [body.replace('0', "O"), body.replace('L', "I"), body.replace('L', "1")] {
            let again = HandlerKey::from_printable(&look_alike);
            assert_eq!(again.map(|key| key.recipient()).ok(), Some(key.recipient()), "{look_alike}");
        }
    });
}

#[test]
fn a_mistyped_key_is_told_apart() {
    let refusal = |typed: &str| HandlerKey::from_printable(typed).err();
    assert_eq!(refusal(&NINES[..NINES.len() - 1]), Some(TypedError::Length { found: 57, wanted: 58 }));
    assert_eq!(refusal(""), Some(TypedError::Length { found: 0, wanted: 58 }));
    assert_eq!(refusal(&NINES.replace("TFVYXW", "TFVYXB")), Some(TypedError::Symbol { position: 58 }));
    assert_eq!(refusal(&NINES.replace("TFVYXW", "TFVYX钥")), Some(TypedError::Symbol { position: 58 }));
    assert_eq!(refusal(&NINES.replace("TFVYXW", "TFVYWX")), Some(TypedError::Checksum));
}

#[test]
fn two_keys_differ() {
    assert_ne!(handler_key().recipient(), handler_key().recipient());
}

#[test]
fn a_recipient_keeps_its_form_in_the_store() {
    let recipient = handler_key().recipient();
    let json = serde_json::to_string(&recipient).unwrap();
    assert_eq!(json, format!("\"{recipient}\""));
    assert_eq!(serde_json::from_str::<Recipient>(&json).unwrap(), recipient);
    assert!(serde_json::from_str::<Recipient>("\"age1\"").is_err());
}

proptest! {
    #[test]
    fn anything_typed_is_answered(typed in "\\PC{0,80}") {
        prop_assert!(HandlerKey::from_printable(&typed).is_err());
    }

    #[test]
    fn any_one_wrong_symbol_is_noticed(place in 16usize..74, to in "[02-9AC-HJ-NP-Z]") {
        prop_assume!(NINES[place..=place] != to);
        let mut typed = NINES.to_string();
        typed.replace_range(place..=place, &to);
        prop_assert_eq!(HandlerKey::from_printable(&typed).err(), Some(TypedError::Checksum));
    }
}

#[test]
fn a_leavers_entry_goes_to_the_successor_by_whoever_may_open_it() {
    let (leaver, colleague, successor, entry) = (handler_key(), handler_key(), handler_key(), entry_key());
    let [of_leaver, of_colleague] = [&leaver, &colleague].map(|holder| Wrap::to(&entry, &holder.recipient(), &HERE));
    let check = |ring: &Keyring, wrap: &Wrap| {
        let passed = ring.rewrap(wrap, &HERE, &successor.recipient()).unwrap();
        assert_eq!(passed.open(&successor, &HERE).unwrap().recipient(), entry.recipient());
        assert_eq!(passed.open(&leaver, &HERE).err(), Some(OpenError::WrongKey));
    };
    let ring = Keyring::new(HandlerKey::from_printable(&leaver.to_printable().expose(Clone::clone)).unwrap());
    check(&ring, &of_leaver);
    assert_eq!(ring.rewrap(&of_colleague, &HERE, &successor.recipient()).err(), Some(OpenError::WrongKey), "only by one's own way in");
    assert_eq!(ring.rewrap(&of_leaver, &elsewhere()[0], &successor.recipient()).err(), Some(OpenError::WrongContext));
    check(&Keyring::new(colleague), &of_colleague);
}

#[test]
fn a_note_to_oneself_opens_in_its_place_with_one_of_ones_own_keys_only() {
    let (mine, old) = (handler_key(), handler_key());
    let sealed = vault::seal_own(&old.recipient(), &HERE, "先查排班".as_bytes());
    assert_eq!(Keyring::new(handler_key()).open_own(&HERE, &sealed).err(), Some(OpenError::WrongKey));
    let mut keyring = Keyring::new(mine);
    assert_eq!(keyring.open_own(&HERE, &sealed).err(), Some(OpenError::WrongKey));
    keyring.add(old);
    let opened = keyring.open_own(&HERE, &sealed).expect("one of the keys fits");
    assert_eq!(crate::given::plain(&opened), "先查排班".as_bytes());
    for context in elsewhere() {
        assert_eq!(keyring.open_own(&context, &sealed).err(), Some(OpenError::WrongContext), "{context:?}");
    }
}
