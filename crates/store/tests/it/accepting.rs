//! Reports sealed before they come to the house: they open like any other, and nothing a stranger makes of one does harm.

use crate::contract;
use crate::sealing::{code, keyring};
use crate::world::{On, World, text, values};
use catalogue::FieldName;
use engine::brought::Doubt;
use engine::{Actor, Code, EntryId, Value, Values};
use std::io::Write;
use store::{BroughtIn, Creation, Done, Failure, Request};
use vault::{
    AddressedWrap, Addressees, Contents, EntryKey, FileCard, HandlerKey, Keyring, ReceiptCode, Sealed, Speaker, Submission, SystemEntropy,
    Wrap, seal,
};

contract!(
    a_report_sealed_by_its_sender_opens_like_any_other,
    it_is_sealed_to_exactly_those_entitled,
    what_is_not_sealed_as_it_must_be_is_refused,
    sent_again_it_is_one_report,
    a_letter_that_cannot_be_read_is_shown_as_one,
    what_does_not_fit_the_form_is_named_and_the_rest_is_read,
    nothing_can_be_added_for_those_a_bad_letter_shut_out,
    names_of_attachments_lose_redacted_words,
    what_is_written_to_each_other_loses_redacted_words,
    what_cannot_be_taken_out_of_a_message_is_not_said_to_be_gone,
    masks_cover_what_is_written_to_each_other,
);

/// A report on its way: everything a sender makes, to be spoilt before it is sent.
struct Sent {
    entry: EntryId,
    key: EntryKey,
    code: ReceiptCode,
    to: Addressees,
    submission: Submission,
    covers: Vec<FieldName>,
    values: Values,
    files: Vec<String>,
}

const CONTENT: &str = r#"{"story":{"text":"科室收了信封"},"evidence":{"cards":[1]}}"#;
const FILE: &[u8] = b"not a picture at all";

async fn letter(world: &World, content: &str) -> Sent {
    let (entry, key, code) = (store::new_entry(), EntryKey::generate(&mut SystemEntropy), ReceiptCode::generate(&mut SystemEntropy));
    let register = world.store.register("report").expect("it is defined");
    let values = values([("place", text("门诊"))]);
    let (to, _) = world.store.addressees(&register, entry, values.clone()).expect("it is open to the public");
    let cards = [FileCard { name: "../照片.jpg".to_owned(), size: FILE.len() as u64, sha256: String::new() }];
    let contents = Contents { content: content.as_bytes(), cards: &cards, identity: None };
    let submission = to.seal(&key, &contents, &code, &mut SystemEntropy).expect("no identity, no custodians");
    let mut sealed = Vec::new();
    vault::seal_file(&key.recipient(), &to.place("file"), FILE, &mut sealed).expect("in memory");
    let mut file = world.store.new_file(None).expect("begun");
    file.write_all(&sealed).expect("written");
    let files = vec![world.store.keep_brought_file(file, entry).await.expect("kept")];
    let covers = ["story", "evidence"].map(FieldName::new).to_vec();
    Sent { entry, key, code, to, submission, covers, values, files }
}

impl Sent {
    fn request(&self) -> Request {
        let (covers, submission, files) = (self.covers.clone(), self.submission.clone(), self.files.clone());
        let brought = Some(Box::new(BroughtIn { covers, submission, files }));
        let creation = Creation { values: self.values.clone(), brought, ..Creation::default() };
        let key = format!("sealed:{}:{}", self.entry, self.submission.code.recipient);
        Request::create(Actor::Public, "report", creation).with_entry(self.entry).with_key(key)
    }

    async fn send(&self, world: &World) -> Result<Done, Failure> {
        world.store.submit(self.request()).await
    }
}

fn shown(open: &store::Open, field: &str) -> Option<Value> {
    open.values.for_viewer_with_key().get(field).cloned()
}

