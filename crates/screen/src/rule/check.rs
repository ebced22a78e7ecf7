//! What must hold of a rule before it runs. All faults at once.

use super::head::{COMMON_FIGURES, FigureKind, Subject};
use super::read::{is_half, line_of, place};
use super::{Rule, bind};
use catalogue::{Catalogue, Fault, Text};
use std::collections::BTreeSet;

/// Months of a run, bound for every rule: first days as Date32.
pub(crate) const MONTH_PARAMS: [&str; 2] = ["from", "to"];

pub(super) fn check(rule: &Rule, text: &str, catalogue: &Catalogue) -> Vec<Fault> {
    let mut found = Found { rule, text, faults: Vec::new() };
    found.identity(catalogue);
    found.texts();
    found.params();
    found.figures();
    found.sentence();
    found.data();
    found.faults
}

/// Two files with one id.
pub(super) fn twice(rules: &[Rule]) -> Vec<Fault> {
    let pairs = rules.windows(2).filter(|pair| pair[0].head.id == pair[1].head.id);
    pairs
        .map(|pair| Fault {
            place: place(&pair[1].path, 1),
            zh: format!("规则 {} 定义了两次", pair[1].head.id),
            en: format!("rule {} is defined twice", pair[1].head.id),
        })
        .collect()
}

struct Found<'a> {
    rule: &'a Rule,
    text: &'a str,
    faults: Vec<Fault>,
}

impl Found<'_> {
    fn add(&mut self, key: &str, zh: impl Into<String>, en: impl Into<String>) {
        let place = place(&self.rule.path, line_of(self.text, key));
        self.faults.push(Fault { place, zh: zh.into(), en: en.into() });
    }

    fn identity(&mut self, catalogue: &Catalogue) {
        let head = &self.rule.head;
        let stem = self.rule.path.trim_start_matches("rules/");
        if !stem.starts_with(&format!("{}_", head.id.to_lowercase())) {
            self.add(
                "id",
                format!("文件名应以 {}_ 开头", head.id.to_lowercase()),
                format!("the file's name begins with {}_", head.id.to_lowercase()),
            );
        }
        for (key, role) in [("written_by", &head.written_by), ("checked_by", &head.checked_by)] {
            if !catalogue.roles.contains_key(role.as_str()) {
                self.add(key, format!("roles.toml 里没有角色 {role}"), format!("roles.toml has no role `{role}`"));
            }
        }
        if head.written_by == head.checked_by {
            self.add("checked_by", "编写与复核须由不同角色", "writing and checking are done by different roles");
        }
    }

    fn texts(&mut self) {
        let head = &self.rule.head;
        let figures = head.figures.iter().map(|(name, figure)| (name.as_str(), &figure.label));
        let params = head.params.iter().map(|(name, param)| (name.as_str(), &param.label));
        let whole = [("title", &head.title), ("why", &head.why), ("not_when", &head.not_when), ("sentence", &head.sentence)];
        let half: Vec<String> =
            whole.into_iter().chain(figures).chain(params).filter(|(_, text)| is_half(text)).map(|(key, _)| key.to_owned()).collect();
        for key in half {
            self.add(&key, format!("{key} 要有中文和英文"), format!("`{key}` needs Chinese and English"));
        }
    }

    fn params(&mut self) {
        let head = &self.rule.head;
        let used = dollar_names(&self.rule.sql);
        for name in used.iter().filter(|name| !head.params.contains_key(**name) && !MONTH_PARAMS.contains(name)) {
            self.add("[params", format!("SQL 用到未声明的参数 ${name}"), format!("the SQL uses ${name}, which is not declared"));
        }
        for (name, param) in &head.params {
            if MONTH_PARAMS.contains(&name.as_str()) {
                self.add(name, format!("{name} 已用作月份参数"), format!("`{name}` is taken by the months of a run"));
            }
            if !used.contains(name.as_str()) {
                self.add(name, format!("参数 {name} 没有用到"), format!("parameter `{name}` is not used"));
            }
            if let Err(Text { zh, en }) = bind::scalar(param, &param.default) {
                self.add(name, format!("参数 {name} 的默认值{zh}"), format!("default of `{name}` {en}"));
            }
        }
    }

    fn figures(&mut self) {
        let head = &self.rule.head;
        if head.subjects.is_empty() {
            self.add("subjects", "至少要有一类对象", "a finding is about something");
        }
        for (name, figure) in &head.figures {
            let taken =
                name == "month" || Subject::ALL.iter().any(|subject| name == subject.word() || *name == format!("{}_name", subject.word()));
            if taken || head.params.contains_key(name) {
                self.add(name, format!("{name} 已有别的含义"), format!("`{name}` already means something else"));
            }
            let fits = match name.as_str() {
                "amount" => figure.is == FigureKind::Money,
                "peers" | "line_count" => figure.is == FigureKind::Integer,
                "score" => figure.is == FigureKind::Number,
                name if COMMON_FIGURES.contains(&name) => figure.is != FigureKind::Text,
                _ => true,
            };
            if !fits {
                self.add(name, format!("通用数值 {name} 的类型不对"), format!("common figure `{name}` has another type in every rule"));
            }
        }
    }

    fn sentence(&mut self) {
        let head = &self.rule.head;
        let known = |name: &str| {
            name == "month"
                || head.figures.contains_key(name)
                || head.params.contains_key(name)
                || head.subjects.iter().any(|subject| name == subject.word() || name == format!("{}_name", subject.word()))
        };
        let unknown: Vec<String> = self.rule.sentence.names().into_iter().filter(|name| !known(name)).map(str::to_owned).collect();
        for name in unknown {
            self.add(
                "sentence",
                format!("句子里的 {{{name}}} 不是数值、对象、参数或月份"),
                format!("{{{name}}} of the sentence is no figure, subject, parameter or month"),
            );
        }
        for word in ["违规", "违纪", "违法"] {
            if head.sentence.zh.contains(word) || head.title.zh.contains(word) {
                self.add(
                    "sentence",
                    format!("疑点不下结论，不写“{word}”；可写“需核查”"),
                    "a finding is no verdict: write that it is to be checked",
                );
            }
        }
    }

    fn data(&mut self) {
        let head = &self.rule.head;
        if head.needs.values().all(|needs| needs.columns.is_empty()) {
            self.add("[needs", "要写明需要哪些数据列", "say which columns of which dataset are needed");
        }
        for subject in head.lines.by.keys().filter(|subject| !head.subjects.contains(subject)) {
            self.add(
                "[lines",
                format!("lines 里的 {} 不在 subjects 中", subject.word()),
                format!("`{}` of lines is not among the subjects", subject.word()),
            );
        }
    }
}

/// Names after `$` outside quotes and comments.
fn dollar_names(sql: &str) -> BTreeSet<&str> {
    let bytes = sql.as_bytes();
    let mut names = BTreeSet::new();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            quote @ (b'\'' | b'"') => at += 1 + bytes[at + 1..].iter().position(|byte| *byte == quote).unwrap_or(bytes.len() - at - 1),
            b'-' if bytes[at..].starts_with(b"--") => {
                at += bytes[at..].iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len() - at - 1)
            }
            b'/' if bytes[at..].starts_with(b"/*") => at += sql[at..].find("*/").unwrap_or(bytes.len() - at - 1),
            b'$' => {
                let length = bytes[at + 1..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
                names.insert(&sql[at + 1..at + 1 + length]);
                at += length;
            }
            _ => {}
        }
        at += 1;
    }
    names
}
