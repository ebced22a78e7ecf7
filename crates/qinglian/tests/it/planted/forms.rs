//! Forms of the house, answered: a marked word in every sealed field, a file with a marked name where one is taken, something plain
//! elsewhere.

use super::strangers::{is_sealed_text, known_code};
use super::words::Planted;
use crate::browser::{Browser, Form, Page, attribute, words};
use crate::served::{answered, code_in, first_choice};
use catalogue::field::Kind;
use catalogue::register::{Ask, Move};
use catalogue::{Field, Register, Sensitivity};

/// Presses the buttons of a page one after another; the last one sends what is given.
#[track_caller]
pub fn press(browser: &mut Browser, path: &str, steps: &[&str], given: &[(&str, &str)]) -> Page {
    let mut page = browser.get(path).expect("it serves").ok();
    for (at, step) in steps.iter().enumerate() {
        let found = page.forms(path).into_iter().find(|form| form.get("step") == Some(step));
        let form = found.unwrap_or_else(|| panic!("no {step} on {path}: {}", words(&page.text())));
        let given = if at + 1 == steps.len() { given } else { &[] };
        page = browser.submit(&given.iter().fold(form, |form, (name, value)| form.with(name, value))).expect("it serves");
        assert!(page.status < 400, "{step} on {path}: {}", words(&page.text()));
    }
    page
}

pub fn note(browser: &mut Browser, path: &str, level: &str, planted: &Planted) {
    let action = format!("{path}/note");
    let page = browser.get(&action).expect("it serves");
    if page.status == 200 {
        let form = page.form(&action).with("level", level).with("_note", &planted.word(&format!("a note for {level} on {path}")));
        assert_eq!(browser.submit(&form).expect("it serves").status, 303, "{action}");
    }
}

/// What is answered to a question of a form: a new word where it is sealed, else something plain.
fn say<'a>(register: &'a Register, page: &'a Page, planted: &'a Planted) -> impl Fn(&str, &Form) -> Option<String> + 'a {
    move |name: &str, form: &Form| {
        // What the form already says, such as today and me, stays.
        if let Some(there) = form.get(name).filter(|there| !there.is_empty()) {
            return Some(there.to_owned());
        }
        let field = register.fields.get(name)?;
        match (&field.kind, field.sensitivity) {
            (Kind::Text | Kind::LongText, Sensitivity::Sealed) => Some(planted.word(&format!("{} {name}", register.name))),
            // Nobody is named, so that the reason for it is asked: a sealed text.
            (Kind::Choice { .. }, _) if name == "parties" => Some("unclear".to_owned()),
            (Kind::Date, _) if field.required || !field.on_form => Some(store::real_time().local().date().to_string()),
            (Kind::DateTime, _) if field.required || !field.on_form => Some(format!("{}T00:00", store::real_time().local().date())),
            (Kind::Number { .. } | Kind::Money, _) => Some("1".to_owned()),
            (Kind::Text | Kind::LongText, _) => Some("如所述".to_owned()),
            (Kind::Choice { .. } | Kind::Unit { .. } | Kind::YesNo, _) if field.required || !field.on_form => first_choice(page, name),
            _ => Some(String::new()),
        }
    }
}

/// Makes a move with a word in every sealed field it asks for. `false`: this person may not, or it needs more.
pub fn made(browser: &mut Browser, register: &Register, step: &Move, path: &str, director: &str, planted: &Planted) -> bool {
    let named = |ask: &Ask| {
        let field = register.fields.get(&ask.field)?;
        (ask.required && matches!(field.kind, Kind::Person { .. }) && !field.bars).then_some((field.name.as_str(), director))
    };
    let given: Vec<(&str, &str)> = step.asks.iter().filter_map(named).collect();
    let Some(sent) = answered_step(browser, register, step, path, &given, planted) else { return false };
    if sent.status != 303 {
        eprintln!("{} of {path}: {}", step.name, words(&sent.text()).chars().take(300).collect::<String>());
    }
    sent.status == 303
}

