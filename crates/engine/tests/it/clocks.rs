//! The arithmetic of deadlines: where a clock starts, when it is due, what stops, holds and stretches it.

use crate::house::{House, at, day, edit, set};
use catalogue::Catalogue;
use catalogue::register::Within;
use engine::{Act, Actor, Clock, ClockAsk, Entry, Fact, Moment, Note, PersonId, Value, clock};

const WORK: &str = "work = { label = \"办理\", after = \"created\", within = \"3w\", until = \"done\" }";

fn with(deadline: &str) -> House {
    House::with(&[(WORK, deadline)])
}

fn people(house: &mut House) -> [PersonId; 3] {
    [house.person("员", &["staff"], "内科"), house.person("检", &["inspector"], "纪检"), house.person("领", &["director"], "院办")]
}

fn work(entry: &Entry) -> &Clock {
    entry.clocks.get("work").unwrap_or_else(|| panic!("no clock runs: {:?}", entry.clocks))
}

/// When a span from a moment ends, on the shipped calendar.
fn ends(start: &str, span: Within) -> Moment {
    clock::after(at(start), &span, &Catalogue::embedded().calendar)
}

#[test]
fn hours_run_through_nights_and_holidays() {
    assert_eq!(ends("2026-03-02T09:30", Within::Hours(24)), at("2026-03-03T09:30"));
    assert_eq!(ends("2021-09-30T23:59:59.999", Within::Hours(48)), at("2021-10-02T23:59:59.999"));
}

#[test]
fn days_run_to_the_end_of_their_last_day() {
    assert_eq!(ends("2026-03-02T00:00", Within::Days(1)), at("2026-03-03T23:59:59.999"));
    assert_eq!(ends("2026-03-02T23:59", Within::Days(1)), at("2026-03-03T23:59:59.999"));
    assert_eq!(ends("2024-02-28T09:00", Within::Days(2)), at("2024-03-01T23:59:59.999"), "a leap day counts");
    assert_eq!(ends("2026-03-02T09:00", Within::Days(0)), at("2026-03-02T23:59:59.999"));
}

#[test]
fn working_days_count_make_up_days() {
    // National Day 2021: free 1–7 October, worked Saturday 9 October.
    assert_eq!(ends("2021-09-30T09:00", Within::WorkingDays(1)), at("2021-10-08T23:59:59.999"));
    assert_eq!(ends("2021-09-30T09:00", Within::WorkingDays(2)), at("2021-10-09T23:59:59.999"));
    assert_eq!(ends("2021-09-30T09:00", Within::WorkingDays(3)), at("2021-10-11T23:59:59.999"));
    // Spring Festival 2026: the same count, another length.
    assert_eq!(ends("2026-03-06T18:00", Within::WorkingDays(1)), at("2026-03-09T23:59:59.999"), "a Friday's next is Monday");
}

#[test]
fn months_keep_the_day_or_take_the_last() {
    assert_eq!(ends("2026-01-31T09:00", Within::Months(1)), at("2026-02-28T23:59:59.999"));
    assert_eq!(ends("2024-01-31T09:00", Within::Months(1)), at("2024-02-29T23:59:59.999"));
    assert_eq!(ends("2026-01-31T09:00", Within::Months(2)), at("2026-03-31T23:59:59.999"), "the short month between does not shorten it");
    assert_eq!(ends("2026-08-31T09:00", Within::Months(6)), at("2027-02-28T23:59:59.999"));
    assert_eq!(ends("2026-12-15T09:00", Within::Months(1)), at("2027-01-15T23:59:59.999"));
}

#[test]
fn a_clock_is_late_one_millisecond_after_its_time() {
    let mut house = with(WORK);
    let [staff, ..] = people(&mut house);
    let entry = house.create(staff, &[]);
    let due = work(&entry).due;
    assert_eq!(due, at("2026-03-05T23:59:59.999"));
    assert!(!entry.is_overdue(due));
    assert!(entry.is_overdue(Moment(due.0 + 1)));
    assert_eq!(entry.due(), Some(due));
}

#[test]
fn a_date_counts_from_its_end_and_what_was_done_that_day_is_in_time() {
    let mut house = with("work = { label = \"办理\", after = \"made_on\", within = \"24h\", until = \"held\" }");
    let [staff, inspector, _] = people(&mut house);
    let entry = house.create(staff, &[("made_on", day("2026-03-02"))]);
    assert_eq!(work(&entry).due, at("2026-03-03T23:59:59.999"), "hours run from the end of the day");
    house.now = at("2026-03-02T10:00");
    let taken = house.made(&entry, inspector, "take");
    assert_eq!(work(&taken).met, Some(house.now));
    assert!(!work(&taken).was_late());
}

