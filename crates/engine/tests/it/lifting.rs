//! Old entries under new definitions: they stay readable and movable, and nothing about them is lost on the way.

use crate::house::{House, around, code, creation, edit, load, step, thing, values};
use catalogue::Register;
use catalogue::register::Within;
use engine::{Act, Actor, ClockAsk, Directory, Entry, Event, Fact, Level, Note, PersonId, Value, fold, lift};

/// Yesterday's definition and today's, over the same people.
struct Change {
    before: House,
    after: House,
    author: PersonId,
    inspector: PersonId,
    director: PersonId,
}

fn change_from(before: &[(&str, &str)], after: &[(&str, &str)]) -> Change {
    let mut old = House::of(load(&around(&thing(before))));
    let author = old.person("作者", &[], "内科");
    let inspector = old.person("检", &["inspector"], "纪检");
    let director = old.person("领", &["director"], "院办");
    let mut new = House::of(load(&around(&thing(after))));
    new.directory = Directory { people: old.directory.people.clone(), units: old.directory.units.clone(), ..Directory::default() };
    Change { before: old, after: new, author, inspector, director }
}

fn change(after: &[(&str, &str)]) -> Change {
    change_from(&[], after)
}

impl Change {
    fn fits(&self, entry: &Entry) -> bool {
        lift::fits(self.before.thing(), self.after.thing(), entry)
    }

    /// The definition an old entry moves on under, as the store chooses it.
    fn under(&self, entry: &Entry) -> &Register {
        if self.fits(entry) { self.after.thing() } else { self.before.thing() }
    }

    fn submit(&self, entry: &Entry, who: PersonId, act: Act) -> Result<engine::Decision, engine::Refusal> {
        self.after.submit(self.under(entry), Some(entry), Actor::Person(who), act)
    }
}

fn lifts(events: &[Event]) -> bool {
    matches!(events.first().map(|event| &event.fact), Some(Fact::Lifted { .. }))
}

#[test]
fn an_entry_that_fits_is_lifted_by_its_next_move() {
    let change = change(&[("label = \"入库\"", "label = \"接收\"")]);
    let entry = change.before.create(change.author, &[("value", Value::Fen(5))]);
    assert!(change.fits(&entry));
    let decision = change.submit(&entry, change.inspector, step("take", &[])).unwrap();
    assert!(lifts(&decision.events), "{:?}", decision.events);
    assert_eq!(decision.events[0].fact, Fact::Lifted { from: change.before.thing().revision.clone() });
    assert_eq!(decision.entry.revision, change.after.thing().revision);
    assert_eq!(decision.entry.values, entry.values);
    assert!(decision.events.iter().all(|event| event.revision == change.after.thing().revision));
    let next = change.submit(&decision.entry, change.inspector, step("look", &[])).unwrap();
    assert!(!lifts(&next.events), "once is enough");
}

#[test]
fn the_chain_folds_with_each_event_under_its_own_definition() {
    let change = change(&[("value   = {", "sum     = { was = [\"value\"],"), ("value >= 0", "sum >= 0")]);
    let created =
        change.before.submit(change.before.thing(), None, Actor::Person(change.author), creation(&[("value", Value::Fen(5))])).unwrap();
    let moved = change.submit(&created.entry, change.inspector, step("take", &[])).unwrap();
    let chain: Vec<Event> = [created.events, moved.events].concat();
    let folded = chain.iter().fold(None, |entry, event| {
        let register =
            [change.before.thing(), change.after.thing()].into_iter().find(|register| register.revision == event.revision).unwrap();
        fold(entry, event, register, &change.after.catalogue.calendar)
    });
    assert_eq!(folded, Some(moved.entry));
}

