//! Why a whole file could not be read or written. What is wrong with a single row is a [`Flaw`](crate::read::Flaw).

use crate::paper::PaperFault;

/// A file that cannot be read or written. Messages name the place, the fault and the remedy, and never hold
/// what a cell says, so that they may be logged.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("this is not a table ({looks}); save it as .xlsx or as CSV and hand that in")]
    NotATable { looks: &'static str },
    #[error("this is an old .xls workbook or one with a password; open it in Excel or WPS, remove the password and save it as .xlsx")]
    OldOrLocked,
    #[error("the workbook is incomplete, as after an interrupted copy; hand in the whole file again")]
    HalfWorkbook,
    #[error("part {part} of the workbook is damaged ({why}); open it in Excel or WPS and save it again")]
    DamagedWorkbook { part: String, why: String },
    #[error("part {part} of the workbook unpacks to {bytes} bytes, more than the {limit} allowed; split the table or hand it in as CSV")]
    Inflated { part: String, bytes: u64, limit: u64 },
    #[error("the workbook has {found} parts, more than the {limit} allowed; copy the table into a new workbook")]
    TooManyParts { found: u64, limit: u64 },
    #[error("the workbook has more than {limit} different texts; split the table or hand it in as CSV")]
    TooManyTexts { limit: u64 },
    #[error("the table has more than {limit} rows; split it and hand in the parts one by one")]
    TooManyRows { limit: u64 },
    #[error("row {row} has more than {limit} columns; delete the columns that are not needed")]
    TooManyColumns { row: u64, limit: u64 },
    #[error("row {row} is longer than {limit} bytes; a quotation mark may be without its partner")]
    RowTooLong { row: u64, limit: u64 },
    #[error("near row {row} there are bytes that are not {encoding}; save the table as UTF-8 CSV or as .xlsx")]
    Undecodable { row: u64, encoding: &'static str },
    #[error("the file stops in the middle of row {row}: an opening quotation mark or a character has no end; export the table again")]
    CutOff { row: u64 },
    #[error("there is no sheet named {wanted}; the sheets are: {}", have.join(", "))]
    NoSheet { wanted: String, have: Vec<String> },
    #[error("the table has no head row; put the names of the columns into its first row")]
    NoHead,
    #[error("columns {first} and {second} have the same name; rename one of them")]
    DuplicateHead { first: String, second: String },
    #[error("a sheet of Excel holds {limit} rows and the list has more; narrow the filter or export CSV")]
    ListTooLong { limit: u64 },
    #[error("row {row} of the list has {found} cells where the list has {expected} columns")]
    ListShape { row: u64, found: usize, expected: usize },
    #[error(transparent)]
    Paper(#[from] PaperFault),
    #[error("the workbook cannot be written: {0}")]
    WriteWorkbook(#[from] rust_xlsxwriter::XlsxError),
    #[error("the document cannot be packed: {0}")]
    WriteDocument(#[from] zip::result::ZipError),
    #[error("reading or writing failed: {0}; check the disk and try again")]
    Io(#[from] std::io::Error),
}

impl Error {
    /// A stable word for programs, such as `half_workbook`.
    pub fn code(&self) -> &'static str {
        match self {
            Error::NotATable { .. } => "not_a_table",
            Error::OldOrLocked => "old_or_locked",
            Error::HalfWorkbook => "half_workbook",
            Error::DamagedWorkbook { .. } => "damaged_workbook",
            Error::Inflated { .. } => "inflated",
            Error::TooManyParts { .. } => "too_many_parts",
            Error::TooManyTexts { .. } => "too_many_texts",
            Error::TooManyRows { .. } => "too_many_rows",
            Error::TooManyColumns { .. } => "too_many_columns",
            Error::RowTooLong { .. } => "row_too_long",
            Error::Undecodable { .. } => "undecodable",
            Error::CutOff { .. } => "cut_off",
            Error::NoSheet { .. } => "no_sheet",
            Error::NoHead => "no_head",
            Error::DuplicateHead { .. } => "duplicate_head",
            Error::ListTooLong { .. } => "list_too_long",
            Error::ListShape { .. } => "list_shape",
            Error::Paper(fault) => fault.code(),
            Error::WriteWorkbook(_) => "write_workbook",
            Error::WriteDocument(_) => "write_document",
            Error::Io(_) => "io",
        }
    }

    /// The message in English.
    pub fn en(&self) -> String {
        self.to_string()
    }

    /// The message in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Error::NotATable { looks } => {
                format!("文件不是表格（{looks}）；请另存为 .xlsx 或 CSV 后再提交")
            }
            Error::OldOrLocked => "文件是旧版 .xls 或设有密码的工作簿；请用 Excel 或 WPS 打开，去掉密码，另存为 .xlsx".into(),
            Error::HalfWorkbook => "工作簿不完整，可能是传输中断；请重新提交完整的文件".into(),
            Error::DamagedWorkbook { part, why } => {
                format!("工作簿的部件 {part} 已损坏（{why}）；请用 Excel 或 WPS 打开后重新保存")
            }
            Error::Inflated { part, bytes, limit } => {
                format!("工作簿的部件 {part} 解压后有 {bytes} 字节，超过上限 {limit} 字节；请拆分表格，或改交 CSV")
            }
            Error::TooManyParts { found, limit } => {
                format!("工作簿含 {found} 个部件，超过上限 {limit} 个；请把表格复制到新的工作簿")
            }
            Error::TooManyTexts { limit } => {
                format!("工作簿中不同的文本超过 {limit} 条；请拆分表格，或改交 CSV")
            }
            Error::TooManyRows { limit } => format!("表格超过 {limit} 行；请拆分后分次提交"),
            Error::TooManyColumns { row, limit } => {
                format!("第 {row} 行超过 {limit} 列；请删去不需要的列")
            }
            Error::RowTooLong { row, limit } => {
                format!("第 {row} 行超过 {limit} 字节；可能有引号没有成对")
            }
            Error::Undecodable { row, encoding } => {
                format!("第 {row} 行附近有不属于 {encoding} 编码的字节；请另存为 UTF-8 编码的 CSV 或 .xlsx")
            }
            Error::CutOff { row } => {
                format!("文件在第 {row} 行中间断开：引号或字符没有结束；请重新导出")
            }
            Error::NoSheet { wanted, have } => {
                format!("没有名为“{wanted}”的工作表；现有：{}", have.join("、"))
            }
            Error::NoHead => "表格没有表头；请在第一行写上各列的名称".into(),
            Error::DuplicateHead { first, second } => {
                format!("{first} 列与 {second} 列同名；请改其中一个")
            }
            Error::ListTooLong { limit } => {
                format!("Excel 的一张工作表最多 {limit} 行，清单超出；请缩小筛选范围，或导出 CSV")
            }
            Error::ListShape { row, found, expected } => {
                format!("清单第 {row} 行有 {found} 个单元格，应为 {expected} 个")
            }
            Error::Paper(fault) => fault.zh(),
            Error::WriteWorkbook(why) => format!("工作簿无法写出：{why}"),
            Error::WriteDocument(why) => format!("文档无法打包：{why}"),
            Error::Io(why) => format!("读写失败：{why}；请检查磁盘后重试"),
        }
    }
}
