//! What keeps a hotline honest: numbers that are tested, boxes that two open, and what is said in public.

use super::super::script::{Fields, Give, Script, Slot, Story, Who, date, file, flag, item, moment, number, people, person, text};

/// How many weeks back the numbers and boxes are told of.
const WEEKS: i64 = 12;

pub(super) fn tell(script: &mut Script<'_>) {
    lines(script);
    boxes(script);
    letters(script);
    opinions(script);
    duty(script);
}

/// Who takes calls and visitors these weeks; what comes another way goes round.
fn duty(script: &mut Script<'_>) {
    for (begin, wait, end, over) in [(-54, 0, -20, true), (-20, 0, 40, false), (-8, 50, 110, false)] {
        let mut story = script.story(begin);
        story.on(0);
        let (inspector2, director) = (story.by("inspector2"), story.by("director"));
        let Some(receiver) = story.cast().by_login("inspector2").map(|one| one.id) else { return };
        let channels = engine::Value::Choices(vec!["phone".into(), "visit".into()]);
        let [from, until] = [wait, end - begin].map(|days| story.in_days(days));
        let fields: Fields =
            vec![("person", person(receiver)), ("channel", Give::Value(channels)), ("starts_on", date(from)), ("ends_on", date(until))];
        let entry = story.create(inspector2, "roster", fields);
        if over {
            story.on(end - begin);
            story.make_with(director, entry, "end", Vec::new(), "到期，下一期另排。");
        }
    }
}

/// Letters opened by two: all entered, confirmed and long not entered, numbers that differ, of yesterday.
fn letters(script: &mut Script<'_>) {
    for (begin, count, steps) in [(-50, 2, 3), (-24, 1, 1), (-6, 1, 2), (-2, 1, 0)] {
        let mut story = script.story(begin);
        story.on(0);
        let (conduct, inspector2) = (story.by("conduct"), story.by("inspector2"));
        let openers = ["inspector2", "conduct"].iter().filter_map(|login| story.cast().by_login(login)).map(|one| one.id).collect();
        let fields: Fields =
            vec![("opened_on", date(story.today())), ("openers", people(openers)), ("letters", number(count)), ("whole", flag(true))];
        let opening = story.create(conduct.clone(), "letter_opening", fields);
        if steps > 0 {
            story.on(1);
            story.make(inspector2.clone(), opening, "confirm", Vec::new());
        }
        if steps > 1 {
            story.on(3);
            story.make(conduct, opening, "differ", vec![("gap", text("是感谢信，已转相关科室。"))]);
        }
        if steps > 2 {
            story.on(4);
            story.make(inspector2, opening, "agree", Vec::new());
        }
    }
}

fn unit(story: &Story<'_, '_>, short: &str) -> Give {
    Give::Value(engine::Value::Unit(story.cast().units[story.cast().unit(short)]))
}

/// The moment of the step, rounded down to what a form can say.
pub(super) fn now(story: &Story<'_, '_>) -> Give {
    moment(engine::Moment(story.at().0 / 60_000 * 60_000))
}

/// The discipline office answers, but once; the night number was last tested nine days ago; mailboxes are not called.
fn lines(script: &mut Script<'_>) {
    let day = line(script, "纪检监察举报电话", "phone", "000-0001", "工作日8:00至12:00，14:00至17:30");
    for week in 0..WEEKS {
        let answered = week != 5;
        test(script, day, -7 * (WEEKS - week) + 1, answered);
        if !answered {
            test(script, day, -7 * (WEEKS - week) + 3, true);
        }
    }
    let night = line(script, "夜间举报电话（总值班）", "phone", "000-0002", "17:30至次日8:00");
    for week in 1..WEEKS {
        test(script, night, -7 * (WEEKS - week) - 2, true);
    }
    line(script, "举报邮箱", "email", "jubao@example.org（示例）", "全天");
    let text_line = line(script, "短信举报号码", "sms", "000-0003", "全天");
    test(script, text_line, -30, true);
    test(script, text_line, -4, false);
    let old = line(script, "旧举报电话", "phone", "000-0004", "工作日");
    test(script, old, -70, true);
    let mut story = script.story(-66);
    story.on(0);
    let director = story.by("director");
    story.make_with(director, old, "end", Vec::new(), "号码并入纪检监察举报电话。");
}