#[test]
fn renamed_fields_states_and_moves_are_followed_by_was() {
    let change = change(&[
        ("value   = {", "sum     = { was = [\"value\"],"),
        ("value >= 0", "sum >= 0"),
        ("held = { label", "stored = { was = [\"held\"], label"),
        (
            "take   = { label = \"入库\", from = \"open\", to = \"held\"",
            "receive = { was = [\"take\"], label = \"入库\", from = \"open\", to = \"stored\"",
        ),
        ("from = \"held\", to = \"open\"", "from = \"stored\", to = \"open\""),
        ("from = [\"open\", \"held\"]", "from = [\"open\", \"stored\"]"),
        ("from = \"held\", to = \"done\"", "from = \"stored\", to = \"done\""),
        ("not_by = \"take\"", "not_by = \"receive\""),
    ]);
    let entry = change.before.create(change.author, &[("value", Value::Fen(5))]);
    let taken = change.before.made(&entry, change.inspector, "take");
    assert!(change.fits(&taken));
    // Four eyes still know who took it in, under the move's new name.
    assert_eq!(code(change.submit(&taken, change.inspector, step("finish", &[]))), "self_approval");
    let done = change.submit(&taken, change.director, step("finish", &[])).unwrap().entry;
    assert_eq!(done.values, values(&[("sum", Value::Fen(5))]));
    let names: Vec<&str> = done.entered.keys().map(|state| state.as_str()).collect();
    assert_eq!(names, ["done", "open", "stored"]);
    assert!(done.made.contains_key("receive") && !done.made.contains_key("take"));
}

#[test]
fn what_does_not_fit_keeps_its_revision_and_its_moves() {
    let table = "rows = { is = \"table\", label = \"表\", columns = { n = { is = \"number\", label = \"数\" } } }\nreceipt = { is";
    for (before, after, given, why) in [
        (
            vec![],
            vec![("is = \"money\", label = \"金额\", check = \"value >= 0\"", "is = \"number\", label = \"金额\"")],
            ("value", Value::Fen(5)),
            "another kind",
        ),
        (vec![], vec![("doctor  = {", "physician = {")], ("doctor", Value::Text("甲".into())), "gone without `was`"),
        (
            vec![],
            vec![("label = \"医师\", sensitivity = \"confidential\"", "label = \"医师\", sensitivity = \"sealed\"")],
            ("doctor", Value::Text("甲".into())),
            "sealed now",
        ),
        (
            vec![("receipt = { is", table)],
            vec![("receipt = { is", &*table.replace("n = { is", "m = { is"))],
            ("rows", Value::Rows(vec![values(&[("n", Value::Number(1.0))])])),
            "a column gone",
        ),
        (
            vec![("receipt = { is", table)],
            vec![("receipt = { is", &*table.replace("is = \"number\", label = \"数\"", "is = \"text\", label = \"数\""))],
            ("rows", Value::Rows(vec![values(&[("n", Value::Number(1.0))])])),
            "a column of another kind",
        ),
    ] {
        let change = change_from(&before, &after);
        let entry = change.before.create(change.author, std::slice::from_ref(&given));
        assert!(!change.fits(&entry), "{why}");
        let taken = change.submit(&entry, change.inspector, step("take", &[])).unwrap();
        assert!(!lifts(&taken.events), "{why}");
        assert_eq!(taken.entry.revision, change.before.thing().revision, "{why}");
        assert_eq!(taken.entry.values, entry.values, "{why}: nothing is lost");
        let done = change.submit(&taken.entry, change.director, step("finish", &[])).unwrap().entry;
        assert_eq!(done.state.as_str(), "done", "{why}: it lives to its end");
        // An entry that does not hold the field fits all the same.
        assert!(change.fits(&change.before.create(change.author, &[])), "{why}");
    }
}

