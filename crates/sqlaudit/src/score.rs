//! From findings to a verdict: points, each with its reason.

use crate::context::{Context, Record};
use crate::finding::{Analysis, Finding, Measure, Sort, Source};
use crate::role::Roles;
use crate::time::Range;

/// Flagged from this score on, unless the map or the caller says otherwise.
pub const LEVEL: u32 = 60;

/// What a statement is, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Has nothing to do with drug use.
    Clear,
    /// No statement, such as an empty line or `null`.
    Empty,
    /// The line cannot be read; its text says why.
    Bad,
    /// Drug use of one patient or encounter.
    SinglePatient,
    /// Touches drug use without telling how much of what goes to whom.
    Touches,
    /// One total: of a drug, of a doctor, of all.
    Total,
    /// Goods of the store.
    Stock,
    /// Lines of many patients, to be added up elsewhere.
    DetailPull,
    /// One drug after the other, each a small question.
    Loop,
    /// Use by drug.
    ByDrug,
    /// Use by doctor or department.
    ByDoctor,
    /// Use by drug and by doctor or department.
    DrugByDoctor,
}

/// A reason, in both languages, and its points.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    pub points: i32,
    pub zh: String,
    pub en: String,
}

fn reason(points: i32, zh: impl Into<String>, en: impl Into<String>) -> Reason {
    Reason { points, zh: zh.into(), en: en.into() }
}

/// What the structure of a statement comes to; the context of the one who asks is added apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    pub verdict: Verdict,
    pub reasons: Vec<Reason>,
    pub range: Option<Range>,
    /// Which finding it is about.
    pub worst: Option<usize>,
}

impl Judged {
    pub fn points(&self) -> i32 {
        self.reasons.iter().map(|reason| reason.points).sum()
    }
}

/// The worst of a statement's findings.
pub fn judge(analysis: &Analysis, range: impl Fn(&Finding) -> Range) -> Judged {
    let mut worst: Option<Judged> = None;
    for (index, finding) in analysis.findings.iter().enumerate() {
        let judged = Judged { worst: Some(index), ..one(finding, range(finding), analysis) };
        if worst.as_ref().is_none_or(|before| judged.points() > before.points()) {
            worst = Some(judged);
        }
    }
    worst.unwrap_or_else(|| {
        let (verdict, why) = if analysis.single_patient {
            (Verdict::SinglePatient, reason(0, "只涉及一名患者或一次就诊", "one patient or one encounter only"))
        } else if analysis.touches {
            (
                Verdict::Touches,
                reason(0, "读到用药记录，但不统计、不批量取数", "reads records of drug use, adds nothing up, pulls no lines"),
            )
        } else {
            (Verdict::Clear, reason(0, "与用药量无关", "nothing to do with drug use"))
        };
        Judged { verdict, reasons: vec![why], range: None, worst: None }
    })
}

fn one(finding: &Finding, range: Range, analysis: &Analysis) -> Judged {
    let mut reasons = Vec::new();
    let verdict = match finding.sort {
        Sort::Summed => summed(finding, &mut reasons),
        Sort::Detail => detail(finding, range, &mut reasons),
    };
    let base = reasons.iter().map(|reason| reason.points).sum::<i32>();
    covered(finding, range, verdict, &mut reasons);
    if finding.ranked && base >= 30 {
        reasons.push(reason(10, "按用量排序并取前几位", "ranked by quantity and cut off"));
    }
    if finding.sort == Sort::Summed && finding.measure == Measure::Weak {
        reasons.push(reason(-25, "只取平均值或极值，不是用量", "averages or extremes only, not use"));
    }
    if finding.by_patient && finding.sort == Sort::Summed {
        reasons.push(reason(-15, "同时按患者或就诊分组", "grouped by patient or encounter too"));
    }
    match finding.source {
        Source::Likely => {
            reasons.push(reason(-15, "数据表不在对照表里，按列名推断", "the table is not in the map; told by the names of its columns"))
        }
        Source::None | Source::Charges | Source::Stock | Source::Use => {}
    }
    if !analysis.exports.is_empty() && base >= 30 {
        let zh = format!("结果导出或另存（{}）", analysis.exports.join("、"));
        reasons.push(reason(15, zh, format!("the result leaves as a file or table ({})", analysis.exports.join(", "))));
    }
    if analysis.dynamic && base >= 30 {
        reasons.push(reason(10, "语句藏在动态 SQL 里", "the statement is held in dynamic SQL"));
    }
    if analysis.made_before && base >= 30 {
        reasons.push(reason(5, "经日志中新建的视图或临时表查询", "through a view or table made earlier in this log"));
    }
    if let (Some(name), true) = (&analysis.makes, base >= 30) {
        reasons.push(reason(0, format!("结果定义为视图或表 {name}"), format!("defines the view or table {name}")));
    }
    Judged { verdict, reasons, range: Some(range), worst: None }
}

