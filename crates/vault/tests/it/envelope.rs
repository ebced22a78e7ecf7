use proptest::prelude::*;
use vault::{EntryKey, EntryRecipient, OpenError, RecipientError, Sealed, open, seal};

use crate::given::{Constant, HERE, elsewhere, entry_key, inside_length, plain};

/// What every sealed content has before it, inside.
const HEAD: usize = 44;

#[test]
fn a_content_opens_in_its_place_and_nowhere_else() {
    let key = entry_key();
    let sealed = seal(&key.recipient(), &HERE, "收到一封信".as_bytes());
    assert_eq!(open(&key, &HERE, &sealed).map(|opened| plain(&opened)).ok(), Some("收到一封信".as_bytes().to_vec()));
    for context in elsewhere() {
        assert_eq!(open(&key, &context, &sealed).err(), Some(OpenError::WrongContext), "{context:?}");
    }
    assert_eq!(open(&entry_key(), &HERE, &sealed).err(), Some(OpenError::WrongKey));
}

#[test]
fn what_a_browser_sealed_opens() {
    let key = EntryKey::generate(&mut Constant(9));
    let sealed = Sealed::try_from(include_str!("../browser/envelope.age.b64").trim().to_string()).unwrap();
    let opened = open(&key, &HERE, &sealed).expect("the fixture was sealed to this key, in this place");
    assert_eq!(plain(&opened), "在浏览器里密封的一句话".as_bytes());
    assert_eq!(inside_length(sealed.as_bytes()), 256);
}

#[test]
fn lengths_fall_in_buckets() {
    let key = entry_key();
    let check = |content: usize, inside: usize| {
        let sealed = seal(&key.recipient(), &HERE, &vec![b'x'; content]);
        assert_eq!(inside_length(sealed.as_bytes()), inside, "a content of {content} bytes");
    };
    check(0, 256);
    check(256 - HEAD, 256);
    check(257 - HEAD, 1024);
    check(1024 - HEAD, 1024);
    check(1025 - HEAD, 4096);
    check(4096 - HEAD, 4096);
    check(4097 - HEAD, 16_384);
    check(16_385 - HEAD, 32_768);
    check(100_000, 114_688);
}

#[test]
fn every_flipped_byte_is_noticed() {
    let key = entry_key();
    let sealed = seal(&key.recipient(), &HERE, b"words");
    for place in 0..sealed.as_bytes().len() {
        let mut bytes = sealed.as_bytes().to_vec();
        bytes[place] ^= 1;
        assert!(open(&key, &HERE, &Sealed::from_bytes(bytes)).is_err(), "byte {place}");
    }
}

#[test]
fn every_cut_is_noticed() {
    let key = entry_key();
    let sealed = seal(&key.recipient(), &HERE, b"words");
    for length in 0..sealed.as_bytes().len() {
        let cut = Sealed::from_bytes(sealed.as_bytes()[..length].to_vec());
        assert!(open(&key, &HERE, &cut).is_err(), "cut to {length} bytes");
    }
    let mut longer = sealed.as_bytes().to_vec();
    longer.push(0);
    assert_eq!(open(&key, &HERE, &Sealed::from_bytes(longer)).err(), Some(OpenError::Altered));
}

#[test]
fn a_header_without_end_is_refused_at_once() {
    let mut bytes = b"age-encryption.org/v1\n".to_vec();
    for _ in 0..500_000 {
        bytes.extend_from_slice(b"-> X\n\n");
    }
    assert_eq!(open(&entry_key(), &HERE, &Sealed::from_bytes(bytes)).err(), Some(OpenError::NotSealed));
    assert_eq!(open(&entry_key(), &HERE, &Sealed::from_bytes(vec![b'a'; 9000])).err(), Some(OpenError::NotSealed));
}

/// An age file anyone can make with the public key, but not by our layout.
fn foreign(key: &EntryKey, inside: &[u8]) -> Sealed {
    let recipient: age::x25519::Recipient = key.recipient().to_string().parse().unwrap();
    Sealed::from_bytes(age::encrypt(&recipient, inside).unwrap())
}

