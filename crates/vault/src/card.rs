//! What is known of an attachment: its name, its length and its hash, sealed apart from it.
//!
//! The stored file has neither name nor true length; both are on a card, an envelope of its own whose content is JSON, so
//! that a list of attachments can be shown without opening them.

use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::envelope::{EntryKey, EntryRecipient, Sealed, open, seal};
use crate::error::OpenError;
use crate::unlocked::Unlocked;
use crate::wipe::Wipe;

/// The card of an attachment.
///
/// Shape: JSON `{"name": text, "size": bytes, "sha256": 64 hex digits of the content}`. Of a name typed by a stranger
/// nothing is believed: [`FileCard::shown_name`] is what may be shown or saved under.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileCard {
    pub name: String,
    /// Units: bytes of content, without padding.
    pub size: u64,
    pub sha256: String,
}

impl FileCard {
    /// The purpose of the context names the attachment, `card:<id>`.
    pub fn seal(&self, recipient: &EntryRecipient, context: &Context<'_>) -> Sealed {
        let plain = zeroize::Zeroizing::new(serde_json::to_vec(self).expect("two texts and a number are JSON"));
        seal(recipient, context, &plain)
    }

    pub fn open(key: &EntryKey, context: &Context<'_>, sealed: &Sealed) -> Result<Unlocked<Self>, OpenError> {
        open(key, context, sealed)?.parse_json()
    }

    /// The last part of the name, without control characters, marks that turn the direction of writing, and characters no
    /// file system takes; at most 120 characters, the end kept because it says what kind of file it is. Never empty, never
    /// only dots.
    pub fn shown_name(&self) -> String {
        let last = self.name.rsplit(['/', '\\']).next().unwrap_or_default();
        let clean: Vec<char> = last.chars().filter(|symbol| !is_unfit(*symbol)).collect();
        let kept: String = clean[clean.len().saturating_sub(NAME_LIMIT)..].iter().collect();
        let kept = kept.trim().trim_start_matches('.');
        if kept.is_empty() { "file".to_owned() } else { kept.to_owned() }
    }
}

impl Wipe for FileCard {
    fn wipe(&mut self) {
        self.name.wipe();
        self.sha256.wipe();
        self.size = 0;
    }
}

const NAME_LIMIT: usize = 120;

pub(crate) fn is_unfit(symbol: char) -> bool {
    let turns = matches!(symbol, '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}');
    symbol.is_control() || turns || "<>:\"|?*".contains(symbol)
}
