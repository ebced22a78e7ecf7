//! Identities: any two custodians open one to whoever asked, none alone; consents serve once and for a time; the circle changes; an erasure
//! takes all of it.

use crate::contract;
use crate::sealing::{dumped, found_under};
use crate::world::{On, World, person, text, values};
use engine::{Actor, Code, EntryId, PersonId, SecretValues, Value};
use store::{Change, Creation, Done, Erase, Failure, Request, Wanted, Wish};
use vault::{Context, Dealing, EntryKey, HandlerKey, Keyring, Password, SealedIdentity, Stretch, SystemEntropy};

contract!(
    every_pair_opens_and_nobody_alone,
    handlers_and_the_recovery_key_open_the_story_and_no_name,
    a_consent_serves_one_request_and_for_its_time,
    whom_it_concerns_neither_holds_nor_consents,
    a_name_given_later_is_kept_likewise,
    with_fewer_than_two_custodians_it_waits_for_them,
    what_a_browser_sealed_opens_likewise,
    a_share_is_handed_over,
    a_new_circle_is_dealt_anew,
    an_erasure_takes_it_all,
    it_outlives_a_rebuild_and_a_copy,
);

const NAME: &str = "QINGLIANTELLER";
const REACH: &str = "QINGLIANREACH";
const WHY: &str = "QINGLIANREASON";
const DAY_MS: i64 = 24 * 3_600_000;

fn quick() -> Stretch {
    Stretch::new(64, 1, 1).expect("the smallest strength is one")
}

async fn keyring(world: &World, person: PersonId, login: &str) -> Keyring {
    let password = || Password::new("正确的口令".to_owned());
    world.store.create_account(login, person, password(), quick(), false).await.expect("an account is made");
    match world.store.sign_in(login, password(), quick(), store::LockOut::default()).await.expect("it answers") {
        store::SignIn::Welcome { keyring, .. } => keyring.expect("the account holds a key"),
        _ => panic!("the password is right"),
    }
}

/// A house with a handler, a director, and so many custodians.
struct House {
    world: World,
    li: Keyring,
    chen: Keyring,
    custodians: Vec<(PersonId, Keyring)>,
}

impl House {
    async fn with(on: On, custodians: usize) -> Self {
        let world = World::new(on).await;
        let li = keyring(&world, world.li, "li").await;
        let chen = keyring(&world, world.chen, "chen").await;
        let mut house = Self { world, li, chen, custodians: Vec::new() };
        for _ in 0..custodians {
            house.appoint().await;
        }
        house
    }

    async fn appoint(&mut self) {
        let login = format!("bao{}", self.custodians.len());
        let one = person(&self.world.store, &login, &login, self.world.ward, &["custodian"]).await;
        let keyring = keyring(&self.world, one, &login).await;
        self.custodians.push((one, keyring));
    }

    async fn tip(&self, given: engine::Values) -> Result<Done, Failure> {
        let register = self.world.store.register("tip").expect("it is defined");
        self.world.store.submit(Request::create(Actor::Public, "tip", self.world.store.creation(&register, given))).await
    }

    async fn named(&self) -> EntryId {
        let given = values([("story", text("收了信封")), ("teller", text(NAME)), ("reach", text(REACH))]);
        self.tip(given).await.expect("stored").entry
    }

    async fn ask(&self, id: EntryId) -> Result<Done, Failure> {
        let viewer = self.world.viewer(self.world.li);
        self.world.store.ask_identity(id, &viewer, &self.li, Wanted::Open, WHY).await
    }

    async fn agree(&self, id: EntryId, at: usize) -> Result<Done, Failure> {
        let (person, keyring) = &self.custodians[at];
        self.world.store.approve_identity(id, &self.world.viewer(*person), keyring).await
    }

    async fn open(&self, id: EntryId) -> Result<SecretValues, Failure> {
        self.world.store.open_identity(id, &self.world.viewer(self.world.li), &self.li).await
    }

    async fn deal(&self, id: EntryId) {
        let viewer = self.world.viewer(self.world.chen);
        self.world.store.deal_identity(id, &viewer, &self.chen).await.expect("dealt");
    }

    async fn asks_to_deal(&self, id: EntryId) {
        let viewer = self.world.viewer(self.world.chen);
        self.world.store.ask_identity(id, &viewer, &self.chen, Wanted::Deal, "名单变动").await.expect("asked");
    }

