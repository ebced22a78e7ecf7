//! Rights as a page anyone can read: who may do what with the entries of each register. Its diff is reviewed.

use crate::words::{condition, not_by, span, table, who};
use anyhow::{Context, Result, bail};
use catalogue::register::{Permit, Register, Scope, Verb, Who};
use catalogue::{Catalogue, Fault, RoleName, Sensitivity, read_folder};
use std::fmt::Write;
use std::path::Path;

/// Where the page stands, from the workspace's top.
pub const PAGE: &str = "docs/rights.txt";

const HEAD: &str = "\
谁能做什么 · Who may do what
Written by `cargo xtask rights` from catalogue/; do not edit by hand, review its diff.

Scopes      own < unit < institution < all. Whoever reaches anything reaches what is their own.
sees        the highest sensitivity a role reads: public < internal < confidential. Sealed fields open only with a key (unseal).
staff       everybody who works here and has an account; public: a person without one.
A move follows its role's read scope. `not` is four eyes. A party named in an entry and barred by it sees, does and hears nothing.
";

/// Writes the page.
///
/// Errors: the definitions are faulty, or the page cannot be written.
pub fn write(root: &Path) -> Result<()> {
    let path = root.join(PAGE);
    std::fs::write(&path, page(&load(root)?)).with_context(|| format!("cannot write {}", path.display()))
}

/// Whether the committed page is what the definitions say.
///
/// Errors: the definitions are faulty.
pub fn is_current(root: &Path) -> Result<bool> {
    let written = std::fs::read_to_string(root.join(PAGE)).unwrap_or_default();
    Ok(written == page(&load(root)?))
}

