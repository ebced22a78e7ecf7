//! What an entry's reporter may do with a receipt code, and who of the house speaks to them.

use super::Checker;
use crate::field::{Kind, Sensitivity};
use crate::register::{Move, NoteRule, Verb};

impl Checker<'_> {
    pub(super) fn public(&mut self) {
        let register = self.register;
        let has_code = register.public.as_ref().is_some_and(|public| public.code);
        for role in register.public.iter().flat_map(|public| &public.answers) {
            let reads = register.rights.verbs.get(&Verb::Unseal).is_some_and(|roles| roles.contains_key(role));
            if register.has_sealed() && !reads {
                let zh = format!("answers 里的 {role} 打不开举报人的话：先写进 [rights] unseal");
                let en = format!("`{role}` in `answers` cannot read what the reporter says: put it in [rights] unseal");
                self.fault(&["public", "answers"], zh, en);
            }
        }
        for step in register.moves.values().filter(|step| step.by_public) {
            if !has_code {
                let zh = format!("动作 {} 由举报人作出，要有 [public] code = true", step.name);
                let en = format!("move `{}` is made with a receipt code: it needs [public] code = true", step.name);
                self.fault(&["moves", step.name.as_str()], zh, en);
            }
            self.asked_of_reporter(step);
        }
        self.questions();
    }

    /// A question that no page without an account asks would never be read.
    fn questions(&mut self) {
        let register = self.register;
        let on_pages = register.public.iter().flat_map(|public| public.steps.iter().flat_map(|step| &step.fields));
        let on_moves = register.moves.values().filter(|step| step.by_public).flat_map(|step| step.asks.iter().map(|ask| &ask.field));
        let asked: Vec<_> = on_pages.chain(on_moves).collect();
        let unasked = register.fields.values().filter(|field| field.asked_as.is_some() && !asked.contains(&&field.name));
        for name in unasked.map(|field| field.name.clone()).collect::<Vec<_>>() {
            let zh = format!("{name} 写了 public，但 [public] 的步骤没有问它：删去，或写进一步");
            let en = format!("`{name}` says `public`, yet no step of [public] asks it: leave it out, or ask it in a step");
            self.fault(&["fields", name.as_str(), "public"], zh, en);
        }
    }

    /// A stranger is asked for a choice, or for words that are sealed; never for a note, a person or a file.
    fn asked_of_reporter(&mut self, step: &Move) {
        let register = self.register;
        let fits = |kind: &Kind, sensitivity| match kind {
            Kind::Choice { .. } | Kind::YesNo => true,
            Kind::Text | Kind::LongText => sensitivity == Sensitivity::Sealed,
            _ => false,
        };
        let asked = step.asks.iter().filter_map(|ask| register.fields.get(&ask.field));
        let foreign: Vec<_> = asked.filter(|field| !fits(&field.kind, field.sensitivity)).map(|field| field.name.clone()).collect();
        for name in foreign {
            let zh = format!("举报人作出的动作 {} 不能问 {name}：只问选择、是否，或密封的文字", step.name);
            let en =
                format!("move `{}`, made by the reporter, cannot ask for `{name}`: only choices, yes or no, or sealed words", step.name);
            self.fault(&["moves", step.name.as_str(), "asks"], zh, en);
        }
        if step.note != NoteRule::None {
            let zh = format!("举报人作出的动作 {} 没有附言：写 note = \"none\"", step.name);
            let en = format!("move `{}`, made by the reporter, takes no note: write note = \"none\"", step.name);
            self.fault(&["moves", step.name.as_str()], zh, en);
        }
    }
}
