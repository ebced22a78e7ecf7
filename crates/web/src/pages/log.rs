//! The event log, for an auditor: when, who, which deed, which register and number; never what was written.
//!
//! Every line is shown, whoever it concerns, and none leads to an entry: a line left out would tell more than the line does.

mod checked;
mod save;

pub(crate) use checked::check;
pub(crate) use save::{csv, xlsx};

use crate::address::Pairs;
use crate::failure::{Answer, Failure};
use crate::pages::entry::short;
use crate::pages::list::tools::gives;
use crate::staff::Staff;
use crate::view::act::Act;
use crate::view::cell::{Cell, Fact};
use crate::view::field::{Choice, Control, Field, Look};
use crate::view::ledger::{Column, Ledger};
use crate::view::list::{Empty, Filter, Tab};
use crate::view::shell::Shell;
use catalogue::Page;
use engine::{Deed, Fact as Happening, Moment, PersonId};
use jiff::civil::Date;
use serde::Serialize;
use store::{Audit, Logged};

/// Lines of one page.
const LINES: u64 = 100;

#[derive(Serialize)]
struct Log {
    #[serde(flatten)]
    shell: Shell,
    note: String,
    facts: Vec<Fact>,
    check: Act,
    tabs: Vec<Tab>,
    filter: Filter,
    saves: Vec<Act>,
    count: String,
    ledger: Option<Ledger>,
    empty: Option<Empty>,
    newest: Option<String>,
    older: Option<String>,
}

fn need(staff: &Staff) -> Answer<()> {
    if staff.opens(Page::Log) { Ok(()) } else { Err(Failure::NotFound) }
}

/// `GET /log?chain=looks&from=…&to=…&who=…&register=…&before=…`
pub(crate) async fn show(staff: Staff) -> Answer {
    need(&staff)?;
    let store = &staff.app.store;
    let wanted = wanted(&staff);
    let lines = store.log(&wanted, LINES + 1).await?;
    let count = store.log_count(&wanted).await?;
    let shown = &lines[..lines.len().min(LINES as usize)];
    let here = staff.query.without(&["before", "lang", "done"]);
    let older = (lines.len() > shown.len()).then(|| shown.last()).flatten();
    let page = Log {
        shell: staff.shell(&staff.say("log"), Some("log")).await?,
        note: staff.say("log-note"),
        facts: checked::facts(&staff).await?,
        check: Act::post(staff.say("log-check"), "/log/check").icon("check"),
        tabs: tabs(&staff, &here),
        filter: filter(&staff, &here),
        saves: [("list-export-xlsx", "/log/export.xlsx"), ("list-export-csv", "/log/export.csv")]
            .map(|(key, to)| Act::link(staff.say(key), here.at(to)).icon("save"))
            .into(),
        count: staff.fill("log-count", &[("n", count.into())]),
        ledger: (!shown.is_empty()).then(|| ledger(&staff, shown)),
        empty: shown.is_empty().then(|| Empty { title: staff.say("log-none"), text: staff.say("log-none-text"), act: None }),
        newest: wanted.before.map(|_| here.at("/log")),
        older: older.map(|last| here.clone().with("before", last.seq.to_string()).at("/log")),
    };
    staff.page("pages/log.html", &page)
}

/// What an address asks for. A day or a person that is none asks for nothing rather than for everything.
fn wanted(staff: &Staff) -> Audit {
    let query = &staff.query;
    let given = |name: &str| query.get(name).map(str::trim).filter(|text| !text.is_empty());
    let day = |name: &str| given(name).and_then(|text| text.parse::<Date>().ok());
    let begins = |day: Date| Moment::from_local(day.at(0, 0, 0, 0));
    Audit {
        looks: given("chain") == Some("looks"),
        from: day("from").map(begins),
        until: day("to").and_then(|day| day.tomorrow().ok()).map(begins),
        people: given("who").map(|words| people(staff, words)),
        register: given("register").map(Into::into),
        before: given("before").and_then(|seq| seq.parse().ok()),
    }
}

/// Everybody whose name or staff number is this, or holds it.
fn people(staff: &Staff, words: &str) -> Vec<PersonId> {
    let everybody = staff.directory.people.values();
    let exact: Vec<PersonId> =
        everybody.clone().filter(|person| person.name == words || person.code == words).map(|person| person.id).collect();
    if exact.is_empty() { everybody.filter(|person| person.name.contains(words)).map(|person| person.id).collect() } else { exact }
}

