//! What a letter fills in that somebody sends to the house instead of a form: an e-mail, a short message. It has words, perhaps files and a
//! sender, and answers no question.

use crate::names::{FieldName, ItemName};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Letter {
    /// Takes the words: a sealed long text.
    pub text: FieldName,
    /// Takes what is attached: sealed, several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<FieldName>,
    /// Takes the address or number it came from: a sealed text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<FieldName>,
    /// Says by which channel it came: a plain choice of one.
    pub channel: FieldName,
    /// Choices that are made by themselves when there is a sender, …
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub signed: IndexMap<FieldName, ItemName>,
    /// … and when there is none.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub unsigned: IndexMap<FieldName, ItemName>,
}

impl Letter {
    /// Every field a letter may fill in.
    pub fn fields(&self) -> impl Iterator<Item = &FieldName> {
        let chosen = self.signed.keys().chain(self.unsigned.keys().filter(|name| !self.signed.contains_key(*name)));
        [Some(&self.text), self.files.as_ref(), self.sender.as_ref(), Some(&self.channel)].into_iter().flatten().chain(chosen)
    }
}