#[test]
fn a_moment_counts_from_itself() {
    let mut house = with("work = { label = \"办理\", after = \"made_at\", within = \"24h\", until = \"held\" }");
    let [staff, ..] = people(&mut house);
    let entry = house.create(staff, &[("made_at", Value::Moment(at("2026-03-01T15:20")))]);
    assert_eq!(work(&entry).due, at("2026-03-02T15:20"));
    // No date, no clock; the date put in later starts it, and another date moves it.
    let bare = house.create(staff, &[]);
    assert!(bare.clocks.is_empty());
    let dated = house
        .submit(house.thing(), Some(&bare), Actor::Person(staff), edit(&[("made_at", Value::Moment(at("2026-03-02T08:00")))]))
        .unwrap()
        .entry;
    assert_eq!(work(&dated).due, at("2026-03-03T08:00"));
}

#[test]
fn a_clock_may_run_to_a_day_of_the_entry() {
    let mut house = with("work = { label = \"办理\", after = \"created\", within = { field = \"due_on\" }, until = \"done\" }");
    let [staff, ..] = people(&mut house);
    let entry = house.create(staff, &[("due_on", day("2026-04-01"))]);
    assert_eq!(work(&entry).due, at("2026-04-01T23:59:59.999"));
    assert!(house.create(staff, &[]).clocks.is_empty(), "without the day there is nothing to run to");
}

#[test]
fn a_condition_decides_whether_the_clock_exists() {
    let mut house = with("work = { label = \"办理\", after = \"created\", within = \"3w\", until = \"done\", if = \"value >= 1000\" }");
    let [staff, ..] = people(&mut house);
    assert!(house.create(staff, &[("value", Value::Fen(99_999))]).clocks.is_empty());
    let entry = house.create(staff, &[("value", Value::Fen(100_000))]);
    assert_eq!(entry.clocks.len(), 1);
    let lowered = house.submit(house.thing(), Some(&entry), Actor::Person(staff), edit(&[("value", Value::Fen(1))])).unwrap().entry;
    assert!(lowered.clocks.is_empty());
}

#[test]
fn what_is_met_stays_met_and_late_is_remembered() {
    let mut house = with("work = { label = \"办理\", after = \"created\", within = \"24h\", until = \"held\" }");
    let [staff, inspector, _] = people(&mut house);
    let entry = house.create(staff, &[]);
    house.now = at("2026-03-03T09:00");
    let in_time = house.made(&entry, inspector, "take");
    assert!(!work(&in_time).was_late(), "the last millisecond is in time");
    house.now = at("2026-03-03T09:00:00.001");
    let late = house.made(&entry, inspector, "take");
    assert!(work(&late).was_late() && !late.is_overdue(house.now));
    let back = house.made(&late, inspector, "back");
    assert_eq!(work(&back).met, work(&late).met, "going back does not unmeet it");
}

#[test]
fn an_entry_that_has_ended_waits_for_nothing() {
    let mut house = with(
        "work = { label = \"办理\", after = \"created\", within = \"3w\", until = \"back\" }\nafter = { label = \"归档\", after = \"done\", within = \"3w\", until = \"back\" }",
    );
    let [staff, inspector, director] = people(&mut house);
    let taken = house.made(&house.create(staff, &[]), inspector, "take");
    house.now = at("2026-03-03T09:00");
    let done = house.made(&taken, director, "finish");
    assert_eq!(work(&done).met, Some(house.now), "nobody listed this way out, yet the clock stops");
    assert!(done.clocks["after"].is_running(), "a clock that begins with the end runs on");
    assert!(!taken.clocks["work"].was_late() && taken.clocks["work"].is_running());
}

#[test]
fn a_clock_met_too_late_tells_once_though_it_never_ticked() {
    let mut house =
        with("work = { label = \"办理\", after = \"created\", within = \"24h\", until = \"held\", late = [\"tell director\"] }");
    let [staff, inspector, director] = people(&mut house);
    let entry = house.create(staff, &[]);
    house.now = at("2026-03-04T09:00");
    let late = house.make(&entry, inspector, "take").unwrap();
    assert!(told(&late.consequences).contains(&director), "{:?}", late.consequences);
    let again = house.make(&late.entry, inspector, "look").unwrap();
    assert!(told(&again.consequences).is_empty());
}

