//! Letters as they lie in a mailbox: read within bounds or refused, and the same letter twice is read the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use post::mail::parse;

// The library that reads letters may give up; `parse` catches that and says so. The fuzzer's own hook would end at the first one caught:
// without it only what nobody catches ends it.
fuzz_target!(init: { drop(std::panic::take_hook()); }, |raw: &[u8]| {
    let (Ok(one), Ok(again)) = (parse(raw), parse(raw)) else { return };
    assert!(one.text == again.text && one.subject == again.subject && one.files.len() == again.files.len() && one.by == again.by);
    assert!(one.files.len() <= 30 && one.text.chars().count() <= 200_000);
    for file in &one.files {
        assert!(file.name.chars().count() <= 120 && !file.name.contains(['/', '\\', '\0']), "{:?}", file.name);
        assert!(file.bytes.len() <= raw.len().max(1) * 4, "nothing grows out of a letter");
    }
});
