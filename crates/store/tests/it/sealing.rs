//! Sealing: who gets a key, who loses it, what a stolen database holds, and that every opening is recorded.

use crate::contract;
use crate::world::{On, World, text, values};
use catalogue::register::Within;
use engine::{Actor, ClockAsk, Code, Fact, Note, PersonId, Value};
use store::{Change, Failure, Request, Wish};
use vault::{HandlerKey, Keyring, Password, Stretch, SystemEntropy};

contract!(
    a_report_opens_for_those_entitled_and_nobody_else,
    whoever_it_concerns_is_kept_out,
    recusal_takes_the_key_away,
    whom_a_linked_entry_names_loses_the_key,
    who_becomes_the_superior_of_a_party_loses_the_key,
    the_newly_entitled_are_let_in_at_an_opening,
    later_parts_lie_over_earlier_ones,
    notes_of_a_sealing_register_are_sealed,
    a_reason_for_asking_is_sealed_like_a_note,
    who_looked_is_told_to_those_who_may_look,
    the_recovery_key_opens,
    nothing_sealed_is_found_in_the_data_folder,
    every_opening_is_recorded_before_it_is_answered,
    looks_at_confidential_fields_are_recorded_in_batches,
    a_sealed_value_in_the_clear_is_refused,
);

/// Quick to stretch: these tests are not about passwords.
fn quick() -> Stretch {
    Stretch::new(64, 1, 1).expect("the smallest strength is one")
}

/// An account with a key; answers the opened keyring.
pub async fn keyring(world: &World, person: PersonId, login: &str) -> Keyring {
    world.store.create_account(login, person, Password::new("正确的口令".to_owned()), quick(), false).await.expect("an account is made");
    open_keyring(world, login).await
}

async fn open_keyring(world: &World, login: &str) -> Keyring {
    match world.store.sign_in(login, Password::new("正确的口令".to_owned()), quick(), store::LockOut::default()).await.expect("it answers")
    {
        store::SignIn::Welcome { keyring, .. } => keyring.expect("the account holds a key"),
        _ => panic!("the password is right"),
    }
}

/// A report by somebody without an account, about some people.
async fn report(world: &World, story: &str, about: &[PersonId]) -> store::Done {
    let register = world.store.register("report").expect("it is defined");
    let given = values([("place", text("门诊")), ("story", text(story)), ("about", Value::People(about.to_vec()))]);
    world
        .store
        .submit(Request::create(Actor::Public, "report", world.store.creation(&register, given)))
        .await
        .expect("the report is stored")
}

pub fn code<T>(result: Result<T, Failure>) -> Code {
    match result {
        Err(Failure::Refusal(refusal)) => refusal.code,
        Err(Failure::Error(error)) => panic!("broke: {error}"),
        Ok(_) => panic!("it was not refused"),
    }
}

fn story(open: &store::Open) -> Option<Value> {
    open.values.for_viewer_with_key().get("story").cloned()
}

async fn a_report_opens_for_those_entitled_and_nobody_else(on: On) {
    let world = World::new(on).await;
    let li = keyring(&world, world.li, "li").await;
    let zhang = keyring(&world, world.zhang, "zhang").await;
    let done = report(&world, "收了信封", &[]).await;
    let entry = world.store.fold_of(done.entry).await.expect("it reads").expect("it is there");
    assert!(entry.values.get("story").is_none() && entry.sealed.len() == 1);
    assert_eq!(world.store.holders(&entry).await.expect("it reads"), vec![format!("person:{}", world.li)]);
    let open = world.store.open_sealed(done.entry, &world.viewer(world.li), &li, "page").await.expect("li is entitled");
    assert_eq!(story(&open), Some(text("收了信封")));
    assert_eq!(code(world.store.open_sealed(done.entry, &world.viewer(world.zhang), &zhang, "page").await), Code::Hidden);
    // Entitled, but with a key that is not theirs.
    assert_eq!(code(world.store.open_sealed(done.entry, &world.viewer(world.chen), &zhang, "page").await), Code::NotAllowed);
    world.sound().await;
}