fn told(consequences: &[engine::Consequence]) -> Vec<PersonId> {
    let people = consequences.iter().filter_map(|one| match one {
        engine::Consequence::Tell { people, .. } => Some(people.clone()),
        _ => None,
    });
    people.flatten().collect()
}

#[test]
fn order_within_one_millisecond_is_kept() {
    // Entering `held` starts the clock and `back` stops it: at one and the same moment, in this order.
    let mut house = with("work = { label = \"办理\", after = \"held\", within = \"1w\", until = \"back\" }");
    let [staff, inspector, _] = people(&mut house);
    let entry = house.create(staff, &[]);
    let taken = house.made(&entry, inspector, "take");
    let back = house.made(&taken, inspector, "back");
    assert_eq!(work(&back).met, Some(house.now));
    // Taken again within the same millisecond: the earlier `back` does not meet the new clock.
    let again = house.made(&back, inspector, "take");
    assert_eq!(work(&again).met, None, "{:?}", again.made);
    assert!(work(&again).is_running());
}

#[test]
fn a_clock_begins_anew_when_its_state_is_entered_again() {
    let mut house = with("work = { label = \"办理\", after = \"held\", within = \"1w\", until = \"done\", late = [\"tell director\"] }");
    let [staff, inspector, _] = people(&mut house);
    let entry = house.create(staff, &[]);
    let taken = house.made(&entry, inspector, "take");
    house.now = at("2026-03-10T09:00");
    let told = house.tick(&taken).entry;
    assert!(told.is_overdue(house.now) && !work(&told).told.is_empty());
    let back = house.made(&told, inspector, "back");
    let again = house.made(&back, inspector, "take");
    assert_eq!(work(&again).due, at("2026-03-11T23:59:59.999"));
    assert!(work(&again).told.is_empty() && !again.is_overdue(house.now));
}

const PERMITS: &str = "work = { label = \"办理\", after = \"created\", within = \"3w\", until = \"done\", suspend = { by = \"inspector\", approve = \"director\" }, extend = { by = \"inspector\", approve = \"director\", most = \"5w\", times = 1 } }";

fn ask(what: ClockAsk) -> Act {
    Act::Ask { deadline: "work".into(), ask: what, reason: Note::Sealed(crate::house::envelope(&[])) }
}

fn answer(grant: bool) -> Act {
    Act::Answer { deadline: "work".into(), grant }
}

fn resume() -> Act {
    Act::Resume { deadline: "work".into() }
}

#[test]
fn a_suspended_clock_stands_still_and_runs_on_by_its_own_measure() {
    for (within, due, later) in [
        // Held from Tuesday to the Monday after: four working days stood still.
        ("3w", "2026-03-05T23:59:59.999", "2026-03-11T23:59:59.999"),
        ("3d", "2026-03-05T23:59:59.999", "2026-03-11T23:59:59.999"),
        ("100h", "2026-03-06T13:00", "2026-03-12T13:00"),
    ] {
        let mut house = with(&PERMITS.replace("\"3w\"", &format!("\"{within}\"")));
        let [staff, inspector, director] = people(&mut house);
        let submit =
            |house: &House, entry: &Entry, who, act| house.submit(house.thing(), Some(entry), Actor::Person(who), act).unwrap().entry;
        let entry = house.create(staff, &[]);
        assert_eq!(work(&entry).due, at(due), "{within}");
        house.now = at("2026-03-03T10:00");
        let asked = submit(&house, &entry, inspector, ask(ClockAsk::Suspend));
        assert!(work(&asked).is_running(), "asking alone stops nothing");
        let held = submit(&house, &asked, director, answer(true));
        assert!(!work(&held).is_running() && !held.is_overdue(at("2026-05-01T00:00")), "{within}");
        house.now = at("2026-03-09T10:00");
        let runs = submit(&house, &held, inspector, resume());
        assert_eq!(work(&runs).due, at(later), "{within}");
    }
}

