//! What follows when a matter seems over: matters looked back at, names cleared, reporters asked again, leniency weighed, and alarms about
//! what stands still.

use super::super::cast::Member;
use super::super::script::{Fields, Give, Script, Slot, Story, Who, date, item, items, moment, people, person, text};
use super::hotline::now;

pub(super) fn tell(script: &mut Script<'_>) {
    paper_files(script);
    standing_still(script);
    rerouted(script);
    lately_cleared(script);
}

/// Old files that never stood in the system, at three stages.
fn paper_files(script: &mut Script<'_>) {
    for (day, file_no, years, outcome, steps) in [
        (-58, "2019年第7号", 6, "upheld", 3),
        (-41, "2020年第11号", 5, "new_clue", 2),
        (-90, "2021年第3号", 4, "upheld", 1),
        (-4, "2022年第2号", 4, "upheld", 0),
    ] {
        let mut story = script.story(day);
        story.on(0);
        let (inspector, director) = (story.by("inspector"), story.by("director"));
        let fields: Fields = vec![
            ("kind", item("look_back")),
            ("paper_no", text(file_no)),
            ("original_on", date(story.in_days(-365 * years))),
            ("original_mode", item("close")),
            ("original_result", item("unclear")),
            ("parties", item("unclear")),
        ];
        let review = story.create(inspector, "review", fields);
        story.stop_after(&steps.to_string());
        review_on(&mut story, review, "inspector2", outcome);
        story.on(24);
        story.make(director, review, "approve", Vec::new());
    }
}

fn review_on(story: &mut Story<'_, '_>, review: Slot, reviewer: &str, outcome: &str) {
    story.on(2);
    let by = story.by(reviewer);
    let mut fields: Fields = vec![("due_on", date(story.in_days(60))), ("traceability", item("strong")), ("likelihood", item("weak"))];
    fields.extend(story.cast().by_login(reviewer).map(|member| ("reviewer", person(member.id))));
    story.make(by, review, "start", fields);
    story.on(18);
    let found = vec![("outcome", item(outcome)), ("finding", text("调阅原卷宗，核对谈话记录和票据。"))];
    story.make(Who::Owner, review, "propose", found);
}

/// A clue closed after a talk: somebody else than who handled it looks again.
pub(super) fn looked_back(story: &mut Story<'_, '_>, clue: Slot) {
    story.on(0);
    let (second, director) = (story.by("inspector2"), story.by("director"));
    let review = story.make_opening(second, clue, "look_back", Vec::new());
    review_on(story, review, "inspector2", "upheld");
    story.on(24);
    story.make(director, review, "approve", Vec::new());
}

/// A clue that is kept for later is pressed on with: the secretary looks at it, since an inspector handled it.
pub(super) fn pressed_on(story: &mut Story<'_, '_>, clue: Slot) {
    story.on(0);
    let director = story.by("director");
    let review = story.make_opening(director.clone(), clue, "look_back", Vec::new());
    story.on(3);
    let mut fields: Fields = vec![("due_on", date(story.in_days(180))), ("traceability", item("medium")), ("likelihood", item("medium"))];
    fields.extend(story.cast().by_login("secretary").map(|member| ("reviewer", person(member.id))));
    story.make(director, review, "start", fields);
    story.on(30);
    story.note(Who::Owner, review, "已督促补充查询。");
}

/// Nothing was found: the person is told so, agrees, and confirms; some have not answered yet.
pub(super) fn cleared(story: &mut Story<'_, '_>, day: i64, clue: Slot, member: &Member) {
    story.on(day);
    let (director, themselves) = (story.by("director"), Who::Person(member.id));
    let clearing = story.make_opening(Who::Owner, clue, "offer_clearing", vec![("cleared_person", person(member.id))]);
    story.on(day + 2);
    let fields: Fields = vec![
        ("scope", item("person")),
        ("form", item("talk")),
        ("statement", text("您此前被反映的问题，经核查没有证据证明，现予澄清。")),
        ("grounds", text("记录、票据与谈话相互印证，未发现问题。")),
    ];
    story.make(Who::Owner, clearing, "submit", fields);
    story.on(day + 4);
    story.make(director, clearing, "approve", Vec::new());
    story.on(day + 7);
    story.make(themselves.clone(), clearing, "agree", Vec::new());
    story.on(day + 11);
    let done = vec![("done_on", date(story.today())), ("done_how", text("由纪检监察室当面说明，科主任在场。"))];
    story.make(Who::Owner, clearing, "carry_out", done);
    if member.official {
        story.on(day + 13);
        story.make(themselves, clearing, "confirm", vec![("reply", text("谢谢组织查清事实。"))]);
    } else {
        story.on(day + 32);
        let secretary = story.by("secretary");
        story.make_with(secretary, clearing, "close", Vec::new(), "已当面说明，本人未在系统确认。");
    }
}

