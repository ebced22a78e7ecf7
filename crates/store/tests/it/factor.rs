//! The second factor: asked after the password, a code once, on a clock that jumps; spare codes; taken off by two.

use crate::contract;
use crate::world::{On, World, load, person};
use engine::{Actor, Code, Deed, Fact, PersonId};
use std::sync::Arc;
use store::{Failure, Finding, HalfSignIn, LockOut, NewFactor, Proof, SecondStep, SignIn, SpareCodes, Store};
use totp_rs::{Algorithm, Builder, Secret};
use vault::{Password, Stretch};

contract!(
    a_code_is_asked_for_after_the_password_and_works_once,
    a_clock_that_goes_back_brings_no_code_back,
    wrong_codes_and_wrong_passwords_lock_together,
    a_spare_code_works_once_and_is_told,
    a_factor_outlives_a_reset_and_a_change_of_the_password,
    it_is_taken_off_by_two,
    a_cleared_row_opens_nothing_and_is_found,
    a_factor_of_another_account_opens_nothing,
    where_a_house_asks_for_it_nobody_turns_it_off_alone,
);

const STEP_MS: i64 = 30_000;
const PASSWORD: &str = "first password";

fn quick() -> Stretch {
    Stretch::new(64, 1, 1).expect("the smallest strength is one")
}

fn word(text: &str) -> Password {
    Password::new(text.to_owned())
}

/// What an app shows that was given the secret, computed by the library and not by us.
fn shown(secret: &str, at_ms: i64) -> String {
    let secret = Secret::try_from_base32(secret).expect("base 32");
    let app = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_step_duration(30).with_secret(secret).build();
    app.expect("within the standard").generate(u64::try_from(at_ms).expect("after 1970") / 1000).to_string()
}

fn typed(factor: &NewFactor) -> String {
    factor.typed().expose(|secret| secret.to_owned())
}

/// An account with a factor; answers its secret and the spare codes.
async fn enrolled(world: &World, login: &str, person: PersonId) -> (String, SpareCodes) {
    world.store.create_account(login, person, word(PASSWORD), quick(), false).await.expect("made");
    let factor = world.store.new_factor(login).expect("drawn");
    let secret = typed(&factor);
    let wrong = world.store.set_factor(person, &factor, "000000").await.expect("it answers");
    assert!(wrong.is_none(), "a code shows that the app has it");
    let codes = world.store.set_factor(person, &factor, &shown(&secret, now(world))).await.expect("it answers").expect("set up");
    world.pass(STEP_MS);
    (secret, codes)
}

fn now(world: &World) -> i64 {
    world.store.now().0
}

async fn half(store: &Store, login: &str, password: &str) -> HalfSignIn {
    match store.sign_in(login, word(password), quick(), LockOut::default()).await.expect("it answers") {
        SignIn::Half(half) => half,
        SignIn::Welcome { .. } => panic!("the password alone is enough"),
        SignIn::Wrong => panic!("the password is right"),
        SignIn::Locked { .. } => panic!("it is not locked"),
    }
}

/// `true`: let in with keys.
async fn passes(store: &Store, login: &str, code: &str) -> bool {
    let half = half(store, login, PASSWORD).await;
    match store.sign_in_with_code(half, code, LockOut::default()).await.expect("it answers") {
        SecondStep::Welcome { keyring, .. } => keyring.is_some(),
        SecondStep::Wrong(_) => false,
        SecondStep::Gone => panic!("the account is as it was"),
        SecondStep::Locked { .. } => panic!("it is not locked"),
    }
}

async fn deeds(world: &World, person: PersonId) -> Vec<Deed> {
    let events = world.store.events_of(engine::EntryId(person.0)).await.expect("events");
    events.into_iter().filter_map(|one| if let Fact::Account(done) = one.event.fact { Some(done.deed) } else { None }).collect()
}

