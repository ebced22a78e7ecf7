//! Accounts and sessions: lock-out, rotation, expiry, and what is kept of a token.

use crate::contract;
use crate::world::{On, World};
use engine::Actor;
use store::{LockOut, SignIn};
use vault::{Password, Stretch};

contract!(
    wrong_passwords_lock_and_time_unlocks,
    an_unknown_name_answers_like_a_wrong_password,
    a_changed_password_keeps_the_key,
    a_session_lives_rotates_and_ends,
    settings_views_and_imports_are_kept
);

fn quick() -> Stretch {
    Stretch::new(64, 1, 1).expect("the smallest strength is one")
}

fn word(text: &str) -> Password {
    Password::new(text.to_owned())
}

const LOCK: LockOut = LockOut { after: 3, for_ms: 60_000 };

async fn try_in(world: &World, login: &str, password: &str) -> SignIn {
    world.store.sign_in(login, word(password), quick(), LOCK).await.expect("it answers")
}

async fn wrong_passwords_lock_and_time_unlocks(on: On) {
    let world = World::new(on).await;
    world.store.create_account("li", world.li, word("right"), quick(), true).await.expect("made");
    assert!(matches!(try_in(&world, "li", "wrong").await, SignIn::Wrong));
    let SignIn::Welcome { account, keyring } = try_in(&world, "li", "right").await else { panic!("the password is right") };
    assert_eq!((account.person, account.failed, account.must_renew, keyring.is_some()), (world.li, 0, true, true));
    // A right one in between starts the count anew.
    assert!(matches!(try_in(&world, "li", "1").await, SignIn::Wrong));
    assert!(matches!(try_in(&world, "li", "2").await, SignIn::Wrong));
    let until = world.store.now().0 + 60_000;
    assert!(matches!(try_in(&world, "li", "3").await, SignIn::Locked { until: found } if found.0 == until));
    assert!(matches!(try_in(&world, "li", "right").await, SignIn::Locked { .. }), "the right one waits as well");
    world.pass(60_000);
    assert!(
        matches!(try_in(&world, "li", "4").await, SignIn::Locked { until } if until.0 == world.store.now().0 + 120_000),
        "the next wait is longer"
    );
    world.pass(120_000);
    assert!(matches!(try_in(&world, "li", "right").await, SignIn::Welcome { .. }));
    // None is lost when many are tried at once.
    let tries: Vec<_> = (0..5)
        .map(|_| {
            let store = world.store.clone();
            tokio::spawn(async move {
                store.sign_in("li", word("x"), quick(), LockOut { after: 100, ..LOCK }).await.expect("it answers");
            })
        })
        .collect();
    for one in tries {
        one.await.expect("it ends well");
    }
    assert_eq!(world.store.account("li").await.expect("asked").expect("it is there").failed, 5);
}

async fn an_unknown_name_answers_like_a_wrong_password(on: On) {
    let world = World::new(on).await;
    assert!(matches!(try_in(&world, "nobody", "x").await, SignIn::Wrong));
    world.store.create_account("li", world.li, word("right"), quick(), false).await.expect("made");
    let token = world.store.open_session("li", world.li, 60_000, "{}").await.expect("opened");
    world.store.set_active(Actor::System, world.li, false).await.expect("shut");
    assert!(matches!(try_in(&world, "li", "right").await, SignIn::Wrong));
    assert!(world.store.session(&token, 60_000).await.expect("asked").is_none(), "its sessions are over");
    world.store.set_active(Actor::System, world.li, true).await.expect("opened");
    assert!(matches!(try_in(&world, "li", "right").await, SignIn::Welcome { .. }));
}

async fn a_changed_password_keeps_the_key(on: On) {
    let world = World::new(on).await;
    world.store.create_account("li", world.li, word("old"), quick(), true).await.expect("made");
    let before = world.store.account("li").await.expect("asked").expect("it is there").recipient;
    assert!(!world.store.change_password("li", word("wrong"), word("new"), quick()).await.expect("asked"));
    assert!(world.store.change_password("li", word("old"), word("new"), quick()).await.expect("asked"));
    assert!(matches!(try_in(&world, "li", "old").await, SignIn::Wrong));
    let SignIn::Welcome { account, keyring } = try_in(&world, "li", "new").await else { panic!("the new one is right") };
    assert_eq!((account.recipient, account.must_renew), (before.clone(), false));
    assert_eq!(keyring.expect("it holds a key").recipients().next(), before);
}

