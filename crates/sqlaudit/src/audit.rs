//! The auditor: takes records one by one and gives rows back in the same order.

use crate::analyse::{self, Made};
use crate::cache::Cache;
use crate::context::{Acquaintance, Context, Record};
use crate::finding::{Analysis, Finding};
use crate::lex::Sort;
use crate::map::Map;
use crate::parse;
use crate::repeat::Repeats;
use crate::row::{Account, Row, features};
use crate::score::{self, Judged, Reason, Verdict};
use crate::shape::Shape;
use crate::time::{Range, parse as moment, range};
use crate::{approval, lexical};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

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

    fn known(&mut self, record: &Record<'_>, shape: &Shape, quoting: crate::lex::Quoting) -> Arc<Analysis> {
        let sql: &str = &record.sql;
        let literal = |index: usize| shape.literal(sql, index);
        if let Some(known) = self.cache.get(&shape.key, literal) {
            self.summary.unparsed += u64::from(!known.parsed);
            return known;
        }
        let (analysis, consulted) = self.fresh(record, shape, quoting);
        self.summary.unparsed += u64::from(!analysis.parsed);
        let analysis = Arc::new(analysis);
        if shape.key.len() < 64 * 1024 {
            self.cache.add(&shape.key, consulted, literal, analysis.clone());
        }
        analysis
    }

    /// Analyses a statement, and the SQL it may hold in its texts.
    fn fresh(&mut self, record: &Record<'_>, shape: &Shape, quoting: crate::lex::Quoting) -> (Analysis, Vec<usize>) {
        let sql: &str = &record.sql;
        let first = shape.tokens.first().map_or("", |token| &sql[token.start..token.end]).to_ascii_lowercase();
        if let Some((name, of)) = synonym(sql, shape) {
            self.map.learn_synonym(&name, &of);
            self.cache.clear();
        }
        let told = analyse::analyse(&self.map, &self.made, sql, shape, quoting, record.dialect);
        let (mut analysis, mut consulted) = match told {
            Some(told) => {
                self.learn(told.made);
                (told.analysis, told.consulted)
            }
            None => (lexical::analyse(&self.map, sql, shape), Vec::new()),
        };
        if !matches!(first.as_str(), "select" | "with" | "insert" | "update" | "delete" | "(") {
            let held = analyse::held_in_texts(sql, shape);
            if !held.is_empty() {
                consulted = (0..shape.literals.len()).collect();
            }
            for text in held.iter().take(8) {
                let mut inner = Shape::default();
                inner.take(text, quoting);
                let told = analyse::analyse(&self.map, &self.made, text, &inner, quoting, record.dialect);
                let found = match told {
                    Some(told) => {
                        self.learn(told.made);
                        told.analysis
                    }
                    None => lexical::analyse(&self.map, text, &inner),
                };
                analysis.dynamic |= !found.findings.is_empty();
                analysis.touches |= found.touches;
                analysis.single_patient |= found.single_patient;
                analysis.exports.extend(found.exports);
                analysis.findings.extend(found.findings.into_iter().map(|finding| finding.frozen(|index| inner.literal(text, index))));
            }
        }
        (analysis, consulted)
    }

    fn learn(&mut self, made: Vec<(String, analyse::Out)>) {
        for (name, out) in made {
            if !name.is_empty() && (self.made.len() < MOST_MADE || self.made.contains_key(&name)) {
                self.made.insert(name, Arc::new(out));
                // What was said of the name before no longer holds.
                self.cache.clear();
            }
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

/// What a small question asks about, if many of them make a statistic: one drug, one doctor, one day.
fn candidate(judged: &Judged, worst: Option<&Finding>, sql: &str, shape: &Shape) -> Option<String> {
    let finding = worst?;
    let days = matches!(judged.range, Some(Range::Days(_))) && judged.points() >= 20;
    let asks = match judged.verdict {
        Verdict::Total | Verdict::DetailPull => !finding.named.is_empty() || days,
        Verdict::ByDrug | Verdict::ByDoctor | Verdict::DrugByDoctor => days,
        _ => false,
    };
    if !asks {
        return None;
    }
    let mut value = String::new();
    for index in &finding.named {
        value.push_str(shape.literal(sql, *index));
        value.push('\u{1}');
    }
    if finding.named.is_empty() {
        for limit in &finding.limits {
            if let crate::time::When::Literal(index) = limit.value {
                value.push_str(shape.literal(sql, index));
                value.push('\u{1}');
            }
        }
    }
    (!value.is_empty()).then_some(value)
}

fn session(record: &Record<'_>) -> Option<u64> {
    let parts = [&record.user, &record.ip, &record.session];
    if parts.iter().all(|part| part.is_empty()) {
        return None;
    }
    let bytes = parts.into_iter().flat_map(|part| part.bytes().chain([0]));
    Some(bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)))
}

fn as_loop(row: &mut Row, distinct: usize, lang: Lang, level: u32) {
    row.verdict = Verdict::Loop;
    row.score = row.score.max(75);
    row.flagged = row.score >= level;
    row.features.push("loop".into());
    row.why.push_str(&match lang {
        Lang::Zh => format!("；同一会话一小时内用同一句式逐个查询了 {distinct} 个以上不同对象"),
        Lang::En => format!("; within an hour the same session asked the same of {distinct} different things or more, one by one"),
    });
}

/// `CREATE SYNONYM a FOR b`, which parsers do not know.
fn synonym(sql: &str, shape: &Shape) -> Option<(String, String)> {
    let words: Vec<&str> = shape.tokens.iter().take(24).map(|token| &sql[token.start..token.end]).collect();
    let at = |wanted: &str| words.iter().position(|word| word.eq_ignore_ascii_case(wanted));
    if !words.first()?.eq_ignore_ascii_case("create") {
        return None;
    }
    let (begin, to) = (at("synonym")?, at("for")?);
    if shape.tokens.get(begin)?.sort != Sort::Word || to < begin + 2 {
        return None;
    }
    let of = words.get(to + 1..)?.split(|word| matches!(*word, ";" | "@")).next()?.concat();
    let of = of.split('@').next().unwrap_or_default().to_owned();
    Some((words.get(begin + 1..to)?.concat(), of))
}