    /// Asked by li, agreed to by these, opened: what it says.
    async fn opened_by(&self, id: EntryId, pair: [usize; 2]) -> Option<Value> {
        self.ask(id).await.expect("asked");
        for at in pair {
            self.agree(id, at).await.expect("agreed");
        }
        name(&self.open(id).await.expect("two agreed"))
    }
}

fn name(values: &SecretValues) -> Option<Value> {
    values.for_viewer_with_key().get("teller").cloned()
}

fn code<T>(result: Result<T, Failure>) -> Code {
    match result {
        Err(Failure::Refusal(refusal)) => refusal.code,
        Err(Failure::Error(error)) => panic!("broke: {error}"),
        Ok(_) => panic!("it was not refused"),
    }
}

async fn every_pair_opens_and_nobody_alone(on: On) {
    let house = House::with(on, 3).await;
    let (id, viewer) = (house.named().await, house.world.viewer(house.world.li));
    for pair in [[0, 1], [0, 2], [1, 2]] {
        assert_eq!(house.opened_by(id, pair).await, Some(text(NAME)), "{pair:?}");
    }
    let looks = house.world.store.looks_of(id, &viewer).await.expect("they read");
    let told: Vec<_> = looks.iter().map(|look| (look.purpose.as_str(), look.fields.len(), look.holds)).collect();
    assert_eq!(told, [("identity", 2, true); 3]);
    for alone in 0..3 {
        house.ask(id).await.expect("asked");
        house.agree(id, alone).await.expect("agreed");
        assert_eq!(code(house.open(id).await), Code::Condition);
        // The same consent under another's name, and two names on the entry: still one share.
        let other = house.custodians[(alone + 1) % 3].0;
        let forged = format!(
            "INSERT INTO custody_consents (entry, person, request, consent, at) SELECT entry, '{other}', request, consent, at FROM custody_consents"
        );
        house.world.tamper(&forged).await;
        assert_eq!(code(house.open(id).await), Code::Stale);
        house.world.store.withdraw_identity(id, &viewer).await.expect("taken back");
    }
    // Consents are to whoever asked: a director entitled to ask opens nothing with them.
    house.ask(id).await.expect("asked");
    for at in [0, 1] {
        house.agree(id, at).await.expect("agreed");
    }
    let chen = house.world.viewer(house.world.chen);
    assert_eq!(code(house.world.store.open_identity(id, &chen, &house.chen).await), Code::NotAllowed);
    assert_eq!(code(house.agree(id, 2).await), Code::Unchanged);
    house.world.sound().await;
}

async fn handlers_and_the_recovery_key_open_the_story_and_no_name(on: On) {
    let house = House::with(on, 2).await;
    let recovery = HandlerKey::generate(&mut SystemEntropy);
    house.world.store.set_recovery(&recovery.recipient(), house.world.chen).await.expect("set");
    let (id, viewer) = (house.named().await, house.world.viewer(house.world.li));
    let open = house.world.store.open_sealed(id, &viewer, &house.li, "page").await.expect("li is entitled");
    let values = open.values.for_viewer_with_key();
    assert!(values.contains_key("story") && !values.contains_key("teller") && !values.contains_key("reach"));
    let chen = house.world.viewer(house.world.chen);
    let open = house
        .world
        .store
        .open_with_recovery(id, &vault::Keyring::new(recovery), &chen, "rescue")
        .await
        .expect("the sheet opens what it says");
    assert!(name(&open.values).is_none());
    let entry = open.found.entry;
    assert_eq!(entry.kept_fields().len(), 2);
    // A custodian reads nothing of it; they see a number, who asks, why and until when.
    let (bao, key) = &house.custodians[0];
    let bao = house.world.viewer(*bao);
    assert_eq!(code(house.world.store.entry(id, &bao).await), Code::Hidden);
    assert_eq!(code(house.world.store.asked_of(id, &bao).await.map(|_| ())), Code::Hidden, "nobody asked yet");
    house.ask(id).await.expect("asked");
    let asked = house.world.store.identities_asked(&bao).await.expect("it reads");
    assert_eq!(asked.iter().map(|one| (one.found.entry.id, one.pending.by)).collect::<Vec<_>>(), [(id, Some(house.world.li))]);
    let reason = house.world.store.identity_reason(&asked[0].found, key).await.expect("it reads");
    assert_eq!(reason.as_deref(), Some(WHY));
    assert_eq!(house.world.store.identity_reason(&asked[0].found, &house.chen).await.expect("it reads"), None);
    assert_eq!(
        house.world.store.notices(&bao, true, 10).await.expect("they read").len(),
        1,
        "a custodian is told of what they do not read"
    );
    for planted in [NAME, REACH, WHY] {
        assert_eq!(found_under(house.world.folder.path(), planted.as_bytes()), Vec::<String>::new(), "{planted}");
        if let store::Rows::Postgres(url) = &house.world.config.rows {
            assert!(!dumped(url).contains(planted));
        }
    }
}

