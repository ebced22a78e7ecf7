//! Analyses by shape, bounded: two generations, of which the older goes when the younger is full.

use crate::finding::Analysis;
use std::collections::HashMap;
use std::sync::Arc;

/// An analysis and the literals its shape had to have for it.
#[derive(Debug)]
struct Entry {
    consulted: Vec<usize>,
    variants: Vec<(Vec<String>, Arc<Analysis>)>,
}

#[derive(Debug, Default)]
pub struct Cache {
    young: HashMap<Vec<u8>, Entry>,
    old: HashMap<Vec<u8>, Entry>,
    bytes: usize,
}

/// *Units*: shapes and bytes of one generation.
const MOST_SHAPES: usize = 8_192;
const MOST_BYTES: usize = 16 * 1024 * 1024;
const MOST_VARIANTS: usize = 32;

impl Cache {
    pub fn get<'l>(&mut self, key: &[u8], literal: impl Fn(usize) -> &'l str) -> Option<Arc<Analysis>> {
        if !self.young.contains_key(key) {
            let (key, entry) = self.old.remove_entry(key)?;
            self.put(key, entry);
        }
        let entry = self.young.get(key)?;
        let same = |contents: &[String]| entry.consulted.iter().zip(contents).all(|(index, content)| literal(*index) == content);
        entry.variants.iter().find(|(contents, _)| same(contents)).map(|(_, analysis)| analysis.clone())
    }

    pub fn add<'l>(&mut self, key: &[u8], consulted: Vec<usize>, literal: impl Fn(usize) -> &'l str, analysis: Arc<Analysis>) {
        let contents = consulted.iter().map(|index| literal(*index).to_owned()).collect();
        match self.young.get_mut(key) {
            // Another branch of the same shape may look at other literals: then the shape begins anew.
            Some(entry) if entry.consulted == consulted && entry.variants.len() < MOST_VARIANTS => {
                entry.variants.push((contents, analysis))
            }
            _ => self.put(key.to_vec(), Entry { consulted, variants: vec![(contents, analysis)] }),
        }
    }

    fn put(&mut self, key: Vec<u8>, entry: Entry) {
        self.bytes += key.len() + 512;
        if self.young.len() >= MOST_SHAPES || self.bytes > MOST_BYTES {
            self.old = std::mem::take(&mut self.young);
            self.bytes = key.len() + 512;
        }
        self.young.insert(key, entry);
    }

    pub fn clear(&mut self) {
        *self = Cache::default();
    }
}
