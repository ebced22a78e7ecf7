//! A register (台账): fields, states, moves, deadlines, rights and views, all checked.

mod custody;
mod deadline;
mod handing;
mod letter;
mod quota;
mod retention;
mod rights;

use crate::expr::Expr;
use crate::field::{Field, Sensitivity};
use crate::names::{DeadlineName, FieldName, MoveName, RegisterName, Revision, RoleName, StateName};
use crate::service::Service;
use crate::text::Text;
pub use custody::Custody;
pub use deadline::{After, Deadline, Permit, Until, Within};
pub use handing::Handing;
use indexmap::IndexMap;
pub use letter::Letter;
pub use quota::Quota;
pub use retention::{Retention, Term};
pub use rights::{Rights, Scope, Verb};
use serde::{Deserialize, Serialize};

/// One register as the engine runs it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Register {
    pub name: RegisterName,
    pub area: String,
    /// The part it plays for the house.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serves: Option<Service>,
    pub order: i64,
    pub title: Text,
    /// What its button for a new entry says, such as 登记礼品; `None`: the title with a word before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begin: Option<Text>,
    pub basis: String,
    /// Forms of other registers that are begun from an entry of this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prefills: Vec<Prefill>,
    pub number: NumberFormat,
    pub fields: IndexMap<FieldName, Field>,
    pub states: IndexMap<StateName, State>,
    pub moves: IndexMap<MoveName, Move>,
    pub triggers: Vec<Trigger>,
    pub deadlines: IndexMap<DeadlineName, Deadline>,
    pub rights: Rights,
    pub list: ListView,
    /// Columns of an export that chooses none; empty: those of the list. May name sealed fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub export: Vec<Column>,
    pub print: Option<Print>,
    pub public: Option<Public>,
    /// `None`: its content is never erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<Retention>,
    /// `None`: its content is never handed out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handing: Option<Handing>,
    /// Who keeps the fields that say `custody`, and who may ask for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custody: Option<Custody>,
    /// `None`: no unit owes a number of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quota: Option<Quota>,
    /// Hash of everything above.
    pub revision: Revision,
}

impl Register {
    pub fn start(&self) -> &State {
        self.states.values().find(|state| state.start).expect("a checked register has a start state")
    }

    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.get(name)
    }

    /// Some field lives in the envelope.
    pub fn has_sealed(&self) -> bool {
        self.fields.values().any(|field| field.sensitivity == Sensitivity::Sealed)
    }

    /// Notes may name people, so they are sealed where anything is.
    pub fn seals_notes(&self) -> bool {
        self.has_sealed()
    }

    /// Names of the fields custodians keep.
    pub fn kept_by_custodians(&self) -> impl Iterator<Item = &FieldName> {
        self.fields.values().filter(|field| field.custody).map(|field| &field.name)
    }

    /// The field that says which unit an entry belongs to.
    pub fn unit_field(&self) -> Option<&Field> {
        self.fields.values().find(|field| field.own && matches!(field.kind, crate::field::Kind::Unit { .. }))
    }
}

/// How entries are numbered, such as `LP-{year}-{seq:4}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NumberFormat(pub Vec<NumberPart>);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberPart {
    Literal(String),
    Year,
    Month,
    /// Counts within the literal, year and month parts; at least so many digits.
    Seq(u8),
    /// So many random Crockford characters.
    Random(u8),
}

impl NumberFormat {
    pub fn is_random(&self) -> bool {
        self.0.iter().any(|part| matches!(part, NumberPart::Random(_)))
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct State {
    pub name: StateName,
    pub label: Text,
    pub start: bool,
    pub end: bool,
    pub mark: Mark,
    pub was: Vec<StateName>,
}

/// The shape beside a state's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    Open,
    Half,
    Full,
    Shut,
    Stop,
}

impl Mark {
    pub const ALL: [Mark; 5] = [Mark::Open, Mark::Half, Mark::Full, Mark::Shut, Mark::Stop];

    pub fn word(self) -> &'static str {
        match self {
            Mark::Open => "open",
            Mark::Half => "half",
            Mark::Full => "full",
            Mark::Shut => "shut",
            Mark::Stop => "stop",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Move {
    pub name: MoveName,
    pub label: Text,
    pub from: Vec<StateName>,
    /// `None`: the entry stays where it is.
    pub to: Option<StateName>,
    pub by: Vec<Who>,
    /// Made by whoever holds the receipt code, and by no person with an account; then `by` is empty.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_public: bool,
    pub not_by: Vec<NotBy>,
    pub asks: Vec<Ask>,
    pub condition: Option<Expr>,
    pub condition_note: Option<Text>,
    /// Must hold of the entry as the move leaves it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<Expr>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check_note: Option<Text>,
    /// Fields whose values stand above the form of the move, so that nobody decides without them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shows: Vec<FieldName>,
    pub note: NoteRule,
    pub main: bool,
    pub confirm: Option<Text>,
    pub effects: Vec<Effect>,
    /// Earlier names.
    pub was: Vec<MoveName>,
}

/// Who may make a move.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    Role(RoleName),
    Author,
    Owner,
    Person(FieldName),
}

/// Whom four eyes exclude.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotBy {
    Author,
    Owner,
    /// Whoever made this move last.
    Mover(MoveName),
    Person(FieldName),
    /// The person whom an entry of the register `person` describes.
    Itself,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    pub field: FieldName,
    pub required: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteRule {
    None,
    Optional,
    Required,
}

/// An effect outside a move.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trigger {
    pub on: On,
    pub condition: Option<Expr>,
    pub effects: Vec<Effect>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum On {
    Create,
    Edit,
    Move(MoveName),
    /// Somebody is newly barred, by whatever act after the creation.
    Bar,
}

/// Everything a definition can make happen. Closed: a new kind is a change of the engine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    Opens(Opens),
    Moves {
        via: Via,
        make: MoveName,
    },
    Bars(Bars),
    Sets {
        field: FieldName,
        to: Source,
    },
    Assign(Audience),
    /// The same, to those first whom the duty roster names.
    Duty(Duty),
    Tell(Audience),
    Remind(Audience),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Opens {
    pub register: RegisterName,
    pub with: IndexMap<FieldName, Source>,
    pub owner: Option<Audience>,
    /// Whom the new entry is about: people of this entry that become its parties.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bars: Vec<Audience>,
    /// People barred here whom the new entry lets in: it is for them, such as word that nothing was found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spares: Vec<Audience>,
}

/// Whoever of these the roster names for what this choice says; nobody of them: any, spread evenly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duty {
    pub to: Audience,
    pub by: FieldName,
}

/// A form of another register, begun from an entry with what it says already filled in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Prefill {
    pub register: RegisterName,
    pub label: Text,
    /// States it is offered in; empty: any.
    pub states: Vec<StateName>,
    pub with: IndexMap<FieldName, Source>,
}

