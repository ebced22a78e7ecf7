//! The recovery key in escrow: any two holders let somebody back in, none alone; nobody whom the rules exclude; every step on the chain and
//! told; and an identity opened with the sheet in place of one custodian.

use crate::contract;
use crate::world::{On, World, person, text, values};
use engine::{Actor, Code, Deed, EntryId, Fact, PersonId, RescueWish, Value};
use store::{Agreed, Failure, Finding, Giving, LockOut, Request, SignIn, Wanted};
use vault::{HandlerKey, Keyring, Password, Stretch, SystemEntropy};

contract!(
    two_holders_let_somebody_back_in_and_one_does_not,
    what_bars_a_person_bars_them_after_a_rescue_too,
    a_new_password_comes_with_the_keys,
    a_request_is_for_one_key_and_runs_out,
    whoever_is_concerned_or_asked_does_not_agree,
    who_may_hold_a_share,
    two_holders_deal_it_anew_when_one_leaves,
    a_new_recovery_key_makes_the_shares_worthless,
    what_is_written_into_the_tables_is_not_believed,
    one_custodian_and_the_sheet_open_an_identity,
    what_is_damaged_keeps_nothing_else_shut,
    a_rescue_goes_on_when_whoever_waits_for_it_leaves,
    a_key_put_into_the_table_of_accounts_gets_nothing,
);

const DAY_MS: i64 = 86_400_000;

fn quick() -> Stretch {
    Stretch::new(64, 1, 1).expect("the smallest strength is one")
}

fn word(text: &str) -> Password {
    Password::new(text.to_owned())
}

fn code<T>(answer: Result<T, Failure>) -> Code {
    match answer {
        Err(Failure::Refusal(refusal)) => refusal.code,
        Err(Failure::Error(error)) => panic!("broke: {error}"),
        Ok(_) => panic!("it was not refused"),
    }
}

async fn signed_in(world: &World, login: &str, password: &str) -> Option<Keyring> {
    match world.store.sign_in(login, word(password), quick(), LockOut { after: 100, for_ms: 1 }).await.expect("it answers") {
        SignIn::Welcome { keyring, .. } => keyring,
        _ => None,
    }
}

/// A house with a recovery key dealt to three, an administrator, a director (chen) and an inspector (li) who can lose a password.
struct House {
    world: World,
    sheet: HandlerKey,
    admin: PersonId,
    holders: Vec<(PersonId, Keyring)>,
    li: Keyring,
}

impl House {
    async fn new(on: On) -> Self {
        let world = World::new(on).await;
        let sheet = HandlerKey::generate(&mut SystemEntropy);
        world.store.set_recovery(&sheet.recipient(), world.chen).await.expect("set");
        let admin = person(&world.store, "9001", "管理员", world.surgery, &["admin"]).await;
        for (login, one) in [("li", world.li), ("chen", world.chen), ("admin", admin), ("zhang", world.zhang)] {
            world.store.create_account(login, one, word("first"), quick(), false).await.expect("made");
        }
        let li = signed_in(&world, "li", "first").await.expect("a key");
        let mut house = Self { world, sheet, admin, holders: Vec::new(), li };
        for login in ["hu1", "hu2", "hu3"] {
            house.hire(login).await;
        }
        house.deal().await;
        house
    }

    async fn hire(&mut self, login: &str) {
        let one = person(&self.world.store, login, login, self.world.ward, &["custodian"]).await;
        self.world.store.create_account(login, one, word("first"), quick(), false).await.expect("made");
        self.holders.push((one, signed_in(&self.world, login, "first").await.expect("a key")));
    }

    async fn deal(&self) {
        let people: Vec<PersonId> = self.holders.iter().map(|(person, _)| *person).collect();
        self.world.store.deal_escrow(&self.sheet, &people, self.world.chen, Some("设立".to_owned())).await.expect("dealt");
    }

