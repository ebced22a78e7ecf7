//! What a browser says it sealed: taken apart and checked, and written again the same if it is taken.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vault::{Dealing, EntryKey, HandlerKey, Recipient, Submission};

fuzz_target!(|text: &[u8]| {
    if let Ok(submission) = serde_json::from_slice::<Submission>(text) {
        let readers: Vec<Recipient> = submission.wraps.iter().map(|wrap| wrap.to.clone()).collect();
        let _ = submission.check(&readers, &[]);
        let written = serde_json::to_vec(&submission).expect("what was read is written");
        assert!(serde_json::from_slice::<Submission>(&written).is_ok());
    }
    let _ = serde_json::from_slice::<Dealing<EntryKey>>(text);
    let _ = serde_json::from_slice::<Dealing<HandlerKey>>(text);
});
