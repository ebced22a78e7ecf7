//! Fields: what an entry holds, and how sensitive it is.

use crate::expr::Expr;
use crate::list::List;
use crate::names::{FieldName, ItemName, ListName, RegisterName, RoleName};
use crate::text::Text;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// How far a value may travel. Ordered: each class includes the care of those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    Public,
    #[default]
    Internal,
    /// Looking at it is recorded.
    Confidential,
    /// Kept in an envelope that only its handlers can open; never in SQL, an index or a log.
    Sealed,
}

impl Sensitivity {
    pub const ALL: [Sensitivity; 4] = [Self::Public, Self::Internal, Self::Confidential, Self::Sealed];

    pub fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Internal => "internal",
            Self::Confidential => "confidential",
            Self::Sealed => "sealed",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.word() == word)
    }
}

/// One field of a register.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    pub name: FieldName,
    pub label: Text,
    pub hint: Option<Text>,
    /// How a page without an account puts it to whoever answers for themselves, where the house calls it otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_as: Option<Question>,
    /// Sealed to a key of its own that custodians hold between them; only with `sensitivity = "sealed"`.
    #[serde(default, skip_serializing_if = "is_not")]
    pub custody: bool,
    /// text: names of people as somebody typed them; entries that may tell of the same are found by them.
    #[serde(default, skip_serializing_if = "is_not")]
    pub names: bool,
    /// A heading that begins with this field.
    pub section: Option<Text>,
    pub kind: Kind,
    pub required: bool,
    /// Asked only where it holds, and dropped where it does not: neither shown nor kept. Names only fields defined before this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_if: Option<Expr>,
    pub required_if: Option<Expr>,
    pub check: Option<Expr>,
    pub check_note: Option<Text>,
    pub sensitivity: Sensitivity,
    pub default: Option<Default>,
    /// Text: characters. Number: value. Money: fen. File: MiB. Table: rows.
    pub max: Option<f64>,
    pub min: Option<f64>,
    /// person: holding it makes the entry one's own; unit: the entry's unit.
    pub own: bool,
    /// person: owns the entry, acts next.
    pub owner: bool,
    /// person: is a party and may never see the entry.
    pub bars: bool,
    /// Whether the creation form shows it.
    pub on_form: bool,
    /// Written only by the moves that ask for it and by effects: never on a form, never by an edit or an import.
    #[serde(default, skip_serializing_if = "is_not")]
    pub by_move: bool,
    /// Read seldom: on the page of an entry it stands folded.
    #[serde(default, skip_serializing_if = "is_not")]
    pub fold: bool,
    /// number, money: never typed; the sum of a column of a table of the same entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_of: Option<TotalOf>,
    /// number: never typed; how many entries of another register point here with that link field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count_of: Option<CountOf>,
    /// choice: items that only holders of these roles newly choose.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub reserved: IndexMap<ItemName, Vec<RoleName>>,
    /// person: only holders of one of these roles are newly named; empty: anybody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holders: Vec<RoleName>,
    /// Read by nobody but those whom these person fields of the entry name; empty: by whoever reads the entry.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readers: Vec<FieldName>,
    /// person, unit: nobody the entry keeps out stands in it, nor a unit they work in or lead. Asked again by every move that shows it.
    #[serde(default, skip_serializing_if = "is_not")]
    pub unconcerned: bool,
    /// Earlier names.
    pub was: Vec<FieldName>,
}

/// A field as a question to the person it is asked of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Question {
    pub label: Text,
    pub hint: Option<Text>,
}

impl Field {
    /// Whether only some of those who read the entry read this: it stands in no list, no index and no figure.
    pub fn is_narrowed(&self) -> bool {
        !self.readers.is_empty()
    }

    /// What the field is called: by the house, or on a page without an account.
    pub fn label_for(&self, public: bool) -> &Text {
        self.asked_as.as_ref().filter(|_| public).map_or(&self.label, |asked| &asked.label)
    }

    /// What is said beside it, likewise.
    pub fn hint_for(&self, public: bool) -> Option<&Text> {
        match &self.asked_as {
            Some(asked) if public => asked.hint.as_ref(),
            _ => self.hint.as_ref(),
        }
    }
}

/// A column of a table that another field is the sum of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotalOf {
    pub table: FieldName,
    pub column: FieldName,
}

/// A link field of another register whose entries are counted here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountOf {
    pub register: RegisterName,
    pub link: FieldName,
}

fn is_not(flag: &bool) -> bool {
    !flag
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Kind {
    Text,
    LongText,
    Number { decimals: u8, unit: Option<Text> },
    Money,
    Date,
    DateTime,
    Choice { of: Choices, many: bool },
    YesNo,
    Person { many: bool },
    Unit { many: bool },
    Supplier,
    Link { register: RegisterName },
    File { many: bool },
    Table { columns: IndexMap<FieldName, Field> },
}

impl Kind {
    pub fn word(&self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::LongText => "longtext",
            Kind::Number { .. } => "number",
            Kind::Money => "money",
            Kind::Date => "date",
            Kind::DateTime => "datetime",
            Kind::Choice { .. } => "choice",
            Kind::YesNo => "yesno",
            Kind::Person { .. } => "person",
            Kind::Unit { .. } => "unit",
            Kind::Supplier => "supplier",
            Kind::Link { .. } => "link",
            Kind::File { .. } => "file",
            Kind::Table { .. } => "table",
        }
    }

    /// Several values in one field.
    pub fn many(&self) -> bool {
        matches!(
            self,
            Kind::Choice { many: true, .. } | Kind::Person { many: true } | Kind::Unit { many: true } | Kind::File { many: true }
        )
    }

    /// Same kind, so that a value of one definition can be read under the other.
    pub fn holds_same(&self, other: &Kind) -> bool {
        let text = |kind: &Kind| matches!(kind, Kind::Text | Kind::LongText);
        (text(self) && text(other)) || (self.word() == other.word() && self.many() == other.many())
    }
}

/// Where the items of a choice come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choices {
    Shared(ListName),
    Private(List),
}

/// What a form begins with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Default {
    Text(String),
    Number(f64),
    Flag(bool),
    Today,
    Now,
    Me,
    MyUnit,
}
