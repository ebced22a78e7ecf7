//! Official reports and rules, through the door by which pages ask for figures.

use crate::browser::Browser;
use crate::house::House;
use axum::http::StatusCode;
use catalogue::Text;
use engine::{EntryId, PersonId, UnitId, Viewer};
use futures::future::BoxFuture;
use jiff::civil::date;
use office::paper::{Cell, Column, HeadCell, Orientation, Paper, Row, Signature, Sum};
use std::sync::{Arc, Mutex};
use web::{
    Behind, Came, Counted, Fate, Figures, FiguresError, Hit, HitCell, HitColumn, Hits, IssuedHead, Ran, Report, ReportAsk, ReportHead,
    Rule, Source,
};

/// A report with one figure, as the screening crate would give it.
#[derive(Default)]
pub struct Sample {
    entries: Mutex<Vec<EntryId>>,
    /// Behind its sealed cell.
    sealed: Mutex<Vec<EntryId>>,
    /// Numbers of issued ones.
    issued: Mutex<Vec<String>>,
    /// Units its first figure counts.
    units: Mutex<Vec<(UnitId, Vec<EntryId>)>>,
}

impl Figures for Sample {
    fn reports(&self) -> Vec<ReportHead> {
        vec![ReportHead {
            id: "s003_annex4".into(),
            title: Text::new("附件4 情况汇总表", "Annex 4"),
            basis: Text::new("方案附件 4", "Plan, annex 4"),
        }]
    }

    fn report<'a>(&'a self, ask: ReportAsk<'a>) -> BoxFuture<'a, Result<Report, FiguresError>> {
        Box::pin(async move {
            if ask.id != "s003_annex4" {
                return Err(FiguresError::Unknown(ask.id.into()));
            }
            let (from, to) = (ask.from.unwrap_or(date(2026, 1, 1)), ask.to.unwrap_or(ask.as_of.date()));
            if to == date(2026, 1, 1) {
                return Err(FiguresError::Refused(Text::new("合计与分项不符：第二栏", "the total of column two does not add up")));
            }
            let entries = self.entries.lock().expect("nobody panics with the lock").clone();
            let count = entries.len() as i64;
            let sealed = if ask.unlock.is_some() { Cell::Text("已打开".into()) } else { Cell::Sealed };
            let cells = vec![Cell::Text("（一）重点岗位".into()), Cell::Count(count), Cell::Count(0), sealed];
            let columns = [30, 10, 10, 10].map(|width| Column { width, align: Default::default() }).into();
            let paper = Paper {
                annex: Some("附件4".into()),
                title: "专项整治情况汇总表".into(),
                orientation: Orientation::Landscape,
                columns,
                head: vec![
                    vec![HeadCell::new("项目").down(2), HeadCell::new("科室类别\n（个数）").across(2), HeadCell::new("内容").down(2)],
                    vec![HeadCell::new("职能"), HeadCell::new("合计")],
                ],
                rows: vec![Row { cells }],
                sum: Some(Sum { label: "合计".into(), span: 1, cells: vec![Cell::Count(count), Cell::Count(0), Cell::Blank] }),
                footer: vec![Signature { label: "填报人".into(), value: "李三".into() }],
                notes: vec!["人数按行去重".into()],
                stamp: Vec::new(),
            };
            let sources = |entries: &[EntryId]| entries.iter().map(|entry| Source { register: "gift".into(), entry: *entry }).collect();
            let units = self.units.lock().expect("free").clone();
            let behind = |row, column, entries: &[EntryId], counted| Behind { row, column, entries: sources(entries), counted };
            let shut = self.sealed.lock().expect("free").clone();
            let is_working = ask.issued.is_none();
            Ok(Report {
                copy: if is_working { Text::new("工作稿一句", "working") } else { Text::new("核发件一句", "issued") },
                is_working,
                may_issue: is_working,
                paper,
                from,
                to,
                cumulative: ask.from.is_none(),
                checks: vec![Text::new("分项之和等于合计", "parts add up")],
                counting: vec![Text::default(), Text::new("以最终结果为准", "by the final result")],
                behind: vec![
                    behind(0, 1, &entries, if units.is_empty() { Counted::Entries } else { Counted::Units(units) }),
                    behind(0, 3, &shut, Counted::Entries),
                    behind(1, 1, &entries, Counted::People(count)),
                ],
            })
        })
    }

