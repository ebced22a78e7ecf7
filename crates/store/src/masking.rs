//! Masks: passages of what is sealed that only readers with the right to mask see; everybody else who holds a key sees a bar and why.
//!
//! The program's rule, not mathematics: whoever holds a key holds it to the whole envelope. What must be unreadable is redacted.

use crate::content::seal_thing;
use crate::error::{Failure, Result};
use crate::request::Done;
use crate::store::Store;
use crate::unsealing::Open;
use catalogue::FieldName;
use catalogue::register::Verb;
use engine::content::{BAR, cut};
use engine::{Code, ContentDeed, Refusal, SecretValues, Value, Values, Viewer, rights};
use serde::{Deserialize, Serialize};

/// Longest passage. Units: characters.
const LONGEST: usize = 500;

/// A masked passage: these words, in one field or wherever they stand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Passage {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<FieldName>,
    pub words: String,
    pub why: String,
}

impl Passage {
    fn cover(&self, text: &str) -> String {
        if text.contains(&self.words) { text.replace(&self.words, &format!("{BAR}〔{}〕", self.why)) } else { text.to_owned() }
    }
}

impl Store {
    /// Covers a passage for readers without the right to mask. It can be uncovered.
    pub async fn mask(&self, open: &Open, by: &Viewer, passage: &Passage) -> Result<Done, Failure> {
        let length = passage.words.trim().chars().count();
        if length == 0 || passage.why.trim().is_empty() {
            return Err(Refusal::new(Code::Missing, "请写明遮盖哪些字和原因", "say which words are masked, and why").into());
        }
        if length > LONGEST {
            return Err(Refusal::new(Code::TooLong, "一处最多 500 字", "a passage has at most 500 characters").into());
        }
        let stands = |(name, value): (&FieldName, &Value)| {
            passage.field.as_ref().is_none_or(|field| field == name) && texts(value).iter().any(|text| text.contains(&passage.words))
        };
        if !open.values.for_viewer_with_key().iter().any(stands) {
            return Err(Refusal::new(Code::UnknownValue, "密封内容里没有这些字", "these words do not stand in what is sealed").into());
        }
        let mark = seal_thing(&open.found.entry, passage)?;
        self.deed(&open.found.entry, by, ContentDeed::Masked { mark }, Vec::new()).await
    }

    /// Takes a mask off again, by its number.
    pub async fn unmask(&self, open: &Open, by: &Viewer, mark: u32) -> Result<Done, Failure> {
        self.deed(&open.found.entry, by, ContentDeed::Unmasked { mark }, Vec::new()).await
    }
}

impl Open {
    /// The masks of this entry, by number.
    pub fn passages(&self) -> Result<Vec<(u32, Passage)>> {
        self.found.entry.content.marks.iter().map(|(mark, part)| Ok((*mark, self.thing(part)?))).collect()
    }

    /// Covers what this viewer is not to see: in the values, and from then on in notes.
    pub(crate) fn cover_for(mut self, viewer: &Viewer) -> Result<Self> {
        let sees = rights::may(viewer, &self.found.register, Verb::Mask, &self.found.entry).is_ok();
        if sees || self.found.entry.content.marks.is_empty() {
            return Ok(self);
        }
        let passages: Vec<Passage> = self.passages()?.into_iter().map(|(_, passage)| passage).collect();
        let mut values = self.values.for_viewer_with_key().clone();
        cover(&mut values, &passages);
        self.values = SecretValues::new(values);
        self.covered = passages;
        Ok(self)
    }

    /// A text of the timeline without what this viewer is not to see.
    pub(crate) fn covered_text(&self, text: &str) -> String {
        self.covered.iter().fold(text.to_owned(), |text, passage| passage.cover(&text))
    }
}

fn cover(values: &mut Values, passages: &[Passage]) {
    for (name, value) in values.iter_mut() {
        for passage in passages.iter().filter(|passage| passage.field.as_ref().is_none_or(|field| field == name)) {
            each_text(value, &mut |text| *text = passage.cover(text));
        }
    }
}

/// Every text in a value, names of files as well.
pub(crate) fn each_text(value: &mut Value, change: &mut impl FnMut(&mut String)) {
    match value {
        Value::Text(text) => change(text),
        Value::Files(files) => files.iter_mut().for_each(|file| change(&mut file.name)),
        Value::Rows(rows) => rows.iter_mut().flat_map(|row| row.values_mut()).for_each(|value| each_text(value, change)),
        _ => {}
    }
}

pub(crate) fn texts(value: &Value) -> Vec<String> {
    let (mut found, mut value) = (Vec::new(), value.clone());
    each_text(&mut value, &mut |text| found.push(text.clone()));
    found
}

/// Values without certain words, wherever they stand.
pub fn without(values: &Values, words: &[String]) -> Values {
    let mut values = values.clone();
    values.values_mut().for_each(|value| each_text(value, &mut |text| *text = cut(text, words)));
    values
}
