use std::collections::HashMap;
use std::io::{Cursor, Read};

use proptest::prelude::*;
use vault::{
    HandlerKey, Heading, OpenError, Package, PackageError, PackageSealer, Packed, ReceiptCode, Signature, SignatureError, SigningKey,
    SystemEntropy, VerifyingKey,
};

use crate::given::{SameBytes, handler_key};

fn heading() -> Heading {
    Heading {
        institution: "h1".to_owned(),
        reference: "XS-7K3M".to_owned(),
        authority: "区纪委监委".to_owned(),
        made_ms: 1_772_442_000_000,
    }
}

fn house() -> SigningKey {
    SigningKey::generate(&mut SystemEntropy)
}

fn pack(authority: &HandlerKey, house: &SigningKey, items: &[(&str, &[u8])]) -> (Vec<u8>, Packed) {
    let mut sealer = PackageSealer::new(&authority.recipient(), heading(), Vec::new()).unwrap();
    for (name, bytes) in items {
        sealer.add(name, *bytes).unwrap();
    }
    sealer.withhold("举报人身份", "依法保密");
    sealer.finish(house, "收到后请回告以下编码。", &mut SystemEntropy).unwrap()
}

fn unpack(authority: &HandlerKey, house: &VerifyingKey, sealed: &[u8]) -> Result<Package<Cursor<Vec<u8>>>, PackageError> {
    Package::open(authority, house, sealed, Cursor::new(Vec::new()))
}

const ITEMS: &[(&str, &[u8])] = &[("线索摘要.txt", "已遮盖的摘要".as_bytes()), ("附件 1.bin", &[7; 70_000]), ("空.txt", b"")];

#[test]
fn an_authority_gets_what_was_packed_and_confirms_it() {
    let (authority, house) = (handler_key(), house());
    let (sealed, packed) = pack(&authority, &house, ITEMS);
    let mut package = unpack(&authority, &house.verifying_key(), &sealed).unwrap();
    assert_eq!((&package.manifest.heading, package.manifest.withheld[0].what.as_str()), (&heading(), "举报人身份"));
    for (place, (name, bytes)) in ITEMS.iter().enumerate() {
        let mut read = Vec::new();
        package.read(place, &mut read).unwrap();
        assert_eq!((package.manifest.items[place].name.as_str(), read.as_slice()), (*name, *bytes));
    }
    assert!(package.read(ITEMS.len(), std::io::sink()).is_err(), "there is no such item");

    let receipt: vault::Receipt = serde_json::from_str(&serde_json::to_string(&packed.receipt).unwrap()).unwrap();
    receipt.verify(&house.verifying_key()).unwrap();
    assert!(receipt.is_of(sealed.as_slice()).unwrap());
    assert_eq!(receipt.sealed_size, sealed.len() as u64);
    let told = package.code.to_groups().expose(|code| code.to_lowercase());
    assert!(receipt.is_confirmed_by(&ReceiptCode::parse(&told).unwrap()));
    assert!(!receipt.is_confirmed_by(&ReceiptCode::generate(&mut SystemEntropy)));
    let kept = packed.manifest.parse_json::<serde_json::Value>().unwrap();
    kept.expose(|kept| assert_eq!(kept["items"][1]["size"], 70_000));
    assert!(!serde_json::to_string(&receipt).unwrap().contains("摘要"), "the receipt names nothing");
}

#[test]
fn the_package_comes_apart_with_any_program() {
    let identity = age::x25519::Identity::generate();
    let house = house();
    let mut sealer = PackageSealer::new(&identity.to_public().to_string().parse().unwrap(), heading(), Vec::new()).unwrap();
    sealer.add("a.txt", "words".as_bytes()).unwrap();
    let (sealed, packed) = sealer.finish(&house, "note", &mut SystemEntropy).unwrap();
    let inside = age::decrypt(&identity, &sealed).unwrap();
    let mut zip = zip::ZipArchive::new(Cursor::new(inside)).unwrap();
    let mut files = HashMap::new();
    for place in 0..zip.len() {
        let mut file = zip.by_index(place).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        files.insert(file.name().unwrap().into_owned(), bytes);
    }
    assert_eq!(files.len(), 4);
    assert_eq!(files["a.txt"], b"words");
    let key = ed25519_dalek::VerifyingKey::from_bytes(house.verifying_key().as_bytes()).unwrap();
    let signature = ed25519_dalek::Signature::from_slice(&files["manifest.sig"]).unwrap();
    assert!(key.verify_strict(&files["manifest.json"], &signature).is_ok());
    let note = String::from_utf8(files["receipt.txt"].clone()).unwrap();
    let (words, code) = note.trim_end().split_once('\n').unwrap();
    assert_eq!(words, "note");
    assert!(packed.receipt.is_confirmed_by(&ReceiptCode::parse(code).unwrap()));
}