    async fn report(&self, about: &[PersonId]) -> EntryId {
        let register = self.world.store.register("report").expect("it is defined");
        let given = values([("place", text("门诊")), ("story", text("收了信封")), ("about", Value::People(about.to_vec()))]);
        let creation = self.world.store.creation(&register, given);
        self.world.store.submit(Request::create(Actor::Public, "report", creation)).await.expect("stored").entry
    }

    /// A new password for li by the ordinary way: the key is new, and what was sealed before stays shut.
    async fn reset(&self) -> Keyring {
        let (store, li) = (&self.world.store, self.world.li);
        store.ask_password(Actor::Person(self.admin), li, "忘记密码").await.expect("asked");
        let giving = Giving {
            login: "li".into(),
            person: li,
            password: word("second"),
            stretch: quick(),
            must_renew: true,
            by: Actor::Person(self.world.chen),
            confirmed_by: None,
            reason: None,
        };
        store.give_password(giving).await.expect("given");
        signed_in(&self.world, "li", "second").await.expect("a new key")
    }

    async fn ask(&self, by: PersonId, wish: RescueWish) -> Result<(), Failure> {
        self.world.store.ask_rescue(by, self.world.li, wish, "忘记密码").await
    }

    async fn agree(&self, at: usize, concerned: PersonId) -> Result<Agreed, Failure> {
        let (holder, keyring) = &self.holders[at];
        self.world.store.agree_rescue(*holder, concerned, keyring, "已当面核实", quick()).await
    }

    async fn opens(&self, entry: EntryId, keyring: &Keyring) -> bool {
        self.world.store.open_sealed(entry, &self.world.viewer(self.world.li), keyring, "page").await.is_ok()
    }

    async fn told(&self, who: PersonId) -> Vec<(String, bool)> {
        let told = self.world.store.notices(&self.world.viewer(who), true, 50).await.expect("notices");
        told.into_iter().map(|notice| (notice.why, notice.duty)).collect()
    }

    async fn deeds(&self, who: PersonId) -> Vec<engine::AccountDeed> {
        let events = self.world.store.events_of(EntryId(who.0)).await.expect("events");
        let deed = |one: store::Happened| match one.event.fact {
            Fact::Account(done) => Some(done),
            _ => None,
        };
        events.into_iter().filter_map(deed).collect()
    }

    async fn left_over(&self) -> i64 {
        let mut left = 0;
        for table in ["rescues", "rescue_consents"] {
            left += self.world.count(&format!("SELECT COUNT(*) FROM {table}")).await;
        }
        left
    }
}

async fn two_holders_let_somebody_back_in_and_one_does_not(on: On) {
    let house = House::new(on).await;
    let (world, li) = (&house.world, house.world.li);
    let entries = [house.report(&[]).await, house.report(&[]).await];
    assert!(house.opens(entries[0], &house.li).await);
    let fresh = house.reset().await;
    assert!(!house.opens(entries[0], &fresh).await, "a new key opens nothing old");
    house.ask(li, RescueWish::Keys).await.expect("asked");
    assert_eq!(code(house.ask(li, RescueWish::Keys).await), Code::AlreadyAsked);
    for (holder, _) in &house.holders {
        assert!(house.told(*holder).await.contains(&("account:account_rescue_asked".to_owned(), true)), "every holder is reminded");
    }
    assert!(house.told(world.chen).await.contains(&("account:account_rescue_asked".to_owned(), false)), "whoever vouches is told");
    assert_eq!(code(world.store.agree_rescue(house.holders[0].0, li, &house.holders[0].1, " ", quick()).await), Code::Missing);
    assert!(matches!(house.agree(0, li).await.expect("agreed"), Agreed::First));
    assert!(!house.opens(entries[0], &fresh).await, "one alone does nothing");
    assert_eq!(code(house.agree(0, li).await), Code::Unchanged, "nor twice");
    let Agreed::Keys(let_in) = house.agree(2, li).await.expect("agreed") else { panic!("no password was asked for") };
    assert!(let_in.opened == 2 && let_in.is_whole(), "{let_in:?}");
    for entry in entries {
        assert!(house.opens(entry, &fresh).await, "everything they may read");
        let folded = world.store.fold_of(entry).await.expect("it reads").expect("it is there");
        let holders = world.store.holders(&folded).await.expect("it reads");
        assert!(!house.holders.iter().any(|(holder, _)| holders.contains(&format!("person:{holder}"))), "no holder reads anything");
    }
    assert_eq!(code(house.agree(1, li).await), Code::NothingAsked, "it serves once");
    assert_eq!(house.left_over().await, 0);
    assert!(house.told(li).await.contains(&("account:account_rescued".to_owned(), false)));
    assert!(house.told(world.chen).await.contains(&("account:account_rescued".to_owned(), false)));
    let last = house.deeds(li).await.pop().expect("a deed");
    assert_eq!((last.deed, last.asked_by, last.recipient), (Deed::Rescued, Some(li), None));
    assert_eq!(last.people, [house.holders[0].0, house.holders[2].0]);
    assert_eq!(last.reason.as_deref(), Some("已当面核实"));
    world.sound().await;
    let world = house.world.reopen().await;
    world.store.rebuild().await.expect("rebuilt");
    world.sound().await;
}

