//! `qinglian package`: an authority makes a key, opens what a house sealed to it, and holds it against the receipt, with this binary alone.

use crate::qinglian;
use std::fs;
use vault::{HandlerKey, Heading, PackageSealer, SigningKey, SystemEntropy};

const WORDS: &str = "移送的经过";

/// A package and its receipt, as a house makes them; the house's public key.
fn made(folder: &std::path::Path, recipient: Option<&str>) -> String {
    let heading =
        Heading {
            institution: "h1".into(), reference: "JB-7K3M9Q".into(), authority: "示例市纪委监委".into(), made_ms: 1_772_442_000_000
        };
    let mut sealer = match recipient {
        Some(recipient) => PackageSealer::new(&recipient.parse().expect("a key"), heading, Vec::new()).expect("it begins"),
        None => PackageSealer::unsealed(heading, Vec::new()),
    };
    sealer.add("00-移送材料.txt", WORDS.as_bytes()).expect("packed");
    sealer.withhold("您的姓名", "保护举报人身份");
    let house = SigningKey::generate(&mut SystemEntropy);
    let (bytes, packed) = sealer.finish(&house, "请回告", &mut SystemEntropy).expect("finished");
    fs::write(folder.join("package"), bytes).expect("written");
    fs::write(folder.join("receipt.json"), serde_json::to_vec(&packed.receipt).expect("JSON")).expect("written");
    house.verifying_key().to_string()
}

#[test]
fn an_authority_opens_what_was_sealed_to_it_and_a_court_checks_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name).display().to_string();
    let key = qinglian(&format!("package key --out {} --json", at("own.key")), &[]).ends(0).json();
    let recipient = key["recipient"].as_str().expect("a key");
    let parsed: vault::Recipient = recipient.parse().expect("an age key");
    assert_eq!(key["fingerprint"], parsed.fingerprint());
    qinglian(&format!("package key --out {}", at("own.key")), &[]).ends(1);
    let house = made(folder.path(), Some(recipient));

    let open = format!("package open {} --key {} --house {house} --to {}", at("package"), at("own.key"), at("opened"));
    let told = qinglian(&format!("{open} --json"), &[]).ends(0).json();
    assert_eq!(told["withheld"][0]["what"], "您的姓名");
    assert_eq!(told["code"].as_str().map(|code| code.chars().filter(|symbol| symbol.is_alphanumeric()).count()), Some(20));
    assert_eq!(fs::read_to_string(folder.path().join("opened/00-移送材料.txt")).expect("written out"), WORDS);
    assert!(qinglian(&open, &[]).ends(1).err.contains("must not be there yet"));
    let unkeyed = format!("package open {} --house {house} --to {}", at("package"), at("other"));
    qinglian(&unkeyed, &[]).ends(2);
    let stranger = made(&fs::create_dir(folder.path().join("x")).map(|()| folder.path().join("x")).expect("a folder"), None);
    let foreign = format!("package open {} --key {} --house {stranger} --to {}", at("package"), at("own.key"), at("other"));
    assert!(qinglian(&foreign, &[]).ends(1).err.contains("sign"), "another house did not sign it");
    assert!(!folder.path().join("other").exists(), "nothing is written before all is checked");

    let verify = format!("package verify {} --receipt {} --house", at("package"), at("receipt.json"));
    assert_eq!(qinglian(&format!("{verify} {house} --json"), &[]).ends(0).json()["sound"], true);
    qinglian(&format!("{verify} {stranger}"), &[]).ends(1);
    qinglian(&format!("{verify} nonsense"), &[]).ends(2);
    let mut bytes = fs::read(folder.path().join("package")).expect("there");
    bytes[200] ^= 1;
    fs::write(folder.path().join("package"), bytes).expect("written");
    assert_eq!(qinglian(&format!("{verify} {house} --json"), &[]).ends(1).json()["sound"], false);
    qinglian(&open.replace("/opened", "/again"), &[]).ends(1);
    assert!(!folder.path().join("again").exists());
}

#[test]
fn a_package_that_is_not_sealed_opens_without_a_key() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name).display().to_string();
    let house = made(folder.path(), None);
    let open = qinglian(&format!("package open {} --house {house} --to {}", at("package"), at("opened")), &[]).ends(0);
    assert!(open.out.contains("回告确认码") && open.out.contains("保护举报人身份"), "{}", open.out);
    assert_eq!(fs::read_to_string(folder.path().join("opened/00-移送材料.txt")).expect("written out"), WORDS);
    let secret = HandlerKey::generate(&mut SystemEntropy).to_printable().expose(String::clone);
    fs::write(folder.path().join("a.key"), secret).expect("written");
    let keyed = format!("package open {} --key {} --house {house} --to {}", at("package"), at("a.key"), at("more"));
    qinglian(&keyed, &[]).ends(1);
}