async fn a_report_sealed_by_its_sender_opens_like_any_other(on: On) {
    let world = World::new(on).await;
    let li = keyring(&world, world.li, "li").await;
    let sent = letter(&world, CONTENT).await;
    let done = sent.send(&world).await.expect("it is taken");
    assert_eq!(done.entry, sent.entry);
    assert!(done.receipt.is_some());
    let open = world.store.open_sealed(done.entry, &world.viewer(world.li), &li, "page").await.expect("li is entitled");
    assert_eq!((shown(&open, "story"), open.doubts.as_slice()), (Some(text("科室收了信封")), &[][..]));
    let files = shown(&open, "evidence").expect("the attachment").files().to_vec();
    assert_eq!((files[0].name.as_str(), files[0].size), ("照片.jpg", FILE.len() as u64), "no folders in a name");
    let mut plain = Vec::new();
    world.store.open_file(&open, &files[0], &mut plain).expect("it opens");
    assert_eq!(plain, FILE);
    assert_eq!(world.store.start_of_file(&open, &files[0], 5).expect("it opens"), b"not a");
    assert_eq!(world.store.start_of_file(&open, &files[0], 500).expect("it opens"), FILE);
    let by_code = world.store.open_with_code(&sent.code).await.expect("it answers").expect("the code opens it");
    assert_eq!(shown(&by_code, "story"), Some(text("科室收了信封")));
    // Added to by the house, both parts open.
    let register = world.store.register("report").expect("it is defined");
    let (set, secret, barred) = world.store.part(&register, values([("story", text("已核对"))]));
    assert!(set.is_empty());
    let change = store::Change { secret, barred, ..store::Change::default() };
    world.store.submit(Request::make(Actor::Person(world.li), "report", done.entry, "amend", change)).await.expect("li may");
    let open = world.store.open_sealed(done.entry, &world.viewer(world.li), &li, "page").await.expect("li is entitled");
    assert_eq!((shown(&open, "story"), open.doubts.len()), (Some(text("已核对")), 0));
    let world = world.reopen().await;
    world.sound().await;
}

async fn it_is_sealed_to_exactly_those_entitled(on: On) {
    let world = World::new(on).await;
    let li = keyring(&world, world.li, "li").await;
    keyring(&world, world.zhang, "zhang").await;
    let recovery = HandlerKey::generate(&mut SystemEntropy);
    world.store.set_recovery(&recovery.recipient(), world.chen).await.expect("it is set");
    let sent = letter(&world, CONTENT).await;
    assert_eq!(sent.to.readers, [li.recipients().next().expect("a key").clone(), recovery.recipient()], "the inspector, not any staff");
    let done = sent.send(&world).await.expect("it is taken");
    let entry = world.store.fold_of(done.entry).await.expect("it reads").expect("it is there");
    let holders = world.store.holders(&entry).await.expect("it reads");
    assert_eq!(holders, ["code".to_owned(), format!("person:{}", world.li), "recovery".to_owned()]);
    // Whoever is entitled since is let in by the first opening.
    let chen = keyring(&world, world.chen, "chen").await;
    assert_eq!(code(world.store.open_sealed(done.entry, &world.viewer(world.chen), &chen, "page").await), Code::NotAllowed);
    world.store.open_sealed(done.entry, &world.viewer(world.li), &li, "page").await.expect("li is entitled");
    world.store.open_sealed(done.entry, &world.viewer(world.chen), &chen, "page").await.expect("chen is let in");
    let by_sheet = world
        .store
        .open_with_recovery(done.entry, &vault::Keyring::new(recovery), &world.viewer(world.li), "rescue")
        .await
        .expect("it opens");
    assert!(by_sheet.fits() && shown(&by_sheet, "story").is_some());
    world.sound().await;
}

