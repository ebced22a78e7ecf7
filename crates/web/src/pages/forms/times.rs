//! The other time of a form: when something happened, if it is recorded afterwards, and the day a file is of.

use super::EntryForm;
use crate::posted::Posted;
use crate::view::field::{Control, Field as View, Part};
use catalogue::field::Kind;
use catalogue::{Field, Lang};
use engine::form::{Input, Which};
use engine::{Code, FieldFault, Moment};
use jiff::civil::{Date, DateTime};

/// The box for the time something happened.
pub(crate) const HAPPENED: &str = "_happened";
/// What the name of a file's day ends in.
pub(crate) const FILE_DAY: &str = ".day";

impl EntryForm<'_> {
    /// When it happened, if the form says so. Errors: what was typed is no time, or one still to come.
    pub(crate) fn happened(&self, input: &Input) -> Result<Option<Moment>, FieldFault> {
        let typed = input.texts.get(HAPPENED).and_then(|texts| texts.first()).map(|text| text.trim()).unwrap_or_default();
        if typed.is_empty() {
            return Ok(None);
        }
        let read = typed.parse::<DateTime>().ok().map(Moment::from_local);
        read.filter(|at| *at <= self.staff.now).map(Some).ok_or_else(|| self.wrong(HAPPENED, "happened-wrong"))
    }

    /// What is wrong with the times of a form.
    pub(crate) fn time_faults(&self, posted: &Posted) -> Vec<FieldFault> {
        let mut faults: Vec<FieldFault> = Vec::new();
        if matches!(self.which, Which::Create | Which::Move(..)) {
            faults.extend(self.happened(&self.input(posted)).err());
        }
        let files = self.fields().into_iter().filter(|field| matches!(field.kind, Kind::File { .. }));
        let to_come = |day: Option<Moment>| day.is_some_and(|day| day > self.staff.now);
        let is_wrong = |field: &&Field| day_of(field, posted).map_or(true, to_come);
        faults.extend(files.filter(is_wrong).map(|field| self.wrong(field.name.as_str(), "file-day-wrong")));
        faults
    }

    fn wrong(&self, field: &str, key: &str) -> FieldFault {
        let text = |lang| self.staff.app.words.say(lang, key);
        FieldFault::new(&field.into(), Code::UnknownValue, text(Lang::Zh), text(Lang::En))
    }

    /// The folded part that asks when it happened.
    pub(crate) fn late(&self, input: &Input, more: &[FieldFault]) -> Part {
        let staff = self.staff;
        let value = input.texts.get(HAPPENED).and_then(|texts| texts.first()).cloned().unwrap_or_default();
        let max = staff.now.local().strftime("%Y-%m-%dT%H:%M").to_string();
        let fault = more.iter().find(|fault| fault.field == HAPPENED).map(|fault| fault.text.get(staff.lang).to_owned());
        let field = View::new(HAPPENED, staff.say("happened"), Control::DateTime { value, min: None, max: Some(max) });
        let field = field.hint(Some(staff.say("happened-hint"))).fault(fault);
        let open = !matches!(&field.control, Control::DateTime { value, .. } if value.is_empty());
        Part::folded(staff.say("happened-part"), open, vec![field])
    }
}

/// The day the files newly sent for a field are of, as a moment: its midnight. Errors: what was typed is no day.
pub(super) fn day_of(field: &Field, posted: &Posted) -> Result<Option<Moment>, ()> {
    let typed = posted.pairs.get(&format!("{}{FILE_DAY}", field.name)).map(str::trim).filter(|typed| !typed.is_empty());
    let Some(typed) = typed else { return Ok(None) };
    typed.parse::<Date>().map(|day| Some(Moment::from_local(day.at(0, 0, 0, 0)))).map_err(|_| ())
}