async fn a_session_lives_rotates_and_ends(on: On) {
    let world = World::new(on).await;
    let store = &world.store;
    let token = store.open_session("li", world.li, 60_000, "{\"lang\":\"en\"}").await.expect("opened");
    assert_eq!(token.len(), 64);
    let session = store.session(&token, 60_000).await.expect("asked").expect("it lives");
    assert_eq!((session.person, session.data.as_str()), (world.li, "{\"lang\":\"en\"}"));
    // What is kept is not the token.
    if on == On::Sqlite {
        let file = world.config.folder.join("qinglian.db-wal");
        let bytes = std::fs::read(file).expect("it reads");
        assert!(!bytes.windows(64).any(|window| window == token.as_bytes()));
    }
    let fresh = store.rotate_session(&token).await.expect("asked").expect("it lives");
    assert!(store.session(&token, 60_000).await.expect("asked").is_none(), "the old token is dead");
    assert!(store.rotate_session(&token).await.expect("asked").is_none());
    store.set_session_data(&fresh, "{}").await.expect("set");
    assert_eq!(store.session(&fresh, 60_000).await.expect("asked").expect("it lives").data, "{}");
    // Using it keeps it alive, leaving it does not.
    world.pass(59_999);
    assert!(store.session(&fresh, 60_000).await.expect("asked").is_some());
    world.pass(60_001);
    assert!(store.session(&fresh, 60_000).await.expect("asked").is_none());
    let (one, two) = (
        store.open_session("li", world.li, 60_000, "").await.expect("opened"),
        store.open_session("li", world.li, 60_000, "").await.expect("opened"),
    );
    store.end_sessions(world.li, Some(&two)).await.expect("ended");
    assert!(store.session(&one, 60_000).await.expect("asked").is_none());
    assert!(store.session(&two, 60_000).await.expect("asked").is_some());
    store.end_session(&two).await.expect("ended");
    assert!(store.session(&two, 60_000).await.expect("asked").is_none());
    world.pass(120_000);
    store.sweep(world.store.now()).await.expect("swept");
    assert!(store.session("无此令牌", 60_000).await.expect("asked").is_none());
}

async fn settings_views_and_imports_are_kept(on: On) {
    let world = World::new(on).await;
    let store = &world.store;
    assert_eq!(store.setting("theme").await.expect("asked"), None);
    store.set_setting("theme", "dark").await.expect("set");
    store.set_setting("theme", "light").await.expect("set");
    assert_eq!(store.setting("theme").await.expect("asked").as_deref(), Some("light"));
    store.save_view(world.li, &"gift".into(), "大额", "tab=dear").await.expect("saved");
    store.save_view(world.li, &"gift".into(), "大额", "tab=dear&form=cash").await.expect("saved");
    let views = store.saved_views(world.li, &"gift".into()).await.expect("asked");
    assert_eq!(views.iter().map(|view| view.query.as_str()).collect::<Vec<_>>(), ["tab=dear&form=cash"]);
    assert!(store.saved_views(world.zhang, &"gift".into()).await.expect("asked").is_empty());
    store.drop_view(world.zhang, &views[0].id).await.expect("another's is left alone");
    store.drop_view(world.li, &views[0].id).await.expect("dropped");
    assert!(store.saved_views(world.li, &"gift".into()).await.expect("asked").is_empty());
    store.save_view(world.surgery, &"gift".into(), "大额", "tab=dear").await.expect("saved for a unit");
    assert!(store.saved_views(world.li, &"gift".into()).await.expect("asked").is_empty(), "a unit's views are not a person's");
    let views = store.saved_views(world.surgery, &"gift".into()).await.expect("asked");
    store.drop_view(world.li, &views[0].id).await.expect("a person drops no unit's");
    assert_eq!(store.saved_views(world.surgery, &"gift".into()).await.expect("asked"), views);
    let id = store.begin_import(&"gift".into(), world.li, "一月.csv", 10).await.expect("begun");
    store.note_import(&id, "done", 9, 1, "[{\"row\":3}]").await.expect("noted");
    let import = store.import(&id).await.expect("asked").expect("it is there");
    assert_eq!((import.taken, import.refused, import.state.as_str()), (9, 1, "done"));
    assert_eq!(store.imports(&"gift".into(), 5).await.expect("asked"), vec![import]);
}
