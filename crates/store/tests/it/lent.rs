//! Keys that come and go with the right to them: deputies for a time, roles that end, people who leave.

use crate::contract;
use crate::world::{On, World, choice, person, text, values};
use engine::{Actor, Code, Moment, PersonId, Value};
use jiff::civil::Date;
use store::{FOR, Failure, Finding, LockOut, Request, SignIn, Wish};
use vault::{HandlerKey, Keyring, Password, Stretch, SystemEntropy};

contract!(
    a_deputy_opens_what_their_person_may_and_only_while_it_lasts,
    whom_it_bars_it_bars_as_a_deputy_and_no_deputy_reads_about_their_person,
    a_deputy_takes_two_and_roles_that_go_together,
    a_deputy_hears_what_their_person_would,
    a_role_that_ends_takes_its_keys_at_once,
    a_role_that_runs_out_takes_its_keys_with_the_day,
    an_account_that_is_stopped_finds_its_keys_again,
    whoever_leaves_leaves_no_key_behind,
    a_role_regained_opens_again_when_a_colleague_does,
    what_hangs_on_one_person_is_named_before_they_leave,
    a_new_recovery_key_opens_what_the_old_one_did,
);

const DAY_MS: i64 = 86_400_000;

async fn account(world: &World, login: &str, person: PersonId) -> Keyring {
    let quick = Stretch::new(64, 1, 1).expect("the smallest strength is one");
    world.store.create_account(login, person, Password::new("口令".to_owned()), quick, false).await.expect("made");
    signed_in(world, login).await
}

async fn signed_in(world: &World, login: &str) -> Keyring {
    let quick = Stretch::new(64, 1, 1).expect("the smallest strength is one");
    match world.store.sign_in(login, Password::new("口令".to_owned()), quick, LockOut::default()).await.expect("it answers") {
        SignIn::Welcome { keyring, .. } => keyring.expect("a key"),
        _ => panic!("the password is right"),
    }
}

async fn report(world: &World, story: &str, about: &[PersonId]) -> engine::EntryId {
    let register = world.store.register("report").expect("it is defined");
    let given = values([("place", text("门诊")), ("story", text(story)), ("about", Value::People(about.to_vec()))]);
    let creation = world.store.creation(&register, given);
    world.store.submit(Request::create(Actor::Public, "report", creation)).await.expect("stored").entry
}

async fn holders(world: &World, entry: engine::EntryId) -> Vec<String> {
    let entry = world.store.fold_of(entry).await.expect("it reads").expect("it is there");
    world.store.holders(&entry).await.expect("it reads")
}

fn code<T>(answer: Result<T, Failure>) -> Code {
    match answer {
        Err(Failure::Refusal(refusal)) => refusal.code,
        Err(Failure::Error(error)) => panic!("broke: {error}"),
        Ok(_) => panic!("it was not refused"),
    }
}

fn today(world: &World) -> Date {
    world.store.now().date()
}

fn day_after(day: Date) -> Date {
    day.tomorrow().expect("the calendar goes on")
}

async fn opens(world: &World, entry: engine::EntryId, who: PersonId, keyring: &Keyring) -> bool {
    world.store.open_sealed(entry, &world.viewer(who), keyring, "page").await.is_ok()
}

/// li (inspector) is away from today to tomorrow, zhao stands in, chen (director) confirmed it.
async fn stood_in(on: On) -> (World, Keyring, Keyring) {
    let world = World::new(on).await;
    let li = account(&world, "li", world.li).await;
    let chen = account(&world, "chen", world.chen).await;
    account(&world, "zhao", world.zhao).await;
    let days = (today(&world), day_after(today(&world)));
    world.store.name_deputy(world.li, world.zhao, days, "外出培训").await.expect("named");
    (world, li, chen)
}

