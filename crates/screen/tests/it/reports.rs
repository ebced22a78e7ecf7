//! Official tables: heads as issued, refusals of definitions, forms that other programs open.

use crate::site;
use calamine::Reader;
use catalogue::{Catalogue, FieldName, ItemName, Revision};
use engine::erasure::{Past, Rest};
use engine::{Directory, Entry, EntryId, Erasure, InstitutionId, Moment, Unit, UnitId, Value};
use jiff::civil::{Date, date};
use screen::report::{ColumnLayout, Definition, Report, ReportError, Request, Show};
use screen::{Limits, Tables};
use uuid::Uuid;

fn heads(report: &str) -> Vec<Vec<(String, usize, usize)>> {
    let reports = Definition::load_all(&Catalogue::embedded()).expect("sound");
    let definition = reports.iter().find(|known| known.layout.report == report).unwrap_or_else(|| panic!("{report}"));
    let cell = |cell: &office::paper::HeadCell| (cell.text.replace('\n', ""), cell.colspan, cell.rowspan);
    definition.layout.head.iter().map(|row| row.iter().map(cell).collect()).collect()
}

/// The heads of the forms as issued are facts.
#[test]
fn heads_are_those_of_the_form() {
    let plain = |texts: &[&str]| vec![texts.iter().map(|text| ((*text).to_owned(), 1, 1)).collect::<Vec<_>>()];
    assert_eq!(
        heads("s003_annex2"),
        plain(&[
            "序号",
            "科室名称",
            "主动说明问题（情况）人数",
            "主动说明问题（情况）个数",
            "主动上交钱款（金额，单位：万元）／财物（数量）"
        ])
    );
    assert_eq!(heads("s003_annex3"), plain(&["序号", "姓名", "职务", "线索摘要", "线索来源", "受理时间", "处置方式及结果"]));
    let [top, below] = &heads("s003_annex4")[..] else { panic!("two rows") };
    let leaves: usize = top.iter().map(|(_, across, _)| across).sum();
    assert_eq!(leaves, 16);
    let top: Vec<(&str, usize, usize)> = top.iter().map(|(text, across, down)| (text.as_str(), *across, *down)).collect();
    assert_eq!(
        top,
        [
            ("整治工作项目", 1, 2),
            ("科室类别（个数）", 4, 1),
            ("处理人员（人数）", 3, 1),
            ("四种形态运用（人数）", 5, 1),
            ("行政处罚（人数）", 1, 2),
            ("通报问题（个数）", 1, 2),
            ("完善制度（个数）", 1, 2),
        ]
    );
    let below: Vec<&str> = below.iter().map(|(text, ..)| text.as_str()).collect();
    assert_eq!(
        below,
        [
            "职能科室",
            "临床科室",
            "医技科室",
            "合计",
            "中层人员",
            "其他",
            "合计",
            "第一种形态",
            "第二种形态",
            "第三种形态",
            "第四种形态",
            "合计"
        ]
    );
}

#[test]
fn every_form_has_its_footer_and_only_annex_2_a_row_of_totals() {
    let reports = Definition::load_all(&Catalogue::embedded()).expect("sound");
    for definition in &reports {
        let layout = &definition.layout;
        assert_eq!(layout.footer, ["填报人", "联系电话", "审核人"], "{}", layout.report);
        assert_eq!(layout.sum.as_ref().map(|sum| (sum.label.as_str(), sum.span)), (layout.report == "s003_annex2").then_some(("合计", 2)));
        let totals = layout.columns.iter().filter(|column| !column.total_of.is_empty()).count();
        assert_eq!(totals, if layout.report == "s003_annex4" { 3 } else { 0 });
    }
}

#[test]
fn a_layout_at_fault_is_told() {
    let catalogue = Catalogue::embedded();
    let shipped = &catalogue.files["reports/s003_annex4.toml"];
    for (from, to, why) in [
        ("report = \"s003_annex4\"", "report = \"other\"", "should be `s003_annex4`"),
        ("\"unit_technical\"]", "\"unit_other\"]", "is no column with a number"),
        ("plan   = \"003\"", "", "plan"),
    ] {
        let changed = shipped.replacen(from, to, 1);
        assert_ne!(&changed, shipped, "{from}");
        let faults = Definition::load_all(&site::catalogue(&[("reports/s003_annex4.toml", &changed)])).expect_err(to);
        let said = faults.iter().map(ToString::to_string).collect::<String>();
        assert!(said.contains(why), "{said}");
    }
}

fn entry(register: &str, number: u128, state: &str, values: Vec<(&str, Value)>) -> Entry {
    let (id, house) = (EntryId(Uuid::from_u128(number)), InstitutionId("h".into()));
    let bare = Entry::bare(id, register.into(), house, format!("N-{number}"), state.into(), Moment(0), Revision::new(""));
    Entry { values: values.into_iter().map(|(name, value)| (FieldName::new(name), value)).collect(), ..bare }
}