async fn what_bars_a_person_bars_them_after_a_rescue_too(on: On) {
    let house = House::new(on).await;
    let (open, about_li) = (house.report(&[]).await, house.report(&[house.world.li]).await);
    let recused = house.report(&[]).await;
    let recuse = store::Wish::Recuse { person: house.world.li, reason: Some("亲属".to_owned()) };
    house.world.store.submit(Request::new(Actor::Person(house.world.chen), "report", recused, recuse)).await.expect("recused");
    let fresh = house.reset().await;
    house.ask(house.world.li, RescueWish::Keys).await.expect("asked");
    house.agree(0, house.world.li).await.expect("agreed");
    house.agree(1, house.world.li).await.expect("agreed");
    assert!(house.opens(open, &fresh).await);
    for entry in [about_li, recused] {
        let folded = house.world.store.fold_of(entry).await.expect("it reads").expect("it is there");
        let holders = house.world.store.holders(&folded).await.expect("it reads");
        assert!(!holders.contains(&format!("person:{}", house.world.li)), "{holders:?}");
    }
}

async fn a_new_password_comes_with_the_keys(on: On) {
    let house = House::new(on).await;
    let (store, li) = (&house.world.store, house.world.li);
    let entry = house.report(&[]).await;
    assert_eq!(code(house.ask(li, RescueWish::Password).await), Code::NotAllowed, "whoever signs in needs none");
    assert_eq!(code(house.ask(house.world.zhang, RescueWish::Password).await), Code::NotAllowed);
    assert_eq!(code(store.ask_rescue(house.admin, house.world.zhang, RescueWish::Password, "忘记").await), Code::Condition, "no need");
    house.ask(house.admin, RescueWish::Password).await.expect("asked");
    assert!(house.told(li).await.contains(&("account:account_rescue_asked".to_owned(), false)), "the person hears of it at once");
    house.agree(0, li).await.expect("agreed");
    assert!(signed_in(&house.world, "li", "first").await.is_some(), "until the second agrees nothing changes");
    let session = store.open_session("li", li, 60_000, "{}").await.expect("opened");
    let Agreed::Password { login, password, .. } = house.agree(1, li).await.expect("agreed") else { panic!("a password was asked for") };
    assert!(login == "li" && signed_in(&house.world, "li", "first").await.is_none());
    assert!(store.session(&session, 60_000).await.expect("asked").is_none(), "sessions end with the old password");
    let fresh = signed_in(&house.world, "li", &password).await.expect("the new one is right");
    assert!(house.opens(entry, &fresh).await && store.account("li").await.expect("asked").expect("there").must_renew);
    let later = house.report(&[]).await;
    assert!(house.opens(later, &fresh).await, "what comes next is wrapped to the new key");
    assert!(!serde_json::to_string(&house.deeds(li).await).expect("text").contains(&password));
    house.world.sound().await;
}

