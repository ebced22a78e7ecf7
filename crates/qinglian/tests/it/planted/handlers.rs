//! Words that the house itself writes: new entries, corrections, notes, moves and what they ask for, letters to the reporter, and what is
//! done with content that stands open.

use super::forms::{begun, completed, corrected, made, note, press};
use super::strangers::is_sealed_text;
use super::words::{Planted, RANDOM};
use crate::browser::{Browser, Page, words};
use crate::served::{House, PASSWORD, Reading, Served};
use catalogue::register::Move;
use catalogue::{Catalogue, Register, StateName};
use engine::Value;
use std::collections::BTreeSet;

/// Who works there, signed in.
pub struct Staff {
    pub people: Vec<Browser>,
}

/// Their accounts.
const LOGINS: [&str; 6] = ["li", "chen", "zhang", "hua", "sun", "an"];
/// The inspector, who handles reports.
pub const LI: usize = 0;
/// The director.
pub const CHEN: usize = 1;
/// A doctor.
pub const ZHANG: usize = 2;
/// A nurse.
pub const HUA: usize = 3;
/// The secretary.
pub const SUN: usize = 4;
/// The auditor.
pub const AN: usize = 5;

impl Staff {
    pub fn of(served: &Served, planted: &Planted) -> Self {
        let people: Vec<Browser> = LOGINS.map(|login| Browser::signed_in(&served.addr, login, PASSWORD)).into_iter().collect();
        for token in people.iter().flat_map(|browser| browser.cookies.values()) {
            planted.known(token, RANDOM);
        }
        planted.known(PASSWORD, "a password");
        Self { people }
    }

    pub fn li(&mut self) -> &mut Browser {
        &mut self.people[LI]
    }

    /// Every sealed field on every form of a new entry, corrected once, with a note at each level.
    pub fn register(&mut self, catalogue: &Catalogue, planted: &Planted) {
        for register in sealing(catalogue) {
            for browser in &mut self.people {
                let Some(path) = begun(browser, register, planted) else { continue };
                corrected(browser, register, &path, planted);
                for level in ["handlers", "own"] {
                    note(browser, &path, level, planted);
                }
                break;
            }
        }
    }

    /// Makes every move of every entry that anybody may, with a word in every sealed field it asks for and in its note.
    pub fn make_moves(&mut self, house: &House, catalogue: &Catalogue, planted: &Planted) {
        let reading = house.reading();
        let mut tried = BTreeSet::new();
        // What one entry opens is moved on in the next round.
        let mut is_last = false;
        loop {
            let before = tried.len();
            for register in sealing(catalogue) {
                self.move_on(&reading, register, is_last, planted, &mut tried);
            }
            let stands = tried.len() == before;
            if stands && is_last {
                return;
            }
            is_last = stands;
        }
    }

    /// `is_last`: nothing else is left, so that entries may come to their end.
    fn move_on(&mut self, reading: &Reading, register: &Register, is_last: bool, planted: &Planted, tried: &mut BTreeSet<String>) {
        let director = director(reading);
        for entry in reading.entries(register.name.as_str()) {
            let mut state = entry.state.clone();
            let own = format!("/r/{}/{}", register.name, entry.number);
            if entry.author.is_none() && state == register.start().name && tried.insert(own.clone()) {
                self.people.iter_mut().any(|browser| completed(browser, register, &own, planted));
            }
            // Those that ask for sealed words first.
            let ends = |step: &Move| step.to.as_ref().is_some_and(|to| register.states[to].end);
            let asks = |step: &Move| step.asks.iter().any(|ask| is_sealed_text(register, ask.field.as_str()));
            let mut steps: Vec<&Move> = register.moves.values().filter(|step| is_last || !ends(step)).collect();
            steps.sort_by_key(|step| !asks(step));
            for step in steps {
                let key = format!("{}/{}", entry.id, step.name);
                // Nothing goes back to where it was, so that it comes to its end, unless sealed words are asked on that way.
                let was = |to: &StateName| *to != state && tried.contains(&format!("{} {to}", entry.id));
                let is_back = !asks(step) && step.to.as_ref().is_some_and(was);
                if is_back || !step.from.contains(&state) || !tried.insert(key) {
                    continue;
                }
                tried.insert(format!("{} {state}", entry.id));
                if self.people.iter_mut().any(|browser| made(browser, register, step, &own, &director, planted)) {
                    state = step.to.clone().unwrap_or(state);
                }
            }
        }
    }

    /// Whom a report concerns is corrected, which raises an alarm that asks for words.
    pub fn reroute(&mut self, report: &str) {
        let path = format!("{report}/move/reroute");
        let page = self.li().get(&path).expect("it serves").ok();
        let sent = self.li().submit(&page.form(&path).with("route_to", "it")).expect("it serves");
        assert_eq!(sent.status, 303, "{}", words(&sent.text()));
    }

