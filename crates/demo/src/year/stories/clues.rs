//! Reports and clues, each along its own path: verified, talked over, cleared, kept, made a case, passed up, or not yet read.

use super::super::cast::Member;
use super::super::script::{Fields, Give, Script, Slot, Story, Who, date, file, item, people, person, text};
use super::super::tables::{self, Row};
use super::{afterwards, outcomes};

/// Columns of `clues.tsv`.
const ORIGIN: usize = 1;
const REPORTER: usize = 2;
const SUBJECT: usize = 3;
const FOCUS: usize = 4;
const PATH: usize = 5;
const FORM: usize = 6;
const MATTER: usize = 9;
const FINDING: usize = 10;
const DISPOSITION: usize = 11;
const STOP: usize = 12;

pub(super) fn tell(script: &mut Script<'_>) {
    for row in tables::clues() {
        let mut story = script.story(row.number(0));
        story.any_time(0);
        match (row.text(PATH), row.text(ORIGIN).strip_prefix("report:")) {
            ("unread", Some(channel)) => {
                let report = report(&mut story, &row, channel, "department");
                if channel == "web" {
                    more(&mut story, &row, report, 1);
                }
            }
            ("declined", Some(channel)) => declined(&mut story, &row, channel),
            ("leader", Some(channel)) => passed_up(&mut story, &row, channel),
            ("discipline", Some(channel)) => of_discipline(&mut story, &row, channel),
            (_, Some(channel)) => reported(&mut story, &row, channel),
            (_, None) => found(&mut story, &row),
        }
    }
}

fn subject<'c>(story: &Story<'_, 'c>, row: &Row) -> &'c Member {
    let token = row.text(SUBJECT);
    story.cast().by_post(token).unwrap_or_else(|| story.member(token))
}

/// A report comes in, by the public page or taken down by an inspector.
fn report(story: &mut Story<'_, '_>, row: &Row, channel: &str, route: &str) -> Slot {
    let member = subject(story, row);
    let mut fields: Fields = vec![
        ("route", item(route)),
        ("identity", item(row.text(REPORTER))),
        ("when_text", text(row.text(7))),
        ("where_text", text(row.text(8))),
        ("unit_text", text(story.cast().unit_name(member.unit))),
        ("persons", text(member.name.clone())),
        ("matter", text(row.text(MATTER))),
    ];
    if row.text(REPORTER) == "named" {
        fields.push(("reporter", text("示例举报人")));
        fields.push(("contact", text("000-0000")));
    }
    if channel == "web" {
        return story.create(Who::Public, "report", fields);
    }
    story.on(0);
    fields.push(("channel", item(channel)));
    if matches!(channel, "box" | "letter") {
        let openers = ["inspector2", "conduct"].iter().filter_map(|login| story.cast().by_login(login));
        fields.push(("openers", people(openers.map(|member| member.id).collect())));
    }
    let taker = story.by("inspector2");
    story.create(taker, "report", fields)
}

/// What some of those who keep their code write afterwards, by the public page.
const MORE: [&str; 3] =
    ["补充：当时旁边还有一位病友在场，愿意作证。", "补充：我找到了当天的缴费记录，可以提供。", "请问现在到哪一步了？需要我再提供什么？"];

/// The reporter comes back with the code: every third one.
fn more(story: &mut Story<'_, '_>, row: &Row, report: Slot, day: i64) {
    let number = row.number(0).unsigned_abs() as usize;
    if number.is_multiple_of(3) {
        story.any_time(day);
        story.note(Who::Public, report, MORE[number / 3 % MORE.len()]);
    }
    // Where it is handled, the house asks back and the reporter answers; what nobody has taken up yet waits with its message.
    if number.is_multiple_of(3) && day > 1 {
        let (asks, replies) = EXCHANGE[number / 3 % EXCHANGE.len()];
        story.any_time(day + 2);
        story.message(Who::Owner, report, asks);
        story.jot(Who::Owner, report, "等举报人回复后，再看排班表和缴费记录。");
        story.any_time(day + 4);
        story.note(Who::Public, report, replies);
        if number.is_multiple_of(2) {
            story.any_time(day + 6);
            story.message(Who::Owner, report, "谢谢，已收到。核查结束后会在这里答复您。");
        }
    }
}