async fn whoever_it_concerns_is_kept_out(on: On) {
    let world = World::new(on).await;
    let li = keyring(&world, world.li, "li").await;
    let chen = keyring(&world, world.chen, "chen").await;
    let done = report(&world, "涉及纪检", &[world.li]).await;
    let entry = world.store.fold_of(done.entry).await.expect("it reads").expect("it is there");
    assert!(entry.bars(&world.tag(world.li)));
    assert_eq!(world.store.holders(&entry).await.expect("it reads"), vec![format!("person:{}", world.chen)]);
    assert_eq!(code(world.store.open_sealed(done.entry, &world.viewer(world.li), &li, "page").await), Code::Hidden);
    let list = store::Query::of("report");
    assert!(world.store.entries(&list, &world.viewer(world.li)).await.expect("it lists").is_empty());
    assert_eq!(world.store.counts(&list, &world.viewer(world.li)).await.expect("it counts").total, 0);
    assert!(world.store.search(&done.number, &world.viewer(world.li), 5).await.expect("it searches").is_empty());
    assert!(world.store.open_sealed(done.entry, &world.viewer(world.chen), &chen, "page").await.is_ok());
    // Named at a later move, one already holding a key loses it.
    let other = report(&world, "涉及未知", &[]).await;
    let register = world.store.register("report").expect("it is defined");
    let (_, secret, barred) = world.store.part(&register, values([("about", Value::People(vec![world.chen]))]));
    let change = Change { secret, barred, ..Change::default() };
    world.store.submit(Request::make(Actor::Person(world.li), "report", other.entry, "amend", change)).await.expect("amended");
    let entry = world.store.fold_of(other.entry).await.expect("it reads").expect("it is there");
    assert_eq!(world.store.holders(&entry).await.expect("it reads"), vec![format!("person:{}", world.li)]);
    assert_eq!(code(world.store.open_sealed(other.entry, &world.viewer(world.chen), &chen, "page").await), Code::Hidden);
}

async fn recusal_takes_the_key_away(on: On) {
    let world = World::new(on).await;
    let li = keyring(&world, world.li, "li").await;
    let chen = keyring(&world, world.chen, "chen").await;
    let done = report(&world, "需要回避", &[]).await;
    let recuse =
        Request::new(Actor::Person(world.chen), "report", done.entry, Wish::Recuse { person: world.li, reason: Some("亲属".to_owned()) });
    world.store.submit(recuse).await.expect("recused");
    let entry = world.store.fold_of(done.entry).await.expect("it reads").expect("it is there");
    assert_eq!(world.store.holders(&entry).await.expect("it reads"), vec![format!("person:{}", world.chen)]);
    assert_eq!(code(world.store.open_sealed(done.entry, &world.viewer(world.li), &li, "page").await), Code::Hidden);
    // An opening by another lets nobody barred back in.
    world.store.open_sealed(done.entry, &world.viewer(world.chen), &chen, "page").await.expect("chen is entitled");
    assert_eq!(world.store.holders(&entry).await.expect("it reads"), vec![format!("person:{}", world.chen)]);
}

async fn who_becomes_the_superior_of_a_party_loses_the_key(on: On) {
    let world = World::new(on).await;
    let li = keyring(&world, world.li, "li").await;
    keyring(&world, world.chen, "chen").await;
    let superior = async |of: PersonId, to: PersonId| {
        let edit = Request::edit(Actor::Person(world.chen), "person", of.into(), [("superior", Value::Person(to))]);
        world.store.submit(edit).await.expect("chen keeps the roll");
    };
    let holders = async |entry| {
        let entry = world.store.fold_of(entry).await.expect("it reads").expect("it is there");
        world.store.holders(&entry).await.expect("it reads")
    };
    superior(world.zhang, world.zhao).await;
    let about = report(&world, "涉及张某", &[world.zhang]).await;
    let other = report(&world, "涉及别人", &[]).await;
    assert_eq!(holders(about.entry).await.len(), 2);
    superior(world.zhang, world.li).await;
    assert_eq!(holders(about.entry).await, vec![format!("person:{}", world.chen)]);
    assert_eq!(code(world.store.open_sealed(about.entry, &world.viewer(world.li), &li, "page").await), Code::Hidden);
    assert_eq!(holders(other.entry).await.len(), 2, "what does not concern them stays open");
    world.sound().await;
}

