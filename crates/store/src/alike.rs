//! Entries that may tell of the same: compared by keyed blind indexes, made when somebody entitled opens an entry.
//!
//! Nothing of the words is kept. Numbers (telephones, ids), people and units named in sealed fields become HMACs under a key of
//! `keys/`; the words become sixteen least values of keyed hashes of their runs of four symbols, of which two texts that share much
//! share many. What equality of these tells to a thief is in the threat model.

use crate::db::{Arg, Sql, args};
use crate::error::{Failure, Result};
use crate::masking::texts;
use crate::query::Found;
use crate::store::Store;
use crate::unsealing::Open;
use catalogue::register::Verb;
use engine::rights::{may, may_unseal};
use engine::{Code, ContentDeed, EntryId, Refusal, Relation, Value, Viewer, runs};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::collections::{BTreeMap, BTreeSet};

/// Digits that make a telephone or an id: fewer are days, rooms and amounts.
const DIGITS: usize = 7;
/// Symbols a run of words is compared by.
const GRAM: usize = 4;
/// Least values kept of a text.
const LEAST: usize = 16;
/// Fewer runs say too little of a text.
const FEWEST: usize = 30;
/// Values shared from which on two texts are much alike; an eighth of them agree by chance in texts of one house.
const SHARED: u64 = 5;
/// Pairs looked at for one entry.
const MOST: i64 = 2_000;
/// Entries told of.
const TOLD: usize = 20;

/// Another entry that may tell of the same, and what both have.
#[derive(Debug, Clone)]
pub struct Alike {
    pub found: Found,
    pub numbers: u64,
    pub people: u64,
    /// Of sixteen.
    pub words: u64,
}

impl Alike {
    fn weight(&self) -> u64 {
        self.numbers * 8 + self.people * 4 + self.words
    }
}

impl Store {
    /// Other entries that may tell of the same as this one, likeliest first: only those this viewer may open as well.
    pub async fn alike(&self, found: &Found, viewer: &Viewer) -> Result<Vec<Alike>, Failure> {
        if !may_unseal(viewer, &found.register, &found.entry) {
            return Err(Refusal::not_allowed().into());
        }
        let sql = "SELECT b.entry, b.kind, COUNT(*) FROM alike a JOIN alike b ON b.kind = a.kind AND b.token = a.token \
                   WHERE a.entry = $1 AND b.entry <> $1 AND a.kind <> $2 GROUP BY b.entry, b.kind ORDER BY 3 DESC LIMIT $3";
        let mut shared: BTreeMap<EntryId, BTreeMap<String, u64>> = BTreeMap::new();
        for row in self.shared.db.fetch(sql, args![found.entry.id, VERSION, MOST]).await? {
            shared.entry(row.entry(0)?).or_default().insert(row.text(1)?, row.count(2)?);
        }
        let mut alike = Vec::new();
        for (other, kinds) in shared {
            let count = |kind: &str| kinds.get(kind).copied().unwrap_or(0);
            let (numbers, people, words) = (count(NUMBER), count(PERSON), count(WORDS));
            if numbers == 0 && people == 0 && words < SHARED {
                continue;
            }
            // Whoever may not read it does not learn that it is there.
            let Ok(found) = self.entry(other, viewer).await else { continue };
            if !found.entry.is_erased() && may_unseal(viewer, &found.register, &found.entry) {
                alike.push(Alike { found, numbers, people, words });
            }
        }
        alike.sort_by_key(|one| std::cmp::Reverse((one.weight(), one.found.entry.id)));
        alike.truncate(TOLD);
        Ok(alike)
    }

    /// Relates two entries, on both of them.
    ///
    /// Errors: a refusal unless the viewer may correct both.
    pub async fn relate(&self, one: &Found, other: &Found, how: Relation, by: &Viewer) -> Result<(), Failure> {
        self.both(one, other, by, |this, that| ContentDeed::Related { other: that, how: if this { how } else { how.turned() } }).await
    }

    /// Takes a relation off, on both.
    pub async fn part_from(&self, one: &Found, other: &Found, by: &Viewer) -> Result<(), Failure> {
        self.both(one, other, by, |_, that| ContentDeed::Parted { other: that }).await
    }

    async fn both(&self, one: &Found, other: &Found, by: &Viewer, deed: impl Fn(bool, EntryId) -> ContentDeed) -> Result<(), Failure> {
        for found in [one, other] {
            may(by, &found.register, Verb::Edit, &found.entry)?;
        }
        if one.entry.id == other.entry.id {
            return Err(Refusal::new(Code::Condition, "不能与自己关联", "an entry is not related to itself").into());
        }
        self.deed(&one.entry, by, deed(true, other.entry.id), Vec::new()).await?;
        self.deed(&other.entry, by, deed(false, one.entry.id), Vec::new()).await?;
        Ok(())
    }

    /// Entries this one is related with and that the viewer may read.
    pub async fn related(&self, found: &Found, viewer: &Viewer) -> Result<Vec<(Relation, Found)>> {
        let mut related = Vec::new();
        for (other, hows) in &found.entry.content.related {
            if let Ok(other) = self.entry(*other, viewer).await {
                related.extend(hows.iter().map(|how| (*how, other.clone())));
            }
        }
        Ok(related)
    }

