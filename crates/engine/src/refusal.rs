//! Refusals: a person may not, and is told why and what to do. Not an error of the world.

use catalogue::{FieldName, Text};
use serde::{Deserialize, Serialize};

/// Stable codes; scenarios and clients name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    NotAllowed,
    SelfApproval,
    WrongState,
    Missing,
    CheckFailed,
    UnknownValue,
    Hidden,
    Stale,
    Condition,
    TooLong,
    TooLarge,
    TooSmall,
    NotDated,
    AlreadyAsked,
    NothingAsked,
    Limit,
    Duplicate,
    Unchanged,
    NotOnForm,
    ToCome,
}

impl Code {
    pub fn word(self) -> &'static str {
        match self {
            Code::NotAllowed => "not_allowed",
            Code::SelfApproval => "self_approval",
            Code::WrongState => "wrong_state",
            Code::Missing => "missing",
            Code::CheckFailed => "check_failed",
            Code::UnknownValue => "unknown_value",
            Code::Hidden => "hidden",
            Code::Stale => "stale",
            Code::Condition => "condition",
            Code::TooLong => "too_long",
            Code::TooLarge => "too_large",
            Code::TooSmall => "too_small",
            Code::NotDated => "not_dated",
            Code::AlreadyAsked => "already_asked",
            Code::NothingAsked => "nothing_asked",
            Code::Limit => "limit",
            Code::Duplicate => "duplicate",
            Code::Unchanged => "unchanged",
            Code::NotOnForm => "not_on_form",
            Code::ToCome => "to_come",
        }
    }
}

/// What is wrong with one field of a form. `field` may name a cell: `goods.2.count`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FieldFault {
    pub field: String,
    pub code: Code,
    pub text: Text,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Refusal {
    pub code: Code,
    pub text: Text,
    pub fields: Vec<FieldFault>,
}

impl Refusal {
    pub fn new(code: Code, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { code, text: Text::new(zh, en), fields: Vec::new() }
    }

    /// Something is said to have happened at a time that is still to come.
    pub fn to_come() -> Self {
        Self::new(Code::ToCome, "实际发生时间不能晚于现在", "what happened cannot lie in the future")
    }

    /// The entry is not there for this viewer; the same words as when it does not exist.
    pub fn hidden() -> Self {
        Self::new(Code::Hidden, "没有这一件，或不在您的可见范围内", "there is no such entry, or it is outside what you may see")
    }

    pub fn not_allowed() -> Self {
        Self::new(Code::NotAllowed, "您的角色不能办理这一步", "your role may not do this")
    }

    /// Entitled, but nobody who holds the key has passed it on yet.
    pub fn no_way_in() -> Self {
        Self::new(Code::NotAllowed, "还没有对您开放，等承办人下次打开", "not open to you yet: wait until whoever handles it opens it next")
    }

    pub fn stale() -> Self {
        Self::new(Code::Stale, "这一件已被他人更改，请对照后再存", "somebody else changed this entry; compare and save again")
    }

    /// Several faults of a form, told by the first one's code.
    pub fn form(fields: Vec<FieldFault>) -> Self {
        let code = fields.first().map_or(Code::Missing, |fault| fault.code);
        let text = Text::new(format!("有 {} 处需要更正", fields.len()), format!("{} place(s) need correcting", fields.len()));
        Self { code, text, fields }
    }
}

impl FieldFault {
    pub fn new(field: &FieldName, code: Code, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { field: field.as_str().to_owned(), code, text: Text::new(zh, en) }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}: {}", self.code.word(), self.text.zh)?;
        self.fields.iter().try_for_each(|fault| write!(out, "；{} {}", fault.field, fault.text.zh))
    }
}

impl std::error::Error for Refusal {}