async fn whom_a_linked_entry_names_loses_the_key(on: On) {
    let world = World::new(on).await;
    let li = keyring(&world, world.li, "li").await;
    let chen = keyring(&world, world.chen, "chen").await;
    let first = report(&world, "先立线索，后知是谁", &[]).await;
    let about = |entry| values([("report", Value::Link(entry)), ("summary", text("线索"))]);
    let clue = Request::create(Actor::Person(world.li), "clue", about(first.entry));
    let clue = world.store.submit(clue).await.expect("the clue is stored");
    world.store.open_sealed(first.entry, &world.viewer(world.chen), &chen, "page").await.expect("chen holds a key");
    let named = [("party", Value::People(vec![world.chen]))];
    world.store.submit(Request::edit(Actor::Person(world.li), "clue", clue.entry, named)).await.expect("chen is named");
    let holders = async |entry| {
        let entry = world.store.fold_of(entry).await.expect("it reads").expect("it is there");
        world.store.holders(&entry).await.expect("it reads")
    };
    assert_eq!(holders(first.entry).await, vec![format!("person:{}", world.li)]);
    assert_eq!(code(world.store.open_sealed(first.entry, &world.viewer(world.chen), &chen, "page").await), Code::Hidden);
    world.store.open_sealed(first.entry, &world.viewer(world.li), &li, "page").await.expect("li is entitled");
    // Named in the very creation, and kept out by what was there before it.
    let second = report(&world, "已经知道是谁", &[world.chen]).await;
    let mut given = about(second.entry);
    given.insert("party".into(), Value::People(vec![world.li]));
    let clue = world.store.submit(Request::create(Actor::Person(world.li), "clue", given)).await.expect("the clue is stored");
    assert!(holders(second.entry).await.is_empty(), "both are parties of one matter");
    let clue = world.store.fold_of(clue.entry).await.expect("it reads").expect("it is there");
    assert!(clue.bars(&world.tag(world.chen)) && clue.bars(&world.tag(world.li)));
    world.sound().await;
}

async fn the_newly_entitled_are_let_in_at_an_opening(on: On) {
    let world = World::new(on).await;
    let li = keyring(&world, world.li, "li").await;
    let done = report(&world, "先有举报，后有人", &[]).await;
    let chen = keyring(&world, world.chen, "chen").await;
    assert_eq!(code(world.store.open_sealed(done.entry, &world.viewer(world.chen), &chen, "page").await), Code::NotAllowed, "no wrap yet");
    world.store.open_sealed(done.entry, &world.viewer(world.li), &li, "page").await.expect("li is entitled");
    let open = world.store.open_sealed(done.entry, &world.viewer(world.chen), &chen, "page").await.expect("let in");
    assert_eq!(story(&open), Some(text("先有举报，后有人")));
    // A new key after a lost password: closed, until somebody entitled opens it.
    let renewed = keyring(&world, world.chen, "chen").await;
    assert_eq!(code(world.store.open_sealed(done.entry, &world.viewer(world.chen), &renewed, "page").await), Code::NotAllowed);
    world.store.open_sealed(done.entry, &world.viewer(world.li), &li, "page").await.expect("li is entitled");
    assert!(world.store.open_sealed(done.entry, &world.viewer(world.chen), &renewed, "page").await.is_ok());
    assert_eq!(
        code(world.store.open_sealed(done.entry, &world.viewer(world.chen), &chen, "page").await),
        Code::NotAllowed,
        "the old key is out"
    );
}

async fn later_parts_lie_over_earlier_ones(on: On) {
    let world = World::new(on).await;
    let li = keyring(&world, world.li, "li").await;
    let done = report(&world, "第一版", &[world.zhang]).await;
    let register = world.store.register("report").expect("it is defined");
    let (_, secret, barred) = world.store.part(&register, values([("story", text("第二版"))]));
    let amend = Request::make(Actor::Person(world.li), "report", done.entry, "amend", Change { secret, barred, ..Change::default() });
    world.store.submit(amend).await.expect("amended");
    let open = world.store.open_sealed(done.entry, &world.viewer(world.li), &li, "page").await.expect("li is entitled");
    let all = open.values.for_viewer_with_key();
    assert_eq!((all.get("story"), all.get("about")), (Some(&text("第二版")), Some(&Value::People(vec![world.zhang]))));
}