#[test]
fn a_foreign_inside_is_refused_not_believed() {
    let key = entry_key();
    // The only way to an inside for a test: age itself, with a key of its own.
    let identity = age::x25519::Identity::generate();
    let recipient: EntryRecipient = identity.to_public().to_string().parse().unwrap();
    let inside = age::decrypt(&identity, seal(&recipient, &HERE, b"words").as_bytes()).unwrap();
    assert!(open(&key, &HERE, &foreign(&key, &inside)).is_ok(), "the unchanged inside opens");

    let check = |what: &str, change: &dyn Fn(&mut Vec<u8>)| {
        let mut changed = inside.clone();
        change(&mut changed);
        assert_eq!(open(&key, &HERE, &foreign(&key, &changed)).err(), Some(OpenError::Malformed), "{what}");
    };
    check("nothing inside", &|inside| inside.clear());
    check("shorter than its head", &|inside| inside.truncate(HEAD - 1));
    check("another kind", &|inside| inside[..4].copy_from_slice(b"QLW1"));
    check("a later version", &|inside| inside[3] = b'2');
    check("a length beyond the end", &|inside| inside[42] = 1);
    check("a length beyond all memory", &|inside| inside[36] = 255);
    check("a length that hides part of the content", &|inside| inside[43] = 3);
    check("padding that is not empty", &|inside| inside[255] = 1);
}

#[test]
fn a_public_key_anybody_could_open_is_refused() {
    let age = bech32::Hrp::parse("age").unwrap();
    let mut one = [0; 32];
    one[0] = 1;
    // The order of the field, which stands for zero again.
    let mut order = [0xff; 32];
    order[0] = 0xed;
    order[31] = 0x7f;
    for weak in [[0; 32], one, order] {
        let text = bech32::encode::<bech32::Bech32>(age, &weak).unwrap();
        assert_eq!(text.parse::<EntryRecipient>().err(), Some(RecipientError::Weak));
    }
    let short = bech32::encode::<bech32::Bech32>(age, &[9; 31]).unwrap();
    let wrong_kind = bech32::encode::<bech32::Bech32>(bech32::Hrp::parse("agf").unwrap(), &[9; 32]).unwrap();
    for malformed in ["", "age1", "age1qqqq", short.as_str(), wrong_kind.as_str()] {
        assert_eq!(malformed.parse::<EntryRecipient>().err(), Some(RecipientError::Malformed), "{malformed}");
    }
    let good = entry_key().recipient();
    assert_eq!(good.to_string().parse(), Ok(good));
}

#[test]
fn stored_forms_come_back() {
    let key = entry_key();
    let sealed = seal(&key.recipient(), &HERE, b"words");
    let json = serde_json::to_string(&(&sealed, key.recipient())).unwrap();
    let (again, recipient): (Sealed, EntryRecipient) = serde_json::from_str(&json).unwrap();
    assert_eq!((&again, recipient), (&sealed, key.recipient()));
    assert_eq!(format!("{sealed:?}"), format!("Sealed({} bytes)", sealed.as_bytes().len()));
    assert!(serde_json::from_str::<Sealed>("\"not base64!\"").is_err());
}

proptest! {
    #[test]
    fn whatever_is_sealed_opens(content in proptest::collection::vec(any::<u8>(), 0..20_000)) {
        let key = entry_key();
        let sealed = seal(&key.recipient(), &HERE, &content);
        prop_assert_eq!(open(&key, &HERE, &sealed).map(|opened| plain(&opened)).ok(), Some(content));
        let inside = inside_length(sealed.as_bytes());
        prop_assert!([256, 1024, 4096].contains(&inside) || inside.is_multiple_of(16_384));
    }

    #[test]
    fn whatever_arrives_is_answered(
        mut bytes in proptest::collection::vec(any::<u8>(), 0..600),
        like_age in any::<bool>(),
    ) {
        if like_age {
            let mut start = b"age-encryption.org/v1\n-> X25519 ".to_vec();
            start.append(&mut bytes);
            bytes = start;
        }
        prop_assert!(open(&entry_key(), &HERE, &Sealed::from_bytes(bytes)).is_err());
    }

    #[test]
    fn a_changed_header_is_answered(place in 0usize..400, to in any::<u8>()) {
        let key = entry_key();
        let mut bytes = seal(&key.recipient(), &HERE, b"words").as_bytes().to_vec();
        prop_assume!(bytes[place] != to);
        bytes[place] = to;
        prop_assert!(open(&key, &HERE, &Sealed::from_bytes(bytes)).is_err());
    }
}
