//! Deeds about accounts: on the chain, by two where it counts, and a swapped key is found.

use crate::contract;
use crate::world::{On, World, person};
use engine::{Actor, Code, Deed, Fact, PersonId};
use store::{Failure, Finding, Giving, LockOut, SignIn};
use vault::{Password, Stretch};

contract!(
    a_reset_of_whoever_can_unseal_takes_two,
    nobody_confirms_their_own_and_nobody_else_may,
    whoever_opens_nothing_is_reset_by_the_administrator_alone,
    the_command_line_needs_the_second_person_too,
    where_nobody_could_confirm_only_the_command_line_helps,
    every_deed_is_on_the_chain_without_a_secret,
    a_refused_deed_changes_nothing,
    a_swapped_key_is_found,
    accounts_beside_the_chain_are_found,
    deeds_survive_a_rebuild,
    accounts_of_an_older_folder_are_recorded_once,
    accounts_of_an_older_folder_are_recorded_together_or_not_at_all,
    a_key_put_in_later_is_not_recorded,
);

fn quick() -> Stretch {
    Stretch::new(64, 1, 1).expect("the smallest strength is one")
}

fn word(text: &str) -> Password {
    Password::new(text.to_owned())
}

/// The world with an administrator, and accounts for the inspector li, the director chen, the surgeon zhang and the administrator.
async fn staffed(on: On) -> (World, PersonId) {
    let world = World::new(on).await;
    let admin = person(&world.store, "9001", "管理员", world.surgery, &["admin"]).await;
    for (login, person) in [("li", world.li), ("chen", world.chen), ("zhang", world.zhang), ("admin", admin)] {
        world.store.create_account(login, person, word("first"), quick(), false).await.expect("an account is made");
    }
    (world, admin)
}

fn giving(by: Actor, login: &str, person: PersonId) -> Giving {
    Giving {
        login: login.into(),
        person,
        password: word("second"),
        stretch: quick(),
        must_renew: true,
        by,
        confirmed_by: None,
        reason: None,
    }
}

fn code<T>(answer: Result<T, Failure>) -> Code {
    match answer {
        Err(Failure::Refusal(refusal)) => refusal.code,
        Err(Failure::Error(error)) => panic!("broke: {error}"),
        Ok(_) => panic!("it was not refused"),
    }
}

async fn enters(world: &World, login: &str, password: &str) -> bool {
    let answer = world.store.sign_in(login, word(password), quick(), LockOut { after: 100, for_ms: 1 }).await.expect("it answers");
    matches!(answer, SignIn::Welcome { .. })
}

/// The deeds about a person, with who did each.
async fn deeds(world: &World, person: PersonId) -> Vec<(Deed, Actor)> {
    let events = world.store.events_of(engine::EntryId(person.0)).await.expect("events");
    let deed = |one: store::Happened| match one.event.fact {
        Fact::Account(done) => Some((done.deed, one.event.actor)),
        _ => None,
    };
    events.into_iter().filter_map(deed).collect()
}

async fn findings(world: &World) -> Vec<Finding> {
    world.store.verify(None).await.expect("the check runs").findings
}

