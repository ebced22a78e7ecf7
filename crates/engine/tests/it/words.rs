//! The words of the chains: none is missing from the lists that give each its words in both languages.

use engine::{ContentDeed, Deed, Fact, Level, Note};
use std::collections::BTreeSet;

#[test]
fn every_deed_about_an_account_is_listed() {
    // The reader of events names every deed it knows.
    let known = serde_json::from_str::<Deed>("\"none\"").expect_err("there is no such deed").to_string();
    let known: BTreeSet<String> = known.split('`').skip(3).step_by(2).map(|deed| format!("account_{deed}")).collect();
    assert_eq!(Deed::ALL.iter().map(|deed| deed.word().to_owned()).collect::<BTreeSet<_>>(), known);
}

#[test]
fn every_event_that_is_no_move_says_a_listed_word() {
    // A new kind of event does not compile here before somebody thought of its word.
    let listed = |fact: &Fact| match fact {
        Fact::Moved { .. } => false,
        Fact::Identity(deed) => engine::IdentityDeed::WORDS.contains(&deed.word()),
        Fact::Content(deed) => ContentDeed::WORDS.contains(&deed.word()),
        Fact::Account(done) => Deed::ALL.iter().any(|deed| deed.word() == done.deed.word()),
        Fact::Created { .. }
        | Fact::Edited { .. }
        | Fact::Noted { .. }
        | Fact::Set { .. }
        | Fact::Assigned { .. }
        | Fact::Recused { .. }
        | Fact::ClockAsked { .. }
        | Fact::ClockAnswered { .. }
        | Fact::ClockResumed { .. }
        | Fact::ClockTold { .. }
        | Fact::EraseAsked { .. }
        | Fact::EraseDeclined
        | Fact::Erased { .. }
        | Fact::Lifted { .. } => Fact::VERBS.contains(&fact.verb()),
    };
    let note = || Note::Plain(String::new());
    let tag = engine::Tag([0; 16]);
    let clock = || catalogue::DeadlineName::new("verify");
    let answered = |granted| Fact::ClockAnswered { deadline: clock(), ask: engine::ClockAsk::Suspend, granted };
    let rest = || engine::erasure::Rest {
        number: String::new(),
        state: "shut".into(),
        created: engine::Moment(0),
        version: 1,
        values: Default::default(),
        entered: Default::default(),
        made: Default::default(),
        barred: Default::default(),
        past: Vec::new(),
        handed: Vec::new(),
    };
    let told: Vec<Fact> = vec![
        Fact::Edited { set: Default::default(), sealed: None, barred: Vec::new(), reason: None },
        Fact::Noted { note: note(), level: Level::Handlers, message: None, files: Vec::new() },
        Fact::Set { set: Default::default() },
        Fact::Assigned { to: None, note: None },
        Fact::Recused { tag, reason: None },
        Fact::ClockAsked { deadline: clock(), ask: engine::ClockAsk::Suspend, reason: note() },
        answered(true),
        answered(false),
        Fact::ClockResumed { deadline: clock() },
        Fact::ClockTold { deadline: clock(), level: 0 },
        Fact::Lifted { from: catalogue::Revision::new("r") },
        Fact::EraseAsked { reason: note() },
        Fact::EraseDeclined,
        Fact::Erased { ground: engine::erasure::Ground::Over, asked_by: None, rest: rest() },
    ];
    assert!(told.iter().all(listed), "{:?}", told.iter().map(Fact::verb).collect::<Vec<_>>());
    // Creation is one more.
    assert_eq!(told.len() + 1, Fact::VERBS.len());
}
