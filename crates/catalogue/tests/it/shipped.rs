//! The catalogue the binary carries has no fault.

use catalogue::{Catalogue, Fault, embedded};

#[test]
fn the_embedded_catalogue_is_whole() {
    match Catalogue::load(&embedded(), None) {
        Ok(catalogue) => assert!(!catalogue.registers.is_empty()),
        Err(faults) => panic!("{} faults:\n{}", faults.len(), faults.iter().map(Fault::to_string).collect::<Vec<_>>().join("\n")),
    }
}

#[test]
fn every_shipped_text_is_in_both_languages() {
    let catalogue = Catalogue::embedded();
    let mut bare = Vec::new();
    for register in catalogue.registers.values() {
        let labels = register.fields.values().map(|field| &field.label);
        let states = register.states.values().map(|state| &state.label);
        let moves = register.moves.values().map(|step| &step.label);
        let deadlines = register.deadlines.values().map(|deadline| &deadline.label);
        for text in labels.chain(states).chain(moves).chain(deadlines).chain([&register.title]) {
            if text.zh.is_empty() || text.en.is_empty() {
                bare.push(format!("{}: {text:?}", register.name));
            }
        }
    }
    for list in catalogue.lists.values() {
        bare.extend(list.items.iter().filter(|(_, item)| item.label.en.is_empty()).map(|(name, _)| format!("{}: {name}", list.name)));
    }
    assert!(bare.is_empty(), "{}", bare.join("\n"));
}

#[test]
fn every_register_has_its_specification() {
    let catalogue = Catalogue::embedded();
    for register in catalogue.registers.values() {
        let path = format!("registers/{}/{}.md", register.area, register.name);
        let text = catalogue.files.get(&path).unwrap_or_else(|| panic!("{path} is missing"));
        assert!(text.matches("\n- ").count() >= 4, "{path} tells too little");
    }
}

/// The store keeps every definition ever used as JSON; one that did not come back whole would lose old entries.
#[test]
fn every_definition_survives_being_kept() {
    let (once, again) = (Catalogue::embedded(), Catalogue::embedded());
    for register in once.registers.values() {
        let kept = serde_json::to_string(register).expect("a definition serialises");
        let back: catalogue::Register = serde_json::from_str(&kept).unwrap_or_else(|error| panic!("{}: {error}", register.name));
        assert_eq!(back, *register, "{} came back changed", register.name);
        let twin = again.register(register.name.as_str()).expect("the same catalogue");
        assert_eq!(twin.revision, register.revision, "{} has another revision each time", register.name);
    }
}

#[test]
fn no_two_registers_share_a_revision() {
    let catalogue = Catalogue::embedded();
    let revisions: std::collections::BTreeSet<_> = catalogue.registers.values().map(|register| &register.revision).collect();
    assert_eq!(revisions.len(), catalogue.registers.len());
}

/// A button says what a person does; the title of a register with a word before it says nothing.
#[test]
fn every_register_says_how_an_entry_is_begun() {
    let catalogue = Catalogue::embedded();
    let mut said = std::collections::BTreeMap::new();
    for register in catalogue.registers.values() {
        let begin = register.begin.as_ref().unwrap_or_else(|| panic!("{} does not say `begin`", register.name));
        for (lang, empty) in [(catalogue::Lang::Zh, "新增"), (catalogue::Lang::En, "New")] {
            let (words, title) = (begin.get(lang), register.title.get(lang));
            assert!(!words.is_empty() && !words.starts_with(empty), "{}: {words}", register.name);
            assert!(words != title || lang == catalogue::Lang::Zh, "{}: {words} is its title", register.name);
            assert_eq!(said.insert((lang == catalogue::Lang::Zh, words.to_owned()), register.name.clone()), None, "{words} is said twice");
        }
        assert_ne!(begin.zh, begin.en, "{}: both languages", register.name);
    }
}
