//! Companies, and temporary purchases of what is outside the formulary.

use jiff::civil::Date;

use super::super::script::{Give, Script, Slot, Story, Who, date, item, number, text, yuan};
use crate::hospital::{Approval, Hospital};

/// Name, kind, what it supplies, days since the integrity contract was signed (0: none), credit.
const COMPANIES: [(&str, &str, &str, i64, &str); 9] = [
    ("示例甲制药有限公司", "manufacturer", "药品", 300, "normal"),
    ("示例乙制药有限公司", "manufacturer", "药品", 280, "normal"),
    ("示例丙药业有限公司", "manufacturer", "药品", 350, "normal"),
    ("示例寅器械有限公司", "distributor", "耗材", 200, "normal"),
    ("示例卯器械有限公司", "distributor", "耗材", 340, "dishonest"),
    ("示例辰医疗有限公司", "distributor", "设备与试剂", 150, "normal"),
    ("示例申检验有限公司", "laboratory", "外送检验", 0, "normal"),
    ("示例酉咨询有限公司", "consulting", "技术咨询", 0, "normal"),
    ("示例戌建设有限公司", "contractor", "维修改造", 120, "normal"),
];

pub(super) fn companies(script: &mut Script<'_>) -> Vec<Slot> {
    let mut slots = Vec::new();
    for (place, (name, kind, supplies, signed, credit)) in COMPANIES.into_iter().enumerate() {
        let mut story = script.story(-360);
        story.on(0);
        let purchasing = story.by("purchasing");
        let fields = vec![
            ("code", text(format!("91000000DEMO{:06}", place + 1))),
            ("name", text(name)),
            ("kind", item(kind)),
            ("supplies", text(supplies)),
            ("credit", item("normal")),
        ];
        let supplier = story.create(purchasing.clone(), "supplier", fields);
        slots.push(supplier);
        if signed > 0 {
            story.on(360 - signed);
            let until = story.in_days(365);
            story.edit(purchasing.clone(), supplier, vec![("contract_on", date(story.today())), ("contract_until", date(until))]);
        }
        if credit != "normal" {
            story.on(250);
            let fields =
                vec![("credit", item(credit)), ("credit_since", date(story.in_days(-5))), ("credit_source", text("省级招采平台信用评价"))];
            story.make(purchasing.clone(), supplier, "rate", fields);
            story.on(252);
            story.make_with(purchasing, supplier, "limit", vec![("measure", text("一年内不新增品种。"))], "信用评价为失信");
        }
    }
    slots
}

/// The hospital's temporary approvals, as the departments applied for them.
pub(super) fn approvals(script: &mut Script<'_>, hospital: &Hospital) {
    let today = script.end.date();
    let days = |day: Date| i64::from(today.until(day).map_or(0, |span| span.get_days()));
    for approval in hospital.approvals.iter().filter(|approval| days(approval.from) > -350) {
        let Some(unit) = approval.unit else { continue };
        apply(script, hospital, approval, unit, days(approval.from) - 9);
    }
}

/// Applications for what no data names: one still to be reviewed, one late, one to be approved, one in force, one run out.
/// Day, unit, item, how many steps were taken, days for which it is asked.
const APPLICATIONS: [(i64, &str, &str, &str, i64); 6] = [
    (-1, "c11", "示例罕见病用药甲", "0", 60),
    (-6, "c9", "示例酶替代制剂乙", "0", 60),
    (-4, "呼吸", "示例吸入制剂丙", "1", 30),
    (-20, "神内", "示例抗癫痫制剂丁", "2", 45),
    (-35, "c10", "示例特殊胰岛素戊", "2", 25),
    (-50, "骨科", "示例骨修复材料己", "-", 20),
];

pub(super) fn applications(script: &mut Script<'_>) {
    for (number, (day, short, name, steps, length)) in APPLICATIONS.into_iter().enumerate() {
        let mut story = script.story(day);
        story.on(0);
        let unit = story.cast().unit(short);
        let head = Who::Person(story.cast().head(unit).id);
        let (from, until) = (story.in_days(2), story.in_days(length));
        let asked = Asked { code: format!("YP9{:05}", number + 1), name: name.to_owned(), unit, amount_yuan: 1_800, from, until };
        ask(&mut story, head, &asked, steps);
    }
}

/// What a department asks for.
struct Asked {
    code: String,
    name: String,
    unit: usize,
    amount_yuan: i64,
    from: Date,
    until: Date,
}

fn apply(script: &mut Script<'_>, hospital: &Hospital, approval: &Approval, unit: usize, day: i64) {
    let mut story = script.story(day);
    story.on(0);
    let unit = story.cast().unit_by_code(&hospital.units[unit].code).unwrap_or(unit);
    let item = &hospital.items[approval.item];
    let head = Who::Person(story.cast().head(unit).id);
    let amount_yuan = item.price_fen(hospital.months.len() - 1) * 30 / 100;
    let asked = Asked { code: item.code.clone(), name: item.name.clone(), unit, amount_yuan, from: approval.from, until: approval.until };
    ask(&mut story, head, &asked, "-");
}

fn ask(story: &mut Story<'_, '_>, head: Who, asked: &Asked, steps: &str) {
    let (pharmacy, medical) = (story.by("pharmacy"), story.by("medical"));
    let fields = vec![
        ("item", text(asked.code.clone())),
        ("item_name", text(asked.name.clone())),
        ("unit", Give::Value(engine::Value::Unit(story.cast().units[asked.unit]))),
        ("cause", item("special_case")),
        ("grounds", text("目录内无同等替代，患者病情需要。")),
        ("quantity", number(30)),
        ("amount", yuan(asked.amount_yuan)),
        ("valid_from", date(asked.from)),
        ("valid_until", date(asked.until)),
    ];
    let request = story.create(head, "approval", fields);
    story.stop_after(steps);
    story.on(2);
    story.make(pharmacy.clone(), request, "review", vec![("opinion", text("有适应证，建议限量使用。")), ("alternative", text("无"))]);
    story.on(4);
    story.make(medical, request, "approve", Vec::new());
    story.on(story.days_to(asked.until) + 2);
    story.make(pharmacy, request, "end", Vec::new());
}