async fn a_consent_serves_one_request_and_for_its_time(on: On) {
    let house = House::with(on, 3).await;
    let id = house.named().await;
    let (bao, _) = house.custodians[0];
    house.ask(id).await.expect("asked");
    assert_eq!(code(house.ask(id).await), Code::AlreadyAsked);
    house.agree(id, 0).await.expect("agreed");
    house.agree(id, 1).await.expect("agreed");
    house.world.pass(5 * DAY_MS);
    assert_eq!(code(house.open(id).await), Code::NothingAsked, "its term is over");
    assert_eq!(code(house.agree(id, 2).await), Code::Hidden);
    house.world.store.tick().await.expect("it ticks");
    house.ask(id).await.expect("asked anew");
    assert_eq!(code(house.open(id).await), Code::Condition, "what ran out counts for nothing");
    // Two of three decline: nothing can come of it.
    for at in [0, 1] {
        let viewer = house.world.viewer(house.custodians[at].0);
        house.world.store.decline_identity(id, &viewer).await.expect("declined");
    }
    assert_eq!(code(house.agree(id, 2).await), Code::Hidden);
    assert_eq!(house.opened_by(id, [2, 0]).await, Some(text(NAME)));
    assert_eq!(code(house.open(id).await), Code::NothingAsked, "used");
    let blank = house.world.store.ask_identity(id, &house.world.viewer(house.world.li), &house.li, Wanted::Open, "  ").await;
    assert_eq!(code(blank), Code::Missing);
    let custodian = house.world.store.ask_identity(id, &house.world.viewer(bao), &house.custodians[0].1, Wanted::Open, WHY).await;
    assert_eq!(code(custodian), Code::Hidden);
    house.world.sound().await;
}

async fn whom_it_concerns_neither_holds_nor_consents(on: On) {
    let house = House::with(on, 3).await;
    let about = |at: usize| Value::People(vec![house.custodians[at].0]);
    let given = values([("story", text("涉及保密员")), ("about", about(0)), ("teller", text(NAME)), ("reach", text(REACH))]);
    let id = house.tip(given).await.expect("stored").entry;
    let found = house.world.store.entry(id, &house.world.viewer(house.world.li)).await.expect("li reads it");
    let shares = house.world.store.shares_of(&found).await.expect("it reads").expect("it is kept");
    assert_eq!((shares.active.len(), shares.missing.len()), (2, 0));
    assert!(!shares.active.contains(&house.custodians[0].0));
    house.ask(id).await.expect("asked");
    let bao = house.world.viewer(house.custodians[0].0);
    assert!(house.world.store.identities_asked(&bao).await.expect("it reads").is_empty());
    assert!(house.world.store.notices(&bao, false, 10).await.expect("they read").is_empty());
    assert_eq!(code(house.agree(id, 0).await), Code::Hidden);
    // Named only later: the share stays where it is, and serves for nothing.
    let later = house.named().await;
    let register = house.world.store.register("tip").expect("it is defined");
    let (_, secret, barred) = house.world.store.part(&register, values([("about", about(1))]));
    let change = Change { secret, barred, ..Change::default() };
    house.world.store.submit(Request::edit(Actor::Person(house.world.li), "tip", later, change)).await.expect("named");
    house.ask(later).await.expect("asked");
    assert_eq!(code(house.agree(later, 1).await), Code::Hidden);
    house.agree(later, 0).await.expect("agreed");
    house.agree(later, 2).await.expect("agreed");
    assert_eq!(name(&house.open(later).await.expect("two agreed")), Some(text(NAME)));
}