async fn what_is_not_sealed_as_it_must_be_is_refused(on: On) {
    let world = World::new(on).await;
    keyring(&world, world.li, "li").await;
    let stranger = HandlerKey::generate(&mut SystemEntropy).recipient();
    let check = async |what: &str, expected: Code, spoil: &dyn Fn(&mut Sent)| {
        let mut sent = letter(&world, CONTENT).await;
        spoil(&mut sent);
        assert_eq!(code(sent.send(&world).await), expected, "{what}");
        assert!(world.store.fold_of(sent.entry).await.expect("it reads").is_none(), "{what}: nothing is stored");
        assert!(world.store.open_with_code(&sent.code).await.expect("it answers").is_none(), "{what}");
    };
    check("a reader left out", Code::Stale, &|sent| sent.submission.wraps.clear()).await;
    check("one more reader", Code::Stale, &|sent| {
        let wrap = Wrap::to(&sent.key, &stranger, &sent.to.place("key"));
        sent.submission.wraps.push(AddressedWrap { to: stranger.clone(), wrap });
    })
    .await;
    check("a stranger in place of a reader", Code::Stale, &|sent| sent.submission.wraps[0].to = stranger.clone()).await;
    check("words in the clear", Code::UnknownValue, &|sent| {
        sent.submission.content = Sealed::from_bytes(CONTENT.as_bytes().to_vec());
    })
    .await;
    check("open to a second key", Code::UnknownValue, &|sent| {
        let speaker = vault::Speaker::Reporter;
        let content = vault::Message::seal(speaker, b"x", &sent.key.recipient(), &stranger, &sent.to.place("content"));
        sent.submission.content = content;
    })
    .await;
    check("a card missing", Code::Missing, &|sent| sent.submission.cards.clear()).await;
    check("a file missing", Code::Missing, &|sent| sent.files.clear()).await;
    check("files, and no field for them", Code::NotOnForm, &|sent| sent.covers.truncate(1)).await;
    check("people who would have to be kept out", Code::NotOnForm, &|sent| sent.covers.push("about".into())).await;
    check("a field twice", Code::NotOnForm, &|sent| sent.covers.push("story".into())).await;
    check("a plain field as if sealed", Code::NotOnForm, &|sent| sent.covers.push("place".into())).await;
    check("a field that does not exist", Code::NotOnForm, &|sent| sent.covers.push("nothing".into())).await;
    check("a sealed field in the clear", Code::NotOnForm, &|sent| {
        sent.values.insert("story".into(), text("明文"));
    })
    .await;
    check("a field of moves", Code::NotOnForm, &|sent| {
        sent.values.insert("unit".into(), Value::Unit(world.ward));
    })
    .await;
    check("too long", Code::TooLarge, &|sent| {
        sent.submission.content = seal(&sent.key.recipient(), &sent.to.place("content"), &vec![b'x'; 600_000]);
    })
    .await;
    check("an identity nobody asked for", Code::NotOnForm, &|sent| {
        let of =
            Addressees { custodians: [1, 2].map(|_| HandlerKey::generate(&mut SystemEntropy).recipient()).to_vec(), ..sent.to.clone() };
        let contents = Contents { identity: Some(b"{}"), ..Contents::default() };
        let made = of.seal(&sent.key, &contents, &sent.code, &mut SystemEntropy).expect("two custodians");
        sent.submission.identity = made.identity;
    })
    .await;
    world.sound().await;
}

async fn sent_again_it_is_one_report(on: On) {
    let world = World::new(on).await;
    keyring(&world, world.li, "li").await;
    let sent = letter(&world, CONTENT).await;
    let first = sent.send(&world).await.expect("it is taken");
    assert_eq!(sent.send(&world).await.expect("the same again"), first);
    let both = world.store.submit_all(vec![sent.request(), sent.request()]).await;
    assert!(both.into_iter().all(|done| done.expect("the same again") == first));
    assert_eq!(world.store.entries(&store::Query::of("report"), &world.viewer(world.li)).await.expect("it lists").len(), 1);
    // Another code under the same id is another letter, and is not taken for the first.
    let mut other = letter(&world, CONTENT).await;
    (other.entry, other.to.entry) = (sent.entry, sent.entry.to_string());
    let contents = Contents { content: b"{}", ..Contents::default() };
    other.submission = other.to.seal(&other.key, &contents, &other.code, &mut SystemEntropy).expect("sealed");
    other.files.clear();
    assert_eq!(code(other.send(&world).await), Code::Duplicate);
    world.sound().await;
}

