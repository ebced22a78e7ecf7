//! Definitions to forms: each field's control with what was typed, its hint and its fault.

mod fold;

use super::Draw;
use super::cells::file_size;
use crate::posted::MOST_FILES;
use crate::signer::Signer;
use crate::view::faults::Fault;
use crate::view::field::{Choice, Column, Control, Field as View, Kept, Look, Part, Picked};
use catalogue::expr::Expr;
use catalogue::field::{Choices, Kind};
use catalogue::register::Verb;
use catalogue::{Field, FieldName, RoleName, Sensitivity, Service};
use engine::form::Input;
use engine::{EntryId, FieldFault, FileRef, PersonId};
use indexmap::IndexMap;
use std::collections::BTreeMap;

/// A form as it stands: what was typed, what is wrong with it, and what a search in one of its pickers found.
#[derive(Default)]
pub(crate) struct Standing<'a> {
    pub input: Input,
    pub faults: &'a [FieldFault],
    /// Fields that must be filled; `None`: as the definition says.
    pub required: Option<Vec<FieldName>>,
    /// The answer of a picker's search button, by control name.
    pub found: BTreeMap<String, Found>,
    /// A page without an account.
    pub public: bool,
    /// What has to hold after the step that asks: items with which it cannot are not offered.
    pub check: Option<&'a Expr>,
    /// Who gets a key to what is sealed, as far as typed; `None`: as the definition says.
    pub keys: Option<Keys>,
}

/// Whose holders get a key to what a form seals.
pub(crate) enum Keys {
    To(Vec<RoleName>),
    /// An answer of the same form decides it: this field.
    By(FieldName),
}

pub(crate) struct Found {
    pub query: String,
    pub picked: Vec<Picked>,
    pub more: bool,
}

/// Names of linked entries and suppliers that pickers show as chosen.
pub(crate) type Names = BTreeMap<EntryId, String>;

/// Draws the fields of a form.
pub(crate) struct FormDraw<'a> {
    pub draw: Draw<'a>,
    pub standing: &'a Standing<'a>,
    pub names: &'a Names,
    pub signer: &'a Signer,
    /// Units: bytes.
    pub file_limit: u64,
}