async fn a_request_is_for_one_key_and_runs_out(on: On) {
    let house = House::new(on).await;
    let li = house.world.li;
    house.ask(li, RescueWish::Keys).await.expect("asked");
    house.agree(0, li).await.expect("agreed");
    // Whoever takes the account over meanwhile does not get what was agreed to for its person.
    house.reset().await;
    assert_eq!(code(house.agree(1, li).await), Code::NothingAsked);
    assert_eq!(house.left_over().await, 0);
    house.ask(li, RescueWish::Keys).await.expect("asked anew");
    house.agree(0, li).await.expect("agreed");
    house.world.pass(7 * DAY_MS + 1);
    assert_eq!(code(house.agree(1, li).await), Code::NothingAsked);
    house.world.store.tick().await.expect("ticked");
    assert_eq!(house.left_over().await, 0, "and nothing of it is kept");
    house.ask(li, RescueWish::Keys).await.expect("asked a third time");
    house.world.store.decline_rescue(house.holders[2].0, li).await.expect("a holder says no");
    assert_eq!(code(house.agree(0, li).await), Code::NothingAsked);
    house.ask(house.admin, RescueWish::Password).await.expect("asked by the office");
    assert_eq!(code(house.world.store.decline_rescue(house.world.zhang, li).await), Code::NotAllowed, "a stranger stops nothing");
    house.world.store.decline_rescue(li, li).await.expect("the person objects");
    assert_eq!(house.left_over().await, 0);
}

async fn whoever_is_concerned_or_asked_does_not_agree(on: On) {
    let house = House::new(on).await;
    let (store, li) = (&house.world.store, house.world.li);
    let (first, ring) = &house.holders[0];
    house.ask(li, RescueWish::Keys).await.expect("asked");
    assert_eq!(code(store.agree_rescue(li, li, &house.li, "我", quick()).await), Code::NotAllowed);
    assert_eq!(code(store.agree_rescue(house.world.chen, li, ring, "我", quick()).await), Code::NotAllowed, "only as oneself");
    // A holder who is stopped, or takes up a role that is kept from keys, agrees to nothing.
    let grant = values([("role", Value::Choice("admin".into())), ("from", Value::Date(store.now().date()))]);
    let appoint =
        Request::make(Actor::Person(house.world.chen), "person", (*first).into(), "appoint", [("roles", Value::Rows(vec![grant]))]);
    store.submit(appoint).await.expect("appointed");
    assert!(house.agree(0, li).await.is_err());
    store.set_active(Actor::System, house.holders[1].0, false).await.expect("stopped");
    assert!(house.agree(1, li).await.is_err());
    let state = store.escrow().await.expect("it reads").expect("it is dealt");
    assert_eq!(state.active, [house.holders[2].0]);
    store.decline_rescue(li, li).await.expect("taken back");
    assert_eq!(code(house.ask(li, RescueWish::Keys).await), Code::Condition, "two are needed who could agree");
}

async fn who_may_hold_a_share(on: On) {
    let house = House::new(on).await;
    let (store, chen) = (&house.world.store, house.world.chen);
    let holder = house.holders[0].0;
    for (people, why, says) in [
        (vec![holder], Code::Condition, "two at least"),
        (vec![holder, holder], Code::Condition, "each once"),
        (vec![holder, house.admin], Code::NotAllowed, "never an administrator"),
        (vec![holder, house.world.zhao], Code::UnknownValue, "nor somebody without an account"),
    ] {
        assert_eq!(code(store.deal_escrow(&house.sheet, &people, chen, None).await), why, "{says}");
    }
    let other = HandlerKey::generate(&mut SystemEntropy);
    let people = [house.holders[0].0, house.holders[1].0];
    assert_eq!(code(store.deal_escrow(&other, &people, chen, None).await), Code::Condition, "nor any other key");
    store.end_escrow(chen, None).await.expect("ended");
    assert!(store.escrow().await.expect("it reads").is_none());
    assert_eq!(code(house.ask(house.world.li, RescueWish::Keys).await), Code::Condition);
    assert_eq!(code(store.end_escrow(chen, None).await), Code::NothingAsked);
    house.world.sound().await;
}

