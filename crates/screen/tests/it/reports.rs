//! Official tables: heads as issued, refusals of definitions, forms that other programs open.

use crate::site;
use catalogue::Catalogue;
use screen::report::Definition;

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
    assert_eq!(heads("s003_annex2"), plain(&["序号", "科室名称", "主动说明问题（情况）人数", "主动说明问题（情况）个数", "主动上交钱款（金额，单位：万元）／财物（数量）"]));
    assert_eq!(heads("s003_annex3"), plain(&["序号", "姓名", "职务", "线索摘要", "线索来源", "受理时间", "处置方式及结果"]));
    let [top, below] = &heads("s003_annex4")[..] else { panic!("two rows") };
    let leaves: usize = top.iter().map(|(_, across, _)| across).sum();
    assert_eq!(leaves, 16);
    let top: Vec<(&str, usize, usize)> = top.iter().map(|(text, across, down)| (text.as_str(), *across, *down)).collect();
    assert_eq!(top, [
        ("整治工作项目", 1, 2),
        ("科室类别（个数）", 4, 1),
        ("处理人员（人数）", 3, 1),
        ("四种形态运用（人数）", 5, 1),
        ("行政处罚（人数）", 1, 2),
        ("通报问题（个数）", 1, 2),
        ("完善制度（个数）", 1, 2),
    ]);
    let below: Vec<&str> = below.iter().map(|(text, ..)| text.as_str()).collect();
    assert_eq!(below, ["职能科室", "临床科室", "医技科室", "合计", "中层人员", "其他", "合计", "第一种形态", "第二种形态", "第三种形态", "第四种形态", "合计"]);
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
