//! Signed messages: a known answer, and every near miss.

use post::hook::{Fault, WINDOW_S, read, sign, verify};

const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";
const BODY: &[u8] = b"{\"id\":\"m-1\",\"text\":\"words\"}";
const NOW: i64 = 1_790_000_000;

fn check(at: Option<&str>, signature: Option<&str>, body: &[u8], expected: Result<(), Fault>) {
    assert_eq!(verify(SECRET, at, signature, body, NOW), expected, "{at:?}");
}

#[test]
fn the_signature_is_what_any_other_program_computes() {
    // printf '1790000000.{"id":"m-1","text":"words"}' | openssl dgst -sha256 -hmac 0123456789abcdef0123456789abcdef
    assert_eq!(sign(SECRET, "1790000000", BODY), "ec5d5bb1eea05066cb10d0c145d8b4acc364956e2e23cd7f26d8643f5aee3884");
}

#[test]
fn time_secret_and_every_byte_count() {
    let at = NOW.to_string();
    let right = sign(SECRET, &at, BODY);
    check(Some(&at), Some(&right), BODY, Ok(()));
    check(Some(&at), Some(&right.to_uppercase()), BODY, Ok(()));
    for (shift, expected) in
        [(-WINDOW_S, Ok(())), (WINDOW_S, Ok(())), (-WINDOW_S - 1, Err(Fault::OutOfTime)), (WINDOW_S + 1, Err(Fault::OutOfTime))]
    {
        let at = (NOW + shift).to_string();
        check(Some(&at), Some(&sign(SECRET, &at, BODY)), BODY, expected);
    }
    let later = (NOW + 1).to_string();
    check(Some(&later), Some(&right), BODY, Err(Fault::Forged));
    check(Some(&at), Some(&sign(b"another secret", &at, BODY)), BODY, Err(Fault::Forged));
    check(Some(&at), Some(&right), b"{\"id\":\"m-1\",\"text\":\"wordz\"}", Err(Fault::Forged));
    check(Some(&at), Some(&right[..62]), BODY, Err(Fault::Forged));
    check(Some(&at), Some(""), BODY, Err(Fault::Forged));
    check(Some(&at), None, BODY, Err(Fault::Forged));
    for wrong in ["", "now", "-1", "1790000000.0", " 1790000000", "99999999999999999999"] {
        check(Some(wrong), Some(&right), BODY, Err(Fault::NoTime));
    }
    check(None, Some(&right), BODY, Err(Fault::NoTime));
}

#[test]
fn a_body_is_what_is_documented_or_nothing() {
    let message = read(
        "{\"id\":\"m-1\",\"from\":\"000-0000\",\"text\":\"有人收红包\",\"files\":[{\"name\":\"../照片.jpg\",\"content\":\"/9j/4A==\"}]}"
            .as_bytes(),
    );
    let message = message.expect("a message");
    assert_eq!((message.id.as_str(), message.from.as_deref(), message.text.as_str()), ("m-1", Some("000-0000"), "有人收红包"));
    assert_eq!(message.files, [("照片.jpg".to_owned(), vec![0xff, 0xd8, 0xff, 0xe0])]);
    let fault = |body: &str| read(body.as_bytes()).err();
    assert_eq!(fault("{\"id\":\"m-1\",\"text\":\"  \"}"), Some(Fault::Empty));
    assert_eq!(fault("{\"text\":\"no id\"}"), Some(Fault::Unreadable));
    assert_eq!(fault("{\"id\":\"\",\"text\":\"empty id\"}"), Some(Fault::Unreadable));
    assert_eq!(fault("[]"), Some(Fault::Unreadable));
    assert_eq!(fault("{\"id\":\"m\",\"text\":\"x\",\"files\":[{\"name\":\"a\",\"content\":\"!\"}]}"), Some(Fault::Unreadable));
    assert_eq!(fault(&format!("{{\"id\":\"m\",\"text\":\"{}\"}}", "长".repeat(20_001))), Some(Fault::TooLarge));
    assert_eq!(fault(&format!("{{\"id\":\"m\",\"text\":\"{}\"}}", "长".repeat(20_000))), None);
}

#[test]
fn ids_senders_and_files_have_their_bounds() {
    let fault = |id: usize, from: usize, files: usize| {
        let file = serde_json::json!({ "name": "a.jpg", "content": "/9j/4A==" });
        let body = serde_json::json!({ "id": "i".repeat(id), "from": "长".repeat(from), "text": "x", "files": vec![file; files] });
        read(body.to_string().as_bytes()).err()
    };
    assert_eq!(fault(200, 100, 9), None);
    assert_eq!(fault(201, 100, 9), Some(Fault::Unreadable));
    assert_eq!(fault(200, 101, 9), Some(Fault::TooLarge));
    assert_eq!(fault(200, 100, 10), Some(Fault::TooLarge));
}
