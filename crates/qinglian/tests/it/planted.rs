//! Marked words in every sealed place that can be reached through the served pages, then a search of everything on the disk.

use crate::browser::{Browser, Form, Page, attribute, words};
use crate::qinglian;
use crate::served::{House, PASSWORD, Served, answered, code_in, first_choice, gift, report};
use catalogue::field::Kind;
use catalogue::{Catalogue, Register, Sensitivity, embedded};
use encoding_rs::GB18030;
use std::cell::RefCell;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Words nobody else writes, each with where it was put.
#[derive(Default)]
struct Planted(RefCell<Vec<(String, String)>>);

impl Planted {
    /// A new word: rare letters and a token, so that either alone would be found.
    fn word(&self, place: &str) -> String {
        let mut words = self.0.borrow_mut();
        let at = words.len() as u32;
        let rare = |step: u32| char::from_u32(0x9F00 + (at * 7 + step * 31) % 160).expect("a letter");
        let (cjk, token) = (format!("{}{}{}{}", rare(1), rare(2), rare(3), rare(at % 5 + 4)), format!("Zqx{at:03}vjk{}", 7919 * (at + 11)));
        words.push((cjk.clone(), place.to_owned()));
        words.push((token.clone(), place.to_owned()));
        format!("{cjk} {token}")
    }

    fn known(&self, word: &str, place: &str) {
        self.0.borrow_mut().push((word.to_owned(), place.to_owned()));
    }
}

#[test]
fn nothing_sealed_is_readable_anywhere() {
    let house = House::new();
    let catalogue = Catalogue::load(&embedded(), None).expect("right");
    let planted = Planted::default();
    let mut served = Served::start_saying(&house.data, "debug");
    let code = told_by_a_stranger(&served, &catalogue, &planted);
    registered_by_staff(&served, &catalogue, &planted, &code);
    let plain = "墙角的走廊Qwv417";
    let mut zhang = Browser::signed_in(&served.addr, "zhang", PASSWORD);
    let form = gift(&mut zhang, plain).expect("it serves");
    assert_eq!(zhang.submit(&form).expect("it serves").status, 303);
    for token in zhang.cookies.values() {
        planted.known(token, "a session");
    }
    planted.known(PASSWORD, "a password");

    let backup = house.folder.path().join("backup");
    qinglian("backup --data {} --to {}", &[&house.data, &backup]).ends(0);
    let log = house.folder.path().join("server.log");
    // The write-ahead log is there as long as the server is.
    let mut files = walk(&house.data);
    files.extend(walk(&backup));
    let found = search(&files, &planted.0.borrow());
    served.kill();
    let said = served.log();
    assert!(said.len() > 1_000, "the log says something");
    fs::write(&log, said).expect("written");
    let after = search(&[walk(&house.data), vec![log]].concat(), &planted.0.borrow());
    assert!(planted.0.borrow().len() > 60, "words were planted: {}", planted.0.borrow().len());
    assert!(found.is_empty() && after.is_empty(), "readable: {found:#?} {after:#?}");
    // The search can fail: a plain field is found, in the data folder and in the backup.
    let plainly = [(plain.to_owned(), "a plain field".to_owned())];
    for folder in [&house.data, &backup] {
        assert!(!search(&walk(folder), &plainly).is_empty(), "the search finds what is plain in {}", folder.display());
    }
}

/// A public report in full, one that is never finished, and a later message under the code. Answers the code.
fn told_by_a_stranger(served: &Served, catalogue: &Catalogue, planted: &Planted) -> String {
    let register = &catalogue.registers["report"];
    let mut anyone = Browser::new(&served.addr);
    let say = |name: &str, _: &Form| is_sealed_text(register, name).then(|| planted.word(&format!("public {name}")));
    let named = |name: &str, form: &Form| if name == "identity" { Some("named".to_owned()) } else { say(name, form) };
    let check = report(&mut anyone, &named).expect("it serves");
    // Back to the step with the attachments, and one chosen: its name and its content are sealed.
    let step = step_with_files(&mut anyone, &check);
    let (name, picture) = (planted.word("a file's name"), picture(&planted.word("a file's content")));
    let mut page = anyone.upload(&step.form("/report"), &[("evidence", &format!("{name}.jpg"), &picture)]).expect("it serves").ok();
    while page.form("/report").get("_at") != Some("check") {
        page = anyone.submit(&page.form("/report")).expect("it serves").ok();
    }
    let sent = anyone.submit(&page.form("/report").and("_send", "1")).expect("it serves").ok();
    let code = code_in(&sent).expect("a code");
    planted.known(&code, "the receipt code");
    planted.known(&code.replace('-', ""), "the receipt code");
    let ask = anyone.get("/receipt").expect("it serves").form("/receipt").with("code", &code);
    let stage = anyone.submit(&ask).expect("it serves").ok();
    let message = stage.form("/receipt").with("text", &planted.word("a later message")).and("_write", "1");
    anyone.submit(&message).expect("it serves").ok();
    // Never sent: its attachment lies on the disk, sealed.
    let mut other = Browser::new(&served.addr);
    let check = report(&mut other, &say).expect("it serves");
    let step = step_with_files(&mut other, &check);
    let left = planted.word("a file never sent");
    other.upload(&step.form("/report"), &[("evidence", &format!("{left}.jpg"), &self::picture(&left))]).expect("it serves").ok();
    code
}