async fn names_of_attachments_lose_redacted_words(on: On) {
    let world = World::new(on).await;
    let (li, chen) = (keyring(&world, world.li, "li").await, keyring(&world, world.chen, "chen").await);
    let done = letter(&world, CONTENT).await.send(&world).await.expect("it is taken");
    let store = &world.store;
    let (by_li, by_chen) = (world.viewer(world.li), world.viewer(world.chen));
    let name = |open: &store::Open| open.files()[0].name.clone();
    let open = store.open_sealed(done.entry, &by_li, &li, "page").await.expect("li is entitled");
    assert_eq!(name(&open), "照片.jpg");
    let wish = store::Redaction { words: vec!["照片".to_owned()], why: "保护举报人".to_owned(), ..store::Redaction::default() };
    store.ask_to_redact(&open, &by_li, &wish).await.expect("it stands in a name");
    let open = store.open_sealed(done.entry, &by_chen, &chen, "page").await.expect("chen is let in");
    store.redact(&open, &by_chen).await.expect("redacted");
    let open = store.open_sealed(done.entry, &by_li, &li, "page").await.expect("li is entitled");
    assert_eq!((name(&open).as_str(), shown(&open, "story")), ("████.jpg", Some(text("科室收了信封"))));
    let mut plain = Vec::new();
    store.open_file(&open, &open.files()[0], &mut plain).expect("it opens");
    assert_eq!(plain, FILE, "the file stays");
    // The lists made anew from the events are the same.
    store.rebuild().await.expect("rebuilt");
    let open = store.open_sealed(done.entry, &by_li, &li, "page").await.expect("li is entitled");
    assert_eq!(name(&open), "████.jpg");
    world.sound().await;
}

async fn what_is_written_to_each_other_loses_redacted_words(on: On) {
    let world = World::new(on).await;
    let (li, chen) = (keyring(&world, world.li, "li").await, keyring(&world, world.chen, "chen").await);
    let sent = letter(&world, CONTENT).await;
    let done = sent.send(&world).await.expect("it is taken");
    let store = &world.store;
    let (by_li, by_chen) = (world.viewer(world.li), world.viewer(world.chen));
    for text in ["值班护士看见了", "请问还有谁在场"] {
        let wish = store::Wish::Message { text: text.to_owned(), files: Vec::new() };
        store.submit(Request::new(Actor::Person(world.li), "report", done.entry, wish)).await.expect("written");
    }
    store.write_with_code(&sent.code, "是值班护士甲告诉我的", Vec::new(), None).await.expect("the reporter writes back");
    let open = store.open_sealed(done.entry, &by_li, &li, "page").await.expect("li is entitled");
    let wish =
        |words: &str| store::Redaction { words: vec![words.to_owned()], why: "保护证人".to_owned(), ..store::Redaction::default() };
    assert_eq!(code(store.ask_to_redact(&open, &by_li, &wish("值班医生")).await), Code::UnknownValue, "that stands nowhere");
    store.ask_to_redact(&open, &by_li, &wish("护士")).await.expect("it stands in messages alone");
    let open = store.open_sealed(done.entry, &by_chen, &chen, "page").await.expect("chen is let in");
    store.redact(&open, &by_chen).await.expect("redacted");
    world.sound().await;
    let texts = |open: &store::Open, history: &[store::Happened]| {
        let letters = open.letters(history).expect("they open, as the chain says who spoke");
        letters.into_iter().map(|letter| (letter.by, letter.text)).collect::<Vec<_>>()
    };
    let expected = [
        (Speaker::House, "值班████看见了".to_owned()),
        (Speaker::House, "请问还有谁在场".to_owned()),
        (Speaker::Reporter, "是值班████甲告诉我的".to_owned()),
    ];
    let history = store.events_of(done.entry).await.expect("it reads");
    assert!(history.iter().all(|one| one.holds), "the page says that the chain holds");
    let open = store.open_sealed(done.entry, &by_li, &li, "page").await.expect("li is entitled");
    assert_eq!(texts(&open, &history), expected);
    let by_code = store.open_with_code(&sent.code).await.expect("it answers").expect("the code is the right one");
    assert_eq!(texts(&by_code, &history), expected, "and so its reporter reads them");
}

