//! Erasing: by two persons, to the last byte, with the chain whole and the counts unchanged.

use crate::contract;
use crate::sealing::{dumped, found_under};
use crate::world::{On, World, choice, text, values};
use engine::{Actor, Code, EntryId, Erasure, Fact, Moment, PersonId, Value};
use store::{Done, Erase, Failure, Finding, Request, Wish};

contract!(
    erasing_takes_two_and_its_time,
    nothing_of_it_is_left_but_what_counts,
    a_gap_without_an_erasure_is_damage,
    what_was_handed_up_goes_at_once,
    what_is_due_is_told,
    what_could_not_be_cleared_is_cleared_at_the_next_start,
    a_tick_clears_what_is_due,
    a_day_that_is_over_counts_what_it_counted,
    a_file_that_another_entry_names_stays,
    nobody_is_refused_while_the_files_are_cleared,
);

const YEAR_MS: i64 = 366 * 24 * 3_600_000;
/// Stands nowhere else, neither whole nor as the pair it is indexed by.
const PLANTED: &str = "魑魅";

/// A gift that was settled, with planted words wherever words go.
async fn settled(world: &World) -> EntryId {
    let entry = store::new_entry();
    let own = world.store.put_file(format!("own {PLANTED}").as_bytes(), entry, "own.txt", None).await.expect("stored");
    let shared = world.store.put_file(b"shared bytes", entry, "shared.txt", None).await.expect("stored");
    let given = values([
        ("form", choice("cash")),
        ("value", Value::Fen(30_000)),
        ("remark", text(PLANTED)),
        ("giver", text(PLANTED)),
        ("photos", Value::Files(vec![own, shared])),
    ]);
    world.store.submit(Request::create(Actor::Person(world.zhang), "gift", given).with_entry(entry)).await.expect("stored");
    note(world, entry, PLANTED).await;
    world.accept(world.li, entry).await.expect("accepted");
    world.pass(1_000);
    make(world, entry, "settle").await;
    entry
}

async fn note(world: &World, gift: EntryId, words: &str) {
    let wish = Wish::Note(words.to_owned());
    world.store.submit(Request::new(Actor::Person(world.li), "gift", gift, wish)).await.expect("noted");
}

async fn make(world: &World, gift: EntryId, step: &str) {
    let none: [(&str, Value); 0] = [];
    world.store.submit(Request::make(Actor::Person(world.li), "gift", gift, step, none)).await.expect("made");
}

async fn step(world: &World, by: PersonId, gift: EntryId, step: Erase) -> Result<Done, Failure> {
    world.store.erase(&"gift".into(), gift, Actor::Person(by), step).await
}

async fn erased(world: &World, gift: EntryId) {
    step(world, world.li, gift, Erase::Ask(format!("因{PLANTED}"))).await.expect("asked");
    step(world, world.chen, gift, Erase::Agree).await.expect("agreed");
}

fn code(answer: Result<Done, Failure>) -> Code {
    match answer {
        Err(Failure::Refusal(refusal)) => refusal.code,
        other => panic!("not refused: {:?}", other.map(|done| done.number)),
    }
}

async fn erasing_takes_two_and_its_time(on: On) {
    let world = World::new(on).await;
    let gift = settled(&world).await;
    let why = || Erase::Ask("保存期满".to_owned());
    assert_eq!(code(step(&world, world.li, gift, why()).await), Code::Condition, "the years are not over");
    world.pass(2 * YEAR_MS - 24 * 3_600_000 * 3);
    assert_eq!(code(step(&world, world.li, gift, why()).await), Code::Condition, "a day or two before the end of two years");
    world.pass(24 * 3_600_000 * 3);
    assert_eq!(code(step(&world, world.chen, gift, Erase::Agree).await), Code::NothingAsked);
    assert_eq!(code(step(&world, world.zhang, gift, why()).await), Code::NotAllowed, "the author reads it and may not");
    assert_eq!(code(step(&world, world.wang, gift, why()).await), Code::Hidden);
    assert_eq!(code(step(&world, world.li, gift, Erase::Ask(" ".to_owned())).await), Code::Missing);
    step(&world, world.li, gift, why()).await.expect("asked");
    assert_eq!(code(step(&world, world.li, gift, why()).await), Code::AlreadyAsked);
    assert_eq!(code(step(&world, world.li, gift, Erase::Agree).await), Code::SelfApproval);
    step(&world, world.chen, gift, Erase::Decline).await.expect("declined");
    assert_eq!(code(step(&world, world.chen, gift, Erase::Agree).await), Code::NothingAsked);
    step(&world, world.li, gift, why()).await.expect("asked again");
    step(&world, world.li, gift, Erase::Decline).await.expect("taken back");
    erased(&world, gift).await;
    assert_eq!(code(step(&world, world.li, gift, why()).await), Code::WrongState, "once is enough");
    let wish = Wish::Note("晚了".to_owned());
    let late = world.store.submit(Request::new(Actor::Person(world.li), "gift", gift, wish)).await;
    assert_eq!(code(late), Code::WrongState);
    let tick = world.store.submit(Request::new(Actor::Clock, "gift", gift, Wish::Tick)).await.expect("a clock finds nothing");
    assert!(tick.receipt.is_none());
    world.sound().await;
}