async fn a_deputy_opens_what_their_person_may_and_only_while_it_lasts(on: On) {
    let (world, li, chen) = stood_in(on).await;
    let old = report(&world, "之前的", &[]).await;
    let zhao = signed_in(&world, "zhao").await;
    assert_eq!(
        code(world.store.open_sealed(old, &world.viewer(world.zhao), &zhao, "page").await),
        Code::Hidden,
        "not before it is confirmed"
    );
    assert_eq!(holders(&world, old).await.len(), 2);
    world.store.confirm_deputy(Actor::Person(world.chen), world.li).await.expect("confirmed");
    let zhao = signed_in(&world, "zhao").await;
    assert!(!opens(&world, old, world.zhao, &zhao).await, "nobody gave the key yet");
    assert_eq!(world.store.let_all_in(&chen).await.expect("let in"), 1);
    assert!(opens(&world, old, world.zhao, &zhao).await);
    let fresh = report(&world, "期间的", &[]).await;
    assert!(opens(&world, fresh, world.zhao, &zhao).await, "new ones are wrapped as they come");
    assert!(holders(&world, fresh).await.contains(&format!("deputy:{}:{}", world.li, world.zhao)));
    assert!(!holders(&world, fresh).await.contains(&format!("person:{}", world.zhao)), "never to the deputy's own key");
    // The look is the deputy's, for whom they stand in.
    let looks = world.store.looks_of(fresh, &world.viewer(world.li)).await.expect("it reads");
    assert_eq!(looks[0].by, Actor::Person(world.zhao));
    assert_eq!(looks[0].purpose, format!("page{FOR}{}", world.li));
    // The last day belongs to it; with the next day it is over, rights and keys.
    world.pass(DAY_MS);
    assert!(opens(&world, fresh, world.zhao, &zhao).await);
    world.pass(DAY_MS);
    assert_eq!(code(world.store.open_sealed(fresh, &world.viewer(world.zhao), &zhao, "page").await), Code::Hidden);
    world.store.tick().await.expect("ticked");
    for entry in [old, fresh] {
        assert_eq!(holders(&world, entry).await.len(), 2, "only li and chen");
        assert!(opens(&world, entry, world.li, &li).await, "who was away reads on");
    }
    assert_eq!(signed_in(&world, "zhao").await.recipients().count(), 1);
    world.sound().await;
}

async fn whom_it_bars_it_bars_as_a_deputy_and_no_deputy_reads_about_their_person(on: On) {
    let (world, _, chen) = stood_in(on).await;
    world.store.confirm_deputy(Actor::Person(world.chen), world.li).await.expect("confirmed");
    let zhao = signed_in(&world, "zhao").await;
    let about_zhao = report(&world, "反映代理人", &[world.zhao]).await;
    let about_li = report(&world, "反映外出的人", &[world.li]).await;
    for entry in [about_zhao, about_li] {
        assert_eq!(code(world.store.open_sealed(entry, &world.viewer(world.zhao), &zhao, "page").await), Code::Hidden);
        assert!(world.store.let_all_in(&chen).await.is_ok());
        assert!(!holders(&world, entry).await.iter().any(|holder| holder.starts_with("deputy:")));
    }
    assert_eq!(world.store.counts(&store::Query::of("report"), &world.viewer(world.zhao)).await.expect("it counts").total, 0);
    // Named later: the key goes at once, whichever of the two it is.
    for barred in [world.zhao, world.li] {
        let entry = report(&world, "后来查明", &[]).await;
        assert!(opens(&world, entry, world.zhao, &zhao).await);
        let recuse = Wish::Recuse { person: barred, reason: Some("亲属".to_owned()) };
        world.store.submit(Request::new(Actor::Person(world.chen), "report", entry, recuse)).await.expect("recused");
        assert!(!holders(&world, entry).await.iter().any(|holder| holder.starts_with("deputy:")));
        assert!(!opens(&world, entry, world.zhao, &zhao).await);
    }
    world.sound().await;
}

