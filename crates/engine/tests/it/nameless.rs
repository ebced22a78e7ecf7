//! A role that sees no names: what its holders are shown, and what such a role may be.

use crate::house::{House, values};
use catalogue::field::Kind;
use catalogue::register::{Verb, Who};
use catalogue::{Catalogue, Sensitivity};
use engine::{Event, Fact, FileRef, Level, Mask, Moment, Note, PersonId, Value, Viewer, WITHHELD, rights};

struct Cast {
    house: House,
    zhang: PersonId,
    reader: Viewer,
    colleague: Viewer,
}

fn cast() -> Cast {
    let mut house = House::shipped();
    let zhang = house.person("张医生", &[], "内科");
    house.person("张医生2", &[], "内科");
    house.person("Anna", &[], "内科");
    let conduct = house.person("郑主任", &["conduct"], "行风");
    let reader = house.person("区里来的", &["commission"], "行风");
    house.directory.nameless.insert("commission".into());
    let (reader, colleague) = (house.viewer(reader), house.viewer(conduct));
    Cast { house, zhang, reader, colleague }
}

impl Cast {
    fn mask(&self) -> Mask {
        Mask::of(&self.reader, &self.house.directory).expect("the reader sees no names")
    }
}

#[test]
fn names_are_withheld_in_every_text_the_longest_first_and_ones_own_stays() {
    let cast = cast();
    assert!(Mask::of(&cast.colleague, &cast.house.directory).is_none(), "another role is shown names");
    let mask = cast.mask();
    assert_eq!(mask.text("张医生2与张医生、郑主任谈话，区里来的在场"), format!("{WITHHELD}与{WITHHELD}、{WITHHELD}谈话，区里来的在场"));
    assert_eq!(mask.text("张榜公布，医生知晓"), "张榜公布，医生知晓", "a part of a name is no name");
    let known = mask.directory(&cast.house.directory);
    let names: Vec<&str> = known.people.values().map(|person| person.name.as_str()).filter(|name| *name != WITHHELD).collect();
    assert_eq!(names, ["区里来的"]);
    assert!(known.people.values().all(|person| person.id == cast.reader.person || person.account.is_none() && person.code.is_empty()));
}

#[test]
fn values_notes_and_the_names_of_files_are_masked_wherever_they_stand() {
    let cast = cast();
    let mask = cast.mask();
    let file = FileRef { hash: "0".repeat(64), name: "患者甲的签字.jpg".into(), size: 1, happened: None };
    let row = values(&[("who", Value::Text("张医生".into()))]);
    let mut given = values(&[
        ("text", Value::Text("请张医生签".into())),
        ("rows", Value::Rows(vec![row])),
        ("files", Value::Files(vec![file])),
        ("person", Value::Person(cast.zhang)),
    ]);
    mask.values(&mut given);
    let shown = format!("{given:?}");
    assert!(!shown.contains("张医生") && !shown.contains("患者甲") && shown.contains(&format!("{WITHHELD}.jpg")), "{shown}");
    assert_eq!(given["person"], Value::Person(cast.zhang), "who it is stays the same throughout, only the name is withheld");
    let mut event = Event {
        institution: House::institution(),
        entry: engine::EntryId(cast.zhang.0),
        register: "problem".into(),
        at: Moment(0),
        happened: None,
        actor: engine::Actor::Person(cast.zhang),
        revision: cast.house.register("problem").revision.clone(),
        fact: Fact::Noted { note: Note::Plain("张医生说".into()), level: Level::Handlers, message: None, files: Vec::new() },
    };
    mask.event(&mut event);
    assert_eq!(
        event.fact,
        Fact::Noted { note: Note::Plain(format!("{WITHHELD}说")), level: Level::Handlers, message: None, files: Vec::new() }
    );
}

