//! Creating and editing.

use super::Draft;
use crate::command::{Act, Actor};
use crate::eval::Facts;
use crate::event::{Fact, Note};
use crate::form::{Context, Judged, Which, is_asked, judge, settle};
use crate::ids::{PersonId, Tag, UnitId};
use crate::refusal::{Code, FieldFault, Refusal};
use crate::rights;
use crate::sealed::SealedPart;
use crate::value::{Value, Values};
use catalogue::field::{Kind, Sensitivity};
use catalogue::register::Verb;
use catalogue::role::PUBLIC;
use catalogue::{Field, FieldName};
use indexmap::IndexMap;

pub(super) fn create(draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let Act::Create { number, values, sealed, recipient, barred, opened_by, owner } = &draft.command.act else { return Ok(()) };
    may_create(draft)?;
    let shaped: IndexMap<FieldName, Option<Value>> = values.iter().map(|(name, value)| (name.clone(), Some(value.clone()))).collect();
    shape(draft, &shaped)?;
    let which = match draft.command.actor {
        Actor::Letter => Which::Letter,
        Actor::Public => Which::Public,
        _ => Which::Create,
    };
    match draft.command.actor {
        Actor::Person(_) | Actor::Public | Actor::Letter => on_form(draft, which, values.keys(), sealed.as_ref())?,
        // An old ledger brings what moves once filled in, but not what needs the moves' own hands.
        Actor::Import(_) => left_to_moves(draft, values.keys())?,
        Actor::Clock | Actor::Rule(_) | Actor::Effect(_) | Actor::System => {}
    }
    seals(draft, sealed.as_ref())?;
    // What an effect or a rule opens may be unfinished: the first move by a person asks for the rest.
    let complete = draft.is_person() || matches!(draft.command.actor, Actor::Public | Actor::Letter);
    if complete && !matches!(which, Which::Letter) {
        asked(draft, which, values.keys(), sealed.as_ref(), values)?;
    }
    let mut settled = shaped;
    settle(draft.register, &Values::new(), &mut settled);
    let mut values: Values = settled.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    // Nobody points to what is not there yet, and a comparison with nothing at all would not hold.
    let counters = draft.register.fields.values().filter(|field| field.count_of.is_some());
    values.extend(counters.map(|field| (field.name.clone(), Value::Number(0.0))));
    check(draft, which, &values, sealed.as_ref(), complete)?;
    let register = draft.register;
    let fact = Fact::Created {
        number: number.clone(),
        state: register.start().name.clone(),
        unit: unit_of(draft, &values),
        owner: owner.or_else(|| owner_of(draft, &values)),
        author: match &draft.command.actor {
            Actor::Person(person) | Actor::Import(person) => Some(*person),
            _ => None,
        },
        barred: bars(draft, values.iter(), barred),
        values,
        sealed: sealed.clone(),
        recipient: recipient.clone(),
        opened_by: *opened_by,
    };
    draft.push(fact);
    Ok(())
}

fn may_create(draft: &Draft<'_>) -> Result<(), Refusal> {
    let allowed = match (&draft.command.actor, draft.viewer) {
        (Actor::Person(_), Some(viewer)) => rights::may_create(viewer, draft.register),
        (Actor::Import(_), Some(viewer)) => !rights::reach(viewer, draft.register, Verb::Import).is_none(),
        (Actor::Public, _) => draft.register.rights.scope(Verb::Create, PUBLIC).is_some(),
        (Actor::Letter, _) => draft.register.public.as_ref().is_some_and(|public| public.letter.is_some()),
        (Actor::Rule(_) | Actor::Effect(_) | Actor::System, _) => true,
        (Actor::Person(_) | Actor::Import(_), None) | (Actor::Clock, _) => false,
    };
    if allowed { Ok(()) } else { Err(Refusal::not_allowed()) }
}

pub(super) fn edit(
    draft: &mut Draft<'_>,
    set: &IndexMap<FieldName, Option<Value>>,
    sealed: Option<&SealedPart>,
    barred: &[Tag],
    reason: Option<&Note>,
) -> Result<(), Refusal> {
    if draft.is_person() {
        let viewer = draft.viewer.ok_or_else(Refusal::hidden)?;
        rights::may(viewer, draft.register, Verb::Edit, draft.entry())?;
        if !draft.register.rights.edit_while.contains(&draft.entry().state) {
            return Err(Refusal::new(Code::WrongState, "现在的状态不能修改", "it cannot be edited in its present state"));
        }
    }
    if set.is_empty() && sealed.is_none() {
        return Err(Refusal::new(Code::Unchanged, "没有改动", "nothing was changed"));
    }
    shape(draft, set)?;
    seals(draft, sealed)?;
    let entry = draft.entry().clone();
    if draft.is_person() {
        on_form(draft, Which::Edit(&entry), set.keys(), sealed)?;
    }
    let mut set = set.clone();
    settle(draft.register, &entry.values, &mut set);
    let all = laid(&entry.values, &set);
    if draft.is_person() {
        asked(draft, Which::Edit(&entry), given(&set), sealed, &all)?;
    }
    check(draft, Which::Edit(&entry), &all, sealed, true)?;
    let given = set.iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
    let barred = bars(draft, given, barred);
    draft.push(Fact::Edited { set, sealed: sealed.cloned(), barred, reason: reason.cloned() });
    Ok(())
}

