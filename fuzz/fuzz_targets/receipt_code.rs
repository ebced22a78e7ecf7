//! Codes as people type them: what is taken for a code writes itself again, and nothing else is taken for one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vault::{HandlerKey, ReceiptCode, SpareCode};

fuzz_target!(|typed: &str| {
    if let Ok(code) = ReceiptCode::parse(typed) {
        let written = code.to_groups().expose(String::clone);
        assert!(ReceiptCode::parse(&written).is_ok_and(|again| again.is_same(&code)), "{written}");
        assert!(typed.chars().filter(|c| c.is_alphanumeric()).count() >= 20, "a code has twenty symbols");
    }
    if let Ok(code) = SpareCode::parse(typed) {
        assert!(SpareCode::parse(&code.to_groups().expose(String::clone)).is_ok());
    }
    if let Ok(key) = HandlerKey::from_printable(typed) {
        let written = key.to_printable().expose(String::clone);
        assert!(HandlerKey::from_printable(&written).is_ok_and(|again| again.recipient() == key.recipient()));
    }
});