/// One campaign, one outcome; the outcome's unit has this class.
async fn annex4(class: &str, to: Date) -> Result<Report, ReportError> {
    annex4_with(class, to, None).await
}

async fn annex4_with(class: &str, to: Date, clue: Option<Entry>) -> Result<Report, ReportError> {
    let catalogue = Catalogue::embedded();
    let unit =
        Unit { id: UnitId(Uuid::from_u128(7)), code: "K1".into(), name: "骨科".into(), class: class.into(), parent: None, active: true };
    let mut directory = Directory::default();
    let other =
        Unit { id: UnitId(Uuid::from_u128(8)), code: "K2".into(), name: "检验科".into(), class: "technical".into(), ..unit.clone() };
    directory.units.insert(unit.id, unit);
    directory.units.insert(other.id, other);
    let choice = |item: &str| Value::Choice(ItemName::new(item));
    let campaign = entry(
        "campaign",
        1,
        "running",
        vec![("focus", Value::Choices(vec![ItemName::new("s003_power")])), ("launched_on", Value::Date(date(2021, 8, 16)))],
    );
    let outcome = entry(
        "outcome",
        2,
        "decided",
        vec![
            ("outsider", Value::Text("某公司代表".into())),
            ("unit", Value::Unit(UnitId(Uuid::from_u128(7)))),
            ("rank", choice("other")),
            ("focus", choice("s003_power")),
            ("decided_on", Value::Date(date(2021, 9, 1))),
        ],
    );
    let mut tables = Tables::new();
    let technical = entry("unit", 8, "active", vec![("code", Value::Text("K2".into())), ("class", choice("technical"))]);
    for entry in [campaign, outcome, technical].into_iter().chain(clue) {
        let register = catalogue.register(entry.register.as_str()).expect("shipped");
        tables.add_register(register, &[entry], &directory).expect("a table");
    }
    tables.add_lists(&catalogue).expect("lists");
    tables.add_missing_registers(&catalogue).expect("registers");
    let request = Request {
        preparer: Some("填报人甲".into()),
        phone: Some("000-0000".into()),
        chain_head: Some("abc123".into()),
        ..Request::whole("示例医院", None, to, date(2021, 12, 31).at(9, 30, 0, 0))
    };
    let reports = Definition::load_all(&catalogue).expect("sound");
    let definition = reports.iter().find(|known| known.layout.report == "s003_annex4").expect("shipped");
    definition.make(&tables, &request, None, Limits::default()).await
}

#[tokio::test]
async fn the_form_opens_in_another_program_with_its_stamp() {
    let report = annex4("clinical", date(2021, 12, 31)).await.expect("it is made");
    assert!(report.cumulative && report.rows.len() == 1);
    let cell = report.rows[0].cells.iter().find(|cell| cell.column == "persons").expect("a column");
    assert_eq!((cell.value.shown().as_str(), cell.entries.as_slice()), ("1", &[EntryId(Uuid::from_u128(2))][..]));
    let mut bytes = Vec::new();
    office::paper::write_xlsx(&report.paper, date(2021, 12, 31).at(9, 30, 0, 0), &mut bytes).expect("written");
    let mut book = calamine::Xlsx::new(std::io::Cursor::new(bytes)).expect("a workbook");
    let sheet = book.worksheet_range_at(0).expect("a sheet").expect("readable");
    let all: Vec<String> = sheet.used_cells().map(|(_, _, cell)| cell.to_string()).collect();
    for wanted in ["附件4", "示例医院腐败问题专项整治情况汇总表", "科室类别（个数）", "重点岗位权力运行方面的问题"]
    {
        assert!(all.iter().any(|text| text == wanted), "{wanted} in {all:?}");
    }
    let text = all.join("\n");
    for wanted in [
        "填报人：填报人甲",
        "联系电话：000-0000",
        "审核人：____",
        "起累计，截至填报之日",
        "统计于 2021-12-31 09:30，数据截至 2021-12-31；存证指纹（与院外存证比对）记录链末：abc123",
    ] {
        assert!(text.contains(wanted), "{wanted} in {text}");
    }
    let mut docx = Vec::new();
    office::paper::write_docx(&report.paper, date(2021, 12, 31).at(9, 30, 0, 0), &mut docx).expect("written");
    assert!(docx.starts_with(b"PK"));
}

#[tokio::test]
async fn a_total_that_does_not_reconcile_names_its_entries() {
    match annex4("", date(2021, 12, 31)).await {
        Err(ReportError::Unreconciled(reasons)) => {
            assert_eq!(reasons.len(), 1);
            assert_eq!(reasons[0].entries, [EntryId(Uuid::from_u128(2))]);
            assert_eq!(reasons[0].numbers, ["N-2"]);
        }
        other => panic!("{other:?}"),
    }
}

