//! Entries that may tell of the same: compared by keyed blind indexes, made when somebody entitled opens an entry.
//!
//! Nothing of the words is kept. Numbers (telephones, ids), people and units named in sealed fields become HMACs under a key of
//! `keys/`, and so do names as they were typed, without their titles; the words become sixteen least values of keyed hashes of their runs of
//! four symbols, of a short account sixty-four of its pairs; two texts that share much share many of them. What equality of these tells to a
//! thief is in the threat model.

mod names;
mod tokens;

use self::tokens::{LEAST_SHORT, NAME, NUMBER, PERSON, SHORT, VERSION, WORDS, token, tokens};
use crate::db::{Arg, Sql, args};
use crate::error::{Failure, Result};
use crate::query::Found;
use crate::store::Store;
use crate::unsealing::Open;
use catalogue::register::Verb;
use engine::rights::{may, may_unseal};
use engine::{Code, ContentDeed, EntryId, Refusal, Relation, Viewer};
use std::collections::BTreeMap;

/// Values shared from which on two texts are much alike; an eighth of them agree by chance in texts of one house.
const SHARED: u64 = 5;
/// The same of short accounts, of sixty-four values: about a third of what they tell is the same.
const SHARED_SHORT: u64 = 26;
/// How tokens are made now: entries that were compared by another way are taken up anew when they are next opened. Until then they have
/// no values of a kind that is compared now, and are not told of by it.
const WAY: &str = "3";
/// What is told of words is told of so many values.
const OF_SIXTEEN: u64 = 16;
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
    /// Of sixteen, whichever way the words were compared.
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
                   WHERE a.entry = $1 AND b.entry <> $1 AND a.kind IN ($2, $3, $4, $5) GROUP BY b.entry, b.kind \
                   HAVING b.kind <> $5 OR COUNT(*) >= $6 ORDER BY 3 DESC LIMIT $7";
        let mut shared: BTreeMap<EntryId, BTreeMap<String, u64>> = BTreeMap::new();
        for row in self.shared.db.fetch(sql, args![found.entry.id, NUMBER, PERSON, NAME, WORDS, SHARED as i64, MOST]).await? {
            shared.entry(row.entry(0)?).or_default().insert(row.text(1)?, row.count(2)?);
        }
        for (other, count) in self.short_alike(found.entry.id).await? {
            shared.entry(other).or_default().insert(SHORT.to_owned(), count);
        }
        let mut alike = Vec::new();
        for (other, kinds) in shared {
            let count = |kind: &str| kinds.get(kind).copied().unwrap_or(0);
            let (numbers, people) = (count(NUMBER), count(PERSON).max(count(NAME)));
            let enough = |shared: u64, least: u64| if shared < least { 0 } else { shared };
            let words = enough(count(WORDS), SHARED).max(count(SHORT));
            if numbers == 0 && people == 0 && words == 0 {
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

    /// Entries whose short accounts share many values with this one's, and how many of sixteen. All of them are looked at: a value of few
    /// bits leads nowhere alone.
    async fn short_alike(&self, entry: EntryId) -> Result<Vec<(EntryId, u64)>> {
        let own = "SELECT token FROM alike WHERE entry = $1 AND kind = $2";
        let Some(own) = self.shared.db.fetch_one(own, args![entry, SHORT]).await? else { return Ok(Vec::new()) };
        let own = own.text(0)?;
        let mut alike = Vec::new();
        let others = "SELECT entry, token FROM alike WHERE kind = $1 AND entry <> $2";
        for row in self.shared.db.fetch(others, args![SHORT, entry]).await? {
            let same = tokens::shared(&own, &row.text(1)?);
            if same >= SHARED_SHORT {
                alike.push((row.entry(0)?, same * OF_SIXTEEN / LEAST_SHORT as u64));
            }
        }
        alike.sort_by_key(|(entry, same)| (std::cmp::Reverse(*same), *entry));
        alike.truncate(MOST as usize);
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
        let version = token(&key, VERSION, &format!("{WAY}:{version}"));
        let known = "SELECT 1 FROM alike WHERE entry = $1 AND kind = $2 AND token = $3";
        if self.shared.db.fetch_one(known, args![entry.id, VERSION, version.as_str()]).await?.is_some() {
            return Ok(());
        }
        let mut tokens = tokens(&key, open, &self.directory());
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