async fn two_holders_deal_it_anew_when_one_leaves(on: On) {
    let mut house = House::new(on).await;
    house.hire("hu4").await;
    let (chen, li) = (house.world.chen, house.world.li);
    let leave = Request::make(Actor::Person(chen), "person", house.holders[0].0.into(), "leave", store::Change::default());
    house.world.store.submit(leave).await.expect("left");
    assert!(house.agree(0, li).await.is_err(), "whoever left agrees to nothing");
    let people: Vec<PersonId> = house.holders[1..].iter().map(|(person, _)| *person).collect();
    let with_admin = vec![people[0], house.admin];
    let ask = |by: PersonId, people: Vec<PersonId>| {
        let store = house.world.store.clone();
        async move { store.ask_rescue(by, by, RescueWish::Deal(people), "一人离院").await }
    };
    assert_eq!(code(ask(chen, with_admin).await), Code::NotAllowed);
    assert_eq!(code(ask(li, people.clone()).await), Code::NotAllowed, "only a holder, or who vouches");
    ask(chen, people.clone()).await.expect("asked");
    house.agree(1, chen).await.expect("agreed");
    assert!(matches!(house.agree(2, chen).await.expect("agreed"), Agreed::Dealt));
    let state = house.world.store.escrow().await.expect("it reads").expect("it is dealt");
    assert_eq!((state.told.people.clone(), state.active.len(), state.is_usable()), (people, 3, true));
    let entry = house.report(&[]).await;
    let fresh = house.reset().await;
    house.ask(li, RescueWish::Keys).await.expect("asked");
    house.agree(3, li).await.expect("the one who came has a share");
    house.agree(1, li).await.expect("agreed");
    assert!(house.opens(entry, &fresh).await);
    house.world.sound().await;
}

async fn a_new_recovery_key_makes_the_shares_worthless(on: On) {
    let house = House::new(on).await;
    let (store, li) = (&house.world.store, house.world.li);
    house.ask(li, RescueWish::Keys).await.expect("asked");
    house.agree(0, li).await.expect("agreed");
    let new = HandlerKey::generate(&mut SystemEntropy);
    store.set_recovery(&new.recipient(), house.world.chen).await.expect("renewed");
    assert!(!store.escrow().await.expect("it reads").expect("it is dealt").is_usable());
    assert_eq!(code(house.agree(1, li).await), Code::Condition);
    let people = [house.holders[0].0, house.holders[1].0];
    store.deal_escrow(&new, &people, house.world.chen, None).await.expect("dealt");
    assert!(store.escrow().await.expect("it reads").expect("it is dealt").is_usable());
    assert!(house.agree(1, li).await.is_err(), "what was agreed to for the old key serves for nothing");
    house.world.sound().await;
}

async fn what_is_written_into_the_tables_is_not_believed(on: On) {
    let house = House::new(on).await;
    let li = house.world.li;
    house.ask(li, RescueWish::Keys).await.expect("asked");
    // A request turned to another key: what a holder agrees to would be sealed to a thief.
    let thief = HandlerKey::generate(&mut SystemEntropy).recipient().to_string();
    let told = house.world.store.standing(li).expect("it stands").rescue.expect("it was asked").ask.recipient;
    house.world.tamper(&format!("UPDATE rescues SET ask = replace(ask, '{told}', '{thief}')")).await;
    assert_eq!(code(house.agree(0, li).await), Code::Stale);
    house.world.tamper("DELETE FROM settings WHERE name = 'escrow'").await;
    assert_eq!(house.world.store.verify(None).await.expect("the check runs").findings, [Finding::EscrowDiffers]);
}

