//! The end of a SELECT: who is held to a patient after all, and what it found.

use super::{Analyser, Frame, Out, OutColumn, Rel, add_findings};
use crate::finding::{Finding, Measure, Sort, Source};
use crate::role::{Kind, Roles};

impl Analyser<'_> {
    /// Ends the frame under way. `axes` is what GROUP BY names.
    pub(super) fn close(&mut self, axes: Roles, grouped: bool, columns: Vec<OutColumn>, stars: Vec<String>, distinct: bool) -> Out {
        let mut frame = self.frames.pop().unwrap_or_default();
        frame.spread();
        let source = frame.source();
        let using = |rel: &&Rel| rel.reads() > Source::None;
        let bound = if frame.rels.iter().any(|rel| using(&rel)) {
            frame.rels.iter().filter(using).all(|rel| rel.bound)
        } else {
            !frame.rels.is_empty() && frame.rels.iter().all(|rel| rel.bound)
        };
        self.single_patient |= bound && source >= Source::Likely;
        let mut findings = std::mem::take(&mut frame.findings);
        for index in 0..frame.rels.len() {
            let from = frame.derived_findings(index);
            self.single_patient |= frame.rels[index].bound && !from.is_empty();
            if !frame.rels[index].bound {
                add_findings(&mut findings, from);
            }
        }
        let cut = frame.axes(axes);
        let limits = frame.all_limits();
        if frame.measure > Measure::None && source > Source::None && !bound {
            let person = (axes | frame.window_axes).has(Roles::PERSON);
            let summed = Finding {
                sort: Sort::Summed,
                axes: cut.without(frame.pins),
                pins: frame.pins.only(Roles::AXES),
                shows: Roles::NONE,
                by_patient: person,
                ranked: frame.ranked || frame.rank_limited && frame.ways.contains(&"order_by_quantity"),
                measure: frame.measure,
                source,
                limits: limits.clone(),
                narrowed: frame.narrowed,
                named: frame.named.clone(),
                ways: frame.ways.clone(),
            };
            add_findings(&mut findings, [summed]);
        }
        // Lines strung together in a cell are lines.
        let grouped = grouped && !frame.ways.contains(&"listed");
        let depth = self.frames.len();
        let binds_outer = frame
            .outer_links
            .iter()
            .filter(|(own, at, _)| *at < depth && frame.rels.get(*own).is_some_and(|rel| rel.bound))
            .map(|(_, at, index)| (*at, *index))
            .collect();
        let drugs = source >= Source::Likely
            || frame.rels.iter().any(|rel| matches!(rel.kind, Kind::Drug) || rel.out.as_ref().is_some_and(|out| out.drugs));
        Out {
            columns,
            stars,
            source,
            grouped,
            distinct,
            bound,
            limits,
            findings,
            pins: frame.pins,
            named: frame.named.clone(),
            narrowed: frame.narrowed,
            one_row: grouped && axes.is_none() && frame.aggregated,
            drugs,
            correlated: !frame.outer_links.is_empty(),
            binds_outer,
        }
    }
}

impl Rel {
    /// What its rows are, by itself.
    fn reads(&self) -> Source {
        if let Some(out) = &self.out {
            return out.source;
        }
        match self.kind {
            Kind::Prescription | Kind::Consumable => Source::Use,
            Kind::Charge => Source::Charges,
            Kind::Stock => Source::Stock,
            Kind::Drug if self.seen.has(Roles::DRUG) && self.seen.has(Roles::PERSON | Roles::DOCTOR) => Source::Use,
            Kind::Unknown if self.seen.has(Roles::DRUG) && self.seen.has(Roles::PERSON | Roles::ORDERER) => Source::Use,
            Kind::Unknown if self.seen.has(Roles::DRUG) && self.seen.has(Roles::MEASURE) => Source::Likely,
            Kind::Drug | Kind::Doctor | Kind::Department | Kind::Patient | Kind::Encounter | Kind::Other | Kind::Unknown => Source::None,
        }
    }
}

impl Frame {
    /// Whoever is tied to one who is held to a patient is held to that patient.
    fn spread(&mut self) {
        for _ in 0..self.rels.len() {
            let mut changed = false;
            for at in 0..self.links.len() {
                let (one, other) = self.links[at];
                for (from, to) in [(one, other), (other, one)] {
                    let gives = self
                        .rels
                        .get(from)
                        .is_some_and(|rel| rel.bound && !(rel.optional && rel.out.as_ref().is_some_and(|out| out.bound)));
                    if gives && self.rels.get(to).is_some_and(|rel| !rel.bound) {
                        self.rels[to].bound = true;
                        changed = true;
                    }
                }
            }
            if !changed {
                return;
            }
        }
    }

    /// What the rows of all of FROM are: charges are drug use once anything says that drugs are meant.
    fn source(&self) -> Source {
        let source = self.rels.iter().map(Rel::reads).max().unwrap_or(Source::None);
        let seen = self.rels.iter().fold(Roles::NONE, |seen, rel| seen | rel.seen);
        let unknown = self.rels.iter().any(|rel| rel.kind == Kind::Unknown && rel.table.is_some());
        let drugs = self.about_drugs || seen.has(Roles::DRUG) || self.rels.iter().any(|rel| rel.kind == Kind::Drug);
        match source {
            Source::Charges if drugs => Source::Use,
            // Drug, quantity and doctor may stand in different tables that nobody named.
            Source::None | Source::Likely
                if unknown && seen.has(Roles::DRUG) && (seen.has(Roles::MEASURE) || self.measure == Measure::Count) =>
            {
                if seen.has(Roles::ORDERER | Roles::PERSON) { Source::Use } else { Source::Likely }
            }
            other => other,
        }
    }

    fn axes(&self, group: Roles) -> Roles {
        let mut axes = (group | self.window_axes | self.correlated_axes).only(Roles::AXES);
        for role in [Roles::DRUG, Roles::DOCTOR, Roles::DEPT, Roles::ITEM] {
            let mut told: Vec<usize> = self.cases.iter().filter(|(roles, _)| roles.has(role)).map(|(_, literal)| *literal).collect();
            told.dedup();
            // One drug picked out is a condition; two side by side are a table.
            if told.len() >= 2 {
                axes |= role;
            }
        }
        axes
    }

    fn all_limits(&self) -> Vec<crate::time::Limit> {
        let inner = self.rels.iter().filter_map(|rel| rel.out.as_ref()).flat_map(|out| out.limits.iter().copied());
        let mut limits = self.limits.clone();
        for limit in inner {
            if !limits.contains(&limit) {
                limits.push(limit);
            }
        }
        limits
    }

    /// The findings of a derived table under the conditions around it.
    fn derived_findings(&mut self, index: usize) -> Vec<Finding> {
        let (pins, ranked, limits) = (self.pins, self.rank_limited || self.ranked, self.limits.clone());
        let Some(out) = self.rels.get_mut(index).and_then(|rel| rel.out.as_mut()) else { return Vec::new() };
        let mut findings = std::mem::take(&mut out.findings);
        for finding in &mut findings {
            if finding.sort == Sort::Summed {
                let held = finding.axes.only(pins);
                finding.pins |= held;
                finding.axes = finding.axes.without(held);
            }
            finding.ranked |= ranked;
            finding.limits.extend(limits.iter().copied());
        }
        findings
    }
}
