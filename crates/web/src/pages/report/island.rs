//! What a page carries for the browser that seals: every step and the page to check, drawn by the same templates, and what the script
//! has to know of the fields. It stands on a page only as long as nothing sealed has been typed that passed the server.

use super::{CheckFact, CheckPart, CheckView, Form, StepView};
use crate::draw::asked;
use catalogue::{Field, Kind, Sensitivity};
use engine::form;
use serde::Serialize;
use serde_json::json;
use store::MOST_ATTACHMENTS;

#[derive(Serialize)]
pub(super) struct Island {
    /// JSON for the script.
    data: String,
    steps: Vec<StepView>,
    check: CheckView,
    /// One part of the page to check, to be filled in.
    part: CheckPart,
}

/// Attachments of one report together. Units: bytes.
const MOST_BYTES: u64 = 280 << 20;

impl<'a> Form<'a> {
    /// Whether a browser may seal what this form asks: nothing sealed has passed the server yet, the script can judge every field, and
    /// somebody keeps the names.
    pub(super) fn may_be_sealed(&self) -> bool {
        let fields = || self.public.steps.iter().flat_map(|step| &step.fields).filter_map(|name| self.register.fields.get(name));
        let is_typed =
            |field: &Field| self.input.texts.get(field.name.as_str()).is_some_and(|typed| typed.iter().any(|one| !one.is_empty()));
        self.public.code
            && self.input.files.values().all(Vec::is_empty)
            && fields().all(|field| is_plain_enough(field) && !(field.sensitivity == Sensitivity::Sealed && is_typed(field)))
            && self.visit.app.store.can_deal(self.register)
    }

    pub(super) fn island(&self, at: usize) -> Island {
        let all = |step: &catalogue::register::Step| step.fields.iter().filter_map(|name| self.register.fields.get(name)).collect();
        let steps = self.public.steps.iter().enumerate().map(|(at, step)| self.view(at, all(step), &[])).collect();
        let fact = CheckFact { label: String::new(), text: String::new() };
        Island {
            data: self.data(at).to_string(),
            steps,
            check: self.check_view(Vec::new()),
            part: CheckPart { title: String::new(), at: String::new(), facts: vec![fact] },
        }
    }

    fn data(&self, at: usize) -> serde_json::Value {
        let names = self.public.steps.iter().map(|step| &step.fields).collect::<Vec<_>>();
        let fields = self.public.steps.iter().flat_map(|step| &step.fields).filter_map(|name| self.register.fields.get(name));
        let fields: serde_json::Map<_, _> = fields.map(|field| (field.name.to_string(), self.said(field))).collect();
        let say = |key: &str| self.visit.say(key);
        // Numbers the script puts in; a text in place of a number takes the plural's usual form.
        let hole = |name: &'static str| (name, format!("{{{name}}}").into());
        json!({
            "at": at,
            "lang": self.visit.lang.tag(),
            "house": self.visit.house(),
            "place": self.place,
            "steps": names,
            "fields": fields,
            "most": { "files": MOST_ATTACHMENTS, "bytes": MOST_BYTES },
            "words": {
                "step": self.visit.fill("public-step", &[hole("n"), hole("total")]),
                "one_fault": self.visit.fill("faults", &[("n", 1.into())]),
                "faults": self.visit.fill("faults", &[hole("n")]),
                "empty": say("public-empty"),
                "comma": say("list-comma"),
                "too_long": self.visit.fill("seal-too-long", &[hole("max"), hole("n")]),
                "too_many": self.visit.fill("seal-too-many", &[("n", MOST_ATTACHMENTS.into())]),
                "too_large": say("seal-too-large"),
                "sending": say("seal-sending"),
                "failed": say("seal-failed"),
                "kept": say("receipt-last-wrong"),
                "code": self.visit.fill("receipt-code", &[hole("code")]),
                "qr": say("receipt-qr-label"),
            },
        })
    }

    fn said(&self, field: &Field) -> serde_json::Value {
        let kind = match &field.kind {
            Kind::Choice { many: true, .. } => "choices",
            Kind::Choice { .. } => "choice",
            Kind::YesNo => "flag",
            Kind::Date => "date",
            Kind::File { .. } => "files",
            _ => "text",
        };
        json!({
            "kind": kind,
            "long": matches!(field.kind, Kind::LongText),
            "label": self.visit.text(field.label_for(true)),
            "sealed": field.sensitivity == Sensitivity::Sealed,
            "kept": field.custody,
            "required": field.required,
            "missing": form::missing(field, field.label_for(true), "").text.get(self.visit.lang),
            "max": form::longest(field),
            "if": asked::said(field),
        })
    }
}

/// Whether the script can judge a field and write its value. What it cannot, the house has to ask itself.
fn is_plain_enough(field: &Field) -> bool {
    let is_sealed = field.sensitivity == Sensitivity::Sealed;
    let can_write = match &field.kind {
        Kind::Text | Kind::LongText | Kind::Choice { .. } | Kind::YesNo | Kind::Date => true,
        Kind::File { .. } => is_sealed,
        _ => false,
    };
    let can_ask = field.asked_if.is_none() || asked::said(field).is_some();
    can_write && can_ask && field.required_if.is_none() && field.check.is_none() && !(is_sealed && field.bars)
}
