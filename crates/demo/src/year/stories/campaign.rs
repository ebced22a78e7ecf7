//! The campaign, with its six focus items, and its tasks.

use jiff::ToSpan;

use super::super::script::{Fields, Give, Script, Slot, Who, date, file, item, items, number, person, text};
use super::super::tables;
use super::Common;

const FOCUS: [&str; 6] = ["s003_power", "s003_service", "s003_contact", "s003_academic", "s003_sideline", "s003_ethics"];

/// Days before the end on which the campaign is launched.
const LAUNCHED: i64 = -320;

pub(super) fn launch(script: &mut Script<'_>) -> Slot {
    let mut story = script.story(LAUNCHED - 6);
    story.on(0);
    let (party, secretary) = (story.by("party"), story.by("secretary"));
    let (first, last) = (story.in_days(6), story.in_days(370));
    let phase = |name: &str, from: i64, until: i64| -> Fields {
        let day = |days: i64| date(first.saturating_add(days.days()));
        vec![("name", text(name)), ("from", day(from)), ("until", day(until))]
    };
    let cast = story.cast();
    let duty = |login: &str, duty: &str| -> Fields {
        let member = cast.by_login(login);
        member.map(|member| vec![("person", person(member.id)), ("duty", item(duty))]).unwrap_or_default()
    };
    let id = |login: &str| cast.by_login(login).map(|member| member.id);
    let mut fields: Fields = vec![
        ("title_text", text("医疗服务领域突出问题专项整治")),
        ("document_no", text(format!("示医党〔{}〕1号", first.year()))),
        ("launched_on", date(first)),
        ("ends_on", date(last)),
        ("issued_on", date(first)),
        ("foundation", text("上级专项整治工作部署")),
        ("focus", items(&FOCUS)),
        (
            "phases",
            Give::Rows(vec![phase("宣传动员", 0, 20), phase("自查自纠", 10, 60), phase("集中整治", 50, 200), phase("巩固提升", 180, 364)]),
        ),
        (
            "roster",
            Give::Rows(vec![
                duty("secretary", "leader"),
                duty("director", "deputy"),
                duty("inspector", "office_head"),
                duty("conduct", "member"),
                duty("medical", "member"),
                duty("hr", "member"),
            ]),
        ),
        ("plan_file", file("专项整治工作方案.txt", "示例文件：目标、重点、步骤和要求。")),
    ];
    fields.extend(id("secretary").map(|lead| ("lead", person(lead))));
    fields.extend(id("inspector2").map(|preparer| ("preparer", person(preparer))));
    fields.extend(id("inspector").map(|reviewer| ("reviewer", person(reviewer))));
    fields.push(("office", Give::Value(engine::Value::Unit(cast.units[cast.unit("纪检")]))));
    let campaign = story.create(party, "campaign", fields);
    story.on(6);
    story.make(secretary, campaign, "launch", Vec::new());
    earlier(script);
    next(script);
    campaign
}

/// A campaign of the year before, made standing.
fn earlier(script: &mut Script<'_>) {
    let mut story = script.story(-362);
    story.on(0);
    let (conduct, secretary) = (story.by("conduct"), story.by("secretary"));
    let fields = vec![
        ("title_text", text("红包回扣治理年度行动")),
        ("document_no", text(format!("示医〔{}〕20号", story.today().year() - 1))),
        ("launched_on", date(story.in_days(-330))),
        ("ends_on", date(story.in_days(20))),
        ("focus", items(&["s001_red_packets", "s001_kickbacks"])),
    ];
    let campaign = story.create(conduct.clone(), "campaign", fields);
    story.on(1);
    story.make(secretary.clone(), campaign, "launch", Vec::new());
    story.on(18);
    story.make(conduct, campaign, "wind_up", Vec::new());
    story.on(25);
    story.make(secretary, campaign, "stand", vec![("summary", text("登记上交形成习惯，转入日常管理。"))]);
}

/// A draft for the year to come.
fn next(script: &mut Script<'_>) {
    let mut story = script.story(-6);
    story.on(0);
    let conduct = story.by("conduct");
    let fields = vec![
        ("title_text", text("检查结果互认与合理用药提升行动（草案）")),
        ("launched_on", date(story.in_days(60))),
        ("ends_on", date(story.in_days(330))),
        ("focus", items(&["s004_overtreatment", "s004_recognition"])),
    ];
    story.create(conduct, "campaign", fields);
}

pub(super) fn tasks(script: &mut Script<'_>, common: &Common) {
    for row in tables::tasks() {
        let (from, to) = (row.number(0), row.number(1));
        let mut story = script.story(from);
        story.on(0);
        // `@login` makes one person responsible, else it is the head of the unit.
        let named = row.text(2).strip_prefix('@').map(|name| story.cast().by_login(name).unwrap_or_else(|| story.member(name)));
        let responsible = named.unwrap_or_else(|| story.cast().head(story.cast().unit(row.text(2))));
        let (conduct, party) = (story.by("conduct"), story.by("party"));
        // Whoever is responsible does not verify; the conduct office's own tasks are verified by the party office.
        let (maker, verifier) = if row.text(2) == "行风" { (party.clone(), party) } else { (conduct.clone(), conduct) };
        let mut fields: Fields = vec![
            ("campaign", Give::Link(common.campaign)),
            ("title_text", text(row.text(3))),
            ("measure", text(row.text(4))),
            ("phase", text(row.text(5))),
            ("clause", text(row.text(7))),
            ("unit", Give::Value(engine::Value::Unit(story.cast().units[responsible.unit]))),
            ("responsible", person(responsible.id)),
            ("starts_on", date(story.today())),
            ("due_on", date(story.in_days(to - from))),
        ];
        if !row.text(6).is_empty() {
            fields.push(("focus", item(row.text(6))));
        }
        let task = story.create(maker, "task", fields);
        story.stop_after(row.raw(8));
        let length = to - from;
        story.on(3);
        story.make(Who::Owner, task, "begin", Vec::new());
        story.on(length / 2);
        story.make(Who::Owner, task, "advance", vec![("progress", number(50)), ("progress_text", text("已完成一半，其余按计划推进。"))]);
        story.on(length - length / 8 - 1);
        let proof = file("完成情况.txt", "示例佐证：签到、照片和台账。");
        story.make(Who::Owner, task, "submit", vec![("result", text("已按要求完成，资料归档。")), ("evidence", proof)]);
        story.on(length - length / 8 + 3);
        story.make(verifier, task, "verify", vec![("verified", text("资料齐全，现场核实。"))]);
    }
}
