//! What all forms on entries share: reading what was sent, drawing it again with its faults, searching from a picker.

pub(crate) mod times;

use self::times::{FILE_DAY, HAPPENED};
use crate::draw::entry_path;
use crate::draw::form::{FormDraw, Found, Keys, Names, Standing, row_numbers};
use crate::failure::Answer;
use crate::pages::find;
use crate::posted::Posted;
use crate::signer::Signer;
use crate::staff::Staff;
use crate::view::act::Give;
use crate::view::faults::{Fault, Stale};
use crate::view::field::{Field as View, Part};
use crate::view::shell::Shell;
use crate::view::top::Link;
use catalogue::field::Kind;
use catalogue::{Field, FieldName, Register, Sensitivity};
use engine::form::{self, Input, Which};
use engine::{Code, Entry, FieldFault, FileRef, Refusal, Value, rights, sealed_fields};
use indexmap::IndexMap;
use serde::Serialize;
use std::collections::BTreeMap;

/// The context of `pages/form.html`.
#[derive(Serialize)]
pub(crate) struct FormPage {
    #[serde(flatten)]
    pub shell: Shell,
    pub back: Link,
    pub small: Option<String>,
    pub about: Option<String>,
    pub faults: Vec<Fault>,
    pub stale: Option<Stale>,
    pub post: String,
    pub once: Option<String>,
    pub give: Vec<Give>,
    pub multipart: bool,
    pub parts: Vec<Part>,
    pub submit: String,
    pub cancel: String,
}

/// A form on one register as the reader sees it.
pub(crate) struct EntryForm<'a> {
    pub staff: &'a Staff,
    pub register: &'a Register,
    pub which: Which<'a>,
}