async fn notes_of_a_sealing_register_are_sealed(on: On) {
    let world = World::new(on).await;
    let li = keyring(&world, world.li, "li").await;
    let done = report(&world, "x", &[]).await;
    world
        .store
        .submit(Request::new(Actor::Person(world.li), "report", done.entry, Wish::Note("附言提到某人".to_owned())))
        .await
        .expect("noted");
    let events = world.store.events_of(done.entry).await.expect("events read");
    let Fact::Noted { note: Note::Sealed(part), .. } = &events[1].event.fact else {
        panic!("the note is in the clear: {:?}", events[1].event.fact)
    };
    let open = world.store.open_sealed(done.entry, &world.viewer(world.li), &li, "page").await.expect("li is entitled");
    let note = open.note(part).expect("it opens");
    assert_eq!(note.expose(|plain| plain.clone()), "附言提到某人".as_bytes());
    // A gift's notes are plain: nothing there is sealed.
    let gift = world.gift(world.zhang, values([])).await;
    world.store.submit(Request::new(Actor::Person(world.zhang), "gift", gift.entry, Wish::Note("普通".to_owned()))).await.expect("noted");
    let events = world.store.events_of(gift.entry).await.expect("events read");
    assert!(matches!(&events[1].event.fact, Fact::Noted { note: Note::Plain(text), .. } if text == "普通"));
}

async fn a_reason_for_asking_is_sealed_like_a_note(on: On) {
    let world = World::new(on).await;
    let li = keyring(&world, world.li, "li").await;
    let done = report(&world, "x", &[]).await;
    let ask = |register: &str, entry, deadline: &str, reason: &str| {
        let wish = Wish::Ask { deadline: deadline.into(), ask: ClockAsk::Extend(Within::Days(5)), reason: reason.to_owned() };
        world.store.submit(Request::new(Actor::Person(world.li), register, entry, wish))
    };
    assert_eq!(code(ask("report", done.entry, "answer", " ").await), Code::Missing, "nothing is not sealed as if it were something");
    ask("report", done.entry, "answer", "某人出差").await.expect("asked");
    let found = world.store.entry(done.entry, &world.viewer(world.li)).await.expect("li reads it");
    let Note::Sealed(part) = &found.entry.asks[0].reason else { panic!("the reason is in the clear: {:?}", found.entry.asks) };
    let open = world.store.open_sealed(done.entry, &world.viewer(world.li), &li, "page").await.expect("li is entitled");
    assert_eq!(open.note(part).expect("it opens").expose(|plain| plain.clone()), "某人出差".as_bytes());
    // Near miss: a gift's reasons are plain, as its notes are.
    let gift = world.gift(world.zhang, values([])).await;
    ask("gift", gift.entry, "verify", "清点中").await.expect("asked");
    let found = world.store.entry(gift.entry, &world.viewer(world.li)).await.expect("li reads it");
    assert_eq!(found.entry.asks[0].reason, Note::Plain("清点中".to_owned()));
    world.sound().await;
}