async fn one_custodian_and_the_sheet_open_an_identity(on: On) {
    let house = House::new(on).await;
    let (store, li) = (&house.world.store, house.world.viewer(house.world.li));
    let register = store.register("tip").expect("it is defined");
    let given = values([("story", text("收了信封")), ("teller", text("QINGLIANTELLER")), ("reach", text("13800"))]);
    let entry = store.submit(Request::create(Actor::Public, "tip", store.creation(&register, given))).await.expect("stored").entry;
    let other = HandlerKey::generate(&mut SystemEntropy);
    assert_eq!(code(store.open_identity_with_sheet(entry, &li, &house.li, &house.sheet).await), Code::NothingAsked);
    store.ask_identity(entry, &li, &house.li, Wanted::Open, "需要回访").await.expect("asked");
    assert_eq!(code(store.open_identity_with_sheet(entry, &li, &house.li, &house.sheet).await), Code::Condition, "not the sheet alone");
    let (custodian, keyring) = &house.holders[0];
    store.approve_identity(entry, &house.world.viewer(*custodian), keyring).await.expect("agreed");
    assert_eq!(code(store.open_identity(entry, &li, &house.li).await), Code::Condition, "one custodian is not two");
    assert_eq!(code(store.open_identity_with_sheet(entry, &li, &house.li, &other).await), Code::Condition, "nor any other sheet");
    let values = store.open_identity_with_sheet(entry, &li, &house.li, &house.sheet).await.expect("opened");
    let opened = values.for_viewer_with_key();
    assert_eq!(opened.get("teller"), Some(&text("QINGLIANTELLER")));
    assert_eq!(code(store.open_identity_with_sheet(entry, &li, &house.li, &house.sheet).await), Code::NothingAsked, "once");
    for (holder, _) in &house.holders {
        assert!(house.told(*holder).await.contains(&("identity:sheet".to_owned(), false)), "every custodian hears of it");
    }
    let events = store.events_of(entry).await.expect("events");
    let opened = events.iter().any(
        |one| matches!(&one.event.fact, Fact::Identity(engine::IdentityDeed::Opened { agreed, by_sheet: true }) if *agreed == [*custodian]),
    );
    assert!(opened, "the chain says how");
    house.world.sound().await;
}

/// The recovery key's wrap of one entry, in the place of another's: it does not open there.
async fn spoil(house: &House, entry: EntryId, other: EntryId) {
    let from = format!("(SELECT wrap FROM wraps WHERE entry = '{other}' AND holder = 'recovery')");
    house.world.tamper(&format!("UPDATE wraps SET wrap = {from} WHERE entry = '{entry}' AND holder = 'recovery'")).await;
}

async fn what_is_damaged_keeps_nothing_else_shut(on: On) {
    let house = House::new(on).await;
    let (store, li) = (&house.world.store, house.world.li);
    let entries = [house.report(&[]).await, house.report(&[]).await, house.report(&[]).await];
    let about_holder = house.report(&[house.holders[1].0]).await;
    spoil(&house, entries[1], entries[0]).await;
    spoil(&house, about_holder, entries[0]).await;
    house.ask(house.admin, RescueWish::Password).await.expect("asked");
    house.agree(0, li).await.expect("agreed");
    let Agreed::Password { password, let_in, .. } = house.agree(1, li).await.expect("agreed") else { panic!("a password was asked for") };
    let spoiled = store.fold_of(entries[1]).await.expect("it reads").expect("it is there").number;
    assert_eq!((let_in.opened, let_in.shut, let_in.is_cut_short), (2, 2, false));
    assert_eq!(let_in.numbers, [spoiled], "what concerns the holder is not named to them");
    let fresh = signed_in(&house.world, "li", &password).await.expect("the new password is right");
    assert!(house.opens(entries[0], &fresh).await && house.opens(entries[2], &fresh).await);
    assert!(!house.opens(entries[1], &fresh).await);
    // A colleague's key still opens it, and lets the rest in.
    let chen = signed_in(&house.world, "chen", "first").await.expect("a key");
    store.open_sealed(entries[1], &house.world.viewer(house.world.chen), &chen, "page").await.expect("opened");
    assert!(house.opens(entries[1], &fresh).await);
}