fn line(script: &mut Script<'_>, name: &str, channel: &str, address: &str, hours: &str) -> Slot {
    let mut story = script.story(-7 * WEEKS - 3);
    story.on(0);
    let receiver = story.cast().by_login("inspector").map(|member| person(member.id));
    let mut fields: Fields = vec![
        ("name", text(name)),
        ("channel", item(channel)),
        ("address", text(address)),
        ("hours", text(hours)),
        ("unit", unit(&story, "纪检")),
        ("posted", text("门诊大厅、住院部电梯厅、医院网站")),
    ];
    fields.extend(receiver.map(|receiver| ("receiver", receiver)));
    let by = story.by("conduct");
    story.create(by, "hotline", fields)
}

fn test(script: &mut Script<'_>, line: Slot, day: i64, answered: bool) {
    let mut story = script.story(day);
    story.on(0);
    let mut fields: Fields = vec![("line", Give::Link(line)), ("tested_at", now(&story)), ("in_hours", flag(day % 4 != 0))];
    if answered {
        fields.extend([("heard", item("answered")), ("answered_by", item("inspector"))]);
    } else {
        let words = text("响铃十次无人接听；接听人当天外出，未设转接。");
        fields.extend([
            ("heard", item("unanswered")),
            ("unit", unit(&story, "纪检")),
            ("mend_by", date(story.in_days(5))),
            ("words", words),
        ]);
    }
    let by = story.by("conduct");
    let made = story.create(by, "line_test", fields);
    if !answered {
        mended(&mut story, made);
    }
}

/// The problem a failed test opened: a transfer of calls is set up, and somebody of another office checks it.
fn mended(story: &mut Story<'_, '_>, test: Slot) {
    let problem = story.find(test, "problem");
    story.on(1);
    story.make(Who::Owner, problem, "plan", vec![("measure", text("设置遇忙和无应答转接，离岗交接写入值守表。"))]);
    story.on(3);
    let proof = file("转接设置.txt", "示例佐证：转接设置截图。");
    story.make(Who::Owner, problem, "submit", vec![("done", text("已设置转接，试拨两次均接通。")), ("evidence", proof)]);
    story.on(5);
    let conduct = story.by("conduct");
    story.make(conduct, problem, "verify", vec![("verified", text("复拨接通，同意销号。"))]);
}

