//! The auditor: takes records one by one and gives rows back in the same order.

mod fresh;
mod series;

use crate::analyse::{self, Made};
use crate::approval;
use crate::cache::Cache;
use crate::context::{Acquaintance, Context, Record};
use crate::finding::{Analysis, Finding};
use crate::map::Map;
use crate::parse;
use crate::repeat::Repeats;
use crate::row::{Account, Row, features};
use crate::score::{self, Reason, Verdict};
use crate::shape::Shape;
use crate::time::{parse as moment, range};
use series::{as_loop, candidate, session};
use std::collections::{BTreeMap, VecDeque};

pub use crate::approval::{Approvals, ApprovalsFile};

/// The language of the reasons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    #[default]
    Zh,
    En,
}

/// Counts of a whole log.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Summary {
    pub rows: u64,
    pub flagged: u64,
    pub approved: u64,
    /// Lines that could not be read at all.
    pub bad: u64,
    /// Statements no parser understood, which were read word by word.
    pub unparsed: u64,
    /// *Units*: percent of the statements.
    pub unparsed_percent: f64,
    pub verdicts: BTreeMap<Verdict, u64>,
}

/// Rows wait this long at most for what comes after them. *Units*: rows and seconds.
const MOST_WAITING: usize = 20_000;
const LONGEST_WAIT: i64 = 3_600;
/// So many views and tables of a log are kept in mind.
const MOST_MADE: usize = 4_096;

pub struct Auditor {
    map: Map,
    made: Made,
    level: u32,
    lang: Lang,
    approvals: Approvals,
    cache: Cache,
    repeats: Repeats,
    acquaintance: Acquaintance,
    shape: Shape,
    waiting: VecDeque<Waiting>,
    given: u64,
    summary: Summary,
}

struct Waiting {
    row: Row,
    /// Another row may still make this one part of a loop.
    open: bool,
    at: Option<i64>,
}

impl Auditor {
    /// Errors: what is wrong with the views of the map, a sentence each.
    pub fn new(map: Map, approvals: Approvals, level: Option<u32>, lang: Lang) -> Result<Auditor, Vec<String>> {
        let (made, faults) = analyse::views(&map);
        if !faults.is_empty() {
            return Err(faults);
        }
        let level = level.unwrap_or(map.level);
        Ok(Auditor {
            map,
            made,
            level,
            lang,
            approvals,
            cache: Cache::default(),
            repeats: Repeats::default(),
            acquaintance: Acquaintance::default(),
            shape: Shape::default(),
            waiting: VecDeque::new(),
            given: 0,
            summary: Summary::default(),
        })
    }

    /// Takes a statement. Its row comes from [`Auditor::next`], perhaps after those of statements that follow.
    pub fn push(&mut self, record: &Record<'_>) {
        let mut shape = std::mem::take(&mut self.shape);
        let quoting = parse::quoting(&record.sql, record.dialect);
        shape.take(&record.sql, quoting);
        let nothing = shape.tokens.is_empty() || shape.tokens.len() == 1 && record.sql.trim().eq_ignore_ascii_case("null");
        if nothing {
            self.queue(plain_row(record, Verdict::Empty, self.say("没有语句", "no statement")), None, false);
        } else {
            let analysis = self.known(record, &shape, quoting);
            self.judge(record, &shape, &analysis);
        }
        self.shape = shape;
    }

    /// Takes a line that could not be read, with what is wrong with it in both languages.
    pub fn bad(&mut self, line: u64, zh: &str, en: &str) {
        let record = Record { line, ..Record::default() };
        self.summary.bad += 1;
        self.queue(plain_row(&record, Verdict::Bad, self.say(zh, en)), None, false);
    }

    /// The next row that nothing to come can change; at the end of the log (`last`) whatever is left.
    pub fn next(&mut self, last: bool) -> Option<Row> {
        let newest = self.waiting.back().and_then(|waiting| waiting.at);
        let front = self.waiting.front()?;
        let over = front.at.zip(newest).is_some_and(|(at, newest)| newest - at > LONGEST_WAIT);
        if front.open && !over && !last && self.waiting.len() < MOST_WAITING {
            return None;
        }
        let row = self.waiting.pop_front()?.row;
        self.given += 1;
        self.summary.rows += 1;
        self.summary.flagged += u64::from(row.flagged);
        self.summary.approved += u64::from(row.approval.is_some());
        *self.summary.verdicts.entry(row.verdict).or_default() += 1;
        Some(row)
    }

