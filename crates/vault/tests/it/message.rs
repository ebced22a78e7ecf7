use proptest::prelude::*;
use vault::{Context, DeploymentSalt, Message, OpenError, ReceiptCode, Speaker, SystemEntropy};

use crate::given::{HERE, elsewhere, entry_key, handler_key, inside_length, plain};

const MESSAGE: Context<'static> = Context { purpose: "message:1", ..HERE };

#[test]
fn both_sides_read_what_either_wrote_and_nobody_else() {
    let salt = DeploymentSalt::from_bytes([7; 32]);
    let (report, code) = (entry_key(), ReceiptCode::generate(&mut SystemEntropy));
    let reporter = code.identity(&salt);
    let check = |speaker: Speaker, text: &str| {
        let sealed = Message::seal(speaker, text.as_bytes(), &report.recipient(), &reporter.recipient(), &MESSAGE);
        for message in [Message::open(&report, &MESSAGE, &sealed), Message::open_as_reporter(&code.identity(&salt), &MESSAGE, &sealed)] {
            let message = message.unwrap();
            assert_eq!((message.speaker, plain(&message.text)), (speaker, text.as_bytes().to_vec()));
        }
        assert_eq!(Message::open(&entry_key(), &MESSAGE, &sealed).err(), Some(OpenError::WrongKey));
        assert_eq!(Message::open_as_reporter(&handler_key(), &MESSAGE, &sealed).err(), Some(OpenError::WrongKey));
    };
    check(Speaker::Reporter, "还有一份材料");
    check(Speaker::House, "请补充发生的时间");
    check(Speaker::House, "");
}

#[test]
fn a_message_stands_in_its_own_place_only() {
    let (report, reporter) = (entry_key(), handler_key());
    let sealed = Message::seal(Speaker::Reporter, b"words", &report.recipient(), &reporter.recipient(), &MESSAGE);
    let others = elsewhere().map(|context| Context { purpose: "message:1", ..context });
    let moved = others.into_iter().filter(|context| *context != MESSAGE).chain([Context { purpose: "message:2", ..HERE }]);
    for context in moved {
        assert_eq!(Message::open(&report, &context, &sealed).err(), Some(OpenError::WrongContext), "{context:?}");
    }
    let content = vault::seal(&report.recipient(), &MESSAGE, b"Rwords");
    assert_eq!(Message::open(&report, &MESSAGE, &content).err(), Some(OpenError::Malformed), "a content is not a message");
    assert_eq!(vault::open(&report, &MESSAGE, &sealed).err(), Some(OpenError::Malformed), "nor a message a content");
}

#[test]
fn a_stranger_who_seals_by_no_layout_is_answered() {
    let report = entry_key();
    let recipient: age::x25519::Recipient = report.recipient().to_string().parse().unwrap();
    let inside_of = |text: &[u8]| {
        let identity = age::x25519::Identity::generate();
        let public = identity.to_public().to_string();
        let sealed = Message::seal(Speaker::Reporter, text, &public.parse().unwrap(), &handler_key().recipient(), &MESSAGE);
        age::decrypt(&identity, sealed.as_bytes()).unwrap()
    };
    let open =
        |inside: &[u8]| Message::open(&report, &MESSAGE, &vault::Sealed::from_bytes(age::encrypt(&recipient, inside).unwrap())).err();
    let good = inside_of(b"words");
    assert_eq!(open(&good), None, "the unchanged inside opens");
    let mut nobody = good.clone();
    nobody[44] = b'X';
    assert_eq!(open(&nobody), Some(OpenError::Malformed), "said by nobody known");
    let mut empty = inside_of(b"");
    (empty[43], empty[44]) = (0, 0);
    assert_eq!(open(&empty), Some(OpenError::Malformed), "said by nobody at all");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_text_comes_back_in_a_bucket(text in proptest::collection::vec(any::<u8>(), 0..6_000)) {
        let (report, reporter) = (entry_key(), handler_key());
        let sealed = Message::seal(Speaker::House, &text, &report.recipient(), &reporter.recipient(), &MESSAGE);
        prop_assert_eq!(plain(&Message::open_as_reporter(&reporter, &MESSAGE, &sealed).unwrap().text), text);
        prop_assert!([256, 1024, 4096, 16_384].contains(&inside_length(sealed.as_bytes())));
    }
}