/// The definitions as they stand in the tree, not as they were embedded when this was built.
pub(crate) fn load(root: &Path) -> Result<Catalogue> {
    let folder = root.join("catalogue");
    let files = read_folder(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
    match Catalogue::load(&files, None) {
        Ok(catalogue) => Ok(catalogue),
        Err(faults) => bail!("the definitions are faulty:\n{}", faults.iter().map(Fault::to_string).collect::<Vec<_>>().join("\n")),
    }
}

fn page(catalogue: &Catalogue) -> String {
    let mut out = String::from(HEAD);
    out.push_str("\n\n== Roles ==\n\n");
    out.push_str(&roles(catalogue));
    for area in &catalogue.areas {
        let registers: Vec<&Register> = catalogue.registers.values().filter(|register| register.area == area.name).collect();
        if registers.is_empty() {
            continue;
        }
        let _ = write!(out, "\n\n== {} {} · {} ==\n", area.name, area.title.zh, area.title.en);
        for register in registers {
            out.push_str(&one(catalogue, register));
        }
    }
    out
}

/// For each role its ceiling, what it reads and opens anywhere, its duties and tables beyond registers, and with which others it is never held.
fn roles(catalogue: &Catalogue) -> String {
    let mut out = String::new();
    for role in catalogue.roles.values() {
        let outside = if role.outside { ", from outside" } else { "" };
        let nameless = if role.nameless { ", shown no names" } else { "" };
        let _ = writeln!(out, "{} {} · ceiling {}{outside}{nameless}", role.name, role.title.zh, role.ceiling.word());
        for (verb, word) in [(Verb::Read, "reads"), (Verb::Unseal, "opens")] {
            for scope in Scope::ALL {
                let reached =
                    catalogue.registers.values().filter(|register| register.rights.scope(verb, role.name.as_str()) == Some(scope));
                let reached: Vec<&str> = reached.map(|register| register.name.as_str()).collect();
                if !reached.is_empty() {
                    let _ = writeln!(out, "    {word} {}: {}", scope.word(), reached.join(" "));
                }
            }
        }
        for (holds, duty) in [
            (role.accounts, "keeps accounts"),
            (role.audits, "reads the event log, without content, and who looked"),
            (role.screens, "runs the screening"),
        ] {
            if holds {
                let _ = writeln!(out, "    {duty}");
            }
        }
        for (pages, word) in [(&catalogue.readers.reports, "tables"), (&catalogue.readers.rules, "rules")] {
            let read: Vec<&str> = pages.iter().filter(|(_, readers)| readers.contains(&role.name)).map(|(id, _)| id.as_str()).collect();
            if !read.is_empty() {
                let _ = writeln!(out, "    reads {word}: {}", read.join(" "));
            }
        }
        if !role.apart.is_empty() {
            let apart: Vec<&str> = role.apart.iter().map(RoleName::as_str).collect();
            let _ = writeln!(out, "    never with: {}", apart.join(" "));
        }
    }
    out
}

fn one(catalogue: &Catalogue, register: &Register) -> String {
    let mut out = String::new();
    let _ = write!(out, "\n-- {} {} · {} --\n", register.name, register.title.zh, register.title.en);
    let sealed: Vec<&str> =
        register.fields.values().filter(|field| field.sensitivity == Sensitivity::Sealed).map(|field| field.name.as_str()).collect();
    if !sealed.is_empty() {
        let _ = writeln!(out, "   sealed: {}", sealed.join(" "));
    }
    out.push_str(&matrix(catalogue, register));
    for (role, unless) in &register.rights.unless {
        let _ = writeln!(out, "   {role}: not where {}", condition(unless));
    }
    let states: Vec<&str> = register.rights.edit_while.iter().map(catalogue::StateName::as_str).collect();
    let _ = writeln!(out, "   edited while: {}", if states.is_empty() { "never".to_owned() } else { states.join(" ") });
    out.push_str("   moves\n");
    out.push_str(&moves(register));
    out.push_str(&permits(register));
    out.push_str(&erased(register));
    out.push_str(&kept(register));
    out
}

/// Role × verb, and what each role sees.
fn matrix(catalogue: &Catalogue, register: &Register) -> String {
    let mut rows = vec![std::iter::once("").chain(Verb::ALL.map(Verb::word)).chain(["sees"]).map(str::to_owned).collect::<Vec<_>>()];
    let public = RoleName::new(catalogue::role::PUBLIC);
    for role in std::iter::once(&public).chain(catalogue.roles.keys()) {
        let scopes = Verb::ALL.map(|verb| register.rights.scope(verb, role.as_str()));
        if scopes.iter().all(Option::is_none) {
            continue;
        }
        let mut row = vec![role.to_string()];
        row.extend(scopes.map(|scope| scope.map_or("-", Scope::word).to_owned()));
        let reads = register.rights.scope(Verb::Read, role.as_str()).is_some();
        let seen = register.rights.sees.get(role).copied().unwrap_or_default().word();
        let states =
            register.rights.sees_while.get(role).map(|states| states.iter().map(|state| state.as_str()).collect::<Vec<_>>().join("|"));
        let seen = states.map_or_else(|| seen.to_owned(), |states| format!("{seen} in {states}"));
        row.push(if reads { seen } else { "-".to_owned() });
        rows.push(row);
    }
    table("   ", &rows)
}

fn moves(register: &Register) -> String {
    let rows: Vec<Vec<String>> = register
        .moves
        .values()
        .map(|step| {
            let from: Vec<&str> = step.from.iter().map(catalogue::StateName::as_str).collect();
            let to = step.to.as_ref().map_or("same", catalogue::StateName::as_str);
            let excluded: Vec<String> = step.not_by.iter().map(not_by).collect();
            let not = if excluded.is_empty() { String::new() } else { format!("not {}", excluded.join(", ")) };
            let only_if = step.condition.as_ref().map_or(String::new(), |expr| format!("if {}", condition(expr)));
            let path = format!("{} → {to}", from.join("|"));
            let by = if step.by.is_empty() { "effect".to_owned() } else { named(&step.by) };
            vec![step.name.to_string(), path, by, not, only_if]
        })
        .collect();
    table("     ", &rows)
}

/// Who may ask to stop or stretch a clock, and who grants it.
fn permits(register: &Register) -> String {
    let mut rows = Vec::new();
    for deadline in register.deadlines.values() {
        let both = [("suspend", &deadline.suspend), ("extend", &deadline.extend)];
        for (word, permit) in both.into_iter().filter_map(|(word, permit)| Some((word, permit.as_ref()?))) {
            rows.push(vec![deadline.name.to_string(), word.to_owned(), asked(permit)]);
        }
    }
    if rows.is_empty() { String::new() } else { format!("   clocks\n{}", table("     ", &rows)) }
}

/// Who may have its content destroyed, and when.
fn erased(register: &Register) -> String {
    let Some(retention) = &register.retention else { return String::new() };
    let roles = |roles: &[RoleName]| roles.iter().map(RoleName::as_str).collect::<Vec<_>>().join(", ");
    let states = |states: &[catalogue::StateName]| states.iter().map(catalogue::StateName::as_str).collect::<Vec<_>>().join("|");
    let mut when = Vec::new();
    if !retention.at_once.is_empty() {
        let only = retention.at_once_if.as_ref().map(|only| format!(" where {}", condition(only))).unwrap_or_default();
        when.push(format!("at once in {}{only}", states(&retention.at_once)));
    }
    if let Some(years) = retention.years {
        when.push(format!("{years} years after {}", states(&retention.after)));
    }
    format!("   erased: asked by {}, agreed to by {} (another), {}\n", roles(&retention.by), roles(&retention.approve), when.join(", "))
}

/// Who may ask for what custodians keep, and who agrees.
fn kept(register: &Register) -> String {
    let Some(custody) = &register.custody else { return String::new() };
    let roles = |roles: &[RoleName]| roles.iter().map(RoleName::as_str).collect::<Vec<_>>().join(", ");
    let fields = register.kept_by_custodians().map(catalogue::FieldName::as_str).collect::<Vec<_>>().join(", ");
    let (by, approve, within) = (roles(&custody.by), roles(&custody.approve), span(&custody.within));
    format!("   in custody ({fields}): asked for by {by}, opened by any two of {approve}, within {within}\n")
}

fn asked(permit: &Permit) -> String {
    let most = permit.most.as_ref().map_or(String::new(), |most| format!(", at most {}", span(most)));
    let times = permit.times.map_or(String::new(), |times| format!(", {times} time(s)"));
    format!("asked by {}, granted by {}{most}{times}", named(&permit.by), named(&permit.approve))
}

fn named(all: &[Who]) -> String {
    all.iter().map(who).collect::<Vec<_>>().join(", ")
}
