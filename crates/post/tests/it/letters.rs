//! Letters as people and machines write them, read from bytes.

use encoding_rs::GB18030;
use post::mail::{By, Letter, Unreadable, parse};
use proptest::prelude::*;

fn read(raw: &[u8]) -> Letter {
    parse(raw).expect("it is read")
}

/// Headers and body, lines ended as mail ends them.
fn mail(headers: &str, body: &[u8]) -> Vec<u8> {
    let mut raw = format!("From: =?utf-8?B?546L5p+Q?= <wang@example.org>\r\n{}\r\n\r\n", headers.trim().replace('\n', "\r\n")).into_bytes();
    raw.extend_from_slice(body);
    raw
}

#[test]
fn a_letter_has_a_sender_a_subject_and_words() {
    let letter =
        read(&mail("Subject: =?gb2312?B?t7TTs87KzOI=?=\nMessage-ID: <m-1@example.org>\nReply-To: other@example.org", b"plain words\r\n"));
    let from = letter.from.expect("a sender");
    assert_eq!((from.name.as_str(), from.address.as_str(), from.reply_to.as_str()), ("王某", "wang@example.org", "other@example.org"));
    assert_eq!((letter.subject.as_str(), letter.text.as_str(), letter.id.as_deref()), ("反映问题", "plain words", Some("m-1@example.org")));
    assert!(letter.by == By::Person && letter.files.is_empty());
}

#[test]
fn chinese_is_read_however_it_is_written() {
    let words = "三号楼有人收受红包，约五千元。㐀";
    let (gb, _, _) = GB18030.encode(words);
    for charset in ["gb18030", "GB2312", "gbk"] {
        let headers = format!("Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit");
        let said = if charset == "gb18030" { words.to_owned() } else { words.replace('㐀', "") };
        let (bytes, _, _) = GB18030.encode(&said);
        assert_eq!(read(&mail(&headers, &bytes)).text, said, "{charset}");
    }
    // A program that does not say, or says UTF-8 and does not keep its word.
    for headers in ["Subject: x", "Content-Type: text/plain", "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit"] {
        assert_eq!(read(&mail(headers, &gb)).text, words, "{headers}");
    }
    assert_eq!(read(&mail("Content-Type: text/plain; charset=utf-8", words.as_bytes())).text, words);
}

const ALTERNATIVE: &str = "MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b";

#[test]
fn of_two_versions_the_plain_one_is_read_and_of_html_its_words() {
    let both = b"--b\r\nContent-Type: text/plain\r\n\r\nplain\r\n--b\r\nContent-Type: text/html\r\n\r\n<b>shown</b>\r\n--b--\r\n";
    let letter = read(&mail(ALTERNATIVE, both));
    assert_eq!((letter.text.as_str(), letter.files.len()), ("plain", 0));
    let html = "Content-Type: text/html; charset=utf-8";
    let text = read(&mail(html, "<style>p{color:red}</style><p>第一段&amp;</p><script>alert(1)</script><p>第二段</p>".as_bytes())).text;
    assert!(text.contains("第一段&") && text.contains("第二段"), "{text}");
    assert!(!text.contains("alert") && !text.contains("color"), "{text}");
}

#[test]
fn attachments_and_letters_within_letters_are_gathered() {
    let body = "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n外面的话\r\n\
        --b\r\nContent-Type: image/jpeg\r\nContent-Disposition: attachment; filename=\"=?utf-8?B?54Wn54mHLmpwZw==?=\"\r\nContent-Transfer-Encoding: base64\r\n\r\n/9j/4AAQSkZJRg==\r\n\
        --b\r\nContent-Type: message/rfc822\r\n\r\nFrom: b@example.org\r\nSubject: inner\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n\
        --c\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n里面的话\r\n--c\r\nContent-Type: application/pdf; name=\"../../scan.pdf\"\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQ=\r\n--c--\r\n--b--\r\n";
    let letter = read(&mail("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b", body.as_bytes()));
    assert!(letter.text.starts_with("外面的话") && letter.text.contains("inner") && letter.text.ends_with("里面的话"), "{}", letter.text);
    let files: Vec<(&str, usize)> = letter.files.iter().map(|file| (file.name.as_str(), file.bytes.len())).collect();
    assert_eq!(files, [("照片.jpg", 10), ("scan.pdf", 8)], "and no folder in a name");
}

fn nested(depth: usize) -> Vec<u8> {
    let mut raw = b"From: a@example.org\r\nSubject: in\r\n\r\nwords\r\n".to_vec();
    for _ in 0..depth {
        let mut outer = b"From: a@example.org\r\nContent-Type: message/rfc822\r\n\r\n".to_vec();
        outer.append(&mut raw);
        raw = outer;
    }
    raw
}

#[test]
fn what_is_beyond_the_bounds_is_not_read() {
    assert_eq!(read(&nested(4)).text.trim_start_matches(['―', ' ', '\n', 'i', 'n']), "words");
    assert_eq!(parse(&nested(6)).err(), Some(Unreadable::TooDeep));
    assert!(parse(&nested(2_000)).is_err(), "and does not end the program");
    assert_eq!(parse(b"").err(), Some(Unreadable::NoMail));
    let parts = |count: usize| {
        mail(
            "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b",
            "--b\r\nContent-Type: application/pdf\r\n\r\n%PDF\r\n".repeat(count).as_bytes(),
        )
    };
    assert_eq!(read(&parts(30)).files.len(), 30);
    assert_eq!(parse(&parts(31)).err(), Some(Unreadable::TooMany));
    let headers = |count: usize| mail(&"X-Filler: 0123456789012345678901234567890123456789\n".repeat(count), b"words");
    assert!(parse(&headers(5_000)).is_ok());
    assert_eq!(parse(&headers(6_000)).err(), Some(Unreadable::TooMany));
    assert_eq!(parse(&vec![b'a'; (40 << 20) + 1]).err(), Some(Unreadable::TooLarge));
}

