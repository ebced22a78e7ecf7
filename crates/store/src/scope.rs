//! Rights lowered to SQL: what a viewer may reach in a register, and whom an entry bars. The same answer as
//! `engine::rights`, for whole lists.

use crate::cache::field_key;
use crate::definitions::Definitions;
use crate::error::Result;
use crate::sql_expr::{Asked, Builder, FALSE, TRUE};
use catalogue::Register;
use catalogue::field::Sensitivity;
use catalogue::register::{Scope, Verb};
use engine::rights::{own_fields, reach, sees_in_list};
use engine::{Directory, Mask, Moment, Viewer};
use std::sync::Arc;

/// Whom a list is for.
pub(crate) struct Eyes<'a> {
    pub definitions: &'a Definitions,
    pub viewer: &'a Viewer,
    pub directory: Arc<Directory>,
    /// Keeps names from the viewer.
    pub mask: Option<Mask>,
    pub now: Moment,
}

impl Eyes<'_> {
    /// The same eyes at another moment.
    pub(crate) fn at(&self, now: Moment) -> Eyes<'_> {
        Eyes { definitions: self.definitions, viewer: self.viewer, directory: Arc::clone(&self.directory), mask: self.mask.clone(), now }
    }

    /// A search by a name the viewer is not shown finds nothing: what it found would tell.
    pub(crate) fn asks_for_a_name(&self, text: &str) -> bool {
        self.mask.as_ref().is_some_and(|mask| mask.asks_for_a_name(text))
    }

    pub(crate) fn asked<'a>(&'a self, register: &'a Register) -> Asked<'a> {
        Asked { definitions: self.definitions, register, me: Some(self.viewer.person), my_unit: self.viewer.unit, now: self.now }
    }

    /// Rows `e` of this register that the viewer may reach with a verb and that do not bar them.
    pub(crate) fn reached(&self, register: &Register, verb: Verb, to: &mut Builder) -> Result<String> {
        let parts = reach(self.viewer, register, verb).parts;
        if parts.is_empty() {
            return Ok(FALSE.to_owned());
        }
        let mut any = Vec::with_capacity(parts.len());
        for part in parts {
            let within = match part.scope {
                Scope::All => TRUE.to_owned(),
                Scope::Institution => {
                    format!("(e.institution = {} OR {})", to.bind(self.viewer.institution.0.as_str()), self.own(register, to))
                }
                Scope::Unit => {
                    let institution = to.bind(self.viewer.institution.0.as_str());
                    let unit = to.among("e.unit", part.units.iter().map(ToString::to_string).collect());
                    format!("((e.institution = {institution} AND {unit}) OR {})", self.own(register, to))
                }
                Scope::Own => self.own(register, to),
            };
            let within = match &part.kept_from {
                None => within,
                Some(tag) => format!("({within} AND {})", self.free_of(*tag, to)),
            };
            any.push(match &part.unless {
                None => within,
                Some(unless) => {
                    // An exception speaks of the entry alone.
                    let asked = Asked { me: None, my_unit: None, ..self.asked(register) };
                    format!("({within} AND NOT ({}))", asked.lower(unless, to)?)
                }
            });
        }
        Ok(format!("({}) AND {}", any.join(" OR "), self.not_barred(to)))
    }

    /// Rows `e` of any register that the viewer may read.
    pub(crate) fn anywhere(&self, to: &mut Builder) -> Result<String> {
        let mut any = Vec::new();
        for register in self.definitions.all_today() {
            let reached = self.reached(register, Verb::Read, to)?;
            if reached != FALSE {
                any.push(format!("(e.register = {} AND {reached})", to.bind(register.name.as_str())));
            }
        }
        Ok(if any.is_empty() { FALSE.to_owned() } else { format!("({})", any.join(" OR ")) })
    }

    pub(crate) fn not_barred(&self, to: &mut Builder) -> String {
        self.free_of(self.viewer.tag, to)
    }

    fn free_of(&self, tag: engine::Tag, to: &mut Builder) -> String {
        let barred = to.rows_of("entry_barred");
        format!("e.nr NOT IN ({barred} tag = {})", to.bind(tag))
    }

    fn own(&self, register: &Register, to: &mut Builder) -> String {
        let me = to.bind(self.viewer.person);
        let fields: Vec<String> = own_fields(register).map(|field| field_key(register.name.as_str(), field.name.as_str())).collect();
        if fields.is_empty() {
            return format!("(e.author = {me} OR e.owner = {me})");
        }
        let among = to.among("field", fields);
        let named = to.rows_of("entry_values");
        format!("(e.author = {me} OR e.owner = {me} OR e.nr IN ({named} {among} AND word = {me}))")
    }

    /// Whether the words of confidential fields may be searched in the whole register.
    pub(crate) fn sees_guarded(&self, register: &Register) -> bool {
        register
            .fields
            .values()
            .filter(|field| field.sensitivity == Sensitivity::Confidential)
            .all(|field| sees_in_list(self.viewer, register, field))
    }
}