fn tabs(staff: &Staff, here: &Pairs) -> Vec<Tab> {
    let looks = here.get("chain") == Some("looks");
    let tab = |key: &str, chain: &str, on: bool| Tab {
        label: staff.say(key),
        count: None,
        href: here.without(&["chain"]).with("chain", chain).at("/log"),
        on,
    };
    vec![tab("log-events", "", !looks), tab("log-looks", "looks", looks)]
}

fn filter(staff: &Staff, here: &Pairs) -> Filter {
    let given = |name: &str| here.get(name).unwrap_or_default().to_owned();
    let day = |name: &str, key: &str| Field::new(name, staff.say(key), Control::Date { value: given(name), min: None, max: None });
    let on = given("register");
    let register = |register: &catalogue::Register| Choice {
        value: register.name.to_string(),
        label: staff.text(&register.title).to_owned(),
        hint: None,
        on: register.name.as_str() == on,
    };
    let options = staff.catalogue.registers.values().map(register).collect();
    let fields = vec![
        day("from", "log-from"),
        day("to", "log-to"),
        Field::new("who", staff.say("log-who"), Control::line(given("who"))).hint(Some(staff.say("log-who-hint"))),
        Field::new("register", staff.say("log-register"), Control::Choice { look: Look::Select, options }),
    ];
    Filter { action: "/log".to_owned(), keep: gives(&here.without(&["from", "to", "who", "register"])), fields }
}

fn ledger(staff: &Staff, lines: &[Logged]) -> Ledger {
    let mut columns = vec![Column::num(staff.say("log-seq"))];
    columns.extend(["log-at", "log-by", "log-deed", "log-register", "log-number", "log-holds"].map(|key| Column::plain(staff.say(key))));
    let row = |line: &Logged| {
        vec![
            Cell::num(line.seq.to_string()),
            Cell::text(staff.moment(line.at)),
            Cell::text(by(staff, line)),
            Cell::text(deed(staff, line)),
            Cell::text(register(staff, line)),
            line.number.as_ref().map_or(Cell::None, Cell::text),
            if line.holds { Cell::text(staff.say("chain-held")) } else { Cell::Tag { text: staff.say("chain-broken") } },
        ]
    };
    Ledger::tight(staff.say("log"), columns, lines.iter().map(row).collect())
}

fn by(staff: &Staff, line: &Logged) -> String {
    match (&line.actor, staff.app.store.serving(catalogue::Service::People)) {
        (Some(actor), Ok(any)) => staff.draw(&any).actor(actor),
        _ => staff.say("person-unknown"),
    }
}

fn register(staff: &Staff, line: &Logged) -> String {
    if line.register.as_str() == store::THE_LOG {
        return staff.say("log");
    }
    staff.catalogue.register(line.register.as_str()).map_or_else(|| line.register.to_string(), |known| staff.text(&known.title).to_owned())
}

/// A move by its label, anything else by a word of the house; a word nobody knows any more stands as it is.
fn deed(staff: &Staff, line: &Logged) -> String {
    let register = staff.catalogue.register(line.register.as_str());
    let made = |step: &&catalogue::register::Move| step.name == line.verb.as_str() || step.was.iter().any(|was| *was == line.verb.as_str());
    match register.and_then(|register| register.moves.values().find(made)) {
        Some(step) => staff.text(&step.label).to_owned(),
        None if words().any(|word| word == line.verb) => staff.say(&format!("deed-{}", line.verb)),
        None => line.verb.clone(),
    }
}

/// Every word on the chains that is no move's name.
fn words() -> impl Iterator<Item = &'static str> {
    Happening::VERBS
        .into_iter()
        .chain(Deed::ALL.map(Deed::word))
        .chain(engine::IdentityDeed::WORDS)
        .chain(engine::ContentDeed::WORDS)
        .chain(store::LOOK_VERBS)
}

/// Where a chain ends, as it is compared by eye with a deposited head.
fn end(staff: &Staff, head: &store::Head) -> String {
    staff.fill("log-head-at", &[("head", short(&head.hash.to_string()).into()), ("seq", head.seq.into())])
}

#[cfg(test)]
mod tests {
    use super::words;
    use crate::words::Words;
    use catalogue::{Catalogue, Lang};

    #[test]
    fn every_word_of_the_chains_is_said_in_both_languages() {
        let said = Words::of(&Catalogue::embedded()).expect("the locales are right");
        for word in words() {
            let key = format!("deed-{word}");
            for lang in [Lang::Zh, Lang::En] {
                assert_ne!(said.say(lang, &key), key, "{lang:?} has no words for {word}");
            }
        }
    }
}