    fn issued<'a>(&'a self, _: &'a str, _: &'a Viewer) -> BoxFuture<'a, Result<Vec<IssuedHead>, FiguresError>> {
        let issued = self.issued.lock().expect("free").clone();
        Box::pin(async {
            Ok(issued.into_iter().map(|number| IssuedHead { number, on: date(2026, 3, 1), to: date(2026, 2, 28) }).collect())
        })
    }

    fn issue<'a>(&'a self, _: ReportAsk<'a>) -> BoxFuture<'a, Result<EntryId, FiguresError>> {
        let asked = self.entries.lock().expect("free").first().copied();
        Box::pin(async move { asked.ok_or_else(|| FiguresError::Refused(Text::new("不由您提请", "not yours"))) })
    }

    fn rules(&self) -> BoxFuture<'_, Result<Vec<Rule>, FiguresError>> {
        Box::pin(async {
            Ok(vec![Rule {
                id: "U02".into(),
                title: Text::new("用量突增", "Surge"),
                why: Text::new("短期内用量明显上升", "usage rose at once"),
                not_when: Some(Text::new("新开展的技术", "a new service")),
                basis: Text::new("方案第五部分", "Plan, part 5"),
                maturity: "live".into(),
                written_by: "pharmacy".into(),
                checked_by: Some("medical".into()),
                review_on: Some(date(2026, 12, 31)),
                params: vec![(Text::new("最少例数", "Least n"), Text::new("30", "30"))],
                reads: vec![Text::new("医嘱与收费明细", "Order lines")],
                ranks: false,
                last: Some(ran()),
                alerts: Some(("alert".into(), "rule".into())),
            }])
        })
    }

    fn runs<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Vec<Ran>, FiguresError>> {
        Box::pin(async { Ok(vec![ran()]) })
    }

    fn hits<'a>(&'a self, _: &'a str, run: &'a str) -> BoxFuture<'a, Result<Option<Hits>, FiguresError>> {
        Box::pin(async move { Ok((run == RUN).then(|| hits(self.entries.lock().expect("free").first().copied()))) })
    }

    fn months(&self) -> BoxFuture<'_, Result<Option<(String, String)>, FiguresError>> {
        Box::pin(async { Ok(Some(("2025-01".into(), "2026-02".into()))) })
    }

    fn screen<'a>(&'a self, _: PersonId, first: &'a str, last: &'a str) -> BoxFuture<'a, Result<String, FiguresError>> {
        Box::pin(async move {
            match first <= last {
                true => Ok(format!("{first}.{last}")),
                false => Err(FiguresError::Refused(Text::new("月份倒着", "backwards"))),
            }
        })
    }
}

const RUN: &str = "20260601-080000";

fn ran() -> Ran {
    let came = Came { findings: 3, opened: 1, known: 0, whitelisted: 0, refused: 1, not_run: None };
    Ran { run: RUN.into(), at: engine::Moment(0), by: None, first: "2026-04".into(), last: "2026-05".into(), came }
}

/// Two findings of one month and two of the month before; the first opened an alert, the alert of the last was refused.
fn hits(alert: Option<EntryId>) -> Hits {
    let column = |zh: &str, person, number| HitColumn { label: Text::new(zh, zh), person, number, shown: true };
    let hit = |month: &str, doctor: &str, figure: f64, fate| Hit {
        month: month.into(),
        sentence: Text::new(format!("{doctor}用量 {figure}，需核查"), ""),
        cells: vec![
            HitCell { shown: Text::new(doctor, ""), number: None },
            HitCell { shown: Text::new(format!("{figure} 支"), ""), number: Some(figure) },
        ],
        group: Some([1.0, 2.0, 3.0, 4.0, 9.0, figure]),
        fate,
    };
    let opened = alert.map_or(Fate::Ranking, Fate::Opened);
    Hits {
        ran: ran(),
        version: "abc".into(),
        parameters: vec![(Text::new("最少例数", "Least n"), Text::new("30", "30"))],
        columns: vec![column("医师", true, false), column("用量", false, true)],
        rows: vec![
            hit("2026-05", "医师甲", 9.0, opened),
            hit("2026-05", "医师乙", 60.0, Fate::Ranking),
            hit("2026-04", "医师丙", 7.0, Fate::Past),
            hit("2026-04", "医师丁", 5.0, Fate::Refused),
        ],
    }
}