/// What the house asks, and what comes back.
const EXCHANGE: [(&str, &str); 3] = [
    ("请问您还记得大约是几点钟吗？当时窗口旁有没有别人？", "大约下午三点。旁边还有两位在排队，我不认识。"),
    ("您提到的单据，方便时请拍照发到这里：附件会加密，只有办理人员能打开。", "单据在家里，周末拍照发上来。"),
    ("请问对方是当面提出，还是打电话或者发信息？", "当面说的，没有留下文字。"),
];

fn declined(story: &mut Story<'_, '_>, row: &Row, channel: &str) {
    let report = report(story, row, channel, "department");
    story.stop_after(row.raw(STOP));
    story.on(3);
    story.make(Who::Owner, report, "propose_decline", vec![("decline_reason", item(row.text(DISPOSITION)))]);
    story.on(6);
    let director = story.by("director");
    story.make(director, report, "decline", Vec::new());
}

/// What concerns a leader belongs to a superior: only the transfer stays here.
fn passed_up(story: &mut Story<'_, '_>, row: &Row, channel: &str) {
    let report = report(story, row, channel, "leader");
    story.stop_after(row.raw(STOP));
    story.on(2);
    let fields = vec![("transfer_to", item("commission")), ("transferred_on", date(story.today()))];
    story.make(Who::Owner, report, "hand_up", fields);
    // Some authorities answer; until they do, nothing of it may be erased here.
    story.on(4);
    story.make(Who::Owner, report, "enter_receipt", vec![("transfer_receipt", text("卫健委收文回执"))]);
}

/// What concerns the discipline office itself goes to the secretary.
fn of_discipline(story: &mut Story<'_, '_>, row: &Row, channel: &str) {
    let report = if channel == "web" { report(story, row, channel, "discipline") } else { report_on_paper(story, row) };
    story.stop_after(row.raw(STOP));
    let secretary = story.by("secretary");
    story.on(3);
    story.make(secretary.clone(), report, "accept", vec![("parties", item("none")), ("parties_why", text("只涉及办事流程"))]);
    story.on(15);
    story.note(secretary.clone(), report, "已调阅办理记录。");
    story.on(26);
    story.make(secretary.clone(), report, "conclude", Vec::new());
    story.on(33);
    story.make(secretary.clone(), report, "reply", vec![("answer", text(row.text(DISPOSITION))), ("answered_on", date(story.today()))]);
    story.on(45);
    story.make(secretary, report, "close", Vec::new());
}

fn reported(story: &mut Story<'_, '_>, row: &Row, channel: &str) {
    let report = report(story, row, channel, "department");
    story.stop_after(row.raw(STOP));
    story.on(3);
    let member = subject(story, row);
    let clue = story.make_opening(Who::Owner, report, "accept", vec![("parties", item("named")), ("concerned", people(vec![member.id]))]);
    story.edit(Who::Owner, clue, subject_of(row, member));
    if channel == "web" {
        more(story, row, report, 5);
    }
    handle(story, row, clue, member, 5);
    // What follows upon the decision may lie beyond today while the report is answered long before: a course of its own.
    if row.raw(STOP).parse::<usize>().is_err() {
        answered(&mut story.script.story(row.number(0)), row, report);
    } else {
        answered(story, row, report);
    }
}

/// Closing the clue concludes the report; after a case, or when the clue is kept for later, somebody says so.
fn answered(story: &mut Story<'_, '_>, row: &Row, report: Slot) {
    let done = match row.text(PATH) {
        "case" => 125,
        "shelved" => 30,
        _ => 61,
    };
    if done != 61 {
        story.on(done);
        story.make(Who::Owner, report, "conclude", Vec::new());
    }
    story.on(done + 2);
    let replies = story.goes_on();
    let answer = vec![("answer", text("您反映的问题已核查，处理情况已按规定告知。")), ("answered_on", date(story.today()))];
    let protection = story.make_opening(Who::Owner, report, "reply", answer);
    if replies && row.text(REPORTER) == "named" {
        afterwards::asked_again(&mut story.script.story(row.number(0) + done + 90), protection, row.number(0) > -200);
    }
    // Some of those who reported by the web say whether the answer satisfies them.
    let number = row.number(0).unsigned_abs() as usize;
    if row.text(ORIGIN) == "report:web" && !number.is_multiple_of(4) {
        story.any_time(done + 5);
        let said = ["s4", "s5", "s3", "s4", "s2"][number % 5];
        story.make_beside(Who::Public, report, "rate", vec![("satisfied", item(said))]);
    }
    story.on(done + 17);
    story.make(Who::Owner, report, "close", Vec::new());
}