async fn a_rescue_goes_on_when_whoever_waits_for_it_leaves(on: On) {
    // On a busy machine the answer may come before anybody could leave: then in another house.
    for _ in 0..20 {
        if left_while_it_went_on(on).await {
            return;
        }
    }
    panic!("it is always answered before anybody can leave");
}

/// Answers whether somebody left before it was answered.
async fn left_while_it_went_on(on: On) -> bool {
    let house = House::new(on).await;
    let li = house.world.li;
    let entries = [house.report(&[]).await, house.report(&[]).await];
    let fresh = house.reset().await;
    house.ask(li, RescueWish::Keys).await.expect("asked");
    house.agree(0, li).await.expect("agreed");
    let is_told = async {
        while house.world.store.standing(li).is_some_and(|standing| standing.rescue.is_some()) {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        biased;
        () = is_told => {}
        _ = house.agree(1, li) => return false,
    }
    let left = std::time::Instant::now();
    for entry in entries {
        while !house.opens(entry, &fresh).await {
            assert!(left.elapsed() < std::time::Duration::from_secs(60), "nobody let the key in");
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }
    true
}

async fn a_key_put_into_the_table_of_accounts_gets_nothing(on: On) {
    let house = House::new(on).await;
    let (li, chen) = (house.world.li, house.world.chen);
    let old = house.report(&[]).await;
    house.reset().await;
    let thief = HandlerKey::generate(&mut SystemEntropy).recipient().to_string();
    let [honest, of_holder] = [li, house.holders[0].0].map(|person| house.world.store.standing(person).and_then(|one| one.recipient));
    house.world.tamper(&format!("UPDATE accounts SET recipient = '{thief}' WHERE login = 'li'")).await;
    assert_eq!(code(house.ask(li, RescueWish::Keys).await), Code::Condition, "the key is not the one the chain gave");
    house.world.tamper(&format!("UPDATE settings SET value = '{thief}' WHERE name = 'recovery'")).await;
    // A restart reads nothing out of those rows, and nothing is wrapped to what stands in them.
    let world = house.world.reopen().await;
    let house = House { world, ..house };
    let later = house.report(&[]).await;
    let chens = signed_in(&house.world, "chen", "first").await.expect("a key");
    house.world.store.let_all_in(&chens).await.expect("let in");
    house.world.store.open_sealed(old, &house.world.viewer(chen), &chens, "page").await.expect("opened");
    let wraps = |key: &str| format!("SELECT COUNT(*) FROM wraps WHERE recipient = '{key}'");
    assert_eq!(house.world.count(&wraps(&thief)).await, 0);
    let honest = honest.expect("the chain gave one");
    assert_eq!(house.world.count(&format!("{} AND entry IN ('{old}', '{later}')", wraps(&honest))).await, 2, "the person loses nothing");

    house.world.tamper(&format!("UPDATE settings SET value = '{}' WHERE name = 'recovery'", house.sheet.recipient())).await;
    let back = format!("UPDATE accounts SET recipient = '{honest}' WHERE login = 'li'");
    house.world.tamper(&back).await;
    house.ask(li, RescueWish::Keys).await.expect("asked");
    house.agree(0, li).await.expect("agreed");
    house.world.tamper(&format!("UPDATE accounts SET recipient = '{thief}' WHERE login = 'li'")).await;
    assert_eq!(code(house.agree(1, li).await), Code::Condition, "nor between the two agreements");
    house.world.tamper(&back).await;
    house.world.tamper(&format!("UPDATE accounts SET recipient = '{thief}' WHERE login = 'hu1'")).await;
    let people: Vec<PersonId> = house.holders.iter().map(|(person, _)| *person).collect();
    assert_eq!(code(house.world.store.deal_escrow(&house.sheet, &people, chen, None).await), Code::Condition, "nor is a share dealt to it");
    let of_holder = of_holder.expect("the chain gave one");
    house.world.tamper(&format!("UPDATE accounts SET recipient = '{of_holder}' WHERE login = 'hu1'")).await;
    house.agree(1, li).await.expect("agreed");
    assert_eq!(house.world.count(&wraps(&thief)).await, 0);
    house.world.sound().await;
}