async fn a_reset_of_whoever_can_unseal_takes_two(on: On) {
    let (world, admin) = staffed(on).await;
    let (store, by) = (&world.store, Actor::Person(admin));
    let key = store.account("li").await.expect("asked").expect("there").recipient;
    assert_eq!(code(store.give_password(giving(by.clone(), "li", world.li)).await), Code::NotAllowed, "not by one alone");
    assert_eq!(code(store.ask_password(by.clone(), world.li, "  ").await), Code::Missing);
    store.ask_password(by.clone(), world.li, "忘记密码").await.expect("asked");
    assert_eq!(code(store.ask_password(by.clone(), world.li, "再次").await), Code::AlreadyAsked);
    assert_eq!(code(store.give_password(giving(by.clone(), "li", world.li)).await), Code::NotAllowed, "asking is not enough");
    assert!(enters(&world, "li", "first").await, "until it is confirmed nothing changes");
    assert_eq!(store.account("li").await.expect("asked").expect("there").recipient, key);
    let told = store.notices(&world.viewer(world.chen), true, 10).await.expect("notices");
    assert_eq!(told.iter().map(|notice| (notice.why.as_str(), notice.duty)).collect::<Vec<_>>(), [("account:account_asked", true)]);
    let session = store.open_session("li", world.li, 60_000, "{}").await.expect("opened");
    store.give_password(giving(Actor::Person(world.chen), "li", world.li)).await.expect("the director confirms");
    assert!(!enters(&world, "li", "first").await && enters(&world, "li", "second").await);
    assert!(store.session(&session, 60_000).await.expect("asked").is_none(), "sessions end with the old password");
    assert_ne!(store.account("li").await.expect("asked").expect("there").recipient, key);
    let (asked, given) = ((Deed::Asked, by), (Deed::Reset, Actor::Person(world.chen)));
    assert_eq!(deeds(&world, world.li).await, [(Deed::Opened, Actor::System), asked, given]);
    assert_eq!(store.standing(world.li).expect("it stands").asked, None);
    let events = store.events_of(engine::EntryId(world.li.0)).await.expect("events");
    let Fact::Account(last) = &events.last().expect("an event").event.fact else { panic!("the last is the reset") };
    assert_eq!((last.asked_by, last.reason.as_deref()), (Some(admin), Some("忘记密码")));
    let told = store.notices(&world.viewer(world.li), true, 10).await.expect("notices");
    assert!(told.iter().any(|notice| notice.why == "account:account_reset"), "the person hears of it");
    assert_eq!(code(store.give_password(giving(Actor::Person(world.chen), "li", world.li)).await), Code::NothingAsked, "once each");
    world.sound().await;
}

async fn nobody_confirms_their_own_and_nobody_else_may(on: On) {
    let (world, admin) = staffed(on).await;
    let second = person(&world.store, "9002", "副书记", world.surgery, &["director"]).await;
    world.store.create_account("second", second, word("first"), quick(), false).await.expect("made");
    world.store.ask_password(Actor::Person(admin), world.chen, "换了手机").await.expect("asked");
    for (by, expected) in [(world.chen, Code::SelfApproval), (world.li, Code::NotAllowed), (world.zhang, Code::NotAllowed)] {
        assert_eq!(code(world.store.give_password(giving(Actor::Person(by), "chen", world.chen)).await), expected);
    }
    assert_eq!(code(world.store.decline_password(Actor::Person(world.zhang), world.chen).await), Code::NotAllowed);
    world.store.decline_password(Actor::Person(second), world.chen).await.expect("declined");
    assert_eq!(code(world.store.give_password(giving(Actor::Person(second), "chen", world.chen)).await), Code::NothingAsked);
    assert_eq!(code(world.store.decline_password(Actor::Person(admin), world.chen).await), Code::NothingAsked);
    world.store.ask_password(Actor::Person(admin), world.chen, "换了手机").await.expect("asked again");
    world.store.give_password(giving(Actor::Person(second), "chen", world.chen)).await.expect("a colleague confirms");
    assert!(enters(&world, "chen", "second").await);
    world.sound().await;
}

async fn whoever_opens_nothing_is_reset_by_the_administrator_alone(on: On) {
    let (world, admin) = staffed(on).await;
    let by = Actor::Person(admin);
    assert!(!world.store.takes_two(world.zhang) && world.store.takes_two(world.li));
    assert_eq!(code(world.store.give_password(giving(Actor::Person(world.zhao), "zhang", world.zhang)).await), Code::NotAllowed);
    world.store.give_password(giving(by.clone(), "zhang", world.zhang)).await.expect("alone");
    assert!(enters(&world, "zhang", "second").await);
    assert_eq!(deeds(&world, world.zhang).await, [(Deed::Opened, Actor::System), (Deed::Reset, by)]);
    assert_eq!(code(world.store.give_password(giving(Actor::Person(admin), "zhang", world.zhao)).await), Code::Duplicate);
    world.sound().await;
}

