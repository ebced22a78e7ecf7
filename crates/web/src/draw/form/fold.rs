//! What a long form asks of few: folded behind its title, open where something in it is filled in or wrong.

use super::{FormDraw, begin, row_numbers};
use crate::view::field::{Part, Sum};
use catalogue::Field;
use catalogue::field::Kind;
use engine::show;

/// Up to so many fields a form is shown whole.
const SHORT: usize = 8;

impl<'a> FormDraw<'a> {
    /// Fields in headed parts. In a long form what nobody has to fill in as far as it is typed stands folded, under the heading it
    /// has to itself or else at the end of its part. `needed`: whether a field has to be filled in.
    pub(crate) fn folded(&self, fields: &[&'a Field], needed: &dyn Fn(&Field) -> bool) -> Vec<Part> {
        if fields.len() <= SHORT {
            return self.parts(fields);
        }
        let mut parts = Vec::new();
        let mut rest = fields;
        while let Some(first) = rest.first() {
            let length = 1 + rest[1..].iter().take_while(|field| field.section.is_none()).count();
            let (section, others) = rest.split_at(length);
            rest = others;
            let title = first.section.as_ref().map(|title| self.draw.text(title));
            let (asked, extra): (Vec<&Field>, Vec<&Field>) = section.iter().copied().partition(|field| needed(field));
            let heading = match (&title, asked.is_empty()) {
                (Some(title), true) => self.draw.visit.fill("form-optional", &[("title", title.clone().into())]),
                _ => {
                    let names: Vec<String> = extra.iter().map(|field| self.draw.text(&field.label)).collect();
                    self.draw.visit.fill("form-more", &[("names", names.join(&self.draw.visit.say("list-comma")).into())])
                }
            };
            if !asked.is_empty() {
                parts.push(self.said_once(Part::plain(title, asked.into_iter().map(|field| self.field(field)).collect())));
            }
            if !extra.is_empty() {
                let open = extra.iter().any(|field| self.is_filled(field) || self.has_fault(field));
                parts.push(self.said_once(Part::folded(heading, open, extra.into_iter().map(|field| self.field(field)).collect())));
            }
        }
        parts
    }

    /// Who can see what is written is said once for fields that share it, above them, and under a field only where it is the only one.
    pub(super) fn said_once(&self, mut part: Part) -> Part {
        let mut shared: Vec<String> = Vec::new();
        for who in part.fields.iter().filter_map(|field| field.seen_by.as_ref()) {
            if !shared.contains(who) && part.fields.iter().filter(|field| field.seen_by.as_ref() == Some(who)).count() > 1 {
                shared.push(who.clone());
            }
        }
        for who in shared {
            let (mut labels, all) = (Vec::new(), part.fields.len());
            for field in part.fields.iter_mut().filter(|field| field.seen_by.as_ref() == Some(&who)) {
                labels.push(field.label.clone());
                field.seen_by = None;
            }
            let is_all = labels.len() == all;
            let labels = labels.join(&self.draw.visit.say("list-comma"));
            let key = if is_all { "seen-by" } else { "seen-by-these" };
            part.notes.push(self.draw.visit.fill(key, &[("who", who.into()), ("labels", labels.into())]));
        }
        part
    }

    /// Something stands in it that the form did not begin with.
    fn is_filled(&self, field: &Field) -> bool {
        let input = &self.standing.input;
        if input.files.get(&field.name).is_some_and(|files| !files.is_empty()) {
            return true;
        }
        match &field.kind {
            Kind::Table { .. } => !row_numbers(input, field.name.as_str()).is_empty(),
            _ => {
                let begins = begin(field);
                let texts = input.texts.get(field.name.as_str()).into_iter().flatten();
                texts.filter(|text| !text.is_empty()).any(|text| begins.as_ref() != Some(text))
            }
        }
    }

    fn has_fault(&self, field: &Field) -> bool {
        let asked = |key: &str| key.split('.').next() == Some(field.name.as_str());
        self.standing.faults.iter().any(|fault| asked(&fault.field)) || self.standing.found.keys().any(|key| asked(key))
    }

    /// What the rows of a table come to so far, where another field is their total.
    pub(super) fn sum(&self, table: &Field) -> Option<Sum> {
        let is_total = |field: &&Field| field.total_of.as_ref().is_some_and(|of| of.table == table.name);
        let total = self.draw.register.fields.values().find(is_total)?;
        let column = &total.total_of.as_ref()?.column;
        let rows = row_numbers(&self.standing.input, table.name.as_str()).into_iter();
        let typed = rows.map(|at| self.typed(&format!("{}.{at}.{column}", table.name)).replace([',', '，', ' '], ""));
        let amount: f64 = typed.filter_map(|text| text.parse::<f64>().ok()).filter(|amount| amount.is_finite()).sum();
        let text = if total.kind == Kind::Money { show::money((amount * 100.0).round() as i64) } else { amount.to_string() };
        Some(Sum { label: self.draw.text(&total.label), of: column.to_string(), text })
    }
}
