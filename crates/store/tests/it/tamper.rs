//! Every way of tampering is found, and named.

use crate::contract;
use crate::world::{On, World, text, values};
use engine::Value;
use store::{Finding, Report, Request};

contract!(
    an_untouched_store_is_sound,
    a_changed_content_is_found,
    a_changed_row_is_found,
    a_rehashed_event_is_found,
    a_missing_event_is_found,
    a_missing_event_with_closed_ranks_is_found,
    swapped_events_are_found,
    an_inserted_event_is_found,
    a_cut_tail_is_found,
    a_cut_tail_with_a_moved_head_is_found_by_the_deposit,
    an_erased_content_is_found,
    a_changed_cache_is_found_column_by_column,
    a_missing_and_a_surplus_entry_are_found,
    rows_of_nothing_are_found,
    a_missing_and_an_altered_file_are_found,
    an_orphan_file_is_told_but_wrongs_nothing,
    a_tampered_look_is_found,
    a_timeline_tells_of_each_event_whether_it_holds,
    rebuilding_mends_the_cache,
);

/// Ten gifts, accepted.
async fn filled(on: On) -> World {
    let world = World::new(on).await;
    for at in 0..10 {
        let gift = world
            .gift(world.zhang, values([("value", Value::Fen(at * 100)), ("marks", Value::Choices(vec!["card".into(), "cash".into()]))]))
            .await;
        world.accept(world.li, gift.entry).await.expect("accepted");
    }
    world
}

async fn check(world: &World) -> Report {
    world.store.verify(None).await.expect("the check runs")
}

/// The findings about chains, by word.
fn chain(report: &Report) -> Vec<String> {
    let about = |finding: &&Finding| finding.to_string().starts_with("chain") || finding.to_string().starts_with("the deposited");
    report.findings.iter().filter(about).map(ToString::to_string).collect()
}

async fn an_untouched_store_is_sound(on: On) {
    let world = filled(on).await;
    let report = check(&world).await;
    assert_eq!((report.findings.len(), report.entries, report.events), (0, 17, 27));
    let head = world.store.head().await.expect("a head");
    assert!(report.heads.contains(&head));
    // An older head is on the chain still, and so is an empty chain's beginning.
    world.gift(world.zhang, values([])).await;
    assert!(world.store.verify(Some(head.hash)).await.expect("the check runs").is_sound());
    let json = serde_json::to_value(&report).expect("it serialises");
    assert_eq!(json["events"], 27);
}

async fn a_changed_content_is_found(on: On) {
    let world = filled(on).await;
    world.tamper("UPDATE events SET data = REPLACE(data, 'declared', 'held') WHERE seq = 12").await;
    assert_eq!(chain(&check(&world).await), ["chain h1: event 12 was changed (its content)"]);
}

async fn a_changed_row_is_found(on: On) {
    let world = filled(on).await;
    for (column, value) in [
        ("at", "at + 1"),
        ("actor", "'system'"),
        ("verb", "'edit'"),
        ("register", "'clue'"),
        ("revision", "'x'"),
        ("happened", "1"),
        ("entry", "'x'"),
        ("digest", "prev"),
        ("hash", "prev"),
        ("prev", "hash"),
    ] {
        let keep = "CREATE TABLE kept AS SELECT * FROM events WHERE seq = 14";
        world.tamper(keep).await;
        world.tamper(&format!("UPDATE events SET {column} = {value} WHERE seq = 14 AND chain = 'h1'")).await;
        let found = chain(&check(&world).await);
        assert!(found.iter().any(|finding| finding.contains("event 14 was changed")), "{column}: {found:?}");
        world.tamper(&format!("UPDATE events SET {column} = (SELECT {column} FROM kept) WHERE seq = 14 AND chain = 'h1'")).await;
        world.tamper("DROP TABLE kept").await;
        assert!(check(&world).await.is_sound(), "{column} was put back");
    }
}

