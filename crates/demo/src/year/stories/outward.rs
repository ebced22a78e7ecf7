//! What faces the public: channels and an announcement, places with posters, ratings on the spot, calls after discharge.

use super::super::script::{Fields, Give, Script, Who, date, item, items, text};
use engine::Value;

/// Codes, where, whose unit, what kind.
const PLACES: [(&str, &str, &str, &str); 8] = [
    ("A1-01", "门诊楼一层挂号窗口旁", "急诊", "counter"),
    ("A1-02", "门诊楼一层结算窗口旁", "财务", "counter"),
    ("A2-01", "门诊楼二层候诊区", "呼吸", "outpatient"),
    ("A2-02", "门诊楼二层卫生间门口", "呼吸", "washroom"),
    ("B1-01", "住院楼一层出入院处", "医保", "admission"),
    ("B1-02", "住院楼一层电梯口", "党办", "lift"),
    ("B3-01", "住院楼三层骨科病区走廊", "骨科", "ward"),
    ("B5-01", "住院楼五层心内病区走廊", "心内", "ward"),
];

/// Channel, number or address, days, remark.
const CHANNELS: [(&str, &str, &str, &str); 5] = [
    ("phone", "000-0001（示例电话）", "working", "有人接听；非工作时间可在网上举报"),
    ("visit", "行政楼二层纪检监察室（示例）", "working", ""),
    ("letter", "示例路 1 号 纪检监察室收", "always", "由两人一起拆阅"),
    ("box", "门诊楼一层、住院楼一层（示例）", "always", "由两人一起开启"),
    ("email", "jubao@example.org（示例）", "always", "邮件在途中可能被别人看到，敏感内容请用网上举报"),
];

fn row(from: &str, until: &str) -> Fields {
    vec![("from", item(from)), ("until", item(until))]
}

/// Ways to report are drafted, checked by another and published; one waits to be checked.
pub(super) fn channels(script: &mut Script<'_>) {
    for (at, (channel, contact, days, remark)) in CHANNELS.into_iter().enumerate() {
        // The last one is new and waits to be checked.
        let mut story = script.story(if at + 1 == CHANNELS.len() { -2 } else { -300 + at as i64 });
        story.on(0);
        let (conduct, inspector) = (story.by("conduct"), story.by("inspector"));
        let unit = story.cast().unit("纪检");
        let mut fields: Fields = vec![
            ("channel", item(channel)),
            ("contact", text(contact)),
            ("days", item(days)),
            ("receiver", Give::Value(Value::Unit(story.cast().units[unit]))),
        ];
        if days != "always" {
            fields.push(("hours", Give::Rows(vec![row("t0800", "t1200"), row("t1400", "t1730")])));
        }
        if !remark.is_empty() {
            fields.push(("remark", text(remark)));
        }
        let entry = story.create(conduct.clone(), "channel_notice", fields);
        if at + 1 == CHANNELS.len() {
            continue;
        }
        story.on(1);
        story.make(inspector, entry, "check", Vec::new());
        story.on(2);
        story.make(conduct, entry, "publish", Vec::new());
    }
}

/// One announcement is out, the next waits to be checked.
pub(super) fn announcements(script: &mut Script<'_>) {
    for (begin, heading, drafted) in
        [(-290, "医药购销和医疗服务中不正之风专项整治公告", false), (-2, "检查结果互认专项整治公告（待审核）", true)]
    {
        let mut story = script.story(begin);
        story.on(0);
        let (publicity, director) = (story.by("publicity"), story.by("director"));
        let fields: Fields = vec![
            ("heading", text(heading)),
            ("starts_on", date(story.today())),
            ("ends_on", date(story.in_days(360))),
            ("focus", items(&["s000_gifts", "s000_kickbacks", "s000_disorder"])),
            ("scope", text("收受红包礼品、回扣、乱收费、过度诊疗、指定院外购药等问题。对医疗结果的争议请找医患沟通部门。")),
            ("manner", text("网上、电话、来访、来信和举报箱都可以；可以实名，也可以匿名。")),
            ("requirements", text("请写明时间、地点、科室、人员和具体事项，有凭据的附上。请如实反映。")),
        ];
        let entry = story.create(publicity.clone(), "announcement", fields);
        if drafted {
            continue;
        }
        story.on(2);
        story.make(director, entry, "check", Vec::new());
        story.on(3);
        story.make(publicity, entry, "publish", Vec::new());
    }
}

