//! What can go wrong while screening. A rule that lacks data is no error: it says what it lacks ([`crate::Lacking`]).

use catalogue::{Fault, Text};
use std::time::Duration;

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no rule `{0}`")]
    NoRule(String),
    #[error("there is no report `{0}`")]
    NoReport(String),
    /// Parameters that do not fit, all of them.
    #[error("{}", .0.iter().map(|fault| fault.en.as_str()).collect::<Vec<_>>().join("; "))]
    Parameters(Vec<Text>),
    /// The SQL of a definition does not do what the definition says.
    #[error("{what}: {why}")]
    Definition { what: String, why: String },
    #[error("{what} did not end within {} s and was stopped; nothing was written", .limit.as_secs())]
    TooLong { what: String, limit: Duration },
    #[error("{what} needs more than the {} MiB of memory it may use", .bytes / (1 << 20))]
    TooLarge { what: String, bytes: usize },
    #[error("two tables are called `{0}`")]
    TwoTables(String),
    #[error("{} fault(s) in rules and reports, the first: {}", .0.len(), .0.first().map_or(String::new(), Fault::to_string))]
    Faults(Vec<Fault>),
    #[error("the lake: {0}")]
    Lake(#[from] lake::Error),
    #[error("{what}: {source}")]
    Query { what: String, source: Box<datafusion::error::DataFusionError> },
    #[error("data of another shape than expected: {0}")]
    Arrow(#[from] arrow::error::ArrowError),
    #[error("writing findings: {0}")]
    Write(#[from] office::Error),
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("writing findings: {0}")]
    Json(#[from] serde_json::Error),
}

impl Error {
    /// The sentence for the person at the screen.
    pub fn sentence(&self) -> Text {
        let en = self.to_string();
        let zh = match self {
            Error::NoRule(id) => format!("没有规则 {id}"),
            Error::NoReport(id) => format!("没有报表 {id}"),
            Error::Parameters(faults) => faults.iter().map(|fault| fault.zh.as_str()).collect::<Vec<_>>().join("；"),
            Error::Definition { what, why } => format!("{what} 的定义与其查询不一致：{why}"),
            Error::TooLong { what, limit } => format!("{what} 在 {} 秒内没有算完，已停止，没有写入任何结果", limit.as_secs()),
            Error::TooLarge { what, bytes } => format!("{what} 需要的内存超过上限 {} MiB；可缩短月份范围或调高上限", bytes / (1 << 20)),
            Error::TwoTables(name) => format!("有两张表都叫 {name}"),
            Error::Faults(faults) => {
                format!(
                    "规则和报表有 {} 处错误，第一处：{}",
                    faults.len(),
                    faults.first().map_or(String::new(), |fault| format!("{} {}", fault.place, fault.zh))
                )
            }
            Error::Lake(error) => error.sentence().zh,
            Error::Query { what, source } => format!("{what} 的查询出错：{source}"),
            Error::Arrow(error) => format!("数据的形状与预期不同：{error}"),
            Error::Write(error) => format!("写出结果时出错：{}", error.zh()),
            Error::Io(error) => format!("读写出错：{error}"),
            Error::Json(error) => format!("写出结果时出错：{error}"),
        };
        Text::new(zh, en)
    }
}