/// The hash of an event's row, by the documented rule, with nothing of the store's own code.
fn hashed(prev: &[u8], seq: u64, words: [&str; 5], at: i64, digest: &[u8]) -> Vec<u8> {
    use sha2::{Digest, Sha256};
    let [entry, register, actor, verb, revision] = words;
    let (seq, at) = (seq.to_be_bytes(), at.to_be_bytes());
    let mut hasher = Sha256::new();
    for part in
        [prev, &seq, entry.as_bytes(), register.as_bytes(), &at, &[], actor.as_bytes(), verb.as_bytes(), revision.as_bytes(), digest]
    {
        hasher.update(u32::try_from(part.len()).expect("short").to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().to_vec()
}

fn hex(world: &World, bytes: &[u8]) -> String {
    let digits = bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    match &world.config.rows {
        store::Rows::Folder => format!("x'{digits}'"),
        store::Rows::Postgres(_) => format!("'\\x{digits}'::bytea"),
    }
}

async fn a_rehashed_event_is_found(on: On) {
    let world = filled(on).await;
    // Whoever knows the rule writes content, digest and hash anew; the next event still knows the old one.
    let lines = world.store.audit("h1", 0, 100).await.expect("it reads");
    let (before, line) = (&lines[12], &lines[13]);
    let digest = {
        use sha2::Digest;
        sha2::Sha256::digest(b"{}").to_vec()
    };
    let hash = hashed(&before.hash.0, line.seq, [&line.entry, &line.register, &line.actor, &line.verb, &line.revision], line.at.0, &digest);
    let salt = hex(&world, &[]);
    world
        .tamper(&format!(
            "UPDATE events SET data = '{{}}', salt = {salt}, digest = {}, hash = {} WHERE seq = 14 AND chain = 'h1'",
            hex(&world, &digest),
            hex(&world, &hash)
        ))
        .await;
    assert_eq!(chain(&check(&world).await), ["chain h1: event 14 was changed (the next event was chained to another)"]);
}

async fn a_missing_event_is_found(on: On) {
    let world = filled(on).await;
    world.tamper("DELETE FROM events WHERE seq IN (12, 13) AND chain = 'h1'").await;
    assert_eq!(chain(&check(&world).await), ["chain h1: events 12 to 13 are missing"]);
    world.tamper("DELETE FROM events WHERE seq = 1 AND chain = 'h1'").await;
    assert_eq!(chain(&check(&world).await)[0], "chain h1: events 1 to 1 are missing");
}

async fn a_missing_event_with_closed_ranks_is_found(on: On) {
    let world = filled(on).await;
    world.tamper("DELETE FROM events WHERE seq = 20 AND chain = 'h1'").await;
    for seq in 21..=27 {
        world.tamper(&format!("UPDATE events SET seq = {} WHERE seq = {seq} AND chain = 'h1'", seq - 1)).await;
    }
    world.tamper("UPDATE heads SET seq = 26 WHERE chain = 'h1'").await;
    let found = chain(&check(&world).await);
    assert!(found.contains(&"chain h1: event 20 stands in the wrong place, it was event 21".to_owned()), "{found:?}");
    assert!(found.contains(&"chain h1: events 20 to 20 are missing".to_owned()), "{found:?}");
}

async fn swapped_events_are_found(on: On) {
    let world = filled(on).await;
    for (from, to) in [(15, -1), (16, 15), (-1, 16)] {
        world.tamper(&format!("UPDATE events SET seq = {to} WHERE seq = {from} AND chain = 'h1'")).await;
    }
    let found = chain(&check(&world).await);
    assert_eq!(
        found,
        ["chain h1: event 15 stands in the wrong place, it was event 16", "chain h1: event 16 stands in the wrong place, it was event 15"]
    );
}

async fn an_inserted_event_is_found(on: On) {
    let world = filled(on).await;
    // A forger makes room, closes the numbers, and hashes their own event rightly onto the one before it.
    for seq in (15..=27).rev() {
        world.tamper(&format!("UPDATE events SET seq = {} WHERE seq = {seq} AND chain = 'h1'", seq + 1)).await;
    }
    let lines = world.store.audit("h1", 0, 100).await.expect("it reads");
    let (before, like) = (&lines[13], &lines[12]);
    let digest = {
        use sha2::Digest;
        sha2::Sha256::digest(b"{}").to_vec()
    };
    let hash = hashed(&before.hash.0, 15, [&like.entry, &like.register, &like.actor, &like.verb, &like.revision], like.at.0, &digest);
    world.tamper(&format!(
        "INSERT INTO events (chain, seq, entry, register, at, happened, actor, verb, revision, salt, data, digest, prev, hash) \
         SELECT chain, 15, entry, register, at, NULL, actor, verb, revision, {}, '{{}}', {}, {}, {} FROM events WHERE seq = 13 AND chain = 'h1'",
        hex(&world, &[]), hex(&world, &digest), hex(&world, &before.hash.0), hex(&world, &hash)
    )).await;
    let found = chain(&check(&world).await);
    assert!(found.contains(&"chain h1: event 15 was put in, the events around it do not know it".to_owned()), "{found:?}");
}

async fn a_cut_tail_is_found(on: On) {
    let world = filled(on).await;
    world.tamper("DELETE FROM events WHERE seq > 25 AND chain = 'h1'").await;
    assert_eq!(chain(&check(&world).await), ["chain h1: it ends at event 25, but 27 were written: its tail was cut"]);
}

async fn a_cut_tail_with_a_moved_head_is_found_by_the_deposit(on: On) {
    let world = filled(on).await;
    let deposit = world.store.head().await.expect("a head").hash;
    let entry = world.store.audit("h1", 26, 1).await.expect("it reads")[0].entry.clone();
    world.tamper("DELETE FROM events WHERE seq > 26 AND chain = 'h1'").await;
    world.tamper("UPDATE heads SET seq = 26, hash = (SELECT hash FROM events WHERE seq = 26 AND chain = 'h1') WHERE chain = 'h1'").await;
    assert_eq!(chain(&check(&world).await), [""; 0], "the chain alone cannot show it");
    let report = world.store.verify(Some(deposit)).await.expect("the check runs");
    assert_eq!(chain(&report), [format!("the deposited head {deposit} is on no chain: what it stood for was cut off or written anew")]);
    assert!(
        report.findings.iter().any(|finding| matches!(finding, Finding::CacheDiffers { entry: found, .. } if *found == entry)),
        "and the cache still knew"
    );
}

async fn an_erased_content_is_found(on: On) {
    let world = filled(on).await;
    world.tamper("UPDATE events SET data = NULL, salt = NULL WHERE seq = 9 AND chain = 'h1'").await;
    let report = check(&world).await;
    assert_eq!(chain(&report), ["chain h1: event 9 was changed (its content is gone)"]);
    assert!(report.findings.iter().any(|finding| matches!(finding, Finding::EntryBroken { .. })));
}

async fn a_changed_cache_is_found_column_by_column(on: On) {
    let world = filled(on).await;
    let gift = world.store.table(&"gift".into()).await.expect("it reads").remove(3);
    let (id, nr) = (gift.id.to_string(), format!("(SELECT nr FROM entries WHERE id = '{}')", gift.id));
    for (table, column, value) in [
        ("entries", "state", "'settled'"),
        ("entries", "live", "0"),
        ("entries", "unit", "'x'"),
        ("entries", "owner", "'x'"),
        ("entries", "author", "NULL"),
        ("entries", "due", "5"),
        ("entries", "created", "5"),
        ("entries", "changed", "5"),
        ("entries", "version", "9"),
        ("entries", "number", "'x'"),
        ("entry_bodies", "body", "REPLACE(body, '\"declared\"', '\"held\"')"),
        ("entry_values", "whole", "7"),
        ("entry_values", "word", "'goods'"),
        ("entry_clocks", "met", "5"),
        ("entry_clocks", "due", "5"),
    ] {
        let key = if table == "entries" { format!("id = '{id}'") } else { format!("nr = {nr}") };
        world.tamper(&format!("CREATE TABLE kept AS SELECT * FROM {table} WHERE {key}")).await;
        let some = if table == "entry_values" { format!(" AND {column} IS NOT NULL AND place = 0") } else { String::new() };
        world.tamper(&format!("UPDATE {table} SET {column} = {value} WHERE {key}{some}")).await;
        let report = check(&world).await;
        let expected =
            |finding: &Finding| matches!(finding, Finding::CacheDiffers { entry, table: found, .. } if *entry == id && found == table);
        assert!(report.findings.iter().any(expected), "{table}.{column}: {:?}", report.findings);
        world.tamper(&format!("DELETE FROM {table} WHERE {key}")).await;
        world.tamper(&format!("INSERT INTO {table} SELECT * FROM kept")).await;
        world.tamper("DROP TABLE kept").await;
        world.sound().await;
    }
    world.tamper(&format!("DELETE FROM entry_values WHERE nr = {nr} AND place = 1")).await;
    world.tamper(&format!("INSERT INTO entry_barred (nr, tag) VALUES ({nr}, '{}')", world.tag(world.li))).await;
    world.tamper(&format!("DELETE FROM search WHERE rowid = {nr}")).await;
    let tables: Vec<String> = check(&world)
        .await
        .findings
        .iter()
        .filter_map(|finding| match finding {
            Finding::CacheDiffers { table, .. } => Some(table.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(tables, ["entry_barred", "entry_values", "search"]);
}

async fn a_missing_and_a_surplus_entry_are_found(on: On) {
    let world = filled(on).await;
    let gifts = world.store.table(&"gift".into()).await.expect("it reads");
    let (gone, cut) = (gifts[2].id.to_string(), gifts[5].id.to_string());
    world.tamper(&format!("DELETE FROM entries WHERE id = '{gone}'")).await;
    world.tamper(&format!("DELETE FROM events WHERE entry = '{cut}'")).await;
    let report = check(&world).await;
    assert!(report.findings.contains(&Finding::CacheMissing { entry: gone }), "{:?}", report.findings);
    assert!(report.findings.contains(&Finding::CacheSurplus { entry: cut }), "{:?}", report.findings);
}

async fn rows_of_nothing_are_found(on: On) {
    let world = filled(on).await;
    world.tamper("INSERT INTO entry_values (nr, field, place, word) VALUES (99999, 'gift.form', 0, 'cash')").await;
    let report = check(&world).await;
    assert!(matches!(&report.findings[..], [Finding::CacheCount { table, .. }] if table == "entry_values"), "{:?}", report.findings);
}

async fn a_missing_and_an_altered_file_are_found(on: On) {
    let world = filled(on).await;
    let entry = store::new_entry();
    let (one, two) = (
        world.store.put_file(b"one", entry, "a", None).await.expect("stored"),
        world.store.put_file(b"two", entry, "b", None).await.expect("stored"),
    );
    let photos = Value::Files(vec![one.clone(), two.clone()]);
    let request =
        Request::create(engine::Actor::Person(world.zhang), "gift", values([("form", crate::world::choice("cash")), ("photos", photos)]));
    world.store.submit(request.with_entry(entry)).await.expect("stored");
    world.sound().await;
    std::fs::remove_file(world.store.file_path(&one.hash).expect("it is there")).expect("removed");
    std::fs::write(world.store.file_path(&two.hash).expect("it is there"), b"too").expect("altered");
    let mut found = check(&world).await.findings;
    found.sort_by_key(ToString::to_string);
    let mut expected = vec![Finding::FileMissing { hash: one.hash.clone() }, Finding::FileAltered { hash: two.hash }];
    expected.sort_by_key(ToString::to_string);
    assert_eq!(found, expected);
    // A row taken away with the file does not hide it: the entry still names it.
    world.tamper(&format!("DELETE FROM files WHERE hash = '{}'", one.hash)).await;
    assert!(check(&world).await.findings.contains(&Finding::FileMissing { hash: one.hash }));
}

async fn an_orphan_file_is_told_but_wrongs_nothing(on: On) {
    let world = filled(on).await;
    let orphan = world.config.folder.join("files/ab");
    std::fs::create_dir_all(&orphan).expect("made");
    std::fs::write(orphan.join("cd"), b"left behind by a crash").expect("written");
    let report = check(&world).await;
    assert!(matches!(&report.findings[..], [Finding::FileOrphan { path }] if path.ends_with("ab/cd")), "{:?}", report.findings);
    assert!(report.is_sound());
}

async fn a_tampered_look_is_found(on: On) {
    let world = filled(on).await;
    let entry = world.store.table(&"gift".into()).await.expect("it reads").remove(0);
    for _ in 0..3 {
        world.store.saw(&world.viewer(world.li), &entry, &["giver".into()], "page");
    }
    world.store.flush_looks().await.expect("written");
    world.sound().await;
    world.tamper("DELETE FROM events WHERE chain = 'reads:h1' AND seq = 2").await;
    assert_eq!(chain(&check(&world).await), ["chain reads:h1: events 2 to 2 are missing"]);
}

async fn a_timeline_tells_of_each_event_whether_it_holds(on: On) {
    let world = filled(on).await;
    // Event 8 hands in the first gift, 9 accepts it; 10 and 11 are the second's.
    let gifts = world.store.table(&"gift".into()).await.expect("it reads");
    let marks = |at: usize| {
        let (store, entry) = (world.store.clone(), gifts[at].id);
        async move { store.events_of(entry).await.expect("it reads").iter().map(|one| (one.seq, one.holds)).collect::<Vec<_>>() }
    };
    assert_eq!(marks(0).await, [(8, true), (9, true)]);
    // Content exchanged for other content that reads as well; then a column that only the hash covers; then a row taken out.
    world.tamper("UPDATE events SET data = REPLACE(data, '001', '002') WHERE seq = 9 AND chain = 'h1'").await;
    assert_eq!(marks(0).await, [(8, true), (9, false)]);
    assert_eq!(marks(1).await, [(10, true), (11, true)], "its neighbours hold");
    world.tamper("UPDATE events SET at = at + 1 WHERE seq = 10 AND chain = 'h1'").await;
    assert_eq!(marks(1).await, [(10, false), (11, true)]);
    world.tamper("DELETE FROM events WHERE seq = 10 AND chain = 'h1'").await;
    assert_eq!(marks(1).await, [(11, false)], "it follows on nothing");
    world.tamper("UPDATE events SET at = at + 1 WHERE seq = 1 AND chain = 'h1'").await;
    let first = world.store.events_of(engine::EntryId(world.surgery.0)).await.expect("it reads");
    assert_eq!(first.iter().map(|one| (one.seq, one.holds)).collect::<Vec<_>>(), [(1, false)]);
}

async fn rebuilding_mends_the_cache(on: On) {
    let world = filled(on).await;
    let before = world.store.table(&"gift".into()).await.expect("it reads");
    world.tamper("UPDATE entries SET state = 'settled', version = 9").await;
    world.tamper("DELETE FROM entry_values").await;
    world.tamper("DELETE FROM entry_clocks").await;
    assert!(!check(&world).await.is_sound());
    let count = world.store.rebuild().await.expect("rebuilt");
    assert_eq!(count, 17);
    world.sound().await;
    assert_eq!(world.store.table(&"gift".into()).await.expect("it reads"), before);
    assert_eq!(world.store.search("LP-2026-0003", &world.viewer(world.li), 5).await.expect("it searches").len(), 1);
    // And it goes on from there.
    assert_eq!(world.gift(world.zhang, values([("remark", text("之后"))])).await.number, "LP-2026-0011");
    world.sound().await;
}