async fn a_deputy_takes_two_and_roles_that_go_together(on: On) {
    let (world, _, _) = stood_in(on).await;
    let store = &world.store;
    let days = (today(&world), day_after(today(&world)));
    assert_eq!(code(store.name_deputy(world.li, world.chen, days, "另选").await), Code::AlreadyAsked);
    for by in [world.li, world.zhao] {
        assert_ne!(code(store.confirm_deputy(Actor::Person(by), world.li).await), Code::NothingAsked, "not by either of the two");
    }
    store.end_deputy(Actor::Person(world.li), world.li).await.expect("taken back");
    assert_eq!(code(store.confirm_deputy(Actor::Person(world.chen), world.li).await), Code::NothingAsked);
    let custodian = person(store, "9003", "保密员", world.ward, &["custodian"]).await;
    account(&world, "guard", custodian).await;
    assert_eq!(code(store.name_deputy(world.li, custodian, days, "出差").await), Code::Condition, "roles that are kept apart");
    assert_eq!(code(store.name_deputy(world.li, world.wang, days, "出差").await), Code::Condition, "no account, no key");
    assert_eq!(code(store.name_deputy(world.li, world.li, days, "出差").await), Code::Condition);
    assert_eq!(code(store.name_deputy(world.zhao, world.li, days, "出差").await), Code::Condition, "nothing to stand in for");
    assert_eq!(code(store.name_deputy(world.li, world.zhao, (days.1, days.0), "出差").await), Code::CheckFailed);
    assert_eq!(code(store.name_deputy(world.li, world.zhao, days, " ").await), Code::Missing);
    // The only director cannot let somebody stand in whom nobody else confirms.
    assert_eq!(code(store.name_deputy(world.chen, world.zhao, days, "出差").await), Code::Condition);
    // Ended before its last day: the keys go at once.
    store.name_deputy(world.li, world.zhao, days, "出差").await.expect("named");
    store.confirm_deputy(Actor::Person(world.chen), world.li).await.expect("confirmed");
    let entry = report(&world, "期间的", &[]).await;
    let zhao = signed_in(&world, "zhao").await;
    assert!(opens(&world, entry, world.zhao, &zhao).await);
    store.end_deputy(Actor::Person(world.chen), world.li).await.expect("ended");
    assert!(!holders(&world, entry).await.iter().any(|holder| holder.starts_with("deputy:")));
    assert_eq!(code(store.open_sealed(entry, &world.viewer(world.zhao), &zhao, "page").await), Code::Hidden);
    world.sound().await;
}

async fn a_deputy_hears_what_their_person_would(on: On) {
    let (world, _, _) = stood_in(on).await;
    world.store.confirm_deputy(Actor::Person(world.chen), world.li).await.expect("confirmed");
    let heard = || async {
        let told = world.store.notices(&world.viewer(world.zhao), true, 50).await.expect("notices");
        told.into_iter().map(|notice| notice.entry).collect::<Vec<_>>()
    };
    let entry = report(&world, "交办", &[]).await;
    let assign = |entry| Request::new(Actor::Person(world.li), "report", entry, Wish::Assign { to: world.li, note: None });
    world.store.submit(assign(entry)).await.expect("li takes it");
    let remind = Wish::Note("请补充".to_owned());
    world.store.submit(Request::new(Actor::Person(world.chen), "report", entry, remind)).await.expect("noted");
    let told: Vec<_> =
        world.store.notices(&world.viewer(world.li), true, 50).await.expect("notices").into_iter().map(|one| one.entry).collect();
    assert_eq!(told.contains(&entry), heard().await.contains(&entry), "what li hears, zhao hears");
    world.store.end_deputy(Actor::Person(world.li), world.li).await.expect("ended");
    assert!(!heard().await.contains(&entry), "and nothing of it afterwards");
}

fn role(name: &str, until: Option<Date>) -> Value {
    let mut grant = values([("role", choice(name))]);
    grant.extend(until.map(|until| ("until".into(), Value::Date(until))));
    Value::Rows(vec![grant])
}

async fn appoint(world: &World, person: PersonId, roles: Value) {
    let appoint = Request::make(Actor::Person(world.chen), "person", person.into(), "appoint", [("roles", roles)]);
    world.store.submit(appoint).await.expect("appointed");
}

