//! The one door: who may, from where, with what; and what follows.

use crate::house::{House, at, code, creation, day, edit, envelope, set, step, values};
use catalogue::{Lang, MoveName};
use engine::{Act, Actor, Code, Consequence, Entry, Level, Note, PersonId, Refusal, Value, offers};

struct Cast {
    house: House,
    author: PersonId,
    colleague: PersonId,
    inspector: PersonId,
    second: PersonId,
    director: PersonId,
}

fn cast_with(changes: &[(&str, &str)]) -> Cast {
    let mut house = House::with(changes);
    let author = house.person("作者", &[], "内科");
    let colleague = house.person("同事", &[], "内科");
    let inspector = house.person("检一", &["inspector"], "纪检");
    let second = house.person("检二", &["inspector"], "纪检");
    let director = house.person("领导", &["director"], "院办");
    Cast { house, author, colleague, inspector, second, director }
}

fn cast() -> Cast {
    cast_with(&[])
}

impl Cast {
    fn submit(&self, entry: &Entry, who: PersonId, act: Act) -> Result<engine::Decision, Refusal> {
        self.house.submit(self.house.thing(), Some(entry), Actor::Person(who), act)
    }

    fn entry(&self) -> Entry {
        self.house.create(self.author, &[])
    }
}

#[test]
fn creating_needs_the_right_and_hands_the_entry_to_its_author() {
    let cast = cast_with(&[("create = { staff = \"own\" }", "create = { inspector = \"institution\" }")]);
    let create = |who| cast.house.submit(cast.house.thing(), None, who, creation(&[]));
    assert_eq!(code(create(Actor::Person(cast.author))), "not_allowed");
    assert_eq!(code(create(Actor::Public)), "not_allowed");
    assert_eq!(code(create(Actor::Clock)), "not_allowed");
    let entry = create(Actor::Person(cast.inspector)).unwrap().entry;
    assert_eq!((entry.author, entry.version, entry.state.as_str()), (Some(cast.inspector), 1, "open"));
    assert_eq!(code(cast.house.submit(cast.house.thing(), Some(&entry), Actor::Person(cast.inspector), creation(&[]))), "duplicate");
}

#[test]
fn four_eyes() {
    let cast = cast();
    let own = cast.house.create(cast.inspector, &[]);
    assert_eq!(code(cast.house.make(&own, cast.inspector, "take")), "self_approval", "the author does not take in their own");
    let taken = cast.house.made(&own, cast.second, "take");
    assert_eq!(code(cast.house.make(&taken, cast.second, "finish")), "self_approval", "who took it in does not finish it");
    assert_eq!(cast.house.made(&taken, cast.director, "finish").state.as_str(), "done");
    // Whoever ever made the move stays excluded, also after somebody else made it again.
    let other = cast.house.create(cast.author, &[]);
    let once = cast.house.made(&cast.house.made(&other, cast.second, "take"), cast.second, "back");
    let again = cast.house.made(&once, cast.inspector, "take");
    for person in [cast.inspector, cast.second] {
        assert_eq!(code(cast.house.make(&again, person, "finish")), "self_approval");
    }
}

#[test]
fn moves_ask_role_state_and_reach() {
    let cast = cast();
    let entry = cast.entry();
    assert_eq!(code(cast.house.make(&entry, cast.author, "take")), "not_allowed");
    assert_eq!(code(cast.house.make(&entry, cast.colleague, "take")), "hidden", "who may not read is not told that it exists");
    assert_eq!(code(cast.house.make(&entry, cast.inspector, "finish")), "wrong_state");
    assert_eq!(code(cast.house.make(&entry, cast.inspector, "vanish")), "not_allowed");
    assert_eq!(code(cast.submit(&entry, cast.inspector, step("take", &[("value", Value::Fen(1))]))), "not_on_form");
    assert!(cast.submit(&entry, cast.inspector, step("take", &[("receipt", Value::Text("1".into()))])).is_ok());
}