#[test]
fn an_entry_in_a_state_that_is_gone_lives_on_under_its_own() {
    let change = change(&[
        ("held = { label = \"在库\" }\n", ""),
        ("take   = { label = \"入库\", from = \"open\", to = \"held\"", "take   = { label = \"入库\", from = \"open\", to = \"done\""),
        ("back   = { label = \"退回\", from = \"held\", to = \"open\", by = \"inspector\" }\n", ""),
        ("from = [\"open\", \"held\"]", "from = \"open\""),
        ("finish = { label = \"办结\", from = \"held\", to = \"done\", by = [\"inspector\", \"director\"], not_by = \"take\" }\n", ""),
    ]);
    let entry = change.before.create(change.author, &[]);
    let taken = change.before.made(&entry, change.inspector, "take");
    assert!(change.fits(&entry) && !change.fits(&taken));
    assert_eq!(change.submit(&taken, change.director, step("finish", &[])).unwrap().entry.state.as_str(), "done");
    assert_eq!(change.submit(&entry, change.inspector, step("take", &[])).unwrap().entry.state.as_str(), "done", "today's way");
}

#[test]
fn columns_renamed_by_was_are_followed_in_every_row() {
    let table =
        |column: &str| format!("rows = {{ is = \"table\", label = \"表\", columns = {{ {column} label = \"数\" }} }} }}\nreceipt = {{ is");
    let (before, after) = (table("n = { is = \"number\","), table("count = { is = \"number\", was = [\"n\"],"));
    let change = change_from(&[("receipt = { is", &before)], &[("receipt = { is", &after)]);
    let row = |name: &str, number| values(&[(name, Value::Number(number))]);
    let entry = change.before.create(change.author, &[("rows", Value::Rows(vec![row("n", 1.0), row("n", 2.0)]))]);
    assert!(change.fits(&entry));
    let lifted = change.submit(&entry, change.inspector, step("look", &[])).unwrap().entry;
    assert_eq!(lifted.values["rows"], Value::Rows(vec![row("count", 1.0), row("count", 2.0)]));
}

#[test]
fn a_requirement_added_later_binds_edits_and_no_move_that_does_not_ask_for_it() {
    let change = change(&[("label = \"金额\",", "label = \"金额\", required = true,")]);
    let entry = change.before.create(change.author, &[]);
    assert!(change.submit(&entry, change.inspector, step("take", &[])).is_ok(), "an old entry is not stuck");
    assert_eq!(code(change.submit(&entry, change.author, edit(&[("made_on", crate::house::day("2026-03-01"))]))), "missing");
    assert!(change.submit(&entry, change.author, edit(&[("value", Value::Fen(1))])).is_ok());
}

#[test]
fn a_shorter_deadline_counts_from_the_lift_on_and_keeps_what_was_granted() {
    let deadline = "work = { label = \"办理\", after = \"created\", within = \"5w\", until = \"done\", extend = { by = \"inspector\", approve = \"director\" } }";
    let plain = "work = { label = \"办理\", after = \"created\", within = \"3w\", until = \"done\" }";
    let change = change_from(&[(plain, deadline)], &[(plain, &deadline.replace("5w", "4w"))]);
    let entry = change.before.create(change.author, &[]);
    let ask = Act::Ask {
        deadline: "work".into(),
        ask: ClockAsk::Extend(Within::WorkingDays(2)),
        reason: Note::Sealed(crate::house::envelope(&[])),
    };
    let asked = change.before.submit(change.before.thing(), Some(&entry), Actor::Person(change.inspector), ask).unwrap().entry;
    let grant = Act::Answer { deadline: "work".into(), grant: true };
    let granted = change.before.submit(change.before.thing(), Some(&asked), Actor::Person(change.director), grant).unwrap().entry;
    assert_eq!(granted.due().map(|due| due.date().to_string()), Some("2026-03-11".into()));
    let lifted = change.submit(&granted, change.inspector, step("look", &[])).unwrap().entry;
    assert_eq!(lifted.due().map(|due| due.date().to_string()), Some("2026-03-10".into()), "four working days and the two granted");
}

