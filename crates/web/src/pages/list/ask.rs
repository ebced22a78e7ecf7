//! What a list is asked to show: all of it stands in the address.

use crate::address::Pairs;
use crate::draw::{Draw, builtin_key, column_word, list_path};
use catalogue::expr::{Builtin, Expr, Literal, Op, Operand};
use catalogue::field::Kind;
use catalogue::register::{Column, Verb};
use catalogue::{Register, Sensitivity};
use engine::{rights, show};
use jiff::civil::Date;
use store::{Filter, Page, Query, Sort, Test};

/// Entries on a page.
pub(crate) const PER_PAGE: u64 = 50;

/// `view=plain`: the list as it is defined, whatever this person made their default.
pub(crate) const PLAIN: &str = "view";

pub(crate) struct Ask<'a> {
    pub draw: Draw<'a>,
    pub pairs: Pairs,
    pub path: String,
    /// Numbers of the entries of one import, when the list shows only those.
    pub batch: Option<Vec<String>>,
    /// This person begins this list with a view of their own, so the list as it is defined has to be asked for.
    pub own_default: bool,
}

/// A filter as it stands in the address and in words.
pub(crate) struct Chosen {
    pub filter: Vec<Filter>,
    /// What no filter can say.
    pub condition: Option<Expr>,
    pub label: String,
    pub value: String,
    /// Names in the address that make it.
    pub names: Vec<String>,
}

/// How a column is filtered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// One or several of a few words.
    Words,
    /// Exactly this text.
    Exact,
    YesNo,
    /// One person; `me` is the viewer.
    Person,
    /// From and to a day.
    Days,
    /// From and to an amount or a number.
    Amounts,
}

impl<'a> Ask<'a> {
    pub(crate) fn new(draw: Draw<'a>, pairs: Pairs, batch: Option<Vec<String>>) -> Self {
        let ask = Self { path: list_path(draw.register), draw, pairs, batch, own_default: false };
        // Columns this viewer may not choose are not carried along either.
        let known: Vec<String> = ask.known_columns().iter().map(|column| column_word(column).to_owned()).collect();
        let mut pairs = ask.pairs.clone();
        pairs.0.retain(|(name, value)| name != "col" || known.contains(value));
        Self { pairs, ..ask }
    }