async fn the_command_line_needs_the_second_person_too(on: On) {
    let (world, _) = staffed(on).await;
    let store = &world.store;
    assert_eq!(code(store.give_password(giving(Actor::System, "li", world.li)).await), Code::NotAllowed);
    for no_voucher in [world.li, world.zhang] {
        let wish = Giving { confirmed_by: Some(no_voucher), ..giving(Actor::System, "li", world.li) };
        assert_eq!(code(store.give_password(wish).await), Code::NotAllowed);
    }
    let wish = Giving { confirmed_by: Some(world.chen), reason: Some("忘记密码".into()), ..giving(Actor::System, "li", world.li) };
    store.give_password(wish).await.expect("confirmed");
    let events = store.events_of(engine::EntryId(world.li.0)).await.expect("events");
    let Fact::Account(last) = &events.last().expect("an event").event.fact else { panic!("the last is the reset") };
    assert_eq!((last.deed, last.confirmed_by, last.reason.as_deref()), (Deed::Reset, Some(world.chen), Some("忘记密码")));
    world.sound().await;
}

async fn where_nobody_could_confirm_only_the_command_line_helps(on: On) {
    let (world, admin) = staffed(on).await;
    assert!(world.store.vouchers(world.chen).is_empty(), "chen is the only one");
    assert_eq!(code(world.store.ask_password(Actor::Person(admin), world.chen, "忘记密码").await), Code::Condition);
    world.store.give_password(giving(Actor::System, "chen", world.chen)).await.expect("nobody else is there");
    assert_eq!(deeds(&world, world.chen).await, [(Deed::Opened, Actor::System), (Deed::Reset, Actor::System)]);
    // A colleague whose account is stopped cannot confirm either.
    let second = person(&world.store, "9002", "副书记", world.surgery, &["director"]).await;
    assert!(world.store.vouchers(world.chen).is_empty(), "without an account");
    world.store.create_account("second", second, word("first"), quick(), false).await.expect("made");
    assert_eq!(world.store.vouchers(world.chen), [second]);
    world.store.set_active(Actor::Person(admin), second, false).await.expect("stopped");
    assert!(world.store.vouchers(world.chen).is_empty(), "stopped");
}

async fn every_deed_is_on_the_chain_without_a_secret(on: On) {
    let (world, admin) = staffed(on).await;
    let (store, by) = (&world.store, Actor::Person(admin));
    let before = store.fold_of(engine::EntryId(world.li.0)).await.expect("it reads").expect("there").version;
    store.set_active(by.clone(), world.li, false).await.expect("stopped");
    store.set_active(by.clone(), world.li, true).await.expect("started");
    let told = store.notices(&world.viewer(world.chen), false, 10).await.expect("notices");
    let told: Vec<&str> = told.iter().map(|notice| notice.why.as_str()).collect();
    assert_eq!(told, ["account:account_started", "account:account_stopped"], "nobody is shut out of sealed content unseen");
    store.unlock(by.clone(), world.li).await.expect("unlocked");
    store.end_sessions_of(by.clone(), world.li).await.expect("ended");
    assert!(store.change_password("li", word("first"), word("own"), quick()).await.expect("changed"));
    assert!(!store.change_password("li", word("wrong"), word("x"), quick()).await.expect("asked"));
    let own = Actor::Person(world.li);
    let expected = [(Deed::Opened, Actor::System), (Deed::Stopped, by.clone()), (Deed::Started, by.clone()), (Deed::Unlocked, by.clone())];
    assert_eq!(deeds(&world, world.li).await, [&expected[..], &[(Deed::Ended, by), (Deed::Changed, own)]].concat());
    let after = store.fold_of(engine::EntryId(world.li.0)).await.expect("it reads").expect("there").version;
    assert_eq!(before, after, "a form somebody has open is not stale because of it");
    let record = store.account("li").await.expect("asked").expect("there").record.to_string();
    for one in store.events_of(engine::EntryId(world.li.0)).await.expect("events") {
        let told = serde_json::to_string(&one.event.fact).expect("it serialises");
        assert!(!told.contains(&record) && !told.contains("first") && !told.contains("own\""), "{told}");
    }
    assert_eq!(code(store.set_active(Actor::Person(world.zhang), world.li, false).await), Code::NotAllowed);
    assert_eq!(code(store.set_active(Actor::Person(admin), admin, false).await), Code::SelfApproval);
    world.sound().await;
}