    /// Wants to hear by mail that something waits: jobs come of it.
    pub fn wants_mail(&mut self, to: &str) {
        let form = self.li().get("/me/mail").expect("it serves").ok().form("/me/mail");
        assert_eq!(self.li().submit(&form.with("to", to)).expect("it serves").status, 303);
    }

    /// House and reporter: a message with nothing in it but a marked word.
    pub fn write_to_reporter(&mut self, report: &str, planted: &Planted) {
        let post = format!("{report}/message");
        let page = self.li().get(&post).expect("it serves").ok();
        let sent = self.li().submit(&page.form(&post).with("_message", &planted.word("a message to the reporter"))).expect("it serves");
        assert_eq!(sent.status, 303, "{}", words(&sent.text()));
    }

    /// Opens a report, so that duplicates are compared and clean copies made.
    pub fn open(&mut self, report: &str) -> Page {
        let shut = self.li().get(report).expect("it serves").ok();
        let open = self.li().submit(&shut.form(&format!("{report}/open"))).expect("it serves").ok();
        for link in open.links().into_iter().filter(|link| link.contains("/file/")) {
            self.li().get(&link).expect("it serves");
        }
        open
    }

    /// Covers a word for others; then two destroy another one.
    pub fn mask_and_redact(&mut self, report: &str, covered: &str, destroyed: &str, planted: &Planted) {
        let (mask, redact) = (format!("{report}/mask"), format!("{report}/redact"));
        press(self.li(), &mask, &["open", "mask"], &[("words", covered), ("why", &planted.word("why a word is covered"))]);
        press(self.li(), &redact, &["open", "ask"], &[("words", destroyed), ("why", &planted.word("why a word is destroyed"))]);
        press(&mut self.people[CHEN], &redact, &["open", "agree"], &[]);
    }

    /// Hands a report to an authority, sealed to its key. Answers the package.
    pub fn hand_out(&mut self, report: &str, authority: &str, cut: &str) -> Vec<u8> {
        let hand = format!("{report}/hand");
        let given = [("fields", "matter"), ("to", authority), ("left_why", "identity"), ("why", "属上级管辖"), ("cut", cut)];
        press(self.li(), &hand, &["open", "ask"], &given);
        press(&mut self.people[CHEN], &hand, &["agree"], &[]);
        press(self.li(), &hand, &["make"], &[]).ok().body
    }

    /// Asks who reported, for a planted reason, lets both custodians agree, and opens it.
    pub fn open_identity(&mut self, served: &Served, report: &str, planted: &Planted) {
        let identity = format!("{report}/identity");
        let page = self.li().get(&identity).expect("it serves").ok();
        let before = planted.all();
        let why = planted.word("why the identity is asked");
        assert_eq!(self.li().submit(&page.form(&identity).with("_note", &why)).expect("it serves").status, 303);
        for login in ["bao", "fang"] {
            let mut custodian = Browser::signed_in(&served.addr, login, PASSWORD);
            let desk = custodian.get("/").expect("it serves").ok();
            let link = desk.links().into_iter().find(|link| link.starts_with("/identity/")).expect("it waits on the desk");
            let page = custodian.get(&link).expect("it serves").ok();
            assert!(page.text().contains(why.split(' ').next().expect("a word")), "the reason is told");
            let told = before.iter().find(|(word, _)| page.text().contains(word));
            assert!(told.is_none(), "and nothing else that is sealed: {told:?}");
            assert_eq!(custodian.submit(&page.form(&link).with("answer", "yes")).expect("it serves").status, 303);
        }
        let granted = self.li().get(&identity).expect("it serves").ok();
        let shown = self.li().submit(&granted.form(&identity).with("step", "open")).expect("it serves").ok();
        let names = before.iter().filter(|(_, place)| place == "public reporter" || place == "public contact");
        assert!(names.filter(|(word, _)| shown.text().contains(word)).count() >= 2, "name and contact are shown to whoever asked");
    }

    /// The report one of these words was written into: what is typed again on a page takes the place of what was there.
    pub fn report_with(&mut self, house: &House, any: &[String]) -> String {
        let entries = house.reading().entries("report");
        let paths = entries.iter().map(|entry| format!("/r/report/{}", entry.number));
        let found = paths.into_iter().find(|path| any.iter().any(|word| self.open(path).text().contains(word)));
        found.unwrap_or_else(|| panic!("no report says any of {any:?}"))
    }

    /// Which of these words stands in a report.
    pub fn kept_of(&mut self, report: &str, any: &[String]) -> String {
        let open = self.open(report).text();
        any.iter().find(|word| open.contains(*word)).unwrap_or_else(|| panic!("{report} says none of {any:?}")).clone()
    }
}

/// Whom a step names that asks for somebody of the house. *Shape*: the id of a person.
fn director(reading: &Reading) -> String {
    let people = reading.entries("person");
    let chen = people.iter().find(|person| person.values.get("account") == Some(&Value::Text("chen".into())));
    chen.expect("a director").id.to_string()
}

fn sealing(catalogue: &Catalogue) -> impl Iterator<Item = &Register> {
    catalogue.registers.values().filter(|register| register.has_sealed())
}