#[test]
fn a_package_of_another_house_or_for_another_authority_is_refused() {
    let (authority, ours, theirs) = (handler_key(), house(), house());
    let (sealed, packed) = pack(&authority, &ours, ITEMS);
    let refused = unpack(&handler_key(), &ours.verifying_key(), &sealed).err();
    assert!(matches!(refused, Some(PackageError::Open(OpenError::WrongKey))), "{refused:?}");
    let refused = unpack(&authority, &theirs.verifying_key(), &sealed).err();
    assert!(matches!(refused, Some(PackageError::Signature(SignatureError::Wrong))), "{refused:?}");
    assert_eq!(packed.receipt.verify(&theirs.verifying_key()), Err(SignatureError::Wrong));
}

#[test]
fn a_changed_package_or_receipt_is_noticed() {
    let (authority, house) = (handler_key(), house());
    let (sealed, packed) = pack(&authority, &house, &ITEMS[..1]);
    for place in (0..sealed.len()).step_by(7) {
        let mut changed = sealed.clone();
        changed[place] ^= 4;
        assert!(unpack(&authority, &house.verifying_key(), &changed).is_err(), "byte {place}");
        assert!(!packed.receipt.is_of(changed.as_slice()).unwrap());
    }
    assert!(unpack(&authority, &house.verifying_key(), &sealed[..sealed.len() - 1]).is_err());
    let check = |what: &str, change: &dyn Fn(&mut vault::Receipt)| {
        let mut changed = packed.receipt.clone();
        change(&mut changed);
        assert_eq!(changed.verify(&house.verifying_key()), Err(SignatureError::Wrong), "{what}");
    };
    check("another time", &|receipt| receipt.made_ms += 1);
    check("another length", &|receipt| receipt.sealed_size += 1);
    check("another manifest", &|receipt| receipt.manifest_sha256 = "0".repeat(64));
    check("another package", &|receipt| receipt.sealed_sha256 = "0".repeat(64));
    check("another code", &|receipt| receipt.code_sha256 = "0".repeat(64));
}

/// A ZIP made by somebody else, sealed to the authority: anyone may do that.
fn foreign(authority: &HandlerKey, files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored)).unwrap();
        std::io::Write::write_all(&mut zip, bytes).unwrap();
    }
    let recipient: age::x25519::Recipient = authority.recipient().to_string().parse().unwrap();
    age::encrypt(&recipient, &zip.finish().unwrap().into_inner()).unwrap()
}

#[test]
fn an_inside_that_is_not_what_was_signed_is_refused() {
    let identity = age::x25519::Identity::generate();
    let (authority, house) = (handler_key(), house());
    let mut sealer = PackageSealer::new(&identity.to_public().to_string().parse().unwrap(), heading(), Vec::new()).unwrap();
    sealer.add("a.txt", "words".as_bytes()).unwrap();
    let (sealed, _) = sealer.finish(&house, "note", &mut SystemEntropy).unwrap();
    let mut zip = zip::ZipArchive::new(Cursor::new(age::decrypt(&identity, &sealed).unwrap())).unwrap();
    let mut file = |name: &'static str| {
        let mut bytes = Vec::new();
        zip.by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
        (name, bytes)
    };
    let whole = ["a.txt", "receipt.txt", "manifest.json", "manifest.sig"].map(&mut file);
    let open = |files: &[(&str, Vec<u8>)]| unpack(&authority, &house.verifying_key(), &foreign(&authority, files)).err();
    assert!(open(&whole).is_none(), "the same files in another ZIP are the same package");

    let with = |place: usize, bytes: &[u8]| {
        let mut files = whole.to_vec();
        files[place].1 = bytes.to_vec();
        open(&files)
    };
    assert!(matches!(with(0, b"wards"), Some(PackageError::Item { item: 1 })));
    assert!(matches!(with(0, b"words and more"), Some(PackageError::Item { item: 1 })));
    assert!(matches!(with(0, b"word"), Some(PackageError::Item { item: 1 })));
    assert!(matches!(with(1, b"0123-4567-89AB-CDEF-GHJK"), Some(PackageError::Malformed)), "another code");
    assert!(matches!(with(3, &[0; 63]), Some(PackageError::Malformed)), "a short signature");
    let false_size = String::from_utf8(whole[2].1.clone()).unwrap().replace("\"size\": 5", "\"size\": 6").into_bytes();
    let signed = vec![
        whole[0].clone(),
        whole[1].clone(),
        ("manifest.json", false_size.clone()),
        ("manifest.sig", house.sign(&false_size).as_bytes().to_vec()),
    ];
    assert!(matches!(open(&signed), Some(PackageError::Item { item: 1 })), "a length that is not so, though signed");
    let mut manifest = whole[2].1.clone();
    manifest.push(b' ');
    assert!(matches!(with(2, &manifest), Some(PackageError::Signature(SignatureError::Wrong))));
    assert!(matches!(open(&whole[1..]), Some(PackageError::Malformed)), "an item is missing");
    let more = [whole.to_vec(), vec![("b.txt", b"more".to_vec())]].concat();
    assert!(matches!(open(&more), Some(PackageError::Malformed)), "something unsigned came along");
    let recipient: age::x25519::Recipient = authority.recipient().to_string().parse().unwrap();
    let noise = age::encrypt(&recipient, b"no zip at all").unwrap();
    assert!(matches!(unpack(&authority, &house.verifying_key(), &noise).err(), Some(PackageError::Malformed)));
}