/// Whoever reported by their real name is asked three months later whether anybody made them suffer for it.
pub(super) fn asked_again(story: &mut Story<'_, '_>, protection: Slot, suffers: bool) {
    story.on(0);
    if suffers {
        let told: Fields = vec![
            ("asked_on", date(story.today())),
            ("detail", text("反映后被连续安排夜班。")),
            ("measures", items(&["secrecy", "warning"])),
        ];
        story.make(Who::Owner, protection, "suspect", told);
        return;
    }
    story.make(Who::Owner, protection, "all_well", vec![("asked_on", date(story.today())), ("signs", item("none"))]);
}

/// In a case: when somebody told is weighed, and another approves.
pub(super) fn lenient(story: &mut Story<'_, '_>, clue: Slot, facts: &str) {
    story.on(0);
    let (inspector2, director) = (story.by("inspector2"), story.by("director"));
    let weighed = story.make_opening(inspector2.clone(), clue, "weigh_leniency", Vec::new());
    story.on(4);
    let known = engine::Moment(story.at().0 / 60_000 * 60_000 - 30 * 86_400_000);
    let fields: Fields = vec![
        ("subject", text("见案卷")),
        ("told_at", now(story)),
        ("known_at", moment(known)),
        ("timing", item("after")),
        ("grounds", items(&["cooperated", "remorse"])),
        ("facts", text(format!("谈话中如实说明。{facts}"))),
        ("advice", item("lighter")),
    ];
    story.make(inspector2, weighed, "submit", fields);
    // The latest one still waits for the director.
    if story.days_to(story.script.end.date()) > 60 {
        story.on(9);
        story.make(director, weighed, "approve", Vec::new());
    }
}

/// A clue nobody touched for weeks: the alarm is explained, ordered on and settled. It was assigned from above and waited for papers.
fn standing_still(script: &mut Script<'_>) {
    let mut story = script.story(-98);
    story.on(0);
    let (inspector2, director) = (story.by("inspector2"), story.by("director"));
    let fields: Fields = vec![
        ("source", item("audit")),
        ("received_on", date(story.today())),
        ("subject", text("不详")),
        ("post", text("库房管理")),
        ("summary", text("审计抽查发现高值耗材出入库记录与使用记录不一致。")),
        ("parties", item("unclear")),
        ("parties_why", text("经手人待核")),
    ];
    let clue = story.create(inspector2, "clue", fields);
    story.on(2);
    let proposed: Fields =
        vec![("mode", item("verify")), ("way", item("own")), ("traceability", item("strong")), ("likelihood", item("medium"))];
    story.make(Who::Owner, clue, "propose", proposed);
    story.on(4);
    story.make(director.clone(), clue, "approve", Vec::new());
    let letters = [0; 2].map(|_| story.make_opening(story.by("inspector2"), clue, "hand_to_unit", Vec::new()));
    // Fifteen working days later a clock speaks.
    story.on(32);
    let alarm = story.find(clue, "stall");
    let handler = story.by("inspector2");
    story.make(handler, alarm, "explain", vec![("explanation", text("等待供货方对账单，期间没有记录。"))]);
    story.on(33);
    let order: Fields = vec![("order", text("一周内到库房现场盘点，不再等待对账单。")), ("order_due", date(story.in_days(9)))];
    story.make(director.clone(), alarm, "supervise", order);
    story.on(38);
    story.note(Who::Owner, clue, "已完成现场盘点，差异清单入卷。");
    story.on(39);
    story.make_with(director.clone(), alarm, "settle", vec![("outcome", item("resumed"))], "已恢复办理，后续每两周报告一次。");
    story.on(48);
    let found: Fields = vec![("result", item("unclear")), ("finding", text("差异系退货未及时冲减，责任人仍待核实。"))];
    story.make(Who::Owner, clue, "report_result", found);
    story.on(51);
    story.make(director, clue, "approve_result", Vec::new());
    story.on(58);
    story.make(Who::Owner, clue, "close", vec![("disposition", text("转物资部门完善退货冲减，予以了结。"))]);
    let [first, second] = letters;
    assigned(&mut story.script.story(-93), first, "核对近三个月高值耗材入库单与使用记录，列出差异。", 14, true);
    assigned(&mut story.script.story(-93), second, "完善退货冲减流程，满一个季度后报送执行情况。", 90, false);
}