fn picture(words: &str) -> Vec<u8> {
    [b"\xff\xd8\xff\xe0\0\x10JFIF ", words.as_bytes()].concat()
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

fn is_sealed_text(register: &Register, name: &str) -> bool {
    register
        .fields
        .get(name)
        .is_some_and(|field| field.sensitivity == Sensitivity::Sealed && matches!(field.kind, Kind::Text | Kind::LongText))
}

/// Every sealed field on every form of a new entry, sealed notes, and what moves ask for that is sealed.
fn registered_by_staff(served: &Served, catalogue: &Catalogue, planted: &Planted, code: &str) {
    let mut li = Browser::signed_in(&served.addr, "li", PASSWORD);
    let mut chen = Browser::signed_in(&served.addr, "chen", PASSWORD);
    let mut zhang = Browser::signed_in(&served.addr, "zhang", PASSWORD);
    let mut entered = Vec::new();
    let sealing =
        catalogue.registers.values().filter(|register| register.fields.values().any(|field| field.sensitivity == Sensitivity::Sealed));
    for register in sealing {
        let name = register.name.as_str();
        for browser in [&mut li, &mut chen, &mut zhang] {
            let Some(path) = entry(browser, register, planted) else { continue };
            entered.push(path.clone());
            corrected(browser, register, &path, planted);
            let note = format!("{path}/note");
            let page = browser.get(&note).expect("it serves");
            if page.status == 200 {
                let form = page.form(&note).with("_note", &planted.word(&format!("a note on {name}")));
                assert_eq!(browser.submit(&form).expect("it serves").status, 303, "{note}");
            }
            break;
        }
    }
    let expected = ["report", "clue", "case", "disclosure", "outcome"];
    assert!(expected.iter().all(|name| entered.iter().any(|path| path.contains(name))), "{entered:?}");
    // The stranger's report goes its way: opened, taken up, answered under seal.
    let links = li.get("/r/report").expect("it serves").ok().links();
    let reports: Vec<String> = links.into_iter().filter(|link| link.starts_with("/r/report/JB-") && !link.contains('?')).collect();
    let mut answered = 0;
    for path in &reports {
        let opened = li.get(path).expect("it serves").ok();
        li.submit(&opened.form(&format!("{path}/open"))).expect("it serves").ok();
        for (step, secret) in [("accept", None), ("conclude", None), ("reply", Some("answer"))] {
            let step = format!("{path}/move/{step}");
            let page = li.get(&step).expect("it serves");
            if page.status != 200 {
                break;
            }
            let mut form = page.form(&step);
            if let Some(name) = secret {
                form = form.with(name, &planted.word("an answer"));
            }
            // Radio buttons of which none is chosen yet are no field of the form.
            if page.text().contains("name=\"parties\"") {
                form = form.with("parties", "unclear").with("parties_why", &planted.word("why nobody is named"));
            }
            if form.get("answered_on") == Some("") {
                form = form.with("answered_on", &store::real_time().local().date().to_string());
            }
            let sent = li.submit(&form).expect("it serves");
            assert_eq!(sent.status, 303, "{step}: {}", words(&sent.text()));
            answered += usize::from(secret.is_some());
        }
    }
    assert!(answered > 0, "an answer was given under seal: {reports:?}");
    let named = reports.iter().filter(|path| identity_opened(served, &mut li, path, planted)).count();
    assert!(named > 0, "somebody reported by name: {reports:?}");
    let mut anyone = Browser::new(&served.addr);
    let ask = anyone.get("/receipt").expect("it serves").form("/receipt").with("code", code);
    anyone.submit(&ask).expect("it serves").ok();
}

/// Asks who reported, for a planted reason, lets both custodians agree, and opens it. `false`: nobody gave a name.
fn identity_opened(served: &Served, li: &mut Browser, path: &str, planted: &Planted) -> bool {
    let identity = format!("{path}/identity");
    let page = li.get(&identity).expect("it serves");
    if page.status != 200 {
        return false;
    }
    let before = planted.0.borrow().clone();
    let why = planted.word("why the identity is asked");
    assert_eq!(li.submit(&page.form(&identity).with("_note", &why)).expect("it serves").status, 303);
    for login in ["bao", "fang"] {
        let mut custodian = Browser::signed_in(&served.addr, login, PASSWORD);
        let desk = custodian.get("/").expect("it serves").ok();
        let link = desk.links().into_iter().find(|link| link.starts_with("/identity/")).expect("it waits on the desk");
        let page = custodian.get(&link).expect("it serves").ok();
        assert!(page.text().contains(why.split(' ').next().expect("a word")), "the reason is told");
        assert!(before.iter().all(|(word, _)| !page.text().contains(word)), "and nothing else that is sealed");
        assert_eq!(custodian.submit(&page.form(&link).with("answer", "yes")).expect("it serves").status, 303);
    }
    let granted = li.get(&identity).expect("it serves").ok();
    let shown = li.submit(&granted.form(&identity).with("step", "open")).expect("it serves").ok();
    let names = before.iter().filter(|(_, place)| place.ends_with(" reporter") || place.ends_with(" contact"));
    assert!(names.filter(|(word, _)| shown.text().contains(word)).count() >= 4, "name and contact are shown to whoever asked");
    true
}

/// A new entry with a word in every sealed field of its form, and a sealed file. `None`: this person may not, or it needs more.
fn entry(browser: &mut Browser, register: &Register, planted: &Planted) -> Option<String> {
    let action = format!("/r/{}/new", register.name);
    let page = browser.get(&action).expect("it serves");
    if page.status != 200 {
        return None;
    }
    let say = |name: &str, _: &Form| {
        let field = register.fields.get(name)?;
        match (&field.kind, field.sensitivity) {
            (Kind::Text | Kind::LongText, Sensitivity::Sealed) => Some(planted.word(&format!("{} {name}", register.name))),
            // Nobody is named, so that the reason for it is asked: a sealed text.
            (Kind::Choice { .. }, _) if name == "parties" => Some("unclear".to_owned()),
            (Kind::Date, _) if field.required => Some(store::real_time().local().date().to_string()),
            (Kind::Number { .. } | Kind::Money, _) => Some("1".to_owned()),
            (Kind::Text | Kind::LongText, _) => Some("如所述".to_owned()),
            (Kind::Choice { .. } | Kind::Unit { .. } | Kind::YesNo, _) if field.required => first_choice(&page, name),
            _ => Some(String::new()),
        }
    };
    let form = page.form(&action);
    // What the form already says, such as today and me, stays.
    let keep = |name: &str, form: &Form| match form.get(name) {
        Some(there) if !there.is_empty() => Some(there.to_owned()),
        _ => say(name, form),
    };
    let mut filled = answered(&page, &form, &keep);
    for field in register.fields.values().filter(|field| field.required) {
        if let Kind::Link { register } = &field.kind
            && let Some(id) = linked(browser, &form, field.name.as_str(), register.as_str())
        {
            filled = filled.with(field.name.as_str(), &id);
        }
    }
    let sealed = register
        .fields
        .values()
        .find(|field| matches!(field.kind, Kind::File { .. }) && field.sensitivity == Sensitivity::Sealed && field.on_form);
    let sent = match sealed {
        Some(field) => {
            let (name, content) =
                (planted.word(&format!("{} file name", register.name)), picture(&planted.word(&format!("{} file", register.name))));
            browser.upload(&filled, &[(field.name.as_str(), &format!("{name}.jpg"), &content)])
        }
        None => browser.submit(&filled),
    };
    let sent = sent.expect("it serves");
    if let (303, Some(path)) = (sent.status, &sent.location) {
        return path.split('?').next().map(str::to_owned);
    }
    // A report is answered with a code for whoever brought it, and a way to the entry.
    if let Some(code) = code_in(&sent) {
        planted.known(&code, "a code that was handed over");
        let start = format!("/r/{}/", register.name);
        let path = sent.links().into_iter().find(|link| link.starts_with(&start) && !link.contains("/new"));
        return path.and_then(|path| path.split('?').next().map(str::to_owned));
    }
    eprintln!("{action}: {}", words(&sent.text()).chars().take(300).collect::<String>());
    None
}

/// The newest entry of a register, found as a person would: by the picker's search.
fn linked(browser: &mut Browser, form: &Form, name: &str, register: &str) -> Option<String> {
    let list = browser.get(&format!("/r/{register}")).ok()?.links();
    let start = format!("/r/{register}/");
    let number = list.iter().filter_map(|link| link.strip_prefix(&start)).find(|rest| rest.contains('-') && !rest.contains(['?', '/']))?;
    let asked = form.clone().with(&format!("{name}.q"), number).and("_find", name);
    let html = browser.submit(&asked).ok()?.text();
    let mut offered =
        html.split('<').filter(|tag| attribute(tag, "name").as_deref() == Some(name)).filter_map(|tag| attribute(tag, "value"));
    offered.find(|value| engine::EntryId::parse(value).is_some())
}

/// Every sealed text a form of correction takes gets another word.
fn corrected(browser: &mut Browser, register: &Register, path: &str, planted: &Planted) {
    let edit = format!("{path}/edit");
    let page = browser.get(&edit).expect("it serves");
    if page.status != 200 || !page.text().contains(&format!("action=\"{edit}\"")) {
        return;
    }
    let form = page.form(&edit);
    let sealed: Vec<String> = form.fields.iter().map(|(name, _)| name.clone()).filter(|name| is_sealed_text(register, name)).collect();
    let filled = sealed.iter().fold(form, |form, name| form.with(name, &planted.word(&format!("{} {name}, corrected", register.name))));
    let sent = browser.submit(&filled).expect("it serves");
    assert!(sealed.is_empty() || sent.status == 303, "{edit}: {}", words(&sent.text()));
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

/// Where any of the words stands, in any of the ways a word may be written down.
fn search(files: &[PathBuf], planted: &[(String, String)]) -> Vec<String> {
    let mut written: Vec<(Vec<u8>, String)> = Vec::new();
    for (word, place) in planted {
        written.extend(ways(word).into_iter().map(|(way, bytes)| (bytes, format!("{word} ({place}) as {way}"))));
    }
    let mut by_start: HashMap<[u8; 4], Vec<usize>> = HashMap::new();
    for (at, (bytes, _)) in written.iter().enumerate() {
        by_start.entry(bytes[..4].try_into().expect("four bytes")).or_default().push(at);
    }
    let mut found = Vec::new();
    for path in files {
        let bytes = fs::read(path).expect("readable");
        for (offset, window) in bytes.windows(4).enumerate() {
            let Some(all) = <[u8; 4]>::try_from(window).ok().and_then(|start| by_start.get(&start)) else { continue };
            let here = all.iter().filter(|at| bytes[offset..].starts_with(&written[**at].0));
            found.extend(here.map(|at| format!("{} at {offset}: {}", path.display(), written[*at].1)));
        }
    }
    found
}

/// The encodings a word could leak in. *Shape*: at least four bytes each.
fn ways(word: &str) -> Vec<(&'static str, Vec<u8>)> {
    let utf8 = word.as_bytes().to_vec();
    let wide = |bytes: fn(u16) -> [u8; 2]| word.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let hex: String = utf8.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut ways = vec![("UTF-16LE", wide(u16::to_le_bytes)), ("UTF-16BE", wide(u16::to_be_bytes))];
    ways.push(("GB18030", GB18030.encode(word).0.into_owned()));
    ways.push(("upper hex", hex.to_uppercase().into_bytes()));
    ways.push(("hex", hex.into_bytes()));
    // Within a longer text a word begins at any of three places of base64; its edges depend on its neighbours.
    for shift in 0..3 {
        let padded = [vec![0u8; shift], utf8.clone()].concat();
        let text = base64(&padded);
        let whole = padded.len() / 3 * 4;
        ways.push(("base64", text.as_bytes()[(shift * 4).div_ceil(3)..whole].to_vec()));
    }
    if word.is_ascii() {
        ways.push(("lower case", word.to_lowercase().into_bytes()));
    }
    ways.push(("UTF-8", utf8));
    ways
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let groups = bytes.chunks(3).flat_map(|group| {
        let bits = group.iter().enumerate().fold(0u32, |bits, (at, byte)| bits | u32::from(*byte) << (16 - 8 * at));
        [18, 12, 6, 0].map(|shift| LETTERS[(bits >> shift & 63) as usize])
    });
    groups.map(char::from).collect()
}

#[test]
fn the_search_finds_every_way_of_writing() {
    let dir = tempfile::tempdir().expect("a folder");
    for (way, bytes) in ways("琉璃瓦上") {
        let path = dir.path().join("file");
        fs::write(&path, [b"before ", bytes.as_slice(), b" after"].concat()).expect("written");
        let found = search(&[path], &[("琉璃瓦上".to_owned(), "here".to_owned())]);
        assert!(found.iter().any(|line| line.ends_with(way)), "{way}: {found:?}");
    }
    assert_eq!(base64("红包".as_bytes()), "57qi5YyF");
}