/// A bar somebody wrote themselves goes under no other: after all was made anew, messages and notes are looked at once more.
async fn what_cannot_be_taken_out_of_a_message_is_not_said_to_be_gone(on: On) {
    let bar = engine::content::BAR;
    let message = |text: String| store::Wish::Message { text, files: Vec::new() };
    for (place, said) in [
        ("a message", vec![message(format!("补充{bar}二字"))]),
        ("a note", vec![message(bar.to_owned()), store::Wish::Note(format!("又{bar}"))]),
    ] {
        let world = World::new(on).await;
        let (li, chen) = (keyring(&world, world.li, "li").await, keyring(&world, world.chen, "chen").await);
        let done = letter(&world, CONTENT).await.send(&world).await.expect("it is taken");
        let (store, by_li, by_chen) = (&world.store, world.viewer(world.li), world.viewer(world.chen));
        for wish in said {
            store.submit(Request::new(Actor::Person(world.li), "report", done.entry, wish)).await.expect("written");
        }
        let before = store.events_of(done.entry).await.expect("it reads");
        let wish = store::Redaction { words: vec![bar.to_owned()], why: "保护证人".to_owned(), ..store::Redaction::default() };
        let open = store.open_sealed(done.entry, &by_li, &li, "page").await.expect("li is entitled");
        store.ask_to_redact(&open, &by_li, &wish).await.expect("it stands there");
        let open = store.open_sealed(done.entry, &by_chen, &chen, "page").await.expect("chen is let in");
        assert_eq!(code(store.redact(&open, &by_chen).await), Code::Condition, "{place}");
        let after = store.events_of(done.entry).await.expect("it reads");
        assert!(before.iter().zip(&after).all(|(before, after)| before.event == after.event), "{place}: nothing was changed");
        world.sound().await;
    }
}

async fn masks_cover_what_is_written_to_each_other(on: On) {
    let world = World::new(on).await;
    let (li, chen) = (keyring(&world, world.li, "li").await, keyring(&world, world.chen, "chen").await);
    let sent = letter(&world, CONTENT).await;
    let done = sent.send(&world).await.expect("it is taken");
    let store = &world.store;
    let open = store.open_sealed(done.entry, &world.viewer(world.li), &li, "page").await.expect("li is entitled");
    let passage = store::Passage { field: None, words: "信封".to_owned(), why: "隐私".to_owned() };
    store.mask(&open, &world.viewer(world.li), &passage).await.expect("masked");
    let wish = store::Wish::Message { text: "信封是白的".to_owned(), files: Vec::new() };
    store.submit(Request::new(Actor::Person(world.li), "report", done.entry, wish)).await.expect("written");
    let history = store.events_of(done.entry).await.expect("it reads");
    let read = |open: &store::Open| open.letters(&history).expect("they open").pop().expect("one").text;
    let by_chen = store.open_sealed(done.entry, &world.viewer(world.chen), &chen, "page").await.expect("chen is let in");
    assert_eq!(read(&by_chen), "████〔隐私〕是白的");
    let by_li = store.open_sealed(done.entry, &world.viewer(world.li), &li, "page").await.expect("li is entitled");
    assert_eq!(read(&by_li), "信封是白的");
    let by_code = store.open_with_code(&sent.code).await.expect("it answers").expect("the code is the right one");
    assert_eq!(read(&by_code), "信封是白的", "what a reporter was written stays whole for them");
    world.sound().await;
}

/// What li sees of a letter that was spoilt.
async fn opened(world: &World, li: &Keyring, content: &str, spoil: &dyn Fn(&mut Sent)) -> store::Open {
    let mut sent = letter(world, content).await;
    spoil(&mut sent);
    let done = sent.send(world).await.expect("nobody can see from outside what is wrong with it");
    let by_code = world.store.open_with_code(&sent.code).await.expect("it answers").expect("the code is the right one");
    assert!(by_code.letters(&world.store.events_of(done.entry).await.expect("it reads")).expect("no messages").is_empty());
    world.store.open_sealed(done.entry, &world.viewer(world.li), li, "page").await.expect("li is entitled")
}

