//! Problems struck off, talks held, rules issued, notices given.

use super::super::script::{Fields, Give, Script, Story, Who, date, file, flag, item, number, people, person, text};
use super::super::tables;
use super::Common;

fn unit_of(story: &Story<'_, '_>, short: &str) -> (usize, Give) {
    let unit = story.cast().unit(short);
    (unit, Give::Value(engine::Value::Unit(story.cast().units[unit])))
}

fn focus(fields: &mut Fields, focus: &str) {
    if !focus.is_empty() {
        fields.push(("focus", item(focus)));
    }
}

pub(super) fn problems(script: &mut Script<'_>, common: &Common) {
    for row in tables::problems() {
        let mut story = script.story(row.number(0));
        story.on(0);
        let (unit, place) = unit_of(&story, row.text(2));
        let responsible = match (row.text(1), row.text(6)) {
            ("liaison", "medium") => story.member(&format!("{}#n", row.text(2))),
            _ => story.cast().head(unit),
        };
        // A unit's own people find what it finds itself: a ward's head nurse, an office's head.
        let author = match row.text(1) {
            "liaison" => Who::Person(story.member(&format!("{}#n", row.text(2))).id),
            login => story.by(login),
        };
        let days = row.number(7);
        let mut fields: Fields = vec![
            ("source", item(row.text(3))),
            ("kind", item(row.text(4))),
            ("campaign", Give::Link(common.campaign)),
            ("unit", place),
            ("found_on", date(story.today())),
            ("description", text(row.text(8))),
            ("risk", item(row.text(6))),
            ("responsible", person(responsible.id)),
            ("due_on", date(story.in_days(days))),
        ];
        focus(&mut fields, row.text(5));
        if matches!(row.text(3), "feedback" | "audit") {
            fields.push(("feedback_no", text(format!("示督〔{}〕{}号", story.today().year(), 5 - row.number(0) % 30))));
        }
        let problem = story.create(author, "problem", fields);
        story.stop_after(row.raw(12));
        story.on(2);
        let measure = if row.text(9).is_empty() { "明确责任人，限期整改。" } else { row.text(9) };
        story.make(Who::Owner, problem, "plan", vec![("measure", text(measure)), ("cause", text("制度执行不到位，提醒不够。"))]);
        story.on(days - days / 6);
        let done = if row.text(10).is_empty() { "已按措施整改。" } else { row.text(10) };
        let proof = file("整改佐证.txt", "示例佐证：照片、记录和台账。");
        story.make(Who::Owner, problem, "submit", vec![("done", text(done)), ("evidence", proof)]);
        story.on(days - days / 6 + 3);
        let verifier = if row.text(1) == "medical" { story.by("medical") } else { story.by("conduct") };
        // Nobody verifies in the own house.
        let verifier = if ["行风", "医务"].contains(&row.text(2)) { story.by("inspector") } else { verifier };
        story.make(verifier, problem, "verify", vec![("verified", text(row.text(11))), ("public_scope", item("hospital"))]);
    }
}

pub(super) fn talks(script: &mut Script<'_>, common: &Common) {
    for row in tables::talks() {
        let mut story = script.story(row.number(0));
        story.on(0);
        let member = story.member(row.text(2));
        let talker = match row.text(1) {
            "head" => story.cast().head(member.unit),
            login => story.cast().by_login(login).unwrap_or(member),
        };
        let second = story.cast().by_login("inspector2").map(|member| member.id);
        let by = Who::Person(talker.id);
        let fields = vec![
            ("kind", item(row.text(3))),
            ("cause", item(row.text(4))),
            ("person", person(member.id)),
            ("unit", Give::Value(engine::Value::Unit(story.cast().units[member.unit]))),
            ("topic", text(row.text(5))),
            ("campaign", Give::Link(common.campaign)),
        ];
        let talk = story.create(by.clone(), "talk", fields);
        story.stop_after(row.raw(9));
        story.on(4);
        let record = if row.text(6).is_empty() { "说明情况，提出要求。" } else { row.text(6) };
        let talkers = std::iter::once(talker.id).chain(second.filter(|second| row.text(1) == "inspector" && *second != member.id));
        let held = vec![
            ("held_on", date(story.today())),
            ("talkers", people(talkers.collect())),
            ("record", text(record)),
            ("follow_on", date(story.in_days(45))),
        ];
        story.make(by.clone(), talk, "hold", held);
        story.on(6);
        let said = if row.text(7).is_empty() { "已了解。" } else { row.text(7) };
        let promised = if row.text(8).is_empty() { "遵守规定。" } else { row.text(8) };
        story.make(Who::Person(member.id), talk, "confirm", vec![("answer", text(said)), ("commitment", text(promised))]);
        story.on(47);
        // Looking back is not the leaders' work.
        let by = if row.text(1) == "secretary" { story.by("conduct") } else { by };
        story.make(by, talk, "follow_up", vec![("follow", text("回访正常，承诺已落实。"))]);
    }
}