async fn nothing_of_it_is_left_but_what_counts(on: On) {
    let world = World::new(on).await;
    let gift = settled(&world).await;
    let other = world.gift(world.zhang, values([("remark", text("QINGLIANSTAYS"))])).await.entry;
    world.store.put_file(b"shared bytes", other, "again.txt", None).await.expect("kept twice");
    let before = world.store.fold_of(gift).await.expect("it reads").expect("it is there");
    let files: Vec<String> = before.values["photos"].files().iter().map(|file| file.hash.clone()).collect();
    let moment = world.store.now();
    let viewer = world.viewer(world.li);
    world.store.saw(&viewer, &before, &["giver".into()], "page");
    world.store.flush_looks().await.expect("recorded");
    assert!(!found_under(world.folder.path(), PLANTED.as_bytes()).is_empty() || on == On::Postgres, "the search can find");
    world.pass(3 * YEAR_MS);
    erased(&world, gift).await;

    let after = world.store.fold_of(gift).await.expect("it reads").expect("what counts is left");
    assert_eq!((&after.number, &after.state, after.created), (&before.number, &before.state, before.created));
    assert_eq!(after.values, values([("form", choice("cash")), ("value", Value::Fen(30_000))]));
    assert_eq!((&after.entered, &after.made), (&before.entered, &before.made));
    assert!(after.author.is_none() && after.unit.is_none() && after.owner.is_none() && after.movers.is_empty());
    assert!(matches!(after.erasure, Some(Erasure::Done { .. })));
    let told = world.store.events_of(gift).await.expect("they read");
    assert!(matches!(&told[..], [one] if one.holds && matches!(one.event.fact, Fact::Erased { .. })), "{} events", told.len());
    assert!(world.store.looks_of(gift, &viewer).await.expect("they read").is_empty());
    let log = world.store.log(&store::Audit::default(), 500).await.expect("it reads");
    assert!(log.iter().all(|line| line.holds), "{:?}", log.iter().find(|line| !line.holds));

    assert_eq!(found_under(world.folder.path(), PLANTED.as_bytes()), Vec::<String>::new());
    if let store::Rows::Postgres(url) = &world.config.rows {
        assert!(!dumped(url).contains(PLANTED));
    }
    assert!(world.store.read_file(&files[0]).await.is_err(), "its own file is gone");
    assert_eq!(world.store.read_file(&files[1]).await.expect("another entry has it too"), b"shared bytes");

    // The table of that day counts it still, and so do all later ones.
    let register = catalogue::RegisterName::new("gift");
    let counted = |moment| world.store.table_as_of(&register, moment);
    let as_of = counted(moment).await.expect("it folds");
    let found = as_of.iter().find(|entry| entry.id == gift).expect("it counts");
    assert_eq!((as_of.len(), &found.state, &found.values["form"]), (2, &before.state, &choice("cash")));
    let held = counted(Moment(moment.0 - 500)).await.expect("it folds");
    assert!(held.iter().any(|entry| entry.id == gift && entry.state == "held"), "half a second earlier it was held");

    let report = world.store.verify(None).await.expect("it checks");
    assert!(report.is_sound() && report.erased == 1, "{report:?}");
    world.store.rebuild().await.expect("rebuilt");
    assert_eq!(world.store.fold_of(gift).await.expect("it reads"), Some(after));
    world.sound().await;
    let backup = world.folder.path().join("backup");
    store::backup(&world.store, &backup).await.expect("backed up");
    assert_eq!(found_under(&backup, PLANTED.as_bytes()), Vec::<String>::new());
    assert!(!found_under(&backup, b"QINGLIANSTAYS").is_empty(), "the search can find");
}

async fn a_gap_without_an_erasure_is_damage(on: On) {
    let world = World::new(on).await;
    let (gift, other) = (settled(&world).await, settled(&world).await);
    world.pass(3 * YEAR_MS);
    erased(&world, gift).await;
    world.sound().await;
    world.tamper(&format!("UPDATE events SET salt = NULL, data = NULL WHERE entry = '{other}'")).await;
    let report = world.store.verify(None).await.expect("it checks");
    assert_eq!(report.erased, 1);
    assert!(report.findings.iter().any(|one| matches!(one, Finding::EventChanged { what, .. } if what == "its content is gone")));
    assert!(report.findings.iter().any(|one| matches!(one, Finding::EntryBroken { entry, .. } if *entry == other.to_string())));
    assert!(world.store.rebuild().await.is_err());
}

