//! Handing out, masking and redacting what is sealed: who may, what two decide, what is left on the disk and on the chain.

use crate::contract;
use crate::sealing::{code, found_under, keyring};
use crate::world::{On, World, text, values};
use engine::content::Left;
use engine::{Actor, Code, ContentDeed, EntryId, Fact, Value};
use std::io::Cursor;
use store::{Choice, Finding, Open, Parcel, Passage, Redaction, Request};
use vault::{HandlerKey, Keyring, Package, ReceiptCode, SystemEntropy};

contract!(
    what_two_agree_on_goes_to_an_authority_and_is_confirmed,
    an_authority_without_a_key_gets_a_signed_package,
    nothing_is_sealed_to_a_key_nobody_checked,
    which_packages_were_made_outlives_an_erasure,
    what_changed_since_it_was_agreed_to_is_not_handed_out,
    an_older_package_ends_no_later_hand_over,
    a_mask_covers_for_readers_without_the_right,
    redacted_words_are_gone_for_everybody_with_a_key,
    content_made_anew_without_two_is_damage,
    a_redacted_file_is_destroyed,
    what_changed_meanwhile_is_read_again,
);

const STORY: &str = "王某在三号楼收了信封，举报人在场";
const PLANTED: &str = "QINGLIANPLANTED";

struct House {
    world: World,
    li: Keyring,
    chen: Keyring,
    entry: EntryId,
}

impl House {
    /// A report with a file, and two who can open it.
    async fn new(on: On) -> Self {
        let world = World::new(on).await;
        let (li, chen) = (keyring(&world, world.li, "li").await, keyring(&world, world.chen, "chen").await);
        let draft = world.store.draft("report").expect("a draft");
        let entry = draft.entry;
        let file = world.store.put_file(PLANTED.repeat(500).as_bytes(), entry, "照片.txt", draft.seal().as_ref()).await.expect("stored");
        let register = world.store.register("report").expect("it is defined");
        let given = values([("place", text("门诊")), ("story", text(STORY)), ("evidence", Value::Files(vec![file]))]);
        let creation = draft.into_creation(world.store.creation(&register, given));
        world.store.submit(Request::create(Actor::Public, "report", creation).with_entry(entry)).await.expect("stored");
        Self { world, li, chen, entry }
    }

    async fn by_li(&self) -> Open {
        self.world.store.open_sealed(self.entry, &self.world.viewer(self.world.li), &self.li, "page").await.expect("li opens")
    }

    async fn by_chen(&self) -> Open {
        self.world.store.open_sealed(self.entry, &self.world.viewer(self.world.chen), &self.chen, "page").await.expect("chen opens")
    }

    async fn authority(&self, key: Option<&HandlerKey>, is_checked: bool) -> EntryId {
        let mut given = values([("name", text("示例市纪委监委"))]);
        if let Some(key) = key {
            given.extend(values([("key", text(&key.recipient().to_string()))]));
        }
        if is_checked {
            given.extend(values([("checked_on", Value::Date(self.world.store.now().date()))]));
        }
        let by = Actor::Person(self.world.li);
        self.world.store.submit(Request::create(by, "authority", given)).await.expect("an authority is stored").entry
    }

    fn choice(&self) -> Choice {
        Choice {
            fields: vec!["story".into()],
            cut: vec!["举报人".to_owned()],
            left_why: "identity".to_owned(),
            why: "移送".to_owned(),
            ..Choice::default()
        }
    }

    async fn agreed(&self, to: EntryId) {
        let (li, chen) = (self.world.viewer(self.world.li), self.world.viewer(self.world.chen));
        self.world.store.ask_to_hand(&self.by_li().await, &li, to, &self.choice()).await.expect("asked");
        self.world.store.answer_handing(&self.by_chen().await.found.entry, &chen, true).await.expect("agreed");
    }

    fn parcel() -> Parcel {
        let left = vec![Left { what: "place".to_owned(), reason: "identity".to_owned() }];
        Parcel { papers: vec![("摘要.txt".to_owned(), STORY.as_bytes().to_vec())], told: left.clone(), left, ..Parcel::default() }
    }

    fn story(open: &Open) -> String {
        open.values.for_viewer_with_key().get("story").and_then(Value::as_text).expect("a story").to_owned()
    }
}