async fn a_name_given_later_is_kept_likewise(on: On) {
    let house = House::with(on, 2).await;
    let anonymous = house.tip(values([("story", text("匿名"))])).await.expect("stored").entry;
    assert_eq!(code(house.ask(anonymous).await), Code::NothingAsked, "there is nothing to ask for");
    let register = house.world.store.register("tip").expect("it is defined");
    let edit = |given| {
        let (_, secret, _) = house.world.store.part(&register, given);
        Request::edit(Actor::Person(house.world.li), "tip", anonymous, Change { secret, ..Change::default() })
    };
    house.world.store.submit(edit(values([("teller", text("先写的")), ("reach", text(REACH))]))).await.expect("corrected");
    house.world.store.submit(edit(values([("teller", text(NAME)), ("story", text("补写"))]))).await.expect("corrected again");
    let open = house.world.store.open_sealed(anonymous, &house.world.viewer(house.world.li), &house.li, "page").await.expect("li opens");
    assert_eq!(open.values.for_viewer_with_key().get("story"), Some(&text("补写")));
    assert!(name(&open.values).is_none());
    house.ask(anonymous).await.expect("asked");
    for at in [0, 1] {
        house.agree(anonymous, at).await.expect("agreed");
    }
    let values = house.open(anonymous).await.expect("two agreed");
    assert_eq!((name(&values), values.for_viewer_with_key().get("reach")), (Some(text(NAME)), Some(&text(REACH))));
    house.world.sound().await;
}

async fn with_fewer_than_two_custodians_it_waits_for_them(on: On) {
    let mut house = House::with(on, 1).await;
    let given = || values([("story", text("实名")), ("teller", text(NAME)), ("reach", text(REACH))]);
    assert_eq!(code(house.tip(given()).await), Code::Condition, "neither custodians nor a recovery key");
    house.tip(values([("story", text("匿名"))])).await.expect("without a name it comes in");
    let recovery = HandlerKey::generate(&mut SystemEntropy);
    house.world.store.set_recovery(&recovery.recipient(), house.world.chen).await.expect("set");
    let spoiled = house.tip(given()).await.expect("no report is lost").entry;
    let id = house.tip(given()).await.expect("no report is lost").entry;
    let found = house.world.store.entry(id, &house.world.viewer(house.world.li)).await.expect("li reads it");
    let shares = house.world.store.shares_of(&found).await.expect("it reads").expect("it is kept");
    assert!(shares.is_waiting && shares.is_thin());
    assert_eq!(code(house.ask(id).await), Code::Condition);
    assert_eq!(house.world.store.deal_waiting(&recovery).await.expect("it works"), 0, "one custodian is too few");
    house.appoint().await;
    let other = HandlerKey::generate(&mut SystemEntropy);
    assert_eq!(house.world.store.deal_waiting(&other).await.expect("it works"), 0, "another key opens nothing");
    let first = house.world.count("SELECT COUNT(*) FROM custody WHERE dealing IS NULL").await;
    assert_eq!(first, 2, "the other one is damaged, and keeps this one waiting for nothing");
    house.world.tamper(&format!("UPDATE entry_bodies SET body = '{{}}' WHERE nr = (SELECT nr FROM entries WHERE id = '{spoiled}')")).await;
    assert_eq!(house.world.store.deal_waiting(&recovery).await.expect("it works"), 1);
    assert_eq!(house.opened_by(id, [0, 1]).await, Some(text(NAME)));
}

async fn what_a_browser_sealed_opens_likewise(on: On) {
    let house = House::with(on, 2).await;
    let register = house.world.store.register("tip").expect("it is defined");
    let circle = house.world.store.circle(&register, house.world.store.institution(), &[]);
    let (key, entry) = (EntryKey::generate(&mut SystemEntropy), store::new_entry());
    let name_of = entry.to_string();
    let context = Context { institution: "h1", register: "tip", entry: &name_of, purpose: "identity" };
    let plain = SecretValues::new(values([("teller", text(NAME)), ("reach", text(REACH))])).to_plaintext();
    let identity = SealedIdentity {
        content: vault::seal(&key.recipient(), &context, &plain),
        dealing: Dealing::deal(&key, &circle.recipients(), &context, &mut SystemEntropy).expect("two custodians"),
    };
    let secret = SecretValues::new(values([("story", text("在浏览器里写"))]));
    let creation = Creation { secret, identity: Some(identity), ..Creation::default() };
    house.world.store.submit(Request::create(Actor::Public, "tip", creation).with_entry(entry)).await.expect("stored");
    assert_eq!(house.opened_by(entry, [1, 0]).await, Some(text(NAME)));
}