/// Answers the form of a move of an entry: what is given, else a word in every sealed field, and a file where it takes one. `None`: it is
/// not theirs to make.
pub fn answered_step(
    browser: &mut Browser,
    register: &Register,
    step: &Move,
    entry: &str,
    given: &[(&str, &str)],
    planted: &Planted,
) -> Option<Page> {
    let path = format!("{entry}/move/{}", step.name);
    let page = browser.get(&path).expect("it serves");
    if page.status != 200 || page.forms(&path).is_empty() {
        return None;
    }
    let mut form = filled(&page, page.form(&path), register, planted);
    form.fields.retain(|(name, _)| given.iter().all(|(known, _)| known != name));
    form = given.iter().fold(form, |form, (name, value)| form.and(name, value));
    let taken = step.asks.iter().filter_map(|ask| register.fields.get(&ask.field)).find(|field| takes_sealed_file(field));
    Some(sent_with_file(browser, &form, register, taken, planted))
}

fn takes_sealed_file(field: &Field) -> bool {
    matches!(field.kind, Kind::File { .. }) && field.sensitivity == Sensitivity::Sealed
}

/// Sends a form, and a picture with a marked name where a field takes one.
fn sent_with_file(browser: &mut Browser, form: &Form, register: &Register, field: Option<&Field>, planted: &Planted) -> Page {
    let Some(field) = field else { return browser.submit(form).expect("it serves") };
    let name = format!("{}.jpg", planted.word(&format!("{} file name", register.name)));
    let content = planted.picture(&format!("{} file", register.name));
    browser.upload(form, &[(field.name.as_str(), &name, &content)]).expect("it serves")
}

/// A form answered, its note too.
fn filled(page: &Page, form: Form, register: &Register, planted: &Planted) -> Form {
    let noted = form.get("_note").is_some();
    let mut form = answered(page, &form, &say(register, page, planted));
    if noted {
        form = form.with("_note", &planted.word(&format!("{} note", register.name)));
    }
    // Radio buttons of which none is chosen yet are no field of the form.
    if page.text().contains("name=\"parties\"") {
        form = form.with("parties", "unclear").with("parties_why", &planted.word("why nobody is named"));
    }
    form
}

/// What nobody wrote is filled in by whoever handles it, before it can be moved on.
pub fn completed(browser: &mut Browser, register: &Register, path: &str, planted: &Planted) -> bool {
    let edit = format!("{path}/edit");
    let page = browser.get(&edit).expect("it serves");
    if page.status != 200 || page.forms(&edit).is_empty() {
        return false;
    }
    let sent = browser.submit(&filled(&page, page.form(&edit), register, planted)).expect("it serves");
    if sent.status != 303 {
        eprintln!("{edit}: {}", words(&sent.text()).chars().take(300).collect::<String>());
    }
    sent.status == 303
}

/// A new entry with a word in every sealed field of its form, and a sealed file. `None`: this person may not, or it needs more.
pub fn begun(browser: &mut Browser, register: &Register, planted: &Planted) -> Option<String> {
    let action = format!("/r/{}/new", register.name);
    let page = browser.get(&action).expect("it serves");
    if page.status != 200 {
        return None;
    }
    let form = page.form(&action);
    let mut filled = answered(&page, &form, &say(register, &page, planted));
    for field in register.fields.values().filter(|field| field.required) {
        if let Kind::Link { register } = &field.kind
            && let Some(id) = linked(browser, &form, field.name.as_str(), register.as_str())
        {
            filled = filled.with(field.name.as_str(), &id);
        }
    }
    let taken = register.fields.values().find(|field| takes_sealed_file(field) && field.on_form);
    let sent = sent_with_file(browser, &filled, register, taken, planted);
    if let (303, Some(path)) = (sent.status, &sent.location) {
        return path.split('?').next().map(str::to_owned);
    }
    // A report is answered with a code for whoever brought it, and a way to the entry.
    if let Some(code) = code_in(&sent) {
        known_code(planted, &code);
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
pub fn corrected(browser: &mut Browser, register: &Register, path: &str, planted: &Planted) {
    let edit = format!("{path}/edit");
    let page = browser.get(&edit).expect("it serves");
    if page.status != 200 || page.forms(&edit).is_empty() {
        return;
    }
    let form = page.form(&edit);
    let sealed: Vec<String> = form.fields.iter().map(|(name, _)| name.clone()).filter(|name| is_sealed_text(register, name)).collect();
    let filled = sealed.iter().fold(form, |form, name| form.with(name, &planted.word(&format!("{} {name}, corrected", register.name))));
    let sent = browser.submit(&filled).expect("it serves");
    assert!(sealed.is_empty() || sent.status == 303, "{edit}: {}", words(&sent.text()));
}