#[test]
fn a_refusal_names_states_and_moves_in_words_not_ids() {
    let cast = cast();
    let refusal = cast.house.make(&cast.entry(), cast.inspector, "finish").unwrap_err();
    assert_eq!(refusal.text.zh, "现在是“待办”，不能“办结”");
    let missing = cast.submit(&cast.entry(), cast.author, edit(&[("value", Value::Fen(-1))])).unwrap_err();
    assert_eq!((missing.code, missing.fields.len()), (Code::CheckFailed, 1));
    assert!(missing.fields[0].text.zh.contains("金额"), "{missing}");
}

#[test]
fn conditions_of_moves() {
    let cast =
        cast_with(&[("to = \"done\",", "to = \"done\", if = \"value > 100\", if_note = { zh = \"金额太小\", en = \"too small\" },")]);
    let taken = cast.house.made(&cast.entry(), cast.inspector, "take");
    let refusal = cast.house.make(&taken, cast.director, "finish").unwrap_err();
    assert_eq!((refusal.code, refusal.text.get(Lang::En)), (Code::Condition, "too small"));
    let open = cast.house.made(&taken, cast.inspector, "back");
    let valued = cast.submit(&open, cast.author, edit(&[("value", Value::Fen(10_001))])).unwrap().entry;
    let taken = cast.house.made(&valued, cast.inspector, "take");
    assert!(cast.house.make(&taken, cast.director, "finish").is_ok());
    // An effect is bound by the condition as well, though by no role.
    let low = cast.house.made(&cast.entry(), cast.inspector, "take");
    assert_eq!(code(cast.house.submit(cast.house.thing(), Some(&low), Actor::Effect(None), step("finish", &[]))), "condition");
}

#[test]
fn notes_where_they_are_required() {
    let cast = cast_with(&[(
        "from = \"held\", to = \"open\", by = \"inspector\"",
        "from = \"held\", to = \"open\", by = \"inspector\", note = \"required\"",
    )]);
    let taken = cast.house.made(&cast.entry(), cast.inspector, "take");
    assert_eq!(code(cast.house.make(&taken, cast.inspector, "back")), "missing");
    let with = |note| Act::Move { make: MoveName::new("back"), set: set(&[]), sealed: None, barred: Vec::new(), note: Some(note) };
    assert_eq!(code(cast.submit(&taken, cast.inspector, with(Note::Plain("理由".into())))), "not_on_form", "this register seals its notes");
    assert!(cast.submit(&taken, cast.inspector, with(Note::Sealed(envelope(&[])))).is_ok());
}

#[test]
fn no_door_takes_a_plain_note_where_notes_are_sealed() {
    let cast = cast();
    let plain = || Some(Note::Plain("张三说……".into()));
    let entry = cast.entry();
    for act in [
        Act::Note { note: Note::Plain("张三说……".into()), level: Level::Handlers, message: None, files: Vec::new() },
        Act::Edit { set: set(&[("value", Value::Fen(1))]), sealed: None, barred: Vec::new(), reason: plain() },
        Act::Assign { to: cast.second, note: plain() },
        Act::Recuse { person: cast.inspector, reason: plain() },
        Act::Move { make: MoveName::new("take"), set: set(&[]), sealed: None, barred: Vec::new(), note: plain() },
    ] {
        assert_eq!(code(cast.submit(&entry, cast.inspector, act.clone())), "not_on_form", "{act:?}");
    }
    let open = cast_with(&[(", sensitivity = \"sealed\"", ""), ("unseal = { inspector = \"institution\" }\n", "")]);
    assert!(
        open.submit(
            &open.entry(),
            open.inspector,
            Act::Note { note: Note::Plain("好".into()), level: Level::Handlers, message: None, files: Vec::new() }
        )
        .is_ok(),
        "elsewhere a note is plain"
    );
}

#[test]
fn editing_needs_right_state_and_a_change() {
    let cast = cast();
    let entry = cast.entry();
    let change = || edit(&[("value", Value::Fen(500))]);
    assert_eq!(code(cast.submit(&entry, cast.colleague, change())), "hidden");
    assert_eq!(code(cast.submit(&entry, cast.director, change())), "not_allowed");
    assert_eq!(code(cast.submit(&entry, cast.author, edit(&[]))), "unchanged");
    assert_eq!(code(cast.submit(&entry, cast.author, edit(&[("nothing", Value::Fen(1))]))), "not_on_form");
    assert_eq!(code(cast.submit(&entry, cast.author, edit(&[("value", Value::Number(5.0))]))), "unknown_value");
    assert_eq!(code(cast.submit(&entry, cast.author, edit(&[("form", Value::Choice("kash".into()))]))), "unknown_value");
    assert_eq!(code(cast.submit(&entry, cast.author, edit(&[("receipt", Value::Text("x".into()))]))), "not_on_form", "a move asks for it");
    let edited = cast.submit(&entry, cast.author, change()).unwrap().entry;
    assert_eq!(edited.values, values(&[("value", Value::Fen(500))]));
    let taken = cast.house.made(&edited, cast.inspector, "take");
    assert_eq!(code(cast.submit(&taken, cast.author, change())), "wrong_state");
}