/// Linked entries bar whom this one bars, from then on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bars {
    pub via: Via,
    /// Whom this entry is about besides: they become parties there.
    pub people: Vec<Audience>,
    /// Whom the linked entries go on letting in, though this one bars them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spares: Vec<Audience>,
    /// Through a link of this entry: it bars whom the linked one bars as well.
    #[serde(default)]
    pub both: bool,
}

/// Which linked entries an effect reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// The entry this link field points to.
    Field(FieldName),
    /// Entries of that register whose link field points here.
    Back { register: RegisterName, field: FieldName },
    /// This entry: a clock ends what nobody did.
    Itself,
}

/// Where a value for another field comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Text(String),
    Amount(f64),
    Flag(bool),
    Field(FieldName),
    /// A holder of this role whose scope reaches the entry, spread evenly.
    Holder(RoleName),
    /// Whoever owns the entry.
    Owner,
    Number,
    ThisEntry,
    Today,
    Now,
    Me,
    Empty,
}

/// Who hears of something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    Author,
    Owner,
    Person(FieldName),
    Role(RoleName),
}

/// A column of a list: a field or something every entry has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    Field(FieldName),
    Builtin(crate::expr::Builtin),
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ListView {
    pub columns: Vec<Column>,
    pub sort: Option<(Column, bool)>,
    pub filters: Vec<Column>,
    /// What names an entry beside its number.
    pub title: Vec<Column>,
    pub tabs: IndexMap<String, Tab>,
    /// A choice by which entries that wait stand together on a desk, a line for each item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gather: Option<FieldName>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tab {
    pub label: Text,
    pub condition: Expr,
}

/// The printable paper of one entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Print {
    pub title: Text,
    pub fields: Vec<FieldName>,
    pub sign: Vec<Text>,
    pub note: Option<Text>,
    /// States in which it may be printed; empty: any.
    pub states: Vec<StateName>,
    /// What the paper is before it is what it is called: a slip, not yet the receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub early: Option<Early>,
    /// What is cut off, filled in by hand and brought back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slip: Option<Slip>,
    /// It goes out as an official letter; the fields stand in its paragraphs and not in a list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter: Option<Official>,
}

/// An official letter: to whom, what it says, who signs. *Source*: GB/T 9704-2012.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Official {
    pub to: FieldName,
    /// `{field}` stands for what the entry says; a paragraph in which something is empty falls away.
    pub text: Vec<Text>,
    /// The office in whose name it goes out, where the seal is put.
    pub office: Text,
    /// The move whose maker signs, on the day of it.
    pub issued: MoveName,
}

impl Official {
    /// What a paragraph names, in order.
    pub fn names(paragraph: &str) -> impl Iterator<Item = &str> {
        paragraph.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
    }
}

/// The part of a paper that comes back: its lines are filled in by hand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Slip {
    pub title: Text,
    pub lines: Vec<Text>,
}

/// The paper of an entry in its first states: the same fields under another title, other signatures and another note.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Early {
    pub states: Vec<StateName>,
    pub title: Text,
    pub sign: Vec<Text>,
    pub note: Option<Text>,
}

/// A page for people without an account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Public {
    pub steps: Vec<Step>,
    /// Hands out a receipt code.
    pub code: bool,
    /// The plain choice that selects the first recipients.
    pub route: Option<FieldName>,
    /// What fills in a letter that comes without a form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter: Option<Letter>,
    /// Plain fields that the address gives, such as the place whose poster led here. Nobody types them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub given: Vec<FieldName>,
    /// Where staff take down what somebody tells: by which channel it came, and whether outside the hours of that channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Hours>,
    /// Whose messages the reporter reads, as far as they read the entry.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<RoleName>,
    /// Sealed long texts of the house that the reporter reads with the code, beside messages. What is not named here stays inside.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shows: Vec<FieldName>,
    /// How long an entry that ended still takes messages of its reporter. Units: days.
    #[serde(default)]
    pub open_days: u16,
}

/// The plain choice that says a channel, and the yes or no that its published hours answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    pub channel: FieldName,
    pub outside: FieldName,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    pub title: Text,
    pub fields: Vec<FieldName>,
}