async fn a_refused_deed_changes_nothing(on: On) {
    let (world, _) = staffed(on).await;
    let by = Actor::Person(world.zhao);
    let head = world.store.head().await.expect("a head");
    let record = world.store.account("li").await.expect("asked").expect("there").record.to_string();
    assert_eq!(code(world.store.give_password(giving(by.clone(), "li", world.li)).await), Code::NotAllowed);
    assert_eq!(code(world.store.set_active(by.clone(), world.li, false).await), Code::NotAllowed);
    assert_eq!(code(world.store.end_sessions_of(by, world.li).await), Code::NotAllowed);
    let account = world.store.account("li").await.expect("asked").expect("there");
    assert_eq!((account.record.to_string(), account.active), (record, true));
    assert_eq!(world.store.head().await.expect("a head"), head);
}

async fn a_swapped_key_is_found(on: On) {
    let (world, _) = staffed(on).await;
    world.sound().await;
    world.tamper("UPDATE accounts SET recipient = (SELECT recipient FROM accounts WHERE login = 'admin') WHERE login = 'li'").await;
    assert_eq!(findings(&world).await, [Finding::AccountKeyDiffers { login: "li".into() }]);
    // Whoever swaps what is cached of the person along with it is told of twice.
    world.tamper("UPDATE entry_bodies SET body = REPLACE(body, '\"account\":{', '\"account\": {') WHERE body LIKE '%age1%'").await;
    assert!(findings(&world).await.contains(&Finding::AccountKeyDiffers { login: "li".into() }));
}

async fn accounts_beside_the_chain_are_found(on: On) {
    let (world, admin) = staffed(on).await;
    world.store.set_active(Actor::Person(admin), world.zhang, false).await.expect("stopped");
    world.sound().await;
    world.tamper("UPDATE accounts SET active = 1 WHERE login = 'zhang'").await;
    assert_eq!(findings(&world).await, [Finding::AccountDiffers { login: "zhang".into(), what: "whether it is stopped".into() }]);
    world.tamper("UPDATE accounts SET active = 0, login = 'boss' WHERE login = 'zhang'").await;
    assert_eq!(findings(&world).await, [Finding::AccountDiffers { login: "boss".into(), what: "its login".into() }]);
    world.tamper("UPDATE accounts SET login = 'zhang' WHERE login = 'boss'").await;
    world.sound().await;
    world.tamper(&format!("UPDATE accounts SET person = '{}' WHERE login = 'zhang'", world.zhao)).await;
    let found = findings(&world).await;
    let expected = [Finding::AccountSurplus { login: "zhang".into() }, Finding::AccountMissing { login: "zhang".into() }];
    assert_eq!(found, expected);
}

/// A row as a program wrote it whose chain told nothing of accounts. Answers the public key.
async fn old_row(world: &World, login: &str, person: PersonId, active: bool) -> String {
    let key = vault::HandlerKey::generate(&mut vault::SystemEntropy);
    let record = vault::PasswordRecord::with_key(&word("first"), &key, quick(), &mut vault::SystemEntropy).expect("a record");
    let (recipient, active) = (key.recipient().to_string(), i64::from(active));
    world
        .tamper(&format!(
            "INSERT INTO accounts (login, person, record, recipient, failed, locked, totp, renew, active, at) \
             VALUES ('{login}', '{person}', '{record}', '{recipient}', 0, NULL, NULL, 0, {active}, 0)"
        ))
        .await;
    recipient
}