fn code<T>(answer: Result<T, Failure>) -> Code {
    match answer {
        Err(Failure::Refusal(refusal)) => refusal.code,
        Err(Failure::Error(error)) => panic!("broke: {error}"),
        Ok(_) => panic!("it was not refused"),
    }
}

async fn a_code_is_asked_for_after_the_password_and_works_once(on: On) {
    let world = World::new(on).await;
    let (secret, _) = enrolled(&world, "li", world.li).await;
    let wrong = world.store.sign_in("li", word("other"), quick(), LockOut::default()).await.expect("it answers");
    assert!(matches!(wrong, SignIn::Wrong), "a wrong password reads as it does everywhere");
    let first = shown(&secret, now(&world));
    assert!(passes(&world.store, "li", &first).await);
    assert!(!passes(&world.store, "li", &first).await, "once");
    assert!(!passes(&world.store, "li", &shown(&secret, now(&world) - STEP_MS)).await, "nor the one before it");
    world.pass(STEP_MS);
    assert!(passes(&world.store, "li", &shown(&secret, now(&world))).await);
    assert_eq!(deeds(&world, world.li).await, [Deed::Opened, Deed::FactorSet]);
    world.sound().await;
}

async fn a_clock_that_goes_back_brings_no_code_back(on: On) {
    let world = World::new(on).await;
    let (secret, codes) = enrolled(&world, "li", world.li).await;
    let used = shown(&secret, now(&world));
    assert!(passes(&world.store, "li", &used).await);
    for back_ms in [STEP_MS, 10 * STEP_MS, 86_400_000] {
        world.pass(-back_ms);
        assert!(!passes(&world.store, "li", &used).await, "the code that was used, {back_ms} ms earlier");
        assert!(!passes(&world.store, "li", &shown(&secret, now(&world))).await, "a code of a time that was passed");
        world.pass(back_ms);
        // Wrong codes count all the same; this is not about the lock.
        world.store.unlock(Actor::System, world.li).await.expect("unlocked");
    }
    let spare = codes[0].expose(|code| code.to_owned());
    world.pass(-10 * STEP_MS);
    // A spare code needs no clock.
    assert!(passes(&world.store, "li", &spare).await);
    world.pass(11 * STEP_MS);
    assert!(passes(&world.store, "li", &shown(&secret, now(&world))).await, "the clock is where it was: codes work again");
    // A clock that jumps ahead and comes back: what was used ahead is used.
    world.pass(86_400_000);
    let ahead = shown(&secret, now(&world));
    assert!(passes(&world.store, "li", &ahead).await);
    world.pass(-86_400_000);
    assert!(!passes(&world.store, "li", &ahead).await);
}

async fn wrong_codes_and_wrong_passwords_lock_together(on: On) {
    let world = World::new(on).await;
    let (secret, _) = enrolled(&world, "li", world.li).await;
    let store = &world.store;
    for _ in 0..2 {
        assert!(matches!(store.sign_in("li", word("x"), quick(), LockOut::default()).await.expect("it answers"), SignIn::Wrong));
    }
    // The right password in between takes nothing back.
    assert!(!passes(store, "li", "123456").await && !passes(store, "li", "234567").await);
    let last = half(store, "li", PASSWORD).await;
    let last = store.sign_in_with_code(last, "345678", LockOut::default()).await.expect("it answers");
    assert!(matches!(last, SecondStep::Locked { .. }), "five in all");
    let right = store.sign_in("li", word(PASSWORD), quick(), LockOut::default()).await.expect("it answers");
    assert!(matches!(right, SignIn::Locked { .. }));
    world.pass(16 * 60_000);
    assert!(passes(store, "li", &shown(&secret, now(&world))).await);
    assert_eq!(store.account("li").await.expect("asked").expect("there").failed, 0);
}