/// A clue that did not come by a report.
fn found(story: &mut Story<'_, '_>, row: &Row) {
    story.on(0);
    let member = subject(story, row);
    let mut fields = subject_of(row, member);
    fields.push(("source", item(row.text(ORIGIN))));
    fields.push(("received_on", date(story.today())));
    if matches!(row.text(ORIGIN), "superior" | "judicial") {
        fields.push(("origin_no", text(format!("示纪交〔{}〕{}号", story.today().year(), 3 - row.number(0) % 40))));
    }
    let inspector = story.by("inspector");
    let clue = story.create(inspector, "clue", fields);
    story.stop_after(row.raw(STOP));
    handle(story, row, clue, member, 3);
    if row.text(PATH) == "talk" && row.raw(STOP) == "-" {
        afterwards::looked_back(&mut story.script.story(row.number(0) + 110), clue);
    }
}

/// The three sealed columns of the official ledger, and whom they bar.
fn subject_of(row: &Row, member: &Member) -> Fields {
    let post = if member.post.is_empty() { "医师" } else { &member.post };
    vec![
        ("subject", text(member.name.clone())),
        ("post", text(post)),
        ("summary", text(row.text(MATTER))),
        ("parties", item("named")),
        ("concerned", people(vec![member.id])),
    ]
}

fn handle(story: &mut Story<'_, '_>, row: &Row, clue: Slot, member: &Member, begin: i64) {
    let director = story.by("director");
    let path = row.text(PATH);
    let mode = match path {
        "talk" => "talk",
        "shelved" => "shelve",
        _ => "verify",
    };
    story.on(begin + 2);
    let strength = if path == "case" { "strong" } else { "medium" };
    let mut fields = vec![
        ("mode", item(mode)),
        ("way", item("own")),
        ("traceability", item(strength)),
        ("likelihood", item(strength)),
        ("plan", text("调取资料，谈话了解，核对记录。")),
    ];
    if path == "case" {
        fields[1] = ("way", item("joint"));
        fields.push(("partner", text("医务处、审计")));
    }
    story.make(Who::Owner, clue, "propose", fields);
    story.on(begin + 5);
    if path == "shelved" {
        story.make(director, clue, "approve_shelve", Vec::new());
        afterwards::pressed_on(&mut story.script.story(row.number(0) + begin + 45), clue);
        return;
    }
    story.make(director.clone(), clue, "approve", Vec::new());
    if path == "talk" {
        talk(story, clue, begin + 8);
    }
    story.on(begin + 20);
    story.note(Who::Owner, clue, "已调取相关记录，正在比对。");
    if path == "verified" && row.number(0) % 5 == 0 {
        story.ask(Who::Owner, clue, "verify", 10, "需等待外部回函");
        story.on(begin + 22);
        story.answer(director.clone(), clue, "verify", true);
    }
    story.on(begin + 31);
    story.note(Who::Owner, clue, "已谈话了解，核对票据。");
    result(story, row, clue, member, begin + 42);
}

fn talk(story: &mut Story<'_, '_>, clue: Slot, begin: i64) {
    story.on(begin);
    story.make(Who::Owner, clue, "send_letter", vec![("letter_on", date(story.today()))]);
    story.on(begin + 12);
    story.make(Who::Owner, clue, "take_reply", vec![("replied_on", date(story.today()))]);
    story.on(begin + 15);
    story.make(Who::Owner, clue, "talk", vec![("talked_on", date(story.today()))]);
}

fn result(story: &mut Story<'_, '_>, row: &Row, clue: Slot, member: &Member, begin: i64) {
    let director = story.by("director");
    story.on(begin);
    let path = row.text(PATH);
    let result = match path {
        "cleared" => "unsubstantiated",
        "talk" => "partly",
        _ => "substantiated",
    };
    let mut fields: Fields = vec![("result", item(result)), ("finding", text(row.text(FINDING)))];
    if path != "cleared" {
        fields.push(("focus", item(row.text(FOCUS))));
        fields.push(("units", Give::Value(engine::Value::Units(vec![story.cast().units[member.unit]]))));
    }
    story.make(Who::Owner, clue, "report_result", fields);
    story.on(begin + 4);
    match path {
        "cleared" => {
            story.make(director.clone(), clue, "approve_result", Vec::new());
            story.on(begin + 10);
            let fields =
                vec![("clearing_scope", item("person")), ("cleared_on", date(story.today())), ("disposition", text(row.text(DISPOSITION)))];
            story.make(director, clue, "clear", fields);
            afterwards::cleared(story, begin + 11, clue, member);
            return;
        }
        "case" => {
            let cases = story.goes_on();
            case(story, row, clue, member, begin + 4);
            if cases {
                afterwards::lenient(&mut story.script.story(row.number(0) + begin + 16), clue, row.text(FINDING));
            }
        }
        _ => story.make(director, clue, "approve_result", Vec::new()),
    }
    let decided = if path == "case" { begin + 60 } else { begin + 6 };
    if !row.text(FORM).is_empty() {
        outcomes::decide(story, decided, clue, member, row.text(FOCUS), row.text(FORM), row.text(FINDING));
    }
    story.on(decided + 13);
    story.make(Who::Owner, clue, "close", vec![("disposition", text(row.text(DISPOSITION)))]);
}

