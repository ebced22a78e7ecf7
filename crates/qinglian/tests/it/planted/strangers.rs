//! Words that come from outside: the pages for everybody, sealed reports of other programs, letters, gateways, ratings.

use super::words::Planted;
use crate::browser::{Browser, Form, Page};
use crate::hooks;
use crate::mail_server::{DOMAIN, MailServer};
use crate::served::{Served, code_in, report};
use catalogue::field::Kind;
use catalogue::{Catalogue, Register, Sensitivity};
use vault::{Addressees, Contents, EntryKey, FileCard, ReceiptCode, SystemEntropy};

/// The place where a poster with a code for ratings hangs.
pub const COUNTER: &str = "A1-01";

pub fn is_sealed_text(register: &Register, name: &str) -> bool {
    register
        .fields
        .get(name)
        .is_some_and(|field| field.sensitivity == Sensitivity::Sealed && matches!(field.kind, Kind::Text | Kind::LongText))
}

/// A public report in full, one that is never finished, and a later message with a file under the code. Answers the code.
pub fn by_form(served: &Served, catalogue: &Catalogue, planted: &Planted) -> String {
    let register = &catalogue.registers["report"];
    let mut anyone = Browser::new(&served.addr);
    let say = |name: &str, _: &Form| is_sealed_text(register, name).then(|| planted.word(&format!("public {name}")));
    let named = |name: &str, form: &Form| match name {
        "identity" => Some("named".to_owned()),
        // What is compared for duplicates is taken of numbers.
        "persons" => Some(format!("{} {}", planted.word("public persons"), planted.number("a number in a report"))),
        _ => say(name, form),
    };
    let check = report(&mut anyone, &named).expect("it serves");
    // Back to the step with the attachments, and one chosen: its name and its content are sealed.
    let step = step_with_files(&mut anyone, &check);
    let (name, picture) = (planted.word("a file's name"), planted.picture("a file's content"));
    let mut page = anyone.upload(&step.form("/report"), &[("evidence", &format!("{name}.jpg"), &picture)]).expect("it serves").ok();
    while page.form("/report").get("_at") != Some("check") {
        page = anyone.submit(&page.form("/report")).expect("it serves").ok();
    }
    let sent = anyone.submit(&page.form("/report").and("_send", "1")).expect("it serves").ok();
    let code = code_in(&sent).expect("a code");
    known_code(planted, &code);
    let stage = stage_of(&mut anyone, &code);
    let message = with_field(&stage, "/receipt", "text").with("text", &planted.word("a later message")).and("_write", "1");
    let (name, later) = (planted.word("the name of a later file"), planted.picture("a later file"));
    anyone.upload(&message, &[("files", &format!("{name}.jpg"), &later)]).expect("it serves").ok();
    never_sent(served, planted, &say);
    code
}

/// A form that is left before it is sent: its attachment lies on the disk, sealed.
fn never_sent(served: &Served, planted: &Planted, say: &dyn Fn(&str, &Form) -> Option<String>) {
    let mut other = Browser::new(&served.addr);
    let check = report(&mut other, say).expect("it serves");
    let step = step_with_files(&mut other, &check);
    let (left, picture) = (planted.word("the name of a file never sent"), planted.picture("a file never sent"));
    other.upload(&step.form("/report"), &[("evidence", &format!("{left}.jpg"), &picture)]).expect("it serves").ok();
}

/// A code, with and without its strokes.
pub fn known_code(planted: &Planted, code: &str) {
    planted.known(code, "a receipt code");
    planted.known(&code.replace('-', ""), "a receipt code");
}

/// What a reporter sees under a code.
pub fn stage_of(browser: &mut Browser, code: &str) -> Page {
    let ask = browser.get("/receipt").expect("it serves").form("/receipt").with("code", code);
    browser.submit(&ask).expect("it serves").ok()
}

/// The form to an address that has this field.
pub fn with_field(page: &Page, action: &str, field: &str) -> Form {
    let found = page.forms(action).into_iter().find(|form| form.get(field).is_some());
    found.unwrap_or_else(|| panic!("no {field} to {action}: {}", crate::browser::words(&page.text())))
}

/// From the page to check, the step that takes files.
fn step_with_files(browser: &mut Browser, check: &Page) -> Page {
    for to in 0..6 {
        let page = browser.submit(&check.form("/report").and("_to", &to.to_string())).expect("it serves").ok();
        if page.text().contains("name=\"evidence\"") {
            return page;
        }
    }
    panic!("no step takes files")
}