#[test]
fn what_a_move_filled_in_can_be_corrected() {
    let cast = cast_with(&[("sees   =", "edit_while = [\"open\", \"held\"]\nsees   =")]);
    let taken = cast.submit(&cast.entry(), cast.inspector, step("take", &[("receipt", Value::Text("1".into()))])).unwrap().entry;
    let corrected = cast.submit(&taken, cast.inspector, edit(&[("receipt", Value::Text("2".into()))])).unwrap().entry;
    assert_eq!(corrected.values["receipt"], Value::Text("2".into()));
}

#[test]
fn a_stale_edit_or_move_changes_nothing() {
    let cast = cast();
    let entry = cast.entry();
    let newer = cast.submit(&entry, cast.author, edit(&[("value", Value::Fen(1))])).unwrap().entry;
    let seen = |act, version| cast.house.submit_seen(cast.house.thing(), Some(&newer), Actor::Person(cast.inspector), act, Some(version));
    assert_eq!(code(seen(edit(&[("value", Value::Fen(2))]), entry.version)), "stale");
    assert_eq!(code(seen(step("take", &[]), entry.version)), "stale");
    assert!(seen(step("take", &[]), newer.version).is_ok());
    assert!(
        seen(Act::Note { note: Note::Sealed(envelope(&[])), level: Level::Handlers, message: None, files: Vec::new() }, entry.version)
            .is_ok(),
        "a note is against no version"
    );
}

#[test]
fn sealed_content_has_no_plain_door() {
    let cast = cast();
    let matter = || ("matter", Value::Text("某事".into()));
    let create = |act| cast.house.submit(cast.house.thing(), None, Actor::Person(cast.author), act);
    assert_eq!(code(create(creation(&[matter()]))), "not_on_form");
    assert_eq!(code(cast.submit(&cast.entry(), cast.author, edit(&[matter()]))), "not_on_form");
    let lying = |covers: &[&str]| match creation(&[]) {
        Act::Create { number, values, recipient, barred, opened_by, owner, .. } => {
            Act::Create { number, values, sealed: Some(envelope(covers)), recipient, barred, opened_by, owner }
        }
        other => other,
    };
    assert_eq!(code(create(lying(&["value"]))), "not_on_form", "an envelope cannot pass a plain field off as filled");
    let sealed = create(lying(&["matter"])).unwrap().entry;
    assert!(!serde_json::to_string(&sealed).unwrap().contains("某事"));
    assert!(engine::sealed_fields(&sealed).contains("matter"));
}

#[test]
fn an_envelope_fills_what_is_required() {
    let cast = cast_with(&[("label = \"事由\",", "label = \"事由\", required = true,")]);
    let create = |sealed| match creation(&[]) {
        Act::Create { number, values, recipient, barred, opened_by, owner, .. } => {
            let act = Act::Create { number, values, sealed, recipient, barred, opened_by, owner };
            cast.house.submit(cast.house.thing(), None, Actor::Person(cast.author), act)
        }
        _ => unreachable!("a creation is a creation"),
    };
    assert_eq!(code(create(None)), "missing");
    assert!(create(Some(envelope(&["matter"]))).is_ok());
}

