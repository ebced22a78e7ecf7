//! Which steps there are as far as typed, and what is said beside them.

use super::{Form, Know};
use crate::visit::Visit;
use catalogue::register::Step;
use catalogue::{Field, FieldName, Register, RoleName, Sensitivity};
use engine::form::{self, Which};

impl<'a> Form<'a> {
    /// Fields of a step that are asked as far as typed.
    pub(super) fn fields(&self, step: &Step) -> Vec<&'a Field> {
        let unasked = form::unasked(&self.context(), Which::Public, &self.input);
        step.fields.iter().filter(|name| !unasked.contains(name)).filter_map(|name| self.register.fields.get(name)).collect()
    }

    /// Places of the steps that have something to ask, as far as typed.
    pub(super) fn asked(&self) -> Vec<usize> {
        (0..self.public.steps.len()).filter(|at| !self.fields(&self.public.steps[*at]).is_empty()).collect()
    }

    pub(super) fn first(&self) -> usize {
        self.asked().first().copied().unwrap_or(0)
    }

    /// 第 2 步，共 4 步: how many there are at most, until the answers that decide it are given.
    pub(super) fn count(&self, at: usize) -> String {
        let asked = self.asked();
        let n = asked.iter().filter(|step| **step <= at).count().max(1);
        let open = |name: &FieldName| self.input.texts.get(name.as_str()).is_none_or(|typed| typed.iter().all(String::is_empty));
        let conditions =
            self.public.steps.iter().flat_map(|step| &step.fields).filter_map(|name| self.register.fields.get(name)?.asked_if.as_ref());
        let is_open = conditions.flat_map(|condition| condition.fields()).any(open);
        let (key, total) = if is_open { ("public-step-open", self.public.steps.len()) } else { ("public-step", asked.len()) };
        self.visit.fill(key, &[("n", n.into()), ("total", total.into())])
    }

    /// Who will be able to open what is written, as far as it is said whom it is for.
    pub(super) fn eyes(&self) -> Option<String> {
        let context = self.context();
        eyes(self.visit, self.register, &form::keyholders(&context, Which::Public, &self.input))
    }

    /// Who will be able to open what is written in these fields: of those that custodians keep, two of them together.
    pub(super) fn eyes_of(&self, fields: &[&Field]) -> Option<String> {
        if fields.iter().all(|field| field.custody) { custodians(self.visit, self.register) } else { self.eyes() }
    }

    /// What is said before writing and again before sending.
    pub(super) fn know(&self) -> Know {
        let keeps = self.asked().into_iter().any(|at| self.fields(&self.public.steps[at]).iter().any(|field| field.custody));
        let kept = if keeps { custodians(self.visit, self.register) } else { None };
        let said = ["public-rule-secret", "public-rule-true", "public-rule-draft"].map(|key| self.visit.say(key));
        // Before it is said whom it concerns, nobody can be named: a list that held that person would frighten a reporter off.
        let is_said = |name: &FieldName| self.input.texts.get(name.as_str()).is_some_and(|typed| typed.iter().any(|one| !one.is_empty()));
        let is_open = self.public.route.as_ref().is_some_and(|route| !is_said(route));
        let eyes = if is_open { Some(self.visit.say("public-eyes-open")) } else { self.eyes() };
        Know { eyes, rules: kept.into_iter().chain(said).collect() }
    }
}

/// The one sentence about who can open what was reported, from the rights of the register. `None`: nobody is named, so nothing can be said.
pub(crate) fn eyes(visit: &Visit, register: &Register, roles: &[&RoleName]) -> Option<String> {
    let known = &visit.app.store.catalogue().roles;
    let titles: Vec<&str> = roles.iter().filter_map(|role| Some(visit.text(&known.get(role.as_str())?.title))).collect();
    if titles.is_empty() {
        return None;
    }
    let who = titles.join(&visit.say("list-comma"));
    let key = if register.fields.values().any(|field| field.bars) { "public-eyes" } else { "public-eyes-all" };
    Some(visit.fill(key, &[("who", who.into())]))
}

/// The sentence about name and contact. `None`: nobody keeps them apart here.
fn custodians(visit: &Visit, register: &Register) -> Option<String> {
    let known = &visit.app.store.catalogue().roles;
    let titles = register.custody.as_ref()?.approve.iter().filter_map(|role| Some(visit.text(&known.get(role.as_str())?.title).to_owned()));
    Some(visit.fill("identity-eyes", &[("who", titles.collect::<Vec<_>>().join(&visit.say("list-comma")).into())]))
}

pub(super) fn seals(fields: &[&Field]) -> bool {
    fields.iter().any(|field| field.sensitivity == Sensitivity::Sealed)
}