/// A report sealed before it is sent, as a browser's script or another program does.
pub fn by_program(served: &Served, planted: &Planted) {
    let values = serde_json::json!({ "identity": { "choice": "named" }, "route": { "choice": "department" } });
    let mut program = Browser::new(&served.addr);
    let asked = serde_json::json!({ "values": values }).to_string();
    let keys = program.post("/report/keys", "application/json", asked.as_bytes()).expect("it serves").ok();
    let keys: serde_json::Value = serde_json::from_slice(&keys.body).expect("JSON");
    let to: Addressees = serde_json::from_value(keys.clone()).expect("what to seal to");
    let (key, code) = (EntryKey::generate(&mut SystemEntropy), ReceiptCode::generate(&mut SystemEntropy));
    code.to_groups().expose(|code| known_code(planted, code));
    let said = |name: &&str| ((*name).to_owned(), serde_json::json!({ "text": planted.word(&format!("sealed {name}")) }));
    let kept: serde_json::Map<String, serde_json::Value> = ["reporter", "contact"].iter().map(said).collect();
    let mut content: serde_json::Map<String, serde_json::Value> =
        ["when_text", "where_text", "unit_text", "persons", "matter"].iter().map(said).collect();
    content.insert("evidence".to_owned(), serde_json::json!({ "cards": [1] }));
    let covers: Vec<&String> = content.keys().chain(kept.keys()).collect();
    let picture = planted.picture("a file sealed outside");
    let card = FileCard { name: format!("{}.jpg", planted.word("its name")), size: picture.len() as u64, sha256: String::new() };
    let (written, kept_written) = (serde_json::json!(content).to_string(), serde_json::json!(kept).to_string());
    let contents = Contents { content: written.as_bytes(), cards: &[card], identity: Some(kept_written.as_bytes()) };
    let submission = to.seal(&key, &contents, &code, &mut SystemEntropy).expect("custodians are there");
    let report = serde_json::json!({ "ticket": keys["ticket"], "values": values, "covers": covers, "submission": submission });
    let mut sealed = Vec::new();
    vault::seal_file(&key.recipient(), &to.place("file"), picture.as_slice(), &mut sealed).expect("in memory");
    let head = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"report\"\r\n\r\n{report}\r\n--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"sealed\"\r\n\r\n"
    );
    let body = [head.as_bytes(), &sealed, b"\r\n--edge--\r\n"].concat();
    program.post("/report/sealed", "multipart/form-data; boundary=edge", &body).expect("it serves").ok();
}

/// A letter in two encodings with an attachment, of a sender whose name and address are marked. The house answers it.
pub fn by_mail(server: &MailServer, planted: &Planted) {
    let encoded = |text: &str| format!("=?utf-8?B?{}?=", super::base64(text.as_bytes()));
    let quoted = |text: &str| text.bytes().map(|byte| format!("={byte:02X}")).collect::<String>();
    let (from, address) = (planted.word("the name of a letter's sender"), planted.token("a letter's sender"));
    let (subject, words) = (planted.word("a letter's subject"), planted.word("a letter's words"));
    let (name, file) = (planted.word("the name of a letter's file"), planted.picture("a letter's file"));
    let letter = format!(
        "From: {} <{address}@{DOMAIN}>\r\nTo: hotline@{DOMAIN}\r\nSubject: {}\r\nMessage-ID: <{}@{DOMAIN}>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=edge\r\n\r\n--edge\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}\r\n\
         --edge\r\nContent-Type: image/jpeg\r\nContent-Disposition: attachment; filename=\"{}\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n--edge--\r\n",
        encoded(&from),
        encoded(&subject),
        planted.token("a letter's id"),
        quoted(&words),
        encoded(&format!("{name}.jpg")),
        super::base64(&file)
    );
    server.drop_in("hotline", letter.as_bytes());
    crate::post::wait("the letter is taken away", || server.letters("hotline", "").is_empty());
}

/// A short message with a file, and one that is refused after it was read.
pub fn by_gateway(served: &Served, planted: &Planted) {
    let message = |text: String| {
        let file = serde_json::json!({ "name": format!("{}.jpg", planted.word("the name of a message's file")), "content": super::base64(&planted.picture("a message's file")) });
        serde_json::json!({ "id": planted.token("a message's id"), "from": planted.word("a message's sender"), "text": text, "files": [file] })
            .to_string()
    };
    let taken = message(planted.word("a message's words"));
    assert_eq!(hooks::signed(&served.addr, "sms", hooks::now(), hooks::SECRET, &taken).0, 200);
    let long: String = std::iter::repeat_n("长", 20_001).collect();
    let refused = message(format!("{} {long}", planted.word("a message that is too long")));
    assert_eq!(hooks::signed(&served.addr, "sms", hooks::now(), hooks::SECRET, &refused).0, 422);
    let forged = message(planted.word("a message with another signature"));
    assert_eq!(hooks::signed(&served.addr, "sms", hooks::now(), "another secret of the right length", &forged).0, 401);
}

/// What a patient says beside the answers of a rating that opens a clue.
pub fn by_rating(served: &Served, planted: &Planted) {
    let mut patient = Browser::new(&served.addr);
    let page = patient.get(&format!("/rate?at={COUNTER}")).expect("it serves").ok();
    let form = page.form("/rate").with("score", "s2").with("asked_for", "yes").with("sent_out", "no");
    let sent = patient.submit(&form.with("words", &planted.word("rating words"))).expect("it serves").ok();
    assert!(sent.text().contains("谢谢"), "{}", crate::browser::words(&sent.text()));
}

/// After the answer: how satisfied the reporter is, and why.
pub fn rates_the_answer(served: &Served, code: &str, planted: &Planted) {
    let mut anyone = Browser::new(&served.addr);
    let stage = stage_of(&mut anyone, code);
    let form =
        with_field(&stage, "/receipt", "more").with("satisfied", "s1").with("more", &planted.word("why the reporter is not satisfied"));
    anyone.submit(&form.and("_rate", "1")).expect("it serves").ok();
}

/// Codes that open nothing are words somebody typed as well.
pub fn guesses(served: &Served, planted: &Planted) {
    let mut anyone = Browser::new(&served.addr);
    let ask = anyone.get("/receipt").expect("it serves").form("/receipt");
    let guess = ReceiptCode::generate(&mut SystemEntropy).to_groups().expose(String::clone);
    known_code(planted, &guess);
    for typed in [guess, planted.word("something typed in the place of a code")] {
        assert_eq!(anyone.submit(&ask.clone().with("code", &typed)).expect("it serves").status, 422);
    }
}