async fn who_looked_is_told_to_those_who_may_look(on: On) {
    let world = World::new(on).await;
    let li = keyring(&world, world.li, "li").await;
    let report = report(&world, "x", &[world.chen]).await.entry;
    world.store.open_sealed(report, &world.viewer(world.li), &li, "page").await.expect("li is entitled");
    let looks = world.store.looks_of(report, &world.viewer(world.li)).await.expect("li may open, so li may know");
    let told: Vec<_> =
        looks.iter().map(|look| (look.by.clone(), look.purpose.as_str(), look.fields.contains(&"story".into()), look.holds)).collect();
    assert_eq!(told, [(Actor::Person(world.li), "page", true, true)]);
    let auditor = crate::world::person(&world.store, "audit", "审计员", world.ward, &["auditor"]).await;
    assert_eq!(world.store.looks_of(report, &world.viewer(auditor)).await.expect("auditors watch").len(), 1);
    // Chen is entitled by role, but a party; wang reads the surgery's reports but opens none; zhao reads none.
    assert_eq!(code(world.store.looks_of(report, &world.viewer(world.chen)).await), Code::Hidden);
    assert_eq!(code(world.store.looks_of(report, &world.viewer(world.zhao)).await), Code::Hidden);
    let gift = world.gift(world.zhang, values([("giver", text("家属")), ("unit", Value::Unit(world.surgery))])).await;
    let entry = world.store.fold_of(gift.entry).await.expect("it reads").expect("it is there");
    world.store.saw(&world.viewer(world.li), &entry, &["giver".into()], "page");
    world.store.flush_looks().await.expect("written");
    assert_eq!(world.store.looks_of(gift.entry, &world.viewer(world.li)).await.expect("li sees confidential fields").len(), 1);
    assert_eq!(
        code(world.store.looks_of(gift.entry, &world.viewer(world.wang)).await),
        Code::NotAllowed,
        "wang reads it, but no confidential field"
    );
    assert_eq!(
        code(world.store.looks_of(gift.entry, &world.viewer(world.zhang)).await),
        Code::NotAllowed,
        "an author is not told who looks into it"
    );
    // A look written anew is told as such, and so is nothing else.
    world.tamper("UPDATE events SET actor = 'system' WHERE chain = 'reads:h1' AND seq = 1").await;
    let looks = world.store.looks_of(report, &world.viewer(world.li)).await.expect("it reads");
    assert_eq!(looks.iter().map(|look| look.holds).collect::<Vec<_>>(), [false]);
    assert!(world.store.looks_of(gift.entry, &world.viewer(world.li)).await.expect("it reads")[0].holds);
}

async fn the_recovery_key_opens(on: On) {
    let world = World::new(on).await;
    let recovery = HandlerKey::generate(&mut SystemEntropy);
    world.store.set_recovery(&recovery.recipient(), world.chen).await.expect("set");
    let done = report(&world, "无人持钥", &[]).await;
    let entry = world.store.fold_of(done.entry).await.expect("it reads").expect("it is there");
    assert_eq!(world.store.holders(&entry).await.expect("it reads"), vec!["recovery".to_owned()]);
    // With the printed key, whoever is entitled gets in again.
    let chen = keyring(&world, world.chen, "chen").await;
    let open = world
        .store
        .open_with_recovery(done.entry, &vault::Keyring::new(recovery), &world.viewer(world.chen), "rescue")
        .await
        .expect("it opens");
    assert_eq!(story(&open), Some(text("无人持钥")));
    assert!(world.store.open_sealed(done.entry, &world.viewer(world.chen), &chen, "page").await.is_ok());
}

async fn nothing_sealed_is_found_in_the_data_folder(on: On) {
    let world = World::new(on).await;
    let li = keyring(&world, world.li, "li").await;
    // Words that occur nowhere else; a name of a file is as secret as its content.
    let (planted, named, content) = ("QINGLIANPLANTEDSTORY", "QINGLIANPLANTEDNAME.jpg", "QINGLIANPLANTEDCONTENT");
    let draft = world.store.draft("report").expect("a draft");
    let entry = draft.entry;
    let file = world.store.put_file(content.repeat(10_000).as_bytes(), entry, named, draft.seal().as_ref()).await.expect("stored");
    let register = world.store.register("report").expect("it is defined");
    let given = values([
        ("place", text("QINGLIANPLAIN")),
        ("story", text(planted)),
        ("about", Value::People(vec![world.zhao])),
        ("evidence", Value::Files(vec![file])),
    ]);
    let creation = draft.into_creation(world.store.creation(&register, given));
    world.store.submit(Request::create(Actor::Public, "report", creation).with_entry(entry)).await.expect("stored");
    world.store.submit(Request::new(Actor::Person(world.li), "report", entry, Wish::Note(planted.to_owned()))).await.expect("noted");
    let open = world.store.open_sealed(entry, &world.viewer(world.li), &li, "page").await.expect("li is entitled");
    assert_eq!(story(&open), Some(text(planted)));
    let backup = world.folder.path().join("backup");
    store::backup(&world.store, &backup).await.expect("backed up");
    for word in [planted, "QINGLIANPLANTEDNAME", content] {
        assert_eq!(found_under(world.folder.path(), word.as_bytes()), Vec::<String>::new(), "{word}");
        if let store::Rows::Postgres(url) = &world.config.rows {
            assert!(!dumped(url).contains(word), "{word} in the dump");
        }
    }
    // The same search finds what is not sealed, so it can find.
    let plain = found_under(world.folder.path(), b"QINGLIANPLAIN");
    assert!(!plain.is_empty(), "the plain word must be found");
    // Whom it concerns stands nowhere but as a tag.
    let zhao = world.zhao.to_string();
    let events = world.store.events_of(entry).await.expect("events read");
    assert!(!serde_json::to_string(&events[0].event).expect("it serialises").contains(&zhao));
}

