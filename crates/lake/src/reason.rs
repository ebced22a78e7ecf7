//! Why a row was not taken. Every row that is read is accepted, skipped by a named filter, or rejected with one of these.

use serde::{Deserialize, Serialize};

use crate::error::Label;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    Missing,
    NotANumber,
    NotWhole,
    TooBig,
    NotADate,
    NotAFlag,
    UnknownValue,
    OutOfRange,
    TooLong,
    EndsBeforeStart,
    Ragged,
    BeyondHead,
    LostDigits,
    ErrorCell,
    Duplicate,
}

impl Reason {
    /// A stable word for programs.
    pub fn code(self) -> &'static str {
        match self {
            Reason::Missing => "missing",
            Reason::NotANumber => "not_a_number",
            Reason::NotWhole => "not_whole",
            Reason::TooBig => "too_big",
            Reason::NotADate => "not_a_date",
            Reason::NotAFlag => "not_a_flag",
            Reason::UnknownValue => "unknown_value",
            Reason::OutOfRange => "out_of_range",
            Reason::TooLong => "too_long",
            Reason::EndsBeforeStart => "ends_before_start",
            Reason::Ragged => "ragged",
            Reason::BeyondHead => "beyond_head",
            Reason::LostDigits => "lost_digits",
            Reason::ErrorCell => "error_cell",
            Reason::Duplicate => "duplicate",
        }
    }

    /// Fault and remedy.
    pub fn label(self) -> Label {
        let (zh, en) = match self {
            Reason::Missing => ("必填项为空", "a required cell is empty"),
            Reason::NotANumber => ("不是数字", "this is not a number"),
            Reason::NotWhole => ("应为整数", "this should be a whole number"),
            Reason::TooBig => ("数值过大", "this number is too large to keep"),
            Reason::NotADate => ("不是日期或时间", "this is not a date or time"),
            Reason::NotAFlag => ("应为是或否", "this should be yes or no"),
            Reason::UnknownValue => {
                ("不在可选值之内；可在映射文件的 values 中补充", "this is not one of the choices; add it under values in the mapping")
            }
            Reason::OutOfRange => ("超出允许范围", "this is outside the allowed range"),
            Reason::TooLong => ("文字过长", "this text is too long"),
            Reason::EndsBeforeStart => ("结束早于开始", "the end is before the start"),
            Reason::Ragged => (
                "列数与表头不一致；分隔符缺少或多余，或文件被截断",
                "the row has another number of cells than the head; a separator is missing or too many, or the file was cut",
            ),
            Reason::BeyondHead => ("表头之外还有内容", "something stands to the right of the last named column"),
            Reason::LostDigits => (
                "超过 15 位的数字已被 Excel 截尾；请把该列设为文本后重新导出",
                "Excel has lost the last digits of this number; export the column as text",
            ),
            Reason::ErrorCell => ("单元格的公式或日期出错", "the cell holds a failed formula or date"),
            Reason::Duplicate => {
                ("同一文件中有相同编号的后一行，以后一行为准", "a later row of the same file has the same key and is taken instead")
            }
        };
        Label::new(zh, en)
    }
}