#[test]
fn a_tick_lifts_nothing_when_there_is_nothing_to_tell() {
    let plain = "work = { label = \"办理\", after = \"created\", within = \"3w\", until = \"done\" }";
    let mut change = change(&[(plain, &plain.replace("3w", "2w"))]);
    let entry = change.before.create(change.author, &[]);
    let quiet = change.after.submit(change.after.thing(), Some(&entry), Actor::Clock, Act::Tick).unwrap();
    assert!(quiet.events.is_empty() && quiet.entry == entry);
    change.after.now = crate::house::at("2026-03-05T00:00");
    let told = change.after.submit(change.after.thing(), Some(&entry), Actor::Clock, Act::Tick).unwrap();
    assert!(lifts(&told.events) && told.events.len() == 3, "{:?}", told.events);
    // Under its own definition, which is how the store ticks, nothing is lifted and it is not yet late.
    change.before.now = change.after.now;
    let own = change.before.submit(change.before.thing(), Some(&entry), Actor::Clock, Act::Tick).unwrap();
    assert!(!lifts(&own.events) && own.events.len() == 1, "{:?}", own.events);
}

#[test]
fn every_act_lifts_alike() {
    let change = change(&[("label = \"入库\"", "label = \"接收\"")]);
    let sealed = || Note::Sealed(crate::house::envelope(&[]));
    let entry = change.before.create(change.author, &[]);
    for act in [
        Act::Note { note: sealed(), level: Level::Handlers, message: None, files: Vec::new() },
        Act::Assign { to: change.inspector, note: None },
        Act::Recuse { person: change.director, reason: None },
        edit(&[("value", Value::Fen(1))]),
        step("look", &[]),
    ] {
        let decision = change.submit(&entry, change.inspector, act.clone()).unwrap_or_else(|refusal| panic!("{act:?}: {refusal}"));
        assert!(lifts(&decision.events), "{act:?}");
        assert_eq!(decision.entry.version, entry.version + 2, "{act:?}");
    }
}

/// Today's shipped registers over a life of yesterday's: a field is added to each and the entries go on.
#[test]
fn entries_of_every_shipped_register_survive_a_site_adding_a_field() {
    let mut house = crate::script::peopled();
    let shipped = house.catalogue.clone();
    let over = shipped
        .registers
        .values()
        .map(|register| {
            let path = format!("registers/{}/{}.toml", register.area, register.name);
            (path, "[fields]\nadded_here = { is = \"text\", label = { zh = \"补充\", en = \"Added\" } }\n".to_owned())
        })
        .collect();
    let site = catalogue::Catalogue::load(&catalogue::embedded(), Some(&over)).unwrap_or_else(|faults| panic!("{faults:?}"));
    for register in shipped.registers.values() {
        let newer = site.register(register.name.as_str()).unwrap();
        assert_ne!(newer.revision, register.revision);
        let script: Vec<crate::script::Step> = (0..40).map(|at: u16| [at, at * 7, at * 31, 0, 1, at]).collect();
        let entry = match crate::script::live(&mut house, register, &script).entry {
            Some(entry) => entry,
            None => house.submit(register, None, Actor::System, creation(&[])).unwrap().entry,
        };
        assert!(lift::fits(register, newer, &entry), "{}", register.name);
        let act = Act::Edit {
            set: [("added_here".into(), Some(Value::Text("新".into())))].into_iter().collect(),
            sealed: None,
            barred: Vec::new(),
            reason: None,
        };
        let edited = house.submit(newer, Some(&entry), Actor::System, act);
        let note = if register.seals_notes() { Note::Sealed(crate::house::envelope(&[])) } else { Note::Plain("好".to_owned()) };
        let noted = house
            .submit(newer, Some(&entry), Actor::System, Act::Note { note, level: Level::Handlers, message: None, files: Vec::new() })
            .unwrap_or_else(|refusal| panic!("{}: {refusal}", register.name));
        assert_eq!((noted.entry.revision, noted.entry.values), (newer.revision.clone(), entry.values.clone()), "{}", register.name);
        if let Ok(edited) = edited {
            assert_eq!(edited.entry.values["added_here"], Value::Text("新".into()));
        }
    }
}