#[test]
fn a_party_meets_nothing_of_the_entry() {
    let mut cast = cast();
    let party = cast.house.person("当事人", &["inspector"], "纪检");
    let superior = cast.house.person("上级", &["inspector"], "纪检");
    cast.house.directory.people.get_mut(&party).unwrap().superior = Some(superior);
    let entry = cast.house.create(cast.author, &[("party", Value::Person(party))]);
    assert_eq!(entry.barred.len(), 2, "the party and the superior configured for them");
    for person in [party, superior] {
        assert_eq!(code(cast.house.make(&entry, person, "take")), "hidden");
        assert_eq!(
            code(cast.submit(
                &entry,
                person,
                Act::Note { note: Note::Sealed(envelope(&[])), level: Level::Handlers, message: None, files: Vec::new() }
            )),
            "hidden"
        );
        let viewer = cast.house.viewer(person);
        let world = engine::World { catalogue: &cast.house.catalogue, directory: &cast.house.directory, now: cast.house.now };
        assert!(offers(&world, &viewer, cast.house.thing(), &entry).is_empty());
        assert!(!engine::rights::may_unseal(&viewer, cast.house.thing(), &entry));
        assert_eq!(code(cast.submit(&entry, cast.inspector, Act::Assign { to: person, note: None })), "not_allowed");
    }
    // Emptying the field does not let the party in again: what was once barred stays barred.
    let emptied = Act::Edit { set: [("party".into(), None)].into_iter().collect(), sealed: None, barred: Vec::new(), reason: None };
    let after = cast.submit(&entry, cast.author, emptied).unwrap().entry;
    assert_eq!(code(cast.house.make(&after, party, "take")), "hidden");
}

#[test]
fn recusal() {
    let cast = cast();
    let entry = cast.submit(&cast.entry(), cast.inspector, Act::Assign { to: cast.second, note: None }).unwrap().entry;
    assert_eq!(entry.owner, Some(cast.second));
    let recuse = |who, person| cast.submit(&entry, who, Act::Recuse { person, reason: None });
    assert_eq!(code(recuse(cast.author, cast.second)), "not_allowed", "excluding somebody else needs the right");
    let stepped_back = recuse(cast.second, cast.second).unwrap().entry;
    assert_eq!(stepped_back.owner, None, "who steps back no longer owns it");
    assert_eq!(code(cast.house.make(&stepped_back, cast.second, "take")), "hidden");
    assert!(cast.house.make(&stepped_back, cast.inspector, "take").is_ok());
    assert!(recuse(cast.inspector, cast.second).is_ok());
}

#[test]
fn assigning() {
    let mut cast = cast();
    let gone = cast.house.person("离职", &["inspector"], "纪检");
    cast.house.directory.people.get_mut(&gone).unwrap().active = false;
    let entry = cast.entry();
    assert_eq!(code(cast.submit(&entry, cast.author, Act::Assign { to: cast.author, note: None })), "not_allowed");
    assert_eq!(code(cast.submit(&entry, cast.inspector, Act::Assign { to: gone, note: None })), "unknown_value");
    let decision = cast.submit(&entry, cast.inspector, Act::Assign { to: cast.second, note: None }).unwrap();
    assert!(matches!(&decision.consequences[..], [Consequence::Tell { people, duty: true, .. }] if *people == [cast.second]));
    // Who may not read it, who reads it without a key, and whose account was stopped, would keep it from everybody who could go on.
    for person in [cast.colleague, cast.director] {
        assert_eq!(code(cast.submit(&entry, cast.inspector, Act::Assign { to: person, note: None })), "not_allowed");
    }
    let able = |house: &House| engine::rights::handlers(&house.directory, house.thing(), &entry, house.now.date());
    assert_eq!(able(&cast.house), [cast.inspector, cast.second]);
    let stopped = engine::Standing { recipient: Some("age1x".into()), active: false, ..engine::Standing::default() };
    cast.house.directory.accounts.insert(cast.second, stopped);
    assert_eq!(able(&cast.house), [cast.inspector]);
    assert_eq!(code(cast.submit(&entry, cast.inspector, Act::Assign { to: cast.second, note: None })), "not_allowed");
    let mine = cast.house.create(cast.author, &[("keeper", Value::Person(cast.colleague))]);
    assert_eq!(mine.owner, Some(cast.colleague), "an owner field hands the entry over");
    assert!(cast.submit(&mine, cast.colleague, edit(&[("value", Value::Fen(3))])).is_ok(), "and makes it their own");
}