async fn a_spare_code_works_once_and_is_told(on: On) {
    let world = World::new(on).await;
    let (secret, codes) = enrolled(&world, "li", world.li).await;
    assert_eq!((codes.len(), world.store.spares_left("li").await.expect("counted")), (10, 10));
    let one = codes[3].expose(|code| code.to_lowercase().replace('-', " "));
    assert!(passes(&world.store, "li", &one).await, "as it is typed");
    assert!(!passes(&world.store, "li", &one).await, "once");
    assert_eq!(world.store.spares_left("li").await.expect("counted"), 9);
    assert_eq!(deeds(&world, world.li).await.last(), Some(&Deed::SpareUsed));
    let told = world.store.notices(&world.viewer(world.li), true, 10).await.expect("notices");
    assert!(told.iter().any(|notice| notice.why == "account:account_spare_used"), "somebody else may have used it");
    let fresh = world.store.renew_spares(world.li, &shown(&secret, now(&world)), LockOut::default()).await.expect("it answers");
    let fresh = fresh.unwrap_or_else(|proof| panic!("{proof:?}"));
    let (old, new) = (codes[4].expose(|code| code.to_owned()), fresh[0].expose(|code| code.to_owned()));
    assert!(!passes(&world.store, "li", &old).await && passes(&world.store, "li", &new).await);
    world.sound().await;
}

async fn a_factor_outlives_a_reset_and_a_change_of_the_password(on: On) {
    let world = World::new(on).await;
    let (secret, _) = enrolled(&world, "zhang", world.zhang).await;
    assert!(world.store.change_password("zhang", word(PASSWORD), word("second password"), quick()).await.expect("it answers"));
    half(&world.store, "zhang", "second password").await;
    world.store.create_account("zhang", world.zhang, word(PASSWORD), quick(), false).await.expect("reset");
    assert!(world.store.standing(world.zhang).expect("it stands").factor);
    assert!(passes(&world.store, "zhang", &shown(&secret, now(&world))).await);
    let world = world.reopen().await;
    world.store.rebuild().await.expect("folded anew");
    world.pass(STEP_MS);
    assert!(passes(&world.store, "zhang", &shown(&secret, now(&world))).await, "the key in keys/ is read again");
    world.sound().await;
}

async fn it_is_taken_off_by_two(on: On) {
    let world = World::new(on).await;
    let store = &world.store;
    let (secret, _) = enrolled(&world, "li", world.li).await;
    let admin = person(store, "9001", "管理员", world.surgery, &["admin"]).await;
    for (login, person) in [("admin", admin), ("chen", world.chen)] {
        store.create_account(login, person, word(PASSWORD), quick(), false).await.expect("made");
    }
    let (by, chen) = (Actor::Person(admin), Actor::Person(world.chen));
    assert_eq!(code(store.drop_factor(by.clone(), world.li, None, None).await), Code::NotAllowed, "not by one alone");
    assert_eq!(code(store.drop_factor(chen.clone(), world.li, None, None).await), Code::NothingAsked, "nor by the other");
    assert_eq!(code(store.drop_factor(Actor::System, world.li, None, None).await), Code::NotAllowed, "nor from the command line");
    assert_eq!(code(store.ask_factor_off(by.clone(), world.li, " ").await), Code::Missing);
    assert_eq!(code(store.ask_factor_off(chen.clone(), world.li, "手机丢失").await), Code::NotAllowed);
    store.ask_factor_off(by.clone(), world.li, "手机丢失").await.expect("asked");
    assert_eq!(code(store.ask_factor_off(by.clone(), world.li, "再次").await), Code::AlreadyAsked);
    assert_eq!(code(store.drop_factor(Actor::Person(world.li), world.li, None, None).await), Code::NotAllowed, "not by oneself");
    let session = store.open_session("li", world.li, 60_000, "{}").await.expect("opened");
    store.drop_factor(chen, world.li, None, None).await.expect("confirmed");
    assert!(store.session(&session, 60_000).await.expect("asked").is_none());
    assert!(store.sign_in("li", word(PASSWORD), quick(), LockOut::default()).await.expect("it answers").is_welcome());
    assert_eq!(store.spares_left("li").await.expect("counted"), 0);
    assert_eq!(deeds(&world, world.li).await, [Deed::Opened, Deed::FactorSet, Deed::FactorAsked, Deed::FactorDropped]);
    // By oneself with a code, and not without one.
    let (secret_of_chen, _) = set_up(&world, "chen", world.chen).await;
    assert_eq!(
        store.turn_off_factor(world.chen, &shown(&secret, now(&world)), LockOut::default()).await.expect("it answers"),
        Proof::Wrong
    );
    let right = shown(&secret_of_chen, now(&world));
    assert_eq!(store.turn_off_factor(world.chen, &right, LockOut::default()).await.expect("it answers"), Proof::Right);
    world.sound().await;
}

