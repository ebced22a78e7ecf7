use vault::{HandlerKey, SheetError, SystemEntropy, TypedError};

use crate::given::{Constant, Counting, handler_key};

fn halves(key: &HandlerKey) -> [String; 2] {
    key.to_halves(&mut SystemEntropy).map(|half| half.expose(Clone::clone))
}

#[test]
fn two_sheets_are_what_an_independent_computation_gives() {
    // Source: Python, with a bech32 of its own; the key is 32 bytes 0x09, the pad the bytes 0 to 31.
    let halves = HandlerKey::generate(&mut Constant(9)).to_halves(&mut Counting(0));
    let [one, two] = halves.map(|half| half.expose(Clone::clone));
    assert_eq!(one, ONE);
    assert_eq!(two, TWO);
}

const ONE: &str = "QINGLIAN-HALF-1 Q9KSD PTCQQ QSYQC YQ5RQ WZQFP G9SCR GWPUG PZYSN ZS23V 9CCRY DPK8Q ARC0S SQYDS D";
const TWO: &str = "QINGLIAN-HALF-1 QFKSD PTCPY YQKZS DPS8S UQGQQ VPQ2P Q8QCV 3SXC6 R5WP7 8S3ZQ F3Y9G 5ZUTQ HCTVD L";

#[test]
fn two_sheets_give_the_key_as_people_type_them() {
    let wanted = HandlerKey::generate(&mut Constant(9)).recipient();
    let check = |one: &str, other: &str| {
        let key = HandlerKey::from_halves(one, other).unwrap_or_else(|error| panic!("{one} {other}: {error}"));
        assert_eq!(key.recipient(), wanted);
    };
    check(ONE, TWO);
    check(TWO, ONE);
    check(&ONE.to_lowercase().replace(' ', ""), &TWO.replace(' ', "-"));
    check(ONE.split_once(' ').unwrap().1, TWO);
}

#[test]
fn sheets_that_do_not_belong_together_are_told_apart() {
    let (one, other) = (halves(&handler_key()), halves(&handler_key()));
    let check = |first: &str, second: &str, refusal: SheetError| assert_eq!(HandlerKey::from_halves(first, second).err(), Some(refusal));
    check(&one[0], &one[0], SheetError::Same);
    check(&one[1], &other[1], SheetError::Same);
    check(&one[0], &other[1], SheetError::Apart);
    check(&one[0], &one[1][..75], SheetError::Typed { sheet: 2, why: TypedError::Length { found: 50, wanted: 66 } });
    // Two printings of one key: each pad is its own.
    let key = handler_key();
    let (first, second) = (halves(&key), halves(&key));
    check(&first[0], &second[1], SheetError::Apart);
    assert!(HandlerKey::from_halves(&first[0], &first[1]).is_ok());
    // The sheet of a whole key is no half.
    let whole = key.to_printable().expose(Clone::clone);
    check(&whole, &first[1], SheetError::Typed { sheet: 1, why: TypedError::Length { found: 71, wanted: 66 } });
}

#[test]
fn every_mistyped_symbol_is_noticed() {
    let place_of_body = ONE.find(' ').unwrap();
    for (place, typed) in ONE.char_indices().skip(place_of_body).filter(|(_, symbol)| *symbol != ' ') {
        let other = if typed == 'Q' { 'P' } else { 'Q' };
        let mut wrong = ONE.to_owned();
        wrong.replace_range(place..=place, &other.to_string());
        let refusal = SheetError::Typed { sheet: 1, why: TypedError::Checksum };
        assert_eq!(HandlerKey::from_halves(&wrong, TWO).err(), Some(refusal), "{place}");
    }
}