impl<'a> EntryForm<'a> {
    pub(crate) fn context(&self) -> form::Context<'a> {
        form::Context {
            catalogue: &self.staff.catalogue,
            register: self.register,
            directory: &self.staff.directory,
            now: self.staff.now,
            me: Some(self.staff.viewer.person),
            my_unit: self.staff.viewer.unit,
        }
    }

    /// Fields on the form that this person may see: what is masked is not offered for overwriting.
    pub(crate) fn fields(&self) -> Vec<&'a Field> {
        let sees = |field: &&Field| match self.which.entry() {
            Some(entry) => {
                field.sensitivity == Sensitivity::Sealed
                    || rights::sees(&self.staff.viewer, self.register, entry, field)
                    || !entry.values.contains_key(&field.name)
            }
            None => true,
        };
        form::fields(self.register, self.which).into_iter().filter(sees).collect()
    }

    /// What the form begins with: an entry's own values, or the definition's defaults and what the address gives.
    pub(crate) fn begin(&self) -> Input {
        match self.which {
            Which::Edit(entry) | Which::Move(entry, _) => self.of_entry(entry),
            Which::Create | Which::Public | Which::Letter => {
                let mut input = Input::default();
                for (name, value) in form::defaults(&self.context()) {
                    input.texts.insert(name.to_string(), vec![value]);
                }
                let given = &self.staff.query;
                for name in self.register.fields.keys().map(FieldName::as_str).filter(|name| given.get(name).is_some()) {
                    input.texts.insert(name.to_owned(), given.all(name).map(str::to_owned).collect());
                }
                input
            }
        }
    }

    fn of_entry(&self, entry: &Entry) -> Input {
        let mut input = Input::default();
        for field in self.fields() {
            let Some(value) = entry.values.get(&field.name) else { continue };
            match value {
                Value::Rows(rows) => input.texts.extend(form::typed_table(field, rows).into_iter().map(|(key, text)| (key, vec![text]))),
                Value::Files(files) => {
                    input.files.insert(field.name.clone(), files.clone());
                }
                _ => {
                    input.texts.insert(field.name.to_string(), texts(field, value));
                }
            }
        }
        input
    }

    /// What was sent, as the engine reads it.
    pub(crate) fn input(&self, posted: &Posted) -> Input {
        let mut input = input_of(&self.fields(), posted, &self.staff.signer);
        input.texts.extend(posted.pairs.get(HAPPENED).map(|typed| (HAPPENED.to_owned(), vec![typed.to_owned()])));
        input
    }

    /// Fields of the form that must be filled as far as it is typed; what is sealed already may stay.
    fn required(&self, input: &Input) -> Vec<FieldName> {
        let kept = self.which.entry().map(sealed_fields).unwrap_or_default();
        let needed = form::needed(&self.context(), self.which, input);
        needed.into_iter().filter(|name| matches!(self.which, Which::Move(..)) || !kept.contains(name)).collect()
    }

    /// Draws the form as it stands: its parts, and the summary of what is wrong.
    pub(crate) async fn draw(
        &self,
        input: Input,
        refusal: Option<&Refusal>,
        more: &[FieldFault],
        found: BTreeMap<String, Found>,
    ) -> Answer<(Vec<Part>, Vec<Fault>)> {
        let faults: Vec<FieldFault> = refusal.iter().flat_map(|refusal| &refusal.fields).chain(more).cloned().collect();
        let names = self.names(&input).await?;
        let required = self.required(&input);
        let keys = Some(self.keys(&input));
        let check = match self.which {
            Which::Move(_, step) => step.check.as_ref(),
            _ => None,
        };
        let standing = Standing { input, faults: &faults, required: Some(required.clone()), found, public: false, check, keys };
        let drawing = FormDraw {
            draw: self.staff.draw(self.register),
            standing: &standing,
            names: &names,
            signer: &self.staff.signer,
            file_limit: self.staff.app.config.file_limit,
        };
        let parts = match self.which {
            Which::Move(..) => drawing.parts(&self.fields()),
            _ => drawing.folded(&self.fields(), &|field| required.contains(&field.name) || field.required),
        };
        let shown: Vec<View> = parts.iter().flat_map(|part| part.fields.clone()).collect();
        let mut told = drawing.faults(&shown);
        // An entry an effect opened may lack what only its own form asks for: the way leads there, not to a field that is not here.
        if let Which::Move(entry, _) = self.which {
            for (fault, told) in faults.iter().zip(&mut told) {
                let name = fault.field.split('.').next().unwrap_or_default();
                if self.register.fields.contains_key(name) && !shown.iter().any(|view| view.name == name) {
                    told.href = format!("{}/edit{}", entry_path(entry), told.href);
                }
            }
        }
        if let Some(refusal) = refusal.filter(|refusal| refusal.fields.is_empty()) {
            told.insert(0, Fault { href: "#main".to_owned(), text: refusal.text.get(self.staff.lang).to_owned() });
        }
        Ok((parts, told))
    }

    /// Who gets a key to what is sealed here: those the entry is for, which the form itself may have to say first.
    fn keys(&self, input: &Input) -> Keys {
        let decides = self.register.public.as_ref().and_then(|public| public.route.as_ref());
        let is_open = |name: &&FieldName| input.texts.get(name.as_str()).is_none_or(|typed| typed.iter().all(String::is_empty));
        match decides.filter(is_open) {
            Some(name) if self.which.entry().is_none() => Keys::By(name.clone()),
            _ => Keys::To(form::keyholders(&self.context(), self.which, input).into_iter().cloned().collect()),
        }
    }

    /// Names of the entries and suppliers that are chosen in pickers.
    async fn names(&self, input: &Input) -> Answer<Names> {
        let is_link = |field: &&Field| matches!(field.kind, Kind::Link { .. } | Kind::Supplier);
        let mut names = Names::new();
        for field in self.fields().into_iter().filter(is_link) {
            for id in input.texts.get(field.name.as_str()).into_iter().flatten().filter_map(|text| engine::EntryId::parse(text)) {
                names.insert(id, self.staff.draw(self.register).name_of(id).await?);
            }
        }
        Ok(names)
    }

    /// A search or a row's button: the form comes back as it stands, checked for nothing.
    pub(crate) async fn asked_for_more(&self, posted: &Posted, input: &mut Input) -> Answer<Option<BTreeMap<String, Found>>> {
        if let Some(table) = posted.pairs.get("_add") {
            self.add_row(input, table);
            return Ok(Some(BTreeMap::new()));
        }
        if let Some((table, row)) = posted.pairs.get("_drop").and_then(|drop| drop.rsplit_once('.')) {
            let start = format!("{table}.{row}.");
            input.texts.retain(|key, _| !key.starts_with(&start));
            return Ok(Some(BTreeMap::new()));
        }
        let Some(name) = posted.pairs.get("_find") else { return Ok(None) };
        let query = posted.pairs.get(&format!("{name}.q")).unwrap_or_default().trim().to_owned();
        let (picked, more) = find::for_field(self.staff, self.register, name, &query).await?;
        Ok(Some(BTreeMap::from([(name.to_owned(), Found { query, picked, more })])))
    }

    fn add_row(&self, input: &mut Input, table: &str) {
        let Some(Kind::Table { columns }) = self.register.fields.get(table).map(|field| &field.kind) else { return };
        let next = row_numbers(input, table).last().map_or(0, |last| last + 1);
        for column in columns.values() {
            let begin = match &column.default {
                Some(catalogue::field::Default::Text(text)) => text.clone(),
                Some(catalogue::field::Default::Flag(truth)) => if *truth { "yes" } else { "no" }.to_owned(),
                _ => String::new(),
            };
            input.texts.insert(format!("{table}.{next}.{}", column.name), vec![begin]);
        }
    }
}

