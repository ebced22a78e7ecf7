//! Marked words through every channel and into every sealed place, then a search of everything the house keeps, prints and backs up.

mod forms;
mod handlers;
mod kept;
mod lives;
mod passing;
mod search;
mod strangers;
mod words;

use crate::browser::Browser;
use crate::mail_server::{DOMAIN, MailServer, is_installed};
use crate::qinglian;
use crate::served::{House, PASSWORD, Served, employ, gift, text, values};
use catalogue::field::Kind;
use catalogue::{Catalogue, Register, Sensitivity, embedded};
use engine::{Actor, Value};
use handlers::Staff;
use kept::{kept, terms};
use search::{Search, base64, walk};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use store::Request;
use strangers::COUNTER;
use vault::{HandlerKey, SystemEntropy};
use words::Planted;

/// A plain field in which this stands: what the search must find, or it proves nothing.
const PLAIN: &str = "墙角的走廊Qwv417";
const PLAIN_WORDS: [&str; 2] = ["墙角的走廊", "Qwv417"];

/// Tables that hold something by the end, so that looking through them means something.
const FILLED: [&str; 13] = [
    "events",
    "entries",
    "entry_bodies",
    "entry_values",
    "wraps",
    "custody",
    "notices",
    "files",
    "sessions",
    "keys",
    "alike",
    "short_links",
    "call_numbers",
];

#[test]
fn nothing_sealed_is_readable_anywhere() {
    let server = is_installed().then(MailServer::start);
    let house = server.as_ref().map_or_else(crate::hooks::house, crate::post::house);
    let catalogue = Catalogue::load(&embedded(), None).expect("right");
    let planted = Planted::default();
    let prepared = prepared(&house);
    let scratch = house.folder.path().join("scratch");
    fs::create_dir(&scratch).expect("a folder");
    let mut served = Served::start_among(&house.data, &[("RUST_LOG", "debug"), ("TMPDIR", &scratch.display().to_string())]);
    let mut staff = Staff::of(&served, &planted);
    if server.is_some() {
        staff.wants_mail(&format!("staff@{DOMAIN}"));
    }
    let code = told_from_outside(&served, server.as_ref(), &catalogue, &prepared, &planted);
    let packed = worked_on(&house, &served, &mut staff, &catalogue, &prepared, &planted);
    strangers::rates_the_answer(&served, &code, &planted);
    written_plainly(&served);

    covered(&catalogue, &planted);
    let search = Search::of(&planted.all());
    let mut found = staff.written_out(&catalogue, &search);
    if let Some(server) = &server {
        crate::post::wait("a mail is a job", || !house.reading().jobs().is_empty());
        crate::post::wait("and is sent", || !server.letters("staff", "").is_empty());
        found.extend(server.letters("staff", "").iter().flat_map(|letter| search.bytes("a mail", letter)));
    }
    let (package, backup) = (house.folder.path().join("package"), house.folder.path().join("backup"));
    fs::write(&package, packed).expect("written");
    qinglian("backup --data {} --to {}", &[&house.data, &backup]).ends(0);
    // The write-ahead log is there as long as the server is.
    found.extend(search.files(&[walk(&house.data), walk(&backup), walk(&scratch), vec![package]].concat()));
    let filled: Vec<&str> = FILLED.into_iter().chain(server.as_ref().map(|_| "jobs")).collect();
    for folder in [&house.data, &backup] {
        found.extend(looked_through(folder, &search, &planted, &filled));
    }
    served.kill();
    let said = served.log();
    assert!(said.len() > 1_000, "the log says something");
    found.extend(search.bytes("the log", &said));
    found.extend(tables(&house, &catalogue, &search));
    found.extend(search.files(&[walk(&house.data), walk(&scratch)].concat()));
    assert!(planted.all().len() > 500, "words were planted: {}", planted.all().len());
    assert!(found.is_empty(), "readable: {found:#?}");
}

/// Every official table, printed in nobody's name.
fn tables(house: &House, catalogue: &Catalogue, search: &Search) -> Vec<String> {
    let mut found = Vec::new();
    for report in catalogue.readers.reports.keys() {
        let out = house.folder.path().join(format!("{report}.xlsx"));
        let printed = qinglian(&format!("report {report} --data {{}} --out {{}}"), &[&house.data, &out]);
        found.extend(search.bytes(report, printed.out.as_bytes()));
        found.extend(search.bytes(report, printed.err.as_bytes()));
        // A table whose totals do not agree is refused with a sentence.
        assert_eq!(out.exists(), printed.code == 0, "{report}: {}", printed.err);
        found.extend(search.files(&if out.exists() { vec![out] } else { Vec::new() }));
    }
    found
}

/// What is there before anybody tells anything.
struct Prepared {
    /// The id of an authority whose key was checked.
    authority: String,
    /// Links for ratings that open once.
    links: Vec<String>,
}

