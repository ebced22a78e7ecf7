//! What a viewer may do with an entry: the one next move, the others, and those that are not open with the reason.

use super::{Draw, entry_path};
use crate::view::act::{Act, Kind};
use catalogue::register::{Permit, Verb, Who};
use engine::erasure::{self, Open};
use engine::{Entry, Offer, World, offers, rights};

/// Acts on an entry, as its page and its card offer them.
pub(crate) struct Steps {
    /// The next move, when it is open to this viewer.
    pub next: Option<Act>,
    /// Forms of other registers that are begun from here.
    pub begun: Vec<Act>,
    /// Other moves that are open.
    pub moves: Vec<Act>,
    /// Everything beside moves: correct, note, hand over, clocks, print.
    pub other: Vec<Act>,
    /// Moves that are not open, with the reason.
    pub closed: Vec<Act>,
}

impl<'a> Draw<'a> {
    pub(crate) fn steps(&self, entry: &Entry) -> Steps {
        let mut steps = Steps { next: None, begun: Vec::new(), moves: Vec::new(), other: Vec::new(), closed: Vec::new() };
        let Some(viewer) = self.viewer else { return steps };
        let world = World { catalogue: self.catalogue, directory: self.directory, now: self.visit.now };
        for Offer { step, refused } in offers(&world, viewer, self.register, entry) {
            let label = self.text(&step.label);
            if let Some(refusal) = refused {
                steps.closed.push(Act::closed(label, refusal.text.get(self.visit.lang)));
                continue;
            }
            let act = Act::link(label.clone(), format!("{}/move/{}", entry_path(entry), step.name))
                .dialog()
                .full(self.visit.fill("act-of", &[("act", label.into()), ("number", entry.number.clone().into())]));
            if step.main && steps.next.is_none() {
                steps.next = Some(act.kind(Kind::Main));
            } else {
                steps.moves.push(act);
            }
        }
        steps.begun = self.prefills(entry);
        steps.other = self.other(entry);
        steps
    }

    /// Whether the viewer could take the entry further: by a move, a correction that was asked of them, or an answer about its clock.
    pub(crate) fn waits_for_viewer(&self, entry: &Entry) -> bool {
        let Some(viewer) = self.viewer else { return false };
        let steps = self.steps(entry);
        let answers = |pending: &engine::PendingAsk| {
            let deadline = self.register.deadlines.get(&pending.deadline);
            let permit = deadline.and_then(|deadline| match pending.ask {
                engine::ClockAsk::Suspend => deadline.suspend.as_ref(),
                engine::ClockAsk::Extend(_) => deadline.extend.as_ref(),
            });
            let named = |permit: &Permit| rights::is_any(viewer, self.register, entry, &permit.approve);
            pending.by != Some(viewer.person) && permit.is_some_and(named)
        };
        steps.next.is_some() || !steps.moves.is_empty() || entry.asks.iter().any(answers)
    }

    fn other(&self, entry: &Entry) -> Vec<Act> {
        // Nothing is done to an entry whose content is gone.
        let Some(viewer) = self.viewer.filter(|_| !entry.is_erased()) else { return Vec::new() };
        let path = entry_path(entry);
        let link = |key: &str, end: &str| Act::link(self.visit.say(key), format!("{path}/{end}"));
        let may = |verb: Verb| rights::may(viewer, self.register, verb, entry).is_ok();
        let mut acts = Vec::new();
        if self.may_edit(entry) {
            acts.push(link("act-edit", "edit").icon("edit"));
        }
        if engine::may_write(viewer, self.register, entry) {
            acts.push(link("act-message", "message").dialog());
        }
        acts.push(link("act-note", "note").dialog());
        if may(Verb::Assign) {
            acts.push(link("act-assign", "assign").dialog());
        }
        if may(Verb::Recuse) {
            acts.push(link("act-recuse", "recuse").dialog());
        }
        acts.extend(self.clock_acts(entry));
        if may(Verb::Edit) && !entry.sealed.is_empty() && rights::may_unseal(viewer, self.register, entry) {
            acts.push(link("act-alike", "alike"));
        }
        if may(Verb::Mask) && !entry.sealed.is_empty() {
            acts.push(link("act-mask", "mask"));
        }
        if may(Verb::Redact) && !entry.sealed.is_empty() {
            acts.push(link(if entry.content.redaction.is_some() { "act-redact-answer" } else { "act-redact" }, "redact"));
        }
        acts.extend(self.hand_act(viewer, entry).map(|key| link(key, "hand")));
        match erasure::open_to(viewer, self.register, entry, self.visit.now) {
            Some(Open::Ask) => acts.push(link("act-erase", "erase")),
            Some(Open::Answer) => acts.push(link("act-erase-answer", "erase")),
            Some(Open::TakeBack) => acts.push(link("act-erase-back", "erase")),
            None => {}
        }
        if self.may_print(entry) {
            acts.push(link("act-print", "print").icon("print"));
        }
        acts
    }