/// Files below a folder whose bytes hold a word.
pub fn found_under(folder: &std::path::Path, word: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("it reads").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(found_under(&path, word));
        } else if std::fs::read(&path).is_ok_and(|bytes| bytes.windows(word.len()).any(|window| window == word)) {
            found.push(path.display().to_string());
        }
    }
    found
}

pub fn dumped(url: &str) -> String {
    let dump = std::process::Command::new("pg_dump").args(["--inserts", url]).output().expect("pg_dump runs");
    assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
    String::from_utf8_lossy(&dump.stdout).into_owned()
}

async fn every_opening_is_recorded_before_it_is_answered(on: On) {
    let world = World::new(on).await;
    let li = keyring(&world, world.li, "li").await;
    let done = report(&world, "x", &[]).await;
    assert!(world.store.audit("reads:h1", 0, 10).await.expect("it reads").is_empty());
    world.store.open_sealed(done.entry, &world.viewer(world.li), &li, "page").await.expect("li is entitled");
    let lines = world.store.audit("reads:h1", 0, 10).await.expect("it reads");
    assert_eq!(
        lines.iter().map(|line| (line.entry.clone(), line.actor.clone(), line.verb.as_str())).collect::<Vec<_>>(),
        vec![(done.entry.to_string(), format!("person:{}", world.li), "read")]
    );
    // A refused opening is no opening.
    drop(world.store.open_sealed(done.entry, &world.viewer(world.zhang), &li, "page").await);
    assert_eq!(world.store.audit("reads:h1", 0, 10).await.expect("it reads").len(), 1);
    // Reads are no events of the entry.
    assert_eq!(world.store.events_of(done.entry).await.expect("events read").len(), 1);
    world.sound().await;
}

async fn looks_at_confidential_fields_are_recorded_in_batches(on: On) {
    let world = World::new(on).await;
    let gift = world.gift(world.zhang, values([("giver", text("家属"))])).await;
    let entry = world.store.fold_of(gift.entry).await.expect("it reads").expect("it is there");
    let viewer = world.viewer(world.li);
    for _ in 0..3 {
        world.store.saw(&viewer, &entry, &["giver".into()], "page");
    }
    world.store.saw(&viewer, &entry, &[], "page");
    world.store.flush_looks().await.expect("written");
    assert_eq!(world.store.audit("reads:h1", 0, 10).await.expect("it reads").len(), 3);
    // Without anybody asking it is recorded after a second; and closing loses none.
    world.store.saw(&viewer, &entry, &["giver".into()], "page");
    let (noted, mut recorded) = (std::time::Instant::now(), 3);
    while recorded == 3 && noted.elapsed() < std::time::Duration::from_secs(60) {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        recorded = world.store.audit("reads:h1", 0, 10).await.expect("it reads").len();
    }
    assert_eq!(recorded, 4);
    world.store.saw(&viewer, &entry, &["giver".into()], "page");
    let world = world.reopen().await;
    assert_eq!(world.store.audit("reads:h1", 0, 10).await.expect("it reads").len(), 5);
    world.sound().await;
}

async fn a_sealed_value_in_the_clear_is_refused(on: On) {
    let world = World::new(on).await;
    let given = values([("story", text("明文"))]);
    let refused = world.store.submit(Request::create(Actor::Public, "report", given)).await;
    assert_eq!(code(refused), Code::NotOnForm);
    let register = world.store.register("gift").expect("it is defined");
    let (_, mut secret, _) = world.store.part(&register, values([]));
    secret.overlay(engine::SecretValues::new(values([("remark", text("x"))])));
    let creation = store::Creation { secret, ..store::Creation::from(values([("form", crate::world::choice("cash"))])) };
    assert_eq!(code(world.store.submit(Request::create(Actor::Person(world.zhang), "gift", creation)).await), Code::Condition);
}
