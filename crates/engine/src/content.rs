//! What is done with an entry's sealed content: handed out, masked, redacted, cleaned copies kept, related to other entries.

use crate::event::{Fact, Note};
use crate::ids::{EntryId, PersonId};
use crate::sealed::SealedPart;
use crate::time::Moment;
use catalogue::FieldName;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// One deed about an entry's content. What it says in clear names fields, authorities and hashes; words are sealed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "snake_case")]
pub enum ContentDeed {
    /// Somebody chose what goes to whom; it waits for another person where the definition says so.
    HandAsked {
        to: EntryId,
        /// What the authority is called.
        authority: String,
        fields: Vec<FieldName>,
        /// How many files go.
        files: u32,
        /// How many of the words between house and reporter go.
        #[serde(default, skip_serializing_if = "is_zero")]
        letters: u32,
        timeline: bool,
        /// Which files and letters, which words are left out, and why it is handed out.
        plan: SealedPart,
    },
    HandDeclined,
    HandAgreed,
    /// A package was made: hashes, and what was left out for what reason.
    HandMade {
        sha256: String,
        /// The house's signed receipt, JSON of hashes.
        receipt: String,
        /// To the authority's key, or open for paper and hand.
        is_sealed: bool,
        withheld: Vec<Left>,
    },
    /// The authority told the code back. `words` go into the field the definition names.
    HandConfirmed {
        sha256: String,
        words: String,
    },
    /// A passage is covered for whoever holds no right to mask.
    Masked {
        mark: SealedPart,
    },
    /// The mask with this place among the entry's marks is taken off.
    Unmasked {
        mark: u32,
    },
    /// Passages or files are to be destroyed.
    RedactAsked {
        plan: SealedPart,
    },
    RedactDeclined,
    /// A second person agreed: every part that held them is destroyed, and another without them stands in its place.
    Redacted {
        asked_by: Option<PersonId>,
        /// The version of the entry the parts were read at.
        version: u64,
        rewritten: Vec<Rewritten>,
        swaps: Vec<Swap>,
        /// Files that went whole, by the hash they were stored under.
        files: Vec<String>,
    },
    /// A copy of a file without what it carries beside its content; both under the hash of what is stored.
    Cleaned {
        original: String,
        copy: String,
        /// Hashes of the content of both, and how long the copy is.
        evidence: SealedPart,
    },
    Related {
        other: EntryId,
        how: Relation,
    },
    Parted {
        other: EntryId,
    },
}

/// What was left out of a package, and why: an item of a list, never free words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    pub what: String,
    pub reason: String,
}

/// An event whose sealed parts were made anew: what its content hashes to from then on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rewritten {
    pub seq: u64,
    /// In hex, as the chain hashes.
    pub digest: String,
}

/// A part and what stands in its place; the old one is known by its hash alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Swap {
    pub old: String,
    pub new: SealedPart,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// The other was there first and stands for both.
    DuplicateOf,
    /// This one was there first.
    DuplicatedBy,
    BelongsTogether,
    SamePerson,
}

impl Relation {
    /// The same seen from the other entry.
    pub fn turned(self) -> Self {
        match self {
            Relation::DuplicateOf => Relation::DuplicatedBy,
            Relation::DuplicatedBy => Relation::DuplicateOf,
            Relation::BelongsTogether | Relation::SamePerson => self,
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Relation::DuplicateOf => "duplicate_of",
            Relation::DuplicatedBy => "duplicated_by",
            Relation::BelongsTogether => "belongs_together",
            Relation::SamePerson => "same_person",
        }
    }
}

impl ContentDeed {
    pub const WORDS: [&'static str; 13] = [
        "hand_ask",
        "hand_decline",
        "hand_agree",
        "hand_made",
        "hand_confirm",
        "mask",
        "unmask",
        "redact_ask",
        "redact_decline",
        "redacted",
        "cleaned",
        "relate",
        "part",
    ];

