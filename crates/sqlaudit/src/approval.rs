//! Approvals and whitelists: what may be asked, by whom, until when.

use crate::context::Record;
use crate::time::parse;
use serde::Deserialize;

/// A list as its file says it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ApprovalsFile {
    pub approved: Vec<Approved>,
}

/// One approval. Whatever it names must fit; at least an account or a shape is named.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approved {
    /// The number of the approval, such as that of its entry in the register.
    pub number: String,
    #[serde(default)]
    pub user: String,
    /// A part of the client program's name.
    #[serde(default)]
    pub client: String,
    /// The shape of the statement, as a row of the audit prints it.
    #[serde(default)]
    pub shape: String,
    /// *Shape*: 2026-01-31; both days count.
    pub from: String,
    pub until: String,
    #[serde(default)]
    pub reason: String,
}

#[derive(Debug, Default)]
pub struct Approvals {
    list: Vec<(Approved, i64, i64)>,
    given: bool,
}

pub(crate) enum Answer {
    NoList,
    Not,
    Covered(String, String),
}

impl Approvals {
    /// Errors: a sentence for each entry that cannot be used.
    pub fn new(file: ApprovalsFile) -> Result<Approvals, Vec<String>> {
        let mut list = Vec::new();
        let mut faults = Vec::new();
        for approved in file.approved {
            let number = approved.number.clone();
            if approved.user.is_empty() && approved.shape.is_empty() {
                faults.push(format!("{number}: 至少写 user 或 shape | name a `user` or a `shape`"));
            }
            match (parse(&approved.from), parse(&approved.until)) {
                (Some((from, _)), Some((until, _))) if from <= until => list.push((approved, from, until + 86_400)),
                _ => faults.push(format!(
                    "{number}: from 和 until 要写成 2026-01-31，且先后不颠倒 | write `from` and `until` as 2026-01-31, in order"
                )),
            }
        }
        if faults.is_empty() { Ok(Approvals { list, given: true }) } else { Err(faults) }
    }

    pub(crate) fn covers(&self, record: &Record<'_>, shape: &str) -> Answer {
        if !self.given {
            return Answer::NoList;
        }
        // Without a time nobody can say that an approval was in force.
        let Some((at, _)) = parse(&record.time) else { return Answer::Not };
        let client = record.client.to_lowercase();
        let fits = |approved: &Approved| {
            (approved.user.is_empty() || approved.user.eq_ignore_ascii_case(&record.user))
                && (approved.client.is_empty() || client.contains(&approved.client.to_lowercase()))
                && (record.ticket.is_empty() || approved.number.eq_ignore_ascii_case(&record.ticket))
                && (approved.shape.is_empty() || approved.shape.eq_ignore_ascii_case(shape))
        };
        match self.list.iter().find(|(approved, from, until)| (*from..*until).contains(&at) && fits(approved)) {
            Some((approved, ..)) => Answer::Covered(approved.number.clone(), approved.reason.clone()),
            None => Answer::Not,
        }
    }
}