async fn what_was_handed_up_goes_at_once(on: On) {
    let world = World::new(on).await;
    let register = world.store.register("report").expect("it is defined");
    let given = world.store.creation(&register, values([("place", text(PLANTED)), ("story", text("密封的经过"))]));
    let entry = world.store.submit(Request::create(Actor::Public, "report", given)).await.expect("stored").entry;
    let erase = |by, step| world.store.erase(&register.name, entry, Actor::Person(by), step);
    let why = || Erase::Ask("已移交".to_owned());
    assert_eq!(code(erase(world.li, why()).await), Code::Condition, "it is not handed up yet");
    let none: [(&str, Value); 0] = [];
    world.store.submit(Request::make(Actor::Person(world.li), "report", entry, "close", none)).await.expect("closed");
    erase(world.li, why()).await.expect("asked");
    let asked = world.store.fold_of(entry).await.expect("it reads").expect("there");
    assert!(matches!(asked.erasure, Some(Erasure::Asked { reason: engine::Note::Sealed(_), .. })), "a reason is sealed as a note is");
    erase(world.chen, Erase::Agree).await.expect("agreed");
    let left = world.store.fold_of(entry).await.expect("it reads").expect("there");
    assert!(left.sealed.is_empty() && left.recipient.is_none() && left.values.is_empty());
    assert_eq!(found_under(world.folder.path(), PLANTED.as_bytes()), Vec::<String>::new());
    world.sound().await;
}

async fn what_is_due_is_told(on: On) {
    let world = World::new(on).await;
    let gift = settled(&world).await;
    let now = world.store.now();
    let soon = Moment(now.0 + 2 * YEAR_MS);
    let found = world.store.kept_until(&"gift".into(), soon).await.expect("it reads");
    assert_eq!(found.iter().map(|one| one.entry.id).collect::<Vec<_>>(), [gift]);
    assert!(found[0].until > now && found[0].until <= soon);
    let early = world.store.kept_until(&"gift".into(), Moment(found[0].until.0 - 1)).await.expect("it reads");
    assert!(early.is_empty());
}

const DUE: &str = "INSERT INTO settings (name, value) VALUES ('purge_due', 'x')";

/// As though the program had been stopped after the agreement: the words stand in free pages of the file, the setting is there.
async fn left_behind(world: &World) {
    world.tamper(&format!("INSERT INTO settings (name, value) VALUES ('old', '{}')", PLANTED.repeat(4_000))).await;
    world.tamper("DELETE FROM settings WHERE name = 'old'").await;
    world.tamper(DUE).await;
}

async fn what_could_not_be_cleared_is_cleared_at_the_next_start(on: On) {
    let world = World::new(on).await;
    let gift = settled(&world).await;
    world.pass(3 * YEAR_MS);
    erased(&world, gift).await;
    assert!(!world.store.purge_is_due().await.expect("it reads"), "done with the agreement");
    left_behind(&world).await;
    assert!(!found_under(world.folder.path(), PLANTED.as_bytes()).is_empty() || on == On::Postgres, "the words are there");
    let world = world.reopen().await;
    assert!(!world.store.purge_is_due().await.expect("it reads"));
    assert_eq!(found_under(world.folder.path(), PLANTED.as_bytes()), Vec::<String>::new());
    world.sound().await;
}

async fn a_tick_clears_what_is_due(on: On) {
    let world = World::new(on).await;
    left_behind(&world).await;
    if on == On::Sqlite {
        // Somebody reads an older state: the log cannot be emptied, and it stays due without an error to anybody.
        let url = format!("sqlite://{}", world.config.folder.join("qinglian.db").display());
        let mut reader = <sqlx::SqliteConnection as sqlx::Connection>::connect(&url).await.expect("it connects");
        sqlx::raw_sql("BEGIN; SELECT count(*) FROM settings;").execute(&mut reader).await.expect("it reads");
        world.gift(world.zhang, values([])).await;
        world.store.tick().await.expect("the clock goes on");
        assert!(world.store.purge_is_due().await.expect("it reads"), "not while an older state is read");
        assert!(matches!(world.store.purge().await, Err(store::Error::Busy)));
        sqlx::raw_sql("COMMIT").execute(&mut reader).await.expect("it ends");
    }
    world.store.tick().await.expect("it ticks");
    assert!(!world.store.purge_is_due().await.expect("it reads"));
    assert_eq!(found_under(world.folder.path(), PLANTED.as_bytes()), Vec::<String>::new());
}

