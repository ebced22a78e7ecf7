//! What can go wrong in the world. A bad row is not an error: it is a rejected row with a reason.

use std::io;
use std::path::{Path, PathBuf};

use arrow::error::ArrowError;
use parquet::errors::ParquetError;

use serde::{Deserialize, Serialize};

use crate::contract::Fault;

/// A sentence or a name in both languages of the house.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    pub zh: String,
    pub en: String,
}

impl Label {
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Label { zh: zh.into(), en: en.into() }
    }
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{0}")]
    Columns(Box<Columns>),
    #[error("{name}: {source}")]
    Table { name: String, source: office::Error },
    #[error("{name} cannot be read: {why}")]
    Unreadable { name: String, why: String },
    #[error("{name} ends before its end: it was cut, or is still being copied")]
    Cut { name: String },
    #[error("{name} changed while it was read")]
    Changed { name: String },
    #[error("another import is writing to this lake")]
    Busy,
    #[error("the definition {name} has {} faults, the first: {}", faults.len(), faults.first().map_or("", |f| &f.sentence.en))]
    Definition { name: String, faults: Vec<Fault> },
    #[error("there is no {what} {name:?}")]
    Unknown { what: &'static str, name: String },
    #[error("batch {batch} cannot be taken back: it is not among the imported ones")]
    NotImported { batch: String },
    #[error("{} is damaged: {why}", path.display())]
    Damaged { path: PathBuf, why: String },
    #[error("the import was cancelled; nothing changed")]
    Cancelled,
    #[error(transparent)]
    Arrow(#[from] ArrowError),
    #[error(transparent)]
    Parquet(#[from] ParquetError),
}

/// The input's columns do not fit: everything that is wrong at once, so that one round is enough.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Columns {
    pub name: String,
    /// Source columns the mapping needs and the input lacks, each with the nearest name the input has.
    pub missing: Vec<Near>,
    /// Columns the input has and the mapping neither uses nor ignores, each with the nearest name wanted.
    pub unknown: Vec<Near>,
    /// Columns that appear twice in the head.
    pub twice: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Near {
    pub name: String,
    pub near: Option<String>,
}

impl std::fmt::Display for Columns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.sentence().en)
    }
}

impl Columns {
    pub fn is_empty(&self) -> bool {
        self.missing.is_empty() && self.unknown.is_empty() && self.twice.is_empty()
    }

    pub fn sentence(&self) -> Label {
        let list = |items: &[Near], near: (&str, &str)| {
            let one = |n: &Near| match &n.near {
                Some(other) => format!("{}{}{other}{}", n.name, near.0, near.1),
                None => n.name.clone(),
            };
            items.iter().map(one).collect::<Vec<_>>()
        };
        let mut zh = Vec::new();
        let mut en = Vec::new();
        if !self.missing.is_empty() {
            zh.push(format!("缺少列：{}", list(&self.missing, ("（相近：", "）")).join("、")));
            en.push(format!("missing columns: {}", list(&self.missing, (" (nearest: ", ")")).join(", ")));
        }
        if !self.unknown.is_empty() {
            zh.push(format!("未登记的列：{}", list(&self.unknown, ("（是否为：", "）")).join("、")));
            en.push(format!("unknown columns: {}", list(&self.unknown, (" (perhaps: ", ")")).join(", ")));
        }
        if !self.twice.is_empty() {
            zh.push(format!("重复的列：{}", self.twice.join("、")));
            en.push(format!("columns given twice: {}", self.twice.join(", ")));
        }
        Label {
            zh: format!("{} 的列与数据规范不符。{}", self.name, zh.join("；")),
            en: format!("the columns of {} do not fit the dataset; {}", self.name, en.join("; ")),
        }
    }
}

impl Error {
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Error + '_ {
        move |source| Error::Io { path: path.to_owned(), source }
    }

    /// A writer of files reports what the disk said inside an error of its own.
    pub(crate) fn writing<E: Into<Error>>(path: &Path) -> impl FnOnce(E) -> Error + '_ {
        move |error| match error.into() {
            Error::Parquet(ParquetError::External(inner)) => match inner.downcast::<io::Error>() {
                Ok(source) => Error::Io { path: path.to_owned(), source: *source },
                Err(inner) => Error::Parquet(ParquetError::External(inner)),
            },
            Error::Arrow(ArrowError::IoError(_, source)) => Error::Io { path: path.to_owned(), source },
            other => other,
        }
    }

    pub(crate) fn damaged(path: &Path) -> impl FnOnce(String) -> Error + '_ {
        move |why| Error::Damaged { path: path.to_owned(), why }
    }

    /// The sentence for the person at the screen.
    pub fn sentence(&self) -> Label {
        let en = self.to_string();
        let zh = match self {
            Error::Columns(columns) => return columns.sentence(),
            Error::Io { path, source } if source.kind() == io::ErrorKind::StorageFull => {
                format!("磁盘空间不足，未写入 {}；数据没有变化", path.display())
            }
            Error::Io { path, source } => format!("读写 {} 时出错：{source}", path.display()),
            Error::Table { name, source } => format!("{name}：{}", source.zh()),
            Error::Unreadable { name, why } => format!("无法读取 {name}：{why}"),
            Error::Cut { name } => format!("{name} 不完整：文件被截断，或仍在复制中"),
            Error::Changed { name } => format!("{name} 在读取过程中发生了变化，请待复制完成后重试"),
            Error::Busy => "另一项导入正在进行，请稍后再试".into(),
            Error::Definition { name, faults } => {
                let first = faults.first().map_or("", |f| &f.sentence.zh);
                format!("定义 {name} 有 {} 处错误，第一处：{first}", faults.len())
            }
            Error::Unknown { what, name } => format!("没有名为 {name} 的 {what}"),
            Error::NotImported { batch } => format!("批次 {batch} 不在已导入的批次中，无法撤回"),
            Error::Damaged { path, why } => format!("{} 已损坏：{why}", path.display()),
            Error::Cancelled => "导入已取消，数据没有变化".into(),
            Error::Arrow(e) => format!("数据转换出错：{e}"),
            Error::Parquet(e) => format!("Parquet 文件出错：{e}"),
        };
        Label { zh, en }
    }
}