/// What a shipped table counts, it counts the same when the content is gone: on that day and on every day before.
#[tokio::test]
async fn an_erased_clue_counts_in_annex_4_as_it_did() {
    let catalogue = Catalogue::embedded();
    let retention = catalogue.register("clue").expect("shipped").retention.clone().expect("it is erased some day");
    let choice = |item: &str| Value::Choice(ItemName::new(item));
    let stood = |state: &str, day: Date, result: Option<&str>| {
        let mut values =
            vec![("source", choice("petition")), ("received_on", Value::Date(date(2021, 8, 20))), ("origin_no", Value::Text("甲".into()))];
        if let Some(result) = result {
            values.extend([("result", choice(result)), ("focus", choice("s003_power"))]);
            values.push(("units", Value::Units(vec![UnitId(Uuid::from_u128(8))])));
        }
        let mut entry = entry("clue", 3, state, values);
        entry.changed = Moment::end_of(day);
        entry
    };
    let lives = [
        stood("received", date(2021, 8, 20), None),
        stood("reported", date(2021, 9, 5), Some("partly")),
        stood("concluded", date(2021, 9, 10), Some("substantiated")),
        stood("closed", date(2021, 9, 20), Some("substantiated")),
    ];
    let past: Vec<Past> = lives.iter().map(Past::of).collect();
    let rest = Rest::of(&lives[3], &retention, &past).expect("it is that entry");
    let mut left = lives[3].clone();
    (left.values, left.erasure) = (rest.values.clone(), Some(Erasure::Done { at: Moment::end_of(date(2031, 9, 30)) }));
    assert!(!left.values.contains_key("origin_no") && rest.past.iter().all(|past| !past.values.contains_key("origin_no")));
    let mut shown = Vec::new();
    for (before, day) in lives.iter().zip([date(2021, 8, 31), date(2021, 9, 6), date(2021, 9, 15), date(2021, 12, 31)]) {
        let numbers = async |clue: Entry| {
            let report = annex4_with("clinical", day, Some(clue)).await.expect("it is made");
            report.rows[0].cells.iter().map(|cell| cell.value.shown()).collect::<Vec<_>>()
        };
        let (was, is) = (numbers(before.clone()).await, numbers(rest.as_of(left.clone(), Moment::end_of(day))).await);
        assert_eq!(was, is, "as of {day}");
        shown.push(was);
    }
    assert_ne!(shown[1], shown[2], "a clue that was concluded counts");
}

#[tokio::test]
async fn before_the_launch_there_is_nothing_to_report() {
    assert!(matches!(annex4("clinical", date(2021, 8, 15)).await, Err(ReportError::NoCampaign { .. })));
}

#[tokio::test]
async fn json_has_every_number_with_its_entries() {
    let report = annex4("clinical", date(2021, 12, 31)).await.expect("it is made");
    let json = serde_json::to_value(&report).expect("JSON");
    let cells = json["rows"][0]["cells"].as_array().expect("cells");
    assert_eq!(cells.len(), 16);
    let units = cells.iter().find(|cell| cell["column"] == "unit_clinical").expect("a column");
    assert_eq!(units["value"]["count"], 1);
    assert_eq!(units["entries"][0], EntryId(Uuid::from_u128(2)).to_string());
}

#[test]
fn every_figure_is_explained_by_the_rule_of_its_own_column() {
    let definitions = Definition::load_all(&Catalogue::embedded()).expect("reports without a fault");
    let of = |report: &str, column: &str| {
        let known = definitions.iter().find(|known| known.layout.report == report).expect("a report");
        known.layout.counting_of(column).unwrap_or_default().to_owned()
    };
    for (report, column, begins) in [
        ("s003_annex2", "persons", "人数："),
        ("s003_annex2", "matters", "个数："),
        ("s003_annex2", "handed_in", "钱款、财物："),
        ("s003_annex4", "unit_functional", "科室类别："),
        ("s003_annex4", "units", "科室类别："),
        ("s003_annex4", "person_middle", "处理人员："),
        ("s003_annex4", "forms", "四种形态："),
        ("s003_annex4", "penalties", "行政处罚："),
        ("s003_annex4", "notices", "通报问题："),
        ("s003_annex4", "policies", "完善制度："),
    ] {
        assert!(of(report, column).starts_with(begins), "{report} {column}: {}", of(report, column));
    }
    for known in &definitions {
        let unexplained = |column: &&ColumnLayout| {
            matches!(column.show, Show::Count | Show::Sum | Show::Joined) && known.layout.counting_of(&column.key).is_none()
        };
        let bare: Vec<&str> = known.layout.columns.iter().filter(unexplained).map(|column| column.key.as_str()).collect();
        assert!(bare.is_empty(), "{}: {bare:?}", known.layout.report);
    }
}