#[tokio::test]
async fn a_run_shows_what_it_found_and_what_became_of_each() {
    let house = House::with(Some(Arc::new(Sample::default()))).await;
    let mut li = Browser::signed_in(&house, "li").await;
    let path = format!("/rules/U02/runs/{RUN}");
    let list = li.get("/rules").await.expect(StatusCode::OK);
    assert!(list.has("3条疑点") || list.has("3 条疑点"), "{}", list.words());
    assert!(list.links().contains(&path), "the count of the last run leads to what it found: {:?}", list.links());
    let page = li.get(&path).await.expect(StatusCode::OK);
    for said in [
        "医师乙",
        "60 支",
        "只作排名，不开疑点",
        "早于提示期，不追溯",
        "没有开出，原因见运行日志",
        "没有开出 1",
        "最少例数：30",
        "2026-04 至 2026-05",
    ] {
        assert!(page.has(said), "{said}: {}", page.words());
    }
    assert!(page.text().contains("中位数 3，上四分位 4，最高 9，本次 60"), "the group is drawn with its words");
    let order = |page: &str, first: &str, then: &str| page.find(first).expect(first) < page.find(then).expect(then);
    let words = li.get(&format!("{path}?sort=-1")).await.expect(StatusCode::OK).words();
    assert!(order(&words, "医师乙", "医师甲") && order(&words, "医师甲", "医师丙"), "{words}");
    let words = li.get(&format!("{path}?sort=1")).await.expect(StatusCode::OK).words();
    assert!(order(&words, "医师丙", "医师甲"), "{words}");
    let words = li.get(&format!("{path}?month=2026-04&fate=past")).await.expect(StatusCode::OK).words();
    assert!(words.contains("医师丙") && !words.contains("医师甲"), "{words}");
    li.get("/rules/U02/runs/another").await.expect(StatusCode::NOT_FOUND);
    li.get(&format!("/rules/U01/runs/{RUN}")).await.expect(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn findings_are_saved_by_those_who_save_alerts_and_read_by_those_who_read_the_rule() {
    let house = House::with(Some(Arc::new(Sample::default()))).await;
    let path = format!("/rules/U02/runs/{RUN}");
    let mut li = Browser::signed_in(&house, "li").await;
    let file = li.get(&format!("{path}/findings.csv?fate=ranking")).await.expect(StatusCode::OK).text();
    assert!(file.contains("医师乙") && file.contains("60 支") && !file.contains("医师丙"), "{file}");
    assert!(li.get(&format!("{path}/findings.xlsx")).await.expect(StatusCode::OK).bytes.starts_with(b"PK"));
    let lines = house.store.audit("reads:h1", 0, 10).await.expect("the chain of reads");
    let told: Vec<_> = lines.iter().map(|line| (line.verb.as_str(), line.register.as_str(), line.actor.clone())).collect();
    let by = engine::Actor::Person(house.person("li")).to_string();
    assert_eq!(told, [("export", "alert", by.clone()), ("export", "alert", by)], "each file is recorded where its findings lead");
    let mut shi = Browser::signed_in(&house, "shi").await;
    assert!(shi.get("/log?chain=looks").await.expect(StatusCode::OK).has("导出清单"));
    assert!(house.store.verify(None).await.expect("it is checked").is_sound());
    let mut chen = Browser::signed_in(&house, "chen").await;
    let page = chen.get(&path).await.expect(StatusCode::OK);
    assert!(page.has("医师乙") && !page.text().contains("findings.csv"), "a director reads and saves nothing");
    chen.get(&format!("{path}/findings.csv")).await.expect(StatusCode::FORBIDDEN);
    let mut zhang = Browser::signed_in(&house, "zhang").await;
    zhang.get(&path).await.expect(StatusCode::NOT_FOUND);
    zhang.get(&format!("{path}/findings.csv")).await.expect(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn whoever_is_kept_out_of_an_entry_sees_its_finding_neither_on_the_page_nor_in_the_file() {
    let sample = Arc::new(Sample::default());
    let house = House::with(Some(Arc::<Sample>::clone(&sample))).await;
    let entry = house.gift("甲").await.entry;
    sample.entries.lock().expect("nobody panics with the lock").push(entry);
    let (path, li) = (format!("/rules/U02/runs/{RUN}"), house.person("li"));
    let (mut his, mut hers) = (Browser::signed_in(&house, "li").await, Browser::signed_in(&house, "chen").await);
    assert!(his.get(&path).await.expect(StatusCode::OK).has("医师甲"), "before");
    let recuse = store::Wish::Recuse { person: li, reason: None };
    house.store.submit(store::Request::new(engine::Actor::System, "gift", entry, recuse)).await.expect("recused");
    let page = his.get(&path).await.expect(StatusCode::OK);
    assert!(page.has("医师乙") && !page.has("医师甲"), "{}", page.words());
    assert!(page.has("发现 2") && page.has("新开疑点 0"), "no total counts what is kept: {}", page.words());
    for list in ["/rules", "/rules/U02"] {
        assert!(!his.get(list).await.expect(StatusCode::OK).has("3 条疑点"), "{list}");
        assert!(hers.get(list).await.expect(StatusCode::OK).has("3 条疑点"), "{list}: a colleague's count");
    }
    let file = his.get(&format!("{path}/findings.csv")).await.expect(StatusCode::OK).text();
    assert!(file.contains("医师乙") && !file.contains("医师甲"), "{file}");
    assert!(hers.get(&path).await.expect(StatusCode::OK).has("医师甲"), "a colleague still does");
}

/// A run of the rules under way, in the hands of a worker. Answers its page and what ends it.
pub async fn under_way(house: &House) -> (String, store::Lease) {
    let job = house.store.queue_job(web::SCREENING, "{}", Some(house.person("ma")), 1).await.expect("it is queued");
    let lease = house.store.lease_job(&[web::SCREENING], 60_000).await.expect("it reads").expect("a job waits");
    house.store.report_job(&lease, 0, 1, "U02", 60_000).await.expect("it is told");
    (format!("/rules/runs/{job}"), lease)
}

/// It ends with three findings of one rule.
pub async fn ended(house: &House, lease: &store::Lease) {
    let rule = web::ScreenedRule { rule: "U02".into(), run: RUN.into(), came: ran().came };
    let came = web::Screened { rules: vec![rule], findings: 3, opened: 1, known: 2, whitelisted: 0 };
    house.store.job_done(lease, &serde_json::to_string(&came).expect("it serialises")).await.expect("it is done");
}

#[tokio::test]
async fn a_run_says_its_rule_by_name_and_in_the_end_what_was_new_and_what_was_known() {
    let house = House::with(Some(Arc::new(Sample::default()))).await;
    let mut ma = Browser::signed_in(&house, "ma").await;
    let (path, lease) = under_way(&house).await;
    let page = ma.get(&path).await.expect(StatusCode::OK);
    assert!(page.has("第 1 条规则，共 1 条——用量突增") && page.text().contains("role=\"progressbar\""), "{}", page.words());
    let stops = |html: String| html.replace("&#x2f;", "/").contains(&format!("{path}/cancel"));
    assert!(stops(page.text()), "it can be stopped");
    ended(&house, &lease).await;
    let page = ma.get(&path).await.expect(StatusCode::OK);
    assert!(page.has("疑点 3 条；新开 1 件，此前已开 2 件") && !stops(page.text()), "{}", page.words());
    assert!(page.has("其中 1 件没有开出"), "{}", page.words());
    assert!(page.links().contains(&format!("/rules/U02/runs/{RUN}")), "{:?}", page.links());
    let (path, lease) = under_way(&house).await;
    let page = ma.get(&path).await.expect(StatusCode::OK);
    ma.submit(page.form(&format!("{path}/cancel"))).await;
    let told = house.store.report_job(&lease, 0, 1, "U02", 60_000).await.expect("it answers");
    assert_eq!(told, store::GoOn::Cancelled, "the worker hears of it");
}

#[tokio::test]
async fn a_rule_names_roles_and_documents_in_words() {
    let house = House::with(Some(Arc::new(Sample::default()))).await;
    let mut li = Browser::signed_in(&house, "li").await;
    let words = li.get("/rules/U02").await.expect(StatusCode::OK).words();
    for said in ["药学", "医务", "方案第五部分", "医嘱与收费明细", "最少例数：30", "近期运行"] {
        assert!(words.contains(said), "{said}: {words}");
    }
    for raw in ["pharmacy", "medical", "order_line"] {
        assert!(!words.contains(raw), "{raw}: {words}");
    }
}

#[tokio::test]
async fn a_figure_opens_its_entries_and_says_nothing_of_those_kept_from_its_reader() {
    let sample = Arc::new(Sample::default());
    let house = House::with(Some(sample.clone())).await;
    let seen = house.gift("某人").await;
    let barred = house.gift("别人").await;
    sample.entries.lock().expect("free").extend([seen.entry, barred.entry]);
    let mut director = Browser::signed_in(&house, "chen").await;
    let form = director.get(&format!("/r/gift/{}/recuse", barred.number)).await.form(&format!("/r/gift/{}/recuse", barred.number));
    director.submit(form.with("person", &house.person("li").to_string())).await.expect(StatusCode::OK);

    let mut li = Browser::signed_in(&house, "li").await;
    let page = li.get("/reports/s003_annex4").await.expect(StatusCode::OK);
    assert!(page.has("累计，自启动 1月1日 至 3月4日") && page.has("〔密〕") && page.has("分项之和等于合计"), "{}", page.words());
    let drill = page.links().into_iter().find(|link| link.contains("cell=0-1")).expect("the figure is a link");
    let page = li.get(&drill).await.expect(StatusCode::OK);
    assert!(page.has("数字的来处") || page.text().contains("数字的来处"));
    assert!(page.has(&seen.number) && !page.has(&barred.number), "what bars the viewer is not named");
    assert!(page.has("1 件") && !page.has("不显示") && !page.has("2 件"), "{}", page.words());
    let mut hers = Browser::signed_in(&house, "chen").await;
    assert!(hers.get(&drill).await.expect(StatusCode::OK).has("2 件"), "a colleague counts both");
    assert!(page.has("以最终结果为准"));
    assert!(!page.links().iter().any(|link| link.contains("cell=0-2")), "a zero drills to nothing");
}

#[tokio::test]
async fn a_figure_of_units_says_how_many_and_sets_their_entries_apart_and_the_sum_opens_too() {
    let sample = Arc::new(Sample::default());
    let house = House::with(Some(sample.clone())).await;
    let (one, other) = (house.gift("某人").await, house.gift_by("zhao", "别人").await);
    let ward = house.store.directory().units.values().find(|unit| unit.name == "内科").expect("a ward").id;
    sample.entries.lock().expect("free").extend([one.entry, other.entry]);
    sample.units.lock().expect("free").extend([(house.surgery, vec![one.entry]), (ward, vec![other.entry, one.entry])]);
    let mut li = Browser::signed_in(&house, "li").await;
    let page = li.get("/reports/s003_annex4?cell=0-1").await.expect(StatusCode::OK);
    assert!(page.has("2 个科室，2 件"), "{}", page.words());
    let html = page.text();
    let at = |text: &str| html.find(text).unwrap_or_else(|| panic!("{text}: {html}"));
    assert!(at("<h3>普外科</h3>") < at("<h3>内科</h3>") && at("<h3>内科</h3>") < at(&other.number), "{html}");
    let page = li.get("/reports/s003_annex4").await.expect(StatusCode::OK);
    let sum = page.links().into_iter().find(|link| link.contains("cell=1-1")).expect("the sum opens its entries");
    assert!(li.get(&sum).await.expect(StatusCode::OK).has("2 人，2 件"));
}

#[tokio::test]
async fn a_span_that_is_none_is_named_as_such() {
    let house = House::with(Some(Arc::new(Sample::default()))).await;
    let mut li = Browser::signed_in(&house, "li").await;
    for (asked, said) in [("from=abc", "“abc”不是日期"), ("from=2026-02-03&to=2026-02-02", "起日 2026-02-03 晚于止日 2026-02-02")]
    {
        let page = li.get(&format!("/reports/s003_annex4?{asked}")).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.has(said) && page.has("重新统计"), "{asked}: {}", page.words());
        li.get(&format!("/reports/s003_annex4/xlsx?{asked}")).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test]
async fn a_table_that_does_not_add_up_is_refused_with_its_reason_and_not_saved() {
    let house = House::with(Some(Arc::new(Sample::default()))).await;
    let mut li = Browser::signed_in(&house, "li").await;
    let page = li.get("/reports/s003_annex4?to=2026-01-01").await.expect(StatusCode::CONFLICT);
    assert!(page.has("合计与分项不符：第二栏"));
    let file = li.get("/reports/s003_annex4/xlsx?to=2026-01-01").await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(file.has("合计与分项不符"));
    li.get("/reports/unknown").await.expect(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_report_is_saved_as_workbook_and_document() {
    let house = House::with(Some(Arc::new(Sample::default()))).await;
    let mut li = Browser::signed_in(&house, "li").await;
    for end in ["xlsx", "docx"] {
        let file = li.get(&format!("/reports/s003_annex4/{end}")).await.expect(StatusCode::OK);
        assert!(file.bytes.starts_with(b"PK\x03\x04"), "{end} is a package");
        assert!(file.headers["content-disposition"].to_str().expect("plain").contains(&format!(".{end}")));
    }
}

#[tokio::test]
async fn sealed_cells_open_by_a_deliberate_act_of_one_with_a_key() {
    let sample = Arc::new(Sample::default());
    let house = House::with(Some(sample.clone())).await;
    let mut li = Browser::signed_in(&house, "li").await;
    let gift = house.gift("某人").await.entry;
    sample.sealed.lock().expect("free").push(gift);
    assert!(!li.get("/reports/s003_annex4").await.has("打开密封单元格"), "there is nothing this person could open");
    crate::sealed::report(&mut li).await;
    let report = house.store.table(&"report".into()).await.expect("it reads").first().expect("one came").id;
    sample.sealed.lock().expect("free").push(report);
    let page = li.get("/reports/s003_annex4").await;
    let open = li.submit(page.form("/reports/s003_annex4/open")).await.expect(StatusCode::OK);
    assert!(open.has("已打开") && !open.has("〔密〕"), "{}", open.words());
}

#[tokio::test]
async fn totals_are_for_those_who_answer_for_them() {
    let house = House::with(Some(Arc::new(Sample::default()))).await;
    let mut zhang = Browser::signed_in(&house, "zhang").await;
    zhang.get("/reports").await.expect(StatusCode::NOT_FOUND);
    zhang.get("/reports/s003_annex4").await.expect(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_rule_says_why_and_when_not_and_leads_to_its_findings() {
    let house = House::with(Some(Arc::new(Sample::default()))).await;
    let mut li = Browser::signed_in(&house, "li").await;
    let rule = li.get("/rules/U02").await.expect(StatusCode::OK);
    assert!(rule.links().iter().any(|link| link == "/r/alert?rule=U02"), "{:?}", rule.links());
    assert!(rule.has("新开展的技术") && rule.has("最少例数：30"));
    li.get("/rules/U99").await.expect(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn every_working_copy_says_so_and_is_asked_to_be_issued_by_another() {
    let sample = Arc::new(Sample::default());
    let house = House::with(Some(sample.clone())).await;
    let gift = house.gift("某人").await;
    let mut li = Browser::signed_in(&house, "li").await;
    let page = li.get("/reports/s003_annex4").await.expect(StatusCode::OK);
    assert!(page.has("工作稿一句") && page.has("起止日期") && !page.has("核发件 1"), "{}", page.words());
    let ask = page.form("/reports/s003_annex4/ask");
    let refused = li.submit(ask).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.has("不由您提请"), "{}", refused.words());
    sample.entries.lock().expect("free").push(gift.entry);
    let page = li.get("/reports/s003_annex4?to=2026-02-28").await.expect(StatusCode::OK);
    let asked = li.submit(page.form("/reports/s003_annex4/ask")).await.expect(StatusCode::OK);
    assert!(asked.has(&gift.number) && asked.has("红包"), "it leads to the entry of the ask: {}", asked.words());
    sample.issued.lock().expect("free").push("HF-0001".into());
    let page = li.get("/reports/s003_annex4").await.expect(StatusCode::OK);
    let issued = page.links().into_iter().find(|link| link.contains("issued=HF-0001")).expect("it is listed");
    let page = li.get(&issued).await.expect(StatusCode::OK);
    assert!(page.has("核发件一句") && !page.has("提请核发") && !page.has("起止日期"), "{}", page.words());
    assert!(page.links().iter().any(|link| link.contains("/xlsx?issued=HF-0001")), "its file is that copy: {:?}", page.links());
}