async fn set_up(world: &World, login: &str, person: PersonId) -> (String, SpareCodes) {
    let factor = world.store.new_factor(login).expect("drawn");
    let secret = typed(&factor);
    let codes = world.store.set_factor(person, &factor, &shown(&secret, now(world))).await.expect("it answers").expect("set up");
    world.pass(STEP_MS);
    (secret, codes)
}

async fn a_cleared_row_opens_nothing_and_is_found(on: On) {
    let world = World::new(on).await;
    enrolled(&world, "li", world.li).await;
    world.tamper("UPDATE accounts SET totp = NULL, step = NULL WHERE login = 'li'").await;
    assert!(!passes(&world.store, "li", "000000").await, "a code is asked for all the same");
    let found = world.store.verify(None).await.expect("the check runs").findings;
    assert_eq!(found, [Finding::AccountDiffers { login: "li".into(), what: "its second factor".into() }]);
}

async fn a_factor_of_another_account_opens_nothing(on: On) {
    let world = World::new(on).await;
    let (secret, codes) = enrolled(&world, "li", world.li).await;
    enrolled(&world, "chen", world.chen).await;
    // Whoever can write to the database copies the row of an account whose phone they hold.
    world.tamper("UPDATE accounts SET totp = (SELECT totp FROM accounts WHERE login = 'li'), step = NULL WHERE login = 'chen'").await;
    world.tamper("UPDATE spares SET login = 'chen'").await;
    let half_of_chen = half(&world.store, "chen", PASSWORD).await;
    let answer = world.store.sign_in_with_code(half_of_chen, &shown(&secret, now(&world)), LockOut::default()).await;
    assert!(matches!(answer, Err(Failure::Error(_))), "the secret is bound to its account");
    let carried = world.store.carried_factor("chen", &world.store.new_factor("li").expect("drawn").kept);
    assert!(carried.is_err(), "and so is one on its way through a page");
    assert!(codes[0].expose(|code| code.len()) > 16);
}

async fn where_a_house_asks_for_it_nobody_turns_it_off_alone(on: On) {
    let asked =
        |mut config: store::Config| {
            config.catalogue = Arc::new(load(|path, text| {
                if path == "roles.toml" { text.replace("[inspector]\n", "[inspector]\nfactor = \"required\"\n") } else { text }
            }));
            config
        };
    let world = World::with(on, asked).await;
    let store = &world.store;
    let (of_li, _) = enrolled(&world, "li", world.li).await;
    let (of_chen, _) = enrolled(&world, "chen", world.chen).await;
    let refused = store.turn_off_factor(world.li, &shown(&of_li, now(&world)), LockOut::default()).await;
    assert_eq!(code(refused), Code::Condition);
    assert!(store.standing(world.li).expect("it stands").factor);
    let off = store.turn_off_factor(world.chen, &shown(&of_chen, now(&world)), LockOut::default()).await.expect("it answers");
    assert_eq!(off, Proof::Right, "of a director this house asks nothing");
    store.drop_factor(Actor::System, world.li, Some(world.chen), Some("手机丢失".into())).await.expect("by two it goes, to be set up anew");
    assert!(!store.standing(world.li).expect("it stands").factor);
    world.sound().await;
}