    /// What the way to handing out is called now; nothing for whoever has no hand in it.
    fn hand_act(&self, viewer: &engine::Viewer, entry: &Entry) -> Option<&'static str> {
        let handing = self.register.handing.as_ref()?;
        let is_any = |roles: &[catalogue::RoleName]| {
            let who: Vec<Who> = roles.iter().cloned().map(Who::Role).collect();
            rights::is_any(viewer, self.register, entry, &who)
        };
        let mine = is_any(&handing.by) && rights::may_unseal(viewer, self.register, entry);
        match &entry.content.handing {
            Some(under_way) if !under_way.agreed && under_way.by != Some(viewer.person) && is_any(&handing.approve) => {
                Some("act-hand-answer")
            }
            Some(_) if mine => Some("act-hand-on"),
            None if mine && entry.content.handed.iter().any(|handed| handed.confirmed.is_none()) => Some("act-hand-on"),
            None if mine && (handing.states.is_empty() || handing.states.contains(&entry.state)) => Some("act-hand"),
            _ => None,
        }
    }

    pub(crate) fn may_edit(&self, entry: &Entry) -> bool {
        let open = self.register.rights.edit_while.contains(&entry.state);
        open && self.viewer.is_some_and(|viewer| rights::may(viewer, self.register, Verb::Edit, entry).is_ok())
    }

    pub(crate) fn may_print(&self, entry: &Entry) -> bool {
        self.register.print.as_ref().is_some_and(|print| print.states.is_empty() || print.states.contains(&entry.state))
    }

    /// Asking to hold or stretch a clock, answering what was asked, and letting it run again.
    fn clock_acts(&self, entry: &Entry) -> Vec<Act> {
        let Some(viewer) = self.viewer else { return Vec::new() };
        let path = entry_path(entry);
        let named = |who: &[catalogue::register::Who]| rights::is_any(viewer, self.register, entry, who);
        let mut acts = Vec::new();
        for (name, clock) in entry.clocks.iter().filter(|(_, clock)| clock.met.is_none()) {
            let Some(deadline) = self.register.deadlines.get(name) else { continue };
            let label = self.text(&deadline.label);
            let act = |key: &str, end: &str| {
                Act::link(self.visit.fill(key, &[("clock", label.clone().into())]), format!("{path}/clock/{name}/{end}")).dialog()
            };
            let may = |permit: &Option<Permit>| permit.as_ref().is_some_and(|permit| named(&permit.by));
            let waits = entry.asks.iter().find(|pending| pending.deadline == *name);
            if let Some(pending) = waits {
                let permit = match pending.ask {
                    engine::ClockAsk::Suspend => &deadline.suspend,
                    engine::ClockAsk::Extend(_) => &deadline.extend,
                };
                if permit.as_ref().is_some_and(|permit| named(&permit.approve)) && pending.by != Some(viewer.person) {
                    acts.push(act("act-clock-answer", "answer"));
                }
                continue;
            }
            if clock.held.is_some() {
                let may_resume = deadline.suspend.as_ref().is_some_and(|permit| named(&permit.by) || named(&permit.approve));
                if may_resume {
                    acts.push(act("act-clock-resume", "resume"));
                }
                continue;
            }
            if may(&deadline.suspend) {
                acts.push(act("act-clock-suspend", "suspend"));
            }
            if may(&deadline.extend) {
                acts.push(act("act-clock-extend", "extend"));
            }
        }
        acts
    }
}