#[test]
fn words_and_parts_have_their_bounds_and_names_are_cut() {
    let words = |count: usize| mail("Content-Type: text/plain; charset=utf-8", "长".repeat(count).as_bytes());
    assert_eq!(read(&words(200_000)).text.chars().count(), 200_000);
    assert_eq!(parse(&words(200_001)).err(), Some(Unreadable::TooLarge));
    // With the letter itself; short words, so that it is their number that counts.
    let parts = |count: usize| {
        let part = "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nx\r\n".repeat(count);
        mail("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b", format!("{part}--b--\r\n").as_bytes())
    };
    assert_eq!(read(&parts(299)).text.matches('x').count(), 299);
    assert_eq!(parse(&parts(300)).err(), Some(Unreadable::TooMany));
    let named = |length: usize| {
        let name = "n".repeat(length);
        let body =
            format!("--b\r\nContent-Type: image/jpeg\r\nContent-Disposition: attachment; filename=\"{name}.jpg\"\r\n\r\nx\r\n--b--\r\n");
        let headers = format!("Subject: {}\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b", "s".repeat(length));
        let letter = read(&mail(&headers, body.as_bytes()));
        (letter.subject.len(), letter.files[0].name.clone())
    };
    assert_eq!(named(116), (116, format!("{}.jpg", "n".repeat(116))));
    assert_eq!(named(400), (300, format!("{}.jpg", "n".repeat(116))), "its end says what kind it is");
}

#[test]
fn who_wrote_decides_whether_it_is_a_report_and_answered() {
    let by = |headers: &str| read(&mail(headers, b"words")).by;
    assert!(by("Subject: x") == By::Person);
    assert!(by("Auto-Submitted: no") == By::Person);
    for machine in [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-replied (vacation)",
        "X-Autoreply: yes",
        "Content-Type: multipart/report; boundary=b",
    ] {
        assert!(by(machine) == By::Machine, "{machine}");
    }
    for bulk in [
        "Precedence: bulk",
        "Precedence: LIST",
        "List-Id: <l.example.org>",
        "List-Unsubscribe: <x>",
        "X-Auto-Response-Suppress: All",
        // An old address that forwards, a scanner that sends, a sender who wants no failure notice: somebody's words may be in it.
        "Auto-Submitted: auto-forwarded",
        "Auto-Submitted: auto-generated; x=y",
        "Return-Path: <>",
    ] {
        assert!(by(bulk) == By::Bulk, "{bulk}");
    }
    let from = |address: &str| read(format!("From: {address}\r\n\r\nwords").as_bytes()).by;
    assert!(
        from("no-reply@example.org") == By::Bulk && from("MAILER-DAEMON@example.org") == By::Machine && from("a@example.org") == By::Person
    );
}

#[test]
fn a_sender_that_is_none_leaves_a_letter_without_one() {
    for from in ["From: ", "From: nobody", "From: a b@example.org <>", "X-From: a@example.org"] {
        let letter = read(format!("{from}\r\nSubject: x\r\n\r\nwords").as_bytes());
        assert!(letter.from.is_none_or(|from| from.address.contains('@') && !from.address.contains(' ')), "{from}");
    }
    let long = read(format!("From: {}@example.org\r\n\r\nwords", "a".repeat(5_000)).as_bytes());
    assert!(long.from.is_none_or(|from| from.address.len() <= 254));
}

proptest! {
    #[test]
    fn no_bytes_panic(raw in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = parse(&raw);
    }

    #[test]
    fn no_broken_letter_panics(headers in "[ -~\r\n]{0,400}", body in proptest::collection::vec(any::<u8>(), 0..600), at in 0usize..2_000, byte in any::<u8>()) {
        let mut raw = mail("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b", b"--b\r\nContent-Type: text/plain; charset=gbk\r\nContent-Transfer-Encoding: base64\r\n\r\n");
        raw.extend_from_slice(headers.as_bytes());
        raw.extend_from_slice(&body);
        let place = at % raw.len();
        raw[place] = byte;
        let _ = parse(&raw);
        let _ = parse(&raw[..place]);
    }
}

/// A letter a machine made up at which the library that reads letters gives up, where it is built with its own checks.
#[test]
fn a_letter_whose_parts_lie_within_each_other_wrongly_ends_nothing() {
    let part = |kind: &str, mark: &str| format!("Content-Type: multipart/{kind}; boundary={mark}\r\n\r\n--{mark}\r\n");
    let raw = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/mail/nested")).expect("the fuzzer's letter");
    let by_hand =
        format!("From: a@example.org\r\n{}{}{}--y--\r\n--x--\r\n--y\r\n", part("mixed", "x"), part("alternative", "y"), part("mixed", "y"));
    for raw in [raw, by_hand.into_bytes()] {
        assert!(
            matches!(parse(&raw), Ok(_) | Err(Unreadable::Broken | Unreadable::TooDeep)),
            "put apart or read, and the next one is read"
        );
    }
}
