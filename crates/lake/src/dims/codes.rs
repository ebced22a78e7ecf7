//! A dictionary: text ↔ position. Positions are handed out once and never change, so files never need rewriting.

use std::hash::BuildHasher;

use arrow::array::{Array, StringArray};
use hashbrown::{DefaultHashBuilder, HashTable};

#[derive(Default)]
pub struct Codes {
    text: String,
    ends: Vec<usize>,
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Codes {
    /// A dictionary as it was saved: row n is code n.
    pub fn from_array(names: &StringArray) -> Codes {
        let mut codes = Codes::default();
        codes.table.reserve(names.len(), |_| 0);
        for name in names.iter().flatten() {
            codes.code(name);
        }
        codes
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The code of a text, a new one if it was never seen.
    pub fn code(&mut self, name: &str) -> u32 {
        let hash = self.hasher.hash_one(name);
        let (text, ends, hasher) = (&self.text, &self.ends, &self.hasher);
        if let Some(&code) = self.table.find(hash, |&code| slice(text, ends, code) == name) {
            return code;
        }
        let code = u32::try_from(self.ends.len()).expect("a dictionary of four thousand million texts does not fit in memory");
        self.table.insert_unique(hash, code, |&code| hasher.hash_one(slice(text, ends, code)));
        self.text.push_str(name);
        self.ends.push(self.text.len());
        code
    }

    pub fn find(&self, name: &str) -> Option<u32> {
        let hash = self.hasher.hash_one(name);
        self.table.find(hash, |&code| slice(&self.text, &self.ends, code) == name).copied()
    }

    pub fn name(&self, code: u32) -> Option<&str> {
        ((code as usize) < self.ends.len()).then(|| slice(&self.text, &self.ends, code))
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len()).map(|code| slice(&self.text, &self.ends, code as u32))
    }

    pub fn to_array(&self) -> StringArray {
        StringArray::from_iter_values(self.iter())
    }
}

fn slice<'a>(text: &'a str, ends: &[usize], code: u32) -> &'a str {
    let code = code as usize;
    let start = if code == 0 { 0 } else { ends[code - 1] };
    &text[start..ends[code]]
}
