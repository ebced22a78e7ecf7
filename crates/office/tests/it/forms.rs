//! Forms and a letter of the kinds a hospital hands in, with invented figures.

use jiff::civil::{DateTime, date};
use office::letter::Letter;
use office::paper::{Align, Cell, Column, HeadCell, Orientation, Paper, Row, Signature, Sum};

pub fn made_at() -> DateTime {
    date(2026, 6, 11).at(9, 45, 0, 0)
}

fn column(width: u32, align: Align) -> Column {
    Column { width, align }
}

fn signatures() -> Vec<Signature> {
    [("填报人", "李干事"), ("联系电话", "000-0000"), ("审核人", "")]
        .map(|(label, value)| Signature { label: label.into(), value: value.into() })
        .into()
}

fn stamp() -> Vec<String> {
    vec!["链首 9c41 07e2 · 生成于 2026-06-11 09:45 · 李干事 · 口径：自启动日累计".into()]
}

/// Sixteen leaf columns under merged heads, six rows, no sum.
pub fn summary() -> Paper {
    let leaf = HeadCell::new;
    let mut columns = vec![column(44, Align::Start)];
    columns.extend([column(14, Align::Centre); 15]);
    let row = |name: &str, counts: [i64; 15]| {
        let cells = std::iter::once(Cell::Text(name.into())).chain(counts.map(Cell::Count));
        Row { cells: cells.collect() }
    };
    Paper {
        annex: Some("附件4".into()),
        title: "示例县人民医院专项整治情况汇总表".into(),
        orientation: Orientation::Landscape,
        columns,
        head: vec![
            vec![
                leaf("整治工作项目").down(2),
                leaf("科室类别\n（个数）").across(4),
                leaf("处理人员\n（人数）").across(3),
                leaf("四种形态运用\n（人数）").across(5),
                leaf("行政\n处罚\n（人数）").down(2),
                leaf("通报\n问题\n（个数）").down(2),
                leaf("完善\n制度\n（个数）").down(2),
            ],
            [
                "职能\n科室",
                "临床\n科室",
                "医技\n科室",
                "合计",
                "中层\n人员",
                "其他",
                "合计",
                "第一种\n形态",
                "第二种\n形态",
                "第三种\n形态",
                "第四种\n形态",
                "合计",
            ]
            .map(leaf)
            .into(),
        ],
        rows: vec![
            row("（一）重点岗位权力运行", [4, 2, 1, 7, 1, 2, 3, 2, 1, 0, 0, 3, 0, 1, 6]),
            row("（二）医疗服务群众反映强烈", [1, 11, 3, 15, 0, 7, 7, 5, 2, 0, 0, 7, 2, 3, 5]),
            row("（三）与医药企业（代表）接触交往", [2, 6, 2, 10, 1, 4, 5, 3, 1, 1, 0, 5, 1, 2, 4]),
            row("（四）科研学术和协会（学会）管理", [1, 3, 0, 4, 0, 1, 1, 1, 0, 0, 0, 1, 0, 0, 2]),
            row("（五）兼职、经商办企业", [1, 1, 0, 2, 0, 2, 2, 1, 0, 0, 0, 1, 0, 0, 1]),
            row("（六）医德医风", [2, 9, 4, 15, 0, 5, 5, 5, 0, 0, 0, 5, 0, 2, 3]),
        ],
        sum: None,
        footer: signatures(),
        notes: vec![
            "“其他”一栏含中层以下公职人员、非党员、非公职人员等".into(),
            "“行政处罚”一栏只填非党员、非公职人员".into(),
            "自启动日累计至填报日".into(),
        ],
        stamp: stamp(),
    }
}

/// Five columns, a row for each of so many departments, and a sum whose label spans two columns.
pub fn disclosures(departments: usize) -> Paper {
    let rows = (1..=departments)
        .map(|n| {
            let cells = vec![
                Cell::Count(n as i64),
                Cell::Text(format!("示例{n}科")),
                Cell::Count(1),
                Cell::Count(2),
                Cell::Text("0.50万元／3件".into()),
            ];
            Row { cells }
        })
        .collect();
    Paper {
        annex: Some("附件2".into()),
        title: "示例县人民医院专项整治有关人员主动说明问题情况汇总表".into(),
        orientation: Orientation::Portrait,
        columns: vec![
            column(12, Align::Centre),
            column(40, Align::Centre),
            column(32, Align::Centre),
            column(32, Align::Centre),
            column(50, Align::Centre),
        ],
        head: vec![
            [
                "序号",
                "科室名称",
                "主动说明问题\n（情况）人数",
                "主动说明问题\n（情况）个数",
                "主动上交钱款（金额，单位：万元）／财物（数量）",
            ]
            .map(HeadCell::new)
            .into(),
        ],
        rows,
        sum: Some(Sum {
            label: "合计".into(),
            span: 2,
            cells: vec![
                Cell::Count(departments as i64),
                Cell::Count(2 * departments as i64),
                Cell::Text(format!("{}.00万元／{}件", departments / 2, 3 * departments)),
            ],
        }),
        footer: signatures(),
        notes: vec!["自启动日累计至填报日".into()],
        stamp: stamp(),
    }
}

/// Seven columns with long text, a withheld name and a text that looks like a formula.
pub fn clues() -> Paper {
    let row = |number, name: Cell, what: &str| Row {
        cells: vec![
            Cell::Count(number),
            name,
            Cell::Text("医师".into()),
            Cell::Text(what.into()),
            Cell::Text("信访举报".into()),
            Cell::Date(date(2026, 4, 9)),
            Cell::Text("谈话提醒，已办结".into()),
        ],
    };
    Paper {
        annex: Some("附件3".into()),
        title: "示例县人民医院专项整治问题线索台帐".into(),
        orientation: Orientation::Landscape,
        columns: [12, 20, 24, 90, 30, 28, 56].map(|width| column(width, if width > 50 { Align::Start } else { Align::Centre })).into(),
        head: vec![["序号", "姓名", "职务", "线索摘要", "线索来源", "受理时间", "处置方式及结果"].map(HeadCell::new).into()],
        rows: vec![
            row(1, Cell::Sealed, "=反映某科室在耗材使用中与配送企业人员往来频繁，"),
            row(2, Cell::Text("某某".into()), &"反映收费解释不清，需核查。".repeat(8)),
        ],
        sum: None,
        footer: signatures(),
        notes: vec!["线索来源按八类填写".into(), "自启动日累计至填报日".into()],
        stamp: Vec::new(),
    }
}

pub fn letter() -> Letter {
    Letter {
        title: "关于举报事项办理情况的告知".into(),
        number: Some("示院纪函〔2026〕7号".into()),
        addressee: Some("举报人：".into()),
        paragraphs: vec![
            "你反映的事项已于2026年4月9日受理。经了解核实，有关情况已按规定处理，现予告知。对办理过程如有意见，可在收到本函之日起十五日内提出。".into(),
            "感谢你对医院行风建设的支持。".into(),
        ],
        signed: vec!["示例县人民医院纪检监察室".into(), "2026年6月11日".into()],
        stamp: vec!["链首 9c41 07e2 · 生成于 2026-06-11 09:45".into()],
    }
}
