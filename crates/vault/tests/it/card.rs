use proptest::prelude::*;
use vault::{Context, FileCard, OpenError, seal};

use crate::given::{HERE, entry_key, inside_length};

const CARD: Context<'static> = Context { purpose: "card:1", ..HERE };

fn card(name: &str) -> FileCard {
    FileCard { name: name.to_owned(), size: 70_001, sha256: "ab".repeat(32) }
}

#[test]
fn a_card_keeps_name_and_length_in_an_envelope() {
    let key = entry_key();
    let sealed = card("发票照片.jpg").seal(&key.recipient(), &CARD);
    FileCard::open(&key, &CARD, &sealed)
        .unwrap()
        .expose(|card| assert_eq!((card.name.as_str(), card.size, card.sha256.len()), ("发票照片.jpg", 70_001, 64)));
    assert_eq!(FileCard::open(&key, &HERE, &sealed).err(), Some(OpenError::WrongContext));
    // Names of very different length look alike from outside.
    let long = card(&"长".repeat(20)).seal(&key.recipient(), &CARD);
    assert_eq!((inside_length(sealed.as_bytes()), inside_length(long.as_bytes())), (256, 256));
}

#[test]
fn a_card_that_is_not_one_is_refused() {
    let key = entry_key();
    let check = |json: &str| {
        let sealed = seal(&key.recipient(), &CARD, json.as_bytes());
        assert_eq!(FileCard::open(&key, &CARD, &sealed).err(), Some(OpenError::Malformed), "{json}");
    };
    check("");
    check("[]");
    check(r#"{"name":"a","size":-1,"sha256":""}"#);
    check(r#"{"name":"a","size":1,"sha256":"","more":1}"#);
}

#[test]
fn a_strangers_name_is_not_believed() {
    let check = |typed: &str, shown: &str| assert_eq!(card(typed).shown_name(), shown, "{typed:?}");
    check("照片 1.jpg", "照片 1.jpg");
    check("../../keys/concern.key", "concern.key");
    check("C:\\temp\\list.xlsx", "list.xlsx");
    check("invoice\u{202E}gpj.exe", "invoicegpj.exe");
    check("a\r\nb\0.txt", "ab.txt");
    check("a<b>:\"|?*.txt", "ab.txt");
    check(".htaccess", "htaccess");
    check("", "file");
    check("..", "file");
    check("\u{200B}\u{FEFF}", "file");
    check("a/", "file");
    check(&format!("{}.pdf", "x".repeat(300)), &format!("{}.pdf", "x".repeat(116)));
}

proptest! {
    #[test]
    fn any_name_becomes_one_a_disk_takes(typed in "\\PC{0,200}") {
        let shown = card(&typed).shown_name();
        prop_assert!(!shown.is_empty() && shown.chars().count() <= 120 && !shown.starts_with('.'));
        prop_assert!(!shown.contains(['/', '\\', '\0', '\n']));
    }
}