#[test]
fn the_unit_follows_its_field_also_when_it_is_emptied() {
    let mut cast = cast();
    let (ward, other) = (cast.house.unit("外科"), cast.house.unit("儿科"));
    let entry = cast.house.create(cast.author, &[("ward", Value::Unit(ward))]);
    assert_eq!(entry.unit, Some(ward));
    let moved = cast.submit(&entry, cast.author, edit(&[("ward", Value::Unit(other))])).unwrap().entry;
    assert_eq!(moved.unit, Some(other));
    let emptied = Act::Edit { set: [("ward".into(), None)].into_iter().collect(), sealed: None, barred: Vec::new(), reason: None };
    assert_eq!(cast.submit(&moved, cast.author, emptied).unwrap().entry.unit, None, "an empty one means unknown");
}

#[test]
fn effects_follow_from_the_definition() {
    let other = "opens = { register = \"thing\", with = { receipt = \"number\", made_on = \"today\", value = \"value\", form = \"'card'\", keeper = \"me\" }, owner = \"director\" }, sets = { receipt = \"number\" }, tell = [\"author\", \"director\"], remind = \"inspector\", assign = \"inspector\"";
    let cast = cast_with(&[("asks = [\"receipt?\"] }", &format!("asks = [\"receipt?\"], {other} }}"))]);
    let entry = cast.house.create(cast.author, &[("value", Value::Fen(700)), ("party", Value::Person(cast.colleague))]);
    let decision = cast.house.make(&entry, cast.inspector, "take").unwrap();
    let after = &decision.entry;
    assert_eq!(after.values["receipt"], Value::Text(entry.number.clone()));
    assert!([Some(cast.inspector), Some(cast.second)].contains(&after.owner), "assigned to one holder of the role");
    let Some(Consequence::Open { register, values: opened, owner, from, by, barred, .. }) =
        decision.consequences.iter().find(|one| matches!(one, Consequence::Open { .. }))
    else {
        panic!("nothing was opened: {:?}", decision.consequences)
    };
    assert_eq!((register.as_str(), *from, *by, *owner), ("thing", entry.id, Some(cast.inspector), Some(cast.director)));
    let expected = [
        ("receipt", Value::Text(entry.number.clone())),
        ("made_on", day("2026-03-02")),
        ("value", Value::Fen(700)),
        ("form", Value::Choice("card".into())),
        ("keeper", Value::Person(cast.inspector)),
    ];
    assert_eq!(*opened, values(&expected));
    assert_eq!(barred.len(), 1, "what is opened bars whom this entry bars");
    let told: Vec<PersonId> = decision
        .consequences
        .iter()
        .filter_map(|one| match one {
            Consequence::Tell { people, .. } => Some(people.clone()),
            _ => None,
        })
        .flatten()
        .collect();
    assert!(told.contains(&cast.author) && told.contains(&cast.director) && told.contains(&cast.second));
    assert!(!told.contains(&cast.colleague), "a party is told nothing");
    assert!(
        decision
            .consequences
            .iter()
            .all(|one| !matches!(one, Consequence::Tell { people, duty: false, .. } if people.contains(&cast.inspector))),
        "nobody is told of their own act"
    );
}

#[test]
fn who_is_given_an_entry_is_not_reminded_of_it_besides() {
    let cast =
        cast_with(&[("asks = [\"receipt?\"] }", "asks = [\"receipt?\"], assign = \"director\", remind = [\"owner\", \"author\"] }")]);
    let entry = cast.house.create(cast.author, &[("value", Value::Fen(700))]);
    let decision = cast.house.make(&entry, cast.inspector, "take").unwrap();
    assert_eq!(decision.entry.owner, Some(cast.director));
    let told = decision.consequences.iter().filter_map(|one| match one {
        Consequence::Tell { people, .. } => Some(people.clone()),
        _ => None,
    });
    let told: Vec<PersonId> = told.flatten().collect();
    assert_eq!(told, [cast.director, cast.author], "once each, the owner of what they were given");
}

