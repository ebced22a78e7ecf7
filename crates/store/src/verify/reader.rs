//! Reads everything once, in order, and deals it out to the workers.

use super::accounts;
use super::gather::{Gathered, by_row};
use super::links::{Link, judge};
use super::worker::{COUNTED, Cached, Load, Share, work};
use super::{Finding, Report};
use crate::chain::{EVENT_COLUMNS, Hash};
use crate::db::{Conn, Row, args};
use crate::error::{Error, Result};
use crate::rowsets::RowSet;
use crate::schema::Table;
use crate::store::Shared;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash as _, Hasher};
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Rows read at a time.
const PAGE: i64 = 2_000;

struct Crew {
    loads: Vec<mpsc::Sender<Load>>,
    shares: Vec<JoinHandle<Result<Share>>>,
}

/// Checks chains and cache. Answers the hashes of files named in plain values.
pub(super) async fn check(conn: &mut Conn, shared: &Arc<Shared>, deposit: Option<Hash>, report: &mut Report) -> Result<BTreeSet<String>> {
    let crew = Crew::hire(shared);
    let heads = heads(conn).await?;
    for chain in chains(conn, &heads).await? {
        events(conn, &chain, &crew).await?;
    }
    cached(conn, &crew).await?;
    let Crew { loads, shares } = crew;
    drop(loads);
    let mut links: BTreeMap<Arc<str>, Vec<Link>> = BTreeMap::new();
    let (mut files, mut rows) = (BTreeSet::new(), [0u64; 4]);
    let mut erased: BTreeSet<String> = BTreeSet::new();
    let mut rewritten = BTreeSet::new();
    let (mut findings, mut standings) = (Vec::new(), BTreeMap::new());
    for share in shares {
        let share = share.await.map_err(|error| Error::damaged("a worker of the check", error))??;
        for (chain, more) in share.links {
            links.entry(chain).or_default().extend(more);
        }
        report.entries += share.entries;
        rows.iter_mut().zip(share.rows).for_each(|(sum, more)| *sum += more);
        files.extend(share.files);
        erased.extend(share.erased);
        rewritten.extend(share.rewritten);
        standings.extend(share.accounts);
        findings.extend(share.findings);
    }
    for links in links.values_mut() {
        for link in links {
            link.excuse(&erased, &rewritten);
        }
    }
    report.erased = erased.len() as u64;
    for (chain, mut links) in links.clone() {
        links.sort_unstable_by_key(|link| link.seq);
        judge(&chain, shared.hashing.genesis(&chain), &links, heads.get(&*chain).copied(), report);
    }
    for (chain, head) in heads.iter().filter(|(chain, _)| !links.contains_key(chain.as_str())) {
        judge(chain, shared.hashing.genesis(chain), &[], Some(*head), report);
    }
    if let Some(hash) = deposit
        && !links.values().flatten().any(|link| link.hash == hash)
        && !heads.keys().any(|chain| shared.hashing.genesis(chain) == hash)
    {
        report.add(Finding::DepositMissing { hash });
    }
    findings.sort_by_key(ToString::to_string);
    findings.into_iter().for_each(|finding| report.add(finding));
    counts(conn, rows, report).await?;
    accounts::check(conn, standings, report).await?;
    Ok(files)
}

impl Crew {
    /// One worker for each core that this one does not need for reading.
    fn hire(shared: &Arc<Shared>) -> Self {
        let count = std::thread::available_parallelism().map_or(2, usize::from).clamp(2, 8);
        let mut crew = Self { loads: Vec::new(), shares: Vec::new() };
        for _ in 0..count {
            let (load, loads) = mpsc::channel(4);
            let shared = Arc::clone(shared);
            crew.loads.push(load);
            crew.shares.push(tokio::task::spawn_blocking(move || work(&shared, loads)));
        }
        crew
    }

    fn whose(&self, entry: &str) -> usize {
        let mut hasher = DefaultHasher::new();
        entry.hash(&mut hasher);
        usize::try_from(hasher.finish() % self.loads.len() as u64).unwrap_or(0)
    }

    async fn give(&self, to: usize, load: Load) -> Result<()> {
        // A worker that is gone has met an error, which its share will tell.
        drop(self.loads[to].send(load).await);
        Ok(())
    }
}

