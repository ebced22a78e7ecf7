//! Words that only pass by: what somebody searches for, tables that are read in, files that are written, secrets that are shown once.

use super::handlers::{AN, HUA, LI, Staff};
use super::search::Search;
use super::words::{Planted, RANDOM};
use crate::browser::{Browser, words};
use crate::served::{PASSWORD, Served};
use catalogue::Catalogue;
use totp_rs::{Algorithm, Builder, Secret};

impl Staff {
    /// Looks for marked words wherever something can be looked for.
    pub fn look_for(&mut self, planted: &Planted) {
        let word = || encoded(&planted.word("something searched for"));
        for place in ["/search?q=", "/r/clue?q=", "/r/report?q=", "/find/person?q=", "/log?who=", "/nowhere/"] {
            self.people[LI].get(&format!("{place}{}", word())).expect("it serves");
        }
    }

    /// A table with sealed columns is tried: they can be matched to nothing.
    pub fn read_in(&mut self, planted: &Planted) {
        let table =
            format!("受理时间,姓名,线索摘要\n2026-01-05,{},{}\n", planted.word("a table's name"), planted.word("a table's summary"));
        let page = self.people[LI].get("/r/clue/import").expect("it serves").ok();
        let name = format!("{}.csv", planted.word("a table's file name"));
        let form = page.form("/r/clue/import");
        let chosen = self.people[LI].upload(&form, &[("table", &name, table.as_bytes())]).expect("it serves").ok();
        self.people[LI].submit(&chosen.form("/r/clue/import/check")).expect("it serves").ok();
    }

    /// Telephone numbers of patients to be called, each kept apart until the call is over.
    pub fn list_calls(&mut self, planted: &Planted) {
        let form = self.people[HUA].get("/calls").expect("it serves").ok().form("/calls/list");
        let row = |at: u32| format!("Z{at},{},普外科,{}\n", planted.number("a patient's telephone"), store::real_time().local().date());
        let table = format!("住院号,电话,病区,出院日期\n{}{}", row(1), row(2));
        self.people[HUA].upload(&form, &[("table", "calls.csv", table.as_bytes())]).expect("it serves").ok();
    }

    /// A second factor: its secret and its spare codes.
    pub fn set_factor(&mut self, planted: &Planted) {
        let hua = &mut self.people[HUA];
        let begin = hua.get("/me/factor").expect("it serves").ok().form("/me/factor/begin").with("password", PASSWORD);
        let page = hua.submit(&begin).expect("it serves").ok();
        let html = page.text();
        let secret = html.split_once("<b id=\"secret\">").and_then(|(_, rest)| rest.split_once('<')).expect("a secret").0.replace(' ', "");
        let bytes = Secret::try_from_base32(&secret).expect("base 32");
        let app = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_step_duration(30).with_secret(bytes).build();
        let seconds = u64::try_from(store::real_time().0).expect("after 1970") / 1000;
        let code = app.expect("within the standard").generate(seconds).to_string();
        let set = hua.submit(&page.form("/me/factor/set").with("code", &code)).expect("it serves").ok().text();
        planted.known(&secret, "the secret of a second factor");
        let list = set.split_once("id=\"spares\"").and_then(|(_, rest)| rest.split_once("</ol>")).expect("spare codes").0;
        let spares: Vec<&str> = list.split("<li>").skip(1).filter_map(|rest| rest.split('<').next()).collect();
        assert!(spares.len() >= 10, "spare codes are shown: {}", words(&set));
        spares.iter().for_each(|spare| planted.known(spare, "a spare code"));
    }

    /// Every list as a file, and the log: what of it is not this person's to read. Answers where a word stands.
    pub fn written_out(&mut self, catalogue: &Catalogue, search: &Search) -> Vec<String> {
        let (mut found, mut files) = (Vec::new(), 0);
        let lists = catalogue.registers.keys().map(|register| (LI, format!("/r/{register}/export")));
        for (who, path) in lists.chain([(AN, "/log/export".to_owned())]) {
            for kind in ["csv", "xlsx"] {
                let file = self.people[who].get(&format!("{path}.{kind}")).expect("it serves");
                files += usize::from(file.status == 200);
                found.extend(search.bytes(&format!("{path}.{kind}"), &file.body));
            }
        }
        assert!(files > 10, "lists were written: {files}");
        found
    }
}

/// Patients who answer by a link of their own, and by none.
pub fn by_links(served: &Served, links: &[String], planted: &Planted) {
    for link in links {
        planted.known(link, RANDOM);
    }
    let mut patient = Browser::new(&served.addr);
    let path = format!("/s/{}", links.first().expect("a link"));
    let form = patient.get(&path).expect("it serves").ok().form(&path).with("score", "s2").with("asked_for", "yes").with("sent_out", "no");
    patient.submit(&form.with("words", &planted.word("rating words by a link"))).expect("it serves").ok();
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