#[test]
fn what_an_effect_opens_is_completed_before_it_moves() {
    let cast = cast_with(&[("label = \"金额\",", "label = \"金额\", required = true,")]);
    let opened = cast.house.submit(cast.house.thing(), None, Actor::Effect(Some(cast.inspector)), creation(&[])).unwrap().entry;
    assert_eq!(opened.author, None);
    let refusal = cast.house.make(&opened, cast.inspector, "take").unwrap_err();
    assert_eq!((refusal.code, refusal.fields[0].field.as_str()), (Code::Missing, "value"));
    let complete = cast.submit(&opened, cast.inspector, edit(&[("value", Value::Fen(1))])).unwrap().entry;
    assert!(cast.house.make(&complete, cast.inspector, "take").is_ok());
    assert_eq!(
        code(cast.house.submit(cast.house.thing(), None, Actor::Person(cast.author), creation(&[]))),
        "missing",
        "a person fills in at once"
    );
}

#[test]
fn rules_and_imports_come_through_the_same_door() {
    let cast = cast();
    let create = |actor, given: &[(&str, Value)]| cast.house.submit(cast.house.thing(), None, actor, creation(given));
    assert!(create(Actor::Rule("u02".into()), &[("value", Value::Fen(1))]).is_ok());
    assert_eq!(code(create(Actor::Rule("u02".into()), &[("value", Value::Number(f64::NAN))])), "unknown_value");
    assert_eq!(code(create(Actor::Rule("u02".into()), &[("form", Value::Choice("kash".into()))])), "unknown_value");
    assert_eq!(code(create(Actor::Import(cast.inspector), &[])), "not_allowed", "nobody was given the right to import");
    let importing = cast_with(&[("edit   =", "import = { inspector = \"institution\" }\nedit   =")]);
    let imported = importing.house.submit(importing.house.thing(), None, Actor::Import(importing.inspector), creation(&[])).unwrap().entry;
    assert_eq!(imported.author, Some(importing.inspector));
}

#[test]
fn a_number_that_is_none_never_reaches_an_event() {
    let cast =
        cast_with(&[("receipt = { is = \"text\"", "score = { is = \"number\", label = \"分\", decimals = 2 }\nreceipt = { is = \"text\"")]);
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let refused = cast.house.submit(cast.house.thing(), None, Actor::System, creation(&[("score", Value::Number(number))]));
        assert_eq!(code(refused), "unknown_value");
    }
    assert!(cast.house.submit(cast.house.thing(), None, Actor::System, creation(&[("score", Value::Number(-0.5))])).is_ok());
}

#[test]
fn offers_are_what_the_door_would_allow() {
    let mut cast = cast();
    let both = cast.house.person("兼", &["inspector", "director"], "院办");
    let entry = cast.house.create(both, &[]);
    let world = engine::World { catalogue: &cast.house.catalogue, directory: &cast.house.directory, now: cast.house.now };
    for person in [cast.author, cast.colleague, cast.inspector, both, cast.director] {
        for entry in [&entry, &cast.house.made(&entry, cast.inspector, "take")] {
            let offered = offers(&world, &cast.house.viewer(person), cast.house.thing(), entry);
            for step in cast.house.thing().moves.values() {
                let allowed = cast.house.make(entry, person, step.name.as_str());
                let offer = offered.iter().find(|offer| offer.step.name == step.name);
                assert_eq!(offer.is_some_and(|offer| offer.refused.is_none()), allowed.is_ok(), "{} for {person:?}", step.name);
                if let Some(refused) = offer.and_then(|offer| offer.refused.as_ref()) {
                    assert_eq!(Some(refused), allowed.as_ref().err(), "the page says what the door says");
                }
            }
        }
    }
}

#[test]
fn what_happened_earlier_keeps_both_times() {
    let cast = cast();
    let command = engine::Command {
        institution: House::institution(),
        register: "thing".into(),
        entry: cast.house.new_id(),
        actor: Actor::Person(cast.author),
        seen: None,
        happened: Some(at("2026-02-20T08:00")),
        act: creation(&[]),
    };
    let world = engine::World { catalogue: &cast.house.catalogue, directory: &cast.house.directory, now: cast.house.now };
    let viewer = cast.house.viewer(cast.author);
    let decision = engine::decide(&world, Some(&viewer), cast.house.thing(), None, &command).unwrap();
    assert_eq!((decision.events[0].happened, decision.events[0].at), (Some(at("2026-02-20T08:00")), cast.house.now));
    assert_eq!(decision.entry.created, cast.house.now, "clocks run from the recorded time");
}