async fn heads(conn: &mut Conn) -> Result<HashMap<String, (u64, Hash)>> {
    let rows = conn.fetch("SELECT chain, seq, hash FROM heads", Vec::new()).await?;
    rows.iter().map(|row| Ok((row.text(0)?, (row.count(1)?, Hash::from_bytes(&row.bytes(2)?)?)))).collect()
}

/// Every chain that has events, whether it has a head or not.
async fn chains(conn: &mut Conn, heads: &HashMap<String, (u64, Hash)>) -> Result<BTreeSet<String>> {
    let mut names: BTreeSet<String> = heads.keys().cloned().collect();
    let mut after = String::new();
    loop {
        let row = conn.fetch_one("SELECT chain FROM events WHERE chain > $1 ORDER BY chain LIMIT 1", args![after.as_str()]).await?;
        let Some(row) = row else { return Ok(names) };
        after = row.text(0)?;
        names.insert(after.clone());
    }
}

async fn events(conn: &mut Conn, chain: &str, crew: &Crew) -> Result<()> {
    let name: Arc<str> = Arc::from(chain);
    let mut after = i64::MIN;
    loop {
        let sql = format!("SELECT {EVENT_COLUMNS} FROM events WHERE chain = $1 AND seq > $2 ORDER BY seq LIMIT {PAGE}");
        let page = conn.fetch(sql, args![chain, after]).await?;
        if page.is_empty() {
            return Ok(());
        }
        let mut dealt: Vec<Vec<Row>> = crew.loads.iter().map(|_| Vec::new()).collect();
        for row in page {
            after = row.int(1)?;
            dealt[crew.whose(&row.text(2)?)].push(row);
        }
        for (to, rows) in dealt.into_iter().enumerate() {
            crew.give(to, Load::Events { chain: Arc::clone(&name), rows }).await?;
        }
    }
}

async fn cached(conn: &mut Conn, crew: &Crew) -> Result<()> {
    let columns = Table::named("entries").list().replace(", ", ", e.");
    let sql = format!(
        "SELECT e.{columns}, b.body FROM entries e LEFT JOIN entry_bodies b ON b.nr = e.nr WHERE e.nr > $1 ORDER BY e.nr LIMIT {PAGE}"
    );
    let mut after = i64::MIN;
    loop {
        let page = conn.fetch(sql.clone(), args![after]).await?;
        let Some(last) = page.last() else { return Ok(()) };
        let last = last.int(0)?;
        let mut values = by_row(conn, COUNTED[0], after, last).await?;
        let mut clocks = by_row(conn, COUNTED[1], after, last).await?;
        let mut barred = by_row(conn, COUNTED[2], after, last).await?;
        let words = "SELECT STRING_AGG(CAST(rowid AS TEXT), ',') FROM search WHERE rowid > $1 AND rowid <= $2";
        let words = conn.fetch_one(words, args![after, last]).await?.map(|row| row.text_or_none(0)).transpose()?.flatten();
        let words = RowSet::read(&words.unwrap_or_default());
        let mut dealt: Vec<Vec<Cached>> = crew.loads.iter().map(|_| Vec::new()).collect();
        for main in page {
            let (nr, id) = (main.int(0)?, main.text(1)?);
            let take = |rows: &mut HashMap<i64, Gathered>| rows.remove(&nr).unwrap_or_default();
            let (values, clocks, barred) = (take(&mut values), take(&mut clocks), take(&mut barred));
            dealt[crew.whose(&id)].push(Cached { main, values, clocks, barred, has_words: words.contains(nr) });
        }
        for (to, cached) in dealt.into_iter().enumerate() {
            crew.give(to, Load::Cached(cached)).await?;
        }
        after = last;
    }
}

/// Rows of entries that are not there at all show in the sums.
async fn counts(conn: &mut Conn, expected: [u64; 4], report: &mut Report) -> Result<()> {
    // With an entry already told of, the sums say nothing more.
    let told = |finding: &Finding| {
        !matches!(
            finding,
            Finding::EventMoved { .. } | Finding::HeadDiffers { .. } | Finding::TailCut { .. } | Finding::DepositMissing { .. }
        )
    };
    if report.findings.iter().any(told) {
        return Ok(());
    }
    for (table, expected) in COUNTED.into_iter().zip(expected) {
        let row = conn.fetch_one(format!("SELECT COUNT(*) FROM {table}"), Vec::new()).await?;
        let found = row.map_or(Ok(0), |row| row.count(0))?;
        if found != expected {
            report.add(Finding::CacheCount { table: table.to_owned(), found, expected });
        }
    }
    Ok(())
}