#[test]
fn an_extension_needs_another_person_and_has_its_bounds() {
    let mut house = with(PERMITS);
    let [staff, inspector, director] = people(&mut house);
    let both = house.person("兼", &["inspector", "director"], "院办");
    let entry = house.create(staff, &[]);
    let try_it = |entry: &Entry, who, act| house.submit(house.thing(), Some(entry), Actor::Person(who), act);
    let word = |result: Result<engine::Decision, engine::Refusal>| crate::house::code(result);
    assert_eq!(word(try_it(&entry, director, ask(ClockAsk::Extend(Within::WorkingDays(5))))), "not_allowed");
    assert_eq!(word(try_it(&entry, inspector, ask(ClockAsk::Extend(Within::WorkingDays(6))))), "limit");
    assert_eq!(word(try_it(&entry, inspector, ask(ClockAsk::Extend(Within::Days(u32::MAX))))), "limit");
    assert_eq!(word(try_it(&entry, inspector, ask(ClockAsk::Extend(Within::Field("due_on".into()))))), "limit");
    assert_eq!(word(try_it(&entry, inspector, resume())), "wrong_state");
    assert_eq!(word(try_it(&entry, director, answer(true))), "nothing_asked");
    let asked = try_it(&entry, both, ask(ClockAsk::Extend(Within::WorkingDays(5)))).unwrap().entry;
    assert_eq!(word(try_it(&asked, inspector, ask(ClockAsk::Suspend))), "already_asked");
    assert_eq!(word(try_it(&asked, both, answer(true))), "self_approval");
    assert_eq!(word(try_it(&asked, inspector, answer(true))), "not_allowed");
    let refused = try_it(&asked, director, answer(false)).unwrap().entry;
    assert_eq!(work(&refused).due, work(&entry).due);
    let asked = try_it(&refused, both, ask(ClockAsk::Extend(Within::WorkingDays(5)))).unwrap().entry;
    let longer = try_it(&asked, director, answer(true)).unwrap().entry;
    assert_eq!(work(&longer).due, at("2026-03-12T23:59:59.999"));
    assert_eq!(word(try_it(&longer, inspector, ask(ClockAsk::Extend(Within::WorkingDays(1))))), "limit", "once is once");
}

#[test]
fn a_request_does_not_outlive_its_clock() {
    let mut house = with(&PERMITS.replace("\"created\"", "\"held\"").replace("until = \"done\"", "until = \"open\""));
    let [staff, inspector, director] = people(&mut house);
    let submit = |entry: &Entry, who, act| house.submit(house.thing(), Some(entry), Actor::Person(who), act);
    let taken = house.made(&house.create(staff, &[]), inspector, "take");
    let asked = submit(&taken, inspector, ask(ClockAsk::Suspend)).unwrap().entry;
    let back = house.made(&asked, inspector, "back");
    assert!(back.asks.is_empty(), "{:?}", back.asks);
    let again = house.made(&back, inspector, "take");
    assert_eq!(crate::house::code(submit(&again, director, answer(true))), "nothing_asked");
    assert!(submit(&again, inspector, ask(ClockAsk::Suspend)).is_ok(), "the new clock can be asked of");
}

#[test]
fn each_level_is_told_once_and_in_order() {
    let mut house = with(
        "work = { label = \"办理\", after = \"created\", within = \"3w\", until = \"done\", soon = \"1w\", late = [\"remind inspector\"], escalate = { \"2w\" = [\"tell director\"] } }",
    );
    let [staff, inspector, director] = people(&mut house);
    let entry = house.create(staff, &[("keeper", Value::Person(staff))]);
    let mut levels = |entry: &Entry, when: &str| {
        house.now = at(when);
        let decision = house.tick(entry);
        let levels: Vec<u8> = decision
            .events
            .iter()
            .filter_map(|event| match event.fact {
                Fact::ClockTold { level, .. } => Some(level),
                _ => None,
            })
            .collect();
        (levels, told(&decision.consequences), decision.entry)
    };
    // Due on Thursday the 5th; amber from Wednesday on.
    let (none, _, same) = levels(&entry, "2026-03-03T23:59:59.999");
    assert!(none.is_empty() && same == entry, "nothing to tell is no event at all");
    let (soon, people_told, entry) = levels(&entry, "2026-03-04T00:00");
    assert_eq!((soon, people_told), (vec![0], vec![staff]), "the owner is reminded");
    assert_eq!(levels(&entry, "2026-03-05T23:59:59.999").0, Vec::<u8>::new());
    let (late, people_told, after) = levels(&entry, "2026-03-06T00:00");
    assert_eq!((late, people_told), (vec![1], vec![inspector]));
    let (escalated, people_told, after) = levels(&after, "2026-03-10T00:00");
    assert_eq!((escalated, people_told), (vec![2], vec![director]));
    assert!(levels(&after, "2027-01-01T00:00").0.is_empty());
    // Whoever looks only then hears everything at once, in order.
    assert_eq!(levels(&entry, "2026-03-10T00:00").0, [1, 2]);
}