    pub(crate) fn register(&self) -> &'a Register {
        self.draw.register
    }

    pub(crate) fn tab(&self) -> Option<&str> {
        self.pairs.get("tab").filter(|tab| self.offered().any(|(key, _)| key == tab))
    }

    /// Tabs this viewer is offered.
    pub(crate) fn offered(&self) -> impl Iterator<Item = (&'a String, &'a catalogue::register::Tab)> {
        let (viewer, register) = (self.draw.viewer, self.draw.register);
        register.list.tabs.iter().filter(move |(_, tab)| viewer.is_some_and(|viewer| rights::sees_tab(viewer, register, tab)))
    }

    pub(crate) fn page(&self) -> u64 {
        self.pairs.get("page").and_then(|page| page.parse().ok()).filter(|page| (1..=100_000).contains(page)).unwrap_or(1)
    }

    /// Columns shown: those chosen, else the definition's. The number comes first, always.
    pub(crate) fn columns(&self) -> Vec<Column> {
        let known = self.known_columns();
        let chosen: Vec<Column> =
            self.pairs.all("col").filter_map(|word| known.iter().find(|column| column_word(column) == word)).cloned().collect();
        let mut columns = if chosen.is_empty() { self.register().list.columns.clone() } else { chosen };
        columns.retain(|column| self.draw.may_list(column) && *column != Column::Builtin(Builtin::Number));
        columns.insert(0, Column::Builtin(Builtin::Number));
        columns
    }

    /// Columns of an export: those chosen, else the definition's layout, else the list's. A sealed one may stand in a layout.
    pub(crate) fn exported(&self) -> Vec<Column> {
        let layout = &self.register().export;
        if layout.is_empty() || self.pairs.all("col").next().is_some() {
            return self.columns();
        }
        layout.iter().filter(|column| self.draw.may_list(column) || self.is_sealed(column)).cloned().collect()
    }

    pub(crate) fn is_sealed(&self, column: &Column) -> bool {
        matches!(column, Column::Field(name) if self.register().fields.get(name).is_some_and(|field| field.sensitivity == Sensitivity::Sealed))
    }

    /// Every column this viewer may choose.
    pub(crate) fn known_columns(&self) -> Vec<Column> {
        let builtins = [
            Builtin::Number,
            Builtin::Due,
            Builtin::State,
            Builtin::Unit,
            Builtin::Owner,
            Builtin::Author,
            Builtin::Created,
            Builtin::Changed,
        ];
        let fields =
            self.register().fields.values().filter(|field| !matches!(field.kind, Kind::File { .. } | Kind::Table { .. } | Kind::LongText));
        let columns = builtins.into_iter().map(Column::Builtin).chain(fields.map(|field| Column::Field(field.name.clone())));
        columns.filter(|column| self.draw.may_list(column)).collect()
    }

    /// How the list is sorted: as chosen, else as the definition says, else newest first.
    pub(crate) fn sort(&self) -> Sort {
        let chosen = self.pairs.get("sort").and_then(|text| {
            let (word, descending) = text.strip_prefix('-').map_or((text, false), |word| (word, true));
            let column = self.known_columns().into_iter().find(|column| column_word(column) == word)?;
            sortable(self.register(), &column).then_some(Sort { column, descending })
        });
        let kept = self.register().list.sort.as_ref().filter(|(column, _)| self.draw.may_list(column));
        chosen
            .or_else(|| kept.map(|(column, descending)| Sort { column: column.clone(), descending: *descending }))
            .unwrap_or(Sort { column: Column::Builtin(Builtin::Created), descending: true })
    }

    /// Columns the definition offers for filtering, the days and amounts of its list, and who registered and handles.
    pub(crate) fn filterable(&self) -> Vec<Column> {
        let list = &self.register().list;
        let mut columns = list.filters.clone();
        let spans =
            |column: &&Column| matches!(way(self.register(), column), Some(Way::Days | Way::Amounts)) && !list.filters.contains(column);
        columns.extend(list.columns.iter().filter(spans).cloned());
        for more in [Builtin::Created, Builtin::Owner, Builtin::Author] {
            if !columns.contains(&Column::Builtin(more)) {
                columns.push(Column::Builtin(more));
            }
        }
        columns.retain(|column| self.draw.may_list(column) && way(self.register(), column).is_some());
        columns
    }

    pub(crate) fn filters(&self) -> Vec<Chosen> {
        self.filterable().into_iter().filter_map(|column| self.chosen(column)).collect()
    }

    fn chosen(&self, column: Column) -> Option<Chosen> {
        let word = column_word(&column).to_owned();
        let label = self.draw.column_label(&column);
        match way(self.register(), &column)? {
            Way::YesNo => {
                let value = self.pairs.get(&word).filter(|value| ["yes", "no"].contains(value))?;
                let (left, right) = (operand(&column), Operand::Literal(Literal::Flag(value == "yes")));
                let condition = Some(Expr::Compare { left, op: Op::Eq, right });
                Some(Chosen { filter: Vec::new(), condition, label, value: self.draw.visit.say(value), names: vec![word] })
            }
            Way::Words | Way::Person | Way::Exact => {
                let words: Vec<String> = self.pairs.all(&word).filter(|value| !value.is_empty()).map(str::to_owned).collect();
                if words.is_empty() {
                    return None;
                }
                let value =
                    words.iter().map(|one| self.word_label(&column, one)).collect::<Vec<_>>().join(&self.draw.visit.say("list-comma"));
                let me = self.draw.viewer.map(|viewer| viewer.person.to_string()).unwrap_or_default();
                let among = words.into_iter().map(|one| if one == "me" { me.clone() } else { one }).collect();
                Some(Chosen { filter: vec![Filter { column, test: Test::Among(among) }], condition: None, label, value, names: vec![word] })
            }
            Way::Days => self.range(column, label, &word, |text| text.parse::<Date>().ok().map(Literal::Date), |text| self.day_label(text)),
            Way::Amounts => {
                let money = is_money(self.register(), &column);
                let literal = move |text: &str| if money { fen(text).map(Literal::Fen) } else { text.parse().ok().map(Literal::Number) };
                self.range(column, label, &word, literal, str::to_owned)
            }
        }
    }

    fn range(
        &self,
        column: Column,
        label: String,
        word: &str,
        literal: impl Fn(&str) -> Option<Literal>,
        shown: impl Fn(&str) -> String,
    ) -> Option<Chosen> {
        let names = [format!("{word}.from"), format!("{word}.to")];
        let bound = |name: &str| self.pairs.get(name).filter(|text| !text.is_empty()).and_then(|text| Some((literal(text)?, shown(text))));
        let (from, to) = (bound(&names[0]), bound(&names[1]));
        let value = match (&from, &to) {
            (Some((_, from)), Some((_, to))) => {
                self.draw.visit.fill("filter-between", &[("from", from.clone().into()), ("to", to.clone().into())])
            }
            (Some((_, from)), None) => self.draw.visit.fill("filter-since", &[("from", from.clone().into())]),
            (None, Some((_, to))) => self.draw.visit.fill("filter-until", &[("to", to.clone().into())]),
            (None, None) => return None,
        };
        let mut filter = Vec::new();
        filter.extend(from.map(|(literal, _)| Filter { column: column.clone(), test: Test::From(literal) }));
        filter.extend(to.map(|(literal, _)| Filter { column, test: Test::To(literal) }));
        Some(Chosen { filter, condition: None, label, value, names: names.to_vec() })
    }

    fn day_label(&self, text: &str) -> String {
        text.parse().map_or_else(|_| text.to_owned(), |day| self.draw.visit.date(day))
    }

    /// A word of a filter as people read it.
    pub(crate) fn word_label(&self, column: &Column, word: &str) -> String {
        if word == "me" {
            return self.draw.visit.say("filter-me");
        }
        if let Column::Builtin(Builtin::State) = column {
            return self.draw.state(&word.into()).text;
        }
        let person = engine::PersonId::parse(word).and_then(|id| self.draw.directory.person(id)).map(|person| person.name.clone());
        let unit = || engine::UnitId::parse(word).and_then(|id| self.draw.directory.unit(id)).map(|unit| unit.name.clone());
        if let Some(name) = person.or_else(unit) {
            return name;
        }
        match column {
            Column::Field(name) => match self.register().fields.get(name) {
                Some(field) => show::item(&self.draw.shown(), field, &word.into()),
                None => word.to_owned(),
            },
            Column::Builtin(_) => word.to_owned(),
        }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        self.pairs.get("q").map(str::trim).filter(|text| !text.is_empty())
    }

    pub(crate) fn is_filtered(&self) -> bool {
        self.text().is_some() || self.batch.is_some() || !self.filters().is_empty()
    }

    /// The question to the store.
    pub(crate) fn query(&self, verb: Verb) -> Query {
        let (filters, conditions): (Vec<_>, Vec<_>) = self.filters().into_iter().map(|chosen| (chosen.filter, chosen.condition)).unzip();
        let conditions: Vec<Expr> = conditions.into_iter().flatten().collect();
        let batch = self.batch.clone().map(|numbers| Filter { column: Column::Builtin(Builtin::Number), test: Test::Among(numbers) });
        Query {
            tab: self.tab().map(str::to_owned),
            condition: (!conditions.is_empty()).then_some(Expr::All(conditions)),
            filters: filters.into_iter().flatten().chain(batch).collect(),
            text: self.text().map(str::to_owned),
            sort: Some(self.sort()),
            page: Page::At { offset: (self.page() - 1) * PER_PAGE, limit: PER_PAGE },
            verb,
            ..Query::of(self.register().name.clone())
        }
    }

    /// This list with other words in its address; a changed list begins on its first page.
    pub(crate) fn with(&self, change: impl FnOnce(Pairs) -> Pairs) -> String {
        self.at(change(self.pairs.without(&["page", "open", "done", PLAIN])))
    }

    /// The address of this list with these words.
    pub(crate) fn at(&self, pairs: Pairs) -> String {
        let is_bare = self.own_default && pairs.is_empty();
        if is_bare { Pairs::default().with(PLAIN, "plain").at(&self.path) } else { pairs.at(&self.path) }
    }

    /// The same list without what a link of it must not carry on.
    pub(crate) fn kept(&self) -> Pairs {
        self.pairs.without(&["open", "done", PLAIN])
    }

    /// The filters in words, for print, exports and files.
    pub(crate) fn said(&self) -> Option<String> {
        let mut said: Vec<String> = Vec::new();
        said.extend(self.tab().and_then(|tab| self.register().list.tabs.get(tab)).map(|tab| self.draw.text(&tab.label)));
        said.extend(self.filters().into_iter().map(|chosen| format!("{} {}", chosen.label, chosen.value)));
        said.extend(self.text().map(|text| format!("{} {text}", self.draw.visit.say("filter-text"))));
        (!said.is_empty()).then(|| said.join(&self.draw.visit.say("list-comma")))
    }
}

