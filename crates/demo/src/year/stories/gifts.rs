//! Gifts handed in, refused or returned, and what staff disclose of their own accord.

use super::super::cast::Member;
use super::super::script::{Fields, Give, Script, Slot, Story, Who, date, flag, item, items, moment, number, people, person, text, yuan};
use super::super::tables::{self, Row};
use super::Common;

pub(super) fn tell(script: &mut Script<'_>, common: &Common) {
    for row in tables::gifts() {
        let mut story = script.story(row.number(0));
        story.any_time(0);
        let gift = register(&mut story, &row, common);
        story.stop_after(row.raw(11));
        match row.text(2) {
            "handed_in" => handed_in(&mut story, &row, gift),
            "accepted" => kept(&mut story, &row, gift),
            _ => recorded(&mut story, gift),
        }
    }
}

fn register(story: &mut Story<'_, '_>, row: &Row, common: &Common) -> Slot {
    let member = story.member(row.text(1));
    // What is registered later than a day after needs a reason.
    let (hours, late) = row.text(10).strip_prefix("迟交：").map_or((3, None), |reason| (52, Some(reason)));
    let received = engine::Moment(story.at().0 - hours * 3_600_000);
    let company = row.text(3) == "company";
    let mut goods: Fields = vec![("form", item(row.text(7))), ("count", number(1)), ("amount", yuan(row.number(8)))];
    if row.text(7) != "cash" && row.text(7) != "transfer" {
        goods.push(("estimated", flag(true)));
        goods.push(("description", text("按市价估值")));
    }
    let mut fields: Fields = vec![
        ("receiver", person(member.id)),
        ("unit", Give::Value(engine::Value::Unit(story.cast().units[member.unit]))),
        ("act", item(row.text(2))),
        ("received_at", moment(received)),
        ("place", text(row.text(9))),
        ("stage", item(row.text(4))),
        ("manner", item(row.text(5))),
        ("awareness", item(row.text(6))),
        ("giver_kind", item(row.text(3))),
        ("goods", Give::Rows(vec![goods])),
        ("statement", text(row.text(10))),
    ];
    fields.extend(late.map(|reason| ("late_reason", text(reason))));
    match row.text(3) {
        "unknown" => {}
        "company" => fields.push(("giver", text("示例企业人员"))),
        _ => fields.push(("giver", text("示例患方（姓名略）"))),
    }
    if company && let Some(supplier) = common.suppliers.first() {
        fields.push(("supplier", Give::Supplier(*supplier)));
    }
    // What somebody kept is registered by whoever established it.
    let by = if row.text(2) == "accepted" { story.by("inspector2") } else { Who::Person(member.id) };
    story.create(by, "gift", fields)
}

/// Accepted and kept: the penalty is entered, then the entry is closed.
fn kept(story: &mut Story<'_, '_>, row: &Row, gift: Slot) {
    let inspector = story.by("inspector");
    story.on(3);
    let penalty = vec![("penalty", items(&["criticism", "file", "performance"])), ("penalty_no", text(format!("CL{:04}", -row.number(0))))];
    story.make(inspector.clone(), gift, "penalise", penalty);
    story.on(5);
    story.make(inspector, gift, "record", Vec::new());
}

/// Verified, countersigned, then back to the patient or to the treasury.
fn handed_in(story: &mut Story<'_, '_>, row: &Row, gift: Slot) {
    let (inspector, finance) = (story.by("inspector"), story.by("finance"));
    let serial = -row.number(0);
    story.on(1);
    let fields = vec![("counted_value", yuan(row.number(8))), ("seal_no", text(format!("FC{serial:04}")))];
    story.make(inspector.clone(), gift, "accept", fields);
    story.on(2);
    story.make(finance.clone(), gift, "countersign", vec![("receipt_no", text(format!("SJ{serial:04}")))]);
    let from_patient = matches!(row.text(3), "patient" | "family");
    story.on(9);
    let disposal = if from_patient { "account" } else { "treasury" };
    let fields = vec![("disposal", item(disposal)), ("disposed_on", date(story.today())), ("disposal_no", text(format!("PZ{serial:04}")))];
    story.make(finance, gift, if from_patient { "refund" } else { "remit" }, fields);
    if from_patient {
        story.on(13);
        let fields = vec![("confirmed_on", date(story.today())), ("reward", items(&["praise", "points"])), ("points", number(2))];
        story.make(inspector, gift, "confirm", fields);
    }
}

fn recorded(story: &mut Story<'_, '_>, gift: Slot) {
    let conduct = story.by("conduct");
    story.on(2);
    story.make(conduct, gift, "record", vec![("reward", items(&["praise"])), ("points", number(1))]);
}

pub(super) fn disclosures(script: &mut Script<'_>) {
    for row in tables::disclosures() {
        let mut story = script.story(row.number(0));
        story.on(0);
        let member: &Member = story.member(row.text(1));
        let mut fields: Fields = vec![
            ("discloser", person(member.id)),
            ("unit", Give::Value(engine::Value::Unit(story.cast().units[member.unit]))),
            ("disclosed_at", moment(story.at())),
            ("focus", item(row.text(2))),
            ("matters", number(row.number(3))),
            ("content", text(row.text(7))),
            ("money", yuan(row.number(4))),
            ("goods", number(row.number(5))),
        ];
        if row.number(5) > 0 {
            fields.push(("goods_text", text(row.text(6))));
        }
        if !row.text(10).is_empty() {
            fields.push(("concerned", people(vec![story.member(row.text(10)).id])));
        }
        let disclosure = story.create(Who::Person(member.id), "disclosure", fields);
        story.stop_after(row.raw(9));
        let (inspector, director) = (story.by("inspector"), story.by("director"));
        story.on(1);
        let counted = vec![
            ("counted_money", yuan(row.number(4))),
            ("counted_goods", number(row.number(5))),
            ("receipt_no", text(format!("ZD{:04}", -row.number(0)))),
        ];
        story.make(inspector.clone(), disclosure, "receive", counted);
        story.on(12);
        let basis = vec![("leniency", item(row.text(8))), ("leniency_basis", text("在组织核查前主动说明并上交。"))];
        story.make(inspector, disclosure, "assess", basis);
        story.on(18);
        story.make(director, disclosure, "approve", Vec::new());
    }
}