/// What a form asks only under a condition that does not hold cannot be written by going past the form.
pub(super) fn asked<'n>(
    draft: &Draft<'_>,
    which: Which<'_>,
    plain: impl Iterator<Item = &'n FieldName>,
    sealed: Option<&'n SealedPart>,
    all: &Values,
) -> Result<(), Refusal> {
    let context = context(draft);
    let facts = Facts { values: all, entry: which.entry(), me: context.me, my_unit: context.my_unit, now: context.now };
    let named = plain.chain(sealed.into_iter().flat_map(|part| &part.covers));
    let fields = named.filter_map(|name| draft.register.fields.get(name));
    let foreign: Vec<FieldFault> = fields
        .filter(|field| !is_asked(field, &facts))
        .map(|field| {
            let (zh, en) = (&field.label.zh, field.label.get(catalogue::Lang::En));
            FieldFault::new(
                &field.name,
                Code::NotOnForm,
                format!("按已选的内容不填“{zh}”"),
                format!("what was chosen does not ask for “{en}”"),
            )
        })
        .collect();
    if foreign.is_empty() { Ok(()) } else { Err(Refusal::form(foreign)) }
}

/// Names of what a change fills in.
pub(super) fn given(set: &IndexMap<FieldName, Option<Value>>) -> impl Iterator<Item = &FieldName> {
    set.iter().filter(|(_, value)| value.is_some()).map(|(name, _)| name)
}

/// Old values with new ones over them.
pub(super) fn laid(values: &Values, set: &IndexMap<FieldName, Option<Value>>) -> Values {
    let mut all = values.clone();
    for (name, value) in set {
        match value {
            Some(value) => {
                all.insert(name.clone(), value.clone());
            }
            None => {
                all.shift_remove(name);
            }
        }
    }
    all
}

/// Fields that exist, are not sealed, and values of their kind: what holds whoever wrote the command.
pub(super) fn shape(draft: &Draft<'_>, set: &IndexMap<FieldName, Option<Value>>) -> Result<(), Refusal> {
    let mut faults = Vec::new();
    for (name, value) in set {
        let Some(field) = draft.register.fields.get(name) else {
            faults.push(FieldFault::new(name, Code::NotOnForm, format!("没有字段 {name}"), format!("there is no field {name}")));
            continue;
        };
        if field.sensitivity == Sensitivity::Sealed {
            faults.push(FieldFault::new(name, Code::NotOnForm, "密封内容不能明文写入", "sealed content cannot be written in the clear"));
        } else if value.as_ref().is_some_and(|value| !fits(field, value)) {
            faults.push(FieldFault::new(name, Code::UnknownValue, "值与字段类型不合", "the value is not of the field's kind"));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Refusal::form(faults)) }
}

/// What stands on no form of this register cannot be written by typing: it is left to the moves that ask for it.
fn on_form<'n>(
    draft: &Draft<'_>,
    which: Which<'_>,
    plain: impl Iterator<Item = &'n FieldName>,
    sealed: Option<&'n SealedPart>,
) -> Result<(), Refusal> {
    let shown = crate::form::fields(draft.register, which);
    let named = plain.chain(sealed.into_iter().flat_map(|part| &part.covers));
    let foreign: Vec<FieldFault> = named
        .filter(|name| !shown.iter().any(|field| field.name == **name))
        .map(|name| FieldFault::new(name, Code::NotOnForm, format!("登记表上没有 {name}"), format!("{name} is not on this form")))
        .collect();
    if foreign.is_empty() { Ok(()) } else { Err(Refusal::form(foreign)) }
}

/// Fields that say `by_move` are filled in by those who make the moves, and by nobody else.
fn left_to_moves<'n>(draft: &Draft<'_>, mut names: impl Iterator<Item = &'n FieldName>) -> Result<(), Refusal> {
    match names.find(|name| draft.register.fields.get(*name).is_some_and(|field| field.by_move)) {
        Some(name) => {
            let fault = FieldFault::new(name, Code::NotOnForm, format!("{name} 只由办理动作填写"), format!("only moves fill in {name}"));
            Err(Refusal::form(vec![fault]))
        }
        None => Ok(()),
    }
}