async fn what_two_agree_on_goes_to_an_authority_and_is_confirmed(on: On) {
    let house = House::new(on).await;
    let (world, store) = (&house.world, &house.world.store);
    let (li, chen) = (world.viewer(world.li), world.viewer(world.chen));
    let authority = HandlerKey::generate(&mut SystemEntropy);
    let to = house.authority(Some(&authority), true).await;
    let open = house.by_li().await;
    assert_eq!(code(store.hand_out(&open, &li, House::parcel()).await), Code::NothingAsked);
    let silent = Choice { why: " ".to_owned(), ..house.choice() };
    assert_eq!(code(store.ask_to_hand(&open, &li, to, &silent).await), Code::Missing);
    assert_eq!(code(store.ask_to_hand(&open, &li, house.entry, &house.choice()).await), Code::UnknownValue, "that is no authority");
    assert_eq!(code(store.ask_to_hand(&house.by_chen().await, &chen, to, &house.choice()).await), Code::NotAllowed);
    store.ask_to_hand(&open, &li, to, &house.choice()).await.expect("asked");
    assert_eq!(code(store.ask_to_hand(&house.by_li().await, &li, to, &house.choice()).await), Code::AlreadyAsked);
    let told = store.notices(&chen, true, 9).await.expect("notices");
    assert!(told.iter().any(|notice| notice.why == "hand" && notice.duty), "{told:?}");
    let open = house.by_li().await;
    assert_eq!(open.choice().expect("it opens"), Some(house.choice()));
    assert_eq!(code(store.answer_handing(&open.found.entry, &li, true).await), Code::SelfApproval);
    assert_eq!(code(store.hand_out(&open, &li, House::parcel()).await), Code::NothingAsked, "nobody agreed yet");
    store.answer_handing(&open.found.entry, &chen, true).await.expect("agreed");
    let open = house.by_li().await;
    let made = store.hand_out(&open, &li, House::parcel()).await.expect("made");
    assert!(made.is_sealed && !found(&made.bytes, "信封"), "nothing of it is readable");

    let key = store.house_key().expect("the house has a key");
    let mut package = Package::open(&authority, &key, made.bytes.as_slice(), Cursor::new(Vec::new())).expect("the authority opens it");
    let mut paper = Vec::new();
    package.read(0, &mut paper).expect("it reads");
    assert_eq!((paper.as_slice(), package.manifest.withheld[0].what.as_str()), (STORY.as_bytes(), "place"));
    let entry = house.by_li().await.found.entry;
    let receipt = store::receipt_of(&entry.content.handed[0]).expect("a receipt");
    receipt.verify(&key).expect("the house signed it");
    assert!(receipt.is_of(made.bytes.as_slice()).expect("it reads"));

    let wrong = ReceiptCode::generate(&mut SystemEntropy).to_groups().expose(String::clone);
    assert_eq!(code(store.confirm_handing(&entry, &li, &wrong).await), Code::UnknownValue);
    let told_back = package.code.to_groups().expose(String::clone);
    assert_eq!(code(store.confirm_handing(&entry, &chen, &told_back).await), Code::NotAllowed);
    store.confirm_handing(&entry, &li, &told_back).await.expect("confirmed");
    let entry = house.by_li().await.found.entry;
    assert!(entry.content.handed[0].confirmed.is_some() && entry.content.handing.is_none());
    assert!(
        entry.values.get("receipt").and_then(Value::as_text).is_some_and(|words| words.contains(&entry.content.handed[0].sha256[..16]))
    );
    assert_eq!(code(store.confirm_handing(&entry, &li, &told_back).await), Code::NothingAsked, "once");
    let events = store.events_of(house.entry).await.expect("events");
    let said = serde_json::to_string(&events.iter().map(|one| &one.event).collect::<Vec<_>>()).expect("JSON");
    assert!(said.contains(&receipt.sealed_sha256) && !said.contains("举报人") && !said.contains("信封"), "{said}");
    world.sound().await;
    assert!(found_under(world.folder.path(), "三号楼".as_bytes()).is_empty(), "no plain word of a package on the disk");
}

async fn an_authority_without_a_key_gets_a_signed_package(on: On) {
    let house = House::new(on).await;
    let to = house.authority(None, false).await;
    house.agreed(to).await;
    let li = house.world.viewer(house.world.li);
    let made = house.world.store.hand_out(&house.by_li().await, &li, House::parcel()).await.expect("made");
    assert!(!made.is_sealed && made.bytes.starts_with(b"PK"));
    let key = house.world.store.house_key().expect("a key");
    Package::open_unsealed(&key, Cursor::new(made.bytes.clone())).expect("it is signed");
    let mut altered = made.bytes;
    let at = altered.windows(6).position(|window| window == "信封".as_bytes()).expect("it is readable");
    altered[at] ^= 1;
    assert!(Package::open_unsealed(&key, Cursor::new(altered)).is_err());
}