#[test]
fn nobody_is_found_by_a_name_that_is_withheld() {
    let mask = cast().mask();
    for asks in ["张医生", "见 张医生2", "医生", "郑主任的", "张医，", "张-医生", "张　医　生", "anna", "ＡＮＮＡ", "ann", "li.anna"]
    {
        assert!(mask.asks_for_a_name(asks), "{asks}");
    }
    for asks in ["病区走廊", "ZG-2026-0001", "annals", "，。"] {
        assert!(!mask.asks_for_a_name(asks), "{asks}");
    }
}

#[test]
fn columns_of_people_and_files_that_are_not_public_are_not_shown() {
    let cast = cast();
    for register in cast.house.catalogue.registers.values() {
        for field in register.fields.values().filter(|field| field.sensitivity < Sensitivity::Confidential && !field.is_narrowed()) {
            let hidden = match field.kind {
                Kind::Person { .. } => true,
                Kind::File { .. } => field.sensitivity > Sensitivity::Public,
                _ => false,
            };
            assert_eq!(rights::sees_in_list(&cast.reader, register, field), !hidden, "{}.{}", register.name, field.name);
            assert!(rights::sees_in_list(&cast.colleague, register, field), "{}.{}", register.name, field.name);
        }
    }
}

/// What concerns the viewer alone is theirs to count; what else a tab reads of people tells of others.
#[test]
fn a_tab_that_reads_of_people_is_offered_to_whoever_sees_them_or_as_far_as_it_is_about_the_viewer() {
    let asks = |condition: &str, sensitivity: &str| {
        let party = format!("bars = true, sensitivity = \"{sensitivity}\" }}");
        let tabs = format!("columns = [\"number\", \"state\", \"due\"]\ntabs = {{ one = {{ label = \"页\", if = \"{condition}\" }} }}");
        let mut house = House::with(&[("bars = true }", &party), ("columns = [\"number\", \"state\", \"due\"]", &tabs)]);
        let staff = house.person("职工", &[], "内科");
        let reader = Viewer { nameless: true, ..house.viewer(staff) };
        let inspector = house.person("检一", &["inspector"], "纪检");
        let tab = house.thing().list.tabs["one"].clone();
        [house.viewer(staff), house.viewer(inspector), reader].map(|viewer| rights::sees_tab(&viewer, house.thing(), &tab))
    };
    for mine in ["party = me", "me = party", "state = 'open' and not (party = me)"] {
        assert_eq!(asks(mine, "confidential"), [true, true, true], "{mine}");
    }
    for others in ["party is empty", "party = me or party is empty", "party != me", "party = owner"] {
        assert_eq!(asks(others, "confidential"), [false, true, false], "{others}");
        assert_eq!(asks(others, "internal"), [true, true, false], "{others}: the column is in the list, but for whoever sees no names");
    }
}

/// Texts are masked where they are read: written back they would take names out of entries.
#[test]
fn a_role_without_names_only_reads() {
    let catalogue = Catalogue::embedded();
    let nameless: Vec<_> = catalogue.roles.values().filter(|role| role.nameless).collect();
    assert_eq!(nameless.iter().map(|role| role.name.as_str()).collect::<Vec<_>>(), ["commission"]);
    for role in nameless {
        let apart = |other: &&catalogue::Role| other.name == role.name || other.name == "staff" || role.apart.contains(&other.name);
        assert!(catalogue.roles.values().all(|other| apart(&other)), "{} is held with no other", role.name);
        assert!(role.ceiling < Sensitivity::Confidential && !(role.accounts || role.vouches || role.audits || role.screens));
        for register in catalogue.registers.values() {
            for verb in Verb::ALL.into_iter().filter(|verb| ![Verb::Read, Verb::Export].contains(verb)) {
                assert_eq!(register.rights.scope(verb, role.name.as_str()), None, "{} {} {}", role.name, register.name, verb.word());
            }
            let moves = register.moves.values().any(|step| step.by.contains(&Who::Role(role.name.clone())));
            assert!(!moves, "{} moves {}", role.name, register.name);
        }
    }
}