/// An envelope fills sealed fields and no others: a plain one must not pass for filled.
pub(super) fn seals(draft: &Draft<'_>, sealed: Option<&SealedPart>) -> Result<(), Refusal> {
    let is_sealed = |name: &FieldName| draft.register.fields.get(name).is_some_and(|field| field.sensitivity == Sensitivity::Sealed);
    let kept: Vec<&FieldName> = sealed.into_iter().filter_map(|part| part.custody.as_ref()).flat_map(|kept| &kept.covers).collect();
    let is_kept = |name: &FieldName| draft.register.fields.get(name).is_some_and(|field| field.custody);
    // What custodians keep lies in no envelope that handlers open, and nothing else lies with it.
    let astray = sealed.into_iter().flat_map(|part| &part.covers).find(|name| is_kept(name) != kept.contains(name));
    if let Some(name) = astray.or(kept.iter().copied().find(|name| !is_kept(name))) {
        return Err(Refusal::new(Code::NotOnForm, format!("{name} 应当由保密员保管"), format!("{name} is in the wrong envelope")));
    }
    match sealed.into_iter().flat_map(|part| &part.covers).find(|name| !is_sealed(name)) {
        Some(name) => Err(Refusal::new(Code::NotOnForm, format!("{name} 不是密封字段"), format!("{name} is no sealed field"))),
        None => Ok(()),
    }
}

/// Whether a value is of a field's kind.
pub(crate) fn fits(field: &Field, value: &Value) -> bool {
    match (&field.kind, value) {
        // What is no number would not come back from the event that holds it.
        (Kind::Number { .. }, Value::Number(number)) => number.is_finite(),
        (Kind::Text | Kind::LongText, Value::Text(_))
        | (Kind::Money, Value::Fen(_))
        | (Kind::Date, Value::Date(_))
        | (Kind::DateTime, Value::Moment(_))
        | (Kind::YesNo, Value::Flag(_))
        | (Kind::Choice { many: false, .. }, Value::Choice(_))
        | (Kind::Choice { many: true, .. }, Value::Choices(_))
        | (Kind::Person { many: false }, Value::Person(_))
        | (Kind::Person { many: true }, Value::People(_))
        | (Kind::Unit { many: false }, Value::Unit(_))
        | (Kind::Unit { many: true }, Value::Units(_))
        | (Kind::Supplier, Value::Supplier(_))
        | (Kind::Link { .. }, Value::Link(_))
        | (Kind::File { .. }, Value::Files(_)) => true,
        (Kind::Table { columns }, Value::Rows(rows)) => {
            rows.iter().all(|row| row.iter().all(|(name, value)| columns.get(name).is_some_and(|column| fits(column, value))))
        }
        _ => false,
    }
}

/// Runs the form's own judgement over plain values; sealed fields count as filled when the envelope covers them.
pub(super) fn check(draft: &Draft<'_>, which: Which<'_>, all: &Values, sealed: Option<&SealedPart>, complete: bool) -> Result<(), Refusal> {
    let context = context(draft);
    let mut faults = judge(&Judged { context: &context, which, all, unreadable: &[] });
    let covered = |field: &str| sealed.is_some_and(|part| part.covers.iter().any(|name| *name == field));
    faults.retain(|fault| fault.code != Code::Missing || (complete && !covered(&fault.field)));
    if faults.is_empty() { Ok(()) } else { Err(Refusal::form(faults)) }
}

pub(super) fn context<'a>(draft: &Draft<'a>) -> Context<'a> {
    Context {
        catalogue: draft.world.catalogue,
        register: draft.register,
        directory: draft.world.directory,
        now: draft.world.now,
        me: draft.viewer.map(|viewer| viewer.person),
        my_unit: draft.viewer.and_then(|viewer| viewer.unit),
    }
}

fn unit_of(draft: &Draft<'_>, values: &Values) -> Option<UnitId> {
    let field = draft.register.unit_field();
    let given = field.and_then(|field| values.get(&field.name)).and_then(|value| value.units().first().copied());
    // Where a field names the unit, an empty one means unknown; elsewhere an entry belongs to its author's unit.
    match field {
        Some(_) => given,
        None => draft.viewer.and_then(|viewer| viewer.unit),
    }
}

fn owner_of(draft: &Draft<'_>, values: &Values) -> Option<PersonId> {
    let field = draft.register.fields.values().find(|field| field.owner)?;
    values.get(&field.name)?.people().first().copied()
}

/// Tags of the parties in plain fields, with those the caller found in sealed ones.
pub(super) fn bars<'v>(draft: &Draft<'_>, values: impl Iterator<Item = (&'v FieldName, &'v Value)>, sealed: &[Tag]) -> Vec<Tag> {
    let mut tags = sealed.to_vec();
    for (name, value) in values {
        if draft.register.fields.get(name).is_some_and(|field| field.bars) {
            tags.extend(value.people().iter().flat_map(|person| draft.world.directory.bar_tags(*person)));
        }
    }
    tags.sort_unstable();
    tags.dedup();
    tags
}
