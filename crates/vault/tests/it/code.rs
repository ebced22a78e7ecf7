use std::collections::HashSet;

use proptest::prelude::*;
use vault::{DeploymentSalt, EntryKey, ReceiptCode, SystemEntropy, TypedError, Wrap};

use crate::given::{Counting, HERE};

const SHOWN: &str = "0123-4567-89AB-CDEF-GHJK";

fn salt() -> DeploymentSalt {
    DeploymentSalt::from_bytes([7; 32])
}

fn shown(code: &ReceiptCode) -> String {
    code.to_groups().expose(Clone::clone)
}

#[test]
fn the_key_is_what_an_independent_computation_gives() {
    let code = ReceiptCode::generate(&mut Counting(0));
    assert_eq!(shown(&code), SHOWN);
    // Source: Python, HKDF from `hmac`, X25519 from `cryptography`, and a bech32 of its own; salt 32 bytes 0x07.
    assert_eq!(code.identity(&salt()).recipient().to_string(), "age1s2rk40g8c3g7sl5k72fnuht672j855p0tq3c76lm4p986vnskeaspu9ppc");
}

#[test]
fn a_code_is_read_as_people_type_it() {
    let check = |typed: &str| {
        let code = ReceiptCode::parse(typed).unwrap_or_else(|error| panic!("{typed}: {error}"));
        assert_eq!(shown(&code), SHOWN, "{typed}");
    };
    check(SHOWN);
    check("0123456789abcdefghjk");
    check("  0123 4567 89ab\tcdef—ghjk\n");
    check("０１２３－４５６７－８９ＡＢ－ｃｄｅｆ－ＧＨＪＫ");
    check("０１２３　４５６７　８９ＡＢ　ＣＤＥＦ　ＧＨＪＫ");
    check("O123-4567-89AB-CDEF-GHJK");
    check("oI23-4567-89AB-CDEF-GHJK");
    check("Ol23-4567-89AB-CDEF-GHJK");
}

#[test]
fn a_mistyped_code_is_told_what_is_wrong() {
    let check = |typed: &str, refusal| assert_eq!(ReceiptCode::parse(typed).err(), Some(refusal), "{typed}");
    check("", TypedError::Length { found: 0, wanted: 20 });
    check("0123-4567-89AB-CDEF-GHJ", TypedError::Length { found: 19, wanted: 20 });
    check("0123-4567-89AB-CDEF-GHJKM", TypedError::Length { found: 21, wanted: 20 });
    check("0123-4567-89AB-CDEF-GHJU", TypedError::Symbol { position: 20 });
    check("0123-4567-89AB-CDEF-GH码K", TypedError::Symbol { position: 19 });
    check("0123-4567-89AB-CDEF-G*JK", TypedError::Symbol { position: 18 });
}

#[test]
fn another_house_gives_another_key() {
    let code = ReceiptCode::parse(SHOWN).unwrap();
    let other = DeploymentSalt::from_bytes([8; 32]);
    assert_ne!(code.identity(&salt()).recipient(), code.identity(&other).recipient());
    assert!(DeploymentSalt::generate(&mut Counting(1)).as_bytes()[..2] == [1, 2]);
}

#[test]
fn the_reporter_holds_a_wrap_by_the_code_alone() {
    let entry = EntryKey::generate(&mut SystemEntropy);
    let (wrap, written_down) = {
        let code = ReceiptCode::generate(&mut SystemEntropy);
        (Wrap::to(&entry, &code.identity(&salt()).recipient(), &HERE), shown(&code))
    };
    let later = ReceiptCode::parse(&written_down).unwrap();
    let opened = wrap.open(&later.identity(&salt()), &HERE);
    assert_eq!(opened.map(|key| key.recipient()).ok(), Some(entry.recipient()));
    let other = ReceiptCode::generate(&mut SystemEntropy);
    assert!(wrap.open(&other.identity(&salt()), &HERE).is_err());
}

#[test]
fn a_code_typed_once_more_is_compared() {
    let code = ReceiptCode::parse(SHOWN).unwrap();
    assert!(code.is_same(&ReceiptCode::parse("o123 4567 89ab cdef ghjk").unwrap()));
    assert!(!code.is_same(&ReceiptCode::parse("0123-4567-89AB-CDEF-GHJM").unwrap()));
}

#[test]
fn every_symbol_occurs_and_codes_do_not_repeat() {
    let codes: HashSet<String> = (0..500).map(|_| shown(&ReceiptCode::generate(&mut SystemEntropy))).collect();
    assert_eq!(codes.len(), 500);
    let symbols: HashSet<char> = codes.iter().flat_map(|code| code.chars()).collect();
    assert_eq!(symbols.len(), 33, "32 symbols and the hyphen");
}

proptest! {
    #[test]
    fn anything_typed_is_answered(typed in "\\PC{0,40}") {
        if let Ok(code) = ReceiptCode::parse(&typed) {
            prop_assert_eq!(shown(&code).len(), 24);
        }
    }

    #[test]
    fn what_is_shown_is_read_again(seed in any::<u8>()) {
        let code = ReceiptCode::generate(&mut Counting(seed));
        let again = ReceiptCode::parse(&shown(&code)).unwrap();
        prop_assert!(code.is_same(&again));
        prop_assert_eq!(code.identity(&salt()).recipient(), again.identity(&salt()).recipient());
    }
}