async fn nothing_is_sealed_to_a_key_nobody_checked(on: On) {
    let house = House::new(on).await;
    let key = HandlerKey::generate(&mut SystemEntropy);
    let to = house.authority(Some(&key), false).await;
    let li = house.world.viewer(house.world.li);
    assert_eq!(code(house.world.store.ask_to_hand(&house.by_li().await, &li, to, &house.choice()).await), Code::Condition);
}

async fn what_changed_since_it_was_agreed_to_is_not_handed_out(on: On) {
    let house = House::new(on).await;
    let (world, store) = (&house.world, &house.world.store);
    let li = world.viewer(world.li);
    let to = house.authority(None, false).await;
    house.agreed(to).await;
    let register = store.register("report").expect("it is defined");
    let (_, secret, barred) = store.part(&register, values([("story", text("另写的内容"))]));
    let change = store::Change { secret, barred, ..store::Change::default() };
    store.submit(Request::make(Actor::Person(world.li), "report", house.entry, "amend", change)).await.expect("li may");
    assert_eq!(code(store.hand_out(&house.by_li().await, &li, House::parcel()).await), Code::Stale);
    store.answer_handing(&house.by_li().await.found.entry, &li, false).await.expect("taken back");
    house.agreed(to).await;
    store.hand_out(&house.by_li().await, &li, House::parcel()).await.expect("agreed to as it is");
    world.sound().await;
}

async fn an_older_package_ends_no_later_hand_over(on: On) {
    let house = House::new(on).await;
    let (world, store) = (&house.world, &house.world.store);
    let li = world.viewer(world.li);
    let authority = HandlerKey::generate(&mut SystemEntropy);
    let to = house.authority(Some(&authority), true).await;
    house.agreed(to).await;
    let made = store.hand_out(&house.by_li().await, &li, House::parcel()).await.expect("made");
    store.answer_handing(&house.by_li().await.found.entry, &li, false).await.expect("taken back");
    house.agreed(to).await;
    let key = store.house_key().expect("the house has a key");
    let package = Package::open(&authority, &key, made.bytes.as_slice(), Cursor::new(Vec::new())).expect("the authority opens it");
    let told_back = package.code.to_groups().expose(String::clone);
    store.confirm_handing(&house.by_li().await.found.entry, &li, &told_back).await.expect("confirmed");
    let content = house.by_li().await.found.entry.content;
    assert!(content.handed[0].confirmed.is_some() && content.handing.is_some_and(|handing| handing.agreed));
    world.sound().await;
}

async fn which_packages_were_made_outlives_an_erasure(on: On) {
    let house = House::new(on).await;
    let (world, store) = (&house.world, &house.world.store);
    let to = house.authority(None, false).await;
    house.agreed(to).await;
    store.hand_out(&house.by_li().await, &world.viewer(world.li), House::parcel()).await.expect("made");
    let none: [(&str, Value); 0] = [];
    store.submit(Request::make(Actor::Person(world.li), "report", house.entry, "close", none)).await.expect("closed");
    let report = "report".into();
    store.erase(&report, house.entry, Actor::Person(world.li), store::Erase::Ask("已移送".to_owned())).await.expect("asked");
    store.erase(&report, house.entry, Actor::Person(world.chen), store::Erase::Agree).await.expect("agreed");
    let left = store.fold_of(house.entry).await.expect("it reads").expect("it is there");
    assert!(left.is_erased() && left.content.handed.len() == 1 && store::receipt_of(&left.content.handed[0]).is_some());
    world.sound().await;
}

