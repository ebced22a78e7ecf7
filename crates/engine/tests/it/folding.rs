//! Events are the truth: whatever is decided, the entry is the fold of its events, also after a journey through JSON.

use crate::house::House;
use crate::script::{Life, Step, live, peopled};
use catalogue::Register;
use engine::{Actor, Entry, Event, Fact, fold};
use proptest::prelude::*;

fn script(most: usize) -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(any::<Step>(), 1..most)
}

fn folded(house: &House, register: &Register, events: &[Event]) -> Option<Entry> {
    events.iter().fold(None, |entry, event| fold(entry, event, register, &house.catalogue.calendar))
}

/// What must hold of every life, however it was lived.
fn sound(house: &House, register: &Register, life: &Life) -> Result<(), TestCaseError> {
    prop_assert_eq!(folded(house, register, &life.events), life.entry.clone(), "the entry is not the fold of its events");
    let text = serde_json::to_string(&life.events).expect("events are plain data");
    let back: Vec<Event> = serde_json::from_str(&text).map_err(|error| TestCaseError::fail(format!("{error} in {text}")))?;
    prop_assert_eq!(&back, &life.events);
    let Some(entry) = &life.entry else { return Ok(()) };
    let kept: Entry = serde_json::from_str(&serde_json::to_string(entry).expect("an entry is plain data")).expect("the cache reads back");
    prop_assert_eq!(&kept, entry);
    let changes = life.events.iter().filter(|event| !matches!(event.fact, Fact::ClockTold { .. })).count();
    prop_assert_eq!(entry.version, changes as u64, "the version counts changes, and reminders are none");
    prop_assert!(register.states.contains_key(&entry.state));
    for name in entry.values.keys() {
        let field = register.fields.get(name).ok_or_else(|| TestCaseError::fail(format!("{name} is no field")))?;
        prop_assert!(field.sensitivity != catalogue::Sensitivity::Sealed, "{} lies in the open", name);
    }
    let ended = register.states[&entry.state].end;
    for (name, clock) in &entry.clocks {
        prop_assert!(!ended || !clock.is_running(), "{} still runs in the end state {}", name, entry.state);
        prop_assert!(clock.soon <= clock.due || clock.due < clock.start, "{}: amber after red", name);
        prop_assert!(clock.met.is_none_or(|met| met >= engine::Moment::start_of(clock.start.date())), "{}: met before it began", name);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_life_in_every_register_is_the_fold_of_its_events(script in script(40)) {
        let mut house = peopled();
        let (catalogue, start) = (house.catalogue.clone(), house.now);
        for register in catalogue.registers.values() {
            house.now = start;
            let life = live(&mut house, register, &script);
            sound(&house, register, &life)?;
        }
    }

    #[test]
    fn an_event_torn_out_is_never_folded_over_in_silence(script in script(25), torn in any::<prop::sample::Index>()) {
        let mut house = peopled();
        let register = house.register("gift").clone();
        let life = live(&mut house, &register, &script);
        if let Some(entry) = &life.entry {
            let mut events = life.events.clone();
            events.remove(torn.index(events.len()));
            // Without its creation there is no entry; without another change its version tells.
            let after = folded(&house, &register, &events);
            let told = matches!(life.events[torn.index(life.events.len())].fact, Fact::ClockTold { .. });
            prop_assert!(told || after.is_none_or(|after| after.version < entry.version));
        }
    }
}

/// The lives above are worth something only if much of what they try is done.
#[test]
fn random_lives_go_far() {
    let mut house = peopled();
    let catalogue = house.catalogue.clone();
    let mut reached = std::collections::BTreeSet::new();
    let (mut moved, mut refused) = (0, 0);
    let mut seed: u64 = 7;
    let mut next = || {
        // xorshift: any numbers will do, but the same each time.
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 20) as u16
    };
    for register in catalogue.registers.values() {
        for _ in 0..16 {
            let script: Vec<Step> = (0..60).map(|_| std::array::from_fn(|_| next())).collect();
            let life = live(&mut house, register, &script);
            sound(&house, register, &life).unwrap_or_else(|error| panic!("{}: {error}", register.name));
            moved += life.moved;
            refused += life.refused;
            reached.extend(life.entry.into_iter().flat_map(|entry| entry.entered.into_keys()).map(|state| (register.name.clone(), state)));
        }
    }
    let states: usize = catalogue.registers.values().map(|register| register.states.len()).sum();
    assert!(moved > 500 && refused > 500, "{moved} moved, {refused} refused");
    assert!(reached.len() * 10 >= states * 7, "only {} of {states} states were reached", reached.len());
}

