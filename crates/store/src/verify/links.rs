//! Reading a chain link by link: what was changed, taken out, moved or put in.

use super::{Finding, Report};
use crate::chain::{EventRow, Hash, Hashing, Head};
use std::collections::BTreeSet;

/// What is kept of an event once it was looked at alone.
#[derive(Debug, Clone)]
pub(super) struct Link {
    pub seq: u64,
    pub prev: Hash,
    pub hash: Hash,
    pub own: Own,
}

/// Whether an event agrees with itself.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Own {
    Sound,
    /// It is whole, but was chained at another place.
    Moved(u64),
    Changed(&'static str),
    /// Its content is gone, of this entry.
    Gone(Box<str>),
    /// Its content is another, of this entry, and hashes to this.
    Anew(Box<(String, String)>),
}

/// How far a moved event is looked for.
const WINDOW: u64 = 500;

impl Link {
    pub(super) fn of(row: &EventRow, hashing: Hashing) -> Self {
        let hash = Hash::from_bytes(&row.hash).unwrap_or(Hash([0; 32]));
        let prev = Hash::from_bytes(&row.prev).unwrap_or(Hash([0; 32]));
        Self { seq: row.seq, prev, hash, own: own(row, hash, hashing) }
    }
}

impl Link {
    /// Content that is gone of an entry an event says was erased is rightly gone.
    /// So is content made anew, where a redaction of the same entry by two says so, under the digest it gives.
    pub(super) fn excuse(&mut self, erased: &BTreeSet<String>, rewritten: &BTreeSet<(String, u64, String)>) {
        if let Own::Anew(anew) = &self.own {
            let (entry, digest) = &**anew;
            let is_said = rewritten.contains(&(entry.clone(), self.seq, digest.clone()));
            self.own = if is_said { Own::Sound } else { Own::Changed("its content") };
        }
        if matches!(&self.own, Own::Gone(entry) if erased.contains(&**entry)) {
            self.own = Own::Sound;
        }
    }
}

fn own(row: &EventRow, hash: Hash, hashing: Hashing) -> Own {
    if row.expected_hash(hashing) != hash {
        let elsewhere = (row.seq.saturating_sub(WINDOW)..=row.seq + WINDOW).filter(|seq| *seq != row.seq);
        let was = elsewhere.into_iter().find(|seq| EventRow { seq: *seq, ..row.clone() }.expected_hash(hashing) == hash);
        return was.map_or(Own::Changed("what stands in its row"), Own::Moved);
    }
    match (&row.salt, &row.data) {
        _ if row.has_its_content(hashing) => Own::Sound,
        (Some(_), Some(_)) => {
            row.content_digest(hashing).map_or(Own::Changed("its content"), |digest| Own::Anew(Box::new((row.entry.clone(), digest))))
        }
        (None, None) => Own::Gone(row.entry.as_str().into()),
        _ => Own::Changed("its content is gone"),
    }
}

/// Judges a whole chain. `links` are sorted by place; `head` is what the head row says.
pub(super) fn judge(chain: &str, genesis: Hash, links: &[Link], head: Option<(u64, Hash)>, report: &mut Report) {
    let name = || chain.to_owned();
    let (mut last_seq, mut last_hash, mut hash_before) = (0, genesis, None);
    for (at, link) in links.iter().enumerate() {
        match &link.own {
            Own::Sound => {}
            Own::Moved(was) => report.add(Finding::EventMoved { chain: name(), seq: link.seq, was: *was }),
            Own::Changed(what) => report.add(Finding::EventChanged { chain: name(), seq: link.seq, what: (*what).to_owned() }),
            // Excused or not before it came here.
            Own::Anew(_) => report.add(Finding::EventChanged { chain: name(), seq: link.seq, what: "its content".to_owned() }),
            Own::Gone(_) => report.add(Finding::EventChanged { chain: name(), seq: link.seq, what: "its content is gone".to_owned() }),
        }
        if link.seq > last_seq + 1 {
            report.add(Finding::EventsMissing { chain: name(), from: last_seq + 1, to: link.seq - 1 });
        } else if Some(link.prev) == hash_before && links[at - 1].own == Own::Sound {
            report.add(Finding::EventInserted { chain: name(), seq: last_seq });
        } else if link.prev != last_hash && link.own == Own::Sound {
            broken(chain, links, at, last_hash, report);
        }
        (last_seq, hash_before, last_hash) = (link.seq, Some(last_hash), link.hash);
    }
    renumbered(chain, links, report);
    match head {
        Some((seq, _)) if seq > last_seq => report.add(Finding::TailCut { chain: name(), seq: last_seq, head: seq }),
        Some((seq, hash)) if seq != last_seq || hash != last_hash => report.add(Finding::HeadDiffers { chain: name(), seq: last_seq }),
        Some(_) => {}
        None if links.is_empty() => {}
        None => report.add(Finding::HeadDiffers { chain: name(), seq: last_seq }),
    }
    report.events += links.len() as u64;
    report.heads.push(Head { chain: name(), seq: last_seq, hash: last_hash });
}

/// Two sound neighbours that do not fit: either the later was put in, or the earlier was written anew.
fn broken(chain: &str, links: &[Link], at: usize, last_hash: Hash, report: &mut Report) {
    let link = &links[at];
    if links.get(at + 1).is_some_and(|next| next.prev == last_hash) {
        report.add(Finding::EventInserted { chain: chain.to_owned(), seq: link.seq });
        return;
    }
    let before = at.checked_sub(1).map(|before| &links[before]);
    // A neighbour already told of explains the break.
    if before.is_none_or(|before| before.own == Own::Sound) {
        let seq = before.map_or(link.seq, |before| before.seq);
        report.add(Finding::EventChanged { chain: chain.to_owned(), seq, what: "the next event was chained to another".to_owned() });
    }
}

/// Events that closed ranks over one that is gone.
fn renumbered(chain: &str, links: &[Link], report: &mut Report) {
    if !links.iter().any(|link| matches!(link.own, Own::Moved(_))) {
        return;
    }
    let mut places: Vec<u64> = links.iter().map(|link| if let Own::Moved(was) = link.own { was } else { link.seq }).collect();
    places.sort_unstable();
    let seen: BTreeSet<u64> = links.iter().map(|link| link.seq).collect();
    for pair in places.windows(2).filter(|pair| pair[1] > pair[0] + 1) {
        // A gap in the numbers themselves was told of already.
        if (pair[0] + 1..pair[1]).all(|seq| seen.contains(&seq)) {
            report.add(Finding::EventsMissing { chain: chain.to_owned(), from: pair[0] + 1, to: pair[1] - 1 });
        }
    }
}