async fn a_mask_covers_for_readers_without_the_right(on: On) {
    let house = House::new(on).await;
    let (world, store) = (&house.world, &house.world.store);
    let (li, chen) = (world.viewer(world.li), world.viewer(world.chen));
    let passage = |words: &str, why: &str| Passage { field: Some("story".into()), words: words.to_owned(), why: why.to_owned() };
    let open = house.by_li().await;
    assert_eq!(code(store.mask(&open, &li, &passage("不在文中", "隐私")).await), Code::UnknownValue);
    assert_eq!(code(store.mask(&open, &li, &passage("王某", "")).await), Code::Missing);
    assert_eq!(code(store.mask(&house.by_chen().await, &chen, &passage("王某", "隐私")).await), Code::NotAllowed);
    let elsewhere = Passage { field: Some("evidence".into()), ..passage("王某", "隐私") };
    assert_eq!(code(store.mask(&open, &li, &elsewhere).await), Code::UnknownValue, "it does not stand in that field");
    store.mask(&open, &li, &passage("王某", "第三人隐私")).await.expect("masked");
    store
        .submit(Request::new(Actor::Person(world.li), "report", house.entry, store::Wish::Note("王某已谈".to_owned())))
        .await
        .expect("noted");
    let open = house.by_chen().await;
    assert_eq!(House::story(&open), STORY.replace("王某", "████〔第三人隐私〕"));
    assert_eq!(noted(&open, &house).await, "████〔第三人隐私〕已谈");
    let open = house.by_li().await;
    assert_eq!((House::story(&open).as_str(), noted(&open, &house).await.as_str()), (STORY, "王某已谈"));
    let (mark, kept) = open.passages().expect("they open").pop().expect("one");
    assert_eq!(kept, passage("王某", "第三人隐私"));
    assert_eq!(code(store.unmask(&open, &li, mark + 1).await), Code::NothingAsked);
    store.unmask(&open, &li, mark).await.expect("unmasked");
    assert_eq!(House::story(&house.by_chen().await), STORY);
    world.sound().await;
}

/// The last note of the timeline.
async fn noted(open: &Open, house: &House) -> String {
    let events = house.world.store.events_of(house.entry).await.expect("events");
    let part = events.iter().rev().find_map(|one| match &one.event.fact {
        Fact::Noted { note: engine::Note::Sealed(part), .. } => Some(part.clone()),
        _ => None,
    });
    open.note(&part.expect("a sealed note")).expect("it opens").expose(|plain| String::from_utf8_lossy(plain).into_owned())
}

async fn redacted_words_are_gone_for_everybody_with_a_key(on: On) {
    let house = House::new(on).await;
    let (world, store) = (&house.world, &house.world.store);
    let (li, chen) = (world.viewer(world.li), world.viewer(world.chen));
    store
        .submit(Request::new(Actor::Person(world.li), "report", house.entry, store::Wish::Note("举报人是同事".to_owned())))
        .await
        .expect("noted");
    store.submit(Request::new(Actor::Person(world.li), "report", house.entry, store::Wish::Note("别的".to_owned()))).await.expect("noted");
    let open = house.by_li().await;
    store.mask(&open, &li, &Passage { field: None, words: "举报人在场".to_owned(), why: "隐私".to_owned() }).await.expect("masked");
    let open = house.by_li().await;
    let wish = |words: &str| Redaction { words: vec![words.to_owned()], why: "保护举报人".to_owned(), ..Redaction::default() };
    assert_eq!(code(store.ask_to_redact(&open, &li, &wish("不在文中")).await), Code::UnknownValue);
    assert_eq!(code(store.ask_to_redact(&open, &li, &wish("王")).await), Code::TooSmall);
    assert_eq!(code(store.redact(&open, &li).await), Code::NothingAsked);
    store.ask_to_redact(&open, &li, &wish("举报人")).await.expect("asked");
    let before: Vec<String> = ciphers(&house).await;
    let [content, note] = [&before[0], &before[1]].map(|cipher| cipher[cipher.len() - 60..].to_owned());
    assert_eq!(code(store.redact(&house.by_li().await, &li).await), Code::SelfApproval);
    store.redact(&house.by_chen().await, &chen).await.expect("redacted");
    world.sound().await;
    assert!(!store.purge_is_due().await.expect("it says"));
    if matches!(on, On::Sqlite) {
        for gone in [&content, &note] {
            assert_eq!(found_under(world.folder.path(), gone.as_bytes()), Vec::<String>::new(), "the old ciphertext is on no disk");
        }
    }
    let open = house.by_li().await;
    assert_eq!(House::story(&open), STORY.replace("举报人", "████"));
    assert_eq!(open.passages().expect("they open")[0].1.words, "████在场", "what was masked does not keep the words either");
    let after = ciphers(&house).await;
    assert!(
        !after.contains(&before[0]) && !after.contains(&before[1]) && after.contains(&before[2]),
        "only what held the words was made anew"
    );
    let events = store.events_of(house.entry).await.expect("events");
    assert!(events.iter().all(|one| one.holds), "the page says that the chain holds");
    // The lists made anew from the events are the same.
    store.rebuild().await.expect("rebuilt");
    world.sound().await;
    assert_eq!(House::story(&house.by_li().await), STORY.replace("举报人", "████"));
    assert!(!House::story(&house.by_chen().await).contains("举报人"));
}