#[test]
fn a_chain_that_begins_in_the_middle_gives_no_entry() {
    let mut house = peopled();
    let register = house.register("problem").clone();
    let life = live(&mut house, &register, &[[0; 6], [8, 0, 1, 0, 0, 0]]);
    assert!(life.events.len() > 1, "{} refused", life.refused);
    assert_eq!(folded(&house, &register, &life.events[1..]), None);
    let twice: Vec<Event> = [&life.events[..1], &life.events[..1]].concat();
    let entry = folded(&house, &register, &twice).expect("a second creation is on the chain; verify says where");
    assert_eq!(entry.version, 2);
}

#[test]
fn actors_are_one_word_and_read_back() {
    let house = peopled();
    let person = *house.directory.people.keys().next().expect("people");
    for actor in [
        Actor::Person(person),
        Actor::Import(person),
        Actor::Effect(Some(person)),
        Actor::Effect(None),
        Actor::Public,
        Actor::Clock,
        Actor::System,
        Actor::Rule("u02".into()),
    ] {
        assert_eq!(Actor::parse(&actor.to_string()), Some(actor.clone()), "{actor}");
        let json = serde_json::to_string(&actor).unwrap();
        assert_eq!(serde_json::from_str::<Actor>(&json).unwrap(), actor);
    }
    for wrong in ["", "person", "person:", "person:x", "clock:1", "public:x", "stranger"] {
        assert_eq!(Actor::parse(wrong), None, "{wrong}");
    }
}

/// Events as an earlier version of the program wrote them, without what was added since.
#[test]
fn old_events_still_read() {
    let house = House::with(&[]);
    let register = house.thing();
    let written = |fact: &str| {
        let id = "0190a000-0000-7000-8000-000000000001";
        format!(
            r#"{{"institution":"house","entry":"{id}","register":"thing","at":1772413200000,"actor":"system","revision":"{}","fact":{fact}}}"#,
            register.revision
        )
    };
    let facts = [
        r#"{"fact":"created","number":"T-1","state":"open","values":{"value":{"fen":100},"made_on":{"date":"2026-03-02"}}}"#,
        r#"{"fact":"edited","set":{"value":null}}"#,
        r#"{"fact":"moved","make":"take","from":"open","to":"held"}"#,
        r#"{"fact":"assigned","to":null}"#,
        r#"{"fact":"recused","tag":"00112233445566778899aabbccddeeff"}"#,
        r#"{"fact":"clock_told","deadline":"work","level":0}"#,
        r#"{"fact":"clock_asked","deadline":"work","ask":"suspend","reason":"r"}"#,
        r#"{"fact":"clock_asked","deadline":"work","ask":{"extend":{"working_days":3}},"reason":"r"}"#,
    ];
    let events: Vec<Event> =
        facts.iter().map(|fact| serde_json::from_str(&written(fact)).unwrap_or_else(|error| panic!("{fact}: {error}"))).collect();
    let entry = folded(&house, register, &events).expect("an entry");
    assert_eq!((entry.state.as_str(), entry.version, entry.values.len()), ("held", 7, 1));
    assert_eq!(events[0].happened, None);
}