impl<'a> FormDraw<'a> {
    /// Fields in headed parts, as the definition sections them.
    pub(crate) fn parts(&self, fields: &[&'a Field]) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::new();
        for field in fields {
            if parts.is_empty() || field.section.is_some() {
                let title = field.section.as_ref().map(|title| self.draw.text(title));
                parts.push(Part::plain(title, Vec::new()));
            }
            if let Some(part) = parts.last_mut() {
                part.fields.push(self.field(field));
            }
        }
        parts.into_iter().map(|part| self.said_once(part)).collect()
    }

    pub(crate) fn field(&self, field: &'a Field) -> View {
        let view = self.one(field, field.name.as_str());
        // A public page says it once, for the whole step.
        View { seen_by: self.seen_by(field).filter(|_| !self.standing.public), asked_if: super::asked::said(field), ..view }
    }

    fn one(&self, field: &'a Field, name: &str) -> View {
        let required = match &self.standing.required {
            Some(required) if name == field.name.as_str() => required.contains(&field.name),
            _ => field.required,
        };
        let hint = field.hint_for(self.standing.public).map(|hint| self.draw.text(hint));
        let hint = if matches!(field.kind, Kind::File { .. }) { Some(self.file_hint(field, hint)) } else { hint };
        View::new(name, self.draw.text(field.label_for(self.standing.public)), self.control(field, name))
            .required(required)
            .hint(hint)
            .fault(self.fault(name))
    }

    fn fault(&self, name: &str) -> Option<String> {
        self.standing.faults.iter().find(|fault| fault.field == name).map(|fault| fault.text.get(self.draw.visit.lang).to_owned())
    }

    fn typed(&self, name: &str) -> String {
        self.standing.input.texts.get(name).and_then(|texts| texts.first()).cloned().unwrap_or_default()
    }

    fn all_typed(&self, name: &str) -> Vec<String> {
        let texts = self.standing.input.texts.get(name).cloned().unwrap_or_default();
        texts.into_iter().filter(|text| !text.is_empty()).collect()
    }

    fn control(&self, field: &'a Field, name: &str) -> Control {
        let value = self.typed(name);
        match &field.kind {
            Kind::Text => Control::Text {
                value,
                max: characters(field),
                few: field.max.is_some_and(|max| max <= 20.0),
                mode: None,
                auto: Some("off"),
            },
            Kind::LongText => Control::Long { value, max: characters(field) },
            Kind::Number { unit, .. } => Control::Number { value, unit: unit.as_ref().map(|unit| self.draw.text(unit)) },
            // A label such as 合计（元） has the unit already.
            Kind::Money if field.label.zh.contains('元') => Control::Number { value, unit: None },
            Kind::Money => Control::Money { value },
            Kind::Date => Control::Date { value, min: None, max: None },
            Kind::DateTime => Control::DateTime { value, min: None, max: None },
            // In a row of a table there is no room for buttons side by side.
            Kind::YesNo => {
                Control::Choice { look: if name.contains('.') { Look::Select } else { Look::Radio }, options: self.yes_no(&value) }
            }
            Kind::Choice { of, many } => self.choice(field, of, *many, name),
            Kind::Unit { many } => self.units(*many, name),
            Kind::Person { many } => self.pick(name, format!("/find/person?register={}&field={name}", self.draw.register.name), *many),
            Kind::Supplier => match self.draw.catalogue.serving(Service::Suppliers) {
                Some(suppliers) => self.pick(name, format!("/find/entry?register={}", suppliers.name), false),
                None => self.pick(name, String::new(), false),
            },
            Kind::Link { register } => self.pick(name, format!("/find/entry?register={register}"), false),
            Kind::File { many } => self.files(field, *many),
            Kind::Table { columns } => self.rows(field, columns),
        }
    }

    fn yes_no(&self, value: &str) -> Vec<Choice> {
        let option =
            |word: &str, key: &str| Choice { value: word.to_owned(), label: self.draw.visit.say(key), hint: None, on: value == word };
        vec![option("yes", "yes"), option("no", "no")]
    }

    fn choice(&self, field: &Field, of: &'a Choices, many: bool, name: &str) -> Control {
        let chosen = self.all_typed(name);
        let holds = |role: &catalogue::RoleName| self.draw.viewer.is_some_and(|viewer| viewer.holds(role.as_str()));
        let is_open = |item: &catalogue::ItemName| field.reserved.get(item).is_none_or(|roles| roles.iter().any(holds));
        // Of several that are chosen together each may hold its own part of a condition.
        let fits =
            |item: &catalogue::ItemName| many || self.standing.check.is_none_or(|check| check.can_hold_with(&field.name, item.as_str()));
        let today = self.draw.visit.today();
        let items = self.draw.catalogue.items(of).map(|list| &list.items);
        let offered = items.into_iter().flatten().filter(|(item, known)| {
            (known.holds_on(today) && is_open(item) && fits(item)) || chosen.iter().any(|one| one == item.as_str())
        });
        let options: Vec<Choice> = offered
            .map(|(item, known)| Choice {
                value: item.to_string(),
                label: self.draw.text(&known.label),
                hint: None,
                on: chosen.iter().any(|one| one == item.as_str()),
            })
            .collect();
        match (many, self.standing.public, options.len()) {
            (true, true, _) => Control::Multi { look: Look::Cards, options },
            (true, false, _) => Control::Multi { look: Look::Checks, options },
            (false, true, _) => Control::Choice { look: Look::Cards, options },
            (false, false, 0..=4) if !name.contains('.') => Control::Choice { look: Look::Radio, options },
            (false, false, _) => Control::Choice { look: Look::Select, options },
        }
    }

    fn units(&self, many: bool, name: &str) -> Control {
        let chosen = self.all_typed(name);
        let is_chosen = |id: &str| chosen.iter().any(|one| one == id);
        let units = self.draw.directory.units.values().map(|unit| (unit.id.to_string(), unit));
        let options = units
            .filter(|(id, unit)| unit.active || is_chosen(id))
            .map(|(id, unit)| Choice { on: is_chosen(&id), value: id, label: unit.name.clone(), hint: None })
            .collect();
        if many { Control::Multi { look: Look::Checks, options } } else { Control::Choice { look: Look::Select, options } }
    }

    fn pick(&self, name: &str, find: String, many: bool) -> Control {
        let mut all: Vec<Picked> = self.all_typed(name).iter().map(|id| self.picked(id)).collect();
        let picked = if many { None } else { all.pop() };
        let found = self.standing.found.get(name);
        Control::Pick {
            find,
            query: found.map(|found| found.query.clone()).unwrap_or_default(),
            picked,
            found: found.map(|found| found.picked.clone()),
            more: found.is_some_and(|found| found.more),
            many,
            all,
        }
    }

    fn picked(&self, id: &str) -> Picked {
        let person = PersonId::parse(id).and_then(|id| self.draw.directory.person(id));
        if let Some(person) = person {
            return person_option(&self.draw, person);
        }
        let known = EntryId::parse(id).and_then(|id| self.names.get(&id).cloned());
        Picked { value: id.to_owned(), label: known.unwrap_or_else(|| id.to_owned()), hint: None }
    }

    fn files(&self, field: &Field, many: bool) -> Control {
        let files = self.standing.input.files.get(&field.name).map(Vec::as_slice).unwrap_or_default();
        let kept = |file: &FileRef| Kept { key: self.signer.keep(file), name: file.name.clone(), size: self.kept_size(file), href: None };
        let most = self.most_bytes(field);
        Control::File {
            files: files.iter().map(kept).collect(),
            accept: None,
            multiple: many,
            max_bytes: Some(most),
            max_text: file_size(most),
            // A public page asks for no more than it must.
            dated: (!self.standing.public).then(|| self.draw.visit.today().to_string()),
        }
    }

    /// The size, and the day the file is of where it was told.
    fn kept_size(&self, file: &FileRef) -> String {
        let day = file.happened.map(|at| self.draw.visit.fill("file-happened", &[("when", self.draw.visit.date(at.date()).into())]));
        std::iter::once(file_size(file.size)).chain(day).collect::<Vec<_>>().join(" · ")
    }

    fn most_bytes(&self, field: &Field) -> u64 {
        field.max.map_or(self.file_limit, |mib| ((mib * 1_048_576.0) as u64).min(self.file_limit))
    }

    fn file_hint(&self, field: &Field, hint: Option<String>) -> String {
        let limit = self.draw.visit.fill("file-limit", &[("limit", file_size(self.most_bytes(field)).into())]);
        let size = hint.map_or_else(|| limit.clone(), |hint| if hint.contains("MB") { hint } else { format!("{hint} · {limit}") });
        if !field.kind.many() {
            return size;
        }
        format!("{} · {size}", self.draw.visit.fill("file-most", &[("n", MOST_FILES.into())]))
    }

    fn rows(&self, field: &'a Field, columns: &'a IndexMap<FieldName, Field>) -> Control {
        let row =
            |at: &str| columns.values().map(|column| self.one(column, &format!("{}.{at}.{}", field.name, column.name))).collect::<Vec<_>>();
        let mut numbers = row_numbers(&self.standing.input, field.name.as_str());
        if numbers.is_empty() && field.required {
            numbers.push(0);
        }
        let blank = self.blank(field, columns);
        Control::Rows {
            columns: columns
                .values()
                .map(|column| Column {
                    label: self.draw.text(&column.label),
                    num: super::cells::is_figure(column),
                    required: column.required,
                })
                .collect(),
            rows: numbers.iter().map(|at| row(&at.to_string())).collect(),
            blank: Some(blank),
            most: field.max.map(|most| most as u64),
            add: self.draw.visit.say("row-add"),
            sum: self.sum(field),
        }
    }

    /// The row that JavaScript copies, with what a new row begins with.
    fn blank(&self, field: &'a Field, columns: &'a IndexMap<FieldName, Field>) -> Vec<View> {
        let begins = columns.values().filter_map(|column| Some((format!("{}.__n__.{}", field.name, column.name), vec![begin(column)?])));
        let standing = Standing {
            input: Input { texts: begins.collect(), files: IndexMap::new() },
            public: self.standing.public,
            ..Standing::default()
        };
        let blank = FormDraw { standing: &standing, draw: self.draw, names: self.names, signer: self.signer, file_limit: self.file_limit };
        columns.values().map(|column| blank.one(column, &format!("{}.__n__.{}", field.name, column.name))).collect()
    }

    /// Who can see what is written here, when not everybody who may see the entry can.
    fn seen_by(&self, field: &Field) -> Option<String> {
        let rights = &self.draw.register.rights;
        let roles: Vec<String> = match field.sensitivity {
            Sensitivity::Public | Sensitivity::Internal => return None,
            Sensitivity::Confidential => {
                rights.sees.iter().filter(|(_, seen)| **seen >= Sensitivity::Confidential).map(|(role, _)| role.to_string()).collect()
            }
            Sensitivity::Sealed if field.custody => return Some(self.draw.visit.say("identity-kept-by")),
            Sensitivity::Sealed => match &self.standing.keys {
                Some(Keys::By(decides)) => {
                    let label = self.draw.text(&self.draw.register.fields.get(decides)?.label);
                    return Some(self.draw.visit.fill("seen-by-answer", &[("label", label.into())]));
                }
                Some(Keys::To(roles)) => roles.iter().map(ToString::to_string).collect(),
                None => rights.verbs.get(&Verb::Unseal).into_iter().flatten().map(|(role, _)| role.to_string()).collect(),
            },
        };
        let title = |role: &String| self.draw.catalogue.roles.get(role.as_str()).map(|role| self.draw.text(&role.title));
        let titles: Vec<String> = roles.iter().filter_map(title).collect();
        (!titles.is_empty()).then(|| titles.join(&self.draw.visit.say("list-comma")))
    }

    /// The summary above the form: each fault with a link to its control.
    pub(crate) fn faults(&self, shown: &[View]) -> Vec<Fault> {
        let label =
            |name: &str| shown.iter().find(|view| view.name == name.split('.').next().unwrap_or(name)).map(|view| view.label.clone());
        let fault = |fault: &FieldFault| {
            let text = fault.text.get(self.draw.visit.lang);
            let named = label(&fault.field).filter(|label| !text.contains(label.as_str()));
            let text = match named {
                Some(label) => self.draw.visit.fill("fault-of", &[("label", label.into()), ("text", text.to_owned().into())]),
                None => text.to_owned(),
            };
            Fault { href: format!("#f-{}", fault.field.replace('.', "-")), text }
        };
        self.standing.faults.iter().map(fault).collect()
    }
}

/// A person as a picker offers them.
pub(crate) fn person_option(draw: &Draw<'_>, person: &engine::Person) -> Picked {
    let unit = person.unit.and_then(|unit| draw.directory.unit(unit)).map(|unit| unit.name.clone());
    let hint = unit.map_or_else(|| person.code.clone(), |unit| format!("{unit} · {}", person.code));
    Picked { value: person.id.to_string(), label: person.name.clone(), hint: Some(hint) }
}

/// What a new row of a table begins with.
fn begin(column: &Field) -> Option<String> {
    match column.default.as_ref()? {
        catalogue::field::Default::Text(text) => Some(text.clone()),
        catalogue::field::Default::Number(number) => Some(number.to_string()),
        catalogue::field::Default::Flag(truth) => Some(if *truth { "yes" } else { "no" }.to_owned()),
        _ => None,
    }
}

fn characters(field: &Field) -> Option<u64> {
    field.max.map(|max| max as u64)
}

/// Row numbers a table has in a form, in order.
pub(crate) fn row_numbers(input: &Input, table: &str) -> Vec<usize> {
    let number = |key: &String| key.strip_prefix(table)?.strip_prefix('.')?.split('.').next()?.parse().ok();
    let mut numbers: Vec<usize> = input.texts.keys().filter_map(number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers.truncate(1_000);
    numbers
}