async fn a_share_is_handed_over(on: On) {
    let mut house = House::with(on, 2).await;
    let id = house.named().await;
    house.appoint().await;
    house.ask(id).await.expect("asked");
    assert_eq!(code(house.agree(id, 2).await), Code::NotAllowed, "the new one holds no share yet");
    let viewer = house.world.viewer(house.custodians[0].0);
    let hand = |to: PersonId| house.world.store.hand_over_share(id, &viewer, &house.custodians[0].1, to);
    assert_eq!(code(hand(house.custodians[1].0).await), Code::NotAllowed, "nobody holds two");
    assert_eq!(code(hand(house.world.chen).await), Code::UnknownValue, "no custodian");
    hand(house.custodians[2].0).await.expect("handed over");
    assert_eq!(code(hand(house.custodians[2].0).await), Code::NotAllowed, "there is no share left to hand over");
    house.ask(id).await.expect("the request fell with it");
    assert_eq!(code(house.agree(id, 0).await), Code::NotAllowed);
    house.agree(id, 1).await.expect("agreed");
    house.agree(id, 2).await.expect("agreed");
    assert_eq!(name(&house.open(id).await.expect("two agreed")), Some(text(NAME)));
    house.world.sound().await;
}

async fn a_new_circle_is_dealt_anew(on: On) {
    let mut house = House::with(on, 2).await;
    let id = house.named().await;
    house.appoint().await;
    let chen = house.world.viewer(house.world.chen);
    let uneven = house.world.store.uneven_identities(&chen, 50).await.expect("it reads");
    assert_eq!(
        uneven.iter().map(|(found, shares)| (found.entry.id, shares.missing.clone())).collect::<Vec<_>>(),
        [(id, vec![house.custodians[2].0])]
    );
    house.asks_to_deal(id).await;
    for at in [0, 1] {
        house.agree(id, at).await.expect("agreed");
    }
    let as_if = house.world.store.open_identity(id, &chen, &house.chen).await;
    assert_eq!(code(as_if), Code::Stale, "consent to deal shows nothing");
    house.deal(id).await;
    assert!(house.world.store.uneven_identities(&chen, 50).await.expect("it reads").is_empty());
    assert_eq!(house.opened_by(id, [2, 0]).await, Some(text(NAME)));
    let opened =
        house.world.store.identities_held_by(&house.world.viewer(house.custodians[2].0), &house.custodians[2].1).await.expect("it reads");
    assert_eq!(opened, [id]);
    house.world.sound().await;
}

async fn an_erasure_takes_it_all(on: On) {
    let house = House::with(on, 2).await;
    let id = house.named().await;
    house.ask(id).await.expect("asked");
    house.agree(id, 0).await.expect("agreed");
    let none: [(&str, Value); 0] = [];
    house.world.store.submit(Request::make(Actor::Person(house.world.li), "tip", id, "close", none)).await.expect("closed");
    let register = catalogue::RegisterName::new("tip");
    let step = |by, step| house.world.store.erase(&register, id, Actor::Person(by), step);
    step(house.world.li, Erase::Ask("到期".to_owned())).await.expect("asked");
    step(house.world.chen, Erase::Agree).await.expect("agreed");
    assert_eq!(code(house.ask(id).await), Code::NothingAsked);
    assert_eq!(code(house.agree(id, 1).await), Code::Hidden);
    let found = house.world.store.entry(id, &house.world.viewer(house.world.li)).await.expect("what counts is left");
    assert_eq!(house.world.store.shares_of(&found).await.expect("it reads"), None);
    for (person, keyring) in &house.custodians {
        assert!(house.world.store.identities_held_by(&house.world.viewer(*person), keyring).await.expect("it reads").is_empty());
    }
    house.world.sound().await;
}

async fn it_outlives_a_rebuild_and_a_copy(on: On) {
    let house = House::with(on, 2).await;
    let id = house.named().await;
    house.ask(id).await.expect("asked");
    house.agree(id, 0).await.expect("agreed");
    house.world.store.rebuild().await.expect("rebuilt");
    house.agree(id, 1).await.expect("agreed");
    assert_eq!(name(&house.open(id).await.expect("two agreed")), Some(text(NAME)));
    house.ask(id).await.expect("asked");
    let note = Request::new(Actor::Person(house.world.li), "tip", id, Wish::Note("在办".to_owned()));
    house.world.store.submit(note).await.expect("noted");
    house.world.sound().await;
    // Shares of another key are found out.
    house.world.tamper("UPDATE custody SET recipient = 'age1changed'").await;
    assert!(!house.world.store.verify(None).await.expect("it checks").is_sound());
}