/// A letter of assignment: the unit replies in time and it is done, or its days are over and no slip has come back.
fn assigned(story: &mut Story<'_, '_>, letter: Slot, task: &str, days: i64, replies: bool) {
    story.on(0);
    let (inspector2, director) = (story.by("inspector2"), story.by("director"));
    let unit = story.cast().units[story.cast().unit("急诊")];
    let fields: Fields =
        vec![("to_unit", Give::Value(engine::Value::Unit(unit))), ("task", text(task)), ("due_on", date(story.in_days(days)))];
    story.make(inspector2.clone(), letter, "write", fields);
    story.on(1);
    story.make(director.clone(), letter, "issue", vec![("addressee_clear", Give::Value(engine::Value::Flag(true)))]);
    if replies {
        story.on(9);
        let reply: Fields = vec![("replied_on", date(story.today())), ("reply", text("已逐单核对，差异清单随回执交回。"))];
        story.make(inspector2, letter, "take_reply", reply);
        story.on(11);
        story.make(director, letter, "end", Vec::new());
    }
}

/// A visitor named the wrong kind of person; who puts it right is asked why.
fn rerouted(script: &mut Script<'_>) {
    let mut story = script.story(-5);
    story.on(0);
    let inspector2 = story.by("inspector2");
    let fields: Fields = vec![
        ("route", item("it")),
        ("identity", item("anonymous")),
        ("when_text", text("上周")),
        ("where_text", text("收费窗口")),
        ("unit_text", text("财务处")),
        ("persons", text("不清楚")),
        ("matter", text("退费等待时间长，怀疑有人插队办理。")),
        ("channel", item("visit")),
    ];
    let report = story.create(inspector2.clone(), "report", fields);
    story.on(1);
    story.make(inspector2, report, "reroute", vec![("route_to", item("department"))]);
}

/// Two clues that could be closed at once: one person has been asked whether they agree and has not answered, of the other the director is
/// still to decide.
fn lately_cleared(script: &mut Script<'_>) {
    for (day, whom, steps) in [(-40, "骨科#1", 6), (-13, "神内#1", 5)] {
        let mut story = script.story(day);
        story.on(0);
        let (inspector, director) = (story.by("inspector"), story.by("director"));
        let member = story.member(whom);
        let fields: Fields = vec![
            ("source", item("accusation")),
            ("received_on", date(story.today())),
            ("subject", text(member.name.clone())),
            ("post", text("医师")),
            ("summary", text("反映处方外流，未附材料。")),
            ("parties", item("named")),
            ("concerned", people(vec![member.id])),
        ];
        let clue = story.create(inspector, "clue", fields);
        story.stop_after(&steps.to_string());
        story.on(1);
        story.make(Who::Owner, clue, "propose", vec![("mode", item("close")), ("way", item("own"))]);
        story.on(2);
        story.make(director.clone(), clue, "approve_close", vec![("result", item("unsubstantiated"))]);
        story.on(4);
        let told: Fields =
            vec![("clearing_scope", item("unit")), ("cleared_on", date(story.today())), ("disposition", text("核对处方去向，无异常。"))];
        story.make(director, clue, "clear", told);
        cleared(&mut story, 5, clue, member);
    }
}