#[test]
fn the_next_tick_is_the_moment_something_is_told() {
    let mut house = with(
        "work = { label = \"办理\", after = \"created\", within = \"3w\", until = \"done\", soon = \"1w\", escalate = { \"2w\" = [\"tell director\"] } }",
    );
    let [staff, inspector, director] = people(&mut house);
    let mut entry = house.create(staff, &[]);
    let deadline = house.thing().deadlines["work"].clone();
    let mut ticks = Vec::new();
    while let Some(next) = clock::next_tick(&deadline, work(&entry), &house.catalogue.calendar) {
        house.now = Moment(next.0 - 1);
        assert!(house.tick(&entry).events.is_empty(), "a millisecond before there is nothing to tell");
        house.now = next;
        entry = house.tick(&entry).entry;
        ticks.push(next);
    }
    assert_eq!(ticks, [at("2026-03-04T00:00"), at("2026-03-06T00:00"), at("2026-03-10T00:00")]);
    let taken = house.made(&entry, inspector, "take");
    let done = house.made(&taken, director, "finish");
    assert_eq!(clock::next_tick(&deadline, work(&done), &house.catalogue.calendar), None, "a met clock never wakes");
}

#[test]
fn a_reminder_makes_no_form_stale() {
    let mut house = with(WORK);
    let [staff, ..] = people(&mut house);
    let entry = house.create(staff, &[]);
    house.now = at("2026-03-06T09:00");
    let told = house.tick(&entry).entry;
    assert_eq!(told.version, entry.version);
    let act = Act::Edit { set: set(&[("value", Value::Fen(5))]), sealed: None, barred: Vec::new(), reason: None };
    assert!(house.submit_seen(house.thing(), Some(&told), Actor::Person(staff), act, Some(entry.version)).is_ok());
}

#[test]
fn a_deadline_in_a_year_not_published_is_named() {
    let mut house = with("work = { label = \"办理\", after = \"created\", within = \"15w\", until = \"done\" }");
    let [staff, ..] = people(&mut house);
    house.now = at("2026-12-21T09:00");
    let entry = house.create(staff, &[]);
    assert_eq!(clock::unpublished_year(house.thing(), &house.catalogue.calendar, &entry), Some(2027));
    house.now = at("2026-11-02T09:00");
    let entry = house.create(staff, &[]);
    assert_eq!(clock::unpublished_year(house.thing(), &house.catalogue.calendar, &entry), None);
}

#[test]
fn a_reason_once_written_as_bare_words_still_reads() {
    let old = r#"{"fact":"clock_asked","deadline":"work","ask":"suspend","reason":"设备检修"}"#;
    let fact: Fact = serde_json::from_str(old).unwrap();
    assert_eq!(fact, Fact::ClockAsked { deadline: "work".into(), ask: ClockAsk::Suspend, reason: Note::Plain("设备检修".to_owned()) });
    let kept = serde_json::to_string(&fact).unwrap();
    assert_eq!(serde_json::from_str::<Fact>(&kept).unwrap(), fact);
}

const WATCH: &str =
    "work = { label = \"停滞\", after = \"changed\", within = \"3w\", if = \"state = 'open'\", late = [\"tell director\"] }";

#[test]
fn a_watch_starts_anew_with_every_act_of_a_person_and_presses_nobody() {
    let mut house = with(WATCH);
    let [staff, ..] = people(&mut house);
    let entry = house.create(staff, &[]);
    assert_eq!(work(&entry).due, at("2026-03-05T23:59:59.999"));
    assert_eq!(entry.due(), None, "nobody's time runs out with it");
    house.now = at("2026-03-04T09:00");
    let noted = Act::Note { note: Note::Sealed(crate::house::envelope(&[])), level: Default::default(), message: None, files: Vec::new() };
    let noted = house.submit(house.thing(), Some(&entry), Actor::Person(staff), noted).unwrap().entry;
    assert_eq!(work(&noted).due, at("2026-03-09T23:59:59.999"), "a note is an act");
    house.now = at("2026-03-05T09:00");
    let edited = house.submit(house.thing(), Some(&noted), Actor::Person(staff), edit(&[("value", Value::Fen(5))])).unwrap().entry;
    assert_eq!(work(&edited).due, at("2026-03-10T23:59:59.999"), "so is a correction");
    let inspector = house.person("再检", &["inspector"], "纪检");
    let given = house.submit(house.thing(), Some(&edited), Actor::Person(inspector), Act::Assign { to: inspector, note: None }).unwrap();
    assert_eq!(given.entry.acted, edited.acted, "another hand is none");
    let moved = house.submit(house.thing(), Some(&edited), Actor::Effect(Some(inspector)), crate::house::step("take", &[])).unwrap();
    assert_eq!(moved.entry.acted, edited.acted, "nor what an effect moves");
    house.now = at("2026-03-11T00:10");
    let told = house.submit(house.thing(), Some(&edited), Actor::Clock, Act::Tick).unwrap().entry;
    assert_eq!(work(&told).told.len(), 2, "soon and late");
    assert!(!told.is_overdue(house.now) && told.acted == edited.acted, "what a clock says is no act and makes nothing late");
    let quiet = house.submit(house.thing(), Some(&told), Actor::Clock, Act::Tick).unwrap();
    assert!(quiet.events.is_empty(), "said once");
}