fn boxes(script: &mut Script<'_>) {
    let mut story = script.story(-62);
    story.on(0);
    let keepers: Vec<_> = ["inspector2", "conduct"].iter().filter_map(|login| story.cast().by_login(login)).map(|one| one.id).collect();
    let (inspector2, director) = (story.by("inspector2"), story.by("director"));
    let fields: Fields = vec![
        ("place", text("行政楼一层（改建）")),
        ("unit", unit(&story, "党办")),
        ("keepers", people(keepers)),
        ("fitted_on", date(story.today())),
        ("seen_by_camera", flag(false)),
    ];
    let old = story.create(inspector2, "box", fields);
    story.on(3);
    story.make_with(director, old, "remove", Vec::new(), "行政楼改建，移至门诊楼。");
    for (place, short, found) in [("门诊楼一层导诊台旁", "急诊", [0, 1, 0, 0, 2, 1, 1, 1]), ("住院部二层电梯厅", "普外", [0; 8])]
    {
        let mut story = script.story(-60);
        story.on(0);
        let (inspector2, conduct) = (story.by("inspector2"), story.by("conduct"));
        let keepers: Vec<_> = ["inspector2", "conduct"].iter().filter_map(|login| story.cast().by_login(login)).map(|one| one.id).collect();
        let fields: Fields = vec![
            ("place", text(place)),
            ("unit", unit(&story, short)),
            ("keepers", people(keepers.clone())),
            ("fitted_on", date(story.today())),
            ("seen_by_camera", flag(false)),
        ];
        let hangs = story.create(inspector2.clone(), "box", fields);
        // The second box is not opened in the last weeks: its keepers hear of it.
        let weeks = if found[1] > 0 { 8 } else { 5 };
        for (week, letters) in (1..).zip(found).take(weeks) {
            let mut story = story.script.story(-60 + 7 * week);
            story.on(0);
            let fields: Fields = vec![
                ("box", Give::Link(hangs)),
                ("opened_on", date(story.today())),
                ("openers", people(keepers.clone())),
                ("sealed_well", flag(week != 3)),
                ("damage", text(if week == 3 { "封条一角翘起，已换新封条并检查箱体。" } else { "" })),
                ("letters", number(letters)),
            ];
            let fields = fields.into_iter().filter(|(name, _)| week == 3 || *name != "damage").collect();
            let opening = story.create(conduct.clone(), "box_opening", fields);
            // The latest opening of the first box still waits for the other to confirm it, the one before for its letter to be entered.
            if week == 8 {
                continue;
            }
            story.on(1);
            // What lay in the box was no report: the record says so, since nothing was entered from it.
            story.make(inspector2.clone(), opening, "confirm", Vec::new());
            if letters == 0 {
                story.make(conduct.clone(), opening, "finish", Vec::new());
                continue;
            }
            if week == 7 {
                continue;
            }
            story.make(inspector2.clone(), opening, "differ", vec![("gap", text("箱内是广告和感谢信，不是举报。"))]);
            // One difference nobody has looked at yet.
            if week == 6 {
                continue;
            }
            story.on(2);
            story.make(conduct.clone(), opening, "agree", Vec::new());
        }
    }
}

/// One closed with an answer, one that waits for words to be approved, one of this morning.
fn opinions(script: &mut Script<'_>) {
    let told = [
        (-75, "候诊时间长", "短视频称周一上午检查排队两小时。", "strong", "founded", 5),
        (-3, "停车收费", "论坛询问院内停车收费依据。", "strong", "open", 2),
        (-6, "食堂价格", "本地论坛询问陪护餐价格。", "weak", "open", 0),
        (0, "加号收费传闻", "社交媒体传有人收钱加号，未指明科室。", "strong", "open", 0),
    ];
    for (day, headline, gist, heat, truth, steps) in told {
        let mut story = script.story(day);
        if day == 0 {
            story.any_time(0)
        } else {
            story.on(0)
        };
        let (publicity, conduct) = (story.by("publicity"), story.by("conduct"));
        let fields: Fields = vec![
            ("captured_at", now(&story)),
            ("medium", item("social")),
            ("source", text("示例平台，网址从略")),
            ("headline", text(headline)),
            ("gist", text(gist)),
        ];
        let opinion = story.create(publicity.clone(), "opinion", fields);
        story.stop_after(&steps.to_string());
        story.on(0);
        let assessed: Fields = vec![
            ("heat", item(heat)),
            ("truth", item(truth)),
            ("assessment", text("反映集中，需说明情况并核实。")),
            ("answer_needed", flag(true)),
        ];
        story.make(conduct.clone(), opinion, "assess", assessed);
        story.make(publicity, opinion, "draft_answer", vec![("answer", text("感谢关注，已增开窗口并公布分时段预约办法。"))]);
        story.on(1);
        let party = story.by("party");
        let said: Fields = vec![("answered_on", date(story.today())), ("answered_where", text("医院网站和原平台"))];
        story.make(party, opinion, "publish", said);
        story.on(3);
        story.make(conduct.clone(), opinion, "mend", vec![("unit", unit(&story, "影像")), ("mend_by", date(story.in_days(20)))]);
        story.on(12);
        story.make(conduct, opinion, "close", vec![("lesson", text("分时段预约后候诊缩短，平台已更新说明。"))]);
    }
}