#[test]
fn names_that_no_disk_should_see_are_refused() {
    let mut sealer = PackageSealer::new(&handler_key().recipient(), heading(), Vec::new()).unwrap();
    sealer.add("a.txt", "1".as_bytes()).unwrap();
    let long = "x".repeat(201);
    for name in ["", "a.txt", "../a", "b/c", "b\\c", ".hidden", " a", "a\n", "manifest.json", "manifest.sig", "receipt.txt", "a:b", &long] {
        assert!(matches!(sealer.add(name, "2".as_bytes()), Err(PackageError::Name { item: 2 })), "{name:?}");
    }
    sealer.add(&long[1..], "2".as_bytes()).unwrap();
}

#[test]
fn signatures_are_those_of_the_standard() {
    // Source: RFC 8032, §7.1, test 3.
    let seed =
        b"\xc5\xaa\x8d\xf4\x3f\x9f\x83\x7b\xed\xb7\x44\x2f\x31\xdc\xb7\xb1\x66\xd3\x85\x35\x07\x6f\x09\x4b\x85\xce\x3a\x2e\x0b\x44\x58\xf7";
    let key = SigningKey::generate(&mut SameBytes(seed));
    let public = "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025";
    assert_eq!(hex::encode(key.verifying_key().as_bytes()), public);
    let signature = key.sign(&[0xaf, 0x82]);
    let wanted =
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a";
    assert_eq!(hex::encode(signature.as_bytes()), wanted);
    let text = key.verifying_key().to_string();
    assert_eq!(text.parse(), Ok(key.verifying_key()));
    assert_eq!(SigningKey::from_bytes(key.as_bytes()).verifying_key(), key.verifying_key());
    assert_eq!(Signature::try_from(String::from(signature)), Ok(signature));
    for wrong in ["", "ed25519:", &text[..40], "ed25519:AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        assert_eq!(wrong.parse::<VerifyingKey>(), Err(SignatureError::Malformed), "{wrong}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn whatever_is_packed_arrives(items in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..3_000), 0..5)) {
        let (authority, house) = (handler_key(), house());
        let names: Vec<String> = (0..items.len()).map(|number| format!("{number}.bin")).collect();
        let named: Vec<(&str, &[u8])> = names.iter().map(String::as_str).zip(items.iter().map(Vec::as_slice)).collect();
        let (sealed, packed) = pack(&authority, &house, &named);
        let mut package = unpack(&authority, &house.verifying_key(), &sealed).unwrap();
        for (place, bytes) in items.iter().enumerate() {
            let mut read = Vec::new();
            package.read(place, &mut read).unwrap();
            prop_assert_eq!(&read, bytes);
        }
        prop_assert!(packed.receipt.is_confirmed_by(&package.code));
    }

    #[test]
    fn whatever_arrives_instead_is_answered(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let authority = handler_key();
        let recipient: age::x25519::Recipient = authority.recipient().to_string().parse().unwrap();
        let key = house().verifying_key();
        prop_assert!(unpack(&authority, &key, &bytes).is_err());
        prop_assert!(unpack(&authority, &key, &age::encrypt(&recipient, &bytes).unwrap()).is_err());
    }
}
