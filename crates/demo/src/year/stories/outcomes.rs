//! What a substantiated clue leads to for a person.

use super::super::cast::Member;
use super::super::script::{Fields, Give, Slot, Story, Who, date, flag, item, items, person, text};

/// Drafts, decides, serves and uses an outcome, beginning so many days after the story's begin. `form` is `first` to `fourth`.
pub(super) fn decide(story: &mut Story<'_, '_>, days: i64, clue: Slot, member: &Member, focus: &str, form: &str, facts: &str) {
    story.on(days);
    let (inspector, director) = (story.by("inspector"), story.by("director"));
    // Personnel record no use of what concerns one of their own: a colleague does.
    let personnel = story.cast().members.iter().find(|other| other.roles.contains(&"hr") && other.id != member.id);
    let hr = personnel.map_or(Who::System, |other| Who::Person(other.id));
    let fields = of_person(story, clue, member, focus, form);
    let outcome = story.create(inspector.clone(), "outcome", fields);
    story.on(days + 1);
    story.make(inspector.clone(), outcome, "submit", vec![("facts", text(facts))]);
    story.on(days + 7);
    let mut decided: Fields =
        vec![("decided_on", date(story.today())), ("document_no", text(format!("示医纪〔{}〕{}号", story.today().year(), 10 + days % 80)))];
    let months = match form {
        "second" => 6,
        "third" => 12,
        _ => 0,
    };
    if months > 0 {
        decided.push(("until", date(story.in_days(months * 30))));
    }
    story.make(director, outcome, "decide", decided);
    story.on(days + 11);
    story.make(inspector, outcome, "serve", vec![("served_on", date(story.today()))]);
    story.on(days + 20);
    story.make(hr.clone(), outcome, "use", vec![("uses", items(&["annual", "award", "ethics"]))]);
    if months == 0 {
        story.on(days + 40);
        story.make(hr, outcome, "end", Vec::new());
    }
}

fn of_person(story: &Story<'_, '_>, clue: Slot, member: &Member, focus: &str, form: &str) -> Fields {
    let mut fields: Fields = vec![
        ("person", person(member.id)),
        ("unit", Give::Value(engine::Value::Unit(story.cast().units[member.unit]))),
        ("rank", item(member.rank)),
        ("party", flag(member.party)),
        ("official", flag(member.official)),
        ("liability", item("direct")),
        ("focus", item(focus)),
        ("clue", Give::Link(clue)),
        ("conduct_on", date(story.in_days(-120))),
        ("form", item(form)),
        // Annex 4 counts as penalties only those of people who are neither Party members nor public officials.
        ("penalty", flag(!member.party && !member.official)),
    ];
    if !member.post.is_empty() {
        fields.push(("post", text(member.post.clone())));
    }
    match (form, member.party, member.official) {
        ("first", ..) => fields.push(("first_measure", items(&["reminder", "criticism"]))),
        ("second", true, _) => fields.push(("party_sanction", item("warning"))),
        ("second", false, true) => fields.push(("official_sanction", item("demerit"))),
        ("third", true, _) => fields.push(("party_sanction", item("removal"))),
        ("third", false, true) => fields.push(("official_sanction", item("demotion"))),
        ("fourth", ..) => fields.push(("handling", items(&["judicial", "dismiss"]))),
        _ => fields.push(("staff_sanction", item("warning"))),
    }
    fields
}