async fn a_day_that_is_over_counts_what_it_counted(on: On) {
    let world = World::new(on).await;
    let gift = world.gift(world.zhang, values([("value", Value::Fen(30_000))])).await.entry;
    let mut days = vec![world.store.now()];
    world.pass(1_000);
    let change = store::Change::from([("value", Value::Fen(70_000)), ("form", choice("card"))]);
    let wish = Wish::Edit { change, reason: None };
    world.store.submit(Request::new(Actor::Person(world.zhang), "gift", gift, wish)).await.expect("corrected");
    days.push(world.store.now());
    world.pass(1_000);
    let change = store::Change::from([("form", choice("cash"))]);
    let wish = Wish::Edit { change, reason: None };
    world.store.submit(Request::new(Actor::Person(world.zhang), "gift", gift, wish)).await.expect("corrected again");
    days.push(world.store.now());
    world.pass(1_000);
    world.accept(world.li, gift).await.expect("accepted");
    days.push(world.store.now());
    world.pass(1_000);
    make(&world, gift, "settle").await;
    days.push(world.store.now());
    let register = catalogue::RegisterName::new("gift");
    let counted = async |moment: Moment| {
        let table = world.store.table_as_of(&register, moment).await.expect("it folds");
        let entry = table.into_iter().find(|entry| entry.id == gift).expect("it counts");
        (entry.state, entry.values.get("form").cloned(), entry.values.get("value").cloned(), entry.entered, entry.made)
    };
    let mut before = Vec::new();
    for day in &days {
        before.push(counted(*day).await);
    }
    assert_eq!(before[0].2, Some(Value::Fen(30_000)));
    assert_eq!((&before[1].1, &before[1].2), (&Some(choice("card")), &Some(Value::Fen(70_000))));
    world.pass(3 * YEAR_MS);
    erased(&world, gift).await;
    for (day, before) in days.iter().zip(before) {
        assert_eq!(counted(*day).await, before);
    }
    world.store.rebuild().await.expect("rebuilt");
    world.sound().await;
}

async fn a_file_that_another_entry_names_stays(on: On) {
    let world = World::new(on).await;
    let entry = store::new_entry();
    let file = world.store.put_file(b"handed on", entry, "a.txt", None).await.expect("stored");
    let given = values([("form", choice("cash")), ("photos", Value::Files(vec![file.clone()]))]);
    world.store.submit(Request::create(Actor::Person(world.zhang), "gift", given.clone()).with_entry(entry)).await.expect("stored");
    // As an effect hands it on: by its hash, without a row of its own.
    let heir = world.store.submit(Request::create(Actor::Person(world.zhang), "gift", given)).await.expect("stored").entry;
    for gift in [entry, heir] {
        world.accept(world.li, gift).await.expect("accepted");
        make(&world, gift, "settle").await;
    }
    world.pass(3 * YEAR_MS);
    erased(&world, entry).await;
    assert_eq!(world.store.read_file(&file.hash).await.expect("the other entry names it"), b"handed on");
    world.sound().await;
    erased(&world, heir).await;
    assert!(world.store.read_file(&file.hash).await.is_err(), "nobody names it any more");
    world.sound().await;
}

async fn nobody_is_refused_while_the_files_are_cleared(on: On) {
    let world = World::new(on).await;
    let gift = settled(&world).await;
    world.pass(3 * YEAR_MS);
    step(&world, world.li, gift, Erase::Ask("期满".to_owned())).await.expect("asked");
    // A look still in memory is no trace afterwards.
    let viewer = world.viewer(world.li);
    let before = world.store.fold_of(gift).await.expect("it reads").expect("there");
    world.store.saw(&viewer, &before, &["giver".into()], "page");
    let many = async {
        let wishes = (0..40).map(|_| Request::create(Actor::Person(world.zhang), "gift", values([("form", choice("cash"))])));
        world.store.submit_all(wishes.collect()).await
    };
    let (agreed, others) = tokio::join!(step(&world, world.chen, gift, Erase::Agree), many);
    agreed.expect("agreed");
    assert!(others.iter().all(Result::is_ok));
    world.store.flush_looks().await.expect("recorded");
    assert!(world.store.looks_of(gift, &viewer).await.expect("they read").is_empty());
    // What the writer remembered of it is gone too: it asks the database, and finds what was done to it there.
    world.tamper(&format!("UPDATE entry_bodies SET body = 'x' WHERE nr = (SELECT nr FROM entries WHERE id = '{gift}')")).await;
    let wish = Wish::Note("晚了".to_owned());
    let late = world.store.submit(Request::new(Actor::Person(world.li), "gift", gift, wish)).await;
    assert!(matches!(late, Err(Failure::Error(_))), "answered from memory: {:?}", late.map(|done| done.number));
}
