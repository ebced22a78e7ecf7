use std::io::Cursor;

use proptest::prelude::*;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use vault::{
    ATTACHMENT_START, Addressees, Ask, Contents, Context, DeploymentSalt, EntryKey, FileCard, HandlerKey, Keyring, Message, ReceiptCode,
    Recipient, Sealed, Speaker, Submission, SubmissionError, SystemEntropy, Wish, Wrap, check_attachment, longest_attachment, open,
    open_file, seal,
};

use crate::given::{Constant, HERE, entry_key, handler_key, inside_length, plain};

/// What `tests/browser/submission.mjs` made with the npm package.
#[derive(Deserialize)]
struct FromBrowser {
    submission: Submission,
    attachment: Sealed,
    message: Sealed,
}

fn from_browser() -> FromBrowser {
    serde_json::from_str(include_str!("../browser/submission.json")).unwrap()
}

fn known(byte: u8) -> HandlerKey {
    HandlerKey::generate(&mut Constant(byte))
}

fn readers() -> Vec<Recipient> {
    [11, 12].map(|byte| known(byte).recipient()).to_vec()
}

fn custodians() -> Vec<Recipient> {
    [21, 22, 23].map(|byte| known(byte).recipient()).to_vec()
}

fn place(purpose: &'static str) -> Context<'static> {
    Context { purpose, ..HERE }
}

fn code() -> HandlerKey {
    ReceiptCode::parse("0123-4567-89AB-CDEF-GHJK").unwrap().identity(&DeploymentSalt::from_bytes([7; 32]))
}

/// The report's key, through one reader's wrap.
fn key_of(submission: &Submission) -> EntryKey {
    Keyring::new(known(12)).open(&submission.wraps[1].wrap, &place("key")).unwrap()
}

#[test]
fn a_report_sealed_by_a_browser_passes_the_check_and_opens_to_all_entitled() {
    let FromBrowser { submission, attachment, message } = from_browser();
    submission.check(&readers(), &custodians()).unwrap();
    assert_eq!(submission.code.recipient, code().recipient(), "the browser derives the same key from the code");

    let by_reader = key_of(&submission);
    let by_code = Keyring::new(code()).open(&submission.code.wrap, &place("key")).unwrap();
    for key in [by_reader, by_code] {
        assert_eq!(key.recipient(), submission.recipient);
        let content = open(&key, &place("content"), &submission.content).unwrap();
        let content = content.parse_json::<serde_json::Value>().unwrap();
        content.expose(|content| assert_eq!(content["where"], "门诊楼三层"));
        let mut file = Vec::new();
        assert_eq!(open_file(&key, &place("file"), attachment.as_bytes(), &mut file).unwrap(), 20_000);
        let card = FileCard::open(&key, &place("card:1"), &submission.cards[0]).unwrap();
        card.expose(|card| {
            assert_eq!((card.name.as_str(), card.size), ("收据照片.jpg", 20_000));
            assert_eq!(card.sha256, hex::encode(Sha256::digest(&file)));
        });
        let message = Message::open(&key, &place("message:1"), &message).unwrap();
        assert_eq!((message.speaker, plain(&message.text)), (Speaker::Reporter, "补充一点情况".as_bytes().to_vec()));
    }
    let again = Message::open_as_reporter(&code(), &place("message:1"), &message).unwrap();
    assert_eq!(plain(&again.text), "补充一点情况".as_bytes());
}

#[test]
fn an_attachment_sealed_by_a_browser_has_the_length_ours_would_have() {
    let FromBrowser { submission, attachment, .. } = from_browser();
    let mut ours = Cursor::new(Vec::new());
    vault::seal_file(&submission.recipient, &place("file"), [0_u8; 20_000].as_slice(), &mut ours).unwrap();
    assert_eq!(inside_length(attachment.as_bytes()), inside_length(ours.get_ref()));
}

#[test]
fn an_identity_sealed_by_a_browser_opens_to_any_two_custodians() {
    let identity = from_browser().submission.identity.unwrap();
    let asker = handler_key();
    let ask = Ask::new("p7", &asker.recipient(), Wish::Open, "核实", (0, 10), &mut SystemEntropy);
    for pair in [[21, 22], [21, 23], [22, 23]] {
        let [one, other] = pair.map(|byte| identity.dealing.approve(&ask, &known(byte), &place("identity"), 5).unwrap());
        let key = identity.dealing.open(&ask, [&one, &other], &asker, &place("identity"), 5).unwrap();
        let opened = open(&key, &place("identity"), &identity.content).unwrap();
        assert_eq!(plain(&opened), r#"{"name":"赵某某"}"#.as_bytes(), "{pair:?}");
    }
}

#[test]
fn what_is_not_as_it_must_be_is_refused() {
    let good = from_browser().submission;
    let key = key_of(&good);
    let check = |what: &str, refusal: SubmissionError, change: &dyn Fn(&mut Submission)| {
        let mut changed = good.clone();
        change(&mut changed);
        assert_eq!(changed.check(&readers(), &custodians()), Err(refusal), "{what}");
    };
    check("nothing", SubmissionError::Cut, &|it| it.content = Sealed::from_bytes(Vec::new()));
    check("plain words", SubmissionError::NotSealed, &|it| it.content = Sealed::from_bytes(b"words".to_vec()));
    check("cut", SubmissionError::Length, &|it| {
        let bytes = it.content.as_bytes();
        it.content = Sealed::from_bytes(bytes[..bytes.len() - 1].to_vec());
    });
    check("only a header", SubmissionError::Cut, &|it| it.content = Sealed::from_bytes(it.content.as_bytes()[..190].to_vec()));
    let unpadded = age::encrypt(&good.recipient.to_string().parse::<age::x25519::Recipient>().unwrap(), &[0; 255]).unwrap();
    check("not padded", SubmissionError::Length, &|it| it.cards[0] = Sealed::from_bytes(unpadded.clone()));
    check("open to a second key", SubmissionError::Recipients, &|it| {
        it.content = Message::seal(Speaker::Reporter, b"words", &key.recipient(), &handler_key().recipient(), &place("content"));
    });
    let by_password = age::Encryptor::with_user_passphrase("words".to_owned().into());
    let mut sealed = Vec::new();
    let mut writer = by_password.wrap_output(&mut sealed).unwrap();
    std::io::Write::write_all(&mut writer, &[0; 256]).unwrap();
    writer.finish().unwrap();
    check("sealed by a password", SubmissionError::Recipients, &|it| it.content = Sealed::from_bytes(sealed.clone()));
    check("a reader left out", SubmissionError::Readers, &|it| drop(it.wraps.pop()));
    check("one more reader", SubmissionError::Readers, &|it| {
        let mut more = it.wraps[0].clone();
        more.to = handler_key().recipient();
        it.wraps.push(more);
    });
    check("one reader twice", SubmissionError::Readers, &|it| it.wraps[1] = it.wraps[0].clone());
    check("a reader as the reporter", SubmissionError::Readers, &|it| it.code.recipient = readers()[0].clone());
    check("a wrap that is none", SubmissionError::Length, &|it| it.wraps[0].wrap = Wrap::from_bytes(it.content.as_bytes().to_vec()));
    check("an identity that is not padded", SubmissionError::Length, &|it| {
        it.identity.as_mut().unwrap().content = Sealed::from_bytes(unpadded.clone());
    });
    let others = [21, 22].map(|byte| known(byte).recipient());
    assert_eq!(good.check(&readers(), &others), Err(SubmissionError::Custodians), "custodians no longer in office");
    let mut anonymous = good.clone();
    anonymous.identity = None;
    assert_eq!(anonymous.check(&readers(), &others), Ok(()), "without an identity nobody needs to keep it");
}

fn addressees() -> Addressees {
    let text = |part: &str| part.to_owned();
    let (institution, register, entry) = (text(HERE.institution), text(HERE.register), text(HERE.entry));
    Addressees { institution, register, entry, salt: DeploymentSalt::from_bytes([7; 32]), readers: readers(), custodians: custodians() }
}

#[test]
fn a_letter_sealed_in_rust_is_a_submission_like_a_browsers() {
    let (to, key) = (addressees(), entry_key());
    let typed = ReceiptCode::parse("0123-4567-89AB-CDEF-GHJK").unwrap();
    let cards = [FileCard { name: "收据.jpg".to_owned(), size: 3, sha256: hex::encode(Sha256::digest(b"abc")) }];
    let letter = Contents { content: br#"{"where":"x"}"#, cards: &cards, identity: Some(br#"{"name":"x"}"#) };
    let made = to.seal(&key, &letter, &typed, &mut SystemEntropy).unwrap();
    made.check(&readers(), &custodians()).unwrap();
    let again: Submission = serde_json::from_str(&serde_json::to_string(&made).unwrap()).unwrap();
    assert_eq!(key_of(&again).recipient(), key.recipient());
    assert_eq!(again.code.recipient, from_browser().submission.code.recipient);
    let mut more = serde_json::to_value(&made).unwrap();
    more["code"]["lookup"] = "92d635cf5a448e4c0e617686dc647d48".into();
    assert!(serde_json::from_value::<Submission>(more).is_err(), "nothing is asked of a sender that the server does not use");
    let by_code = Keyring::new(code()).open(&again.code.wrap, &place("key")).unwrap();
    assert_eq!(plain(&open(&by_code, &place("content"), &again.content).unwrap()), letter.content);
    FileCard::open(&by_code, &place("card:1"), &again.cards[0]).unwrap().expose(|card| assert_eq!(card.name, "收据.jpg"));
    assert!(FileCard::open(&by_code, &place("card:2"), &again.cards[0]).is_err(), "a card is bound to its number");
    let few = Addressees { custodians: custodians()[..1].to_vec(), ..to };
    assert!(few.seal(&key, &letter, &typed, &mut SystemEntropy).is_err(), "one custodian is none");
}

#[test]
fn attachments_are_checked_by_their_start_and_length() {
    let key = entry_key();
    for length in [0_usize, 1, 16_347, 16_348, 65_499, 65_500, 300_000] {
        let mut sealed = Vec::new();
        vault::seal_file(&key.recipient(), &place("file"), vec![7; length].as_slice(), &mut sealed).unwrap();
        let (start, whole) = (&sealed[..sealed.len().min(ATTACHMENT_START)], sealed.len() as u64);
        assert_eq!(check_attachment(start, whole), Ok(()), "{length}");
        assert!(whole <= longest_attachment(length as u64), "{length}: {whole}");
        assert!(check_attachment(start, whole + 1).is_err(), "{length}");
        assert!(check_attachment(start, whole - 1).is_err(), "{length}");
    }
    let browser = from_browser().attachment;
    let bytes = browser.as_bytes();
    assert_eq!(check_attachment(&bytes[..ATTACHMENT_START], bytes.len() as u64), Ok(()));
    assert_eq!(check_attachment(b"MZ\x90", 3), Err(SubmissionError::NotSealed));
    let two = Message::seal(Speaker::Reporter, &[0; 16_000], &key.recipient(), &handler_key().recipient(), &place("content"));
    assert_eq!(check_attachment(two.as_bytes(), two.as_bytes().len() as u64), Err(SubmissionError::Recipients));
}

#[test]
fn what_we_seal_ourselves_is_well_formed_at_every_step() {
    let key = entry_key();
    for length in [0, 212, 213, 980, 4_052, 4_053, 65_536, 200_000] {
        assert!(seal(&key.recipient(), &HERE, &vec![1; length]).is_well_formed(), "{length}");
    }
    let full_part = seal(&key.recipient(), &HERE, &[1; 65_536 - 44]);
    assert!(full_part.is_well_formed());
    assert!(!Sealed::from_bytes([full_part.as_bytes(), &[0; 16]].concat()).is_well_formed(), "an empty part more");
    let whole = seal(&key.recipient(), &HERE, b"words");
    assert!(!Sealed::from_bytes([whole.as_bytes(), b"\0"].concat()).is_well_formed());
    assert!(!Sealed::from_bytes(whole.as_bytes()[1..].to_vec()).is_well_formed());
}

proptest! {
    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..400), like_age in any::<bool>()) {
        let head: &[u8] = if like_age { b"age-encryption.org/v1\n-> X25519 a\nb\n--- c\n" } else { b"" };
        let sealed = Sealed::from_bytes([head, bytes.as_slice()].concat());
        let is_bucket = [256, 1024, 4096].contains(&(sealed.as_bytes().len().saturating_sub(head.len() + 32)));
        prop_assert!(like_age && is_bucket || !sealed.is_well_formed());
    }
}