async fn a_letter_that_cannot_be_read_is_shown_as_one(on: On) {
    let world = World::new(on).await;
    let li = keyring(&world, world.li, "li").await;
    let other = EntryKey::generate(&mut SystemEntropy);
    let check = async |what: &str, spoil: &dyn Fn(&mut Sent)| {
        let open = opened(&world, &li, CONTENT, spoil).await;
        assert_eq!((open.doubts.first(), shown(&open, "story")), (Some(&Doubt::Unreadable), None), "{what}");
        assert_eq!(shown(&open, "evidence").map(|files| files.files().len()), Some(1), "{what}: the attachment is not lost");
    };
    check("sealed to another key", &|sent| sent.submission.content = seal(&other.recipient(), &sent.to.place("content"), b"{}")).await;
    check("of another place", &|sent| sent.submission.content = seal(&sent.key.recipient(), &sent.to.place("note"), b"{}")).await;
    check("no JSON", &|sent| sent.submission.content = seal(&sent.key.recipient(), &sent.to.place("content"), b"\xff\x00words")).await;
    check("a list", &|sent| sent.submission.content = seal(&sent.key.recipient(), &sent.to.place("content"), b"[1,2]")).await;
    check("another key in the wrap", &|sent| {
        let to = sent.submission.wraps[0].to.clone();
        sent.submission.wraps[0].wrap = Wrap::to(&other, &to, &sent.to.place("key"));
    })
    .await;
    check("a wrap of another place", &|sent| {
        let to = sent.submission.wraps[0].to.clone();
        sent.submission.wraps[0].wrap = Wrap::to(&sent.key, &to, &sent.to.place("content"));
    })
    .await;
    let astray = opened(&world, &li, CONTENT, &|sent| sent.submission.recipient = other.recipient()).await;
    assert_eq!((astray.doubts.as_slice(), shown(&astray, "story")), (&[Doubt::Astray][..], Some(text("科室收了信封"))));
    let nameless = opened(&world, &li, CONTENT, &|sent| {
        sent.submission.cards[0] = seal(&sent.key.recipient(), &sent.to.place("card:2"), b"{}");
    })
    .await;
    let files = shown(&nameless, "evidence").expect("still there").files().to_vec();
    assert_eq!((files[0].name.as_str(), shown(&nameless, "story")), ("attachment-1", Some(text("科室收了信封"))));
    world.sound().await;
}

async fn what_does_not_fit_the_form_is_named_and_the_rest_is_read(on: On) {
    let world = World::new(on).await;
    let li = keyring(&world, world.li, "li").await;
    let of = async |content: &str| {
        let open = opened(&world, &li, content, &|_| {}).await;
        let files = shown(&open, "evidence").map_or(0, |files| files.files().len());
        (shown(&open, "story").is_some(), files, open.doubts.clone())
    };
    let (story, evidence) = (FieldName::new("story"), FieldName::new("evidence"));
    assert_eq!(of("{}").await, (false, 1, vec![Doubt::Empty(story.clone())]), "an empty letter; its attachment is kept");
    assert_eq!(of(r#"{"story":{"text":"  "},"evidence":{"cards":[1,1]}}"#).await, (false, 1, vec![Doubt::Empty(story.clone())]));
    let wrong = of(r#"{"story":{"flag":true},"evidence":{"cards":[1]},"about":{"people":[]},"place":{"text":"x"}}"#).await;
    assert_eq!(wrong, (false, 1, vec![Doubt::Unfit(story.clone()), Doubt::Unasked(2)]));
    let odd = of(r#"{"story":{"text":"x"},"evidence":{"files":[{"hash":"aa","name":"b","size":1}]}}"#).await;
    assert_eq!(odd, (true, 1, vec![Doubt::Unfit(evidence)]), "a file is named by its card and by nothing else");
    assert_eq!(of(r#"{"story":{"text":"x"},"evidence":{"cards":[0,7]}}"#).await, (true, 1, vec![]), "numbers that are none lose nothing");
    world.sound().await;
}

async fn nothing_can_be_added_for_those_a_bad_letter_shut_out(on: On) {
    let world = World::new(on).await;
    let li = keyring(&world, world.li, "li").await;
    let other = EntryKey::generate(&mut SystemEntropy).recipient();
    let open = opened(&world, &li, CONTENT, &|sent| sent.submission.recipient = other.clone()).await;
    assert!(!open.fits());
    let entry = open.found.entry.id;
    let chen = keyring(&world, world.chen, "chen").await;
    world.store.open_sealed(entry, &world.viewer(world.li), &li, "page").await.expect("again");
    assert_eq!(code(world.store.open_sealed(entry, &world.viewer(world.chen), &chen, "page").await), Code::NotAllowed, "no key goes round");
    // The reporter writes to the key they named; the page with it still opens.
    world.sound().await;
}