fn operand(column: &Column) -> Operand {
    match column {
        Column::Field(name) => Operand::Field(name.clone()),
        Column::Builtin(builtin) => Operand::Builtin(*builtin),
    }
}

/// How a column is filtered; `None`: it cannot be.
pub(crate) fn way(register: &Register, column: &Column) -> Option<Way> {
    match column {
        Column::Builtin(Builtin::State | Builtin::Unit) => Some(Way::Words),
        Column::Builtin(Builtin::Owner | Builtin::Author) => Some(Way::Person),
        Column::Builtin(Builtin::Created | Builtin::Changed | Builtin::Due) => Some(Way::Days),
        Column::Builtin(_) => None,
        Column::Field(name) => match &register.fields.get(name)?.kind {
            Kind::Choice { .. } | Kind::Unit { .. } => Some(Way::Words),
            Kind::YesNo => Some(Way::YesNo),
            Kind::Text => Some(Way::Exact),
            Kind::Person { .. } => Some(Way::Person),
            Kind::Date | Kind::DateTime => Some(Way::Days),
            Kind::Money | Kind::Number { .. } => Some(Way::Amounts),
            _ => None,
        },
    }
}

/// Whether a column has an order that means something.
pub(crate) fn sortable(register: &Register, column: &Column) -> bool {
    match column {
        Column::Builtin(Builtin::Unit | Builtin::Owner | Builtin::Author) => false,
        Column::Builtin(builtin) => builtin_key(*builtin) != "col-now",
        // The store keeps in order what the list itself shows.
        Column::Field(name) => {
            register.list.columns.contains(column)
                && register.fields.get(name).is_some_and(|field| {
                    matches!(
                        field.kind,
                        Kind::Text | Kind::Date | Kind::DateTime | Kind::Money | Kind::Number { .. } | Kind::Choice { many: false, .. }
                    )
                })
        }
    }
}

pub(crate) fn is_money(register: &Register, column: &Column) -> bool {
    matches!(column, Column::Field(name) if register.fields.get(name).is_some_and(|field| field.kind == Kind::Money))
}

/// Yuan as typed to fen.
fn fen(text: &str) -> Option<i64> {
    let (yuan, cents) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let cents: i64 = if cents.is_empty() { 0 } else { format!("{cents:0<2}").get(..2)?.parse().ok()? };
    yuan.parse::<i64>().ok()?.checked_mul(100)?.checked_add(cents)
}
