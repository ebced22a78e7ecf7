//! OR: of two branches only what both hold counts.

use super::Analyser;
use crate::role::Roles;
use sqlparser::ast::Expr;

impl Analyser<'_> {
    /// Of two branches only what both hold counts.
    pub(super) fn either(&mut self, left: &Expr, right: &Expr) {
        let before = self.state();
        self.holds(left);
        let one = self.state();
        self.restore(&before);
        self.holds(right);
        let other = self.state();
        self.restore(&before);
        let frame = self.frame();
        for (index, rel) in frame.rels.iter_mut().enumerate() {
            let both = |state: &State| state.bound.get(index).copied().unwrap_or(false);
            rel.bound |= both(&one) && both(&other);
        }
        frame.narrowed |= one.pins.is_none() && one.narrowed && other.narrowed;
        frame.about_drugs |= one.about_drugs && other.about_drugs;
    }

    fn state(&mut self) -> State {
        let frame = self.frame();
        State {
            bound: frame.rels.iter().map(|rel| rel.bound).collect(),
            links: frame.links.len(),
            outer_links: frame.outer_links.len(),
            limits: frame.limits.len(),
            named: frame.named.len(),
            pins: frame.pins,
            narrowed: frame.narrowed,
            about_drugs: frame.about_drugs,
        }
    }

    fn restore(&mut self, state: &State) {
        let frame = self.frame();
        frame.rels.iter_mut().zip(&state.bound).for_each(|(rel, bound)| rel.bound = *bound);
        frame.links.truncate(state.links);
        frame.outer_links.truncate(state.outer_links);
        frame.limits.truncate(state.limits);
        frame.named.truncate(state.named);
        frame.pins = state.pins;
        frame.narrowed = state.narrowed;
        frame.about_drugs = state.about_drugs;
    }
}

/// What a branch of an OR may have changed.
struct State {
    bound: Vec<bool>,
    links: usize,
    outer_links: usize,
    limits: usize,
    named: usize,
    pins: Roles,
    narrowed: bool,
    about_drugs: bool,
}