#[test]
fn a_watch_sleeps_while_another_clock_is_held_by_leave() {
    let held = "duty = { label = \"办理\", after = \"created\", within = \"9w\", until = \"done\", suspend = { by = \"inspector\", approve = \"director\" } }";
    let mut house = with(&format!("{WATCH}\n{held}"));
    let [staff, inspector, director] = people(&mut house);
    let entry = house.create(staff, &[]);
    let ask = Act::Ask { deadline: "duty".into(), ask: ClockAsk::Suspend, reason: Note::Sealed(crate::house::envelope(&[])) };
    let asked = house.submit(house.thing(), Some(&entry), Actor::Person(inspector), ask).unwrap().entry;
    assert!(asked.clocks.contains_key("work"), "asking is not yet leave");
    let grant = Act::Answer { deadline: "duty".into(), grant: true };
    let held = house.submit(house.thing(), Some(&asked), Actor::Person(director), grant).unwrap().entry;
    assert!(!held.clocks.contains_key("work"));
    house.now = at("2026-04-01T09:00");
    let resumed =
        house.submit(house.thing(), Some(&held), Actor::Person(inspector), Act::Resume { deadline: "duty".into() }).unwrap().entry;
    assert_eq!(work(&resumed).start, house.now, "and begins anew with what goes on");
}

#[test]
fn leave_ends_by_itself_and_what_stands_still_wakes() {
    for (most, last) in [("", "2026-05-01T23:59:59.999"), (", most = \"20d\"", "2026-03-22T23:59:59.999")] {
        let held = format!(
            "duty = {{ label = \"办理\", after = \"created\", within = \"9w\", until = \"done\", suspend = {{ by = \"inspector\", approve = \"director\"{most} }} }}"
        );
        let mut house = with(&format!("{WATCH}\n{held}"));
        let [staff, inspector, director] = people(&mut house);
        let entry = house.create(staff, &[]);
        let ask = Act::Ask { deadline: "duty".into(), ask: ClockAsk::Suspend, reason: Note::Sealed(crate::house::envelope(&[])) };
        let asked = house.submit(house.thing(), Some(&entry), Actor::Person(inspector), ask).unwrap().entry;
        let grant = Act::Answer { deadline: "duty".into(), grant: true };
        let held = house.submit(house.thing(), Some(&asked), Actor::Person(director), grant).unwrap().entry;
        let (deadline, calendar) = (&house.thing().deadlines["duty"], &house.catalogue.calendar);
        let next = clock::next_tick(deadline, &held.clocks["duty"], calendar);
        assert_eq!(next, Some(Moment(at(last).0 + 1)), "{most}");
        house.now = at(last);
        assert!(house.tick(&held).events.is_empty(), "not before its last moment is over");
        house.now = next.unwrap();
        let over = house.tick(&held);
        assert!(over.entry.clocks["duty"].is_running());
        let resumed = |one: &engine::Consequence| matches!(one, engine::Consequence::Tell { people, duty: true, why, .. } if why == "resumed:duty" && people.contains(&director));
        assert!(over.consequences.iter().any(resumed), "{:?}", over.consequences);
        // Nobody did anything: the watch goes on from the last act, and speaks at once.
        assert_eq!((work(&over.entry).start, work(&over.entry).told.len()), (work(&entry).start, 2));
        assert!(house.tick(&over.entry).events.is_empty(), "said once");
    }
}
