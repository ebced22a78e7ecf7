//! What the tests share: entropy that is known, and a place to seal to.

use vault::{Context, Entropy, EntryKey, HandlerKey, Opened, SystemEntropy};

/// Bytes that count up from a start, so that a known answer can be computed elsewhere.
pub struct Counting(pub u8);

impl Entropy for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = self.0;
            self.0 = self.0.wrapping_add(1);
        }
    }
}

/// The same byte for ever.
pub struct Constant(pub u8);

impl Entropy for Constant {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill(self.0);
    }
}

pub const HERE: Context<'static> = Context { institution: "h1", register: "report", entry: "entry-1", purpose: "content" };

/// Every context that differs from [`HERE`] in one part, and one whose parts run together to the same text.
pub fn elsewhere() -> [Context<'static>; 5] {
    [
        Context { institution: "h2", ..HERE },
        Context { register: "clue", ..HERE },
        Context { entry: "entry-2", ..HERE },
        Context { purpose: "key", ..HERE },
        Context { institution: "h1r", register: "eport", ..HERE },
    ]
}

pub fn entry_key() -> EntryKey {
    EntryKey::generate(&mut SystemEntropy)
}

pub fn handler_key() -> HandlerKey {
    HandlerKey::generate(&mut SystemEntropy)
}

pub fn plain(opened: &Opened) -> Vec<u8> {
    opened.expose(Clone::clone)
}

/// The length of what lies inside an age file, from its outside: after the header come a nonce of 16 bytes and parts of
/// 64 KiB with 16 bytes of tag each.
pub fn inside_length(sealed: &[u8]) -> usize {
    let mac = sealed.windows(5).position(|window| window == b"\n--- ").expect("an age header ends in its MAC");
    let header = mac + 1 + sealed[mac + 1..].iter().position(|byte| *byte == b'\n').expect("the MAC line ends") + 1;
    let payload = sealed.len() - header - 16;
    payload - payload.div_ceil(65_536 + 16) * 16
}

/// Exactly these bytes, for a key that a standard's test vectors give.
pub struct SameBytes(pub &'static [u8]);

impl Entropy for SameBytes {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.copy_from_slice(self.0);
    }
}