    /// The other entry it tells of. Whoever may not read that one does not learn of it here.
    pub fn other(&self) -> Option<EntryId> {
        match self {
            ContentDeed::Related { other, .. } | ContentDeed::Parted { other } => Some(*other),
            _ => None,
        }
    }

    /// As it stands in the `verb` column.
    pub fn word(&self) -> &'static str {
        match self {
            ContentDeed::HandAsked { .. } => "hand_ask",
            ContentDeed::HandDeclined => "hand_decline",
            ContentDeed::HandAgreed => "hand_agree",
            ContentDeed::HandMade { .. } => "hand_made",
            ContentDeed::HandConfirmed { .. } => "hand_confirm",
            ContentDeed::Masked { .. } => "mask",
            ContentDeed::Unmasked { .. } => "unmask",
            ContentDeed::RedactAsked { .. } => "redact_ask",
            ContentDeed::RedactDeclined => "redact_decline",
            ContentDeed::Redacted { .. } => "redacted",
            ContentDeed::Cleaned { .. } => "cleaned",
            ContentDeed::Related { .. } => "relate",
            ContentDeed::Parted { .. } => "part",
        }
    }
}

/// What stands of an entry's content deeds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Content {
    /// The hand-over under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handing: Option<Handing>,
    /// Packages that were made, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub handed: Vec<Handed>,
    /// Masks by their number.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub marks: BTreeMap<u32, SealedPart>,
    /// How many masks there ever were.
    #[serde(skip_serializing_if = "is_zero")]
    pub marked: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redaction: Option<RedactionAsked>,
    /// Clean copies by the hash of the original.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub copies: BTreeMap<String, CleanCopy>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub related: BTreeMap<EntryId, BTreeSet<Relation>>,
}

/// Stands where words were taken out.
pub const BAR: &str = "████";