async fn accounts_of_an_older_folder_are_recorded_once(on: On) {
    let world = World::new(on).await;
    let key = old_row(&world, "li", world.li, true).await;
    old_row(&world, "zhang", world.zhang, false).await;
    let surplus = |login: &str| Finding::AccountSurplus { login: login.into() };
    assert_eq!(findings(&world).await, [surplus("li"), surplus("zhang")]);

    let world = world.reopen().await;
    world.sound().await;
    let standing = world.store.standing(world.li).expect("it stands on the chain");
    assert_eq!((standing.login.as_deref(), standing.recipient, standing.active), (Some("li"), Some(key), true));
    assert!(!world.store.standing(world.zhang).expect("it stands on the chain").active);
    let deeds = world.store.events_of(engine::EntryId(world.li.0)).await.expect("read");
    let recorded = |one: &&store::Happened| matches!(&one.event.fact, Fact::Account(done) if done.deed == Deed::Recorded);
    assert_eq!(deeds.iter().filter(recorded).map(|one| one.event.actor.clone()).collect::<Vec<_>>(), [Actor::System]);
    let signed = world.store.sign_in("li", word("first"), quick(), LockOut::default()).await.expect("it is answered");
    assert!(matches!(signed, SignIn::Welcome { keyring: Some(_), .. }), "the password is what it was");

    let before = world.store.head().await.expect("a head");
    let world = world.reopen().await;
    assert_eq!(world.store.head().await.expect("a head").seq, before.seq, "a second start records nothing");
    old_row(&world, "wang", world.wang, true).await;
    let world = world.reopen().await;
    assert_eq!(findings(&world).await, [surplus("wang")], "what comes in after the upgrade is found, not adopted");
}

/// Half of them would stand for good: nothing is recorded any more once the chain has told of a key.
async fn accounts_of_an_older_folder_are_recorded_together_or_not_at_all(on: On) {
    let mut world = World::new(on).await;
    old_row(&world, "li", world.li, true).await;
    old_row(&world, "zhang", world.zhang, false).await;
    world.store.clone().close().await;
    world.breaks_at_events_of(engine::EntryId(world.zhang.0)).await;
    let broken = store::Store::open(world.config.clone()).await;
    assert!(broken.is_err(), "the second account could not be recorded");
    world.breaks_no_more().await;
    world.store = store::Store::open(world.config.clone()).await.expect("it opens at once, nobody holds the folder");
    world.sound().await;
    assert!(world.store.standing(world.li).expect("it stands on the chain").active);
    assert!(!world.store.standing(world.zhang).expect("it stands on the chain").active);
    assert_eq!(deeds(&world, world.li).await, [(Deed::Recorded, Actor::System)], "once");
}

async fn a_key_put_in_later_is_not_recorded(on: On) {
    let (world, _) = staffed(on).await;
    old_row(&world, "wang", world.wang, true).await;
    let world = world.reopen().await;
    assert_eq!(findings(&world).await, [Finding::AccountSurplus { login: "wang".into() }]);
}

async fn deeds_survive_a_rebuild(on: On) {
    let (world, admin) = staffed(on).await;
    world.store.ask_password(Actor::Person(admin), world.li, "忘记密码").await.expect("asked");
    let standing = world.store.standing(world.li);
    assert_eq!(standing.as_ref().and_then(|standing| standing.asked.as_ref()).and_then(|asked| asked.by), Some(admin));
    world.store.rebuild().await.expect("rebuilt");
    assert_eq!(world.store.standing(world.li), standing);
    world.sound().await;
    let world = world.reopen().await;
    assert_eq!(world.store.standing(world.li), standing);
    world.store.give_password(giving(Actor::Person(world.chen), "li", world.li)).await.expect("confirmed after a restart");
    world.sound().await;
}