/// How much the cut alone says.
fn summed(finding: &Finding, reasons: &mut Vec<Reason>) -> Verdict {
    let drug = |roles: Roles| roles.has(Roles::DRUG);
    let orderer = |roles: Roles| roles.has(Roles::ORDERER);
    let (axes, pins) = (finding.axes, finding.pins);
    let item = axes.has(Roles::ITEM);
    let who = if axes.has(Roles::DOCTOR) { ("医师", "doctor") } else { ("科室", "department") };
    if finding.source == Source::Stock {
        return if orderer(axes) && (drug(axes) || drug(pins)) {
            reasons.push(reason(45, format!("药库出入库按药品、{}汇总", who.0), format!("goods of the store by drug and {}", who.1)));
            Verdict::Stock
        } else {
            reasons.push(reason(10, "药库进销存统计，不涉及医师用药", "stock of the pharmacy, no prescribing"));
            Verdict::Stock
        };
    }
    if finding.source == Source::Charges {
        return match (item, orderer(axes)) {
            (true, true) => {
                reasons.push(reason(
                    65,
                    format!("收费项目按{}汇总，其中含药品", who.0),
                    format!("charge items by {}, drugs among them", who.1),
                ));
                Verdict::DrugByDoctor
            }
            (true, false) => {
                reasons.push(reason(45, "收费项目逐项汇总，其中含药品", "totals by charge item, drugs among them"));
                Verdict::ByDrug
            }
            _ => {
                reasons.push(reason(5, "收费合计，不涉及药品", "totals of charges, not of drugs"));
                Verdict::Touches
            }
        };
    }
    let (points, verdict, zh, en) = match (drug(axes) || item, orderer(axes), drug(pins), orderer(pins)) {
        (true, true, _, _) => {
            (80, Verdict::DrugByDoctor, format!("用药量按药品和{}汇总", who.0), format!("drug use by drug and {}", who.1))
        }
        (false, true, true, _) => {
            (80, Verdict::DrugByDoctor, format!("指定药品的用量按{}汇总", who.0), format!("use of a named drug by {}", who.1))
        }
        (true, false, _, true) => {
            (75, Verdict::DrugByDoctor, "指定医师或科室的用药量按药品汇总".into(), "a named doctor's or department's use by drug".into())
        }
        (true, false, _, false) => (60, Verdict::ByDrug, "用药量按药品汇总".into(), "drug use by drug".into()),
        (false, true, false, _) => {
            (60, Verdict::ByDoctor, format!("用药量或处方量按{}汇总", who.0), format!("drug use or prescriptions by {}", who.1))
        }
        (false, false, true, true) => {
            (55, Verdict::Total, "指定医师或科室对指定药品的用量".into(), "a named doctor's or department's use of a named drug".into())
        }
        (false, false, true, false) => (30, Verdict::Total, "单个药品的用量合计".into(), "the total of one drug".into()),
        (false, false, false, true) => {
            (30, Verdict::Total, "单个医师或科室的用药合计".into(), "the total of one doctor or department".into())
        }
        (false, false, false, false) => {
            (15, Verdict::Total, "用药记录合计，不分药品、不分医师".into(), "one total of drug use, by nothing".into())
        }
    };
    reasons.push(reason(points, zh, en));
    verdict
}

fn detail(finding: &Finding, range: Range, reasons: &mut Vec<Reason>) -> Verdict {
    let shows = finding.shows | finding.pins.only(Roles::DRUG);
    let (points, zh, en) = if shows.has(Roles::ORDERER) && shows.has(Roles::DRUG) {
        (55, "批量取出药品与医师（科室）明细，可在库外汇总", "lines with drug and doctor or department, ready to be added up elsewhere")
    } else if shows.has(Roles::MEASURE) {
        (50, "批量取出药品与数量明细，可在库外汇总", "lines with drug and quantity, ready to be added up elsewhere")
    } else {
        (35, "批量取出用药明细", "lines of drug use")
    };
    reasons.push(reason(points, zh, en));
    if finding.narrowed && !matches!(range, Range::Days(days) if days >= 6.99) {
        reasons.push(reason(-20, "另有其他条件限定行，像日常业务清单", "other conditions narrow the lines, as in a worklist"));
    }
    Verdict::DetailPull
}

fn covered(finding: &Finding, range: Range, verdict: Verdict, reasons: &mut Vec<Reason>) {
    let cuts_both = verdict == Verdict::DrugByDoctor;
    let detail = finding.sort == Sort::Detail;
    match range {
        Range::Days(days) if range.long() => {
            reasons.push(reason(10, format!("时间跨度约 {days:.0} 天"), format!("covers about {days:.0} days")))
        }
        Range::All => reasons.push(reason(10, "没有时间限制", "no limit of time")),
        Range::Open => reasons.push(reason(10, "时间只限定一端", "limited in time on one side only")),
        Range::Unknown => reasons.push(reason(if detail { -15 } else { 0 }, "时间由绑定变量决定", "the time is a bind variable")),
        Range::Days(days) => {
            let points = if detail {
                -40
            } else if cuts_both {
                -15
            } else {
                -25
            };
            reasons.push(reason(points, format!("时间跨度只有 {days:.1} 天"), format!("covers {days:.1} days only")));
        }
    }
}

/// What speaks against the one who asks; only where the statement itself says something. At most 15 points.
pub fn context(record: &Record<'_>, context: &Context) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let mut left = 15;
    let mut add = |points: i32, zh: String, en: String| {
        let given = points.min(left);
        left -= given;
        reasons.push(Reason { points: given, zh, en });
    };
    if context.dba {
        add(6, "使用数据库管理员账号".into(), "an administrator's account".into());
    }
    if context.vendor {
        add(6, "使用厂商账号".into(), "a vendor's account".into());
    }
    if context.tool {
        add(6, format!("使用手工查询工具 {}", record.client), format!("a tool for queries by hand, {}", record.client));
    }
    if context.off_hours {
        add(4, "非工作时间".into(), "outside working hours".into());
    }
    if context.new_pair {
        add(4, "这个账号第一次从这个地址登录".into(), "this account was never seen from this address".into());
    }
    if let Some(rows) = record.rows.filter(|rows| *rows >= 1_000) {
        add(6, format!("返回 {rows} 行"), format!("{rows} rows returned"));
    }
    reasons
}