/// A text without certain words, the longest first; a bar stands in their place.
pub fn cut(text: &str, words: &[String]) -> String {
    let mut words: Vec<&str> = words.iter().map(|words| words.trim()).filter(|words| !words.is_empty()).collect();
    words.sort_unstable_by_key(|words| std::cmp::Reverse(words.len()));
    words.into_iter().fold(text.to_owned(), |text, words| if text.contains(words) { text.replace(words, BAR) } else { text })
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

fn is_no(flag: &bool) -> bool {
    !*flag
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Handing {
    pub to: EntryId,
    pub authority: String,
    pub fields: Vec<FieldName>,
    pub files: u32,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub letters: u32,
    pub timeline: bool,
    pub plan: SealedPart,
    pub by: Option<PersonId>,
    pub at: Moment,
    /// Somebody else agreed, or nobody has to.
    pub agreed: bool,
    /// What goes was changed since, so that nobody agreed to it as it is.
    #[serde(default, skip_serializing_if = "is_no")]
    pub changed: bool,
    /// Packages made of it, by their hashes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub made: Vec<String>,
}

impl Handing {
    /// Whether an event changes what was chosen to go.
    fn is_changed_by(&self, fact: &Fact) -> bool {
        let chosen = |name: &FieldName| self.fields.contains(name);
        let parts = |sealed: &Option<SealedPart>| sealed.iter().flat_map(|part| &part.covers).any(chosen);
        let changes = match fact {
            Fact::Edited { set, sealed, .. } | Fact::Moved { set, sealed, .. } => set.keys().any(chosen) || parts(sealed),
            Fact::Set { set } => set.keys().any(chosen),
            // A mask covers, or no longer covers, for whoever packs.
            Fact::Content(ContentDeed::Masked { .. } | ContentDeed::Unmasked { .. }) => true,
            _ => false,
        };
        changes || self.timeline && matches!(fact, Fact::Noted { .. } | Fact::Edited { .. } | Fact::Moved { .. })
    }
}

/// A package that was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Handed {
    pub to: EntryId,
    pub authority: String,
    pub at: Moment,
    pub sha256: String,
    pub receipt: String,
    pub is_sealed: bool,
    /// When the authority's code was told back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<Moment>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RedactionAsked {
    pub by: Option<PersonId>,
    pub at: Moment,
    pub plan: SealedPart,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CleanCopy {
    pub hash: String,
    pub evidence: SealedPart,
}

impl Content {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What outlives an erasure: which packages were made of it. Hashes tell nothing of what was in them.
    pub(crate) fn left(handed: Vec<Handed>) -> Self {
        Self { handed, ..Self::default() }
    }

    pub(crate) fn after(&mut self, deed: &ContentDeed, by: Option<PersonId>, at: Moment, needs_another: bool) {
        match deed {
            ContentDeed::HandAsked { to, authority, fields, files, letters, timeline, plan } => {
                let (fields, plan, authority) = (fields.clone(), plan.clone(), authority.clone());
                let (to, files, letters, timeline, agreed) = (*to, *files, *letters, *timeline, !needs_another);
                let (changed, made) = (false, Vec::new());
                self.handing = Some(Handing { to, authority, fields, files, letters, timeline, plan, by, at, agreed, changed, made });
            }
            ContentDeed::HandDeclined => self.handing = None,
            ContentDeed::HandAgreed => self.handing.iter_mut().for_each(|handing| handing.agreed = true),
            ContentDeed::HandMade { sha256, receipt, is_sealed, .. } => {
                if let Some(Handing { to, authority, made, .. }) = &mut self.handing {
                    let (sha256, receipt) = (sha256.clone(), receipt.clone());
                    let (to, authority) = (*to, authority.clone());
                    made.push(sha256.clone());
                    self.handed.push(Handed { to, authority, at, sha256, receipt, is_sealed: *is_sealed, confirmed: None });
                }
            }
            ContentDeed::HandConfirmed { sha256, .. } => {
                if let Some(handed) = self.handed.iter_mut().find(|handed| handed.sha256 == *sha256) {
                    handed.confirmed = Some(at);
                }
                // An older package ends no hand-over that came after it.
                self.handing.take_if(|handing| handing.made.contains(sha256));
            }
            ContentDeed::Masked { mark } => {
                self.marks.insert(self.marked, mark.clone());
                self.marked += 1;
            }
            ContentDeed::Unmasked { mark } => {
                self.marks.remove(mark);
            }
            ContentDeed::RedactAsked { plan } => self.redaction = Some(RedactionAsked { by, at, plan: plan.clone() }),
            ContentDeed::RedactDeclined => self.redaction = None,
            ContentDeed::Redacted { files, .. } => {
                self.redaction = None;
                // What was chosen named the words; it is chosen anew.
                self.handing = None;
                self.copies.retain(|original, _| !files.contains(original));
            }
            ContentDeed::Cleaned { original, copy, evidence } => {
                self.copies.insert(original.clone(), CleanCopy { hash: copy.clone(), evidence: evidence.clone() });
            }
            ContentDeed::Related { other, how } => {
                self.related.entry(*other).or_default().insert(*how);
            }
            ContentDeed::Parted { other } => {
                self.related.remove(other);
            }
        }
    }

    /// Notes that what was agreed to is no longer what would go.
    pub(crate) fn heed(&mut self, fact: &Fact) {
        if let Some(handing) = self.handing.as_mut().filter(|handing| handing.agreed) {
            handing.changed |= handing.is_changed_by(fact);
        }
    }

    /// Every sealed part in it.
    pub(crate) fn parts_mut(&mut self) -> impl Iterator<Item = &mut SealedPart> {
        let handing = self.handing.iter_mut().map(|handing| &mut handing.plan);
        let redaction = self.redaction.iter_mut().map(|asked| &mut asked.plan);
        let copies = self.copies.values_mut().map(|copy| &mut copy.evidence);
        handing.chain(redaction).chain(self.marks.values_mut()).chain(copies)
    }
}

/// The sealed part of a note, if it is one.
pub(crate) fn part_of(note: &mut Note) -> Option<&mut SealedPart> {
    match note {
        Note::Sealed(part) => Some(part),
        Note::Plain(_) => None,
    }
}