/// Every ciphertext of the events, oldest first.
async fn ciphers(house: &House) -> Vec<String> {
    let events = house.world.store.events_of(house.entry).await.expect("events");
    let mut found = Vec::new();
    for one in &events {
        gather(&serde_json::to_value(&one.event.fact).expect("JSON"), &mut found);
    }
    found
}

fn gather(json: &serde_json::Value, found: &mut Vec<String>) {
    match json {
        serde_json::Value::Object(inner) => {
            found.extend(inner.get("cipher").and_then(|cipher| cipher.as_str()).map(str::to_owned));
            inner.values().for_each(|inner| gather(inner, found));
        }
        serde_json::Value::Array(all) => all.iter().for_each(|one| gather(one, found)),
        _ => {}
    }
}

async fn content_made_anew_without_two_is_damage(on: On) {
    let house = House::new(on).await;
    let (world, store) = (&house.world, &house.world.store);
    let (li, chen) = (world.viewer(world.li), world.viewer(world.chen));
    let wish = Redaction { words: vec!["举报人".to_owned()], why: "保护".to_owned(), ..Redaction::default() };
    store.ask_to_redact(&house.by_li().await, &li, &wish).await.expect("asked");
    store.redact(&house.by_chen().await, &chen).await.expect("redacted");
    world.sound().await;
    let first = store.events_of(house.entry).await.expect("events")[0].seq;
    // Once more, by nobody: other content under the same event.
    world.tamper(&format!("UPDATE events SET data = REPLACE(data, '门诊', '病房') WHERE seq = {first} AND chain NOT LIKE 'reads:%'")).await;
    let report = store.verify(None).await.expect("the check runs");
    let is_told = |finding: &Finding| matches!(finding, Finding::EventChanged { seq, .. } if *seq == first);
    assert!(report.findings.iter().any(is_told), "{:#?}", report.findings);
    assert!(store.events_of(house.entry).await.expect("events").iter().any(|one| one.seq == first && !one.holds));
}

async fn a_redacted_file_is_destroyed(on: On) {
    let house = House::new(on).await;
    let (world, store) = (&house.world, &house.world.store);
    let (li, chen) = (world.viewer(world.li), world.viewer(world.chen));
    let file = house.by_li().await.files().pop().expect("a file");
    assert!(store.file_path(&file.hash).is_ok());
    let wish = Redaction { files: vec![file.hash.clone()], why: "与本件无关".to_owned(), ..Redaction::default() };
    store.ask_to_redact(&house.by_li().await, &li, &wish).await.expect("asked");
    store.redact(&house.by_chen().await, &chen).await.expect("redacted");
    assert!(house.by_li().await.files().is_empty() && store.file_path(&file.hash).is_err());
    world.sound().await;
}

async fn what_changed_meanwhile_is_read_again(on: On) {
    let house = House::new(on).await;
    let (world, store) = (&house.world, &house.world.store);
    let (li, chen) = (world.viewer(world.li), world.viewer(world.chen));
    let wish = Redaction { words: vec!["举报人".to_owned()], why: "保护".to_owned(), ..Redaction::default() };
    store.ask_to_redact(&house.by_li().await, &li, &wish).await.expect("asked");
    let open = house.by_chen().await;
    store
        .submit(Request::new(Actor::Person(world.li), "report", house.entry, store::Wish::Note("举报人来电".to_owned())))
        .await
        .expect("noted");
    assert_eq!(code(store.redact(&open, &chen).await), Code::Stale, "the note was not read");
    store.redact(&house.by_chen().await, &chen).await.expect("redacted");
    let is_redacted = |fact: &Fact| matches!(fact, Fact::Content(ContentDeed::Redacted { rewritten, .. }) if rewritten.len() == 3);
    let events = store.events_of(house.entry).await.expect("events");
    assert!(events.iter().any(|one| is_redacted(&one.event.fact)), "the creation, the wish and the note were made anew");
    world.sound().await;
}

fn found(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|window| window == word.as_bytes())
}
