//! Who sees whom: the health commission's reader is shown no name of anybody, on no page and in no file; every desk says something.

use crate::browser::Browser;
use crate::served::Served;
use crate::{qinglian, qinglian_as};
use std::collections::{BTreeSet, VecDeque};
use std::path::Path;

const PASSWORD: &str = "qinglian-demo";

/// Pages looked at, at most.
const MOST: usize = 400;

/// Everybody's name but one person's, and the registers.
fn everybody(data: &Path, but: &str) -> (Vec<String>, Vec<String>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let catalogue = std::sync::Arc::new(catalogue::Catalogue::load(&catalogue::embedded(), None).expect("right"));
        let registers = catalogue.registers.keys().map(ToString::to_string).collect();
        let house = std::fs::read_to_string(data.join("qinglian.toml")).expect("a house");
        let institution = house.lines().find_map(|line| line.strip_prefix("institution = ")).map_or("main", |id| id.trim_matches('"'));
        let store = store::Store::open_for_reading(store::Config::new(data, catalogue, institution)).await.expect("it opens");
        let directory = store.directory();
        let people = directory.people.values().filter(|person| person.account.as_deref() != Some(but));
        (people.map(|person| person.name.clone()).collect(), registers)
    })
}

/// Follows every link of a person from some pages on; what each page says, by its address.
fn walk(addr: &str, login: &str, from: &[String]) -> Vec<(String, String)> {
    let mut browser = Browser::signed_in(addr, login, PASSWORD);
    let mut queue: VecDeque<String> = from.iter().cloned().collect();
    let mut seen: BTreeSet<String> = queue.iter().cloned().collect();
    let mut pages = Vec::new();
    while let Some(path) = queue.pop_front() {
        let page = browser.get(&path).expect("an answer");
        if page.status != 200 || pages.len() >= MOST {
            continue;
        }
        let inside = |link: &String| {
            link.starts_with('/')
                && !["/leave", "/lang", "/assets", "/try", "/report"]
                    .iter()
                    .any(|out| link.starts_with(out) && !link.starts_with("/reports"))
        };
        for link in page.links().into_iter().filter(inside) {
            let bare = link.split('#').next().unwrap_or(&link).to_owned();
            // Every page of every list sorted in every way says the same again.
            if !bare.contains("sort=") && seen.insert(bare.clone()) {
                queue.push_back(bare);
            }
        }
        pages.push((path, page.text()));
    }
    pages
}

fn named<'n>(text: &str, names: &'n [String]) -> Option<&'n String> {
    names.iter().find(|name| text.contains(name.as_str()))
}

/// Looks at a finished demo with the eyes of several.
pub fn who_sees_whom(data: &Path) {
    let (names, registers) = everybody(data, "commission");
    assert!(names.len() > 100, "a demo has people");
    let folder = data.parent().expect("it has one");
    {
        let served = Served::start(data);
        let lists: Vec<String> = registers.iter().map(|register| format!("/r/{register}")).collect();
        let from: Vec<String> = std::iter::once("/".to_owned()).chain(lists).chain(["/reports".to_owned()]).collect();
        let pages = walk(&served.addr, "commission", &from);
        for (path, text) in &pages {
            let name = named(text, &names);
            let around =
                name.and_then(|name| text.split(name.as_str()).next()).map(|before| before.chars().rev().take(120).collect::<String>());
            assert!(name.is_none(), "{path} names {name:?} after {:?}", around.map(|text| text.chars().rev().collect::<String>()));
        }
        for register in ["problem", "task", "campaign", "policy", "notice"] {
            let entries = pages.iter().filter(|(path, _)| path.starts_with(&format!("/r/{register}/"))).count();
            assert!(entries > 3, "the walk opened {entries} entries of {register} among {} pages", pages.len());
        }
        assert!(pages.iter().any(|(_, text)| text.contains("＊＊＊")), "there was somebody to withhold");
        let mut browser = Browser::signed_in(&served.addr, "commission", PASSWORD);
        let named_by_search = browser.get("/search?q=%E5%8C%BB%E7%94%9F").expect("an answer").links();
        assert!(!named_by_search.iter().any(|link| link.starts_with("/r/") && link.matches('/').count() > 2), "{named_by_search:?}");
        assert_eq!(browser.get("/find/person?q=%E5%8C%BB%E7%94%9F").expect("an answer").text().matches("value=").count(), 0);
        // Another who reads the same is told names: the walk can find them.
        let others = walk(&served.addr, "conduct", &["/r/problem".to_owned(), "/r/task".to_owned()]);
        let told = |register: &str| others.iter().any(|(path, text)| path.starts_with(register) && named(text, &names).is_some());
        assert!(told("/r/problem") && told("/r/task"), "conduct sees who is responsible");
        desks(data, &served.addr);
    }
    for report in ["s003_annex2", "s003_annex3", "s003_annex4"] {
        let out = folder.join(format!("commission-{report}.json"));
        qinglian_as(Some(PASSWORD), &format!("report {report} --as commission --data {{}} --out {{}}"), &[data, &out]).ends(0);
        let text = std::fs::read_to_string(&out).expect("written");
        assert_eq!(named(&text, &names), None, "{report}");
        let refused = qinglian_as(Some(PASSWORD), &format!("report {report} --as doctor --data {{}} --out {{}}"), &[data, &out]).ends(1);
        assert!(refused.err.contains("may not read this table"), "{}", refused.err);
    }
    let out = folder.join("commission.csv");
    qinglian_as(Some(PASSWORD), "export --register problem --as commission --data {} --out {}", &[data, &out]).ends(1);
    qinglian("verify --data {}", &[data]).ends(0);
}

/// Nobody is shown a desk that says nothing: something to do, something to begin, or a sentence with a way to go.
fn desks(data: &Path, addr: &str) {
    let accounts: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(data.join("accounts.json")).expect("a demo has it")).expect("right");
    let accounts = accounts.as_array().or_else(|| accounts["accounts"].as_array()).expect("rows");
    for account in accounts {
        let login = account["account"].as_str().expect("a login");
        let mut browser = Browser::signed_in(addr, login, PASSWORD);
        let page = browser.get("/").expect("a desk").ok();
        let main = page.text();
        let main = main.split("<main").nth(1).unwrap_or_default();
        let links: Vec<String> =
            main.split("<a ").skip(1).filter_map(|tag| crate::browser::attribute(tag.split('>').next()?, "href")).collect();
        let on: Vec<&String> = links.iter().filter(|link| link.starts_with('/') && !link.starts_with("/try")).collect();
        assert!(!on.is_empty(), "{login}'s desk leads nowhere: {}", crate::browser::words(main));
        for to in on.iter().take(3) {
            assert_eq!(browser.get(to).expect("an answer").status, 200, "{login}'s desk leads to {to}");
        }
    }
}
