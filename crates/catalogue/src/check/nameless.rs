//! Roles that are shown no names only read: what they read is masked, and written back it would take names out of entries.

use super::Registers;
use crate::doc::Node;
use crate::fault::Faults;
use crate::names::RoleName;
use crate::register::{Register, Verb, Who};
use crate::role::Role;
use indexmap::IndexMap;
use std::collections::BTreeMap;

pub(crate) fn only_read(
    registers: &Registers,
    roles: &IndexMap<RoleName, Role>,
    nodes: &BTreeMap<crate::RegisterName, Node>,
    faults: &mut Faults,
) {
    for role in roles.values().filter(|role| role.nameless) {
        for register in registers.values() {
            let Some(node) = nodes.get(&register.name) else { continue };
            for path in writes(register, &role.name) {
                let (zh, en) = (
                    format!("{} 看不到人名（persons = \"masked\"），只能 read 和 export", role.name),
                    format!("`{}` is shown no names (`persons = \"masked\"`): it may only read and export", role.name),
                );
                faults.add(&node.place_of(&path), zh, en);
            }
        }
    }
}

/// Where a register lets a role do more than read.
fn writes<'r>(register: &'r Register, role: &RoleName) -> Vec<Vec<&'r str>> {
    let more = Verb::ALL.into_iter().filter(|verb| ![Verb::Read, Verb::Export].contains(verb));
    let verbs = more.filter(|verb| register.rights.scope(*verb, role.as_str()).is_some()).map(|verb| vec!["rights", verb.word()]);
    let by = |who: &[Who]| who.contains(&Who::Role(role.clone()));
    let moves = register.moves.values().filter(|step| by(&step.by)).map(|step| vec!["moves", step.name.as_str(), "by"]);
    let permits = |deadline: &&crate::register::Deadline| {
        deadline.suspend.iter().chain(&deadline.extend).any(|permit| by(&permit.by) || by(&permit.approve))
    };
    let clocks = register.deadlines.values().filter(permits).map(|deadline| vec!["deadlines", deadline.name.as_str()]);
    verbs.chain(moves).chain(clocks).collect()
}