async fn a_role_that_ends_takes_its_keys_at_once(on: On) {
    let world = World::new(on).await;
    let li = account(&world, "li", world.li).await;
    account(&world, "chen", world.chen).await;
    let entry = report(&world, "先有权", &[]).await;
    assert_eq!(holders(&world, entry).await.len(), 2);
    appoint(&world, world.li, Value::Rows(Vec::new())).await;
    assert_eq!(holders(&world, entry).await, [format!("person:{}", world.chen)]);
    assert_eq!(code(world.store.open_sealed(entry, &world.viewer(world.li), &li, "page").await), Code::Hidden);
    // Another role that opens the same leaves the key where it is.
    appoint(&world, world.chen, role("inspector", None)).await;
    assert_eq!(holders(&world, entry).await, [format!("person:{}", world.chen)]);
    world.sound().await;
}

async fn a_role_that_runs_out_takes_its_keys_with_the_day(on: On) {
    let world = World::new(on).await;
    account(&world, "li", world.li).await;
    account(&world, "chen", world.chen).await;
    appoint(&world, world.li, role("inspector", Some(today(&world)))).await;
    let entry = report(&world, "今天还有权", &[]).await;
    world.store.tick().await.expect("ticked");
    assert_eq!(holders(&world, entry).await.len(), 2, "the last day belongs to it");
    world.pass(DAY_MS);
    world.store.tick().await.expect("ticked");
    assert_eq!(holders(&world, entry).await, [format!("person:{}", world.chen)]);
}

/// Whoever keeps accounts could else, alone and over a night, make what is sealed unreadable.
async fn an_account_that_is_stopped_finds_its_keys_again(on: On) {
    let world = World::new(on).await;
    let chen = account(&world, "chen", world.chen).await;
    let li = account(&world, "li", world.li).await;
    let entry = report(&world, "停用一夜", &[]).await;
    for person in [world.chen, world.li] {
        world.store.set_active(Actor::System, person, false).await.expect("stopped");
    }
    world.pass(DAY_MS);
    world.store.tick().await.expect("ticked");
    assert_eq!(holders(&world, entry).await.len(), 2, "nobody signs in with them, and nobody else has them");
    for person in [world.chen, world.li] {
        world.store.set_active(Actor::System, person, true).await.expect("started");
    }
    assert!(opens(&world, entry, world.chen, &chen).await && opens(&world, entry, world.li, &li).await);
    world.sound().await;
}

async fn whoever_leaves_leaves_no_key_behind(on: On) {
    let world = World::new(on).await;
    account(&world, "li", world.li).await;
    account(&world, "chen", world.chen).await;
    let entry = report(&world, "离院交接", &[]).await;
    let leave = Request::make(Actor::Person(world.chen), "person", world.li.into(), "leave", store::Change::default());
    world.store.submit(leave).await.expect("left");
    assert_eq!(holders(&world, entry).await, [format!("person:{}", world.chen)]);
    world.sound().await;
}

async fn a_role_regained_opens_again_when_a_colleague_does(on: On) {
    let world = World::new(on).await;
    let li = account(&world, "li", world.li).await;
    let chen = account(&world, "chen", world.chen).await;
    let entry = report(&world, "再次任职", &[]).await;
    appoint(&world, world.li, Value::Rows(Vec::new())).await;
    appoint(&world, world.li, role("inspector", None)).await;
    assert!(!opens(&world, entry, world.li, &li).await, "the right is back, the key is not");
    assert!(opens(&world, entry, world.chen, &chen).await);
    assert!(opens(&world, entry, world.li, &li).await);
    assert_eq!(Moment::start_of(today(&world)).date(), today(&world));
}