/// Posters hang and are looked after; one is gone, one was not put up yet.
pub(super) fn places(script: &mut Script<'_>) {
    for (at, (code, name, unit, kind)) in PLACES.into_iter().enumerate() {
        let mut story = script.story(if at == 7 { -3 } else { -40 - at as i64 });
        story.on(0);
        let conduct = story.by("conduct");
        let unit = story.cast().unit(unit);
        let fields: Fields = vec![
            ("code", text(code)),
            ("name", text(name)),
            ("unit", Give::Value(Value::Unit(story.cast().units[unit]))),
            ("kind", item(kind)),
        ];
        let place = story.create(conduct.clone(), "poster_place", fields);
        if at == 7 {
            continue;
        }
        story.on(2);
        let today = story.today();
        story.make(conduct.clone(), place, "post", vec![("posted_on", date(today))]);
        story.on(28);
        let today = story.today();
        story.make(conduct.clone(), place, "check", vec![("checked_on", date(today)), ("found", item("good"))]);
        if at == 3 {
            story.on(33);
            story.make(conduct, place, "report_missing", Vec::new());
        }
    }
}

/// Wards whose patients answered, how many did, and how many of them said yes.
const WARDS: [(&str, i64, i64); 5] = [("呼吸", 14, 1), ("心内", 11, 0), ("骨科", 12, 2), ("普外", 9, 1), ("儿科", 3, 0)];

pub(super) fn ratings(script: &mut Script<'_>) {
    for (unit, count, yes) in WARDS {
        for number in 0..count {
            let mut story = script.story(-70 + number * 5);
            story.any_time(0);
            let ward = story.cast().unit(unit);
            let (asked, sent) = (number < yes && number % 2 == 0, number < yes && number % 2 == 1);
            let said = |is: bool| item(if is { "yes" } else { "no" });
            let score = if asked || sent { "s2" } else { ["s5", "s4", "s5", "s3"][(number % 4) as usize] };
            let mut fields: Fields = vec![
                ("unit", Give::Value(Value::Unit(story.cast().units[ward]))),
                ("visit", item(["discharge", "payment", "registration", "admission"][(number % 4) as usize])),
                ("score", item(score)),
                ("asked_for", said(asked)),
                ("sent_out", said(sent)),
            ];
            if asked || sent {
                fields.push(("words", text("示例：出院前有人暗示表示一下。")));
            }
            story.create(Who::Public, "rating", fields);
        }
    }
}

/// Patients discharged lately: most were reached, some wait, one was tried.
pub(super) fn calls(script: &mut Script<'_>) {
    for (unit, count, yes) in WARDS {
        for number in 0..count {
            let mut story = script.story((number - count) * 2 - 1);
            story.on(0);
            let (nursing, ward) = (story.by("nursing"), story.cast().unit(unit));
            let fields: Fields = vec![
                ("ward", Give::Value(Value::Unit(story.cast().units[ward]))),
                ("inpatient_no", text(format!("示例{:02}{number:03}", ward))),
                ("discharged_on", date(story.in_days(-1))),
            ];
            let call = story.create(nursing.clone(), "follow_up", fields);
            story.on(2);
            if number % 5 == 3 {
                story.make(nursing.clone(), call, "miss", Vec::new());
                story.on(3);
            }
            // The two latest are to be called; in one ward a call is overdue, and the first was forgotten until it lapsed.
            if number + 2 >= count || (yes == 0 && (number == 0 || number + 5 == count)) {
                continue;
            }
            let said = |is: bool| item(if is { "yes" } else { "no" });
            let mut answers: Fields = vec![("asked_for", said(number == 0 && yes > 0)), ("sent_out", said(number == 1 && yes > 1))];
            if (number == 0 && yes > 0) || (number == 1 && yes > 1) {
                answers.push(("words", text("示例：说手术前有人提过。")));
            }
            story.make(nursing, call, "reach", answers);
        }
    }
}

/// Who is still to be called has a number, of no telephone that is.
pub(in super::super) async fn numbers(store: &store::Store, end: engine::Moment) -> store::Result<()> {
    let open = |entry: &engine::Entry| entry.clocks.values().any(engine::Clock::is_running);
    for (at, entry) in store.table(&"follow_up".into()).await?.iter().filter(|entry| open(entry)).enumerate() {
        store.keep_number(entry.id, &format!("000-{at:05}"), engine::Moment(end.0 + 14 * 86_400_000)).await?;
    }
    Ok(())
}
