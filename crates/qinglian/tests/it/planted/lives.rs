//! Whole lives, step by step, where only a chain of people and answers leads to the forms that ask for sealed words.

use super::forms::{answered_step, begun};
use super::handlers::{CHEN, LI, SUN, Staff, ZHANG};
use super::words::Planted;
use crate::browser::words;
use crate::served::{House, Reading};
use catalogue::Catalogue;
use engine::{EntryId, Value};
use std::collections::BTreeSet;

/// Who makes which move, and what they answer besides sealed words; a name that stands twice has several answers.
type Step<'a> = (usize, &'a str, &'a [(&'a str, &'a str)]);

/// The lives of one house.
struct Lives<'a> {
    staff: &'a mut Staff,
    reading: Reading,
    catalogue: &'a Catalogue,
    planted: &'a Planted,
}

impl Staff {
    /// Clues that become a case, a clearing, a second look; a disclosure that is weighed; a report handed up and asked to be erased.
    pub fn live(&mut self, house: &House, catalogue: &Catalogue, planted: &Planted) {
        let mut lives = Lives { reading: house.reading(), staff: self, catalogue, planted };
        lives.case();
        lives.clearing();
        lives.disclosure();
        lives.handed_up();
    }
}

impl Lives<'_> {
    /// A clue that is borne out: its case is examined by two and decided by a third.
    fn case(&mut self) {
        let (li, sun) = (self.person("li"), self.person("sun"));
        let clue = self.begin(LI, "clue");
        self.walk("clue", &clue, &[(LI, "propose", &[("mode", "verify")]), (CHEN, "approve", &[])]);
        self.hold(&clue, "verify");
        self.part_with(&clue);
        self.walk("clue", &clue, &[(LI, "report_result", &[("result", "substantiated")])]);
        let case = self.opened("case", |lives| lives.walk("clue", &clue, &[(CHEN, "open_case", &[])]));
        let team = [("members", li.as_str()), ("members", sun.as_str())];
        self.walk("case", &case, &[(LI, "start", &team), (LI, "submit", &[]), (CHEN, "decide", &[]), (LI, "close", &[])]);
        self.walk("clue", &clue, &[(LI, "close", &[("no_outcome", "已另案处理")])]);
    }

    /// A clue that is not borne out: a name is cleared, and somebody else looks at it again.
    fn clearing(&mut self) {
        let (sun, zhao) = (self.person("sun"), self.person("zhao"));
        let clue = self.begin(LI, "clue");
        let to_the_end: [Step<'_>; 5] = [
            (LI, "propose", &[("mode", "verify")]),
            (CHEN, "approve", &[]),
            (LI, "report_result", &[("result", "unsubstantiated")]),
            (CHEN, "approve_result", &[]),
            (CHEN, "clear", &[("clearing_scope", "person")]),
        ];
        self.walk("clue", &clue, &to_the_end);
        let cleared = [("cleared_person", zhao.as_str())];
        let clearing = self.opened("clearing", |lives| lives.walk("clue", &clue, &[(CHEN, "offer_clearing", &cleared)]));
        self.walk("clearing", &clearing, &[(LI, "submit", &[("scope", "person"), ("form", "talk")]), (CHEN, "approve", &[])]);
        let review = self.opened("review", |lives| lives.walk("clue", &clue, &[(LI, "look_back", &[])]));
        let looks = [("reviewer", sun.as_str())];
        self.walk("review", &review, &[(CHEN, "start", &looks), (SUN, "propose", &[("outcome", "upheld")]), (CHEN, "approve", &[])]);
    }

    fn disclosure(&mut self) {
        let told = self.begin(ZHANG, "disclosure");
        self.walk("disclosure", &told, &[(LI, "receive", &[]), (LI, "assess", &[]), (CHEN, "approve", &[])]);
    }

    /// What belongs to a superior is passed on, and somebody asks to destroy it, in sealed words.
    fn handed_up(&mut self) {
        let report = self.begin(LI, "report");
        self.walk("report", &report, &[(LI, "hand_up", &[])]);
        self.say(LI, &format!("{report}/erase"), &[], ("_note", "why it is to be erased"));
    }

    /// Asks for time, in sealed words.
    fn hold(&mut self, path: &str, clock: &str) {
        self.say(LI, &format!("{path}/clock/{clock}/suspend"), &[], ("reason", "why a clock is held"));
        let answer = format!("{path}/clock/{clock}/answer");
        let page = self.staff.people[CHEN].get(&answer).expect("it serves").ok();
        assert_eq!(self.staff.people[CHEN].submit(&page.form(&answer).with("grant", "yes")).expect("it serves").status, 303);
    }

    /// Another takes over and gives it back, and somebody is kept out, in sealed words.
    fn part_with(&mut self, path: &str) {
        let (sun, li, zhao) = (self.person("sun"), self.person("li"), self.person("zhao"));
        self.say(CHEN, &format!("{path}/assign"), &[("person", &sun)], ("_note", "why it is handed over"));
        self.say(CHEN, &format!("{path}/assign"), &[("person", &li)], ("_note", "why it is handed back"));
        self.say(CHEN, &format!("{path}/recuse"), &[("person", &zhao)], ("_note", "why somebody is kept out"));
    }

    /// Sends a form with a word in one of its fields.
    fn say(&mut self, who: usize, path: &str, given: &[(&str, &str)], (field, place): (&str, &str)) {
        let browser = &mut self.staff.people[who];
        let form = browser.get(path).expect("it serves").ok().form(path);
        let form = given.iter().fold(form, |form, (name, value)| form.with(name, value));
        let sent = browser.submit(&form.with(field, &self.planted.word(place))).expect("it serves");
        assert_eq!(sent.status, 303, "{path}: {}", words(&sent.text()));
    }

    fn begin(&mut self, who: usize, register: &str) -> String {
        let register = &self.catalogue.registers[register];
        begun(&mut self.staff.people[who], register, self.planted).unwrap_or_else(|| panic!("no new {}", register.name))
    }

    fn walk(&mut self, register: &str, path: &str, steps: &[Step<'_>]) {
        let register = &self.catalogue.registers[register];
        for (who, step, given) in steps {
            let sent = answered_step(&mut self.staff.people[*who], register, &register.moves[*step], path, given, self.planted);
            let sent = sent.unwrap_or_else(|| panic!("{step} of {path} is not theirs to make"));
            assert_eq!(sent.status, 303, "{step} of {path}: {}", words(&sent.text()));
        }
    }

    /// The entry of a register that comes of a step.
    fn opened(&mut self, register: &str, step: impl FnOnce(&mut Self)) -> String {
        let before: BTreeSet<EntryId> = self.reading.entries(register).iter().map(|entry| entry.id).collect();
        step(self);
        let new = self.reading.entries(register).into_iter().find(|entry| !before.contains(&entry.id));
        format!("/r/{register}/{}", new.expect("an entry was opened").number)
    }

    /// *Shape*: an id.
    fn person(&self, login: &str) -> String {
        let people = self.reading.entries("person");
        let found = people.iter().find(|person| person.values.get("account") == Some(&Value::Text(login.into())));
        found.expect("a known person").id.to_string()
    }
}
