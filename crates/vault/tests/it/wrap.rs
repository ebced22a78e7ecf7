use vault::{EntryKey, HandlerKey, Keyring, OpenError, Sealed, Wrap, open, seal};

use crate::given::{Constant, HERE, elsewhere, entry_key, handler_key, plain};

#[test]
fn a_wrap_lets_its_holder_in_and_nobody_else() {
    let (entry, holder) = (entry_key(), handler_key());
    let sealed = seal(&entry.recipient(), &HERE, b"words");
    let wrap = Wrap::to(&entry, &holder.recipient(), &HERE);
    drop(entry);

    let again = wrap.open(&holder, &HERE).expect("the holder was let in");
    assert_eq!(open(&again, &HERE, &sealed).map(|opened| plain(&opened)).ok(), Some(b"words".to_vec()));
    assert_eq!(wrap.open(&handler_key(), &HERE).err(), Some(OpenError::WrongKey));
    for context in elsewhere() {
        assert_eq!(wrap.open(&holder, &context).err(), Some(OpenError::WrongContext), "{context:?}");
    }
}

#[test]
fn every_changed_or_missing_byte_is_noticed() {
    let (entry, holder) = (entry_key(), handler_key());
    let wrap = Wrap::to(&entry, &holder.recipient(), &HERE);
    let bytes = wrap.as_bytes();
    for place in 0..bytes.len() {
        let mut changed = bytes.to_vec();
        changed[place] ^= 0x20;
        assert!(Wrap::from_bytes(changed).open(&holder, &HERE).is_err(), "byte {place}");
        assert!(Wrap::from_bytes(bytes[..place].to_vec()).open(&holder, &HERE).is_err(), "cut to {place}");
    }
}

#[test]
fn a_content_is_not_taken_for_a_key() {
    // Whoever knows a holder's public key can seal 32 bytes of their own to it, but as a content.
    let holder = handler_key();
    let as_entry = holder.recipient().to_string().parse().unwrap();
    let sealed = seal(&as_entry, &HERE, &[7; 32]);
    let forged = Wrap::from_bytes(sealed.as_bytes().to_vec());
    assert_eq!(forged.open(&holder, &HERE).err(), Some(OpenError::Malformed));
    // Nor a key for a content, where one secret serves as both.
    let (holder, entry) = (HandlerKey::generate(&mut Constant(9)), EntryKey::generate(&mut Constant(9)));
    let wrap = Wrap::to(&entry_key(), &holder.recipient(), &HERE);
    assert!(wrap.open(&holder, &HERE).is_ok());
    let forged = Sealed::from_bytes(wrap.as_bytes().to_vec());
    assert_eq!(open(&entry, &HERE, &forged).err(), Some(OpenError::Malformed));
}

#[test]
fn a_keyring_opens_with_the_key_that_fits() {
    let (old, new, entry) = (handler_key(), handler_key(), entry_key());
    let (to_old, to_new, to_other) =
        [old.recipient(), new.recipient(), handler_key().recipient()].map(|to| Wrap::to(&entry, &to, &HERE)).into();
    let known = [new.recipient(), old.recipient()];
    let mut ring = Keyring::new(new);
    assert_eq!(ring.open(&to_old, &HERE).err(), Some(OpenError::WrongKey));
    ring.add(old);
    assert!(ring.recipients().eq(known));
    for wrap in [&to_old, &to_new] {
        assert_eq!(ring.open(wrap, &HERE).map(|key| key.recipient()).ok(), Some(entry.recipient()));
    }
    assert_eq!(ring.open(&to_other, &HERE).err(), Some(OpenError::WrongKey));
    assert_eq!(ring.open(&to_old, &elsewhere()[0]).err(), Some(OpenError::WrongContext));
}

#[test]
fn the_inside_is_laid_out_as_written_down() {
    let identity = age::x25519::Identity::generate();
    let recipient = identity.to_public().to_string().parse().unwrap();
    let entry = EntryKey::generate(&mut Constant(9));
    let inside = age::decrypt(&identity, Wrap::to(&entry, &recipient, &HERE).as_bytes()).unwrap();
    // Source: the digest of the context from Python's `hashlib`.
    let digest = "7cf5f6c5f97f08b1557b277474cb94f766fa6884a4de93a24042007cda957cca";
    assert_eq!(inside, [b"QLW1".to_vec(), hex::decode(digest).unwrap(), vec![9; 32]].concat());
}

#[test]
fn stored_forms_come_back() {
    let wrap = Wrap::to(&entry_key(), &handler_key().recipient(), &HERE);
    let again: Wrap = serde_json::from_str(&serde_json::to_string(&wrap).unwrap()).unwrap();
    assert_eq!(again, wrap);
    assert_eq!(format!("{wrap:?}"), format!("Wrap({} bytes)", wrap.as_bytes().len()));
}
