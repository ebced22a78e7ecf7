use proptest::prelude::*;
use vault::{FactorKey, LockedTotp, OpenError, SpareCode, SpareTag, Step, SystemEntropy, TotpSecret, TypedError};

use crate::given::{Counting, SameBytes};

/// The key of the vectors in RFC 6238, appendix B, for SHA-1.
const RFC: &[u8; 20] = b"12345678901234567890";

fn rfc() -> TotpSecret {
    TotpSecret::generate(&mut SameBytes(RFC))
}

fn check(secret: &TotpSecret, typed: &str, at_s: i64, last: Option<u64>) -> Option<u64> {
    secret.check(typed, at_s * 1000, last.map(Step)).map(|step| step.0)
}

#[test]
fn the_vectors_of_the_standard_hold() {
    // Source: RFC 6238, appendix B; the last six of the eight digits there.
    for (at_s, digits) in [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ] {
        let step = u64::try_from(at_s / 30).unwrap();
        assert_eq!(check(&rfc(), digits, at_s, None), Some(step), "at {at_s}");
    }
}

#[test]
fn one_step_early_or_late_is_taken_and_no_more() {
    // 1111111109 belongs to step 37037036, which ends with 1111111109.
    let at = |at_s| check(&rfc(), "081804", at_s, None);
    assert_eq!(
        [at(1_111_111_049), at(1_111_111_050), at(1_111_111_139), at(1_111_111_140)],
        [None, Some(37_037_036), Some(37_037_036), None]
    );
}

#[test]
fn digits_are_taken_once() {
    let step = check(&rfc(), "081804", 1_111_111_109, None);
    assert_eq!(check(&rfc(), "081804", 1_111_111_109, step), None, "again at once");
    assert_eq!(check(&rfc(), "081804", 1_111_111_120, step), None, "again within the window");
    assert_eq!(check(&rfc(), "050471", 1_111_111_111, step), Some(37_037_037), "the next ones");
    assert_eq!(check(&rfc(), "081804", 1_111_111_111, Some(37_037_037)), None, "earlier ones after later ones");
    assert_eq!(check(&rfc(), "081804", 1_111_111_109, Some(37_037_035)), Some(37_037_036), "after the step before");
    assert_eq!(check(&rfc(), "081804", 1_111_111_109, Some(u64::MAX)), None, "a guard as high as can be does not roll over");
}

#[test]
fn digits_are_read_as_people_type_them() {
    for typed in ["081804", "081 804", " 081-804\n", "０８１８０４", "081\u{3000}804"] {
        assert_eq!(check(&rfc(), typed, 1_111_111_109, None), Some(37_037_036), "{typed:?}");
    }
    for typed in ["", "81804", "0081804", "08180", "08180a", "+81804", "-81804", "081805", "૦81804", "八1804"] {
        assert_eq!(check(&rfc(), typed, 1_111_111_109, None), None, "{typed:?}");
    }
    for at_ms in [-1, i64::MIN] {
        assert_eq!(rfc().check("081804", at_ms, None), None, "no such time");
    }
    assert_eq!(rfc().check("081804", i64::MAX, None), None);
}

#[test]
fn an_app_is_told_by_a_link() {
    let uri = rfc().to_uri("清廉", "wang li").expose(Clone::clone);
    let wanted = "otpauth://totp/%E6%B8%85%E5%BB%89:wang%20li?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
                  &issuer=%E6%B8%85%E5%BB%89&algorithm=SHA1&digits=6&period=30";
    assert_eq!(uri, wanted);
    assert_eq!(rfc().to_base32().expose(String::len), 32);
    let sly = rfc().to_uri("a&secret=AAAA", "b?c#d:e/f").expose(Clone::clone);
    assert!(sly.starts_with("otpauth://totp/a%26secret%3DAAAA:b%3Fc%23d%3Ae%2Ff?secret=GEZD"), "{sly}");
}

#[test]
fn a_secret_lies_locked_and_bound_to_its_account() {
    let key = FactorKey::generate(&mut SystemEntropy);
    let locked = rfc().lock(&key, "wang", &mut SystemEntropy);
    let stored = serde_json::to_string(&locked).unwrap();
    let again: LockedTotp = serde_json::from_str(&stored).unwrap();
    let open = again.unlock(&FactorKey::from_bytes(key.as_bytes()), "wang").unwrap();
    assert_eq!(check(&open, "287082", 59, None), Some(1));
    assert_eq!(again.unlock(&key, "wangl").err(), Some(OpenError::WrongKey), "another account");
    assert_eq!(again.unlock(&FactorKey::generate(&mut SystemEntropy), "wang").err(), Some(OpenError::WrongKey));
    assert_ne!(stored, serde_json::to_string(&rfc().lock(&key, "wang", &mut SystemEntropy)).unwrap(), "never the same twice");
    assert_eq!(format!("{again:?}"), "LockedTotp(48 bytes)");
    for cut in ["", "AAAA", &stored.trim_matches('"')[..40]] {
        assert!(LockedTotp::try_from(cut.to_owned()).unwrap().unlock(&key, "wang").is_err(), "{cut}");
    }
}

#[test]
fn a_spare_code_is_found_and_only_in_its_account() {
    let key = FactorKey::generate(&mut SystemEntropy);
    let codes: Vec<SpareCode> = (0..10).map(|_| SpareCode::generate(&mut SystemEntropy)).collect();
    let tags: Vec<SpareTag> = codes.iter().map(|code| code.tag(&key, "wang")).collect();
    let stored: Vec<SpareTag> = serde_json::from_str(&serde_json::to_string(&tags).unwrap()).unwrap();
    for (place, code) in codes.iter().enumerate() {
        let typed = code.to_groups().expose(|code| code.to_lowercase().replace('-', " "));
        let typed = SpareCode::parse(&typed).unwrap();
        assert_eq!(typed.find(&key, "wang", &stored), Some(place));
        assert_eq!(typed.find(&key, "li", &stored), None, "another account");
        assert_eq!(typed.find(&FactorKey::generate(&mut SystemEntropy), "wang", &stored), None, "another house");
    }
    assert_eq!(SpareCode::generate(&mut SystemEntropy).find(&key, "wang", &stored), None);
    assert_eq!(codes[0].find(&key, "wang", &stored[1..]), None, "once used and deleted");
    assert_eq!(codes[0].find(&key, "wang", &[]), None);
}

#[test]
fn a_spare_code_is_kept_as_an_independent_computation_gives() {
    let code = SpareCode::generate(&mut Counting(0));
    assert_eq!(code.to_groups().expose(Clone::clone), "0123-4567-89AB-CDEF");
    // Source: Python's `hmac` with the key 0..31.
    let tag = code.tag(&FactorKey::generate(&mut Counting(0)), "wang");
    assert_eq!(tag.to_string(), "20c492eb9e34e49818545bf92e816bcbac1346c4b6717c08aa3a43a3776f5f12");
    assert_eq!(format!("{tag:?}"), "SpareTag");
    assert_eq!(SpareCode::parse("0123-4567").err(), Some(TypedError::Length { found: 8, wanted: 16 }));
}

proptest! {
    #[test]
    fn whatever_is_typed_is_answered(typed in "\\PC{0,12}", at_ms in any::<i64>(), last in any::<Option<u64>>()) {
        if let Some(step) = rfc().check(&typed, at_ms, last.map(Step)) {
            prop_assert!(last.is_none_or(|last| step.0 > last));
        }
    }
}