    /// Makes the blind index of an entry that stands open, unless it stands as it was indexed.
    pub(crate) async fn index_alike(&self, open: &Open) -> Result<()> {
        let entry = &open.found.entry;
        if !self.is_writing() || entry.is_erased() {
            return Ok(());
        }
        let version = entry.sealed.iter().map(engine::SealedPart::digest).collect::<Vec<_>>().join("");
        let key = self.secret("alike");
        let version = token(&key, VERSION, &version);
        let known = "SELECT 1 FROM alike WHERE entry = $1 AND kind = $2 AND token = $3";
        if self.shared.db.fetch_one(known, args![entry.id, VERSION, version.as_str()]).await?.is_some() {
            return Ok(());
        }
        let mut tokens = tokens(&key, open);
        tokens.insert((VERSION, version));
        let mut rows = vec![forget(entry.id)];
        let sql = "INSERT INTO alike (entry, kind, token) VALUES ($1, $2, $3) ON CONFLICT (entry, kind, token) DO NOTHING";
        rows.extend(tokens.into_iter().map(|(kind, token)| (sql.into(), args![entry.id, kind, token])));
        self.write(rows).await.map(drop)
    }
}

/// Takes an entry's tokens away: it was erased, or what they were made of was.
pub(crate) fn forget(entry: EntryId) -> (Sql, Vec<Arg>) {
    ("DELETE FROM alike WHERE entry = $1".into(), args![entry])
}

const NUMBER: &str = "number";
const PERSON: &str = "named";
const WORDS: &str = "words";
/// Not compared: what the tokens were made of.
const VERSION: &str = "version";

fn tokens(key: &[u8; 32], open: &Open) -> BTreeSet<(&'static str, String)> {
    let mut found = BTreeSet::new();
    let mut words = String::new();
    for value in open.values.for_viewer_with_key().values() {
        found.extend(value.people().iter().map(|person| (PERSON, token(key, PERSON, &person.to_string()))));
        // What a file is called says little of what it tells.
        if !matches!(value, Value::Files(_)) {
            for text in texts(value) {
                found.extend(numbers(&text).into_iter().map(|number| (NUMBER, token(key, NUMBER, &number))));
                words.push_str(&text);
                words.push('\n');
            }
        }
    }
    found.extend(least(key, &words).into_iter().enumerate().map(|(place, least)| (WORDS, format!("{place}:{least:016x}"))));
    found
}

fn mac(key: &[u8; 32], kind: &str, word: &str) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(kind.as_bytes());
    mac.update(&[0]);
    mac.update(word.as_bytes());
    mac.finalize().into_bytes().into()
}

fn token(key: &[u8; 32], kind: &str, word: &str) -> String {
    hex::encode(&mac(key, kind, word)[..16])
}

/// Runs of digits long enough to be a telephone or an id; single spaces and hyphens within one say nothing, nor does full width.
fn numbers(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let (mut digits, mut gap) = (String::new(), false);
    for symbol in text.chars().chain(['\n']) {
        let digit = match symbol {
            '0'..='9' => Some(symbol),
            '０'..='９' => char::from_u32(u32::from(symbol) - 0xFEE0),
            'x' | 'X' if digits.len() == 17 => Some('X'),
            _ => None,
        };
        match digit {
            Some(digit) => {
                digits.push(digit);
                gap = false;
            }
            None if matches!(symbol, ' ' | '-' | '－') && !digits.is_empty() && !gap => gap = true,
            None => {
                if digits.len() >= DIGITS {
                    found.insert(std::mem::take(&mut digits));
                }
                digits.clear();
                gap = false;
            }
        }
    }
    found
}

/// The least of the keyed hashes of a text's runs, by sixteen orders. Nothing where there are too few runs.
fn least(key: &[u8; 32], text: &str) -> Vec<u64> {
    let symbols: Vec<char> = runs(text).into_iter().flat_map(|run| run.symbols).collect();
    let grams: BTreeSet<String> = symbols.windows(GRAM).map(|gram| gram.iter().collect()).collect();
    if grams.len() < FEWEST {
        return Vec::new();
    }
    let hashes: Vec<u64> =
        grams.iter().map(|gram| u64::from_be_bytes(mac(key, WORDS, gram)[..8].try_into().expect("eight of thirty-two bytes"))).collect();
    (0..LEAST as u64).map(|order| hashes.iter().map(|hash| mixed(hash ^ mixed(order + 1))).min().unwrap_or_default()).collect()
}

/// SplitMix64: another order of the same hashes.
fn mixed(hash: u64) -> u64 {
    let hash = hash.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    #[test]
    fn a_telephone_is_the_same_however_it_is_written() {
        let only = |text: &str| numbers(text).into_iter().collect::<Vec<_>>().join("|");
        for text in ["电话13800000000。", "138 0000 0000", "138-0000-0000,", "１３８００００００００"] {
            assert_eq!(only(text), "13800000000", "{text}");
        }
        assert_eq!(only("11010519491231002x"), "11010519491231002X");
        assert_eq!(only("800元 2026-01-02"), "20260102");
        assert_eq!(only("3号楼12室 800"), "");
    }

    #[test]
    fn texts_that_share_much_share_many_values() {
        let story = "三月五日下午我在三号楼二层的缴费窗口旁边看见一位医药代表把一个装着现金的信封交给了当班的药师，药师收下以后放进了抽屉，旁边还有两位护士在场，可以作证，请有关部门核查处理。";
        let again = story.replace("请有关部门核查处理", "希望查清楚") + "另外";
        let other = "食堂的饭菜价格比去年高了许多而且份量变少，很多职工反映采购的渠道不公开，供应商多年没有更换，建议院里公开招标并把价格贴在墙上让大家监督。";
        let same =
            |one: &str, other: &str| least(&KEY, one).iter().zip(least(&KEY, other)).filter(|(one, other)| **one == *other).count() as u64;
        assert!(same(story, &again) >= SHARED, "{}", same(story, &again));
        assert!(same(story, other) < SHARED, "{}", same(story, other));
        assert!(least(&KEY, "太短").is_empty());
        assert_ne!(least(&KEY, story), least(&[8; 32], story), "another house, other values");
    }
}