/// An authority whose key was checked, a counter with a code for ratings, a nurse, a secretary and an auditor.
fn prepared(house: &House) -> Prepared {
    let authority = HandlerKey::generate(&mut SystemEntropy).recipient().to_string();
    house.change(async |store| {
        let by = |login: &str| {
            let directory = store.directory();
            let person = directory.people.values().find(|person| person.account.as_deref() == Some(login)).expect("a known person");
            Actor::Person(person.id)
        };
        let unit = store.directory().units.keys().next().copied().expect("a unit");
        employ(store, 49, "hua", unit, Some("nursing")).await;
        employ(store, 50, "sun", unit, Some("secretary")).await;
        employ(store, 51, "an", unit, Some("auditor")).await;
        let given = values([
            ("code", text(COUNTER)),
            ("name", text("挂号窗口旁")),
            ("unit", Value::Unit(unit)),
            ("kind", Value::Choice("counter".into())),
        ]);
        store.submit(Request::create(by("li"), "poster_place", given)).await.expect("a place");
        let given = values([("name", text("示例市纪委监委")), ("kind", Value::Choice("commission".into()))]);
        let entry = store.submit(Request::create(by("li"), "authority", given)).await.expect("an authority").entry;
        let key = [("key", text(&authority))];
        store.submit(Request::make(by("li"), "authority", entry, "give_key", key)).await.expect("given");
        let seen = [("checked_on", Value::Date(store.now().date())), ("checked_with", text("值班室"))];
        store.submit(Request::make(by("chen"), "authority", entry, "check_key", seen)).await.expect("checked");
        let links = store.make_links(2, Some(unit), "payment", store.now().plus_hours(24)).await.expect("links");
        Prepared { authority: entry.to_string(), links }
    })
}

/// Everything that reaches the house from people without an account. The receipt code of the first report is kept.
fn told_from_outside(
    served: &Served,
    server: Option<&MailServer>,
    catalogue: &Catalogue,
    prepared: &Prepared,
    planted: &Planted,
) -> String {
    let code = strangers::by_form(served, catalogue, planted);
    strangers::by_program(served, planted);
    strangers::by_gateway(served, planted);
    strangers::by_rating(served, planted);
    passing::by_links(served, &prepared.links, planted);
    strangers::guesses(served, planted);
    if let Some(server) = server {
        strangers::by_mail(server, planted);
    }
    code
}

/// What the house does with it, and writes itself. Answers the package an authority gets.
fn worked_on(house: &House, served: &Served, staff: &mut Staff, catalogue: &Catalogue, prepared: &Prepared, planted: &Planted) -> Vec<u8> {
    staff.register(catalogue, planted);
    staff.live(house, catalogue, planted);
    let [public, sealed, short] =
        ["public matter", "sealed matter", "a message's words"].map(|place| staff.report_with(house, &planted.at(place)));
    let [covered, destroyed] = ["public where_text", "public unit_text"].map(|place| staff.kept_of(&public, &planted.at(place)));
    staff.write_to_reporter(&public, planted);
    staff.mask_and_redact(&public, &covered, &destroyed, planted);
    staff.open_identity(served, &public, planted);
    let cut = staff.kept_of(&sealed, &planted.at("sealed persons"));
    let packed = staff.hand_out(&sealed, &prepared.authority, &cut);
    staff.reroute(&short);
    staff.make_moves(house, catalogue, planted);
    staff.list_calls(planted);
    staff.look_for(planted);
    staff.read_in(planted);
    staff.set_factor(planted);
    packed
}

/// What stands in the open, for comparison.
fn written_plainly(served: &Served) {
    let mut zhang = Browser::signed_in(&served.addr, "zhang", PASSWORD);
    let form = gift(&mut zhang, PLAIN).expect("it serves");
    assert_eq!(zhang.submit(&form).expect("it serves").status, 303);
}

/// Every sealed text of every register was written somewhere.
fn covered(catalogue: &Catalogue, planted: &Planted) {
    let places: BTreeSet<String> = planted.all().into_iter().map(|(_, place)| place).collect();
    let sealed = |register: &Register| {
        let texts = register.fields.values().filter(|field| field.sensitivity == Sensitivity::Sealed);
        let texts = texts.filter(|field| matches!(field.kind, Kind::Text | Kind::LongText));
        texts.map(|field| format!("{} {}", register.name, field.name)).collect::<Vec<_>>()
    };
    let missing: Vec<String> = catalogue.registers.values().flat_map(sealed).filter(|place| !places.contains(place)).collect();
    assert!(missing.is_empty(), "no word was put there: {missing:?}");
}

/// Every cell of a database and the words of its search index. Fails when the search finds nothing that is plain, or a table of `filled`
/// is empty.
fn looked_through(folder: &Path, search: &Search, planted: &Planted, filled: &[&str]) -> Vec<String> {
    let plain = Search::of(&PLAIN_WORDS.map(|word| (word.to_owned(), "a plain field".to_owned())));
    assert!(!plain.files(&walk(folder)).is_empty(), "the search finds what is plain in {}", folder.display());
    assert!(!kept(folder, &plain).found.is_empty(), "and in the tables of its database");
    let all = kept(folder, search);
    for table in filled {
        assert!(all.rows.get(*table).is_some_and(|rows| *rows > 0), "{table} of {} holds something: {:?}", folder.display(), all.rows);
    }
    assert!(PLAIN_WORDS.iter().flat_map(|word| terms(word)).all(|term| all.index.contains(&term)), "plain words are in the index");
    let words = planted.all();
    let indexed = words.iter().flat_map(|(word, place)| terms(word).into_iter().map(move |term| (term, word, place)));
    let indexed = indexed.filter(|(term, _, _)| all.index.contains(term));
    let indexed = indexed.map(|(term, word, place)| format!("{term} of {word} ({place}) in the search index of {}", folder.display()));
    all.found.into_iter().chain(indexed).collect()
}