pub(super) fn policies(script: &mut Script<'_>, common: &Common) {
    for row in tables::policies() {
        // What is revised must have been there before.
        let earlier = (row.text(3) == "revised").then(|| {
            let mut story = script.story(-363);
            story.on(0);
            policy(&mut story, row.text(1), &row.text(2).replace("（试行）", ""), "new", None, 5, "此前的规定", None, "-")
        });
        let mut story = script.story(row.number(0));
        story.on(0);
        let about = Some((common.campaign, row.text(4)));
        policy(&mut story, row.text(1), row.text(2), row.text(3), earlier, row.number(5), row.text(6), about, row.raw(7));
    }
}

#[expect(clippy::too_many_arguments, reason = "a rule has that many properties")]
fn policy(
    story: &mut Story<'_, '_>,
    author: &str,
    title: &str,
    action: &str,
    earlier: Option<super::Slot>,
    days: i64,
    reason: &str,
    about: Option<(super::Slot, &str)>,
    stop: &str,
) -> super::Slot {
    let member = story.cast().by_login(author);
    let (director, by) = (story.by("director"), story.by(author));
    let mut fields: Fields =
        vec![("title_text", text(title)), ("action", item(action)), ("reason", text(reason)), ("due_on", date(story.in_days(days)))];
    fields.extend(member.map(|member| ("unit", Give::Value(engine::Value::Unit(story.cast().units[member.unit])))));
    if let Some((campaign, about)) = about {
        fields.push(("campaign", Give::Link(campaign)));
        focus(&mut fields, about);
    }
    fields.extend(earlier.map(|earlier| ("replaces", Give::Link(earlier))));
    let policy = story.create(by.clone(), "policy", fields);
    story.stop_after(stop);
    story.on(days / 2);
    story.make(by, policy, "submit", vec![("draft", file("制度草案.txt", "示例草案：目的、范围、职责、流程和监督。"))]);
    story.on(days - 2);
    let number = format!("示医制〔{}〕{}号", story.today().year(), 1 + days % 9 + title.chars().count() as i64);
    let issued = vec![
        ("document_no", text(number)),
        ("version", text(if earlier.is_some() { "第2版" } else { "第1版" })),
        ("issued_on", date(story.today())),
        ("effective_on", date(story.in_days(5))),
        ("review_on", date(story.in_days(300))),
    ];
    // The version it names gives way by itself.
    story.make(director, policy, "issue", issued);
    policy
}

pub(super) fn notices(script: &mut Script<'_>, common: &Common) {
    for row in tables::notices() {
        let mut story = script.story(row.number(0));
        story.on(0);
        let (by, director) = (story.by(row.text(1)), story.by("director"));
        let mut fields: Fields = vec![
            ("title_text", text(row.text(2))),
            ("kind", item(row.text(3))),
            ("scope", item(row.text(4))),
            ("anonymity", item(if row.text(4) == "public" { "hidden" } else { "unit" })),
            ("campaign", Give::Link(common.campaign)),
            ("problems", number(row.number(6))),
            ("text", text(row.text(7))),
        ];
        focus(&mut fields, row.text(5));
        let notice = story.create(by.clone(), "notice", fields);
        story.stop_after(row.raw(8));
        story.on(1);
        story.make(by, notice, "submit", Vec::new());
        story.on(3);
        let issued = vec![
            ("redacted", flag(true)),
            ("issued_on", date(story.today())),
            ("document_no", text(format!("示医通〔{}〕{}号", story.today().year(), 2 - row.number(0) % 50))),
        ];
        story.make(director, notice, "issue", issued);
    }
}