/// What was sent for these fields. A box that was unticked and a row that was removed count as emptied.
pub(crate) fn input_of(fields: &[&Field], posted: &Posted, signer: &Signer) -> Input {
    let mut input = Input::default();
    for (name, value) in &posted.pairs.0 {
        let first = name.split('.').next().unwrap_or(name);
        if fields.iter().any(|field| field.name == first) && ![".q", ".keep", FILE_DAY].iter().any(|end| name.ends_with(end)) {
            input.texts.entry(name.clone()).or_default().push(value.clone());
        }
    }
    for field in fields {
        match &field.kind {
            Kind::File { .. } => {
                input.files.insert(field.name.clone(), files_of(field, posted, signer));
            }
            Kind::Table { columns } if row_numbers(&input, field.name.as_str()).is_empty() => {
                if let Some(column) = columns.keys().next() {
                    input.texts.insert(format!("{}.0.{column}", field.name), vec![String::new()]);
                }
            }
            Kind::Table { .. } => {}
            _ => {
                input.texts.entry(field.name.to_string()).or_default();
            }
        }
    }
    input
}

/// Files kept from earlier and files newly sent; where only one may be, the new one takes the place of the old.
fn files_of(field: &Field, posted: &Posted, signer: &Signer) -> Vec<FileRef> {
    let kept: Vec<FileRef> = posted.pairs.all(&format!("{}.keep", field.name)).filter_map(|key| signer.kept(key)).collect();
    let mut new = posted.files.get(&field.name).cloned().unwrap_or_default();
    let of = times::day_of(field, posted).ok().flatten();
    new.iter_mut().for_each(|file| file.happened = of);
    match (field.kind.many(), new.is_empty()) {
        (true, _) => kept.into_iter().chain(new).collect(),
        (false, false) => new,
        (false, true) => kept,
    }
}

/// A value as a control holds it: one text each.
pub(crate) fn texts(field: &Field, value: &Value) -> Vec<String> {
    match value {
        Value::Choices(items) => items.iter().map(ToString::to_string).collect(),
        Value::People(people) => people.iter().map(ToString::to_string).collect(),
        Value::Units(units) => units.iter().map(ToString::to_string).collect(),
        _ => vec![form::typed(field, value)],
    }
}

/// Why a form of another session is shown again.
pub(crate) fn foreign() -> Refusal {
    Refusal::new(
        Code::Stale,
        "这张表是在您这次登录之前打开的，或系统刚刚更新：什么都没有存下，您写的都留在本页。请核对后再提交一次",
        "this form was opened before you signed in this time, or the system was renewed: nothing was stored, and what you wrote is kept on this page. Check it and send it once more",
    )
}

/// Files that a form carried along or brought and that do not go on with it: they must be chosen again.
pub(crate) fn not_kept(form: &EntryForm<'_>, posted: &Posted) -> Vec<FieldFault> {
    let was_kept = |field: &&&Field| posted.pairs.all(&format!("{}.keep", field.name)).next().is_some();
    let fields = form.fields();
    let fault = |field: &&Field| {
        let text = |lang| form.staff.app.words.fill(lang, "file-again", &[("label", field.label.get(lang).to_owned().into())]);
        FieldFault::new(&field.name, Code::Missing, text(catalogue::Lang::Zh), text(catalogue::Lang::En))
    };
    let brought = posted.faults.iter().filter(|_| posted.is_foreign).cloned();
    fields.iter().filter(was_kept).map(fault).chain(brought).collect()
}

pub(crate) fn has_files(fields: &[&Field]) -> bool {
    fields.iter().any(|field| matches!(field.kind, Kind::File { .. }))
}

/// Changes that a stale form would make, beside what stands now.
pub(crate) fn differences(form: &EntryForm<'_>, set: &IndexMap<FieldName, Option<Value>>, now: &Entry) -> Vec<crate::view::faults::Change> {
    let draw = form.staff.draw(form.register);
    let words = |field: &Field, value: Option<&Value>| {
        value.map_or_else(|| form.staff.say("stale-empty"), |value| engine::show::value(&draw.shown(), field, value))
    };
    let change = |(name, mine): (&FieldName, &Option<Value>)| {
        let field = form.register.fields.get(name)?;
        let theirs = now.values.get(name);
        (mine.as_ref() != theirs).then(|| crate::view::faults::Change {
            label: draw.text(&field.label),
            mine: words(field, mine.as_ref()),
            theirs: words(field, theirs),
        })
    };
    set.iter().filter_map(change).collect()
}