/// A case: the team, the investigation, the trial, the decision, the advice.
fn case(story: &mut Story<'_, '_>, row: &Row, clue: Slot, member: &Member, begin: i64) {
    let director = story.by("director");
    let case = story.make_opening(director.clone(), clue, "open_case", Vec::new());
    story.on(begin + 2);
    let team = ["inspector", "inspector2"].iter().filter_map(|login| story.cast().by_login(login)).map(|member| member.id).collect();
    let fields = vec![
        ("kind", item("discipline")),
        ("subject", text(member.name.clone())),
        ("post", text(member.post.clone())),
        ("charge", text(row.text(MATTER))),
        ("concerned", people(vec![member.id])),
        ("members", people(team)),
    ];
    story.make(Who::Owner, case, "start", fields);
    story.on(begin + 18);
    story.note(Who::Owner, case, "已完成主要谈话和取证。");
    story.on(begin + 34);
    story.make(Who::Owner, case, "submit", vec![("finding", text(row.text(FINDING)))]);
    story.on(begin + 48);
    let decision = vec![("decision", text(row.text(DISPOSITION))), ("decided_on", date(story.today()))];
    story.make(director, case, "decide", decision);
    story.on(begin + 50);
    let advice = vec![
        ("advice", text("完善接待登记和信息权限管理，限期整改并报告。")),
        ("advice_to", Give::Value(engine::Value::Unit(story.cast().units[member.unit]))),
        ("advice_due", date(story.in_days(45))),
    ];
    let advised = story.goes_on();
    let problem = story.make_opening(Who::Owner, case, "advise", advice);
    story.on(begin + 54);
    story.make(Who::Owner, case, "close", Vec::new());
    if advised {
        // A matter of its own, that goes on beside the case.
        heed(&mut story.script.story(row.number(0) + begin + 63), problem, member);
    }
}

/// The unit that was given advice mends what it says; where its head is concerned, or barred as the superior of whoever is, somebody above sees to it.
fn heed(story: &mut Story<'_, '_>, problem: Slot, member: &Member) {
    let (conduct, head) = (story.by("conduct"), story.cast().head(member.unit));
    let above = story.cast().by_login("director").filter(|_| head.id == member.id || member.answers_to_head());
    let head = above.unwrap_or(head).id;
    story.on(0);
    story.edit(conduct.clone(), problem, vec![("responsible", person(head))]);
    story.on(1);
    let measure = vec![("measure", text("接待登记每月抽查，信息权限逐人核对。")), ("cause", text("登记不全，权限清理不及时。"))];
    story.make(Who::Person(head), problem, "plan", measure);
    story.on(24);
    let proof = file("整改佐证.txt", "示例佐证：登记簿和权限清单。");
    story.make(Who::Person(head), problem, "submit", vec![("done", text("登记和权限已逐项核对，缺的已补。")), ("evidence", proof)]);
    story.on(28);
    story.make(conduct, problem, "verify", vec![("verified", text("抽查属实，同意销号。")), ("public_scope", item("hospital"))]);
}

/// A letter about the discipline office is taken down by somebody else.
fn report_on_paper(story: &mut Story<'_, '_>, row: &Row) -> Slot {
    let member = subject(story, row);
    story.on(0);
    let conduct = story.by("conduct");
    let openers = ["conduct", "party"].iter().filter_map(|login| story.cast().by_login(login));
    let fields = vec![
        ("openers", people(openers.map(|member| member.id).collect())),
        ("route", item("discipline")),
        ("identity", item("anonymous")),
        ("when_text", text(row.text(7))),
        ("where_text", text(row.text(8))),
        ("unit_text", text(story.cast().unit_name(member.unit))),
        ("persons", text(member.name.clone())),
        ("matter", text(row.text(MATTER))),
        ("channel", item("letter")),
    ];
    story.create(conduct, "report", fields)
}