    pub fn summary(&self) -> Summary {
        let mut summary = self.summary.clone();
        let empty = summary.verdicts.get(&Verdict::Empty).copied().unwrap_or(0);
        let statements = summary.rows.saturating_sub(summary.bad + empty);
        summary.unparsed_percent =
            if statements == 0 { 0.0 } else { (summary.unparsed as f64 * 10_000.0 / statements as f64).round() / 100.0 };
        summary
    }

    fn say(&self, zh: &str, en: &str) -> String {
        match self.lang {
            Lang::Zh => zh.to_owned(),
            Lang::En => en.to_owned(),
        }
    }

    fn judge(&mut self, record: &Record<'_>, shape: &Shape, analysis: &Analysis) {
        let sql: &str = &record.sql;
        let at = if record.time.is_empty() { None } else { moment(&record.time).map(|(seconds, _)| seconds) };
        let over = |finding: &Finding| range(&finding.limits, |index| shape.literal(sql, index), at);
        let mut judged = score::judge(analysis, over);
        let context = if record.user.is_empty() && record.client.is_empty() && at.is_none() {
            Context::default()
        } else {
            self.acquaintance.context(record, &self.map.people, at)
        };
        let base = judged.points();
        if base >= 20 {
            judged.reasons.extend(score::context(record, &context));
        }
        if !analysis.parsed {
            judged
                .reasons
                .push(Reason { points: 0, zh: "语句无法解析，按词判断".into(), en: "not parsed, read word by word".into() });
        }
        let worst = judged.worst.and_then(|index| analysis.findings.get(index));
        let score = u32::try_from(judged.points().clamp(0, 100)).unwrap_or(0);
        let mut row = plain_row(record, judged.verdict, String::new());
        row.score = score;
        row.flagged = score >= self.level;
        row.features = features(analysis, worst, judged.range, &context);
        if judged.range.is_some() {
            row.shape = format!("{:016x}", shape.name());
        }
        row.why = self.words(&judged.reasons);
        self.approve(record, &mut row);
        let value = candidate(&judged, worst, sql, shape).filter(|_| !row.flagged && row.approval.is_none());
        let looped = value.as_ref().and_then(|value| {
            let session = session(record)?;
            self.repeats.add(session, shape.name(), value, at, self.given + self.waiting.len() as u64)
        });
        let open = value.is_some() && session(record).is_some() && looped.is_none();
        if let Some(looped) = looped {
            for earlier in looped.earlier {
                if let Some(waiting) = earlier.checked_sub(self.given).and_then(|index| self.waiting.get_mut(usize::try_from(index).ok()?))
                {
                    waiting.open = false;
                    as_loop(&mut waiting.row, looped.distinct, self.lang, self.level);
                }
            }
            as_loop(&mut row, looped.distinct, self.lang, self.level);
        }
        self.queue(row, at, open);
    }

    fn queue(&mut self, row: Row, at: Option<i64>, open: bool) {
        self.waiting.push_back(Waiting { row, open, at });
    }

    fn approve(&self, record: &Record<'_>, row: &mut Row) {
        if !row.flagged {
            return;
        }
        match self.approvals.covers(record, &row.shape) {
            approval::Answer::Covered(number, reason) => {
                row.flagged = false;
                row.why.push_str(&match self.lang {
                    Lang::Zh => format!("；已获批准 {number}：{reason}"),
                    Lang::En => format!("; approved under {number}: {reason}"),
                });
                row.approval = Some(number);
                row.features.push("approved".into());
            }
            approval::Answer::Not => row.features.push("no_approval".into()),
            approval::Answer::NoList => {}
        }
    }

    fn words(&self, reasons: &[Reason]) -> String {
        let one = |reason: &Reason| {
            let text = match self.lang {
                Lang::Zh => &reason.zh,
                Lang::En => &reason.en,
            };
            if reason.points == 0 { text.clone() } else { format!("{text} ({:+})", reason.points) }
        };
        let between = match self.lang {
            Lang::Zh => "；",
            Lang::En => "; ",
        };
        reasons.iter().map(one).collect::<Vec<_>>().join(between)
    }
}

fn plain_row(record: &Record<'_>, verdict: Verdict, why: String) -> Row {
    Row {
        line: record.line,
        verdict,
        flagged: false,
        score: 0,
        features: Vec::new(),
        why,
        shape: String::new(),
        account: Account::of(record),
        approval: None,
    }
}