async fn what_hangs_on_one_person_is_named_before_they_leave(on: On) {
    let world = World::new(on).await;
    let li = account(&world, "li", world.li).await;
    let alone = report(&world, "只有一人能开", &[]).await;
    let assign = Wish::Assign { to: world.li, note: None };
    world.store.submit(Request::new(Actor::Person(world.li), "report", alone, assign)).await.expect("li takes it");
    let leaving = world.store.leaving(world.li).await.expect("it reads");
    assert_eq!(leaving.owned.iter().map(|one| one.entry).collect::<Vec<_>>(), [alone]);
    let told: Vec<_> = leaving.alone.iter().map(|one| (one.hanging.entry, one.by_sheet, one.has_successor)).collect();
    assert_eq!(told, [(alone, false, false)], "chen is entitled and has no account yet");
    account(&world, "chen", world.chen).await;
    assert!(world.store.leaving(world.li).await.expect("it reads").alone[0].has_successor);
    assert_eq!(world.store.let_all_in(&li).await.expect("let in"), 1);
    assert!(world.store.leaving(world.li).await.expect("it reads").alone.is_empty());
    // A colleague whose account is stopped is nobody to rely on.
    world.store.set_active(Actor::System, world.chen, false).await.expect("stopped");
    assert_eq!(world.store.leaving(world.li).await.expect("it reads").alone.len(), 1);
    world.store.set_active(Actor::System, world.chen, true).await.expect("started");
    let given = world.store.hand_over(&world.viewer(world.li), world.li, world.chen, None).await.expect("handed over");
    assert_eq!(given, 1);
    assert!(world.store.leaving(world.li).await.expect("it reads").owned.is_empty());
    let back = world.store.hand_over(&world.viewer(world.zhao), world.chen, world.li, None).await.expect("it answers");
    assert_eq!(back, 0, "nobody gives away what they may not");
    world.sound().await;
}

async fn a_new_recovery_key_opens_what_the_old_one_did(on: On) {
    let world = World::new(on).await;
    let [old, new] = [(); 2].map(|()| HandlerKey::generate(&mut SystemEntropy));
    world.store.set_recovery(&old.recipient(), world.chen).await.expect("set");
    let chen = account(&world, "chen", world.chen).await;
    let [one, other] = [report(&world, "旧单之下", &[]).await, report(&world, "也在旧单之下", &[]).await];
    world.store.set_recovery(&new.recipient(), world.chen).await.expect("renewed");
    assert_eq!(world.store.told_recovery(), Some(new.recipient().to_string()));
    let (old, new) = (Keyring::new(old), Keyring::new(new));
    let fresh = report(&world, "新单之下", &[]).await;
    let by = world.viewer(world.chen);
    assert!(world.store.open_with_recovery(fresh, &new, &by, "rescue").await.is_ok());
    assert_eq!(code(world.store.open_with_recovery(fresh, &old, &by, "rescue").await), Code::NotAllowed);
    assert_eq!(code(world.store.open_with_recovery(one, &new, &by, "rescue").await), Code::NotAllowed, "not yet");
    assert!(opens(&world, one, world.chen, &chen).await);
    assert!(world.store.open_with_recovery(one, &new, &by, "rescue").await.is_ok(), "whoever opens it lets the new key in");
    assert_eq!(code(world.store.open_with_recovery(one, &old, &by, "rescue").await), Code::NotAllowed, "in place of the old one");
    assert_eq!(world.store.let_all_in(&old).await.expect("let in"), 1, "the rest in one pass with the old sheet");
    assert!(world.store.open_with_recovery(other, &new, &by, "rescue").await.is_ok());
    world.sound().await;
    // A key somebody put into the settings is found, and nothing is wrapped to it when an entry is opened.
    let thief = HandlerKey::generate(&mut SystemEntropy);
    world.tamper(&format!("UPDATE settings SET value = '{}' WHERE name = 'recovery'", thief.recipient())).await;
    let world = world.reopen().await;
    assert_eq!(world.store.verify(None).await.expect("the check runs").findings, [Finding::RecoveryKeyDiffers]);
    assert!(opens(&world, one, world.chen, &chen).await);
    let thief = Keyring::new(thief);
    assert_eq!(code(world.store.open_with_recovery(one, &thief, &by, "rescue").await), Code::NotAllowed);
}
