//! Requests of gateways: the body is read within bounds or refused, and no made-up signature is taken.
#![no_main]

use libfuzzer_sys::fuzz_target;
use post::hook;

const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";
const NOW: i64 = 1_790_000_000;

fuzz_target!(|given: (&str, &str, &[u8])| {
    let (at, signature, body) = given;
    let _ = hook::read(body);
    if hook::verify(SECRET, Some(at), Some(signature), body, NOW).is_ok() {
        assert!(signature.eq_ignore_ascii_case(&hook::sign(SECRET, at, body)), "a signature nobody made");
    }
    let signed = hook::sign(SECRET, "1790000000", body);
    assert!(hook::verify(SECRET, Some("1790000000"), Some(&signed), body, NOW).is_ok());
    assert!(hook::verify(SECRET, Some("1790000301"), Some(&signed), body, NOW).is_err());
});
